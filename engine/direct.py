"""The direct evaluator: the rules in plain Python, straight from docs/semantics.md.

It shares with the forward-chaining evaluator only the loaded rules, the fact types and the interval arithmetic; the two
must agree on every atom, criterion and arm.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.engine.direct_blank import BlankRecord, Blanks
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_evaluator import Evaluator
from trialsieve.engine.direct_person import PersonView
from trialsieve.engine.direct_plans import Plans
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances, Evaluation, Outcome
from trialsieve.rules.rule_book import RuleBook


class DirectEngine:
    """Evaluates charts for some trials; keeps what recurs from one to the next."""

    def __init__(self, book: RuleBook, trials: Sequence[str]) -> None:
        self._plans = Plans(book, [book.trials[name] for name in trials])
        self._blanks = Blanks(self._plans)

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> Evaluation:
        """Every criterion of the trials for one chart."""
        return _evaluate(self._plans, chart, circumstances, self._blanks)


def evaluate(book: RuleBook, trials: Sequence[str], chart: Chart, circumstances: Circumstances) -> Evaluation:
    """Every criterion of the trials for one chart; all of it is worked out."""
    return _evaluate(Plans(book, [book.trials[name] for name in trials]), chart, circumstances, None)


def evaluate_finding(book: RuleBook, name: str, chart: Chart, circumstances: Circumstances) -> Outcome:
    """One shared finding for one chart, for worked examples."""
    plans, person = Plans(book, []), PersonView(chart.person, circumstances.as_of)
    return Evaluator(plans, View(plans.sought, chart, circumstances), person, None).finding(name)


def _evaluate(plans: Plans, chart: Chart, circumstances: Circumstances, blanks: Blanks | None) -> Evaluation:
    view, person = View(plans.sought, chart, circumstances), PersonView(chart.person, circumstances.as_of)
    silent = None if blanks is None else BlankRecord(view, person, blanks)
    evaluator = Evaluator(plans, view, person, silent)
    criteria, gates = evaluator.criteria(), evaluator.gates()
    return Evaluation(
        findings=evaluator.findings,
        criteria=criteria,
        gates=gates,
        arms={name: arms.decided(chart, circumstances, criteria, gates) for name, arms in plans.arms.items()},
        finding_atoms=evaluator.finding_atoms,
    )
