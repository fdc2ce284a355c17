"""The thread that writes what is kept, in batches: an answer puts it into a bounded queue and goes on."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from trialsieve.service.storage.database import Database, StoreError, fault

_log = logging.getLogger("trialsieve.store")

MOST_QUEUED: Final = 2_000
MOST_BYTES: Final = 64 * 1024 * 1024
BATCH: Final = 200
GATHERED_SECONDS: Final = 0.2
"""For so long, what comes is gathered before it is written: a transaction costs as much as what one request keeps."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
COMPLAINTS_EVERY: Final = 60.0

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Queued(Generic[Item]):
    """One thing to write, and about how much memory it takes."""

    item: Item
    size: int


class Writer(Generic[Item]):
    """Writes items in the order in which they came.

    While the database cannot be written (locked, full, gone), items wait; when the queue is full, the newest are lost,
    counted and logged, without a word of what they hold. `idle` is called about once every `idle_seconds`.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[Connection, Sequence[Item]], None],
        written: Callable[[Item], None],
        idle: Callable[[], None],
        *,
        idle_seconds: float = 600,
        most: int = MOST_QUEUED,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._database = database
        self._write = write
        self._written = written
        self._idle = idle
        self._idle_seconds = idle_seconds
        self._most, self._most_bytes = most, most_bytes
        self._queue: deque[Queued[Item]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._flushing = 0
        self._failing = False
        self._give_up_at: float | None = None
        self._complained = float("-inf")
        self.losses = 0
        self._thread = threading.Thread(target=self._run, name="trialsieve-store", daemon=True)
        self._thread.start()

    def put(self, item: Item, size: int) -> bool:
        """Queues without waiting; False if it is lost."""
        with self._changed:
            full = len(self._queue) >= self._most or self._bytes + size > self._most_bytes
            if not full and not self._closing:
                self._queue.append(Queued(item, size))
                self._bytes += size
                if len(self._queue) in {1, BATCH}:  # in between, nobody waits for it
                    self._changed.notify_all()
                return True
            self._lose(1, "the queue of what is to be written is full" if full else "the service is stopping")
            return False

    def lose(self, why: str) -> None:
        """Counts and logs the loss of one item that never came to be queued."""
        with self._changed:
            self._lose(1, why)

    def flush(self, timeout: float) -> bool:
        """Waits until nothing is queued; False where that took longer."""
        with self._changed:
            self._flushing += 1
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: not self._queue, timeout)
            finally:
                self._flushing -= 1

    def close(self, timeout: float) -> None:
        """Writes what is queued, for so many seconds at most; the rest is lost."""
        with self._changed:
            self._closing = True
            self._give_up_at = time.monotonic() + timeout
            self._changed.notify_all()
        self._thread.join(timeout + LONGEST_PAUSE)
        with self._changed:
            if self._queue:
                self._lose(len(self._queue), "the service stopped before it could be written")
                self._queue.clear()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        next_idle = time.monotonic()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing, max(0.0, next_idle - time.monotonic()))
                if self._queue:
                    self._changed.wait_for(self._is_urgent, GATHERED_SECONDS)
                batch = [self._queue[place].item for place in range(min(BATCH, len(self._queue)))]
                if not batch and self._closing:
                    return
            if time.monotonic() >= next_idle:
                next_idle = time.monotonic() + self._idle_seconds
                self._tidy()
            if not batch:
                continue
            if self._try(batch):
                pause = FIRST_PAUSE
                continue
            with self._changed:
                over = self._give_up_at
                if over is not None and time.monotonic() + pause > over:
                    return
                self._changed.wait_for(lambda: self._closing, pause) if over is None else self._changed.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _is_urgent(self) -> bool:
        return self._closing or self._flushing > 0 or len(self._queue) >= BATCH

    def _try(self, batch: Sequence[Item]) -> bool:
        """Whether the batch is off the queue: written, or lost for what it is."""
        try:
            with self._database.write() as connection:
                self._write(connection, batch)
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
            self._done(batch)
        return True

    def _one_by_one(self, batch: Sequence[Item], error: Exception) -> None:
        """One item that the database refuses must not take the others with it."""
        if len(batch) == 1:
            with self._changed:
                self._lose(1, f"the database refuses it ({fault(error)})")
            self._done(batch)
            return
        for item in batch:
            while not self._try([item]):
                if self._closing:
                    return
                time.sleep(FIRST_PAUSE)

    def _done(self, batch: Sequence[Item]) -> None:
        with self._changed:
            for _ in batch if self._queue else ():  # it was emptied where the end came first
                self._bytes -= self._queue.popleft().size
            self._changed.notify_all()
        for item in batch:
            self._written(item)

    def _tidy(self) -> None:
        try:
            self._idle()
        except (SQLAlchemyError, StoreError, OSError) as error:
            self._complain("old entries of the store could not be deleted", error)

    def _lose(self, count: int, why: str) -> None:
        self.losses += count
        self._complain(f"{why}; lost so far: {self.losses}", None)

    def _complain(self, what: str, error: BaseException | None) -> None:
        now = time.monotonic()
        if now - self._complained >= COMPLAINTS_EVERY:
            self._complained = now
            _log.error("%s%s", what, "" if error is None else f": {fault(error)}")
