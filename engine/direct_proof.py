"""How the direct evaluator's outcomes rest upon others: readings, the same resource, and the proof that they share."""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Evidence, Outcome, union
from trialsieve.rules.model import SameResource
from trialsieve.rules.vocabulary import Reason, Truth


def agreed(outcomes: Sequence[Outcome]) -> Outcome:
    truths = {outcome.truth for outcome in outcomes}
    if len(truths) == 1 and Truth.UNKNOWN not in truths:
        return resting(truths.pop(), frozenset(), outcomes)
    return resting(Truth.UNKNOWN, union(outcome.reasons for outcome in outcomes) | {Reason.REGISTRY_ERROR}, outcomes)


def same_resource(test: SameResource, other: Outcome) -> Outcome:
    if not other.decided_by:
        return Outcome(Truth.UNKNOWN, other.reasons or frozenset({Reason.NO_DATA}))
    truths = set()
    for fact in other.decided_by:
        stated = fact.facet(test.facet)
        if any(value in test.values for value in stated):
            truths.add(Truth.TRUE)
        else:
            truths.add(Truth.FALSE if stated else Truth.UNKNOWN)
    if {Truth.TRUE, Truth.FALSE} <= truths:
        return resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [other])
    if Truth.UNKNOWN in truths:
        return resting(Truth.UNKNOWN, frozenset({Reason.UNSPECIFIC}), [other])
    return resting(truths.pop(), frozenset(), [other])


def resting(
    truth: Truth,
    reasons: frozenset[Reason],
    upon: Sequence[Outcome],
    *,
    notes: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    when: DateInterval | None = None,
) -> Outcome:
    """An outcome that rests upon others: their evidence, assumptions and deciding facts, without repeats."""
    upon = [outcome for outcome in upon if outcome.evidence or outcome.assumptions or outcome.notes]
    if not upon:  # most of what is not on record rests on nothing
        return Outcome(truth, reasons, evidence, (), notes, (), when)
    return Outcome(
        truth,
        reasons,
        evidence=tuple(dict.fromkeys([item for outcome in upon for item in outcome.evidence] + list(evidence))),
        assumptions=tuple(dict.fromkeys(item for outcome in upon for item in outcome.assumptions)),
        notes=tuple(dict.fromkeys([*notes, *(item for outcome in upon for item in outcome.notes)])),
        decided_by=tuple(dict.fromkeys(fact for outcome in upon for fact in outcome.decided_by)),
        when=when,
    )
