"""One chart, evaluated directly: each criterion, with the atoms and findings that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar, TypeVarTuple

from msgspec.structs import replace

from trialsieve.engine import direct_findings, direct_logic, direct_recorded, direct_results
from trialsieve.engine.direct_answers import (
    answers_agreed_with,
    attested,
    by_answers_alone,
    held_against_answers,
    still_attested,
)
from trialsieve.engine.direct_blank import Blank, BlankRecord
from trialsieve.engine.direct_changes import changing, days_of, negated, on
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_person import PersonView
from trialsieve.engine.direct_plans import AtomPlan, CriterionPlan, FindingPlan, Plans, Reads
from trialsieve.engine.direct_proof import agreed, dated_since, readings, resting, same_resource
from trialsieve.engine.direct_steps import readable, reviewed
from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.atom import (
    Age,
    DatedSince,
    FindingHolds,
    Judgement,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    SameResource,
    Unresolved,
)
from trialsieve.rules.logic import Logic
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Effect, Reason

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
        self._targets = frozenset([item.target for item in view.chart.attestations])

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
            if number in silent.spoken_of:
                criteria[plan.key] = self._criterion(plan)
            else:
                criteria[plan.key] = self._taken(self._blank(silent, plan.reads, Evaluator._criterion, plan))
        return criteria

    def gates(self) -> dict[tuple[str, str], Outcome]:
        """The gate of each cohort that has one."""
        return {name: self._atoms([plan], None)[plan.id] for name, plan in self._plans.gates.items()}

    def finding(self, name: str) -> Outcome:
        """A shared finding."""
        known = self.findings.get(name)
        if known is None:
            plan, silent = self._plans.finding(name), self._silent
            if silent is None or plan.reads.number in silent.spoken_of:
                known = self._finding(plan)
            else:
                known = self._taken(self._blank(silent, plan.reads, Evaluator._finding, plan))
        return known

    # --- where the record says nothing ------------------------------------------------------------------------------

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
        outcomes = self._atoms(plan.atoms, None)
        of = outcomes.__getitem__
        self.finding_atoms[plan.finding.id] = outcomes
        outcome = direct_findings.concluded(plan, of)
        if days := days_of(outcomes.values()):
            outcome = changing(
                outcome, days, lambda day: direct_findings.concluded(plan, lambda name: on(day, of(name)))
            )
        self.findings[plan.finding.id] = outcome
        return outcome

    def _criterion(self, plan: CriterionPlan) -> CriterionOutcome:
        criterion, logic = plan.criterion, plan.criterion.logic
        target = plan.target if plan.reads.number in self._attested else None
        outcomes = self._atoms(plan.atoms, target)
        of = outcomes.__getitem__
        readings: dict[str, Outcome] = {}
        if criterion.readings:
            readings = {name: direct_logic.evaluate(reading, of) for name, reading in criterion.readings}
        upon: Sequence[str]
        if plan.decisions is not None:
            truth, reasons, upon = plan.decisions.decided(of)
            outcome = resting(truth, reasons, [outcomes[name] for name in upon])
        else:
            on_hold, upon = agreed(list(readings.values())), plan.operands
            outcome = resting(on_hold.truth, on_hold.reasons, [outcomes[name] for name in upon])
        concluded = outcome
        if target is not None:
            outcome = self._attested_criterion(plan, target, outcome, outcomes, upon)
            if outcome.truth is concluded.truth and outcome.truth is not UNKNOWN:  # it stays, whatever is told of it
                concluded = outcome
        applies = True
        if criterion.applies_to is not None:
            outcome, applies = self._person.applies(criterion, criterion.applies_to, outcome)
        if outcome is concluded and logic is not None:
            days = days_of([outcomes[name] for name in plan.operands])
            if days and not (target is not None and self._is_held_against(criterion, target)):
                outcome = _changed(criterion, logic, outcome, of, days)
        return CriterionOutcome(outcome, applies, outcomes, readings)

    def _attested_criterion(
        self, plan: CriterionPlan, target: str, outcome: Outcome, atoms: Mapping[str, Outcome], names: Sequence[str]
    ) -> Outcome:
        newest = self._view.attestations(target)
        if not newest:
            return outcome
        if outcome.truth is UNKNOWN:
            upon = [atoms[name] for name in plan.operands if atoms[name].truth is UNKNOWN]
        else:
            upon = [each for each in atoms.values() if each.truth is not UNKNOWN]
        personal = any(atom.is_personal and atoms[atom.id].truth is not UNKNOWN for atom in plan.atoms)
        facts = [fact for each in upon for fact in each.decided_by]
        if outcome.truth is not UNKNOWN and not facts and (answers := answers_agreed_with(target, atoms, self._view)):
            alone = by_answers_alone(plan, answers, atoms)
            return held_against_answers(newest, outcome, answers, names, alone=alone, personal=personal)
        return attested(target, outcome, facts, self._view, personal=personal)

    def _atoms(self, plans: Sequence[AtomPlan], target: str | None) -> dict[str, Outcome]:
        """What becomes of each atom, each after those that it reads."""
        looked, plain, apart = self._looked, self._plain, self._apart
        outcomes: dict[str, Outcome] = {}
        of = outcomes.__getitem__
        for plan in plans:
            number = plan.number  # equal atoms of all criteria and findings share what the record says of them
            outcome = looked.get(number)
            if outcome is None and number not in apart:
                outcome = plain.get(number)
            if outcome is None:
                outcome = self._looked_at(plan, of)
            asked = None
            if target is not None and (own := f"{target}.{plan.id}") in self._targets:
                asked = own
            if plan.has_steps or asked is not None:
                outcome = self._stepped(plan, outcome, of, asked)
            outcomes[plan.id] = outcome
        return outcomes

    def _looked_at(self, plan: AtomPlan, sibling: AtomOutcome) -> Outcome:
        reads, silent = plan.reads, self._silent
        if reads is None:
            return self._look(plan, sibling)
        if silent is None or reads.number in silent.spoken_of:
            outcome = self._look(plan, sibling)
        else:
            outcome = self._taken(self._blank(silent, reads, Evaluator._look, plan, sibling))
        self._looked[reads.number] = outcome
        return outcome

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
            return direct_results.evaluate(test, plan.selectors[0], self._view, self.finding, sibling)
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
            evaluate, view, finding = direct_results.evaluate, self._view, self.finding
            each = zip(test.tests, plan.selectors, strict=True)
            return readings(
                test, [evaluate(reading, selector, view, finding, sibling) for (_, reading), selector in each]
            )
        if isinstance(test, Judgement):
            return Outcome(UNKNOWN, frozenset({Reason.JUDGEMENT}))
        assert isinstance(test, Unresolved)
        return Outcome(UNKNOWN, frozenset({test.reason}))

    def _is_held_against(self, criterion: Criterion, target: str) -> bool:
        """Whether a person says of a criterion what does not pass."""
        answers = {TRUE if item.answer else FALSE for item in self._view.attestations(target)}
        return any(effect(criterion.kind, answer) is not Effect.PASS for answer in answers)

    def _stepped(self, plan: AtomPlan, outcome: Outcome, sibling: AtomOutcome, asked: str | None) -> Outcome:
        """What reviews, an attestation, the sex that it applies to and its `when` make of an atom, now and later."""
        now = self._steps(plan, outcome, sibling, asked, None)
        days = days_of([outcome, *map(sibling, plan.beside)])
        if asked is not None and (lapses := self._view.lapses(asked)):
            days = sorted({*days, *lapses})
        if not days:
            return now
        return changing(now, days, lambda day: self._steps(plan, outcome, sibling, asked, day))

    def _steps(
        self, plan: AtomPlan, outcome: Outcome, sibling: AtomOutcome, asked: str | None, day: date | None
    ) -> Outcome:
        atom, view, of = plan.atom, self._view, sibling
        if day is not None:
            outcome, of = on(day, outcome), lambda name: on(day, sibling(name))
        if plan.reviews is not None and outcome.truth is not UNKNOWN:
            outcome = reviewed(plan.reviews, outcome, sibling, view.circumstances)
        if plan.reviews is not None and outcome.truth is not UNKNOWN and day is not None:  # today's doubt stays
            outcome = reviewed(plan.reviews, outcome, of, view.circumstances)
        if asked is not None and day is None:
            outcome = attested(asked, outcome, outcome.decided_by, view, personal=plan.is_personal)
        elif asked is not None and day is not None:
            outcome = still_attested(day, asked, outcome, outcome.decided_by, view, personal=plan.is_personal)
        if atom.applies_to is not None:
            outcome = self._person.applied(atom.applies_to, outcome)
        return outcome if atom.when is None else _gated(atom.when, outcome, of)


def _gated(when: Logic, outcome: Outcome, sibling: AtomOutcome) -> Outcome:
    """`all(when, outcome)`."""
    gate = direct_logic.value(when, sibling)
    truth, reasons = direct_logic.both(gate, outcome)
    if gate[0] is FALSE and outcome.truth is not FALSE:  # it is false for its `when`
        deciding = direct_logic.deciding(when, sibling)
        return replace(resting(truth, reasons, [sibling(name) for name in deciding]), decided_by=())
    return resting(truth, reasons, [outcome])


def _changed(criterion: Criterion, logic: Logic, now: Outcome, atom: AtomOutcome, days: Sequence[date]) -> Outcome:
    """The outcome of a criterion that does not pass, with the first day on which it does."""
    if effect(criterion.kind, now.truth) is Effect.PASS:
        return now  # a result may be too old before any window has passed
    return changing(
        now,
        days,
        lambda day: direct_logic.evaluate(logic, lambda name: on(day, atom(name))),
        lambda then: effect(criterion.kind, then.truth) is Effect.PASS,
    )
