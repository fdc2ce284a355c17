"""What durable_rules is told: flat facts of declared types, rules of one pattern over them, and numbers as its JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal

import orjson

from trialsieve.engine.conditions import Comparison, Condition, Operator
from trialsieve.rules.errors import EngineError

# Numbers of facts are cut off here, so that infinity has a place; the limits of rules must be smaller.
LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class FactType:
    """A shape of flat facts: its number (the guard `t` of every rule on it) and its properties, ints before floats.

    `template` is a fact as JSON text, to be filled with the ints, the floats as text, the session id and the fact id.
    """

    number: int
    integers: tuple[str, ...]
    floats: tuple[str, ...] = ()
    template: str = field(init=False)

    def __post_init__(self) -> None:
        integers = "".join(f',"{name}":%d' for name in self.integers)
        floats = "".join(f',"{name}":%s' for name in self.floats)
        object.__setattr__(self, "template", f'{{"t":{self.number}{integers}{floats},"sid":"%s","id":"%d"}}')

    @property
    def guard(self) -> Comparison:
        return Comparison("t", Operator.EQUAL, self.number)


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern: a fact of this type that meets the condition makes the rule fire."""

    name: str
    type: FactType
    when: Condition


Fact = tuple[str, tuple[int | str, ...]]
"""A fact to assert: its type's template and the values that fill it."""


def number_text(value: float) -> str:
    """A float as plain digits: the network's parser loses all that follows `1e-05`, and knows no NaN nor infinity."""
    if not math.isfinite(value):
        raise EngineError(f"{value} cannot be told to the rule engine; say an infinite bound by its flag")
    text = repr(float(value))
    if "e" not in text:
        return text
    text = format(Decimal(text), "f")
    return text if "." in text else text + ".0"


def comparison_json(comparison: Comparison) -> object:
    """A comparison in durable_rules' JSON."""
    constant = comparison.constant
    text: object = orjson.Fragment(number_text(constant)) if isinstance(constant, float) else constant
    pair = {comparison.property: text}
    return pair if comparison.operator is Operator.EQUAL else {comparison.operator.value: pair}
