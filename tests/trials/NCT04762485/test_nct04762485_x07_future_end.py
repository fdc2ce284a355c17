"""An end after the as-of date is no end yet: what is active until then excludes as if no end was given."""

from __future__ import annotations

import pytest
from bundles import FAILS, Check, Expected, Given, ago, condition, review, row

ROWS = [
    row("no end", condition("I26.99", onset=ago(90)), comes=FAILS),
    row("an end to come", condition("I26.99", onset=ago(90), abatementDateTime=ago(-30)), comes=FAILS),
    row("tomorrow", condition("I26.99", onset=ago(90), abatementDateTime=ago(-1)), comes=FAILS),
    row("today", condition("I26.99", onset=ago(90), abatementDateTime=ago(0)), comes=review("judgement")),
]


@pytest.mark.parametrize(("given", "expected"), ROWS)
def test_an_embolism(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)
