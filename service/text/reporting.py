"""What goes to standard error: each problem once, progress, and what was done."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TextIO

from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.text.paper import printable
from trialsieve.service.text.words import counted

SECONDS_BETWEEN = 1.0
MOST_NAMED = 3

_LINE = re.compile(r":[0-9]+$")
_PARTICULAR = re.compile(r"'[^']*'|“[^”]*”|[0-9]+")  # what differs in a reason from resource to resource


def file_of(source: str) -> str:
    """The file of a source, which may be a line of it."""
    return _LINE.sub("", source)


def places_of(source: str) -> list[str]:
    """The places that a record's source names: several, where a patient was read from several."""
    return source.split(", ")


def files_of(source: str) -> set[str]:
    """The files of a record's source. The whole is among them: a name may hold a comma itself."""
    return {file_of(place) for place in [source, *places_of(source)]}


class Reporter:
    """Prints each problem when it is met, as `source: reference: reason`, and how far the run has come.

    It is a `Report` for the adapters. `unusable` counts what could not be used; notices are printed, not counted.
    `grouped`: those of one file and cause together once the next file has one, or at `close`; the first is printed,
    with how many more there are.
    """

    def __init__(self, stream: TextIO | None = None, *, grouped: bool = False) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._seen: set[InputProblem] = set()
        self._live = self._stream.isatty()
        self._next = time.monotonic() + SECONDS_BETWEEN
        self._grouped = grouped
        self._file = ""
        self._groups: dict[tuple[str, bool], list[InputProblem]] = {}
        self._whole: dict[str, None] = {}
        self.unusable = 0
        self.left_out = 0

    def __call__(self, problem: InputProblem) -> None:
        if problem in self._seen:
            return
        self._seen.add(problem)
        self.unusable += not problem.notice
        if not problem.notice and not problem.reference and file_of(problem.source) == problem.source:
            self._whole[problem.source] = None
        if not self._grouped:
            self.say(str(problem))
            return
        if file_of(problem.source) != self._file:
            self.close()
            self._file = file_of(problem.source)
        cause = _PARTICULAR.sub("", problem.reason)
        self._groups.setdefault((cause, problem.notice), []).append(problem)

    def close(self) -> None:
        """Prints what was held back to be grouped."""
        for first, *more in self._groups.values():
            self.left_out += len(more)
            self.say(f"{first}{f' (and {len(more)} more like it)' if more else ''}")
        self._groups.clear()

    def unread(self, screened: Container[str]) -> list[str]:
        """The files that could not be read and that nobody `screened` comes from."""
        return unread_files(self._whole, screened)

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


def unread_files(unusable: Iterable[str], screened: Container[str]) -> list[str]:
    """Those of the files that are `unusable` as a whole which nobody `screened` comes from.

    A file of lines may be part of the export that its directory is, and those are named by the directory.
    """
    return [
        name
        for name in unusable
        if name not in screened and (name.endswith((".json", ".json.gz")) or os.path.dirname(name) not in screened)
    ]


def skipped_words(skipped: SkippedFiles) -> str:
    """How many files were left out for their names, and the first of them."""
    more = [f"and {left} more"] if (left := skipped.count - len(skipped.examples)) and skipped.examples else []
    named = ", ".join([*skipped.examples, *more])
    return f"{counted(skipped.count, 'file')} skipped, not named .json, .ndjson or .jsonl{named and f': {named}'}"


def unread_words(files: Sequence[str], all_named_in: str, most: int = MOST_NAMED) -> str:
    """How many files could not be read, and the first of them; `all_named_in`: where the others are."""
    more = f", and {len(files) - most} more, named in {all_named_in}" if len(files) > most else ""
    where = "it" if len(files) == 1 else "them"
    named = ", ".join(files[:most])
    return f"{counted(len(files), 'file')} unread, nobody in {where} was screened: {named}{more}"


def summary(patients: int, trials: int, verdicts: Mapping[Verdict, int]) -> str:
    """The closing line of a run, for standard error."""
    parts = ", ".join(f"{verdicts.get(verdict, 0)} {verdict.value}" for verdict in Verdict)
    return f"{counted(patients, 'patient')} screened for {counted(trials, 'trial')}: {parts}"
