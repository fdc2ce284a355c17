"""Criteria, findings and tests of which a record says nothing at all: most of them, for most patients.

Such an outcome follows from the rules and a handful of facts about the record (which kinds it covers, how many of its
records are in unknown code systems) and the person (sex, and which limits the age lies within), so it is worked out
once for each such combination, of nobody in particular, and kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_person import PersonView
from trialsieve.engine.direct_plans import CriterionPlan, Plans, Reads
from trialsieve.engine.facts import Uncoded
from trialsieve.engine.interval import NumberInterval
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, Kind, Truth

_KEPT = 8192  # outcomes
_KEPT_TABLES = 256  # sorts of records
_Answer = TypeVar("_Answer", CriterionOutcome, Outcome)


class Blank(Generic[_Answer]):
    """What was worked out where nothing is on record, with the findings that it reached."""

    __slots__ = ("atoms", "findings", "is_personal", "outcome")

    def __init__(
        self, outcome: _Answer, findings: Mapping[str, Outcome], atoms: Mapping[str, Mapping[str, Outcome]]
    ) -> None:
        self.outcome: _Answer = outcome
        self.findings = findings
        self.atoms = atoms
        every = [*findings.values(), *(each for some in atoms.values() for each in some.values())]
        every += [outcome] if isinstance(outcome, Outcome) else [outcome.outcome, *outcome.atoms.values()]
        self.is_personal = any(each.evidence for each in every)
        """Whether the evidence for it is a person's age or sex."""


class BlankTable:
    """What was worked out for records of one sort that say nothing, as far as it was asked."""

    def __init__(self) -> None:
        self.by_number: dict[int, Blank[Any]] = {}
        self.plain: dict[int, Outcome] = {}  # of atoms, without findings or evidence
        self.criteria: dict[tuple[str, str], CriterionOutcome] = {}
        self.met: set[int] = set()
        self.with_more: list[tuple[CriterionPlan, Blank[CriterionOutcome]]] = []  # findings, or a person's evidence

    def meet(self, plan: CriterionPlan, blank: Blank[CriterionOutcome]) -> None:
        """Put a criterion among those that are taken all at once."""
        self.met.add(plan.reads.number)
        self.criteria[plan.key] = blank.outcome
        if blank.findings or blank.is_personal:
            self.with_more.append((plan, blank))


@dataclass(frozen=True, slots=True)
class _MayBe:
    """What a record may be whose codes are in unknown systems: this is sought, by those rules."""

    sought: tuple[int, ...]
    seekers: frozenset[int]


class Blanks:
    """Keeps what was worked out, for one rule book."""

    def __init__(self, plans: Plans) -> None:
        self.plans = plans
        self.kept: Kept[Hashable, Blank[Any]] = Kept(_KEPT)
        """What depends on a person, or on how many records are in unknown code systems."""
        self._tables: Kept[Hashable, BlankTable] = Kept(_KEPT_TABLES)
        self._ages: Kept[tuple[float, float], tuple[Truth, ...]] = Kept(_KEPT)
        self._may_be: Kept[tuple[Kind, frozenset[str]], _MayBe] = Kept(_KEPT)

    def table(self, *about: Hashable) -> BlankTable:
        """What was worked out for records of which this is so."""
        found = self._tables.get(about)
        if found is None:
            found = BlankTable()
            self._tables.keep(about, found)
        return found

    def age(self, years: tuple[float, float]) -> tuple[Truth, ...]:
        """What the rules' limits say of an age."""
        found = self._ages.get(years)
        if found is None:
            age = NumberInterval(*years)
            found = tuple(age.compare(test.limits) for test in self.plans.ages)
            self._ages.keep(years, found)
        return found

    def may_be(self, kind: Kind, systems: frozenset[str]) -> _MayBe:
        """What of the sought a record of a kind may be that has codes of these systems only, and none that is known."""
        found = self._may_be.get((kind, systems))
        if found is None:
            some = [
                entry
                for (kinds, known), entry in self.plans.seekers.items()
                if kind in kinds and systems.isdisjoint(known)
            ]
            seekers = frozenset().union(*(seekers for _, seekers in some))
            found = _MayBe(tuple(number for number, _ in some), seekers)
            self._may_be.keep((kind, systems), found)
        return found


class BlankRecord:
    """Of what a record says nothing, and on what else of it the outcomes of that depend."""

    def __init__(self, view: View, person: PersonView, blanks: Blanks) -> None:
        chart, plans = view.chart, blanks.plans
        presume = view.circumstances.absence is AbsencePolicy.PRESUME
        about = presume, chart.covered & COVERABLE, chart.in_full, chart.allergies_assessed
        self._likeness, self._age = person.likeness(), blanks.age(person.years())
        self.spoken_of = _spoken_of(view, plans)
        self.of_anybody = blanks.table(about)
        self.of_such = blanks.table(about, self._likeness, self._age)  # of such a person
        self.counted: Set[int] = frozenset()
        """What also depends on how many records are in unknown code systems."""
        self._blanks = blanks
        self._counts: dict[int, int] = {}
        if chart.uncoded:
            self._count(chart.uncoded)
        self.apart = self.spoken_of | self.counted
        """What is not taken all at once."""

    def table(self, reads: Reads) -> BlankTable:
        """Where is kept what does not depend on such records."""
        return self.of_such if reads.personal else self.of_anybody

    def _count(self, uncoded: Sequence[Uncoded]) -> None:
        may_be = [(item.count, self._blanks.may_be(item.kind, item.systems)) for item in uncoded]
        for count, found in may_be:
            for number in found.sought:
                self._counts[number] = self._counts.get(number, 0) + count
        self.counted = frozenset().union(*[found.seekers for _, found in may_be])

    def get(self, reads: Reads) -> Blank[Any] | None:
        """What was worked out of something of which the record says nothing."""
        if reads.number in self.counted:
            return self._blanks.kept.get(self._key(reads))
        by_number = self.table(reads).by_number
        found = by_number.get(reads.number)
        if found is None and reads.personal:  # of somebody of another age, of which its limits say the same
            found = self._blanks.kept.get(self._key(reads))
            if found is not None:
                by_number[reads.number] = found
        return found

    def keep(self, reads: Reads, blank: Blank[Any]) -> None:
        """Keep what was worked out for the next such record."""
        if reads.personal or reads.number in self.counted:
            self._blanks.kept.keep(self._key(reads), blank)
        if reads.number not in self.counted:
            table = self.table(reads)
            table.by_number[reads.number] = blank
            if isinstance(blank.outcome, Outcome) and not blank.findings and not blank.is_personal:
                table.plain[reads.number] = blank.outcome

    def _key(self, reads: Reads) -> Hashable:
        counts = self._counts
        counted = tuple([(number, counts[number]) for number in reads.sought if number in counts])
        if not reads.personal:
            return reads.number, self.of_anybody, counted
        return reads.number, self.of_anybody, counted, self._likeness, tuple([self._age[age] for age in reads.ages])


def _spoken_of(view: View, plans: Plans) -> Set[int]:
    """The rules of whose concepts a record says something where they look, or of which a person does."""
    if view.unread is None:
        return plans.all
    on_record, results = plans.on_record_readers, plans.result_readers
    readers = [on_record[concept] for concept in view.on_record | view.unread if concept in on_record]
    readers += [results[concept] for concept in view.measured | view.unread if concept in results]
    return plans.attested_by(view.chart.attestations).union(*readers)
