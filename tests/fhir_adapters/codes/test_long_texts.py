"""Texts of whatever length and shape are read in a moment: lines of dashes, many blanks, letters that were lost."""

from __future__ import annotations

import time
from typing import Any

import pytest

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
LONG = 40_000  # characters
SHAPES = [f"x{sign * LONG}x" for sign in " -/?.:,(\n"]


def coded(system: str, code: str, words: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def resources(words: str) -> list[dict[str, Any]]:
    measured = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-10-02"}
    return [
        {"resourceType": "Condition", "code": coded(SNOMED, "59282003", words)},
        {"resourceType": "Procedure", "status": "completed", "code": coded(SNOMED, "234336002", words)},
        {"resourceType": "MedicationStatement", "status": "active", "medicationCodeableConcept": {"text": words}},
        {"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": words}},
        {"resourceType": "AllergyIntolerance", "code": {"text": words}},
        *(
            {**measured, "code": coded(LOINC, code, "what is measured"), "valueString": words}
            for code in ("1742-6", "89247-1", "5195-3")
        ),
    ]


@pytest.mark.parametrize("words", [*SHAPES, *(f"1{shape}" for shape in SHAPES)], ids=lambda words: repr(words[:3]))
def test_it_takes_a_moment(chart_of: Any, words: str) -> None:
    _reads_soon(chart_of, words)


@pytest.mark.parametrize("words", ["-" * 80, f"No allergies{' ' * LONG}x"], ids=["dashes", "blanks"])
def test_so_do_words_that_nearly_say_something(chart_of: Any, words: str) -> None:
    _reads_soon(chart_of, words)


def _reads_soon(chart_of: Any, words: str) -> None:
    for resource in resources(words):
        begun = time.process_time()
        chart_of(resource)
        assert time.process_time() - begun < 1.5, resource["resourceType"]
