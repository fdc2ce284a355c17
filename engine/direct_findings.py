"""What the atoms of a finding make of it in the direct evaluator (docs/semantics.md, section 4)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_dates import finding_date, undecided
from trialsieve.engine.direct_plans import FindingPlan, Told
from trialsieve.engine.direct_proof import on_facts_of, resting
from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.vocabulary import ABSENT, FALSE, TRUE, UNKNOWN, Reason


def concluded(plan: FindingPlan, atom: direct_logic.AtomOutcome, unread: Sequence[Fact]) -> Outcome:
    """A finding by the outcomes of its atoms; what was `unread` may be what dates it."""
    key = direct_logic.pattern(map(atom, plan.atom_by_id))
    told = plan.told.get(key)
    if told is None:
        told = _told(plan, atom)
        plan.told.keep(key, told)
    upon = [atom(name) for name in told.upon]
    if told.truth is UNKNOWN:
        outcome = resting(UNKNOWN, told.reasons, upon, notes=told.notes)
        every = [atom(name) for name in plan.atom_by_id]  # of which some are no operands
        if doubts := {id(fact): fact for each in every for fact in each.doubts}:
            outcome = replace(outcome, doubts=tuple(doubts.values()))
        return on_facts_of(every, outcome)
    settled = [atom(name) for name in told.settled]
    if told.truth is FALSE:
        return on_facts_of(settled, resting(FALSE, NO_REASONS, upon))
    finding = plan.finding
    when = finding_date(finding, plan.atom_by_id, atom, unread)
    outcome = on_facts_of(settled, resting(TRUE, NO_REASONS, upon, when=when))
    perhaps = (*undecided(finding, atom, outcome.decided_by), *unread)
    if perhaps or outcome.perhaps:
        outcome = replace(outcome, perhaps=perhaps)
    if finding.assumes:
        outcome = replace(outcome, assumptions=(*outcome.assumptions, finding.assumes))
    return outcome


def _told(plan: FindingPlan, atom: direct_logic.AtomOutcome) -> Told:
    """What follows from the values of the atoms alone."""
    finding = plan.finding
    true, open_true = direct_logic.value(finding.true_when, atom)
    false, open_false = direct_logic.value(plan.false_when, atom)
    if true is TRUE and false is TRUE:
        return Told(UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), plan.operands)
    if true is TRUE or (false is TRUE and open_true <= ABSENT):
        settled = tuple([name for name in plan.operands if atom(name).truth is not UNKNOWN])
        deciding = tuple([name for name in plan.deciding if atom(name).truth is not UNKNOWN])
        if true is not TRUE:
            return Told(FALSE, NO_REASONS, deciding, settled)
        upon = direct_logic.deciding(finding.true_when, atom)  # an antigen, and not the negative test of another virus
        supporting = tuple([name for name in deciding if name in upon and atom(name).truth is TRUE])
        return Told(TRUE, NO_REASONS, supporting or deciding, settled)
    if false is TRUE:
        return Told(UNKNOWN, open_true, plan.operands)
    reasons = open_true | open_false if open_true <= ABSENT else open_true
    notes = []
    for case in finding.suspicions:
        truth, doubts = direct_logic.value(case.condition, atom)
        if truth is TRUE:
            reasons |= {case.reason}
            notes.append(case.says)
        elif not doubts <= ABSENT:
            reasons |= doubts
    return Told(UNKNOWN, reasons or frozenset({Reason.NO_DATA}), plan.operands, notes=tuple(notes))
