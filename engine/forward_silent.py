"""What the rule engine concludes where a record is silent: of a record that covers as much and holds nothing.

Most records say nothing at all of most criteria and findings. What is concluded of these is the same as of an empty
record of the same coverage and sex, so that one is run for each such combination and kept (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from trialsieve.engine.facts import Chart, Person
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
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import FindingHolds
from trialsieve.rules.vocabulary import Kind

_KEPT = 64  # empty records
_AGE = "age"  # stands among the concepts; none is called so, for they all have a dot
_Evaluation = TypeVar("_Evaluation")


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
    """Keeps what was concluded of empty records, and tells what a record speaks of, for one program."""

    def __init__(self, program: Program, evaluate: Callable[[Chart, Circumstances], _Evaluation]) -> None:
        self._evaluate = evaluate
        self._kept: Kept[Hashable, _Evaluation] = Kept(_KEPT)
        self._met: Kept[Hashable, bool] = Kept(_KEPT)  # once: a run of one patient need not evaluate two
        self._reading = _Readers(program).by_concept()
        naming = frozenset(number for number, test in enumerate(program.tests) if _names_another(program, test))
        self._always = _all_of([self._reading.get(_AGE, Spoken()), Spoken(tests=naming)])
        self._attested = {
            target: Spoken(criteria=frozenset({number}))
            for number, plan in enumerate(program.criteria)
            for target in (plan.target, *(atom.target for atom in plan.atoms))
            if target is not None
        }

    def of_empty(self, chart: Chart, circumstances: Circumstances) -> _Evaluation | None:
        """What is concluded of an empty record like this one; None where silence proves nothing, or at the first."""
        if any(item.concepts is None for item in chart.unreadable):
            return None
        person = chart.person
        sex_unusable = person.unusable & {"gender"}
        present = chart.present & {Kind.ALLERGY}
        anchors = tuple(sorted(circumstances.anchors.items()))
        key = (chart.covered, present, person.sex, sex_unusable, circumstances.as_of, circumstances.absence, anchors)
        known = self._kept.get(key)
        if known is None and not self._met.get(key):
            self._met.keep(key, True)
        elif known is None:
            nobody = Person(None, sex=person.sex, unusable=sex_unusable)
            empty = Chart("", "", nobody, covered=chart.covered, present=present)
            known = self._evaluate(empty, circumstances)
            self._kept.keep(key, known)
        return known

    def spoken_of(self, chart: Chart, concepts: Iterable[str]) -> Spoken:
        """What reads one of these concepts, which are on record, or the age; and what a person answered.

        What could not be read speaks of what it may be about.
        """
        readers = [self._always]
        readers += [self._reading[name] for name in concepts if name in self._reading]
        for item in chart.unreadable:
            readers += [self._reading[name] for name in item.concepts or () if name in self._reading]
        for answer in chart.attestations:
            if answer.target in self._attested:
                readers.append(self._attested[answer.target])
        return _all_of(readers)


class _Readers:
    """Finds out what each test, finding and criterion looks at, directly or through findings."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._findings: dict[str, frozenset[str]] = {}
        for stratum in program.strata:
            for plan in stratum.findings:
                self._findings[plan.finding.id] = self._of_atoms(plan.atoms)
        self._tests = {number: self._of_test(test) for number, test in enumerate(program.tests)}
        self._criteria = {number: self._of_atoms(plan.atoms) for number, plan in enumerate(program.criteria)}

    def by_concept(self) -> dict[str, Spoken]:
        every = (self._tests, self._findings, self._criteria)
        concepts = {concept for readers in every for concepts in readers.values() for concept in concepts}
        return {
            concept: Spoken(
                _who(self._tests, concept),
                _who(self._findings, concept),
                _who(self._criteria, concept),
            )
            for concept in concepts
        }

    def _of_atoms(self, plans: Iterable[AtomPlan]) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for plan in plans:
            if plan.test is not None:
                found |= self._of_test(self._program.tests[plan.test])
            elif isinstance(plan.atom.test, FindingHolds):
                found |= self._findings[plan.atom.test.finding]
        return found

    def _of_test(self, test: TestPlan) -> frozenset[str]:
        findings: tuple[str, ...] = ()
        match test:
            case ObservationTest():
                selector = self._program.observations[test.observations].selector
                found = frozenset(selector.concepts)
                findings = selector.findings
            case RecordTest():
                found = test.concepts
                findings = self._program.records[test.records].findings
                if test.absence.presume_unless is not None:
                    findings = (*findings, test.absence.presume_unless)
            case ReadingsTest():
                return frozenset().union(*(self._of_test(one) for one in test.tests))
            case AgeTest():
                return frozenset({_AGE})
            case SexTest():
                return frozenset()  # the empty record is of the same sex
        return found.union(*(self._findings[name] for name in findings))


def _names_another(program: Program, test: TestPlan) -> bool:
    """Whether a test looks at what decided another atom, of which a person may have said something else."""
    match test:
        case ObservationTest():
            return program.observations[test.observations].selector.named is not None
        case RecordTest():
            return program.records[test.records].test.at_time_of is not None
        case ReadingsTest():
            return any(_names_another(program, one) for one in test.tests)
    return False


_Reader = TypeVar("_Reader", str, int)


def _who(reads: Mapping[_Reader, frozenset[str]], concept: str) -> frozenset[_Reader]:
    return frozenset(who for who, concepts in reads.items() if concept in concepts)
