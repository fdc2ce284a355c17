"""Alternatives over operands of four values, kept small: what `or` of `and` of small sets of values simplifies to.

Each alternative says of some operands which of their values it allows. Alternatives that cannot be, and those that
another one covers, are dropped, so that no rule says the same thing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trialsieve.engine import conditions
from trialsieve.engine.conditions import Condition, at_least, at_most, different, equal

MOST_COMBINATIONS = 200

Alternative = Mapping[str, frozenset[int]]
Alternatives = tuple[Alternative, ...]

_VALUES = frozenset(range(4))

ALWAYS: Alternatives = ({},)
NEVER: Alternatives = ()


class TooManyAlternativesError(Exception):
    """An expression with more alternatives than are worked with; the caller splits it or refuses."""


def operand_in(name: str, *values: int) -> Alternatives:
    """An operand that has one of these values."""
    return ({name: frozenset(values)},)


def either(*groups: Alternatives) -> Alternatives:
    """What any of the groups allows."""
    return _without_covered(alternative for group in groups for alternative in group)


def every(*groups: Alternatives) -> Alternatives:
    """What all of the groups allow. Raises TooManyAlternativesError."""
    if all(len(group) == 1 for group in groups):  # nearly every `all` is of plain operands
        return _all_of(*(alternative for (alternative,) in groups))
    result = ALWAYS
    for group in groups:
        if len(result) * len(group) > MOST_COMBINATIONS:
            raise TooManyAlternativesError(f"more than {MOST_COMBINATIONS} alternatives")
        result = _without_covered(both for one in result for other in group for both in _all_of(one, other))
    return result


def _all_of(*alternatives: Alternative) -> Alternatives:
    """What all of them allow, in one; nothing where they exclude each other."""
    merged: dict[str, frozenset[int]] = {}
    for alternative in alternatives:
        for name, values in alternative.items():
            allowed = merged.get(name, _VALUES) & values
            if not allowed:
                return NEVER
            merged[name] = allowed
    return (merged,)


def _without_covered(alternatives: Iterable[Alternative]) -> Alternatives:
    given = tuple(alternatives)
    if len(given) <= MOST_COMBINATIONS and all(given) and _have_nothing_in_common(given):
        return given
    kept: list[Alternative] = []
    for alternative in given:
        if any(_covers(one, alternative) for one in kept):
            continue
        kept = [one for one in kept if not _covers(alternative, one)]
        kept.append(alternative)
        if len(kept) > MOST_COMBINATIONS:
            raise TooManyAlternativesError(f"more than {MOST_COMBINATIONS} alternatives")
    return tuple(kept)


def _have_nothing_in_common(alternatives: Alternatives) -> bool:
    """Whether no operand is in two of them, so that none covers another."""
    return len({name for one in alternatives for name in one}) == sum(map(len, alternatives))


def _covers(wide: Alternative, narrow: Alternative) -> bool:
    # Its operands first: no alternative says of an operand that it may be anything.
    return wide.keys() <= narrow.keys() and all(narrow[name] <= values for name, values in wide.items())


def condition(alternatives: Alternatives) -> Condition:
    """As comparisons, the operands in one order, so that alternatives share what they can in the network."""
    return conditions.either(
        *(
            conditions.every(*(_among(name, alternative[name]) for name in sorted(alternative, key=_place)))
            for alternative in alternatives
        )
    )


def _place(name: str) -> tuple[int, str]:
    return len(name), name


def _among(name: str, values: frozenset[int]) -> Condition:
    """One comparison, or two, that hold of just these of the four values."""
    if len(values) == 1:
        return equal(name, min(values))
    low, high = min(values), max(values)
    bounds = [at_least(name, low)] if low > 0 else []
    bounds += [at_most(name, high)] if high < 3 else []
    return conditions.every(*bounds, *(different(name, value) for value in range(low, high) if value not in values))
