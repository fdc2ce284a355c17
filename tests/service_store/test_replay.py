"""What was decided is decided again from what was kept, to the same bytes; and what was kept cannot be altered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from kept_things import NOW

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_bytes
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem, Record, SetAside
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy, Kind
from trialsieve.service.screening.desk import Answer
from trialsieve.service.storage.keeping import Asked, kept_results, kept_screening
from trialsieve.service.storage.kept import KeptScreening
from trialsieve.service.storage.kept_record import KeptInputError, kept_input, record_of
from trialsieve.service.storage.replay import Agreement, replay
from trialsieve.service.storage.store import Store

EXAMPLES = Path(__file__).parents[2] / "examples"
INPUTS = Path(__file__).parents[1] / "fhir_adapters" / "data" / "inputs"
PATIENTS = sorted(EXAMPLES.glob("*/*.json"))
REAL = sorted(path for path in INPUTS.iterdir() if path.suffix == ".json")
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return cached_rules([], None)


@pytest.fixture(scope="module")
def screener(book: RuleBook) -> Screener:
    return Screener(book, tuple(book.trials))


def records(path: Path, covers: frozenset[Kind] = frozenset()) -> list[Record]:
    problems: list[InputProblem] = []
    return list(read_records([str(path)], problems, covers=covers))


def screened(record: Record, screener: Screener, circumstances: Circumstances, *, keep: bool = True) -> KeptScreening:
    """As the service screens: for all its trials at once."""
    wanted = concepts_reached(screener.book, screener.trials)
    chart = build_chart(record, screener.book, [], wanted=wanted, as_of=circumstances.as_of)
    answers = [Answer(one, result_bytes(one)) for one in screener.screen(chart, circumstances, findings=False)]
    asked = Asked("hospital", "rest", NOW)
    return kept_screening(asked, record, circumstances, kept_results(answers, NOW), resources=keep)


@pytest.mark.parametrize("patient", [*PATIENTS, *REAL], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_same_bytes_again(patient: Path, book: RuleBook, screener: Screener, store: Store) -> None:
    kept = [screened(record, screener, Circumstances(AS_OF)) for record in read_whatever(patient)]
    for one in kept:
        store.keep_screening(one)
    assert store.flush(10)
    for one in kept:
        stored = store.screening_of(one.results[0].result_id)
        assert stored is not None
        again = replay(stored, book)
        assert [(each.agreement, each.json) for each in again] == [
            (Agreement.SAME, result.json) for result in one.results
        ]


def read_whatever(path: Path) -> list[Record]:
    try:
        return records(path)
    except Exception:  # files that hold no patient are tested elsewhere
        return []


def test_under_the_same_circumstances(book: RuleBook, screener: Screener) -> None:
    circumstances = Circumstances(AS_OF, AbsencePolicy.UNKNOWN, {"enrollment": date(2026, 11, 24)})
    (record,) = records(EXAMPLES / "NCT07120607/eligible-man.json", frozenset({Kind.PROCEDURE}))
    kept = screened(record, screener, circumstances)
    assert {each.agreement for each in replay(kept, book)} == {Agreement.SAME}
    other = replay(replace(kept, absence="presume"), book)
    assert {each.agreement for each in other} == {Agreement.DIFFERENT}


def test_as_of_the_same_day(book: RuleBook, screener: Screener) -> None:
    """The record is read as of it, too: nobody who was born in 1900 is screened in 2026."""
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1900-01-01"}
    record = Record("Patient/p1", "prefetch", patient)
    kept = screened(record, screener, Circumstances(AS_OF))
    assert {each.agreement for each in replay(kept, book)} == {Agreement.SAME}


def test_with_the_same_anchors(book: RuleBook, screener: Screener) -> None:
    (record,) = records(EXAMPLES / "NCT07120607/enrollment-too-late.json")
    kept = screened(record, screener, Circumstances(AS_OF, anchors={"enrollment": date(2026, 11, 24)}))
    assert {each.agreement for each in replay(kept, book)} == {Agreement.SAME}
    other = replay(replace(kept, anchors={}), book)
    assert Agreement.DIFFERENT in {each.agreement for each in other}


def test_other_rules_are_told_apart_from_a_fault(book: RuleBook, screener: Screener) -> None:
    (record,) = records(PATIENTS[0])
    kept = screened(record, screener, Circumstances(AS_OF))
    first = kept.results[0].trial
    other = {**book.trials, first: replace(book.trials[first], rules_sha256="f" * 64)}
    agreements = {each.kept.trial: each.agreement for each in replay(kept, replace(book, trials=other))}
    assert agreements.pop(first) is Agreement.OTHER_RULES
    assert set(agreements.values()) == {Agreement.SAME}
    without = {name: trial for name, trial in book.trials.items() if name != first}
    (gone,) = [each for each in replay(kept, replace(book, trials=without)) if each.kept.trial == first]
    assert (gone.agreement, gone.json) == (Agreement.OTHER_RULES, None)


def test_another_answer_by_the_same_rules_is_a_fault(book: RuleBook, screener: Screener) -> None:
    (record,) = records(PATIENTS[0])
    kept = screened(record, screener, Circumstances(AS_OF))
    altered = replace(kept.results[0], json=kept.results[0].json.replace(b"Patient/", b"patient/"))
    assert replay(replace(kept, results=(altered,)), book)[0].agreement is Agreement.DIFFERENT


def test_resources_are_kept_only_where_the_site_says_so(book: RuleBook, screener: Screener) -> None:
    (record,) = records(PATIENTS[0])
    kept = screened(record, screener, Circumstances(AS_OF), keep=False)
    assert kept.resources is None
    assert len(kept.input_sha256) == 64
    assert record.resources[0][0] in kept.references
    with pytest.raises(KeptInputError, match="keep_resources"):
        replay(kept, book)


def test_altered_resources_are_refused(book: RuleBook, screener: Screener) -> None:
    (record,) = records(PATIENTS[0])
    kept = screened(record, screener, Circumstances(AS_OF))
    assert kept.resources is not None
    altered = replace(kept, resources=kept.resources.replace(b'"final"', b'"fatal"', 1))
    assert altered.resources != kept.resources
    with pytest.raises(KeptInputError, match="differs"):
        replay(altered, book)


# --- the record -------------------------------------------------------------------------------------------------------


def write(path: Path, *resources: dict[str, Any]) -> Path:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
    path.write_text(json.dumps(bundle), encoding="utf-8")
    return path


def person(name: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, "birthDate": "1980-01-01", "gender": "male"}


def taking(patient: str, medication: str, reference: str | None = None) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": f"{patient}-{medication}",
        "status": "active",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationReference": {"reference": reference or f"Medication/{medication}"},
    }


def medication(name: str, **more: object) -> dict[str, Any]:
    return {"resourceType": "Medication", "id": name, "code": {"text": name}, **more}


def test_what_references_lead_to_is_kept_and_nobody_elses(tmp_path: Path) -> None:
    ingredient = {"ingredient": [{"itemReference": {"reference": "Medication/m2"}}]}
    path = write(
        tmp_path / "two.json",
        person("p1"),
        person("p2"),
        taking("p1", "m1", "Medication/m1/_history/3"),
        taking("p2", "m3"),
        medication("m1", **ingredient),
        medication("m2"),
        medication("m3"),
    )
    first, second = records(path)
    kept = kept_input(first, resources=True)
    assert kept.resources is not None
    again = record_of(kept.resources, kept.sha256)
    assert again.index["Medication/m1"] == first.index["Medication/m1"]
    assert again.index["Medication/m2"] == first.index["Medication/m2"]
    assert "Medication/m3" not in again.index
    assert b"p2" not in kept.resources
    assert kept.sha256 != kept_input(second, resources=False).sha256


def test_a_record_is_made_again_whole() -> None:
    observation = {"resourceType": "Observation", "id": "o1", "valueQuantity": {"value": 1.10, "unit": 'ü"\n'}}
    record = Record(
        "Patient/p1",
        "caf\udce9.json",
        {"resourceType": "Patient", "id": "p1"},
        [("Observation/o1", observation)],
        {"Observation/o1": observation},
        frozenset({Kind.CONDITION, Kind.MEDICATION}),
        [SetAside("Condition/c1", Kind.CONDITION, "why", None), SetAside("X/1", None, "why", {"code": {}})],
        ["a caution"],
        False,
        mentioning=[("Encounter/e1", {"resourceType": "Encounter", "reasonCode": [{"text": "HIV"}]})],
        taken_back=frozenset({"Observation/o2", "Observation/o1"}),
    )
    kept = kept_input(record, resources=True)
    assert kept.resources is not None
    again = record_of(kept.resources, kept.sha256)
    assert again == replace(record, source="caf\\udce9.json", index={})
    assert kept.references == ("Patient/p1", "Observation/o1", "Encounter/e1", "Condition/c1", "X/1")


def test_what_is_nested_too_deeply_to_be_written_again_does_no_harm() -> None:
    deep: dict[str, Any] = {}
    for _ in range(1_000):
        deep = {"extension": [deep]}
    kept = kept_input(Record("Patient/p1", "x", None, [("Observation/o1", deep)]), resources=True)
    assert (kept.sha256, kept.resources, kept.references) == ("", None, ("Observation/o1",))
