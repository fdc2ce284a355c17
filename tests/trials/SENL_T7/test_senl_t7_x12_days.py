"""Exclusion 12 (a transplant less than six months before enrollment) where the transplant took days."""

from __future__ import annotations

import pytest
from bundles import AS_OF, FAILS, PASSES, SNOMED, Check, Expected, Given, Resource, coded, condition, review, row

ENROLLMENT = {"anchors": {"enrollment": AS_OF}}


def transplant(first: str, last: str | None) -> Resource:
    period = {"start": first, "end": last} if last else {"start": first}
    done = {"resourceType": "Procedure", "status": "completed", "code": coded(SNOMED, "234336002")}
    return {**done, "performedPeriod": period}


ROWS = [
    row("ended in them", transplant("2026-05-18", "2026-05-22"), comes=FAILS, **ENROLLMENT),
    row("ended on their first day", transplant("2026-05-18", "2026-05-21"), comes=FAILS, **ENROLLMENT),
    row(
        "ended the day before",
        transplant("2026-05-18", "2026-05-20"),
        condition("I10"),
        comes=PASSES,
        **ENROLLMENT,
    ),
    row("ended in the month of that day", transplant("2026-05-18", "2026-05"), comes=review("imprecise"), **ENROLLMENT),
    row("nobody knows when it ended", transplant("2026-05-18", None), comes=review("imprecise"), **ENROLLMENT),
]


@pytest.mark.parametrize(("given", "expected"), ROWS)
def test_a_transplant_over_days(check: Check, given: Given, expected: Expected) -> None:
    check("X12", given, expected)
