"""What the rule engine concludes where a record is silent: of a record that covers as much and holds nothing.

Most records say nothing at all of most criteria and findings. What is concluded of these is the same as of an empty
record of the same coverage and sex, so that one is run for each such combination and kept (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
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
_Reader = str | tuple[str, str]  # a finding, or a trial and its criterion
_Evaluation = TypeVar("_Evaluation")


class Silence(Generic[_Evaluation]):
    """Keeps what was concluded of empty records, and tells what a record speaks of, for one program."""

    def __init__(self, program: Program, evaluate: Callable[[Chart, Circumstances], _Evaluation]) -> None:
        self._evaluate = evaluate
        self._kept: Kept[Hashable, _Evaluation] = Kept(_KEPT)
        self._met: Kept[Hashable, bool] = Kept(_KEPT)  # once: a run of one patient need not evaluate two
        self._reading = _who_reads(program)
        self._always = self._reading.get(_AGE, frozenset())

    def of_empty(self, chart: Chart, circumstances: Circumstances) -> _Evaluation | None:
        """What is concluded of an empty record like this one; None where silence proves nothing, or at the first."""
        if chart.attestations or any(item.concepts is None for item in chart.unreadable):
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

    def spoken_of(self, chart: Chart, concepts: Iterable[str]) -> frozenset[_Reader]:
        """The criteria and findings that read one of these concepts, which are on record, or the age.

        What could not be read speaks of what it may be about.
        """
        names = [*concepts, *(name for item in chart.unreadable for name in item.concepts or ())]
        return self._always.union(*(self._reading[name] for name in names if name in self._reading))


def _who_reads(program: Program) -> dict[str, frozenset[_Reader]]:
    """By concept: the criteria and findings whose rules look at it, directly or through findings."""
    read: dict[_Reader, set[str]] = {}

    def what(plans: Iterable[AtomPlan]) -> set[str]:
        found: set[str] = set()
        for plan in plans:
            if plan.test is not None:
                _test_reads(program, program.tests[plan.test], found, read)
            elif isinstance(plan.atom.test, FindingHolds):
                found |= read[plan.atom.test.finding]
        return found

    for stratum in program.strata:
        for finding in stratum.findings:
            read[finding.finding.id] = what(finding.atoms)
    for trial in program.trials:
        for criterion in trial.criteria:
            read[trial.trial.id, criterion.criterion.id] = what(criterion.atoms)
    concepts = {name for names in read.values() for name in names}
    return {concept: frozenset(who for who, names in read.items() if concept in names) for concept in concepts}


def _test_reads(program: Program, test: TestPlan, found: set[str], of_findings: Mapping[_Reader, set[str]]) -> None:
    findings: tuple[str, ...] = ()
    match test:
        case ObservationTest():
            selector = program.observations[test.observations].selector
            found.update(selector.concepts)
            findings = selector.findings
        case RecordTest():
            found |= test.concepts
            findings = program.records[test.records].findings
            if test.absence.presume_unless is not None:
                findings = (*findings, test.absence.presume_unless)
        case ReadingsTest():
            for one in test.tests:
                _test_reads(program, one, found, of_findings)
        case AgeTest():
            found.add(_AGE)
        case SexTest():
            pass  # the empty record is of the same sex
    for name in findings:
        found |= of_findings[name]
