"""A database that is a SQLite file: where it is, which one it is, and how its transactions begin."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

from trialsieve.service.storage import waits
from trialsieve.service.storage.database_faults import StoreError, is_busy

LARGEST_LOG: Final = 10_000
"""Pages (of 4 kB) of SQLite's log, after which the transaction that fills it copies it into the file, and waits for the
disk: 10 to 20 ms. An answer would wait too, so `Database.checkpoint` does it long before, when none does."""


def file_of(url: URL) -> Path | None:
    """The file that a URL names; None where it names another kind of database. Raises StoreError for one in memory."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("a SQLite store needs a file, so that several processes share it: sqlite:////path")
    return Path(url.database)


def make_private(path: Path) -> None:
    """The file and its folder, for this user alone; a file that is there stays as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def identity_of(path: Path | None) -> tuple[int, int] | None:
    """Which file it is, whatever its name: another one has taken its place where this differs."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return (-1, -1)
    return (status.st_dev, status.st_ino)


def engines_of_file(url: URL) -> tuple[Engine, Engine]:
    """The pool of connections that write, and that of those that only read."""
    writing = create_engine(url, connect_args={"timeout": waits.LOOKS_AGAIN}, pool_size=1, max_overflow=4)
    asking = create_engine(url, connect_args={"timeout": waits.ASKER_WAITS})
    _prepare(writing, _begin_writing)
    _prepare(asking, _begin_reading)
    return writing, asking


def _prepare(engine: Engine, begin: Callable[[Connection], None]) -> None:
    """SQLite as it is used here. The module's own handling of transactions is off: it commits before a CREATE."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"wal_autocheckpoint = {LARGEST_LOG}",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", begin)


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Takes the lock at once: a transaction that had read before it wrote could find that it came too late."""
    ends = time.monotonic() + connection.get_execution_options().get(waits.PATIENCE, waits.WRITER_WAITS)
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
