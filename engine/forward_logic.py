"""Concluding from folded values: the rule engine says what is true, this module why what is left is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialsieve.engine.compile_logic import (
    ABSENT_AT_WORST,
    FALSE,
    PART,
    TRUE,
    UNKNOWN_ABSENT,
    UNKNOWN_OTHERWISE,
    operand_value,
)
from trialsieve.engine.forward_view import NO_DATA
from trialsieve.engine.outcome import NO_REASONS, Outcome, union
from trialsieve.engine.program import Folded, LogicRules
from trialsieve.rules.errors import EngineError
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.vocabulary import Reason, Truth


@dataclass(frozen=True, slots=True)
class Concluded:
    """What the rules said of one folded fact: the truth of each question that has one, in the order of the rules."""

    truths: Mapping[str, Truth]

    def truth(self, question: str = "") -> Truth:
        return self.truths.get(question, Truth.UNKNOWN)


_Asked = tuple[int, str, tuple[int, ...]]
"""A folded fact: its rule set, its type's template, and the values that fill it."""


class Conclusions:
    """Runs folded facts through their rules; an equal fact that has been run before gives its answer again.

    So do facts of propositions of one shape. The table keeps the newest `remember` answers; 0 runs every batch.
    """

    def __init__(self, rule_sets: Sequence[LogicRules], remember: int = 4096) -> None:
        self._rule_sets = rule_sets
        self._known: Kept[_Asked, Concluded] = Kept(remember)

    def conclude(self, folded: Folded, values: tuple[int, ...]) -> Concluded:
        known = self._known.get((folded.rule_set, folded.type.template, folded.prefix + values))
        return known or self.conclude_all([(folded, values)])[0]

    def about(self, folded: Folded, outcomes: Mapping[str, Outcome]) -> tuple[Folded, tuple[int, ...]]:
        """The folded fact of a proposition whose operands have these outcomes; its parts are concluded on the way."""
        parts: dict[str, int] = {}
        for number, part in enumerate(folded.parts):
            concluded = self.conclude(part, _values(part, outcomes, parts))
            parts[f"{PART}{number}"] = _part_value(concluded)
        return folded, _values(folded, outcomes, parts)

    def conclude_all(self, facts: Sequence[tuple[Folded, tuple[int, ...]]]) -> list[Concluded]:
        """What the rules say of each fact; those not known yet run in one batch a rule set."""
        answers: list[Concluded | None] = []
        waiting: dict[int, dict[_Asked, list[int]]] = {}
        for place, (folded, values) in enumerate(facts):
            asked: _Asked = folded.rule_set, folded.type.template, folded.prefix + values
            known = self._known.get(asked)
            answers.append(known)
            if known is None:
                waiting.setdefault(folded.rule_set, {}).setdefault(asked, []).append(place)
        for rule_set, places in waiting.items():
            rules = self._rule_sets[rule_set]
            with rules.network.session() as session:
                fired = session.run([(template, values) for _, template, values in places])
            for asked, numbers in zip(places, fired, strict=True):
                concluded = _concluded(rules, numbers)
                self._known.keep(asked, concluded)
                for place in places[asked]:
                    answers[place] = concluded
        return [answer for answer in answers if answer is not None]


def _values(folded: Folded, outcomes: Mapping[str, Outcome], parts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(
        parts[name] if name in parts else operand_value(outcomes[name].truth, outcomes[name].reasons)
        for name in folded.operands
    )


def _part_value(concluded: Concluded) -> int:
    truth = concluded.truth()
    if truth is Truth.UNKNOWN:
        return UNKNOWN_ABSENT if concluded.truth(ABSENT_AT_WORST) is Truth.TRUE else UNKNOWN_OTHERWISE
    return TRUE if truth is Truth.TRUE else FALSE


def _concluded(rules: LogicRules, numbers: tuple[int, ...]) -> Concluded:
    truths: dict[str, Truth] = {}
    for number in numbers:
        conclusion = rules.conclusions[number]
        if truths.setdefault(conclusion.question, conclusion.truth) is not conclusion.truth:
            raise EngineError(f"{rules.network.rules[number].name}: concluded both true and false")
    return Concluded(truths)


def reasons_for(logic: Logic, outcomes: Mapping[str, Outcome]) -> frozenset[Reason]:
    """Why an expression that the rules left unknown is unknown: the reasons of its unknown operands."""
    truth, reasons = explained(logic, outcomes)
    if truth is not Truth.UNKNOWN:
        raise EngineError("the rule engine left unknown what its operands decide")
    return reasons


_NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def explained(logic: Logic, outcomes: Mapping[str, Outcome]) -> tuple[Truth, frozenset[Reason]]:
    """Kleene's value of an expression with its reasons, to say why something is unknown; it decides nothing."""
    match logic:
        case AtomRef(identifier):
            outcome = outcomes[identifier]
            return outcome.truth, outcome.reasons
        case Not(of):
            truth, reasons = explained(of, outcomes)
            return _NOT[truth], reasons
        case NotTrue(of):
            truth, _ = explained(of, outcomes)
            return (Truth.FALSE if truth is Truth.TRUE else Truth.TRUE), NO_REASONS
        case UnlessShown(of):
            truth, reasons = explained(of, outcomes)
            return (Truth.FALSE, NO_REASONS) if truth is Truth.TRUE else (Truth.UNKNOWN, reasons or NO_DATA)
        case AllOf(of):
            needed = len(of)
        case AnyOf(of):
            needed = 1
        case AtLeast(needed, of):
            pass
    parts = [explained(part, outcomes) for part in of]
    truths = [truth for truth, _ in parts]
    true, open_ = truths.count(Truth.TRUE), truths.count(Truth.UNKNOWN)
    if true >= needed:
        return Truth.TRUE, NO_REASONS
    if true + open_ < needed:
        return Truth.FALSE, NO_REASONS
    return Truth.UNKNOWN, union(reasons for _, reasons in parts)
