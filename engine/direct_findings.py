"""What the atoms of a finding make of it in the direct evaluator (docs/semantics.md, section 4)."""

from __future__ import annotations

from msgspec.structs import replace

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_dates import finding_date
from trialsieve.engine.direct_plans import FindingPlan
from trialsieve.engine.direct_proof import on_facts_of, resting
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.vocabulary import ABSENT, FALSE, TRUE, UNKNOWN, Reason


def concluded(plan: FindingPlan, atom: direct_logic.AtomOutcome) -> Outcome:
    """A finding by the outcomes of its atoms."""
    finding = plan.finding
    true, open_true = direct_logic.value(finding.true_when, atom)
    false, open_false = direct_logic.value(plan.false_when, atom)
    outcomes = [atom(name) for name in plan.operands]
    if true is TRUE and false is TRUE:
        return resting(UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), outcomes)
    if true is TRUE or (false is TRUE and open_true <= ABSENT):
        settled = [each for each in outcomes if each.truth is not UNKNOWN]
        deciding = [each for each in map(atom, plan.deciding) if each.truth is not UNKNOWN]
        if true is not TRUE:
            return on_facts_of(settled, resting(FALSE, NO_REASONS, deciding))
        supporting = [each for each in deciding if each.truth is TRUE]
        when = finding_date(finding, plan.atom_by_id, atom)
        outcome = on_facts_of(settled, resting(TRUE, NO_REASONS, supporting or deciding, when=when))
        if finding.assumes:
            outcome = replace(outcome, assumptions=(*outcome.assumptions, finding.assumes))
        return outcome
    if false is TRUE:
        return resting(UNKNOWN, open_true, outcomes)
    reasons = open_true | open_false if open_true <= ABSENT else open_true
    notes = []
    for case in finding.suspicions:
        truth, doubts = direct_logic.value(case.condition, atom)
        if truth is TRUE:
            reasons |= {case.reason}
            notes.append(case.says)
        elif not doubts <= ABSENT:
            reasons |= doubts
    return resting(UNKNOWN, reasons or frozenset({Reason.NO_DATA}), outcomes, notes=tuple(notes))
