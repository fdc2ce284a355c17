"""Exclusions 1, 3 and 5: consciousness, lungs, coagulation.

A code that says the very thing decides for 30 days; one that is broad, old or says no severity goes to a person.
"""

from __future__ import annotations

from typing import Any

import pytest
from acute_conditions import acute, current
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    condition,
    described,
    observation,
    quantity,
    review,
    row,
    rows,
)


def coma_score(value: int, **more: Any) -> Resource:
    return observation("9269-2", valueQuantity=quantity(value, "{score}"), **more)


def vague_score(**more: Any) -> Resource:
    """Fourteen or fifteen."""
    between = {"low": quantity(14, "{score}"), "high": quantity(15, "{score}")}
    return observation("9269-2", valueRange=between, **more)


UNREADABLE_SCORE = observation("9269-2", valueString="see note", on=ago(3))


CONSCIOUSNESS = [
    *current("R40.20"),
    *rows(
        FAILS,
        {
            "stupor": acute("R40.1"),
            "coma, WHO": acute("R40.2", ICD_10),
            "disturbance of consciousness": acute("3006004", SNOMED),
            "coma, SNOMED": acute("371632003", SNOMED),
            "intracranial hypertension": acute("G93.2"),
            "raised pressure, SNOMED, for years": condition("271719001", SNOMED, onset="2024"),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "somnolence": acute("R40.0"),
            "a code for a coma score": acute("R40.241"),
            "disorientation": acute("R41.0"),
            "disorientation, WHO": acute("R41.0", ICD_10),
            "toxic encephalopathy": acute("G92.8"),
            "toxic encephalopathy, WHO": acute("G92", ICD_10),
            "delirium": acute("F05"),
            "encephalopathy": acute("G93.40"),
            "cerebral edema": acute("G93.6"),
            "cerebral edema, WHO": acute("G93.6", ICD_10),
            "compression of the brain, WHO": acute("G93.5", ICD_10),
            "coma score 14": (HYPERTENSION, coma_score(14)),
            "coma score 3": (HYPERTENSION, coma_score(3)),
            "coma score 14 to 15": (HYPERTENSION, vague_score()),
        },
    ),
    row("coma score 15", HYPERTENSION, coma_score(15), comes=PASSES),
    row("a coma score that may be low, long ago", HYPERTENSION, vague_score(on=ago(31)), comes=review("stale")),
    row("a low coma score long ago", HYPERTENSION, coma_score(14, on=ago(31)), comes=review("stale")),
    row("a full coma score long ago", HYPERTENSION, coma_score(15, on=ago(31)), comes=PASSES),
    row("a low coma score, undated", HYPERTENSION, coma_score(14, on=None), comes=review("undated")),
    row("an unreadable coma score", HYPERTENSION, UNREADABLE_SCORE, comes=review("unusable-data")),
    row(
        "unreadable after 15", HYPERTENSION, coma_score(15, on=ago(9)), UNREADABLE_SCORE, comes=review("unusable-data")
    ),
    row("14 after unreadable", HYPERTENSION, UNREADABLE_SCORE, coma_score(14, on=ago(2)), comes=review("unspecific")),
    row(
        "fallen from 15 to 14",
        HYPERTENSION,
        coma_score(15, on=ago(9)),
        coma_score(14, on=ago(3)),
        comes=review("unspecific"),
    ),
    row("risen from 14 to 15", HYPERTENSION, coma_score(14, on=ago(9)), coma_score(15, on=ago(3)), comes=PASSES),
    row("a low coma score and a coma", acute("R40.20"), coma_score(3), comes=FAILS),
    row("only words", HYPERTENSION, described("Coma"), comes=review("unusable-data")),
]


@pytest.mark.parametrize(("given", "expected"), CONSCIOUSNESS)
def test_consciousness_or_intracranial_pressure(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


LUNGS = [
    *current("J96.00"),
    *rows(
        FAILS,
        {
            "acute distress syndrome": acute("J80"),
            "acute and chronic": acute("J96.20"),
            "WHO": acute("J96.0", ICD_10),
            "SNOMED": acute("65710008", SNOMED),
            "acute distress syndrome, SNOMED": acute("67782005", SNOMED),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "unspecified": acute("J96.90"),
            "chronic": acute("J96.10"),
            "after a procedure": acute("J95.821"),
            "respiratory arrest": acute("R09.2"),
            "on a ventilator": acute("Z99.11"),
            "chronic obstructive disease": acute("J44.9"),
        },
    ),
    row("chronic, for long", acute("J96.10", onset=ago(400)), comes=review("stale", "unspecific")),
]


@pytest.mark.parametrize(("given", "expected"), LUNGS)
def test_respiratory_failure(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


@pytest.mark.parametrize(("given", "expected"), current("D65") + current("67406007", SNOMED))
def test_intravascular_coagulation(check: Check, given: Given, expected: Expected) -> None:
    check("X05", given, expected)
