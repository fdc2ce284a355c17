"""Sentences rendered from the proof of an atom: what is so, and why it is not known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest
from charts import AS_OF, CONCEPTS, DRUG, MIXED, NUMBER, OTHER, Given, ago, chart, entry, number, on, result, unreadable
from explained import SHARED, atom_told, criterion_told
from invented_rules import atom, book, criterion, finding, limits, measured, positive, recorded

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.facts import Fact, Unreadable
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
    RecordedSex,
    Unresolved,
    Window,
)
from trialsieve.rules.logic import AtomRef, ReviewWhen
from trialsieve.rules.vocabulary import (
    AbsenceRule,
    Basis,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
    State,
    Timing,
    Truth,
)


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
    assert atom_told(asked, *given) == expected


@pytest.mark.parametrize(
    ("asked", "given", "words"),
    [
        (atom(measured()), [], "No result on record for number."),
        (
            atom(recorded(), absence=AbsenceRule.UNKNOWN),
            [],
            "Nothing on record settles whether there is or was condition; absence is not presumed here.",
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
            "not specific enough to decide, its code is too broad or not listed",
        ),
        (atom(measured()), [unreadable(Kind.OBSERVATION)], "Number could not be read (Observation/garbled: garbled)."),
        (atom(Judgement()), [], "A person has to judge this."),
        (atom(Unresolved()), [], "The registry's text is cut off here."),
    ],
)
def test_what_is_unknown_is_said_with_why(asked: Atom, given: list[Given], words: str) -> None:
    assert words in atom_told(asked, *given)


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
    assert atom_told(atom(asked), number(60, ago(40))) == words


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


def test_what_may_have_come_since_is_named() -> None:
    rules = book(criterion(atom(measured(not_before=("shared",)))), findings=[SHARED])
    older, newer = (entry(ago(each), concept=OTHER, certainty=Certainty.WEAK) for each in (50, 9))
    newer = msgspec.structs.replace(newer, says="perhaps another")
    given = chart(number(60, ago(40)), entry(ago(45), concept=OTHER), older, newer)
    (screened,) = Screener(rules, ["T"]).screen(given, Circumstances(AS_OF))
    told = screened.criteria[0]
    since = "“Something shared” is of 2026-10-07 to 2026-11-12, for this may be so: perhaps another"
    assert told.explanation == f"Number 60: too imprecise, it could go either way ({since})."
    assert [item.says for item in told.evidence] == ["number 60", "other on record", "perhaps another"]


@pytest.mark.parametrize(
    ("date_is", "also", "named"),
    [
        ("latest", entry(None, recorded=ago(50), concept=OTHER, certainty=Certainty.WEAK), False),
        ("latest", entry(None, recorded=ago(9), concept=OTHER, certainty=Certainty.WEAK), True),
        ("latest", entry(ago(9), concept=OTHER, certainty=Certainty.WEAK), True),
        ("first", entry(ago(9), concept=OTHER, certainty=Certainty.WEAK), False),
    ],
)
def test_only_what_leaves_the_date_open_is_named(date_is: str, also: Fact, named: bool) -> None:
    asked, shared = atom(measured(not_before=("shared",))), replace(SHARED, date_is=date_is)
    rules = book(criterion(asked), findings=[shared])
    given = chart(number(60, on("2026-10-12")), entry(on("2026-10"), concept=OTHER), also)
    (screened,) = Screener(rules, ["T"]).screen(given, Circumstances(AS_OF))
    assert ("for this may be so" in screened.criteria[0].explanation) is named


def test_what_may_have_come_since_and_was_not_understood_is_named() -> None:
    rules = book(criterion(atom(measured(not_before=("shared",)))), findings=[SHARED])
    newer = entry(ago(9), concept="", reference="Condition/strange")
    strange = Unreadable("Condition/strange", Kind.CONDITION, None, "strange", was_read=True, would_be=newer)
    given = chart(number(60, ago(40)), entry(ago(45), concept=OTHER), strange)
    (screened,) = Screener(rules, ["T"]).screen(given, Circumstances(AS_OF))
    told = screened.criteria[0]
    since = (
        "“Something shared” is of 2026-10-07 to 2026-11-12, for this may be so: Condition/strange (could not be read)"
    )
    assert told.explanation == f"Number 60: too imprecise, it could go either way ({since})."
    assert [item.says for item in told.evidence] == ["number 60", "other on record"]


def test_of_results_that_contradict_each_other_both_are_quoted() -> None:
    given = [number(60, ago(2)), number(40, ago(1), certainty=Certainty.WEAK)]
    text = atom_told(atom(measured(not_before=("shared",))), *given, entry(ago(9), concept=OTHER))
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
    assert atom_told(atom(recorded(window=window)), entry(when)).startswith(words)


def test_a_condition_without_a_status_is_not_said_to_be_too_old() -> None:
    text = atom_told(atom(recorded(Timing.CURRENT)), entry(ago(1), state=State.UNSTATED))
    assert text == "Condition on record: nothing recent says that it is still so."


def test_what_a_person_has_to_judge_is_quoted() -> None:
    assert (
        atom_told(atom(Judgement(), quote="unless it is mild"))
        == "A person has to judge whether “unless it is mild” applies."
    )
    doubt = ReviewWhen("something else is on record", Reason.JUDGEMENT, AtomRef("b"))
    asked = atom(FindingHolds("shared"), quote="shared", review_when=(doubt,))
    rule = criterion(asked, atom(recorded(), "b", operand=False))
    assert criterion_told(rule, entry(ago(1)), entry(ago(1), concept=OTHER)) == (
        "Something shared: unknown; on record: other on record"
        " (something else is on record; on record: condition on record)."
        " A person has to judge whether “shared” applies."
    )


def test_a_measurement_that_only_has_to_be_there_is_told_as_one() -> None:
    bounded = replace(CONCEPTS[NUMBER], plausible=(Decimal(5), Decimal(90)))
    asked = atom(measured(limits=limits(low="5")))
    rules = replace(book(criterion(asked)), concepts={**CONCEPTS, NUMBER: bounded})
    proof = direct.evaluate(rules, ["T"], chart(number(60, ago(1))), Circumstances(AS_OF)).criteria["T", "C1"]
    assert Words(rules).atom(asked).explanation(proof.atoms["a"]) == "Measured: number 60."


def test_nothing_is_presumed_beside_what_could_not_be_read() -> None:
    rules = book(criterion(atom(recorded())))
    patient = chart(unreadable(Kind.CONDITION))
    assert direct.evaluate(rules, ["T"], patient, Circumstances(AS_OF)).criteria["T", "C1"].outcome.assumptions == ()


def test_an_absence_beside_test_results_is_not_said_of_the_results() -> None:
    asked = atom(recorded(concepts=(MIXED,)))
    assert (
        atom_told(asked, result(Result.POSITIVE, ago(1), concept=MIXED))
        == "Nothing on record of mixed but test results."
    )
    assert atom_told(asked) == "No mixed on record."


def test_what_was_not_retrieved_proves_nothing() -> None:
    assert "not retrieved" in atom_told(atom(recorded()), covered=())


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence(reason: Reason) -> None:
    asked = atom(measured())
    text = Words(book(criterion(asked))).atom(asked).explanation(Outcome(Truth.UNKNOWN, frozenset({reason})))
    assert text.endswith(".")
    assert text[0].isupper()


def test_several_reasons_have_a_sentence_each() -> None:
    text = atom_told(atom(measured()), number(60, None), number(60, ago(1), role=Role.SUPPORTING))
    assert "a date that would decide is missing" in text
    assert "not specific enough" in text


def test_a_past_event_is_not_said_to_be_absent() -> None:
    text = atom_told(atom(recorded(Timing.CURRENT)), entry(ago(9), role=Role.NEGATES))
    assert text == "Condition is denied: condition on record."
    assert (
        "no condition on record"
        in atom_told(atom(recorded(Timing.CURRENT)), entry(ago(9), state=State.RESOLVED)).lower()
    )


def test_age_and_sex() -> None:
    adults = atom(Age(limits(low="18")))
    assert "36 years old on 2026-11-21" in atom_told(adults, birth="1990-01-01")
    assert atom_told(adults) == "No birth date on record."
    assert atom_told(atom(RecordedSex(frozenset({Sex.MALE}))), sex=Sex.FEMALE) == "Recorded as female."


def test_many_resources_are_counted_and_not_all_quoted() -> None:
    text = atom_told(atom(recorded()), *[entry(ago(day)) for day in range(5)])
    assert text == "Condition on record, condition on record, condition on record and 2 more."


def test_what_is_on_record_is_not_said_to_be_missing() -> None:
    asked = atom(measured())
    half = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}), evidence=(Evidence("Observation/o", "Number 60"),))
    text = Words(book(criterion(asked))).atom(asked).explanation(half)
    assert text == "Nothing on record would decide; on record: Number 60."


def test_a_doubt_about_nothing_shown_names_something() -> None:
    asked = atom(DatedSince("a", "enrollment"))
    text = Words(book(criterion(asked))).atom(asked).explanation(Outcome(Truth.UNKNOWN, frozenset({Reason.UNSPECIFIC})))
    assert text == "Of which record this is asked is not known (not specific enough for the sentence)."


def test_a_registry_text_is_quoted_as_people_read_it() -> None:
    assert atom_told(atom(Judgement(), quote="rate \\>80%")) == "A person has to judge whether “rate >80%” applies."
