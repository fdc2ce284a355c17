"""What follows from atoms: concluded by the rules, or known from atoms before that said the same.

Atoms say the same where their truths and reasons are equal, whatever facts they rest on. So what is kept rests on no
facts and names nobody. These tables are by the atoms of a criterion; those of `forward_logic` are by what its rules
are told of them, which is less, and so they answer where these do not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from trialsieve.engine.forward_findings import finding_reasons
from trialsieve.engine.forward_fold import agreement, known, unknown_for
from trialsieve.engine.forward_logic import Concluded, Conclusions, reasons_for
from trialsieve.engine.outcome import NO_REASONS, CriterionOutcome, Outcome
from trialsieve.engine.program import CriterionPlan, FindingPlan, Folded
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic import Logic, ReviewWhen
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import TRUE, UNKNOWN, Reason, Truth

Atoms = Mapping[str, Outcome]


def says(outcomes: Iterable[Outcome]) -> tuple[Hashable, ...]:
    """What outcomes say: of an unknown one its reasons, which no other has."""
    return tuple([outcome.reasons or outcome.truth for outcome in outcomes])


class Settlements:
    """Concludes criteria, findings and the conditions of atoms; each table keeps the newest `remember`."""

    def __init__(self, conclusions: Conclusions, remember: int) -> None:
        self._conclusions = conclusions
        self._criteria: Kept[Hashable, CriterionOutcome] = Kept(remember)
        self._findings: Kept[Hashable, Outcome] = Kept(remember)
        self._conditions: Kept[Hashable, Outcome] = Kept(remember)
        self._reviews: Kept[Hashable, frozenset[Reason]] = Kept(remember)

    def criteria(self, asked: Sequence[tuple[CriterionPlan, Atoms]]) -> list[CriterionOutcome]:
        """Criteria, before what a person or the sex makes of them; those not known yet are concluded in one batch."""
        keys = [(plan.target, says(atoms.values())) for plan, atoms in asked]
        settled = [self._criteria.get(key) for key in keys]
        missing = [place for place, one in enumerate(settled) if one is None]
        facts = [self._conclusions.about(plan.logic, atoms) for plan, atoms in (asked[place] for place in missing)]
        for place, concluded in zip(missing, self._conclusions.conclude_all(facts), strict=True):
            plan, atoms = asked[place]
            one = settled[place] = _criterion(plan.criterion, atoms, concluded)
            self._criteria.keep(keys[place], one)
        return [one for one in settled if one is not None]

    def finding(self, plan: FindingPlan, atoms: Atoms) -> Outcome:
        """A finding, undated."""
        key = plan.finding.id, says(atoms.values())
        outcome = self._findings.get(key)
        if outcome is None:
            concluded = self._conclusions.conclude(*self._conclusions.about(plan.logic, atoms))
            truth = concluded.truth()
            outcome = unknown_for(finding_reasons(plan.finding, atoms)) if truth is UNKNOWN else known(truth)
            self._findings.keep(key, outcome)
        return outcome

    def condition(self, folded: Folded, logic: Logic, atoms: Atoms) -> Outcome:
        """An expression over atoms."""
        key = folded.number, says([atoms[name] for name in folded.atoms])
        outcome = self._conditions.get(key)
        if outcome is None:
            concluded = self._conclusions.conclude(*self._conclusions.about(folded, atoms))
            outcome = _answer(logic, concluded.truth(), atoms)
            self._conditions.keep(key, outcome)
        return outcome

    def review(
        self, folded: Folded, cases: Sequence[ReviewWhen], atoms: Atoms, silence: frozenset[Reason]
    ) -> frozenset[Reason]:
        """Why conditions send an atom to a person; no reasons if none does. `silence`: those that send none there."""
        key = folded.number, silence, says([atoms[name] for name in folded.atoms])
        reasons = self._reviews.get(key)
        if reasons is None:
            reasons = NO_REASONS
            concluded = self._conclusions.conclude(*self._conclusions.about(folded, atoms))
            for number, case in enumerate(cases):
                truth = concluded.truth(str(number))
                if truth is TRUE:
                    reasons |= {case.reason}
                elif truth is UNKNOWN:
                    why = reasons_for(case.condition, atoms)
                    if not why <= silence:
                        reasons |= why
            self._reviews.keep(key, reasons)
        return reasons


def _answer(logic: Logic, truth: Truth, atoms: Atoms) -> Outcome:
    return unknown_for(reasons_for(logic, atoms)) if truth is UNKNOWN else known(truth)


def _criterion(criterion: Criterion, atoms: Atoms, concluded: Concluded) -> CriterionOutcome:
    readings = {name: _answer(logic, concluded.truth(f"reading {name}"), atoms) for name, logic in criterion.readings}
    if criterion.logic is not None:
        outcome = _answer(criterion.logic, concluded.truth(), atoms)
    else:
        outcome = agreement(list(readings.values()))
    bare = {name: unknown_for(atom.reasons) if atom.reasons else known(atom.truth) for name, atom in atoms.items()}
    return CriterionOutcome(outcome, True, bare, readings)
