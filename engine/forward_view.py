"""What of a chart is visible on the as-of date, and where a date lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.interval import DateInterval, Place, add, clip, days, window_before
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.model import UNSTATED, Span, Window
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    Reason,
    Role,
    State,
)

Findings = Mapping[str, Outcome]
"""The outcomes of the findings that are known so far."""

NOTHING: frozenset[Reason] = frozenset()
STALE = frozenset({Reason.STALE})
IMPRECISE = frozenset({Reason.IMPRECISE})
NO_DATA = frozenset({Reason.NO_DATA})
UNDATED = frozenset({Reason.UNDATED})
REGISTRY_ERROR = frozenset({Reason.REGISTRY_ERROR})


class Seen:
    """A visible fact, its dates cut off at the as-of date, its end only if it has happened."""

    __slots__ = ("ended", "ended_when", "fact", "recorded", "when")

    def __init__(self, fact: Fact, as_of: date) -> None:
        self.fact = fact
        self.when = fact.when and clip(fact.when, as_of)
        self.recorded = fact.recorded and clip(fact.recorded, as_of)
        self.ended = fact.ended and (fact.ended_when is None or fact.ended_when.starts_by(as_of))
        self.ended_when = clip(fact.ended_when, as_of) if self.ended and fact.ended_when is not None else None
        if fact.ended and not self.ended and fact.state in (State.RESOLVED, State.REMISSION):
            self.fact = replace(fact, state=State.UNSTATED)  # it was not over yet


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
        return window_before(self.circumstances.anchor(window.anchor) or self.as_of, window)

    def still_open(self, window: Window) -> frozenset[Reason]:
        """Why what lies in the window may have left it when the anchor comes; nothing if it has come."""
        if window.anchor == UNSTATED:
            return REGISTRY_ERROR
        return IMPRECISE if self.circumstances.is_open(window.anchor) else NOTHING


class View:
    """What of a chart is visible on the as-of date, by concept."""

    def __init__(self, chart: Chart, moment: Moment) -> None:
        as_of = moment.as_of
        self.chart = chart
        self.moment = moment
        self.by_concept: dict[str, list[Seen]] = {}
        self._named: dict[str, set[str]] | None = None
        for fact in chart.facts:
            if (fact.when is None or fact.when.starts_by(as_of)) and (
                fact.recorded is None or fact.recorded.starts_by(as_of)
            ):
                self.by_concept.setdefault(fact.concept, []).append(Seen(fact, as_of))

    def of(self, concepts: Sequence[str]) -> list[Seen]:
        if len(concepts) == 1:
            return self.by_concept.get(concepts[0], [])
        return [seen for concept in dict.fromkeys(concepts) for seen in self.by_concept.get(concept, ())]

    def concepts_of(self, reference: str) -> set[str]:
        """Every concept that a resource says something of, roles exclude and component apart."""
        if self._named is None:
            self._named = {}
            for concept, all_seen in self.by_concept.items():
                for seen in all_seen:
                    if seen.fact.role not in (Role.EXCLUDE, Role.COMPONENT):
                        self._named.setdefault(seen.fact.reference, set()).add(concept)
        return self._named.get(reference, set())


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
