"""What the watching process makes of the end of a worker: at which input it was, and whether that was the cause."""

from __future__ import annotations

import queue
import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from trialsieve.service.processes.refusals import SHOWN, tell_here
from trialsieve.service.processes.work_notes import Note, notes_in, notes_path
from trialsieve.service.storage.database import Database
from trialsieve.service.storage.database_faults import StoreError, fault
from trialsieve.service.storage.fatal_inputs import CERTAIN, FatalInput, remember
from trialsieve.service.web.metrics import Why

TRIED_AGAIN_AFTER: Final = 5.0
"""Seconds, where the database cannot be written."""

FROM_OUTSIDE: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, -signal.SIGQUIT})
"""Ends of which somebody else is the cause, or the system for want of memory: one alone says little of the input."""

_log = structlog.stdlib.get_logger("trialsieve.service")


class WorkerDeaths:
    """Remembers in the database, in a thread of its own, so that watching goes on."""

    def __init__(self, folder: Path, database: Database, lasts: timedelta) -> None:
        self._folder = folder
        self._database = database
        self._lasts = lasts
        self._fatal: queue.SimpleQueue[FatalInput] = queue.SimpleQueue()
        threading.Thread(target=self._remember_all, name="worker-deaths", daemon=True).start()

    def met(self, process: int, why: Why, exit_status: int | None, at_least: float) -> None:
        """A worker is gone. `at_least`: where it hung, it was at the input that it hung at for so many seconds."""
        path = notes_path(self._folder, process)
        notes = notes_in(path)
        path.unlink(missing_ok=True)
        if not self._lasts or exit_status == 0:
            return
        suspects = suspected(notes, why, at_least, time.monotonic())
        certain = len(suspects) == 1 and (why is Why.HUNG or exit_status not in FROM_OUTSIDE)
        now = datetime.now(UTC)
        for note in suspects:
            fatal = FatalInput(note.fingerprint, why, CERTAIN if certain else 1, now, now + self._lasts)
            told = "a worker hung or died at an input, which is refused from now on"
            _log.error(told if certain else "a worker died, and was at an input", input=note.fingerprint[:SHOWN])
            if certain:
                with suppress(OSError):
                    tell_here(self._folder, fatal)
            self._fatal.put(fatal)

    def _remember_all(self) -> None:
        while True:
            fatal = self._fatal.get()
            while not self._remember(fatal):
                time.sleep(TRIED_AGAIN_AFTER)

    def _remember(self, fatal: FatalInput) -> bool:
        try:
            with self._database.write() as connection:
                remember(connection, fatal)
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.error("an input at which a worker died cannot be remembered yet", problem=fault(error))
            return False
        return True


def suspected(notes: list[Note], why: Why, at_least: float, now: float) -> list[Note]:
    """Of what a worker was at, what may be the cause of its end."""
    if why is not Why.HUNG:
        return notes
    return [note for note in notes if now - note.since >= at_least]
