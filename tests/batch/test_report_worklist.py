"""Whom a report says to look at first, and what is missing of them."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import AS_OF, EXAMPLES, TRIALS, batch

from trialsieve.engine.outcome import Outcome, Unread
from trialsieve.engine.phrases import sentence, unread
from trialsieve.rules.vocabulary import UNKNOWN, Reason
from trialsieve.service.cli import main
from trialsieve.service.report.screened import ScreenedPopulation, TrialHead
from trialsieve.service.report.to_find import ToFind, to_find
from trialsieve.service.report.worklist import Candidate, Missing, MissingData, OpenItem, Worklist, rows_that_want_data


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


def listed(inputs: Path, trial: str, folder: Path) -> list[str]:
    """The patients who are not ineligible, in the order of `screen`'s list."""
    asked = ["--trial", trial, "--as-of", str(AS_OF), "--verdict", "eligible", "needs-review"]
    main(["screen", str(inputs), *asked, "--out", str(folder / "list.txt"), "--format", "table"])
    head = (folder / "list.txt").read_text(encoding="utf-8").partition("\n---")[0]
    return re.findall(rf"^  (?:eligible|needs-review) +(\S+) {trial}\b", head, re.MULTILINE)


@pytest.mark.parametrize("trial", TRIALS)
def test_the_worklist_is_in_the_order_of_the_list_of_screen(
    screened: Path, results: list[dict[str, object]], trial: str, tmp_path: Path
) -> None:
    population = ScreenedPopulation(screened)
    head = next(each for each in population.trials if each.id == trial)
    worklist = candidates(population, head, 100)
    expected = {str(r["patient"]) for r in results if r["trial"] == trial and r["verdict"] != "ineligible"}
    assert {each.patient for each in worklist} == expected
    assert [each.patient for each in worklist] == listed(EXAMPLES, trial, tmp_path)
    assert [each.patient for each in candidates(population, head, 3)] == [each.patient for each in worklist[:3]]


def test_who_would_fail_as_presumed_comes_last_and_what_is_on_hold_counts_as_data_too(tmp_path: Path) -> None:
    """Else a coordinator first looks at a patient whose liver evidently excludes them."""
    text = (EXAMPLES / "NCT04762485" / "needs-review.json").read_text(encoding="utf-8")
    (tmp_path / "in").mkdir()
    for name, left_out, alt in (
        ("a-liver-fails", None, 900),
        ("b-without-alt", "needs-review-5", 44),
        ("c-complete", None, 44),
    ):
        chart = json.loads(text)
        chart["entry"] = [each for each in chart["entry"] if each["resource"]["id"] != left_out]
        for each in chart["entry"]:
            if each["resource"]["id"] == "needs-review-5":
                each["resource"]["valueQuantity"]["value"] = alt
        (tmp_path / "in" / f"{name}.json").write_text(json.dumps(chart).replace("needs-review", name))
    batch([tmp_path / "in"], tmp_path / "out")
    population = ScreenedPopulation(tmp_path / "out")
    worklist = candidates(population, next(each for each in population.trials if each.id == "NCT04762485"), 100)
    patients = ["Patient/c-complete", "Patient/b-without-alt", "Patient/a-liver-fails"]
    assert [each.patient for each in worklist] == patients == listed(tmp_path / "in", "NCT04762485", tmp_path)
    assert [(each.held_data, each.would_fail) for each in worklist] == [((), ()), (("I06",), ()), ((), ("I06",))]
    main(["report", str(tmp_path / "out")])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "the registry’s correction: I06; data too: I06</span>" in page
    assert "the registry’s correction: I06; would fail as presumed: I06</span>" in page
    with (tmp_path / "out" / "report-figures" / "worklist.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["trial"] == "NCT04762485"]
    assert [(row["held_data"], row["would_fail"]) for row in rows] == [("", ""), ("I06", ""), ("", "I06")]


UNUSABLE_DATA = frozenset({Reason.UNUSABLE_DATA})
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


def test_what_explanations_name_as_unreadable_is_told_beside_them() -> None:
    items = (UNUSABLE, AN_ENTRY, "Observation/o1: effectiveDateTime '31.12.2025' is no FHIR date")
    found = Outcome(UNKNOWN, UNUSABLE_DATA, unread=tuple(Unread(*item.split(": ", 1)) for item in items))
    clause, _ = unread(found, UNUSABLE_DATA)
    found_out = to_find([("X01", sentence(f"what bears on this {clause}"))])
    assert found_out.things == ((("X01",), "What bears on this could not be read."),)
    assert found_out.unusable == (UNUSABLE, AN_ENTRY, "Observation/o1: its date 31.12.2025 cannot be read")


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
    found = Candidate("Patient/p1", "in.json", "needs-review", ("I06",), 0, 0, 1, (item,), (), (), ())
    assert bool(found.to_find.things) is wants_data
    rows = pa.table({"waits_for": [item.waits_for] * 2, "reasons": [["judgement"], list(item.reasons)]})
    assert rows_that_want_data(rows).to_pylist()[1] is wants_data


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


def test_the_list_for_a_spreadsheet_is_named_where_there_is_one(
    screened: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ["report", str(screened), "--out", str(tmp_path / "mine.html")]
    main(report)
    said = capsys.readouterr().err
    assert said.endswith(f"figures in {tmp_path}/mine-figures/; worklist.csv there has one row a patient and trial\n")
    main([*report, "--deidentify"])
    assert "worklist" not in capsys.readouterr().err


def test_records_of_one_name_are_not_mixed_up(namesakes: Path) -> None:
    population = ScreenedPopulation(namesakes)
    head = population.trials[0]
    named = [each.patient for each in candidates(population, head, 100)]
    assert named.count("Patient/same") == 2
    for each in candidates(population, head, 100):
        waiting = {item.criterion for item in each.items}
        assert len(waiting) == each.open_data + each.open_judgement + each.open_registry
