"""What becomes of a test's outcome in the direct evaluator (docs/semantics.md, 3.2 to 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_plans import AtomPlan
from trialsieve.engine.direct_proof import resting
from trialsieve.engine.direct_reviews import Reviews
from trialsieve.engine.facts import Attestation, Fact, Unreadable
from trialsieve.engine.outcome import Circumstances, Evidence, Outcome
from trialsieve.rules.model import Recorded
from trialsieve.rules.vocabulary import FALSE, NOT_LIFTED, TRUE, UNKNOWN, AbsencePolicy, Reason

_PRESUME = AbsencePolicy.PRESUME  # by itself: the members of an enumeration are found by a detour


def readable(plan: AtomPlan, outcome: Outcome, view: View) -> Outcome:
    """What resources that could not be read make of an outcome."""
    holds = outcome.truth is (FALSE if plan.atom.absent else TRUE)
    problems: list[Unreadable] = []
    for test in plan.tests:
        recorded = isinstance(test, Recorded)
        problems += view.unreadable(test.concepts, observations=not recorded, holds=holds and recorded)
    if not problems:
        return outcome
    reasons = outcome.reasons | {Reason.UNUSABLE_DATA}
    if any(item.is_gap for item in problems):  # nobody knows that there is no data
        reasons = reasons - {Reason.NO_DATA} | {Reason.NOT_RETRIEVED}
    notes = tuple(dict.fromkeys(item.sentence for item in problems if not item.is_gap))  # a caution tells gaps
    if not outcome.decided_by:  # nothing is presumed any more
        outcome = replace(outcome, assumptions=())
    return resting(UNKNOWN, reasons, [outcome], notes=notes)


def reviewed(
    reviews: Reviews, outcome: Outcome, atom: direct_logic.AtomOutcome, circumstances: Circumstances
) -> Outcome:
    """What data decided, and goes to a person in some cases."""
    opening = reviews.opening(atom, presumes=circumstances.absence is _PRESUME)
    if not (opening.reasons or opening.beside):
        return outcome
    opened = resting(UNKNOWN, opening.reasons | opening.beside, [outcome], notes=opening.notes)
    return replace(opened, noted=opening.beside - opening.reasons) if opening.beside else opened


def attested(target: str, outcome: Outcome, facts: Sequence[Fact], view: View, *, personal: bool) -> Outcome:
    """What a person's answer makes of an outcome that rests on these facts (`personal`: on age or sex)."""
    return _answered(view.attestations(target), outcome, facts, personal=personal)


def still_attested(
    day: date, target: str, outcome: Outcome, facts: Sequence[Fact], view: View, *, personal: bool
) -> Outcome:
    """The same on a later day, when answers may have lapsed. What they were given against is no longer foretold."""
    then = _answered(view.attestations(target, day), outcome, facts, personal=personal)
    if then.truth is UNKNOWN or then.truth is attested(target, outcome, facts, view, personal=personal).truth:
        return then
    return Outcome(UNKNOWN, frozenset({Reason.CONFLICTING_DATA}))


def _answered(newest: Sequence[Attestation], outcome: Outcome, facts: Sequence[Fact], *, personal: bool) -> Outcome:
    if not newest:
        return outcome
    answers = {item.answer for item in newest}
    evidence = tuple(Evidence(item.reference, item.says) for item in newest)
    conflict = resting(UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [outcome], evidence=evidence)
    dates = [fact.when or fact.recorded for fact in facts]
    newer = [when is not None and when.surely_after(newest[0].when) for when in dates]
    if outcome.truth is UNKNOWN:
        if any(newer) or not outcome.reasons.isdisjoint(NOT_LIFTED):  # what is newer the person had not seen
            return outcome
        if len(answers) > 1:
            return conflict
        return Outcome(TRUE if answers == {True} else FALSE, evidence=evidence)
    if answers == {outcome.truth is TRUE}:
        return outcome
    if not facts:
        if personal or len(answers) > 1:
            return conflict
        return Outcome(TRUE if answers == {True} else FALSE, evidence=evidence)
    if all(newer):
        return outcome
    return conflict
