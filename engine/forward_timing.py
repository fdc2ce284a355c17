"""Where an entry of the record lies in time: in its window or currency, and after a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from trialsieve.engine.compile_tests import When, Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_view import IMPRECISE, STALE, UNDATED, Moment, current_days, place_in_span, same_day
from trialsieve.engine.interval import DateInterval, Place
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.atom import Recorded, Span
from trialsieve.rules.vocabulary import UNKNOWN, Kind, Reason, State, Timing

_WHEN = {
    Timing.EVER: When.EVER,
    Timing.INDEX_DISEASE: When.EVER,
    Timing.UNSTATED: When.UNSTATED,
    Timing.CURRENT: When.CURRENT,
}
_PLACES = {Place.INSIDE: Where.INSIDE, Place.OUTSIDE: Where.OUTSIDE, Place.PERHAPS: Where.UNSURE}

Resource = Sequence[Fact]
"""The facts of one resource that a test looks at; dates, state and certainty are the same in each."""

Timed = tuple[Where, Where, frozenset[Reason]]
"""The place in the window and in the currency, and why an entry is unknown if its timing leaves it so."""

# By themselves: the members of an enumeration are found by a detour.
_UNSTATED, _EVER, _CURRENTLY, _WINDOW = When.UNSTATED, When.EVER, When.CURRENT, When.WINDOW
_CONDITION, _NO_STATE, _RELAPSE = Kind.CONDITION, State.UNSTATED, State.RELAPSE
_NO_WINDOW, _FAR_OUTSIDE, _OUTSIDE = Where.NO_WINDOW, Where.FAR_OUTSIDE, Where.OUTSIDE
_INSIDE, _UNSURE = Where.INSIDE, Where.UNSURE

_AT_ANY_TIME: Timed = (Where.NO_WINDOW, Where.NO_WINDOW, NO_REASONS)
_LEFT_BEHIND: Timed = (Where.NO_WINDOW, Where.OUTSIDE, STALE)
_SOME_TIME_AGO: Timed = (Where.NO_WINDOW, Where.NO_WINDOW, STALE)
_JUDGED: Timed = (Where.NO_WINDOW, Where.NO_WINDOW, frozenset({Reason.JUDGEMENT}))
_PERHAPS_OVER: Timed = (Where.NO_WINDOW, Where.UNSURE, IMPRECISE)
_UNDATED_PERHAPS_OVER: Timed = (Where.NO_WINDOW, Where.UNSURE, UNDATED)


class EntryTiming:
    """The timing of one `Recorded` test."""

    def __init__(self, test: Recorded, currency: Mapping[str, int]) -> None:
        self.when = _WINDOW if test.window is not None else _WHEN[test.timing]
        self.ever = self.when is _EVER and test.timing is Timing.EVER  # no later denial undoes what was once so
        self.currency = None if test.currency is None else currency[test.currency]
        self._window = test.window
        self._out_of_window = NO_REASONS if test.still_active is None else frozenset({test.still_active})
        self._relapse = self._out_of_window or UNDATED  # when it recurred is not recorded

    def days(self, moment: Moment) -> DateInterval | None:
        """Those of the window, or else of the currency."""
        if self._window is not None:
            return moment.window(self._window)
        return None if self.currency is None else current_days(self.currency, moment.as_of)

    def places(
        self, resources: list[Resource], history: bool, over: bool, moment: Moment, days: DateInterval | None
    ) -> Mapping[Timed, list[Resource]]:
        """Where entries lie that differ in their dates alone; `over`: they are no more, by `history` or their state."""
        fact = resources[0][0]
        if over and self.when is _UNSTATED:
            return {_JUDGED: resources}
        if self.when is _EVER or (over and self.when is _CURRENTLY):
            return {_AT_ANY_TIME: resources}
        if self.when is _CURRENTLY and fact.kind is _CONDITION and fact.state is _NO_STATE:
            return {_SOME_TIME_AGO: resources}
        by_beginning = self.when is _WINDOW and not history and not (over and self._out_of_window)
        if by_beginning and days is not None and _all_before(resources, days.first):
            return {self._before_window(fact, over, days): resources}
        places: dict[Timed, list[Resource]] = {}
        for facts in resources:
            if self.when is _WINDOW:
                timed = self._in_window(facts[0], history, over, moment, days)
            elif self.when is _UNSTATED:
                timed = _while_it_goes_on(facts[0])
            elif fact.kind is _CONDITION:
                timed = _NO_WINDOW, *place_in_currency(asserted(facts[0]), days)
            elif days is not None and _left_behind(facts[0], days):
                timed = _LEFT_BEHIND
            else:
                timed = _while_it_goes_on(facts[0])
            places.setdefault(timed, []).append(facts)
        return places

    def _in_window(self, fact: Fact, history: bool, over: bool, moment: Moment, days: DateInterval | None) -> Timed:
        assert self._window is not None
        assert days is not None
        when, none = fact.when, _NO_WINDOW
        if history or when is None:
            if fact.recorded is None or not fact.recorded.surely_before(days):
                return _UNSURE, none, UNDATED
            goes_on = self._out_of_window and not history
            return self._before_window(fact, over, days) if goes_on else (_FAR_OUTSIDE, none, NO_REASONS)
        if when.surely_before(days):
            return self._before_window(fact, over, days)
        if when.surely_after(days):
            return _FAR_OUTSIDE, none, NO_REASONS
        if still_open := moment.still_open(self._window):
            return _UNSURE, none, still_open
        if when.place(days) is Place.INSIDE or _lasted_until_within(fact, days):
            return _INSIDE, none, NO_REASONS
        return _UNSURE, none, IMPRECISE

    def _before_window(self, fact: Fact, over: bool, days: DateInterval) -> Timed:
        """Where something lies that began before the window: far outside if it was surely over by then, too."""
        end, none = fact.ended_when, _NO_WINDOW
        if over and end is not None and end.surely_before(days):
            return _FAR_OUTSIDE, none, NO_REASONS
        return _OUTSIDE, none, self._relapse if fact.state is _RELAPSE else self._out_of_window


def _while_it_goes_on(fact: Fact) -> Timed:
    """Where something lies that is not said to be over: nobody may know whether it goes on."""
    if not fact.end_unknown:
        return _AT_ANY_TIME
    return _UNDATED_PERHAPS_OVER if fact.when is None else _PERHAPS_OVER


def _left_behind(fact: Fact, days: DateInterval) -> bool:
    """Whether nothing of it reaches into these days: a dose says nothing of the time after it."""
    last_days = [each.last for each in (fact.when, fact.recorded) if each is not None]
    first = days.first
    return bool(last_days) and first is not None and all(day is not None and day < first for day in last_days)


def _lasted_until_within(fact: Fact, days: DateInterval) -> bool:
    """Whether its last day lies in the window; a condition is placed by its beginning alone."""
    over = fact.ended_when
    return over is not None and fact.kind is not _CONDITION and over.place(days) is Place.INSIDE


def _all_before(resources: list[Resource], day: date | None) -> bool:
    """Whether all were surely before a day: nearly always so of what a record says of former years."""
    for facts in resources:
        when = facts[0].when
        if day is None or when is None or when.last is None or when.last >= day:
            return False
    return True


def place_after(fact: Fact, finding: Outcome, within: Span | None) -> tuple[Where, frozenset[Reason]]:
    """Whether an entry came after a finding, which is true or unknown, and in time."""
    when, recorded = fact.when, fact.recorded
    if finding.truth is UNKNOWN:
        return _UNSURE, finding.reasons
    if finding.when is None or when is None:
        return _UNSURE, UNDATED
    if when.surely_after(finding.when):
        place = Place.INSIDE if within is None else place_in_span(when, finding.when, within)
        return _PLACES[place], IMPRECISE if place is Place.PERHAPS else NO_REASONS
    if _not_later(when, finding.when) and (recorded is None or _not_later(recorded, finding.when)):
        return _OUTSIDE, NO_REASONS
    return _UNSURE, IMPRECISE


def _not_later(when: DateInterval, than: DateInterval) -> bool:
    return when.surely_before(than) or same_day(when, than)


_CURRENT = {
    Place.INSIDE: (_INSIDE, NO_REASONS),
    Place.OUTSIDE: (_OUTSIDE, STALE),
    Place.PERHAPS: (_UNSURE, IMPRECISE),
}


def place_in_currency(asserted: DateInterval | None, days: DateInterval | None) -> tuple[Where, frozenset[Reason]]:
    """Whether an assertion is recent enough to speak for today."""
    if days is None:
        return _NO_WINDOW, NO_REASONS
    return (_UNSURE, UNDATED) if asserted is None else _CURRENT[asserted.place(days)]


def asserted(fact: Fact) -> DateInterval | None:
    """The later of two dates by their last day; of two that end on one day, the date of recording."""
    recorded, when = fact.recorded, fact.when
    if recorded is None or when is None:
        return recorded or when
    if recorded.last is None or when.last is None:
        return when if recorded.last is None else recorded
    return when if when.last > recorded.last else recorded
