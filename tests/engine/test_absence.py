"""Nothing on record: presumed absent only where the rule, the concept, the policy and the record all allow it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import (
    ALLERGY,
    AS_OF,
    CONDITION,
    GAP,
    MIXED,
    NUMBER,
    OTHER,
    PROCEDURE,
    RESULT,
    Given,
    ago,
    chart,
    entry,
    number,
    unreadable,
)
from invented_rules import Evaluate, ask, atom, book, criterion, finding, measured, positive, recorded
from msgspec.structs import replace as replace_fact

from trialsieve.engine import direct
from trialsieve.engine.facts import Fact, Uncoded
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Atom, FindingHolds, Readings, Recorded, ReviewCase
from trialsieve.rules.vocabulary import (
    COVERABLE,
    AbsencePolicy,
    AbsenceRule,
    Certainty,
    Kind,
    Reason,
    Role,
    State,
    Timing,
)

PRESUME, UNKNOWN, ASSESSED = AbsenceRule.PRESUME, AbsenceRule.UNKNOWN, AbsenceRule.ASSESSED_ONLY
ALLERGIC = recorded(concepts=(ALLERGY,))
BOTH_KINDS = recorded(concepts=(MIXED,))  # conditions and procedures


@pytest.mark.parametrize(
    ("rule", "test", "covered", "expected"),
    [
        (PRESUME, recorded(), {Kind.CONDITION}, "false"),
        (PRESUME, recorded(), COVERABLE, "false"),
        (PRESUME, recorded(), set(), "not-retrieved"),
        (PRESUME, recorded(), {Kind.PROCEDURE, Kind.MEDICATION}, "not-retrieved"),
        (PRESUME, BOTH_KINDS, {Kind.CONDITION}, "not-retrieved"),
        (PRESUME, BOTH_KINDS, {Kind.PROCEDURE}, "not-retrieved"),
        (PRESUME, BOTH_KINDS, {Kind.CONDITION, Kind.PROCEDURE}, "false"),
        (PRESUME, recorded(concepts=(CONDITION, PROCEDURE)), {Kind.CONDITION}, "not-retrieved"),
        (PRESUME, recorded(concepts=(CONDITION, PROCEDURE)), {Kind.CONDITION, Kind.PROCEDURE}, "false"),
        (PRESUME, recorded(concepts=(GAP,)), COVERABLE, "no-data"),
        (PRESUME, recorded(concepts=(CONDITION, GAP)), COVERABLE, "no-data"),
        (PRESUME, recorded(concepts=(GAP,)), set(), "no-data"),
        (UNKNOWN, recorded(), COVERABLE, "no-data"),
        (UNKNOWN, recorded(), set(), "no-data"),
        (ASSESSED, ALLERGIC, set(), "not-retrieved"),
        (ASSESSED, ALLERGIC, {Kind.ALLERGY}, "no-data"),
        (ASSESSED, ALLERGIC, COVERABLE, "no-data"),
    ],
)
def test_nothing_on_record(
    evaluate: Evaluate, rule: AbsenceRule, test: Recorded, covered: set[Kind], expected: str
) -> None:
    assert ask(evaluate, atom(test, absence=rule), chart(covered=covered)) == expected


def test_an_assessed_patient_without_that_allergy_has_none(evaluate: Evaluate) -> None:
    another = entry(ago(9), concept="x.another", kind=Kind.ALLERGY)
    assert ask(evaluate, atom(ALLERGIC, absence=ASSESSED), chart(another, covered=())) == "false"


@pytest.mark.parametrize("assessed", [True, False])
def test_that_an_allergy_is_on_record_says_less_than_that_allergies_were_assessed(
    evaluate: Evaluate, assessed: bool
) -> None:
    another = replace(chart(entry(ago(9), concept="x.another", kind=Kind.ALLERGY)), allergies_assessed=assessed)
    expected = "false" if assessed else "no-data"
    assert ask(evaluate, atom(ALLERGIC, absence=ASSESSED), another) == expected
    assert ask(evaluate, atom(ALLERGIC, absence=ASSESSED), replace(another, facts=())) == expected


@pytest.mark.parametrize(
    ("state", "certainty", "ended", "expected"),
    [
        (State.ACTIVE, Certainty.FIRM, False, "false"),
        (State.UNSTATED, Certainty.FIRM, False, "false"),
        (State.RESOLVED, Certainty.FIRM, False, "no-data"),
        (State.REMISSION, Certainty.FIRM, False, "no-data"),
        (State.ACTIVE, Certainty.FIRM, ago(1), "no-data"),
        (State.ACTIVE, Certainty.FIRM, ago(-1), "false"),
        (State.ACTIVE, Certainty.WEAK, False, "no-data"),
    ],
)
def test_a_denial_that_is_over_or_not_sure_denies_nothing(
    evaluate: Evaluate, state: State, certainty: Certainty, ended: DateInterval | bool, expected: str
) -> None:
    denied = replace_fact(
        entry(ago(9), concept=ALLERGY, role=Role.NEGATES, certainty=certainty, ended=ended),
        state=state,
        kind=Kind.ALLERGY,
    )
    assert ask(evaluate, atom(ALLERGIC, absence=ASSESSED), chart(denied)) == expected
    allergy = entry(ago(90), concept=ALLERGY, kind=Kind.ALLERGY)
    asserted = "conflicting-data" if expected == "false" else "true"
    older = replace_fact(denied, when=ago(90))
    assert ask(evaluate, ALLERGIC, chart(allergy, older)) == asserted


def test_a_kind_that_is_present_is_covered(evaluate: Evaluate) -> None:
    assert ask(evaluate, recorded(), chart(entry(ago(9), concept=OTHER), covered=())) == "false"


@pytest.mark.parametrize("test", [recorded(), recorded(concepts=(GAP,)), ALLERGIC])
def test_the_policy_unknown_presumes_nothing(evaluate: Evaluate, test: Recorded) -> None:
    assert ask(evaluate, atom(test), chart(), policy=AbsencePolicy.UNKNOWN) == "no-data"
    assert ask(evaluate, atom(test, absence=ASSESSED), chart(), policy=AbsencePolicy.UNKNOWN) == "no-data"


def test_the_policy_does_not_touch_what_is_on_record(evaluate: Evaluate) -> None:
    test = recorded(Timing.CURRENT)
    patient = chart(entry(ago(9), role=Role.NEGATES))
    assert ask(evaluate, test, patient, policy=AbsencePolicy.UNKNOWN) == "false"
    assert ask(evaluate, test, chart(entry(ago(9))), policy=AbsencePolicy.UNKNOWN) == "true"


def test_what_is_over_leaves_its_absence_to_be_presumed(evaluate: Evaluate) -> None:
    over = chart(entry(ago(9), state=State.RESOLVED))
    assert ask(evaluate, recorded(Timing.CURRENT), over) == "false"
    assert ask(evaluate, atom(recorded(Timing.CURRENT), absence=UNKNOWN), over) == "no-data"
    assert ask(evaluate, recorded(Timing.CURRENT), over, policy=AbsencePolicy.UNKNOWN) == "no-data"


def test_a_gap_does_not_touch_what_is_on_record(evaluate: Evaluate) -> None:
    assert ask(evaluate, recorded(concepts=(GAP,)), chart(entry(ago(9), concept=GAP))) == "true"


@pytest.mark.parametrize("test", [measured(), positive()])
def test_a_measurement_is_never_presumed(evaluate: Evaluate, test: Recorded) -> None:
    assert ask(evaluate, test, chart()) == "no-data"


# --- presume_unless -------------------------------------------------------------------------------------------------

TRANSPLANT = finding("transplant", atom(recorded(concepts=(OTHER,)), absence=UNKNOWN))
UNLESS = atom(recorded(), presume_unless="transplant")
NEVER_TRANSPLANTED = finding("transplant", atom(recorded(concepts=(OTHER,))))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], "false"),
        ([entry(ago(90), concept=OTHER)], "no-data"),
        ([entry(ago(90), concept=OTHER, certainty=Certainty.WEAK)], "unconfirmed"),
        ([entry(ago(90), concept=OTHER, role=Role.SUPPORTING)], "unspecific"),
        ([entry(ago(90), concept=OTHER), entry(ago(3))], "true"),
    ],
)
def test_nothing_is_presumed_where_a_finding_forbids_it(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert ask(evaluate, UNLESS, chart(*given), [TRANSPLANT]) == expected


def test_a_finding_that_is_false_forbids_nothing(evaluate: Evaluate) -> None:
    assert ask(evaluate, UNLESS, chart(), [NEVER_TRANSPLANTED]) == "false"


def test_a_finding_that_may_be_in_what_was_not_retrieved_forbids_it(evaluate: Evaluate) -> None:
    operated = finding("transplant", atom(recorded(concepts=(PROCEDURE,))))
    assert ask(evaluate, UNLESS, chart(), [operated]) == "false"
    assert ask(evaluate, UNLESS, chart(covered=(Kind.CONDITION,)), [operated]) == "not-retrieved"


def test_a_finding_that_was_not_asked_for_forbids_nothing_but_coverage_does(evaluate: Evaluate) -> None:
    assert ask(evaluate, UNLESS, chart(covered=()), [NEVER_TRANSPLANTED]) == "not-retrieved"


# --- what cannot be read --------------------------------------------------------------------------------------------

A_NUMBER = number(60, ago(1))
EITHER = Readings((("one", measured()), ("other", positive())))


@pytest.mark.parametrize(
    ("test", "garbled", "expected"),
    [
        (measured(), unreadable(Kind.OBSERVATION, NUMBER), "unusable-data"),
        (measured(), unreadable(Kind.OBSERVATION, RESULT), "true"),
        (measured(), unreadable(Kind.OBSERVATION), "unusable-data"),
        (measured(), unreadable(Kind.CONDITION), "true"),
        (measured(), unreadable(None), "unusable-data"),
        (measured(), unreadable(None, NUMBER), "unusable-data"),
        (measured(), unreadable(None, RESULT), "true"),
        (positive(), unreadable(Kind.OBSERVATION, RESULT), "no-data, unusable-data"),
        (EITHER, unreadable(Kind.OBSERVATION, RESULT), "no-data, unusable-data"),
        (recorded(), unreadable(Kind.CONDITION, CONDITION), "unusable-data"),
        (recorded(), unreadable(Kind.CONDITION, OTHER), "false"),
        (recorded(), unreadable(Kind.CONDITION), "unusable-data"),
        (recorded(), unreadable(Kind.PROCEDURE), "false"),
        (recorded(), unreadable(Kind.OBSERVATION), "false"),
        (recorded(), unreadable(None), "unusable-data"),
        (BOTH_KINDS, unreadable(Kind.PROCEDURE), "unusable-data"),
        (BOTH_KINDS, unreadable(Kind.OBSERVATION), "false"),
    ],
)
def test_an_unreadable_resource_leaves_unknown_what_it_bears_on(
    evaluate: Evaluate, test: Recorded, garbled: Given, expected: str
) -> None:
    assert ask(evaluate, test, chart(A_NUMBER, garbled)) == expected


def test_an_unreadable_resource_undoes_what_other_resources_show(evaluate: Evaluate) -> None:
    patient = chart(entry(ago(3)), unreadable(Kind.CONDITION))
    assert ask(evaluate, recorded(), patient) == "unusable-data"


@pytest.mark.parametrize(
    ("question", "facts", "expected"),
    [
        (atom(recorded()), [entry(ago(3))], "true"),
        (atom(recorded(), absent=True), [entry(ago(3))], "false"),
        (atom(recorded(), absence=AbsenceRule.PRESUME), [], "unusable-data"),
        (atom(recorded(), absence=AbsenceRule.PRESUME, absent=True), [], "unusable-data"),
        (atom(recorded(Timing.CURRENT)), [entry(ago(3), state=State.RESOLVED)], "unusable-data"),
        (atom(recorded()), [entry(ago(3), certainty=Certainty.WEAK)], "unconfirmed, unusable-data"),
    ],
)
def test_what_was_read_and_not_understood_denies_nothing(
    evaluate: Evaluate, question: Atom, facts: list[Fact], expected: str
) -> None:
    strange = replace(unreadable(Kind.CONDITION), was_read=True)
    assert ask(evaluate, question, chart(*facts, strange)) == expected


def test_unreadable_resources_add_to_the_reasons(evaluate: Evaluate) -> None:
    patient = chart(entry(ago(3), certainty=Certainty.WEAK), unreadable(Kind.CONDITION))
    assert ask(evaluate, recorded(), patient) == "unconfirmed, unusable-data"


def test_an_unreadable_resource_reaches_findings(evaluate: Evaluate) -> None:
    event = finding("event", atom(recorded(concepts=(OTHER,))))
    assert ask(evaluate, FindingHolds("event"), chart(unreadable(Kind.CONDITION, OTHER)), [event]) == "unusable-data"
    assert ask(evaluate, FindingHolds("event"), chart(unreadable(Kind.CONDITION, CONDITION)), [event]) == "false"


# --- what is said about it ------------------------------------------------------------------------------------------


def test_a_presumed_absence_is_recorded_as_an_assumption() -> None:
    evaluation = direct.evaluate(book(criterion(atom(recorded()))), ["T"], chart(), Circumstances(AS_OF))
    assert evaluation.criteria["T", "C1"].outcome.assumptions == ("no condition on record",)


def test_records_in_unknown_code_systems_are_counted_in_the_assumption() -> None:
    rules = book(criterion(atom(recorded())))
    patient = chart(Uncoded(Kind.CONDITION, frozenset({"urn:local"}), 3), Uncoded(Kind.PROCEDURE, frozenset(), 5))
    evaluation = direct.evaluate(rules, ["T"], patient, Circumstances(AS_OF))
    (assumption,) = evaluation.criteria["T", "C1"].outcome.assumptions
    assert "3 records" in assumption


def test_no_assumption_is_made_of_what_is_on_record(evaluate: Evaluate) -> None:
    rules = book(criterion(atom(recorded())))
    outcome = evaluate(rules, chart(entry(ago(3))), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome
    assert outcome.assumptions == ()


def test_a_review_case_stands_against_presuming(evaluate: Evaluate) -> None:
    test = recorded(Timing.CURRENT, review=(ReviewCase("over", Reason.JUDGEMENT, states=frozenset({State.RESOLVED})),))
    assert ask(evaluate, test, chart(entry(ago(9), state=State.RESOLVED))) == "judgement"
    assert ask(evaluate, test, chart()) == "false"
