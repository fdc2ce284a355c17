"""A result that a withdrawn report names raises a doubt, and decides nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ways_in import SUBJECT, Json, Way, in_an_export, write_bundle

from trialsieve.fhir_adapters.chart import ChartBuilder, build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty

PATIENT: Json = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1996-03-01"}
WANTED = frozenset({"lab.alt"})
ALT: Json = {
    "resourceType": "Observation",
    "id": "alt",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]},
    "effectiveDateTime": "2026-11-15",
    "valueQuantity": {"value": 30, "unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"},
    **SUBJECT,
}
FIRM, WEAK = Certainty.FIRM, Certainty.WEAK


def report(status: str | None, identity: str = "r1", result: Any = "Observation/alt", **more: Any) -> Json:
    named = {} if status is None else {"status": status}
    results = [{"reference": result}] if isinstance(result, str) else result
    return {"resourceType": "DiagnosticReport", "id": identity, **named, "result": results, **SUBJECT, **more}


def in_a_bundle(folder: Path, resources: list[Json]) -> Path:
    return write_bundle(folder / "one.json", resources, base="https://x.example/fhir")


def in_a_large_bundle(folder: Path, resources: list[Json]) -> Path:
    """Of which what means nothing to the rules is not built."""
    claims = [
        {"resourceType": "Claim", "id": f"claim-{number}", "patient": SUBJECT["subject"]} for number in range(500)
    ]
    return in_a_bundle(folder, [*resources, *claims])


WAYS: list[Way] = [in_a_bundle, in_a_large_bundle, in_an_export]


def certainty(book: RuleBook, path: Path) -> list[Certainty]:
    quiet = ChartBuilder(book, WANTED).quiet_codes()
    (record,) = read_records([str(path)], [], quiet=quiet)
    return [fact.certainty for fact in build_chart(record, book, [], wanted=WANTED, as_of=date(2026, 11, 21)).facts]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("entered-in-error", WEAK),
        ("cancelled", WEAK),
        (" Cancelled ", WEAK),
        *((word, FIRM) for word in ("final", "amended", "preliminary", "modified", "unknown", "Final")),
        (None, FIRM),
    ],
)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_by_the_status_of_the_report(
    tmp_path: Path, book: RuleBook, way: Way, status: str | None, expected: Certainty
) -> None:
    for resources in ([PATIENT, ALT, report(status)], [report(status), PATIENT, ALT]):
        assert certainty(book, way(tmp_path, resources)) == [expected]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("Observation/alt", WEAK),
        ("Observation/alt/_history/2", WEAK),
        ("https://x.example/fhir/Observation/alt", WEAK),
        ({"reference": "Observation/alt"}, WEAK),
        ("Observation/other", FIRM),
        ("Specimen/alt", FIRM),
        ("#alt", FIRM),
        ("see chart", FIRM),
        ([{"display": "ALT"}, None, 1], FIRM),
        (7, FIRM),
    ],
)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_by_what_the_report_names(tmp_path: Path, book: RuleBook, way: Way, result: Any, expected: Certainty) -> None:
    assert certainty(book, way(tmp_path, [PATIENT, ALT, report("cancelled", result=result)])) == [expected]


def test_a_result_that_is_known_by_its_full_url(tmp_path: Path, book: RuleBook) -> None:
    """It has no id."""
    nameless = {key: value for key, value in ALT.items() if key != "id"}
    entries: list[Json] = [{"resource": PATIENT}, {"resource": report("cancelled", result="urn:uuid:1")}]
    entries += [{"fullUrl": f"urn:uuid:{number}", "resource": nameless} for number in (1, 2)]
    (tmp_path / "one.json").write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    assert sorted(each.value for each in certainty(book, tmp_path / "one.json")) == ["firm", "weak"]


@pytest.mark.parametrize(
    "other",
    [
        report("final", "r2"),
        report("final", "r2", conclusionCode=[{"text": "Pneumonia"}]),  # of an export it is kept
        report("final", meta={"versionId": "2"}),
        {key: value for key, value in report("final", meta={"versionId": "2"}).items() if key != "result"},
    ],
)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_another_report_or_a_newer_version_says(tmp_path: Path, book: RuleBook, way: Way, other: Json) -> None:
    one = report("cancelled", meta={"versionId": "1"})
    for reports in ([one, other], [other, one]):
        assert certainty(book, way(tmp_path, [PATIENT, ALT, *reports])) == [WEAK]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_one_that_stands_and_mentions_a_diagnosis_takes_nothing_back(tmp_path: Path, way: Way) -> None:
    stands = report("final", conclusionCode=[{"text": "Pneumonia"}])
    (record,) = read_records([str(way(tmp_path, [PATIENT, ALT, stands]))], [])
    assert (len(record.mentioning), record.taken_back) == (1, frozenset())


def test_of_a_history_the_newest_version_alone_is_read(tmp_path: Path, book: RuleBook) -> None:
    resources = [PATIENT, ALT, report("final", meta={"versionId": "2"}), report("cancelled")]
    assert certainty(book, write_bundle(tmp_path / "one.json", resources, kind="history")) == [FIRM]


def test_a_result_that_does_not_count_anyway(tmp_path: Path, book: RuleBook) -> None:
    withdrawn = ALT | {"status": "entered-in-error"}
    assert certainty(book, in_a_bundle(tmp_path, [PATIENT, withdrawn, report("cancelled")])) == []


def test_only_observations_are_results(tmp_path: Path, book: RuleBook, make: Any) -> None:
    transplant = {"resourceType": "Procedure", "id": "x", "status": "completed", **SUBJECT}
    transplant["code"] = make.coded("http://snomed.info/sct", "234336002")
    path = in_a_bundle(tmp_path, [PATIENT, transplant, report("cancelled", result="Procedure/x")])
    (record,) = read_records([str(path)], [])
    assert {fact.certainty for fact in build_chart(record, book, []).facts} == {FIRM}


def test_it_says_why(tmp_path: Path, book: RuleBook) -> None:
    (record,) = read_records([str(in_a_bundle(tmp_path, [PATIENT, ALT, report("cancelled")]))], [])
    (fact,) = build_chart(record, book, [], wanted=WANTED).facts
    assert "30 U/L (final, of a withdrawn report)" in fact.says


@pytest.mark.parametrize(("status", "expected"), [("final", [FIRM]), ("cancelled", [WEAK]), ("entered-in-error", [])])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_result_that_the_report_contains(
    tmp_path: Path, book: RuleBook, way: Way, status: str, expected: list[Certainty]
) -> None:
    holder = report(status, result="#alt", contained=[ALT])
    assert certainty(book, way(tmp_path, [PATIENT, holder])) == expected
