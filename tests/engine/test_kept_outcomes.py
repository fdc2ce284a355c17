"""What the evaluators keep for criteria of which a record says nothing is what they would work out anew.

docs/adr/0012 says what they keep, and by what. Each pair of patients here differs in one thing that is no fact.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import ALLERGY, AS_OF, CONDITION, NUMBER, OTHER, ago, attestation, chart, entry, number, unreadable
from invented_rules import atom, book, criterion, finding, limits, measured, recorded

from trialsieve.engine import direct
from trialsieve.engine.facts import Chart, Fact, Uncoded, Unreadable
from trialsieve.engine.forward import compile_rules
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Age, FindingHolds, Judgement, RecordedSex, Test
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, AbsenceRule, Kind, Role, Sex, Truth

RULES = book(
    criterion(atom(recorded()), id="C1"),
    criterion(atom(measured()), id="C2"),
    criterion(atom(Age(limits(low="18")), "a"), id="C3"),
    criterion(atom(RecordedSex(frozenset({Sex.MALE}))), id="C4"),
    criterion(atom(recorded(), applies_to=Sex.FEMALE), id="C5"),
    criterion(atom(recorded()), id="C6", applies_to=Sex.FEMALE),
    criterion(atom(FindingHolds("adult")), id="C7"),
    criterion(atom(FindingHolds("ill")), id="C8"),
    criterion(atom(recorded(concepts=(ALLERGY,)), absence=AbsenceRule.ASSESSED_ONLY), id="C9"),
    criterion(atom(Judgement(), "a1"), atom(measured(not_older_than="a1"), "a2"), id="C10"),
    criterion(atom(Age(limits(low="18")), "a1"), atom(measured(not_older_than="a1"), "a2"), id="C11"),
    criterion(atom(Age(limits(high="70"))), id="C12"),
    findings=[finding("adult", atom(Age(limits(low="18")))), finding("ill", atom(recorded(), "b"))],
)
PRESUME = Circumstances(AS_OF, AbsencePolicy.PRESUME)
BLANK = chart(sex=Sex.MALE, birth="1990-01-01")
OTHERS: dict[str, tuple[Chart, Circumstances]] = {
    "under the other policy": (BLANK, Circumstances(AS_OF, AbsencePolicy.UNKNOWN)),
    "not covered": (replace(BLANK, covered=frozenset()), PRESUME),
    "covered but for one kind": (replace(BLANK, covered=COVERABLE - {Kind.CONDITION}), PRESUME),
    "with allergies assessed": (replace(BLANK, allergies_assessed=True), PRESUME),
    "with records in unknown code systems": (
        replace(BLANK, uncoded=(Uncoded(Kind.CONDITION, frozenset({"urn:local"}), 3),)),
        PRESUME,
    ),
    "with more records in unknown code systems": (
        replace(BLANK, uncoded=(Uncoded(Kind.CONDITION, frozenset({"urn:local"}), 5),)),
        PRESUME,
    ),
    "with an unreadable resource": (replace(BLANK, unreadable=(unreadable(Kind.CONDITION),)), PRESUME),
    "with an unreadable resource of one concept": (
        replace(BLANK, unreadable=(unreadable(Kind.CONDITION, CONDITION),)),
        PRESUME,
    ),
    "with an attestation": (replace(BLANK, attestations=(attestation("T#C1", True, ago(1)),)), PRESUME),
    "with an attestation to an atom": (replace(BLANK, attestations=(attestation("T#C10.a1", True, ago(1)),)), PRESUME),
    "of the other sex": (chart(sex=Sex.FEMALE, birth="1990-01-01"), PRESUME),
    "a child": (chart(sex=Sex.MALE, birth="2015-01-01"), PRESUME),
    "perhaps a child": (chart(sex=Sex.MALE, birth="2008"), PRESUME),
    "of an age that another limit tells apart": (chart(sex=Sex.MALE, birth="1950-01-01"), PRESUME),
    "a year younger": (chart(sex=Sex.MALE, birth="1991-01-01"), PRESUME),
    "of unknown birth": (chart(sex=Sex.MALE), PRESUME),
    "with a birth date that cannot be read": (chart(sex=Sex.MALE, unusable=["birthDate"]), PRESUME),
    "born after the day": (chart(sex=Sex.MALE, birth="2030-01-01"), PRESUME),
    "of unknown sex": (chart(birth="1990-01-01"), PRESUME),
    "of a sex that cannot be read": (chart(birth="1990-01-01", unusable=["gender"]), PRESUME),
    "by another name": (replace(BLANK, person=replace(BLANK.person, reference="Patient/p2")), PRESUME),
    "of whom there is no Patient": (replace(BLANK, person=replace(BLANK.person, reference=None)), PRESUME),
    "with a test result of what is presumed absent": (
        replace(BLANK, facts=(number(80, ago(3), concept=CONDITION),)),
        PRESUME,
    ),
    "with something on record": (chart(entry(ago(3), concept=CONDITION), sex=Sex.MALE, birth="1990-01-01"), PRESUME),
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("blank_first", [True, False])
def test_another_patient_gets_an_answer_of_their_own(other: str, blank_first: bool) -> None:
    first, second = (BLANK, PRESUME), OTHERS[other]
    if not blank_first:
        first, second = second, first
    new = direct.evaluate(RULES, ["T"], *second)
    assert new != direct.evaluate(RULES, ["T"], *first), "the two patients differ in nothing that is asked"

    used = direct.DirectEngine(RULES, ["T"])
    used.evaluate(*first)

    assert used.evaluate(*second) == new


def test_each_of_many_patients_gets_an_answer_of_their_own() -> None:
    used = direct.DirectEngine(RULES, ["T"])
    for patient, asked in [*OTHERS.values(), *reversed(OTHERS.values())]:
        assert used.evaluate(patient, asked) == direct.evaluate(RULES, ["T"], patient, asked)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("blank_first", [True, False])
def test_the_rule_engine_too_gives_another_patient_an_answer_of_their_own(other: str, blank_first: bool) -> None:
    first, second = (BLANK, PRESUME), OTHERS[other]
    if not blank_first:
        first, second = second, first
    new = compile_rules(RULES, ["T"], remember=0).evaluate(*second)

    used = compile_rules(RULES, ["T"])
    for asked in (first, first, second):
        used.evaluate(*asked)

    assert used.evaluate(*second) == new


def test_the_rule_engine_too_gives_each_of_many_patients_an_answer_of_their_own() -> None:
    new = compile_rules(RULES, ["T"], remember=0)
    used = compile_rules(RULES, ["T"])
    for patient, asked in [*OTHERS.values(), *reversed(OTHERS.values()), *OTHERS.values()]:
        assert used.evaluate(patient, asked) == new.evaluate(patient, asked)


@pytest.mark.parametrize(
    ("item", "criteria"),
    [
        (unreadable(Kind.CONDITION, CONDITION), {"C1", "C5", "C6", "C8"}),
        (unreadable(Kind.CONDITION), {"C1", "C5", "C6", "C8"}),
        (unreadable(Kind.OBSERVATION), {"C2", "C10", "C11"}),
        (unreadable(Kind.ALLERGY), {"C9"}),
        (unreadable(Kind.PROCEDURE), set()),
        (unreadable(None), {"C1", "C2", "C5", "C6", "C8", "C9", "C10", "C11"}),
    ],
)
def test_what_could_not_be_read_speaks_of_what_it_may_be_about(item: Unreadable, criteria: set[str]) -> None:
    silence = compile_rules(RULES, ["T"])._silence
    assert silence is not None
    spoken = silence.spoken_of(replace(BLANK, unreadable=(item,)), ())
    assert {RULES.trials["T"].criteria[number].id for number in spoken.criteria} == criteria


def test_the_rule_engine_gives_what_it_concluded_of_an_empty_record() -> None:
    used = compile_rules(RULES, ["T"])
    one, another = (chart(entry(ago(3), concept=OTHER), sex=Sex.MALE, birth=birth) for birth in ("1950", "1990"))
    used.evaluate(BLANK, PRESUME)
    kept = used.evaluate(one, PRESUME).criteria["T", "C8"]
    assert used.evaluate(another, PRESUME).criteria["T", "C8"] is kept


def test_an_answer_of_a_person_speaks_of_its_own_criterion_alone() -> None:
    used = compile_rules(RULES, ["T"])
    for _ in range(2):
        kept = used.evaluate(BLANK, PRESUME).criteria["T", "C8"]
    answered = used.evaluate(replace(BLANK, attestations=(attestation("T#C1", True, ago(1)),)), PRESUME)
    assert answered.criteria["T", "C1"].outcome.truth is Truth.TRUE
    assert answered.criteria["T", "C8"] is kept


def test_what_the_rule_engine_keeps_rests_on_nobodys_facts() -> None:
    used = compile_rules(RULES, ["T"])
    denied = replace(BLANK, facts=(entry(ago(3), concept=CONDITION, role=Role.NEGATES),))
    first = used.evaluate(denied, PRESUME)
    second = used.evaluate(BLANK, PRESUME)
    for name, finding_name in (("C1", None), ("C8", "ill")):
        mine, theirs = first.criteria["T", name], second.criteria["T", name]
        assert mine.outcome.truth is theirs.outcome.truth is Truth.FALSE
        assert mine.outcome.decided_by
        assert not theirs.outcome.decided_by
        assert not any(atom.decided_by for atom in theirs.atoms.values())
        if finding_name:
            assert first.findings[finding_name].decided_by
            assert not second.findings[finding_name].decided_by


def test_a_record_that_says_something_else_gets_what_was_kept() -> None:
    used = direct.DirectEngine(RULES, ["T"])
    kept = used.evaluate(BLANK, PRESUME).criteria["T", "C8"]
    another = chart(entry(ago(3), concept=OTHER), sex=Sex.FEMALE, birth="1960-01-01")
    assert used.evaluate(another, PRESUME).criteria["T", "C8"] is kept


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (measured(), entry(ago(3), concept=NUMBER)),
        (measured(), number(80, ago(3), role=Role.EXCLUDE)),
        (recorded(), number(80, ago(3), concept=CONDITION)),
        (recorded(), entry(ago(3), role=Role.EXCLUDE)),
    ],
    ids=["a result, beside a condition", "a result, excluded", "a condition, beside a result", "a condition, excluded"],
)
def test_what_a_test_does_not_look_at_leaves_its_outcome_as_it_was_kept(test: Test, said: Fact) -> None:
    rules = book(criterion(atom(test, absence=AbsenceRule.UNKNOWN)))
    used = direct.DirectEngine(rules, ["T"])
    kept = used.evaluate(BLANK, PRESUME).criteria["T", "C1"]
    told = replace(BLANK, facts=(said,))
    assert used.evaluate(told, PRESUME).criteria["T", "C1"] is kept
    assert direct.evaluate(rules, ["T"], told, PRESUME).criteria["T", "C1"] == kept


def test_what_a_person_says_of_one_criterion_leaves_the_others_as_they_were_kept() -> None:
    used = direct.DirectEngine(RULES, ["T"])
    kept = used.evaluate(BLANK, PRESUME).criteria["T", "C8"]
    attested = used.evaluate(replace(BLANK, attestations=(attestation("T#C1", True, ago(1)),)), PRESUME)
    assert attested.criteria["T", "C8"] is kept
    assert attested.criteria["T", "C1"].outcome.evidence


def test_records_in_unknown_code_systems_leave_as_it_was_what_no_such_record_may_be() -> None:
    used = direct.DirectEngine(RULES, ["T"])
    kept = used.evaluate(BLANK, PRESUME).criteria["T", "C8"]
    uncoded = replace(BLANK, uncoded=(Uncoded(Kind.PROCEDURE, frozenset({"urn:local"}), 3),))
    assert used.evaluate(uncoded, PRESUME).criteria["T", "C8"] is kept


def test_the_day_changes_nothing_of_what_is_kept() -> None:
    used = direct.DirectEngine(RULES, ["T"])
    used.evaluate(BLANK, PRESUME)
    later = Circumstances(AS_OF.replace(year=2040), AbsencePolicy.PRESUME)
    assert used.evaluate(BLANK, later) == direct.evaluate(RULES, ["T"], BLANK, later)
