"""Criteria, findings and tests of which a record says nothing at all: most of them, for most patients.

Such an outcome follows from the rules and a handful of facts about the record (which kinds it covers, how many of its
records are in unknown code systems), so it is worked out once for each such combination and kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from trialsieve.engine.direct_chart import View
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic_order import atoms_named, concepts_read, findings_reached, findings_read
from trialsieve.rules.model import Age, Atom, Criterion, Finding, Recorded, RecordedSex, RuleBook, Trial
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, Kind

_KEPT = 8192  # outcomes
_Answer = TypeVar("_Answer", CriterionOutcome, Outcome)
_Sought = tuple[frozenset[Kind], frozenset[str]]  # kinds and code systems of something presumed absent


@dataclass(frozen=True, slots=True)
class Blank(Generic[_Answer]):
    """What was worked out where nothing is on record, with the findings that it reached."""

    outcome: _Answer
    findings: Mapping[str, Outcome]
    atoms: Mapping[str, Mapping[str, Outcome]]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a criterion, finding or atom looks at."""

    number: int
    atoms: Mapping[str, Atom]
    concepts: frozenset[str]
    findings: frozenset[str]
    personal: bool  # age and sex differ from patient to patient
    sought: frozenset[int]  # by number


class Blanks:
    """Keeps what was worked out, for one rule book."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._reads: dict[Hashable, Reads] = {}
        self._of_rule: dict[int, Reads | None] = {}  # by identity: the book holds them
        self.sought: dict[_Sought, int] = {}
        self._abouts: dict[Hashable, int] = {}
        self._may_be: dict[tuple[Kind, frozenset[str]], tuple[int, ...]] = {}
        self.kept: Kept[Hashable, Blank[Any]] = Kept(_KEPT)

    def of_criterion(self, trial: Trial, criterion: Criterion) -> Reads:
        reads = self._of_rule.get(id(criterion))
        if reads is None:
            personal = criterion.applies_to is not None
            reads = self._add((trial.id, criterion.id), criterion.atoms, personal=personal)
            self._of_rule[id(criterion)] = reads
        return reads

    def of_finding(self, finding: Finding) -> Reads:
        return self._reads.get(finding.id) or self._add(finding.id, finding.atoms, itself=frozenset({finding.id}))

    def of_atom(self, atom: Atom) -> Reads | None:
        """What an atom looks at on record; equal ones are one. None where its test names other atoms."""
        if id(atom) in self._of_rule:
            return self._of_rule[id(atom)]
        reads = None
        if not any(atoms_named(atom.test)):
            name = (atom.test, atom.absent, atom.absence, atom.presume_unless)
            reads = self._reads.get(name) or self._add(name, (replace(atom, applies_to=None),))
        self._of_rule[id(atom)] = reads
        return reads

    def _add(
        self,
        name: Hashable,
        own: Sequence[Atom],
        *,
        itself: frozenset[str] = frozenset(),
        personal: bool = False,
    ) -> Reads:
        findings = findings_reached((read for atom in own for read in findings_read(atom)), self._book.findings)
        atoms = [*own, *(atom for finding in findings for atom in self._book.findings[finding].atoms)]
        tests = dict.fromkeys(atom.test.concepts for atom in atoms if isinstance(atom.test, Recorded))
        reads = self._reads[name] = Reads(
            number=len(self._reads),
            atoms={atom.id: atom for atom in own},
            concepts=frozenset(read for atom in atoms for read in concepts_read(atom)),
            findings=findings | itself,
            personal=personal
            or any(atom.applies_to is not None or isinstance(atom.test, (Age, RecordedSex)) for atom in atoms),
            sought=frozenset(self._seek(concepts) for concepts in tests),
        )
        return reads

    def _seek(self, names: Iterable[str]) -> int:
        """The number of what a test of these concepts looks for."""
        concepts = [self._book.concepts[name] for name in names]
        sought = (
            frozenset().union(*(concept.kinds for concept in concepts)) & COVERABLE,
            frozenset().union(*(concept.systems for concept in concepts)),
        )
        if sought not in self.sought:
            self.sought[sought] = len(self.sought)
            self._may_be.clear()
        return self.sought[sought]

    def about(self, *circumstances: Hashable) -> int:
        """A number for what is so of a whole record: it stands in each key, and there are few."""
        return self._abouts.setdefault(circumstances, len(self._abouts))

    def may_be(self, kind: Kind, systems: frozenset[str]) -> tuple[int, ...]:
        """What of the sought a record of a kind may be that has codes of these systems only, and none that is known."""
        found = self._may_be.get((kind, systems))
        if found is None:
            if len(self._may_be) >= _KEPT:
                self._may_be.clear()
            found = self._may_be[kind, systems] = tuple(
                number for (kinds, known), number in self.sought.items() if kind in kinds and systems.isdisjoint(known)
            )
        return found


class BlankRecord:
    """What of one record an outcome still depends on where the record says nothing."""

    def __init__(self, view: View, blanks: Blanks) -> None:
        chart = view.chart
        self._blanks = blanks
        self._spoken_of = None if chart.attestations else view.spoken_of
        presume = view.circumstances.absence is AbsencePolicy.PRESUME
        self._about = blanks.about(presume, chart.covered & COVERABLE, Kind.ALLERGY in chart.present)
        self._uncoded = chart.uncoded
        self._counted = 0  # of so much that is sought
        self._counts: dict[int, int] = {}

    def key(self, reads: Reads) -> Hashable | None:
        """By what an outcome is kept; None where the record says something, or may."""
        spoken_of = self._spoken_of
        if spoken_of is None or reads.personal or not reads.concepts.isdisjoint(spoken_of):
            return None
        if not self._uncoded:
            return reads.number, self._about
        if self._counted < len(self._blanks.sought):
            self._count()
        if reads.sought.isdisjoint(self._counts):
            return reads.number, self._about
        counts = tuple((number, count) for number, count in self._counts.items() if number in reads.sought)
        return reads.number, self._about, counts

    def _count(self) -> None:
        """How many records may be what is sought, for all that their codes say."""
        counts: dict[int, int] = {}
        for item in self._uncoded:
            for number in self._blanks.may_be(item.kind, item.systems):
                counts[number] = counts.get(number, 0) + item.count
        self._counts = dict(sorted(counts.items()))
        self._counted = len(self._blanks.sought)
