"""One ordinary run of the end-to-end tests, in which is written down what each expects of which chart."""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from trialsieve.engine import screening
from trialsieve.engine.direct import DirectEngine
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Truth

Owner = tuple[str, str]
"""A trial and a criterion of it; no trial and a finding."""


@dataclass(frozen=True, slots=True)
class Case:
    """A chart, and what has to come out of a criterion or finding. `reasons` None: any."""

    name: str
    owner: Owner
    chart: Chart
    circumstances: Circumstances
    truth: Truth
    reasons: frozenset[Reason] | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A test that looks at more than a criterion's effect and reasons: it is run again as it is.

    `criteria` are those of its trial that it looks at; None: it looks at whole results.
    """

    name: str
    trial: str
    criteria: frozenset[str] | None
    run: Callable[[], object]


@dataclass(slots=True)
class Recording:
    cases: list[Case] = field(default_factory=list)
    replays: list[Replay] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def record(tests: Path) -> Recording:
    """Runs the tests of a folder. Those that fail as it is are named, and expect nothing.

    From here on the direct evaluator answers alone: that the two agree is tested elsewhere.
    """
    setattr(screening, "compile_rules", DirectEngine)  # noqa: B010
    recorder = _Recorder()
    original = Screener.screen
    Screener.screen = recorder.screening(original)  # type: ignore[method-assign]
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            status = pytest.main(["-qq", "-p", "no:cacheprovider", str(tests)], plugins=[recorder])
    finally:
        Screener.screen = original  # type: ignore[method-assign]
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} or not recorder.recording.cases:
        raise RuntimeError(f"the tests could not be run:\n{printed.getvalue()}")
    return recorder.recording


class _Recorder:
    """A pytest plugin."""

    def __init__(self) -> None:
        self.recording = Recording()
        self._screened: list[tuple[str, Chart, Circumstances]] = []
        self._cases: list[Case] = []
        self._looked = _Looked()

    def screening(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def screen(screener: Screener, chart: Chart, circumstances: Circumstances) -> Any:
            (trial,) = screener.trials  # the tests screen for one trial at a time
            self._screened.append((trial, chart, circumstances))
            return original(screener, chart, circumstances)

        return screen

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        given: dict[str, Any] = pyfuncitem.funcargs
        self._screened, self._cases, self._looked = [], [], _Looked()
        run = pyfuncitem.obj
        arguments = {name: given[name] for name in inspect.signature(run).parameters}
        self._looked.at_whole = "screener" in arguments
        if "check" in given:
            given["check"] = self._checking(given["check"], pyfuncitem.nodeid)
        if "screen" in given:
            given["screen"] = self._screening(given["screen"])
        answered = yield
        self.recording.cases += self._cases
        if self._screened and self._looked.further:
            named = self._looked.criteria | {case.owner[1] for case in self._cases}
            criteria = None if self._looked.at_whole else frozenset(named)
            trial = self._screened[0][0]
            self.recording.replays.append(Replay(pyfuncitem.nodeid, trial, criteria, lambda: run(**arguments)))
        return answered

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.recording.failed.append(report.nodeid)

    def _checking(self, check: Callable[..., Any], name: str) -> Callable[..., Any]:
        def checking(criterion: str, given: Any, expected: Any) -> Any:
            answer = check(criterion, given, expected)
            trial, chart, circumstances = self._screened[-1]
            kind = answer.criterion(criterion).kind
            truth, reasons = _truth(kind, expected.effect), frozenset(Reason(each) for each in expected.reasons)
            self._cases.append(Case(name, (trial, criterion), chart, circumstances, truth, reasons))
            return _Watched(answer, self._looked)

        return checking

    def _screening(self, screen: Callable[..., Any]) -> Callable[..., Any]:
        return lambda given: _Watched(screen(given), self._looked)


@dataclass(slots=True)
class _Looked:
    """What a test looks at beside the effects and reasons that it gives to `check`."""

    criteria: set[str] = field(default_factory=set)
    at_whole: bool = False

    @property
    def further(self) -> bool:
        return self.at_whole or bool(self.criteria)


class _Watched:
    """An answer that notes what a test looks at."""

    def __init__(self, answer: Any, looked: _Looked) -> None:
        self._answer = answer
        self._looked = looked

    def criterion(self, name: str) -> Any:
        self._looked.criteria.add(name)
        return self._answer.criterion(name)

    def atom(self, criterion: str, name: str) -> Any:
        self._looked.criteria.add(criterion)
        return self._answer.atom(criterion, name)

    @property
    def result(self) -> Any:
        self._looked.at_whole = True
        return self._answer.result

    @property
    def problems(self) -> Any:  # of reading the input; the rules have no part in them
        return self._answer.problems


def _truth(kind: CriterionKind, effect: Effect) -> Truth:
    if effect is Effect.REVIEW:
        return Truth.UNKNOWN
    return Truth.TRUE if (effect is Effect.PASS) is (kind is not CriterionKind.EXCLUSION) else Truth.FALSE
