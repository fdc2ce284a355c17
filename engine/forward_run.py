"""One evaluation by forward chaining: stratum by stratum to the findings, then criteria, gates and arms."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Self

from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.forward_arms import Counts, arm_outcome, arms_of, counts, is_deceased
from trialsieve.engine.forward_atoms import AtomSteps
from trialsieve.engine.forward_attestation import Attested, Beneath
from trialsieve.engine.forward_findings import finding_date
from trialsieve.engine.forward_fold import doubts_of, facts_of, known, unknown, unknown_for
from trialsieve.engine.forward_logic import Conclusions
from trialsieve.engine.forward_memory import RememberedTests, WorkingMemory, sex_unknown
from trialsieve.engine.forward_settled import Settlements
from trialsieve.engine.forward_silent import Spoken
from trialsieve.engine.forward_view import Moment
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Outcome
from trialsieve.engine.program import AtomPlan, CriterionPlan, FindingPlan, Program
from trialsieve.rules.kept import Kept
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, CriterionKind, Reason, Sex

_CONFLICT = unknown(Reason.CONFLICTING_DATA)
_OPEN = unknown(Reason.NO_DATA)
_FAILING = {kind: TRUE if kind is CriterionKind.EXCLUSION else FALSE for kind in CriterionKind}


class Remembered:
    """What the rules of one program said before; each table is bounded, and names nobody."""

    def __init__(self, program: Program, remember: int) -> None:
        self.tests = RememberedTests(program, remember)
        self.conclusions = Conclusions(program.logic_rules, remember)
        self.settlements = Settlements(self.conclusions, remember)
        self.arms: Kept[Hashable, tuple[ArmOutcome, ...]] = Kept(remember)
        findings = [plan.finding.id for stratum in program.strata for plan in stratum.findings]
        self.everything = Spoken(frozenset(), frozenset(findings), frozenset(range(len(program.criteria))))


class Run:
    """The evaluation of one chart: `memory`, `findings` with their atoms, `criteria`, `gates` and `arms`."""

    def __init__(self, program: Program, remembered: Remembered, chart: Chart, circumstances: Circumstances) -> None:
        self._program = program
        self._remembered = remembered
        self._chart = chart
        self._as_of = circumstances.as_of
        self.findings: dict[str, Outcome] = {}
        self.finding_atoms: dict[str, Mapping[str, Outcome]] = {}
        self.criteria: dict[tuple[str, str], CriterionOutcome] = {}
        self.gates: dict[tuple[str, str], Outcome] = {}
        self.arms: dict[str, tuple[ArmOutcome, ...]] = {}
        self.memory = WorkingMemory(program, remembered.tests, chart, Moment.of(circumstances), self.findings)
        self._attested = Attested(chart, circumstances.as_of)
        self._steps = AtomSteps(
            self.memory,
            self.findings,
            self._attested,
            remembered.conclusions,
            remembered.settlements,
            program.facet,
        )
        self._spoken = remembered.everything
        self._before: Run | None = None  # what is not spoken of, or is as before, is known from there
        self._counted: list[Counts] = [Counts.DATA] * len(program.criteria)  # the criteria, in their order

    def take_over(self, before: Self, spoken: Spoken) -> None:
        """What was concluded of a record that holds less: this one speaks of so much more; before it is evaluated."""
        self._before, self._spoken = before, spoken
        self.findings.update(before.findings)
        self.finding_atoms.update(before.finding_atoms)
        self.criteria.update(before.criteria)
        self.gates.update(before.gates)
        self._counted = before._counted.copy()
        self.memory.outcomes.update(before.memory.outcomes)
        for number in spoken.tests:
            self.memory.outcomes.pop(number, None)

    def evaluate(self) -> None:
        self.memory.assert_person()
        for stratum in self._program.strata:
            self.memory.select(stratum)
            self.memory.fire()
            for plan in stratum.findings:
                if plan.finding.id in self._spoken.findings and not self._are_as_before(plan.atoms):
                    self.findings[plan.finding.id] = self._finding(plan)
        self._conclude_criteria()
        for trial in self._program.trials:
            for cohort, gate in trial.gates.items():
                if not self._are_as_before((gate,)):
                    self.gates[trial.trial.id, cohort] = self._steps.outcomes((gate,))[gate.id]
        self._conclude_arms()

    def _are_as_before(self, plans: Iterable[AtomPlan]) -> bool:
        """Whether all that these atoms look at says what it said before, so that the same follows from it."""
        if self._before is None or self._attested.targets:
            return False
        tests, findings = self._before.memory.outcomes, self._before.findings
        known = self.memory.outcomes
        for plan in plans:
            if plan.test is not None:
                if plan.names_another:
                    return False
                outcome, before = known.get(plan.test) or self.memory.outcome(plan.test, {}), tests[plan.test]
                if outcome is not before and outcome != before:
                    return False
            elif plan.finding is not None and self.findings[plan.finding] != findings[plan.finding]:
                return False
        return True

    # --- findings ---

    def _finding(self, plan: FindingPlan) -> Outcome:
        finding = plan.finding
        atoms = self.finding_atoms[finding.id] = self._steps.outcomes(plan.atoms)
        bare = self._remembered.settlements.finding(plan, atoms)
        resting = [outcome for outcome in atoms.values() if outcome.decided_by or outcome.doubts]
        if not resting:
            return bare
        if bare.truth is not UNKNOWN:
            resting = [outcome for outcome in resting if outcome.truth is not UNKNOWN]
        when = None
        if bare.truth is TRUE and finding.date_from:
            dating = {name: atoms[name] for name in finding.date_from}
            unread = self._unread(plan, dating) if self._chart.unreadable else ()
            when = finding_date(finding, dating, self.findings, self._as_of, unread)
        return Outcome(bare.truth, bare.reasons, decided_by=facts_of(resting), when=when, doubts=doubts_of(resting))

    def _unread(self, plan: FindingPlan, dating: Mapping[str, Outcome]) -> list[Fact]:
        """What may date a finding beside what its atoms rest on, if only it could be read."""
        named = [atom for atom in plan.atoms if atom.id in dating and dating[atom.id].truth is not FALSE]
        return [fact for atom in named if atom.test is not None for fact in self.memory.may_be(atom.test)]

    # --- criteria ---

    def _conclude_criteria(self) -> None:
        plans = self._program.criteria
        numbers = [n for n in sorted(self._spoken.criteria) if not self._are_as_before(plans[n].atoms)]
        asked = [(plans[number], self._steps.outcomes(plans[number].atoms)) for number in numbers]
        settled = self._remembered.settlements.criteria(asked)
        for number, (plan, atoms), one in zip(numbers, asked, settled, strict=True):
            concluded = self.criteria[plan.name] = self._criterion(plan, atoms, one)
            outcome = concluded.outcome
            self._counted[number] = counts(outcome.truth, outcome.reasons, _FAILING[plan.criterion.kind])

    def _criterion(self, plan: CriterionPlan, atoms: dict[str, Outcome], bare: CriterionOutcome) -> CriterionOutcome:
        """A criterion of which the rules have concluded that much, with the facts that it rests on."""
        resting = [outcome for outcome in atoms.values() if outcome.decided_by or outcome.doubts]
        criterion, attested = plan.criterion, plan.target in self._attested.targets
        if not (resting or attested or criterion.applies_to is not None):
            return bare
        outcome = bare.outcome
        facts = facts_of(one for one in resting if one.truth is not UNKNOWN)
        if facts:
            outcome = Outcome(outcome.truth, outcome.reasons, decided_by=facts)
        if attested:
            settled = [atom for atom in plan.atoms if atoms[atom.id].truth is not UNKNOWN]
            if outcome.truth is UNKNOWN:
                operands = [atoms[atom.id] for atom in plan.atoms if atom.atom.operand]
                waiting = [operand for operand in operands if operand.truth is UNKNOWN]
                facts = facts_of(waiting) + doubts_of(waiting)
            undated = any(atom.personal for atom in settled)
            beneath = self._beneath(plan, atoms, outcome)
            outcome = self._attested.applied(plan.target, outcome, facts, undated, beneath)
        return self._applied(criterion, outcome, atoms, bare.readings)

    def _beneath(self, plan: CriterionPlan, atoms: Mapping[str, Outcome], outcome: Outcome) -> Beneath | None:
        """What persons answered of the atoms of a criterion, if anything."""
        answers = self._attested.agreeing(plan.atoms, atoms)
        if not answers:
            return None

        def decide() -> bool:
            heard = {atom.id for atom in plan.atoms if atom.personal or atom.id in answers}
            alone = {name: atoms[name] if name in heard else _OPEN for name in atoms}
            return self._remembered.settlements.criteria([(plan, alone)])[0].outcome.truth is outcome.truth

        return Beneath([one for each in answers.values() for one in each], decide)

    def _applied(
        self, criterion: Criterion, outcome: Outcome, atoms: dict[str, Outcome], readings: Mapping[str, Outcome]
    ) -> CriterionOutcome:
        """The criterion of a sentence that is about one sex."""
        sex, wanted = self._chart.person.sex, criterion.applies_to
        if wanted is None or sex is wanted:
            return CriterionOutcome(outcome, True, atoms, readings)
        exclusion = criterion.kind is CriterionKind.EXCLUSION
        passing = FALSE if exclusion else TRUE
        if sex is Sex.UNKNOWN:
            if outcome.truth is not passing:
                outcome = unknown_for(sex_unknown(self._chart).reasons | outcome.reasons)
            return CriterionOutcome(outcome, True, atoms, readings)
        if exclusion and outcome.truth is TRUE:
            return CriterionOutcome(_CONFLICT, True, atoms, readings)
        if Reason.UNUSABLE_DATA in outcome.reasons:
            return CriterionOutcome(outcome, True, atoms, readings)
        return CriterionOutcome(known(passing), False, atoms, readings)

    # --- arms ---

    def _conclude_arms(self) -> None:
        """The arms of each trial: from its criteria and gates, or known from others that counted the same."""
        person, last = self._chart.person, 0
        deceased, set_aside = is_deceased(person, self._as_of), person.set_aside is not None
        for trial in self._program.trials:
            name = trial.trial.id
            gates: dict[str, Counts] = {}
            for cohort in trial.gates:
                gate = self.gates[name, cohort]
                gates[cohort] = counts(gate.truth, gate.reasons, FALSE)
            first, last = last, last + len(trial.criteria)
            criteria = self._counted[first:last]
            key = (name, deceased, set_aside, *gates.values(), *criteria)
            outcomes = self._remembered.arms.get(key)
            if outcomes is None:
                arms = arms_of(trial, criteria, gates, deceased=deceased, set_aside=set_aside)
                concluded = self._remembered.conclusions.conclude_all([(self._program.arm, arm.tally) for arm in arms])
                outcomes = tuple(map(arm_outcome, arms, concluded))
                self._remembered.arms.keep(key, outcomes)
            self.arms[name] = outcomes
