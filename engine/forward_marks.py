"""How the rules of tests mark what is asserted: true or false of a subject, or neither."""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.engine import _durable_rules as durable
from trialsieve.engine.program import Program
from trialsieve.rules.errors import EngineError
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Truth

MarksOfFact = dict[int, Truth]
"""As what rules marked a fact, by subject."""


class Marks:
    """The facts of one evaluation: those that wait for their rules, and how the others were marked.

    `kept` is how facts were marked before. As all else here, it is by rule set.
    """

    def __init__(self, program: Program, kept: Sequence[Kept[durable.Fact, MarksOfFact]]) -> None:
        self._rules = program.test_rules
        self._kept = kept
        self._marked: list[dict[durable.Fact, MarksOfFact]] = [{} for _ in program.test_rules]
        self._waiting: list[dict[durable.Fact, None]] = [{} for _ in program.test_rules]

    def add(self, rule_set: int, fact: durable.Fact) -> None:
        """What was marked before is known; else it waits for its rules."""
        before = self._kept[rule_set].get(fact)
        if before is None:
            self._waiting[rule_set][fact] = None
        else:
            self._marked[rule_set][fact] = before

    def fire(self) -> None:
        """Fire the rules on what waits for them, and keep how they marked it."""
        for number, waiting in enumerate(self._waiting):
            facts = [fact for fact in waiting if fact not in self._marked[number]]
            waiting.clear()
            if facts:
                self._fire(number, facts)

    def _fire(self, number: int, facts: Sequence[durable.Fact]) -> None:
        rules, marked = self._rules[number], self._marked[number]
        with rules.network.session() as session:
            fired = session.run(facts)
        for fact, numbers in zip(facts, fired, strict=True):
            by_subject = dict([rules.marks[rule] for rule in numbers])
            if len(by_subject) != len(numbers):
                raise EngineError("a candidate was marked both true and false of one test")
            marked[fact] = by_subject
            self._kept[number].keep(fact, by_subject)

    def of(self, rule_set: int, fact: durable.Fact, subject: int) -> Truth | None:
        """What a rule made of a fact, for a subject; None if none did."""
        return self._marked[rule_set][fact].get(subject)
