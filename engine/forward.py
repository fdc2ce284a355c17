"""The forward-chaining evaluator: facts, findings, criteria and arms concluded stratum by stratum by durable_rules.

docs/semantics.md says what is concluded. In each stratum the candidates of every selector are asserted and marked by
rules, the stratum is closed, tests are folded, and the findings that are now complete are concluded; the next stratum
may look from a finding's date. Criteria and arms come last. A fault of the rule engine is an EngineError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialsieve.engine import _durable
from trialsieve.engine.compile import (
    AgeTest,
    AtomPlan,
    CriterionPlan,
    FindingPlan,
    Folded,
    ObservationTest,
    Probe,
    Program,
    ReadingsTest,
    RecordTest,
    SexTest,
    Stratum,
    TrialPlan,
    compile_program,
)
from trialsieve.engine.compile_logic import operand_value
from trialsieve.engine.compile_tests import SEX, SEXES, Where, sex_mask
from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.forward_attestation import Attested
from trialsieve.engine.forward_fold import (
    FALSE,
    TRUE,
    evidence_of,
    fold_observations,
    fold_record,
    unknown,
    unknown_for,
)
from trialsieve.engine.forward_logic import Concluded, Conclusions, explained, reasons_for
from trialsieve.engine.forward_selection import (
    Candidate,
    Entry,
    Moment,
    Selection,
    View,
    number_fact,
    result_fact,
    select_observations,
)
from trialsieve.engine.interval import DateInterval, NumberInterval, age_interval, clip
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Evaluation, Outcome, union
from trialsieve.rules.errors import EngineError
from trialsieve.rules.model import (
    Age,
    Criterion,
    FindingHolds,
    Judgement,
    RecordedSex,
    ReviewWhen,
    RuleBook,
    SameResource,
    Unresolved,
)
from trialsieve.rules.vocabulary import (
    ABSENT,
    AbsencePolicy,
    CriterionKind,
    Kind,
    Reason,
    Result,
    Sex,
    Take,
    Truth,
    Verdict,
)

_CONFLICT = unknown(Reason.CONFLICTING_DATA)


@dataclass(frozen=True, slots=True)
class ForwardEvaluation(Evaluation):
    """An evaluation with its proof: the names of the rules that fired for each atom, finding, criterion and arm.

    Keys are `TRIAL#CRITERION.ATOM`, `FINDING.ATOM`, `FINDING`, `TRIAL#CRITERION`, `TRIAL COHORT STAGE`.
    """

    fired: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compile_rules(book: RuleBook, trials: Sequence[str], *, remember: int = 4096) -> ForwardEngine:
    """Compile these trials once per process; `remember` bounds the table of folded facts that have been run (0: none).

    Raises EngineLimitError where the rules would exceed a measured limit of durable_rules.
    """
    return ForwardEngine(compile_program(book, trials), remember)


class ForwardEngine:
    """Compiled rules, for any number of charts and threads."""

    def __init__(self, program: Program, remember: int) -> None:
        self._program = program
        self._conclusions = Conclusions(program.logic_rules, remember)

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> ForwardEvaluation:
        """Screen one chart for every compiled trial; raises EngineError if the rule engine fails."""
        return _Run(self._program, self._conclusions, chart, circumstances).evaluation()


Marks = dict[int, Truth]


class _Run:
    """The working state of one evaluation."""

    def __init__(self, program: Program, conclusions: Conclusions, chart: Chart, circumstances: Circumstances) -> None:
        self._program = program
        self._conclusions = conclusions
        self._chart = chart
        self._as_of = circumstances.as_of
        self._presumes = circumstances.absence is AbsencePolicy.PRESUME
        self._view = View(chart, Moment(circumstances.as_of, self._presumes))
        self._attested = Attested(chart.attestations, circumstances.as_of)
        self._findings: dict[str, Outcome] = {}
        self._finding_atoms: dict[str, dict[str, Outcome]] = {}
        self._tests: dict[int, Outcome] = {}
        self._fired: dict[str, tuple[str, ...]] = {}
        self._test_fired: dict[int, tuple[str, ...]] = {}
        # what was selected and asserted, and how rules marked it
        self._selections: dict[int, Selection] = {}
        self._entries: dict[int, list[Entry]] = {}
        self._marked: list[dict[_durable.Fact, tuple[Marks, tuple[int, ...]]]] = [{} for _ in program.test_rules]
        self._waiting: list[dict[_durable.Fact, None]] = [{} for _ in program.test_rules]
        person = chart.person
        self._age = None if person.birth is None else age_interval(person.birth, circumstances.as_of)

    def evaluation(self) -> ForwardEvaluation:
        self._assert_person()
        sessions = [rules.network.session() for rules in self._program.test_rules]
        try:
            for stratum in self._program.strata:
                self._select(stratum)
                self._fire(sessions)
                for finding in stratum.findings:
                    self._findings[finding.finding.id] = self._finding(finding)
        finally:
            for session in sessions:
                session.__exit__(None, None, None)
        return self._concluded()

    # --- strata ---

    def _assert_person(self) -> None:
        if self._age is not None:
            for probe in self._program.ages:
                self._waiting[probe.rule_set][number_fact(probe.number, Where.INSIDE, self._age)] = None
        for test in self._program.sexes:
            self._waiting[0][self._sex_fact(test)] = None

    def _sex_fact(self, test: RecordedSex) -> _durable.Fact:
        return SEX.template, (sex_mask(test.among), SEXES[self._chart.person.sex])

    def _select(self, stratum: Stratum) -> None:
        """Select and assert the candidates of the stratum; selectors whose concepts are not on record cost nothing."""
        for concept in self._view.by_concept:
            for number in stratum.observations.get(concept, ()):
                if number not in self._selections:
                    self._selections[number] = self._select_observations(number)
            for number in stratum.records.get(concept, ()):
                if number not in self._entries:
                    entries = self._program.records[number].select(self._view, self._findings)
                    self._entries[number] = entries
                    for entry in entries:
                        if entry.fact is not None:
                            self._waiting[0][entry.fact] = None

    def _select_observations(self, number: int) -> Selection:
        observations = self._program.observations[number]
        selection = select_observations(observations.selector, self._view, self._findings)
        without_windows = observations.selector.take is Take.LATEST
        for candidates, doubts in ((selection.chosen, False), (selection.doubts, True)):
            for candidate in candidates:
                place = Where.INSIDE if doubts and without_windows else candidate.place
                if candidate.value is None or place is Where.OUTSIDE:
                    continue
                candidate.facts = tuple(_candidate_fact(probe, place, candidate) for probe in observations.probes)
                for probe, fact in zip(observations.probes, candidate.facts, strict=True):
                    self._waiting[probe.rule_set][fact] = None
        return selection

    def _fire(self, sessions: Sequence[_durable.Session]) -> None:
        """Assert what waits in each rule set and keep how its rules marked it; nothing waits: nothing runs."""
        for number, waiting in enumerate(self._waiting):
            marked = self._marked[number]
            facts = [fact for fact in waiting if fact not in marked]
            if facts:
                marks = self._program.test_rules[number].marks
                for fact, fired in zip(facts, sessions[number].run(facts), strict=True):
                    truths: Marks = {}
                    for rule in fired:
                        subject, truth = marks[rule]
                        if truths.setdefault(subject, truth) is not truth:
                            raise EngineError("a candidate was marked both true and false of one test")
                    marked[fact] = truths, fired
                waiting.clear()

    def _mark(self, rule_set: int, fact: _durable.Fact, subject: int, test: int) -> Truth | None:
        """How a fact was marked; the rule that did is noted as proof of the test."""
        truths, fired = self._marked[rule_set][fact]
        truth = truths.get(subject)
        if truth is not None:
            rules = self._program.test_rules[rule_set]
            names = tuple(rules.network.rules[rule].name for rule in fired if rules.marks[rule][0] == subject)
            before = self._test_fired.get(test, ())
            self._test_fired[test] = before + tuple(name for name in names if name not in before)
        return truth

    # --- tests ---

    def _test(self, number: int) -> Outcome:
        known = self._tests.get(number)
        if known is None:
            known = self._tests[number] = self._fold_test(number)
        return known

    def _fold_test(self, number: int) -> Outcome:
        plan = self._program.tests[number]
        match plan:
            case AgeTest():
                return self._fold_age(plan, number)
            case SexTest():
                truth = self._mark(0, self._sex_fact(plan.test), 0, number)
                return self._sex_unknown() if truth is None else _plain(truth)
            case ObservationTest():
                outcome = self._fold_observation(plan, number)
                return self._despite_unreadable(outcome, plan.concepts, frozenset({Kind.OBSERVATION}))
            case ReadingsTest():
                outcome = _agreement([self._fold_observation(one, number) for one in plan.tests])
                return self._despite_unreadable(outcome, plan.concepts, frozenset({Kind.OBSERVATION}))
            case RecordTest():
                return self._despite_unreadable(self._fold_record(plan, number), plan.concepts, plan.kinds)

    def _fold_age(self, plan: AgeTest, number: int) -> Outcome:
        person = self._chart.person
        if "birthDate" in person.unusable:
            return unknown(Reason.UNUSABLE_DATA)
        if person.birth is None:
            return unknown(Reason.NO_DATA)
        if self._age is None:
            return unknown(Reason.UNUSABLE_DATA)
        fact = number_fact(plan.probe.number, Where.INSIDE, self._age)
        truth = self._mark(plan.probe.rule_set, fact, plan.subject, number)
        return unknown(Reason.IMPRECISE) if truth is None else _plain(truth)

    def _sex_unknown(self) -> Outcome:
        unusable = "gender" in self._chart.person.unusable
        return unknown(Reason.UNUSABLE_DATA if unusable else Reason.NO_DATA)

    def _fold_observation(self, plan: ObservationTest, number: int) -> Outcome:
        observations = self._program.observations[plan.observations]
        if observations.selector.after is not None:
            finding = self._findings[observations.selector.after]
            if finding.truth is not Truth.TRUE:
                return unknown_for(finding.reasons) if finding.reasons else unknown(Reason.NO_DATA)
        selection = self._selections.get(plan.observations)
        if selection is None:
            return unknown(Reason.NO_DATA)
        probe = observations.probes[plan.probe]

        def mark(candidate: Candidate) -> Truth | None:
            if not candidate.facts:
                return None
            return self._mark(probe.rule_set, candidate.facts[plan.probe], plan.subject, number)

        return fold_observations(selection, observations.selector.take, mark, plan.neither)

    def _fold_record(self, plan: RecordTest, number: int) -> Outcome:
        marked = [
            (entry, None if entry.fact is None else self._mark(0, entry.fact, 0, number))
            for entry in self._entries.get(plan.records, ())
        ]
        if marked:
            folded = fold_record(self._program.records[plan.records], marked, self._as_of)
            if folded is not None:
                return folded
        return plan.absence.decide(self._view, self._findings)

    def _despite_unreadable(self, outcome: Outcome, concepts: frozenset[str], kinds: frozenset[Kind]) -> Outcome:
        """A resource that bears on the test and could not be read leaves it unknown."""
        for resource in self._chart.unreadable:
            if (resource.kind is None or resource.kind in kinds) and (
                resource.concepts is None or resource.concepts & concepts
            ):
                return _changed(outcome, Truth.UNKNOWN, outcome.reasons | {Reason.UNUSABLE_DATA})
        return outcome

    # --- atoms ---

    def _atoms(self, plans: Iterable[AtomPlan], scope: str) -> dict[str, Outcome]:
        """The atoms of a criterion or finding after all their steps; the plans are in order."""
        outcomes: dict[str, Outcome] = {}
        for plan in plans:
            outcomes[plan.atom.id] = self._atom(plan, outcomes)
            if plan.test is not None and plan.test in self._test_fired:
                self._fired[f"{scope}.{plan.atom.id}"] = self._test_fired[plan.test]
        return outcomes

    def _atom(self, plan: AtomPlan, others: Mapping[str, Outcome]) -> Outcome:
        atom = plan.atom
        outcome = self._test(plan.test) if plan.test is not None else self._untested(plan, others)
        if plan.review is not None and outcome.truth is not Truth.UNKNOWN:
            outcome = self._reviewed(outcome, atom.review_when, plan.review, others)
        if self._chart.attestations:
            undated = isinstance(atom.test, Age | RecordedSex)
            outcome = self._attested.applied(plan.target, outcome, outcome.decided_by, undated)
        if atom.applies_to is not None:
            outcome = self._of_sex(outcome, atom.applies_to)
        if plan.when is not None and atom.when is not None:
            condition = self._value(plan.when, atom.when, others)
            outcome = _both(condition, outcome)
        return outcome

    def _untested(self, plan: AtomPlan, others: Mapping[str, Outcome]) -> Outcome:
        match plan.atom.test:
            case FindingHolds(finding):
                return self._findings[finding]
            case SameResource() as test:
                return self._same_resource(test, others[test.of])
            case Judgement():
                return unknown(Reason.JUDGEMENT)
            case Unresolved(reason):
                return unknown(reason)
            case _:
                raise EngineError(f"atom {plan.atom.id} was compiled without its test")

    def _same_resource(self, test: SameResource, of: Outcome) -> Outcome:
        facts = of.decided_by
        if not facts:
            return unknown_for(of.reasons or frozenset({Reason.NO_DATA}))
        codes = []
        for fact in facts:
            stated = fact.facet(test.facet)
            codes.append(2 if not stated else int(any(value in test.values for value in stated)))
        concluded = self._conclusions.conclude_all([(self._program.facet, (code,)) for code in codes])
        truths = {one.truth() for one in concluded}
        if {Truth.TRUE, Truth.FALSE} <= truths:
            truth, reasons = Truth.UNKNOWN, _CONFLICT.reasons
        elif Truth.UNKNOWN in truths:
            truth, reasons = Truth.UNKNOWN, frozenset({Reason.UNSPECIFIC})
        else:
            ((truth,), reasons) = truths, frozenset()
        return Outcome(truth, reasons, evidence=evidence_of(facts), decided_by=facts)

    def _reviewed(
        self, outcome: Outcome, cases: Sequence[ReviewWhen], review: Folded, others: Mapping[str, Outcome]
    ) -> Outcome:
        """A known atom with a condition that sends it to a person."""
        concluded = self._conclusions.conclude(*self._conclusions.about(review, others))
        reasons: frozenset[Reason] = frozenset()
        for number, case in enumerate(cases):
            truth = concluded.truth(str(number))
            if truth is Truth.TRUE:
                reasons |= {case.reason}
            elif truth is Truth.UNKNOWN:
                why = reasons_for(case.condition, others)
                if not (self._presumes and why <= ABSENT):
                    reasons |= why
        if not reasons:
            return outcome
        return _changed(outcome, Truth.UNKNOWN, reasons)

    def _of_sex(self, outcome: Outcome, wanted: Sex) -> Outcome:
        sex = self._chart.person.sex
        if sex is wanted:
            return outcome
        if sex is not Sex.UNKNOWN:
            if outcome.truth is Truth.TRUE:
                return _changed(outcome, Truth.UNKNOWN, _CONFLICT.reasons)
            return FALSE
        if outcome.truth is Truth.FALSE:
            return outcome
        return _changed(outcome, Truth.UNKNOWN, self._sex_unknown().reasons | outcome.reasons)

    def _value(self, folded: Folded, logic: object, outcomes: Mapping[str, Outcome]) -> Outcome:
        concluded = self._conclusions.conclude(*self._conclusions.about(folded, outcomes))
        truth = concluded.truth()
        if truth is Truth.UNKNOWN:
            return unknown_for(reasons_for(logic, outcomes))  # type: ignore[arg-type]
        return _plain(truth)

    # --- findings ---

    def _finding(self, plan: FindingPlan) -> Outcome:
        finding = plan.finding
        atoms = self._finding_atoms[finding.id] = self._atoms(plan.atoms, finding.id)
        concluded = self._conclusions.conclude(*self._conclusions.about(plan.logic, atoms))
        self._fired[finding.id] = concluded.fired
        truth = concluded.truth()
        reasons = self._finding_reasons(plan, atoms) if truth is Truth.UNKNOWN else frozenset()
        known = atoms
        if truth is not Truth.UNKNOWN:
            known = {name: outcome for name, outcome in atoms.items() if outcome.truth is not Truth.UNKNOWN}
        when = None
        if truth is Truth.TRUE and finding.date_from:
            known = {name: atoms[name] for name in finding.date_from if atoms[name].truth is Truth.TRUE}
            when = self._date(plan, known)
        facts = _facts(known.values())
        assumptions = tuple(dict.fromkeys(one for outcome in known.values() for one in outcome.assumptions))
        return Outcome(truth, reasons, evidence_of(facts), assumptions, decided_by=facts, when=when)

    def _finding_reasons(self, plan: FindingPlan, atoms: Mapping[str, Outcome]) -> frozenset[Reason]:
        finding = plan.finding
        for_, why = explained(finding.true_when, atoms)
        if finding.false_when is None:
            against, why_against = Truth.UNKNOWN, why
        else:
            against, why_against = explained(finding.false_when, atoms)
        if for_ is Truth.TRUE and against is Truth.TRUE:
            return _CONFLICT.reasons
        if for_ is Truth.TRUE or (against is Truth.TRUE and (for_ is Truth.FALSE or why <= ABSENT)):
            raise EngineError(f"finding {finding.id}: the rule engine left unknown what its atoms decide")
        if against is Truth.TRUE:
            return why
        reasons = why | why_against
        for suspicion in finding.suspicions:
            suspected, why_suspected = explained(suspicion.condition, atoms)
            if suspected is Truth.TRUE:
                reasons |= {suspicion.reason}
            elif not why_suspected <= ABSENT:
                reasons |= why_suspected
        return reasons or frozenset({Reason.NO_DATA})

    def _date(self, plan: FindingPlan, true: Mapping[str, Outcome]) -> DateInterval | None:
        """When a true finding was: the latest or first of its true atoms' facts, as far as their dates tell."""
        dates: list[DateInterval] = []
        for atom in plan.atoms:
            if atom.atom.id not in true:
                continue
            if isinstance(atom.atom.test, FindingHolds):
                of_finding = self._findings[atom.atom.test.finding].when
                if of_finding is None:
                    return None
                dates.append(of_finding)
                continue
            for fact in true[atom.atom.id].decided_by:
                if fact.when is not None:
                    dates.append(clip(fact.when, self._as_of))
                elif fact.recorded is not None:
                    recorded = clip(fact.recorded, self._as_of)
                    dates.append(DateInterval(None, recorded.last, None, recorded.end))
                else:
                    return None
        if not dates:
            return None
        firsts = [one.first for one in dates if one.first is not None]
        starts = [one.start for one in dates if one.start is not None]
        lasts = [one.last for one in dates if one.last is not None]
        ends = [one.end for one in dates if one.end is not None]
        whole = len(dates)
        if plan.finding.date_is == "latest":
            return DateInterval(
                max(firsts, default=None),
                max(lasts, default=None),
                max(starts, default=None),
                max(ends) if len(ends) == whole else None,
            )
        return DateInterval(
            min(firsts) if len(firsts) == whole else None,
            min(lasts, default=None),
            min(starts) if len(starts) == whole else None,
            min(ends, default=None),
        )

    # --- criteria, arms ---

    def _concluded(self) -> ForwardEvaluation:
        criteria = [plan for trial in self._program.trials for plan in trial.criteria]
        atoms = [self._atoms(plan.atoms, plan.target) for plan in criteria]
        facts = [self._conclusions.about(plan.logic, of) for plan, of in zip(criteria, atoms, strict=True)]
        results: dict[tuple[str, str], CriterionOutcome] = {}
        for plan, of, concluded in zip(criteria, atoms, self._conclusions.conclude_all(facts), strict=True):
            results[plan.trial, plan.criterion.id] = self._criterion(plan, of, concluded)
            self._fired[plan.target] = concluded.fired
        gates: dict[tuple[str, str], Outcome] = {}
        for trial in self._program.trials:
            for cohort, gate in trial.gates.items():
                gates[trial.trial.id, cohort] = self._atoms((gate,), f"{trial.trial.id} {cohort}")[gate.atom.id]
        arms = {trial.trial.id: self._arms(trial, results, gates) for trial in self._program.trials}
        return ForwardEvaluation(self._findings, results, gates, arms, self._finding_atoms, self._fired)

    def _criterion(self, plan: CriterionPlan, atoms: dict[str, Outcome], concluded: Concluded) -> CriterionOutcome:
        criterion = plan.criterion
        known = [atom for atom in plan.atoms if atoms[atom.atom.id].truth is not Truth.UNKNOWN]
        facts = _facts(atoms[atom.atom.id] for atom in known)
        readings: dict[str, Outcome] = {}
        for name, logic in criterion.readings:
            truth = concluded.truth(f"reading {name}")
            readings[name] = unknown_for(reasons_for(logic, atoms)) if truth is Truth.UNKNOWN else _plain(truth)
        if criterion.logic is not None:
            truth = concluded.truth()
            reasons = reasons_for(criterion.logic, atoms) if truth is Truth.UNKNOWN else frozenset()
        else:
            agreed = _agreement(list(readings.values()))
            truth, reasons = agreed.truth, agreed.reasons
        assumptions = tuple(dict.fromkeys(one for atom in atoms.values() for one in atom.assumptions))
        outcome = Outcome(truth, reasons, evidence_of(facts), assumptions, decided_by=facts)
        if self._chart.attestations:
            undated = any(isinstance(atom.atom.test, Age | RecordedSex) for atom in known)
            if outcome.truth is Truth.UNKNOWN:
                operands = (atoms[atom.atom.id] for atom in plan.atoms if atom.atom.operand)
                facts = _facts(operand for operand in operands if operand.truth is Truth.UNKNOWN)
            outcome = self._attested.applied(plan.target, outcome, facts, undated)
        return self._applied(criterion, outcome, atoms, readings)

    def _applied(
        self, criterion: Criterion, outcome: Outcome, atoms: dict[str, Outcome], readings: dict[str, Outcome]
    ) -> CriterionOutcome:
        """The criterion of a sentence that is about one sex."""
        sex, wanted = self._chart.person.sex, criterion.applies_to
        if wanted is None or sex is wanted:
            return CriterionOutcome(outcome, True, atoms, readings)
        exclusion = criterion.kind is CriterionKind.EXCLUSION
        passing = Truth.FALSE if exclusion else Truth.TRUE
        if sex is Sex.UNKNOWN:
            if outcome.truth is not passing:
                outcome = unknown_for(self._sex_unknown().reasons | outcome.reasons)
            return CriterionOutcome(outcome, True, atoms, readings)
        if exclusion and outcome.truth is Truth.TRUE:
            return CriterionOutcome(_CONFLICT, True, atoms, readings)
        return CriterionOutcome(_plain(passing), False, atoms, readings)

    def _arms(
        self,
        plan: TrialPlan,
        results: Mapping[tuple[str, str], CriterionOutcome],
        gates: Mapping[tuple[str, str], Outcome],
    ) -> tuple[ArmOutcome, ...]:
        trial = plan.trial
        arms = []
        for cohort in trial.cohorts:
            own = [criterion for criterion in trial.criteria if criterion.cohort in (cohort.id, "all")]
            gate = gates.get((trial.id, cohort.id), TRUE)
            for place, stage in enumerate(trial.stages):
                if stage == "screening" or any(criterion.stage == stage for criterion in trial.criteria):
                    reached = trial.stages[: place + 1]
                    outcomes = [
                        (criterion, results[trial.id, criterion.id].outcome)
                        for criterion in own
                        if criterion.stage in reached
                    ]
                    arms.append(self._arm(trial.id, cohort.id, stage, gate, outcomes))
        return tuple(arms)

    def _arm(
        self, trial: str, cohort: str, stage: str, gate: Outcome, outcomes: list[tuple[Criterion, Outcome]]
    ) -> ArmOutcome:
        person = self._chart.person
        deceased = person.deceased and (person.deceased_when is None or person.deceased_when.starts_by(self._as_of))
        failing = ["cohort"] if gate.truth is Truth.FALSE else []
        review: list[tuple[str, frozenset[Reason]]] = []
        if gate.truth is Truth.UNKNOWN:
            review.append(("cohort", gate.reasons))
        for criterion, outcome in outcomes:
            if outcome.truth is Truth.UNKNOWN:
                review.append((criterion.id, outcome.reasons))
            elif (outcome.truth is Truth.TRUE) is (criterion.kind is CriterionKind.EXCLUSION):
                failing.append(criterion.id)
        tally = (
            len(failing) - (gate.truth is Truth.FALSE),
            len(review) - (gate.truth is Truth.UNKNOWN),
            operand_value(gate.truth, gate.reasons),
            int(deceased),
            int(person.set_aside is not None),
        )
        concluded = self._conclusions.conclude(self._program.arm, tally)
        if len(concluded.truths) != 1:
            raise EngineError(f"{trial}, {cohort}, {stage}: the rule engine gave {len(concluded.truths)} verdicts")
        verdict = Verdict(next(iter(concluded.truths)))
        self._fired[f"{trial} {cohort} {stage}"] = concluded.fired
        if deceased:
            limiting: tuple[str, ...] = ("deceased",)
        elif verdict is Verdict.INELIGIBLE:
            limiting = tuple(failing)
        elif verdict is Verdict.NEEDS_REVIEW:
            limiting = tuple(name for name, _ in review) or ("patient",)
        else:
            limiting = ()
        if deceased:
            review = []
        registry = {Reason.REGISTRY_ERROR, Reason.TRUNCATED}
        judgement = frozenset({Reason.JUDGEMENT})
        return ArmOutcome(
            cohort=cohort,
            stage=stage,
            verdict=verdict,
            limiting=limiting,
            open_data=tuple(name for name, why in review if why != judgement and not why & registry),
            open_judgement=tuple(name for name, why in review if why == judgement),
            open_registry=tuple(name for name, why in review if why & registry),
        )


def _candidate_fact(probe: Probe, place: Where, candidate: Candidate) -> _durable.Fact:
    value = candidate.value
    if isinstance(value, NumberInterval):
        return number_fact(probe.number, place, value)
    if isinstance(value, Result) and probe.expected is not None:
        return result_fact(place, value, probe.expected)
    raise EngineError(f"{candidate.seen.fact.reference}: its value is not of the sort that its test compares")


def _plain(truth: Truth) -> Outcome:
    return TRUE if truth is Truth.TRUE else FALSE


def _facts(outcomes: Iterable[Outcome]) -> tuple[Fact, ...]:
    return tuple(dict.fromkeys(fact for outcome in outcomes for fact in outcome.decided_by))


def _both(condition: Outcome, outcome: Outcome) -> Outcome:
    """Kleene's `and` of an atom's condition and the atom."""
    if condition.truth is Truth.TRUE or outcome.truth is Truth.FALSE:
        return outcome
    if condition.truth is Truth.FALSE:
        return FALSE
    return _changed(outcome, Truth.UNKNOWN, condition.reasons | outcome.reasons)


def _changed(outcome: Outcome, truth: Truth, reasons: frozenset[Reason] = frozenset()) -> Outcome:
    """Another value, resting on the same facts."""
    return Outcome(truth, reasons, evidence=outcome.evidence, decided_by=outcome.decided_by)


def _agreement(outcomes: Sequence[Outcome]) -> Outcome:
    """The value on which all readings agree, else unknown, registry-error."""
    truths = {outcome.truth for outcome in outcomes}
    facts = _facts(outcomes)
    if truths in ({Truth.TRUE}, {Truth.FALSE}):
        return Outcome(next(iter(truths)), evidence=evidence_of(facts), decided_by=facts)
    reasons = union(outcome.reasons for outcome in outcomes) | {Reason.REGISTRY_ERROR}
    return Outcome(Truth.UNKNOWN, reasons, evidence=evidence_of(facts), decided_by=facts)
