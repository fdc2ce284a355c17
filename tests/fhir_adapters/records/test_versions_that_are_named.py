"""What a reference leads to that the input has several versions of: the newest, whatever the order; else nothing."""

from __future__ import annotations

import json
from functools import reduce
from itertools import permutations
from pathlib import Path

import pytest
from ways_in import SUBJECT, Json, Way, in_a_bundle, in_an_export, write_bundle

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.inputs.shared_resources import SharedResources, write_shared
from trialsieve.fhir_adapters.records.duplicates import is_one_of_several, led_to
from trialsieve.fhir_adapters.records.record import InputProblem, Resource
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Kind

PATIENT: Json = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": "urn:x", "value": "1"}]}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ORDER: Json = {
    "resourceType": "MedicationRequest",
    "id": "r1",
    "status": "active",
    "intent": "order",
    "medicationReference": {"reference": "Medication/m1"},
    **SUBJECT,
}
ALT: Json = {
    "resourceType": "Observation",
    "id": "alt",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]},
    "effectiveDateTime": "2026-11-15",
    "valueQuantity": {"value": 30, "unit": "U/L"},
    "specimen": {"reference": "Specimen/s1"},
    **SUBJECT,
}


def medication(code: str, **meta: str) -> Json:
    coded = {"coding": [{"system": RXNORM, "code": code}]}
    return {"resourceType": "Medication", "id": "m1", "code": coded, **({"meta": meta} if meta else {})}


def specimen(words: str) -> Json:
    return {"resourceType": "Specimen", "id": "s1", "type": {"text": words}}


def by_full_url(folder: Path, resources: list[Json]) -> Path:
    entries = [{"fullUrl": f"urn:uuid:{one['resourceType']}", "resource": one} for one in resources]
    text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
    (folder / "one.json").write_text(
        text.replace('"Medication/m1"', '"urn:uuid:Medication"').replace('"Specimen/s1"', '"urn:uuid:Specimen"')
    )
    return folder


def in_bundles_of_their_own(folder: Path, resources: list[Json]) -> Path:
    for number, one in enumerate(resources):
        write_bundle(folder / f"{number}.json", [PATIENT, one] if one["resourceType"] != "Patient" else [one])
    return folder


WAYS: list[Way] = [in_a_bundle, by_full_url, in_an_export, in_bundles_of_their_own]
PARACETAMOL, PREDNISONE = medication("161"), medication("8640")
DIFFER = (
    "versions that differ, none known to be the newest; give them `meta.lastUpdated`, or leave out those that do not "
    "hold"
)


def read(path: Path, book: RuleBook) -> tuple[Chart, list[InputProblem]]:
    problems: list[InputProblem] = []
    (record,) = read_records([str(path)], problems)
    return build_chart(record, book, problems), problems


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_a_drug_of_which_nobody_knows_what_it_is(
    tmp_path: Path, book: RuleBook, way: Way, order: tuple[int, ...]
) -> None:
    resources = [ORDER, PARACETAMOL, PREDNISONE]
    chart, problems = read(way(tmp_path, [PATIENT, *(resources[place] for place in order)]), book)
    assert chart.facts == ()
    assert [(one.reference, one.kind, one.concepts) for one in chart.unreadable] == [
        ("MedicationRequest/r1", Kind.MEDICATION, None)
    ]
    assert [problem.reason for problem in problems] == [f"it names Medication/m1, of which the input has {DIFFER}"]


@pytest.mark.parametrize("way", [in_a_bundle, in_an_export, in_bundles_of_their_own], ids=lambda way: way.__name__)
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_newest_counts(tmp_path: Path, book: RuleBook, way: Way, newest_first: bool) -> None:
    versions = [medication("161", versionId="1"), medication("8640", versionId="2")]
    chart, problems = read(way(tmp_path, [PATIENT, ORDER, *(reversed(versions) if newest_first else versions)]), book)
    assert "med.systemic_steroids" in {fact.concept for fact in chart.facts}
    assert (chart.unreadable, problems) == ((), [])


FIRST, SECOND = {"lastUpdated": "2026-01-01T00:00:00Z"}, {"lastUpdated": "2026-02-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("versions", "is_known"),
    [
        ((medication("161", **FIRST), medication("8640", **FIRST), medication("8640", **SECOND)), True),
        ((medication("161", **FIRST), medication("161"), medication("8640", **SECOND)), False),
        ((medication("161", **FIRST), medication("11289"), medication("8640", **SECOND)), False),
    ],
    ids=["newer than two of one day", "newer than one of the same two", "newer than one of two"],
)
@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_of_three_the_newest_is_known_in_any_order(
    versions: tuple[Json, ...], is_known: bool, order: tuple[int, ...]
) -> None:
    named: list[Resource] = [versions[place] for place in order]
    found = reduce(led_to, named)
    assert is_one_of_several(found) is not is_known
    assert (found.get("code") == medication("8640")["code"]) is is_known


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_same_twice_is_one(tmp_path: Path, book: RuleBook, way: Way) -> None:
    chart, problems = read(
        way(
            tmp_path, [PATIENT, ORDER, PREDNISONE, PREDNISONE | {"meta": {"source": "#2"}, "text": {"status": "empty"}}]
        ),
        book,
    )
    assert {fact.certainty for fact in chart.facts} == {Certainty.FIRM}
    assert (chart.unreadable, problems) == ((), [])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("words", list(permutations(("Urine", "Venous blood"))))
def test_a_specimen_of_which_nobody_knows_what_it_is(
    tmp_path: Path, book: RuleBook, way: Way, words: tuple[str, str]
) -> None:
    chart, _ = read(way(tmp_path, [PATIENT, ALT, *map(specimen, words)]), book)
    assert chart.facts == ()
    assert [(one.reference, one.concepts) for one in chart.unreadable] == [("Observation/alt", frozenset({"lab.alt"}))]


@pytest.mark.parametrize("codes", [*permutations(("161", "8640")), ("8640", "8640")])
def test_those_on_disk(tmp_path: Path, codes: tuple[str, str]) -> None:
    versions = [json.dumps(medication(code) | {"text": {"status": str(place)}}) for place, code in enumerate(codes)]
    write_shared(tmp_path / "shared", ((0, "Medication/m1", version.encode()) for version in versions))
    shared = SharedResources(tmp_path / "shared", 0)
    assert list(shared) == ["Medication/m1"]
    assert ("code" in shared["Medication/m1"]) is (len(set(codes)) == 1)
    shared.close()
