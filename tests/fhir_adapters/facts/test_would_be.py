"""What was read and not understood has the dates that it would have if its code were understood."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.rules.vocabulary import Kind, Role

Json = dict[str, Any]

AS_OF = date(2026, 11, 20)
ATC, ICD_10_CM, SNOMED = "http://www.whocc.no/atc", "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
STEROIDS, INFARCTION, TRANSPLANT, ALLERGY = "med.systemic_steroids", "cardiac.mi", "tx.hsct", "allergy.biologic"
BILIRUBIN = "lab.bilirubin_total"
UNDERSTOOD = {
    STEROIDS: (ATC, "H02AB07"),
    INFARCTION: (ICD_10_CM, "I21.9"),
    TRANSPLANT: (SNOMED, "234336002"),
    ALLERGY: (SNOMED, "91936005"),
    BILIRUBIN: ("http://loinc.org", "1975-2"),
}
_ELEMENT = {STEROIDS: "medicationCodeableConcept"}
DATES = ("when", "recorded", "ended", "ended_when", "end_unknown", "state", "certainty")


def clinical(status: str) -> Json:
    return {"coding": [{"code": status}]}


def drug(kind: str, status: str = "completed", **more: Any) -> tuple[str, Json]:
    intent = {"intent": "order"} if kind == "MedicationRequest" else {}
    return STEROIDS, {"resourceType": kind, "status": status, **intent, **more}


def disease(**more: Any) -> tuple[str, Json]:
    return INFARCTION, {"resourceType": "Condition", **more}


def procedure(**more: Any) -> tuple[str, Json]:
    return TRANSPLANT, {"resourceType": "Procedure", "status": "completed", **more}


def result(status: str = "final", **more: Any) -> tuple[str, Json]:
    return BILIRUBIN, {"resourceType": "Observation", "status": status, **more}


DATED = {
    "a dose": drug("MedicationAdministration", effectiveDateTime="2016-03-01"),
    "a dose of a month": drug("MedicationAdministration", effectiveDateTime="2016-03"),
    "a dose, undated": drug("MedicationAdministration"),
    "a dose noted before": drug("MedicationAdministration", effectiveDateTime="2027-03-01", recorded="2016-03-01"),
    "what was taken": drug("MedicationStatement", effectivePeriod={"start": "2016-01", "end": "2016-03-01"}),
    "what is taken": drug("MedicationStatement", "active", effectivePeriod={"start": "2016-01"}),
    "what is taken after its last day": drug(
        "MedicationStatement", "active", effectivePeriod={"start": "2016-01", "end": "2016-03"}
    ),
    "an order": drug("MedicationRequest", "active", authoredOn="2016-01-01"),
    "an order, completed": drug("MedicationRequest", authoredOn="2016-01-01"),
    "what was handed over": drug("MedicationDispense", whenHandedOver="2016-01-01", daysSupply={"value": 30}),
    "what was handed over for who knows how long": drug("MedicationDispense", whenHandedOver="2016-01-01"),
    "a disease": disease(onsetDateTime="2016-03", recordedDate="2016-04-01", clinicalStatus=clinical("active")),
    "a disease that recurred": disease(onsetDateTime="2016-03", clinicalStatus=clinical("recurrence")),
    "a disease that is over": disease(onsetDateTime="2016-03", abatementDateTime="2016-05-01"),
    "a disease that is over and active": disease(clinicalStatus=clinical("active"), abatementBoolean=True),
    "a procedure": procedure(performedDateTime="2016-03-01"),
    "a procedure over days": procedure(performedPeriod={"start": "2016-03-01", "end": "2016-03-04"}),
    "a procedure noted before": procedure(performedDateTime="2027-03-01", recorded="2016-03-01"),
    "a result": result(effectiveDateTime="2016-03-01", valueString="high"),
    "a result of days": result(effectivePeriod={"start": "2016-03-01", "end": "2016-03"}),
    "a result that was issued": result(issued="2016-03-01T10:00:00Z"),
    "a result, undated": result(),
    "a result issued before": result(effectiveDateTime="2027-03-01", issued="2016-03-01T10:00:00Z"),
    "a preliminary result": result("preliminary", effectiveDateTime="2016-03-01"),
    "an allergy": (ALLERGY, {"resourceType": "AllergyIntolerance", "recordedDate": "2016-03-01"}),
}


def coded(concept: str, resource: Json, system: str, code: str, text: str | None = None) -> Json:
    words = {"text": text} if text else {}
    return {
        "id": "x1",
        **resource,
        _ELEMENT.get(concept, "code"): {"coding": [{"system": system, "code": code}], **words},
    }


def strange(concept: str, resource: Json, words: str = "某药") -> Json:
    """In a system that the rules do not know, and in a script that they do not either, unless the words are others."""
    return coded(concept, resource, "urn:local", "X1", words)


@pytest.mark.parametrize(("concept", "resource"), [pytest.param(*one, id=name) for name, one in DATED.items()])
def test_it_has_the_dates_of_its_resource(fact_of: Any, chart_of: Any, concept: str, resource: Json) -> None:
    understood = fact_of(concept, coded(concept, resource, *UNDERSTOOD[concept]), as_of=AS_OF)
    words = "Total bilirubin" if concept == BILIRUBIN else "某药"
    (doubt,) = chart_of(strange(concept, resource, words), as_of=AS_OF).unreadable
    assert doubt.was_read
    assert (doubt.would_be.kind, doubt.would_be.role, doubt.would_be.concept) == (understood.kind, Role.DEFINITIVE, "")
    assert [getattr(doubt.would_be, name) for name in DATES] == [getattr(understood, name) for name in DATES]


def test_what_is_understood_as_something_else_has_the_same_dates(chart_of: Any) -> None:
    """Its code names an antineoplastic; by its words it may be more."""
    words = {"coding": [{"system": ATC, "code": "L01BC01"}, {"system": "urn:local", "code": "X1"}], "text": "某药"}
    dose = {"resourceType": "MedicationAdministration", "status": "completed", "effectiveDateTime": "2016-03-01"}
    chart = chart_of({"id": "x1", **dose, "medicationCodeableConcept": words})
    (doubt,) = chart.unreadable
    assert chart.facts
    assert {fact.when for fact in chart.facts} == {doubt.would_be.when}


@pytest.mark.parametrize(
    ("dates", "is_covered"),
    [
        ({"onsetDateTime": "2016-03-01", "recordedDate": "2026-11-20"}, True),
        ({"onsetDateTime": "2016-03-01", "recordedDate": "2026-11-21"}, False),
        ({"onsetDateTime": "2026-11-21"}, False),
        ({"onsetDateTime": "2026-11"}, True),
        ({"onsetDateTime": "2027-03-01", "recordedDate": "2026-11-20"}, True),  # a slip
        ({}, True),
    ],
)
def test_what_is_of_a_later_day_shows_no_kind_to_be_present(chart_of: Any, dates: Json, is_covered: bool) -> None:
    """It bears on nothing: else what is not on record as of that day would be presumed absent by it."""
    later = strange(*disease(**dates))
    assert chart_of(later, as_of=date(2026, 11, 20)).covered == ({Kind.CONDITION} if is_covered else frozenset())
    assert chart_of(later).covered == {Kind.CONDITION}


@pytest.mark.parametrize(
    "more",
    [
        {"effectiveDateTime": "2016-03-01", "modifierExtension": [{"url": "urn:x"}]},
        {"effectiveDateTime": "2016", "effectivePeriod": {"start": "2016"}},
    ],
    ids=["what must not be read without its modifier", "of two dates"],
)
def test_what_could_not_be_dated(chart_of: Any, more: Json) -> None:
    (doubt,) = chart_of(strange(*drug("MedicationAdministration", **more))).unreadable
    assert (doubt.would_be, doubt.was_read) == (None, True)


def test_a_result_that_must_not_be_read_has_no_dates(chart_of: Any) -> None:
    concept, found = result(effectiveDateTime="2016-03-01", modifierExtension=[{"url": "urn:x"}])
    (doubt,) = chart_of(strange(concept, found, "Total bilirubin")).unreadable
    assert (doubt.kind, doubt.would_be, doubt.was_read) == (Kind.OBSERVATION, None, True)


def test_a_date_that_cannot_be_read_is_told(chart_of: Any) -> None:
    concept, resource = drug("MedicationAdministration", effectiveDateTime="in spring")
    (doubt,) = chart_of(strange(concept, resource)).unreadable
    assert (doubt.kind, doubt.would_be.when, doubt.would_be.end_unknown) == (Kind.MEDICATION, None, True)
    (problem,) = chart_of.problems
    assert problem.reason.endswith("effectiveDateTime 'in spring' is no FHIR date; it was read as undated")


def test_what_could_not_be_read_has_no_dates(chart_of: Any) -> None:
    broken = {"resourceType": "Procedure", "id": "x1", "status": "completed", "code": "a procedure"}
    (doubt,) = chart_of({**broken, "performedDateTime": "2016-03-01"}).unreadable
    assert (doubt.would_be, doubt.was_read) == (None, False)
