"""What counts by the date of something else: soon after a finding, at the time of a result, not older than it."""

from __future__ import annotations

import pytest
from charts import OTHER, PROCEDURE, Given, ago, by, chart, denial, entry, number, on, result, since
from invented_rules import Evaluate, ask, atom, book, criterion, finding, limits, measured, positive, recorded, said

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Measurement, Recorded, Span, Window
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Kind, Reason, Result, Role, Take

FIRST = finding("first", atom(recorded(concepts=(OTHER,)), absence=AbsenceRule.UNKNOWN))


def other(when: DateInterval | None) -> Fact:
    return entry(when, concept=OTHER)


# --- within so long after a finding ---------------------------------------------------------------------------------

DAYS, MONTH = Span(10, "day"), Span(1, "month")
SOON = recorded(after="first", within_after=DAYS)
SOON_MEASURED = measured(after="first", within_after=DAYS)


@pytest.mark.parametrize(
    ("days_ago", "event", "measurement"),
    [
        (31, "false", "no-data"),
        (30, "false", "true"),
        (29, "true", "true"),
        (20, "true", "true"),
        (19, "false", "no-data"),
    ],
)
def test_within_so_many_days_after_a_finding(evaluate: Evaluate, days_ago: int, event: str, measurement: str) -> None:
    assert ask(evaluate, SOON, chart(other(ago(30)), entry(ago(days_ago))), [FIRST]) == event
    assert ask(evaluate, SOON_MEASURED, chart(other(ago(30)), number(60, ago(days_ago))), [FIRST]) == measurement


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2026-02-28", "true"), ("2026-03-01", "false")],
)
def test_a_month_after_ends_on_the_last_day_of_a_shorter_month(evaluate: Evaluate, when: str, expected: str) -> None:
    test = recorded(after="first", within_after=MONTH)
    assert ask(evaluate, test, chart(other(on("2026-01-31")), entry(on(when))), [FIRST]) == expected


WITHIN: list[tuple[str, list[Given], str, str]] = [
    ("in the month of the finding", [other(on("2026-05"))], "2026-05-20", "imprecise"),
    ("between its first and its last span", [other(on("2026-05"))], "2026-06-01", "imprecise"),
    ("the last sure day", [other(on("2026-05-01"))], "2026-05-11", "true"),
    ("after the span of its first day", [other(on("2026-05"))], "2026-06-02", "imprecise"),
    ("the last possible day", [other(on("2026-05"))], "2026-06-10", "imprecise"),
    ("after the span of its last day", [other(on("2026-05"))], "2026-06-11", "too late"),
    ("a month across the last day", [other(on("2026-05-25"))], "2026-06", "imprecise"),
    ("the finding undated", [other(None)], "2026-06-01", "undated"),
]


@pytest.mark.parametrize(("given", "when", "expected"), [row[1:] for row in WITHIN], ids=[row[0] for row in WITHIN])
def test_within_after_what_is_not_dated_to_the_day(
    evaluate: Evaluate, given: list[Given], when: str, expected: str
) -> None:
    event, measurement = ("false", "no-data") if expected == "too late" else (expected, expected)
    assert ask(evaluate, SOON, chart(*given, entry(on(when))), [FIRST]) == event
    assert ask(evaluate, SOON_MEASURED, chart(*given, number(60, on(when))), [FIRST]) == measurement


def test_a_result_that_came_too_late_is_not_the_latest(evaluate: Evaluate) -> None:
    given = [other(ago(30)), number(60, ago(25)), number(40, ago(19))]
    assert ask(evaluate, SOON_MEASURED, chart(*given), [FIRST]) == "true"
    assert ask(evaluate, measured(after="first"), chart(*given), [FIRST]) == "false"


def test_a_qualitative_result_is_held_to_it_too(evaluate: Evaluate) -> None:
    test = positive(after="first", within_after=DAYS)
    assert ask(evaluate, test, chart(other(ago(30)), result(Result.POSITIVE, ago(20))), [FIRST]) == "true"
    assert ask(evaluate, test, chart(other(ago(30)), result(Result.POSITIVE, ago(19))), [FIRST]) == "no-data"


# --- not older than other resources ---------------------------------------------------------------------------------

NEW = measured(not_older_than="b")
OCCURRED = atom(recorded(), "b")


def _of_two(evaluate: Evaluate, test: Measurement | Recorded, *given: Given, than: object = OCCURRED) -> str:
    rules = book(criterion(atom(test), than))  # type: ignore[arg-type]
    return said(evaluate(rules, chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["a"])


NOT_OLDER: list[tuple[str, list[Given], str]] = [
    ("the day before", [entry(ago(5)), number(60, ago(6))], "no-data"),
    ("the same day", [entry(ago(5)), number(60, ago(5))], "true"),
    ("the day after", [entry(ago(5)), number(60, ago(4))], "true"),
    ("an older one does not outrank", [entry(ago(5)), number(60, ago(4)), number(40, ago(6))], "true"),
    ("before each of two", [entry(ago(5)), entry(ago(9)), number(60, ago(10))], "no-data"),
    ("on the day of the first of two", [entry(ago(5)), entry(ago(9)), number(60, ago(9))], "imprecise"),
    ("between two", [entry(ago(5)), entry(ago(9)), number(60, ago(7))], "imprecise"),
    ("on the day of the last of two", [entry(ago(5)), entry(ago(9)), number(60, ago(5))], "true"),
    (
        "between a day and the end of its month, of two",
        [entry(on("2026-10")), entry(on("2026-10-15")), number(60, on("2026-10-20"))],
        "imprecise",
    ),
    ("in the month of it", [entry(on("2026-10")), number(60, on("2026-10-15"))], "imprecise"),
    ("on the last day of its month", [entry(on("2026-10")), number(60, on("2026-10-31"))], "true"),
    ("before its month", [entry(on("2026-10")), number(60, on("2026-09-30"))], "no-data"),
    ("a month that holds its day", [entry(on("2026-10-15")), number(60, on("2026-10"))], "imprecise"),
    ("it is undated", [entry(None), number(60, ago(1))], "undated"),
    ("one of two is undated", [entry(None), entry(ago(5)), number(60, ago(1))], "undated"),
    ("one of two is undated, and it is older", [entry(None), entry(ago(5)), number(60, ago(6))], "no-data"),
    ("the result is undated", [entry(ago(5)), number(60, None)], "undated"),
    ("it is unknown", [entry(ago(5), certainty=Certainty.WEAK), number(60, ago(1))], "unconfirmed"),
    ("it is presumed absent", [number(60, ago(1))], "no-data"),
    ("it is denied on a day", [denial(ago(5)), number(60, ago(5))], "true"),
    ("nothing is measured", [entry(ago(5))], "no-data"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in NOT_OLDER], ids=[row[0] for row in NOT_OLDER])
def test_a_result_not_older_than_other_resources(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _of_two(evaluate, NEW, *given) == expected


ITSELF = atom(measured(limits=limits(high="100")), "b")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(60, on("2026-10"))], "true"),
        ([number(60, on("2026-10")), number(40, on("2026-10-15"))], "conflicting-data"),
        ([number(60, on("2026-10")), number(70, on("2026-10-15"))], "true"),
        ([number(60, by(20))], "true"),
        ([number(60, None)], "undated"),
    ],
)
def test_a_result_is_not_older_than_itself(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _of_two(evaluate, NEW, *given, than=ITSELF) == expected


def test_another_result_of_the_same_month_may_be_older(evaluate: Evaluate) -> None:
    given = [result(Result.POSITIVE, on("2026-10")), number(60, on("2026-10"))]
    assert _of_two(evaluate, NEW, *given, than=atom(positive(), "b")) == "imprecise"


def test_any_of_them_looks_only_at_what_is_not_older(evaluate: Evaluate) -> None:
    test = measured(not_older_than="b", take=Take.ANY)
    assert _of_two(evaluate, test, entry(ago(5)), number(60, ago(6)), number(40, ago(5))) == "false"


def test_that_only_an_older_one_of_a_skipped_method_is_there_is_told(evaluate: Evaluate) -> None:
    test = measured(not_older_than="b", skip=(("method", "radionuclide"),))
    older = number(60, ago(6), facets=(("method", "radionuclide"),))
    assert _of_two(evaluate, test, entry(ago(5)), older) == "unspecific"


def test_a_weak_older_one_contradicts_nothing(evaluate: Evaluate) -> None:
    given = [entry(ago(5)), number(60, ago(5)), number(40, ago(6), certainty=Certainty.WEAK)]
    assert _of_two(evaluate, NEW, *given) == "true"


# --- at the time of other resources ---------------------------------------------------------------------------------

MEASURED = atom(measured(), "b")
THEN = recorded(at_time_of="b")
DONE_THEN = recorded(at_time_of="b", concepts=(PROCEDURE,))


def done(when: DateInterval | None, *, ended: DateInterval | bool = False) -> Fact:
    return entry(when, concept=PROCEDURE, kind=Kind.PROCEDURE, ended=ended)


AT_TIME: list[tuple[str, Recorded, list[Given], str]] = [
    ("done the day before", DONE_THEN, [done(ago(6))], "false"),
    ("done the same day", DONE_THEN, [done(ago(5))], "imprecise"),
    ("done the day after", DONE_THEN, [done(ago(4))], "false"),
    ("done in a month that holds it", DONE_THEN, [done(on("2026-11"))], "imprecise"),
    ("done in another month", DONE_THEN, [done(on("2026-10"))], "false"),
    ("undated", DONE_THEN, [done(None)], "undated"),
    ("going on since before", DONE_THEN, [done(since(9))], "imprecise"),
    ("from before until after", DONE_THEN, [done(ago(6), ended=ago(4))], "true"),
    ("from that day on", DONE_THEN, [done(ago(5), ended=ago(4))], "true"),
    ("until that day", DONE_THEN, [done(ago(6), ended=ago(5))], "true"),
    ("over the day before", DONE_THEN, [done(ago(9), ended=ago(6))], "false"),
    ("begun the day after", DONE_THEN, [done(ago(4), ended=ago(1))], "false"),
    ("begun and over that day", DONE_THEN, [done(ago(5), ended=ago(5))], "imprecise"),
    ("begun perhaps before", DONE_THEN, [done(on("2026-11"), ended=ago(1))], "imprecise"),
    ("over perhaps before", DONE_THEN, [done(ago(9), ended=on("2026-11"))], "imprecise"),
    ("an end without a date", DONE_THEN, [done(ago(6), ended=True)], "false"),
    ("a condition that has not ended", THEN, [entry(ago(6))], "imprecise"),
    ("a condition that ended, nobody knows when", THEN, [entry(ago(6), ended=True)], "imprecise"),
    ("a condition whose end is still to come", THEN, [entry(ago(6), ended=on("2026-11-25"))], "imprecise"),
    ("a condition that began later", THEN, [entry(ago(4))], "false"),
    ("a condition that ended before", THEN, [entry(ago(9), ended=ago(6))], "false"),
    ("a condition from before until after", THEN, [entry(ago(9), ended=ago(1))], "true"),
    ("one of two at that time", DONE_THEN, [done(ago(9)), done(ago(6), ended=ago(4))], "true"),
    ("weak, at another time", THEN, [entry(ago(4), certainty=Certainty.WEAK)], "false"),
    ("a broad code, at that time", THEN, [entry(ago(9), ended=ago(1), role=Role.SUPPORTING)], "unspecific"),
    ("not done at all", DONE_THEN, [], "false"),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in AT_TIME], ids=[row[0] for row in AT_TIME])
def test_what_was_at_the_time_of_a_result(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert _of_two(evaluate, test, number(60, ago(5)), *given, than=MEASURED) == expected


TIMES: list[tuple[str, list[Given], str]] = [
    ("the result is in a month", [number(60, on("2026-11")), done(ago(6), ended=ago(4))], "imprecise"),
    (
        "begun perhaps before it, over after it",
        [number(60, on("2026-10-15")), done(on("2026-10"), ended=on("2026-11-15"))],
        "imprecise",
    ),
    (
        "begun before it, over perhaps after it",
        [number(60, on("2026-11-15")), done(on("2026-10-01"), ended=on("2026-11"))],
        "imprecise",
    ),
    ("only known to be by a day", [number(60, by(5)), done(ago(6))], "imprecise"),
    ("only known to be by an earlier day", [number(60, by(7)), done(ago(6))], "false"),
    ("the result is unknown", [number((40, 60), ago(5)), done(ago(5))], "imprecise"),
    ("the result is unknown for want of a unit", [number(None, ago(5), problem=Reason.UNIT), done(ago(5))], "unit"),
    ("nothing is measured", [done(ago(5))], "no-data"),
    ("one of two results", [number(60, ago(5)), number(70, ago(5)), done(ago(6), ended=ago(4))], "true"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES])
def test_the_time_is_that_of_the_result(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _of_two(evaluate, DONE_THEN, *given, than=MEASURED) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([entry(None, concept=OTHER), done(ago(5))], "undated"),
        ([entry(None, concept=OTHER), entry(ago(5), concept=OTHER), done(ago(6), ended=ago(4))], "undated"),
        ([done(ago(5))], "no-data"),
        ([entry(ago(5), concept=OTHER), done(ago(5))], "imprecise"),
        ([entry(ago(9), concept=OTHER), entry(ago(2), concept=OTHER), done(ago(5))], "false"),
        ([entry(ago(9), concept=OTHER), entry(ago(5), concept=OTHER), done(ago(6), ended=ago(4))], "true"),
    ],
)
def test_the_time_of_what_is_on_record(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _of_two(evaluate, DONE_THEN, *given, than=atom(recorded(concepts=(OTHER,)), "b")) == expected


def test_the_reasons_of_both_are_told(evaluate: Evaluate) -> None:
    test = recorded(window=None, at_time_of="b", after="first")
    rules = book(criterion(atom(test), MEASURED), findings=[FIRST])
    patient = chart(entry(ago(5)), entry(ago(9), concept=OTHER, certainty=Certainty.WEAK))
    assert (
        said(evaluate(rules, patient, AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["a"]) == "no-data, unconfirmed"
    )


# --- the first on record --------------------------------------------------------------------------------------------

FIRST_THIS_MONTH = recorded(window=Window(30, "day", inclusive=True), first=True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([entry(ago(10))], "true"),
        ([entry(ago(10)), entry(ago(9))], "true"),
        ([entry(ago(10)), entry(ago(31))], "false"),
        ([entry(ago(10)), entry(ago(31), certainty=Certainty.WEAK)], "false"),
        ([entry(ago(10)), entry(ago(31), role=Role.SUPPORTING)], "false"),
        ([entry(ago(10)), entry(ago(9), role=Role.SUPPORTING)], "true"),
        ([entry(ago(9)), entry(ago(10), role=Role.SUPPORTING)], "unspecific"),
        ([entry(ago(10)), entry(None)], "true"),
        ([entry(ago(10)), denial(ago(31))], "true"),
        ([entry(ago(10), recorded=ago(10)), denial(ago(9))], "false"),
        ([entry(ago(31)), entry(on("2026-11"))], "false"),
    ],
)
def test_only_the_first_on_record_counts(evaluate: Evaluate, given: list[Fact], expected: str) -> None:
    assert ask(evaluate, atom(FIRST_THIS_MONTH, absence=AbsenceRule.PRESUME), chart(*given)) == expected
