"""What the atoms of a finding make of it in the direct evaluator (docs/semantics.md, section 4)."""

from __future__ import annotations

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_dates import finding_date
from trialsieve.engine.direct_plans import FindingPlan
from trialsieve.engine.direct_proof import on_facts_of, resting
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.model import Not
from trialsieve.rules.vocabulary import ABSENT, Reason, Truth


def concluded(plan: FindingPlan, atom: direct_logic.AtomOutcome) -> Outcome:
    """A finding by the outcomes of its atoms."""
    finding = plan.finding
    true, open_true = direct_logic.value(finding.true_when, atom)
    false, open_false = direct_logic.value(finding.false_when or Not(finding.true_when), atom)
    outcomes = [atom(name) for name in plan.operands]
    if true is Truth.TRUE and false is Truth.TRUE:
        return resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), outcomes)
    if true is Truth.TRUE or (false is Truth.TRUE and open_true <= ABSENT):
        settled = [each for each in outcomes if each.truth is not Truth.UNKNOWN]
        deciding = [each for each in map(atom, plan.deciding) if each.truth is not Truth.UNKNOWN]
        if true is not Truth.TRUE:
            return on_facts_of(settled, resting(Truth.FALSE, NO_REASONS, deciding))
        supporting = [each for each in deciding if each.truth is Truth.TRUE]
        when = finding_date(finding, {each.id: each.atom for each in plan.atoms}, atom)
        return on_facts_of(settled, resting(Truth.TRUE, NO_REASONS, supporting or deciding, when=when))
    if false is Truth.TRUE:
        return resting(Truth.UNKNOWN, open_true, outcomes)
    reasons = open_true | open_false if open_true <= ABSENT else open_true
    notes = []
    for case in finding.suspicions:
        truth, doubts = direct_logic.value(case.condition, atom)
        if truth is Truth.TRUE:
            reasons |= {case.reason}
            notes.append(case.says)
        elif not doubts <= ABSENT:
            reasons |= doubts
    return resting(Truth.UNKNOWN, reasons or frozenset({Reason.NO_DATA}), outcomes, notes=tuple(notes))
