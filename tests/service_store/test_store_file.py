"""The file of a store: who may read it, how it grows, and what is told where it cannot be opened."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest
from kept_things import screening

from trialsieve.service.storage.database import Database
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.store import Store


def test_only_the_user_who_runs_it_can_read_the_file(store: Store, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1)])
@pytest.mark.usefixtures("path")
def test_sqlite_is_set_up_for_several_processes(store: Store, pragma: str, value: object) -> None:
    with store._database.write() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@pytest.mark.parametrize(("megabytes", "is_copied"), [(2, False), (8, True)])
def test_the_log_is_copied_into_the_file_now_and_then(
    store: Store, path: Path, megabytes: int, is_copied: bool
) -> None:
    """Not by the transaction that fills it, for which an answer waits: by the writer, between two."""
    for _ in range(megabytes):
        assert store.keep_screening(screening(resources=bytes(1_000_000))).result(10)
    deadline = time.monotonic() + (5 if is_copied else 0.2)
    while path.stat().st_size < 4_000_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (path.stat().st_size >= 4_000_000) is is_copied


@pytest.mark.usefixtures("path")
def test_no_answer_waits_for_the_copying(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def copies_slowly() -> None:
        begun.set()
        assert may_go_on.wait(10)

    monkeypatch.setattr(store._database, "checkpoint", copies_slowly)
    assert store.keep_screening(screening(resources=bytes(5_000_000))).result(5)
    assert begun.wait(5)
    may_go_on.set()


def test_copying_makes_no_empty_file_where_the_file_is_gone(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    database.open()
    database.close()  # no connection is open: a new one would make the file
    path.unlink()
    database.checkpoint()
    assert not path.exists()


@pytest.mark.usefixtures("path")
def test_a_log_that_cannot_be_copied_is_told_and_nothing_is_lost(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(store._database, "checkpoint", fails)
    assert store.keep_screening(screening(resources=bytes(5_000_000))).result(5)
    assert store.keep_screening(screening()).result(5)
    assert "the log of the store cannot be copied into its file" in caplog.text
    assert store.losses == 0


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "nonsense",
            "store_url: the URL names no database; write sqlite:////path/to/trialsieve.sqlite, with four slashes",
        ),
        ("postgresql//u:secret@h/d", "names no database"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////proc/nowhere/x.sqlite", "cannot be opened"),
        ("oracle+nothing://u:secret@h/d", "no driver"),
        ("oracel://u:secret@h/d", "oracel: no driver"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_alone(path: Path, url: str) -> None:
    path.parent.mkdir()
    path.write_text("notes of somebody\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        Store.open(url)
    assert path.read_text(encoding="utf-8").startswith("notes of somebody")
