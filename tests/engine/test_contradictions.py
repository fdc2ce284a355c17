"""Of two records of one code, one of which is refuted or over: the other does not decide alone, unless it is newer."""

from __future__ import annotations

import pytest
from charts import ALLERGY, OTHER, Given, ago, chart, denial, entry, on, over, refuted
from invented_rules import Evaluate, ask, atom, recorded

from trialsieve.engine.facts import Fact
from trialsieve.rules.atom import Recorded, ReviewCase, Window
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Kind, Reason, Role, State, Timing

EVER, INDEX = recorded(Timing.EVER), recorded(Timing.INDEX_DISEASE)
UNTIMED, CURRENT = recorded(Timing.UNSTATED), recorded(Timing.CURRENT)
MONTH = recorded(window=Window(1, "month", inclusive=True))
CONFLICT = "conflicting-data"
OLDER = entry(ago(20), recorded=ago(9))
UNDATED = entry(None)
NEXT_WEEK = entry(ago(20), recorded=ago(9), ended=ago(-7), state=State.RESOLVED)


@pytest.mark.parametrize(
    ("test", "expected"),
    [(EVER, CONFLICT), (INDEX, CONFLICT), (UNTIMED, CONFLICT), (CURRENT, CONFLICT), (MONTH, CONFLICT)],
)
def test_what_was_refuted_since_does_not_decide(evaluate: Evaluate, test: Recorded, expected: str) -> None:
    assert ask(evaluate, test, chart(OLDER)) == "true"
    assert ask(evaluate, test, chart(OLDER, refuted(OLDER, when=ago(3)))) == expected


Rows = list[tuple[str, Recorded, list[Given], str]]
REFUTED: Rows = [
    ("on the day after", EVER, [OLDER, refuted(OLDER, when=ago(8))], CONFLICT),
    ("on the same day", EVER, [OLDER, refuted(OLDER, when=ago(9))], CONFLICT),
    ("on the day before", EVER, [OLDER, refuted(OLDER, when=ago(10))], "true"),
    ("in the same month", EVER, [OLDER, refuted(OLDER, when=on("2026-11"))], CONFLICT),
    ("in the month before", EVER, [OLDER, refuted(OLDER, when=on("2026-10"))], "true"),
    ("nobody knows when", EVER, [OLDER, refuted(OLDER)], CONFLICT),
    ("nobody knows which is newer", EVER, [UNDATED, refuted(UNDATED, when=ago(900))], CONFLICT),
    ("only tomorrow", EVER, [OLDER, refuted(OLDER, when=ago(-1))], "true"),
    ("another one", EVER, [OLDER, refuted(UNDATED, when=ago(3))], "true"),
    ("alone", EVER, [refuted(when=ago(3))], "false"),
    ("one of two", EVER, [OLDER, UNDATED, refuted(OLDER, when=ago(3))], "true"),
    ("both", EVER, [OLDER, UNDATED, refuted(OLDER, UNDATED, when=ago(3))], CONFLICT),
    ("what is false is false", MONTH, [old := entry(on("2026-09-01")), refuted(old, when=ago(3))], "false"),
    ("what is over is over", CURRENT, [old := entry(ago(9), state=State.RESOLVED), refuted(old, when=ago(3))], "false"),
    (
        "what is doubted",
        EVER,
        [old := entry(ago(9), certainty=Certainty.WEAK), refuted(old, when=ago(3))],
        "conflicting-data, unconfirmed",
    ),
    ("and denied later", CURRENT, [OLDER, refuted(OLDER, when=ago(3)), denial(ago(1))], "false"),
    ("a history", EVER, [old := entry(ago(9), role=Role.HISTORY), refuted(old, when=ago(3))], CONFLICT),
    (
        "what goes to a person anyhow",
        recorded(review=(ReviewCase("over", Reason.JUDGEMENT, states=frozenset({State.ACTIVE})),)),
        [OLDER, refuted(OLDER, when=ago(3))],
        "conflicting-data, judgement",
    ),
    (
        "a denial that is looked for",
        recorded(negated=True),
        [old := denial(ago(9)), refuted(old, when=ago(3))],
        CONFLICT,
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in REFUTED], ids=[row[0] for row in REFUTED])
def test_how_new_the_refuted_one_is(evaluate: Evaluate, test: Recorded, given: list[Given], expected: str) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [(EVER, "true"), (INDEX, "true"), (UNTIMED, CONFLICT), (CURRENT, CONFLICT), (MONTH, "true")],
)
def test_what_is_over_since_is_doubtful_where_that_matters(evaluate: Evaluate, test: Recorded, expected: str) -> None:
    assert ask(evaluate, test, chart(OLDER, over(OLDER, when=ago(3)))) == expected


OVER: Rows = [
    ("on the same day", CURRENT, [OLDER, over(OLDER, when=ago(9))], CONFLICT),
    ("on the day before", CURRENT, [OLDER, over(OLDER, when=ago(10))], "true"),
    ("nobody knows when", CURRENT, [OLDER, over(OLDER)], CONFLICT),
    ("only tomorrow", CURRENT, [OLDER, over(OLDER, when=ago(-1), ended=ago(-1))], "true"),
    ("an earlier episode", CURRENT, [OLDER, over(OLDER, when=ago(3), ended=ago(21))], "true"),
    ("one that ended as this began", CURRENT, [OLDER, over(OLDER, when=ago(3), ended=ago(20))], CONFLICT),
    ("an episode of an undated one", CURRENT, [UNDATED, over(UNDATED, when=ago(3), ended=ago(900))], CONFLICT),
    ("over itself", UNTIMED, [old := entry(ago(9), state=State.RESOLVED), over(old, when=ago(3))], "judgement"),
    ("to be over next week", CURRENT, [NEXT_WEEK, over(NEXT_WEEK, when=ago(3))], "stale, conflicting-data"),
]


@pytest.mark.parametrize(("test", "given", "expected"), [row[1:] for row in OVER], ids=[row[0] for row in OVER])
def test_how_new_the_end_is(evaluate: Evaluate, test: Recorded, given: list[Given], expected: str) -> None:
    assert ask(evaluate, test, chart(*given)) == ", ".join(sorted(expected.split(", ")))


ALLERGIC = atom(recorded(concepts=(ALLERGY,)), absence=AbsenceRule.ASSESSED_ONLY)


def _denied() -> Fact:
    return entry(ago(9), concept=ALLERGY, kind=Kind.ALLERGY, role=Role.NEGATES)


def test_a_denial_that_was_refuted_or_ended_since_denies_nothing(evaluate: Evaluate) -> None:
    denied = _denied()
    assert ask(evaluate, ALLERGIC, chart(denied)) == "false"
    assert ask(evaluate, ALLERGIC, chart(denied, refuted(denied, when=ago(3)))) == "no-data"
    assert ask(evaluate, ALLERGIC, chart(denied, over(denied, when=ago(3)))) == "no-data"
    assert ask(evaluate, ALLERGIC, chart(denied, refuted(denied, when=ago(10)))) == "false"
    again = _denied()
    assert ask(evaluate, ALLERGIC, chart(denied, again, refuted(denied, when=ago(3)))) == "false"


def test_it_reaches_what_looks_at_several_concepts(evaluate: Evaluate) -> None:
    other = entry(ago(20), concept=OTHER)
    test = recorded(concepts=("x.condition", OTHER))
    assert ask(evaluate, test, chart(OLDER, other, refuted(OLDER, when=ago(3)))) == "true"
    assert ask(evaluate, test, chart(OLDER, other, refuted(OLDER, other, when=ago(3)))) == CONFLICT
