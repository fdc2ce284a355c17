"""Effects, cohorts, stages and gates; who has died, and whose record is set aside."""

from __future__ import annotations

import pytest
from charts import OTHER, Given, ago, chart, entry, number, on
from invented_rules import Evaluate, atom, book, criterion, measured, recorded

from trialsieve.engine.direct_verdict import effect, verdict
from trialsieve.engine.facts import Chart
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import ArmOutcome
from trialsieve.rules.atom import Atom, Judgement, Unresolved
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Cohort
from trialsieve.rules.vocabulary import AbsencePolicy, CriterionKind, Effect, Role, Truth, Verdict

INCLUSION, EXCLUSION, INFUSION = CriterionKind
ELIGIBLE, INELIGIBLE, NEEDS_REVIEW = Verdict
PASS, FAIL, REVIEW = Effect


@pytest.mark.parametrize(
    ("kind", "when_true", "when_false"),
    [(INCLUSION, PASS, FAIL), (INFUSION, PASS, FAIL), (EXCLUSION, FAIL, PASS)],
)
def test_the_effect_of_a_criterion(kind: CriterionKind, when_true: Effect, when_false: Effect) -> None:
    assert effect(kind, Truth.TRUE) is when_true
    assert effect(kind, Truth.FALSE) is when_false
    assert effect(kind, Truth.UNKNOWN) is REVIEW


@pytest.mark.parametrize(
    ("arms", "expected"),
    [
        ([ELIGIBLE], ELIGIBLE),
        ([NEEDS_REVIEW], NEEDS_REVIEW),
        ([INELIGIBLE], INELIGIBLE),
        ([INELIGIBLE, ELIGIBLE], ELIGIBLE),
        ([NEEDS_REVIEW, ELIGIBLE], ELIGIBLE),
        ([INELIGIBLE, NEEDS_REVIEW], NEEDS_REVIEW),
        ([INELIGIBLE, INELIGIBLE], INELIGIBLE),
    ],
)
def test_the_verdict_over_the_arms_at_screening(arms: list[Verdict], expected: Verdict) -> None:
    assert verdict(arms) is expected


def _arms(evaluate: Evaluate, rules: RuleBook, patient: Chart) -> tuple[ArmOutcome, ...]:
    return evaluate(rules, patient, AbsencePolicy.PRESUME).arms["T"]


IN = criterion(atom(measured()), id="I1")
OUT = criterion(atom(recorded()), id="X1", kind=EXCLUSION)
ASK = criterion(atom(Judgement()), id="X2", kind=EXCLUSION)
CUT_OFF = criterion(atom(Unresolved()), id="X3", kind=EXCLUSION)
HIGH, LOW, PRESENT = number(60, ago(1)), number(40, ago(1)), entry(ago(9))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([HIGH], ArmOutcome("all", "screening", ELIGIBLE, ())),
        ([LOW], ArmOutcome("all", "screening", INELIGIBLE, ("I1",))),
        ([LOW, PRESENT], ArmOutcome("all", "screening", INELIGIBLE, ("I1", "X1"))),
        ([PRESENT], ArmOutcome("all", "screening", INELIGIBLE, ("X1",), open_data=("I1",))),
        ([], ArmOutcome("all", "screening", NEEDS_REVIEW, ("I1",), open_data=("I1",))),
    ],
)
def test_an_arm_is_decided_by_what_fails_else_by_what_is_open(
    evaluate: Evaluate, given: list[Given], expected: ArmOutcome
) -> None:
    assert _arms(evaluate, book(IN, OUT), chart(*given)) == (expected,)


def test_what_is_open_is_sorted_by_what_it_waits_for(evaluate: Evaluate) -> None:
    both = criterion(atom(Judgement()), atom(measured(), "b"), id="X4", kind=EXCLUSION)
    (arm,) = _arms(evaluate, book(IN, ASK, CUT_OFF, both), chart())
    assert arm.limiting == ("I1", "X2", "X3", "X4")
    assert (arm.open_data, arm.open_judgement, arm.open_registry) == (("I1", "X4"), ("X2",), ("X3",))


def test_an_ineligible_arm_says_what_is_still_open(evaluate: Evaluate) -> None:
    (arm,) = _arms(evaluate, book(IN, ASK, CUT_OFF), chart(LOW))
    assert (arm.verdict, arm.limiting) == (INELIGIBLE, ("I1",))
    assert (arm.open_judgement, arm.open_registry) == (("X2",), ("X3",))


# --- cohorts, gates, stages -----------------------------------------------------------------------------------------


def _gate(test: object = None) -> Atom:
    return atom(test or recorded(concepts=(OTHER,)), "gate")  # type: ignore[arg-type]


GATED = (Cohort("one", _gate()), Cohort("two"))
OPEN_GATE, PERHAPS = entry(ago(9), concept=OTHER), entry(ago(9), concept=OTHER, role=Role.SUPPORTING)


@pytest.mark.parametrize(
    ("given", "one", "limiting", "open_data"),
    [
        ([HIGH, OPEN_GATE], ELIGIBLE, (), ()),
        ([HIGH], INELIGIBLE, ("cohort",), ()),
        ([HIGH, PERHAPS], NEEDS_REVIEW, ("cohort",), ("cohort",)),
        ([LOW], INELIGIBLE, ("cohort", "I1"), ()),
        ([PERHAPS], NEEDS_REVIEW, ("cohort", "I1"), ("cohort", "I1")),
        ([LOW, PERHAPS], INELIGIBLE, ("I1",), ("cohort",)),
    ],
)
def test_a_cohorts_gate_is_the_first_of_its_criteria(
    evaluate: Evaluate, given: list[Given], one: Verdict, limiting: tuple[str, ...], open_data: tuple[str, ...]
) -> None:
    arm, _ = _arms(evaluate, book(IN, cohorts=GATED), chart(*given))
    assert (arm.verdict, arm.limiting, arm.open_data) == (one, limiting, open_data)


def test_a_criterion_counts_for_its_cohort_only(evaluate: Evaluate) -> None:
    own = criterion(atom(recorded()), id="X1", kind=EXCLUSION, cohort="two")
    cohorts = (Cohort("one"), Cohort("two"))
    one, two = _arms(evaluate, book(IN, own, cohorts=cohorts), chart(HIGH, PRESENT))
    assert (one.cohort, one.verdict, one.limiting) == ("one", ELIGIBLE, ())
    assert (two.cohort, two.verdict, two.limiting) == ("two", INELIGIBLE, ("X1",))


STAGES = ("screening", "collection", "infusion")
LATER = criterion(atom(recorded()), id="F1", kind=INFUSION, stage="infusion")


def test_a_later_stage_needs_the_earlier_ones_too(evaluate: Evaluate) -> None:
    rules = book(IN, LATER, stages=STAGES)
    screening, infusion = _arms(evaluate, rules, chart(HIGH))
    assert (screening.stage, screening.verdict) == ("screening", ELIGIBLE)
    assert (infusion.stage, infusion.verdict, infusion.limiting) == ("infusion", INELIGIBLE, ("F1",))
    screening, infusion = _arms(evaluate, rules, chart(LOW, PRESENT))
    assert (screening.verdict, infusion.verdict) == (INELIGIBLE, INELIGIBLE)
    assert infusion.limiting == ("I1",)


def test_screening_is_an_arm_even_without_a_criterion(evaluate: Evaluate) -> None:
    screening, infusion = _arms(evaluate, book(LATER, stages=STAGES), chart())
    assert (screening.stage, screening.verdict) == ("screening", ELIGIBLE)
    assert (infusion.stage, infusion.verdict) == ("infusion", INELIGIBLE)


# --- who has died, and whose record is set aside --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (None, ("deceased",)),
        (ago(1), ("deceased",)),
        (ago(0), ("deceased",)),
        (on("2026"), ("deceased",)),
        (ago(-1), ()),
    ],
)
def test_the_deceased_are_ineligible_in_every_arm(
    evaluate: Evaluate, when: DateInterval | None, expected: tuple[str, ...]
) -> None:
    rules = book(IN, cohorts=(Cohort("one"), Cohort("two")))
    for arm in _arms(evaluate, rules, chart(HIGH, deceased=True, deceased_when=when)):
        assert arm.limiting == expected
        assert arm.verdict is (INELIGIBLE if expected else ELIGIBLE)


def test_nothing_is_open_for_the_deceased(evaluate: Evaluate) -> None:
    (arm,) = _arms(evaluate, book(IN, ASK, CUT_OFF), chart(deceased=True))
    assert arm == ArmOutcome("all", "screening", INELIGIBLE, ("deceased",))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([HIGH], ArmOutcome("all", "screening", NEEDS_REVIEW, ("patient",))),
        ([LOW], ArmOutcome("all", "screening", INELIGIBLE, ("I1",))),
        ([], ArmOutcome("all", "screening", NEEDS_REVIEW, ("I1",), open_data=("I1",))),
    ],
)
def test_a_record_that_is_set_aside_is_never_eligible(
    evaluate: Evaluate, given: list[Given], expected: ArmOutcome
) -> None:
    patient = chart(*given, set_aside="This record is inactive.")
    assert _arms(evaluate, book(IN), patient) == (expected,)
