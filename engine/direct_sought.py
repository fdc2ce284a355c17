"""What tests and findings look for, as far as absence goes, in the direct evaluator: found once for a rule book."""

from __future__ import annotations

from dataclasses import dataclass

from trialsieve.engine.phrases import labels
from trialsieve.rules.logic_order import kinds_telling_of
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind


@dataclass(frozen=True, slots=True)
class Sought:
    """What a test looks for: the kinds that must be covered, its code systems, and how it is named."""

    unprovable: bool
    coverable: frozenset[Kind]
    systems: frozenset[str]
    named: str


class WhatIsSought:
    """What is sought by the rules of a book."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._by_concepts: dict[tuple[str, ...], Sought] = {}
        self._kinds: dict[str, frozenset[Kind]] = {}  # by finding

    def of(self, names: tuple[str, ...]) -> Sought:
        """What a test of these concepts looks for."""
        known = self._by_concepts.get(names)
        if known is None:
            concepts = [self.book.concepts[name] for name in names]
            known = self._by_concepts[names] = Sought(
                unprovable=any(concept.gap for concept in concepts),
                coverable=frozenset().union(*(concept.kinds for concept in concepts)) & COVERABLE,
                systems=frozenset().union(*(concept.systems for concept in concepts)),
                named=labels(names, self.book),
            )
        return known

    def kinds_telling_of(self, finding: str) -> frozenset[Kind]:
        """The kinds of resource that have to be covered before silence says anything of a finding."""
        known = self._kinds.get(finding)
        if known is None:
            known = self._kinds[finding] = kinds_telling_of(finding, self.book)
        return known
