"""A store in a folder of its own; for `make postgresql`, in a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql_server import IS_WANTED, Server, running_server

from trialsieve.service.storage.store import Store

# Each is of one database alone.
collect_ignore = ["test_faults.py"] if IS_WANTED else ["test_postgresql.py", "test_deaf_server.py"]


@pytest.fixture(scope="session")
def server() -> Iterator[Server | None]:
    """The PostgreSQL server, where one is wanted."""
    if not IS_WANTED:
        yield None
        return
    with running_server() as running:
        yield running


@pytest.fixture
def postgresql(server: Server | None) -> Server:
    """The server, without anything in it, for tests that are of PostgreSQL alone."""
    if server is None:
        pytest.skip("make postgresql")
    server.empty()
    return server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the database, for tests that are of SQLite alone."""
    if IS_WANTED:
        pytest.skip("SQLite's own")
    return tmp_path / "data" / "trialsieve.sqlite"


@pytest.fixture
def url(server: Server | None, request: pytest.FixtureRequest) -> str:
    """A database without anything in it."""
    if server is None:
        return f"sqlite:///{request.getfixturevalue('path')}"
    server.empty()
    return server.url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()
