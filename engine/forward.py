"""The forward-chaining evaluator: facts, findings, criteria and arms concluded stratum by stratum by durable_rules.

docs/semantics.md says what is concluded. In each stratum the candidates of every selector are asserted and marked by
rules, the stratum is closed, tests are folded, and the findings that are now complete are concluded; the next stratum
may look from a finding's date. Criteria and arms come last. A fault of the rule engine is an EngineError.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from trialsieve.engine.compile import compile_program
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward_run import Remembered, Run
from trialsieve.engine.forward_silent import Silence, Spoken
from trialsieve.engine.outcome import Circumstances, Evaluation
from trialsieve.engine.program import Program
from trialsieve.rules.rule_book import RuleBook


def compile_rules(book: RuleBook, trials: Sequence[str], *, remember: int = 4096) -> ForwardEngine:
    """Compile these trials once per process; `remember` bounds the tables of what the rules said before (0: none).

    Raises EngineLimitError where the rules would exceed a measured limit of durable_rules.
    """
    return ForwardEngine(compile_program(book, trials), remember)


class ForwardEngine:
    """Compiled rules, for any number of charts and threads."""

    def __init__(self, program: Program, remember: int) -> None:
        self._program = program
        self._remembered = Remembered(program, remember)
        # No method of its own: in a circle, its rule sets would stay until the garbage collector came, which does not
        # see how large they are.
        evaluated = functools.partial(_evaluated, program, self._remembered)
        self._silence = Silence(program, evaluated) if remember else None

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> Evaluation:
        """Screen one chart for every compiled trial; raises EngineError if the rule engine fails."""
        run = Run(self._program, self._remembered, chart, circumstances)
        if self._silence is not None:
            empty = self._silence.of_empty(chart, circumstances, run.memory.age, run.memory.told_of_age)
            if empty is not None:
                run.take_over(empty, self._silence.spoken_of(chart, run.memory.view.by_concept))
        run.evaluate()
        return Evaluation(run.findings, run.criteria, run.gates, run.arms, run.finding_atoms)


def _evaluated(
    program: Program,
    remembered: Remembered,
    chart: Chart,
    circumstances: Circumstances,
    before: Run | None,
    spoken: Spoken,
) -> Run:
    run = Run(program, remembered, chart, circumstances)
    if before is not None:
        run.take_over(before, spoken)
    run.evaluate()
    return run
