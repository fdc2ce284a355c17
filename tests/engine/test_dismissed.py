"""What is on record and does not count is told where nothing else of its concept is: no silence is claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import AS_OF, CONDITION, PROCEDURE, ago, chart, entry
from invented_rules import atom, book, criterion, recorded

from trialsieve.engine.facts import Chart, Dismissed
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.engine.screening import Screener

REFUTED = Dismissed("Condition/9", frozenset({CONDITION}), "Condition (refuted), undated")
TOLD = "Recorded, but it does not count: Condition (refuted), undated (Condition/9)."


def told(patient: Chart) -> CriterionResult:
    (result,) = Screener(book(criterion(atom(recorded()))), ["T"]).screen(patient, Circumstances(AS_OF))
    return result.criteria[0]


def test_where_nothing_else_is_on_record() -> None:
    answer = told(replace(chart(), dismissed=(REFUTED,)))
    assert answer.explanation.endswith(f"on record. {TOLD}")
    assert answer.atoms[0].explanation == answer.explanation


def test_whoever_is_screened_before_and_after() -> None:
    screener = Screener(book(criterion(atom(recorded()))), ["T"])
    charts = [chart(), replace(chart(), dismissed=(REFUTED,)), chart()]
    said = [screener.screen(each, Circumstances(AS_OF))[0].criteria[0].explanation for each in charts]
    assert [TOLD in text for text in said] == [False, True, False]


@pytest.mark.parametrize(
    "patient",
    [
        replace(chart(entry(ago(9))), dismissed=(REFUTED,)),
        replace(chart(), dismissed=(Dismissed("Procedure/9", frozenset({PROCEDURE}), "Procedure"),)),
    ],
    ids=["something else is", "it is of something else"],
)
def test_where_it_explains_nothing(patient: Chart) -> None:
    assert "does not count" not in told(patient).explanation


def test_of_many_the_first_are_named() -> None:
    many = tuple(Dismissed(f"Condition/{number}", frozenset({CONDITION}), "Condition") for number in range(1, 6))
    said = told(replace(chart(), dismissed=many)).explanation
    assert said.endswith("Condition (Condition/1), Condition (Condition/2), Condition (Condition/3) and 2 more.")
