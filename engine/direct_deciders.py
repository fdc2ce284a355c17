"""Which results decide, and which only raise a doubt, in the direct evaluator (docs/semantics.md, 3.1, *Decider*).

They are the same for tests that differ in their limits alone, or in the result that they expect.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.engine.direct_absence import FindingOutcome, not_ruled_out
from trialsieve.engine.direct_chart import NO_DATA, View
from trialsieve.engine.direct_related import Related
from trialsieve.engine.direct_selected import Selected
from trialsieve.engine.direct_values import MUTE, ResultTest, end, evidence_of, is_uncalled, not_mute, start, value_of
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, Place
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.atom import QualitativeResult
from trialsieve.rules.vocabulary import TRUE, UNKNOWN, Certainty, Reason, Role, Take

_DEFINITIVE, _SUPPORTING = Role.DEFINITIVE, Role.SUPPORTING
_FIRM, _LATEST = Certainty.FIRM, Take.LATEST
_OUTSIDE, _PERHAPS = Place.OUTSIDE, Place.PERHAPS
_STALE, _IMPRECISE = frozenset({Reason.STALE}), frozenset({Reason.IMPRECISE})
_DOUBTS = {Place.INSIDE: NO_REASONS, Place.OUTSIDE: _STALE, Place.PERHAPS: _IMPRECISE}
_NOTHING_MEASURED = Selected(undecided=Outcome(UNKNOWN, NO_DATA))


def select(test: ResultTest, view: View, finding: FindingOutcome, related: Related | None) -> Selected:
    """The results that a test goes by."""
    measured = view.observed(test.concepts)
    if isinstance(test, QualitativeResult) and test.only:
        measured = [fact for fact in measured if all(facet in fact.facets for facet in test.only)]
    if not measured:
        return _NOTHING_MEASURED
    candidates = measured
    if test.skip:
        candidates = [fact for fact in measured if not any(facet in test.skip for facet in fact.facets)]
    if related is not None:
        candidates = [fact for fact in candidates if related.keeps(fact)]
    deciders, raising = _speaking(test, candidates)
    if not deciders:
        undecided = _nothing_decides(test, candidates, _skipped(test, measured))
        doubts = _time_doubts(test, raising, view, finding, related)
        return Selected(raising=tuple(raising), raising_doubts=doubts, undecided=undecided)
    uncalled: tuple[Fact, ...] = ()
    if test.take is _LATEST:
        if isinstance(test, QualitativeResult) and test.heed_numbers:
            uncalled = _uncalled_since(deciders, candidates)
        deciders = _newest(deciders)
    doubts = _time_doubts(test, deciders, view, finding, related)
    raising_doubts = _time_doubts(test, raising, view, finding, related) if raising else ()
    return Selected(tuple(deciders), doubts, tuple(raising), raising_doubts, None, evidence_of(deciders), uncalled)


def _speaking(test: ResultTest, candidates: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """What may decide, and what only raises a doubt, of what is dated and not mute.

    Where the latest decides, not all that surely is older than another decider: nothing of it enters the answer, unless
    numbers are heeded, for which an older decider of the same resource may speak.
    """
    heeds_numbers = isinstance(test, QualitativeResult) and test.heed_numbers
    value, latest_only = value_of(test), test.take is _LATEST and not heeds_numbers
    deciders: list[Fact] = []
    raising: list[Fact] = []
    newest: int | None = None  # the first moment of the newest decider so far
    for fact in reversed(candidates):  # a chart's facts are in the order of their days
        when = fact.when
        if when is None or (newest is not None and when.end is not None and when.end < newest):
            continue
        said, problem = value(fact)
        if said is None and problem in MUTE:
            continue
        if fact.role is _DEFINITIVE and fact.certainty is _FIRM:
            deciders.append(fact)
            if latest_only and when.start is not None and (newest is None or when.start > newest):
                newest = when.start
        elif said is not None or fact.role is _DEFINITIVE:  # a broad code may be of another unit
            raising.append(fact)
    deciders.reverse()
    raising.reverse()
    return deciders, raising


def _skipped(test: ResultTest, measured: Sequence[Fact]) -> list[Fact]:
    """What would count but for a facet that the test does not accept, such as another method."""
    if not test.skip:
        return []
    return not_mute([fact for fact in measured if any(facet in test.skip for facet in fact.facets)], test)


def _time_doubts(
    test: ResultTest, facts: Sequence[Fact], view: View, finding: FindingOutcome, related: Related | None
) -> tuple[frozenset[Reason], ...]:
    """Why each dated result may not speak for the time that is asked about."""
    window = view.window(test.window, test.currency)
    if not test.not_before and related is None:  # most often
        return tuple(
            [NO_REASONS if window is None else _DOUBTS[fact.when.place(window)] for fact in facts if fact.when]
        )
    return tuple([_time_doubt(test, fact, window, view, finding, related) for fact in facts])


def _time_doubt(
    test: ResultTest,
    fact: Fact,
    window: DateInterval | None,
    view: View,
    finding: FindingOutcome,
    related: Related | None,
) -> frozenset[Reason]:
    when = fact.when
    assert when is not None
    places: list[Place] = []
    undated = related is not None and related.undated
    doubts = NO_REASONS
    if window is not None:
        places.append(when.place(window))
    for name in test.not_before:
        outcome = finding(name)
        doubts |= not_ruled_out(name, outcome, view)
        if outcome.truth is not TRUE:
            continue
        if outcome.when is None:
            undated = True
        elif when.surely_before(outcome.when):
            places.append(_OUTSIDE)
        elif not when.surely_not_before(outcome.when):
            places.append(_PERHAPS)
    if related is not None and not related.surely(fact, when):
        places.append(_PERHAPS)
    if _OUTSIDE in places:
        return _STALE
    if doubts:
        return doubts
    if undated:
        return frozenset({Reason.UNDATED})
    return _IMPRECISE if _PERHAPS in places else NO_REASONS


def _nothing_decides(test: ResultTest, candidates: Sequence[Fact], skipped: Sequence[Fact]) -> Outcome:
    reasons = set()
    speaking = not_mute(candidates, test)
    definitive = [fact for fact in speaking if fact.role is _DEFINITIVE]
    if any(fact.certainty is _FIRM for fact in definitive):  # it has no date
        reasons.add(Reason.UNDATED)
    if any(fact.certainty is not _FIRM for fact in definitive):
        reasons.add(Reason.UNCONFIRMED)
    unspecific = [fact for fact in candidates if value_of(test)(fact) == (None, Reason.UNSPECIFIC)]
    if test.take is _LATEST:
        unspecific += skipped
    if unspecific or any(fact.role is _SUPPORTING for fact in speaking):
        reasons.add(Reason.UNSPECIFIC)
    return Outcome(
        UNKNOWN,
        frozenset(reasons or {Reason.NO_DATA}),
        evidence=evidence_of([*candidates, *skipped]) if reasons or skipped else (),
        doubts=(*speaking, *unspecific),
    )


def _newest(facts: list[Fact]) -> list[Fact]:
    """Those that may be the latest."""
    if len(facts) == 1:  # most often
        return facts
    newest = max(map(start, facts))
    return [fact for fact in facts if end(fact) >= newest]


def _uncalled_since(deciders: Sequence[Fact], candidates: Sequence[Fact]) -> tuple[Fact, ...]:
    """The numbers that nobody calls positive or negative, and beside which no result surely is as new."""
    return tuple(
        [
            fact
            for fact in candidates
            if fact.when is not None and is_uncalled(fact) and not any(_speaks_for(each, fact) for each in deciders)
        ]
    )


def _speaks_for(decider: Fact, number: Fact) -> bool:
    assert decider.when is not None
    assert number.when is not None
    return decider.reference == number.reference or decider.when.surely_not_before(number.when)
