"""Screening one chart: both evaluators, their agreement, and the explained result."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from trialsieve.engine.comparison import Comparison
from trialsieve.engine.direct import DirectEngine
from trialsieve.engine.direct_verdict import TrialArms
from trialsieve.engine.explained import Explainer
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward import ForwardEngine, compile_rules
from trialsieve.engine.outcome import Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.result import ScreeningResult
from trialsieve.rules.errors import EngineError
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Reason, Truth

_log = logging.getLogger("trialsieve.engine")
_DISAGREEMENT = frozenset({Reason.ENGINE_DISAGREEMENT})


class Screener:
    """Screens charts for some trials of a rule book. Compiles once; make one per process.

    `disagreements` counts the criteria, gates and arms on which the evaluators differed, and the rule engine's faults.
    """

    def __init__(self, book: RuleBook, trials: Sequence[str]) -> None:
        self.book = book
        self.trials = tuple(trials)
        self.disagreements = 0
        self._comparison = Comparison()
        self._direct = DirectEngine(book, self.trials)
        self._forward: ForwardEngine = compile_rules(book, self.trials)
        self._explainer = Explainer(book, self.trials)

    def screen(self, chart: Chart, circumstances: Circumstances, *, findings: bool = True) -> list[ScreeningResult]:
        """One result per trial, in the order in which the trials were given.

        `findings`: with the shared findings that the criteria reached, which the public JSON does not show.
        """
        return self.screen_all([chart], circumstances, findings=findings)[0]

    def screen_all(
        self, charts: Sequence[Chart], circumstances: Circumstances, *, findings: bool = True
    ) -> list[list[ScreeningResult]]:
        """The results of each chart. All go through each step together, so that what it needs stays in the caches."""
        evaluations = self.evaluate_all(charts, circumstances)
        return [
            self._explainer.results(chart, circumstances, evaluation, findings=findings)
            for chart, evaluation in zip(charts, evaluations, strict=True)
        ]

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> Evaluation:
        """What both evaluators agree on; where they do not, unknown for `engine-disagreement`."""
        return self.evaluate_all([chart], circumstances)[0]

    def evaluate_all(self, charts: Sequence[Chart], circumstances: Circumstances) -> list[Evaluation]:
        """The same of each chart."""
        mine = [self._direct.evaluate(chart, circumstances) for chart in charts]
        theirs = [self._by_forward_rules(chart, circumstances) for chart in charts]
        agreed = zip(charts, mine, theirs, strict=True)
        return [self._agreed(chart, circumstances, one, other) for chart, one, other in agreed]

    def _by_forward_rules(self, chart: Chart, circumstances: Circumstances) -> Evaluation | None:
        """None if the rule engine failed."""
        try:
            return self._forward.evaluate(chart, circumstances)
        except EngineError as error:
            _log.error("the rule engine failed: %s", error)
        except Exception as error:  # a crash is a disagreement too; its message might quote the record
            _log.error("the rule engine failed: %s", type(error).__name__)
        return None

    def _agreed(
        self, chart: Chart, circumstances: Circumstances, mine: Evaluation, theirs: Evaluation | None
    ) -> Evaluation:
        differing = self._comparison.differences(mine, theirs)
        if not differing:
            return mine
        self.disagreements += len(differing)
        _log.error("the evaluators disagree on %s", ", ".join(sorted("#".join(name) for name in differing)))
        return self._held(mine, differing, chart, circumstances)

    def _held(
        self, mine: Evaluation, differing: set[tuple[str, str]], chart: Chart, circumstances: Circumstances
    ) -> Evaluation:
        held = Outcome(Truth.UNKNOWN, _DISAGREEMENT)
        criteria: dict[tuple[str, str], CriterionOutcome] = {
            name: CriterionOutcome(held, True, one.atoms, one.readings) if name in differing else one
            for name, one in mine.criteria.items()
        }
        gates = {name: held if name in differing else gate for name, gate in mine.gates.items()}
        return Evaluation(
            mine.findings,
            criteria,
            gates,
            {
                name: TrialArms(self.book.trials[name]).decided(chart, circumstances, criteria, gates)
                for name in self.trials
            },
            mine.finding_atoms,
        )
