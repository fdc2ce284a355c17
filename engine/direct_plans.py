"""What the direct evaluator looks at for each criterion, finding and atom: found out once, before any patient."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from msgspec import Struct, field

from trialsieve.engine.direct_logic import PATTERNS, Decisions
from trialsieve.engine.direct_reviews import Reviews
from trialsieve.engine.direct_selected import Selector
from trialsieve.engine.direct_sought import WhatIsSought
from trialsieve.engine.direct_verdict import TrialArms
from trialsieve.engine.facts import Attestation
from trialsieve.rules.atom import (
    Age,
    Atom,
    Limits,
    Measurement,
    QualitativeResult,
    Recorded,
    RecordedSex,
)
from trialsieve.rules.finding import Finding
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic import Logic, Not
from trialsieve.rules.logic_order import (
    atoms_in,
    atoms_in_reading_order,
    atoms_named,
    findings_beneath,
    findings_read,
    with_findings,
)
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.rules.vocabulary import AbsenceRule, Kind, Reason, Result, Truth

_OF_NOTHING = -1
_NO_LIMITS = Limits(None, False, None, False, "1")
ResourceTest = Measurement | QualitativeResult | Recorded


class Reads(Struct, frozen=True):
    """What a criterion, a finding or an atom looks at, with all that it reads."""

    number: int
    personal: bool  # age or recorded sex
    ages: tuple[int, ...]  # the limits of the age, by number
    sought: tuple[int, ...]  # by number


class AtomPlan(Struct, frozen=True):
    """An atom. `reads` is shared by equal ones; None where the test names other atoms: then `number` is of nothing."""

    id: str
    atom: Atom
    reads: Reads | None
    number: int
    findings: tuple[str, ...]  # that it names
    tests: tuple[ResourceTest, ...]  # of which a resource may be that could not be read
    looked_at: tuple[str, ...]  # the concepts of these
    selectors: tuple[Selector | None, ...]  # of these; None where another atom tells, too, what it goes by
    is_personal: bool
    beside: tuple[str, ...]  # the atoms that its reviews and its `when` read
    reviews: Reviews | None
    has_steps: bool  # something else than its test and an attestation decides
    only_reviews: bool  # and these are all


class CriterionPlan(Struct, frozen=True):
    """A criterion, its atoms each after those that it reads."""

    key: tuple[str, str]
    target: str  # of attestations
    criterion: Criterion
    decisions: Decisions | None  # of its logic
    reads: Reads
    atoms: tuple[AtomPlan, ...]
    operands: tuple[str, ...]


class Told(Struct, frozen=True):
    """What the values of a finding's atoms make of it: it rests upon some, and is decided by the facts of `settled`."""

    truth: Truth
    reasons: frozenset[Reason]
    upon: tuple[str, ...]
    settled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class FindingPlan(Struct, frozen=True):
    """A finding, its atoms each after those that it reads. `deciding` are those that its logic names."""

    finding: Finding
    false_when: Logic
    reads: Reads
    atoms: tuple[AtomPlan, ...]
    atom_by_id: Mapping[str, Atom]
    operands: tuple[str, ...]
    deciding: tuple[str, ...]
    told: Kept[tuple[object, ...], Told] = field(default_factory=lambda: Kept(PATTERNS))  # by what its atoms say


class Plans:
    """The plans of some trials, and who reads what; rules are known by the numbers of what they read."""

    def __init__(self, book: RuleBook, trials: Sequence[Trial]) -> None:
        self.book = book
        self.sought = WhatIsSought(book)
        self.arms = {trial.id: TrialArms(trial) for trial in trials}
        self.on_record_readers: dict[str, set[int]] = {}  # who looks at what is no Observation, by concept
        self.result_readers: dict[str, set[int]] = {}  # who looks at Observations
        self.seekers: dict[tuple[frozenset[Kind], frozenset[str]], tuple[int, set[int]]] = {}
        """Who seeks what is presumed absent, by its kinds and code systems; numbered."""
        self._ages: dict[Age, int] = {}  # numbered
        self._numbered = 0
        self._of_atoms: dict[Hashable, Reads] = {}
        self._selectors: dict[ResourceTest, Selector] = {}  # by a test that asks for no answer in particular
        self._findings: dict[str, FindingPlan] = {}
        self.criteria = tuple(self._criterion(trial, criterion) for trial in trials for criterion in trial.criteria)
        self.by_number = {plan.reads.number: plan for plan in self.criteria}
        self.numbers = frozenset(self.by_number)
        self._targets = {
            target: plan.reads.number
            for plan in self.criteria
            for target in (plan.target, *(f"{plan.target}.{atom.id}" for atom in plan.atoms))
        }
        self.gates = {
            (trial.id, cohort.id): self._atom(cohort.gate)
            for trial in trials
            for cohort in trial.cohorts
            if cohort.gate is not None
        }
        atoms = (atom for trial in trials for atom in trial.atoms)
        for name in findings_beneath(atoms, book.findings):
            self.finding(name)
        self.ages = tuple(self._ages)
        self.all = frozenset(range(self._numbered))

    def attested_by(self, attestations: Sequence[Attestation]) -> frozenset[int]:
        """The criteria of which a person says something, or of an atom of theirs."""
        targets = self._targets
        return frozenset([targets[item.target] for item in attestations if item.target in targets])

    def finding(self, name: str) -> FindingPlan:
        """The plan of a finding."""
        plan = self._findings.get(name)
        return plan if plan is not None else self._add_finding(self.book.findings[name])

    def _criterion(self, trial: Trial, criterion: Criterion) -> CriterionPlan:
        return CriterionPlan(
            key=(trial.id, criterion.id),
            target=f"{trial.id}#{criterion.id}",
            criterion=criterion,
            decisions=None if criterion.logic is None else Decisions(criterion.logic),
            reads=self._reads(criterion.atoms, personal=criterion.applies_to is not None),
            atoms=tuple(self._atom(atom) for atom in atoms_in_reading_order(criterion.atoms)),
            operands=tuple(atom.id for atom in criterion.atoms if atom.operand),
        )

    def _add_finding(self, finding: Finding) -> FindingPlan:
        named = frozenset(
            name for logic in (finding.true_when, finding.false_when) if logic for name in atoms_in(logic)
        )
        plan = self._findings[finding.id] = FindingPlan(
            finding=finding,
            false_when=finding.false_when or Not(finding.true_when),
            reads=self._reads(finding.atoms),
            atoms=tuple(self._atom(atom) for atom in atoms_in_reading_order(finding.atoms)),
            atom_by_id={atom.id: atom for atom in finding.atoms},
            operands=tuple(atom.id for atom in finding.atoms if atom.operand),
            deciding=tuple(atom.id for atom in finding.atoms if atom.id in named),
        )
        return plan

    def _atom(self, atom: Atom) -> AtomPlan:
        reads = None
        if not any(atoms_named(atom.test)):
            name = (atom.test, atom.absent, atom.absence, atom.presume_unless)
            reads = self._of_atoms.get(name)
            if reads is None:
                of_any_sex = atom if atom.applies_to is None else replace(atom, applies_to=None)
                reads = self._of_atoms[name] = self._reads([of_any_sex])
        conditions = [case.condition for case in atom.review_when] + ([] if atom.when is None else [atom.when])
        tests = tuple(test for test in atom.tests if isinstance(test, ResourceTest))
        return AtomPlan(
            id=atom.id,
            atom=atom,
            reads=reads,
            number=_OF_NOTHING if reads is None else reads.number,
            findings=tuple(dict.fromkeys(findings_read(atom))),
            tests=tests,
            looked_at=tuple(dict.fromkeys(concept for test in tests for concept in test.concepts)),
            selectors=tuple(map(self._selector, tests)),
            is_personal=isinstance(atom.test, (Age, RecordedSex)),
            beside=tuple(dict.fromkeys(name for logic in conditions for name in atoms_in(logic))),
            reviews=Reviews(atom.review_when) if atom.review_when else None,
            has_steps=bool(atom.review_when) or atom.applies_to is not None or atom.when is not None,
            only_reviews=atom.applies_to is None and atom.when is None,
        )

    def _selector(self, test: ResourceTest) -> Selector | None:
        if isinstance(test, Recorded) or test.not_older_than is not None:
            return None
        any_answer = (
            replace(test, limits=_NO_LIMITS)
            if isinstance(test, Measurement)
            else replace(test, expected=Result.POSITIVE)
        )
        return self._selectors.setdefault(any_answer, Selector())

    def _reads(self, own: Sequence[Atom], *, personal: bool = False) -> Reads:
        atoms = with_findings(own, self.book.findings)
        number = self._numbered
        self._numbered += 1
        for atom in atoms:
            self._note_reader(number, atom)
        recorded = [(atom, atom.test.concepts) for atom in atoms if isinstance(atom.test, Recorded)]
        presumed = {names for atom, names in recorded if atom.absence is not AbsenceRule.UNKNOWN}
        ages = {atom.test for atom in atoms if isinstance(atom.test, Age)}
        return Reads(
            number=number,
            personal=personal
            or any(atom.applies_to is not None or isinstance(atom.test, (Age, RecordedSex)) for atom in atoms),
            ages=tuple(sorted(self._ages.setdefault(age, len(self._ages)) for age in ages)),
            sought=tuple(sorted({self._seek(names, number) for names in presumed})),
        )

    def _note_reader(self, reader: int, atom: Atom) -> None:
        """What an atom finds depends on the records of its tests' concepts, where these look for them.

        What is presumed absent says whether there are test results.
        """
        for test in atom.tests:
            if isinstance(test, Recorded):
                looked = [self.on_record_readers]
                if atom.absence is not AbsenceRule.UNKNOWN:
                    looked.append(self.result_readers)
            elif isinstance(test, ResourceTest):
                looked = [self.result_readers]
            else:
                continue
            for readers in looked:
                for concept in test.concepts:
                    readers.setdefault(concept, set()).add(reader)

    def _seek(self, names: tuple[str, ...], seeker: int) -> int:
        """The number of what a test of these concepts looks for."""
        sought = self.sought.of(names)
        number, seekers = self.seekers.setdefault((sought.coverable, sought.systems), (len(self.seekers), set()))
        seekers.add(seeker)
        return number
