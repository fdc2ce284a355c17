"""The one module that drives durable_rules; docs/adr/0003-durable-rules-safe-subset.md says why it looks as it does.

Facts are flat, of a declared type, and hold numbers only. Rules have one pattern, the type guard first. Each batch ends
with a canary fact whose rule must fire, which shows that nothing before it was cut off. A fault is an EngineError.
"""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import durable_rules_engine
import orjson

from trialsieve.engine._durable_limits import CANARY, OPENING, check_limits
from trialsieve.engine._durable_rules import Fact, Rule, comparison_json
from trialsieve.rules.errors import EngineError

MOST_FACTS = 500  # of one batch, measured to arrive

# Session ids and fact ids are compared by their hash alone: few and short ones, which do not collide.
SESSIONS = 32
MOST_LOST_SESSIONS = 64
MOST_FACTS_OF_A_SESSION = 20_000
FACTS_BEFORE_RENEWAL = 1_000  # making a session takes as long as telling one some twenty facts


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
        document[CANARY] = {"all": [{"m": {"$and": [{CANARY: 1}]}}]}
        try:
            self._handle: int = durable_rules_engine.create_ruleset(name, orjson.dumps(document).decode())
        except Exception as error:
            raise EngineError(f"rule set {name} could not be compiled: {error}") from error
        self._sessions: queue.LifoQueue[_State] = queue.LifoQueue()  # the one used last comes first
        for number in range(SESSIONS):
            self._sessions.put(_State(str(number)))
        self._lost = 0
        self._lock = threading.Lock()
        weakref.finalize(self, _free, self._handle, self._sessions).atexit = False

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


def _free(handle: int, sessions: queue.LifoQueue[_State]) -> None:
    """Free a rule set that nobody uses any more. Deleting it alone would leave behind what its sessions hold."""
    while not sessions.empty():
        state = sessions.get()
        if state.started:
            durable_rules_engine.delete_state(handle, state.sid)
    durable_rules_engine.delete_ruleset(handle)


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
        texts.insert(0, f'{{"{OPENING}":1,"sid":"{sid}","id":"{canary + 1}"}}')
        texts.append(f'{{"{CANARY}":1,"sid":"{sid}","id":"{canary}"}}')
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
            if rule == CANARY:
                arrived = fact == canary
            elif fact < first:
                raise EngineError(f"rule set {self._network.name}: a rule fired on a fact of an earlier batch")
            else:
                fired[fact - first].add(rule_of[rule])  # several alternatives of a rule may hold: a set
            message = durable_rules_engine.complete_and_start_action(handle, offset)
        if not arrived:
            raise EngineError(f"rule set {self._network.name} did not take all of {len(facts)} facts")
        return [tuple(sorted(rules)) for rules in fired]
