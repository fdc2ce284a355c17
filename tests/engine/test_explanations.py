"""Sentences rendered from the proof: what is so, and why it is not known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from charts import (
    AS_OF,
    CONCEPTS,
    DRUG,
    MIXED,
    NUMBER,
    OTHER,
    Given,
    ago,
    atom,
    attestation,
    book,
    chart,
    criterion,
    entry,
    finding,
    limits,
    measured,
    number,
    on,
    positive,
    recorded,
    result,
    unreadable,
)

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances, Evidence, Outcome
from trialsieve.engine.phrases import phrase
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import (
    UNSTATED,
    Age,
    Atom,
    DatedSince,
    FindingHolds,
    Judgement,
    Limits,
    Measurement,
    Readings,
    RecordedSex,
    SameResource,
    Unresolved,
    Window,
)
from trialsieve.rules.logic import AnyOf, AtomRef, Not, ReviewWhen
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import (
    AbsenceRule,
    Basis,
    Certainty,
    CriterionKind,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
    State,
    Timing,
    Truth,
)

SHARED = finding("shared", atom(recorded(concepts=(OTHER,)), "seen"), title="Something shared")


def _atom(asked: Atom, *given: Given, **person: object) -> str:
    rules = book(criterion(asked), findings=[SHARED])
    evaluation = direct.evaluate(rules, ["T"], chart(*given, **person), Circumstances(AS_OF))  # type: ignore[arg-type]
    return Words(rules).atom(asked).explanation(evaluation.criteria["T", "C1"].atoms[asked.id])


def _criterion(rule: Criterion, *given: Given, **person: object) -> str:
    rules = book(rule, findings=[SHARED])
    evaluation = direct.evaluate(rules, ["T"], chart(*given, **person), Circumstances(AS_OF))  # type: ignore[arg-type]
    return Words(rules).criterion(rule).explanation(evaluation.criteria["T", rule.id])


@pytest.mark.parametrize(
    ("stated", "basis", "expected"),
    [
        (limits(low="50"), Basis.VALUE, "at least 50 %"),
        (limits(above="50"), Basis.VALUE, "above 50 %"),
        (limits(high="50"), Basis.VALUE, "at most 50 %"),
        (limits(below="50"), Basis.VALUE, "below 50 %"),
        (limits(low="0", high="2"), Basis.VALUE, "between 0 and 2 %"),
        (limits(above="0", high="2"), Basis.VALUE, "above 0 % and at most 2 %"),
        (limits(above="3"), Basis.TIMES_UPPER_LIMIT, "above 3 times its upper limit"),
        (limits(high="1"), Basis.TIMES_UPPER_LIMIT, "at most its upper limit"),
        (limits(low="1"), Basis.TIMES_LOWER_LIMIT, "at least its lower limit"),
        (limits(low="1", high="3"), Basis.TIMES_UPPER_LIMIT, "between 1 and 3 times its upper limit"),
        (limits(low="18", high="18"), Basis.VALUE, "exactly 18 %"),
    ],
)
def test_limits_in_words(stated: Limits, basis: Basis, expected: str) -> None:
    assert phrase(stated, basis) == expected


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        (atom(measured()), [number(60, ago(1))], "Number 60 is at least 50 %."),
        (atom(measured()), [number(40, ago(1))], "Number 40 is below 50 %."),
        (atom(measured(limits=limits(above="50"))), [number(50, ago(1))], "Number 50 is at most 50 %."),
        (atom(measured(limits=limits(low="0", high="2"))), [number(3, ago(1))], "Number 3 is not between 0 and 2 %."),
        (atom(measured(limits=limits(low="2", high="2"))), [number(3, ago(1))], "Number 3 is not exactly 2 %."),
        (atom(positive()), [result(Result.POSITIVE, ago(1))], "Result positive."),
        (atom(recorded()), [entry(ago(1))], "Condition on record."),
        (atom(recorded()), [], "No condition on record."),
    ],
)
def test_what_data_decided_is_said_with_the_data(asked: Atom, given: list[Given], expected: str) -> None:
    assert _atom(asked, *given) == expected


@pytest.mark.parametrize(
    ("asked", "given", "words"),
    [
        (atom(measured()), [], "No result on record for number."),
        (
            atom(recorded(), absence=AbsenceRule.UNKNOWN),
            [],
            "Nothing on record says whether there is or was condition; absence is not presumed here.",
        ),
        (atom(measured(currency="week")), [number(60, ago(8))], "Number 60: too old to speak for today."),
        (atom(measured()), [number(60, None)], "Number 60: a date that would decide is missing."),
        (atom(measured()), [number(None, ago(1), problem=Reason.UNIT)], "its unit is missing"),
        (atom(measured(basis=Basis.TIMES_UPPER_LIMIT)), [number(60, ago(1))], "without a usable reference range"),
        (atom(measured()), [number((40, 60), ago(1))], "too imprecise, it could go either way"),
        (
            atom(measured()),
            [number(60, ago(1)), number(40, ago(1))],
            "Number 60, number 40: these contradict each other.",
        ),
        (
            atom(recorded()),
            [entry(ago(1), role=Role.SUPPORTING)],
            "not specific enough to decide, its code is too broad",
        ),
        (atom(measured()), [unreadable(Kind.OBSERVATION)], "Number could not be read (Observation/garbled: garbled)."),
        (atom(Judgement()), [], "A person has to judge this."),
        (atom(Unresolved()), [], "The registry's text is cut off here."),
    ],
)
def test_what_is_unknown_is_said_with_why(asked: Atom, given: list[Given], words: str) -> None:
    assert words in _atom(asked, *given)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (measured(currency="week"), "Number 60: too old to speak for today."),
        (measured(window=Window(7, "day", True)), "Number 60: outside the last 7 days."),
        (measured(window=Window(1, "month", True)), "Number 60: outside the last 1 month."),
        (measured(window=Window(7, "day", True, "enrollment")), "Number 60: outside the 7 days before enrollment."),
        (measured(window=Window(7, "day", True, UNSTATED)), "Number 60: outside the 7 days asked about."),
        (measured(window=Window(7, "day", True, back_from="infusion")), "Number 60: outside the 7 days asked about."),
    ],
)
def test_what_is_stale_is_said_with_the_days_asked_about(asked: Measurement, words: str) -> None:
    assert _atom(atom(asked), number(60, ago(40))) == words


@pytest.mark.parametrize(
    ("came_since", "words"),
    [
        (ago(9), "from before what it has to follow, so it does not count (“Something shared” is of 2026-11-12)"),
        (on("2026"), "too imprecise, it could go either way (“Something shared” is of 2026-01-01 to 2026-11-21)"),
        (None, "a date that would decide is missing (“Something shared” is undated)"),
    ],
)
def test_a_result_is_held_against_what_came_since_and_has_come(came_since: DateInterval | None, words: str) -> None:
    """Of the two findings after which it would count, one is on record."""
    asked = atom(measured(not_before=("absent", "shared")))
    absent = finding("absent", atom(recorded(concepts=(DRUG,)), "seen"), title="Something else")
    rule = criterion(asked)
    rules = book(rule, findings=[SHARED, absent])
    given = chart(number(60, ago(40)), entry(came_since, concept=OTHER))
    (screened,) = Screener(rules, ["T"]).screen(given, Circumstances(AS_OF))
    told = screened.criteria[0]
    assert told.explanation == f"Number 60: {words}."
    assert [item.says for item in told.evidence] == ["number 60", "other on record"]


def test_of_results_that_contradict_each_other_both_are_quoted() -> None:
    given = [number(60, ago(2)), number(40, ago(1), certainty=Certainty.WEAK)]
    text = _atom(atom(measured(not_before=("shared",))), *given, entry(ago(9), concept=OTHER))
    assert text == "Number 60, number 40: preliminary or unconfirmed."


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (
            ago(9),
            "Condition on record: it could go either way"
            " (the date of enrollment is not given, and by then the 6 months may be over).",
        ),
        (
            on("2026-11"),
            "Condition on record: too imprecise, it could go either way"
            " (the date of enrollment is not given, and by then the 6 months may be over).",
        ),
    ],
)
def test_a_date_that_is_exact_is_not_said_to_be_imprecise(when: DateInterval, words: str) -> None:
    window = Window(6, "month", True, "enrollment")
    assert _atom(atom(recorded(window=window)), entry(when)).startswith(words)


def test_a_condition_without_a_status_is_not_said_to_be_too_old() -> None:
    text = _atom(atom(recorded(Timing.CURRENT)), entry(ago(1), state=State.UNSTATED))
    assert text == "Condition on record: nothing recent says that it is still so."


def test_what_a_person_has_to_judge_is_quoted() -> None:
    assert (
        _atom(atom(Judgement(), quote="unless it is mild"))
        == "A person has to judge whether “unless it is mild” applies."
    )
    doubt = ReviewWhen("something else is on record", Reason.JUDGEMENT, AtomRef("b"))
    asked = atom(FindingHolds("shared"), quote="shared", review_when=(doubt,))
    rule = criterion(asked, atom(recorded(), "b", operand=False))
    assert _criterion(rule, entry(ago(1)), entry(ago(1), concept=OTHER)) == (
        "Something shared: unknown; on record: other on record (something else is on record)."
        " A person has to judge whether “shared” applies."
    )


def test_a_measurement_that_only_has_to_be_there_is_told_as_one() -> None:
    bounded = replace(CONCEPTS[NUMBER], plausible=(Decimal(5), Decimal(90)))
    asked = atom(measured(limits=limits(low="5")))
    rules = replace(book(criterion(asked)), concepts={**CONCEPTS, NUMBER: bounded})
    proof = direct.evaluate(rules, ["T"], chart(number(60, ago(1))), Circumstances(AS_OF)).criteria["T", "C1"]
    assert Words(rules).atom(asked).explanation(proof.atoms["a"]) == "Measured: number 60."


def test_no_sentence_is_said_twice() -> None:
    """Two atoms about one resource, one of which has a reason more."""
    weak = entry(ago(1), certainty=Certainty.WEAK)
    broad = atom(recorded(all_supporting=True), "b")
    rule = criterion(atom(recorded()), broad, logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    assert _criterion(rule, weak) == (
        "Condition on record: preliminary or unconfirmed. "
        "Condition on record: not specific enough to decide, its code is too broad."
    )


def test_nothing_is_presumed_beside_what_could_not_be_read() -> None:
    rules = book(criterion(atom(recorded())))
    patient = chart(unreadable(Kind.CONDITION))
    assert direct.evaluate(rules, ["T"], patient, Circumstances(AS_OF)).criteria["T", "C1"].outcome.assumptions == ()


def test_what_only_raises_a_doubt_about_a_finding_is_not_assumed_of_it() -> None:
    doubt = ReviewWhen("hm", Reason.JUDGEMENT, AtomRef("helper"))
    seen = atom(recorded(concepts=(OTHER,)), "seen", review_when=(doubt,))
    rule = finding("doubted", seen, atom(recorded(), "helper"), true_when=AtomRef("seen"), date_from=())
    rules = book(criterion(atom(FindingHolds("doubted"))), findings=[rule])
    answer = direct.evaluate(rules, ["T"], chart(), Circumstances(AS_OF)).findings["doubted"]
    assert answer.assumptions == ("no other on record",)


def test_an_absence_beside_test_results_is_not_said_of_the_results() -> None:
    asked = atom(recorded(concepts=(MIXED,)))
    assert (
        _atom(asked, result(Result.POSITIVE, ago(1), concept=MIXED)) == "Nothing on record of mixed but test results."
    )
    assert _atom(asked) == "No mixed on record."


def test_the_readings_of_what_does_not_apply_say_so() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    rule = criterion(
        atom(Judgement()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE, readings=readings, logic=None
    )
    screened = Screener(book(rule), ["T"]).screen(chart(sex=Sex.MALE), Circumstances(AS_OF))
    assert {(each.holds, each.explanation) for each in screened[0].criteria[0].readings} == {
        (False, "The sentence does not apply to this patient.")
    }


def test_what_was_not_retrieved_proves_nothing() -> None:
    assert "not retrieved" in _atom(atom(recorded()), covered=())


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence(reason: Reason) -> None:
    asked = atom(measured())
    text = Words(book(criterion(asked))).atom(asked).explanation(Outcome(Truth.UNKNOWN, frozenset({reason})))
    assert text.endswith(".")
    assert text[0].isupper()


def test_several_reasons_have_a_sentence_each() -> None:
    text = _atom(atom(measured()), number(60, None), number(60, ago(1), role=Role.SUPPORTING))
    assert "a date that would decide is missing" in text
    assert "not specific enough" in text


def test_a_past_event_is_not_said_to_be_absent() -> None:
    text = _atom(atom(recorded(Timing.CURRENT)), entry(ago(9), role=Role.NEGATES))
    assert text == "Condition is denied: condition on record."
    assert (
        "no condition on record" in _atom(atom(recorded(Timing.CURRENT)), entry(ago(9), state=State.RESOLVED)).lower()
    )


def test_age_and_sex() -> None:
    adults = atom(Age(limits(low="18")))
    assert "36 years old on 2026-11-21" in _atom(adults, birth="1990-01-01")
    assert _atom(adults) == "No birth date on record."
    assert _atom(atom(RecordedSex(frozenset({Sex.MALE}))), sex=Sex.FEMALE) == "Recorded as female."


def test_a_finding_is_told_by_its_title() -> None:
    asked = atom(FindingHolds("shared"))
    assert _atom(asked, entry(ago(1), concept=OTHER)) == "Something shared: other on record."
    assert _atom(asked) == "No other on record."
    assert "unknown (not specific enough for the sentence)" in _atom(
        asked, entry(ago(1), concept=OTHER, role=Role.SUPPORTING)
    )


def test_many_resources_are_counted_and_not_all_quoted() -> None:
    text = _atom(atom(recorded()), *[entry(ago(day)) for day in range(5)])
    assert text.count("on record") <= 3


def test_a_criterion_is_told_by_the_atoms_that_decide_it() -> None:
    rule = criterion(atom(measured()), atom(positive(), "b"))
    given = [number(40, ago(1)), result(Result.POSITIVE, ago(1))]
    assert _criterion(rule, *given) == "Number 40 is below 50 %."
    either = criterion(atom(measured()), atom(positive(), "b"), logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    assert _criterion(either, *given) == "Result positive."
    negated = criterion(atom(measured()), logic=Not(AtomRef("a")))
    assert _criterion(negated, number(40, ago(1))) == "Number 40 is below 50 %."


def test_an_open_criterion_is_told_by_what_keeps_it_open() -> None:
    rule = criterion(atom(measured()), atom(positive(), "b"))
    assert _criterion(rule, number(60, ago(1))) == "No result on record for result. Known: Number 60 is at least 50 %."


def test_a_doubt_is_named() -> None:
    case = ReviewWhen("something else is on record", Reason.REGISTRY_ERROR, AtomRef("b"))
    rule = criterion(atom(measured(), review_when=(case,)), atom(recorded(), "b", operand=False))
    assert "something else is on record" in _criterion(rule, number(60, ago(1)), entry(ago(1)))


def test_a_text_on_hold_gives_its_readings() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    text = _criterion(criterion(atom(measured()), readings=readings, note="Evidently inverted."), number(60, ago(1)))
    assert (
        text == "The registry's text is on hold. Read as-written: would pass; presumed: would fail. Evidently inverted."
    )


def test_a_text_on_hold_tells_what_is_missing_where_a_reading_waits_for_it() -> None:
    either = AnyOf((AtomRef("a"), AtomRef("b")))
    rule = criterion(atom(measured()), atom(positive(), "b"), readings=(("as-written", either), ("other", Not(either))))
    assert _criterion(rule, number(40, ago(1))) == (
        "The registry's text is on hold, and each of its readings is open. No result on record for result."
    )
    assert _criterion(rule, number(60, ago(1))) == (
        "The registry's text is on hold. Read as-written: would pass; other: would fail."
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
        ([number(91, ago(1))], "Number 91."),
    ],
)
def test_readings_of_an_atom_are_told_where_they_differ_or_are_unknown(given: list[Given], words: str) -> None:
    at_least, above = measured(limits=limits(low="90")), measured(limits=limits(above="90"))
    assert _atom(atom(Readings((("at-least", at_least), ("more-than", above)))), *given) == words


def test_readings_of_a_result_are_told_by_what_they_expect() -> None:
    readings = (("as-written", positive()), ("presumed", positive(expected=Result.NEGATIVE)))
    assert _atom(atom(Readings(readings)), result(Result.POSITIVE, ago(1))) == (
        "The registry's text is wrong or ambiguous here; on record: result positive"
        " (as-written, positive: true; presumed, negative: false)."
    )


def test_a_criterion_that_does_not_apply_says_why() -> None:
    rule = criterion(atom(recorded()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE)
    assert _criterion(rule, sex=Sex.MALE) == "Does not apply: recorded as male."


def test_an_attested_criterion_says_so() -> None:
    rule = criterion(atom(Judgement()))
    assert "attested yes" in _criterion(rule, attestation("T#C1", True, ago(1))).lower()
    assert "attested no" in _criterion(rule, attestation("T#C1.a", False, ago(1))).lower()


def test_a_facet_of_the_same_resource() -> None:
    asked = atom(SameResource("a", "method", ("flow cytometry",)), "b")
    rule = criterion(atom(measured()), asked)
    text = _criterion(rule, number(60, ago(1), facets=(("method", "staining"),)))
    assert text == "Number 60: method is not flow cytometry."


def test_of_resources_that_nobody_knows_nothing_more_is_told() -> None:
    rule = criterion(atom(measured()), atom(SameResource("a", "method", ("flow cytometry",)), "b"))
    assert _criterion(rule, number(60, None)) == "Number 60: a date that would decide is missing."


def test_a_finding_that_is_true_without_evidence_is_its_title() -> None:
    rules = book(findings=[SHARED])
    assert Words(rules).finding(SHARED.id).explanation(Outcome(Truth.TRUE)) == "Something shared."
    assert Words(rules).finding(SHARED.id).explanation(Outcome(Truth.FALSE)) == "Not so: something shared."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("HIV infection", "Not so: HIV infection."),
        ("T-cell leukemia", "Not so: T-cell leukemia."),
        ("A test is positive", "Not so: a test is positive."),
    ],
)
def test_a_name_keeps_its_capital(title: str, expected: str) -> None:
    named = finding("named", atom(recorded()), title=title)
    assert Words(book(findings=[named])).finding(named.id).explanation(Outcome(Truth.FALSE)) == expected


def test_what_is_on_record_is_not_said_to_be_missing() -> None:
    asked = atom(measured())
    half = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}), evidence=(Evidence("Observation/o", "Number 60"),))
    text = Words(book(criterion(asked))).atom(asked).explanation(half)
    assert text == "Nothing on record would decide; on record: Number 60."


def test_a_doubt_about_nothing_shown_names_something() -> None:
    asked = atom(DatedSince("a", "enrollment"))
    text = Words(book(criterion(asked))).atom(asked).explanation(Outcome(Truth.UNKNOWN, frozenset({Reason.UNSPECIFIC})))
    assert text == "Of which record this is asked is not known (not specific enough for the sentence)."


def test_what_speaks_of_other_patients_is_not_told() -> None:
    other = atom(positive(), "b", when=AtomRef("c"))
    which = atom(recorded(), "c", operand=False, absence=AbsenceRule.PRESUME)
    rule = criterion(atom(measured()), other, which, logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    given = [number(40, ago(1)), result(Result.POSITIVE, ago(1))]
    assert _criterion(rule, *given) == "Number 40 is below 50 %."


def test_a_finding_of_which_nothing_is_on_record_says_what_was_looked_for() -> None:
    nothing = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}))
    text = Words(book(findings=[SHARED])).finding(SHARED.id).explanation(nothing)
    assert text == "Something shared: unknown; nothing on record of other."


def test_a_finding_of_which_something_is_on_record_does_not_say_nothing() -> None:
    over = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}), evidence=(Evidence("Condition/c", "Other (resolved)"),))
    text = Words(book(findings=[SHARED])).finding(SHARED.id).explanation(over)
    assert text == "Something shared: unknown (nothing on record that would decide); on record: Other (resolved)."


def test_an_answer_that_data_contradicts_is_told_with_both() -> None:
    text = _criterion(criterion(atom(measured())), number(60, ago(9)), attestation("T#C1", False, ago(5)))
    assert text == "Number 60, attested no: these contradict each other."


def test_a_pregnancy_of_unrecorded_sex_is_told_with_what_is_on_record() -> None:
    rule = criterion(atom(recorded()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE)
    assert _criterion(rule, entry(ago(9))) == "Condition on record (sex not recorded)."
    contradictory = _criterion(rule, entry(ago(9)), unusable=["gender"])
    assert contradictory.endswith("(the recorded sex contradicts itself or cannot be read).")


def test_a_registry_text_is_quoted_as_people_read_it() -> None:
    assert _atom(atom(Judgement(), quote="rate \\>80%")) == "A person has to judge whether “rate >80%” applies."


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (
            {Reason.STALE, Reason.UNIT},
            "too old, or not of the time asked about; no unit, or one that cannot be converted",
        ),
        ({Reason.NO_DATA, Reason.NOT_RETRIEVED}, "this part of the record was not retrieved"),
        ({Reason.UNUSABLE_DATA}, "a resource that bears on it cannot be read"),
    ],
)
def test_the_reasons_of_a_finding_are_in_words(reasons: set[Reason], words: str) -> None:
    text = Words(book(findings=[SHARED])).finding("shared").explanation(Outcome(Truth.UNKNOWN, frozenset(reasons)))
    assert text == f"Something shared: unknown ({words})."


def test_the_reasons_of_a_reading_are_in_words() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    rule = criterion(atom(Judgement()), readings=readings, logic=None)
    (screened,) = Screener(book(rule), ["T"]).screen(chart(), Circumstances(AS_OF))
    assert {each.explanation for each in screened.criteria[0].readings} == {"Open (a person has to judge it)."}


def test_no_public_code_of_a_reason_stands_in_a_sentence() -> None:
    for reason in Reason:
        told = (
            Words(book(findings=[SHARED]))
            .finding("shared")
            .explanation(Outcome(Truth.UNKNOWN, frozenset({reason}), evidence=(Evidence("Condition/c", "Other"),)))
        )
        assert f"({reason.value})" not in told


def test_several_notes_stand_in_one_parenthesis_before_the_full_stop() -> None:
    doubts = tuple(ReviewWhen(says, Reason.JUDGEMENT, AtomRef("b")) for says in ("one doubt", "another"))
    rule = criterion(atom(measured(), review_when=doubts, quote="sixty"), atom(recorded(), "b", operand=False))
    assert _criterion(rule, number(60, ago(1)), entry(ago(1))) == (
        "A person has to judge whether “sixty” applies; on record: number 60 (one doubt; another)."
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
