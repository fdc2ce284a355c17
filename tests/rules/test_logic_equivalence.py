"""Two logics are the same if no combination of true and false atoms tells them apart."""

from __future__ import annotations

import pytest

from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, UnlessShown
from trialsieve.rules.logic_equivalence import is_same_logic

A, B, C = AtomRef("a"), AtomRef("b"), AtomRef("c")
MANY = tuple(AtomRef(f"a{number}") for number in range(17))


@pytest.mark.parametrize(
    ("words", "logic", "same"),
    [
        ("a", A, True),
        ("a", B, False),
        ("a and b", AllOf((B, A)), True),
        ("a and b", AnyOf((A, B)), False),
        ("a and b", AllOf((A, B, C)), False),
        ("a or b or c", AnyOf((A, B)), False),
        ("not (a or b)", AllOf((Not(A), Not(B))), True),
        ("not (a or b)", Not(AllOf((A, B))), False),
        ("a and (b or c)", AnyOf((AllOf((A, B)), AllOf((A, C)))), True),
        ("a and b or c", AllOf((A, AnyOf((B, C)))), False),
        ("(a and b) or (a and c) or (b and c)", AtLeast(2, (A, B, C)), True),
        ("a and b and c", AtLeast(2, (A, B, C)), False),
        ("a or b", AnyOf((A, B, UnlessShown(C))), True),
        (" or ".join(atom.id for atom in MANY), AnyOf(MANY), True),
        (" or ".join(atom.id for atom in MANY), AnyOf(MANY[:-1]), False),
    ],
)
def test_logics_are_compared_by_what_they_answer(words: str, logic: Logic, same: bool) -> None:
    assert is_same_logic(words, logic) is same


@pytest.mark.parametrize("words", ["a < b", "a + b", "f(a)", "1"])
def test_words_that_are_no_logic_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="not a logic of atoms"):
        is_same_logic(words, A)
