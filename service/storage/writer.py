"""The thread that writes what is kept, in batches: what comes while one batch is written is the next."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from trialsieve.service.storage.database import Database
from trialsieve.service.storage.database_faults import StoreError, fault

_log = logging.getLogger("trialsieve.store")

MOST_QUEUED: Final = 2_000
MOST_BYTES: Final = 64 * 1024 * 1024
BATCH: Final = 200
LATE_SECONDS: Final = 1.0
"""A write that takes longer is late: nobody should wait for what comes after it."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
COMPLAINTS_EVERY: Final = 60.0
IDLE_SECONDS: Final = 60.0
IDLE_PAUSE: Final = 0.05
"""Between two parts of what `idle` does, so that others get at the database."""

CHECKPOINT_BYTES: Final = 4_000_000
"""Of what is written, after which SQLite's log is copied."""

Item = TypeVar("Item")


def _promise() -> Future[bool]:
    """It counts as begun: who stops waiting for it cannot cancel it, which would be a fault when it is kept."""
    promise: Future[bool] = Future()
    promise.set_running_or_notify_cancel()
    return promise


@dataclass(frozen=True, slots=True)
class Queued(Generic[Item]):
    """One thing to write, about how much memory it takes, and whether it was written once that is known."""

    item: Item
    size: int
    written: Future[bool] = field(default_factory=_promise)


class Writer(Generic[Item]):
    """Writes items in the order in which they came.

    While the database cannot be written (locked, full, gone), items wait; when the queue is full, the newest are lost,
    counted and logged, without a word of what they hold. `off` is told of each item that is no longer queued. `idle` is
    called about once every `idle_seconds`, and soon again where it answers that there is more to do.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[Connection, Sequence[Item]], None],
        off: Callable[[Item], None],
        idle: Callable[[], bool],
        *,
        idle_seconds: float = IDLE_SECONDS,
        most: int = MOST_QUEUED,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._database = database
        self._write = write
        self._off = off
        self._idle = idle
        self._idle_seconds = idle_seconds
        self._most, self._most_bytes = most, most_bytes
        self._queue: deque[Queued[Item]] = deque()
        self._bytes = 0
        self._in_log = 0
        self._changed = threading.Condition()
        self._closing = False
        self._failing = False
        self._begun: float | None = None  # when what is being written was begun
        self._give_up_at: float | None = None
        self._complained = float("-inf")
        self.losses = 0
        self._thread = threading.Thread(target=self._run, name="trialsieve-store", daemon=True)
        self._thread.start()

    @property
    def is_late(self) -> bool:
        """Whether the database cannot be written, or not soon."""
        begun = self._begun
        return self._failing or (begun is not None and time.monotonic() - begun > LATE_SECONDS)

    def put(self, item: Item, size: int) -> Future[bool]:
        """Queues without waiting. What comes of it: True when it is written, False when it is lost.

        Where nothing waits, an item of any size is taken: otherwise a record that is larger than all that may wait
        could never be kept.
        """
        with self._changed:
            full = bool(self._queue) and (len(self._queue) >= self._most or self._bytes + size > self._most_bytes)
            if not full and not self._closing:
                queued = Queued(item, size)
                self._queue.append(queued)
                self._bytes += size
                if len(self._queue) == 1:  # else the thread is awake
                    self._changed.notify_all()
                return queued.written
            return self._lost("the queue of what is to be written is full" if full else "the service is stopping")

    def lose(self, why: str) -> Future[bool]:
        """Counts and logs the loss of one item that never came to be queued."""
        with self._changed:
            return self._lost(why)

    def flush(self, timeout: float) -> bool:
        """Waits until nothing is queued; False where that took longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue, timeout)

    def close(self, timeout: float) -> None:
        """Writes what is queued, for so many seconds at most; the rest is lost."""
        with self._changed:
            self._closing = True
            self._give_up_at = time.monotonic() + timeout
            self._changed.notify_all()
        self._thread.join(timeout + LONGEST_PAUSE)
        with self._changed:
            left = list(self._queue)
            self._queue.clear()
            if left:
                self._complained = float("-inf")  # the last word, whatever was told a moment ago
                self._lose(len(left), "the service stopped before it could be written")
        for queued in left:
            queued.written.set_result(False)

    def _run(self) -> None:
        """Until the end: without this thread nothing would be kept any more."""
        while True:
            try:
                self._write_until_the_end()
            except Exception as error:  # a fault of ours, not in what is written
                self._complain("the writing of the store failed", error)
                self._begun = None
                time.sleep(FIRST_PAUSE)
            else:
                return

    def _write_until_the_end(self) -> None:
        pause = FIRST_PAUSE
        next_idle = time.monotonic()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing, max(0.0, next_idle - time.monotonic()))
                batch = [self._queue[place] for place in range(min(BATCH, len(self._queue)))]
                if not batch and self._closing:
                    return
            if batch and not self._try(batch):
                if not self._paused(pause):
                    return
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._checkpoint(sum(queued.size for queued in batch))
            if time.monotonic() >= next_idle:
                next_idle = time.monotonic() + (IDLE_PAUSE if self._tidy() else self._idle_seconds)

    def _paused(self, pause: float) -> bool:
        """Waits before another attempt; False where the end comes first."""
        with self._changed:
            over = self._give_up_at
            if over is None:
                self._changed.wait_for(lambda: self._closing, pause)
            elif time.monotonic() + pause > over:
                return False
            else:
                self._changed.wait(pause)
            return True

    def _try(self, batch: Sequence[Queued[Item]]) -> bool:
        """Whether the batch is off the queue: written, or lost for what it is."""
        self._begun = time.monotonic()
        try:
            with self._database.write() as connection:
                self._write(connection, [queued.item for queued in batch])
        except (IntegrityError, DataError, ProgrammingError) as error:
            self._one_by_one(batch, error)
        except (DBAPIError, PoolTimeoutError, StoreError, OSError) as error:
            self._complain("the store cannot be written; what is to be kept waits", error)
            self._failing = True
            return False
        except Exception as error:  # a fault of ours in one item must not stop the rest from being kept
            self._one_by_one(batch, error)
        else:
            if self._failing:
                self._failing = False
                _log.warning("the store can be written again")
            self._done(batch, written=True)
        self._begun = None
        return True

    def _one_by_one(self, batch: Sequence[Queued[Item]], error: Exception) -> None:
        """One item that the database refuses must not take the others with it."""
        if len(batch) == 1:
            with self._changed:
                self._lose(1, f"the database refuses it ({fault(error)})")
            self._done(batch, written=False)
            return
        for queued in batch:
            while not self._try([queued]):
                if self._closing:
                    return
                time.sleep(FIRST_PAUSE)

    def _done(self, batch: Sequence[Queued[Item]], *, written: bool) -> None:
        with self._changed:
            if not self._queue:  # it was emptied where the end came first, and what it held counted as lost
                return
            for _ in batch:
                self._bytes -= self._queue.popleft().size
            self._changed.notify_all()
        for queued in batch:
            queued.written.set_result(written)
        for queued in batch:
            self._off(queued.item)

    def _checkpoint(self, written: int) -> None:
        """Between two batches: whoever waited for the last one is answered already."""
        self._in_log += written
        if self._in_log < CHECKPOINT_BYTES:
            return
        self._in_log = 0
        self._begun = time.monotonic()  # what comes meanwhile waits as it does for a write
        try:
            self._database.checkpoint()
        except (sqlite3.Error, SQLAlchemyError, OSError) as error:  # nothing is lost: it is all in the log
            self._complain("the log of the store cannot be copied into its file", error)
        self._begun = None

    def _tidy(self) -> bool:
        try:
            return self._idle()
        except Exception as error:  # whatever a database or its driver makes of it; it is tried again later
            self._complain("old entries of the store could not be deleted", error)
            return False

    def _lost(self, why: str) -> Future[bool]:
        self._lose(1, why)
        lost: Future[bool] = Future()
        lost.set_result(False)
        return lost

    def _lose(self, count: int, why: str) -> None:
        self.losses += count
        self._complain(f"{why}; lost so far: {self.losses}", None)

    def _complain(self, what: str, error: BaseException | None) -> None:
        now = time.monotonic()
        if now - self._complained >= COMPLAINTS_EVERY:
            self._complained = now
            _log.error("%s%s", what, "" if error is None else f": {fault(error)}")
