"""What goes to standard error: each problem once, progress, and what was done."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from typing import TextIO

from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.fhir_adapters.sources import SkippedFiles
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.paper import printable
from trialsieve.service.words import counted

SECONDS_BETWEEN = 1.0


class Reporter:
    """Prints each problem when it is met, as `source: reference: reason`, and how far the run has come.

    It is a `Report` for the adapters. `unusable` counts what could not be used; notices are printed, not counted.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._seen: set[InputProblem] = set()
        self._live = self._stream.isatty()
        self._next = time.monotonic() + SECONDS_BETWEEN
        self.unusable = 0

    def __call__(self, problem: InputProblem) -> None:
        if problem in self._seen:
            return
        self._seen.add(problem)
        self.unusable += not problem.notice
        self.say(str(problem))

    def all(self, problems: Iterable[InputProblem]) -> None:
        """Several at once."""
        for problem in problems:
            self(problem)

    def progress(self, patients: int) -> None:
        """On a terminal, at most once a second."""
        if self._live and time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN
            self._stream.write(f"\r\x1b[K{patients} patients screened")
            self._stream.flush()

    def say(self, text: str) -> None:
        """A line of its own."""
        clear = "\r\x1b[K" if self._live else ""
        self._stream.write(f"{clear}{printable(text)}\n")


def skipped_words(skipped: SkippedFiles) -> str:
    """How many files were left out for their names, and the first of them."""
    more = ", ..." if skipped.count > len(skipped.examples) else ""
    files = counted(skipped.count, "file")
    return f"{files} skipped, not named .json, .ndjson or .jsonl: {', '.join(skipped.examples)}{more}"


def summary(patients: int, trials: int, verdicts: Mapping[Verdict, int]) -> str:
    """The closing line of a run, for standard error."""
    parts = ", ".join(f"{verdicts.get(verdict, 0)} {verdict.value}" for verdict in Verdict)
    return f"{counted(patients, 'patient')} screened for {counted(trials, 'trial')}: {parts}"
