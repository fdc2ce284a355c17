"""What durable_rules was measured to bear: rules beyond it are refused before it is given them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialsieve.engine._durable_rules import FactType, Rule
from trialsieve.engine.conditions import Chain, Comparison, Operator, chain_count, chains
from trialsieve.rules.errors import EngineError, EngineLimitError

# Beyond these durable_rules hangs, crashes or loses facts without a word.
MOST_RULES = 4_000
MOST_SIBLINGS = 500
MOST_SATISFIED_SIBLINGS = 60
MOST_EQUAL_CONDITIONS = 250
MOST_CHAINS = 250  # alternatives of one rule
MOST_PROPERTIES = 250
MOST_COMPARISONS = 250  # of one rule

RULES_OF_A_SET = 1_200  # compiling costs more than its share beyond; more rules are spread over several sets

CANARY = "z"
OPENING = "y"
_OWN_NAMES = frozenset({"t", "sid", "id", "$s", CANARY, OPENING})


def fnv1a_32(text: str) -> int:
    """The hash by which durable_rules tells property names, session ids and fact ids apart."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def check_names(names: Iterable[str]) -> None:
    """Refuse names that durable_rules would take for one."""
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(fnv1a_32(name), name)
        if other != name:
            raise EngineLimitError(f"durable_rules cannot tell {name!r} from {other!r} (equal hashes): rename one")


class _Node:
    """A node of the network, as far as its limits go."""

    __slots__ = ("children", "ends")

    def __init__(self) -> None:
        self.children: dict[Comparison, _Node] = {}
        self.ends = 0

    def child(self, comparison: Comparison) -> _Node:
        node = self.children.get(comparison)
        if node is None:
            node = self.children[comparison] = _Node()
        return node

    def satisfied_at_most(self) -> int:
        """How many children one fact can satisfy: of the equalities on one property, one."""
        equalities = {child.property for child in self.children if child.operator is Operator.EQUAL}
        return len(equalities) + sum(1 for child in self.children if child.operator is not Operator.EQUAL)


def check_limits(name: str, rules: Sequence[Rule]) -> list[list[Chain]]:
    """Refuse rules that would exceed what the network was measured to bear; else the alternatives of each."""

    def at_most(count: int, limit: int, what: str) -> None:
        if count > limit:
            raise EngineLimitError(f"rule set {name}: {count} {what}, at most {limit} work: split the rule set")

    counts = [chain_count(rule.when) for rule in rules]
    at_most(sum(counts), MOST_RULES, "alternatives of rules")
    types = {rule.type.number: rule.type for rule in rules}
    for kind in types.values():
        at_most(len(kind.integers) + len(kind.floats) + 3, MOST_PROPERTIES, "properties of a fact")
    check_names(_OWN_NAMES.union(*(kind.integers + kind.floats for kind in types.values())))
    sorts = {kind.number: _sorts(kind) for kind in types.values()}
    root = _Node()
    expanded: list[list[Chain]] = []
    for rule, count in zip(rules, counts, strict=True):
        at_most(count, MOST_CHAINS, f"alternatives of rule {rule.name}")
        expanded.append(list(chains(rule.when)))
        guarded, sort_of = root.child(rule.type.guard), sorts[rule.type.number]
        for chain in expanded[-1]:
            node = guarded
            at_most(len(chain), MOST_COMPARISONS, f"comparisons in rule {rule.name}")
            for comparison in chain:
                if sort_of.get(comparison.property) is not type(comparison.constant):
                    raise EngineError(f"rule {rule.name}: {comparison} does not fit fact type {rule.type.number}")
                node = node.child(comparison)
            node.ends += 1
    nodes = [root]
    while nodes:
        node = nodes.pop()
        at_most(len(node.children), MOST_SIBLINGS, "different conditions beside each other")
        if len(node.children) > MOST_SATISFIED_SIBLINGS:  # else they are no more
            at_most(
                node.satisfied_at_most(), MOST_SATISFIED_SIBLINGS, "conditions beside each other that one fact can meet"
            )
        at_most(node.ends, MOST_EQUAL_CONDITIONS, "rules with an equal condition")
        nodes.extend(node.children.values())
    return expanded


def _sorts(kind: FactType) -> dict[str, type]:
    return {**dict.fromkeys(kind.integers, int), **dict.fromkeys(kind.floats, float)}
