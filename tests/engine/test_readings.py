"""Defective text: the value on which all readings agree, else a registry error; an amendment selects one reading."""

from __future__ import annotations

from datetime import date

import pytest
from charts import Given, ago, attestation, chart, number, result
from invented_rules import Evaluate, ask, atom, book, criterion, limits, measured, positive, said

from trialsieve.rules.atom import Readings
from trialsieve.rules.logic import AnyOf, AtomRef, Logic, Not
from trialsieve.rules.trial import Amendment
from trialsieve.rules.vocabulary import AbsencePolicy, Result

LOST_COMPARATOR = Readings(
    (("at least", measured(limits=limits(low="90"))), ("above", measured(limits=limits(above="90"))))
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(89.9, ago(1))], "false"),
        ([number(90, ago(1))], "registry-error"),
        ([number(90.1, ago(1))], "true"),
        ([number((89, 91), ago(1))], "imprecise"),
        ([number((90, 91), ago(1))], "imprecise"),
        ([number((89, 90), ago(1))], "imprecise"),
        ([number(95, None)], "undated"),
        ([], "no-data"),
    ],
)
def test_an_atom_is_what_all_its_readings_say(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert ask(evaluate, LOST_COMPARATOR, chart(*given)) == expected


def test_readings_may_ask_different_things(evaluate: Evaluate) -> None:
    test = Readings((("number", measured()), ("result", positive())))
    assert ask(evaluate, test, chart(number(60, ago(1)), result(Result.POSITIVE, ago(1)))) == "true"
    assert ask(evaluate, test, chart(number(60, ago(1)), result(Result.NEGATIVE, ago(1)))) == "registry-error"
    assert ask(evaluate, test, chart(number(60, ago(1)))) == "no-data"
    assert ask(evaluate, test, chart(number(60, None))) == "no-data, undated"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(90, ago(1)), result(Result.POSITIVE, ago(1))], "registry-error"),
        ([number(90, ago(1))], "no-data, registry-error"),
        ([number(90, ago(1)), result(Result.POSITIVE, None)], "registry-error, undated"),
        ([number(91, ago(1))], "no-data"),
        ([number(89, ago(1))], "no-data"),
        ([number(91, ago(1)), result(Result.NEGATIVE, ago(1))], "registry-error"),
    ],
)
def test_only_known_readings_that_differ_wait_for_the_registry(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    test = Readings((*LOST_COMPARATOR.tests, ("result", positive())))
    assert ask(evaluate, test, chart(*given)) == expected


def test_a_person_may_answer_what_no_reading_can_tell(evaluate: Evaluate) -> None:
    assert ask(evaluate, LOST_COMPARATOR, chart(attestation("T#C1.a", True, ago(1)))) == "true"
    assert ask(evaluate, LOST_COMPARATOR, chart(number(90, ago(2)), attestation("T#C1.a", True, ago(1)))) == (
        "registry-error"
    )


A, B = AtomRef("a"), AtomRef("b")
INVERTED: tuple[tuple[str, Logic], ...] = (("as-written", A), ("presumed", Not(A)))
EITHER_OR: tuple[tuple[str, Logic], ...] = (("both", AnyOf((A, B))), ("first", A))
TWO = (atom(measured()), atom(positive(), "b"))
HIGH, LOW = number(60, ago(1)), number(40, ago(1))
POSITIVE, NEGATIVE = result(Result.POSITIVE, ago(1)), result(Result.NEGATIVE, ago(1))


@pytest.mark.parametrize(
    ("readings", "given", "expected"),
    [
        (INVERTED, [HIGH], "registry-error"),
        (INVERTED, [LOW], "registry-error"),
        (INVERTED, [], "no-data, registry-error"),
        (EITHER_OR, [HIGH], "true"),
        (EITHER_OR, [LOW, NEGATIVE], "false"),
        (EITHER_OR, [LOW, POSITIVE], "registry-error"),
        (EITHER_OR, [LOW], "no-data, registry-error"),
        (EITHER_OR, [POSITIVE], "no-data, registry-error"),
    ],
)
def test_a_criterion_on_hold_is_what_all_its_readings_say(
    evaluate: Evaluate, readings: tuple[tuple[str, Logic], ...], given: list[Given], expected: str
) -> None:
    rules = book(criterion(*TWO, readings=readings))
    outcome = evaluate(rules, chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"]
    assert said(outcome.outcome) == expected
    assert list(outcome.readings) == [name for name, _ in readings]


def test_each_readings_value_is_shown(evaluate: Evaluate) -> None:
    rules = book(criterion(*TWO, readings=INVERTED))
    outcome = evaluate(rules, chart(HIGH), AbsencePolicy.PRESUME).criteria["T", "C1"]
    assert {name: said(value) for name, value in outcome.readings.items()} == {
        "as-written": "true",
        "presumed": "false",
    }


def test_an_amendment_selects_a_reading_and_the_others_are_still_shown(evaluate: Evaluate) -> None:
    amendment = Amendment("presumed", "the sponsor", date(2026, 11, 1), "a correction")
    rules = book(criterion(*TWO, readings=INVERTED, logic=Not(A), amendment=amendment))
    outcome = evaluate(rules, chart(LOW), AbsencePolicy.PRESUME).criteria["T", "C1"]
    assert said(outcome.outcome) == "true"
    assert said(outcome.readings["as-written"]) == "false"


def test_no_attestation_lifts_the_hold(evaluate: Evaluate) -> None:
    rules = book(criterion(*TWO, readings=INVERTED))
    patient = chart(HIGH, attestation("T#C1", True, ago(0)))
    assert said(evaluate(rules, patient, AbsencePolicy.PRESUME).criteria["T", "C1"].outcome) == "registry-error"


def test_a_text_on_hold_keeps_the_arm_open_for_the_registry(evaluate: Evaluate) -> None:
    rules = book(criterion(*TWO, readings=INVERTED))
    (arm,) = evaluate(rules, chart(), AbsencePolicy.PRESUME).arms["T"]
    assert (arm.limiting, arm.open_registry, arm.open_data) == (("C1",), ("C1",), ())
