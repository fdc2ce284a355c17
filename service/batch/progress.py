"""How far a batch run has come: one line that renews itself on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

from trialsieve.service.text.words import counted

SECONDS_LIVE: Final = 0.5
SECONDS_PLAIN: Final = 30.0


class Progress:
    """What a run tells while it goes on; this base tells nothing."""

    def begin(self, what: str, pieces: int) -> None:
        """A step of so many pieces begins."""

    def advance(self, patients: int = 0, problems: int = 0, *, fresh: bool = True) -> None:
        """A piece is finished; not `fresh`: it was finished before this run."""


class ProgressLines(Progress):
    """Tells steps, rate, time left and problems on standard error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._live = self._stream.isatty()
        self._what = ""
        self._pieces = self._finished = self._fresh = self._patients = self._fresh_patients = self._problems = 0
        self._began = self._said = time.monotonic()

    def begin(self, what: str, pieces: int) -> None:
        """A step of so many pieces begins."""
        self._end_line()
        self._what, self._pieces = what, pieces
        self._finished = self._fresh = self._fresh_patients = 0
        self._began = self._said = time.monotonic()
        if pieces:
            self._say(f"{what}: {counted(pieces, 'piece')}", end=not self._live)

    def advance(self, patients: int = 0, problems: int = 0, *, fresh: bool = True) -> None:
        """A piece is finished; not `fresh`: it was finished before this run."""
        self._finished += 1
        self._fresh += fresh
        self._patients += patients
        self._fresh_patients += patients if fresh else 0
        self._problems += problems
        now = time.monotonic()
        if now - self._said >= (SECONDS_LIVE if self._live else SECONDS_PLAIN) or self._finished == self._pieces:
            self._said = now
            self._say(self._line(now - self._began), end=not self._live)

    def close(self) -> None:
        """The last line stands."""
        self._end_line()

    def _line(self, seconds: float) -> str:
        parts = [f"{self._what}: {self._finished} of {self._pieces}"]
        if self._patients:
            parts.append(f"{counted(self._patients, 'patient')}")
        if self._fresh_patients and seconds > 1:
            parts.append(f"{self._fresh_patients / seconds:.0f} a second")
        left = self._pieces - self._finished
        if left and self._fresh and seconds > 1:
            parts.append(f"about {_time(seconds / self._fresh * left)} left")
        if self._problems:
            parts.append(counted(self._problems, "input problem"))
        return ", ".join(parts)

    def _say(self, text: str, *, end: bool) -> None:
        clear = "\r\x1b[K" if self._live else ""
        self._stream.write(f"{clear}{text}{chr(10) if end else ''}")
        self._stream.flush()

    def _end_line(self) -> None:
        if self._live and self._what:
            self._stream.write("\n")


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
