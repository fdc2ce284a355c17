"""Values that stand for all others: one for each part into which limits divide what a result can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from trialsieve.rules.atom import Limits, Measurement
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Basis

Range = tuple[Decimal | None, Decimal | None]
"""The least and the most that a value can be; None: there is no end."""

OLDEST = 130
"""Nobody has reached more years."""


def is_within(value: Decimal | int, limits: Limits) -> bool:
    """Whether a value lies within limits."""
    above = limits.low is None or value > limits.low or (value == limits.low and not limits.low_open)
    below = limits.high is None or value < limits.high or (value == limits.high and not limits.high_open)
    return above and below


def points_between(limits: Iterable[Limits], within: Range) -> Sequence[Decimal]:
    """Each bound, and a value below, between and above them, as far as they lie within the range."""
    least, most = within
    bounds = {bound for each in limits for bound in (each.low, each.high, *within) if bound is not None}
    ordered = sorted(bounds)
    points = [*ordered, *((low + high) / 2 for low, high in pairwise(ordered))]
    if ordered:
        points += [ordered[0] - 1, ordered[-1] + 1]
    return sorted(point for point in points if (least is None or point >= least) and (most is None or point <= most))


def ages_between(limits: Iterable[Limits]) -> Sequence[int]:
    """Whole years: each bound, and a year below, between and above them."""
    bounds = [bound for each in limits for bound in (each.low, each.high) if bound is not None]
    near = {
        int(bound.to_integral_value(rounding)) + step
        for bound in bounds
        for rounding in (ROUND_FLOOR, ROUND_CEILING)
        for step in (-1, 0, 1)
    }
    return sorted(age for age in {0, OLDEST, *near} if 0 <= age <= OLDEST)


def range_of(test: Measurement, concepts: Mapping[str, Concept]) -> Range:
    """What a measurement can be: a number beyond what is plausible is refused, and a multiple is never negative."""
    if test.basis is not Basis.VALUE:
        return Decimal(0), None
    ranges = [concepts[name].plausible for name in test.concepts if name in concepts]
    known = [each for each in ranges if each is not None]
    if not known or len(known) < len(test.concepts):
        return None, None
    return min(low for low, _ in known), max(high for _, high in known)
