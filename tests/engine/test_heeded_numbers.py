"""A result test that heeds numbers: a newer number that nobody calls positive or negative leaves it unknown."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import msgspec
import pytest
from charts import AS_OF, CONDITION, NUMBER, RESULT, Given, ago, at, by, chart, entry, number, on, result
from invented_rules import (
    Evaluate,
    EvaluateUnder,
    anchored,
    ask,
    atom,
    atoms_under,
    book,
    criterion,
    finding,
    positive,
    recorded,
    said,
)

from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.forward import compile_rules
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import FindingHolds, QualitativeResult, Readings, SameResource, Span, Window
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Reason, Result, Role, Take

POSITIVE, NEGATIVE, INDETERMINATE = Result.POSITIVE, Result.NEGATIVE, Result.INDETERMINATE
WEAK, SUPPORTING = Certainty.WEAK, Role.SUPPORTING
ONE, TWO = (("assay", "one"),), (("assay", "two"),)
heeding = partial(positive, heed_numbers=True)
percentage = partial(number, concept=RESULT)


def together(*facts: Fact) -> list[Fact]:
    """The facts of one resource."""
    return [msgspec.structs.replace(fact, reference=facts[0].reference) for fact in facts]


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        (heeding(), POSITIVE, "true"),
        (heeding(), NEGATIVE, "false"),
        (heeding(expected=NEGATIVE), POSITIVE, "false"),
        (heeding(expected=NEGATIVE), NEGATIVE, "true"),
    ],
)
def test_a_newer_number_leaves_either_answer_unknown(
    evaluate: Evaluate, test: QualitativeResult, value: Result, expected: str
) -> None:
    assert ask(evaluate, test, chart(result(value, ago(9)))) == expected
    assert ask(evaluate, test, chart(result(value, ago(9)), percentage(0, ago(1)))) == "unspecific"
    assert ask(evaluate, test, chart(result(value, ago(9)), percentage(85, ago(1)))) == "unspecific"
    unheeding = replace(test, heed_numbers=False)
    assert ask(evaluate, unheeding, chart(result(value, ago(9)), percentage(85, ago(1)))) == expected


DATES: list[tuple[str, DateInterval, DateInterval | None, str]] = [
    ("a day newer", ago(2), ago(1), "unspecific"),
    ("of the same day", ago(1), ago(1), "true"),
    ("of the same day, hours later", at(1, 8), at(1, 18), "true"),
    ("a day older", ago(1), ago(2), "true"),
    ("undated", ago(9), None, "true"),
    ("of a month that ends on that day", on("2026-10-31"), on("2026-10"), "true"),
    ("of a month that ends a day later", on("2026-10-30"), on("2026-10"), "unspecific"),
    ("of this month, which is no longer than to this day", ago(0), on("2026-11"), "true"),
    ("of this month, beside a result of yesterday", ago(1), on("2026-11"), "unspecific"),
    ("of the first day of the result's month", on("2026-10"), on("2026-10-01"), "true"),
    ("of the second day of the result's month", on("2026-10"), on("2026-10-02"), "unspecific"),
    ("of the same month", on("2026-10"), on("2026-10"), "unspecific"),
    ("of no later than that day", ago(5), by(5), "true"),
    ("of no later than a day later", ago(6), by(5), "unspecific"),
    ("older, beside a result of no later than some day", by(5), ago(90), "unspecific"),
]


@pytest.mark.parametrize(("decided", "counted", "expected"), [row[1:] for row in DATES], ids=[row[0] for row in DATES])
def test_a_number_that_may_be_newer(
    evaluate: Evaluate, decided: DateInterval, counted: DateInterval | None, expected: str
) -> None:
    assert ask(evaluate, heeding(), chart(result(POSITIVE, decided), percentage(85, counted))) == expected


WHAT: list[tuple[str, list[Given], str]] = [
    ("preliminary", [percentage(85, ago(1), certainty=WEAK)], "unspecific"),
    ("of a supporting code", [percentage(85, ago(1), role=SUPPORTING)], "unspecific"),
    ("of a supporting code, preliminary", [percentage(85, ago(1), role=SUPPORTING, certainty=WEAK)], "unspecific"),
    ("of a code that never counts", [percentage(85, ago(1), role=Role.EXCLUDE)], "true"),
    ("of another concept", [number(85, ago(1))], "true"),
    ("without a unit", [percentage(None, ago(1), problem=Reason.UNIT)], "unspecific"),
    ("that cannot be read", [percentage(None, ago(1), problem=Reason.UNUSABLE_DATA)], "unspecific"),
    ("no number at all", [percentage(None, ago(1), problem=Reason.NO_DATA)], "true"),
    ("no number, and nothing said of it", [percentage(None, ago(1), problem=None)], "true"),
    (
        "whose preliminary answer cannot be read",
        [msgspec.structs.replace(percentage(85, ago(1), certainty=WEAK), result_problem=Reason.UNUSABLE_DATA)],
        "unconfirmed, unspecific",
    ),
    (
        "called positive, preliminarily",
        [msgspec.structs.replace(percentage(85, ago(1), certainty=WEAK), result=POSITIVE)],
        "true",
    ),
    ("that a newer result outdates", [percentage(85, ago(5)), result(POSITIVE, ago(1))], "true"),
    ("that a newer negative outdates", [percentage(85, ago(5)), result(NEGATIVE, ago(1))], "false"),
    ("newer than both results", [percentage(85, ago(1)), result(NEGATIVE, ago(5))], "unspecific"),
    (
        "that a preliminary result does not outdate",
        [percentage(85, ago(5)), result(POSITIVE, ago(1), certainty=WEAK)],
        "unspecific",
    ),
    (
        "that a supporting code does not outdate",
        [percentage(85, ago(5)), result(POSITIVE, ago(1), role=SUPPORTING)],
        "unspecific",
    ),
    ("that an undated result does not outdate", [percentage(85, ago(5)), result(POSITIVE, None)], "unspecific"),
    ("one older, one newer", [percentage(85, ago(30)), percentage(85, ago(1))], "unspecific"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in WHAT], ids=[row[0] for row in WHAT])
def test_which_numbers_are_heeded(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert ask(evaluate, heeding(), chart(result(POSITIVE, ago(9)), *given)) == expected


def test_a_number_of_the_resource_of_a_result_is_not_newer_than_it(evaluate: Evaluate) -> None:
    in_october = [result(POSITIVE, on("2026-10")), percentage(85, on("2026-10"))]
    assert ask(evaluate, heeding(), chart(*in_october)) == "unspecific"
    assert ask(evaluate, heeding(), chart(*together(*in_october))) == "true"
    assert ask(evaluate, heeding(), chart(*together(*in_october), percentage(85, on("2026-10")))) == "unspecific"


def test_an_older_result_speaks_for_the_number_of_its_resource_too(evaluate: Evaluate) -> None:
    older = [result(POSITIVE, ago(30)), percentage(85, on("2026-11"))]
    newest = result(POSITIVE, ago(10))
    assert ask(evaluate, heeding(), chart(*older, newest)) == "unspecific"
    assert ask(evaluate, heeding(), chart(*together(*older), newest)) == "true"


UNCHANGED: list[tuple[str, QualitativeResult, list[Given], str]] = [
    ("no result", heeding(), [], "unspecific"),
    ("a preliminary result alone", heeding(), [result(POSITIVE, ago(9), certainty=WEAK)], "unconfirmed, unspecific"),
    ("an undated result alone", heeding(), [result(POSITIVE, None)], "undated, unspecific"),
    ("an indeterminate result", heeding(), [result(INDETERMINATE, ago(9))], "unspecific"),
    (
        "a result that cannot be read",
        heeding(),
        [result(None, ago(9), problem=Reason.UNUSABLE_DATA)],
        "unusable-data",
    ),
    (
        "two that disagree",
        heeding(),
        [result(POSITIVE, ago(9)), result(NEGATIVE, ago(9))],
        "conflicting-data",
    ),
    ("a result that is too old", heeding(currency="week"), [result(POSITIVE, ago(8))], "stale"),
    (
        "a result before the window",
        heeding(window=Window(7, "day", inclusive=True)),
        [result(POSITIVE, ago(8))],
        "stale",
    ),
    ("a result of a month at the edge", heeding(currency="week"), [result(POSITIVE, on("2026-11"))], "imprecise"),
    ("any, none positive", heeding(take=Take.ANY), [result(NEGATIVE, ago(9))], "false"),
    ("any, one positive", heeding(take=Take.ANY), [result(POSITIVE, ago(9))], "true"),
    ("all, one negative", heeding(take=Take.ALL), [result(NEGATIVE, ago(9))], "false"),
    ("all positive", heeding(take=Take.ALL), [result(POSITIVE, ago(9))], "true"),
]


@pytest.mark.parametrize(
    ("test", "given", "expected"), [row[1:] for row in UNCHANGED], ids=[row[0] for row in UNCHANGED]
)
def test_where_a_newer_number_changes_nothing(
    evaluate: Evaluate, test: QualitativeResult, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given, percentage(85, ago(1)))) == expected


def test_a_number_outside_the_window_is_heeded_all_the_same(evaluate_under: EvaluateUnder) -> None:
    before = Window(30, "day", inclusive=True, anchor="infusion")
    given = chart(result(POSITIVE, ago(9)), percentage(85, ago(1)))
    for test, expected in ((positive(window=before), "true"), (heeding(window=before), "unspecific")):
        assert said(atoms_under(evaluate_under, anchored(infusion=-5), [atom(test)], given)["a"]) == expected


def test_a_number_from_before_a_relapse_may_be_newer_than_a_result_of_the_relapse(evaluate: Evaluate) -> None:
    relapse = finding("relapse", atom(recorded(), absence=AbsenceRule.UNKNOWN))
    given = [entry(on("2026-10-15")), result(POSITIVE, on("2026-10-15"))]
    test = heeding(not_before=("relapse",))
    assert ask(evaluate, test, chart(*given, percentage(85, on("2026-10-15"))), [relapse]) == "true"
    assert ask(evaluate, test, chart(*given, percentage(85, on("2026-10"))), [relapse]) == "unspecific"


CANDIDATES: list[tuple[str, QualitativeResult, Fact, str]] = [
    ("only: of the wanted assay", heeding(only=ONE), percentage(85, ago(1), facets=ONE), "unspecific"),
    ("only: of another assay", heeding(only=ONE), percentage(85, ago(1), facets=TWO), "true"),
    ("only: of an unstated assay", heeding(only=ONE), percentage(85, ago(1)), "true"),
    ("skip: of the named assay", heeding(skip=TWO), percentage(85, ago(1), facets=TWO), "true"),
    ("skip: of another assay", heeding(skip=TWO), percentage(85, ago(1), facets=ONE), "unspecific"),
    ("skip: of an unstated assay", heeding(skip=TWO), percentage(85, ago(1)), "unspecific"),
    ("of any of the concepts", heeding(concepts=(RESULT, NUMBER)), number(85, ago(1)), "unspecific"),
]


@pytest.mark.parametrize(
    ("test", "counted", "expected"), [row[1:] for row in CANDIDATES], ids=[row[0] for row in CANDIDATES]
)
def test_what_the_test_does_not_look_at_is_not_heeded(
    evaluate: Evaluate, test: QualitativeResult, counted: Fact, expected: str
) -> None:
    assert ask(evaluate, test, chart(result(POSITIVE, ago(9), facets=ONE), counted)) == expected


def test_a_number_that_came_too_late_after_a_finding_is_not_heeded(evaluate: Evaluate) -> None:
    first = finding("first", atom(recorded(), absence=AbsenceRule.UNKNOWN))
    test = heeding(after="first", within_after=Span(10, "day"))
    given = [entry(ago(30)), result(POSITIVE, ago(25))]
    assert ask(evaluate, test, chart(*given, percentage(85, ago(20))), [first]) == "unspecific"
    assert ask(evaluate, test, chart(*given, percentage(85, ago(19))), [first]) == "true"


def test_a_number_older_than_what_a_result_may_not_be_older_than_is_not_heeded(evaluate: Evaluate) -> None:
    atoms = atom(heeding(not_older_than="b"), "a"), atom(recorded(), "b")
    in_october = together(result(POSITIVE, on("2026-10")), entry(on("2026-10")))

    def answer(*given: Given) -> str:
        rules = book(criterion(*atoms))
        return said(evaluate(rules, chart(*in_october, *given), AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["a"])

    assert answer() == "true"
    assert answer(percentage(85, on("2026-11-01"))) == "unspecific"
    assert answer(percentage(85, on("2026-10-02"))) == "unspecific"
    assert answer(percentage(85, on("2026-09-30"))) == "true"


def test_the_numbers_that_leave_it_unknown_are_among_what_it_rests_on(evaluate: Evaluate) -> None:
    chosen, older = result(POSITIVE, ago(9)), percentage(85, ago(30))
    newer, preliminary, undated = percentage(85, ago(1)), percentage(1, ago(2), certainty=WEAK), percentage(85, None)

    def rests_on(test: QualitativeResult, *given: Fact) -> set[str]:
        evaluation = evaluate(book(criterion(atom(test))), chart(*given), AbsencePolicy.PRESUME)
        return {fact.reference for fact in evaluation.criteria["T", "C1"].atoms["a"].decided_by}

    given = chosen, older, newer, preliminary, undated
    assert rests_on(heeding(), *given) == {fact.reference for fact in (chosen, newer, preliminary)}
    assert rests_on(positive(), *given) == {chosen.reference}
    assert rests_on(heeding(), older, newer) == set()


def test_a_number_and_a_doubt_both_leave_it_unknown(evaluate: Evaluate) -> None:
    chosen, doubt = result(NEGATIVE, ago(9)), result(POSITIVE, ago(5), certainty=WEAK)
    counted = percentage(85, ago(1))
    rules = book(criterion(atom(heeding())))

    def answer(*given: Fact) -> tuple[str, set[str]]:
        outcome = evaluate(rules, chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["a"]
        return said(outcome), {fact.reference for fact in outcome.decided_by}

    assert answer(chosen, doubt) == ("unconfirmed", {chosen.reference})
    assert answer(chosen, counted) == ("unspecific", {chosen.reference, counted.reference})
    assert answer(chosen, doubt, counted) == ("unconfirmed, unspecific", {chosen.reference, counted.reference})


def test_a_facet_is_asked_of_the_numbers_too(evaluate: Evaluate) -> None:
    atoms = atom(heeding(), "a"), atom(SameResource("a", "assay", ("one",)), "b")
    rules = book(criterion(*atoms))
    chosen = result(POSITIVE, ago(9), facets=ONE)

    def answer(*given: Given) -> str:
        return said(evaluate(rules, chart(chosen, *given), AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["b"])

    assert answer() == "true"
    assert answer(percentage(85, ago(1), facets=ONE)) == "true"
    assert answer(percentage(85, ago(1), facets=TWO)) == "conflicting-data"


def test_two_readings_of_which_one_heeds_numbers(evaluate: Evaluate) -> None:
    test = Readings((("heeding", heeding()), ("not heeding", positive())))
    assert ask(evaluate, test, chart(result(POSITIVE, ago(9)))) == "true"
    assert ask(evaluate, test, chart(result(POSITIVE, ago(9)), percentage(85, ago(1)))) == "unspecific"


# --- from patient to patient ----------------------------------------------------------------------------------------

RULES = book(
    criterion(atom(heeding()), id="C1"),
    criterion(atom(positive()), id="C2"),
    criterion(atom(heeding(), absent=True), atom(positive(), "b"), id="C3"),
    criterion(atom(FindingHolds("marked")), id="C4"),
    findings=[finding("marked", atom(heeding(currency="month"), "m"))],
)
PATIENTS = [
    chart(),
    chart(entry(ago(3), concept=CONDITION)),
    chart(result(POSITIVE, ago(9))),
    chart(result(POSITIVE, ago(9)), percentage(85, ago(1))),
    chart(percentage(85, ago(1))),
    chart(result(POSITIVE, ago(9)), percentage(85, ago(20))),
    chart(result(POSITIVE, ago(40)), percentage(85, ago(35))),
    chart(result(NEGATIVE, ago(9)), percentage(None, ago(1), problem=Reason.UNIT)),
    chart(result(NEGATIVE, ago(9))),
]


@pytest.mark.parametrize("patients", [PATIENTS, [*reversed(PATIENTS)]], ids=["onwards", "backwards"])
def test_the_rule_engine_gives_each_of_many_patients_an_answer_of_their_own(patients: list[Chart]) -> None:
    asked = Circumstances(AS_OF)
    new, used = compile_rules(RULES, ["T"], remember=0), compile_rules(RULES, ["T"])
    for patient in [*patients, *patients]:
        assert used.evaluate(patient, asked) == new.evaluate(patient, asked)
    heeded = new.evaluate(PATIENTS[3], asked).criteria
    assert [said(heeded["T", name].outcome) for name in ("C1", "C2", "C3", "C4")] == [
        "unspecific",
        "true",
        "unspecific",
        "unspecific",
    ]
