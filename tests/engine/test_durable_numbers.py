"""Numbers of any size reach durable_rules exactly; its own parser loses all that follows `1e-05` in a batch."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsieve.engine._durable import Network
from trialsieve.engine._durable_rules import FactType, Rule, number_text
from trialsieve.engine.conditions import at_least, at_most, greater, less
from trialsieve.rules.errors import EngineError

NUMBER = FactType(1, (), ("v",))
AFTER = FactType(2, ("n",))
OPERATORS = (at_least, at_most, greater, less)


def fired(limit: float, values: list[float]) -> list[tuple[int, ...]]:
    network = Network("numbers", [Rule(make.__name__, NUMBER, make("v", limit)) for make in OPERATORS])
    with network.session() as session:
        return session.run([(NUMBER.template, (number_text(value),)) for value in values])


def expected(limit: float, value: float) -> tuple[int, ...]:
    truths = (value >= limit, value <= limit, value > limit, value < limit)
    return tuple(number for number, truth in enumerate(truths) if truth)


@pytest.mark.parametrize(
    "limit",
    [0.0, -0.0, 1e-05, 5e-324, 1e16, 1e22, 1e23, 2.0**53, 2.0**63, 2.0**64, 0.1 + 0.2, 123456789012345.6, -1e-9, 9e299],
)
def test_a_number_is_compared_as_the_double_that_it_is(limit: float) -> None:
    values = [math.nextafter(limit, -math.inf), limit, math.nextafter(limit, math.inf)]

    assert fired(limit, values) == [expected(limit, value) for value in values]


@given(st.lists(st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("d", struct.pack("Q", bits))[0]), max_size=5))
def test_any_finite_number_is_compared_as_the_double_that_it_is(numbers: list[float]) -> None:
    for limit in (number for number in numbers if math.isfinite(number)):
        values = [value for value in (*numbers, math.nextafter(limit, 0.0)) if math.isfinite(value)]

        assert fired(limit, values) == [expected(limit, value) for value in values]


@pytest.mark.parametrize("value", [1e-05, 1e16, 1e300, 5e-324])
def test_a_number_is_written_without_an_exponent(value: float) -> None:
    assert "e" not in number_text(value)
    assert float(number_text(value)) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(EngineError, match="infinite bound"):
        number_text(value)


def test_facts_after_a_very_small_and_a_very_large_number_arrive() -> None:
    network = Network("after", [Rule("n is 1", AFTER, at_least("n", 1)), Rule("any v", NUMBER, at_least("v", -1e299))])

    with network.session() as session:
        result = session.run(
            [
                (NUMBER.template, (number_text(1e-05),)),
                (NUMBER.template, (number_text(1e16),)),
                (AFTER.template, (1,)),
            ]
        )

    assert result == [(1,), (1,), (0,)]


def test_an_exponent_that_slipped_in_is_noticed() -> None:
    """The canary is the last fact of a batch; what cuts the batch off cuts it off too."""
    network = Network("cut off", [Rule("any v", NUMBER, at_least("v", 0.0))])

    with pytest.raises(EngineError), network.session() as session:
        session.run([(NUMBER.template, ("1e-05",)), (NUMBER.template, ("1.0",))])


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e16", '"5 mg"', "null", "", "2025-01-01"])
def test_no_text_in_place_of_a_number_passes_for_one_unnoticed(text: str) -> None:
    network = Network("text", [Rule("over 5", NUMBER, greater("v", 5.0))])

    try:
        with network.session() as session:
            result = session.run([(NUMBER.template, (text,)), (NUMBER.template, ("6.0",))])
    except EngineError:
        return
    assert result[1] == (0,)
