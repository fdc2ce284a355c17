"""What is kept of explained results is what would be explained anew of each patient, to the byte."""

from __future__ import annotations

from chart_strategies import charts, circumstances
from finding_strategies import attested_charts, finding_books
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import rule_books, targets

from trialsieve.engine.direct import DirectEngine
from trialsieve.engine.explained import Explainer
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances, Evaluation
from trialsieve.engine.result import FindingResult, result_bytes
from trialsieve.rules.rule_book import RuleBook

_slow = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def _hold(book: RuleBook, patients: list[Chart], asked: Circumstances) -> None:
    engine, keeping = DirectEngine(book, ["T"]), Explainer(book, ["T"])

    def told(explainer: Explainer, chart: Chart, evaluation: Evaluation) -> tuple[bytes, tuple[FindingResult, ...]]:
        (result,) = explainer.results(chart, asked, evaluation, findings=True)
        return result_bytes(result), result.findings

    for chart in [*patients, *patients]:
        evaluation = engine.evaluate(chart, asked)
        assert told(keeping, chart, evaluation) == told(Explainer(book, ["T"]), chart, evaluation)


@_slow
@given(st.data(), rule_books(), circumstances())
def test_each_patient_is_told_what_is_so_of_them(data: st.DataObject, book: RuleBook, asked: Circumstances) -> None:
    _hold(book, data.draw(st.lists(charts(targets(book)), min_size=1, max_size=5)), asked)


@_slow
@given(st.data(), finding_books(), circumstances())
def test_what_people_say_is_told_of_one_patient(data: st.DataObject, book: RuleBook, asked: Circumstances) -> None:
    _hold(book, data.draw(st.lists(attested_charts(book), min_size=1, max_size=5)), asked)
