"""PostgreSQL's client library, and a server that takes connections and never answers (`make postgresql`)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.storage import silence, waits
from trialsieve.service.storage.database import Database
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.database_server import LIBPQ_OPTIONS
from trialsieve.service.storage.store import Store

SOON = 5.0  # seconds, on a busy machine


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "LOOKS_EVERY", 0.02)


@pytest.fixture
def deaf() -> Iterator[str]:
    """The URL of a server that takes connections, and says nothing."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(server.accept()[0])

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"postgresql+psycopg://user@127.0.0.1:{server.getsockname()[1]}/name"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(SOON)
        for one in taken:
            one.close()


def test_a_store_on_it_is_not_opened_and_says_why(deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "SERVER_WAITS", 2)
    monkeypatch.setitem(LIBPQ_OPTIONS, "connect_timeout", 2)
    began = time.monotonic()
    with pytest.raises(StoreError, match="cannot be opened: the server says nothing; see whether it runs"):
        Store.open(deaf)
    assert time.monotonic() - began < 2 + SOON


def test_requests_wait_for_it_once_and_then_not_for_a_while(deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "SERVER_WAITS", 2)
    monkeypatch.setitem(LIBPQ_OPTIONS, "connect_timeout", 2)
    store = Store(Database(deaf))
    later = datetime.now(UTC) + timedelta(minutes=5)
    took = []
    for number in range(3):
        began = time.monotonic()
        assert store.seen("iss", str(number), later) is Met.NOT_HERE
        took.append(time.monotonic() - began)
    assert took[0] >= 1.5
    assert max(took[1:]) < 0.5
    store._writer.close(0)
