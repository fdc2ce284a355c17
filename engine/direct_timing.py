"""Whether a resource is of the time asked about, in the direct evaluator (docs/semantics.md, 3.1, *Timing*)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trialsieve.engine.direct_chart import OVER, View
from trialsieve.engine.direct_entries import Entry
from trialsieve.engine.direct_related import same_day
from trialsieve.engine.facts import Unreadable
from trialsieve.engine.interval import DateInterval, Place, add, clip, leaves
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import UNSTATED, Recorded, Span, Window
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Kind, Reason, Role, State, Timing

_RUNNING = frozenset({State.ACTIVE, State.RELAPSE})
_EVER, _UNSTATED = frozenset({Timing.EVER, Timing.INDEX_DISEASE}), Timing.UNSTATED
_RELAPSE, _HISTORY = State.RELAPSE, Role.HISTORY


def time(entries: Sequence[Entry], test: Recorded, view: View) -> None:
    """By the days of the test's window, or else of its currency."""
    window = test.window
    if window is not None:
        days = view.window(window, None)
        assert days is not None
        for entry in entries:
            _time_in_window(entry, test, window, days, view)
    elif test.timing in _EVER:
        for entry in entries:
            entry.truth = TRUE
    elif test.timing is _UNSTATED:
        for entry in entries:
            if entry.over:
                entry.doubt(Reason.JUDGEMENT)
            elif entry.fact.end_unknown:
                entry.doubt(_why_not_known_to_go_on(entry))
            else:
                entry.truth = TRUE
    else:
        days = view.window(None, test.currency)
        for entry in entries:
            _time_current(entry, days)


def may_be_of_its_time(item: Unreadable, test: Recorded, view: View) -> bool:
    """Whether what was not understood may be of the time asked about (docs/semantics.md, 3.2, *Of another time*)."""
    if item.would_be is None or test.first:
        return True
    if test.window is None and (test.timing is not Timing.CURRENT or test.review):
        return True
    fact = view.seen(item.would_be)
    assert fact is not None  # or it would not be asked about
    ended = fact.ended and view.has_ended(fact)
    roles = (Role.DEFINITIVE, _HISTORY) if fact.kind is Kind.CONDITION else (Role.DEFINITIVE,)
    entries = [Entry(fact, role, ended, ()) for role in roles]
    time(entries, test, view)
    return any(entry.truth is not FALSE for entry in entries)


def _time_in_window(entry: Entry, test: Recorded, asked: Window, window: DateInterval, view: View) -> None:
    assert window.first is not None
    assert window.last is not None
    when = entry.fact.when
    if entry.role is _HISTORY or when is None:
        recorded = entry.fact.recorded
        if recorded is None or recorded.last is None or recorded.last >= window.first:
            entry.doubt(Reason.UNDATED)
        elif entry.role is not _HISTORY and test.still_active and _may_have_gone_on_into(window, entry, view):
            entry.doubt(test.still_active)
        else:
            entry.truth = FALSE
    elif when.last is not None and when.last < window.first:
        _time_before_window(entry, test, window, view)
    elif (place := when.place(window)) is Place.OUTSIDE:
        entry.truth = FALSE
    elif view.is_open(asked):
        entry.doubt(Reason.REGISTRY_ERROR if asked.anchor == UNSTATED else Reason.IMPRECISE)
        entry.said = _still_open(entry, asked, view)
    elif place is Place.INSIDE or _went_on_into(window, entry, view):
        entry.truth = TRUE
    else:
        entry.doubt(Reason.IMPRECISE)


def _time_before_window(entry: Entry, test: Recorded, window: DateInterval, view: View) -> None:
    """What surely began before the window may have gone on into it."""
    if entry.fact.state is _RELAPSE and not entry.ended:
        entry.doubt(test.still_active or Reason.UNDATED)
    elif test.still_active is not None and _may_have_gone_on_into(window, entry, view):
        entry.doubt(test.still_active)
    else:
        entry.truth = FALSE


def _may_have_gone_on_into(window: DateInterval, entry: Entry, view: View) -> bool:
    """Whether something is not over, or is not known to have been over before the window."""
    if not entry.ended and entry.fact.state not in OVER:
        return True
    assert window.first is not None
    ended = entry.fact.ended_when
    if ended is None:
        return True
    last = clip(ended, view.windows_on).last  # it is over as of then, whatever the month of its end
    return last is None or last >= window.first


def _went_on_into(window: DateInterval, entry: Entry, view: View) -> bool:
    """Whether something that takes time surely ended in the window, whenever it began."""
    ended = entry.fact.ended_when
    if entry.fact.kind is Kind.CONDITION or ended is None or not ended.starts_by(view.circumstances.as_of):
        return False
    return clip(ended, view.circumstances.as_of).place(window) is Place.INSIDE


def _still_open(entry: Entry, window: Window, view: View) -> str:
    """Why what lies in a window does not count yet: its anchor may still come so late that it no longer does."""
    if window.anchor == UNSTATED:
        return f"the registry does not say from which day the {window.length} are counted back"
    day = view.circumstances.anchor(window.anchor)
    if day is None:
        return f"the date of {window.anchor} is not given, and by then the {window.length} may be over"
    still = f"{window.anchor} on {day.isoformat()} is still to come"
    last = view.last_day(entry.fact)
    if last is None or (window.back_from is not None and view.circumstances.anchor(window.back_from) is not None):
        return still  # nobody knows when it goes on, or both days may yet be put off
    return f"{still}; from {leaves(window, last).isoformat()} on this would lie more than its {window.length} back"


def _time_current(entry: Entry, window: DateInterval | None) -> None:
    if entry.over:
        entry.truth = FALSE
        entry.only_over = True
    elif entry.fact.kind is not Kind.CONDITION:
        dates = [date for date in (entry.fact.when, entry.fact.recorded) if date is not None]
        if window is not None and dates and all(date.surely_before(window) for date in dates):
            entry.doubt(Reason.STALE)
        elif entry.fact.end_unknown:
            entry.doubt(_why_not_known_to_go_on(entry))
        else:
            entry.truth = TRUE
    elif entry.fact.state not in _RUNNING:
        entry.doubt(Reason.STALE)
    else:
        reason = None if window is None else age_doubt(entry, window)
        if reason is None:
            entry.truth = TRUE
        else:
            entry.doubt(reason)


def _why_not_known_to_go_on(entry: Entry) -> Reason:
    """Why what is not said to be over may be so all the same."""
    return Reason.UNDATED if entry.fact.when is None else Reason.IMPRECISE


def age_doubt(entry: Entry, window: DateInterval) -> Reason | None:
    """Why an assertion may no longer speak for today."""
    asserted = entry.asserted
    if asserted is None:
        return Reason.UNDATED
    place = asserted.place(window)
    if place is Place.OUTSIDE:
        return Reason.STALE
    return Reason.IMPRECISE if place is Place.PERHAPS else None


def relate(entry: Entry, after: Outcome, within: Span | None) -> None:
    """Only what is dated after a finding counts, and no longer after it than `within`."""
    if after.truth is UNKNOWN:
        entry.doubt(*after.reasons)
        return
    if after.truth is FALSE:
        entry.truth = FALSE
        return
    when = entry.fact.when
    if after.when is None or when is None:
        entry.doubt(Reason.UNDATED)
        return
    if within is not None:
        first, last = (None if day is None else _after(day, within) for day in (after.when.first, after.when.last))
        if last is not None and when.first is not None and when.first > last:
            entry.truth = FALSE
            return
        if first is None or when.last is None or when.last > first:
            entry.doubt(Reason.IMPRECISE)
            return
    if when.surely_after(after.when):
        return
    if all(date is None or _no_later(date, after.when) for date in (when, entry.fact.recorded)):
        entry.truth = FALSE
    else:
        entry.doubt(Reason.IMPRECISE)


def _after(day: date, span: Span) -> date:
    return add(day, span.amount, span.unit)


def coincide(entry: Entry, other: Outcome, as_of: date) -> None:
    """Only what was at the time of the resources that decided another atom counts."""
    if other.truth is UNKNOWN:
        entry.doubt(*other.reasons)
        return
    if not other.decided_by:
        entry.doubt(Reason.NO_DATA)
        return
    when, ended = entry.fact.when, entry.fact.ended_when
    if ended is not None:
        ended = clip(ended, as_of) if ended.starts_by(as_of) else None  # it has not happened yet
    times = [fact.when for fact in other.decided_by if fact.when is not None]
    if when is None or len(times) < len(other.decided_by):
        entry.doubt(Reason.UNDATED)
        return
    until = ended.last if ended is not None else None if entry.fact.kind is Kind.CONDITION else when.last
    stretch = DateInterval(when.first, until, None, None)
    if all(stretch.surely_before(time) or stretch.surely_after(time) for time in times):
        entry.truth = FALSE
    elif ended is None or not when.surely_before(ended) or not any(_spans(when, ended, time) for time in times):
        entry.doubt(Reason.IMPRECISE)


def _spans(when: DateInterval, ended: DateInterval, time: DateInterval) -> bool:
    return time.surely_not_before(when) and ended.surely_not_before(time)


def _no_later(when: DateInterval, than: DateInterval) -> bool:
    return same_day(when, than) or when.surely_before(than)
