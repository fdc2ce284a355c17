"""Kleene's three-valued logic over outcomes, for the direct evaluator (docs/semantics.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from trialsieve.engine.outcome import NO_REASONS, Outcome, union
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue
from trialsieve.rules.logic_order import atoms_in
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Reason, Truth

AtomOutcome = Callable[[str], Outcome]
Value = tuple[Truth, frozenset[Reason]]
Decided = tuple[Truth, frozenset[Reason], list[str]]

PATTERNS = 200  # of what the atoms of an expression say, for which is kept what it comes to

_TRUE: Value = (TRUE, NO_REASONS)
_FALSE: Value = (FALSE, NO_REASONS)
_NEGATED = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}


def pattern(outcomes: Iterable[Outcome]) -> tuple[object, ...]:
    """What some outcomes say: nothing else of them enters the logic. What is unknown has reasons."""
    return tuple([outcome.reasons or outcome.truth for outcome in outcomes])


class Decisions:
    """What one expression comes to, and on which atoms that rests: found once for what the atoms say, which recurs."""

    def __init__(self, logic: Logic) -> None:
        self._logic = logic
        self._names = tuple(dict.fromkeys(atoms_in(logic)))
        self._known: Kept[tuple[object, ...], tuple[Truth, frozenset[Reason], tuple[str, ...]]] = Kept(PATTERNS)

    def decided(self, atom: AtomOutcome) -> tuple[Truth, frozenset[Reason], tuple[str, ...]]:
        """Its value, and the atoms on which that rests, each once."""
        key = pattern(map(atom, self._names))
        known = self._known.get(key)
        if known is None:
            truth, reasons, names = decided(self._logic, atom)
            known = truth, reasons, tuple(dict.fromkeys(names))
            self._known.keep(key, known)
        return known


def evaluate(logic: Logic, atom: AtomOutcome) -> Outcome:
    """The truth of an expression, with the reasons of those unknown operands that can still change it."""
    return Outcome(*value(logic, atom))


def value(logic: Logic, atom: AtomOutcome) -> Value:
    """The same as a bare pair, for the inner path."""
    if isinstance(logic, AtomRef):
        outcome = atom(logic.id)
        return outcome.truth, outcome.reasons
    if isinstance(logic, AllOf):
        return _at_least(len(logic.of), _values(logic.of, atom))
    if isinstance(logic, AnyOf):
        return _at_least(1, _values(logic.of, atom))
    if isinstance(logic, Not):
        truth, reasons = value(logic.of, atom)
        return _NEGATED[truth], reasons
    if isinstance(logic, NotTrue):
        return _FALSE if value(logic.of, atom)[0] is TRUE else _TRUE
    if isinstance(logic, AtLeast):
        return _at_least(logic.count, _values(logic.of, atom))
    return _unless(*value(logic.of, atom))


def _unless(truth: Truth, reasons: frozenset[Reason]) -> Value:
    return _FALSE if truth is TRUE else (UNKNOWN, reasons or frozenset({Reason.NO_DATA}))


def _values(operands: Sequence[Logic], atom: AtomOutcome) -> list[Value]:
    values = []
    for operand in operands:
        if isinstance(operand, AtomRef):  # nearly all are
            outcome = atom(operand.id)
            values.append((outcome.truth, outcome.reasons))
        else:
            values.append(value(operand, atom))
    return values


def both(one: Value, other: Outcome) -> Value:
    """The value of `all` of two."""
    return _at_least(2, [one, (other.truth, other.reasons)])


def _at_least(count: int, operands: Sequence[Value]) -> Value:
    true = operands.count(_TRUE)
    if true >= count:
        return _TRUE
    unknown = [reasons for _, reasons in operands if reasons]
    if true + len(unknown) < count:
        return _FALSE
    return UNKNOWN, unknown[0] if len(unknown) == 1 else union(unknown)


def deciding(logic: Logic, atom: AtomOutcome) -> list[str]:
    """The atoms on which an expression's value rests: of a false `all` the false ones, of an unknown the unknown."""
    return decided(logic, atom)[2]


def decided(logic: Logic, atom: AtomOutcome) -> Decided:
    """The value of an expression with the atoms on which it rests, in one pass."""
    if isinstance(logic, AtomRef):
        outcome = atom(logic.id)
        return outcome.truth, outcome.reasons, [logic.id]
    if isinstance(logic, (AllOf, AnyOf, AtLeast)):
        parts = _decided_each(logic.of, atom)
        count = len(parts) if isinstance(logic, AllOf) else 1 if isinstance(logic, AnyOf) else logic.count
        whole, reasons = _at_least(count, [part[:2] for part in parts])
        return whole, reasons, [name for truth, _, names in parts if truth is whole for name in names]
    truth, reasons, names = decided(logic.of, atom)
    if isinstance(logic, Not):
        return _NEGATED[truth], reasons, names
    if isinstance(logic, NotTrue):
        return *(_FALSE if truth is TRUE else _TRUE), names
    return *_unless(truth, reasons), names


def _decided_each(operands: Sequence[Logic], atom: AtomOutcome) -> list[Decided]:
    parts: list[Decided] = []
    for operand in operands:
        if isinstance(operand, AtomRef):  # nearly all are
            outcome = atom(operand.id)
            parts.append((outcome.truth, outcome.reasons, [operand.id]))
        else:
            parts.append(decided(operand, atom))
    return parts
