"""What reads what comes after it."""

from __future__ import annotations

from trialsieve.rules.atom import Atom, Judgement, SameResource
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Not, NotTrue, ReviewWhen, UnlessShown
from trialsieve.rules.logic_order import atoms_in, atoms_in_reading_order, in_reading_order
from trialsieve.rules.vocabulary import Reason


def test_every_atom_of_a_logic_is_found() -> None:
    parts = [AtomRef(name) for name in "abcdef"]
    logic = AllOf(
        (Not(parts[0]), AnyOf((parts[1],)), AtLeast(1, (parts[2], parts[3])), NotTrue(parts[4]), UnlessShown(parts[5]))
    )
    assert list(atoms_in(logic)) == list("abcdef")


def test_what_is_read_comes_first_else_the_order_given_stays() -> None:
    assert in_reading_order({"a": ["c"], "b": [], "c": ["d"], "d": []}) == (("d", "c", "a", "b"), ())


def test_what_is_not_listed_is_left_out() -> None:
    assert in_reading_order({"a": ["elsewhere"]}) == (("a",), ())


def test_a_cycle_is_told_as_its_path() -> None:
    assert in_reading_order({"a": ["b"], "b": ["c"], "c": ["b"]})[1] == ("b", "c", "b")
    assert in_reading_order({"a": ["a"]})[1] == ("a", "a")


def test_atoms_come_after_the_atoms_of_their_conditions() -> None:
    atoms = (
        Atom("a", Judgement(), review_when=(ReviewWhen("says", Reason.JUDGEMENT, NotTrue(AtomRef("b"))),)),
        Atom("b", Judgement(), when=AtomRef("c")),
        Atom("c", SameResource("d", "method", ("flow",))),
        Atom("d", Judgement()),
    )
    assert [atom.id for atom in atoms_in_reading_order(atoms)] == ["d", "c", "b", "a"]
