"""The thread that writes goes on, whatever becomes of one item, of who waits for it, or of what is done in between."""

from __future__ import annotations

import asyncio
import errno
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest
from kept_things import screening
from sqlalchemy import Connection

from trialsieve.service.storage import writer
from trialsieve.service.storage.store import Store
from trialsieve.service.storage.writer import Writer

Made = Callable[..., Writer[str]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(writer, "COMPLAINTS_EVERY", 0.0)


def nothing(*_: object) -> None:
    """Writes nothing, and minds nothing."""


@pytest.fixture
def made(store: Store) -> Iterator[Made]:
    """A writer that writes nothing, but for what the test has it do."""
    with ExitStack() as ending:

        def make(
            write: Callable[[Connection, Sequence[str]], None] = nothing,
            off: Callable[[str], None] = nothing,
            idle: Callable[[], bool] = lambda: False,
            most_bytes: int = 1_000,
        ) -> Writer[str]:
            one = Writer[str](store._database, write, off, idle, idle_seconds=0.01, most_bytes=most_bytes)
            ending.callback(one.close, 5)
            return one

        yield make


def test_who_stops_waiting_does_not_end_the_writing(store: Store) -> None:
    given_up, further = screening(), screening()

    async def waits_in_vain() -> None:
        with store._database.write():  # nothing can be written meanwhile
            waiting = asyncio.ensure_future(asyncio.wrap_future(store.keep_screening(given_up)))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.wait([waiting])

    asyncio.run(waits_in_vain())
    assert store.keep_screening(further).result(5) is True
    assert store.flush(5)
    with store._database.ask() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM screenings").scalar() == 2


def test_what_is_queued_cannot_be_taken_back(store: Store) -> None:
    with store._database.write():
        written = store.keep_screening(screening())
        assert not written.cancel()
    assert written.result(5) is True


@pytest.mark.parametrize("error", [sqlite3.DatabaseError("file is not a database"), RuntimeError(), ValueError("x")])
def test_what_goes_wrong_in_between_ends_nothing(
    made: Made, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    tidied: list[int] = []

    def idle() -> bool:
        tidied.append(1)
        raise error

    one = made(idle=idle)
    with caplog.at_level(logging.ERROR):
        while len(tidied) < 2:
            assert one.put("a", 1).result(5) is True
    assert "old entries of the store could not be deleted" in caplog.text


@pytest.mark.parametrize(("size", "kept"), [(9, True), (10, True), (11, False)])
def test_one_item_is_taken_however_large_and_a_further_one_where_it_fits(made: Made, size: int, kept: bool) -> None:
    goes_on = threading.Event()

    def write(_: Connection, batch: Sequence[str]) -> None:
        assert goes_on.wait(10)

    one = made(write, most_bytes=30)
    first, further = one.put("large", 20), one.put("further", size)
    assert further.done() is not kept
    goes_on.set()
    assert (first.result(5), further.result(5)) == (True, kept)
    assert one.flush(5)
    assert one.put("larger than all that may wait", 31).result(5) is True


def test_what_is_lost_at_the_end_is_told_although_a_complaint_was_told_a_moment_ago(
    made: Made, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "COMPLAINTS_EVERY", 60.0)

    def write(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    one = made(write)
    with caplog.at_level(logging.ERROR):
        kept = [one.put("a", 1), one.put("b", 1)]
        one.close(0)
    assert [each.result(0) for each in kept] == [False, False]
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "the store cannot be written; what is to be kept waits: No space left on device",
        "the service stopped before it could be written; lost so far: 2",
    ]


def test_a_fault_of_ours_is_told_and_ends_nothing(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    def off(item: str) -> None:
        if item == "winterbottom":
            raise KeyError(item)

    one = made(off=off)
    with caplog.at_level(logging.ERROR):
        for item in ("winterbottom", "another", "a third"):
            assert one.put(item, 1).result(5) is True
    assert "the writing of the store failed: KeyError" in caplog.text
    assert "winterbottom" not in caplog.text
