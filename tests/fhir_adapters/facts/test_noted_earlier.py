"""When a thing was noted, where that is before the day of which it is said to be: one of the two days is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"


def code(value: str, system: str = SNOMED) -> Json:
    return {"coding": [{"system": system, "code": value}]}


def observation(**more: Any) -> Json:
    loinc = code("10230-1", "http://loinc.org")
    return {"resourceType": "Observation", "status": "final", "code": loinc, "valueInteger": 55, **more}


def procedure(**more: Any) -> Json:
    return {"resourceType": "Procedure", "status": "completed", "code": code("234336002"), **more}


def medication(kind: str, **more: Any) -> Json:
    return {"resourceType": kind, "status": "completed", "medicationCodeableConcept": code("8640", RXNORM), **more}


def vaccine(**more: Any) -> Json:
    return {"resourceType": "Immunization", "status": "completed", "vaccineCode": code("140", CVX), **more}


STATEMENT, ADMINISTRATION = "MedicationStatement", "MedicationAdministration"
NOTED: list[tuple[str, Json, str | None]] = [
    ("issued the day before", observation(effectiveDateTime="2027-11-10", issued="2027-11-09T23:59:59Z"), "2027-11-09"),
    ("issued a year before", observation(effectiveDateTime="2027-11-10", issued="2026-11-10T10:00:00Z"), "2026-11-10"),
    ("of a period", observation(effectivePeriod={"start": "2027-11-10"}, issued="2026-11-10T10:00:00Z"), "2026-11-10"),
    ("issued that day", observation(effectiveDateTime="2027-11-10", issued="2027-11-10T00:00:01Z"), None),
    ("issued later", observation(effectiveDateTime="2026-11-10", issued="2026-11-12T10:00:00Z"), None),
    ("in another zone", observation(effectiveDateTime="2026-11-10", issued="2026-11-09T23:00:00-05:00"), None),
    ("of a month", observation(effectiveDateTime="2026-11", issued="2026-11-02T10:00:00Z"), None),
    ("never issued", observation(effectiveDateTime="2026-11-10"), None),
    ("issued who knows when", observation(effectiveDateTime="2026-11-10", issued="2025"), "2025-12-31"),
    ("issued at no time", observation(effectiveDateTime="2026-11-10", issued="1 May"), None),
    ("issued alone", observation(issued="2026-11-10T10:00:00Z"), None),
    ("a procedure", procedure(performedDateTime="2027-10-10", recorded="2026-10-11"), "2026-10-11"),
    ("a procedure, recorded later", procedure(performedDateTime="2026-10-10", recorded="2026-10-11"), None),
    ("a vaccination", vaccine(occurrenceDateTime="2027-10-10", recorded="2026-10-11"), "2026-10-11"),
    ("a dose", medication(ADMINISTRATION, effectiveDateTime="2027-10-10", recorded="2026-10-11"), "2026-10-11"),
    ("what was taken", medication(STATEMENT, effectiveDateTime="2027-10-10", dateAsserted="2026-10-11"), "2026-10-11"),
    (
        "what may be still to be taken",
        medication(STATEMENT, effectiveDateTime="2027-10-10", dateAsserted="2026-10-11", status="active"),
        None,
    ),
    ("an order", medication("MedicationRequest", authoredOn="2026-10-10", intent="order"), None),
]


@pytest.mark.parametrize(("resource", "expected"), [row[1:] for row in NOTED], ids=[row[0] for row in NOTED])
def test_when_it_was_noted(chart_of: Any, resource: Json, expected: str | None) -> None:
    chart = chart_of(resource)
    assert chart.facts
    noted = {fact.recorded and str(fact.recorded.last) for fact in chart.facts}
    assert noted == {expected}
    assert chart_of.problems == []


def kept(resource: Json, updated: Any) -> Json:
    return {**resource, "meta": {"lastUpdated": updated}}


DIAGNOSIS = {"resourceType": "Condition", "code": code("59282003"), "onsetDateTime": "2027-10-10"}
DONE = procedure(performedDateTime="2027-10-10")
KEPT: list[tuple[str, Json, str | None]] = [
    ("a procedure", kept(DONE, "2026-10-11T08:00:00Z"), "2026-10-11"),
    ("on the as-of date", kept(DONE, "2026-11-20T23:59:59Z"), "2026-11-20"),
    ("after it", kept(DONE, "2026-11-21T00:00:00Z"), None),
    ("who knows when", kept(DONE, "long ago"), None),
    ("not in words", kept(DONE, 2026), None),
    ("and recorded later", kept(DONE | {"recorded": "2027-10-11"}, "2026-10-11T08:00:00Z"), None),
    ("of a day that has come", kept(procedure(performedDateTime="2026-11-20"), "2026-10-11T08:00:00Z"), None),
    (
        "a result",
        kept(observation(effectiveDateTime="2027-11-10"), "2026-11-10T10:00:00Z"),
        "2026-11-10",
    ),
    ("a vaccination", kept(vaccine(occurrenceDateTime="2027-10-10"), "2026-10-11T08:00:00Z"), "2026-10-11"),
    (
        "a dose",
        kept(medication(ADMINISTRATION, effectiveDateTime="2027-10-10"), "2026-10-11T08:00:00Z"),
        "2026-10-11",
    ),
    ("an order", kept(medication("MedicationRequest", authoredOn="2027-10-10", intent="order"), "2026-10-11"), None),
    ("a diagnosis", kept(DIAGNOSIS, "2026-10-11T08:00:00Z"), "2026-10-11"),
    ("a diagnosis of a later version", kept(DIAGNOSIS, "2027-10-11T08:00:00Z"), None),
    (
        "a diagnosis that was recorded",
        kept(DIAGNOSIS | {"recordedDate": "2026-09-01"}, "2026-10-11T08:00:00Z"),
        "2026-09-01",
    ),
]


@pytest.mark.parametrize(("resource", "expected"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
def test_what_the_record_held_by_the_as_of_date_was_noted_by_then(
    chart_of: Any, resource: Json, expected: str | None
) -> None:
    chart = chart_of(resource, as_of=date(2026, 11, 20))
    assert chart.facts
    if expected is None:
        assert all(fact.recorded is None or fact.recorded.last > date(2026, 11, 20) for fact in chart.facts)
    else:
        assert {fact.recorded and str(fact.recorded.last) for fact in chart.facts} == {expected}
    assert chart_of.problems == []
