"""Resources that facts of several patients refer to, on disk: a Medication, a Specimen, who performed a test."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, MutableMapping
from functools import reduce
from pathlib import Path

from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.records.duplicates import led_to
from trialsieve.fhir_adapters.records.record import Resource


def write_shared(path: Path, resources: Iterable[tuple[int, str, bytes]]) -> None:
    """Writes (directory, relative reference, JSON). Raises OSError where there is no room for all of them."""
    path.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE shared (directory INT, reference TEXT, resource BLOB, "
                "PRIMARY KEY (directory, reference, resource)) WITHOUT ROWID"
            )
            connection.executemany("INSERT OR IGNORE INTO shared VALUES (?, ?, ?)", resources)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error


class SharedResources(MutableMapping[str, Resource]):
    """Those of one directory, each read when it is asked for."""

    def __init__(self, path: Path, directory: int) -> None:
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        self._directory = directory
        self._added: dict[str, Resource] = {}

    def __getitem__(self, reference: str) -> Resource:
        added = self._added.get(reference)
        if added is not None:
            return added
        rows: list[tuple[bytes]] = self._connection.execute(
            "SELECT resource FROM shared WHERE directory = ? AND reference = ?", (self._directory, reference)
        ).fetchall()
        if not rows:
            raise KeyError(reference)
        return reduce(led_to, (parse_json(raw) for (raw,) in rows))

    def __setitem__(self, reference: str, resource: Resource) -> None:
        self._added[reference] = resource

    def __delitem__(self, reference: str) -> None:
        del self._added[reference]

    def __iter__(self) -> Iterator[str]:
        rows = self._connection.execute("SELECT reference FROM shared WHERE directory = ?", (self._directory,))
        yield from dict.fromkeys([*self._added, *(row[0] for row in rows)])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def close(self) -> None:
        self._connection.close()
