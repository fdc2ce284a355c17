"""Kleene's three-valued logic over outcomes, for the direct evaluator (docs/semantics.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable

from trialsieve.engine.outcome import Outcome, union
from trialsieve.rules.model import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.vocabulary import Reason, Truth

AtomOutcome = Callable[[str], Outcome]


def evaluate(logic: Logic, atom: AtomOutcome) -> Outcome:
    """The truth of an expression, with the reasons of those unknown operands that can still change it."""
    if isinstance(logic, AtomRef):
        outcome = atom(logic.id)
        return Outcome(outcome.truth, outcome.reasons)
    if isinstance(logic, Not):
        inner = evaluate(logic.of, atom)
        return Outcome(negated(inner.truth), inner.reasons)
    if isinstance(logic, NotTrue):
        return Outcome(Truth.FALSE if evaluate(logic.of, atom).truth is Truth.TRUE else Truth.TRUE)
    if isinstance(logic, AllOf):
        return at_least(len(logic.of), [evaluate(operand, atom) for operand in logic.of])
    if isinstance(logic, AnyOf):
        return at_least(1, [evaluate(operand, atom) for operand in logic.of])
    if isinstance(logic, AtLeast):
        return at_least(logic.count, [evaluate(operand, atom) for operand in logic.of])
    shown = evaluate(logic.of, atom)
    if shown.truth is Truth.TRUE:
        return Outcome(Truth.FALSE)
    return Outcome(Truth.UNKNOWN, shown.reasons or frozenset({Reason.NO_DATA}))


def at_least(count: int, operands: list[Outcome]) -> Outcome:
    """True if so many operands are true, false if so many no longer can be."""
    true = sum(operand.truth is Truth.TRUE for operand in operands)
    unknown = [operand for operand in operands if operand.truth is Truth.UNKNOWN]
    if true >= count:
        return Outcome(Truth.TRUE)
    if true + len(unknown) < count:
        return Outcome(Truth.FALSE)
    return Outcome(Truth.UNKNOWN, union(operand.reasons for operand in unknown))


def deciding(logic: Logic, atom: AtomOutcome) -> list[str]:
    """The atoms on which the value of an expression rests: of a false `all` the false ones, of an unknown the unknown ones."""
    if isinstance(logic, AtomRef):
        return [logic.id]
    if isinstance(logic, (Not, NotTrue, UnlessShown)):
        return deciding(logic.of, atom)
    value = evaluate(logic, atom).truth
    names: list[str] = []
    for operand in logic.of:
        if evaluate(operand, atom).truth is value:
            names += deciding(operand, atom)
    return names


def negated(truth: Truth) -> Truth:
    return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}[truth]
