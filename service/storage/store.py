"""Where answers are kept. An answer waits until it is kept, but not for long, and never fails because of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.storage import fatal_inputs, rows
from trialsieve.service.storage.database import Database
from trialsieve.service.storage.database_faults import StoreError, fault
from trialsieve.service.storage.kept import Feedback, KeptFeedback, KeptResult, KeptScreening
from trialsieve.service.storage.writer import LATE_SECONDS, MOST_QUEUED, Writer

_log = logging.getLogger("trialsieve.store")

CLOSING_SECONDS: Final = 5.0
MOST_TOKENS: Final = 50_000
"""Tokens that a process remembers itself, of those that have not expired; 200 bytes each. The database knows all."""
FORGOTTEN_EVERY: Final = 30.0


@dataclass(frozen=True, slots=True)
class _TheirFeedback:
    """Feedback on its way to the database."""

    caller: str
    item: Feedback


class Store:
    """Thread-safe; opened once per process. Several processes may share one database."""

    def __init__(
        self,
        database: Database,
        retention: timedelta | None = None,
        *,
        most_queued: int = MOST_QUEUED,
    ) -> None:
        self._database = database
        self._retention = retention
        self._lock = threading.Lock()
        self._queued: dict[str, KeptScreening] = {}  # by result id
        self._tokens: dict[bytes, float] = {}  # until when each counts
        self._forget_at = 0.0
        self.unknown_tokens = 0
        """How often the database could not say whether another process had met a token."""
        self._writer: Writer[KeptScreening | _TheirFeedback] = Writer(
            database, self._write, self._forget, self._tidy, most=most_queued
        )

    @staticmethod
    def open(url: str, *, retention: timedelta | None = None) -> Store:
        """Makes the database if need be, and migrates it. What is older than `retention` is deleted by and by.

        Raises StoreError where the database cannot be opened.
        """
        database = Database(url)
        database.open()
        return Store(database, retention)

    @property
    def losses(self) -> int:
        """How many screenings and feedback items could not be kept since the start."""
        return self._writer.losses

    @property
    def remembered_tokens(self) -> int:
        """How many tokens this process remembers itself."""
        return len(self._tokens)

    # --- answers ------------------------------------------------------------------------------------------------------

    def keep_screening(self, kept: KeptScreening) -> Future[bool]:
        """Queues a screening, whose results can be read at once; True when it is written, False when it is lost."""
        with self._lock:
            self._queued.update({result.result_id: kept for result in kept.results})
        size = 1_000 + len(kept.resources or b"") + sum(1_000 + len(result.json) for result in kept.results)
        written = self._writer.put(kept, size)
        if written.done():  # lost, or written already
            self._forget(kept)
        return written

    def lose(self, why: str) -> Future[bool]:
        """Counts and logs what could not even be queued."""
        return self._writer.lose(why)

    async def settled(self, kept: Sequence[Future[bool]]) -> None:
        """Waits until all of this is written, or lost; where the database cannot be written soon, a second at most."""
        waiting = [asyncio.wrap_future(one) for one in kept if not one.done()]
        if waiting and not self._writer.is_late:
            await asyncio.wait(waiting, timeout=LATE_SECONDS)

    def result(self, result_id: str, caller: str) -> KeptResult | None:
        """The result of that id, also one that is still queued, if it was this caller's."""
        kept = self.screening_of(result_id)
        if kept is None or kept.caller != caller:
            return None
        return next(result for result in kept.results if result.result_id == result_id)

    def screening_of(self, result_id: str) -> KeptScreening | None:
        """The screening that a result belongs to, whoever's it was: for who holds a signed link, or the machine itself.

        Raises StoreError where the database cannot be read.
        """
        if not _is_uuid(result_id):
            return None
        with self._lock:
            queued = self._queued.get(result_id)
        if queued is not None:
            return queued
        try:
            with self._database.ask() as connection:
                return rows.screening_of_result(connection, result_id)
        except (SQLAlchemyError, OSError) as error:
            raise self._unreadable(error) from error

    # --- feedback -----------------------------------------------------------------------------------------------------

    def keep_feedback(self, items: Sequence[Feedback], caller: str) -> list[Future[bool]]:
        """Queues feedback; what comes of each item. Of a caller's items on one card the newest stays."""
        return [self._writer.put(_TheirFeedback(caller, item), 1_000 + len(item.comment or "")) for item in items]

    def feedback(self, since: date | None = None) -> Iterator[KeptFeedback]:
        """All feedback that is written, from that day on (UTC). Raises StoreError."""
        try:
            with self._database.report() as connection:
                yield from rows.each_feedback(connection, since)
        except (SQLAlchemyError, OSError) as error:
            raise self._unreadable(error) from error

    # --- tokens -------------------------------------------------------------------------------------------------------

    def seen(self, issuer: str, jti: str, expires: datetime) -> Met:
        """Whether this token was met before, by any process; from now on it was. Waits two seconds at most.

        Where the database cannot be asked, what this process itself has met still counts, and no more is known.
        """
        token = _token(issuer, jti)
        now = time.time()
        with self._lock:
            if now >= self._forget_at or len(self._tokens) >= MOST_TOKENS:
                self._forget_tokens(now)
            if token.digest() in self._tokens:
                return Met.BEFORE
            self._tokens[token.digest()] = expires.timestamp()
        try:
            with self._database.write_soon() as connection:
                return Met.NOW if rows.add_token(connection, token.hexdigest(), expires) else Met.BEFORE
        except (SQLAlchemyError, StoreError, OSError) as error:
            _log.error("tokens that other processes met cannot be looked up: %s", fault(error))
            with self._lock:
                self.unknown_tokens += 1
            return Met.NOT_HERE

    def forget_token(self, issuer: str, jti: str) -> None:
        """A token of which nothing was known, and which did not count for that: it may be sent again."""
        with self._lock:
            self._tokens.pop(_token(issuer, jti).digest(), None)

    def _forget_tokens(self, now: float) -> None:
        """Those that have expired; and, of too many that have not, the oldest, which the database still knows."""
        kept = [(token, expires) for token, expires in self._tokens.items() if expires >= now]
        self._tokens = dict(kept if len(kept) < MOST_TOKENS else kept[-(MOST_TOKENS // 2) :])
        self._forget_at = now + FORGOTTEN_EVERY

    # --- inputs at which a worker hung or died ------------------------------------------------------------------------

    def refused_inputs(self) -> Mapping[str, fatal_inputs.FatalInput]:
        """Those that are refused now, by their fingerprints. Raises StoreError."""
        try:
            with self._database.ask() as connection:
                return fatal_inputs.refused(connection, datetime.now(UTC))
        except (SQLAlchemyError, OSError) as error:
            raise self._unreadable(error) from error

    # --- upkeep -------------------------------------------------------------------------------------------------------

    def flush(self, timeout: float) -> bool:
        """Waits until what is queued is written; False where that took longer."""
        return self._writer.flush(timeout)

    def close(self) -> None:
        """Writes what is queued, within a few seconds, and lets go of the database."""
        self._writer.close(CLOSING_SECONDS)
        self._database.close()

    def _write(self, connection: Connection, batch: Sequence[KeptScreening | _TheirFeedback]) -> None:
        rows.add_screenings(connection, [one for one in batch if isinstance(one, KeptScreening)])
        for one in batch:
            if isinstance(one, _TheirFeedback):
                rows.put_feedback(connection, one.caller, one.item)

    def _forget(self, item: KeptScreening | _TheirFeedback) -> None:
        """What is written, or lost, is no longer read from memory."""
        if isinstance(item, KeptScreening):
            with self._lock:
                for result in item.results:
                    self._queued.pop(result.result_id, None)

    def _tidy(self) -> bool:
        """Deletes some of what has had its time; whether there is more. The lock is held for moments only."""
        now = datetime.now(UTC)
        with self._database.write() as connection:
            more = rows.delete_tokens(connection, now)
            if self._retention is not None:
                more = rows.delete_kept(connection, now - self._retention) or more
        return more

    def _unreadable(self, error: BaseException) -> StoreError:
        return StoreError(f"{self._database.shown}: cannot be read: {self._database.why_not(error)}")


def _token(issuer: str, jti: str) -> hashlib._Hash:
    """Of a token nothing is kept but this."""
    return hashlib.sha256(json.dumps([issuer, jti]).encode())


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
