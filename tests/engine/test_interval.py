"""Numbers and dates as intervals: below, at and above each bound, and what is imprecise."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsieve.engine.examples import interval
from trialsieve.engine.interval import (
    DateInterval,
    NumberInterval,
    Place,
    age_interval,
    clip,
    completed_years,
    days,
    subtract,
    window_before,
)
from trialsieve.rules.atom import Limits, Window
from trialsieve.rules.vocabulary import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def at_least(low: float) -> Limits:
    return Limits(Decimal(str(low)), False, None, False, "%")


def above(low: float) -> Limits:
    return Limits(Decimal(str(low)), True, None, False, "%")


def at_most(high: float) -> Limits:
    return Limits(None, False, Decimal(str(high)), False, "%")


def below(high: float) -> Limits:
    return Limits(None, False, Decimal(str(high)), True, "%")


LESS_THAN_50 = NumberInterval(-math.inf, 50, False, True)
MORE_THAN_50 = NumberInterval(50, math.inf, True, False)
UP_TO_50 = NumberInterval(-math.inf, 50)


@pytest.mark.parametrize(
    ("value", "limits", "truth"),
    [
        (NumberInterval.exactly(49.9), at_least(50), F),
        (NumberInterval.exactly(50), at_least(50), T),
        (NumberInterval.exactly(50.1), at_least(50), T),
        (NumberInterval.exactly(50), above(50), F),
        (NumberInterval.exactly(50.1), above(50), T),
        (NumberInterval.exactly(50), at_most(50), T),
        (NumberInterval.exactly(50), below(50), F),
        (NumberInterval.exactly(49.9), below(50), T),
        (LESS_THAN_50, at_least(50), F),
        (LESS_THAN_50, below(50), T),
        (LESS_THAN_50, at_least(40), U),
        (MORE_THAN_50, above(50), T),
        (MORE_THAN_50, at_most(50), F),
        (MORE_THAN_50, above(60), U),
        (UP_TO_50, above(50), F),
        (UP_TO_50, at_least(50), U),
        (UP_TO_50, below(50), U),
        (NumberInterval(0, 1), Limits(Decimal(0), False, Decimal(2), False, "{score}"), T),
        (NumberInterval(2, 3), Limits(Decimal(0), False, Decimal(2), False, "{score}"), U),
        (NumberInterval(3, 4), Limits(Decimal(0), False, Decimal(2), False, "{score}"), F),
        (NumberInterval(-math.inf, math.inf), at_least(0), U),
    ],
)
def test_a_number_is_compared_with_limits(value: NumberInterval, limits: Limits, truth: Truth) -> None:
    assert value.compare(limits) is truth


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_an_interval_is_known_only_if_all_its_numbers_agree(a: float, b: float, bound: float, open_bound: bool) -> None:
    low, high = sorted((a, b))
    limits = Limits(Decimal(repr(bound)), open_bound, None, False, "1")
    truths = {NumberInterval.exactly(number).compare(limits) for number in (low, (low + high) / 2, high)}
    whole = NumberInterval(low, high).compare(limits)
    if whole is not U:
        assert truths == {whole}


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(2014, 11, 21), date(2026, 11, 20), 11),
        (date(2014, 11, 21), date(2026, 11, 21), 12),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(1960, 11, 21), date(2026, 11, 20), 65),
        (date(1960, 11, 21), date(2026, 11, 21), 66),
    ],
)
def test_age_counts_completed_years(birth: date, on: date, years: int) -> None:
    assert completed_years(birth, on) == years


@pytest.mark.parametrize(
    ("birth", "low", "high"),
    [("2014-11-21", 12, 12), ("2014-11", 11, 12), ("2014", 11, 12), ("2026", 0, 0), ("1960", 65, 66)],
)
def test_a_partial_birth_date_gives_an_interval_of_ages(birth: str, low: float, high: float) -> None:
    assert age_interval(interval(birth), date(2026, 11, 21)) == NumberInterval(low, high)


def test_nobody_is_born_after_the_as_of_date() -> None:
    assert age_interval(interval("2027"), date(2026, 11, 21)) is None


@pytest.mark.parametrize(
    ("day", "amount", "unit", "edge"),
    [
        (date(2026, 11, 21), 6, "month", date(2026, 5, 21)),
        (date(2026, 8, 31), 6, "month", date(2026, 2, 28)),
        (date(2024, 8, 31), 6, "month", date(2024, 2, 29)),
        (date(2026, 1, 15), 1, "month", date(2025, 12, 15)),
        (date(2026, 11, 21), 4, "week", date(2026, 10, 24)),
        (date(2026, 3, 1), 1, "day", date(2026, 2, 28)),
        (date(2024, 2, 29), 1, "year", date(2023, 2, 28)),
    ],
)
def test_windows_count_calendar_units(day: date, amount: int, unit: str, edge: date) -> None:
    assert subtract(day, amount, unit) == edge


@pytest.mark.parametrize(
    ("when", "within", "less_than"),
    [
        ("2026-05-20", Place.OUTSIDE, Place.OUTSIDE),
        ("2026-05-21", Place.INSIDE, Place.OUTSIDE),
        ("2026-05-22", Place.INSIDE, Place.INSIDE),
        ("2026-11-21", Place.INSIDE, Place.INSIDE),
        ("2026-05", Place.PERHAPS, Place.PERHAPS),
        ("2026-06", Place.INSIDE, Place.INSIDE),
        ("2026", Place.PERHAPS, Place.PERHAPS),
        ("2025", Place.OUTSIDE, Place.OUTSIDE),
    ],
)
def test_within_six_months_includes_the_edge_and_less_than_excludes_it(
    when: str, within: Place, less_than: Place
) -> None:
    as_of = date(2026, 11, 21)
    seen = clip(interval(when), as_of)
    assert seen.place(window_before(as_of, Window(6, "month", inclusive=True))) is within
    assert seen.place(window_before(as_of, Window(6, "month", inclusive=False))) is less_than


def test_an_upper_bound_alone_is_inside_only_a_window_without_beginning() -> None:
    issued = DateInterval(None, date(2026, 11, 1), None, 0)
    assert issued.place(days(date(2026, 10, 1), date(2026, 11, 21))) is Place.PERHAPS
    assert issued.place(days(None, date(2026, 11, 21))) is Place.INSIDE
    assert issued.place(days(date(2026, 11, 2), date(2026, 11, 21))) is Place.OUTSIDE


def test_before_and_after_hold_only_when_they_must() -> None:
    may, june, first_of_june = interval("2026-05"), interval("2026-06"), interval("2026-06-01")
    assert may.surely_before(june)
    assert june.surely_after(may)
    assert not june.surely_before(first_of_june)
    assert not first_of_june.surely_after(june)
    assert first_of_june.surely_not_before(first_of_june)
    assert not june.surely_not_before(interval("2026-06-15"))
