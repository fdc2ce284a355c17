"""What the rule engine concludes where a record is silent: of a record that covers as much and holds nothing.

Most records say nothing at all of most criteria and findings. What is concluded of these is the same as of an empty
record of the same coverage, sex and age, so that one is run for each such combination and kept (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from trialsieve.engine.facts import Chart, Person
from trialsieve.engine.interval import DateInterval, NumberInterval, days, subtract
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.program import (
    AgeTest,
    AtomPlan,
    ObservationTest,
    Program,
    ReadingsTest,
    RecordTest,
    SexTest,
    TestPlan,
)
from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Kind

_KEPT = 64  # empty records of no age
_KEPT_OF_AN_AGE = 128
_AGE = "age"  # stands among the concepts; none is called so, for they all have a dot
_Evaluation = TypeVar("_Evaluation")

Subject = str | Kind | None
"""What something on record may be about: a concept, anything of a kind, or anything; or the age."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Tests and criteria by number, and findings, that something in a record may bear on."""

    tests: frozenset[int] = frozenset()
    findings: frozenset[str] = frozenset()
    criteria: frozenset[int] = frozenset()


def _all_of(spoken: Sequence[Spoken]) -> Spoken:
    return Spoken(
        frozenset().union(*[one.tests for one in spoken]),
        frozenset().union(*[one.findings for one in spoken]),
        frozenset().union(*[one.criteria for one in spoken]),
    )


class Silence(Generic[_Evaluation]):
    """Keeps what was concluded of empty records, and tells what a record speaks of, for one program.

    `evaluate` evaluates a chart that speaks of so much more than one that was evaluated before (None: than none).
    """

    def __init__(
        self, program: Program, evaluate: Callable[[Chart, Circumstances, _Evaluation | None, Spoken], _Evaluation]
    ) -> None:
        self._evaluate = evaluate
        self._kept: Kept[Hashable, _Evaluation] = Kept(_KEPT)
        self._of_an_age: Kept[Hashable, _Evaluation] = Kept(_KEPT_OF_AN_AGE)
        self._met: Kept[Hashable, bool] = Kept(_KEPT)  # once: a run of one patient need not evaluate two
        self._reading = _Readers(program).by_subject()
        naming = frozenset(plan.test for plan in _atoms(program) if plan.test is not None and plan.names_another)
        self._always = Spoken(tests=naming)
        self._of_age = _all_of([self._always, self._reading.pop(_AGE, Spoken())])
        self._attested = {
            target: Spoken(criteria=frozenset({number}))
            for number, plan in enumerate(program.criteria)
            for target in (plan.target, *(atom.target for atom in plan.atoms))
            if target is not None
        }

    def of_empty(
        self, chart: Chart, circumstances: Circumstances, age: NumberInterval | None, told: Hashable
    ) -> _Evaluation | None:
        """What is concluded of an empty record like this one; None at the first.

        `told` is all that rules know of the age.
        """
        person = chart.person
        assessed = chart.allergies_assessed
        unusable = person.unusable & {"gender"}
        anchors = tuple(sorted(circumstances.anchors.items()))
        retrieved = chart.covered, chart.in_full
        sort = (retrieved, assessed, person.sex, unusable, circumstances.as_of, circumstances.absence, anchors)
        ageless = self._kept.get(sort)
        if ageless is None:
            if not self._met.get(sort):
                self._met.keep(sort, True)
                return None
            nobody = Person(None, sex=person.sex, unusable=unusable)
            empty = Chart("", "", nobody, covered=chart.covered, in_full=chart.in_full, allergies_assessed=assessed)
            ageless = self._evaluate(empty, circumstances, None, Spoken())
            self._kept.keep(sort, ageless)
        aged = (sort, told, person.birth is None, "birthDate" in person.unusable)
        known = self._of_an_age.get(aged)
        if known is None:
            birth = None if person.birth is None else _birth(age, circumstances.as_of)
            somebody = Person(None, birth=birth, sex=person.sex, unusable=person.unusable)
            empty = Chart("", "", somebody, covered=chart.covered, in_full=chart.in_full, allergies_assessed=assessed)
            known = self._evaluate(empty, circumstances, ageless, self._of_age)
            self._of_an_age.keep(aged, known)
        return known

    def spoken_of(self, chart: Chart, concepts: Iterable[str]) -> Spoken:
        """What reads one of these concepts, which are on record; and what a person answered.

        What could not be read speaks of what it may be about.
        """
        subjects: set[Subject] = {*concepts}
        for item in chart.unreadable:
            subjects.update((item.kind,) if item.concepts is None else item.concepts)
        readers = [self._always, *[self._reading[subject] for subject in subjects if subject in self._reading]]
        for answer in chart.attestations:
            if answer.target in self._attested:
                readers.append(self._attested[answer.target])
        return _all_of(readers)


def _birth(age: NumberInterval | None, as_of: date) -> DateInterval:
    """A birth date of nobody in particular that makes somebody so old; without an age, one that tells of none."""
    if age is None:
        return DateInterval(None, None, None, None)
    return days(subtract(as_of, int(age.high), "year"), subtract(as_of, int(age.low), "year"))


def _atoms(program: Program) -> list[AtomPlan]:
    """The atoms of all criteria, findings and gates."""
    atoms = [atom for plan in program.criteria for atom in plan.atoms]
    atoms += [atom for stratum in program.strata for plan in stratum.findings for atom in plan.atoms]
    return atoms + [gate for trial in program.trials for gate in trial.gates.values()]


class _Readers:
    """Finds out what each test, finding and criterion looks at, directly or through findings."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._findings: dict[str, frozenset[Subject]] = {}
        for stratum in program.strata:
            for plan in stratum.findings:
                self._findings[plan.finding.id] = self._of_atoms(plan.atoms)
        self._tests = {number: self._of_test(test) for number, test in enumerate(program.tests)}
        self._criteria = {number: self._of_atoms(plan.atoms) for number, plan in enumerate(program.criteria)}

    def by_subject(self) -> dict[Subject, Spoken]:
        every = (self._tests, self._findings, self._criteria)
        subjects = {subject for readers in every for subjects in readers.values() for subject in subjects}
        return {
            subject: Spoken(
                _who(self._tests, subject),
                _who(self._findings, subject),
                _who(self._criteria, subject),
            )
            for subject in subjects
        }

    def _of_atoms(self, plans: Iterable[AtomPlan]) -> frozenset[Subject]:
        found: frozenset[Subject] = frozenset()
        for plan in plans:
            if plan.test is not None:
                found |= self._of_test(self._program.tests[plan.test])
            elif isinstance(plan.atom.test, FindingHolds):
                found |= self._findings[plan.atom.test.finding]
        return found

    def _of_test(self, test: TestPlan) -> frozenset[Subject]:
        findings: tuple[str, ...] = ()
        found: frozenset[Subject] = frozenset()  # of a sex: the empty record is of the same
        match test:
            case ObservationTest():
                selector = self._program.observations[test.observations].selector
                found = frozenset({*selector.concepts, Kind.OBSERVATION, None})
                findings = selector.findings
            case RecordTest():
                found = frozenset({*test.concepts, *test.kinds, None})
                findings = self._program.records[test.records].findings
                if test.absence.presume_unless is not None:
                    findings = (*findings, test.absence.presume_unless.finding)
            case ReadingsTest():
                return found.union(*(self._of_test(one) for one in test.tests))
            case AgeTest():
                return frozenset({_AGE})
            case SexTest():
                return found
        return found.union(*(self._findings[name] for name in findings))


_Reader = TypeVar("_Reader", str, int)


def _who(reads: Mapping[_Reader, frozenset[Subject]], subject: Subject) -> frozenset[_Reader]:
    return frozenset(who for who, subjects in reads.items() if subject in subjects)
