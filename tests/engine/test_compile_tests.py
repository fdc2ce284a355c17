"""The rules of tests mark a candidate as its comparison, result or sex says; what they leave unmarked is unknown."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.engine._durable import Network
from trialsieve.engine._durable_rules import LARGEST
from trialsieve.engine.compile_tests import (
    ENTRY,
    RESULT,
    ROLES,
    SEX,
    SEXES,
    STATES,
    Marks,
    When,
    Where,
    entry_rules,
    number_rules,
    result_rules,
    sex_mask,
    sex_rules,
)
from trialsieve.engine.forward_told import alike, number_fact, result_fact
from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.atom import Limits
from trialsieve.rules.errors import EngineLimitError
from trialsieve.rules.vocabulary import Result, Role, Sex, State, Truth

GRID = (-math.inf, -1e300, -2.0, 0.0, 1e-05, 0.1 + 0.2, 0.3, 2.0, 65.0, 1e16, 9e299, math.inf)
DECIMALS = (None, Decimal(-2), Decimal(0), Decimal("0.00001"), Decimal("0.3"), Decimal(2), Decimal(65), Decimal("1e16"))


def marked(marks: Marks, facts: list[tuple[str, tuple[int | str, ...]]]) -> list[Truth]:
    network = Network("tests", [rule for rule, _ in marks])
    with network.session() as session:
        fired = session.run(facts)
    truths = [{marks[number][1] for number in numbers} for numbers in fired]
    assert all(len(found) <= 1 for found in truths)
    return [next(iter(found), Truth.UNKNOWN) for found in truths]


intervals = st.builds(
    lambda pair, low_open, high_open: NumberInterval(min(pair), max(pair), low_open, high_open),
    st.tuples(st.sampled_from(GRID), st.sampled_from(GRID)),
    st.booleans(),
    st.booleans(),
).filter(lambda one: one.low < one.high or (math.isfinite(one.low) and not one.low_open and not one.high_open))
limits = st.builds(
    Limits, st.sampled_from(DECIMALS), st.booleans(), st.sampled_from(DECIMALS), st.booleans(), st.just("1")
)


@settings(max_examples=200)
@given(limits, st.lists(intervals, min_size=1, max_size=20))
def test_a_number_is_marked_as_its_interval_compares(limit: Limits, values: list[NumberInterval]) -> None:
    facts = [number_fact(0, Where.INSIDE, value) for value in values]

    assert marked(number_rules("x", 0, limit), facts) == [value.compare(limit) for value in values]


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (NumberInterval.exactly(49.999), Truth.FALSE),
        (NumberInterval.exactly(50), Truth.TRUE),
        (NumberInterval.exactly(50.001), Truth.TRUE),
        (NumberInterval(-math.inf, 50, high_open=True), Truth.FALSE),
        (NumberInterval(-math.inf, 50), Truth.UNKNOWN),
        (NumberInterval(50, math.inf, low_open=True), Truth.TRUE),
        (NumberInterval(40, 60), Truth.UNKNOWN),
        (NumberInterval(math.nan, math.nan), Truth.UNKNOWN),
    ],
)
def test_at_least_50(value: NumberInterval, truth: Truth) -> None:
    limit = Limits(Decimal(50), False, None, False, "%")

    assert marked(number_rules("x", 0, limit), [number_fact(0, Where.INSIDE, value)]) == [truth]


@settings(max_examples=500)
@given(st.lists(limits, max_size=4), intervals)
def test_the_number_that_the_rules_are_told_compares_as_the_recorded_one(
    several: list[Limits], value: NumberInterval
) -> None:
    compared = sorted({float(end) for limit in several for end in (limit.low, limit.high) if end is not None})

    told = alike(value, compared)

    assert [told.compare(limit) for limit in several] == [value.compare(limit) for limit in several]


def test_numbers_between_the_same_two_limits_are_told_as_one() -> None:
    told = [alike(NumberInterval.exactly(value), (8.0, 10.0)) for value in (-3, 7.9, 8, 8.1, 9.9, 10, 10.1, 400)]

    assert [each.low for each in told] == [-1.0, -1.0, 8.0, 9.0, 9.0, 10.0, 21.0, 21.0]
    assert [each.high for each in told] == [each.low for each in told]


@pytest.mark.parametrize("where", [Where.UNSURE, Where.OUTSIDE])
def test_a_number_that_is_not_surely_in_its_window_is_marked_neither(where: Where) -> None:
    limit = Limits(Decimal(50), False, None, False, "%")

    assert marked(number_rules("x", 0, limit), [number_fact(0, where, NumberInterval.exactly(60))]) == [Truth.UNKNOWN]


def test_a_number_is_tested_by_the_rules_of_its_own_selector() -> None:
    limit = Limits(Decimal(50), False, None, False, "%")
    marks = number_rules("x", 251, limit) + number_rules("y", 1, Limits(None, False, Decimal(50), True, "%"))
    facts = [number_fact(number, Where.INSIDE, NumberInterval.exactly(60)) for number in (251, 1, 250, 501)]

    assert marked(marks, facts) == [Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, Truth.UNKNOWN]


def test_a_limit_beyond_the_largest_number_is_refused() -> None:
    with pytest.raises(EngineLimitError, match="beyond the largest"):
        number_rules("x", 0, Limits(Decimal(LARGEST), False, None, False, "1"))


@pytest.mark.parametrize("expected", [Result.POSITIVE, Result.NEGATIVE])
def test_results(expected: Result) -> None:
    opposite = Result.NEGATIVE if expected is Result.POSITIVE else Result.POSITIVE
    facts = [result_fact(Where.INSIDE, result, expected) for result in (expected, opposite, Result.INDETERMINATE)]
    facts.append(result_fact(Where.UNSURE, expected, expected))

    assert marked(result_rules(), facts) == [Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, Truth.UNKNOWN]
    assert RESULT.number != SEX.number


@pytest.mark.parametrize(
    "wanted", [{Sex.MALE}, {Sex.FEMALE}, {Sex.MALE, Sex.FEMALE}, {Sex.MALE, Sex.UNKNOWN}, set(Sex)]
)
def test_sexes(wanted: set[Sex]) -> None:
    mask = sex_mask(frozenset(wanted))
    for sex, number in SEXES.items():
        truth = Truth.TRUE if sex in wanted else Truth.FALSE
        if sex is Sex.UNKNOWN:
            truth = Truth.TRUE if wanted == set(Sex) else Truth.UNKNOWN

        assert marked(sex_rules(), [(SEX.template, (mask, number))]) == [truth]


@pytest.mark.parametrize(
    ("state", "ended", "unless_asked", "asked"),
    [
        (State.ACTIVE, 0, Truth.FALSE, Truth.UNKNOWN),
        (State.UNSTATED, 0, Truth.FALSE, Truth.UNKNOWN),
        (State.RELAPSE, 0, Truth.UNKNOWN, Truth.UNKNOWN),
        (State.RELAPSE, 1, Truth.FALSE, Truth.UNKNOWN),
        (State.REMISSION, 0, Truth.FALSE, Truth.UNKNOWN),
        (State.RESOLVED, 0, Truth.FALSE, Truth.UNKNOWN),
        (State.RESOLVED, 1, Truth.FALSE, Truth.UNKNOWN),
    ],
)
def test_what_began_before_the_window_is_open_where_it_is_asked_whether_it_went_on(
    state: State, ended: int, unless_asked: Truth, asked: Truth
) -> None:
    def entry(where: Where, still_active: int) -> tuple[str, tuple[int | str, ...]]:
        values = dict.fromkeys(ENTRY.integers, 0)
        values |= {"m": When.WINDOW, "p": where, "r": ROLES[Role.DEFINITIVE], "s": STATES[state], "e": ended, "c": 1}
        values |= {"q": Where.NO_WINDOW, "y": still_active, "f": Where.INSIDE}
        return ENTRY.template, tuple(int(value) for value in values.values())

    perhaps = [entry(Where.OUTSIDE, 0), entry(Where.OUTSIDE, 1)]
    surely_not = [entry(Where.FAR_OUTSIDE, 0), entry(Where.FAR_OUTSIDE, 1)]

    assert marked(entry_rules(), perhaps) == [unless_asked, asked]
    assert marked(entry_rules(), surely_not) == [Truth.FALSE, Truth.FALSE]


def test_all_tests_that_are_not_on_numbers_are_a_few_rules_however_many_trials_use_them() -> None:
    assert len(entry_rules() + result_rules() + sex_rules()) < 50
