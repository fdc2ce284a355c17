"""How the rule engine is told of a result: a number with its bounds, or positive, negative, indeterminate."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from trialsieve.engine import _durable_rules as durable
from trialsieve.engine.compile_tests import BLOCK, NUMBER, RESULT, Bound, Where
from trialsieve.engine.interval import NumberInterval
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Result


class Numbers:
    """Tells of numbers by others that lie as they do between the limits that their rules compare them with.

    The rules are so told of few. `limits` are by the probe's number, in their order.
    """

    def __init__(self, limits: Mapping[int, Sequence[float]], remember: int) -> None:
        self._limits = limits
        self._told: Kept[tuple[int, Where, NumberInterval], durable.Fact] = Kept(remember)
        self._of_alike: Kept[tuple[int, Where, NumberInterval], durable.Fact] = Kept(remember)

    def fact(self, probe: int, place: Where, value: NumberInterval) -> durable.Fact:
        key = probe, place, value
        told = self._told.get(key)
        if told is None:  # numbers with many digits seldom recur, those that lie between the same limits do
            lies = probe, place, alike(value, self._limits[probe])
            told = self._of_alike.get(lies)
            if told is None:
                told = number_fact(*lies)
                self._of_alike.keep(lies, told)
            self._told.keep(key, told)
        return told


def number_fact(probe: int, place: Where, value: NumberInterval) -> durable.Fact:
    """A measured number; what is not finite is said by a flag, or is beyond all limits."""
    low, low_bound = _bound(value.low, value.low_open, -math.inf)
    high, high_bound = _bound(value.high, value.high_open, math.inf)
    return NUMBER.template, (probe // BLOCK, probe % BLOCK, int(place), int(low_bound), int(high_bound), low, high)


def alike(value: NumberInterval, limits: Sequence[float]) -> NumberInterval:
    """A number that lies as this one does between these limits, which are in their order."""
    low = _alike(value.low, limits)
    high = low if value.high == value.low else _alike(value.high, limits)
    return NumberInterval(low, high, value.low_open, value.high_open)


def _alike(value: float, limits: Sequence[float]) -> float:
    if not math.isfinite(value):
        return value
    if not limits:
        return 0.0
    place = bisect_left(limits, value)
    if place == len(limits):
        return limits[-1] + abs(limits[-1]) + 1.0
    if limits[place] == value:
        return limits[place]
    if place == 0:
        return limits[0] - abs(limits[0]) - 1.0
    return (limits[place - 1] + limits[place]) / 2


def _bound(value: float, is_open: bool, unbounded: float) -> tuple[str, Bound]:
    if value == unbounded or math.isnan(value):
        return "0.0", Bound.NONE
    clamped = max(-durable.LARGEST, min(durable.LARGEST, float(value)))
    return durable.number_text(clamped), Bound.OPEN if is_open else Bound.CLOSED


_RESULTS = {Result.POSITIVE: 1, Result.NEGATIVE: 0, Result.INDETERMINATE: 2}


def result_fact(place: Where, result: Result, expected: Result) -> durable.Fact:
    return RESULT.template, (int(place), _RESULTS[result], _RESULTS[expected])
