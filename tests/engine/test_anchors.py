"""Windows before an anchor that is past, today, to come, not given, or not stated by the registry."""

from __future__ import annotations

import pytest
from charts import (
    EvaluateUnder,
    Given,
    ago,
    anchored,
    atom,
    atoms_under,
    chart,
    denial,
    entry,
    measured,
    number,
    on,
    positive,
    recorded,
    result,
    said,
)

from trialsieve.engine import direct
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.model import UNSTATED, Test, Window
from trialsieve.rules.vocabulary import Certainty, Reason, Result, Role, State, Take

PAST, TODAY, AHEAD, NOT_GIVEN = anchored(infusion=-10), anchored(infusion=0), anchored(infusion=10), anchored()
FORTNIGHT = Window(14, "day", True, "infusion")
LESS_THAN_A_FORTNIGHT = Window(14, "day", False, "infusion")
NO_ANCHOR = Window(14, "day", True, UNSTATED)
BEFORE, SHORTER, UNANCHORED = (recorded(window=each) for each in (FORTNIGHT, LESS_THAN_A_FORTNIGHT, NO_ANCHOR))


def _ask(evaluate: EvaluateUnder, circumstances: Circumstances, test: Test, *given: Given) -> str:
    return said(atoms_under(evaluate, circumstances, [atom(test)], chart(*given))["a"])


def period(first: int, last: int) -> DateInterval:
    """From so many days before the as-of date to so many."""
    start, end = ago(first), ago(last)
    return DateInterval(start.first, end.last, start.start, end.end)


@pytest.mark.parametrize(
    ("circumstances", "test", "days_ago", "expected"),
    [
        (PAST, BEFORE, 25, "false"),
        (PAST, BEFORE, 24, "true"),
        (PAST, BEFORE, 10, "true"),
        (PAST, BEFORE, 9, "false"),
        (PAST, SHORTER, 24, "false"),
        (PAST, SHORTER, 23, "true"),
        (TODAY, BEFORE, 15, "false"),
        (TODAY, BEFORE, 14, "true"),
        (TODAY, BEFORE, 0, "true"),
        (TODAY, SHORTER, 14, "false"),
        (AHEAD, BEFORE, 5, "false"),
        (AHEAD, BEFORE, 4, "imprecise"),
        (AHEAD, BEFORE, 0, "imprecise"),
        (AHEAD, SHORTER, 4, "false"),
        (AHEAD, SHORTER, 3, "imprecise"),
        (NOT_GIVEN, BEFORE, 15, "false"),
        (NOT_GIVEN, BEFORE, 14, "imprecise"),
        (NOT_GIVEN, BEFORE, 0, "imprecise"),
        (NOT_GIVEN, SHORTER, 14, "false"),
        (NOT_GIVEN, UNANCHORED, 15, "false"),
        (NOT_GIVEN, UNANCHORED, 14, "registry-error"),
        (NOT_GIVEN, UNANCHORED, 0, "registry-error"),
        (anchored(unstated=0), UNANCHORED, 14, "registry-error"),
        (anchored(screening=-10), recorded(window=Window(14, "day", True)), 5, "true"),
    ],
)
def test_what_happened_in_a_window_before_an_anchor(
    evaluate_under: EvaluateUnder, circumstances: Circumstances, test: Test, days_ago: int, expected: str
) -> None:
    assert _ask(evaluate_under, circumstances, test, entry(ago(days_ago))) == expected


OTHERS: list[tuple[str, Circumstances, Test, list[Given], str]] = [
    ("undated", NOT_GIVEN, BEFORE, [entry(None)], "undated"),
    ("undated, no anchor stated", NOT_GIVEN, UNANCHORED, [entry(None)], "undated"),
    ("history, recorded before it", NOT_GIVEN, BEFORE, [entry(None, recorded=ago(15), role=Role.HISTORY)], "false"),
    ("history, recorded in it", NOT_GIVEN, BEFORE, [entry(None, recorded=ago(14), role=Role.HISTORY)], "undated"),
    ("a month across the far edge", NOT_GIVEN, BEFORE, [entry(on("2026-11"))], "imprecise"),
    ("a month across it, no anchor stated", NOT_GIVEN, UNANCHORED, [entry(on("2026-11"))], "registry-error"),
    ("a month across a past far edge", PAST, BEFORE, [entry(on("2026-10"))], "imprecise"),
    ("a stretch across a past anchor", PAST, BEFORE, [entry(period(12, 8))], "imprecise"),
    ("a stretch up to a past anchor", PAST, BEFORE, [entry(period(12, 10))], "true"),
    ("weak, too", NOT_GIVEN, BEFORE, [entry(ago(1), certainty=Certainty.WEAK)], "imprecise, unconfirmed"),
    ("denied since", NOT_GIVEN, BEFORE, [entry(ago(5)), denial(ago(1))], "false"),
    ("denied before", NOT_GIVEN, BEFORE, [entry(ago(5)), denial(ago(9))], "imprecise"),
    ("one inside, one outside", NOT_GIVEN, BEFORE, [entry(ago(1)), entry(ago(15))], "imprecise"),
    (
        "begun before it and still active",
        NOT_GIVEN,
        recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT),
        [entry(ago(15))],
        "judgement",
    ),
    ("begun after it", PAST, recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT), [entry(ago(9))], "false"),
    ("a relapse of what began after it", PAST, BEFORE, [entry(ago(9), state=State.RELAPSE)], "false"),
    ("a relapse of what began before it", PAST, BEFORE, [entry(ago(25), state=State.RELAPSE)], "undated"),
]


@pytest.mark.parametrize(
    ("circumstances", "test", "given", "expected"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS]
)
def test_what_is_not_so_plainly_in_it(
    evaluate_under: EvaluateUnder, circumstances: Circumstances, test: Test, given: list[Given], expected: str
) -> None:
    assert _ask(evaluate_under, circumstances, test, *given) == expected


RESULT, LESS = measured(window=FORTNIGHT), measured(window=LESS_THAN_A_FORTNIGHT)


@pytest.mark.parametrize(
    ("circumstances", "test", "days_ago", "expected"),
    [
        (PAST, RESULT, 25, "stale"),
        (PAST, RESULT, 24, "true"),
        (PAST, LESS, 24, "stale"),
        (PAST, RESULT, 10, "true"),
        (PAST, RESULT, 9, "stale"),
        (TODAY, RESULT, 15, "stale"),
        (TODAY, RESULT, 14, "true"),
        (AHEAD, RESULT, 5, "stale"),
        (AHEAD, RESULT, 4, "true"),
        (AHEAD, RESULT, 0, "true"),
        (NOT_GIVEN, RESULT, 15, "stale"),
        (NOT_GIVEN, RESULT, 14, "true"),
        (NOT_GIVEN, RESULT, 0, "true"),
    ],
)
def test_a_result_counts_in_the_window_as_far_as_its_anchor_is_known(
    evaluate_under: EvaluateUnder, circumstances: Circumstances, test: Test, days_ago: int, expected: str
) -> None:
    assert _ask(evaluate_under, circumstances, test, number(60, ago(days_ago))) == expected
    qualitative = positive(window=test.window)  # type: ignore[union-attr]
    assert _ask(evaluate_under, circumstances, qualitative, result(Result.POSITIVE, ago(days_ago))) == expected


def test_a_result_after_a_past_anchor_is_outside_for_any_too(evaluate_under: EvaluateUnder) -> None:
    given = [number(60, ago(9)), number(40, ago(11))]
    assert _ask(evaluate_under, PAST, measured(window=FORTNIGHT, take=Take.ANY), *given) == "false"


# --- what is said of it ---------------------------------------------------------------------------------------------


def _outcome(circumstances: Circumstances, test: Test, *given: Given) -> Outcome:
    def evaluate(book, patient, asked):  # type: ignore[no-untyped-def]
        return direct.evaluate(book, ["T"], patient, asked)

    return atoms_under(evaluate, circumstances, [atom(test)], chart(*given))["a"]


ASSUMED = "the date of infusion is not given; taken as of 2026-11-21"


@pytest.mark.parametrize(
    ("circumstances", "test", "given", "assumption"),
    [
        (NOT_GIVEN, RESULT, number(60, ago(1)), ASSUMED),
        (NOT_GIVEN, RESULT, number(60, ago(15)), ASSUMED),
        (NOT_GIVEN, BEFORE, entry(ago(15)), ASSUMED),
        (NOT_GIVEN, BEFORE, entry(ago(1)), ASSUMED),
        (
            NOT_GIVEN,
            UNANCHORED,
            entry(ago(15)),
            "the registry does not say from which day its window is counted back; taken as of 2026-11-21",
        ),
    ],
)
def test_an_anchor_that_is_not_given_is_an_assumption(
    circumstances: Circumstances, test: Test, given: Given, assumption: str
) -> None:
    assert assumption in _outcome(circumstances, test, given).assumptions


@pytest.mark.parametrize(("circumstances"), [PAST, TODAY, AHEAD])
@pytest.mark.parametrize(("test", "given"), [(RESULT, number(60, ago(1))), (BEFORE, entry(ago(1)))])
def test_one_that_is_given_is_none(circumstances: Circumstances, test: Test, given: Given) -> None:
    assert not any("taken as of" in each for each in _outcome(circumstances, test, given).assumptions)


def test_where_nothing_is_on_record_no_anchor_matters() -> None:
    assert _outcome(NOT_GIVEN, RESULT).assumptions == ()
    assert _outcome(NOT_GIVEN, BEFORE).assumptions == ("no condition on record",)


@pytest.mark.parametrize(
    ("circumstances", "test", "note"),
    [
        (NOT_GIVEN, BEFORE, "the date of infusion is not given, and the 14 days before it may yet pass"),
        (
            AHEAD,
            BEFORE,
            "infusion on 2026-12-01 is still to come; from 2026-12-05 on this would lie more than its 14 days back",
        ),
        (NOT_GIVEN, UNANCHORED, "the registry does not say from which day the 14 days are counted back"),
    ],
)
def test_what_keeps_an_open_window_unknown_is_said(circumstances: Circumstances, test: Test, note: str) -> None:
    assert _outcome(circumstances, test, entry(ago(1))).notes == (note,)
