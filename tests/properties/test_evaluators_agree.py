"""Both evaluators give the same truth and reasons for any rules and any chart, resting on the same resources."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from answer_strategies import answered_book, answered_charts
from chart_strategies import charts, circumstances
from finding_strategies import attested_charts, finding_books
from history_strategies import history_book, history_charts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from narrow_strategies import narrow_books, narrow_charts
from result_strategies import result_book, result_charts
from strategies import rule_books, targets

from trialsieve.engine import direct
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward import ForwardEngine, compile_rules
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.finding import Finding
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Truth

FUZZ_EXAMPLES = os.environ.get("TRIALSIEVE_FUZZ_EXAMPLES")
# A rule book with its patients takes minutes to shrink: `make fuzz` does it, a test run only shows the failure.
PHASES = [phase for phase in Phase if FUZZ_EXAMPLES or phase not in (Phase.shrink, Phase.explain)]

fuzzed: Callable[[Any], Any] = settings(
    max_examples=int(FUZZ_EXAMPLES or 150),
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def _shown(outcome: Outcome) -> tuple[str, tuple[str, ...]]:
    return outcome.truth.value, tuple(sorted(reason.value for reason in outcome.reasons))


def _rests_on(outcome: Outcome) -> tuple[object, ...]:
    """What an outcome says, and what other atoms, findings and attestations look at."""
    return *_shown(outcome), *_held_against(outcome), outcome.when


def _held_against(outcome: Outcome) -> tuple[frozenset[str], frozenset[str]]:
    """The resources that an outcome rests on, and those that keep it open beside them."""
    return frozenset(fact.reference for fact in outcome.decided_by), frozenset(
        fact.reference for fact in outcome.doubts
    )


def _dates(finding: Finding, atoms: Mapping[str, Outcome]) -> dict[str, frozenset[str]]:
    """By the atoms that date a finding, the resources that may be what each of them asks for."""
    dating = [atom.id for atom in finding.atoms if atom.id in finding.date_from and type(atom.test) is not FindingHolds]
    open_ = [name for name in dating if atoms[name].truth is not Truth.FALSE]
    return {name: frozenset(fact.reference for fact in atoms[name].perhaps) for name in open_}


def _compare(book: RuleBook, engine: ForwardEngine, chart: Chart, asked: Circumstances) -> None:
    mine = direct.evaluate(book, ["T"], chart, asked)
    theirs = engine.evaluate(chart, asked)
    for finding, outcome in mine.findings.items():
        for atom, found in mine.finding_atoms[finding].items():
            assert _shown(found) == _shown(theirs.finding_atoms[finding][atom]), f"{finding}.{atom}"
        assert _rests_on(outcome) == _rests_on(theirs.findings[finding]), finding
        dated = [_dates(book.findings[finding], each.finding_atoms[finding]) for each in (mine, theirs)]
        assert dated[0] == dated[1], finding
    for name, criterion in mine.criteria.items():
        other = theirs.criteria[name]
        for atom, outcome in criterion.atoms.items():
            assert _shown(outcome) == _shown(other.atoms[atom]), f"{name}.{atom}"
            assert _held_against(outcome) == _held_against(other.atoms[atom]), f"{name}.{atom}"
        for reading, outcome in criterion.readings.items():
            assert _shown(outcome) == _shown(other.readings[reading]), f"{name} {reading}"
        assert _shown(criterion.outcome) == _shown(other.outcome), name
        assert criterion.applies == other.applies, name
    for name, gate in mine.gates.items():
        assert _shown(gate) == _shown(theirs.gates[name])
    assert mine.arms == theirs.arms


@fuzzed
@given(st.data(), rule_books(), circumstances())
def test_the_two_evaluators_agree(data: st.DataObject, book: RuleBook, asked: Circumstances) -> None:
    engine = compile_rules(book, ["T"])
    for chart in data.draw(st.lists(charts(targets(book)), min_size=1, max_size=4)):
        _compare(book, engine, chart, asked)


@fuzzed
@given(st.data(), narrow_books())
def test_the_two_evaluators_agree_on_what_dates_decide(data: st.DataObject, book: RuleBook) -> None:
    engine = compile_rules(book, ["T"])
    for chart in data.draw(st.lists(narrow_charts(), min_size=1, max_size=6)):
        _compare(book, engine, chart, data.draw(circumstances()))


@fuzzed
@given(st.data(), finding_books())
def test_the_two_evaluators_agree_on_what_people_say_of_findings(data: st.DataObject, book: RuleBook) -> None:
    engine = compile_rules(book, ["T"])
    for chart in data.draw(st.lists(attested_charts(book), min_size=1, max_size=6)):
        _compare(book, engine, chart, data.draw(circumstances()))


@cache
def _histories() -> tuple[RuleBook, ForwardEngine]:
    book = history_book()
    return book, compile_rules(book, ["T"])


@fuzzed
@given(st.lists(history_charts(), min_size=1, max_size=20), circumstances())
def test_the_two_evaluators_agree_on_denials_ends_and_readings(patients: list[Chart], asked: Circumstances) -> None:
    for chart in patients:
        _compare(*_histories(), chart, asked)


@cache
def _answers() -> tuple[RuleBook, ForwardEngine]:
    book = answered_book()
    return book, compile_rules(book, ["T"])


@fuzzed
@given(st.lists(answered_charts(answered_book()), min_size=1, max_size=20), circumstances())
def test_the_two_evaluators_agree_on_answers_to_criteria_and_their_atoms(
    patients: list[Chart], asked: Circumstances
) -> None:
    for chart in patients:
        _compare(*_answers(), chart, asked)


@cache
def _results() -> tuple[RuleBook, ForwardEngine]:
    book = result_book()
    return book, compile_rules(book, ["T"])


@fuzzed
@given(st.lists(result_charts(), min_size=1, max_size=20), circumstances())
def test_the_two_evaluators_agree_on_the_latest_of_several_results(patients: list[Chart], asked: Circumstances) -> None:
    for chart in patients:
        _compare(*_results(), chart, asked)
