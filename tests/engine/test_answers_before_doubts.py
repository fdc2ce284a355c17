"""A person's answer settles nothing that is open by what is newer than it: this person cannot have seen that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from charts import OTHER, RESULT, Given, ago, attestation, between, chart, entry, number, on, over, refuted, result
from invented_rules import Evaluate, atom, book, criterion, finding, measured, positive, recorded, said

from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import (
    Atom,
    FindingHolds,
    Judgement,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
)
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AtomRef, Not, NotTrue
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Reason, Result, Role, Take, Timing

ATOM, CRITERION = "T#C1.a", "T#C1"
METHOD, CLOT = ("method", "one"), entry(ago(9), recorded=ago(9))
UNCONFIRMED, UNSPECIFIC, STALE, IMPRECISE = "unconfirmed", "unspecific", "stale", "imprecise"
CONFLICTING = "conflicting-data"


class Doubted(NamedTuple):
    """An atom, what is on record of old, and a doubt that is dated so; why it is unknown, and if the doubt has no date.

    `undated` None: without a date it raises no doubt, and what is of old says yes.
    """

    asked: Atom
    old: list[Given]
    doubt: Callable[[DateInterval | None], Given]
    why: str
    undated: str | None = None


def weak(value: float) -> Callable[[DateInterval | None], Given]:
    return lambda when: number(value, when, certainty=Certainty.WEAK)


def broad(value: float | None) -> Callable[[DateInterval | None], Given]:
    return lambda when: number(value, when, role=Role.SUPPORTING, problem=Reason.UNIT)


def only_numbers(when: DateInterval | None) -> Given:
    return number(7, when, concept=RESULT)


ANY, ALL = atom(measured(take=Take.ANY)), atom(measured(take=Take.ALL))
EITHER_WAY = Readings((("one", measured()), ("other", measured(currency="month"))))
STRICTLY = atom(recorded(timing=Timing.CURRENT))
NO_OTHER = QualitativeResult((RESULT,), Result.POSITIVE, skip=(METHOD,))

CASES = {
    "preliminary and otherwise": Doubted(atom(measured()), [number(60, ago(9))], weak(40), UNCONFIRMED),
    "of a broad code and otherwise": Doubted(atom(measured()), [number(60, ago(9))], broad(40), UNSPECIFIC),
    "preliminary, and absent is asked for": Doubted(
        atom(measured(), absent=True), [number(40, ago(9))], weak(60), UNCONFIRMED
    ),
    "a number that nobody calls positive": Doubted(
        atom(positive(heed_numbers=True)), [result(Result.POSITIVE, ago(9))], only_numbers, UNSPECIFIC
    ),
    "preliminary, beside what is too old": Doubted(
        atom(measured(currency="week")), [number(60, ago(8))], weak(40), STALE, STALE
    ),
    "preliminary, beside what is imprecise": Doubted(
        atom(measured()), [number((40, 60), ago(9))], weak(40), IMPRECISE, IMPRECISE
    ),
    "preliminary, beside a conflict": Doubted(
        atom(measured()), [number(60, ago(9)), number(40, ago(9))], weak(40), CONFLICTING, CONFLICTING
    ),
    "a number, beside what is too old": Doubted(
        atom(positive(heed_numbers=True, currency="week")),
        [result(Result.POSITIVE, ago(8))],
        only_numbers,
        STALE,
        STALE,
    ),
    "preliminary and alone": Doubted(atom(measured()), [], weak(60), UNCONFIRMED, UNCONFIRMED),
    "of a broad code and alone": Doubted(atom(measured()), [], broad(60), UNSPECIFIC, UNSPECIFIC),
    "of a broad code, in another unit": Doubted(atom(measured()), [], broad(None), UNSPECIFIC, UNSPECIFIC),
    "of another sort": Doubted(atom(positive()), [], only_numbers, UNSPECIFIC, UNSPECIFIC),
    "of another method": Doubted(
        atom(NO_OTHER), [], lambda when: result(Result.POSITIVE, when, facets=(METHOD,)), UNSPECIFIC, UNSPECIFIC
    ),
    "of any: preliminary, beside what is imprecise": Doubted(
        ANY, [number((40, 60), ago(9))], weak(60), IMPRECISE, IMPRECISE
    ),
    "of all: preliminary, beside what is imprecise": Doubted(
        ALL, [number((40, 60), ago(9))], weak(40), IMPRECISE, IMPRECISE
    ),
    "of any: preliminary and alone": Doubted(ANY, [], weak(60), UNCONFIRMED, UNCONFIRMED),
    "of readings": Doubted(atom(EITHER_WAY), [number(60, ago(9))], weak(40), UNCONFIRMED),
    "of the same resource": Doubted(
        atom(SameResource("b", "method", ("one",))), [], weak(60), UNCONFIRMED, UNCONFIRMED
    ),
    "refuted": Doubted(STRICTLY, [CLOT], lambda when: refuted(CLOT, when=when), CONFLICTING, CONFLICTING),
    "over, as another says": Doubted(STRICTLY, [CLOT], lambda when: over(CLOT, when=when), CONFLICTING, CONFLICTING),
}
NAMED = atom(measured(), "b", operand=False)
DATES = [
    pytest.param(ago(6), False, id="before"),
    pytest.param(ago(5), False, id="on that day"),
    pytest.param(ago(4), True, id="after"),
    pytest.param(on("2026-11"), False, id="in that month"),
]


def _ask(evaluate: Evaluate, asked: Atom, *given: Given, rules: list[Finding] | None = None) -> str:
    others = [NAMED] if isinstance(asked.test, SameResource) else []
    evaluation = evaluate(book(criterion(*others, asked), findings=rules or []), chart(*given), AbsencePolicy.PRESUME)
    return said(evaluation.criteria["T", "C1"].outcome)


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize("target", [ATOM, CRITERION])
@pytest.mark.parametrize(("when", "is_newer"), DATES)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_answer_settles_no_newer_doubt(
    evaluate: Evaluate, case: Doubted, when: DateInterval, is_newer: bool, target: str, answer: bool
) -> None:
    given = [*case.old, case.doubt(when)]
    assert _ask(evaluate, case.asked, *given) == case.why
    settled = str(answer).lower()
    assert _ask(evaluate, case.asked, *given, attestation(target, answer, ago(5))) == (
        case.why if is_newer else settled
    )
    assert _ask(evaluate, case.asked, *given, attestation(target, answer, ago(3))) == settled


@pytest.mark.parametrize("target", [ATOM, CRITERION])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_undated_doubt_is_settled(evaluate: Evaluate, case: Doubted, target: str) -> None:
    given = [*case.old, case.doubt(None)]
    assert _ask(evaluate, case.asked, *given) == (case.undated or "true")
    assert _ask(evaluate, case.asked, *given, attestation(target, True, ago(5))) == "true"


# --- what else it says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "expected"), [(ago(5), "true"), (ago(4), "unconfirmed")])
@pytest.mark.parametrize("old", [[], [number(60, ago(9))]], ids=["alone", "beside another"])
@pytest.mark.parametrize("target", [ATOM, CRITERION])
def test_so_does_a_doubt_about_an_atom_of_a_finding(
    evaluate: Evaluate, target: str, old: list[Given], when: DateInterval, expected: str
) -> None:
    rules = [finding("f", atom(measured(), "enough")), finding("g", atom(FindingHolds("f"), "same"))]
    given = [*old, number(40, when, certainty=Certainty.WEAK), attestation(target, True, ago(5))]
    assert _ask(evaluate, atom(FindingHolds("g")), *given, rules=rules) == expected


@pytest.mark.parametrize(("when", "expected"), [(ago(5), "true"), (ago(4), "open")])
@pytest.mark.parametrize("target", [ATOM, CRITERION])
@pytest.mark.parametrize(
    ("aside", "doubt"),
    [(measured(), number), (recorded(), entry)],
    ids=["a result", "something on record"],
)
def test_so_does_one_about_an_atom_of_a_finding_that_is_no_operand_of_it(
    evaluate: Evaluate, aside: Measurement | Recorded, doubt: Any, target: str, when: DateInterval, expected: str
) -> None:
    """The finding rests on all its atoms where it is unknown: here the result has to be no older than what is weak."""
    rules = [finding("f", atom(positive(not_older_than="b"), "x"), atom(aside, "b", operand=False))]
    weakly = (60,) if doubt is number else ()
    given = [result(Result.POSITIVE, ago(9)), doubt(*weakly, when, certainty=Certainty.WEAK)]
    said_of_it = _ask(evaluate, atom(FindingHolds("f")), *given, attestation(target, True, ago(5)), rules=rules)
    assert said_of_it == expected or (expected == "open" and "unconfirmed" in said_of_it)


@pytest.mark.parametrize("answer", [True, False])
def test_what_is_known_by_its_gate_has_no_doubts(evaluate: Evaluate, answer: bool) -> None:
    gated = atom(Judgement(), "a", when=Not(NotTrue(AtomRef("b"))))
    rule = criterion(NAMED, gated)
    given = chart(number(60, ago(4), certainty=Certainty.WEAK), attestation(CRITERION, answer, ago(5)))
    found = evaluate(book(rule), given, AbsencePolicy.PRESUME).criteria["T", "C1"].outcome
    assert said(found) == str(answer).lower()


def test_a_doubt_about_what_is_of_no_concern_keeps_nothing_open(evaluate: Evaluate) -> None:
    yes = attestation(ATOM, True, ago(5))
    assert _ask(evaluate, atom(measured(currency="week")), number(60, ago(8)), yes) == "true"
    mute = number(None, ago(4))  # says nothing at all
    assert _ask(evaluate, atom(measured(currency="week")), number(60, ago(8)), mute, yes) == "true"
    assert _ask(evaluate, atom(measured()), mute, yes) == "true"
    of_another = number(40, ago(4), concept=RESULT, certainty=Certainty.WEAK)
    assert _ask(evaluate, atom(measured()), of_another, yes) == "true"


@pytest.mark.parametrize("value", [49.9, 50, 60])
def test_a_newer_doubt_that_agrees_with_what_is_known_is_none(evaluate: Evaluate, value: float) -> None:
    given: list[Given] = [
        number(60, ago(9)),
        number(value, ago(4), certainty=Certainty.WEAK),
        attestation(ATOM, True, ago(5)),
    ]
    assert _ask(evaluate, atom(measured()), *given) == ("unconfirmed" if value < 50 else "true")


def test_a_contradiction_of_something_else_or_of_a_day_to_come_keeps_nothing_open(evaluate: Evaluate) -> None:
    doubtful = entry(ago(9), recorded=ago(9), certainty=Certainty.WEAK)
    other = entry(ago(9), recorded=ago(9), concept="x.other")
    yes = attestation(ATOM, True, ago(5))
    given: list[Given] = [doubtful, refuted(doubtful, when=ago(6)), other, refuted(other, when=ago(4)), yes]
    assert _ask(evaluate, STRICTLY, *given) == "true"
    assert _ask(evaluate, STRICTLY, *given, refuted(doubtful, when=ago(-1))) == "true"
    assert _ask(evaluate, STRICTLY, *given, refuted(doubtful, when=ago(0))) == "conflicting-data, unconfirmed"


def test_of_two_answers_of_one_instant_a_doubt_has_to_be_newer_than_both(evaluate: Evaluate) -> None:
    given: list[Given] = [
        number(60, ago(9)),
        number(40, ago(4), certainty=Certainty.WEAK),
        attestation(ATOM, True, ago(5)),
    ]
    assert _ask(evaluate, atom(measured()), *given) == "unconfirmed"
    for until, expected in ((5, "unconfirmed"), (4, "true")):
        assert _ask(evaluate, atom(measured()), *given, attestation(ATOM, True, between(5, until))) == expected


def test_a_criterion_waits_for_what_is_newer_in_an_open_part_alone(evaluate: Evaluate) -> None:
    """What is known of it already may rest on anything."""
    rule = criterion(atom(Judgement(), "b"), atom(measured(), "a"))
    yes, old = attestation(CRITERION, True, ago(5)), number(60, ago(9))

    def ask(*given: Given) -> str:
        return said(evaluate(book(rule), chart(*given, yes), AbsencePolicy.PRESUME).criteria["T", "C1"].outcome)

    assert ask(old) == "true"
    assert ask(old, number(60, ago(4), certainty=Certainty.WEAK)) == "true"
    assert ask(old, number(40, ago(5), certainty=Certainty.WEAK)) == "true"
    assert ask(old, number(40, ago(4), certainty=Certainty.WEAK)) == "judgement, unconfirmed"
    assert ask(old, number(40, ago(4), certainty=Certainty.WEAK), attestation(ATOM, True, ago(3))) == "true"


# --- what else its test looks at --------------------------------------------------------------------------------------

RELAPSED = finding("f", atom(recorded(concepts=(OTHER,)), "relapse"), date_from=("relapse",))
SINCE = {
    "a result, and none since": (atom(measured(not_before=("f",))), [number(60, ago(9))], STALE),
    "no result at all": (atom(measured(not_before=("f",))), [], "no-data"),
    "a result after it": (atom(measured(after="f")), [number(60, ago(9))], "no-data"),
    "readings": (atom(Readings((("one", measured(not_before=("f",))),))), [number(60, ago(9))], STALE),
    "something on record after it": (atom(recorded(after="f"), absence=AbsenceRule.UNKNOWN), [], "no-data"),
    "what is presumed absent but for it": (atom(recorded(), presume_unless="f"), [], "no-data"),
}


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize(("when", "is_newer"), DATES)
@pytest.mark.parametrize("part", ["", ".a"])
@pytest.mark.parametrize("named_by", ["a criterion", "a finding"])
@pytest.mark.parametrize(("asked", "old", "why"), SINCE.values(), ids=SINCE)
def test_an_answer_from_before_what_it_has_to_follow_settles_nothing(
    evaluate: Evaluate,
    asked: Atom,
    old: list[Given],
    why: str,
    named_by: str,
    part: str,
    when: DateInterval,
    is_newer: bool,
    answer: bool,
) -> None:
    rules = [RELAPSED, finding("g", asked)]
    whole = asked if named_by == "a criterion" else atom(FindingHolds("g"))
    given = [*old, entry(when, concept=OTHER), attestation(CRITERION + part, answer, ago(5))]
    assert _ask(evaluate, whole, *given, rules=rules) == (why if is_newer else str(answer).lower())
    assert (
        _ask(evaluate, whole, *given, attestation(CRITERION + part, answer, ago(3)), rules=rules) == str(answer).lower()
    )
