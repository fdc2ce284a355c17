"""The one module that drives durable_rules; docs/adr/0003-durable-rules-safe-subset.md says why it looks as it does.

Facts are flat, of a declared type, and hold numbers only. Rules have one pattern, the type guard first. Each batch ends
with a canary fact whose rule must fire, which shows that nothing before it was cut off. A fault is an EngineError.
"""

from __future__ import annotations

import math
import queue
import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Self

import durable_rules_engine
import orjson

from trialsieve.engine.conditions import Chain, Comparison, Condition, Operator, chain_count, chains
from trialsieve.rules.errors import EngineError, EngineLimitError

# What was measured to hold; beyond it durable_rules hangs, crashes or loses facts without a word.
MOST_RULES = 4_000
MOST_SIBLINGS = 500
MOST_SATISFIED_SIBLINGS = 60
MOST_EQUAL_CONDITIONS = 250
MOST_CHAINS = 250  # alternatives of one rule
MOST_PROPERTIES = 250
MOST_COMPARISONS = 250  # of one rule
MOST_FACTS = 500  # of one batch

# Session ids and fact ids are compared by their hash alone: few and short ones, which do not collide.
SESSIONS = 32
MOST_LOST_SESSIONS = 64
MOST_FACTS_OF_A_SESSION = 20_000
FACTS_BEFORE_RENEWAL = 1_000  # making a session takes as long as telling one some twenty facts

# Numbers of facts are cut off here, so that infinity has a place; the limits of rules must be smaller.
LARGEST = 1e300
_CANARY = "z"
_OPENING = "y"


@dataclass(frozen=True, slots=True)
class FactType:
    """A shape of flat facts: its number (the guard `t` of every rule on it) and its properties, ints before floats.

    `template` is a fact as JSON text, to be filled with the ints, the floats as text, the session id and the fact id.
    """

    number: int
    integers: tuple[str, ...]
    floats: tuple[str, ...] = ()
    template: str = field(init=False)

    def __post_init__(self) -> None:
        integers = "".join(f',"{name}":%d' for name in self.integers)
        floats = "".join(f',"{name}":%s' for name in self.floats)
        object.__setattr__(self, "template", f'{{"t":{self.number}{integers}{floats},"sid":"%s","id":"%d"}}')

    @property
    def guard(self) -> Comparison:
        return Comparison("t", Operator.EQUAL, self.number)


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern: a fact of this type that meets the condition makes the rule fire."""

    name: str
    type: FactType
    when: Condition


Fact = tuple[str, tuple[int | str, ...]]
"""A fact to assert: its type's template and the values that fill it."""


def number_text(value: float) -> str:
    """A float as plain digits: the network's parser loses all that follows `1e-05`, and knows no NaN nor infinity."""
    if not math.isfinite(value):
        raise EngineError(f"{value} cannot be told to the rule engine; say an infinite bound by its flag")
    text = repr(float(value))
    if "e" not in text:
        return text
    text = format(Decimal(text), "f")
    return text if "." in text else text + ".0"


def comparison_json(comparison: Comparison) -> object:
    """A comparison in durable_rules' JSON."""
    constant = comparison.constant
    text: object = orjson.Fragment(number_text(constant)) if isinstance(constant, float) else constant
    pair = {comparison.property: text}
    return pair if comparison.operator is Operator.EQUAL else {comparison.operator.value: pair}


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
    check_names(
        {"t", "sid", "id", "$s", _CANARY, _OPENING}.union(*(kind.integers + kind.floats for kind in types.values()))
    )
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


class Network:
    """One compiled rule set: immutable, used by any number of patients and threads."""

    def __init__(self, name: str, rules: Sequence[Rule]) -> None:
        """Compile; raises EngineLimitError where a measured limit would be exceeded."""
        expanded = check_limits(name, rules)
        self.name = name
        self.rules = tuple(rules)
        # Each alternative of a rule becomes a rule of durable_rules, which so sees nothing but conjunctions.
        self._rule_of: dict[str, int] = {}
        document: dict[str, object] = {}
        for number, (rule, alternatives) in enumerate(zip(rules, expanded, strict=True)):
            for chain in alternatives:
                name = str(len(document))
                self._rule_of[name] = number
                conjuncts = [comparison_json(comparison) for comparison in (rule.type.guard, *chain)]
                document[name] = {"all": [{"m": {"$and": conjuncts}}]}
        document[_CANARY] = {"all": [{"m": {"$and": [{_CANARY: 1}]}}]}
        try:
            self._handle: int = durable_rules_engine.create_ruleset(name, orjson.dumps(document).decode())
        except Exception as error:
            raise EngineError(f"rule set {name} could not be compiled: {error}") from error
        self._sessions: queue.LifoQueue[_State] = queue.LifoQueue()  # the one used last comes first
        for number in range(SESSIONS):
            self._sessions.put(_State(str(number)))
        self._lost = 0
        self._lock = threading.Lock()
        weakref.finalize(self, durable_rules_engine.delete_ruleset, self._handle).atexit = False

    def session(self) -> Session:
        """A working memory, to be used in a `with` statement."""
        return Session(self)

    def _acquire(self) -> _State:
        if self._lost >= MOST_LOST_SESSIONS:
            raise EngineError(f"rule set {self.name} failed {self._lost} times; restart the process")
        try:
            return self._sessions.get(timeout=60)
        except queue.Empty:
            raise EngineError(f"rule set {self.name}: all {SESSIONS} sessions are in use") from None

    def _give_back(self, state: _State) -> None:
        """For the next one to go on with: no rule joins two facts, and no fact names a patient."""
        if state.count < FACTS_BEFORE_RENEWAL:
            self._sessions.put(state)
        else:
            self._delete(state)

    def _delete(self, state: _State) -> None:
        if state.started:
            durable_rules_engine.delete_state(self._handle, state.sid)
            self._sessions.put(_State(state.sid))
            return
        # Deleting a session in which no action has started frees memory that was never set; it is left behind instead.
        with self._lock:
            self._lost += 1
            self._sessions.put(_State(str(SESSIONS + self._lost - 1)))


@dataclass(slots=True)
class _State:
    """What durable_rules keeps under a session id: how many facts it was told, and whether any rule has fired."""

    sid: str
    count: int = 0
    started: bool = False


class Session:
    """A working memory, the caller's alone until the `with` statement ends. `run` may be called repeatedly."""

    __slots__ = ("_network", "_state")

    def __init__(self, network: Network) -> None:
        self._network = network
        self._state: _State | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        state, self._state = self._state, None
        if state is not None and kind is None:
            self._network._give_back(state)
        elif state is not None:  # after a fault nothing is gone on with
            self._network._delete(state)

    def run(self, facts: Sequence[Fact]) -> list[tuple[int, ...]]:
        """Assert facts and fire all rules; for each fact, the numbers of the rules that fired on it, sorted."""
        fired: list[tuple[int, ...]] = []
        for start in range(0, len(facts), MOST_FACTS):
            batch = facts[start : start + MOST_FACTS]
            if self._state is not None and self._state.count + len(batch) >= MOST_FACTS_OF_A_SESSION:
                state, self._state = self._state, None
                self._network._delete(state)
            try:
                fired.extend(self._run(batch))
            except EngineError:
                raise
            except Exception as error:
                raise EngineError(f"rule set {self._network.name} failed: {error}") from error
        return fired

    def _run(self, facts: Sequence[Fact]) -> list[tuple[int, ...]]:
        if self._state is None:
            self._state = self._network._acquire()
        state, handle, rule_of = self._state, self._network._handle, self._network._rule_of
        sid, first = state.sid, state.count
        texts = [template % (*values, sid, first + place) for place, (template, values) in enumerate(facts)]
        canary = first + len(facts)
        state.count = canary + 2
        # A batch cut off at its first fact leaves the state uninitialised, and the next call crashes (Python 3.12).
        texts.insert(0, f'{{"{_OPENING}":1,"sid":"{sid}","id":"{canary + 1}"}}')
        texts.append(f'{{"{_CANARY}":1,"sid":"{sid}","id":"{canary}"}}')
        status, offset = durable_rules_engine.assert_facts(handle, f"[{','.join(texts)}]")
        if status not in (0, 1):  # 1: a fact that no rule concerns
            raise EngineError(f"rule set {self._network.name} refused a fact (status {status})")
        fired: list[set[int]] = [set() for _ in facts]
        arrived = False
        started = durable_rules_engine.start_action_for_state(handle, offset)
        message = started[1] if started else None
        while message:
            state.started = True
            ((rule, match),) = orjson.loads(message).items()
            fact = int(match["m"]["id"])
            if rule == _CANARY:
                arrived = fact == canary
            elif fact < first:
                raise EngineError(f"rule set {self._network.name}: a rule fired on a fact of an earlier batch")
            else:
                fired[fact - first].add(rule_of[rule])  # several alternatives of a rule may hold: a set
            message = durable_rules_engine.complete_and_start_action(handle, offset)
        if not arrived:
            raise EngineError(f"rule set {self._network.name} did not take all of {len(facts)} facts")
        return [tuple(sorted(rules)) for rules in fired]
