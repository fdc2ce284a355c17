"""docs/coordinator.md, done with the examples: screen a folder, answer what waits for judgement, screen again."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialsieve.engine.phrases import REASON_WORDS
from trialsieve.service.cli import main

TRIAL = "NCT04762485"
ROOT = Path(__file__).parents[2]
ASKED = ("--trial", TRIAL, "--as-of", "2026-11-20")

Row = dict[str, str]
Answered = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    folder = tmp_path / "charts"
    folder.mkdir()
    for chart in (ROOT / "examples" / TRIAL).glob("*.json"):
        shutil.copy(chart, folder)
    return folder


@pytest.fixture
def table(charts: Path, tmp_path: Path) -> list[Row]:
    """The rows that wait for judgement, with the three columns still empty."""
    out = tmp_path / "open.csv"
    assert main(["screen", str(charts), *ASKED, "--verdict", "needs-review", "--format", "csv", "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["reasons"] == "judgement"]
    return [{**row, "answer": "", "by": "", "on": ""} for row in rows]


@pytest.fixture
def answered(charts: Path, tmp_path: Path) -> Answered:
    def put(rows: list[Row], delimiter: str = ",") -> subprocess.CompletedProcess[str]:
        answers = tmp_path / "answers.csv"
        with answers.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return add_answers(answers, charts, tmp_path / "answered")

    return put


def add_answers(answers: Path, charts: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples" / "add_answers.py"), str(answers), str(charts), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def screened(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["screen", str(folder), *ASKED, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1  # nothing but what was done: no answer was left unused
    return {result["patient"]: result for result in json.loads(captured.out)}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_an_answer_settles_what_waited_for_it(
    charts: Path,
    tmp_path: Path,
    table: list[Row],
    answered: Answered,
    capsys: pytest.CaptureFixture[str],
    delimiter: str,
) -> None:
    before = screened(charts, capsys)
    assert before["Patient/needs-review"]["arms"][0]["open"]["judgement"] == ["X09"]
    assert before["Patient/missing-data"]["arms"][0]["open"]["judgement"] == ["X09"]
    for row in table:
        if row["patient"] in ("Patient/needs-review", "Patient/missing-data"):
            row |= {"answer": str(row["patient"] == "Patient/missing-data").upper(), "by": "Dr Ada", "on": "2026-11-19"}
    ran = answered(table, delimiter)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"2 answers; {len(before)} charts written to {tmp_path / 'answered'}\n"
    after = screened(tmp_path / "answered", capsys)
    assert after["Patient/needs-review"]["arms"][0]["open"] == {"data": [], "judgement": [], "registry": ["I06"]}
    assert after["Patient/missing-data"]["arms"][0]["limiting"] == ["X09"]
    (judged,) = (each for each in after["Patient/missing-data"]["criteria"] if each["id"] == "X09")
    assert "Dr Ada" in judged["evidence"][0]["says"]
    changed = {patient for patient in before if before[patient]["criteria"] != after[patient]["criteria"]}
    assert changed == {"Patient/needs-review", "Patient/missing-data"}
    assert screened(charts, capsys) == before


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"answer": "no"}, "the answer is 'no'; write true or false: does the sentence hold?"),
        ({"by": " "}, "nobody is named in 'by'; an answer counts by the name of who gives it"),
        (
            {"on": "19.11.2026"},
            "the day 'on' is '19.11.2026'; write it as 2026-11-19 (in a spreadsheet, in a column of text)",
        ),
        ({"on": ""}, "the day 'on' is ''; write it as 2026-11-19 (in a spreadsheet, in a column of text)"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(
    tmp_path: Path, table: list[Row], answered: Answered, row: Row, says: str
) -> None:
    table[0] |= {"answer": "true", "by": "Dr Ada", "on": "2026-11-19"} | row
    ran = answered(table)
    assert ran.returncode == 2
    assert re.fullmatch(rf"add_answers: \S*answers\.csv:\d+: {re.escape(says)}\n", ran.stderr)
    assert not (tmp_path / "answered").exists()


@pytest.mark.parametrize(
    ("copies", "says"),
    [
        (0, "no chart has an entry with the resource Patient/needs-review; put the chart back, or empty the answer"),
        (
            2,
            "Patient/needs-review is in again.json, needs-review.json; "
            "leave one of them in the folder, or empty the answer",
        ),
    ],
)
def test_an_answer_needs_one_chart_that_holds_its_patient(
    charts: Path, table: list[Row], answered: Answered, copies: int, says: str
) -> None:
    (row,) = (each for each in table if each["patient"] == "Patient/needs-review")
    chart = charts / "needs-review.json"
    if copies:
        shutil.copy(chart, charts / "again.json")
    else:
        chart.unlink()
    ran = answered([row | {"answer": "false", "by": "Dr Ada", "on": "2026-11-19"}])
    assert ran.returncode == 2
    assert ran.stderr.endswith(f"answers.csv:2: {says}\n")


def test_a_table_without_the_three_columns_is_refused(table: list[Row], answered: Answered) -> None:
    ran = answered([{name: value for name, value in row.items() if name != "by"} for row in table])
    assert ran.returncode == 2
    assert "no column by; add it" in ran.stderr


HEAD = b"patient,trial,criterion,text,answer,by,on\n"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (HEAD + b"Patient/needs-review,NCT04762485,X09,,true\n", "answers.csv:2: nobody is named in 'by'"),
        (HEAD + "Patient/needs-review,NCT04762485,X09,,true,Dr Zoë,2026-11-19\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_table_that_a_spreadsheet_spoiled_is_told(charts: Path, tmp_path: Path, table: bytes, says: str) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_bytes(table)
    ran = add_answers(answers, charts, tmp_path / "answered")
    assert ran.returncode == 2
    assert says in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_row_ends_where_a_line_does_and_nowhere_else(charts: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    row = "Patient/needs-review,NCT04762485,X09,other\u2028comorbidities\x85,false,Dr Ada,2026-11-19\n"
    answers.write_bytes(HEAD + row.encode())
    ran = add_answers(answers, charts, tmp_path / "answered")
    assert ran.stdout.startswith("1 answer; ")


def test_each_chart_that_is_no_json_is_named(charts: Path, table: list[Row], answered: Answered) -> None:
    for name in ("broken.json", "empty.json"):
        (charts / name).write_text("{" if name == "broken.json" else "", encoding="utf-8")
    ran = answered(table)
    assert ran.returncode == 2
    for name in ("broken.json", "empty.json"):
        assert f"{charts / name}: is no JSON (" in ran.stderr


def test_what_is_screened_with_the_charts_and_not_copied_is_named(
    charts: Path, tmp_path: Path, table: list[Row], answered: Answered
) -> None:
    """Else whoever is in it is missing, unnoticed, when the copies are screened."""
    (charts / "ward").mkdir()
    for name in ("README.md", "more.ndjson", "ward/one.json", "packed.json.gz"):
        (charts / name).write_text("{}", encoding="utf-8")
    ran = answered(table)
    assert ran.returncode == 0
    missed = ", ".join(str(charts / name) for name in ("more.ndjson", "packed.json.gz", "ward/one.json"))
    assert ran.stderr == f"add_answers: not copied, so not among {tmp_path / 'answered'}: {missed}\n"


def test_what_screen_reads_is_a_chart_whatever_the_case_of_its_name(
    charts: Path, tmp_path: Path, table: list[Row], answered: Answered
) -> None:
    """Else who was screened in the morning is missing, unnoticed, in the second list."""
    (charts / "attested.json").rename(charts / "ATTESTED.JSON")
    (charts / "MORE.NDJSON").write_text("{}", encoding="utf-8")
    (charts / "._attested.json").write_bytes(b"\0\5\26\7")  # what macOS leaves beside a file; `screen` passes it over
    ran = answered(table)
    assert ran.returncode == 0
    assert (tmp_path / "answered" / "ATTESTED.JSON").is_file()
    assert ran.stderr == f"add_answers: not copied, so not among {tmp_path / 'answered'}: {charts / 'MORE.NDJSON'}\n"


def test_a_chart_in_which_nobody_is_found_is_copied_all_the_same(
    charts: Path, tmp_path: Path, table: list[Row], answered: Answered
) -> None:
    """`screen` names it in the second list as it did in the first."""
    broken = ("null", "[]", '{"entry": null}', '{"entry": {"a": 1}}', '{"entry": [null, 1, {"resource": null}]}')
    for number, chart in enumerate(broken):
        (charts / f"broken-{number}.json").write_text(chart, encoding="utf-8")
    ran = answered(table)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [(tmp_path / "answered" / f"broken-{n}.json").read_text("utf-8") for n in range(len(broken))] == [*broken]


def test_a_chart_with_half_a_character_is_copied_as_it_is(
    charts: Path, tmp_path: Path, table: list[Row], answered: Answered
) -> None:
    """`screen` says where it stands. It broke the copying off, before the charts that come after it."""
    text = r'{"resourceType": "Bundle", "id": "\ud83d Zoë"}'
    (charts / "half.json").write_text(text, encoding="utf-8")
    ran = answered(table)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads((tmp_path / "answered" / "half.json").read_bytes()) == json.loads(text)


def test_a_mistyped_folder_of_charts_is_told(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_bytes(HEAD)
    ran = add_answers(tmp_path / "answers.csv", tmp_path / "chart", tmp_path / "answered")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"{tmp_path / 'chart'}: no such directory" in ran.stderr
    assert not (tmp_path / "answered").exists()


def test_the_charts_themselves_are_not_written_over(charts: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in charts.iterdir()}
    (tmp_path / "answers.csv").write_bytes(HEAD)
    ran = add_answers(tmp_path / "answers.csv", charts, tmp_path / "charts" / ".." / "charts")
    assert ran.returncode == 2
    assert "holds the charts themselves; name another directory" in ran.stderr
    assert {path: path.read_bytes() for path in charts.iterdir()} == before


def test_copies_of_another_day_are_not_screened_beside_todays(charts: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_bytes(HEAD)
    for _ in range(2):  # the same charts again are written over
        assert add_answers(tmp_path / "answers.csv", charts, tmp_path / "answered").returncode == 0
    (charts / "needs-review.json").unlink()
    ran = add_answers(tmp_path / "answers.csv", charts, tmp_path / "answered")
    assert ran.returncode == 2
    assert "holds needs-review.json, which is not in" in ran.stderr
    assert "empty that directory, or name another" in ran.stderr


def test_the_page_shows_what_is_printed(charts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    capsys.readouterr()
    main(["screen", str(charts), *ASKED])
    printed = " ".join(capsys.readouterr().out.split())
    page = (ROOT / "docs" / "coordinator.md").read_text(encoding="utf-8")
    shown = re.findall(r"^      (?:needs-review|ineligible) .*(?:\n {15,}.*)*", page, re.MULTILINE)
    assert len(shown) == 3
    for line in shown:
        assert " ".join(line.split()) in printed


def test_the_page_says_of_each_reason_that_is_shown_what_settles_it() -> None:
    page = (ROOT / "docs" / "coordinator.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([^|`]+) \| `([a-z-]+)` \|", page, re.MULTILINE)
    assert sorted(told) == sorted((words, reason.value) for reason, words in REASON_WORDS.items())
