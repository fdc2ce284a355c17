"""How the direct evaluator's outcomes rest upon others: readings, the same resource, and the proof that they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import TypeVar

from msgspec.structs import replace

from trialsieve.engine.direct_chart import View
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances, Evidence, Outcome, Unread, union
from trialsieve.engine.phrases import phrase
from trialsieve.rules.atom import DatedSince, Measurement, Readings, SameResource, Window
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Reason, Truth

_Item = TypeVar("_Item", Evidence, Unread, str)


def readings(test: Readings, outcomes: Sequence[Outcome]) -> Outcome:
    """What the readings of an atom's text come to: while those that are known agree, data may still settle it."""
    known = {outcome.truth for outcome in outcomes} - {UNKNOWN}
    reasons = union([outcome.reasons for outcome in outcomes])
    if len(known) > 1:
        reasons |= {Reason.REGISTRY_ERROR}
    if not reasons:
        return resting(known.pop(), reasons, outcomes)
    notes = (_each_reading(test, outcomes),) if known else ()  # else they say the same
    return resting(UNKNOWN, reasons, outcomes, notes=notes)


def _each_reading(test: Readings, outcomes: Sequence[Outcome]) -> str:
    """The readings, with what each of them comes to."""
    named = [
        f"{name}, {phrase(each.limits, each.basis) if isinstance(each, Measurement) else each.expected.value}"
        for name, each in test.tests
    ]
    return "; ".join(f"{name}: {outcome.truth.value}" for name, outcome in zip(named, outcomes, strict=True))


def agreed(outcomes: Sequence[Outcome]) -> Outcome:
    """What the readings of a criterion's text come to."""
    truths = {outcome.truth for outcome in outcomes}
    if len(truths) == 1 and UNKNOWN not in truths:
        return resting(truths.pop(), frozenset(), outcomes)
    return resting(UNKNOWN, union(outcome.reasons for outcome in outcomes) | {Reason.REGISTRY_ERROR}, outcomes)


def same_resource(test: SameResource, other: Outcome) -> Outcome:
    """Whether the resources that decided another atom have one of the values of a facet (`other`: another value)."""
    if not other.decided_by:
        return _undecided(other)
    other = _of_its_facts(other)
    truths = set()
    for fact in other.decided_by:
        stated = fact.facet(test.facet)
        if any((value in test.values) != test.other for value in stated):
            truths.add(TRUE)
        else:
            truths.add(FALSE if stated else UNKNOWN)
    if {TRUE, FALSE} <= truths:
        return resting(UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [other])
    if UNKNOWN in truths:
        return resting(UNKNOWN, frozenset({Reason.UNSPECIFIC}), [other])
    return resting(truths.pop(), frozenset(), [other])


def dated_since(test: DatedSince, other: Outcome, circumstances: Circumstances) -> Outcome:
    """Whether the resources that decided another atom are dated on or after an anchor."""
    if not other.decided_by:
        return _undecided(other)
    other = _of_its_facts(other)
    since = circumstances.anchor(test.anchor)
    if since is None:
        note = f"the date of {test.anchor} is not given"
        return resting(UNKNOWN, frozenset({Reason.NO_DATA}), [other], notes=(note,))
    doubts = frozenset(doubt for fact in other.decided_by if (doubt := _not_since(fact, since)) is not None)
    notes = (f"dated before {test.anchor}, {since.isoformat()}",) if Reason.STALE in doubts else ()
    return resting(UNKNOWN if doubts else TRUE, doubts, [other], notes=notes)


def _not_since(fact: Fact, since: date) -> Reason | None:
    if fact.when is None:
        return Reason.UNDATED
    if fact.when.first is not None and fact.when.first >= since:
        return None
    return Reason.STALE if fact.when.last is not None and fact.when.last < since else Reason.IMPRECISE


def counted_back(outcome: Outcome, window: Window, view: View) -> Outcome:
    """With the earlier day from which its window is counted back, if it is."""
    if window.back_from is None:
        return outcome
    said = view.counted_back(window)
    if not said:
        return outcome
    if outcome.truth is UNKNOWN:  # of which no assumptions are told
        return replace(outcome, notes=(*outcome.notes, said))
    return replace(outcome, assumptions=(*outcome.assumptions, said))


def _of_its_facts(other: Outcome) -> Outcome:
    """Without what its facts are held against, doubts, and what is noted of that: the other atom tells it.

    Where notes alone tell why the other is open, both say so in the same words, which are told once.
    """
    own = {fact.reference for fact in other.decided_by}
    evidence = tuple([item for item in other.evidence if item.reference in own])
    return replace(other, evidence=evidence, notes=other.notes if other.noted else (), unread=(), doubts=())


def _undecided(other: Outcome) -> Outcome:
    return Outcome(UNKNOWN, other.reasons or frozenset({Reason.NO_DATA}), perhaps=other.perhaps, doubts=other.doubts)


def resting(
    truth: Truth,
    reasons: frozenset[Reason],
    upon: Sequence[Outcome],
    *,
    notes: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    when: DateInterval | None = None,
    unread: tuple[Unread, ...] = (),
) -> Outcome:
    """An outcome that rests upon others: their evidence, assumptions and deciding facts, without repeats."""
    upon = [
        each
        for each in upon
        if each.evidence or each.assumptions or each.notes or each.unread or each.perhaps or each.doubts
    ]
    if not upon:  # most of what is not on record rests on nothing
        return Outcome(truth, reasons, evidence, (), notes, (), when, (), unread)
    if len(upon) == 1 and not evidence and not notes and not unread:
        one = upon[0]
        if one.truth is truth and one.reasons == reasons and one.when is when and one.changes_on is None:
            return one
        told = one.evidence, one.assumptions, one.notes
        return Outcome(truth, reasons, *told, one.decided_by, when, one.perhaps, one.unread, one.doubts)
    facts = {id(fact): fact for outcome in upon for fact in outcome.decided_by}  # by identity: a fact is large
    perhaps = {id(fact): fact for outcome in upon for fact in outcome.perhaps}
    doubts = {id(fact): fact for outcome in upon for fact in outcome.doubts}
    theirs = [outcome.unread for outcome in upon if outcome.unread]
    return Outcome(  # not by name, which takes longer
        truth,
        reasons,
        each_once([outcome.evidence for outcome in upon] + [evidence]),
        each_once([outcome.assumptions for outcome in upon]),
        each_once([notes] + [outcome.notes for outcome in upon]),
        tuple(facts.values()),
        when,
        tuple(perhaps.values()),
        each_once([unread, *theirs]) if theirs else unread,
        tuple(doubts.values()),
    )


def on_facts_of(upon: Sequence[Outcome], outcome: Outcome) -> Outcome:
    """The outcome, decided by the facts of all of these, be they shown or not."""
    facts = {id(fact): fact for each in upon for fact in each.decided_by}
    if len(facts) == len(outcome.decided_by):  # it rests on some of these
        return outcome
    return replace(outcome, decided_by=tuple(facts.values()))


def each_once(parts: Iterable[tuple[_Item, ...]]) -> tuple[_Item, ...]:
    """All of these, without repeats."""
    some = [part for part in parts if part]
    if len(some) < 2:
        return some[0] if some else ()
    return tuple(dict.fromkeys(chain.from_iterable(some)))
