"""The forward-chaining evaluator: facts, findings, criteria and arms concluded stratum by stratum by durable_rules.

docs/semantics.md says what is concluded. In each stratum the candidates of every selector are asserted and marked by
rules, the stratum is closed, tests are folded, and the findings that are now complete are concluded; the next stratum
may look from a finding's date. Criteria and arms come last. A fault of the rule engine is an EngineError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from trialsieve.engine._durable import Fact, Session
from trialsieve.engine.compile import compile_program
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward_arms import arm_outcome, arms_of
from trialsieve.engine.forward_attestation import Attested
from trialsieve.engine.forward_findings import finding_date, finding_reasons
from trialsieve.engine.forward_fold import (
    FALSE,
    agreement,
    both,
    changed,
    facts_of,
    known,
    opposite,
    unknown,
    unknown_for,
)
from trialsieve.engine.forward_logic import Concluded, Conclusions, reasons_for
from trialsieve.engine.forward_memory import Marks, WorkingMemory, sex_unknown
from trialsieve.engine.forward_resources import resources_say
from trialsieve.engine.forward_silent import Silence
from trialsieve.engine.forward_view import Moment
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.program import AtomPlan, CriterionPlan, FindingPlan, Folded, Program
from trialsieve.rules.errors import EngineError
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import (
    Age,
    Criterion,
    DatedSince,
    FindingHolds,
    Judgement,
    Logic,
    RecordedSex,
    ReviewWhen,
    RuleBook,
    SameResource,
    Trial,
    Unresolved,
)
from trialsieve.rules.vocabulary import ABSENT, CriterionKind, Reason, Sex, Truth

_CONFLICT = unknown(Reason.CONFLICTING_DATA)


@dataclass(frozen=True, slots=True)
class ForwardEvaluation(Evaluation):
    """An evaluation with its proof: by criterion, finding, gate or arm, the rules that fired for it and its atoms."""

    proof: Mapping[str, dict[str, Iterable[str]]] = field(default_factory=dict)

    @property
    def fired(self) -> dict[str, tuple[str, ...]]:
        """The names of the rules that fired, for each atom, finding, criterion and arm.

        Keys are `TRIAL#CRITERION.ATOM`, `FINDING.ATOM`, `FINDING`, `TRIAL#CRITERION`, `TRIAL COHORT STAGE`.
        """
        return {name: tuple(rules) for part in self.proof.values() for name, rules in part.items()}


def compile_rules(book: RuleBook, trials: Sequence[str], *, remember: int = 4096) -> ForwardEngine:
    """Compile these trials once per process; `remember` bounds the tables of what the rules said before (0: none).

    Raises EngineLimitError where the rules would exceed a measured limit of durable_rules.
    """
    return ForwardEngine(compile_program(book, trials), remember)


class ForwardEngine:
    """Compiled rules, for any number of charts and threads."""

    def __init__(self, program: Program, remember: int) -> None:
        self._program = program
        self._conclusions = Conclusions(program.logic_rules, remember)
        self._marks: list[Kept[Fact, Marks]] = [Kept(remember) for _ in program.test_rules]
        self._silence = Silence(program, self._run) if remember else None

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> ForwardEvaluation:
        """Screen one chart for every compiled trial; raises EngineError if the rule engine fails."""
        empty = None if self._silence is None else self._silence.of_empty(chart, circumstances)
        return self._run(chart, circumstances, empty)

    def _run(
        self, chart: Chart, circumstances: Circumstances, empty: ForwardEvaluation | None = None
    ) -> ForwardEvaluation:
        with ExitStack() as stack:
            sessions = [stack.enter_context(rules.network.session()) for rules in self._program.test_rules]
            run = _Run(self._program, sessions, self._marks, self._conclusions, chart, circumstances)
            if empty is not None and self._silence is not None:
                run.take_over(empty, self._silence)
            return run.evaluation()


class _Run:
    """One evaluation."""

    def __init__(
        self,
        program: Program,
        sessions: Sequence[Session],
        marks: Sequence[Kept[Fact, Marks]],
        conclusions: Conclusions,
        chart: Chart,
        circumstances: Circumstances,
    ) -> None:
        self._program = program
        self._conclusions = conclusions
        self._chart = chart
        self._moment = Moment.of(circumstances)
        self._as_of = circumstances.as_of
        self._attested = Attested(chart.attestations, circumstances.as_of)
        self._findings: dict[str, Outcome] = {}
        self._finding_atoms: dict[str, Mapping[str, Outcome]] = {}
        self._results: dict[tuple[str, str], CriterionOutcome] = {}
        self._proof: dict[str, dict[str, Iterable[str]]] = {}
        self._memory = WorkingMemory(program, sessions, marks, chart, self._moment, self._findings)

    def evaluation(self) -> ForwardEvaluation:
        self._memory.assert_person()
        for stratum in self._program.strata:
            self._memory.select(stratum)
            self._memory.fire()
            for plan in stratum.findings:
                if plan.finding.id not in self._findings:
                    self._findings[plan.finding.id] = self._finding(plan)
        return self._concluded()

    def take_over(self, empty: ForwardEvaluation, silence: Silence[ForwardEvaluation]) -> None:
        """Of what the record does not speak of, what was concluded of an empty one."""
        self._findings.update(empty.findings)
        self._finding_atoms.update(empty.finding_atoms)
        self._results.update(empty.criteria)
        self._proof.update(empty.proof)
        for name in silence.spoken_of(self._chart, self._memory.concepts):
            if isinstance(name, str):
                del self._findings[name], self._finding_atoms[name], self._proof[name]
            else:
                del self._results[name], self._proof["#".join(name)]

    # --- atoms ---

    def _atoms(self, plans: Iterable[AtomPlan], scope: str) -> dict[str, Outcome]:
        """The atoms of a criterion or finding after all their steps; the plans are in order."""
        outcomes: dict[str, Outcome] = {}
        proof = self._proof[scope] = {}
        for plan in plans:
            outcomes[plan.atom.id] = self._atom(plan, outcomes)
            if plan.test is not None and (fired := self._memory.fired(plan.test)):
                proof[f"{scope}.{plan.atom.id}"] = fired
        return outcomes

    def _atom(self, plan: AtomPlan, others: Mapping[str, Outcome]) -> Outcome:
        atom = plan.atom
        outcome = self._memory.outcome(plan.test, others) if plan.test is not None else self._untested(plan, others)
        if atom.absent:  # what could not be read left it unknown, and does so here
            outcome = opposite(outcome)
        if plan.review is not None and outcome.truth is not Truth.UNKNOWN:
            outcome = self._reviewed(outcome, atom.review_when, plan.review, others)
        if self._chart.attestations:
            undated = isinstance(atom.test, Age | RecordedSex)
            outcome = self._attested.applied(plan.target, outcome, outcome.decided_by, undated)
        if atom.applies_to is not None:
            outcome = self._of_sex(outcome, atom.applies_to)
        if plan.when is not None and atom.when is not None:
            condition = self._value(plan.when, atom.when, others)
            outcome = both(condition, outcome)
        return outcome

    def _untested(self, plan: AtomPlan, others: Mapping[str, Outcome]) -> Outcome:
        match plan.atom.test:
            case FindingHolds(finding):
                return self._findings[finding]
            case SameResource() | DatedSince() as test:
                return resources_say(test, others, self._moment, self._conclusions, self._program.facet)
            case Judgement():
                return unknown(Reason.JUDGEMENT)
            case Unresolved(reason):
                return unknown(reason)
            case _:
                raise EngineError(f"atom {plan.atom.id} was compiled without its test")

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
                if not (self._moment.presumes and why <= ABSENT):
                    reasons |= why
        if not reasons:
            return outcome
        return changed(outcome, Truth.UNKNOWN, reasons)

    def _of_sex(self, outcome: Outcome, wanted: Sex) -> Outcome:
        sex = self._chart.person.sex
        if sex is wanted:
            return outcome
        if sex is not Sex.UNKNOWN:
            if outcome.truth is Truth.TRUE:
                return changed(outcome, Truth.UNKNOWN, _CONFLICT.reasons)
            return outcome if Reason.UNUSABLE_DATA in outcome.reasons else FALSE
        if outcome.truth is Truth.FALSE:
            return outcome
        return changed(outcome, Truth.UNKNOWN, sex_unknown(self._chart).reasons | outcome.reasons)

    def _value(self, folded: Folded, logic: Logic, outcomes: Mapping[str, Outcome]) -> Outcome:
        concluded = self._conclusions.conclude(*self._conclusions.about(folded, outcomes))
        truth = concluded.truth()
        if truth is Truth.UNKNOWN:
            return unknown_for(reasons_for(logic, outcomes))
        return known(truth)

    # --- findings ---

    def _finding(self, plan: FindingPlan) -> Outcome:
        finding = plan.finding
        atoms = self._finding_atoms[finding.id] = self._atoms(plan.atoms, finding.id)
        concluded = self._conclusions.conclude(*self._conclusions.about(plan.logic, atoms))
        self._proof[finding.id][finding.id] = concluded.fired
        truth = concluded.truth()
        reasons = finding_reasons(finding, atoms) if truth is Truth.UNKNOWN else frozenset()
        resting, when = atoms, None
        if truth is not Truth.UNKNOWN:
            resting = {name: outcome for name, outcome in atoms.items() if outcome.truth is not Truth.UNKNOWN}
        if truth is Truth.TRUE and finding.date_from:
            dating = {name: atoms[name] for name in finding.date_from if atoms[name].truth is Truth.TRUE}
            when = finding_date(finding, dating, self._findings, self._as_of)
        return Outcome(truth, reasons, decided_by=facts_of(resting.values()), when=when)

    # --- criteria, arms ---

    def _concluded(self) -> ForwardEvaluation:
        criteria = [
            plan
            for trial in self._program.trials
            for plan in trial.criteria
            if (plan.trial, plan.criterion.id) not in self._results
        ]
        atoms = [self._atoms(plan.atoms, plan.target) for plan in criteria]
        facts = [self._conclusions.about(plan.logic, of) for plan, of in zip(criteria, atoms, strict=True)]
        results = self._results
        for plan, of, concluded in zip(criteria, atoms, self._conclusions.conclude_all(facts), strict=True):
            results[plan.trial, plan.criterion.id] = self._criterion(plan, of, concluded)
            self._proof[plan.target][plan.target] = concluded.fired
        gates: dict[tuple[str, str], Outcome] = {}
        for trial in self._program.trials:
            for cohort, gate in trial.gates.items():
                gates[trial.trial.id, cohort] = self._atoms((gate,), f"{trial.trial.id} {cohort}")[gate.atom.id]
        arms = {trial.trial.id: self._arms(trial.trial, results, gates) for trial in self._program.trials}
        return ForwardEvaluation(self._findings, results, gates, arms, self._finding_atoms, self._proof)

    def _criterion(self, plan: CriterionPlan, atoms: dict[str, Outcome], concluded: Concluded) -> CriterionOutcome:
        criterion = plan.criterion
        settled = [atom for atom in plan.atoms if atoms[atom.atom.id].truth is not Truth.UNKNOWN]
        facts = facts_of([atoms[atom.atom.id] for atom in settled])
        readings: dict[str, Outcome] = {}
        for name, logic in criterion.readings:
            truth = concluded.truth(f"reading {name}")
            readings[name] = unknown_for(reasons_for(logic, atoms)) if truth is Truth.UNKNOWN else known(truth)
        if criterion.logic is not None:
            truth = concluded.truth()
            reasons = reasons_for(criterion.logic, atoms) if truth is Truth.UNKNOWN else frozenset()
        else:
            agreed = agreement(list(readings.values()))
            truth, reasons = agreed.truth, agreed.reasons
        outcome = Outcome(truth, reasons, decided_by=facts)
        if self._chart.attestations:
            undated = any(isinstance(atom.atom.test, Age | RecordedSex) for atom in settled)
            if outcome.truth is Truth.UNKNOWN:
                operands = (atoms[atom.atom.id] for atom in plan.atoms if atom.atom.operand)
                facts = facts_of(operand for operand in operands if operand.truth is Truth.UNKNOWN)
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
                outcome = unknown_for(sex_unknown(self._chart).reasons | outcome.reasons)
            return CriterionOutcome(outcome, True, atoms, readings)
        if exclusion and outcome.truth is Truth.TRUE:
            return CriterionOutcome(_CONFLICT, True, atoms, readings)
        if Reason.UNUSABLE_DATA in outcome.reasons:
            return CriterionOutcome(outcome, True, atoms, readings)
        return CriterionOutcome(known(passing), False, atoms, readings)

    def _arms(
        self,
        trial: Trial,
        results: Mapping[tuple[str, str], CriterionOutcome],
        gates: Mapping[tuple[str, str], Outcome],
    ) -> tuple[ArmOutcome, ...]:
        outcomes = []
        for arm in arms_of(trial, results, gates):
            concluded = self._conclusions.conclude(self._program.arm, arm.tally(self._chart.person, self._as_of))
            self._proof[f"arm {arm.name}"] = {arm.name: concluded.fired}
            outcomes.append(arm_outcome(arm, concluded, self._chart.person, self._as_of))
        return tuple(outcomes)
