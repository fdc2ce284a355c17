"""What the evaluators take from what they kept of other patients is what they would work out of each."""

from __future__ import annotations

from dataclasses import replace

from chart_strategies import charts, circumstances
from finding_strategies import attested_charts, finding_books
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import rule_books, targets
from test_evaluators_agree import PHASES

from trialsieve.engine.compile import compile_program
from trialsieve.engine.direct import DirectEngine, evaluate
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward import ForwardEngine
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.rule_book import RuleBook

_slow = settings(
    max_examples=40,
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def _hold(book: RuleBook, patients: list[Chart], asked: Circumstances) -> None:
    engine = DirectEngine(book, ["T"])
    for chart in [*patients, *patients]:
        assert engine.evaluate(chart, asked) == evaluate(book, ["T"], chart, asked)


def _hold_of_rules(book: RuleBook, patients: list[Chart], asked: Circumstances) -> None:
    """Each also with nothing on record: what is kept of such a record is what others take over."""
    program = compile_program(book, ["T"])
    keeping, anew = ForwardEngine(program, 4096), ForwardEngine(program, 0)
    alike = [replace(chart, covered=patients[0].covered, allergies_assessed=True) for chart in patients]
    silent = [replace(chart, facts=(), unreadable=(), contradictions=(), attestations=()) for chart in alike]
    for chart in [*silent, *silent, *alike, *silent]:
        assert keeping.evaluate(chart, asked) == anew.evaluate(chart, asked)


@_slow
@given(st.data(), rule_books(), circumstances())
def test_each_patient_gets_what_is_worked_out_of_them(
    data: st.DataObject, book: RuleBook, asked: Circumstances
) -> None:
    _hold(book, data.draw(st.lists(charts(targets(book)), min_size=1, max_size=5)), asked)


@_slow
@given(st.data(), finding_books(), circumstances())
def test_what_people_say_is_said_of_one_patient(data: st.DataObject, book: RuleBook, asked: Circumstances) -> None:
    _hold(book, data.draw(st.lists(attested_charts(book), min_size=1, max_size=5)), asked)


@_slow
@given(st.data(), rule_books(), circumstances())
def test_each_patient_gets_what_the_rules_conclude_of_them(
    data: st.DataObject, book: RuleBook, asked: Circumstances
) -> None:
    _hold_of_rules(book, data.draw(st.lists(charts(targets(book)), min_size=1, max_size=5)), asked)


@_slow
@given(st.data(), finding_books(), circumstances())
def test_what_people_say_is_concluded_of_one_patient(data: st.DataObject, book: RuleBook, asked: Circumstances) -> None:
    _hold_of_rules(book, data.draw(st.lists(attested_charts(book), min_size=1, max_size=5)), asked)
