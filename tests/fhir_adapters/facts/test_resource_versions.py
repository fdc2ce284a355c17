"""Every resource type that facts are taken from, in the shapes of STU3, R4B and R5: the same facts come of each."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import InputProblem

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
VERSIONS = {"STU3": "fhir.resources.STU3", "R4B": "fhir.resources.R4B", "R5": "fhir.resources"}


def code(value: str, system: str = SNOMED) -> Json:
    return {"coding": [{"system": system, "code": value}]}


def status(word: str, table: str) -> Json:
    return code(word, f"http://terminology.hl7.org/CodeSystem/{table}")


SUBJECT = {"subject": {"reference": "Patient/p1"}}
PATIENT = {"patient": {"reference": "Patient/p1"}}
PREDNISONE = code("8640", RXNORM)
STU3_R4 = {"medicationCodeableConcept": PREDNISONE}
R5 = {"medication": {"concept": PREDNISONE}}
PERIOD = {"start": "2026-09-01", "end": "2026-10-01"}
POSITIVE = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

# By resource type: what all versions share, and what each writes in its own way.
SHAPES: dict[str, tuple[Json, dict[str, Json]]] = {
    "Observation": (
        {
            "status": "final",
            "code": code("5196-1", "http://loinc.org"),
            **SUBJECT,
            "effectiveDateTime": "2026-10-02",
            "valueQuantity": {"value": 2, "unit": "COI"},
            "referenceRange": [{"high": {"value": 1, "unit": "COI"}}],
        },
        {
            "STU3": {"interpretation": code("POS", "http://hl7.org/fhir/v2/0078"), "comment": "repeated"},
            "R4B": {"interpretation": [code("POS", POSITIVE)], "note": [{"text": "repeated"}]},
            "R5": {"interpretation": [code("POS", POSITIVE)], "note": [{"text": "repeated"}]},
        },
    ),
    "Condition": (
        {"code": code("59282003"), **SUBJECT, "onsetDateTime": "2026-05-02", "abatementDateTime": "2026-07-01"},
        {
            "STU3": {"clinicalStatus": "resolved", "verificationStatus": "provisional", "assertedDate": "2026-06-01"},
            "R4B": {
                "clinicalStatus": status("resolved", "condition-clinical"),
                "verificationStatus": status("provisional", "condition-ver-status"),
                "recordedDate": "2026-06-01",
            },
            "R5": {
                "clinicalStatus": status("resolved", "condition-clinical"),
                "verificationStatus": status("provisional", "condition-ver-status"),
                "recordedDate": "2026-06-01",
            },
        },
    ),
    "Procedure": (
        {"status": "completed", "code": code("234336002"), **SUBJECT},
        {
            "STU3": {"performedPeriod": PERIOD, "notDone": False},
            "R4B": {"performedPeriod": PERIOD},
            "R5": {"occurrencePeriod": PERIOD},
        },
    ),
    "MedicationRequest": (
        {
            "status": "active",
            "intent": "order",
            **SUBJECT,
            "authoredOn": "2026-09-01",
            "dosageInstruction": [
                {"route": code("26643006"), "timing": {"repeat": {"boundsPeriod": {"end": "2026-10-01"}}}}
            ],
        },
        {"STU3": STU3_R4, "R4B": STU3_R4, "R5": R5},
    ),
    "MedicationStatement": (
        {
            **SUBJECT,
            "effectiveDateTime": "2026-09-01",
            "dateAsserted": "2026-10-01",
            "dosage": [{"route": code("26643006")}],
        },
        {
            "STU3": {"status": "completed", "taken": "y", **STU3_R4},
            "R4B": {"status": "completed", **STU3_R4},
            "R5": {
                "status": "recorded",
                "adherence": {"code": code("stopped", "http://hl7.org/fhir/CodeSystem/medication-statement-adherence")},
                **R5,
            },
        },
    ),
    "MedicationAdministration": (
        {"status": "completed", **SUBJECT, "dosage": {"route": code("26643006"), "text": "20 mg"}},
        {
            "STU3": {"effectivePeriod": PERIOD, "notGiven": False, **STU3_R4},
            "R4B": {"effectivePeriod": PERIOD, **STU3_R4},
            "R5": {"occurencePeriod": PERIOD, **R5},
        },
    ),
    "MedicationDispense": (
        {
            "status": "completed",
            **SUBJECT,
            "whenHandedOver": "2026-09-05",
            "daysSupply": {"value": 30},
            "dosageInstruction": [{"route": code("26643006")}],
        },
        {"STU3": {"notDone": False, **STU3_R4}, "R4B": STU3_R4, "R5": R5},
    ),
    "Immunization": (
        {"status": "completed", "vaccineCode": code("140", "http://hl7.org/fhir/sid/cvx"), **PATIENT},
        {
            "STU3": {"date": "2026-10-02", "notGiven": False, "primarySource": True},
            "R4B": {"occurrenceDateTime": "2026-10-02", "primarySource": True},
            "R5": {"occurrenceDateTime": "2026-10-02", "primarySource": True},
        },
    ),
    "AllergyIntolerance": (
        {"code": code("91936005"), **PATIENT, "criticality": "high"},
        {
            "STU3": {
                "type": "allergy",
                "clinicalStatus": "active",
                "verificationStatus": "unconfirmed",
                "assertedDate": "2026-10-02",
            },
            "R4B": {
                "type": "allergy",
                "clinicalStatus": status("active", "allergyintolerance-clinical"),
                "verificationStatus": status("unconfirmed", "allergyintolerance-verification"),
                "recordedDate": "2026-10-02",
            },
            "R5": {
                "type": {"text": "allergy"},
                "clinicalStatus": status("active", "allergyintolerance-clinical"),
                "verificationStatus": status("unconfirmed", "allergyintolerance-verification"),
                "recordedDate": "2026-10-02",
            },
        },
    ),
    "Patient": (
        {"active": True, "gender": "female", "birthDate": "1980-05-20", "deceasedDateTime": "2026-10-02"},
        {
            version: {"link": [{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]}
            for version in ("STU3", "R4B", "R5")
        },
    ),
}
EVENTS = [name for name in SHAPES if name != "Patient"]


def resource(name: str, version: str) -> Json:
    common, own = SHAPES[name]
    return {"resourceType": name, "id": "x1", **common, **own[version]}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_that_of_its_version(name: str, version: str) -> None:
    """By the strict model of that version, so that the table tests what it says."""
    module = importlib.import_module(f"{VERSIONS[version]}.{name.lower()}")
    getattr(module, name).model_validate(resource(name, version))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", EVENTS)
def test_each_reaches_its_patient_through_a_bundle(name: str, version: str) -> None:
    """None is mistaken for DSTU2, which is not read."""
    problems: list[InputProblem] = []
    patient = {"resourceType": "Patient", "id": "p1"}
    entries = [{"resource": patient}, {"resource": resource(name, version)}]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    (found,) = records_of_bundle(bundle, "b.json", problems.append)
    assert [reference for reference, _ in found.record.resources] == [f"{name}/x1"]
    assert problems == []


@pytest.mark.parametrize("version", ["STU3", "R5"])
@pytest.mark.parametrize("name", EVENTS)
def test_the_same_facts_come_of_each_version(chart_of: Any, name: str, version: str) -> None:
    facts = chart_of(resource(name, "R4B")).facts
    assert len(facts) > 0
    assert chart_of(resource(name, version)).facts == facts
    assert chart_of.problems == []


@pytest.mark.parametrize("version", ["STU3", "R5"])
def test_the_same_person_comes_of_each_version(chart_of: Any, version: str) -> None:
    person = chart_of(patient=resource("Patient", "R4B")).person
    assert person.deceased
    assert person.set_aside is not None
    assert chart_of(patient=resource("Patient", version)).person == person


ROUTED = ["MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"]


@pytest.mark.parametrize("name", ROUTED)
def test_what_is_taken_has_its_route_and_time(fact_of: Any, name: str) -> None:
    """Else the comparison above could hold because neither is read."""
    fact = fact_of("med.systemic_steroids", resource(name, "R4B"))
    assert fact.facet("route") == ("systemic",)
    assert str(fact.when.first) in ("2026-09-01", "2026-09-05")
    assert str(fact.when.last) in ("2026-10-01", "2026-10-05")
    assert fact.ended is (name in ("MedicationRequest", "MedicationStatement"))


CONTAINED: dict[str, Json] = {
    "STU3": {
        "medicationReference": {"reference": "#m"},
        "contained": [{"resourceType": "Medication", "id": "m", "ingredient": [{"itemCodeableConcept": PREDNISONE}]}],
    },
    "R4B": {
        "medicationReference": {"reference": "#m"},
        "contained": [
            {
                "resourceType": "Medication",
                "id": "m",
                "ingredient": [{"itemReference": {"reference": "#s"}}],
            },
            {"resourceType": "Medication", "id": "s", "code": PREDNISONE},
        ],
    },
    "R5": {
        "medication": {"reference": {"reference": "#m"}},
        "contained": [{"resourceType": "Medication", "id": "m", "ingredient": [{"item": {"concept": PREDNISONE}}]}],
    },
}


@pytest.mark.parametrize("version", CONTAINED)
@pytest.mark.parametrize("name", ROUTED)
def test_an_ingredient_of_a_contained_medication_counts(fact_of: Any, name: str, version: str) -> None:
    common, own = SHAPES[name]
    others = {key: value for key, value in own[version].items() if not key.startswith("medication")}
    taken = {"resourceType": name, "id": "x1", **common, **others, **CONTAINED[version]}
    assert fact_of("med.systemic_steroids", taken) == fact_of("med.systemic_steroids", resource(name, "R4B"))
