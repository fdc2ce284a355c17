"""One chart, evaluated directly: each criterion, with the atoms and findings that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, TypeVarTuple

from msgspec.structs import replace

from trialsieve.engine import direct_findings, direct_logic, direct_recorded, direct_results
from trialsieve.engine.direct_blank import Blank, BlankRecord
from trialsieve.engine.direct_changes import combined, negated
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_person import PersonView
from trialsieve.engine.direct_plans import AtomPlan, CriterionPlan, FindingPlan, Plans, Reads
from trialsieve.engine.direct_proof import agreed, dated_since, resting, same_resource
from trialsieve.engine.direct_steps import attested, readable, reviewed
from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.model import (
    Age,
    Criterion,
    DatedSince,
    FindingHolds,
    Judgement,
    Logic,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    SameResource,
    Unresolved,
)
from trialsieve.rules.vocabulary import Effect, Reason, Truth

_Answer = TypeVar("_Answer", CriterionOutcome, Outcome)
_Asked = TypeVarTuple("_Asked")


class Evaluator:
    """Evaluates one chart. With `silent`, what the record says nothing of is taken from what is kept."""

    def __init__(self, plans: Plans, view: View, person: PersonView, silent: BlankRecord | None) -> None:
        self.findings: dict[str, Outcome] = {}
        self.finding_atoms: dict[str, Mapping[str, Outcome]] = {}
        self._plans = plans
        self._view = view
        self._person = person
        self._silent = silent
        self._looked: dict[int, Outcome] = {}
        self._apart = silent.spoken_of | silent.counted if silent is not None else frozenset()
        self._plain = silent.of_anybody.plain if silent is not None else {}
        self._attested = plans.attested_by(view.chart.attestations)

    def criteria(self) -> dict[tuple[str, str], CriterionOutcome]:
        """Every criterion of the trials."""
        plans, silent = self._plans, self._silent
        if silent is None:
            return {plan.key: self._criterion(plan) for plan in plans.criteria}
        blank = silent.of_such
        criteria = blank.criteria.copy()
        for plan, kept in blank.with_more:
            if plan.reads.number not in self._apart:
                criteria[plan.key] = self._taken(kept)
        for number in plans.numbers - blank.met - self._apart:
            plan = plans.by_number[number]
            found = self._blank(silent, plan.reads, Evaluator._criterion, plan)
            blank.meet(plan, found)
            criteria[plan.key] = self._taken(found)
        for number in plans.numbers & self._apart:
            plan = plans.by_number[number]
            criteria[plan.key] = self._unless_blank(plan.reads, Evaluator._criterion, plan)
        return criteria

    def gates(self) -> dict[tuple[str, str], Outcome]:
        """The gate of each cohort that has one."""
        return {name: self._atom(plan, self.findings.__getitem__, None) for name, plan in self._plans.gates.items()}

    def finding(self, name: str) -> Outcome:
        """A shared finding."""
        known = self.findings.get(name)
        if known is None:
            plan = self._plans.finding(name)
            known = self._unless_blank(plan.reads, Evaluator._finding, plan)
        return known

    # --- where the record says nothing ------------------------------------------------------------------------------

    def _unless_blank(
        self, reads: Reads, work_out: Callable[[Evaluator, *_Asked], _Answer], *asked: *_Asked
    ) -> _Answer:
        if self._silent is None or reads.number in self._silent.spoken_of:
            return work_out(self, *asked)
        return self._taken(self._blank(self._silent, reads, work_out, *asked))

    def _blank(
        self, silent: BlankRecord, reads: Reads, work_out: Callable[[Evaluator, *_Asked], _Answer], *asked: *_Asked
    ) -> Blank[_Answer]:
        """What was worked out of anybody."""
        known: Blank[_Answer] | None = silent.get(reads)
        if known is None:
            anybody = Evaluator(self._plans, self._view, self._person.anybody, silent)
            known = Blank(work_out(anybody, *asked), anybody.findings, anybody.finding_atoms)
            silent.keep(reads, known)
        return known

    def _taken(self, blank: Blank[_Answer]) -> _Answer:
        """What was worked out of anybody, said of this person, with the findings that it reached."""
        if not blank.is_personal:
            if blank.findings:
                self.findings.update(blank.findings)
                self.finding_atoms.update(blank.atoms)
            return blank.outcome
        for name, outcome in blank.findings.items():
            if name not in self.findings:
                self.findings[name] = self._person.named(outcome)
                self.finding_atoms[name] = self._person.named_atoms(blank.atoms[name])
        return self._person.named(blank.outcome)

    # --- what the record says ---------------------------------------------------------------------------------------

    def _finding(self, plan: FindingPlan) -> Outcome:
        outcomes: dict[str, Outcome] = {}
        of = outcomes.__getitem__
        for atom in plan.atoms:
            outcomes[atom.id] = self._atom(atom, of, None)
        self.finding_atoms[plan.finding.id] = outcomes
        outcome = self.findings[plan.finding.id] = combined(
            direct_findings.concluded(plan, of),
            outcomes.values(),
            lambda then: direct_findings.concluded(plan, lambda atom: then(of(atom))),
        )
        return outcome

    def _criterion(self, plan: CriterionPlan) -> CriterionOutcome:
        criterion, logic = plan.criterion, plan.criterion.logic
        target = plan.target if plan.reads.number in self._attested else None
        outcomes: dict[str, Outcome] = {}
        of = outcomes.__getitem__
        for atom in plan.atoms:
            outcomes[atom.id] = self._atom(atom, of, target)
        readings = {name: direct_logic.evaluate(reading, of) for name, reading in criterion.readings}
        operands = [outcomes[name] for name in plan.operands]
        if logic is not None:
            truth, reasons, names = direct_logic.decided(logic, of)
            outcome = resting(truth, reasons, [outcomes[name] for name in dict.fromkeys(names)])
        else:
            on_hold = agreed(list(readings.values()))
            outcome = resting(on_hold.truth, on_hold.reasons, operands)
        concluded = outcome
        if target is not None:
            outcome = self._attested_criterion(plan, target, outcome, outcomes)
        applies = True
        if criterion.applies_to is not None:
            outcome, applies = self._person.applies(criterion, criterion.applies_to, outcome)
        if outcome is concluded and logic is not None:
            outcome = _changing(criterion, logic, outcome, of, operands)
        return CriterionOutcome(outcome, applies, outcomes, readings)

    def _attested_criterion(
        self, plan: CriterionPlan, target: str, outcome: Outcome, atoms: Mapping[str, Outcome]
    ) -> Outcome:
        if outcome.truth is Truth.UNKNOWN:
            upon = [atoms[name] for name in plan.operands if atoms[name].truth is Truth.UNKNOWN]
        else:
            upon = [each for each in atoms.values() if each.truth is not Truth.UNKNOWN]
        personal = any(atom.is_personal and atoms[atom.id].truth is not Truth.UNKNOWN for atom in plan.atoms)
        facts = [fact for each in upon for fact in each.decided_by]
        return attested(target, outcome, facts, self._view, personal=personal)

    def _atom(self, plan: AtomPlan, sibling: AtomOutcome, target: str | None) -> Outcome:
        reads = plan.reads
        if reads is None:
            outcome = self._look(plan, sibling)
        else:  # equal atoms of all criteria and findings share what the record says of them
            known = self._looked.get(reads.number)
            if known is None and reads.number not in self._apart:
                known = self._plain.get(reads.number)
            if known is None:
                known = self._looked[reads.number] = self._unless_blank(reads, Evaluator._look, plan, sibling)
            outcome = known
        return outcome if target is None and not plan.has_steps else self._stepped(plan, outcome, sibling, target)

    def _look(self, plan: AtomPlan, sibling: AtomOutcome) -> Outcome:
        """What the record says of an atom."""
        outcome = self._test(plan, sibling)
        if plan.atom.absent:
            outcome = negated(outcome)
        if plan.tests and self._view.chart.unreadable:
            outcome = readable(plan, outcome, self._view)
        return outcome

    def _test(self, plan: AtomPlan, sibling: AtomOutcome) -> Outcome:
        test = plan.atom.test
        if isinstance(test, Recorded):
            return direct_recorded.evaluate(plan.atom, test, self._view, self.finding, sibling)
        if isinstance(test, (Measurement, QualitativeResult)):
            return direct_results.evaluate(test, self._view, self.finding, sibling)
        if isinstance(test, FindingHolds):
            return self.finding(test.finding)
        if isinstance(test, Age):
            return self._person.age(test)
        if isinstance(test, RecordedSex):
            return self._person.recorded_sex(test)
        if isinstance(test, SameResource):
            return same_resource(test, sibling(test.of))
        if isinstance(test, DatedSince):
            return dated_since(test, sibling(test.of), self._view.circumstances)
        if isinstance(test, Readings):
            return agreed(
                [direct_results.evaluate(reading, self._view, self.finding, sibling) for _, reading in test.tests]
            )
        if isinstance(test, Judgement):
            return Outcome(Truth.UNKNOWN, frozenset({Reason.JUDGEMENT}))
        assert isinstance(test, Unresolved)
        return Outcome(Truth.UNKNOWN, frozenset({test.reason}))

    def _stepped(self, plan: AtomPlan, outcome: Outcome, sibling: AtomOutcome, target: str | None) -> Outcome:
        """What reviews, an attestation, the sex that it applies to and its `when` make of an atom."""
        atom = plan.atom
        if atom.review_when and outcome.truth is not Truth.UNKNOWN:
            outcome = reviewed(atom.review_when, outcome, sibling, self._view.circumstances)
        if target is not None:
            facts = outcome.decided_by
            outcome = attested(f"{target}.{atom.id}", outcome, facts, self._view, personal=plan.is_personal)
        if atom.applies_to is not None:
            outcome = self._person.applied(atom.applies_to, outcome)
        return outcome if atom.when is None else _gated(atom.when, outcome, sibling)


def _gated(when: Logic, outcome: Outcome, sibling: AtomOutcome) -> Outcome:
    """`all(when, outcome)`."""
    gate = direct_logic.evaluate(when, sibling)
    both = direct_logic.at_least(2, [gate, outcome])
    gated = resting(both.truth, both.reasons, [outcome])
    if gate.truth is Truth.FALSE and outcome.truth is not Truth.FALSE:  # it is false for its `when`
        deciding = direct_logic.deciding(when, sibling)
        shown = resting(both.truth, both.reasons, [sibling(name) for name in deciding])
        gated = replace(shown, decided_by=())
    return combined(gated, [outcome], lambda then: direct_logic.at_least(2, [gate, then(outcome)]))


def _changing(
    criterion: Criterion, logic: Logic, now: Outcome, atom: AtomOutcome, operands: Sequence[Outcome]
) -> Outcome:
    """The outcome of a criterion that does not pass, with the first day on which it does."""
    changing = [each for each in operands if each.changes_on is not None]
    if not changing or effect(criterion.kind, now.truth) is Effect.PASS:
        return now  # a result may be too old before any window has passed
    return combined(
        now,
        changing,
        lambda then: direct_logic.evaluate(logic, lambda name: then(atom(name))),
        lambda then: effect(criterion.kind, then.truth) is Effect.PASS,
    )
