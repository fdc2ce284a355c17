"""Sentences about whole criteria: by the atoms that decide them or keep them open, and by their readings."""

from __future__ import annotations

import pytest
from charts import AS_OF, RESULT, Given, ago, attestation, chart, entry, number, result, unreadable
from explained import atom_told, criterion_told
from invented_rules import atom, book, criterion, limits, measured, positive, recorded

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import (
    Judgement,
    Readings,
    SameResource,
)
from trialsieve.rules.logic import AnyOf, AtomRef, Not, ReviewWhen
from trialsieve.rules.vocabulary import (
    AbsenceRule,
    Certainty,
    CriterionKind,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
)


def test_no_sentence_is_said_twice() -> None:
    """Two atoms about one resource, one of which has a reason more."""
    weak = entry(ago(1), certainty=Certainty.WEAK)
    broad = atom(recorded(all_supporting=True), "b")
    rule = criterion(atom(recorded()), broad, logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    assert criterion_told(rule, weak) == (
        "Condition on record: preliminary or unconfirmed. "
        "Condition on record: not specific enough to decide, no code alone says what is asked here."
    )


def test_the_readings_of_what_does_not_apply_say_so() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    rule = criterion(
        atom(Judgement()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE, readings=readings, logic=None
    )
    screened = Screener(book(rule), ["T"]).screen(chart(sex=Sex.MALE), Circumstances(AS_OF))
    assert {(each.holds, each.explanation) for each in screened[0].criteria[0].readings} == {
        (False, "The sentence does not apply to this patient.")
    }


def test_a_criterion_is_told_by_the_atoms_that_decide_it() -> None:
    rule = criterion(atom(measured()), atom(positive(), "b"))
    given = [number(40, ago(1)), result(Result.POSITIVE, ago(1))]
    assert criterion_told(rule, *given) == "Number 40 is below 50 %."
    either = criterion(atom(measured()), atom(positive(), "b"), logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    assert criterion_told(either, *given) == "Result positive."
    negated = criterion(atom(measured()), logic=Not(AtomRef("a")))
    assert criterion_told(negated, number(40, ago(1))) == "Number 40 is below 50 %."


def test_an_open_criterion_is_told_by_what_keeps_it_open() -> None:
    rule = criterion(atom(measured()), atom(positive(), "b"))
    assert (
        criterion_told(rule, number(60, ago(1))) == "No result on record for result. Known: Number 60 is at least 50 %."
    )


def test_a_doubt_is_named() -> None:
    case = ReviewWhen("something else is on record", Reason.REGISTRY_ERROR, AtomRef("b"))
    rule = criterion(atom(measured(), review_when=(case,)), atom(recorded(), "b", operand=False))
    assert "something else is on record" in criterion_told(rule, number(60, ago(1)), entry(ago(1)))


def test_a_text_on_hold_gives_its_readings() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    text = criterion_told(
        criterion(atom(measured()), readings=readings, note="Evidently inverted."), number(60, ago(1))
    )
    assert (
        text == "The registry's text is on hold. Read as-written: would pass; presumed: would fail. Evidently inverted."
        " Known: Number 60 is at least 50 %."
    )


def test_a_text_on_hold_tells_what_is_missing_where_a_reading_waits_for_it() -> None:
    either = AnyOf((AtomRef("a"), AtomRef("b")))
    rule = criterion(atom(measured()), atom(positive(), "b"), readings=(("as-written", either), ("other", Not(either))))
    assert criterion_told(rule, number(40, ago(1))) == (
        "The registry's text is on hold, and each of its readings is open. No result on record for result."
        " Known: Number 40 is below 50 %."
    )
    assert criterion_told(rule, number(60, ago(1))) == (
        "The registry's text is on hold. Read as-written: would pass; other: would fail."
        " Known: Number 60 is at least 50 %."
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            [number(90, ago(1))],
            "The registry's text is wrong or ambiguous here; on record: number 90"
            " (at-least, at least 90 %: true; more-than, above 90 %: false).",
        ),
        ([], "No result on record for number."),
        (
            [number(91, ago(1))],
            "Number 91 is at least 90 % and above 90 %, as each reading asks.",
        ),
        (
            [number(89, ago(1))],
            "Number 89 is below 90 % and at most 90 %, unlike what each reading asks.",
        ),
    ],
)
def test_readings_of_an_atom_are_told_where_they_differ_or_are_unknown(given: list[Given], words: str) -> None:
    at_least, above = measured(limits=limits(low="90")), measured(limits=limits(above="90"))
    assert atom_told(atom(Readings((("at-least", at_least), ("more-than", above)))), *given) == words


def test_readings_of_a_result_are_told_by_what_they_expect() -> None:
    readings = (("as-written", positive()), ("presumed", positive(expected=Result.NEGATIVE)))
    assert atom_told(atom(Readings(readings)), result(Result.POSITIVE, ago(1))) == (
        "The registry's text is wrong or ambiguous here; on record: result positive"
        " (as-written, positive: true; presumed, negative: false)."
    )


def test_a_criterion_that_does_not_apply_says_why() -> None:
    rule = criterion(atom(recorded()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE)
    assert criterion_told(rule, sex=Sex.MALE) == "Does not apply: recorded as male."


def test_an_attested_criterion_says_so() -> None:
    rule = criterion(atom(Judgement()))
    assert "attested yes" in criterion_told(rule, attestation("T#C1", True, ago(1))).lower()
    assert "attested no" in criterion_told(rule, attestation("T#C1.a", False, ago(1))).lower()


def test_a_facet_of_the_same_resource() -> None:
    asked = atom(SameResource("a", "method", ("flow cytometry",)), "b")
    rule = criterion(atom(measured()), asked)
    text = criterion_told(rule, number(60, ago(1), facets=(("method", "staining"),)))
    assert text == "Number 60: method is not flow cytometry."


def test_what_is_noted_of_the_other_atom_is_told_once() -> None:
    rule = criterion(atom(positive()), atom(SameResource("a", "method", ("flow cytometry",)), "b"))
    told = criterion_told(rule, result(Result.POSITIVE, ago(9)), unreadable(Kind.OBSERVATION, RESULT))
    assert told == (
        "Result could not be read (Observation/garbled: garbled). "
        "Result positive: not specific enough to decide, its method is not stated."
    )


def test_what_opens_both_by_its_note_alone_is_told_once() -> None:
    asked = SameResource("a", "method", ("flow cytometry",))
    case = ReviewWhen("nobody says how", Reason.UNSPECIFIC, AtomRef("c"))
    rule = criterion(atom(measured(), review_when=(case,)), atom(asked, "b"), atom(positive(), "c", operand=False))
    told = criterion_told(rule, number(60, ago(1)), result(Result.POSITIVE, ago(1)))
    assert told == "Number 60; not specific enough to decide: nobody says how; on record: result positive."


def test_of_resources_that_nobody_knows_nothing_more_is_told() -> None:
    rule = criterion(atom(measured()), atom(SameResource("a", "method", ("flow cytometry",)), "b"))
    assert criterion_told(rule, number(60, None)) == "Number 60: a date that would decide is missing."


def test_what_speaks_of_other_patients_is_not_told() -> None:
    other = atom(positive(), "b", when=AtomRef("c"))
    which = atom(recorded(), "c", operand=False, absence=AbsenceRule.PRESUME)
    rule = criterion(atom(measured()), other, which, logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    given = [number(40, ago(1)), result(Result.POSITIVE, ago(1))]
    assert criterion_told(rule, *given) == "Number 40 is below 50 %."


def test_an_answer_that_data_contradicts_is_told_with_both() -> None:
    text = criterion_told(criterion(atom(measured())), number(60, ago(9)), attestation("T#C1", False, ago(5)))
    assert text == "Number 60, attested no: these contradict each other."


def test_a_pregnancy_of_unrecorded_sex_is_told_with_what_is_on_record() -> None:
    rule = criterion(atom(recorded()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE)
    assert criterion_told(rule, entry(ago(9))) == "Condition on record (sex not recorded)."
    contradictory = criterion_told(rule, entry(ago(9)), unusable=["gender"])
    assert contradictory.endswith("(the recorded sex contradicts itself or cannot be read).")


def test_the_reasons_of_a_reading_are_in_words() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    rule = criterion(atom(Judgement()), readings=readings, logic=None)
    (screened,) = Screener(book(rule), ["T"]).screen(chart(), Circumstances(AS_OF))
    assert {each.explanation for each in screened.criteria[0].readings} == {"Open (a person has to judge it)."}


def test_several_notes_stand_in_one_parenthesis_before_the_full_stop() -> None:
    doubts = tuple(ReviewWhen(says, Reason.JUDGEMENT, AtomRef("b")) for says in ("one doubt", "another"))
    rule = criterion(atom(measured(), review_when=doubts, quote="sixty"), atom(recorded(), "b", operand=False))
    assert criterion_told(rule, number(60, ago(1)), entry(ago(1))) == (
        "A person has to judge whether “sixty” applies; on record: number 60"
        " (one doubt; another; on record: condition on record)."
    )


def test_of_two_patients_with_the_same_values_each_is_told_by_their_own_record() -> None:
    """What to tell is kept for the values of the atoms; the sentences are the patient's."""
    rule = criterion(atom(measured()), atom(positive(), "b"))
    rules = book(rule)
    words = Words(rules).criterion(rule)
    told = [
        words.explanation(
            direct.evaluate(rules, ["T"], chart(number(value, ago(1))), Circumstances(AS_OF)).criteria["T", "C1"]
        )
        for value in (60, 70)
    ]
    assert told == [f"No result on record for result. Known: Number {value} is at least 50 %." for value in (60, 70)]


def test_of_two_patients_with_the_same_values_one_may_have_more_on_record() -> None:
    rule = criterion(atom(recorded()), atom(positive(), "b"), logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    rules = book(rule)
    words = Words(rules).criterion(rule)
    told = [
        words.explanation(direct.evaluate(rules, ["T"], patient, Circumstances(AS_OF)).criteria["T", "C1"])
        for patient in (chart(), chart(entry(ago(9), role=Role.NEGATES)))
    ]
    assert told == [
        "No result on record for result.",
        "No result on record for result. Known: Condition is denied: condition on record.",
    ]
