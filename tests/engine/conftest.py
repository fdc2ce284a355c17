"""Every case of the specification is put to both evaluators."""

from __future__ import annotations

import pytest
from charts import AS_OF, Evaluate

from trialsieve.engine import direct
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances, Evaluation
from trialsieve.rules.model import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy


def _direct(book: RuleBook, chart: Chart, policy: AbsencePolicy) -> Evaluation:
    return direct.evaluate(book, list(book.trials), chart, Circumstances(AS_OF, policy))


def _forward(book: RuleBook, chart: Chart, policy: AbsencePolicy) -> Evaluation:
    from trialsieve.engine.forward import compile_rules  # builds the rule engine's network: only where it is asked for

    return compile_rules(book, list(book.trials)).evaluate(chart, Circumstances(AS_OF, policy))


@pytest.fixture(params=[_direct, _forward], ids=["direct", "forward"])
def evaluate(request: pytest.FixtureRequest) -> Evaluate:
    """Both evaluators, one after the other."""
    chosen: Evaluate = request.param
    return chosen
