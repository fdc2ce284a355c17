"""Exclusions 7 and 8: a disease that is known by words alone, and was long ago, or is over."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import FAILS, HYPERTENSION, PASSES, Check, Expected, Given, Resource, condition, described, review
from bundles import Screen as Screens

OPEN = review("unusable-data")
Known = tuple[bool | None, tuple[str, ...]]
OUTSIDE: Known = (False, ())
MAYBE: Known = (None, ("unusable-data",))
FIRST_DAY, DAY_BEFORE = "2026-05-20", "2026-05-19"  # of the six months


def unknown(onset: str | None = None, recorded: str | None = None, **more: Any) -> Resource:
    """In a script that the rules have no words in."""
    return described("某病", onset=onset, recorded=recorded, **more)


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("begun and recorded long ago", unknown("2016-03", "2016-03-02"), OUTSIDE),
        ("begun and recorded the day before", unknown(DAY_BEFORE, DAY_BEFORE), OUTSIDE),
        ("begun on the first day", unknown(FIRST_DAY, FIRST_DAY), MAYBE),
        ("begun before, recorded on the first day, perhaps of a history", unknown(DAY_BEFORE, FIRST_DAY), MAYBE),
        ("begun before, never recorded, perhaps of a history", unknown(DAY_BEFORE), MAYBE),
        ("begun in the month of the first day", unknown("2026-05", DAY_BEFORE), MAYBE),
        ("begun this year", unknown("2026", DAY_BEFORE), MAYBE),
        ("never dated, recorded the day before", unknown(None, DAY_BEFORE), OUTSIDE),
        ("never dated", unknown(), MAYBE),
        ("recurred", unknown("2016-03", "2016-03-02", status="recurrence"), MAYBE),
    ],
)
def test_an_infarction_within_six_months(screen: Screens, name: str, resource: Resource, expected: Known) -> None:
    assert screen(Given((HYPERTENSION, resource))).atom("X08", "a1") == expected, name


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("active", {}, OPEN),
        ("over, it is not said since when", {"status": "resolved"}, OPEN),
        ("over the day before", {"status": "resolved", "abatementDateTime": DAY_BEFORE}, PASSES),
        ("over on the first day", {"status": "resolved", "abatementDateTime": FIRST_DAY}, OPEN),
        ("over in that month", {"status": "resolved", "abatementDateTime": "2026-05"}, OPEN),
    ],
)
def test_an_arrhythmia_may_have_gone_on(check: Check, name: str, more: Resource, expected: Expected) -> None:
    check("X08", Given((HYPERTENSION, unknown("2016-03", "2016-03-02", **more))), expected)


@pytest.mark.parametrize("status", ["active", "resolved"])
def test_a_thrombosis_that_may_be_over_goes_to_a_person_all_the_same(check: Check, status: str) -> None:
    """The sentence has a person look at what is over, so its dates tell nothing."""
    check("X07", Given((HYPERTENSION, unknown("2016-03", "2016-03-02", status=status))), OPEN)


def test_what_is_known_decides(check: Check) -> None:
    check("X08", Given((condition("I21.9", onset=FIRST_DAY), unknown("2016-03", "2016-03-02"))), FAILS)
