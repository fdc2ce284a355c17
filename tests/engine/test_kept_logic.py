"""What is kept of an expression is what it comes to, whatever its atoms said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_logic import Decisions
from trialsieve.engine.direct_reviews import Reviews
from trialsieve.engine.outcome import NO_REASONS, Evidence, Outcome
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, ReviewWhen, UnlessShown
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Reason

A, B, C = AtomRef("a"), AtomRef("b"), AtomRef("c")
STALE, ABSENT = frozenset({Reason.STALE}), frozenset({Reason.NO_DATA})
SAID = [
    Outcome(TRUE),
    Outcome(FALSE),
    Outcome(UNKNOWN, STALE),
    Outcome(UNKNOWN, ABSENT),
    Outcome(UNKNOWN, STALE | ABSENT),
]
LOGICS = [
    A,
    Not(A),
    NotTrue(A),
    UnlessShown(A),
    AllOf((A, B, C)),
    AnyOf((A, Not(B), C)),
    AtLeast(2, (A, B, C)),
    AllOf((A, AnyOf((A, B)), NotTrue(C))),
]


def patients() -> Iterator[Mapping[str, Outcome]]:
    """All that three atoms can say, twice, so that the second time it is kept."""
    for _ in range(2):
        for said in product(SAID, repeat=3):
            yield dict(zip("abc", said, strict=True))


@pytest.mark.parametrize("logic", LOGICS, ids=repr)
def test_a_kept_decision_is_the_decision(logic: Logic) -> None:
    decisions = Decisions(logic)
    for atoms in patients():
        truth, reasons, names = direct_logic.decided(logic, atoms.__getitem__)
        assert decisions.decided(atoms.__getitem__) == (truth, reasons, tuple(dict.fromkeys(names)))


def test_nothing_is_kept_of_what_atoms_rest_on() -> None:
    """Evidence is one patient's: two who differ in nothing else are told the same."""
    decisions = Decisions(A)
    one, other = (Outcome(TRUE, evidence=(Evidence("Observation/o", said),)) for said in ("40 %", "41 %"))
    assert decisions.decided({"a": one}.__getitem__) is decisions.decided({"a": other}.__getitem__)


@pytest.mark.parametrize("logic", LOGICS, ids=repr)
def test_what_sends_an_atom_to_a_person_is_kept_apart_by_what_may_be_presumed(logic: Logic) -> None:
    cases = [ReviewWhen("it may be so", Reason.JUDGEMENT, logic), ReviewWhen("or so", Reason.UNCONFIRMED, B)]
    reviews = Reviews(cases)
    for atoms in patients():
        for silence in (ABSENT | {Reason.NOT_RETRIEVED}, ABSENT, NO_REASONS):
            kept = reviews.opening(atoms.__getitem__, silence)
            assert kept == Reviews(cases).opening(atoms.__getitem__, silence)
