"""`trialsieve screen` from files to results: what is read, written, told, and how it ends."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.service.reporting import Reporter, files_of

TRIAL = "NCT04762485"
ONE = ("--trial", TRIAL, "--as-of", "2026-11-20")
NDJSON = (*ONE, "--format", "ndjson")

Run = Callable[..., Any]
Write = Callable[..., Path]
Bundle = Callable[..., dict[str, Any]]
Check = Callable[[Any], None]


def criterion(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in result["criteria"] if one["id"] == name)


@pytest.fixture
def record(write: Write, bundle: Bundle) -> Path:
    return write("p1.json", bundle())


# --- what is screened -----------------------------------------------------------------------------------------------


def test_a_bundle_is_screened_for_every_trial_without_a_complaint(run: Run, record: Path, check_result: Check) -> None:
    ended = run("screen", record, "--as-of", "2026-11-20", "--format", "ndjson")
    listed = [line.split()[0] for line in run("trials").out.splitlines()]
    assert ended.status == 0
    assert sorted(result["trial"] for result in ended.results) == sorted(listed)
    for result in ended.results:
        check_result(result)
        assert (result["patient"], result["source"], result["as_of"]) == ("Patient/p1", str(record), "2026-11-20")


def test_a_value_decides_with_its_evidence(run: Run, record: Path) -> None:
    (result,) = run("screen", record, *NDJSON).results
    lvef = criterion(result, "I05")
    assert (lvef["holds"], lvef["effect"], lvef["reasons"]) == (True, "pass", [])
    assert [item["reference"] for item in lvef["evidence"]] == ["Observation/p1-lvef"]
    assert "55 %" in lvef["explanation"]


def test_the_as_of_date_decides_what_is_too_old_and_what_is_not_known_yet(run: Run, record: Path) -> None:
    def reasons(as_of: str) -> list[str]:
        (result,) = run("screen", record, "--trial", TRIAL, "--format", "ndjson", "--as-of", as_of).results
        found: list[str] = criterion(result, "I05")["atoms"][0]["reasons"]
        return found

    assert reasons("2026-11-09") == ["no-data"]
    assert reasons("2026-11-10") == []
    assert reasons("2027-02-08") == []  # 90 days
    assert reasons("2027-02-09") == ["stale"]


def test_without_an_as_of_date_it_is_today_in_utc(run: Run, record: Path) -> None:
    before = datetime.now(UTC).date()
    (result,) = run("screen", record, "--trial", TRIAL, "--format", "ndjson").results
    assert result["as_of"] in {before.isoformat(), (before + timedelta(days=1)).isoformat()}


def test_today_is_the_day_in_the_time_zone_of_the_site(run: Run, record: Path, write: Write) -> None:
    def as_of(zone: str) -> str:
        site = write("site.yaml", f"time_zone: {zone}\n")
        (result,) = run("screen", record, "--trial", TRIAL, "--format", "ndjson", "--site", site).results
        found: str = result["as_of"]
        return found

    assert as_of("Pacific/Pago_Pago") < as_of("Pacific/Kiritimati")  # 25 hours apart


def test_trials_come_in_the_order_asked_for_each_once(run: Run, record: Path) -> None:
    ended = run("screen", record, "--format", "ndjson", "--trial", TRIAL.lower(), TRIAL)
    assert [result["trial"] for result in ended.results] == [TRIAL]


def test_a_trial_comes_out_the_same_alone_and_among_all(run: Run, record: Path) -> None:
    everything = run("screen", record, "--as-of", "2026-11-20", "--format", "ndjson").results
    (alone,) = run("screen", record, *NDJSON).results
    assert alone in everything


def test_nothing_is_presumed_absent_unless_the_record_covers_it(run: Run, record: Path) -> None:
    def immunodeficiency(*options: str) -> tuple[Any, list[str]]:
        (result,) = run("screen", record, *NDJSON, *options).results
        found = criterion(result, "X02")
        return found["holds"], found["reasons"]

    assert immunodeficiency() == (None, ["not-retrieved"])
    assert immunodeficiency("--covers", "Condition") == (False, [])
    assert immunodeficiency("--covers", "all") == (False, [])
    assert immunodeficiency("--covers", "Procedure") == (None, ["not-retrieved"])
    assert immunodeficiency("--covers", "all", "--absence", "unknown") == (None, ["no-data"])


# --- inputs ---------------------------------------------------------------------------------------------------------


def test_a_directory_is_read_and_other_files_are_counted(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/a.json", bundle("a")).parent
    (folder / "b.json.gz").write_bytes(gzip.compress(json.dumps(bundle("b")).encode()))
    write("data/deeper/c.ndjson", json.dumps(bundle("c")) + "\n")
    write("data/notes.txt", "not FHIR")
    write("data/picture.png", "not FHIR")
    ended = run("screen", folder, *NDJSON)
    assert ended.status == 0
    assert [result["patient"] for result in ended.results] == ["Patient/a", "Patient/b", "Patient/c"]
    assert "2 files skipped" in ended.err
    assert "3 patients screened for 1 trial" in ended.err


@pytest.mark.parametrize("pack", [lambda raw: raw, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_read(bundle: Bundle, pack: Callable[[bytes], bytes], check_result: Check) -> None:
    command = [sys.executable, "-m", "trialsieve.service.cli", "screen", "-", *NDJSON]
    raw = pack(json.dumps(bundle()).encode())
    ended = subprocess.run(command, input=raw, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    (line,) = ended.stdout.splitlines()
    check_result(json.loads(line))


def test_an_unreadable_file_beside_a_good_one_is_named_and_the_status_is_1(
    run: Run, write: Write, record: Path
) -> None:
    garbage = write("garbage.json", '{"resourceType": "Bundle", "entry": [')
    ended = run("screen", garbage, record, *NDJSON)
    assert ended.status == 1
    assert [result["patient"] for result in ended.results] == ["Patient/p1"]
    assert re.search(rf"^{re.escape(str(garbage))}: \S", ended.err, re.MULTILINE)
    assert "Traceback" not in ended.err


def test_a_resource_that_cannot_be_used_is_named_once_with_its_reason(run: Run, write: Write, bundle: Bundle) -> None:
    broken = {
        "resourceType": "Observation",
        "id": "bad",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": 7,
    }
    path = write("p1.json", bundle(further=[broken]))
    ended = run("screen", path, *NDJSON)
    assert ended.status == 1
    assert len(ended.results) == 1
    told = [line for line in ended.err.splitlines() if "Observation/bad" in line]
    assert len(told) == 1
    assert re.match(rf"{re.escape(str(path))}[:\d]*: Observation/bad: \S", told[0])
    assert "1 input problem" in ended.err


def test_problems_of_one_cause_are_told_once_for_each_file(run: Run, write: Write, bundle: Bundle) -> None:
    def undated(patient: str, day: str, number: int) -> dict[str, Any]:
        about = {"subject": {"reference": f"Patient/{patient}"}, "recordedDate": day}
        return {"resourceType": "Condition", "id": f"{patient}-{number}", "code": {"text": "Leukemia"}, **about}

    for patient in ("a", "b"):
        further = [undated(patient, f"2026/11/0{number}", number) for number in (1, 2, 3)]
        folder = write(f"data/{patient}.json", bundle(patient, further=further)).parent
    grouped, whole = run("screen", folder, *NDJSON), run("screen", folder, *NDJSON, "--problems", "all")
    assert grouped.status == whole.status == 1
    assert grouped.out == whole.out
    told = [line for line in grouped.err.splitlines() if "Condition/" in line]
    assert [re.findall(r"Condition/[ab]-[0-9]", line) for line in told] == [["Condition/a-1"], ["Condition/b-1"]]
    assert all(line.endswith(" (and 2 more like it)") for line in told)
    assert "6 input problems, grouped above (--problems all names each)" in grouped.err
    assert len([line for line in whole.err.splitlines() if "Condition/" in line]) == 6
    assert "6 input problems, named above" in whole.err


def test_files_that_could_not_be_read_are_told_at_the_end(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/a.json", bundle("a")).parent
    write("data/page.json", "<html><body>502 Bad Gateway</body></html>")
    write("data/export.ndjson", json.dumps(bundle("b")["entry"][0]["resource"]) + "\nbroken\n")
    last = run("screen", folder, *NDJSON).err.splitlines()[-1]
    assert last == f"1 file unread, nobody in it was screened: {folder}/page.json"


@pytest.mark.parametrize(
    ("problem", "unread"),
    [
        (InputProblem("data/a.json", "", "not JSON"), True),
        (InputProblem("data/a.json", "Observation/o1", "no code"), False),
        (InputProblem("data/a.json", "", "holds no patient", notice=True), False),
        (InputProblem("data/a.ndjson:3", "", "not JSON"), False),
        (InputProblem("data/a.ndjson.gz", "", "ends before its end"), False),  # it may be part of the export `data`
        (InputProblem("elsewhere/a.ndjson.gz", "", "ends before its end"), True),
        (InputProblem("read.ndjson", "", "ends before its end"), False),
    ],
)
def test_a_file_is_unread_only_where_nobody_can_come_from_it(problem: InputProblem, unread: bool) -> None:
    reporter = Reporter(io.StringIO())
    reporter(problem)
    assert bool(reporter.unread({"data", "read.ndjson"})) is unread


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("a.json", {"a.json"}),
        ("a.ndjson:7", {"a.ndjson"}),
        ("one/a.ndjson:7, two/b.json", {"one/a.ndjson:7, two/b.json", "one/a.ndjson", "two/b.json"}),
        ("Doe, J.json", {"Doe, J.json", "Doe", "J.json"}),
    ],
)
def test_a_record_that_was_read_from_several_files_comes_from_each(source: str, files: set[str]) -> None:
    assert files_of(source) == files


def condition(patient: str) -> dict[str, Any]:
    coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J45.909"}
    about = {"subject": {"reference": f"Patient/{patient}"}, "code": {"coding": [coding]}}
    return {"resourceType": "Condition", "id": f"{patient}-c", **about}


def test_kinds_of_which_patients_have_nothing_are_told_with_what_to_do(run: Run, write: Write, bundle: Bundle) -> None:
    """Without them nothing is presumed absent, though the chart may be there in full."""
    folder = write("data/a.json", bundle("a")).parent
    write("data/b.json", bundle("b"))
    write("data/c.json", bundle("c", further=[condition("c")]))
    ended = run("screen", folder, *NDJSON)
    assert ended.status == 0
    (note,) = (line for line in ended.err.splitlines() if line.startswith("note: "))
    assert note.startswith("note: 2 patients have no Condition on record: ")
    assert note.endswith("say so: --covers Condition")
    assert [len(open_for_lack(result)) > 0 for result in ended.results] == [True, True, False]


def open_for_lack(result: dict[str, Any]) -> list[str]:
    return [criterion["id"] for criterion in result["criteria"] if "not-retrieved" in criterion["reasons"]]


@pytest.mark.parametrize(
    "options", [("--covers", "Condition"), ("--covers", "all"), ("--absence", "unknown")], ids=" ".join
)
def test_nothing_is_said_of_kinds_where_that_would_change_nothing(
    run: Run, write: Write, bundle: Bundle, options: tuple[str, ...]
) -> None:
    assert "--covers" not in run("screen", write("a.json", bundle("a")), *NDJSON, *options).err


def test_nor_of_somebody_who_is_ineligible_anyway(run: Run, write: Write, bundle: Bundle) -> None:
    assert "--covers" not in run("screen", write("a.json", bundle("a", born="1930-01-01")), *NDJSON).err


def test_another_way_to_tell_problems_is_refused(run: Run, record: Path) -> None:
    ended = run("screen", record, *NDJSON, "--problems", "some")
    assert (ended.status, ended.out) == (2, "")
    assert "grouped, all" in ended.err


@pytest.mark.parametrize(
    "content",
    [
        "",
        "garbage",
        "[]",
        "{}",
        "null",
        '{"resourceType": "Bundle"}',
        '{"a": {"b": [1, 2]}}',
        "\x00\x01",
        "<xml/>",
        "[" * 100_000,
    ],
    ids=["empty", "text", "array", "object", "null", "empty-bundle", "json", "binary", "xml", "deep"],
)
def test_input_without_fhir_is_2_and_writes_nothing(run: Run, write: Write, tmp_path: Path, content: str) -> None:
    out = tmp_path / "results.json"
    path = write("in.json", content)
    for arguments in ((path,), (path, "--out", out)):
        ended = run("screen", *arguments, *ONE)
        assert (ended.status, ended.out) == (2, "")
        assert "no usable FHIR" in ended.err
        assert "Traceback" not in ended.err
        assert "internal error" not in ended.err
    assert not out.exists()


def test_a_path_that_is_not_there_is_2_and_nothing_is_screened(run: Run, record: Path, tmp_path: Path) -> None:
    ended = run("screen", record, tmp_path / "nowhere.json", *NDJSON)
    assert (ended.status, ended.out) == (2, "")
    assert "nowhere.json" in ended.err


def test_an_unknown_trial_is_told_with_the_closest_before_anything_is_read(run: Run, record: Path) -> None:
    ended = run("screen", record, "--trial", "NCT04762458")
    assert (ended.status, ended.out) == (2, "")
    assert f"did you mean {TRIAL}" in ended.err


def test_a_trial_of_ones_own_without_its_rules_is_told_how_to_give_them(run: Run, record: Path, tmp_path: Path) -> None:
    finding = "finding: cold\ntitle: Cold\ntrue_when: c\natoms:\n  - {id: c, finding: hiv-infection}\n"
    (tmp_path / "cold.yaml").write_text(finding, encoding="utf-8")
    for command in (("screen", record, "--trial"), ("show",)):
        ended = run(*command, "NCT00000001")
        assert ended.err.endswith("(a trial of your own needs --rules DIR)\n")
        ended = run(*command, "NCT00000001", "--rules", tmp_path)
        assert ended.err.endswith("(`trialsieve lint DIR` says what is read of your rules)\n")


# --- what is written ------------------------------------------------------------------------------------------------


def test_the_table_is_the_default_and_never_shows_a_name(run: Run, record: Path) -> None:
    ended = run("screen", record, *ONE)
    assert ended.status == 0
    assert "Patient/p1" in ended.out
    assert "needs-review" in ended.out
    assert ended.out.splitlines()[-1].startswith("Advice, not a decision")
    for options in ((), ("--verbose",), ("--format", "json"), ("--format", "csv")):
        shown = run("screen", record, *ONE, *options)
        assert "Winterbottom" not in shown.out + shown.err
        assert "Ignatius" not in shown.out + shown.err


def test_the_nearest_to_eligible_comes_first(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/1.json", bundle("too-old", born="1930-01-01")).parent
    write("data/2.json", bundle("less-known", lvef=None))
    write("data/3.json", bundle("more-known"))
    text = run("screen", folder, *ONE).out
    assert re.findall(r"^(Patient/\S+)", text, re.MULTILINE) == [
        "Patient/more-known",
        "Patient/less-known",
        "Patient/too-old",
    ]


def test_every_format_holds_the_same_verdicts(run: Run, write: Write, bundle: Bundle, check_result: Check) -> None:
    folder = write("data/1.json", bundle("a", born="1930-01-01")).parent
    write("data/2.json", bundle("b"))
    lines = run("screen", folder, *NDJSON).results
    array = json.loads(run("screen", folder, *ONE, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(run("screen", folder, *ONE, "--format", "csv").out, newline="")))
    assert array == lines
    for result in array:
        check_result(result)
    assert {(row["patient"], row["verdict"]) for row in rows} == {
        ("Patient/a", "ineligible"),
        ("Patient/b", "needs-review"),
    }
    assert len(rows) == sum(len(result["criteria"]) for result in lines)


def test_only_the_verdicts_asked_for_are_written(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/1.json", bundle("a", born="1930-01-01")).parent
    write("data/2.json", bundle("b"))
    assert [one["patient"] for one in run("screen", folder, *NDJSON, "--verdict", "ineligible").results] == [
        "Patient/a"
    ]
    assert len(run("screen", folder, *NDJSON, "--verdict", "ineligible", "needs-review").results) == 2
    none = run("screen", folder, *ONE, "--format", "json", "--verdict", "eligible")
    assert (none.status, json.loads(none.out)) == (0, [])
    assert "0 eligible, 1 ineligible, 1 needs-review" in none.err


def test_the_same_input_gives_the_same_bytes(run: Run, record: Path) -> None:
    assert run("screen", record, *NDJSON).out == run("screen", record, *NDJSON).out


@pytest.mark.parametrize(
    ("name", "begins"), [("r.json", "["), ("r.ndjson", "{"), ("r.csv", "patient,"), ("r.txt", "---")]
)
def test_out_writes_the_file_in_the_format_of_its_name(
    run: Run, record: Path, tmp_path: Path, name: str, begins: str
) -> None:
    out = tmp_path / name
    ended = run("screen", record, *ONE, "--out", out)
    assert (ended.status, ended.out) == (0, "")
    assert out.read_text(encoding="utf-8").startswith(begins)


def test_the_format_asked_for_wins_over_the_name(run: Run, record: Path, tmp_path: Path) -> None:
    run("screen", record, *NDJSON, "--out", tmp_path / "results.csv")
    assert json.loads((tmp_path / "results.csv").read_text(encoding="utf-8"))["trial"] == TRIAL


def test_out_replaces_an_earlier_file_only_when_everything_is_in_it(
    run: Run, record: Path, write: Write, tmp_path: Path
) -> None:
    out = write("out/results.ndjson", "earlier\n")
    out.chmod(0o640)
    failed = run("screen", write("garbage.json", "garbage"), *NDJSON, "--out", out)
    assert failed.status == 2
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert run("screen", record, *NDJSON, "--out", out).status == 0
    assert json.loads(out.read_text(encoding="utf-8"))["trial"] == TRIAL
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert [path.name for path in out.parent.iterdir()] == ["results.ndjson"]


def test_out_follows_a_link_and_leaves_it(run: Run, record: Path, tmp_path: Path) -> None:
    link, file = tmp_path / "link.ndjson", tmp_path / "file.ndjson"
    file.touch()
    link.symlink_to(file)
    run("screen", record, *NDJSON, "--out", link)
    assert link.is_symlink()
    assert json.loads(file.read_text(encoding="utf-8"))["trial"] == TRIAL


@pytest.mark.parametrize(
    ("where", "remedy"),
    [
        (".", "name a file"),
        ("nowhere/results.json", "make it first"),
        ("results.xlsx", "name it .csv for a spreadsheet"),
        ("results.PDF", ".txt for people"),
    ],
)
def test_out_that_cannot_be_written_is_2(run: Run, record: Path, tmp_path: Path, where: str, remedy: str) -> None:
    ended = run("screen", record, *ONE, "--out", tmp_path / where)
    assert (ended.status, ended.out) == (2, "")
    assert f"--out {tmp_path / where}" in ended.err
    assert remedy in ended.err
    assert list(tmp_path.glob("results.*")) == []


def test_a_device_is_written_to_not_replaced(run: Run, record: Path) -> None:
    assert run("screen", record, *NDJSON, "--out", "/dev/null").status == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_out_that_is_a_dash_is_standard_output(run: Run, record: Path) -> None:
    assert len(run("screen", record, *NDJSON, "--out", "-").results) == 1


# --- start-up -------------------------------------------------------------------------------------------------------

HEAVY = {"pydantic", "ruamel", "fhir", "pint", "ucumvert", "rich", "fastapi", "jsonschema", "lark"}


def test_once_the_rules_are_cached_nothing_heavy_is_imported(run: Run, record: Path) -> None:
    assert run("screen", record, *NDJSON).status == 0  # fills the cache
    command = [sys.executable, "-X", "importtime", "-m", "trialsieve.service.cli", "screen", str(record), *NDJSON]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    imported = {
        line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")
    }
    assert ended.returncode == 0
    assert "trialsieve.engine.screening" in imported
    assert {name.partition(".")[0] for name in imported} & HEAVY == set()
