"""Two evaluations agree on a criterion when value, atoms and readings do; what was compared once is known."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from trialsieve.engine.comparison import Comparison
from trialsieve.engine.outcome import CriterionOutcome, Evaluation, Outcome
from trialsieve.rules.vocabulary import Reason, Truth

NAME = ("T", "C1")
YES, NO = Outcome(Truth.TRUE), Outcome(Truth.FALSE)
UNKNOWN = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}))
STALE = Outcome(Truth.UNKNOWN, frozenset({Reason.STALE}))
ONE = CriterionOutcome(UNKNOWN, True, {"a": YES, "b": UNKNOWN}, {"strict": NO})


def evaluation(criterion: CriterionOutcome) -> Evaluation:
    return Evaluation({}, {NAME: criterion}, {}, {})


def same(criterion: CriterionOutcome) -> CriterionOutcome:
    """An equal outcome that is another object."""
    return replace(criterion, atoms=dict(criterion.atoms))


DIFFERENT = {
    "another reason": replace(ONE, outcome=STALE),
    "another truth": replace(ONE, outcome=YES),
    "does not apply": replace(ONE, applies=False),
    "an atom differs": replace(ONE, atoms={"a": NO, "b": UNKNOWN}),
    "an atom is missing": replace(ONE, atoms={"a": YES}),
    "another atom": replace(ONE, atoms={"a": YES, "c": UNKNOWN}),
    "one atom more": replace(ONE, atoms={"a": YES, "b": UNKNOWN, "c": YES}),
    "a reading differs": replace(ONE, readings={"strict": YES}),
    "a reading is missing": replace(ONE, readings={}),
}


@pytest.mark.parametrize("other", DIFFERENT)
@pytest.mark.parametrize("compared_before", [False, True])
def test_what_differs_is_found(other: str, compared_before: bool) -> None:
    comparison = Comparison()
    if compared_before:
        assert comparison.differences(evaluation(ONE), evaluation(same(ONE))) == set()

    assert comparison.differences(evaluation(ONE), evaluation(DIFFERENT[other])) == {NAME}
    assert comparison.differences(evaluation(DIFFERENT[other]), evaluation(ONE)) == {NAME}


def test_a_criterion_that_the_other_does_not_answer_is_a_difference() -> None:
    assert Comparison().differences(evaluation(ONE), Evaluation({}, {}, {}, {})) == {NAME}
    assert Comparison().differences(evaluation(ONE), None) == {NAME}


def test_what_agreed_once_is_not_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison, other = Comparison(), same(ONE)
    assert comparison.differences(evaluation(ONE), evaluation(other)) == set()
    monkeypatch.setattr("trialsieve.engine.comparison._agree", lambda *_: pytest.fail("compared again"))

    assert comparison.differences(evaluation(ONE), evaluation(other)) == set()
