"""Shared findings: true, false, conflicting, suspected."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import OTHER, Given, ago, entry, result
from found import found
from invented_rules import Evaluate, all_of, atom, finding, positive, recorded, said

from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Reason, Result, Role, Sex

DIAGNOSIS = atom(recorded(), "diagnosis", absence=AbsenceRule.UNKNOWN)
PRESUMED = atom(recorded(), "diagnosis")
TEST = atom(positive(), "test")
CLEAR = atom(positive(expected=Result.NEGATIVE), "clear")
HINT = atom(recorded(concepts=(OTHER,)), "hint", absence=AbsenceRule.UNKNOWN)

POSITIVE, NEGATIVE = result(Result.POSITIVE, ago(1)), result(Result.NEGATIVE, ago(1))
PRESENT, WEAK = entry(ago(9)), entry(ago(9), certainty=Certainty.WEAK)
HINTED = entry(ago(9), concept=OTHER)


EITHER_WAY = finding("f", DIAGNOSIS, CLEAR, true_when=AtomRef("diagnosis"), false_when=AtomRef("clear"))
BOTH_OR_CLEAR = finding("f", DIAGNOSIS, HINT, CLEAR, true_when=all_of("diagnosis", "hint"), false_when=AtomRef("clear"))
ONE_WAY = finding("f", DIAGNOSIS)
DEFAULT = finding("f", PRESUMED)
SUSPECTED = finding(
    "f",
    DIAGNOSIS,
    CLEAR,
    HINT,
    true_when=AtomRef("diagnosis"),
    false_when=AtomRef("clear"),
    suspicions=(ReviewWhen("suspected", Reason.JUDGEMENT, AtomRef("hint")),),
)
INDETERMINATE = result(Result.INDETERMINATE, ago(1))


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        (EITHER_WAY, [PRESENT], "true"),
        (EITHER_WAY, [NEGATIVE], "false"),
        (EITHER_WAY, [PRESENT, NEGATIVE], "conflicting-data"),
        (EITHER_WAY, [PRESENT, POSITIVE], "true"),
        (EITHER_WAY, [], "no-data"),
        (EITHER_WAY, [POSITIVE], "no-data"),
        (EITHER_WAY, [WEAK], "unconfirmed"),  # a test that is not on record could not make it false either
        (EITHER_WAY, [WEAK, INDETERMINATE], "unconfirmed"),
        (EITHER_WAY, [WEAK, NEGATIVE], "unconfirmed"),
        (EITHER_WAY, [INDETERMINATE], "no-data, unspecific"),
        (BOTH_OR_CLEAR, [WEAK, NEGATIVE], "no-data, unconfirmed"),
        (BOTH_OR_CLEAR, [PRESENT, NEGATIVE], "false"),
        (ONE_WAY, [PRESENT], "true"),
        (ONE_WAY, [], "no-data"),
        (ONE_WAY, [WEAK], "unconfirmed"),
        (DEFAULT, [PRESENT], "true"),
        (DEFAULT, [], "false"),
        (DEFAULT, [WEAK], "unconfirmed"),
        (SUSPECTED, [HINTED], "judgement, no-data"),
        (SUSPECTED, [entry(ago(9), concept=OTHER, role=Role.SUPPORTING)], "no-data, unspecific"),
        (SUSPECTED, [], "no-data"),
        (SUSPECTED, [HINTED, PRESENT], "true"),
        (SUSPECTED, [HINTED, NEGATIVE], "false"),
        (SUSPECTED, [HINTED, WEAK], "judgement, unconfirmed"),
    ],
)
def test_what_a_finding_is(evaluate: Evaluate, rule: Finding, given: list[Given], expected: str) -> None:
    assert said(found(evaluate, [rule], *given)) == expected


def test_neither_true_nor_false_is_no_data(evaluate: Evaluate) -> None:
    rule = finding("f", PRESUMED, HINT, true_when=AtomRef("diagnosis"), false_when=AtomRef("diagnosis"))
    assert said(found(evaluate, [rule])) == "no-data"


def test_what_was_not_retrieved_does_not_stand_against_a_negative_test(evaluate: Evaluate) -> None:
    rule = finding("f", PRESUMED, CLEAR, true_when=AtomRef("diagnosis"), false_when=AtomRef("clear"))
    assert said(found(evaluate, [rule], NEGATIVE, covered=())) == "false"
    assert said(found(evaluate, [rule], covered=())) == "no-data, not-retrieved"


def test_a_suspicion_that_was_not_retrieved_adds_nothing(evaluate: Evaluate) -> None:
    hint = atom(recorded(concepts=(OTHER,)), "hint")
    rule = replace(SUSPECTED, atoms=(DIAGNOSIS, CLEAR, hint))
    assert said(found(evaluate, [rule], covered=())) == "no-data"


def test_findings_build_on_findings(evaluate: Evaluate) -> None:
    base = finding("base", DIAGNOSIS)
    built = finding("built", atom(FindingHolds("base"), "base"), TEST)
    assert said(found(evaluate, [base, built], PRESENT, POSITIVE)) == "true"
    assert said(found(evaluate, [base, built], WEAK, POSITIVE)) == "unconfirmed"
    assert said(found(evaluate, [base, built], PRESENT, NEGATIVE)) == "false"


def test_a_findings_atoms_may_be_doubted_by_each_other(evaluate: Evaluate) -> None:
    doubted = atom(
        recorded(),
        "diagnosis",
        absence=AbsenceRule.UNKNOWN,
        review_when=(ReviewWhen("clear now", Reason.JUDGEMENT, AtomRef("clear")),),
    )
    rule = finding("f", doubted, CLEAR, true_when=AtomRef("diagnosis"), false_when=AtomRef("clear"))
    assert said(found(evaluate, [rule], PRESENT)) == "true"
    assert said(found(evaluate, [rule], PRESENT, NEGATIVE)) == "judgement"


def test_a_finding_knows_of_the_sex(evaluate: Evaluate) -> None:
    rule = finding("f", atom(recorded(), "diagnosis", applies_to=Sex.FEMALE))
    assert said(found(evaluate, [rule], PRESENT, sex=Sex.FEMALE)) == "true"
    assert said(found(evaluate, [rule], PRESENT, sex=Sex.MALE)) == "conflicting-data"


def test_a_finding_shows_the_resources_that_it_rests_on(evaluate: Evaluate) -> None:
    outcome = found(evaluate, [SUSPECTED], PRESENT, POSITIVE)
    assert PRESENT.reference in {fact.reference for fact in outcome.decided_by}
