"""Sessions come from a small pool, are deleted only when that is safe, and never mix what belongs to two patients."""

from __future__ import annotations

import threading
from collections.abc import Callable

import durable_rules_engine
import pytest

from trialsieve.engine import _durable
from trialsieve.engine._durable import Network
from trialsieve.engine._durable_limits import fnv1a_32
from trialsieve.engine._durable_rules import FactType, Rule
from trialsieve.engine.conditions import at_least, either, equal, every
from trialsieve.rules.errors import EngineError

FACT = FactType(1, ("a", "b"))
RULES = [
    Rule("a is 1", FACT, equal("a", 1)),
    Rule("a is 2", FACT, equal("a", 2)),
    Rule("either is 1", FACT, either(equal("a", 1), equal("b", 1))),
]


def run(network: Network, facts: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    with network.session() as session:
        return session.run([(FACT.template, fact) for fact in facts])


def test_each_fact_is_answered_with_the_rules_that_fired_on_it() -> None:
    assert run(Network("plain", RULES), [(1, 0), (2, 0), (0, 1), (0, 0)]) == [(0, 2), (1,), (2,), ()]


def test_a_rule_both_of_whose_alternatives_hold_fires_once() -> None:
    assert run(Network("once", RULES), [(1, 1)]) == [(0, 2)]


def test_more_than_the_1024_live_sessions_that_durable_rules_bears_follow_one_another() -> None:
    network = Network("many", RULES)

    answers = [run(network, [(number % 3, 0)]) for number in range(1_100)]

    assert answers == [[((), (0, 2), (1,))[number % 3]] for number in range(1_100)]


def test_a_session_that_asserts_nothing_is_no_session() -> None:
    network = Network("idle", RULES)

    for _ in range(100):
        with network.session():
            pass
        assert run(network, []) == []

    assert run(network, [(1, 0)]) == [(0, 2)]


def test_a_session_is_gone_on_with_until_it_was_told_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_durable, "FACTS_BEFORE_RENEWAL", 12)
    deleted: list[str] = []
    delete = durable_rules_engine.delete_state

    def noted(handle: int, sid: str) -> None:
        deleted.append(sid)
        delete(handle, sid)

    monkeypatch.setattr("trialsieve.engine._durable.durable_rules_engine.delete_state", noted)
    network = Network("renewed", RULES)

    answers = [run(network, [(number % 3, 0)]) for number in range(12)]

    assert answers == [[((), (0, 2), (1,))[number % 3]] for number in range(12)]
    assert len(deleted) == 3, "a fact, the first and the canary: every fourth run fills it"
    assert len(set(deleted)) == 1


def test_a_rule_set_let_go_of_is_freed_with_its_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freed alone, it leaves the memory of its sessions behind; one in which nothing fired cannot be freed."""
    freed: list[tuple[object, ...]] = []

    def note(free: Callable[..., None]) -> Callable[..., None]:
        def noted(*given: object) -> None:
            freed.append(given)
            free(*given)

        return noted

    for name in ("delete_state", "delete_ruleset"):
        monkeypatch.setattr(durable_rules_engine, name, note(getattr(durable_rules_engine, name)))
    floats = FactType(1, (), ("v",))
    network = Network("let go", [Rule("a", floats, at_least("v", 0.0))])
    handle = network._handle

    with pytest.raises(EngineError), network.session() as failed:
        failed.run([(floats.template, ("1e-05",))])
    with network.session() as one, network.session() as other:
        one.run([(floats.template, ("1.0",))])
        other.run([(floats.template, ("1.0",))])
        used = {(handle, session._state.sid) for session in (one, other) if session._state is not None}
    del one, other, failed, network

    assert len(used) == 2
    assert freed[-1] == (handle,)
    assert set(freed[:-1]) == used


def test_a_session_in_which_something_failed_is_not_gone_on_with() -> None:
    network = Network("failed", RULES)

    session = network.session()
    session.run([(FACT.template, (1, 0))])
    state = session._state
    session.__exit__(ZeroDivisionError, ZeroDivisionError(), None)

    with network.session() as session:
        session.run([(FACT.template, (1, 0))])
        assert session._state is not state


def test_what_fired_on_a_fact_of_an_earlier_batch_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network("earlier", RULES)
    with network.session() as session:
        session.run([(FACT.template, (1, 0))])
        late = '{"0":{"m":{"id":"0"}}}'
        monkeypatch.setattr(
            "trialsieve.engine._durable.durable_rules_engine.start_action_for_state", lambda *_: ("", late)
        )
        with pytest.raises(EngineError, match="earlier batch"):
            session.run([(FACT.template, (0, 0))])


def test_what_one_session_was_told_another_does_not_know() -> None:
    network = Network("apart", RULES)

    with network.session() as one, network.session() as other:
        assert one.run([(FACT.template, (1, 0))]) == [(0, 2)]
        assert other.run([(FACT.template, (2, 0))]) == [(1,)]
        assert one.run([(FACT.template, (2, 0))]) == [(1,)]


def test_equal_facts_are_answered_each() -> None:
    """Without ids of their own the second would be refused as already observed."""
    assert run(Network("equal", RULES), [(1, 0)] * 5) == [(0, 2)] * 5


def test_a_batch_larger_than_one_assertion_is_answered_in_order() -> None:
    facts = [(number % 3, 0) for number in range(2 * _durable.MOST_FACTS + 7)]

    assert run(Network("large", RULES), facts) == [[(), (0, 2), (1,)][a] for a, _ in facts]


def test_a_session_that_has_grown_too_large_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_durable, "MOST_FACTS_OF_A_SESSION", 50)
    monkeypatch.setattr(_durable, "MOST_FACTS", 10)
    facts = [(number % 3, 0) for number in range(300)]

    assert run(Network("grown", RULES), facts) == [[(), (0, 2), (1,)][a] for a, _ in facts]


def test_ids_of_sessions_and_facts_have_different_hashes() -> None:
    """durable_rules compares them by their hash alone: two that collide are one patient, or one fact."""
    names = [str(number) for number in range(_durable.MOST_FACTS_OF_A_SESSION + 1)]

    assert len({fnv1a_32(name) for name in names}) == len(names)


def test_after_a_failed_batch_the_rule_set_goes_on_with_other_sessions() -> None:
    network = Network("failing", [Rule("a", FactType(1, (), ("v",)), at_least("v", 0.0))])
    template = FactType(1, (), ("v",)).template

    for _ in range(20):
        with pytest.raises(EngineError), network.session() as session:
            session.run([(template, ("1e-05",))])
        with network.session() as session:
            assert session.run([(template, ("1.0",))]) == [(0,)]


def test_a_rule_set_that_keeps_failing_is_given_up_rather_than_filling_memory() -> None:
    template = FactType(1, (), ("v",)).template
    network = Network("hopeless", [Rule("a", FactType(1, (), ("v",)), at_least("v", 0.0))])

    for _ in range(_durable.MOST_LOST_SESSIONS):
        with pytest.raises(EngineError), network.session() as session:
            session.run([(template, ("1e-05",))])

    with pytest.raises(EngineError, match="restart"), network.session() as session:
        session.run([(template, ("1.0",))])


def test_an_error_between_two_batches_leaves_the_session_to_the_next_patient() -> None:
    network = Network("error", RULES)

    for _ in range(100):
        session = network.session()
        session.run([(FACT.template, (1, 0))])
        session.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert run(network, [(2, 0)]) == [(1,)]


def test_threads_do_not_mix() -> None:
    network = Network("threads", RULES)
    wrong: list[object] = []

    def work(seed: int) -> None:
        for number in range(150):
            a = (number + seed) % 3
            answer = run(network, [(a, 0), (2, 0)])
            if answer != [[(), (0, 2), (1,)][a], (1,)]:
                wrong.append(answer)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_an_exception_of_the_library_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    network = Network("broken", RULES)
    monkeypatch.setattr("trialsieve.engine._durable.durable_rules_engine.assert_facts", fail)

    with pytest.raises(EngineError, match="broken"):
        run(network, [(1, 0)])


def test_a_refused_fact_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network("refusing", RULES)
    monkeypatch.setattr("trialsieve.engine._durable.durable_rules_engine.assert_facts", lambda *_: (2, 0))

    with pytest.raises(EngineError, match="refused"):
        run(network, [(1, 0)])


def test_rules_that_hold_together_fire_together_in_any_order_of_definition() -> None:
    rules = [Rule(f"both {n}", FACT, every(equal("a", 1), equal("b", 1))) for n in range(200)]

    assert run(Network("two hundred", rules), [(1, 1), (1, 0)]) == [tuple(range(200)), ()]
