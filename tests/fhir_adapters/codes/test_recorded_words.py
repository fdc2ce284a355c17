"""A name that stands for several things does not say which of them is on record: the record's own words do."""

from __future__ import annotations

from typing import Any

import pytest

SNOMED = "http://snomed.info/sct"


def diagnosis(code: str, words: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "x1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": {"coding": [{"system": SNOMED, "code": code, "display": words}]},
        "onsetDateTime": "2026-10-02",
    }


def allergy(code: str, words: str) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "x1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": {"coding": [{"system": SNOMED, "code": code, "display": words}]},
        "recordedDate": "2026-10-02",
    }


@pytest.mark.parametrize(
    ("concept", "resource", "named"),
    [
        (
            "allergy.biologic",
            allergy("91936005", "Allergy to penicillin"),
            "Allergy to a biologic, antibiotic or other drug (recorded as 'Allergy to penicillin')",
        ),
        (
            "cardiac.ventricular_arrhythmia",
            diagnosis("25569003", "Ventricular tachycardia"),
            "Ventricular arrhythmia or cardiac arrest (recorded as 'Ventricular tachycardia')",
        ),
        (
            "cardiac.af_flutter",
            diagnosis("49436004", "Atrial fibrillation"),
            "Atrial fibrillation or flutter (recorded as 'Atrial fibrillation')",
        ),
        (
            "cardiac.af_flutter",
            diagnosis("49436004", "Atrial fibrillation or flutter"),
            "Atrial fibrillation or flutter",
        ),
        ("vasc.pe", diagnosis("59282003", "Pulmonary embolism"), "Pulmonary embolism"),
    ],
)
def test_which_of_several_things_it_is(fact_of: Any, concept: str, resource: dict[str, Any], named: str) -> None:
    assert fact_of(concept, resource).says.startswith(f"{named} (active)")
