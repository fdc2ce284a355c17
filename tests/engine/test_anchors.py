"""Windows before an anchor that is past, today, to come, not given, or not stated by the registry."""

from __future__ import annotations

from datetime import date

import pytest
from charts import AS_OF, Given, ago, between, chart, denial, entry, number, on, result
from invented_rules import EvaluateUnder, anchored, atom, atoms_under, measured, positive, recorded, said

from trialsieve.engine import direct
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.atom import UNSTATED, Test, Window
from trialsieve.rules.vocabulary import Certainty, Reason, Result, Role, State, Take, Truth

PAST, TODAY, AHEAD, NOT_GIVEN = anchored(infusion=-10), anchored(infusion=0), anchored(infusion=10), anchored()
FORTNIGHT = Window(14, "day", True, "infusion")
LESS_THAN_A_FORTNIGHT = Window(14, "day", False, "infusion")
NO_ANCHOR = Window(14, "day", True, UNSTATED)
BACK_FROM_START = Window(14, "day", True, back_from="start")
LESS_FROM_START = Window(14, "day", False, back_from="start")
MONTHS_FROM_START = Window(6, "month", True, back_from="start")
INFUSION_FROM_START = Window(14, "day", True, "infusion", "start")
BEFORE, SHORTER, UNANCHORED = (recorded(window=each) for each in (FORTNIGHT, LESS_THAN_A_FORTNIGHT, NO_ANCHOR))


def _ask(evaluate: EvaluateUnder, circumstances: Circumstances, test: Test, *given: Given) -> str:
    return said(atoms_under(evaluate, circumstances, [atom(test)], chart(*given))["a"])


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


START, START_TODAY, START_AHEAD = anchored(start=-10), anchored(start=0), anchored(start=10)
BACK, LESS_BACK, MONTHS_BACK, INFUSION_BACK = (
    recorded(window=each) for each in (BACK_FROM_START, LESS_FROM_START, MONTHS_FROM_START, INFUSION_FROM_START)
)


@pytest.mark.parametrize(
    ("circumstances", "test", "days_ago", "expected"),
    [
        (START, BACK, 25, "false"),
        (START, BACK, 24, "true"),
        (START, BACK, 23, "true"),
        (START, BACK, 15, "true"),
        (START, BACK, 9, "true"),
        (START, BACK, 0, "true"),
        (START, LESS_BACK, 24, "false"),
        (START, LESS_BACK, 23, "true"),
        *(
            (circumstances, BACK, days_ago, expected)
            for circumstances in (START_TODAY, START_AHEAD, NOT_GIVEN, PAST)
            for days_ago, expected in ((15, "false"), (14, "true"), (13, "true"), (0, "true"))
        ),
        (anchored(infusion=-3, start=-10), INFUSION_BACK, 25, "false"),
        (anchored(infusion=-3, start=-10), INFUSION_BACK, 24, "true"),
        (anchored(infusion=-3, start=-10), INFUSION_BACK, 3, "true"),
        (anchored(infusion=-3, start=-10), INFUSION_BACK, 2, "false"),
        (anchored(infusion=-10, start=-3), INFUSION_BACK, 25, "false"),
        (anchored(infusion=-10, start=-3), INFUSION_BACK, 24, "true"),
        (anchored(infusion=-10, start=-3), INFUSION_BACK, 9, "false"),
        (anchored(infusion=10, start=-10), INFUSION_BACK, 25, "false"),
        (anchored(infusion=10, start=-10), INFUSION_BACK, 24, "true"),
        (anchored(infusion=10, start=0), INFUSION_BACK, 14, "true"),
        (anchored(infusion=10, start=1), INFUSION_BACK, 13, "imprecise"),
        (anchored(infusion=10, start=1), INFUSION_BACK, 14, "false"),
        (anchored(infusion=10), INFUSION_BACK, 4, "imprecise"),
        (START, INFUSION_BACK, 24, "true"),
        (START, INFUSION_BACK, 25, "false"),
        (START_AHEAD, INFUSION_BACK, 14, "imprecise"),
        (START_AHEAD, INFUSION_BACK, 15, "false"),
    ],
)
def test_what_happened_in_a_window_that_is_counted_back_from_an_earlier_day(
    evaluate_under: EvaluateUnder, circumstances: Circumstances, test: Test, days_ago: int, expected: str
) -> None:
    assert _ask(evaluate_under, circumstances, test, entry(ago(days_ago))) == expected


@pytest.mark.parametrize(
    ("start", "first_day", "day_before"),
    [("2026-11-06", "2026-05-06", "2026-05-05"), ("2026-08-31", "2026-02-28", "2026-02-27")],
)
def test_calendar_months_are_counted_back_from_the_earlier_day(
    evaluate_under: EvaluateUnder, start: str, first_day: str, day_before: str
) -> None:
    circumstances = Circumstances(AS_OF, anchors={"start": date.fromisoformat(start)})
    assert _ask(evaluate_under, circumstances, MONTHS_BACK, entry(on(first_day))) == "true"
    assert _ask(evaluate_under, circumstances, MONTHS_BACK, entry(on(day_before))) == "false"
    assert _ask(evaluate_under, circumstances, MONTHS_BACK, entry(on(first_day[:7]))) == "imprecise"


OTHERS: list[tuple[str, Circumstances, Test, list[Given], str]] = [
    ("undated", NOT_GIVEN, BEFORE, [entry(None)], "undated"),
    ("undated, no anchor stated", NOT_GIVEN, UNANCHORED, [entry(None)], "undated"),
    ("history, recorded before it", NOT_GIVEN, BEFORE, [entry(None, recorded=ago(15), role=Role.HISTORY)], "false"),
    ("history, recorded in it", NOT_GIVEN, BEFORE, [entry(None, recorded=ago(14), role=Role.HISTORY)], "undated"),
    ("a month across the far edge", NOT_GIVEN, BEFORE, [entry(on("2026-11"))], "imprecise"),
    ("a month across it, no anchor stated", NOT_GIVEN, UNANCHORED, [entry(on("2026-11"))], "registry-error"),
    ("a month across a past far edge", PAST, BEFORE, [entry(on("2026-10"))], "imprecise"),
    ("a stretch across a past anchor", PAST, BEFORE, [entry(between(12, 8))], "imprecise"),
    ("a stretch up to a past anchor", PAST, BEFORE, [entry(between(12, 10))], "true"),
    ("weak, too", NOT_GIVEN, BEFORE, [entry(ago(1), certainty=Certainty.WEAK)], "imprecise, unconfirmed"),
    ("denied since", NOT_GIVEN, BEFORE, [entry(ago(5), recorded=ago(5)), denial(ago(1))], "false"),
    ("denied before", NOT_GIVEN, BEFORE, [entry(ago(5)), denial(ago(9))], "imprecise"),
    ("one inside, one outside", NOT_GIVEN, BEFORE, [entry(ago(1)), entry(ago(15))], "imprecise"),
    (
        "begun before it and still active",
        NOT_GIVEN,
        recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT),
        [entry(ago(15))],
        "judgement",
    ),
    (
        "over before it begins, in a month that it lies in",
        anchored(enrollment=7),
        recorded(window=Window(6, "day", inclusive=True, anchor="enrollment"), still_active=Reason.JUDGEMENT),
        [entry(ago(40), state=State.RESOLVED, ended=on("2026-11"))],
        "false",
    ),
    (
        "over, on the day on which it begins at the latest",
        anchored(enrollment=6),
        recorded(window=Window(6, "day", inclusive=True, anchor="enrollment"), still_active=Reason.JUDGEMENT),
        [entry(ago(40), state=State.RESOLVED, ended=on("2026-11"))],
        "judgement",
    ),
    ("begun after it", PAST, recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT), [entry(ago(9))], "false"),
    ("a relapse of what began after it", PAST, BEFORE, [entry(ago(9), state=State.RELAPSE)], "false"),
    ("history, recorded between the two", START, BACK, [entry(None, recorded=ago(15), role=Role.HISTORY)], "undated"),
    ("history, recorded before both", START, BACK, [entry(None, recorded=ago(25), role=Role.HISTORY)], "false"),
    ("undated, counted back", START, BACK, [entry(None)], "undated"),
    ("a month across the earlier edge", START, BACK, [entry(on("2026-10"))], "imprecise"),
    ("a month across the later edge alone", START, BACK, [entry(between(20, 2))], "true"),
    (
        "begun before both and still active",
        START,
        recorded(window=BACK_FROM_START, still_active=Reason.JUDGEMENT),
        [entry(ago(25))],
        "judgement",
    ),
    (
        "begun before both and over between them",
        START,
        recorded(window=BACK_FROM_START, still_active=Reason.JUDGEMENT),
        [entry(ago(25), ended=ago(20))],
        "judgement",
    ),
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


@pytest.mark.parametrize(
    ("circumstances", "days_ago", "expected"),
    [
        (START, 25, "stale"),
        (START, 24, "true"),
        (START, 0, "true"),
        (START_AHEAD, 15, "stale"),
        (START_AHEAD, 14, "true"),
        (NOT_GIVEN, 15, "stale"),
    ],
)
def test_a_result_counts_in_a_window_that_is_counted_back_from_an_earlier_day(
    evaluate_under: EvaluateUnder, circumstances: Circumstances, days_ago: int, expected: str
) -> None:
    assert _ask(evaluate_under, circumstances, measured(window=BACK_FROM_START), number(60, ago(days_ago))) == expected
    qualitative = positive(window=BACK_FROM_START)
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
        (NOT_GIVEN, BEFORE, "the date of infusion is not given, and by then the 14 days may be over"),
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


COUNTED = "its window of 14 days is counted back from start, 2026-11-11"


@pytest.mark.parametrize(
    ("test", "given"),
    [
        (BACK, entry(ago(24))),
        (BACK, entry(ago(25))),
        (BACK, entry(ago(1))),
        (measured(window=BACK_FROM_START), number(60, ago(24))),
    ],
)
def test_from_which_earlier_day_a_window_is_counted_back_is_said(test: Test, given: Given) -> None:
    assert COUNTED in _outcome(START, test, given).assumptions


@pytest.mark.parametrize(
    ("test", "given"),
    [(BACK, entry(on("2026-10"))), (measured(window=BACK_FROM_START), number(60, ago(25)))],
)
def test_where_that_leaves_it_unknown_it_is_said_with_why(test: Test, given: Given) -> None:
    outcome = _outcome(START, test, given)
    assert outcome.truth is Truth.UNKNOWN
    assert COUNTED in outcome.notes


@pytest.mark.parametrize("circumstances", [START_TODAY, START_AHEAD, NOT_GIVEN])
@pytest.mark.parametrize("days_ago", [1, 20])
def test_from_no_earlier_day_nothing_is_said(circumstances: Circumstances, days_ago: int) -> None:
    outcome = _outcome(circumstances, BACK, entry(ago(days_ago)))
    assert not any("counted back" in each for each in (*outcome.assumptions, *outcome.notes))


def test_where_both_days_are_still_to_come_nobody_knows_when_it_leaves_the_window() -> None:
    assert _outcome(anchored(infusion=10, start=1), INFUSION_BACK, entry(ago(1))).notes == (
        "infusion on 2026-12-01 is still to come",
        "its window of 14 days is counted back from start, 2026-11-22",
    )
