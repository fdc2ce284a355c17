"""Conditions over one flat fact: comparisons of a property with a constant, joined by `and` and `or`, and nothing else.

This is all of durable_rules' language that was measured to be right (docs/adr/0003-durable-rules-safe-subset.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import product
from math import prod

from msgspec import Struct


class Operator(Enum):
    """How a property is compared with a constant; the values are durable_rules' words (equality has none)."""

    __hash__ = object.__hash__  # that of Enum is a Python function

    EQUAL = "="
    NOT_EQUAL = "$neq"
    LESS = "$lt"
    AT_MOST = "$lte"
    GREATER = "$gt"
    AT_LEAST = "$gte"


class Comparison(Struct, frozen=True):
    """`property operator constant`. A property is always an int or always a float, its constants too."""

    property: str
    operator: Operator
    constant: int | float


class Every(Struct, frozen=True):
    of: tuple[Condition, ...]


class Either(Struct, frozen=True):
    of: tuple[Condition, ...]


Condition = Comparison | Every | Either

ALWAYS = Every(())
NEVER = Either(())

Chain = tuple[Comparison, ...]


def every(*conditions: Condition) -> Condition:
    """All of the conditions; constants are folded away, for durable_rules takes an empty group for true."""
    parts: list[Condition] = []
    for condition in conditions:
        if condition == NEVER:
            return NEVER
        parts.extend(condition.of if isinstance(condition, Every) else (condition,))
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else Every(distinct)


def either(*conditions: Condition) -> Condition:
    """Any of the conditions."""
    parts: list[Condition] = []
    for condition in conditions:
        if condition == ALWAYS:
            return ALWAYS
        parts.extend(condition.of if isinstance(condition, Either) else (condition,))
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else Either(distinct)


def equal(name: str, constant: int) -> Comparison:
    return Comparison(name, Operator.EQUAL, constant)


def different(name: str, constant: int) -> Comparison:
    return Comparison(name, Operator.NOT_EQUAL, constant)


def less(name: str, constant: float) -> Comparison:
    return Comparison(name, Operator.LESS, constant)


def at_most(name: str, constant: float) -> Comparison:
    return Comparison(name, Operator.AT_MOST, constant)


def greater(name: str, constant: float) -> Comparison:
    return Comparison(name, Operator.GREATER, constant)


def at_least(name: str, constant: float) -> Comparison:
    return Comparison(name, Operator.AT_LEAST, constant)


def among(name: str, *constants: int) -> Condition:
    return either(*(equal(name, constant) for constant in constants))


def chain_count(condition: Condition) -> int:
    """How many chains of comparisons the network makes of a condition (its disjunctive normal form)."""
    if isinstance(condition, Comparison):
        return 1
    counts = [chain_count(part) for part in condition.of]
    return prod(counts) if isinstance(condition, Every) else sum(counts)


def chains(condition: Condition) -> Iterator[Chain]:
    """The chains of comparisons in the order in which the network nests them."""
    if isinstance(condition, Comparison):
        yield (condition,)
    elif isinstance(condition, Either):
        for part in condition.of:
            yield from chains(part)
    else:
        for combination in product(*(tuple(chains(part)) for part in condition.of)):
            yield tuple(comparison for chain in combination for comparison in chain)
