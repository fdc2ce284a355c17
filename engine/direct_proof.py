"""How the direct evaluator's outcomes rest upon others: readings, the same resource, and the proof that they share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances, Evidence, Outcome, union
from trialsieve.rules.model import DatedSince, SameResource
from trialsieve.rules.vocabulary import Reason, Truth


def agreed(outcomes: Sequence[Outcome]) -> Outcome:
    truths = {outcome.truth for outcome in outcomes}
    if len(truths) == 1 and Truth.UNKNOWN not in truths:
        return resting(truths.pop(), frozenset(), outcomes)
    return resting(Truth.UNKNOWN, union(outcome.reasons for outcome in outcomes) | {Reason.REGISTRY_ERROR}, outcomes)


def same_resource(test: SameResource, other: Outcome) -> Outcome:
    """Whether the resources that decided another atom have one of the values of a facet (`other`: another value)."""
    if not other.decided_by:
        return _undecided(other)
    truths = set()
    for fact in other.decided_by:
        stated = fact.facet(test.facet)
        if any((value in test.values) != test.other for value in stated):
            truths.add(Truth.TRUE)
        else:
            truths.add(Truth.FALSE if stated else Truth.UNKNOWN)
    if {Truth.TRUE, Truth.FALSE} <= truths:
        return resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [other])
    if Truth.UNKNOWN in truths:
        return resting(Truth.UNKNOWN, frozenset({Reason.UNSPECIFIC}), [other])
    return resting(truths.pop(), frozenset(), [other])


def dated_since(test: DatedSince, other: Outcome, circumstances: Circumstances) -> Outcome:
    """Whether the resources that decided another atom are dated on or after an anchor."""
    if not other.decided_by:
        return _undecided(other)
    since = circumstances.anchor(test.anchor)
    if since is None:
        note = f"the date of {test.anchor} is not given; give it with --anchor {test.anchor}=YYYY-MM-DD"
        return resting(Truth.UNKNOWN, frozenset({Reason.NO_DATA}), [other], notes=(note,))
    doubts = frozenset(doubt for fact in other.decided_by if (doubt := _not_since(fact, since)) is not None)
    notes = (f"dated before {test.anchor}, {since.isoformat()}",) if Reason.STALE in doubts else ()
    return resting(Truth.UNKNOWN if doubts else Truth.TRUE, doubts, [other], notes=notes)


def _not_since(fact: Fact, since: date) -> Reason | None:
    if fact.when is None:
        return Reason.UNDATED
    if fact.when.first is not None and fact.when.first >= since:
        return None
    return Reason.STALE if fact.when.last is not None and fact.when.last < since else Reason.IMPRECISE


def _undecided(other: Outcome) -> Outcome:
    return Outcome(Truth.UNKNOWN, other.reasons or frozenset({Reason.NO_DATA}))


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
