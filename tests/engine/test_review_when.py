"""`review_when`: data that would decide, and does not because of what else is on record."""

from __future__ import annotations

import pytest
from charts import OTHER, Given, ago, chart, entry, number
from invented_rules import Evaluate, atom, book, criterion, measured, recorded, said

from trialsieve.rules.atom import Atom
from trialsieve.rules.logic import AllOf, AtomRef, Logic, Not, NotTrue, ReviewWhen
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Reason, Role

DOUBT = AtomRef("doubt")


def _doubting(
    condition: Logic = DOUBT, absence: AbsenceRule = AbsenceRule.PRESUME, *more: ReviewWhen
) -> tuple[Atom, ...]:
    case = ReviewWhen("a doubt", Reason.REGISTRY_ERROR, condition)
    return (
        atom(measured(), review_when=(case, *more)),
        atom(recorded(concepts=(OTHER,)), "doubt", absence=absence, operand=False),
    )


def _ask(
    evaluate: Evaluate, atoms: tuple[Atom, ...], given: list[Given], policy: AbsencePolicy = AbsencePolicy.PRESUME
) -> str:
    evaluation = evaluate(book(criterion(*atoms)), chart(*given), policy)
    return said(evaluation.criteria["T", "C1"].atoms["a"])


FIFTY, FORTY = number(50, ago(1)), number(40, ago(1))
SUSPECTED = entry(ago(9), concept=OTHER, role=Role.SUPPORTING)
PRESENT = entry(ago(9), concept=OTHER)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([FIFTY], "true"),
        ([FORTY], "false"),
        ([FIFTY, PRESENT], "registry-error"),
        ([FORTY, PRESENT], "registry-error"),
        ([FIFTY, SUSPECTED], "unspecific"),
        ([number((40, 60), ago(1)), PRESENT], "imprecise"),
        ([PRESENT], "no-data"),
    ],
)
def test_what_data_decided_goes_to_a_person(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _ask(evaluate, _doubting(), given) == expected


@pytest.mark.parametrize(
    ("absence", "policy", "expected"),
    [
        (AbsenceRule.PRESUME, AbsencePolicy.PRESUME, "true"),
        (AbsenceRule.UNKNOWN, AbsencePolicy.PRESUME, "true"),
        (AbsenceRule.PRESUME, AbsencePolicy.UNKNOWN, "no-data"),
        (AbsenceRule.UNKNOWN, AbsencePolicy.UNKNOWN, "no-data"),
    ],
)
def test_a_doubt_of_which_nothing_is_on_record_matters_only_where_nothing_is_presumed(
    evaluate: Evaluate, absence: AbsenceRule, policy: AbsencePolicy, expected: str
) -> None:
    assert _ask(evaluate, _doubting(absence=absence), [FIFTY], policy) == expected


@pytest.mark.parametrize(("in_full", "expected"), [(True, "true"), (False, "not-retrieved")])
def test_a_doubt_that_was_not_retrieved_is_one_where_the_source_may_have_more(
    evaluate: Evaluate, in_full: bool, expected: str
) -> None:
    rules = book(criterion(*_doubting()))
    evaluation = evaluate(rules, chart(FIFTY, covered=(), in_full=in_full), AbsencePolicy.PRESUME)
    assert said(evaluation.criteria["T", "C1"].atoms["doubt"]) == "not-retrieved"
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == expected


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        (NotTrue(DOUBT), [FIFTY], "registry-error"),
        (NotTrue(DOUBT), [FIFTY, SUSPECTED], "registry-error"),
        (NotTrue(DOUBT), [FIFTY, PRESENT], "true"),
        (Not(DOUBT), [FIFTY], "registry-error"),
        (Not(DOUBT), [FIFTY, SUSPECTED], "unspecific"),
        (AllOf((DOUBT, NotTrue(DOUBT))), [FIFTY, PRESENT], "true"),
        (AllOf((DOUBT, NotTrue(DOUBT))), [FIFTY, SUSPECTED], "unspecific"),
    ],
)
def test_conditions_combine_other_atoms(
    evaluate: Evaluate, condition: Logic, given: list[Given], expected: str
) -> None:
    assert _ask(evaluate, _doubting(condition), given) == expected


def test_several_cases_give_all_their_reasons(evaluate: Evaluate) -> None:
    more = (ReviewWhen("another", Reason.JUDGEMENT, DOUBT), ReviewWhen("no case", Reason.TRUNCATED, Not(DOUBT)))
    assert _ask(evaluate, _doubting(DOUBT, AbsenceRule.PRESUME, *more), [FIFTY, PRESENT]) == "judgement, registry-error"


def test_the_doubt_is_as_it_is_after_all_its_own_steps(evaluate: Evaluate) -> None:
    first = atom(measured(), review_when=(ReviewWhen("a doubt", Reason.REGISTRY_ERROR, AtomRef("b")),))
    doubted = atom(
        recorded(concepts=(OTHER,)), "b", review_when=(ReviewWhen("a doubt", Reason.JUDGEMENT, AtomRef("c")),)
    )
    last = atom(recorded(), "c")
    given: list[Given] = [FIFTY, PRESENT, entry(ago(9))]
    assert _ask(evaluate, (first, doubted, last), given) == "judgement"


def test_a_weak_doubt_keeps_its_own_reason(evaluate: Evaluate) -> None:
    weak = entry(ago(9), concept=OTHER, certainty=Certainty.WEAK)
    assert _ask(evaluate, _doubting(), [FIFTY, weak]) == "unconfirmed"


def test_reviews_that_ask_alike_each_give_their_own_reason(evaluate: Evaluate) -> None:
    first, doubt = _doubting()
    second = atom(measured(), "b", review_when=(ReviewWhen("a doubt", Reason.JUDGEMENT, DOUBT),))
    evaluation = evaluate(book(criterion(first, second, doubt)), chart(FIFTY, PRESENT), AbsencePolicy.PRESUME)
    atoms = evaluation.criteria["T", "C1"].atoms

    assert [said(atoms[name]) for name in "ab"] == ["registry-error", "judgement"]
