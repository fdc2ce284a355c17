"""2. Age 12-65 years: from the 12th birthday to the day before the 66th. And what the person's status does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bundles import FAILS, PASSES, UNVOUCHED, Check, Expected, Given, Screen, ago, observation, person, review, row

BORN = [
    row("the day before the 12th birthday", patient=person(born="2014-11-21"), comes=FAILS),
    row("the 12th birthday", patient=person(born="2014-11-20"), comes=PASSES),
    row("the day after", patient=person(born="2014-11-19"), comes=PASSES),
    row("36 years", patient=person(born="1990-05-04"), comes=PASSES),
    row("the 65th birthday", patient=person(born="1961-11-20"), comes=PASSES),
    row("the day before the 66th birthday", patient=person(born="1960-11-21"), comes=PASSES),
    row("the 66th birthday", patient=person(born="1960-11-20"), comes=FAILS),
    row("the 12th birthday on 29 February", patient=person(born="2012-02-29"), as_of=date(2024, 2, 29), comes=PASSES),
    row("the day before it", patient=person(born="2012-02-29"), as_of=date(2024, 2, 28), comes=FAILS),
]

PARTIAL = [
    row("a year well inside", patient=person(born="1990"), comes=PASSES),
    row("a year that is 64 or 65", patient=person(born="1961"), comes=PASSES),
    row("a year that is 65 or 66", patient=person(born="1960"), comes=review("imprecise")),
    row("a year that is 66 or 67", patient=person(born="1959"), comes=FAILS),
    row("a year that is 11 or 12", patient=person(born="2014"), comes=review("imprecise")),
    row("a year that is 10 or 11", patient=person(born="2015"), comes=FAILS),
    row("the month of the 12th birthday", patient=person(born="2014-11"), comes=review("imprecise")),
    row("the month before", patient=person(born="2014-10"), comes=PASSES),
    row("the month after", patient=person(born="2014-12"), comes=FAILS),
    row("the month of the 66th birthday", patient=person(born="1960-11"), comes=review("imprecise")),
]

UNKNOWN = [
    row("no birth date", patient=person(born=None), comes=review("no-data")),
    row("a birth date that is none", patient=person(born="4.5.1990"), comes=review("unusable-data")),
    row("born after the as-of date", patient=person(born=ago(-1)), comes=review("unusable-data")),
    row("no Patient at all", observation("89247-1", valueInteger=1), patient=None, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), BORN + PARTIAL + UNKNOWN)
def test_age(check: Check, given: Given, expected: Expected) -> None:
    check("I02", given, expected)


# --- the person's status ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "died",
    [
        {"deceasedBoolean": True},
        {"deceasedDateTime": "2026-11-01"},
        {"deceasedDateTime": "2026-11-20"},
        {"deceasedDateTime": "2025"},
    ],
    ids=lambda died: str(next(iter(died.values()))),
)
def test_the_deceased_are_ineligible_whatever_else(screen: Screen, died: dict[str, Any]) -> None:
    result = screen(Given((), person(**died))).result
    assert result.verdict.value == "ineligible"
    assert [(arm.limiting, arm.open.data, arm.open.registry) for arm in result.arms] == [(("deceased",), (), ())]


@pytest.mark.parametrize("died", [{"deceasedBoolean": False}, {}], ids=["stated", "not stated"])
def test_the_living_are_not(screen: Screen, died: dict[str, Any]) -> None:
    assert screen(Given((), person(**died), covers=UNVOUCHED)).result.verdict.value == "needs-review"


def test_a_death_after_the_as_of_date_has_not_happened(screen: Screen) -> None:
    given = Given((), person(deceasedDateTime="2026-11-21"), covers=UNVOUCHED)
    assert screen(given).result.verdict.value == "needs-review"


def test_an_inactive_patient_is_never_better_than_needs_review(screen: Screen) -> None:
    result = screen(Given((), person(active=False), covers=UNVOUCHED)).result
    assert result.verdict.value == "needs-review"
    assert any("inactive" in caution for caution in result.cautions)
