"""Criteria of which a record says nothing at all: most of them, for most patients.

Such a criterion's outcome follows from the rules and a handful of facts about the record (which kinds it covers, how
many of its records are in unknown code systems), so it is worked out once for each such combination and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from trialsieve.engine.direct_chart import View
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.logic_order import concepts_read, findings_reached, findings_read
from trialsieve.rules.model import Age, Criterion, Recorded, RecordedSex, RuleBook, Trial
from trialsieve.rules.vocabulary import COVERABLE, Kind

_KEPT = 4096  # outcomes; emptied when full


@dataclass(frozen=True, slots=True)
class Blank:
    """What was worked out for a criterion of which nothing is on record, with the findings that it reached."""

    criterion: CriterionOutcome
    findings: Mapping[str, Outcome]
    atoms: Mapping[str, Mapping[str, Outcome]]


@dataclass(frozen=True, slots=True)
class _Reads:
    concepts: frozenset[str]
    findings: frozenset[str]
    personal: bool  # age and sex differ from patient to patient
    kinds: frozenset[Kind]
    sought: tuple[tuple[frozenset[Kind], frozenset[str]], ...]  # kinds and code systems of each thing presumed absent


class Blanks:
    """Keeps what was worked out, for one rule book."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._reads: dict[tuple[str, str], _Reads] = {}
        self._kept: dict[Hashable, Blank] = {}

    def outcome(
        self, trial: Trial, criterion: Criterion, view: View, work_out: Callable[[frozenset[str]], Blank]
    ) -> Blank | None:
        """What is known of this criterion where the record says nothing of it; None where it says something."""
        name = (trial.id, criterion.id)
        reads = self._reads.get(name)
        if reads is None:
            reads = self._reads[name] = self._what_it_reads(criterion)
        chart = view.chart
        if reads.personal or chart.unreadable or chart.attestations or not view.is_silent_on(reads.concepts):
            return None
        key = (
            name,
            view.circumstances.absence,
            chart.covered & reads.kinds,
            Kind.ALLERGY in chart.present,
            tuple(
                sum(item.count for item in chart.uncoded if item.kind in kinds and item.systems.isdisjoint(systems))
                for kinds, systems in reads.sought
            )
            if chart.uncoded
            else None,
        )
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[key] = work_out(reads.findings)
        return known

    def _what_it_reads(self, criterion: Criterion) -> _Reads:
        findings = findings_reached(
            (name for atom in criterion.atoms for name in findings_read(atom)), self._book.findings
        )
        atoms = [*criterion.atoms, *(atom for name in findings for atom in self._book.findings[name].atoms)]
        sought = [atom.test.concepts for atom in atoms if isinstance(atom.test, Recorded)]
        concepts = self._book.concepts
        return _Reads(
            concepts=frozenset(name for atom in atoms for name in concepts_read(atom)),
            findings=findings,
            personal=criterion.applies_to is not None
            or any(atom.applies_to is not None or isinstance(atom.test, (Age, RecordedSex)) for atom in atoms),
            kinds=COVERABLE,
            sought=tuple(
                (
                    frozenset().union(*(concepts[name].kinds for name in names)) & COVERABLE,
                    frozenset().union(*(concepts[name].systems for name in names)),
                )
                for names in dict.fromkeys(sought)
            ),
        )
