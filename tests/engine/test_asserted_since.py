"""What is dated by its onset alone may have been asserted on any day since: no denial is surely later than it."""

from __future__ import annotations

import pytest
from charts import PROCEDURE, Given, ago, by, chart, entry, on, refuted
from invented_rules import Evaluate, ask, recorded

from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded, Window
from trialsieve.rules.vocabulary import Certainty, Kind, Role, Timing

INDEX, UNTIMED, EVER = recorded(Timing.INDEX_DISEASE), recorded(Timing.UNSTATED), recorded()
CURRENT, A_WEEK = recorded(Timing.CURRENT), recorded(Timing.CURRENT, currency="week")
WITHIN = recorded(window=Window(6, "month", inclusive=True))
CONFLICT = "conflicting-data"


def denied(when: DateInterval | None, noted: DateInterval | None = None) -> Given:
    return entry(when, recorded=noted, role=Role.NEGATES)


NOTED = [
    pytest.param([entry(ago(9)), denied(None, ago(3))], CONFLICT, id="an onset, denied since"),
    pytest.param([entry(ago(9)), denied(None, ago(0))], CONFLICT, id="an onset, denied today"),
    pytest.param([entry(ago(9), recorded=ago(9)), denied(None, ago(3))], "false", id="recorded, denied since"),
    pytest.param([entry(None, recorded=ago(9)), denied(None, ago(3))], "false", id="recorded only, denied since"),
    pytest.param([entry(ago(9), recorded=ago(4)), denied(None, ago(3))], "false", id="recorded the day before"),
    pytest.param([entry(ago(9), recorded=ago(3)), denied(None, ago(3))], CONFLICT, id="recorded on the same day"),
    pytest.param([entry(ago(9), recorded=ago(2)), denied(None, ago(3))], "true", id="recorded the day after"),
    pytest.param([entry(ago(9), recorded=on("2026-11")), denied(None, ago(3))], CONFLICT, id="recorded in that month"),
    pytest.param([entry(ago(9), recorded=by(4)), denied(None, ago(3))], "false", id="recorded by the day before"),
    pytest.param([entry(ago(4), recorded=ago(9)), denied(None, ago(3))], "false", id="recorded before its onset"),
    pytest.param([entry(ago(9)), denied(None, ago(10))], "true", id="denied the day before its onset"),
    pytest.param([entry(ago(9)), denied(None, ago(9))], CONFLICT, id="denied on the day of its onset"),
    pytest.param(
        [entry(on("2026-11")), denied(None, on("2026-10"))], "true", id="denied in the month before its onset"
    ),
    pytest.param([entry(ago(9)), denied(ago(20))], CONFLICT, id="the denial has only a beginning"),
    pytest.param([entry(ago(9)), denied(ago(20), ago(20))], "true", id="the denial is recorded, and older"),
    pytest.param([entry(ago(9), recorded=ago(9)), denied(ago(3))], "false", id="the denial begins later"),
    pytest.param([entry(ago(9)), entry(None, recorded=ago(9)), denied(None, ago(3))], CONFLICT, id="one of two"),
    pytest.param([entry(ago(9)), denied(None, ago(20)), denied(None, ago(3))], CONFLICT, id="between two denials"),
]


@pytest.mark.parametrize(
    "test", [INDEX, UNTIMED, CURRENT, WITHIN], ids=["index disease", "untimed", "current", "in a window"]
)
@pytest.mark.parametrize(("given", "expected"), NOTED)
def test_a_later_denial_does_not_outweigh_what_has_only_an_onset(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


WEAK = Certainty.WEAK


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([entry(ago(9), certainty=WEAK), denied(None, ago(3))], "unconfirmed"),
        ([entry(ago(9), certainty=WEAK, recorded=ago(9)), denied(None, ago(3))], "false"),
        ([entry(ago(9), role=Role.SUPPORTING), denied(None, ago(3))], "unspecific"),
        ([entry(ago(9), role=Role.SUPPORTING, recorded=ago(9)), denied(None, ago(3))], "false"),
    ],
)
def test_nor_a_doubt_that_has_only_an_onset(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert ask(evaluate, UNTIMED, chart(*given)) == expected


def test_of_whatever_kind_it_is(evaluate: Evaluate) -> None:
    asked = recorded(Timing.UNSTATED, concepts=(PROCEDURE,))
    no = entry(None, recorded=ago(3), role=Role.NEGATES, concept=PROCEDURE, kind=Kind.PROCEDURE)
    done = entry(ago(9), concept=PROCEDURE, kind=Kind.PROCEDURE)
    noted = entry(ago(9), recorded=ago(9), concept=PROCEDURE, kind=Kind.PROCEDURE)
    assert ask(evaluate, asked, chart(done, no)) == CONFLICT
    assert ask(evaluate, asked, chart(noted, no)) == "false"


def test_no_denial_undoes_a_history_however_it_is_dated(evaluate: Evaluate) -> None:
    assert ask(evaluate, EVER, chart(entry(ago(9), recorded=ago(9)), denied(None, ago(3)))) == CONFLICT
    assert ask(evaluate, EVER, chart(entry(ago(9)), denied(None, ago(10)))) == "true"
    assert ask(evaluate, EVER, chart(entry(ago(9)), denied(ago(10)))) == CONFLICT


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([denied(ago(7))], "false"),
        ([denied(ago(8))], "stale"),
        ([denied(ago(8)), denied(ago(7))], "false"),
        ([entry(ago(7)), denied(None, ago(8))], "true"),
        ([entry(ago(8)), denied(None, ago(9))], "stale"),
    ],
)
def test_how_long_it_speaks_for_today_goes_by_the_onset_all_the_same(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, A_WEEK, chart(*given)) == expected


def test_what_gainsays_it_is_held_against_the_onset_all_the_same(evaluate: Evaluate) -> None:
    one, other = entry(ago(3)), entry(ago(9))
    assert ask(evaluate, CURRENT, chart(one, refuted(one, when=ago(5)))) == "true"
    assert ask(evaluate, CURRENT, chart(other, refuted(other, when=ago(5)))) == CONFLICT
