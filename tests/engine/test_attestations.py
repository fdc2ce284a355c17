"""A person's answer: what it settles, what it lifts and does not lift, and how it stands against data."""

from __future__ import annotations

from decimal import Decimal

import pytest
from charts import OTHER, RESULT, Given, ago, at, attestation, by, chart, denial, entry, number, on, unreadable
from invented_rules import Evaluate, atom, book, criterion, finding, measured, recorded, said

from trialsieve.rules.atom import Age, Atom, FindingHolds, Judgement, Limits, RecordedSex, Unresolved
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AnyOf, AtomRef, Not
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    AbsenceRule,
    Certainty,
    CriterionKind,
    Kind,
    Reason,
    Role,
    Sex,
    Take,
)

ATOM, CRITERION = "T#C1.a", "T#C1"
JUDGEMENT = atom(Judgement())


def _ask(evaluate: Evaluate, asked: Atom, *given: Given, **person: object) -> str:
    patient = chart(*given, **person)  # type: ignore[arg-type]
    evaluation = evaluate(book(criterion(asked)), patient, AbsencePolicy.PRESUME)
    return said(evaluation.criteria["T", "C1"].outcome)


@pytest.mark.parametrize("target", [ATOM, CRITERION])
@pytest.mark.parametrize(("answer", "expected"), [(True, "true"), (False, "false")])
def test_a_matter_of_judgement_waits_for_an_answer(
    evaluate: Evaluate, target: str, answer: bool, expected: str
) -> None:
    assert _ask(evaluate, JUDGEMENT) == "judgement"
    assert _ask(evaluate, JUDGEMENT, attestation(target, answer, ago(1))) == expected


@pytest.mark.parametrize("target", ["T#C2", "T#C1.b", "U#C1", "C1", ""])
def test_an_answer_to_something_else_changes_nothing(evaluate: Evaluate, target: str) -> None:
    assert _ask(evaluate, JUDGEMENT, attestation(target, True, ago(1))) == "judgement"


# --- how long it counts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "until", "expected"),
    [
        (ago(0), None, "true"),
        (ago(30), None, "true"),
        (ago(31), None, "judgement"),
        (ago(-1), None, "judgement"),
        (ago(300), ago(0), "true"),
        (ago(300), ago(1), "judgement"),
        (ago(300), ago(-90), "true"),
        (ago(-1), ago(-90), "judgement"),
        (ago(300), on("2026-11"), "true"),
        (ago(300), on("2026-10"), "judgement"),
    ],
)
def test_an_answer_counts_until_it_lapses_or_for_30_days(
    evaluate: Evaluate, when: object, until: object, expected: str
) -> None:
    given = attestation(ATOM, True, when, until)  # type: ignore[arg-type]
    assert _ask(evaluate, JUDGEMENT, given) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(True, ago(9)), (False, ago(1))], "false"),
        ([(False, ago(1)), (True, ago(9))], "false"),
        ([(True, at(1, 8)), (False, at(1, 9))], "false"),
        ([(True, ago(1)), (False, ago(1))], "conflicting-data"),
        ([(True, at(1, 9)), (False, at(1, 9))], "conflicting-data"),
        ([(True, ago(1)), (False, at(1, 9))], "conflicting-data"),  # which of the two is newer is not known
        ([(True, ago(2)), (False, at(1, 9))], "false"),
        ([(True, on("2026-11")), (False, ago(1))], "conflicting-data"),
        ([(True, on("2026-11")), (True, ago(1))], "true"),
        ([(True, on("2026-11")), (False, ago(1)), (False, ago(0))], "conflicting-data"),
        ([(True, on("2026-10")), (False, ago(19))], "false"),
        ([(True, ago(1)), (True, ago(1))], "true"),
        ([(True, ago(1)), (False, ago(-1))], "true"),
    ],
)
def test_the_newest_answer_counts(evaluate: Evaluate, answers: list[tuple[bool, object]], expected: str) -> None:
    given = [attestation(ATOM, answer, when) for answer, when in answers]  # type: ignore[arg-type]
    assert _ask(evaluate, JUDGEMENT, *given) == expected


def test_an_answer_that_lapsed_gives_way_to_an_older_one_that_has_not(evaluate: Evaluate) -> None:
    lapsed, lasting = attestation(ATOM, False, ago(5), ago(2)), attestation(ATOM, True, ago(20))
    assert _ask(evaluate, JUDGEMENT, lapsed, lasting) == "true"


# --- what it lifts --------------------------------------------------------------------------------------------------

NO = attestation(ATOM, False, ago(1))


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (atom(measured()), []),
        (atom(measured()), [number((40, 60), ago(9))]),
        (atom(measured()), [number(60, None)]),
        (atom(measured(currency="week")), [number(60, ago(9))]),
        (atom(recorded()), [entry(ago(9), role=Role.SUPPORTING)]),
    ],
)
def test_an_answer_settles_what_data_leaves_unknown(evaluate: Evaluate, asked: Atom, given: list[Given]) -> None:
    assert _ask(evaluate, asked, *given, NO) == "false"


@pytest.mark.parametrize(
    ("asked", "given", "covered", "expected"),
    [
        (atom(Unresolved()), [], None, "truncated"),
        (atom(Unresolved(Reason.REGISTRY_ERROR)), [], None, "registry-error"),
        (atom(measured()), [unreadable(Kind.OBSERVATION)], None, "no-data, unusable-data"),
        (atom(recorded()), [], (), "not-retrieved"),
    ],
)
@pytest.mark.parametrize("target", [ATOM, CRITERION])
def test_no_answer_lifts_what_only_the_data_or_an_amendment_can(
    evaluate: Evaluate, target: str, asked: Atom, given: list[Given], covered: tuple[Kind, ...] | None, expected: str
) -> None:
    answer = attestation(target, False, ago(1))
    assert _ask(evaluate, asked, *given, answer, covered=covered) == expected


# --- against data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "answer", "when", "expected"),
    [
        ([number(60, ago(9))], True, ago(5), "true"),
        ([number(60, ago(9))], False, ago(5), "conflicting-data"),
        ([number(60, ago(5))], False, ago(5), "conflicting-data"),
        ([number(60, ago(4))], False, ago(5), "true"),
        ([number(60, on("2026-11"))], False, ago(5), "conflicting-data"),
        ([number(60, ago(4))], False, on("2026-11"), "conflicting-data"),
        ([number(60, ago(4))], False, on("2026-10"), "true"),
        ([number(60, by(1))], False, ago(5), "conflicting-data"),
        ([number(60, ago(4)), number(70, ago(4))], False, ago(5), "true"),
        ([number(40, ago(9))], True, ago(5), "conflicting-data"),
        ([number(40, ago(4))], True, ago(5), "false"),
    ],
)
@pytest.mark.parametrize("target", [ATOM, CRITERION])
def test_where_data_decides_otherwise_only_later_data_counts(
    evaluate: Evaluate, target: str, given: list[Given], answer: bool, when: object, expected: str
) -> None:
    attested = attestation(target, answer, when)  # type: ignore[arg-type]
    assert _ask(evaluate, atom(measured()), *given, attested) == expected


@pytest.mark.parametrize(
    ("recorded_when", "expected"),
    [(ago(4), "true"), (ago(5), "conflicting-data"), (ago(9), "conflicting-data"), (None, "conflicting-data")],
)
def test_what_has_no_date_of_its_own_is_dated_by_its_recording(
    evaluate: Evaluate, recorded_when: object, expected: str
) -> None:
    given = entry(None, recorded=recorded_when)  # type: ignore[arg-type]
    assert _ask(evaluate, atom(recorded()), given, attestation(ATOM, False, ago(5))) == expected


@pytest.mark.parametrize("target", [ATOM, CRITERION])
def test_a_person_knows_better_than_a_presumed_absence(evaluate: Evaluate, target: str) -> None:
    assert _ask(evaluate, atom(recorded()), attestation(target, True, ago(5))) == "true"
    assert _ask(evaluate, atom(recorded()), attestation(target, False, ago(5))) == "false"


def test_two_answers_of_one_instant_that_differ_agree_with_nothing(evaluate: Evaluate) -> None:
    split = [attestation(ATOM, True, ago(5)), attestation(ATOM, False, ago(5))]
    assert _ask(evaluate, atom(recorded()), *split) == "conflicting-data"
    assert _ask(evaluate, atom(measured()), number(60, ago(9)), *split) == "conflicting-data"
    assert _ask(evaluate, atom(measured()), number(60, ago(4)), *split) == "true"
    assert _ask(evaluate, atom(measured()), *split) == "conflicting-data"


ADULT = atom(Age(Limits(None, False, None, False, "a")))


@pytest.mark.parametrize("target", [ATOM, CRITERION])
def test_no_answer_outweighs_the_birth_date_or_the_recorded_sex(evaluate: Evaluate, target: str) -> None:
    denied = attestation(target, False, ago(1))
    assert _ask(evaluate, ADULT, denied, birth="1990-01-01") == "conflicting-data"
    assert _ask(evaluate, atom(RecordedSex(frozenset({Sex.MALE}))), denied, sex=Sex.MALE) == "conflicting-data"
    assert _ask(evaluate, ADULT, denied) == "false"


# --- against a finding ----------------------------------------------------------------------------------------------

CODED = atom(recorded(), "coded", absence=AbsenceRule.UNKNOWN)
STATUS = atom(recorded(concepts=(OTHER,)), "status", absence=AbsenceRule.UNKNOWN)
EITHER = finding("f", CODED, STATUS, true_when=AnyOf((AtomRef("coded"), AtomRef("status"))), date_from=("coded",))
BOTH = finding("f", CODED, STATUS, date_from=("coded",))
WITHOUT = finding("f", atom(recorded(), "coded"), true_when=Not(AtomRef("coded")), date_from=())
ENOUGH, MORE = atom(measured(), "enough"), atom(measured(concepts=(RESULT,)), "more")
ONE_OF = finding("f", ENOUGH, MORE, true_when=AnyOf((AtomRef("enough"), AtomRef("more"))), date_from=())


@pytest.mark.parametrize(
    ("rule", "given", "answer", "expected"),
    [
        (EITHER, [entry(ago(9), concept=OTHER)], False, "conflicting-data"),  # true by what does not date it
        (EITHER, [entry(ago(4), concept=OTHER)], False, "true"),
        (EITHER, [entry(ago(4)), entry(ago(4), concept=OTHER)], False, "true"),
        (EITHER, [entry(ago(4)), entry(ago(9), concept=OTHER)], False, "conflicting-data"),
        (BOTH, [entry(ago(4)), entry(ago(9), concept=OTHER)], False, "conflicting-data"),
        (BOTH, [entry(ago(4)), entry(ago(4), concept=OTHER)], False, "true"),
        (BOTH, [entry(ago(9)), entry(ago(9), concept=OTHER)], True, "true"),
        (WITHOUT, [denial(ago(9))], False, "conflicting-data"),  # true by what is false
        (WITHOUT, [denial(ago(4))], False, "true"),
        (WITHOUT, [], False, "false"),  # presumed
        (WITHOUT, [entry(ago(9))], True, "conflicting-data"),
        (WITHOUT, [entry(ago(4))], True, "false"),
        (ONE_OF, [number(40, ago(9)), number(90, ago(4), concept=RESULT)], False, "conflicting-data"),
        (ONE_OF, [number(40, ago(4)), number(90, ago(4), concept=RESULT)], False, "true"),
    ],
)
def test_an_answer_is_held_against_all_that_a_finding_rests_on(
    evaluate: Evaluate, rule: Finding, given: list[Given], answer: bool, expected: str
) -> None:
    asked = book(criterion(atom(FindingHolds("f"))), findings=[rule])
    patient = chart(*given, attestation(ATOM, answer, ago(5)))
    found = evaluate(asked, patient, AbsencePolicy.PRESUME).criteria["T", "C1"].atoms["a"]
    assert said(found) == expected


# --- of an atom, of a criterion -------------------------------------------------------------------------------------


def _two(evaluate: Evaluate, rule: Criterion, *given: Given) -> str:
    return said(evaluate(book(rule), chart(*given), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome)


def test_an_atoms_answer_enters_the_logic(evaluate: Evaluate) -> None:
    rule = criterion(JUDGEMENT, atom(measured(), "b"))
    yes = attestation(ATOM, True, ago(1))
    assert _two(evaluate, rule, yes) == "no-data"
    assert _two(evaluate, rule, yes, number(60, ago(1))) == "true"
    assert _two(evaluate, rule, yes, number(40, ago(1))) == "false"


def test_a_criterions_answer_settles_it_whole(evaluate: Evaluate) -> None:
    rule = criterion(JUDGEMENT, atom(measured(), "b"))
    assert _two(evaluate, rule, attestation(CRITERION, True, ago(1))) == "true"


def test_a_criterion_that_data_decided_is_dated_by_all_that_is_known_of_it(evaluate: Evaluate) -> None:
    rule = criterion(atom(measured()), atom(recorded(), "b"))
    no = attestation(CRITERION, False, ago(5))
    assert _two(evaluate, rule, no, number(60, ago(4)), entry(ago(4))) == "true"
    assert _two(evaluate, rule, no, number(60, ago(4)), entry(ago(6))) == "conflicting-data"


def test_data_of_what_is_known_already_does_not_keep_a_criterion_open(evaluate: Evaluate) -> None:
    rule = criterion(JUDGEMENT, atom(measured(), "b"), atom(measured(concepts=(RESULT,)), "c"))
    yes, known = attestation(CRITERION, True, ago(5)), number(60, ago(4))
    assert _two(evaluate, rule, yes, known) == "true"
    assert _two(evaluate, rule, yes, known, number((40, 60), ago(5), concept=RESULT)) == "true"
    assert _two(evaluate, rule, yes, known, number((40, 60), ago(4), concept=RESULT)) == "imprecise, judgement"


@pytest.mark.parametrize("take", [Take.ANY, Take.ALL])
def test_a_newer_doubt_about_any_or_all_keeps_it_open(evaluate: Evaluate, take: Take) -> None:
    value = 40 if take is Take.ANY else 60
    old, doubt = number(value, ago(9)), number(100 - value, ago(4), certainty=Certainty.WEAK)
    asked = atom(measured(take=take))
    assert _ask(evaluate, asked, old, doubt, attestation(ATOM, True, ago(4))) == "true"
    assert _ask(evaluate, asked, old, doubt, attestation(ATOM, True, ago(5))) == "unconfirmed"


def test_a_helpers_data_dates_the_criterion_too(evaluate: Evaluate) -> None:
    rule = criterion(atom(measured()), atom(recorded(), "helper", operand=False))
    no = attestation(CRITERION, False, ago(5))
    assert _two(evaluate, rule, no, number(60, ago(4)), entry(ago(6))) == "conflicting-data"


def test_an_exclusion_that_is_attested_excludes(evaluate: Evaluate) -> None:
    rule = criterion(JUDGEMENT, kind=CriterionKind.EXCLUSION)
    evaluation = evaluate(book(rule), chart(attestation(CRITERION, True, ago(1))), AbsencePolicy.PRESUME)
    assert evaluation.arms["T"][0].limiting == ("C1",)
    assert evaluation.arms["T"][0].verdict.value == "ineligible"


def test_a_pending_doubt_is_settled_by_the_answer_to_the_atom(evaluate: Evaluate) -> None:
    doubtful = atom(recorded(concepts=(OTHER,)), absence=AbsenceRule.UNKNOWN)
    assert _ask(evaluate, doubtful, attestation(ATOM, True, ago(1))) == "true"


def test_an_unknown_age_beside_it_does_not_shield_a_presumed_absence(evaluate: Evaluate) -> None:
    """The criterion is true by a presumed absence alone, so the person's word counts against it."""
    rules = book(
        criterion(
            atom(Age(Limits(Decimal(12), False, None, False, "a")), "a0"),
            atom(recorded(), "a1"),
            logic=Not(AtomRef("a1")),
            kind=CriterionKind.EXCLUSION,
        )
    )
    answer = evaluate(rules, chart(attestation(CRITERION, False, ago(3))), AbsencePolicy.PRESUME)
    assert said(answer.criteria["T", "C1"].outcome) == "false"
