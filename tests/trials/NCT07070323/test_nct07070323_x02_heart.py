"""Exclusion 2: symptomatic heart failure, and severe arrhythmia, which no code says."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    condition,
    observation,
    review,
    row,
    rows,
)


def nyha(value: int, **more: Any) -> Resource:
    return observation("88020-3", valueInteger=value, **more)


UNREADABLE_CLASS = observation("88020-3", valueString="see note", on=ago(3))
FAILURE = condition("I50.9", onset=ago(400))
HEART = [
    *rows(FAILS, {f"with NYHA {value}": (FAILURE, nyha(value)) for value in (2, 3, 4)}),
    row("with NYHA I", FAILURE, nyha(1), comes=review("unspecific")),
    row("congestive, SNOMED, with NYHA III", condition("42343007", SNOMED), nyha(3), comes=FAILS),
    row("without a class", FAILURE, comes=review("unspecific")),
    row("with an old class", FAILURE, nyha(3, on=ago(31)), comes=review("unspecific")),
    row(
        "resolved, with NYHA II",
        condition("I50.9", onset=ago(400), status="resolved"),
        nyha(2),
        comes=review("judgement"),
    ),
    row("NYHA III and no diagnosis", HYPERTENSION, nyha(3), comes=review("judgement")),
    row("NYHA IV and no diagnosis", HYPERTENSION, nyha(4), comes=review("judgement")),
    row("NYHA I and no diagnosis", HYPERTENSION, nyha(1), comes=PASSES),
    row("unreadable after NYHA I", HYPERTENSION, nyha(1, on=ago(9)), UNREADABLE_CLASS, comes=review("unusable-data")),
    row("NYHA II after unreadable", HYPERTENSION, UNREADABLE_CLASS, nyha(2, on=ago(2)), comes=review("judgement")),
    row("NYHA risen from I to II", HYPERTENSION, nyha(1, on=ago(9)), nyha(2, on=ago(3)), comes=review("judgement")),
    row("NYHA fallen from II to I", HYPERTENSION, nyha(2, on=ago(9)), nyha(1, on=ago(3)), comes=PASSES),
    row(
        "NYHA I-II and no diagnosis",
        HYPERTENSION,
        observation("88020-3", valueString="I-II"),
        comes=review("judgement"),
    ),
    row("an old NYHA III and no diagnosis", HYPERTENSION, nyha(3, on=ago(31)), comes=review("stale")),
    row("an old NYHA I and no diagnosis", HYPERTENSION, nyha(1, on=ago(31)), comes=PASSES),
    row("an undated NYHA II and no diagnosis", HYPERTENSION, nyha(2, on=None), comes=review("undated")),
    *rows(
        review("unspecific"),
        {
            "ventricular tachycardia": condition("I47.20", onset=ago(5)),
            "atrial fibrillation": condition("I48.91", onset=ago(900)),
            "complete block": condition("27885002", SNOMED, onset=ago(900)),
            "supraventricular tachycardia": condition("I47.10", onset=ago(5)),
            "sick sinus": condition("I49.5", onset=ago(5)),
            "pre-excitation, WHO": condition("I45.6", ICD_10, onset=ago(5)),
            "arrhythmia, SNOMED": condition("698247007", SNOMED, onset=ago(5)),
        },
    ),
    row(
        "arrhythmia, over",
        condition("I47.20", onset=ago(900), status="resolved"),
        comes=review("judgement", "unspecific"),
    ),
    row("attested: not severe", condition("I48.91"), attestation("NCT07070323#X02.a2", False), comes=PASSES),
    row("neither", HYPERTENSION, comes=PASSES),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), HEART)
def test_heart(check: Check, given: Given, expected: Expected) -> None:
    check("X02", given, expected)
