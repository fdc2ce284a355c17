"""The report's figures are those of the results, patient by patient; the page needs nothing else."""

from __future__ import annotations

import csv
import errno
import html
import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import EXAMPLES, TRIALS, batch, explained

from trialsieve.rules.errors import UsageError
from trialsieve.service.batch.tables import SCHEMAS
from trialsieve.service.cli import main
from trialsieve.service.report.attrition import Attrition, Funnel, Step
from trialsieve.service.report.disclosure import Disclosure
from trialsieve.service.report.figures import attrition_rows
from trialsieve.service.report.page import Report
from trialsieve.service.report.picture import funnel_svg
from trialsieve.service.report.screened import FAIL, PASS, REVIEW, ScreenedPopulation, TrialHead, before_criteria
from trialsieve.service.report.to_find import ToFind, to_find
from trialsieve.service.report.worklist import (
    Candidate,
    Missing,
    MissingData,
    OpenItem,
    Worklist,
    rows_that_want_data,
)

SCHEMA = pa.schema([field for field in SCHEMAS["arms"] if field.name not in ("record", "patient")])


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("screened") / "out"
    batch([EXAMPLES], out)
    return out


@pytest.fixture(scope="module")
def results(screened: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in explained(screened)]


def effects(result: dict[str, object], cohort: str) -> dict[str, str]:
    """Before any criterion, and criterion by criterion, as the public result has it."""
    arms = result["arms"]
    criteria = result["criteria"]
    assert isinstance(arms, list)
    assert isinstance(criteria, list)
    arm = next(each for each in arms if each["cohort"] == cohort and each["stage"] == "screening")
    gate = {"cohort", "deceased"} & set(arm["limiting"])
    unknown = any("cohort" in names for names in arm["open"].values())
    before = "fail" if gate and arm["verdict"] == "ineligible" else "review" if unknown else "pass"
    of_arm = [each for each in criteria if each["cohort"] in (cohort, "all") and each["stage"] == "screening"]
    return {"cohort": before} | {each["id"]: each["effect"] for each in of_arm}


def funnels(population: ScreenedPopulation, trial: TrialHead) -> list[Funnel]:
    attrition = Attrition(trial)
    for rows in population.rows():
        attrition.add(rows[trial.id])
    return attrition.funnels


def candidates(population: ScreenedPopulation, trial: TrialHead, most: int) -> list[Candidate]:
    worklist = Worklist(most)
    for rows in population.rows():
        worklist.add(rows[trial.id])
    return worklist.candidates()


def missing_data(population: ScreenedPopulation, trial: TrialHead, most: int) -> list[Missing]:
    missing = MissingData()
    for rows in population.rows():
        missing.add(rows[trial.id])
    return missing.most_often(population, trial, most)


@pytest.mark.parametrize("trial", TRIALS)
def test_the_funnel_counts_every_patient_as_the_results_have_them(
    screened: Path, results: list[dict[str, object]], trial: str
) -> None:
    population = ScreenedPopulation(screened)
    head = next(each for each in population.trials if each.id == trial)
    for funnel in funnels(population, head):
        patients = [effects(result, funnel.cohort) for result in results if result["trial"] == trial]
        assert funnel.patients == len(patients)
        so_far: list[str] = []
        for step in funnel.steps:
            inside = [each for each in patients if all(each[name] != "fail" for name in so_far)]
            so_far.append(step.name)
            left = [each for each in inside if each[step.name] != "fail"]
            assert step.lost == len(inside) - len(left)
            assert step.kept == sum(all(each[name] == "pass" for name in so_far) for each in left)
            assert step.open == len(left) - step.kept
            assert step.fails == sum(each[step.name] == "fail" for each in patients)
            assert step.unknown == sum(each[step.name] == "review" for each in patients)
            alone = [each for each in patients if [k for k in each if each[k] == "fail"] == [step.name]]
            assert step.alone == len(alone)
            assert step.gained == sum("review" not in each.values() for each in alone)
            last = [each for each in patients if [k for k in each if each[k] != "pass"] == [step.name]]
            assert step.last_open == sum(each[step.name] == "review" for each in last)


@pytest.mark.parametrize(
    ("verdict", "limiting", "unknown", "before"),
    [
        ("eligible", [], [], PASS),
        ("needs-review", ["I01"], ["I01"], PASS),
        ("needs-review", ["cohort", "I01"], ["cohort", "I01"], REVIEW),
        ("needs-review", ["patient"], ["patient"], REVIEW),
        ("needs-review", ["I01"], ["I01", "patient"], REVIEW),
        ("ineligible", ["I02"], ["patient"], REVIEW),
        ("ineligible", ["deceased"], ["patient"], FAIL),
        ("ineligible", ["I02"], ["I01"], PASS),
        ("ineligible", ["I02"], ["cohort", "I01"], REVIEW),  # without I02 nobody would be eligible
        ("ineligible", ["cohort"], ["I01"], FAIL),
        ("ineligible", ["deceased"], [], FAIL),
    ],
)
def test_what_stands_before_the_criteria_is_told_whatever_they_say(
    verdict: str, limiting: list[str], unknown: list[str], before: int
) -> None:
    arm = {"trial": "T", "cohort": "c", "stage": "screening", "verdict": verdict, "limiting": limiting, "open": unknown}
    rows = [arm, {**arm, "cohort": "other", "limiting": ["cohort"]}, {**arm, "stage": "infusion", "limiting": ["x"]}]
    assert before_criteria(pa.Table.from_pylist(rows, SCHEMA), "c").tolist() == [before]


@pytest.mark.parametrize("trial", TRIALS)
def test_the_worklist_begins_with_those_nearest_to_eligible(
    screened: Path, results: list[dict[str, object]], trial: str
) -> None:
    population = ScreenedPopulation(screened)
    head = next(each for each in population.trials if each.id == trial)
    worklist = candidates(population, head, 100)
    expected = {str(r["patient"]) for r in results if r["trial"] == trial and r["verdict"] != "ineligible"}
    assert {each.patient for each in worklist} == expected
    order = [
        (each.verdict != "eligible", each.open_data, each.open_judgement + each.open_registry) for each in worklist
    ]
    assert order == sorted(order)
    assert [each.patient for each in candidates(population, head, 3)] == [each.patient for each in worklist[:3]]


def test_each_file_is_read_once(screened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many trials there are: a population's tables are large."""
    read: list[str] = []
    whole = pq.read_table

    def counted(path: Path, **options: object) -> pa.Table:
        read.append(str(path.relative_to(screened)))
        return whole(path, **options)

    monkeypatch.setattr(pq, "read_table", counted)
    assert main(["report", str(screened), "--out", str(tmp_path / "report.html")]) == 0
    files = [str(path.relative_to(screened)) for path in screened.glob("*/*.parquet")]
    assert len([path for path in files if path.startswith("verdicts")]) > 1
    assert sorted(read) == sorted(path for path in files if not path.startswith("problems"))


UNUSABLE = "Condition/c1: its system (urn:x) has none; add a code in a standard system"
UNENDING = "A could not be read (Condition/c1: (."
AN_ENTRY = "entry 3: e (f)"


@pytest.mark.parametrize(
    ("said", "things", "unusable"),
    [
        ([("I01", "No CD7 on record.")], [(("I01",), "No CD7 on record.")], []),
        (
            [("I01", "No CD7 on record."), ("I02", "No ALT on record."), ("I04", "No CD7 on record.")],
            [(("I01", "I04"), "No CD7 on record."), (("I02",), "No ALT on record.")],
            [],
        ),
        (
            [
                ("X01", f"A (b) could not be read ({UNUSABLE}). C."),
                ("X02", f"D could not be read ({UNUSABLE}; {AN_ENTRY})."),
            ],
            [(("X01",), "A (b) could not be read. C."), (("X02",), "D could not be read.")],
            [UNUSABLE, AN_ENTRY],
        ),
        (
            [("X01", f"A could not be read ({UNUSABLE})."), ("X02", f"A could not be read ({UNUSABLE}).")],
            [(("X01", "X02"), "A could not be read.")],
            [UNUSABLE],
        ),
        ([("X01", UNENDING)], [(("X01",), UNENDING)], []),
    ],
)
def test_each_thing_to_be_found_out_is_said_once(
    said: list[tuple[str, str]], things: list[tuple[tuple[str, ...], str]], unusable: list[str]
) -> None:
    assert to_find(said) == ToFind(tuple(things), tuple(unusable))


def open_item(waits_for: str, *reasons: str) -> OpenItem:
    return OpenItem("I06", waits_for, reasons, "What is missing.")


@pytest.mark.parametrize(
    ("item", "wants_data"),
    [
        (open_item("data", "no-data"), True),
        (open_item("judgement", "judgement"), False),
        (open_item("registry", "registry-error"), False),
        (open_item("registry", "judgement", "registry-error"), False),
        (open_item("registry", "truncated"), False),
        (open_item("registry", "no-data"), True),
        (open_item("registry", "registry-error", "stale"), True),
    ],
)
def test_what_is_on_hold_wants_data_too_where_a_result_may_settle_it(item: OpenItem, wants_data: bool) -> None:
    numbers = {"open_data": 0, "open_judgement": 0, "open_registry": 1}
    found = Candidate("Patient/p1", "in.json", "needs-review", ("I06",), **numbers, items=(item,), cautions=())
    assert bool(found.to_find.things) is wants_data
    assert found.held_wanting_data == (("I06",) if wants_data and item.waits_for == "registry" else ())
    rows = pa.table({"waits_for": [item.waits_for] * 2, "reasons": [["judgement"], list(item.reasons)]})
    assert rows_that_want_data(rows).to_pylist()[1] is wants_data


def test_what_other_cohorts_wait_for_is_not_counted() -> None:
    numbers = {"open_data": 0, "open_judgement": 0, "open_registry": 1}
    items = (open_item("registry", "no-data"),)
    assert Candidate("p", "s", "needs-review", ("X01",), **numbers, items=items, cautions=()).held_wanting_data == ()


def test_what_is_missing_counts_what_is_on_hold_too(screened: Path, results: list[dict[str, object]]) -> None:
    population = ScreenedPopulation(screened)
    head = next(each for each in population.trials if each.id == "NCT04762485")
    counted = sum(each.patients for each in missing_data(population, head, 1_000) if each.criterion == "I06")
    expected = 0
    for result in results:
        if result["trial"] == head.id and result["verdict"] == "needs-review":
            criteria: Any = result["criteria"]
            held = next(each for each in criteria if each["id"] == "I06" and "registry-error" in each["reasons"])
            reasons = [set(atom["reasons"]) for atom in held["atoms"] if atom["holds"] is None]
            expected += sum(bool(each & set(held["reasons"])) for each in reasons)
    assert counted == expected > 0


def test_a_worklist_shows_what_a_person_must_see(namesakes: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(namesakes), "--out", str(page)]) == 0
    rows = pq.read_table(namesakes / "verdicts").to_pylist()
    said = {caution for row in rows if row["verdict"] != "ineligible" for caution in row["cautions"]}
    assert any("the two were screened apart" in caution for caution in said)
    shown = html.unescape(page.read_text(encoding="utf-8"))
    with (tmp_path / "report-figures" / "worklist.csv").open() as stream:
        figures = " ".join(row["cautions"] for row in csv.DictReader(stream))
    assert [caution for caution in said if caution not in shown or caution not in figures] == []


def test_a_page_that_cannot_be_written_leaves_the_earlier_one(
    screened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    page = tmp_path / "report.html"
    page.write_text("earlier")
    report = Report(ScreenedPopulation(screened), Disclosure(), 1)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        report.write(page, tmp_path / "figures")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert page.read_text() == "earlier"


def test_the_first_bar_says_who_is_alive(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(screened), "--out", str(page)]) == 0
    assert ">alive</text>" in page.read_text(encoding="utf-8")


def test_an_empty_worklist_can_be_asked_for(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(screened), "--worklist", "0", "--out", str(page)]) == 0
    assert "Patient/attested" not in page.read_text(encoding="utf-8")


def test_what_is_missing_is_counted_by_patient(screened: Path, results: list[dict[str, object]]) -> None:
    population = ScreenedPopulation(screened)
    head = next(each for each in population.trials if each.id == "NCT04762485")
    found = missing_data(population, head, 1_000)
    x03 = next(each for each in found if (each.criterion, each.reasons) == ("X03", ("no-data",)))
    expected = 0
    for result in results:
        if result["trial"] == "NCT04762485" and result["verdict"] == "needs-review":
            criteria = result["criteria"]
            assert isinstance(criteria, list)
            criterion = next(each for each in criteria if each["id"] == "X03")
            atoms = [each for each in criterion["atoms"] if each["id"] == x03.atom]
            expected += criterion["effect"] == "review" and atoms[0]["reasons"] == ["no-data"]
    assert x03.patients == expected > 0


def test_the_page_needs_nothing_else(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(screened), "--out", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|@import|url\((?!#)", text)
    assert "Patient/attested" in text
    assert "a person decides" in text
    assert {path.name for path in (tmp_path / "report-figures").iterdir()} == {
        f"{name}.{suffix}" for name in ("attrition", "missing", "worklist") for suffix in ("csv", "parquet")
    }


def test_the_list_for_a_spreadsheet_is_named_where_there_is_one(
    screened: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ["report", str(screened), "--out", str(tmp_path / "mine.html")]
    main(report)
    said = capsys.readouterr().err
    assert said.endswith(f"figures in {tmp_path}/mine-figures/; worklist.csv there has one row a patient and trial\n")
    main([*report, "--deidentify"])
    assert "worklist" not in capsys.readouterr().err


def test_text_of_the_record_is_escaped(screened: Path, tmp_path: Path) -> None:
    source = tmp_path / "<b>in<b>"
    source.mkdir()
    bundle = (EXAMPLES / "NCT04762485" / "needs-review.json").read_text(encoding="utf-8")
    (source / "p.json").write_text(bundle.replace("Patient/needs-review", "Patient/<i>x</i>"))
    batch([source], tmp_path / "out")
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<b>" not in text.replace("<b>0</b>", "").replace("<b>1</b>", "")
    assert "&lt;b&gt;in&lt;b&gt;" in text


def test_long_paths_can_be_broken_at_their_folders(tmp_path: Path) -> None:
    """Without it they push what is open out of a narrow window, and off the paper."""
    for name in ("a", "<b>"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.json").write_bytes((EXAMPLES / "NCT04762485" / "needs-review.json").read_bytes())
        (tmp_path / name / "q.json").write_bytes((EXAMPLES / "NCT04762485" / "attested.json").read_bytes())
    batch([tmp_path / "a", tmp_path / "<b>"], tmp_path / "out")
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "/<wbr>a/<wbr>p.json" in text
    assert "/<wbr>&lt;b&gt;/<wbr>q.json" in text


def test_one_patient_is_not_called_patients(tmp_path: Path) -> None:
    batch([EXAMPLES / "NCT04762485" / "needs-review.json"], tmp_path / "out")
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1 patient, screened as of" in text
    assert "−0" not in text  # who is lost nowhere
    main(["report", str(tmp_path / "out"), "--deidentify"])
    assert "&lt;11 patients, screened as of" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_deidentified_report_names_nobody(screened: Path, results: list[dict[str, object]], tmp_path: Path) -> None:
    page = tmp_path / "shared.html"
    assert main(["report", str(screened), "--deidentify", "--out", str(page)]) == 0
    figures = tmp_path / "shared-figures"
    whole = (
        page.read_text(encoding="utf-8")
        + (figures / "attrition.csv").read_text()
        + (figures / "missing.csv").read_text()
    )
    for result in results:
        assert str(result["patient"]) not in whole
        assert str(result["source"]) not in whole
    assert not (figures / "worklist.csv").exists()
    with (figures / "attrition.csv").open() as stream:
        for row in csv.DictReader(stream):
            for name in ("patients", "lost", "open", "kept", "fails", "unknown", "alone", "gained", "last_open"):
                assert row[name] in ("", "0") or (int(row[name]) >= 15 and int(row[name]) % 5 == 0)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (1, "<11"), (10, "<11"), (11, "15"), (17, "15"), (18, "20"), (1_234, "1,235")],
)
def test_small_counts_are_hidden_and_others_rounded(count: int, shown: str) -> None:
    assert Disclosure(deidentify=True).words(count) == shown
    assert Disclosure().words(count) == f"{count:,}"


@pytest.mark.parametrize(("count", "shown"), [(0, "<11"), (1, "<11"), (10, "<11"), (11, "15"), (18, "20")])
def test_of_counts_that_add_up_to_others_zero_is_hidden_too(count: int, shown: str) -> None:
    assert Disclosure(deidentify=True).share_words(count) == shown
    assert Disclosure().share_words(count) == f"{count}"


def test_what_is_hidden_cannot_be_reckoned_from_what_is_shown() -> None:
    """As many are shown before and after each step; whether it lost nobody or one must not be told."""

    def told(lost: Sequence[int]) -> tuple[str, list[dict[str, object]]]:
        left = 22
        funnel = Funnel("all", 22)
        for number in lost:
            left -= number
            funnel.steps.append(Step(None, lost=number, kept=left, fails=number or 1, alone=number, gained=number))
        disclosure = Disclosure(deidentify=True)
        return funnel_svg(funnel, 0, disclosure), attrition_rows("T", [funnel], disclosure)

    assert told([1, 1, 1, 1]) == told([0, 4, 0, 0])


def test_a_directory_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"holds no finished run \(no manifest.json of one\); make one with `trialsieve batch`"
    ):
        ScreenedPopulation(tmp_path)


@pytest.mark.parametrize("manifest", [b"", b'{"run": "7', b"[]", b'{"transactionTime": "2026-11-20", "output": []}'])
def test_a_manifest_of_something_else_is_no_run(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest)
    with pytest.raises(UsageError, match="holds no finished run"):
        ScreenedPopulation(tmp_path)


@pytest.mark.parametrize("left", [None, b"", b"PAR1"])
@pytest.mark.parametrize("table", ["verdicts", "criteria"])
def test_a_table_that_is_damaged_is_named(
    screened: Path, tmp_path: Path, table: str, left: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    shutil.copytree(screened, out)
    first = sorted((out / table).iterdir())[0]
    first.unlink()
    if left is not None:
        first.write_bytes(left)
    assert main(["report", str(out), "--out", str(tmp_path / "page.html")]) == 2
    told = "is damaged, or not there, or of an earlier version; screen anew with `trialsieve batch --restart`"
    assert capsys.readouterr().err == f"trialsieve: {first}: {told}\n"


def test_figures_that_cannot_be_written_are_told_with_the_page(
    screened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pq, "write_table", full)
    page = tmp_path / "page.html"
    assert main(["report", str(screened), "--out", str(page)]) == 2
    told = f"trialsieve: --out {page}: cannot be written: No space left on device; give another place\n"
    assert capsys.readouterr().err == told


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two records of one name, of two people; and an eligible patient whose Patient is out of use."""
    folder = tmp_path_factory.mktemp("namesakes")
    (folder / "in").mkdir()
    for name in ("attested", "needs-review"):
        text = (EXAMPLES / "NCT04762485" / f"{name}.json").read_text(encoding="utf-8")
        (folder / "in" / f"{name}.json").write_text(
            text.replace(name, "same").replace('"value": "same"', f'"value": "{name}"')
        )
    gone = (EXAMPLES / "SENL-T7" / "eligible-boy.json").read_text(encoding="utf-8")
    (folder / "in" / "gone.json").write_text(gone.replace('"gender"', '"active": false, "gender"', 1))
    batch([folder / "in"], folder / "out")
    return folder / "out"


@pytest.mark.parametrize(
    ("example", "born", "verdict", "alone", "last"),
    [
        pytest.param("eligible-boy", "2015-06-13", "eligible", 0, 0, id="everything else passes"),
        pytest.param("eligible-boy", "1930-01-01", "ineligible", 1, 0, id="one criterion fails"),
        pytest.param("transplant-too-recent", "1987-09-27", "needs-review", 0, 1, id="one criterion is open"),
    ],
)
@pytest.mark.parametrize("is_active", [True, False])
def test_who_is_out_of_use_is_seen_before_any_criterion_whatever_these_say(
    tmp_path: Path, example: str, born: str, verdict: str, alone: int, last: int, is_active: bool
) -> None:
    """Nobody is gained by dropping the criterion that such a patient fails, nor waits for the last one open."""
    made = json.loads((EXAMPLES / "SENL-T7" / f"{example}.json").read_bytes())
    person = next(each["resource"] for each in made["entry"] if each["resource"]["resourceType"] == "Patient")
    person.update(birthDate=born, active=is_active)
    (tmp_path / "in.json").write_text(json.dumps(made))
    batch([tmp_path / "in.json"], tmp_path / "out")
    population = ScreenedPopulation(tmp_path / "out")
    head = population.trials[1]
    (funnel,) = funnels(population, head)
    expected = "needs-review" if verdict == "eligible" and not is_active else verdict
    assert population.manifest["verdicts"][head.id] == {expected: 1}
    assert funnel.steps[0].unknown == (not is_active)
    assert sum(step.alone for step in funnel.steps) == alone
    assert sum(step.gained for step in funnel.steps) == alone * is_active
    assert sum(step.last_open for step in funnel.steps[1:]) == last * is_active


def test_records_of_one_name_are_not_mixed_up(namesakes: Path) -> None:
    population = ScreenedPopulation(namesakes)
    head = population.trials[0]
    named = [each.patient for each in candidates(population, head, 100)]
    assert named.count("Patient/same") == 2
    for each in candidates(population, head, 100):
        waiting = {item.criterion for item in each.items}
        assert len(waiting) == each.open_data + each.open_judgement + each.open_registry


def test_the_funnels_end_is_the_verdict(namesakes: Path) -> None:
    """Also of a Patient who is out of use: all criteria pass, and yet a person has to look."""
    population = ScreenedPopulation(namesakes)
    head = population.trials[1]
    (funnel,) = funnels(population, head)
    verdicts = population.manifest["verdicts"][head.id]
    assert (funnel.eligible, funnel.open, funnel.ineligible) == tuple(
        verdicts.get(name, 0) for name in ("eligible", "needs-review", "ineligible")
    )


def test_a_deidentified_report_leaves_no_worklist_of_an_earlier_one(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    main(["report", str(screened), "--out", str(page)])
    main(["report", str(screened), "--out", str(page), "--deidentify"])
    assert {path.stem for path in (tmp_path / "report-figures").iterdir()} == {"attrition", "missing"}
    assert "2026-11-20" not in re.sub(r"rules [0-9.]+|<td>[0-9.]+</td>", "", page.read_text(encoding="utf-8"))
