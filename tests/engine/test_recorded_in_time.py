"""Things on record and their days: currency, windows, after a finding, and a day that cannot be right."""

from __future__ import annotations

import pytest
from charts import OTHER, PROCEDURE, Given, ago, by, chart, entry, on, since
from invented_rules import Evaluate, ask, recorded
from recorded_cases import (
    A_WEEK,
    ACTIVE,
    EDGE,
    EVENT,
    EVER,
    HISTORY,
    NEGATES,
    OUT,
    RELAPSE,
    REMISSION,
    RESOLVED,
    SIX_MONTHS,
    UNSTATED,
    WEAK,
    WITHIN,
    Rows,
    cases_of,
    ids_of,
    noted,
)

from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded, Window
from trialsieve.rules.vocabulary import Kind, Reason, Timing

# --- currency of what is called active ------------------------------------------------------------------------------

A_MONTH = recorded(Timing.CURRENT, currency="month")
CURRENCY: Rows = [
    ("asserted on the last day", A_WEEK, [entry(ago(7))], "true"),
    ("asserted a day too long ago", A_WEEK, [entry(ago(8))], "stale"),
    ("asserted anew", A_WEEK, [entry(ago(90), recorded=ago(7))], "true"),
    ("onset after it was recorded", A_WEEK, [entry(ago(7), recorded=ago(90))], "true"),
    ("asserted this month, which is not over", A_MONTH, [entry(ago(90), recorded=on("2026-11"))], "true"),
    ("recorded only", A_WEEK, [entry(None, recorded=ago(8))], "stale"),
    ("no date at all", A_WEEK, [entry(None)], "undated"),
    ("a month across the edge", A_WEEK, [entry(on("2026-11"))], "imprecise"),
    ("only an upper bound", A_WEEK, [entry(None, recorded=by(3))], "imprecise"),
    ("relapse is active", A_WEEK, [entry(ago(7), state=RELAPSE)], "true"),
    ("over, however old", A_WEEK, [entry(ago(90), state=RESOLVED)], "false"),
    ("no clinical status, however fresh", A_WEEK, [entry(ago(1), state=UNSTATED)], "stale"),
    ("one of two is fresh", A_WEEK, [entry(ago(90)), entry(ago(1))], "true"),
    ("one over, one stale", A_WEEK, [entry(ago(90)), entry(ago(1), state=RESOLVED)], "stale"),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(CURRENCY), ids=ids_of(CURRENCY))
def test_an_acute_condition_called_active_speaks_for_today_only_so_long(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


def done(when: DateInterval | None, *, recorded: DateInterval | None = None, ended: bool = False) -> Given:
    return entry(when, recorded=recorded, ended=ended, concept=PROCEDURE, kind=Kind.PROCEDURE, state=UNSTATED)


DONE_IN_A_WEEK = recorded(Timing.CURRENT, concepts=(PROCEDURE,), currency="week")
DONE: Rows = [
    ("done on the last day", DONE_IN_A_WEEK, [done(ago(7))], "true"),
    ("done a day too long ago", DONE_IN_A_WEEK, [done(ago(8))], "stale"),
    ("done in a month across the edge", DONE_IN_A_WEEK, [done(on("2026-11"))], "true"),
    ("begun long ago and going on", DONE_IN_A_WEEK, [done(since(900))], "true"),
    ("recorded anew", DONE_IN_A_WEEK, [done(ago(90), recorded=ago(7))], "true"),
    ("recorded only, too long ago", DONE_IN_A_WEEK, [done(None, recorded=ago(8))], "stale"),
    ("no date at all", DONE_IN_A_WEEK, [done(None)], "true"),
    ("over", DONE_IN_A_WEEK, [done(ago(8), ended=True)], "false"),
    ("one of two is fresh", DONE_IN_A_WEEK, [done(ago(90)), done(ago(1))], "true"),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(DONE), ids=ids_of(DONE))
def test_what_was_done_once_speaks_for_today_only_so_long(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


# --- windows --------------------------------------------------------------------------------------------------------

LESS_THAN = recorded(window=Window(6, "month", inclusive=False))
STILL = recorded(window=SIX_MONTHS, still_active=Reason.JUDGEMENT)

WINDOWS: Rows = [
    ("inside", WITHIN, [entry(on("2026-05-22"))], "true"),
    ("on the edge", WITHIN, [entry(EDGE)], "true"),
    ("a day outside", WITHIN, [entry(OUT)], "false"),
    ("less than: on the edge", LESS_THAN, [entry(EDGE)], "false"),
    ("less than: inside", LESS_THAN, [entry(on("2026-05-22"))], "true"),
    ("today", WITHIN, [entry(ago(0))], "true"),
    ("that month, either side of the edge", WITHIN, [entry(on("2026-05"))], "imprecise"),
    ("that year", WITHIN, [entry(on("2026"))], "imprecise"),
    ("the year before", WITHIN, [entry(on("2025"))], "false"),
    ("resolved since, and inside", WITHIN, [entry(ago(9), state=RESOLVED)], "true"),
    ("undated", WITHIN, [entry(None)], "undated"),
    ("undated, recorded inside", WITHIN, [entry(None, recorded=ago(9))], "undated"),
    ("undated, recorded on the edge", WITHIN, [entry(None, recorded=EDGE)], "undated"),
    ("undated, recorded before the window", WITHIN, [entry(None, recorded=OUT)], "false"),
    ("history of, with a date inside", WITHIN, [entry(ago(9), role=HISTORY)], "undated"),
    ("history of, recorded before the window", WITHIN, [entry(ago(9), role=HISTORY, recorded=OUT)], "false"),
    ("outside, still active", WITHIN, [entry(OUT, state=ACTIVE)], "false"),
    ("still active: outside and active", STILL, [entry(OUT, state=ACTIVE)], "judgement"),
    ("still active: outside and in relapse", STILL, [entry(OUT, state=RELAPSE)], "judgement"),
    ("still active: outside, no status", STILL, [entry(OUT, state=UNSTATED)], "judgement"),
    ("still active: outside, in remission since nobody knows when", STILL, [entry(OUT, state=REMISSION)], "judgement"),
    ("still active: outside, resolved, nobody knows when", STILL, [entry(OUT, state=RESOLVED)], "judgement"),
    ("still active: outside, ended, nobody knows when", STILL, [entry(OUT, ended=True)], "judgement"),
    ("still active: outside, ended inside", STILL, [entry(OUT, ended=ago(3))], "judgement"),
    ("still active: outside, resolved inside", STILL, [entry(OUT, state=RESOLVED, ended=ago(3))], "judgement"),
    ("still active: outside, ended on the first day inside", STILL, [entry(OUT, ended=EDGE)], "judgement"),
    ("still active: outside, ended the day before", STILL, [entry(on("2026-01-01"), ended=OUT)], "false"),
    ("still active: undated, recorded before the window", STILL, [entry(None, recorded=OUT)], "judgement"),
    ("still active: undated, recorded on the edge", STILL, [entry(None, recorded=EDGE)], "undated"),
    ("still active: undated, in relapse", STILL, [entry(None, recorded=OUT, state=RELAPSE)], "judgement"),
    (
        "still active: undated, resolved, nobody knows when",
        STILL,
        [entry(None, recorded=OUT, state=RESOLVED)],
        "judgement",
    ),
    ("still active: undated, ended before it was noted", STILL, [entry(None, recorded=OUT, ended=OUT)], "false"),
    ("still active: history of, recorded before", STILL, [entry(None, recorded=OUT, role=HISTORY)], "false"),
    ("still active: in remission the day before", STILL, [entry(on("2025"), state=REMISSION, ended=OUT)], "false"),
    ("still active: relapsed, ended the day before", STILL, [entry(on("2025"), state=RELAPSE, ended=OUT)], "false"),
    ("still active: relapsed, ended inside", STILL, [entry(OUT, state=RELAPSE, ended=ago(3))], "judgement"),
    (
        "still active: ended that month, either side of the edge",
        STILL,
        [entry(on("2025"), ended=on("2026-05"))],
        "judgement",
    ),
    ("still active: ended by a day inside", STILL, [entry(on("2025"), ended=by(3))], "judgement"),
    (
        "still active: ended by the day before",
        STILL,
        [entry(on("2025"), ended=DateInterval(None, OUT.last, None, OUT.end))],
        "false",
    ),
    ("still active: resolved and ended before it", STILL, [entry(on("2025"), state=RESOLVED, ended=OUT)], "false"),
    ("still active: outside, will end tomorrow", STILL, [entry(OUT, ended=ago(-1))], "judgement"),
    ("ended inside, and that asks nothing", WITHIN, [entry(OUT, ended=ago(3))], "false"),
    ("resolved since, and that asks nothing", WITHIN, [entry(OUT, state=RESOLVED)], "false"),
    ("still active: inside", STILL, [entry(EDGE, state=RESOLVED)], "true"),
    ("one outside, one inside", WITHIN, [entry(OUT), entry(EDGE)], "true"),
    ("one outside, one undated", WITHIN, [entry(OUT), entry(None)], "undated"),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(WINDOWS), ids=ids_of(WINDOWS))
def test_an_event_counts_in_its_window(evaluate: Evaluate, test: Recorded, given: list[Given], expected: str) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


# --- after a finding ------------------------------------------------------------------------------------------------

AFTER = recorded(after="event")
SINCE: Rows = [
    ("nothing to come after", AFTER, [entry(ago(1))], "no-data"),
    ("before it", AFTER, [entry(ago(31)), entry(ago(30), concept=OTHER)], "false"),
    ("on its day", AFTER, [entry(ago(30)), entry(ago(30), concept=OTHER)], "false"),
    (
        "before it, recorded on its day",
        AFTER,
        [entry(ago(31), recorded=ago(30)), entry(ago(30), concept=OTHER)],
        "false",
    ),
    (
        "before it, recorded since",
        AFTER,
        [entry(ago(31), recorded=ago(29)), entry(ago(30), concept=OTHER)],
        "imprecise",
    ),
    ("a day after it", AFTER, [entry(ago(29)), entry(ago(30), concept=OTHER)], "true"),
    (
        "after the first, before the latest",
        AFTER,
        [entry(ago(29)), entry(ago(30), concept=OTHER), entry(ago(9), concept=OTHER)],
        "false",
    ),
    ("undated", AFTER, [entry(None), entry(ago(30), concept=OTHER)], "undated"),
    ("the event undated", AFTER, [entry(ago(1)), entry(None, concept=OTHER)], "undated"),
    ("of that month", AFTER, [entry(on("2026-10")), entry(on("2026-10-15"), concept=OTHER)], "imprecise"),
    ("the event unconfirmed", AFTER, [entry(ago(1)), entry(ago(30), concept=OTHER, certainty=WEAK)], "unconfirmed"),
    (
        "over before it mattered",
        recorded(Timing.CURRENT, after="event"),
        [entry(ago(1), state=RESOLVED), entry(None, concept=OTHER)],
        "false",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(SINCE), ids=ids_of(SINCE))
def test_only_what_is_dated_after_the_finding_counts(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given), [EVENT]) == expected


# --- a day that cannot be right -------------------------------------------------------------------------------------

MONTH = recorded(window=Window(1, "month", inclusive=True))


def performed(when: DateInterval, noted: DateInterval | None) -> Given:
    return entry(when, kind=Kind.PROCEDURE, concept=PROCEDURE, recorded=noted)


SLIPS: Rows = [
    ("noted within the window", MONTH, [entry(ago(-300), recorded=ago(9))], "imprecise"),
    ("noted on the first day of the window", MONTH, [entry(ago(-300), recorded=on("2026-10-21"))], "imprecise"),
    ("noted before the window", MONTH, [entry(ago(-300), recorded=on("2026-10-20"))], "false"),
    ("noted nowhere", MONTH, [entry(ago(-300))], "false"),
    ("noted after the as-of date", MONTH, [entry(ago(-300), recorded=ago(-1))], "false"),
    ("noted on the same day", MONTH, [entry(ago(-300), recorded=ago(-300))], "false"),
    ("a procedure", recorded(concepts=(PROCEDURE,)), [performed(ago(-300), ago(9))], "true"),
    ("a procedure that is planned", recorded(concepts=(PROCEDURE,)), [performed(ago(-300), None)], "false"),
    ("its currency is that of its recording", A_WEEK, [entry(ago(-300), recorded=ago(7))], "true"),
    ("noted too long ago", A_WEEK, [entry(ago(-300), recorded=ago(8))], "stale"),
    ("a denial", EVER, [entry(ago(9)), entry(ago(-300), recorded=ago(3), role=NEGATES)], "conflicting-data"),
    (
        "a denial of today",
        recorded(Timing.CURRENT),
        [noted(ago(9)), entry(ago(-300), recorded=ago(3), role=NEGATES)],
        "false",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(SLIPS), ids=ids_of(SLIPS))
def test_what_is_dated_after_it_was_recorded_lies_no_later_than_that(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected
