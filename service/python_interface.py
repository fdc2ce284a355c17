"""The interface for Python: `import trialsieve` gives the names of this module (docs/python.md).

The rules are loaded once, by a `Screening`. What it is handed is screened as by `trialsieve screen`, in the same steps.
"""

from __future__ import annotations

import functools
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeVar, overload

from trialsieve.engine.outcome import Circumstances, Evidence
from trialsieve.engine.result import (
    ArmResult,
    AtomResult,
    CriterionResult,
    FindingResult,
    OpenItems,
    ReadingResult,
    ScreeningResult,
)
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.fhir_adapters.inputs.reader import read_records, records_of_bytes
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.cache import uncollected
from trialsieve.rules.errors import EngineError, InputError, RuleFilesError, TrialsieveError, UsageError
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.vocabulary import AbsencePolicy, CriterionKind, Effect, Kind, Reason, Verdict
from trialsieve.service.request.python_arguments import day_written, json_bytes, texts
from trialsieve.service.request.screening_request import (
    RULES_GIVEN,
    chosen_trials,
    declared_anchors,
    rule_book,
    today,
)
from trialsieve.service.request.written_values import anchor_days, covered_kinds, day, member_of
from trialsieve.service.screening.not_covered import KindsNotCovered
from trialsieve.service.text.words import counted

__all__ = [
    "ArmResult",
    "AtomResult",
    "CriterionKind",
    "CriterionResult",
    "Effect",
    "EngineError",
    "Evidence",
    "FindingResult",
    "InputError",
    "InputProblem",
    "InputProblemsError",
    "OpenItems",
    "ReadingResult",
    "Reason",
    "RuleFilesError",
    "Screened",
    "Screening",
    "ScreeningResult",
    "ScreeningStream",
    "TrialsieveError",
    "UsageError",
    "Verdict",
]

MOST_TOLD: Final = 5

_log = logging.getLogger("trialsieve")

# Neither the chart builder nor the rule engine may be used by two threads at once, and they share tables.
_one_at_a_time = threading.Lock()

_Made = TypeVar("_Made")
_StrPath = str | os.PathLike[str]


class InputProblemsError(InputError):
    """Some input could not be used, or none of it; `problems` names all that was met."""

    def __init__(self, message: str, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        self._message = message
        told = [str(problem) for problem in self.problems[:MOST_TOLD]]
        more = [f"and {len(self.problems) - MOST_TOLD} more"] if len(self.problems) > MOST_TOLD else []
        super().__init__("\n  ".join((message, *told, *more)))

    def __reduce__(self) -> tuple[type[InputProblemsError], tuple[str, tuple[InputProblem, ...]]]:
        return (InputProblemsError, (self._message, self.problems))


@dataclass(frozen=True, slots=True)
class Screened(Sequence[ScreeningResult]):
    """The results of one input, patient by patient in the order of the trials, and what of it could not be used.

    `not_covered`: how many patients wait for a kind of resource that `covers` may vouch for.
    """

    results: tuple[ScreeningResult, ...]
    problems: tuple[InputProblem, ...]
    not_covered: dict[str, int] = field(default_factory=dict)

    @overload
    def __getitem__(self, place: int) -> ScreeningResult: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[ScreeningResult, ...]: ...

    def __getitem__(self, place: int | slice) -> ScreeningResult | tuple[ScreeningResult, ...]:
        return self.results[place]

    def __len__(self) -> int:
        return len(self.results)

    def raise_for_problems(self) -> Self:
        """Itself, where all was used. Raises InputProblemsError where some input could not be; notes do not count."""
        _raise_for(self.problems)
        return self


class ScreeningStream(Iterator[ScreeningResult]):
    """The results of files one by one, patient by patient in the order of the trials; each patient is then let go.

    For one thread at a time.
    """

    def __init__(self, patients: Iterator[list[ScreeningResult]], met: _Met, skipped: SkippedFiles) -> None:
        self._results = (result for results in patients for result in results)
        self._met = met
        self._skipped = skipped

    def __next__(self) -> ScreeningResult:
        return next(self._results)

    @property
    def problems(self) -> tuple[InputProblem, ...]:
        """What could not be used of all that has been read so far."""
        return self._met.problems

    @property
    def not_covered(self) -> dict[str, int]:
        """How many patients, of those read so far, wait for a kind of resource that `covers` may vouch for."""
        return self._met.not_covered

    @property
    def skipped(self) -> int:
        """How many files of the directories were left out because of their names."""
        return self._skipped.count

    def raise_for_problems(self) -> Self:
        """Itself, where all that was read was used. Raises InputProblemsError where not; notes do not count."""
        _raise_for(self.problems)
        return self


class Screening:
    """Screens patients for trials. Loads the rules once; make one and keep it.

    `trials`: those to screen for, in this order; without any, all of them. `rules`: directories of rule files of your
    own, and `site`: your site's settings file. `as_of`: the day (a date, or YYYY-MM-DD); without it, the day of each
    call in the site's time zone. `absence`: `presume` or `unknown`. `anchors`: the days of the trials' anchors, by
    name. `covers`: the kinds of resource that the input holds in full, or `all`. `findings`: whether results carry the
    shared findings that were reached. Each means what the option of that name means to `trialsieve screen`.

    Any thread may call it; one patient is screened at a time in a process. A copy in another process loads the rules
    again. Raises UsageError for a wrong argument and RuleFilesError for wrong rule files.
    """

    def __init__(
        self,
        *,
        trials: str | Iterable[str] = (),
        rules: _StrPath | Iterable[_StrPath] = (),
        site: _StrPath | None = None,
        as_of: date | str | None = None,
        absence: Literal["presume", "unknown"] = "presume",
        anchors: Mapping[str, date | str] | None = None,
        covers: str | Iterable[str] = (),
        findings: bool = False,
    ) -> None:
        asked_trials, asked_rules = texts("trials", trials), texts("rules", rules)
        asked_covers = texts("covers", covers)
        asked_anchors = {name: day_written(f"anchors {name}", value) for name, value in dict(anchors or {}).items()}
        self._as_of = None if as_of is None else day("as_of", day_written("as_of", as_of))
        self._absence = member_of("absence", str(absence), AbsencePolicy)
        self._covers = covered_kinds(",".join(asked_covers) or None, "covers")
        self._findings = findings
        days = anchor_days([f"{name}={value}" for name, value in asked_anchors.items()], "anchors")
        (asked_site,) = (None,) if site is None else texts("site", site)
        with _one_at_a_time, uncollected():
            self._book = rule_book(
                [Path(name) for name in asked_rules], None if asked_site is None else Path(asked_site), prefix=""
            )
            self.trials: Final = chosen_trials(
                asked_trials, self._book, RULES_GIVEN if asked_rules else "a trial of your own needs rules=DIR"
            )
            """The ids of the trials that it screens for, in their order."""
            self._anchors = declared_anchors(days, self.trials, self._book, "anchors")
            self._charts = ChartBuilder(self._book, concepts_reached(self._book, self.trials))
            self._screener = Screener(self._book, self.trials)
            self._kinds_not_covered = KindsNotCovered(self._book, self.trials, self._covers)
            self._quiet = self._charts.quiet_codes()
        self._again = functools.partial(
            Screening,
            trials=asked_trials,
            rules=asked_rules,
            site=asked_site,
            as_of=self._as_of,
            absence=absence,
            anchors=asked_anchors,
            covers=asked_covers,
            findings=findings,
        )

    def __reduce__(self) -> tuple[functools.partial[Screening], tuple[()]]:
        return (self._again, ())

    def __repr__(self) -> str:
        return f"<Screening for {', '.join(self.trials)}>"

    def screen(self, patients: Mapping[str, Any] | str | bytes, *, source: str = "input") -> Screened:
        """The results of every patient of a Bundle, a single resource, or NDJSON: a dict, or JSON as text or bytes.

        Bytes may be gzipped. `source` is what results and problems call the input. Raises InputProblemsError where
        it holds no usable FHIR about a patient, and UsageError where it is no JSON at all.
        """
        content = json_bytes(patients)
        met = _Met()
        records = records_of_bytes(content, source, met.add, covers=self._covers, quiet=self._quiet)
        results = tuple(result for patient in self._screened(records, met) for result in patient)
        return Screened(results, met.problems, met.not_covered)

    def screen_files(self, *paths: _StrPath) -> ScreeningStream:
        """The results of every patient of the files and directories, as they are read: what `trialsieve screen` reads.

        Raises InputError at once for a path that cannot be read. Iterating raises InputProblemsError where none of the
        paths holds usable FHIR about a patient.
        """
        if any(isinstance(path, Iterable) and not isinstance(path, (str, bytes)) for path in paths):
            raise UsageError("screen_files: hand the paths over one by one: screen_files(*paths)")
        names = texts("screen_files", paths)
        if not names:
            raise UsageError("screen_files: name a file or a directory")
        met = _Met()
        skipped = SkippedFiles()
        records = read_records(names, met.add, covers=self._covers, skipped=skipped, quiet=self._quiet)
        return ScreeningStream(self._screened(records, met), met, skipped)

    def _screened(self, records: Iterator[Record], met: _Met) -> Iterator[list[ScreeningResult]]:
        """Each patient's results. The lock is not held while somebody works with them."""
        as_of = self._as_of or today(self._book.site)
        circumstances = Circumstances(as_of, self._absence, self._anchors)
        screen_next = functools.partial(self._screen_next, records, circumstances, met)
        while (results := _faults_named(screen_next, met)) is not None:
            yield results
        if unused := sum(not problem.notice for problem in met.problems):
            _log.warning("%s; `problems` names them", counted(unused, "input problem"))

    def _screen_next(
        self, records: Iterator[Record], circumstances: Circumstances, met: _Met
    ) -> list[ScreeningResult] | None:
        with _one_at_a_time:
            record = next(records, None)
            if record is None:
                return None
            unread: list[InputProblem] = []
            chart = self._charts.build(record, unread, as_of=circumstances.as_of)
            del record
            for problem in unread:
                met.add(problem)
            results = self._screener.screen(chart, circumstances, findings=self._findings)
            met.count(self._kinds_not_covered.of(chart, results))
            return results


class _Met:
    """What was met in an input: problems, each once, and how many patients wait for each kind that is not covered."""

    def __init__(self) -> None:
        self._problems: dict[InputProblem, None] = {}
        self._not_covered: Counter[str] = Counter()

    def add(self, problem: InputProblem) -> None:
        self._problems.setdefault(problem)

    def count(self, not_covered: Iterable[Kind]) -> None:
        """The kinds that one patient waits for."""
        self._not_covered.update(kind.value for kind in not_covered)

    @property
    def problems(self) -> tuple[InputProblem, ...]:
        return tuple(self._problems)

    @property
    def not_covered(self) -> dict[str, int]:
        return dict(sorted(self._not_covered.items()))


def _faults_named(task: Callable[[], _Made], met: _Met) -> _Made:
    """What a task makes. What it raises is of our own errors, and one of the input says what was met."""
    try:
        return task()
    except InputError as error:
        raise InputProblemsError(str(error), met.problems) from error
    except (TrialsieveError, MemoryError):
        raise
    except Exception as error:
        raise EngineError(
            f"internal error ({type(error).__name__}): a fault of trialsieve; report where it arose, "
            "which the traceback shows, without anything of the record"
        ) from error


def _raise_for(problems: Sequence[InputProblem]) -> None:
    unused = [problem for problem in problems if not problem.notice]
    if unused:
        raise InputProblemsError(f"{counted(len(unused), 'input problem')}:", unused)
