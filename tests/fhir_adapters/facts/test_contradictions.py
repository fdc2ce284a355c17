"""A number and an answer of one result that contradict each other: neither is used."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Reason, Result

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
BLASTS = "lab.pb_blast_pct"


def blasts(percent: float, comparator: str | None = None, *answers: str) -> dict[str, Any]:
    value = {"value": percent, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    return {
        "resourceType": "Observation",
        "id": "x1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "26446-5"}]},
        "effectiveDateTime": "2026-10-02",
        "valueQuantity": value | ({"comparator": comparator} if comparator else {}),
        "interpretation": [{"coding": [{"system": INTERPRETATION, "code": code} for code in answers]}],
    }


@pytest.mark.parametrize("resource", [blasts(40, None, "NEG"), blasts(0.1, None, "ND"), blasts(0, None, "POS")])
def test_what_says_both_says_nothing(fact_of: Any, resource: dict[str, Any]) -> None:
    fact = fact_of(BLASTS, resource)
    assert (fact.value, fact.value_problem) == (None, Reason.CONFLICTING_DATA)
    assert (fact.times_upper_limit, fact.limit_problem) == (None, Reason.CONFLICTING_DATA)
    assert fact.result is Result.INDETERMINATE


@pytest.mark.parametrize(
    ("resource", "result"),
    [
        (blasts(40, None, "POS"), Result.POSITIVE),
        (blasts(40, None, "H"), Result.POSITIVE),
        (blasts(0, None, "NEG"), Result.NEGATIVE),
        (blasts(1, "<", "NEG"), Result.NEGATIVE),
    ],
)
def test_what_agrees_counts(fact_of: Any, resource: dict[str, Any], result: Result) -> None:
    fact = fact_of(BLASTS, resource)
    assert (fact.value is not None, fact.value_problem, fact.result) == (True, None, result)
