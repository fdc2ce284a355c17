"""Kleene's logic as rules over one folded fact: which values of the operands make an expression true, and which false.

An operand's value is one of four small ints. A proposition is a set of named questions over the same operands (a
criterion's logic and its readings, a finding's two sides) and becomes one fact and two rules a question.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from itertools import combinations
from math import comb

from msgspec import Struct

from trialsieve.engine._durable_rules import FactType, Rule
from trialsieve.engine.compile_alternatives import (
    ALWAYS,
    MOST_COMBINATIONS,
    NEVER,
    Alternatives,
    TooManyAlternativesError,
    condition,
    either,
    every,
    operand_in,
)
from trialsieve.engine.conditions import equal
from trialsieve.engine.conditions import every as every_condition
from trialsieve.rules.errors import EngineLimitError
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.vocabulary import ABSENT, Reason, Truth

FALSE, UNKNOWN_OTHERWISE, UNKNOWN_ABSENT, TRUE = range(4)
"""The values of an operand: unknown for want of data alone, or for another reason too."""

FOLDED = 7  # the number of the fact type; each width of fact is a type of its own from here on
MOST_ALTERNATIVES = 48  # beyond it a part of the expression becomes a proposition of its own
_MOST_BESIDE = 16  # operands of one `all` or `any`; more are concluded in groups
_MOST_OPERANDS = 200
BLOCK = 250  # propositions are told apart by two small ints


def operand_value(truth: Truth, reasons: frozenset[Reason]) -> int:
    """Which of the four values stands for an outcome."""
    if truth is Truth.UNKNOWN:
        return UNKNOWN_ABSENT if reasons <= ABSENT else UNKNOWN_OTHERWISE
    return TRUE if truth is Truth.TRUE else FALSE


class Answers(Struct, frozen=True):
    """When an expression is true, is false, is neither of them, and is not unknown for more than want of data."""

    true: Alternatives
    false: Alternatives
    not_true: Alternatives
    not_false: Alternatives
    absent_at_worst: Alternatives

    @property
    def alternatives(self) -> int:
        """How many the longest of them has."""
        return max(map(len, (self.true, self.false, self.not_true, self.not_false, self.absent_at_worst)))


def _operand(name: str) -> Answers:
    return Answers(
        true=operand_in(name, TRUE),
        false=operand_in(name, FALSE),
        not_true=operand_in(name, FALSE, UNKNOWN_OTHERWISE, UNKNOWN_ABSENT),
        not_false=operand_in(name, UNKNOWN_OTHERWISE, UNKNOWN_ABSENT, TRUE),
        absent_at_worst=operand_in(name, FALSE, UNKNOWN_ABSENT, TRUE),
    )


@lru_cache(maxsize=4096)  # most criteria are of few shapes
def answers(logic: Logic) -> Answers:
    """Kleene's tables as conditions; the expression names the properties that hold its operands."""
    match logic:
        case AtomRef(name):
            return _operand(name)
        case Not(of):
            inner = answers(of)
            return Answers(inner.false, inner.true, inner.not_false, inner.not_true, inner.absent_at_worst)
        case NotTrue(of):
            inner = answers(of)
            return Answers(inner.not_true, inner.true, inner.true, inner.not_true, ALWAYS)
        case UnlessShown(of):
            inner = answers(of)
            return Answers(NEVER, inner.true, ALWAYS, inner.not_true, inner.absent_at_worst)
        case AllOf(of):
            return _all([answers(part) for part in of])
        case AnyOf(of):
            return _any([answers(part) for part in of])
        case AtLeast(count, of):
            return _at_least(count, [answers(part) for part in of])


def _all(parts: list[Answers]) -> Answers:
    false = either(*(part.false for part in parts))
    return Answers(
        true=every(*(part.true for part in parts)),
        false=false,
        not_true=either(*(part.not_true for part in parts)),
        not_false=every(*(part.not_false for part in parts)),
        absent_at_worst=either(false, every(*(part.absent_at_worst for part in parts))),
    )


def _any(parts: list[Answers]) -> Answers:
    true = either(*(part.true for part in parts))
    return Answers(
        true=true,
        false=every(*(part.false for part in parts)),
        not_true=every(*(part.not_true for part in parts)),
        not_false=either(*(part.not_false for part in parts)),
        absent_at_worst=either(true, every(*(part.absent_at_worst for part in parts))),
    )


def _at_least(count: int, parts: list[Answers]) -> Answers:
    short = len(parts) - count + 1  # so many that are not true, and the count cannot be reached
    true = _some(count, [part.true for part in parts])
    false = _some(short, [part.false for part in parts])
    return Answers(
        true=true,
        false=false,
        not_true=_some(short, [part.not_true for part in parts]),
        not_false=_some(count, [part.not_false for part in parts]),
        absent_at_worst=either(true, false, every(*(part.absent_at_worst for part in parts))),
    )


def _some(count: int, of: list[Alternatives]) -> Alternatives:
    """At least so many of them."""
    if count <= 0:
        return ALWAYS
    if comb(len(of), count) > MOST_COMBINATIONS:
        raise TooManyAlternativesError(f"{count} of {len(of)} has {comb(len(of), count)} combinations")
    return either(*(every(*chosen) for chosen in combinations(of, count)))


class Question(Struct, frozen=True):
    """A named expression of a proposition with the conditions under which it is true and false."""

    name: str
    true: Alternatives
    false: Alternatives


class Proposition(Struct, frozen=True):
    """Questions over the values of the same operands.

    `parts` are the sub-expressions that are concluded first, each an operand (`#0`, `#1`) after the atoms.
    """

    name: str
    operands: tuple[str, ...]
    questions: tuple[Question, ...]
    parts: tuple[Proposition, ...] = ()

    @property
    def shape(self) -> Hashable:
        """What it asks, whatever it is called and whatever its operands stand for."""
        asked = ((question.name, _said(question.true), _said(question.false)) for question in self.questions)
        return len(self.operands), tuple(asked)


def _said(alternatives: Alternatives) -> Hashable:
    return tuple(frozenset(alternative.items()) for alternative in alternatives)


PART = "#"
"""The name of an operand that is a part begins with it; no atom's does."""

ABSENT_AT_WORST = "absent at worst"
"""The question that a part answers beside its own truth, so that its value is one of the four."""


class PropositionCompiler:
    """Collects the operands of one proposition and keeps each expression small by concluding parts of it first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[Proposition] = []
        self._names: dict[str, str] = {}

    def answers(self, logic: Logic) -> Answers:
        """Raises EngineLimitError where an expression has too many alternatives."""
        try:
            return answers(self._small(logic))
        except TooManyAlternativesError as error:
            raise EngineLimitError(f"{self._name}: {error}; split the expression") from error

    def question(self, logic: Logic, name: str = "") -> Question:
        """Whether an expression is true, or false."""
        answers = self.answers(logic)
        return Question(name, answers.true, answers.false)

    def concluded(self, logic: Logic) -> Answers:
        """As `answers`, with the whole expression concluded first."""
        return answers(self._taken_out(self._small(logic)))

    def proposition(self, *questions: Question) -> Proposition:
        """What these questions make. Raises EngineLimitError where they have too many operands."""
        if len(self._names) > _MOST_OPERANDS:
            raise EngineLimitError(
                f"{self._name}: {len(self._names)} operands, at most {_MOST_OPERANDS} work: split it"
            )
        return Proposition(self._name, tuple(self._names), questions, tuple(self._parts))

    def _name_of(self, operand: str) -> str:
        return self._names.setdefault(operand, f"a{len(self._names)}")

    def _small(self, logic: Logic) -> Logic:
        """The expression over the names of its operands, parts taken out until it has few alternatives."""
        match logic:
            case AtomRef(identifier):
                return AtomRef(self._name_of(identifier))
            case Not(of) | NotTrue(of) | UnlessShown(of):
                return type(logic)(self._small(of))
            case AllOf(of) | AnyOf(of) | AtLeast(_, of):
                parts = [self._small(part) for part in of]
        while len(parts) > _MOST_BESIDE and not isinstance(logic, AtLeast):
            group = type(logic)(tuple(parts[:_MOST_BESIDE]))
            parts = [*parts[_MOST_BESIDE:], self._taken_out(group)]
        while True:
            small: Logic = (
                AtLeast(logic.count, tuple(parts)) if isinstance(logic, AtLeast) else type(logic)(tuple(parts))
            )
            sizes = [0 if isinstance(part, AtomRef) else self._alternatives(part) for part in parts]
            if max(sizes, default=0) == 0 or self._alternatives(small) <= MOST_ALTERNATIVES:
                return small
            largest = sizes.index(max(sizes))
            parts[largest] = self._taken_out(parts[largest])

    def _alternatives(self, logic: Logic) -> int:
        """How many alternatives an expression has at most; more than can be told are as many as are too many."""
        try:
            return answers(logic).alternatives
        except TooManyAlternativesError:
            return MOST_COMBINATIONS + 1

    def _taken_out(self, logic: Logic) -> AtomRef:
        operand = f"{PART}{len(self._parts)}"
        inner = answers(logic)
        question = Question("", inner.true, inner.false)
        worst = Question(ABSENT_AT_WORST, inner.absent_at_worst, NEVER)
        self._parts.append(Proposition(f"{self._name}{operand}", tuple(self._names), (question, worst)))
        return AtomRef(self._name_of(operand))


class Conclusion(Struct, frozen=True):
    """What a fired rule says: this question is true, or false."""

    question: str
    truth: Truth


def folded_type(width: int) -> FactType:
    """The fact type of propositions with so many operands."""
    return FactType(FOLDED + width, ("g", "k", *(f"a{place}" for place in range(width))))


def proposition_rules(proposition: Proposition, number: int) -> list[tuple[Rule, Conclusion]]:
    """The rules of a proposition, and of all of its shape, which their network knows by this number."""
    kind = folded_type(len(proposition.operands))
    rules = []
    for question in proposition.questions:
        for truth, alternatives in ((Truth.TRUE, question.true), (Truth.FALSE, question.false)):
            if alternatives == NEVER:
                continue
            when = every_condition(equal("g", number // BLOCK), equal("k", number % BLOCK), condition(alternatives))
            name = " ".join(part for part in (proposition.name, question.name, truth.value) if part)
            rules.append((Rule(name, kind, when), Conclusion(question.name, truth)))
    return rules
