"""Measured numbers of a window, a currency, or of before or after a finding: what is too old, and what may be."""

from __future__ import annotations

import pytest
from charts import OTHER, Given, ago, by, chart, entry, number, on
from invented_rules import Evaluate, ask, atom, finding, measured, recorded

from trialsieve.rules.atom import Measurement, Window
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, State

WEAK = Certainty.WEAK
EVENT = finding("event", atom(recorded(), absence=AbsenceRule.UNKNOWN))

WITHIN_6_MONTHS = measured(window=Window(6, "month", inclusive=True))
LESS_THAN_6_MONTHS = measured(window=Window(6, "month", inclusive=False))
A_WEEK = measured(currency="week")

WINDOWS: list[tuple[str, Measurement, list[Given], str]] = [
    ("within: inside", WITHIN_6_MONTHS, [number(60, on("2026-05-22"))], "true"),
    ("within: on the edge", WITHIN_6_MONTHS, [number(60, on("2026-05-21"))], "true"),
    ("within: outside is unknown, never false", WITHIN_6_MONTHS, [number(60, on("2026-05-20"))], "stale"),
    ("within: outside, whatever its value", WITHIN_6_MONTHS, [number(40, on("2026-05-20"))], "stale"),
    ("less than: inside", LESS_THAN_6_MONTHS, [number(60, on("2026-05-22"))], "true"),
    ("less than: on the edge", LESS_THAN_6_MONTHS, [number(60, on("2026-05-21"))], "stale"),
    ("a month across the edge", WITHIN_6_MONTHS, [number(60, on("2026-05"))], "imprecise"),
    ("a month inside", WITHIN_6_MONTHS, [number(60, on("2026-06"))], "true"),
    ("the current month ends today", WITHIN_6_MONTHS, [number(60, on("2026-11"))], "true"),
    ("only an upper bound inside", WITHIN_6_MONTHS, [number(60, by(3))], "imprecise"),
    ("only an upper bound outside", WITHIN_6_MONTHS, [number(60, by(300))], "stale"),
    ("undated", WITHIN_6_MONTHS, [number(60, None)], "undated"),
    ("currency: the last day", A_WEEK, [number(60, ago(7))], "true"),
    ("currency: a day too old", A_WEEK, [number(60, ago(8))], "stale"),
    ("currency: the latest is too old, an older one is too", A_WEEK, [number(60, ago(8)), number(60, ago(9))], "stale"),
    (
        "a newer preliminary one contradicts",
        A_WEEK,
        [number(60, ago(5)), number(40, ago(4), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a preliminary one agrees, which may be newer, and from before the window",
        WITHIN_6_MONTHS,
        [number(60, ago(5)), number(70, by(3), certainty=WEAK)],
        "true",
    ),
    (
        "a preliminary one contradicts, which may be newer, and from before the window",
        WITHIN_6_MONTHS,
        [number(60, ago(5)), number(40, by(3), certainty=WEAK)],
        "unconfirmed",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in WINDOWS], ids=[row[0] for row in WINDOWS])
def test_a_result_outside_its_window_does_not_speak_for_today(
    evaluate: Evaluate, test: Measurement, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


PERHAPS_LATER = entry(ago(10), certainty=WEAK)
NOT_BEFORE: list[tuple[str, list[Given], str]] = [
    ("no such event", [number(60, ago(100))], "true"),
    ("before the event", [number(60, ago(31)), entry(ago(30))], "stale"),
    ("on its day", [number(60, ago(30)), entry(ago(30))], "true"),
    ("after it", [number(60, ago(29)), entry(ago(30))], "true"),
    ("before the latest of two events", [number(60, ago(20)), entry(ago(30)), entry(ago(10))], "stale"),
    ("an undated event", [number(60, ago(20)), entry(None)], "undated"),
    ("one undated event of two", [number(60, ago(20)), entry(ago(30)), entry(None)], "undated"),
    ("an event recorded since", [number(60, ago(20)), entry(None, recorded=ago(10))], "imprecise"),
    ("an event recorded before", [number(60, ago(20)), entry(None, recorded=ago(30))], "true"),
    ("an event of that month", [number(60, on("2026-10-15")), entry(on("2026-10"))], "imprecise"),
    ("a result of that month", [number(60, on("2026-10")), entry(on("2026-10-15"))], "imprecise"),
    ("an event of this year, a result of today", [number(60, ago(0)), entry(on("2026"))], "true"),
    ("an unconfirmed event", [number(60, ago(31)), entry(ago(30), certainty=WEAK)], "unconfirmed"),
    ("before an event and an unconfirmed one", [number(60, ago(31)), entry(ago(30)), PERHAPS_LATER], "stale"),
    ("on the day of the event", [number(60, ago(30)), entry(ago(30)), PERHAPS_LATER], "imprecise"),
    ("a day before the unconfirmed event", [number(60, ago(11)), entry(ago(30)), PERHAPS_LATER], "imprecise"),
    ("on the day of the unconfirmed event", [number(60, ago(10)), entry(ago(30)), PERHAPS_LATER], "true"),
    ("before an older, unconfirmed event", [number(60, ago(9)), entry(ago(9)), PERHAPS_LATER], "true"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in NOT_BEFORE], ids=[row[0] for row in NOT_BEFORE])
def test_a_result_from_before_the_event_it_must_not_precede_is_stale(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, measured(not_before=("event",)), chart(*given), [EVENT]) == expected


def test_an_event_that_may_have_been_matters_where_nothing_is_presumed(evaluate: Evaluate) -> None:
    patient, test = chart(number(60, ago(100))), measured(not_before=("event",))
    assert ask(evaluate, test, patient, [EVENT], AbsencePolicy.UNKNOWN) == "no-data"


AFTER: list[tuple[str, list[Given], str]] = [
    ("no such event is known", [number(60, ago(100))], "no-data"),
    ("the event is unconfirmed", [number(60, ago(1)), entry(ago(30), certainty=WEAK)], "unconfirmed"),
    ("only before the event", [number(60, ago(31)), entry(ago(30))], "no-data"),
    ("on its day", [number(60, ago(30)), entry(ago(30))], "true"),
    ("after it", [number(60, ago(29)), entry(ago(30))], "true"),
    ("what came before does not count", [number(40, ago(40)), number(60, ago(29)), entry(ago(30))], "true"),
    ("an undated event", [number(60, ago(20)), entry(None)], "undated"),
    ("an undated result", [number(60, None), entry(ago(30))], "undated"),
    ("a result of that month", [number(60, on("2026-10")), entry(on("2026-10-15"))], "imprecise"),
    ("on the last day of its month", [number(60, on("2026-10-31")), entry(on("2026-10"))], "imprecise"),
    ("issued after it", [number(60, by(20)), entry(ago(30))], "imprecise"),
    ("issued before it", [number(60, by(40)), entry(ago(30))], "no-data"),
    ("before an unconfirmed one", [number(60, ago(11)), entry(ago(30)), PERHAPS_LATER], "imprecise"),
    ("after an unconfirmed one", [number(60, ago(9)), entry(ago(30)), PERHAPS_LATER], "true"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in AFTER], ids=[row[0] for row in AFTER])
def test_only_what_came_after_the_finding_counts(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert ask(evaluate, measured(after="event"), chart(*given), [EVENT]) == expected


def test_a_finding_that_is_false_leaves_nothing_to_come_after_it(evaluate: Evaluate) -> None:
    event = finding("event", atom(recorded()))
    assert ask(evaluate, measured(after="event"), chart(number(60, ago(1))), [event]) == "no-data"


def test_a_finding_that_is_false_sets_no_window(evaluate: Evaluate) -> None:
    event = finding("event", atom(recorded(states=frozenset({State.RELAPSE}))))
    assert ask(evaluate, measured(not_before=("event",)), chart(number(60, ago(9)), entry(ago(1))), [event]) == "true"


def test_stale_outweighs_undated_and_undated_outweighs_imprecise(evaluate: Evaluate) -> None:
    test = measured(window=Window(1, "month", inclusive=True), not_before=("event",))
    assert ask(evaluate, test, chart(number(60, ago(60)), entry(None)), [EVENT]) == "stale"
    assert ask(evaluate, test, chart(number(60, on("2026-10")), entry(None)), [EVENT]) == "undated"


def test_what_keeps_a_finding_open_outweighs_undated(evaluate: Evaluate) -> None:
    other = finding("other", atom(recorded(concepts=(OTHER,)), absence=AbsenceRule.UNKNOWN))
    test = measured(not_before=("event", "other"))
    patient = chart(number(60, ago(20)), entry(None), entry(ago(30), concept=OTHER, certainty=WEAK))
    assert ask(evaluate, test, patient, [EVENT, other]) == "unconfirmed"
