"""A person's answer to a criterion, held against answers to its atoms: the newer counts, and neither does in doubt."""

from __future__ import annotations

from decimal import Decimal

import pytest
from charts import AS_OF, Given, ago, at, attestation, chart, number, on
from invented_rules import Evaluate, atom, book, criterion, measured, recorded, said

from trialsieve.engine import direct
from trialsieve.engine.explained import Explainer
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Age, Atom, Judgement, Limits, RecordedSex
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue
from trialsieve.rules.trial import Amendment, Criterion
from trialsieve.rules.vocabulary import AbsencePolicy, CriterionKind, Sex

CONFLICT = "conflicting-data"
JUDGED, PRESUMED = atom(Judgement(), "a"), atom(recorded(), "a")


def of(name: str, answer: bool, when: DateInterval, until: DateInterval | None = None) -> Given:
    """An answer to an atom."""
    return attestation(f"T#C1.{name}", answer, when, until)


def whole(answer: bool, when: DateInterval, until: DateInterval | None = None) -> Given:
    """An answer to the criterion."""
    return attestation("T#C1", answer, when, until)


def _concluded(evaluate: Evaluate, rule: Criterion, *given: Given, **person: object) -> str:
    patient = chart(*given, **person)  # type: ignore[arg-type]
    return said(evaluate(book(rule), patient, AbsencePolicy.PRESUME).criteria["T", "C1"].outcome)


DATES = [
    pytest.param(ago(1), ago(9), "of the atom", id="the atom's is newer"),
    pytest.param(ago(4), ago(5), "of the atom", id="by a day"),
    pytest.param(ago(5), ago(5), CONFLICT, id="of one day"),
    pytest.param(at(5, 9), at(5, 9), CONFLICT, id="of one instant"),
    pytest.param(at(5, 9), at(5, 8), CONFLICT, id="an hour later on one day"),
    pytest.param(at(5, 8), ago(5), CONFLICT, id="on that day, of which the hour is known"),
    pytest.param(at(4, 0), at(5, 23), "of the atom", id="an hour later on the next day"),
    pytest.param(ago(6), ago(5), "of the criterion", id="older by a day"),
    pytest.param(ago(9), ago(1), "of the criterion", id="the criterion's is newer"),
    pytest.param(on("2026-11"), ago(5), CONFLICT, id="in the month of the criterion's"),
    pytest.param(ago(5), on("2026-11"), CONFLICT, id="the criterion's of that month"),
    pytest.param(ago(1), on("2026-10-31"), "of the atom", id="the month after the criterion's"),
]


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize("asked", [JUDGED, PRESUMED], ids=["judged", "presumed absent"])
@pytest.mark.parametrize(("to_atom", "to_criterion", "expected"), DATES)
def test_the_newer_of_the_two_counts(
    evaluate: Evaluate, asked: Atom, answer: bool, to_atom: DateInterval, to_criterion: DateInterval, expected: str
) -> None:
    named = {"of the atom": str(answer).lower(), "of the criterion": str(not answer).lower()}.get(expected, expected)
    given = (of("a", answer, to_atom), whole(not answer, to_criterion))
    assert _concluded(evaluate, criterion(asked), *given) == named
    assert _concluded(evaluate, criterion(asked, kind=CriterionKind.EXCLUSION), *reversed(given)) == named


@pytest.mark.parametrize(("to_atom", "to_criterion", "_"), DATES)
def test_where_they_agree_nothing_is_held_against_anything(
    evaluate: Evaluate, to_atom: DateInterval, to_criterion: DateInterval, _: str
) -> None:
    assert _concluded(evaluate, criterion(JUDGED), of("a", True, to_atom), whole(True, to_criterion)) == "true"


# --- several atoms --------------------------------------------------------------------------------------------------

TWO = criterion(JUDGED, atom(Judgement(), "b"))
EITHER = criterion(JUDGED, atom(recorded(), "b"), logic=AnyOf((AtomRef("a"), AtomRef("b"))))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([of("a", True, ago(4)), of("b", True, ago(4))], "true"),
        ([of("a", True, ago(6)), of("b", True, ago(6))], "false"),
        ([of("a", True, ago(4)), of("b", True, ago(6))], CONFLICT),
        ([of("a", True, ago(4)), of("b", True, ago(5))], CONFLICT),
        ([of("a", True, ago(6)), of("b", True, ago(5))], CONFLICT),
        ([of("a", True, ago(9)), of("a", True, ago(4)), of("b", True, ago(4))], "true"),
    ],
)
def test_every_answer_to_an_atom_has_to_be_newer_or_older(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    assert _concluded(evaluate, TWO, *given, whole(False, ago(5))) == expected


def test_an_answer_beside_a_presumed_absence(evaluate: Evaluate) -> None:
    yes = of("a", True, ago(4))
    assert _concluded(evaluate, EITHER, yes, whole(False, ago(5))) == "true"
    assert _concluded(evaluate, EITHER, yes, whole(False, ago(3))) == "false"


def test_an_answer_by_which_it_is_not_decided_counts_as_well(evaluate: Evaluate) -> None:
    yes, no = of("a", True, ago(6)), whole(False, ago(5))
    assert _concluded(evaluate, EITHER, yes, of("b", False, ago(6)), no) == "false"
    assert _concluded(evaluate, EITHER, yes, of("b", False, ago(4)), no) == CONFLICT


def test_an_answer_to_what_is_only_shown_counts_as_well(evaluate: Evaluate) -> None:
    rule = criterion(JUDGED, atom(Judgement(), "shown", operand=False))
    newer, no = of("a", True, ago(4)), whole(False, ago(5))
    assert _concluded(evaluate, rule, newer, of("shown", False, ago(4)), no) == "true"
    assert _concluded(evaluate, rule, newer, of("shown", False, ago(6)), no) == CONFLICT


OTHERWISE = {
    "two of one instant": (atom(Judgement(), "b"), [of("b", True, ago(6)), of("b", False, ago(6))]),
    "data is newer than it": (atom(measured(currency="week"), "b"), [number(60, ago(8)), of("b", True, ago(9))]),
    "data is newer, and keeps it open": (
        atom(measured(), "b"),
        [number((40, 60), ago(6)), of("b", False, ago(7))],
    ),
    "its `when` is not so": (atom(Judgement(), "b", when=Not(AtomRef("a"))), [of("b", True, ago(6))]),
}


@pytest.mark.parametrize(("asked", "given"), OTHERWISE.values(), ids=OTHERWISE)
def test_an_answer_to_an_atom_that_does_not_come_out_so_is_not_looked_at(
    evaluate: Evaluate, asked: Atom, given: list[Given]
) -> None:
    rule = criterion(JUDGED, asked, logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    assert _concluded(evaluate, rule, of("a", True, ago(4)), *given, whole(False, ago(5))) == "true"
    assert _concluded(evaluate, rule, of("a", True, ago(4)), *given, whole(False, ago(3))) == "false"


# --- beside other known atoms: the answers alone have to make it so --------------------------------------------------

A, B = AtomRef("a"), AtomRef("b")
ABSENT, ADULT = atom(recorded(), "b"), atom(Age(Limits(Decimal(18), False, None, False, "a")), "b")
THIRD, FEMALE = atom(Judgement(), "c"), atom(RecordedSex(frozenset({Sex.FEMALE})), "b")
EXCLUDED = criterion(JUDGED, ABSENT, logic=AnyOf((A, B)), kind=CriterionKind.EXCLUSION)
AMENDED = Amendment("one", "the sponsor", AS_OF, "a correction")
YES, NO = of("a", True, ago(4)), of("a", False, ago(4))


def _read(one: Logic, other: Logic, **keys: object) -> Criterion:
    return criterion(JUDGED, ABSENT, readings=(("one", one), ("other", other)), **keys)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "given", "of_whole", "expected"),
    [
        pytest.param(EXCLUDED, [NO], True, CONFLICT, id="no other part is on record"),
        pytest.param(criterion(JUDGED, ABSENT), [YES], True, CONFLICT, id="they agree, but not with what is presumed"),
        pytest.param(criterion(JUDGED, ABSENT, logic=AllOf((A, Not(B)))), [YES], False, CONFLICT, id="nor negated"),
        pytest.param(criterion(JUDGED, ABSENT), [NO], True, "false", id="one part is enough for `all`"),
        pytest.param(EXCLUDED, [YES], False, "true", id="one part is enough for `any`"),
        pytest.param(EXCLUDED, [NO, of("b", False, ago(4))], True, "false", id="each part is answered"),
        pytest.param(EXCLUDED, [NO, of("b", False, ago(5))], True, CONFLICT, id="one of them is not newer"),
        pytest.param(
            criterion(JUDGED, ABSENT, THIRD, logic=AtLeast(2, (A, B, AtomRef("c")))),
            [YES, of("c", True, ago(4))], False, "true", id="enough of a count",
        ),
        pytest.param(
            criterion(JUDGED, ABSENT, THIRD, logic=AtLeast(2, (A, B, AtomRef("c")))),
            [NO, of("c", True, ago(4))], True, CONFLICT, id="not enough of a count",
        ),
        pytest.param(
            criterion(JUDGED, ABSENT, logic=AllOf((A, NotTrue(B)))), [YES], False, "true", id="unknown is not true",
        ),
        pytest.param(
            criterion(JUDGED, atom(recorded(), "b", absent=True), logic=AllOf((A, NotTrue(B)))),
            [YES], True, CONFLICT, id="so it would come to the opposite",
        ),
        pytest.param(criterion(JUDGED, FEMALE), [YES], False, "true", id="with the sex"),
        pytest.param(criterion(JUDGED, ADULT), [YES], False, "true", id="with the age"),
        pytest.param(criterion(JUDGED, ADULT, atom(recorded(), "c")), [YES], True, CONFLICT, id="the age and more"),
        pytest.param(_read(A, AnyOf((A, B))), [YES], False, "true", id="of every reading"),
        pytest.param(_read(A, AllOf((A, Not(B)))), [YES], False, CONFLICT, id="of one reading"),
        pytest.param(_read(AllOf((A, Not(B))), A), [YES], False, CONFLICT, id="of the other reading"),
        pytest.param(_read(Not(B), AllOf((A, Not(B)))), [YES], False, CONFLICT, id="of no reading"),
        pytest.param(
            _read(A, AllOf((A, Not(B))), logic=A, amendment=AMENDED), [YES], False, "true", id="of the one selected",
        ),
        pytest.param(
            _read(AllOf((A, Not(B))), A, logic=AllOf((A, Not(B))), amendment=AMENDED), [YES], False, CONFLICT,
            id="only of the other",
        ),
    ],
)  # fmt: skip
def test_newer_answers_say_nothing_of_other_parts(
    evaluate: Evaluate, rule: Criterion, given: list[Given], of_whole: bool, expected: str
) -> None:
    person = {"birth": "1990-01-01", "sex": Sex.FEMALE}
    assert _concluded(evaluate, rule, *given, whole(of_whole, ago(5)), **person) == expected


@pytest.mark.parametrize(
    ("to_atom", "expected"), [(ago(6), "true"), (ago(5), CONFLICT), (at(5, 9), CONFLICT), (ago(4), CONFLICT)]
)
def test_beside_a_presumed_absence_only_the_newer_criterion_counts(
    evaluate: Evaluate, to_atom: DateInterval, expected: str
) -> None:
    assert _concluded(evaluate, EXCLUDED, of("a", False, to_atom), whole(True, ago(5))) == expected


@pytest.mark.parametrize(("given", "expected"), [([NO], CONFLICT), ([NO, of("b", False, ago(4))], "false")])
def test_beside_a_presumed_absence_two_answers_to_the_criterion_still_differ(
    evaluate: Evaluate, given: list[Given], expected: str
) -> None:
    assert _concluded(evaluate, EXCLUDED, *given, whole(True, ago(5)), whole(False, ago(5))) == expected


# --- two answers of one instant, age and sex ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to_atom", "expected"), [(ago(4), "true"), (ago(5), CONFLICT), (ago(6), CONFLICT), (None, CONFLICT)]
)
def test_two_answers_of_one_instant_that_differ(
    evaluate: Evaluate, to_atom: DateInterval | None, expected: str
) -> None:
    split = [whole(True, ago(5)), whole(False, ago(5))]
    given = [of("a", True, to_atom)] if to_atom is not None else []
    assert _concluded(evaluate, criterion(PRESUMED), *given, *split) == expected


def test_two_answers_of_one_instant_to_the_atom_are_none(evaluate: Evaluate) -> None:
    split = [of("a", True, ago(4)), of("a", False, ago(4))]
    assert _concluded(evaluate, criterion(PRESUMED), *split) == CONFLICT
    assert _concluded(evaluate, criterion(PRESUMED), *split, whole(True, ago(5))) == "true"


def test_two_answers_of_one_instant_to_the_atom_that_agree_are_one(evaluate: Evaluate) -> None:
    same = [of("a", True, ago(4)), of("a", True, ago(4))]
    assert _concluded(evaluate, criterion(PRESUMED), *same, whole(False, ago(5))) == "true"
    assert _concluded(evaluate, criterion(PRESUMED), *same, whole(False, ago(3))) == "false"


@pytest.mark.parametrize(("to_atom", "expected"), [(ago(4), "true"), (ago(5), CONFLICT), (ago(6), CONFLICT)])
def test_no_newer_answer_outweighs_the_age(evaluate: Evaluate, to_atom: DateInterval, expected: str) -> None:
    given = [of("a", True, to_atom), whole(False, ago(5))]
    assert _concluded(evaluate, criterion(JUDGED, ADULT), *given, birth="1990-01-01") == expected


def test_an_unknown_age_is_no_age(evaluate: Evaluate) -> None:
    rule = criterion(JUDGED, ADULT, logic=AnyOf((AtomRef("a"), AtomRef("b"))))
    assert _concluded(evaluate, rule, of("a", True, ago(6)), whole(False, ago(5))) == "false"


# --- which answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([of("a", True, ago(4), ago(0)), whole(False, ago(5))], "true"),
        ([of("a", True, ago(4), ago(1)), whole(False, ago(5))], "false"),  # it has lapsed
        ([of("a", True, ago(30)), whole(False, ago(29))], "false"),
        ([of("a", True, ago(31)), whole(False, ago(40), ago(0))], "false"),
        ([of("a", True, ago(30)), whole(False, ago(31))], "true"),  # the criterion's has
        ([of("a", True, ago(-1)), whole(False, ago(5))], "false"),  # of tomorrow
        ([of("a", True, ago(4)), whole(False, ago(-1))], "true"),
        ([of("a", True, ago(9)), of("a", True, ago(2), ago(1)), whole(False, ago(5))], "false"),
        ([of("b", True, ago(4)), whole(False, ago(5))], "false"),  # to no atom of it
        ([attestation("T#C2.a", True, ago(4)), whole(False, ago(5))], "false"),
    ],
)
def test_only_current_answers_to_its_own_atoms_count(evaluate: Evaluate, given: list[Given], expected: str) -> None:
    assert _concluded(evaluate, criterion(PRESUMED), *given) == expected


def test_where_it_rests_on_data_as_well_the_data_is_weighed(evaluate: Evaluate) -> None:
    rule = criterion(JUDGED, atom(measured(), "b"))
    no = whole(False, ago(5))
    assert _concluded(evaluate, rule, of("a", True, ago(6)), number(60, ago(4)), no) == "true"
    assert _concluded(evaluate, rule, of("a", True, ago(4)), number(60, ago(6)), no) == CONFLICT


def test_readings_rest_on_answers_as_well(evaluate: Evaluate) -> None:
    rule = criterion(JUDGED, readings=READ_TWICE)
    assert _concluded(evaluate, rule, of("a", True, ago(4)), whole(False, ago(5))) == "true"
    assert _concluded(evaluate, rule, of("a", True, ago(6)), whole(False, ago(5))) == "false"
    assert _concluded(evaluate, rule, of("a", True, ago(5)), whole(False, ago(5))) == CONFLICT


def _explained(rule: Criterion, *given: Given) -> str:
    rules, patient, circumstances = book(rule), chart(*given), Circumstances(AS_OF)
    evaluation = direct.evaluate(rules, ["T"], patient, circumstances)
    (result,) = Explainer(rules, ["T"]).results(patient, circumstances, evaluation, findings=False)
    return result.criteria[0].explanation


READ_TWICE = (("one", AtomRef("a")), ("other", Not(Not(AtomRef("a")))))


@pytest.mark.parametrize(
    ("rule", "given", "told"),
    [
        (JUDGED, [of("a", True, ago(4))], "Attested yes. An older answer says otherwise: attested no."),
        (JUDGED, [of("a", True, ago(5))], "Attested no, attested yes: these contradict each other."),
        (
            JUDGED,
            [of("a", True, ago(6))],
            "Attested no (an older answer to a part of it says otherwise: attested yes).",
        ),
        (
            JUDGED,
            [of("a", True, ago(4)), whole(True, ago(5))],
            "Attested yes. Older answers contradict each other: attested no, attested yes.",
        ),
        (PRESUMED, [of("a", True, ago(4))], "Attested yes. An older answer says otherwise: attested no."),
    ],
)
def test_who_says_otherwise_is_told(rule: Atom, given: list[Given], told: str) -> None:
    answers = [whole(False, ago(5)), *given]
    assert _explained(criterion(rule), *answers) == told
    assert _explained(criterion(rule, readings=READ_TWICE), *answers) == told


@pytest.mark.parametrize("when", [ago(4), ago(5)])
def test_that_answers_to_parts_are_not_enough_is_told(when: DateInterval) -> None:
    told = "Attested yes, attested no: these contradict each other (the answers to parts of it do not decide it "
    assert _explained(EXCLUDED, of("a", False, when), whole(True, ago(5))) == f"{told}without the other parts)."


def test_an_answer_against_a_presumed_absence_is_told_of_readings_too() -> None:
    assert _explained(criterion(PRESUMED, readings=READ_TWICE), whole(True, ago(5))) == "Attested yes."


def test_what_applies_to_one_sex_is_held_against_the_sex_afterwards(evaluate: Evaluate) -> None:
    rule = criterion(JUDGED, kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE)
    given = (of("a", True, ago(4)), whole(False, ago(5)))
    assert _concluded(evaluate, rule, *given, sex=Sex.FEMALE) == "true"
    assert _concluded(evaluate, rule, *given, sex=Sex.MALE) == CONFLICT
