"""Kleene's logic compiled to rules says what Kleene's tables say, for any expression and any values."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.engine.compile import LogicCompiler
from trialsieve.engine.compile_alternatives import NEVER, condition, either, every, operand_in
from trialsieve.engine.compile_logic import (
    FALSE,
    TRUE,
    UNKNOWN_ABSENT,
    UNKNOWN_OTHERWISE,
    Proposition,
    PropositionCompiler,
    Question,
    operand_value,
)
from trialsieve.engine.conditions import Comparison, Condition, Every, Operator
from trialsieve.engine.forward_logic import Conclusions
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.errors import EngineLimitError
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.vocabulary import Reason, Truth

NAMES = ("a", "b", "c", "d")
VALUES = {
    FALSE: Outcome(Truth.FALSE),
    TRUE: Outcome(Truth.TRUE),
    UNKNOWN_ABSENT: Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA, Reason.NOT_RETRIEVED})),
    UNKNOWN_OTHERWISE: Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA, Reason.STALE})),
}


def kleene(logic: Logic, values: dict[str, float]) -> float:
    """The textbook's statement: false 0, unknown 1/2, true 1; `all` is the minimum, `any` the maximum."""
    match logic:
        case AtomRef(name):
            return values[name]
        case Not(of):
            return 1 - kleene(of, values)
        case AllOf(of):
            return min(kleene(part, values) for part in of)
        case AnyOf(of):
            return max(kleene(part, values) for part in of)
        case AtLeast(count, of):
            return sorted((kleene(part, values) for part in of), reverse=True)[count - 1]
        case NotTrue(of):
            return float(kleene(of, values) < 1)
        case UnlessShown(of):
            return 0.0 if kleene(of, values) == 1 else 0.5


def answer(logic: Logic, codes: dict[str, int], *extra: Question) -> Truth:
    compiler = PropositionCompiler("test")
    answers = compiler.answers(logic)
    return conclude(compiler.proposition(Question("", answers.true, answers.false), *extra), codes)


def conclude(proposition: Proposition, codes: dict[str, int]) -> Truth:
    compiler = LogicCompiler()
    folded = compiler.add(proposition)
    conclusions = Conclusions(compiler.rule_sets(), remember=0)
    outcomes = {name: VALUES[code] for name, code in codes.items()}
    return conclusions.conclude(*conclusions.about(folded, outcomes)).truth()


def expected(logic: Logic, codes: dict[str, int]) -> Truth:
    values = {name: {FALSE: 0.0, TRUE: 1.0}.get(code, 0.5) for name, code in codes.items()}
    return {0.0: Truth.FALSE, 0.5: Truth.UNKNOWN, 1.0: Truth.TRUE}[kleene(logic, values)]


def at_least(parts: tuple[Logic, ...]) -> st.SearchStrategy[Logic]:
    return st.integers(1, len(parts)).map(lambda count: AtLeast(count, parts))


def compound(inner: st.SearchStrategy[Logic]) -> st.SearchStrategy[Logic]:
    groups = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        groups.map(AllOf),
        groups.map(AnyOf),
        groups.flatmap(at_least),
        inner.map(Not),
        inner.map(NotTrue),
        inner.map(UnlessShown),
    )


logics = st.recursive(st.sampled_from(NAMES).map(AtomRef), compound, max_leaves=14)
codes_of_all = st.fixed_dictionaries({name: st.sampled_from(sorted(VALUES)) for name in NAMES})


@settings(max_examples=300)
@given(logics, st.lists(codes_of_all, min_size=1, max_size=6))
def test_any_expression_has_kleenes_value(logic: Logic, many: list[dict[str, int]]) -> None:
    for codes in many:
        assert answer(logic, codes) is expected(logic, codes)


@pytest.mark.parametrize("codes", list(itertools.product(sorted(VALUES), repeat=2)))
@pytest.mark.parametrize(
    "logic",
    [
        AllOf((AtomRef("a"), AtomRef("b"))),
        AnyOf((AtomRef("a"), AtomRef("b"))),
        AllOf((AtomRef("a"), Not(AtomRef("b")))),
        AnyOf((AtomRef("a"), NotTrue(AtomRef("b")))),
        AllOf((AtomRef("a"), UnlessShown(AtomRef("b")))),
        AtLeast(2, (AtomRef("a"), AtomRef("b"), AtomRef("a"))),
    ],
)
def test_tables(logic: Logic, codes: tuple[int, int]) -> None:
    values = dict(zip("ab", codes, strict=True))

    assert answer(logic, values) is expected(logic, values)


@pytest.mark.parametrize("width", [17, 40, 60])
@pytest.mark.parametrize("odd", [FALSE, UNKNOWN_ABSENT, UNKNOWN_OTHERWISE, TRUE])
def test_more_operands_than_fit_beside_each_other_are_concluded_in_groups(width: int, odd: int) -> None:
    names = [f"x{n}" for n in range(width)]
    logic = AllOf(tuple(AtomRef(name) for name in names))
    codes = dict.fromkeys(names, TRUE) | {names[-1]: odd}

    assert answer(logic, codes) is expected(logic, codes)


def test_an_expression_whose_alternatives_would_explode_is_concluded_in_parts() -> None:
    pairs = [(f"x{n}", f"y{n}") for n in range(12)]  # 2 ** 12 alternatives
    logic = AllOf(tuple(AnyOf((AtomRef(x), AtomRef(y))) for x, y in pairs))
    names = [name for pair in pairs for name in pair]
    for odd, value in itertools.product(("x3", "y11"), sorted(VALUES)):
        codes = dict.fromkeys(names, TRUE) | {name: FALSE for name in names if name[1:] == odd[1:]} | {odd: value}

        assert answer(logic, codes) is expected(logic, codes)


@given(st.lists(st.sampled_from(sorted(VALUES)), min_size=24, max_size=24))
@settings(max_examples=30)
def test_a_part_keeps_whether_it_is_unknown_for_want_of_data_alone(values: list[int]) -> None:
    """A finding with evidence against it is false where nothing but missing data keeps its other side open."""
    pairs = [(f"x{n}", f"y{n}") for n in range(12)]
    codes = dict(zip([name for pair in pairs for name in pair], values, strict=True))
    logic = AllOf(tuple(AnyOf((AtomRef(x), AtomRef(y))) for x, y in pairs))
    compiler = PropositionCompiler("worst")
    worst = compiler.answers(logic).absent_at_worst
    truth = conclude(compiler.proposition(Question("", worst, NEVER)), codes)

    halves = {}
    for x, y in pairs:  # naively: an `any` is known, else as bad as its unknown operands
        if TRUE in (codes[x], codes[y]):
            halves[x] = TRUE
        elif codes[x] == codes[y] == FALSE:
            halves[x] = FALSE
        else:
            bad = UNKNOWN_OTHERWISE in (codes[x], codes[y])
            halves[x] = UNKNOWN_OTHERWISE if bad else UNKNOWN_ABSENT
    known_false = FALSE in halves.values()
    assert (truth is Truth.TRUE) is (known_false or UNKNOWN_OTHERWISE not in halves.values())


def test_so_many_of_so_many_that_no_rule_set_bears_it_is_refused_with_the_count() -> None:
    logic = AtLeast(8, tuple(AtomRef(f"x{n}") for n in range(16)))

    with pytest.raises(EngineLimitError, match="8 of 16 has 12870 combinations"):
        PropositionCompiler("wide").answers(logic)


def test_more_operands_than_a_fact_has_properties_are_refused() -> None:
    compiler = PropositionCompiler("broad")
    answers = compiler.answers(AllOf(tuple(AtomRef(f"x{n}") for n in range(230))))

    with pytest.raises(EngineLimitError, match="operands, at most 200"):
        compiler.proposition(Question("", answers.true, answers.false))


def test_unknown_for_want_of_data_is_told_from_other_unknowns() -> None:
    assert operand_value(Truth.UNKNOWN, frozenset({Reason.NO_DATA})) == UNKNOWN_ABSENT
    assert operand_value(Truth.UNKNOWN, frozenset({Reason.NO_DATA, Reason.NOT_RETRIEVED})) == UNKNOWN_ABSENT
    assert operand_value(Truth.UNKNOWN, frozenset({Reason.NO_DATA, Reason.STALE})) == UNKNOWN_OTHERWISE


allowed_values = st.tuples(st.sampled_from("pqr"), st.sets(st.integers(0, 3), min_size=1))


@given(st.lists(st.lists(allowed_values, max_size=3), max_size=5))
def test_alternatives_are_simplified_without_changing_what_they_say(
    groups: list[list[tuple[str, set[int]]]],
) -> None:
    alternatives = either(*(every(*(operand_in(name, *values) for name, values in group)) for group in groups))
    simple = condition(alternatives)
    for values in itertools.product(range(4), repeat=3):
        fact = dict(zip("pqr", values, strict=True))
        naive = any(all(fact[name] in allowed for name, allowed in group) for group in groups)

        assert holds(simple, fact) is naive


def holds(condition: Condition, fact: dict[str, int]) -> bool:
    if isinstance(condition, Comparison):
        value, constant = fact[condition.property], condition.constant
        return {
            Operator.EQUAL: value == constant,
            Operator.NOT_EQUAL: value != constant,
            Operator.LESS: value < constant,
            Operator.AT_MOST: value <= constant,
            Operator.GREATER: value > constant,
            Operator.AT_LEAST: value >= constant,
        }[condition.operator]
    parts = [holds(part, fact) for part in condition.of]
    return all(parts) if isinstance(condition, Every) else any(parts)


def test_more_propositions_than_a_rule_set_should_hold_go_into_another() -> None:
    compiler = LogicCompiler()
    single = PropositionCompiler("single")
    answers = single.answers(AtomRef("a"))
    for number in range(700):
        compiler.add(single.proposition(Question(str(number), answers.true, answers.false)))

    assert [len(rules.network.rules) for rules in compiler.rule_sets()] == [1200, 200]


def of_shape(name: str, join: type[AllOf | AnyOf], operands: str, question: str = "") -> Proposition:
    compiler = PropositionCompiler(name)
    answers = compiler.answers(join(tuple(map(AtomRef, operands))))
    return compiler.proposition(Question(question, answers.true, answers.false))


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        (of_shape("second", AllOf, "cd"), True),
        (of_shape("second", AllOf, "ba"), True),
        (of_shape("second", AllOf, "abc"), False),
        (of_shape("second", AnyOf, "ab"), False),
        (of_shape("second", AllOf, "ab", question="reading x"), False),
    ],
)
def test_propositions_of_one_shape_share_their_rules(second: Proposition, shared: bool) -> None:
    compiler = LogicCompiler()
    first = compiler.add(of_shape("first", AllOf, "ab"))
    other = compiler.add(second)
    (rule_set,) = compiler.rule_sets()

    assert len(rule_set.network.rules) == (2 if shared else 4)
    assert (first.prefix == other.prefix) is shared
    assert first.number != other.number


def test_each_proposition_of_a_shape_has_its_own_answer() -> None:
    compiler = LogicCompiler()
    first, second = (compiler.add(of_shape(name, AllOf, said)) for name, said in (("first", "ab"), ("second", "ba")))
    conclusions = Conclusions(compiler.rule_sets())
    outcomes = {"a": VALUES[TRUE], "b": VALUES[FALSE]}
    asked = [conclusions.about(one, outcomes) for one in (first, second, first)]
    concluded = conclusions.conclude_all(asked)

    assert [values for _, values in asked] == [(TRUE, FALSE), (FALSE, TRUE), (TRUE, FALSE)]
    assert [one.truth() for one in concluded] == [Truth.FALSE] * 3
