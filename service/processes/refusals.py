"""Inputs that are not worked at again: a worker hung or died at them, or another has been at them for too long.

Who asked in vain asks again, and would take one worker after the other. So each input has a fingerprint; what a worker
is at is noted (work_notes.py); and where it ended, the watching process remembers it (worker_deaths.py).
"""

from __future__ import annotations

import contextvars
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import structlog
from prometheus_client import Counter

from trialsieve import __version__
from trialsieve.service.processes.work_notes import WorkNotes
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.fatal_inputs import CERTAIN, FatalInput
from trialsieve.service.storage.store import Store
from trialsieve.service.web.errors import IssueCode, ServiceError
from trialsieve.service.web.metrics import Why

SHOWN: Final = 16
"""Digits of a fingerprint that the log and the answer name."""

RUNNING: Final = "running"
_SUFFIX: Final = ".fatal"

_log = structlog.stdlib.get_logger("trialsieve.service")

_Made = TypeVar("_Made")


class RefusedInputError(ServiceError):
    """This input is not worked at."""


class Refusals:
    """Thread-safe. `folder` is what the workers of this machine share; without it nothing is noted in it.

    The fingerprint is of the content, the rules and this version of the program: what is mended is tried again.
    """

    def __init__(
        self,
        store: Store,
        rules: Iterable[str],
        *,
        lasts: timedelta,
        too_long: float,
        refused: Counter,
        folder: Path | None,
    ) -> None:
        self._store = store
        self._salt = hashlib.sha256("\n".join((__version__, *sorted(rules), "")).encode())
        self._lasts = lasts
        self._too_long = too_long
        self._refused = refused
        self._folder = folder
        self._notes = None if folder is None else WorkNotes(folder)
        self._known: Mapping[str, FatalInput] = {}
        self._is_readable = True

    def refresh(self) -> None:
        """Learns what the workers of other machines, and those before the last start, hung or died at."""
        if not self._lasts:
            return
        try:
            self._known = self._store.refused_inputs()
        except StoreError as error:
            if self._is_readable:
                _log.error("inputs at which workers died cannot be looked up", problem=str(error))
            self._is_readable = False
        else:
            self._is_readable = True

    def guarded(self, content: Callable[[], bytes], task: Callable[[], _Made]) -> Callable[[], _Made]:
        """The task, which raises RefusedInputError where its input is one of those; to be run in a thread."""
        asked_by = contextvars.copy_context()  # so that the log names the request

        def run() -> _Made:
            try:
                fingerprint = self._fingerprint(content())
            except TypeError:  # nested more deeply than can be written; it has no fingerprint
                return task()
            if self._lasts:
                asked_by.run(self._check, fingerprint)
            with nullcontext() if self._notes is None else self._notes.at(fingerprint):
                return task()

        return run

    def _fingerprint(self, content: bytes) -> str:
        made = self._salt.copy()
        made.update(content)
        return made.hexdigest()

    def _check(self, fingerprint: str) -> None:
        """Raises RefusedInputError."""
        fatal = self._known.get(fingerprint) or self._fatal_here(fingerprint)
        if fatal is not None and fatal.expires > datetime.now(UTC):
            self._tell("an input at which a worker hung or died is refused", fingerprint, fatal.why.value)
            raise _is_fatal(fatal)
        seconds = None if self._notes is None else self._notes.others_at(fingerprint)
        if seconds is not None and seconds >= self._too_long:
            self._tell("an input that another worker is at for too long is refused", fingerprint, RUNNING)
            raise _takes_long(seconds)

    def _fatal_here(self, fingerprint: str) -> FatalInput | None:
        return None if self._folder is None else told_here(self._folder, fingerprint, self._lasts)

    def _tell(self, event: str, fingerprint: str, why: str) -> None:
        self._refused.labels(why).inc()
        _log.warning(event, input=fingerprint[:SHOWN], why=why)


def tell_here(folder: Path, fatal: FatalInput) -> None:
    """Tells the other workers of this machine at once, also where the database cannot be written."""
    (folder / f"{fatal.fingerprint}{_SUFFIX}").write_text(fatal.why.value, encoding="ascii")


def told_here(folder: Path, fingerprint: str, lasts: timedelta) -> FatalInput | None:
    """What the workers of this machine were told of this input."""
    path = folder / f"{fingerprint}{_SUFFIX}"
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return FatalInput(fingerprint, Why(path.read_text(encoding="ascii")), CERTAIN, at, at + lasts)
    except (OSError, ValueError):
        return None


def _is_fatal(fatal: FatalInput) -> RefusedInputError:
    did = "hung" if fatal.why is Why.HUNG else "broke down"
    said = (
        f"The program {did} at this record on {fatal.at:%Y-%m-%d at %H:%M} UTC, so it is not tried again before "
        f"{fatal.expires:%Y-%m-%d %H:%M} UTC (setting refused_hours), unless the record or the program changes. "
        "Nothing is known of this patient's trials: look at them by hand. Whoever runs this service can report it; "
        f"the log calls the record {fatal.fingerprint[:SHOWN]}."
    )
    return RefusedInputError(422, IssueCode.PROCESSING, said)


def _takes_long(seconds: float) -> RefusedInputError:
    said = f"This record has been worked at for {seconds:.0f} seconds, for another request; ask again in a minute."
    return RefusedInputError(503, IssueCode.TRANSIENT, said, headers={"Retry-After": "60"})
