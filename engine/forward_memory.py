"""The working memory of one evaluation: what is asserted of a chart, and what its marks make of each test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialsieve.engine import _durable_rules as durable
from trialsieve.engine.compile_tests import Where
from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.forward_fold import (
    agreement_of_tests,
    fold_observations,
    fold_record,
    known,
    unknown,
    unknown_for,
)
from trialsieve.engine.forward_marks import Marks, MarksOfFact
from trialsieve.engine.forward_named import Named
from trialsieve.engine.forward_record import RecordSelector
from trialsieve.engine.forward_results import Candidate, Selection, select_observations
from trialsieve.engine.forward_shapes import Entries
from trialsieve.engine.forward_told import Numbers, result_fact
from trialsieve.engine.forward_unclear import Alike, Unclear, left_unknown
from trialsieve.engine.forward_view import NO_DATA, Moment, View
from trialsieve.engine.interval import NumberInterval, age_interval
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.program import (
    AgeTest,
    ObservationTest,
    Probe,
    Program,
    ReadingsTest,
    RecordTest,
    SexTest,
    Stratum,
    TestPlan,
)
from trialsieve.rules.errors import EngineError
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import FALSE, TRUE, Kind, Reason, Result, Take, Truth

_OUTSIDE, _INSIDE, _LATEST = Where.OUTSIDE, Where.INSIDE, Take.LATEST  # members are found by a detour


class RememberedTests:
    """What the rules of tests were told before and what they said, for one program; it names nobody."""

    def __init__(self, program: Program, remember: int) -> None:
        self.numbers = Numbers(program.limits, remember)
        self.marks: list[Kept[durable.Fact, MarksOfFact]] = [Kept(remember) for _ in program.test_rules]


class WorkingMemory:
    """Facts go in stratum by stratum; `outcome` folds a test once its stratum is closed.

    `findings` is filled by the caller as findings are concluded; windows are counted from them. What a test selects by
    the resources of another atom goes in when that atom is known. `outcomes` are those of tests that are known already.
    """

    def __init__(
        self,
        program: Program,
        remembered: RememberedTests,
        chart: Chart,
        moment: Moment,
        findings: Mapping[str, Outcome],
    ) -> None:
        self._program = program
        self._numbers = remembered.numbers
        self._chart = chart
        self._findings = findings
        self.view = View(chart, moment)
        self.outcomes: dict[int, Outcome] = {}  # of tests
        self._selections: dict[int, Selection] = {}
        self._entries: dict[int, Entries] = {}
        self._marks = Marks(program, remembered.marks)
        self._unclear = Unclear(chart.unreadable, moment.as_of)
        birth = chart.person.birth
        self.age = None if birth is None else age_interval(birth, moment.as_of)
        self.told_of_age: tuple[durable.Fact, ...] = ()  # one fact a probe
        if self.age is not None:
            self.told_of_age = tuple([self._number_fact(probe, _INSIDE, self.age) for probe in program.ages])

    # --- what is asserted ---

    def assert_person(self) -> None:
        if self.told_of_age:
            for probe, told in zip(self._program.ages, self.told_of_age, strict=True):
                self._marks.add(probe.rule_set, told)
        for test in self._program.sexes:
            self._marks.add(0, test.facts[self._chart.person.sex])

    def _number_fact(self, probe: Probe, place: Where, value: NumberInterval) -> durable.Fact:
        return self._numbers.fact(probe.number, place, value)

    def select(self, stratum: Stratum) -> None:
        """Select and assert the candidates of the stratum; selectors whose concepts are not on record cost nothing."""
        for concept in self.view.by_concept:
            if concept in stratum.observations:
                for number in stratum.observations[concept]:
                    if number not in self._selections:
                        self._selections[number] = self._select_observations(number)
            if concept in stratum.records:
                for number in stratum.records[concept]:
                    if number not in self._entries:
                        self._entries[number] = self._select_record(number)

    def _select_record(self, number: int, named: Outcome | None = None) -> Entries:
        entries = self._program.records[number].select(self.view, self._findings, named)
        for told in entries.told:
            self._marks.add(0, told.fact)
        return entries

    def _select_observations(self, number: int, named: Named | None = None) -> Selection:
        observations = self._program.observations[number]
        selection = select_observations(observations.selector, self.view, self._findings, named)
        for candidate in selection.chosen:
            self._tell(candidate, candidate.place, observations.probes)
        without_windows = observations.selector.take is _LATEST
        for candidate in selection.doubts:
            self._tell(candidate, _INSIDE if without_windows else candidate.place, observations.probes)
        return selection

    def _tell(self, candidate: Candidate, place: Where, probes: Sequence[Probe]) -> None:
        if candidate.value is None or place is _OUTSIDE:
            return
        candidate.told = tuple([self._candidate_fact(probe, place, candidate) for probe in probes])
        for probe, told in zip(probes, candidate.told, strict=True):
            self._marks.add(probe.rule_set, told)

    def _candidate_fact(self, probe: Probe, place: Where, candidate: Candidate) -> durable.Fact:
        value = candidate.value
        if isinstance(value, NumberInterval):
            return self._number_fact(probe, place, value)
        if isinstance(value, Result) and probe.expected is not None:
            return result_fact(place, value, probe.expected)
        raise EngineError(f"{candidate.fact.reference}: its value is not of the sort that its test compares")

    def fire(self) -> None:
        """Fire the rules on what was asserted and waits for them."""
        self._marks.fire()

    # --- what it makes of a test ---

    def outcome(self, number: int, others: Mapping[str, Outcome]) -> Outcome:
        """What a test makes of the chart; `others` are the atoms before it in its criterion or finding."""
        outcome = self.outcomes.get(number)
        if outcome is None:
            outcome = self.outcomes[number] = self._fold_test(self._program.tests[number], others)
        return outcome

    def _fold_test(self, plan: TestPlan, others: Mapping[str, Outcome]) -> Outcome:
        match plan:
            case RecordTest():
                outcome = self._fold_record(plan, others)
                denying = outcome.truth is not TRUE  # what was read and not understood denies nothing
                selector = self._program.records[plan.records]
                return self._despite_unclear(outcome, plan.concepts, plan.kinds, selector, read_too=denying)
            case ObservationTest():
                outcome = self._fold_observation(plan, others)
                return self._despite_unclear(outcome, plan.concepts, _OBSERVED)
            case ReadingsTest():
                outcome = agreement_of_tests([self._fold_observation(one, others) for one in plan.tests])
                return self._despite_unclear(outcome, plan.concepts, _OBSERVED)
            case AgeTest():
                return self._fold_age(plan)
            case SexTest():
                truth = self._marks.of(0, plan.facts[self._chart.person.sex], 0)
                return sex_unknown(self._chart) if truth is None else known(truth)

    def _fold_age(self, plan: AgeTest) -> Outcome:
        person = self._chart.person
        if "birthDate" in person.unusable:
            return unknown(Reason.UNUSABLE_DATA)
        if person.birth is None:
            return unknown(Reason.NO_DATA)
        if self.age is None:
            return unknown(Reason.UNUSABLE_DATA)
        fact = self._number_fact(plan.probe, _INSIDE, self.age)
        truth = self._marks.of(plan.probe.rule_set, fact, plan.subject)
        return unknown(Reason.IMPRECISE) if truth is None else known(truth)

    def _fold_observation(self, plan: ObservationTest, others: Mapping[str, Outcome]) -> Outcome:
        observations = self._program.observations[plan.observations]
        named = None if observations.selector.named is None else others[observations.selector.named[1]]
        if named is not None and (named.reasons or not named.decided_by):
            return unknown_for(named.reasons or NO_DATA)
        if observations.selector.after is not None:
            finding = self._findings[observations.selector.after]
            if finding.truth is not TRUE:
                return unknown_for(finding.reasons or NO_DATA)
        selection = self._selections.get(plan.observations)
        if selection is None and named is not None:
            resources = Named(named.decided_by, self.view.moment.as_of)
            selection = self._selections[plan.observations] = self._select_observations(plan.observations, resources)
            self.fire()
        if selection is None:
            return unknown_for(NO_DATA)
        rule_set = observations.probes[plan.probe].rule_set

        def mark(candidate: Candidate) -> Truth | None:
            return self._marks.of(rule_set, candidate.told[plan.probe], plan.subject) if candidate.told else None

        return fold_observations(selection, observations.selector.take, mark, plan.neither)

    def _fold_record(self, plan: RecordTest, others: Mapping[str, Outcome]) -> Outcome:
        selector = self._program.records[plan.records]
        named = selector.test.at_time_of
        if named is not None and plan.records not in self._entries:
            self._entries[plan.records] = self._select_record(plan.records, others[named])
            self.fire()
        entries = self._entries.get(plan.records)
        if entries is not None:
            folded = fold_record(selector, entries, lambda told: self._marks.of(0, told, 0), self.view.moment.as_of)
            if folded is not None:
                return folded
        return plan.absence.decide(self.view, self._findings)

    def _despite_unclear(
        self,
        outcome: Outcome,
        concepts: frozenset[str],
        kinds: frozenset[Kind],
        selector: RecordSelector | None = None,
        *,
        read_too: bool = True,
    ) -> Outcome:
        """A resource that bears on the test and could not be read leaves it unknown; `read_too`: or not understood."""
        if not self._chart.unreadable:
            return outcome
        bearing = self._unclear.bearing(concepts, kinds, read_too=read_too)
        if not bearing or (selector is not None and self._are_of_another_time(bearing, selector)):
            return outcome
        return left_unknown(outcome, bearing)

    def may_be(self, number: int) -> list[Fact]:
        """What of the chart could not be read, or not understood, and may be what a test looks for."""
        plan = self._program.tests[number]
        match plan:
            case RecordTest():
                return self._unclear.may_be(plan.concepts, plan.kinds)
            case ObservationTest() | ReadingsTest():
                return self._unclear.may_be(plan.concepts, _OBSERVED)
        return []

    def _are_of_another_time(self, strange: Sequence[Alike], selector: RecordSelector) -> bool:
        """Whether none of these resources can be what a test looks for, whatever their codes mean."""
        if not selector.asks_for_a_time:
            return False
        sought: list[Fact] = []
        for one in strange:
            if one.would_be is None:
                return False
            sought += one.would_be
        facts = {told.fact for told in selector.timed(sought, self.view.moment)}
        for fact in facts:
            self._marks.add(0, fact)
        self.fire()
        return all(self._marks.of(0, fact, 0) is FALSE for fact in facts)


_OBSERVED = frozenset({Kind.OBSERVATION})


def sex_unknown(chart: Chart) -> Outcome:
    """Why something that goes by sex is unknown where the sex is."""
    return unknown(Reason.UNUSABLE_DATA if "gender" in chart.person.unusable else Reason.NO_DATA)
