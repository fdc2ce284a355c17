"""What goes wrong with a database, and what may be told of it: never a statement or its values."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from trialsieve.rules.errors import TrialsieveError


class StoreError(TrialsieveError):
    """The store cannot be opened or read."""


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
