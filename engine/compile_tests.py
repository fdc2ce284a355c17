"""The tests of atoms as rules over candidate facts: a number within limits, a result, an entry of the record.

A candidate fact holds one candidate and where it lies; rules mark it true or false of a test. What neither marks is
unknown of it. The fact types and their small ints are only spoken of here and where facts are
asserted (forward_told.py, forward_record.py, forward_memory.py, forward_arms.py).
"""

from __future__ import annotations

from enum import IntEnum

from trialsieve.engine._durable_rules import LARGEST, Fact, FactType, Rule
from trialsieve.engine.conditions import (
    Condition,
    among,
    at_least,
    at_most,
    different,
    either,
    equal,
    every,
    greater,
    less,
)
from trialsieve.rules.atom import Limits
from trialsieve.rules.errors import EngineLimitError
from trialsieve.rules.vocabulary import Role, Sex, State, Truth

BLOCK = 250

NUMBER = FactType(1, ("g", "k", "p", "a", "b"), ("l", "h"))
"""A number from `l` to `h` of selector 250 g + k; `a` and `b` say how each end is bounded, `p` where it lies."""

RESULT = FactType(2, ("p", "x", "e"))
"""A qualitative result `x` where `e` is expected, at place `p`."""

ENTRY = FactType(3, ("m", "p", "r", "s", "e", "c", "q", "y", "f", "x", "v", "w"))
"""An entry of the record: timing, place in the window, role, state, ended, is a condition, place in the currency
(unsure, too, where nobody knows whether it goes on), is looked for while still active, place after a finding, lacks a
required facet, matches a review case, is weak (by its status, or since others of its code contradict it)."""

SEX = FactType(4, ("k", "x"))
"""The recorded sex `x`, where the sexes of the bit mask `k` are wanted."""

FACET = FactType(5, ("x",))
"""A resource that has the wanted facet (1), only others (0) or does not state it (2)."""

ARM = FactType(6, ("f", "r", "c", "d", "s"))
"""A cohort at a stage: criteria that fail, criteria in review, the gate, deceased, set aside."""


class Bound(IntEnum):
    CLOSED = 0
    OPEN = 1
    NONE = 2


class Where(IntEnum):
    """The place of a candidate in a window, a currency, or after a finding."""

    OUTSIDE = 0
    INSIDE = 1
    UNSURE = 2
    FAR_OUTSIDE = 3  # over or recorded before the window began, or dated after its anchor: it did not go on into it
    NO_WINDOW = 4


class When(IntEnum):
    """The timing of a test of the record."""

    WINDOW = 0
    EVER = 1
    UNSTATED = 2
    CURRENT = 3


ROLES = {Role.DEFINITIVE: 1, Role.HISTORY: 2, Role.SUPPORTING: 3, Role.NEGATES: 4}
STATES = {State.ACTIVE: 1, State.RELAPSE: 2, State.REMISSION: 3, State.RESOLVED: 4, State.UNSTATED: 5}
SEXES = {Sex.MALE: 1, Sex.FEMALE: 2, Sex.UNKNOWN: 3}

Marks = list[tuple[Rule, Truth]]


def limit_number(limit: float) -> float:
    """A limit as the network compares it; nothing clinical comes near the largest."""
    if not abs(limit) < LARGEST:
        raise EngineLimitError(f"a limit of {limit} is beyond the largest number that works, {LARGEST}")
    return limit


def number_rules(label: str, selector: int, limits: Limits) -> Marks:
    """Two rules: the number lies surely within the limits, or surely outside."""
    within: list[Condition] = []
    outside: list[Condition] = []
    if limits.low is not None:
        low = limit_number(float(limits.low))
        if limits.low_open:
            above: Condition = either(greater("l", low), every(equal("a", Bound.OPEN.value), at_least("l", low)))
            below: Condition = at_most("h", low)
        else:
            above = at_least("l", low)
            below = either(less("h", low), every(equal("b", Bound.OPEN.value), at_most("h", low)))
        within.append(every(different("a", Bound.NONE.value), above))
        outside.append(every(different("b", Bound.NONE.value), below))
    if limits.high is not None:
        high = limit_number(float(limits.high))
        if limits.high_open:
            below = either(less("h", high), every(equal("b", Bound.OPEN.value), at_most("h", high)))
            above = at_least("l", high)
        else:
            below = at_most("h", high)
            above = either(greater("l", high), every(equal("a", Bound.OPEN.value), at_least("l", high)))
        within.append(every(different("b", Bound.NONE.value), below))
        outside.append(every(different("a", Bound.NONE.value), above))
    guard = every(equal("g", selector // BLOCK), equal("k", selector % BLOCK), equal("p", Where.INSIDE.value))
    marks = [(Rule(f"{label}: within", NUMBER, every(guard, *within)), Truth.TRUE)]
    if outside:
        marks.append((Rule(f"{label}: outside", NUMBER, every(guard, either(*outside))), Truth.FALSE))
    return marks


def result_rules() -> Marks:
    """A result inside its windows is what was expected, or the opposite; an indeterminate one is neither."""
    inside = equal("p", Where.INSIDE.value)
    as_expected = either(every(equal("x", 1), equal("e", 1)), every(equal("x", 0), equal("e", 0)))
    opposite = either(every(equal("x", 1), equal("e", 0)), every(equal("x", 0), equal("e", 1)))
    return [
        (Rule("result: as expected", RESULT, every(inside, as_expected)), Truth.TRUE),
        (Rule("result: the opposite", RESULT, every(inside, opposite)), Truth.FALSE),
    ]


_HISTORY = ROLES[Role.HISTORY]
_PAST_STATES = (STATES[State.REMISSION], STATES[State.RESOLVED])
_OVER = either(equal("r", _HISTORY), *(equal("s", state) for state in _PAST_STATES), equal("e", 1))
_NOT_OVER = every(different("r", _HISTORY), *(different("s", state) for state in _PAST_STATES), equal("e", 0))
_UNSTATED = STATES[State.UNSTATED]
_RELAPSE = STATES[State.RELAPSE]


def entry_rules() -> Marks:
    """Each timing's two rules; an entry that is weak, supporting, unspecific or under review is true of none."""

    def timing(when: When) -> Condition:
        return equal("m", when.value)

    decides = every(at_most("r", _HISTORY), equal("w", 0), equal("x", 0), equal("v", 0), equal("f", Where.INSIDE.value))
    asserted = every(
        either(different("s", _UNSTATED), equal("c", 0)), among("q", Where.INSIDE.value, Where.NO_WINDOW.value)
    )
    true = {
        When.WINDOW: equal("p", Where.INSIDE.value),
        When.EVER: every(),
        When.UNSTATED: every(_NOT_OVER, equal("q", Where.NO_WINDOW.value)),
        When.CURRENT: every(_NOT_OVER, asserted),
    }
    lasts_not = every(equal("y", 0), either(different("s", _RELAPSE), equal("e", 1)))
    out_of_window = either(equal("p", Where.FAR_OUTSIDE.value), every(equal("p", Where.OUTSIDE.value), lasts_not))
    before_finding = equal("f", Where.OUTSIDE.value)
    not_denied = at_most("r", ROLES[Role.SUPPORTING])
    false = {
        When.WINDOW: either(out_of_window, before_finding),
        When.EVER: before_finding,
        When.UNSTATED: before_finding,
        When.CURRENT: either(every(_OVER, equal("v", 0)), every(_NOT_OVER, before_finding)),
    }
    marks: Marks = []
    for when in When:
        name = f"record, {when.name.lower()}"
        marks.append((Rule(f"{name}: counts", ENTRY, every(timing(when), decides, true[when])), Truth.TRUE))
        marks.append(
            (Rule(f"{name}: does not count", ENTRY, every(timing(when), not_denied, false[when])), Truth.FALSE)
        )
    return marks


def sex_mask(wanted: frozenset[Sex]) -> int:
    return sum(1 << SEXES[sex] for sex in wanted)


def sex_fact(wanted: frozenset[Sex], recorded: Sex) -> Fact:
    return SEX.template, (sex_mask(wanted), SEXES[recorded])


def sex_rules() -> Marks:
    """All sexes wanted: true whatever is recorded. Else what is not recorded is neither."""
    marks: Marks = []
    everyone = frozenset(Sex)
    for mask in range(0, sex_mask(everyone) + 1, 2):
        allowed = [number for number in SEXES.values() if mask >> number & 1]
        if mask != sex_mask(everyone):
            allowed = [number for number in allowed if number != SEXES[Sex.UNKNOWN]]
        refused = [number for number in SEXES.values() if number not in allowed and number != SEXES[Sex.UNKNOWN]]
        for numbers, word, truth in ((allowed, "as wanted", Truth.TRUE), (refused, "another", Truth.FALSE)):
            if numbers:
                condition = every(equal("k", mask), among("x", *numbers))
                marks.append((Rule(f"sex {mask}: {word}", SEX, condition), truth))
    return marks


def facet_rules() -> Marks:
    return [
        (Rule("same resource: has the facet", FACET, equal("x", 1)), Truth.TRUE),
        (Rule("same resource: has another", FACET, equal("x", 0)), Truth.FALSE),
    ]
