"""Exclusion 6: creatinine or urea nitrogen at 1.5 times the upper limit of normal or above."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import FAILS, PASSES, Check, Expected, Given, Resource, ago, observation, quantity, review, row


def measured(code: str, value: float, unit: str, high: float | None, **more: Any) -> Resource:
    limits: Resource = {} if high is None else {"referenceRange": [{"high": quantity(high, unit)}]}
    return observation(code, valueQuantity=quantity(value, unit), **limits, **more)


def creatinine(value: float = 0.9, unit: str = "mg/dL", high: float | None = 1.2, **more: Any) -> Resource:
    return measured("2160-0", value, unit, high, **more)


def urea_nitrogen(value: float = 15, unit: str = "mg/dL", high: float | None = 20, **more: Any) -> Resource:
    return measured("3094-0", value, unit, high, **more)


KIDNEY = [
    row("both normal", creatinine(), urea_nitrogen(), comes=PASSES),
    row("creatinine just below", creatinine(1.79), urea_nitrogen(), comes=PASSES),
    row("creatinine at 1.5 times", creatinine(1.8), urea_nitrogen(), comes=FAILS),
    row("creatinine above", creatinine(1.81), urea_nitrogen(), comes=FAILS),
    row("in umol/L, below", creatinine(156, "umol/L", 106), urea_nitrogen(), comes=PASSES),
    row("in umol/L, at the limit", creatinine(159, "umol/L", 106), urea_nitrogen(), comes=FAILS),
    row("urea nitrogen just below", creatinine(), urea_nitrogen(29.9), comes=PASSES),
    row("urea nitrogen at 1.5 times", creatinine(), urea_nitrogen(30), comes=FAILS),
    row("urea in mg/dL at 1.5 times its own limit", creatinine(), measured("3091-6", 60, "mg/dL", 40), comes=FAILS),
    row("urea in mmol/L, below", creatinine(), measured("22664-7", 11, "mmol/L", 8), comes=PASSES),
    row("urea in mmol/L, at the limit", creatinine(), measured("22664-7", 12, "mmol/L", 8), comes=FAILS),
    row("one high, the other missing", creatinine(1.8), comes=FAILS),
    row("one normal, the other missing", urea_nitrogen(), comes=review("no-data")),
    row("no reference range", creatinine(high=None), urea_nitrogen(), comes=review("no-reference-range")),
    row(
        "in urine",
        observation("2161-8", valueQuantity=quantity(100, "mg/dL")),
        urea_nitrogen(),
        comes=review("no-data"),
    ),
    row(
        "a code of serum, and the fluid of a drain",
        creatinine(specimen={"display": "Peritoneal drain fluid"}),
        urea_nitrogen(),
        comes=review("unconfirmed"),
    ),
    row("a code of serum, and serum", creatinine(specimen={"display": "Serum"}), urea_nitrogen(), comes=PASSES),
    row("30 days old", creatinine(on=ago(30)), urea_nitrogen(), comes=PASSES),
    row("31 days old", creatinine(on=ago(31)), urea_nitrogen(), comes=review("stale")),
    row(
        "no unit",
        observation("2160-0", valueQuantity=quantity(0.9)),
        urea_nitrogen(),
        comes=review("unit"),
    ),
    row("neither", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), KIDNEY)
def test_kidney(check: Check, given: Given, expected: Expected) -> None:
    check("X06", given, expected)
