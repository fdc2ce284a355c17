"""What goes on for a time (a course of a drug, a procedure over days) lies in a window if it ended in it."""

from __future__ import annotations

import pytest
from charts import DRUG, PROCEDURE, ago, between, by, chart, entry, on
from invented_rules import Evaluate, ask, recorded

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import UNSTATED, Recorded, Window
from trialsieve.rules.vocabulary import Kind

FORTNIGHT = Window(14, "day", inclusive=True)
WASHOUT = recorded(concepts=(DRUG,), window=FORTNIGHT)


def course(first: int | None, last: int | None, ended: DateInterval | bool = False, **more: object) -> Fact:
    """A drug taken from so many days ago until so many days ago; open where nobody knows."""
    given = {"concept": DRUG, "kind": Kind.MEDICATION} | more
    return entry(between(first, last), ended=ended, **given)  # type: ignore[arg-type]  # a table's columns


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("ended three days ago", course(60, 3, ago(3)), "true"),
        ("ended on the first day that counts", course(60, 14, ago(14)), "true"),
        ("ended the day before", course(60, 15, ago(15)), "false"),
        ("ended today", course(60, 0, ago(0)), "true"),
        ("nobody knows since when", course(None, 3, ago(3)), "true"),
        ("ended in a month that the window begins in", course(90, 0, on("2026-11")), "imprecise"),
        ("ended in the window or goes on", course(60, -9, between(3, -9)), "true"),
        ("ended by three days ago", course(60, 3, by(3)), "imprecise"),
        ("ended, and nobody knows when", course(60, None, ended=True), "imprecise"),
        ("an end that is still to come", course(60, -20, ago(-20)), "imprecise"),
        ("goes on", course(60, None), "imprecise"),
        ("begun in the window", course(10, 3, ago(3)), "true"),
    ],
)
def test_a_course_that_ended_in_the_window(evaluate: Evaluate, name: str, given: Fact, expected: str) -> None:
    assert ask(evaluate, WASHOUT, chart(given)) == expected, name


@pytest.mark.parametrize(
    ("name", "test", "given", "expected"),
    [
        (
            "a procedure over some days",
            recorded(concepts=(PROCEDURE,), window=FORTNIGHT),
            course(16, 12, ago(12), concept=PROCEDURE, kind=Kind.PROCEDURE),
            "true",
        ),
        (
            "of a condition the window asks for the beginning",
            recorded(window=FORTNIGHT),
            entry(on("2026-11"), ended=ago(3)),
            "imprecise",
        ),
        (
            "the day before which the window lies is not stated",
            recorded(concepts=(DRUG,), window=Window(14, "day", inclusive=True, anchor=UNSTATED)),
            course(60, 3, ago(3)),
            "registry-error",
        ),
    ],
)
def test_what_else_may_end_in_a_window(
    evaluate: Evaluate, name: str, test: Recorded, given: Fact, expected: str
) -> None:
    assert ask(evaluate, test, chart(given)) == expected, name
