"""The connection to the database, whichever it is: made, brought up to date, and made anew when its file has gone."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import alembic.command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, NoSuchModuleError, SQLAlchemyError

from trialsieve.rules.errors import TrialsieveError
from trialsieve.service.storage.silence import Silence

MIGRATIONS = Path(__file__).parent / "migrations"

WRITER_WAITS = 5.0
"""Seconds that a background write waits for another process's."""

ASKER_WAITS = 1.0
"""Seconds that a request waits for its turn in this process, and then for another process's write."""

LOOKS_AGAIN = 0.005
"""Seconds for which SQLite itself waits for a lock; it looks again ever more seldom, up to every tenth of a second, and
busy processes would take the lock from each other for long. So it is asked anew, as long as there is patience."""

SERVER_WAITS = 5
"""Seconds that is waited for a database server that says nothing, or has no connection free."""

REQUEST_QUERY_LASTS = 5.0
BATCH_QUERY_LASTS = 60.0
REPORT_LASTS = 120.0
MIGRATION_LASTS = 600.0
"""Seconds after which PostgreSQL ends a query: of a request; of the background, where a batch may hold 64 MB, and is
tried again; of a report; of a migration, or the wait for another machine's."""

LIBPQ_DRIVERS = ("psycopg", "psycopg2")
LIBPQ_OPTIONS = {
    "connect_timeout": SERVER_WAITS,
    "tcp_user_timeout": SERVER_WAITS * 1000,
    "keepalives_idle": SERVER_WAITS,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
"""What ends the wait for a machine or a network that is gone. The machine of a frozen server still answers all of this:
see silence.py."""

ANSWERS_WITHIN = 1.0
"""Seconds more than the server's own limit after which a transaction is cut off; the server's says what it was."""

LEFT_ALONE = 5.0
"""Seconds for which no request waits for a server that has just said nothing; what writes in the background does."""

NEW = "trialsieve_new"
PATIENCE = "trialsieve_patience"
LONGEST = "trialsieve_longest"

OPENING_WAITS = 20.0
"""Seconds that a start waits for the lock of a SQLite file that has to be migrated."""

MIGRATION_LOCK = 7_213_459_026_315
"""Any number that nobody else is likely to take for a lock of theirs in the same database."""


class StoreError(TrialsieveError):
    """The store cannot be opened or read."""


class Database:
    """Two pools: `writing` takes the lock when a transaction begins, `asking` only reads and needs none.

    SQLite has one lock for whoever writes. The threads of a process take turns, so that only processes compete for it.

    A SQLite file that is deleted or replaced while it is open would take writes that nobody ever reads: each
    transaction first looks whether the file is still the one that was opened.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.path = _file_of(self.url)
        self._by_libpq = self.url.get_driver_name() in LIBPQ_DRIVERS
        self._silence = Silence(LEFT_ALONE)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._writing, self._asking = self._engines()
        self._identity: tuple[int, int] | None = None

    def open(self) -> None:
        """Makes the file and its folder if needed, and migrates if needed. Raises StoreError."""
        with self._lock:
            try:
                self._open(OPENING_WAITS)
            except StoreError:
                self.close()
                raise

    def _open(self, patience: float) -> None:
        ends = time.monotonic() + patience
        while True:
            try:
                if self.path is not None:
                    _make_private(self.path)
                if not self._is_up_to_date():
                    self._migrate(max(0.0, ends - time.monotonic()))
                self._identity = _identity_of(self.path)
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
        with self._within(self._asking, ASKER_WAITS, REQUEST_QUERY_LASTS) as connection:
            return is_migrated(connection)

    def _migrate(self, patience: float) -> None:
        patience = patience if self.path is not None else MIGRATION_LASTS
        with self._within(self._writing, patience, MIGRATION_LASTS) as connection:
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
        with self._writing_within(WRITER_WAITS, BATCH_QUERY_LASTS) as connection:
            yield connection

    @contextmanager
    def write_soon(self) -> Iterator[Connection]:
        """A transaction that writes a row, for a request that waits. Raises SQLAlchemyError or StoreError."""
        self._check()
        self._check_answers()
        with self._writing_within(ASKER_WAITS, REQUEST_QUERY_LASTS) as connection:
            yield connection

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        """A transaction that reads, for a request that waits. Raises SQLAlchemyError or StoreError."""
        self._check()
        self._check_answers()
        with self._within(self._asking, ASKER_WAITS, REQUEST_QUERY_LASTS) as connection:
            yield connection

    @contextmanager
    def report(self) -> Iterator[Connection]:
        """A transaction that reads for a while. Raises SQLAlchemyError or StoreError."""
        self._check()
        with self._within(self._asking, WRITER_WAITS, REPORT_LASTS) as connection:
            yield connection

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
        limited = engine.execution_options(**{PATIENCE: patience, LONGEST: longest})
        with (
            limited.connect() as connection,
            self._broken_after(connection.connection.driver_connection, longest + ANSWERS_WITHIN),
            connection.begin(),
        ):
            yield connection

    def _broken_after(self, connection: Any, seconds: float) -> AbstractContextManager[None]:
        """Within this, nobody waits for a server for longer; a file needs no such thing."""
        return self._silence.broken_after(connection, seconds) if self._by_libpq else nullcontext()

    def _check_answers(self) -> None:
        if self._silence.is_silent:
            raise StoreError(f"{self.shown}: does not answer; it is asked again in a moment")

    def _check(self) -> None:
        if self.path is None or _identity_of(self.path) == self._identity:
            return
        if not self._lock.acquire(timeout=ASKER_WAITS):
            raise StoreError(f"{self.shown}: is being opened anew")
        try:
            if _identity_of(self.path) != self._identity:
                self.close()
                self._open(ASKER_WAITS)  # somebody may be waiting for an answer
        finally:
            self._lock.release()

    def _engines(self) -> tuple[Engine, Engine]:
        try:
            if self.url.get_backend_name() != "sqlite":
                engine = create_engine(
                    self.url,
                    pool_pre_ping=not self._by_libpq,
                    pool_timeout=SERVER_WAITS,
                    connect_args={**LIBPQ_OPTIONS, **self.url.query} if self._by_libpq else {},
                )
                if self._by_libpq:
                    _break_silence(engine, self._silence)
                if self.url.get_backend_name() == "postgresql":
                    event.listen(engine, "begin", _begin_limited)
                return engine, engine
            writing = create_engine(self.url, connect_args={"timeout": LOOKS_AGAIN}, pool_size=1, max_overflow=4)
            asking = create_engine(self.url, connect_args={"timeout": ASKER_WAITS})
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise StoreError(
                f"{self.url.get_backend_name()}: no driver for this database is installed ({error}); install one, or "
                "use sqlite:///path"
            ) from error
        _prepare(writing, _begin_writing)
        _prepare(asking, _begin_reading)
        return writing, asking


def is_migrated(connection: Connection) -> bool:
    """Whether the tables are up to date."""
    here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory.from_config(_config()).get_heads())


def migrate(connection: Connection) -> None:
    """Brings the tables up to date in the connection's transaction; of several processes, one after the other."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    config = _config()
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def is_busy(error: BaseException) -> bool:
    """Whether another process holds the lock."""
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    return "database is locked" in text or "database table is locked" in text or "already exists" in text


def fault(error: BaseException) -> str:
    """What an error of the database means, without the statement and its values: those are patients' data."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.DatabaseError):
        return str(error.orig)  # SQLite's names the lock, the disk, the table or the column, and quotes no value
    if isinstance(error, TrialsieveError):
        return str(error)
    return type(error.orig if isinstance(error, DBAPIError) else error).__name__


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} names no database; write sqlite:///path/to/trialsieve.sqlite") from error


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("a SQLite store needs a file, so that several processes share it: sqlite:///path")
    return Path(url.database)


def _make_private(path: Path) -> None:
    """The file and its folder, for this user alone; a file that is there stays as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _identity_of(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return (-1, -1)
    return (status.st_dev, status.st_ino)


def _prepare(engine: Engine, begin: Callable[[Connection], None]) -> None:
    """SQLite as it is used here. The module's own handling of transactions is off: it commits before a CREATE."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", begin)


def _break_silence(engine: Engine, silence: Silence) -> None:
    """Before a connection of the pool is used, it is asked whether it still is one; that, too, within bounds.

    SQLAlchemy's own `pool_pre_ping` would wait for a frozen server without end.
    """

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        began = time.monotonic()
        try:
            made = dialect.connect(*arguments, **options)
        except dialect.loaded_dbapi.Error:
            if time.monotonic() - began >= SERVER_WAITS - 0.5:
                silence.met()
            raise
        record.info[NEW] = True
        return made

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _: object) -> None:
        if record.info.pop(NEW, False):
            return
        dialect: Any = engine.dialect
        try:
            with silence.broken_after(connection, SERVER_WAITS):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if silence.is_silent:  # a new connection would only be waited for in the same way
                raise StoreError("the database server does not answer") from error
            raise InvalidatePoolError from error


def _begin_limited(connection: Connection) -> None:
    """PostgreSQL ends what takes longer: otherwise a query that hangs would hold a request for ever."""
    options = connection.get_execution_options()
    if LONGEST not in options:
        return
    limits = {"lock_timeout": options[PATIENCE], "statement_timeout": options[LONGEST]}
    # For this transaction alone: a proxy may give the connection to others afterwards.
    connection.execute(select(*(func.set_config(name, f"{limits[name] * 1000:.0f}ms", True) for name in limits)))


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Takes the lock at once: a transaction that had read before it wrote could find that it came too late."""
    ends = time.monotonic() + connection.get_execution_options().get(PATIENCE, WRITER_WAITS)
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    while time.monotonic() < ends:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if not is_busy(error):
                break
        else:
            return
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # whose error says which database it is, and why
