"""A question that was not answered in full: nothing is presumed from what it did not retrieve."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import AS_OF, CONDITION, NUMBER, OTHER, RESULT, Given, ago, chart, denial, entry, number, unreadable
from invented_rules import Evaluate, ask, atom, book, criterion, measured, positive, recorded, said

from trialsieve.engine.facts import Unreadable
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Atom, Test
from trialsieve.rules.logic import AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Kind, Reason, Timing

SIXTY = number(60, ago(1))
UNKNOWN = "not-retrieved, unusable-data"


def gap(kind: Kind, *concepts: str) -> Unreadable:
    return replace(unreadable(kind, *concepts), was_read=True, is_gap=True)


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        (measured(), [SIXTY], "true"),
        (measured(), [], "no-data"),
        (measured(), [gap(Kind.OBSERVATION, NUMBER)], UNKNOWN),
        (measured(), [gap(Kind.OBSERVATION)], UNKNOWN),
        (measured(), [SIXTY, gap(Kind.OBSERVATION, NUMBER)], UNKNOWN),
        (measured(), [SIXTY, gap(Kind.OBSERVATION, RESULT)], "true"),
        (measured(), [SIXTY, gap(Kind.CONDITION)], "true"),
        (positive(), [gap(Kind.OBSERVATION, RESULT)], UNKNOWN),
        (recorded(), [entry(ago(3)), gap(Kind.CONDITION)], "true"),
        (recorded(), [denial(ago(3))], "false"),
        (recorded(), [denial(ago(3)), gap(Kind.CONDITION)], UNKNOWN),
        (recorded(), [gap(Kind.CONDITION, OTHER)], "false"),
        (recorded(), [gap(Kind.CONDITION, CONDITION)], UNKNOWN),
        (recorded(), [gap(Kind.OBSERVATION)], "false"),
        (recorded(Timing.CURRENT), [gap(Kind.PROCEDURE)], "false"),
        (measured(), [gap(Kind.OBSERVATION), unreadable(Kind.OBSERVATION)], UNKNOWN),
        (measured(), [unreadable(Kind.OBSERVATION)], "no-data, unusable-data"),
    ],
)
def test_what_was_not_retrieved_may_be_what_is_sought(
    evaluate: Evaluate, test: Test, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, atom(test, absence=AbsenceRule.PRESUME), chart(*given)) == expected


def _doubting() -> tuple[Atom, ...]:
    return (
        atom(measured(), review_when=(ReviewWhen("a doubt", Reason.JUDGEMENT, AtomRef("doubt")),)),
        atom(positive(), "doubt", operand=False),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [([SIXTY], "true"), ([SIXTY, gap(Kind.OBSERVATION, RESULT)], UNKNOWN)],
)
def test_a_doubt_that_could_not_be_looked_up_is_not_passed_over(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    evaluation = evaluate(book(criterion(*_doubting())), chart(*given), AbsencePolicy.PRESUME)
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([gap(Kind.OBSERVATION)], "Number: records were not retrieved, so absence proves nothing."),
        (
            [gap(Kind.OBSERVATION), unreadable(Kind.OBSERVATION)],
            "Number could not be read (Observation/garbled: garbled)."
            " Number: records were not retrieved, so absence proves nothing.",
        ),
        (
            [unreadable(Kind.OBSERVATION)],
            "Number could not be read (Observation/garbled: garbled).",
        ),
    ],
)
def test_a_gap_is_told_as_what_was_not_retrieved_and_a_resource_by_its_name(given: list[Given], expected: str) -> None:
    """Which part of the record it is, and why, is a caution of the whole result."""
    rules = book(criterion(atom(measured())))
    (result,) = Screener(rules, ["T"]).screen(chart(*given), Circumstances(AS_OF))
    assert result.criteria[0].explanation == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([gap(Kind.OBSERVATION)], []),
        ([unreadable(Kind.OBSERVATION)], [("C1", "a", ("Observation/garbled",))]),
        ([gap(Kind.OBSERVATION), unreadable(Kind.OBSERVATION)], [("C1", "a", ("Observation/garbled",))]),
        ([unreadable(Kind.OBSERVATION, NUMBER)], [("C1", "a", ("Observation/garbled",))]),
        ([unreadable(Kind.OBSERVATION, RESULT)], []),
        ([unreadable(Kind.CONDITION)], []),
    ],
)
def test_the_result_says_of_which_atom_resources_could_not_be_read(given: list[Given], expected: list[object]) -> None:
    rules = book(criterion(atom(measured())))
    (result,) = Screener(rules, ["T"]).screen(chart(*given), Circumstances(AS_OF))
    assert [(one.criterion, one.atom, one.references) for one in result.unread] == expected
