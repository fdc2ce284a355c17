"""The working memory of one evaluation: what was asserted, how rules marked it, and what that makes of each test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trialsieve.engine import _durable
from trialsieve.engine.compile_tests import SEX, SEXES, Where, sex_mask
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward_fold import (
    agreement,
    changed,
    fold_observations,
    fold_record,
    known,
    unknown,
    unknown_for,
)
from trialsieve.engine.forward_named import Named
from trialsieve.engine.forward_record import Entry
from trialsieve.engine.forward_results import Candidate, Selection, select_observations
from trialsieve.engine.forward_told import alike, number_fact, result_fact
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
)
from trialsieve.rules.errors import EngineError
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import RecordedSex
from trialsieve.rules.vocabulary import Kind, Reason, Result, Take, Truth

Marks = dict[int, int]
"""Which rule marked a fact, by subject."""


class WorkingMemory:
    """Facts go in stratum by stratum; `outcome` folds a test once its stratum is closed.

    `findings` is filled by the caller as findings are concluded; windows are counted from them. What a test selects by
    the resources of another atom goes in when that atom is known.
    """

    def __init__(
        self,
        program: Program,
        sessions: Sequence[_durable.Session],
        known: Sequence[Kept[_durable.Fact, Marks]],
        chart: Chart,
        moment: Moment,
        findings: Mapping[str, Outcome],
    ) -> None:
        self._program = program
        self._sessions = sessions
        self._known = known
        self._chart = chart
        self._findings = findings
        self._view = View(chart, moment)
        self._selections: dict[int, Selection] = {}
        self._entries: dict[int, list[Entry]] = {}
        # by rule set: how facts were marked, and the facts that are still to be asserted
        self._marked: list[dict[_durable.Fact, Marks]] = [{} for _ in program.test_rules]
        self._waiting: list[dict[_durable.Fact, None]] = [{} for _ in program.test_rules]
        self._outcomes: dict[int, Outcome] = {}
        self._fired: dict[int, dict[str, None]] = {}
        birth = chart.person.birth
        self._age = None if birth is None else age_interval(birth, moment.as_of)

    @property
    def concepts(self) -> Iterable[str]:
        """Of what anything visible is on record."""
        return self._view.by_concept

    def assert_person(self) -> None:
        if self._age is not None:
            for probe in self._program.ages:
                self._waiting[probe.rule_set][self._number_fact(probe, Where.INSIDE, self._age)] = None
        for test in self._program.sexes:
            self._waiting[0][self._sex_fact(test)] = None

    def _number_fact(self, probe: Probe, place: Where, value: NumberInterval) -> _durable.Fact:
        return number_fact(probe.number, place, alike(value, self._program.limits[probe.number]))

    def _sex_fact(self, test: RecordedSex) -> _durable.Fact:
        return SEX.template, (sex_mask(test.among), SEXES[self._chart.person.sex])

    def select(self, stratum: Stratum) -> None:
        """Select and assert the candidates of the stratum; selectors whose concepts are not on record cost nothing."""
        for concept in self._view.by_concept:
            for number in stratum.observations.get(concept, ()):
                if number not in self._selections:
                    self._selections[number] = self._select_observations(number)
            for number in stratum.records.get(concept, ()):
                if number not in self._entries:
                    self._entries[number] = self._select_record(number)

    def _select_record(self, number: int, named: Outcome | None = None) -> list[Entry]:
        entries = self._program.records[number].select(self._view, self._findings, named)
        for entry in entries:
            if entry.fact is not None:
                self._waiting[0][entry.fact] = None
        return entries

    def _select_observations(self, number: int, named: Named | None = None) -> Selection:
        observations = self._program.observations[number]
        selection = select_observations(observations.selector, self._view, self._findings, named)
        without_windows = observations.selector.take is Take.LATEST
        for candidates, doubts in ((selection.chosen, False), (selection.doubts, True)):
            for candidate in candidates:
                place = Where.INSIDE if doubts and without_windows else candidate.place
                if candidate.value is None or place is Where.OUTSIDE:
                    continue
                candidate.facts = tuple(self._candidate_fact(probe, place, candidate) for probe in observations.probes)
                for probe, fact in zip(observations.probes, candidate.facts, strict=True):
                    self._waiting[probe.rule_set][fact] = None
        return selection

    def _candidate_fact(self, probe: Probe, place: Where, candidate: Candidate) -> _durable.Fact:
        value = candidate.value
        if isinstance(value, NumberInterval):
            return self._number_fact(probe, place, value)
        if isinstance(value, Result) and probe.expected is not None:
            return result_fact(place, value, probe.expected)
        raise EngineError(f"{candidate.seen.fact.reference}: its value is not of the sort that its test compares")

    def fire(self) -> None:
        """Assert what waits in each rule set and keep how its rules marked it; what was marked before is known."""
        for number, waiting in enumerate(self._waiting):
            if not waiting:
                continue
            marked, known = self._marked[number], self._known[number]
            facts = []
            for fact in waiting:
                if fact not in marked:
                    before = known.get(fact)
                    if before is None:
                        facts.append(fact)
                    else:
                        marked[fact] = before
            waiting.clear()
            if facts:
                marks = self._program.test_rules[number].marks
                for fact, fired in zip(facts, self._sessions[number].run(facts), strict=True):
                    by_subject = {marks[rule][0]: rule for rule in fired}
                    if len(by_subject) != len(fired):
                        raise EngineError("a candidate was marked both true and false of one test")
                    marked[fact] = by_subject
                    known.keep(fact, by_subject)

    def fired(self, number: int) -> Iterable[str]:
        """The names of the rules that marked something of a test."""
        return self._fired.get(number, ())

    def _mark(self, rule_set: int, fact: _durable.Fact, subject: int, test: int) -> Truth | None:
        """How a fact was marked; the rule that did is noted as proof of the test."""
        rule = self._marked[rule_set][fact].get(subject)
        if rule is None:
            return None
        rules = self._program.test_rules[rule_set]
        self._fired.setdefault(test, {})[rules.network.rules[rule].name] = None
        return rules.marks[rule][1]

    def outcome(self, number: int, others: Mapping[str, Outcome]) -> Outcome:
        """What a test makes of the chart; `others` are the atoms before it in its criterion or finding."""
        outcome = self._outcomes.get(number)
        if outcome is None:
            outcome = self._outcomes[number] = self._fold_test(number, others)
        return outcome

    def _fold_test(self, number: int, others: Mapping[str, Outcome]) -> Outcome:
        plan = self._program.tests[number]
        match plan:
            case RecordTest():
                outcome = self._fold_record(plan, number, others)
                denying = outcome.truth is not Truth.TRUE  # what was read and not understood denies nothing
                return self._despite_unreadable(outcome, plan.concepts, plan.kinds, read_too=denying)
            case ObservationTest():
                outcome = self._fold_observation(plan, number, others)
                return self._despite_unreadable(outcome, plan.concepts, frozenset({Kind.OBSERVATION}))
            case ReadingsTest():
                outcome = agreement([self._fold_observation(one, number, others) for one in plan.tests])
                return self._despite_unreadable(outcome, plan.concepts, frozenset({Kind.OBSERVATION}))
            case AgeTest():
                return self._fold_age(plan, number)
            case SexTest():
                truth = self._mark(0, self._sex_fact(plan.test), 0, number)
                return sex_unknown(self._chart) if truth is None else known(truth)

    def _fold_age(self, plan: AgeTest, number: int) -> Outcome:
        person = self._chart.person
        if "birthDate" in person.unusable:
            return unknown(Reason.UNUSABLE_DATA)
        if person.birth is None:
            return unknown(Reason.NO_DATA)
        if self._age is None:
            return unknown(Reason.UNUSABLE_DATA)
        fact = self._number_fact(plan.probe, Where.INSIDE, self._age)
        truth = self._mark(plan.probe.rule_set, fact, plan.subject, number)
        return unknown(Reason.IMPRECISE) if truth is None else known(truth)

    def _fold_observation(self, plan: ObservationTest, number: int, others: Mapping[str, Outcome]) -> Outcome:
        observations = self._program.observations[plan.observations]
        named = None if observations.selector.named is None else others[observations.selector.named[1]]
        if named is not None and (named.reasons or not named.decided_by):
            return unknown_for(named.reasons or NO_DATA)
        if observations.selector.after is not None:
            finding = self._findings[observations.selector.after]
            if finding.truth is not Truth.TRUE:
                return unknown_for(finding.reasons) if finding.reasons else unknown(Reason.NO_DATA)
        selection = self._selections.get(plan.observations)
        if selection is None and named is not None:
            resources = Named(named.decided_by, self._view.moment.as_of)
            selection = self._selections[plan.observations] = self._select_observations(plan.observations, resources)
            self.fire()
        if selection is None:
            return unknown(Reason.NO_DATA)
        probe = observations.probes[plan.probe]

        def mark(candidate: Candidate) -> Truth | None:
            if not candidate.facts:
                return None
            return self._mark(probe.rule_set, candidate.facts[plan.probe], plan.subject, number)

        return fold_observations(selection, observations.selector.take, mark, plan.neither)

    def _fold_record(self, plan: RecordTest, number: int, others: Mapping[str, Outcome]) -> Outcome:
        named = self._program.records[plan.records].test.at_time_of
        if named is not None and plan.records not in self._entries:
            self._entries[plan.records] = self._select_record(plan.records, others[named])
            self.fire()
        marked = [
            (entry, None if entry.fact is None else self._mark(0, entry.fact, 0, number))
            for entry in self._entries.get(plan.records, ())
        ]
        if marked:
            folded = fold_record(self._program.records[plan.records], marked, self._view.moment.as_of)
            if folded is not None:
                return folded
        return plan.absence.decide(self._view, self._findings)

    def _despite_unreadable(
        self, outcome: Outcome, concepts: frozenset[str], kinds: frozenset[Kind], *, read_too: bool = True
    ) -> Outcome:
        """A resource that bears on the test and could not be read leaves it unknown; `read_too`: or not understood.

        So does a question that was not answered in full: then nobody can say that there is no data.
        """
        if not self._chart.unreadable:
            return outcome
        bearing = [
            resource.is_gap
            for resource in self._chart.unreadable
            if (read_too or not resource.was_read)
            and (resource.kind is None or resource.kind in kinds)
            and (resource.concepts is None or resource.concepts & concepts)
        ]
        if not bearing:
            return outcome
        reasons = outcome.reasons | {Reason.UNUSABLE_DATA}
        if any(bearing):
            reasons = (reasons | {Reason.NOT_RETRIEVED}) - {Reason.NO_DATA}
        return changed(outcome, Truth.UNKNOWN, reasons)


def sex_unknown(chart: Chart) -> Outcome:
    """Why something that goes by sex is unknown where the sex is."""
    return unknown(Reason.UNUSABLE_DATA if "gender" in chart.person.unusable else Reason.NO_DATA)
