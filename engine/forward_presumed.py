"""Findings that rules take not to hold where nothing is on record of them, for the rule engine."""

from __future__ import annotations

from dataclasses import dataclass

from trialsieve.engine.forward_view import NO_DATA, Findings, View
from trialsieve.engine.outcome import NO_REASONS
from trialsieve.rules.logic_order import kinds_telling_of
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import UNKNOWN, Kind, Reason

_UNREAD = frozenset({Reason.NOT_RETRIEVED})


@dataclass(frozen=True, slots=True)
class Presumed:
    """Such a finding, and the kinds of resource that may tell of it: in a record that is known to lack some, these have
    to be covered before silence says anything.
    """

    finding: str
    kinds: frozenset[Kind]

    @staticmethod
    def of(finding: str, book: RuleBook) -> Presumed:
        return Presumed(finding, kinds_telling_of(finding, book))

    def doubts(self, view: View, findings: Findings) -> frozenset[Reason]:
        """Why it may hold all the same, where it is not known to."""
        outcome = findings[self.finding]
        if outcome.truth is not UNKNOWN:
            return NO_REASONS
        if outcome.reasons != NO_DATA or not view.moment.presumes:
            return outcome.reasons
        return NO_REASONS if view.chart.in_full or self.kinds <= view.chart.covered else _UNREAD
