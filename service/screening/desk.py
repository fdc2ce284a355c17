"""Where requests are screened: one at a time, in one thread, off the event loop; for CDS Hooks and REST alike."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ScreeningResult, result_bytes
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.units import load_library
from trialsieve.rules.vocabulary import Kind
from trialsieve.service.processes.kept_memory import MOST_GROWN, KeptMemory
from trialsieve.service.processes.watchdog import Runs
from trialsieve.service.screening.first_patient import AS_OF, first_patient
from trialsieve.service.screening.not_covered import KindsNotCovered
from trialsieve.service.screening.unanswered import unanswered
from trialsieve.service.web.errors import IssueCode, ServiceError, ask_again

MOST_WAITING: Final = 64
MOST_WARM_UP_SECONDS: Final = 60.0

_log = logging.getLogger("trialsieve.service")

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Answer:
    """One trial's result and its public JSON."""

    result: ScreeningResult
    json: bytes


@dataclass(frozen=True, slots=True)
class PatientAnswers:
    """One patient's answers in the order of the trials asked for, and what of the record could not be used.

    `not_covered`: the kinds of resource for which answers wait, and of which nobody said that they are there in full.
    """

    answers: tuple[Answer, ...]
    problems: tuple[InputProblem, ...]
    not_covered: frozenset[Kind]


class ScreeningDesk:
    """Holds the compiled rules. Neither the chart builder nor the rule engine may be used by two threads at once.

    `failures` counts the screenings in which a trial could not be answered at all. `most_kept` is by how many bytes the
    process may grow for what is kept from patient to patient. `runs` says what is being done now.
    """

    def __init__(
        self, book: RuleBook, trials: Sequence[str], *, most_waiting: int = MOST_WAITING, most_kept: int = MOST_GROWN
    ) -> None:
        self.book = book
        self.trials = tuple(trials)
        self.failures = 0
        self.runs = Runs()
        self._most_waiting = most_waiting
        self._begun_or_waiting: set[asyncio.Future[Any]] = set()
        self._given_up = False
        self._charts = ChartBuilder(book, concepts_reached(book, self.trials))
        self._screener = Screener(book, self.trials)
        self._kinds_not_covered = KindsNotCovered(book, self.trials)
        self._memory = KeptMemory(most_grown=most_kept)
        self._alone: dict[str, Screener] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="screening")
        self._warmed_up = self._thread.submit(_Task(self._warm_up, None, self.runs))

    @property
    def disagreements(self) -> int:
        """How often the two evaluators differed."""
        return self._screener.disagreements + sum(screener.disagreements for screener in self._alone.values())

    @property
    def kept_values(self) -> int:
        """How many values are kept from patient to patient, as of the last look."""
        return self._memory.values

    async def warmed_up(self) -> None:
        """Waits until all that can be worked out before the first patient is, but not forever."""
        _, late = await asyncio.wait([asyncio.wrap_future(self._warmed_up)], timeout=MOST_WARM_UP_SECONDS)
        if late:
            _log.error("what all screenings need is still not prepared after %g seconds", MOST_WARM_UP_SECONDS)

    async def work(self, task: Callable[[], _Made], deadline: float | None = None) -> _Made:
        """What a task makes in the desk's thread, where alone `screened` may be called.

        `deadline`, in the time of `time.monotonic`: what has not begun by then is not begun. Raises ServiceError (503)
        where too much is waiting, the deadline has passed, or the thread hangs.
        """
        if self._given_up:
            raise _hangs()
        if len(self._begun_or_waiting) >= self._most_waiting:
            raise _overloaded("Too many records are waiting to be screened; ask again in a moment.")
        waiting = _Task(task, deadline, self.runs)
        work = asyncio.wrap_future(self._thread.submit(waiting))
        self._begun_or_waiting.add(work)
        try:
            # Whoever stops waiting takes the work with it, unless it has begun.
            return await work
        except asyncio.CancelledError:
            if self._given_up:
                raise _hangs() from None
            raise
        finally:
            self._begun_or_waiting.discard(work)
            waiting.forget()

    async def aside(self, task: Callable[[], _Made]) -> _Made:
        """What a task makes in another thread than the desk's; one that hangs is noticed as well."""
        return await asyncio.to_thread(_Task(task, None, self.runs))

    def give_up(self) -> None:
        """The thread hangs: nobody waits for it any more, from now on. In the event loop."""
        self._given_up = True
        for work in self._begun_or_waiting:
            work.cancel()

    def close(self) -> None:
        """Ends the thread, unless it hangs; what has not begun is dropped."""
        self._thread.shutdown(wait=not self._given_up, cancel_futures=True)

    def screened(
        self,
        record: Record,
        circumstances: Circumstances,
        trials: Sequence[str] | None = None,
        deadline: float | None = None,
    ) -> PatientAnswers:
        """The results for some of the desk's trials, all of them without `trials`. In the desk's thread alone.

        Raises ServiceError (503) where the deadline passes halfway: nobody waits any more.
        """
        problems: list[InputProblem] = []
        chart = self._charts.build(record, problems, as_of=circumstances.as_of)
        check_time(deadline)
        wanted = self.trials if trials is None else tuple(trials)
        results = {result.trial: result for result in self._results(chart, circumstances)}
        answers = tuple(Answer(results[trial], result_bytes(results[trial])) for trial in wanted)
        not_covered = self._kinds_not_covered.of(chart, [results[trial] for trial in wanted])
        self._memory.look()
        return PatientAnswers(answers, tuple(problems), not_covered)

    def _warm_up(self) -> None:
        """What is worked out once is worked out before the first patient comes."""
        try:
            load_library()
            self.screened(first_patient(), Circumstances(AS_OF))
        except Exception as error:  # the first patient may fare better
            _log.error("what all screenings need could not be prepared: %s", type(error).__name__)

    def _results(self, chart: Chart, circumstances: Circumstances) -> list[ScreeningResult]:
        try:
            return self._screener.screen(chart, circumstances, findings=False)
        except Exception as error:  # its message might quote the record
            _log.error("screening failed: %s; each trial is screened alone", type(error).__name__)
        self.failures += 1
        return [self._result_alone(trial, chart, circumstances) for trial in self.trials]

    def _result_alone(self, trial: str, chart: Chart, circumstances: Circumstances) -> ScreeningResult:
        """One trial's result; where even that fails, everything of it is open."""
        try:
            if trial not in self._alone:
                self._alone[trial] = Screener(self.book, [trial])
            return self._alone[trial].screen(chart, circumstances, findings=False)[0]
        except Exception as error:
            _log.error("screening for %s failed: %s", trial, type(error).__name__)
            return unanswered(self.book.trials[trial], chart, circumstances)


def check_time(deadline: float | None) -> None:
    """Raises ServiceError (503) once the deadline has passed: whoever asked has been told so already."""
    if deadline is not None and time.monotonic() >= deadline:
        raise _overloaded("The time for this request was over before the record could be screened; ask again.")


class _Task(Generic[_Made]):
    """Work for a thread. While the thread is held up, what nobody waits for stays in its queue, but not in memory."""

    __slots__ = ("_deadline", "_runs", "_task")

    def __init__(self, task: Callable[[], _Made], deadline: float | None, runs: Runs) -> None:
        self._task: Callable[[], _Made] | None = task
        self._deadline = deadline
        self._runs = runs

    def __call__(self) -> _Made:
        check_time(self._deadline)
        task = self._task
        if task is None:
            raise asyncio.CancelledError
        with self._runs.one():
            return task()

    def forget(self) -> None:
        """Nobody waits for it any more."""
        self._task = None


def _hangs() -> ServiceError:
    return ask_again("What screens records here hangs, and is being replaced; ask again.", 1)


def _overloaded(diagnostics: str) -> ServiceError:
    return ask_again(diagnostics, 1, IssueCode.THROTTLED)
