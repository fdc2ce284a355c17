"""From which day time alone changes an answer: a window moves on, and nothing new is recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from changing import (
    BEFORE_INFUSION,
    EXCLUSION,
    FORTNIGHT,
    RECENT,
    RECENT_RESULT,
    STILL,
    UNANCHORED,
    ahead,
    changes_on,
    evaluated,
)
from charts import CONDITION, GAP, OTHER, Given, ago, denial, entry, number, on, since, unreadable
from invented_rules import anchored, atom, criterion, finding, measured, recorded, said

from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Atom, FindingHolds, ReviewCase, Test, Window
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AnyOf, AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import Certainty, Reason, Role, State, Take

# --- something on record --------------------------------------------------------------------------------------------

OUT_OF_IT: list[tuple[str, Test | Atom, list[Given], date | None]] = [
    ("the far edge today", RECENT, [entry(ago(14))], ahead(1)),
    ("within, the far edge included", RECENT, [entry(ago(5))], ahead(10)),
    ("less than", recorded(window=Window(14, "day", False)), [entry(ago(5))], ahead(9)),
    ("months", recorded(window=Window(6, "month", True)), [entry(on("2026-08-31"))], date(2027, 3, 1)),
    ("the latest of several", RECENT, [entry(ago(5)), entry(ago(3)), entry(ago(20))], ahead(12)),
    ("outside already", RECENT, [entry(ago(15))], None),
    ("perhaps inside", RECENT, [entry(on("2026-11"))], date(2026, 12, 15)),
    ("going on", RECENT, [entry(since(20))], None),
    ("one of two going on", RECENT, [entry(ago(5)), entry(since(20))], None),
    ("for ever, as some write it", RECENT, [entry(DateInterval(ago(5).first, date(9999, 12, 31), 0, 0))], None),
    ("undated", RECENT, [entry(None)], None),
    ("another one undated", RECENT, [entry(ago(5), certainty=Certainty.WEAK), entry(None)], None),
    ("weak", RECENT, [entry(ago(5), certainty=Certainty.WEAK)], ahead(10)),
    ("relapsed, no one knows when", RECENT, [entry(ago(5), state=State.RELAPSE)], ahead(10)),
    ("denied before", RECENT, [entry(ago(5)), denial(ago(9))], ahead(10)),
    ("may have gone on into it until it ended", STILL, [entry(ago(20), ended=ago(5))], ahead(10)),
    ("may have gone on into it, and another in it", STILL, [entry(ago(20), ended=ago(5)), entry(ago(3))], ahead(12)),
    ("may have gone on into it, nobody knows how long", STILL, [entry(ago(20), state=State.RESOLVED)], None),
    ("may still go on", STILL, [entry(ago(20))], None),
    ("ended this year", STILL, [entry(ago(20), ended=on("2026"))], None),
    ("ended before it", STILL, [entry(ago(30), ended=ago(15))], None),
    ("a history of it, noted on a day", RECENT, [entry(on("2026"), role=Role.HISTORY, recorded=ago(5))], ahead(10)),
    (
        "a history of it, and what is in doubt and ended later",
        RECENT,
        [entry(ago(5), role=Role.HISTORY, recorded=ago(3)), entry(ago(5), ended=ago(1), certainty=Certainty.WEAK)],
        ahead(12),
    ),
    ("nothing", RECENT, [], None),
    ("no window", recorded(), [entry(ago(5))], None),
    (
        "its absence proves nothing",
        recorded(window=FORTNIGHT, concepts=(GAP,)),
        [entry(ago(5), concept=GAP)],
        ahead(10),
    ),
    (
        "reviewed by itself",
        recorded(window=FORTNIGHT, review=(ReviewCase("a person looks", Reason.JUDGEMENT, (CONDITION,)),)),
        [entry(ago(5))],
        ahead(10),
    ),
    (
        "reviewed for something else, which stays",
        atom(RECENT, review_when=(ReviewWhen("a person looks", Reason.JUDGEMENT, AtomRef("b")),)),
        [entry(ago(5)), number(60, ago(90))],
        None,
    ),
    ("not readable", RECENT, [entry(ago(5)), unreadable(None)], None),
    ("absent", atom(RECENT, absent=True), [entry(ago(5))], ahead(10)),
]


@pytest.mark.parametrize(("test", "given", "day"), [row[1:] for row in OUT_OF_IT], ids=[row[0] for row in OUT_OF_IT])
def test_what_is_on_record_leaves_its_window(test: Test | Atom, given: list[Given], day: date | None) -> None:
    asked = criterion(test if isinstance(test, Atom) else atom(test), atom(measured(), "b"))
    assert evaluated(asked, *given).atoms["a"].changes_on == day


@pytest.mark.parametrize(
    ("circumstances", "window", "day"),
    [
        (anchored(), BEFORE_INFUSION, ahead(10)),
        (anchored(), UNANCHORED, ahead(10)),
        (anchored(infusion=-1), BEFORE_INFUSION, None),
        (anchored(infusion=0), BEFORE_INFUSION, None),
        (anchored(infusion=3), BEFORE_INFUSION, None),
    ],
)
def test_a_window_before_a_day_that_is_given_does_not_move(
    circumstances: Circumstances, window: Window, day: date | None
) -> None:
    assert changes_on(recorded(window=window), entry(ago(5)), circumstances=circumstances) == day


BACK_FROM_START = Window(14, "day", True, back_from="start")


@pytest.mark.parametrize(
    ("circumstances", "days_ago", "day"),
    [
        (anchored(), 5, ahead(10)),
        (anchored(start=0), 5, None),
        (anchored(start=-10), 24, None),
        (anchored(start=-10), 25, None),
        (anchored(start=-10), 5, None),
        (anchored(start=9), 5, None),
        (anchored(start=10), 5, ahead(10)),
        (anchored(start=11), 5, ahead(10)),
    ],
)
def test_a_window_that_is_counted_back_from_a_given_day_moves_no_further(
    circumstances: Circumstances, days_ago: int, day: date | None
) -> None:
    assert changes_on(recorded(window=BACK_FROM_START), entry(ago(days_ago)), circumstances=circumstances) == day
    assert changes_on(measured(window=BACK_FROM_START), number(60, ago(days_ago)), circumstances=circumstances) == day


def test_what_leaves_a_window_before_a_day_ahead_is_out_of_it_on_that_day() -> None:
    """The day told is the first as-of date on which it is no longer so."""
    asked, ten = criterion(atom(recorded(window=BACK_FROM_START)), kind=EXCLUSION), {"start": ahead(10)}
    for day, truth in ((ahead(9), "true"), (ahead(10), "false")):
        found = evaluated(asked, entry(ago(5)), circumstances=Circumstances(day, anchors=ten))
        assert said(found.outcome) == truth


RESULTS: list[tuple[str, Test, list[Given], date | None]] = [
    ("the far edge today", RECENT_RESULT, [number(60, ago(14))], ahead(1)),
    ("true", RECENT_RESULT, [number(60, ago(5))], ahead(10)),
    ("false", RECENT_RESULT, [number(40, ago(5))], ahead(10)),
    ("too old already", RECENT_RESULT, [number(60, ago(15))], None),
    ("unknown", RECENT_RESULT, [number((40, 60), ago(5))], None),
    ("the first of those chosen", RECENT_RESULT, [number(60, on("2026-11-10"))], date(2026, 11, 25)),
    (
        "any: the last that is so",
        measured(window=FORTNIGHT, take=Take.ANY),
        [number(60, ago(5)), number(60, ago(9))],
        ahead(10),
    ),
    (
        "any: the last that is not",
        measured(window=FORTNIGHT, take=Take.ANY),
        [number(40, ago(5)), number(40, ago(9))],
        ahead(10),
    ),
    ("only currency", measured(currency="week"), [number(60, ago(1))], None),
    ("no window", measured(), [number(60, ago(1))], None),
]


@pytest.mark.parametrize(("test", "given", "day"), [row[1:] for row in RESULTS], ids=[row[0] for row in RESULTS])
def test_a_result_grows_too_old(test: Test, given: list[Given], day: date | None) -> None:
    assert changes_on(test, *given) == day


@pytest.mark.parametrize("days_ago", [0, 3, 14])
@pytest.mark.parametrize("window", [Window(14, "day", True), Window(14, "day", False), Window(2, "month", True)])
def test_the_answer_is_what_it_says_up_to_that_day_and_another_from_it(days_ago: int, window: Window) -> None:
    asked = criterion(atom(recorded(window=window)), kind=EXCLUSION)
    now = evaluated(asked, entry(ago(days_ago)))
    day = now.outcome.changes_on
    if day is None:
        assert now.outcome.truth.value == "false"  # less than 14 days: the 14th is out of it already
        return
    eve = evaluated(asked, entry(ago(days_ago)), circumstances=Circumstances(day - timedelta(days=1)))
    then = evaluated(asked, entry(ago(days_ago)), circumstances=Circumstances(day))
    assert (now.outcome.truth.value, eve.outcome.truth.value, then.outcome.truth.value) == ("true", "true", "false")


# --- findings -------------------------------------------------------------------------------------------------------

EITHER = finding(
    "either",
    atom(RECENT),
    atom(recorded(concepts=(OTHER,), window=FORTNIGHT), "b"),
    true_when=AnyOf((AtomRef("a"), AtomRef("b"))),
)
BOTH = finding("both", *EITHER.atoms)


@pytest.mark.parametrize(
    ("asked", "given", "day"),
    [
        (EITHER, [entry(ago(5)), entry(ago(3), concept=OTHER)], ahead(12)),
        (EITHER, [entry(ago(5)), entry(None, concept=OTHER)], ahead(10)),
        (BOTH, [entry(ago(5)), entry(ago(3), concept=OTHER)], ahead(10)),
        (EITHER, [entry(ago(5), certainty=Certainty.WEAK), entry(None, concept=OTHER)], None),
    ],
)
def test_a_finding_changes_with_the_atoms_that_it_rests_on(
    asked: Finding, given: list[Given], day: date | None
) -> None:
    holds = criterion(atom(FindingHolds(asked.id)))
    assert evaluated(holds, *given, findings=[asked]).atoms["a"].changes_on == day
