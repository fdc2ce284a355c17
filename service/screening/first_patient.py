"""Somebody invented, screened before the first patient comes, so that what is worked out once is worked out by then."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from trialsieve.fhir_adapters.inputs.reader import records_in
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.codes import LOINC, SNOMED

AS_OF: Final = date(2026, 11, 20)

_SUBJECT: Final = {"reference": "Patient/first"}


def first_patient() -> Record:
    """A record of each kind of resource, with codes that rules look at and one that none knows."""
    entries = [{"resource": resource} for resource in _resources()]
    (record,) = records_in({"resourceType": "Bundle", "type": "collection", "entry": entries}, "nowhere", _ignore)
    return record


def _resources() -> list[dict[str, Any]]:
    patient = {"resourceType": "Patient", "id": "first", "gender": "female", "birthDate": "1990-01-01"}
    final = {"status": "final", "effectiveDateTime": "2026-11-16"}
    bilirubin = _quantity(0.8, "mg/dL") | {"referenceRange": [{"high": {"value": 1.2, "unit": "mg/dL"}}]}
    not_detected = {"valueCodeableConcept": _code(SNOMED, "260415000", "Not detected")}
    return [
        patient,
        _about("Observation", code=_code(LOINC, "1975-2", "Total bilirubin"), **final, **bilirubin),
        _about("Observation", code=_code(LOINC, "18043-0", "LVEF"), **final, **_quantity(58, "%")),
        _about("Observation", code=_code(LOINC, "29610-3", "Hepatitis B virus DNA"), **final, **not_detected),
        _about("Condition", code=_code(SNOMED, "38341003", "Hypertension"), recordedDate="2026-01-05"),
        _about("Procedure", code=_code("urn:local", "1", "Visit"), status="completed", performedDateTime="2026-01-05"),
        _about("MedicationRequest", medicationCodeableConcept={"text": "Aspirin"}, status="active", intent="order"),
        _about("Immunization", vaccineCode={"text": "Influenza"}, status="completed", occurrenceDateTime="2026-01-05"),
        _about("AllergyIntolerance", code={"text": "Peanut"}),
    ]


def _about(kind: str, **elements: Any) -> dict[str, Any]:
    whose = "patient" if kind in {"Immunization", "AllergyIntolerance"} else "subject"
    return {"resourceType": kind, whose: _SUBJECT, **elements}


def _code(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}}


def _ignore(problem: object) -> None:
    """What is wrong with somebody invented concerns nobody."""
