"""Parts of Observations."""

from __future__ import annotations

from typing import Any

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
LVEF, ECOG, NYHA, AST, HBSAG, HBV_DNA = "10230-1", "89247-1", "88020-3", "1920-8", "5196-1", "29615-2"
ANSWER_1, ANSWER_2 = "LA9623-5", "LA9624-3"


def code(value: str, system: str = LOINC, display: str | None = None) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value} | ({"display": display} if display else {})]}


def quantity(value: Any, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"value": value, **({"unit": unit, "system": UCUM, "code": unit} if unit else {}), **more}


def interpreted(value: str) -> list[dict[str, Any]]:
    return [code(value, INTERPRETATION)]
