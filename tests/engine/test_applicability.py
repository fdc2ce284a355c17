"""`applies_to` and `when`: what can only be true of one sex, and what counts under a condition."""

from __future__ import annotations

import pytest
from charts import OTHER, Given, ago, chart, denial, entry, number, unreadable
from invented_rules import Evaluate, atom, book, criterion, measured, recorded, said

from trialsieve.rules.atom import Atom
from trialsieve.rules.logic import AtomRef, Not
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, CriterionKind, Kind, Role, Sex

MALE, FEMALE, UNKNOWN = Sex
PRESENT, SUSPECTED = entry(ago(9)), entry(ago(9), role=Role.SUPPORTING)

# --- an atom --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "given", "expected"),
    [
        (FEMALE, [PRESENT], "true"),
        (FEMALE, [], "false"),
        (FEMALE, [SUSPECTED], "unspecific"),
        (MALE, [PRESENT], "conflicting-data"),
        (MALE, [], "false"),
        (MALE, [SUSPECTED], "false"),
        (UNKNOWN, [PRESENT], "no-data"),
        (UNKNOWN, [], "false"),
        (UNKNOWN, [SUSPECTED], "no-data, unspecific"),
    ],
)
def test_an_atom_of_one_sex(evaluate: Evaluate, sex: Sex, given: list[Given], expected: str) -> None:
    rules = book(criterion(atom(recorded(), applies_to=FEMALE)))
    evaluation = evaluate(rules, chart(*given, sex=sex), AbsencePolicy.PRESUME)
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == expected


def test_what_could_not_be_read_may_contradict_the_recorded_sex(evaluate: Evaluate) -> None:
    patient = chart(unreadable(Kind.CONDITION), sex=MALE)
    for rule in (criterion(atom(recorded(), applies_to=FEMALE)), criterion(atom(recorded()), applies_to=FEMALE)):
        outcome = evaluate(book(rule), patient, AbsencePolicy.PRESUME).criteria["T", "C1"]
        assert (said(outcome.outcome), outcome.applies) == ("unusable-data", True)


def test_a_gender_that_cannot_be_read_is_not_a_missing_one(evaluate: Evaluate) -> None:
    rules = book(criterion(atom(recorded(), applies_to=FEMALE)))
    evaluation = evaluate(rules, chart(PRESENT, unusable=["gender"]), AbsencePolicy.PRESUME)
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == "unusable-data"


# --- a criterion ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sex", "given", "expected", "applies"),
    [
        (CriterionKind.EXCLUSION, FEMALE, [PRESENT], "true", True),
        (CriterionKind.EXCLUSION, FEMALE, [], "false", True),
        (CriterionKind.EXCLUSION, MALE, [PRESENT], "conflicting-data", True),
        (CriterionKind.EXCLUSION, MALE, [], "false", False),
        (CriterionKind.EXCLUSION, MALE, [SUSPECTED], "false", False),
        (CriterionKind.EXCLUSION, UNKNOWN, [], "false", True),
        (CriterionKind.EXCLUSION, UNKNOWN, [PRESENT], "no-data", True),
        (CriterionKind.EXCLUSION, UNKNOWN, [SUSPECTED], "no-data, unspecific", True),
        (CriterionKind.INCLUSION, FEMALE, [PRESENT], "true", True),
        (CriterionKind.INCLUSION, MALE, [PRESENT], "true", False),
        (CriterionKind.INCLUSION, MALE, [], "true", False),
        (CriterionKind.INCLUSION, UNKNOWN, [PRESENT], "true", True),
        (CriterionKind.INCLUSION, UNKNOWN, [], "no-data", True),
    ],
)
def test_a_criterion_of_one_sex(
    evaluate: Evaluate, kind: CriterionKind, sex: Sex, given: list[Given], expected: str, applies: bool
) -> None:
    rules = book(criterion(atom(recorded()), kind=kind, applies_to=FEMALE))
    outcome = evaluate(rules, chart(*given, sex=sex), AbsencePolicy.PRESUME).criteria["T", "C1"]
    assert (said(outcome.outcome), outcome.applies) == (expected, applies)


# --- when -----------------------------------------------------------------------------------------------------------

WHEN_OTHER = (
    atom(recorded(concepts=(OTHER,)), "gate", absence=AbsenceRule.PRESUME, operand=False),
    atom(measured(), when=AtomRef("gate")),
)
GATE, MAYBE = entry(ago(9), concept=OTHER), entry(ago(9), concept=OTHER, role=Role.SUPPORTING)
MET, UNMET, OPEN = number(60, ago(1)), number(40, ago(1)), number((40, 60), ago(1))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([GATE, MET], "true"),
        ([GATE, UNMET], "false"),
        ([GATE, OPEN], "imprecise"),
        ([MET], "false"),
        ([UNMET], "false"),
        ([OPEN], "false"),
        ([MAYBE, MET], "unspecific"),
        ([MAYBE, UNMET], "false"),
        ([MAYBE, OPEN], "imprecise, unspecific"),
    ],
)
def test_an_atom_whose_condition_is_not_met_is_false(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    evaluation = evaluate(book(criterion(*WHEN_OTHER)), chart(*given), AbsencePolicy.PRESUME)
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == expected


def test_the_condition_may_be_any_logic(evaluate: Evaluate) -> None:
    gate, _ = WHEN_OTHER
    rules = book(criterion(gate, atom(measured(), when=Not(AtomRef("gate")))))
    assert said(evaluate(rules, chart(MET), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome) == "true"
    assert said(evaluate(rules, chart(MET, GATE), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome) == "false"


def test_the_condition_counts_after_the_sex(evaluate: Evaluate) -> None:
    gate, _ = WHEN_OTHER
    rules = book(criterion(gate, atom(recorded(), when=AtomRef("gate"), applies_to=FEMALE)))
    patient = chart(PRESENT, sex=MALE)
    assert said(evaluate(rules, patient, AbsencePolicy.PRESUME).criteria["T", "C1"].outcome) == "false"


def test_what_is_false_for_its_condition_or_the_sex_rests_on_no_resource(evaluate: Evaluate) -> None:
    gate = atom(recorded(concepts=(OTHER,)), "gate", operand=False)
    since = atom(measured(not_older_than="b"), "since")
    given = number(60, ago(3)), denial(ago(9), concept=OTHER)

    def what_is_since(b: Atom, *more: Given) -> str:
        rules = book(criterion(gate, b, since))
        evaluation = evaluate(rules, chart(*given, *more, sex=MALE), AbsencePolicy.PRESUME)
        return said(evaluation.criteria["T", "C1"].atoms["since"])

    gated, of_women = atom(recorded(), "b", when=AtomRef("gate")), atom(recorded(), "b", applies_to=FEMALE)
    assert what_is_since(gated, PRESENT) == "no-data"
    assert what_is_since(gated, denial(ago(9))) == "true"
    assert what_is_since(of_women, SUSPECTED) == "no-data"
    assert what_is_since(atom(recorded(), "b"), PRESENT) == "true"
