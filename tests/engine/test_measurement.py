"""Measured numbers: the limits, the windows, which result is the latest, and what never decides."""

from __future__ import annotations

import math

import pytest
from charts import (
    NUMBER,
    Evaluate,
    Given,
    ago,
    ask,
    at,
    atom,
    by,
    chart,
    entry,
    finding,
    limits,
    measured,
    number,
    on,
    recorded,
    result,
)
from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.atom import Measurement, Window
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Basis, Certainty, Reason, Result, Role, State, Take

WEAK, SUPPORTING = Certainty.WEAK, Role.SUPPORTING
EVENT = finding("event", atom(recorded(), absence=AbsenceRule.UNKNOWN))

# --- limits ---------------------------------------------------------------------------------------------------------

OPEN_BELOW_20 = NumberInterval(-math.inf, 20, high_open=True)
ABOVE_30 = NumberInterval(30, math.inf, low_open=True)


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        (measured(limits=limits(low="50")), 49.9, "false"),
        (measured(limits=limits(low="50")), 50, "true"),
        (measured(limits=limits(low="50")), 50.1, "true"),
        (measured(limits=limits(above="50")), 50, "false"),
        (measured(limits=limits(above="50")), 50.1, "true"),
        (measured(limits=limits(high="50")), 50, "true"),
        (measured(limits=limits(high="50")), 50.1, "false"),
        (measured(limits=limits(below="50")), 50, "false"),
        (measured(limits=limits(below="50")), 49.9, "true"),
        (measured(limits=limits(low="0", high="2")), 0, "true"),
        (measured(limits=limits(low="0", high="2")), 2, "true"),
        (measured(limits=limits(low="0", high="2")), 3, "false"),
        (measured(limits=limits(low="0", high="2")), (2, 3), "imprecise"),
        (measured(limits=limits(low="50")), (50, 55), "true"),
        (measured(limits=limits(low="50")), (45, 49), "false"),
        (measured(limits=limits(low="50")), (49, 55), "imprecise"),
        (measured(limits=limits(low="20")), OPEN_BELOW_20, "false"),
        (measured(limits=limits(below="20")), OPEN_BELOW_20, "true"),
        (measured(limits=limits(low="10")), OPEN_BELOW_20, "imprecise"),
        (measured(limits=limits(above="30")), ABOVE_30, "true"),
        (measured(limits=limits(high="30")), ABOVE_30, "false"),
        (measured(limits=limits(above="40")), ABOVE_30, "imprecise"),
    ],
)
def test_a_number_is_compared_as_the_registry_states_the_boundary(
    evaluate: Evaluate, test: Measurement, value: float, expected: str
) -> None:
    assert ask(evaluate, test, chart(number(value, ago(1)))) == expected


@pytest.mark.parametrize(
    ("multiple", "expected"),
    [(2.9, "false"), (3.0, "false"), (3.1, "true"), (None, "no-reference-range")],
)
def test_multiples_of_the_upper_limit_are_compared_with_the_results_own_range(
    evaluate: Evaluate, multiple: float | None, expected: str
) -> None:
    test = measured(limits=limits(above="3"), basis=Basis.TIMES_UPPER_LIMIT)
    assert ask(evaluate, test, chart(number(120, ago(1), times=multiple))) == expected


# --- what decides, and what does not --------------------------------------------------------------------------------

SKIPPED = (("method", "staining"),)

WHAT_DECIDES: list[tuple[str, Measurement, list[Given], str]] = [
    ("nothing measured", measured(), [], "no-data"),
    ("no value at all", measured(), [number(None, ago(1))], "no-data"),
    ("a value of another sort", measured(), [number(None, ago(1), problem=Reason.UNSPECIFIC)], "unspecific"),
    ("no usable unit", measured(), [number(None, ago(1), problem=Reason.UNIT)], "unit"),
    ("undated only", measured(), [number(60, None)], "undated"),
    ("preliminary only", measured(), [number(60, ago(1), certainty=WEAK)], "unconfirmed"),
    ("a supporting code only", measured(), [number(60, ago(1), role=SUPPORTING)], "unspecific"),
    ("preliminary and undated", measured(), [number(60, None, certainty=WEAK)], "unconfirmed"),
    (
        "each of the three doubts",
        measured(),
        [number(60, None), number(60, ago(1), certainty=WEAK), number(60, ago(1), role=SUPPORTING)],
        "unconfirmed, undated, unspecific",
    ),
    ("a code of role component", measured(), [number(60, ago(1), role=Role.COMPONENT)], "no-data"),
    ("a code of role exclude", measured(), [number(60, ago(1), role=Role.EXCLUDE)], "no-data"),
    ("of a skipped method", measured(skip=SKIPPED), [number(60, ago(1), facets=SKIPPED)], "unspecific"),
    ("of no stated method", measured(skip=SKIPPED), [number(60, ago(1))], "true"),
    ("after the as-of date", measured(), [number(60, ago(-1))], "no-data"),
    ("on the as-of date", measured(), [number(60, ago(0))], "true"),
    ("an undated one does not outrank a dated one", measured(), [number(60, ago(9)), number(40, None)], "true"),
    ("a newer one without a value does not outrank", measured(), [number(60, ago(9)), number(None, ago(1))], "true"),
    (
        "a newer one of another sort does not outrank",
        measured(),
        [number(60, ago(9)), result(Result.NEGATIVE, ago(1), concept=NUMBER)],
        "true",
    ),
    (
        "a newer one without a usable unit does",
        measured(),
        [number(60, ago(9)), number(None, ago(1), problem=Reason.UNIT)],
        "unit",
    ),
    ("one recorded after the as-of date", measured(), [number(60, ago(9)), number(40, ago(-1))], "true"),
]


@pytest.mark.parametrize(
    ("test", "given", "expected"), [row[1:] for row in WHAT_DECIDES], ids=[r[0] for r in WHAT_DECIDES]
)
def test_only_a_firm_dated_definitive_result_decides(
    evaluate: Evaluate, test: Measurement, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


def slip(value: float, issued: DateInterval) -> Fact:
    """A result of next year, by its date."""
    return replace(number(value, ago(-300)), recorded=issued)


# --- the latest -----------------------------------------------------------------------------------------------------

THE_LATEST: list[tuple[str, list[Given], str]] = [
    ("the newer of two", [number(40, ago(2)), number(60, ago(1))], "true"),
    ("in whatever order they come", [number(60, ago(1)), number(40, ago(2))], "true"),
    ("two of one day that disagree", [number(40, ago(1)), number(60, ago(1))], "conflicting-data"),
    ("two of one day that agree", [number(70, ago(1)), number(60, ago(1))], "true"),
    ("two of one day with their times", [number(40, at(1, 8)), number(60, at(1, 9))], "true"),
    ("a time may be the latest of its day", [number(40, ago(1)), number(60, at(1, 9))], "conflicting-data"),
    ("a month that may be newer", [number(60, ago(5)), number(40, on("2026-11"))], "conflicting-data"),
    ("a month that is older", [number(60, ago(5)), number(40, on("2026-10"))], "true"),
    ("issued later, taken who knows when", [number(60, ago(5)), number(40, by(3))], "conflicting-data"),
    ("issued before the other was taken", [number(60, ago(3)), number(40, by(5))], "true"),
    ("only an upper bound, no window", [number(60, by(3))], "true"),
    ("dated after it was issued, and that after the other", [number(60, ago(5)), slip(40, ago(3))], "conflicting-data"),
    ("dated after it was issued, before the other", [number(60, ago(3)), slip(40, ago(5))], "true"),
    ("dated after it was issued, alone", [slip(40, ago(5))], "false"),
    ("dated after it was issued, tomorrow", [number(60, ago(5)), slip(40, ago(-1))], "true"),
    ("one of them unknown", [number(60, ago(1)), number((40, 60), ago(1))], "imprecise"),
    (
        "each of them unknown",
        [number(None, ago(1), problem=Reason.UNIT), number((40, 60), ago(1))],
        "imprecise, unit",
    ),
    (
        "conflicting outweighs unknown",
        [number(60, ago(1)), number(40, ago(1)), number((40, 60), ago(1))],
        "conflicting-data",
    ),
    ("a newer preliminary one contradicts", [number(60, ago(5)), number(40, ago(1), certainty=WEAK)], "unconfirmed"),
    ("a newer preliminary one agrees", [number(60, ago(5)), number(70, ago(1), certainty=WEAK)], "true"),
    (
        "a newer preliminary one is unclear",
        [number(60, ago(5)), number((40, 60), ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer preliminary one has no usable unit",
        [number(60, ago(5)), number(None, ago(1), problem=Reason.UNIT, certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer preliminary one has no value at all",
        [number(60, ago(5)), number(None, ago(1), certainty=WEAK)],
        "true",
    ),
    ("an older preliminary one is unclear", [number(60, ago(1)), number((40, 60), ago(5), certainty=WEAK)], "true"),
    ("an older preliminary one contradicts", [number(60, ago(1)), number(40, ago(5), certainty=WEAK)], "true"),
    (
        "a preliminary one of the same day contradicts",
        [number(60, ago(1)), number(40, ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    ("an undated preliminary one contradicts", [number(60, ago(5)), number(40, None, certainty=WEAK)], "true"),
    (
        "a preliminary one contradicts a false one too",
        [number(40, ago(5)), number(60, ago(1), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "a newer one of a supporting code contradicts",
        [number(60, ago(9)), number(40, ago(1), role=SUPPORTING)],
        "unspecific",
    ),
    (
        "one of the same day contradicts",
        [number(60, ago(1)), number(40, ago(1), role=SUPPORTING)],
        "unspecific",
    ),
    ("it contradicts a false one too", [number(40, ago(9)), number(60, ago(1), role=SUPPORTING)], "unspecific"),
    ("it agrees", [number(60, ago(9)), number(70, ago(1), role=SUPPORTING)], "true"),
    ("it agrees with a false one", [number(40, ago(9)), number(30, ago(1), role=SUPPORTING)], "false"),
    ("it is unclear", [number(60, ago(9)), number((40, 60), ago(1), role=SUPPORTING)], "unspecific"),
    ("it has no usable unit", [number(60, ago(9)), number(None, ago(1), problem=Reason.UNIT, role=SUPPORTING)], "true"),
    ("it is older", [number(60, ago(1)), number(40, ago(2), role=SUPPORTING)], "true"),
    ("it may be newer", [number(60, ago(5)), number(40, on("2026-11"), role=SUPPORTING)], "unspecific"),
    ("it is undated", [number(60, ago(9)), number(40, None, role=SUPPORTING)], "true"),
    ("it is preliminary", [number(60, ago(9)), number(40, ago(1), role=SUPPORTING, certainty=WEAK)], "unspecific"),
    (
        "and a preliminary one contradicts",
        [number(60, ago(9)), number(40, ago(1), role=SUPPORTING), number(40, ago(1), certainty=WEAK)],
        "unconfirmed, unspecific",
    ),
    (
        "the decider is unknown whatever it says",
        [number((40, 60), ago(9)), number(40, ago(1), role=SUPPORTING)],
        "imprecise",
    ),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in THE_LATEST], ids=[row[0] for row in THE_LATEST])
def test_the_latest_is_every_result_that_may_be_the_latest(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, measured(), chart(*given)) == expected


# --- windows --------------------------------------------------------------------------------------------------------

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


# --- any, all -------------------------------------------------------------------------------------------------------

ANY, ALL = measured(take=Take.ANY), measured(take=Take.ALL)
ANY_THIS_WEEK = measured(take=Take.ANY, currency="week")
ALL_THIS_WEEK = measured(take=Take.ALL, currency="week")

SEVERAL: list[tuple[str, Measurement, list[Given], str]] = [
    ("any: one of them", ANY, [number(40, ago(1)), number(60, ago(9))], "true"),
    ("any: none of them", ANY, [number(40, ago(1)), number(30, ago(9))], "false"),
    ("any: perhaps one", ANY, [number(40, ago(1)), number((40, 60), ago(9))], "imprecise"),
    ("any: one, whatever the others", ANY, [number(60, ago(1)), number(None, ago(9), problem=Reason.UNIT)], "true"),
    ("any: nothing decides", ANY, [number(60, None)], "undated"),
    ("any: no data", ANY, [], "no-data"),
    ("any: one is too old", ANY_THIS_WEEK, [number(40, ago(1)), number(60, ago(9))], "false"),
    ("any: all too old", ANY_THIS_WEEK, [number(60, ago(8)), number(60, ago(9))], "stale"),
    ("any: too old, and perhaps", ANY_THIS_WEEK, [number(60, ago(9)), number((40, 60), ago(1))], "imprecise"),
    ("any: a preliminary one", ANY, [number(40, ago(1)), number(60, ago(9), certainty=WEAK)], "unconfirmed"),
    (
        "any: a preliminary one that is too old",
        ANY_THIS_WEEK,
        [number(40, ago(1)), number(60, ago(9), certainty=WEAK)],
        "false",
    ),
    (
        "any: a preliminary one that is unclear",
        ANY,
        [number(40, ago(1)), number((40, 60), ago(9), certainty=WEAK)],
        "unconfirmed",
    ),
    (
        "any: it is unclear and too old",
        ANY_THIS_WEEK,
        [number(40, ago(1)), number((40, 60), ago(9), certainty=WEAK)],
        "false",
    ),
    ("any: a preliminary one cannot undo it", ANY, [number(60, ago(9)), number(40, ago(1), certainty=WEAK)], "true"),
    ("all: each of them", ALL, [number(70, ago(1)), number(60, ago(9))], "true"),
    ("all: but one", ALL, [number(70, ago(1)), number(40, ago(9))], "false"),
    ("all: perhaps but one", ALL, [number(70, ago(1)), number((40, 60), ago(9))], "imprecise"),
    ("all: but one that is too old", ALL_THIS_WEEK, [number(70, ago(1)), number(40, ago(9))], "true"),
    ("all: all too old", ALL_THIS_WEEK, [number(70, ago(8))], "stale"),
    ("all: but a preliminary one", ALL, [number(70, ago(1)), number(40, ago(9), certainty=WEAK)], "unconfirmed"),
    ("any: but one of a supporting code", ANY, [number(40, ago(1)), number(70, ago(9), role=SUPPORTING)], "unspecific"),
    ("any: it is true all the same", ANY, [number(70, ago(9)), number(40, ago(1), role=SUPPORTING)], "true"),
    ("any: undated", ANY, [number(40, ago(1)), number(70, None, role=SUPPORTING)], "false"),
    (
        "any: it is too old to speak",
        ANY_THIS_WEEK,
        [number(40, ago(1)), number(70, ago(9), role=SUPPORTING)],
        "false",
    ),
    ("all: but one of a supporting code", ALL, [number(70, ago(1)), number(40, ago(9), role=SUPPORTING)], "unspecific"),
    (
        "all: but two sorts of doubt",
        ALL,
        [number(70, ago(1)), number(40, ago(9), role=SUPPORTING), number(40, ago(9), certainty=WEAK)],
        "unconfirmed, unspecific",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in SEVERAL], ids=[row[0] for row in SEVERAL])
def test_any_and_all_look_at_every_result(
    evaluate: Evaluate, test: Measurement, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


@pytest.mark.parametrize(
    ("multiple", "expected"), [(0.99, "false"), (1, "true"), (1.05, "true"), (None, "no-reference-range")]
)
def test_normal_is_at_least_the_results_own_lower_limit(
    evaluate: Evaluate, multiple: float | None, expected: str
) -> None:
    test = measured(basis=Basis.TIMES_LOWER_LIMIT, limits=limits(low="1"))
    interval = None if multiple is None else NumberInterval.exactly(multiple)
    problem = Reason.NO_REFERENCE_RANGE if multiple is None else None
    fact = replace(number(97, ago(1)), times_lower_limit=interval, lower_limit_problem=problem)
    assert ask(evaluate, test, chart(fact)) == expected
