"""The database is locked, full or gone: answers do not wait, losses are counted and told, and writing goes on after."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from kept_things import LATER, said, screening
from sqlalchemy import event

from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.storage import writer
from trialsieve.service.storage.database import Database
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.store import Store
from trialsieve.service.storage.writer import LATE_SECONDS

AT_ONCE = 1.0  # seconds, on a busy machine


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(writer, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(writer, "COMPLAINTS_EVERY", 0.0)
    monkeypatch.setattr("trialsieve.service.storage.waits.WRITER_WAITS", 0.1)


@pytest.fixture
def small(url: str) -> Iterator[Store]:
    """A store whose queue holds three."""
    database = Database(url)
    database.open()
    opened = Store(database, most_queued=3)
    yield opened
    opened.close()


def locked(path: Path) -> closing[sqlite3.Connection]:
    """Another process that holds the lock."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return closing(connection)


def written(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM screenings").fetchone()[0])


def test_what_needs_no_migration_is_opened_and_read_while_it_is_locked(store: Store, path: Path, url: str) -> None:
    began = time.monotonic()
    with locked(path):
        other = Store.open(url)
        assert list(other.feedback()) == []
        other.close()
    assert time.monotonic() - began < 3


def test_a_lock_that_is_never_given_back_keeps_it_from_being_migrated_and_is_told(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialsieve.service.storage.waits.OPENING_WAITS", 0.5)
    path.parent.mkdir()
    began = time.monotonic()
    with locked(path), pytest.raises(StoreError, match="database is locked; another program holds it"):
        Store.open(url)
    assert 0.5 <= time.monotonic() - began < 5


def test_a_migration_waits_for_a_lock_that_is_given_back(path: Path, url: str) -> None:
    path.parent.mkdir()
    with ThreadPoolExecutor(1) as starting:
        with locked(path):
            opened = starting.submit(Store.open, url)
            with pytest.raises(TimeoutError):
                opened.result(0.5)
        opened.result(10).close()


def test_while_it_is_locked_nothing_waits_and_nothing_is_lost(small: Store, path: Path) -> None:
    kept = [screening() for _ in range(3)]
    with locked(path):
        began = time.monotonic()
        for one in kept:
            small.keep_screening(one)
        assert time.monotonic() - began < AT_ONCE
        assert not small.flush(0.3)
        assert [small.result(one.results[0].result_id, one.caller) for one in kept] == [one.results[0] for one in kept]
        assert written(path) == 0
    assert small.flush(5)
    assert (written(path), small.losses) == (3, 0)


def test_who_waits_until_it_is_kept_waits_not_for_long_and_then_not_at_all(small: Store, path: Path) -> None:
    waited = []
    with locked(path):
        for _ in range(3):
            began = time.monotonic()
            asyncio.run(small.settled([small.keep_screening(screening())]))
            waited.append(time.monotonic() - began)
    assert LATE_SECONDS <= waited[0] < LATE_SECONDS + 4
    assert max(waited[1:]) < LATE_SECONDS  # it is known by now that it cannot be written
    assert small.flush(5)
    assert (written(path), small.losses) == (3, 0)


def test_a_token_waits_its_turn_behind_this_process_own_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialsieve.service.storage.waits.ASKER_WAITS", 1)
    with store._database.write():
        began = time.monotonic()
        assert store.seen("iss", "1", LATER) is Met.NOT_HERE
        assert 1 <= time.monotonic() - began < 2
    assert store.seen("iss", "2", LATER) is Met.NOW


def test_what_the_queue_cannot_hold_is_lost_counted_and_told(
    small: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = [screening(patient="Patient/winterbottom") for _ in range(5)]
    with locked(path), caplog.at_level(logging.INFO):
        for one in kept:
            small.keep_screening(one)
        (told,) = small.keep_feedback([said("c", comment="winterbottom")], "hospital")
        assert told.result(0) is False
        assert small.losses == 3
        assert small.result(kept[4].results[0].result_id, kept[4].caller) is None
    assert small.flush(5)
    assert written(path) == 3
    assert "the queue of what is to be written is full" in caplog.text
    assert "winterbottom" not in caplog.text


def test_after_a_fault_writing_goes_on_and_says_so(small: Store, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        with locked(path):
            small.keep_screening(screening())
            assert not small.flush(0.4)
        assert small.flush(5)
    said_in_order = [record.message for record in caplog.records]
    assert any("database is locked" in text for text in said_in_order)
    assert said_in_order[-1] == "the store can be written again"


def test_a_full_disk_loses_nothing_once_there_is_room(small: Store, path: Path) -> None:
    room = {"pages": 1}

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {room['pages']}")

    engine = small._database._writing
    event.listen(engine, "checkout", limit)
    engine.dispose()
    kept = screening(resources=b"x" * 100_000)
    small.keep_screening(kept)
    assert not small.flush(0.3)
    assert small.result(kept.results[0].result_id, kept.caller) == kept.results[0]
    room["pages"] = 1_000_000
    assert small.flush(5)
    assert (written(path), small.losses) == (1, 0)


def deleted(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.touch()


def without_its_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("vanish", [deleted, replaced, without_its_folder])
def test_a_file_that_vanishes_is_made_again(store: Store, path: Path, vanish: Callable[[Path], None]) -> None:
    store.keep_screening(screening())
    assert store.flush(5)
    vanish(path)
    kept = screening()
    store.keep_screening(kept)
    assert store.flush(5)
    assert written(path) == 1
    assert store.result(kept.results[0].result_id, kept.caller) == kept.results[0]


def test_several_who_find_it_replaced_and_locked_wait_at_the_same_time_and_not_for_long(
    store: Store, url: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialsieve.service.storage.waits.WRITER_WAITS", 5.0)
    monkeypatch.setattr("trialsieve.service.storage.waits.ASKER_WAITS", 0.3)
    path.unlink()
    Store.open(url).close()
    with locked(path), ThreadPoolExecutor(8) as askers:
        began = time.monotonic()
        met = list(askers.map(lambda number: store.seen("iss", str(number), LATER), range(8)))
        assert time.monotonic() - began < 3
    assert met == [Met.NOT_HERE] * 8
    assert store.seen("iss", "8", LATER) is Met.NOW


def test_a_folder_that_cannot_be_made_again_is_waited_for(store: Store, path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way", encoding="utf-8")
    kept = screening()
    store.keep_screening(kept)
    assert not store.flush(0.3)
    assert store.result(kept.results[0].result_id, kept.caller) == kept.results[0]
    assert store.seen("iss", "1", LATER) is Met.NOT_HERE
    assert store.seen("iss", "1", LATER) is Met.BEFORE
    with pytest.raises(StoreError):
        store.result(kept.screening_id, kept.caller)
    path.parent.unlink()
    assert store.flush(5)
    assert (written(path), store.losses) == (1, 0)


def test_what_cannot_be_written_before_the_end_is_counted(
    url: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialsieve.service.storage.store.CLOSING_SECONDS", 0.2)
    store = Store.open(url)
    with locked(path):
        for _ in range(3):
            store.keep_screening(screening())
        store.close()
    assert store.losses == 3
    store.keep_screening(screening())
    assert store.losses == 4


def test_a_large_queue_is_bounded_in_bytes_too(url: str, path: Path) -> None:
    database = Database(url)
    database.open()
    store = Store(database)
    with locked(path):
        for _ in range(4):
            store.keep_screening(screening(resources=b"x" * (20 << 20)))
        assert store.losses == 1
    assert store.flush(20)
    store.close()
