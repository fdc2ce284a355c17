"""Kleene's logic, held against a naive statement of it: what is true however the unknown turns out is true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, product

import pytest
from charts import NUMBER, RESULT, ago, chart, number
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_rules import Evaluate, atom, book, criterion, measured, said

from trialsieve.engine import direct_logic
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.vocabulary import AbsencePolicy, Reason, Truth

TRUE, FALSE = Outcome(Truth.TRUE), Outcome(Truth.FALSE)
REASONS = [Reason.STALE, Reason.UNDATED, Reason.UNIT, Reason.JUDGEMENT]


def unknown(*reasons: Reason) -> Outcome:
    return Outcome(Truth.UNKNOWN, frozenset(reasons))


STALE, UNDATED = unknown(Reason.STALE), unknown(Reason.UNDATED)
A, B, C = AtomRef("a"), AtomRef("b"), AtomRef("c")


def _value(logic: Logic, **atoms: Outcome) -> str:
    return said(direct_logic.evaluate(logic, atoms.__getitem__))


@pytest.mark.parametrize(
    ("logic", "atoms", "expected"),
    [
        (AllOf((A, B)), {"a": TRUE, "b": TRUE}, "true"),
        (AllOf((A, B)), {"a": FALSE, "b": STALE}, "false"),
        (AllOf((A, B)), {"a": TRUE, "b": STALE}, "stale"),
        (AllOf((A, B)), {"a": UNDATED, "b": STALE}, "stale, undated"),
        (AnyOf((A, B)), {"a": FALSE, "b": FALSE}, "false"),
        (AnyOf((A, B)), {"a": TRUE, "b": STALE}, "true"),
        (AnyOf((A, B)), {"a": FALSE, "b": STALE}, "stale"),
        (AnyOf((A, B)), {"a": UNDATED, "b": STALE}, "stale, undated"),
        (Not(A), {"a": TRUE}, "false"),
        (Not(A), {"a": FALSE}, "true"),
        (Not(A), {"a": STALE}, "stale"),
        (AtLeast(2, (A, B, C)), {"a": TRUE, "b": TRUE, "c": STALE}, "true"),
        (AtLeast(2, (A, B, C)), {"a": TRUE, "b": FALSE, "c": STALE}, "stale"),
        (AtLeast(2, (A, B, C)), {"a": FALSE, "b": FALSE, "c": STALE}, "false"),
        (AtLeast(2, (A, B, C)), {"a": FALSE, "b": UNDATED, "c": STALE}, "stale, undated"),
        (NotTrue(A), {"a": TRUE}, "false"),
        (NotTrue(A), {"a": FALSE}, "true"),
        (NotTrue(A), {"a": STALE}, "true"),
        (UnlessShown(A), {"a": TRUE}, "false"),
        (UnlessShown(A), {"a": FALSE}, "no-data"),
        (UnlessShown(A), {"a": STALE}, "stale"),
    ],
)
def test_each_connective(logic: Logic, atoms: Mapping[str, Outcome], expected: str) -> None:
    assert _value(logic, **atoms) == expected


# --- against all completions ----------------------------------------------------------------------------------------


@st.composite
def once(draw: st.DrawFn) -> Logic:
    """An expression in which each atom occurs once, so that Kleene's logic loses nothing by taking operands apart."""
    names = count()

    def build(depth: int) -> Logic:
        shape = draw(st.sampled_from(["atom", "atom", "not", "all", "any", "some"])) if depth else "atom"
        if shape == "atom":
            return AtomRef(f"a{next(names)}")
        if shape == "not":
            return Not(build(depth - 1))
        operands = tuple(build(depth - 1) for _ in range(draw(st.integers(1, 3))))
        if shape == "some":
            return AtLeast(draw(st.integers(1, len(operands))), operands)
        return (AllOf if shape == "all" else AnyOf)(operands)

    return build(2)


def names_in(logic: Logic) -> Iterator[str]:
    if isinstance(logic, AtomRef):
        yield logic.id
    elif isinstance(logic, (Not, NotTrue, UnlessShown)):
        yield from names_in(logic.of)
    else:
        for operand in logic.of:
            yield from names_in(operand)


def classical(logic: Logic, world: Mapping[str, bool]) -> bool:
    """The expression in a world in which everything is known."""
    if isinstance(logic, AtomRef):
        return world[logic.id]
    if isinstance(logic, Not):
        return not classical(logic.of, world)
    assert isinstance(logic, (AllOf, AnyOf, AtLeast))
    values = [classical(operand, world) for operand in logic.of]
    if isinstance(logic, AtLeast):
        return sum(values) >= logic.count
    return all(values) if isinstance(logic, AllOf) else any(values)


def completions(atoms: Mapping[str, Outcome]) -> Iterator[dict[str, bool]]:
    """Every world that the known atoms allow."""
    choices = [
        (True, False) if outcome.truth is Truth.UNKNOWN else (outcome.truth is Truth.TRUE,)
        for outcome in atoms.values()
    ]
    for world in product(*choices):
        yield dict(zip(atoms, world, strict=True))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Logic, dict[str, Outcome]]:
    logic = draw(once())
    outcomes = [TRUE, FALSE, *(unknown(reason) for reason in REASONS)]
    return logic, {name: draw(st.sampled_from(outcomes)) for name in names_in(logic)}


@settings(max_examples=400)
@given(situations())
def test_a_value_is_known_exactly_when_all_completions_agree(situation: tuple[Logic, dict[str, Outcome]]) -> None:
    logic, atoms = situation
    worlds = {classical(logic, world) for world in completions(atoms)}
    outcome = direct_logic.evaluate(logic, atoms.__getitem__)
    expected = Truth.UNKNOWN if len(worlds) == 2 else Truth.TRUE if worlds == {True} else Truth.FALSE
    assert outcome.truth is expected


@settings(max_examples=400)
@given(situations())
def test_the_reasons_are_those_of_the_unknown_that_can_still_change_the_answer(
    situation: tuple[Logic, dict[str, Outcome]],
) -> None:
    """An unknown atom counts exactly if, in some completion, flipping it alone flips the answer."""
    logic, atoms = situation
    relevant: set[Reason] = set()
    for name, outcome in atoms.items():
        if outcome.truth is Truth.UNKNOWN and any(
            classical(logic, world) != classical(logic, {**world, name: not world[name]})
            for world in completions(atoms)
        ):
            relevant |= outcome.reasons
    assert direct_logic.evaluate(logic, atoms.__getitem__).reasons == relevant


@settings(max_examples=200)
@given(situations())
def test_the_deciding_atoms_alone_make_the_value(situation: tuple[Logic, dict[str, Outcome]]) -> None:
    """Whatever the others turn out to be: an explanation that names the deciding atoms has named enough."""
    logic, atoms = situation
    outcome = direct_logic.evaluate(logic, atoms.__getitem__)
    named = set(direct_logic.deciding(logic, atoms.__getitem__))
    if outcome.truth is not Truth.UNKNOWN:
        loosened = {name: value if name in named else STALE for name, value in atoms.items()}
        assert direct_logic.evaluate(logic, loosened.__getitem__).truth is outcome.truth
    else:
        assert {name for name in named if atoms[name].truth is Truth.UNKNOWN}


# --- through both evaluators ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("logic", [AllOf((A, B)), AnyOf((A, B)), Not(A), AtLeast(1, (A, B)), UnlessShown(A)])
@pytest.mark.parametrize("values", list(product([60, 40, None], repeat=2)))
def test_both_evaluators_share_the_logic(
    evaluate: Evaluate, logic: Logic, values: tuple[float | None, float | None]
) -> None:
    first, second = atom(measured()), atom(measured(concepts=(RESULT,)), "b")
    given = [
        number(value, ago(1), concept=concept)
        for value, concept in zip(values, (NUMBER, RESULT), strict=True)
        if value is not None
    ]
    outcomes = [unknown(Reason.NO_DATA) if value is None else TRUE if value >= 50 else FALSE for value in values]
    evaluation = evaluate(book(criterion(first, second, logic=logic)), chart(*given), AbsencePolicy.PRESUME)
    assert said(evaluation.criteria["T", "C1"].outcome) == _value(logic, a=outcomes[0], b=outcomes[1])
