"""What would hang, crash or silently lose facts in durable_rules is refused before it gets there."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from trialsieve.engine import _durable_limits as limits
from trialsieve.engine._durable import Network
from trialsieve.engine._durable_limits import check_limits, check_names
from trialsieve.engine._durable_rules import FactType, Rule
from trialsieve.engine.conditions import Condition, at_least, either, equal, every
from trialsieve.rules.errors import EngineError, EngineLimitError

FACT = FactType(1, ("a", "b"), ("v",))


def rules(conditions: Iterable[Condition]) -> list[Rule]:
    return [Rule(f"rule {number}", FACT, condition) for number, condition in enumerate(conditions)]


def test_as_many_siblings_as_work() -> None:
    network = Network("siblings", rules(equal("a", n) for n in range(limits.MOST_SIBLINGS)))

    with network.session() as session:
        assert session.run([(FACT.template, (limits.MOST_SIBLINGS - 1, 0, "0.0"))]) == [(limits.MOST_SIBLINGS - 1,)]


def test_more_siblings_than_work_are_refused_for_they_would_hang() -> None:
    with pytest.raises(EngineLimitError, match=r"501 different conditions .* at most 500"):
        Network("siblings", rules(equal("a", n) for n in range(limits.MOST_SIBLINGS + 1)))


def test_as_many_satisfied_siblings_as_work() -> None:
    most = limits.MOST_SATISFIED_SIBLINGS
    network = Network("satisfied", rules(at_least("v", float(n)) for n in range(most)))

    with network.session() as session:
        assert session.run([(FACT.template, (0, 0, "1000.0"))]) == [tuple(range(most))]


def test_more_satisfied_siblings_than_work_are_refused_for_nothing_would_fire() -> None:
    with pytest.raises(EngineLimitError, match=r"61 conditions .* one fact can meet"):
        check_limits("satisfied", rules(at_least("v", float(n)) for n in range(61)))


def test_as_many_rules_with_an_equal_condition_as_work() -> None:
    most = limits.MOST_EQUAL_CONDITIONS
    network = Network("equal", rules(equal("a", 1) for _ in range(most)))

    with network.session() as session:
        assert session.run([(FACT.template, (1, 0, "0.0"))]) == [tuple(range(most))]


def test_300_rules_with_an_equal_condition_are_refused_for_they_would_overrun_memory() -> None:
    with pytest.raises(EngineLimitError, match=r"300 rules with an equal condition"):
        check_limits("equal", rules(equal("a", 1) for _ in range(300)))


def test_as_many_rules_as_work() -> None:
    conditions = [every(equal("a", n // 250), equal("b", n % 250)) for n in range(limits.MOST_RULES)]
    network = Network("rules", rules(conditions))

    with network.session() as session:
        last = limits.MOST_RULES - 1
        assert session.run([(FACT.template, (last // 250, last % 250, "0.0")), (FACT.template, (0, 0, "0.0"))]) == [
            (last,),
            (0,),
        ]


def test_more_rules_than_work_are_refused() -> None:
    conditions = [every(equal("a", n // 250), equal("b", n % 250)) for n in range(limits.MOST_RULES + 1)]

    with pytest.raises(EngineLimitError, match=r"4001 alternatives of rules, at most 4000"):
        check_limits("rules", rules(conditions))


def test_alternatives_count_as_the_rules_that_they_become() -> None:
    many = either(*(equal("a", n) for n in range(limits.MOST_CHAINS + 1)))

    with pytest.raises(EngineLimitError, match="alternatives of rule"):
        check_limits("alternatives", rules([many]))


def test_as_many_properties_of_a_fact_as_work() -> None:
    kind = FactType(1, tuple(f"p{n}" for n in range(limits.MOST_PROPERTIES - 3)))
    network = Network("wide", [Rule("last", kind, equal(kind.integers[-1], 1))])

    with network.session() as session:
        values = (0,) * (len(kind.integers) - 1) + (1,)
        assert session.run([(kind.template, values), (kind.template, values)]) == [(0,), (0,)]


def test_more_properties_than_work_are_refused_for_the_batch_would_be_lost() -> None:
    kind = FactType(1, tuple(f"p{n}" for n in range(limits.MOST_PROPERTIES - 2)))

    with pytest.raises(EngineLimitError, match="251 properties of a fact"):
        check_limits("wide", [Rule("last", kind, equal("p1", 1))])


def test_property_names_with_equal_hashes_are_refused() -> None:
    """These two collide in durable_rules: a fact of the one is a fact of the other."""
    with pytest.raises(EngineLimitError, match="obs_62044-0"):
        check_names(["obs_14764-4", "obs_62044-0"])


@pytest.mark.parametrize("condition", [equal("v", 1), at_least("a", 1.0), equal("c", 1)])
def test_a_constant_is_of_the_type_of_its_property_and_the_property_is_known(condition: Condition) -> None:
    """A misspelt property would never match, a float constant on an int property may not."""
    with pytest.raises(EngineError, match="does not fit"):
        check_limits("types", rules([condition]))


def test_the_error_names_the_rule_set_and_says_what_to_do() -> None:
    with pytest.raises(EngineLimitError, match=r"rule set named: .*split the rule set"):
        check_limits("named", rules(equal("a", 1) for _ in range(300)))
