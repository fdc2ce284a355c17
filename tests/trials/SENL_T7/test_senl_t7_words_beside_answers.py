"""Answers whose words, number or specimen say otherwise than their code: they neither pass nor fail anybody."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    INTERPRETATION,
    LOINC,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    coded,
    condition,
    observation,
    procedure,
    quantity,
    review,
)
from percentages import FLOW
from results import remission

T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
BLASTS = observation("11150-0", on=ago(20), valueQuantity=quantity(10, "%"))
COVERED = (HYPERTENSION, procedure("80146002", on="2019-03-01"))


def cd7(answer: tuple[str, str], words: str) -> Resource:
    return observation("13846-1", on=ago(5), valueCodeableConcept={**coded(*answer), "text": words}, **FLOW)


def percentage(value: float, called: str) -> Resource:
    interpretation = [coded(INTERPRETATION, called)]
    return observation("13846-1", on=ago(5), valueQuantity=quantity(value, "%"), interpretation=interpretation, **FLOW)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (cd7(POSITIVE, "CD7 positive, CD5 negative"), PASSES),
        (cd7(POSITIVE, "No CD7 expression"), review("unspecific")),
        (cd7(POSITIVE, "keine CD7-Expression"), review("unspecific")),
        (cd7(POSITIVE, "loss of CD7"), review("unspecific")),
        (cd7(POSITIVE, "CD7-"), review("unspecific")),
        (cd7(NEGATIVE, "No CD7 expression"), FAILS),
        (cd7(NEGATIVE, "CD7+"), review("unspecific")),
        (percentage(85, "POS"), PASSES),
        (percentage(0, "POS"), review("unspecific")),
        (percentage(2, "NEG"), FAILS),
    ],
)
def test_cd7_by_flow_cytometry(check: Check, result: Resource, expected: Expected) -> None:
    check("I02", Given((T_ALL, result)), expected)


def called(words: str) -> Resource:
    given = remission()
    return {**given, "valueCodeableConcept": {**given["valueCodeableConcept"], "text": words}}


@pytest.mark.parametrize(
    "words", ["Complete remission, MRD negative", "komplette Remission", "CR, no relapse", "In full remission"]
)
def test_a_remission_before_the_blasts(check: Check, words: str) -> None:
    check("I01", Given((T_ALL, called(words), BLASTS)), PASSES)


@pytest.mark.parametrize("words", ["Not in remission", "Partial remission", "kein CR", "CR of breast cancer"])
def test_no_remission_by_its_words(check: Check, words: str) -> None:
    check("I01", Given((T_ALL, called(words), BLASTS)), review("judgement", "no-data", "unspecific"))


def test_a_complete_and_a_partial_remission_in_one_answer(check: Check) -> None:
    both = {"coding": [*coded(SNOMED, "103338009")["coding"], *coded(SNOMED, "103337004")["coding"]]}
    given = {**remission(), "valueCodeableConcept": both}
    check("I01", Given((T_ALL, given, BLASTS)), review("judgement", "no-data", "unspecific"))


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ({}, FAILS),
        ({"specimen": {"display": "Arterial blood"}}, FAILS),
        ({"specimen": {"display": "Venous blood"}}, review("unconfirmed")),
        ({"bodySite": {"text": "V. jugularis"}}, review("unconfirmed")),
        ({"code": {**coded(LOINC, "2708-6"), "text": "ScvO2"}}, review("unconfirmed")),
    ],
)
def test_a_low_saturation(check: Check, beside: dict[str, Any], expected: Expected) -> None:
    low = {**observation("2708-6", on=ago(3), valueQuantity=quantity(65, "%")), **beside}
    check("I07", Given((*COVERED, low)), expected)
