"""Criteria, findings and tests of which a record says nothing at all: most of them, for most patients.

Such an outcome follows from the rules and a handful of facts about the record (which kinds it covers, how many of its
records are in unknown code systems), so it is worked out once for each such combination and kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from trialsieve.engine.direct_chart import View
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic_order import atoms_named, concepts_read, findings_reached, findings_read
from trialsieve.rules.model import Age, Atom, Criterion, Finding, Recorded, RecordedSex, RuleBook, Trial
from trialsieve.rules.vocabulary import COVERABLE, Kind

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
    """What a criterion, finding or test looks at."""

    name: Hashable
    concepts: frozenset[str]
    findings: frozenset[str]
    personal: bool  # age and sex differ from patient to patient
    sought: tuple[_Sought, ...]


class Blanks:
    """Keeps what was worked out, for one rule book."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._reads: dict[Hashable, Reads] = {}
        self._of_atoms: dict[int, Reads | None] = {}  # by identity: the book holds them
        self.kept: Kept[Hashable, Blank[Any]] = Kept(_KEPT)

    def of_criterion(self, trial: Trial, criterion: Criterion) -> Reads:
        name = (trial.id, criterion.id)
        return self._reads.get(name) or self._add(name, criterion.atoms, personal=criterion.applies_to is not None)

    def of_finding(self, finding: Finding) -> Reads:
        return self._reads.get(finding.id) or self._add(finding.id, finding.atoms, itself=frozenset({finding.id}))

    def of_test(self, atom: Atom) -> Reads | None:
        """What an atom's test looks at; equal tests have one name. None where it names other atoms beside it."""
        if id(atom) in self._of_atoms:
            return self._of_atoms[id(atom)]
        reads = None
        if not any(atoms_named(atom.test)):
            name = (atom.test, atom.absence, atom.presume_unless)
            reads = self._reads.get(name) or self._add(name, (replace(atom, applies_to=None),), number=len(self._reads))
        self._of_atoms[id(atom)] = reads
        return reads

    def _add(
        self,
        name: Hashable,
        own: Iterable[Atom],
        *,
        itself: frozenset[str] = frozenset(),
        personal: bool = False,
        number: int | None = None,
    ) -> Reads:
        findings = findings_reached((read for atom in own for read in findings_read(atom)), self._book.findings)
        atoms = [*own, *(atom for finding in findings for atom in self._book.findings[finding].atoms)]
        sought = dict.fromkeys(atom.test.concepts for atom in atoms if isinstance(atom.test, Recorded))
        concepts = self._book.concepts
        reads = self._reads[name] = Reads(
            name=name if number is None else number,
            concepts=frozenset(read for atom in atoms for read in concepts_read(atom)),
            findings=findings | itself,
            personal=personal
            or any(atom.applies_to is not None or isinstance(atom.test, (Age, RecordedSex)) for atom in atoms),
            sought=tuple(
                (
                    frozenset().union(*(concepts[each].kinds for each in names)) & COVERABLE,
                    frozenset().union(*(concepts[each].systems for each in names)),
                )
                for names in sought
            ),
        )
        return reads


class BlankRecord:
    """What of one record an outcome still depends on where the record says nothing."""

    def __init__(self, view: View) -> None:
        chart = view.chart
        self._view = view
        self._attested = bool(chart.attestations)
        self._about = (view.circumstances.absence, chart.covered & COVERABLE, Kind.ALLERGY in chart.present)
        self._counts: dict[_Sought, int] = {}

    def key(self, reads: Reads) -> Hashable | None:
        """By what an outcome is kept; None where the record says something, or may."""
        if reads.personal or self._attested or not self._view.is_silent_on(reads.concepts):
            return None
        if not self._view.chart.uncoded:
            return reads.name, self._about
        return reads.name, self._about, tuple(map(self._uncoded, reads.sought))

    def _uncoded(self, sought: _Sought) -> int:
        """How many records may be what is sought, for all that their codes say."""
        count = self._counts.get(sought)
        if count is None:
            kinds, systems = sought
            count = self._counts[sought] = sum(
                item.count
                for item in self._view.chart.uncoded
                if item.kind in kinds and item.systems.isdisjoint(systems)
            )
        return count
