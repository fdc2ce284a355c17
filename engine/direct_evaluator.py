"""One chart, evaluated directly: each criterion, with the atoms and findings that it needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import TypeVar, TypeVarTuple

from msgspec.structs import replace

from trialsieve.engine import direct_dates, direct_findings, direct_logic
from trialsieve.engine.direct_answers import (
    answers_agreed_with,
    attested,
    by_answers_alone,
    held_against_answers,
    still_attested,
)
from trialsieve.engine.direct_blank import Blank, BlankRecord
from trialsieve.engine.direct_changes import changing, days_of, doubted, negated, on
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_person import PersonView
from trialsieve.engine.direct_plans import AtomPlan, CriterionPlan, FindingPlan, Plans, Reads
from trialsieve.engine.direct_proof import agreed, resting
from trialsieve.engine.direct_steps import readable, reviewed
from trialsieve.engine.direct_tests import WAYS
from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.logic import Logic
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Effect, Kind, Role

_Answer = TypeVar("_Answer", CriterionOutcome, Outcome)
_Asked = TypeVarTuple("_Asked")


class Evaluator:
    """Evaluates one chart. With `silent`, what the record says nothing of is taken from what is kept."""

    def __init__(self, plans: Plans, view: View, person: PersonView, silent: BlankRecord | None) -> None:
        self.findings: dict[str, Outcome] = {}
        self.finding_atoms: dict[str, Mapping[str, Outcome]] = {}
        self._plans = plans
        self.view = view
        self.person = person
        self._silent = silent
        self._looked: dict[int, Outcome] = {}
        self._spoken_of = silent.spoken_of if silent is not None else plans.all
        self._apart = silent.apart if silent is not None else plans.all
        self._plain = silent.of_anybody.plain if silent is not None else {}
        self._attested = plans.attested_by(view.chart.attestations)
        self._targets = frozenset([item.target for item in view.chart.attestations])

    def criteria(self) -> dict[tuple[str, str], CriterionOutcome]:
        """Every criterion of the trials."""
        plans, silent = self._plans, self._silent
        if silent is None:
            return {plan.key: self._criterion(plan) for plan in plans.criteria}
        anybody, such = silent.of_anybody, silent.of_such
        criteria = {**anybody.criteria, **such.criteria}
        for plan, kept in chain(anybody.with_more, such.with_more):
            if plan.reads.number not in self._apart:
                criteria[plan.key] = self._taken(kept)
        for number in plans.numbers.difference(anybody.met, such.met, self._apart):
            plan = plans.by_number[number]
            found = self._blank(silent, plan.reads, Evaluator._criterion, plan)
            silent.table(plan.reads).meet(plan, found)
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
            anybody = Evaluator(self._plans, self.view, self.person.anybody, silent)
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
                self.findings[name] = self.person.named(outcome)
                self.finding_atoms[name] = self.person.named_atoms(blank.atoms[name])
        return self.person.named(blank.outcome)

    # --- what the record says ---------------------------------------------------------------------------------------

    def _finding(self, plan: FindingPlan) -> Outcome:
        outcomes = self._atoms(plan.atoms, None)
        of = outcomes.__getitem__
        self.finding_atoms[plan.finding.id] = outcomes
        unread = direct_dates.unread(plan, of, self.view) if self.view.chart.unreadable else ()
        outcome = direct_findings.concluded(plan, of, unread)
        if days := days_of(outcomes.values()):
            outcome = changing(
                outcome, days, lambda day: direct_findings.concluded(plan, lambda name: on(day, of(name)), unread)
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
            outcome, applies = self.person.applies(criterion, criterion.applies_to, outcome)
        if outcome is concluded and logic is not None and effect(criterion.kind, outcome.truth) is not Effect.PASS:
            days = days_of([outcomes[name] for name in plan.operands])
            if days and not (target is not None and self._is_held_against(criterion, target)):
                outcome = _changed(criterion, logic, outcome, of, days)
                if outcome.changes_on is not None and not self._passes_on(outcome.changes_on, plan):
                    outcome = replace(outcome, changes_on=None, changes_to=None)
        return CriterionOutcome(outcome, applies, outcomes, readings)

    def _passes_on(self, day: date, plan: CriterionPlan) -> bool:
        """Whether a criterion passes on a later day by all that time does: results of today may be too old by then."""
        view, chart = self.view, self.view.chart
        then = View(view.sought, chart, dataclasses.replace(view.circumstances, as_of=day))
        outcome = Evaluator(self._plans, then, PersonView(chart.person, day), None)._criterion(plan).outcome
        return effect(plan.criterion.kind, outcome.truth) is Effect.PASS

    def _attested_criterion(
        self, plan: CriterionPlan, target: str, outcome: Outcome, atoms: Mapping[str, Outcome], names: Sequence[str]
    ) -> Outcome:
        newest = self.view.attestations(target)
        if not newest:
            return outcome
        if outcome.truth is UNKNOWN:
            upon = [atoms[name] for name in plan.operands if atoms[name].truth is UNKNOWN]
        else:
            upon = [each for each in atoms.values() if each.truth is not UNKNOWN]
        personal = any(atom.is_personal and atoms[atom.id].truth is not UNKNOWN for atom in plan.atoms)
        facts = [fact for each in upon for fact in (*each.decided_by, *each.doubts)]
        if outcome.truth is not UNKNOWN and not facts and (answers := answers_agreed_with(target, atoms, self.view)):
            alone = by_answers_alone(plan, answers, atoms)
            return held_against_answers(newest, outcome, answers, names, alone=alone, personal=personal)
        return attested(target, outcome, facts, self.view, personal=personal)

    def _atoms(self, plans: Sequence[AtomPlan], target: str | None) -> dict[str, Outcome]:
        """What becomes of each atom, each after those that it reads."""
        looked, plain, apart, spoken_of = self._looked, self._plain, self._apart, self._spoken_of
        outcomes: dict[str, Outcome] = {}
        of = outcomes.__getitem__
        for plan in plans:
            number = plan.number  # equal atoms of all criteria and findings share what the record says of them
            outcome = looked.get(number)
            if outcome is None and number not in apart:
                outcome = plain.get(number)
            if outcome is None and number in spoken_of:
                outcome = looked[number] = self._look(plan, of)
            elif outcome is None:
                outcome = self._looked_at(plan, of)
            asked = None
            if target is not None and (own := f"{target}.{plan.id}") in self._targets:
                asked = own
            stays = plan.only_reviews and outcome.truth is UNKNOWN and outcome.changes_on is None  # open as it is
            if (plan.has_steps and not stays) or asked is not None:
                outcome = self._stepped(plan, outcome, of, asked)
            outcomes[plan.id] = outcome
        return outcomes

    def _looked_at(self, plan: AtomPlan, sibling: AtomOutcome) -> Outcome:
        """What the record says of an atom where it may say nothing."""
        reads, silent = plan.reads, self._silent
        if reads is None or silent is None:
            return self._look(plan, sibling)
        outcome = self._taken(self._blank(silent, reads, Evaluator._look, plan, sibling))
        self._looked[reads.number] = outcome
        return outcome

    def _look(self, plan: AtomPlan, sibling: AtomOutcome) -> Outcome:
        """What the record says of an atom."""
        test = plan.atom.test
        outcome = WAYS[type(test)](plan, test, self, sibling)
        if plan.atom.absent:
            outcome = negated(outcome)
        if self.view.chart.unreadable and plan.tests and self.view.may_be_unread(plan.looked_at):
            outcome = readable(plan, outcome, self.view)
        if self._targets and plan.findings and (outcome.truth is UNKNOWN or outcome.changes_to is not None):
            return doubted(outcome, self._since(plan))
        return outcome

    def _since(self, plan: AtomPlan) -> list[Fact]:
        """The true findings that an atom names, each as one fact of its date, of which there is no resource."""
        dated = [(self.view.book.findings[name].title, self.finding(name).when) for name in plan.findings]
        return [Fact(Kind.CONDITION, "", "", Role.SUPPORTING, f"“{title}”", when=when) for title, when in dated if when]

    def _is_held_against(self, criterion: Criterion, target: str) -> bool:
        """Whether a person says of a criterion what does not pass."""
        answers = {TRUE if item.answer else FALSE for item in self.view.attestations(target)}
        return any(effect(criterion.kind, answer) is not Effect.PASS for answer in answers)

    def _stepped(self, plan: AtomPlan, outcome: Outcome, sibling: AtomOutcome, asked: str | None) -> Outcome:
        """What reviews, an attestation, the sex that it applies to and its `when` make of an atom, now and later."""
        now = self._steps(plan, outcome, sibling, asked, None)
        days = days_of([outcome, *map(sibling, plan.beside)])
        if asked is not None and (lapses := self.view.lapses(asked)):
            days = sorted({*days, *lapses})
        if not days:
            return now
        return changing(now, days, lambda day: self._steps(plan, outcome, sibling, asked, day))

    def _steps(
        self, plan: AtomPlan, outcome: Outcome, sibling: AtomOutcome, asked: str | None, day: date | None
    ) -> Outcome:
        view, reviews, of = self.view, plan.reviews, sibling
        if day is not None:
            outcome, of = on(day, outcome), lambda name: on(day, sibling(name))
        if reviews is not None and outcome.truth is not UNKNOWN:
            outcome = reviewed(reviews, outcome, sibling, view)
            if day is not None and outcome.truth is not UNKNOWN:  # today's doubt stays
                outcome = reviewed(reviews, outcome, of, view)
        facts = (*outcome.decided_by, *outcome.doubts)
        if asked is not None and day is None:
            outcome = attested(asked, outcome, facts, view, personal=plan.is_personal)
        elif asked is not None and day is not None:
            outcome = still_attested(day, asked, outcome, facts, view, personal=plan.is_personal)
        if plan.atom.applies_to is not None:
            outcome = self.person.applied(plan.atom.applies_to, outcome)
        return outcome if plan.atom.when is None else _gated(plan.atom.when, outcome, of)


def _gated(when: Logic, outcome: Outcome, sibling: AtomOutcome) -> Outcome:
    """`all(when, outcome)`."""
    gate = direct_logic.value(when, sibling)
    if gate[0] is TRUE:
        return outcome
    if gate[0] is FALSE and outcome.truth is not FALSE:  # it is false for its `when`
        deciding = direct_logic.deciding(when, sibling)
        return replace(resting(*gate, [sibling(name) for name in deciding]), decided_by=(), doubts=())
    truth, reasons = direct_logic.both(gate, outcome)
    return resting(truth, reasons, [outcome])


def _changed(criterion: Criterion, logic: Logic, now: Outcome, atom: AtomOutcome, days: Sequence[date]) -> Outcome:
    """The outcome of a criterion that does not pass, with the first day on which it does.

    One that passes does not change: a result may be too old before any window has passed.
    """
    return changing(
        now,
        days,
        lambda day: direct_logic.evaluate(logic, lambda name: on(day, atom(name))),
        lambda then: effect(criterion.kind, then.truth) is Effect.PASS,
    )
