"""What of a chart is visible on the as-of date, and where a date lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from msgspec.structs import replace

from trialsieve.engine.facts import Chart, Contradiction, Fact
from trialsieve.engine.interval import DateInterval, Place, add, clip, days, window_before
from trialsieve.engine.outcome import NO_REASONS, Circumstances, Outcome
from trialsieve.rules.atom import UNSTATED, Span, Window
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    Reason,
    Role,
    State,
)

Findings = Mapping[str, Outcome]
"""The outcomes of the findings that are known so far."""

STALE = frozenset({Reason.STALE})
IMPRECISE = frozenset({Reason.IMPRECISE})
NO_DATA = frozenset({Reason.NO_DATA})
CONFLICTING = frozenset({Reason.CONFLICTING_DATA})
UNDATED = frozenset({Reason.UNDATED})
REGISTRY_ERROR = frozenset({Reason.REGISTRY_ERROR})


def as_it_stood(fact: Fact, as_of: date) -> Fact | None:
    """A fact as the record stood on the as-of date: its dates cut off there, its end only if it had happened.

    None if it was not yet, or not yet recorded. Nearly every fact stood as it stands: it is the same object then.
    """
    when, recorded, over = fact.when, fact.recorded, fact.ended_when
    if (
        (when is None or (when.last is not None and when.last <= as_of))
        and (recorded is None or (recorded.last is not None and recorded.last <= as_of))
        and (over is None or (over.last is not None and over.last <= as_of))
    ):
        return fact
    if recorded is not None and not recorded.starts_by(as_of):
        return None
    if when is not None and not when.starts_by(as_of):
        if recorded is None or not recorded.surely_before(when):
            return None
        when = DateInterval(None, recorded.last, None, recorded.end)  # nothing is noted before it was
    ended = fact.ended and (over is None or over.starts_by(as_of))
    was_not_over_yet = fact.ended and not ended and fact.state in (State.RESOLVED, State.REMISSION)
    return replace(
        fact,
        when=when and clip(when, as_of),
        recorded=recorded and clip(recorded, as_of),
        ended=ended,
        ended_when=clip(over, as_of) if over is not None and over.starts_by(as_of) else None,
        state=State.UNSTATED if was_not_over_yet else fact.state,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """The as-of date, the dates of anchors, and whether anything may be presumed absent."""

    as_of: date
    presumes: bool
    circumstances: Circumstances

    @staticmethod
    def of(circumstances: Circumstances) -> Moment:
        return Moment(circumstances.as_of, circumstances.absence is AbsencePolicy.PRESUME, circumstances)

    def window(self, window: Window) -> DateInterval:
        """The days of a window; before an anchor that is not given, it provisionally ends on the as-of date."""
        counted = _window_before(self.circumstances.anchor(window.anchor) or self.as_of, window)
        second = self._second(window)
        if second is None:
            return counted
        from_second = _window_before(second, window)
        assert counted.first is not None
        assert counted.last is not None
        assert from_second.first is not None
        return days(min(counted.first, from_second.first), counted.last)

    def still_open(self, window: Window) -> frozenset[Reason]:
        """Why what lies in the window may have left it when the anchor comes.

        Nothing if the anchor has come, or if the day has from which the window is counted back.
        """
        second = self._second(window)
        if second is not None and second <= self.as_of:
            return NO_REASONS
        if window.anchor == UNSTATED:
            return REGISTRY_ERROR
        return IMPRECISE if self.circumstances.is_open(window.anchor) else NO_REASONS

    def _second(self, window: Window) -> date | None:
        """The day of the second anchor from which a window is counted back, where it has one and its day is given."""
        return None if window.back_from is None else self.circumstances.anchor(window.back_from)


class View:
    """What of a chart is visible on the as-of date, by concept, as it stood then."""

    def __init__(self, chart: Chart, moment: Moment) -> None:
        self.chart = chart
        self.moment = moment
        self.by_concept: dict[str, list[Fact]] = {}
        as_of, by_concept = moment.as_of, self.by_concept
        for fact in chart.facts:
            stood = as_it_stood(fact, as_of)
            if stood is not None:
                concept = stood.concept
                if concept in by_concept:
                    by_concept[concept].append(stood)
                else:
                    by_concept[concept] = [stood]

    def gainsaid(self, fact: Fact, asserted: DateInterval | None, *, as_over: bool) -> bool:
        """Whether another of its code was refuted, or is over where that matters, and not surely before it was said."""
        return any(
            fact.reference in other.of and (as_over or other.refuted) and self._may_outdo(other, fact, asserted)
            for other in self.chart.contradictions
        )

    def _may_outdo(self, other: Contradiction, fact: Fact, asserted: DateInterval | None) -> bool:
        as_of, when, over = self.moment.as_of, other.when, other.ended_when
        if when is not None and not when.starts_by(as_of):
            return False  # not said yet
        if when is not None and asserted is not None and when.surely_before(asserted):
            return False
        of_former_times = over is not None and fact.when is not None and over.surely_before(fact.when)
        return not of_former_times

    def of(self, concepts: Sequence[str]) -> Sequence[Fact]:
        if len(concepts) == 1:
            return self.by_concept.get(concepts[0], ())
        return [fact for concept in dict.fromkeys(concepts) for fact in self.by_concept.get(concept, ())]

    def speaks_of(self, reference: str, concepts: Sequence[str]) -> bool:
        """Whether a resource says something of one of these concepts, roles exclude and component apart."""
        return any(
            fact.reference == reference and fact.role is not Role.EXCLUDE and fact.role is not Role.COMPONENT
            for concept in concepts
            for fact in self.by_concept.get(concept, ())
        )


_window_before = lru_cache(maxsize=256)(window_before)


@lru_cache(maxsize=256)
def current_days(currency: int, as_of: date) -> DateInterval:
    """The days of a currency: so many before the as-of date, the edge included."""
    return days(as_of - timedelta(days=currency), as_of)


def place_in_span(when: DateInterval, since: DateInterval, span: Span) -> Place:
    """Whether a date is surely no later than so long after another, or surely later (outside)."""
    if when.first is not None and since.last is not None and when.first > add(since.last, span.amount, span.unit):
        return Place.OUTSIDE
    if when.last is not None and since.first is not None and when.last <= add(since.first, span.amount, span.unit):
        return Place.INSIDE
    return Place.PERHAPS


def same_day(one: DateInterval, other: DateInterval) -> bool:
    return one.first is not None and one.first == one.last == other.first == other.last
