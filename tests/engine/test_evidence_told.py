"""A criterion's evidence lists every resource that its sentence quotes: first those that decide, then what is known."""

from __future__ import annotations

import pytest
from charts import AS_OF, Given, ago, chart, entry, number, result
from invented_rules import atom, book, criterion, measured, positive, recorded

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Atom, Judgement
from trialsieve.rules.logic import AnyOf, AtomRef, Not, ReviewWhen
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import Certainty, Reason, Result

NOTED = "another record bears on it"


def _screened(rule: Criterion, *given: Given) -> CriterionResult:
    (screened,) = Screener(book(rule), ["T"]).screen(chart(*given), Circumstances(AS_OF))
    return screened.criteria[0]


def _says(rule: Criterion, *given: Given) -> list[str]:
    return [item.says for item in _screened(rule, *given).evidence]


def _opened_by(condition: str) -> Atom:
    return atom(measured(), review_when=(ReviewWhen(NOTED, Reason.JUDGEMENT, AtomRef(condition)),))


HELPER = atom(recorded(), "b", operand=False)


def test_what_is_known_beside_a_judgement_is_evidence() -> None:
    rule = criterion(atom(Judgement()), atom(measured(), "b"))
    assert _says(rule, number(60, ago(1))) == ["number 60"]


def test_what_keeps_a_criterion_open_comes_before_what_is_known() -> None:
    rule = criterion(atom(measured()), atom(positive(), "b"))
    given = [number(60, ago(1)), result(Result.POSITIVE, ago(1), certainty=Certainty.WEAK)]
    assert _says(rule, *given) == ["result positive", "number 60"]


def test_a_resource_is_listed_once() -> None:
    both = criterion(atom(Judgement()), atom(measured(), "b"), atom(measured(), "c"))
    assert _says(both, number(60, ago(1))) == ["number 60"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([number(40, ago(1)), result(Result.POSITIVE, ago(1))], ["number 40"]),
        ([number(60, ago(1)), result(Result.POSITIVE, ago(1))], ["number 60", "result positive"]),
    ],
)
def test_of_what_is_decided_only_that_is_evidence_which_decides(given: list[Given], expected: list[str]) -> None:
    assert _says(criterion(atom(measured()), atom(positive(), "b")), *given) == expected


def test_what_sends_an_atom_to_a_person_is_evidence() -> None:
    rule = criterion(_opened_by("b"), HELPER)
    assert _says(rule, number(60, ago(1)), entry(ago(1))) == ["number 60", "condition on record"]


def test_what_perhaps_sends_an_atom_to_a_person_is_evidence() -> None:
    rule = criterion(_opened_by("b"), HELPER)
    weak = entry(ago(1), certainty=Certainty.WEAK)
    assert _says(rule, number(60, ago(1)), weak) == ["number 60", "condition on record"]


def test_what_does_not_send_an_atom_to_a_person_is_no_evidence() -> None:
    denied = atom(recorded(), "b", operand=False)
    case = ReviewWhen(NOTED, Reason.JUDGEMENT, Not(AtomRef("b")))
    rule = criterion(atom(measured(), review_when=(case,)), denied)
    assert _says(rule, number(60, ago(1)), entry(ago(1))) == ["number 60"]


def test_what_sends_another_atom_to_a_person_is_no_evidence() -> None:
    """The criterion is decided without it."""
    rule = criterion(_opened_by("b"), HELPER, atom(positive(), "c"), logic=AnyOf((AtomRef("a"), AtomRef("c"))))
    given = [number(60, ago(1)), entry(ago(1)), result(Result.POSITIVE, ago(1))]
    assert _says(rule, *given) == ["result positive"]


def test_every_resource_that_a_sentence_quotes_is_evidence() -> None:
    rule = criterion(
        _opened_by("b"), HELPER, atom(positive(), "c"), logic=AnyOf((AtomRef("a"), Not(AtomRef("c")))), id="C1"
    )
    screened = _screened(rule, number(60, ago(1)), entry(ago(1)), result(Result.POSITIVE, ago(1)))
    quoted = {item for each in screened.atoms for item in each.evidence if item.says in screened.explanation.lower()}
    assert {item.says for item in quoted} == {"number 60", "condition on record", "result positive"}
    assert quoted <= set(screened.evidence)
