"""A resource whose code was not understood bears on what asks for a time only where it may be of that time."""

from __future__ import annotations

import pytest
from charts import CONDITION, DRUG, MIXED, PROCEDURE, ago, between, by, chart, entry, number, on, result, since
from invented_rules import Evaluate, EvaluateUnder, anchored, ask, atom, atoms_under, measured, positive, recorded, said
from msgspec.structs import replace

from trialsieve.engine.facts import Fact, Unreadable
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import UNSTATED, Measurement, QualitativeResult, Recorded, ReviewCase, Window
from trialsieve.rules.vocabulary import Kind, Reason, Result, State, Timing

FORTNIGHT = Window(14, "day", inclusive=True)
WASHOUT = recorded(concepts=(DRUG,), window=FORTNIGHT)
OF_NOBODY_SAYS = recorded(concepts=(DRUG,), window=Window(14, "day", inclusive=True, anchor=UNSTATED))
NOW = recorded(Timing.CURRENT, concepts=(DRUG,))
THIS_MONTH = recorded(Timing.CURRENT, concepts=(DRUG,), currency="month")
LATELY = recorded(window=FORTNIGHT)
BEARS = "unusable-data"


def like(fact: Fact | None, *concepts: str) -> Unreadable:
    """What was read and not understood, of the dates of a fact."""
    kind = Kind.MEDICATION if fact is None else fact.kind
    sought = None if fact is None else replace(fact, concept="", says="")
    named = frozenset(concepts) if concepts else None
    return Unreadable(f"{kind.value}/strange", kind, named, "not understood", was_read=True, would_be=sought)


def drug(when: DateInterval | None, *, end_unknown: bool = False, **more: object) -> Fact:
    given = {"concept": DRUG, "kind": Kind.MEDICATION, **more}
    return replace(entry(when, **given), end_unknown=end_unknown)  # type: ignore[arg-type]  # a table's columns


def disease(when: DateInterval | None, **more: object) -> Fact:
    return entry(when, **more)  # type: ignore[arg-type]  # a table's columns


TEN_YEARS = on("2016-03")

DRUGS = [
    ("ten years ago", WASHOUT, drug(TEN_YEARS), "false"),
    ("the day before the window", WASHOUT, drug(ago(15)), "false"),
    ("on its first day", WASHOUT, drug(ago(14)), BEARS),
    ("after its first day", WASHOUT, drug(ago(13)), BEARS),
    ("in the month that it begins in", WASHOUT, drug(on("2026-11")), BEARS),
    ("in the month before", WASHOUT, drug(on("2026-10")), "false"),
    ("undated", WASHOUT, drug(None), BEARS),
    ("of no dates", WASHOUT, None, BEARS),
    ("begun ten years ago, goes on", WASHOUT, drug(since(3650)), BEARS),
    ("begun ten years ago, nobody knows until when", WASHOUT, drug(since(3650), end_unknown=True), BEARS),
    ("over, nobody knows since when", WASHOUT, drug(since(3650), ended=True), BEARS),
    ("until the day before the window", WASHOUT, drug(between(60, 15), ended=ago(15)), "false"),
    ("until its first day", WASHOUT, drug(between(60, 14), ended=ago(14)), BEARS),
    ("by the day before the window", WASHOUT, drug(by(15)), "false"),
    ("of tomorrow", WASHOUT, drug(ago(-1)), "false"),
    ("of today", WASHOUT, drug(ago(0)), BEARS),
    ("of today or tomorrow", WASHOUT, drug(between(0, -1)), BEARS),
    ("of tomorrow, and recorded after", WASHOUT, drug(ago(-1), recorded=ago(-1)), "false"),
    ("still to come, and noted long ago", WASHOUT, drug(ago(-3), recorded=ago(15)), "false"),
    ("still to come, and noted lately", WASHOUT, drug(ago(-3), recorded=ago(14)), BEARS),
    ("nobody says before what: the day before", OF_NOBODY_SAYS, drug(ago(15)), "false"),
    ("nobody says before what: the first day", OF_NOBODY_SAYS, drug(ago(14)), BEARS),
    ("over", NOW, drug(between(60, 15), ended=ago(15)), "false"),
    ("over, nobody knows since when", NOW, drug(since(60), ended=True), "false"),
    ("over tomorrow", NOW, drug(between(60, -1), ended=ago(-1)), BEARS),
    ("over today", NOW, drug(between(60, 0), ended=ago(0)), "false"),
    ("taken still", NOW, drug(since(60)), BEARS),
    ("nobody knows until when", NOW, drug(since(60), end_unknown=True), BEARS),
    ("a dose ten years ago, which a known one leaves open too", THIS_MONTH, drug(TEN_YEARS), BEARS),
    ("over, and asked for this month", THIS_MONTH, drug(between(60, 15), ended=ago(15)), "false"),
    ("at any time", recorded(concepts=(DRUG,)), drug(TEN_YEARS, ended=ago(3650)), BEARS),
    ("at any time up to today, and of tomorrow", recorded(concepts=(DRUG,)), drug(ago(-1)), "false"),
    (
        "at any time up to today, and of tomorrow, noted before",
        recorded(concepts=(DRUG,)),
        drug(ago(-1), recorded=ago(0)),
        BEARS,
    ),
    ("no time stated", recorded(Timing.UNSTATED, concepts=(DRUG,)), drug(TEN_YEARS, ended=ago(3650)), BEARS),
]

DISEASES = [
    ("begun and recorded ten years ago", LATELY, disease(TEN_YEARS, recorded=TEN_YEARS), "false"),
    ("recorded the day before the window", LATELY, disease(TEN_YEARS, recorded=ago(15)), "false"),
    ("recorded in it: it may be a history", LATELY, disease(TEN_YEARS, recorded=ago(14)), BEARS),
    ("never recorded: it may be a history", LATELY, disease(TEN_YEARS), BEARS),
    ("begun in it", LATELY, disease(ago(14), recorded=ago(14)), BEARS),
    ("recurred", LATELY, disease(TEN_YEARS, recorded=TEN_YEARS, state=State.RELAPSE), BEARS),
    (
        "active, where that counts",
        recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT),
        disease(TEN_YEARS, recorded=TEN_YEARS),
        BEARS,
    ),
    (
        "over before, where it counts that it is active",
        recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT),
        disease(TEN_YEARS, recorded=TEN_YEARS, state=State.RESOLVED, ended=ago(15)),
        "false",
    ),
    ("active", recorded(Timing.CURRENT), disease(TEN_YEARS), BEARS),
    ("active, and recorded today", recorded(Timing.CURRENT), disease(TEN_YEARS, recorded=ago(0)), BEARS),
    ("active, and recorded tomorrow", recorded(Timing.CURRENT), disease(TEN_YEARS, recorded=ago(-1)), "false"),
    ("begun tomorrow", recorded(Timing.CURRENT), disease(ago(-1)), "false"),
    ("of no state", recorded(Timing.CURRENT), disease(TEN_YEARS, state=State.UNSTATED), BEARS),
    ("resolved", recorded(Timing.CURRENT), disease(TEN_YEARS, state=State.RESOLVED), "false"),
    ("in remission", recorded(Timing.CURRENT), disease(TEN_YEARS, state=State.REMISSION), "false"),
    ("resolved tomorrow", recorded(Timing.CURRENT), disease(TEN_YEARS, state=State.RESOLVED, ended=ago(-1)), BEARS),
    (
        "resolved, where a person reviews what is over",
        recorded(Timing.CURRENT, review=(ReviewCase("over", Reason.JUDGEMENT, ended=True),)),
        disease(TEN_YEARS, state=State.RESOLVED),
        BEARS,
    ),
    ("the first on record", recorded(window=FORTNIGHT, first=True), disease(TEN_YEARS, recorded=TEN_YEARS), BEARS),
    ("active at any time", recorded(), disease(TEN_YEARS, recorded=TEN_YEARS, state=State.RESOLVED), BEARS),
]

OTHERS = [
    (
        "a procedure before",
        recorded(concepts=(PROCEDURE,), window=FORTNIGHT),
        entry(ago(15), concept=PROCEDURE, kind=Kind.PROCEDURE),
        "false",
    ),
    (
        "a procedure within",
        recorded(concepts=(PROCEDURE,), window=FORTNIGHT),
        entry(ago(14), concept=PROCEDURE, kind=Kind.PROCEDURE),
        BEARS,
    ),
    (
        "a procedure, never recorded, is no history",
        recorded(concepts=(MIXED,), window=FORTNIGHT),
        entry(ago(15), concept=MIXED, kind=Kind.PROCEDURE),
        "false",
    ),
]


@pytest.mark.parametrize(("name", "test", "sought", "expected"), [*DRUGS, *DISEASES, *OTHERS])
def test_whether_it_may_be_of_the_time_asked_for(
    evaluate: Evaluate, name: str, test: Recorded, sought: Fact | None, expected: str
) -> None:
    for strange in (like(sought), like(sought, *test.concepts)):
        assert ask(evaluate, test, chart(strange)) == expected, name


@pytest.mark.parametrize(
    ("name", "test", "strange", "expected"),
    [
        ("of another concept", WASHOUT, like(drug(ago(3)), CONDITION), "false"),
        ("what is on record stays true", WASHOUT, like(drug(ago(3))), "true"),
        ("a gap has no dates", WASHOUT, Unreadable("a page", None, None, "missing", True, True), None),
        ("what could not be read has none", WASHOUT, Unreadable("x", Kind.MEDICATION, None, "garbled"), None),
    ],
)
def test_what_else_holds_of_it(
    evaluate: Evaluate, name: str, test: Recorded, strange: Unreadable, expected: str | None
) -> None:
    known = (drug(ago(3)),) if expected == "true" else ()
    found = ask(evaluate, test, chart(strange, *known))
    assert (BEARS in found) if expected is None else (found == expected), name


@pytest.mark.parametrize(("days_ahead", "expected"), [(-3, "false"), (-4, "false"), (-2, BEARS)])
def test_a_window_that_ended_before(evaluate_under: EvaluateUnder, days_ahead: int, expected: str) -> None:
    """What came after its last day is outside, as a fact is."""
    test = recorded(concepts=(DRUG,), window=Window(14, "day", inclusive=True, anchor="enrollment"))
    outcomes = atoms_under(evaluate_under, anchored(enrollment=days_ahead), [atom(test)], chart(like(drug(ago(2)))))
    assert said(outcomes["a"]) == expected


@pytest.mark.parametrize(
    ("test", "seen"),
    [(measured(), number(60, ago(3))), (positive(), result(Result.POSITIVE, ago(3)))],
)
@pytest.mark.parametrize(("days_ago", "expected"), [(-1, "true"), (0, BEARS), (3650, BEARS)])
def test_a_result_of_a_later_day_is_not_looked_at(
    evaluate: Evaluate, test: Measurement | QualitativeResult, seen: Fact, days_ago: int, expected: str
) -> None:
    strange = like(replace(seen, when=ago(days_ago), value=None, result=None))
    assert ask(evaluate, test, chart(seen, strange)) == expected
