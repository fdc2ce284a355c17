"""What becomes of a test's outcome in the direct evaluator (docs/semantics.md, 3.2 and 3.3)."""

from __future__ import annotations

from msgspec.structs import replace

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_plans import AtomPlan
from trialsieve.engine.direct_proof import resting
from trialsieve.engine.direct_reviews import Reviews
from trialsieve.engine.direct_timing import may_be_of_its_time
from trialsieve.engine.facts import Unreadable
from trialsieve.engine.outcome import Outcome, Unread
from trialsieve.rules.atom import Recorded
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Reason


def readable(plan: AtomPlan, outcome: Outcome, view: View) -> Outcome:
    """What resources that could not be read make of an outcome."""
    holds = outcome.truth is (FALSE if plan.atom.absent else TRUE)
    problems: list[Unreadable] = []
    for test in plan.tests:
        if isinstance(test, Recorded):
            some = view.unreadable(test.concepts, observations=False, holds=holds)
            problems += [item for item in some if may_be_of_its_time(item, test, view)]
        else:
            problems += view.unreadable(test.concepts, observations=True)
    if not problems:
        return outcome
    reasons = outcome.reasons | {Reason.UNUSABLE_DATA}
    if any(item.is_gap for item in problems):  # nobody knows that there is no data
        reasons = reasons - {Reason.NO_DATA} | {Reason.NOT_RETRIEVED}
    unread = [Unread(item.reference, item.problem) for item in problems if not item.is_gap]  # a caution tells gaps
    if not outcome.decided_by:  # nothing is presumed any more
        outcome = replace(outcome, assumptions=())
    opened = resting(UNKNOWN, reasons, [outcome], unread=tuple(dict.fromkeys(unread)))
    return replace(opened, noted=outcome.noted) if outcome.noted else opened


def reviewed(reviews: Reviews, outcome: Outcome, atom: direct_logic.AtomOutcome, view: View) -> Outcome:
    """What data decided, and goes to a person in some cases."""
    opening = reviews.opening(atom, view.silence)
    if not (opening.reasons or opening.beside):
        return outcome
    notes = opening.notes + reviews.seen(atom, outcome, view.silence) + reviews.unread(atom)
    opened = resting(UNKNOWN, opening.reasons | opening.beside, [outcome], notes=notes)
    return replace(opened, noted=opening.beside - opening.reasons) if opening.beside else opened
