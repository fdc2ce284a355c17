"""Every case of the specification is put to both evaluators."""

from __future__ import annotations

import pytest
from charts import AS_OF
from invented_rules import Evaluate, EvaluateUnder

from trialsieve.engine import direct
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances, Evaluation
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy


def _direct(book: RuleBook, chart: Chart, circumstances: Circumstances) -> Evaluation:
    return direct.evaluate(book, list(book.trials), chart, circumstances)


def _forward(book: RuleBook, chart: Chart, circumstances: Circumstances) -> Evaluation:
    from trialsieve.engine.forward import compile_rules  # builds the rule engine's network: only where it is asked for

    return compile_rules(book, list(book.trials)).evaluate(chart, circumstances)


@pytest.fixture(params=[_direct, _forward], ids=["direct", "forward"])
def evaluate_under(request: pytest.FixtureRequest) -> EvaluateUnder:
    """Both evaluators, one after the other, under any circumstances."""
    chosen: EvaluateUnder = request.param
    return chosen


@pytest.fixture
def evaluate(evaluate_under: EvaluateUnder) -> Evaluate:
    """Both evaluators, one after the other, as of `AS_OF`."""

    def as_of(book: RuleBook, chart: Chart, policy: AbsencePolicy) -> Evaluation:
        return evaluate_under(book, chart, Circumstances(AS_OF, policy))

    return as_of
