"""What an explanation names: the one cause, the test that is missing, what would settle it, a cohort's condition."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from charts import AS_OF, CONDITION, NUMBER, OTHER, RESULT, Given, ago, chart, denial, entry, number, result, unreadable
from invented_rules import atom, book, criterion, finding, limits, measured, positive, recorded
from msgspec.structs import replace

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.explanation_causes import Background
from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import Circumstances, Evidence, Outcome, Unread
from trialsieve.engine.phrases import unread, with_notes
from trialsieve.engine.result import ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Atom, DatedSince, FindingHolds, Judgement, SameResource
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef
from trialsieve.rules.trial import Cohort, Criterion
from trialsieve.rules.vocabulary import AbsenceRule, Basis, CriterionKind, Kind, Reason, Result, Role, Timing, Truth

UNUSABLE = frozenset({Reason.UNUSABLE_DATA})
A, B = AtomRef("a"), AtomRef("b")
FLOW, STAINING = ("method", "flow cytometry"), ("method", "staining")


def _screened(rule: Criterion, *given: Given, findings: Sequence[Finding] = ()) -> ScreeningResult:
    (screened,) = Screener(book(rule, findings=findings), ["T"]).screen(chart(*given), Circumstances(AS_OF))
    return screened


def _open(*found: Unread) -> Outcome:
    return Outcome(Truth.UNKNOWN, UNUSABLE, notes=("another note",), unread=found)


def _told(asked: Atom, *given: Given, findings: Sequence[Finding] = ()) -> str:
    return _screened(criterion(asked), *given, findings=findings).criteria[0].explanation


def _unusual(says: str) -> Fact:
    return replace(number(None, ago(1), problem=Reason.UNIT), says=says)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("number 8", "it has no unit"),
        ("number 8 (upper limit 12 mg/dL) on 2026-11-20", "it has no unit"),
        ("number 8, interpreted as high on 2026-11-20", "it has no unit"),
        ("number 8 blobs on 2026-11-20", "its unit blobs is not known"),
        ("number <8 mg (upper limit 12 mg) on 2026-11-20", "its unit mg cannot be converted to %"),
        ("number 800 % on 2026-11-20", "its value is not plausible in this unit"),
        ("number many", "its unit is missing, cannot be converted, or makes the value implausible"),
    ],
)
def test_of_a_number_without_a_usable_unit_the_one_cause_is_told(says: str, why: str) -> None:
    assert _told(atom(measured()), _unusual(says)) == f"N{says[1:]}: {why}."


def test_the_unit_of_a_reference_range_is_told_apart_from_that_of_the_value() -> None:
    given = replace(number(8, ago(1)), limit_problem=Reason.UNIT)
    asked = atom(measured(basis=Basis.TIMES_UPPER_LIMIT))
    assert _told(asked, given) == ("Number 8: the unit of its reference range is missing, or is not that of the value.")


@pytest.mark.parametrize(
    ("asked", "given", "why"),
    [
        (atom(measured()), number(60, ago(1), role=Role.SUPPORTING), "its code is too broad or not listed"),
        (atom(measured(skip=(STAINING,))), number(60, ago(1), facets=(STAINING,)), "its method is staining"),
        (atom(measured()), number(None, ago(1), problem=Reason.UNSPECIFIC), "it gives no number"),
        (atom(positive()), result(Result.INDETERMINATE, ago(1)), "it is neither positive nor negative"),
        (
            atom(positive()),
            result(None, ago(1), problem=Reason.UNSPECIFIC),
            "nobody calls it positive or negative",
        ),
        (atom(recorded()), entry(ago(1), role=Role.SUPPORTING), "its code is too broad or not listed"),
        (atom(recorded(facets=(FLOW,))), entry(ago(1)), "its method is not stated"),
    ],
)
def test_in_what_something_is_not_specific_is_the_one_cause(asked: Atom, given: Fact, why: str) -> None:
    assert _told(asked, given).endswith(f": not specific enough to decide, {why}.")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("condition (active), onset 2026/11/10", "its date 2026/11/10 cannot be read"),
        ("condition (active), recorded 18.11.2026", "its date 18.11.2026 cannot be read"),
        ("condition (active)", "a date that would decide is missing"),
    ],
)
def test_a_date_that_cannot_be_read_is_quoted(says: str, why: str) -> None:
    outcome = Outcome(Truth.UNKNOWN, frozenset({Reason.UNDATED}), evidence=(Evidence("Condition/c", says),))
    asked = atom(recorded(Timing.CURRENT))
    assert Words(book(criterion(asked))).atom(asked).explanation(outcome) == f"C{says[1:]}: {why}."


def test_a_date_is_quoted_out_of_a_long_text_in_a_moment() -> None:
    words = "x" * 60_000
    begun = time.process_time()
    problem = f"{words} issued 'today' is no FHIR date"
    told, _ = unread(_open(Unread("Observation/o", problem)), UNUSABLE)
    assert told == f"could not be read (Observation/o: {words} its date today cannot be read)"
    assert time.process_time() - begun < 0.5


def test_a_date_that_could_be_read_is_not_said_to_be_unreadable() -> None:
    fact = replace(entry(None, recorded=ago(9)), says="condition 1/2/3 (active)")
    outcome = Outcome(
        Truth.UNKNOWN,
        frozenset({Reason.UNDATED}),
        evidence=(Evidence(fact.reference, fact.says),),
        decided_by=(fact,),
    )
    asked = atom(recorded())
    assert (
        Words(book(criterion(asked))).atom(asked).explanation(outcome).endswith("a date that would decide is missing.")
    )


EITHER = finding(
    "either",
    atom(positive(only=(("test", "first"),)), "first"),
    atom(positive(only=(("test", "second"),)), "second"),
    atom(measured(), "number"),
    atom(recorded(), "diagnosis", absence=AbsenceRule.UNKNOWN),
    true_when=AllOf((AtomRef("first"), AtomRef("second"))),
    title="Both tests are positive",
)


def test_of_a_finding_the_tests_that_are_missing_are_named() -> None:
    given = result(Result.POSITIVE, ago(1), facets=(("test", "first"),))
    told = _told(atom(FindingHolds("either")), given, findings=[EITHER])
    assert told == "Both tests are positive: unknown (missing: result (second)); on record: result positive."


def test_of_what_was_not_retrieved_nobody_says_that_it_is_missing() -> None:
    both = finding(
        "both", atom(measured(), "one"), atom(recorded(), "other", absence=AbsenceRule.PRESUME), title="Both"
    )
    both = finding("both", *both.atoms, true_when=AnyOf((AtomRef("one"), AtomRef("other"))), title="Both")
    reasons = frozenset({Reason.NO_DATA, Reason.NOT_RETRIEVED})
    outcome = Outcome(Truth.UNKNOWN, reasons, evidence=(Evidence("Condition/c", "Other"),))
    patient = chart()
    evaluation = direct.evaluate(book(findings=[both]), ["T"], patient, Circumstances(AS_OF))
    told = Words(book(findings=[both])).finding("both").explanation(outcome, background=Background(patient, evaluation))
    assert told == "Both: unknown (this part of the record was not retrieved); on record: Other."


def test_of_a_finding_of_diagnoses_it_is_named_of_what_nothing_is_on_record() -> None:
    both = finding(
        "both",
        atom(recorded(), "one"),
        atom(recorded(concepts=(OTHER,)), "other", absence=AbsenceRule.UNKNOWN),
        title="Both are had",
    )
    both = finding("both", *both.atoms, true_when=AllOf((AtomRef("one"), AtomRef("other"))), title="Both are had")
    told = _told(atom(FindingHolds("both")), entry(ago(1)), findings=[both])
    assert told == "Both are had: unknown (nothing on record of other); on record: condition on record."


def test_of_a_finding_the_cause_behind_a_unit_is_told() -> None:
    sick = finding("sick", atom(measured(), "number"), title="Sick")
    told = _told(atom(FindingHolds("sick")), _unusual("number 8"), findings=[sick])
    assert told == "Sick: unknown (it has no unit); on record: number 8."


def test_a_finding_that_is_named_as_what_it_looks_for_is_named_once() -> None:
    same = finding("same", atom(recorded(), "seen", absence=AbsenceRule.UNKNOWN), title="Condition")
    told = _told(atom(FindingHolds("same")), findings=[same])
    assert told == "Nothing on record of condition; absence is not presumed here."


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("HIV infection", "HIV infection is ruled out"),
        ("A test is positive", "“A test is positive” is ruled out"),
        ("In a remission", "“In a remission” is ruled out"),
        ("Refractory, no remission", "“Refractory, no remission” is ruled out"),
    ],
)
def test_a_finding_that_something_rules_out(title: str, words: str) -> None:
    had = finding("had", atom(recorded(), "seen"), title=title)
    assert _told(atom(FindingHolds("had")), denial(ago(1)), findings=[had]) == f"{words}: condition on record."


@pytest.mark.parametrize(
    ("rule", "is_said"),
    [
        (criterion(atom(measured()), atom(positive(), "b"), logic=AnyOf((A, B))), True),
        (criterion(atom(measured()), atom(positive(), "b"), logic=AllOf((A, B))), False),
        (
            criterion(atom(measured()), atom(positive(), "b"), logic=AllOf((A, B)), kind=CriterionKind.EXCLUSION),
            True,
        ),
        (
            criterion(atom(measured()), atom(positive(), "b"), logic=AnyOf((A, B)), kind=CriterionKind.EXCLUSION),
            False,
        ),
        (criterion(atom(measured())), False),
    ],
)
def test_where_any_one_answer_would_let_it_pass_this_is_said(rule: Criterion, is_said: bool) -> None:
    told = _screened(rule).criteria[0].explanation
    assert told.startswith("Any one of these can settle it. No result on record for number.") is is_said


def test_one_resource_alone_is_not_any_of_several() -> None:
    broad = atom(recorded(all_supporting=True), "b")
    rule = criterion(atom(recorded(facets=(FLOW,))), broad, logic=AnyOf((A, B)))
    assert "Any one of these" not in _screened(rule, entry(ago(1), reference="Condition/c")).criteria[0].explanation


def test_of_which_record_something_is_asked_is_not_told_where_that_one_is_missing() -> None:
    rule = criterion(atom(measured()), atom(SameResource("a", "method", ("flow cytometry",)), "b"))
    assert _screened(rule).criteria[0].explanation == "No result on record for number."


def test_a_result_that_waits_for_an_anchor_is_told_once_with_how_to_give_it() -> None:
    rule = criterion(atom(measured()), atom(DatedSince("a", "enrollment"), "b"))
    assert _screened(rule, number(60, ago(1))).criteria[0].explanation == (
        "Number 60; the date of enrollment is not given."
    )


def test_a_resource_that_could_not_be_read_is_named_with_what_it_is_of_or_with_all_that_it_may_be_of() -> None:
    assert _told(atom(measured()), unreadable(Kind.OBSERVATION, NUMBER)) == (
        "Number could not be read (Observation/garbled: garbled)."
    )
    assert _told(atom(recorded()), unreadable(Kind.CONDITION)) == (
        "What bears on this could not be read (Condition/garbled: garbled)."
    )
    had = finding("had", atom(positive(), "seen"), title="Had")
    assert _told(atom(FindingHolds("had")), unreadable(Kind.OBSERVATION, RESULT), findings=[had]) == (
        "Had: unknown; what bears on it could not be read (Observation/garbled: garbled)."
    )


@pytest.mark.parametrize(
    ("number", "ends"),
    [(1, "n0: garbled)"), (20, "n19: garbled)"), (21, "n19: garbled; and 1 more)"), (5_000, "; and 4980 more)")],
)
def test_of_many_that_could_not_be_read_the_first_are_named(number: int, ends: str) -> None:
    told, others = unread(_open(*(Unread(f"n{place}", "garbled") for place in range(number))), UNUSABLE)
    assert told.startswith("could not be read (n0: garbled")
    assert told.endswith(ends)
    assert told.count("garbled") == min(number, 20)
    assert others == ("another note",)


def test_what_could_not_be_read_is_a_note_where_it_is_not_why_the_answer_is_open() -> None:
    outcome = Outcome(Truth.TRUE, notes=("another note",), unread=(Unread("n0", "garbled"),))
    assert unread(outcome, outcome.reasons) == ("", ("another note", "n0 could not be used: garbled"))


def test_what_a_finding_and_its_atom_say_of_one_cause_is_told_once() -> None:
    reviewed = "not specific enough to decide: blasts below 5 %"
    assert with_notes("Blasts: unknown.", [reviewed, "blasts below 5 %"]) == "Blasts: unknown (blasts below 5 %)."
    assert with_notes("Blasts: unknown.", [reviewed, "another"]) == f"Blasts: unknown ({reviewed}; another)."


def test_a_diagnosis_that_is_two_facts_is_told_once() -> None:
    relapse = entry(ago(1), reference="Condition/c")
    of_both = finding("two", atom(recorded(), "one"), atom(recorded(concepts=(OTHER,)), "other"), title="Sick")
    of_both = finding("two", *of_both.atoms, true_when=AnyOf((AtomRef("one"), AtomRef("other"))), title="Sick")
    told = _told(
        atom(FindingHolds("two")), relapse, entry(ago(1), concept=OTHER, reference="Condition/c"), findings=[of_both]
    )
    assert told == "Sick: condition on record."


@pytest.mark.parametrize(
    ("kind", "as_written", "presumed"),
    [(CriterionKind.INCLUSION, "Would pass.", "Would fail."), (CriterionKind.EXCLUSION, "Would fail.", "Would pass.")],
)
def test_a_reading_says_what_it_would_do(kind: CriterionKind, as_written: str, presumed: str) -> None:
    opposite = measured(limits=limits(below="50"))
    rule = criterion(atom(measured()), atom(opposite, "b"), kind=kind, readings=(("as-written", A), ("presumed", B)))
    one = _screened(rule, number(60, ago(1))).criteria[0]
    assert [reading.explanation for reading in one.readings] == [as_written, presumed]
    assert f"as-written: {as_written[:-1].lower()}; presumed: {presumed[:-1].lower()}." in one.explanation


# --- a cohort's own condition ---------------------------------------------------------------------------------------

GATE = atom(recorded(concepts=(CONDITION,), facets=(FLOW,)), "gate", quote="of another")


def test_an_arm_tells_its_cohorts_condition_with_what_is_missing_and_its_evidence() -> None:
    rules = book(criterion(atom(Judgement())), cohorts=(Cohort("one", GATE), Cohort("two")))
    (screened,) = Screener(rules, ["T"]).screen(chart(entry(ago(1))), Circumstances(AS_OF))
    gated, free = screened.arms
    assert free.gate is None
    assert gated.gate is not None
    assert (gated.gate.quote, gated.gate.holds, gated.gate.reasons) == ("of another", None, (Reason.UNSPECIFIC,))
    assert gated.gate.explanation == "Condition on record: not specific enough to decide, its method is not stated."
    assert [item.says for item in gated.gate.evidence] == ["condition on record"]
