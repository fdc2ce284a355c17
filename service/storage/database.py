"""The connection to the database, whichever it is: made, brought up to date, and made anew when its file has gone."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from trialsieve.service.storage import waits
from trialsieve.service.storage.database_faults import StoreError, fault, is_busy
from trialsieve.service.storage.database_server import engine_of_server, is_by_libpq
from trialsieve.service.storage.migrating import is_migrated, migrate
from trialsieve.service.storage.silence import Silence
from trialsieve.service.storage.sqlite_file import engines_of_file, file_of, identity_of, make_private


class Database:
    """Two pools: `writing` takes the lock when a transaction begins, `asking` only reads and needs none.

    SQLite has one lock for whoever writes. The threads of a process take turns, so that only processes compete for it.

    A SQLite file that is deleted or replaced while it is open would take writes that nobody ever reads: each
    transaction first looks whether the file is still the one that was opened.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.path = file_of(self.url)
        self._by_libpq = is_by_libpq(self.url)
        self._silence = Silence(waits.LEFT_ALONE)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._writing, self._asking = self._engines()
        self._engines_with_limits: dict[tuple[Engine, float, float], Engine] = {}
        self._identity: tuple[int, int] | None = None

    def open(self) -> None:
        """Makes the file and its folder if needed, and migrates if needed. Raises StoreError."""
        with self._lock:
            try:
                self._open(waits.OPENING_WAITS)
            except StoreError:
                self.close()
                raise

    def _open(self, patience: float) -> None:
        ends = time.monotonic() + patience
        while True:
            try:
                if self.path is not None:
                    make_private(self.path)
                if not self._is_up_to_date():
                    self._migrate(max(0.0, ends - time.monotonic()))
                self._identity = identity_of(self.path)
            except CommandError as error:  # no migration of ours leads to or from what the database says it is
                raise StoreError(
                    f"{self.shown}: made by a newer version of trialsieve; install that version again, put back the "
                    "copy that was made before the upgrade, or name another database"
                ) from error
            except (SQLAlchemyError, OSError, sqlite3.Error) as error:
                # Several processes that open a new file at once get in each other's way, for a moment.
                if is_busy(error) and time.monotonic() < ends:
                    time.sleep(0.1)
                    continue
                raise StoreError(f"{self.shown}: cannot be opened: {self.why_not(error)}") from error
            return

    def _is_up_to_date(self) -> bool:
        """Most starts only read: they wait for nobody's lock, and see soon whether a server answers."""
        with self._within(self._asking, waits.ASKER_WAITS, waits.REQUEST_QUERY_LASTS) as connection:
            return is_migrated(connection)

    def _migrate(self, patience: float) -> None:
        patience = patience if self.path is not None else waits.MIGRATION_LASTS
        with self._within(self._writing, patience, waits.MIGRATION_LASTS) as connection:
            migrate(connection)

    def why_not(self, error: BaseException) -> str:
        """Why it cannot be opened or read, and what to do about it."""
        if self._silence.is_silent:
            return "the server says nothing; see whether it runs, and whether it can be reached from here"
        if self.path is None:
            return f"{fault(error)}; check the URL, whether the server runs, and what its user may do"
        if is_busy(error):
            return f"{fault(error)}; another program holds it, such as a backup or `sqlite3`: end that, and start again"
        return f"{fault(error)}; check the path, its permissions and that the disk is not full"

    @property
    def shown(self) -> str:
        """The database for messages, without a password."""
        return str(self.path) if self.path is not None else self.url.render_as_string(hide_password=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes. Raises SQLAlchemyError or StoreError."""
        self._check()
        with self._writing_within(waits.WRITER_WAITS, waits.BATCH_QUERY_LASTS) as connection:
            yield connection

    @contextmanager
    def write_soon(self) -> Iterator[Connection]:
        """A transaction that writes a row, for a request that waits. Raises SQLAlchemyError or StoreError."""
        self._check()
        self._check_answers()
        with self._writing_within(waits.ASKER_WAITS, waits.REQUEST_QUERY_LASTS) as connection:
            yield connection

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        """A transaction that reads, for a request that waits. Raises SQLAlchemyError or StoreError."""
        self._check()
        self._check_answers()
        with self._within(self._asking, waits.ASKER_WAITS, waits.REQUEST_QUERY_LASTS) as connection:
            yield connection

    @contextmanager
    def report(self) -> Iterator[Connection]:
        """A transaction that reads for a while. Raises SQLAlchemyError or StoreError."""
        self._check()
        with self._within(self._asking, waits.WRITER_WAITS, waits.REPORT_LASTS) as connection:
            yield connection

    def checkpoint(self) -> None:
        """Copies SQLite's log into the file, as far as nobody reads it. Raises sqlite3.Error.

        Nothing on a server, and nothing where the file is gone or another: to connect would make an empty one.
        """
        if self.path is None or identity_of(self.path) != self._identity:
            return
        connection = self._writing.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()

    def close(self) -> None:
        self._writing.dispose()
        self._asking.dispose()

    @contextmanager
    def _writing_within(self, seconds: float, longest: float) -> Iterator[Connection]:
        """A transaction, after others of this process. PostgreSQL's need not wait for each other."""
        alone = self.path is not None
        if alone and not self._turn.acquire(timeout=seconds):
            raise StoreError(f"{self.shown}: another write of this process takes long")
        try:
            with self._within(self._writing, seconds, longest) as connection:
                yield connection
        finally:
            if alone:
                self._turn.release()

    @contextmanager
    def _within(self, engine: Engine, patience: float, longest: float) -> Iterator[Connection]:
        """A transaction that waits so long for a lock, and in which no query takes longer."""
        with (
            self._limited(engine, patience, longest).connect() as connection,
            self._broken_after(connection.connection.driver_connection, longest + waits.ANSWERS_WITHIN),
            connection.begin(),
        ):
            yield connection

    def _limited(self, engine: Engine, patience: float, longest: float) -> Engine:
        """The same engine; to make it takes longer than to connect."""
        made = self._engines_with_limits.get((engine, patience, longest))
        if made is None:
            made = engine.execution_options(**{waits.PATIENCE: patience, waits.LONGEST: longest})
            self._engines_with_limits[engine, patience, longest] = made
        return made

    def _broken_after(self, connection: Any, seconds: float) -> AbstractContextManager[None]:
        """Within this, nobody waits for a server for longer; a file needs no such thing."""
        return self._silence.broken_after(connection, seconds) if self._by_libpq else nullcontext()

    def _check_answers(self) -> None:
        if self._silence.is_silent:
            raise StoreError(f"{self.shown}: does not answer; it is asked again in a moment")

    def _check(self) -> None:
        if self.path is None or identity_of(self.path) == self._identity:
            return
        if not self._lock.acquire(timeout=waits.ASKER_WAITS):
            raise StoreError(f"{self.shown}: is being opened anew")
        try:
            if identity_of(self.path) != self._identity:
                self.close()
                self._open(waits.ASKER_WAITS)  # somebody may be waiting for an answer
        finally:
            self._lock.release()

    def _engines(self) -> tuple[Engine, Engine]:
        try:
            if self.path is not None:
                return engines_of_file(self.url)
            engine = engine_of_server(self.url, self._silence)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise StoreError(
                f"{self.url.get_backend_name()}: no driver for this database is installed ({error}); install one, or "
                "use sqlite:////path (four slashes, of a path from the root)"
            ) from error
        return engine, engine


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        said = "the URL names no database; write sqlite:////path/to/trialsieve.sqlite, with four slashes"
        raise StoreError(f"store_url: {said}") from error
