"""Where an entry of the record lies in time: in its window or currency, and after a finding."""

from __future__ import annotations

from collections.abc import Mapping

from trialsieve.engine.compile_tests import When, Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_view import (
    IMPRECISE,
    NOTHING,
    STALE,
    UNDATED,
    Moment,
    current_days,
    place_in_span,
    same_day,
)
from trialsieve.engine.interval import DateInterval, Place
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.model import Recorded, Span
from trialsieve.rules.vocabulary import Kind, Reason, State, Timing, Truth

_WHEN = {
    Timing.EVER: When.EVER,
    Timing.INDEX_DISEASE: When.EVER,
    Timing.UNSTATED: When.UNSTATED,
    Timing.CURRENT: When.CURRENT,
}
_PLACES = {Place.INSIDE: Where.INSIDE, Place.OUTSIDE: Where.OUTSIDE, Place.PERHAPS: Where.UNSURE}
_JUDGEMENT = frozenset({Reason.JUDGEMENT})

Timed = tuple[Where, Where, frozenset[Reason]]
"""The place in the window and in the currency, and why an entry is unknown if its timing leaves it so."""


class EntryTiming:
    """The timing of one `Recorded` test."""

    def __init__(self, test: Recorded, currency: Mapping[str, int]) -> None:
        self.when = When.WINDOW if test.window is not None else _WHEN[test.timing]
        self.currency = None if test.currency is None else currency[test.currency]
        self._window = test.window
        self._out_of_window = NOTHING if test.still_active is None else frozenset({test.still_active})
        self._relapse = self._out_of_window or UNDATED  # when it recurred is not recorded

    def days(self, moment: Moment) -> DateInterval | None:
        """Those of the window, or else of the currency."""
        if self._window is not None:
            return moment.window(self._window)
        return None if self.currency is None else current_days(self.currency, moment.as_of)

    def place(self, fact: Fact, history: bool, over: bool, moment: Moment, days: DateInterval | None) -> Timed:
        """Where an entry lies; `over`: it is no more, be it by `history` or by its state."""
        none = Where.NO_WINDOW
        if self.when is When.WINDOW:
            place, why = self._in_window(fact, history, moment, days)
            return place, none, why
        if self.when is When.UNSTATED:
            return none, none, _JUDGEMENT if over else NOTHING
        if self.when is When.EVER or over:
            return none, none, NOTHING
        if fact.state is State.UNSTATED:
            return none, none, STALE if fact.kind is Kind.CONDITION else NOTHING
        return (none, *place_in_currency(asserted(fact), days))

    def _in_window(
        self, fact: Fact, history: bool, moment: Moment, days: DateInterval | None
    ) -> tuple[Where, frozenset[Reason]]:
        assert self._window is not None
        assert days is not None
        when = fact.when
        if history or when is None:
            before = fact.recorded is not None and fact.recorded.surely_before(days)
            return (Where.FAR_OUTSIDE, NOTHING) if before else (Where.UNSURE, UNDATED)
        if when.surely_before(days):
            return Where.OUTSIDE, self._relapse if fact.state is State.RELAPSE else self._out_of_window
        if when.surely_after(days):
            return Where.FAR_OUTSIDE, NOTHING
        if still_open := moment.still_open(self._window):
            return Where.UNSURE, still_open
        return (Where.INSIDE, NOTHING) if when.place(days) is Place.INSIDE else (Where.UNSURE, IMPRECISE)


def place_after(fact: Fact, finding: Outcome, within: Span | None) -> tuple[Where, frozenset[Reason]]:
    """Whether an entry came after a finding, which is true or unknown, and in time."""
    when, recorded = fact.when, fact.recorded
    if finding.truth is Truth.UNKNOWN:
        return Where.UNSURE, finding.reasons
    if finding.when is None or when is None:
        return Where.UNSURE, UNDATED
    if when.surely_after(finding.when):
        place = Place.INSIDE if within is None else place_in_span(when, finding.when, within)
        return _PLACES[place], IMPRECISE if place is Place.PERHAPS else NOTHING
    if _not_later(when, finding.when) and (recorded is None or _not_later(recorded, finding.when)):
        return Where.OUTSIDE, NOTHING
    return Where.UNSURE, IMPRECISE


def _not_later(when: DateInterval, than: DateInterval) -> bool:
    return when.surely_before(than) or same_day(when, than)


_CURRENT = {
    Place.INSIDE: (Where.INSIDE, NOTHING),
    Place.OUTSIDE: (Where.OUTSIDE, STALE),
    Place.PERHAPS: (Where.UNSURE, IMPRECISE),
}


def place_in_currency(asserted: DateInterval | None, days: DateInterval | None) -> tuple[Where, frozenset[Reason]]:
    """Whether an assertion is recent enough to speak for today."""
    if days is None:
        return Where.NO_WINDOW, NOTHING
    return (Where.UNSURE, UNDATED) if asserted is None else _CURRENT[asserted.place(days)]


def asserted(fact: Fact) -> DateInterval | None:
    """The later of two dates by their last day; of two that end on one day, the date of recording."""
    recorded, when = fact.recorded, fact.when
    if recorded is None or when is None:
        return recorded or when
    if recorded.last is None or when.last is None:
        return when if recorded.last is None else recorded
    return when if when.last > recorded.last else recorded
