"""Where a date lies beside the resources that decided another atom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trialsieve.engine.compile_tests import Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_view import IMPRECISE, NO_DATA, UNDATED
from trialsieve.engine.interval import DateInterval, clip
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.vocabulary import Kind, Reason


def at_time_of(fact: Fact, named: Outcome, as_of: date) -> tuple[Where, frozenset[Reason]]:
    """Whether an entry was there when the resources were that decided another atom."""
    if named.reasons or not named.decided_by:
        return Where.UNSURE, named.reasons or NO_DATA
    times = [clip(one.when, as_of) for one in named.decided_by if one.when is not None]
    began, over = fact.when, fact.ended_when
    if began is None or len(times) < len(named.decided_by):
        return Where.UNSURE, UNDATED
    lasts = None if over is None and fact.kind is Kind.CONDITION else (over or began).last
    stretch = DateInterval(began.first, lasts, None, None)
    if all(stretch.surely_before(time) or stretch.surely_after(time) for time in times):
        return Where.OUTSIDE, NO_REASONS
    if over is not None and began.surely_before(over):
        for time in times:
            if _by(began.last, time.first) and _by(time.last, over.first):
                return Where.INSIDE, NO_REASONS
    return Where.UNSURE, IMPRECISE


def _by(day: date | None, limit: date | None) -> bool:
    return day is not None and limit is not None and day <= limit


class Named:
    """The dates of the resources that decided an atom, for what may not be older."""

    __slots__ = ("_newest", "_references", "_times", "_undated")

    def __init__(self, facts: Sequence[Fact], as_of: date) -> None:
        self._times = [clip(fact.when, as_of) for fact in facts if fact.when is not None]
        self._undated = len(self._times) < len(facts)
        self._references = {fact.reference for fact in facts}
        self._newest = max(self._times, key=_last_day, default=None)

    def place(self, fact: Fact) -> tuple[Where, frozenset[Reason]]:
        """Whether something is not older than the newest of these, or surely older than all of them (outside).

        None of these is older than itself, however imprecise its date.
        """
        when = fact.when
        if when is None or self._newest is None:
            return Where.UNSURE, UNDATED
        if all(when.surely_before(time) for time in self._times):
            return Where.OUTSIDE, NO_REASONS
        if self._undated:
            return Where.UNSURE, UNDATED
        if fact.reference in self._references or when.surely_not_before(self._newest):
            return Where.INSIDE, NO_REASONS
        return Where.UNSURE, IMPRECISE


def _last_day(when: DateInterval) -> date:
    return when.last or date.max
