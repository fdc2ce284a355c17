"""The service on PostgreSQL (`make postgresql`): what it answered is kept, also where the server goes for a while."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from kept_things import LATER, NOW, said, screening
from postgresql_server import Server
from running_service import Running, service
from served import environment
from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.exc import OperationalError

from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.storage import database, waits
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.migrating import MIGRATION_LOCK, migrate
from trialsieve.service.storage.store import Store

SOON = 5  # seconds, on a busy machine
BUNDLE = (Path(__file__).parents[2] / "examples" / "SENL-T7" / "eligible-boy.json").read_bytes()


def screened(running: Running) -> dict[str, Any]:
    url = f"http://127.0.0.1:{running.port}/screen?as_of=2026-11-20"
    response = httpx.post(url, content=BUNDLE, headers={"Content-Type": "application/json"}, timeout=60)
    assert response.status_code == 200
    result: dict[str, Any] = response.json()["results"][0]
    return result


def test_workers_start_at_once_and_what_they_answered_is_there_although_they_are_killed(
    postgresql: Server, tmp_path: Path
) -> None:
    settings = {"TRIALSIEVE_STORE_URL": postgresql.url}
    with service(tmp_path, ["--workers", "3", "--trial", "SENL-T7"], settings) as running:
        answered = [screened(running) for _ in range(5)]
        for worker in running.workers():
            os.kill(worker, signal.SIGKILL)
        running.wait_until_ready(6)
        for result in answered:
            kept = httpx.get(f"http://127.0.0.1:{running.port}/results/{result['id']}", timeout=60)
            assert kept.json()["verdict"] == result["verdict"]
            page = httpx.get(f"http://127.0.0.1:{running.port}/explanations/{result['id']}", timeout=60)
            assert page.status_code == 200
        assert not [line for line in running.lines if line.get("level") in {"error", "critical"}]
    assert not list(tmp_path.glob("*.sqlite"))


def test_while_the_server_is_gone_nothing_is_lost_and_afterwards_all_is_written(postgresql: Server) -> None:
    store = Store.open(postgresql.url)
    before, meanwhile = screening(), screening()
    assert store.keep_screening(before).result(10) is True
    postgresql.stop()
    try:
        written = store.keep_screening(meanwhile)
        (told,) = store.keep_feedback([said("c")], "hospital")
        assert store.result(meanwhile.results[0].result_id, meanwhile.caller) == meanwhile.results[0]
        with pytest.raises(StoreError, match="cannot be read: OperationalError"):
            store.result(before.results[0].result_id, before.caller)
        assert store.seen("iss", "1", LATER) is Met.NOT_HERE
    finally:
        postgresql.start()
    assert written.result(30) is True
    assert told.result(30) is True
    assert store.screening_of(before.results[0].result_id) == before
    assert store.losses == 0
    store.close()


@contextmanager
def held_by_somebody_else(server: Server, table: str) -> Iterator[None]:
    """Somebody changes the table, and does not come to an end."""
    engine = create_engine(server.url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    engine.dispose()


@pytest.fixture
def hurried(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with short limits; they stand in the places that other tests leave at seconds."""
    store = Store.open(postgresql.url)
    for name in ("ASKER_WAITS", "WRITER_WAITS"):
        monkeypatch.setattr(waits, name, 0.3)
    for name in ("REQUEST_QUERY_LASTS", "BATCH_QUERY_LASTS"):
        monkeypatch.setattr(waits, name, 0.6)
    yield store
    store.close()


def test_a_token_that_cannot_be_looked_up_for_a_lock_holds_no_request(postgresql: Server, hurried: Store) -> None:
    with ThreadPoolExecutor(1) as asker:
        with held_by_somebody_else(postgresql, "seen_tokens"):
            assert asker.submit(hurried.seen, "iss", "1", LATER).result(SOON) is Met.NOT_HERE
        assert hurried.seen("iss", "2", LATER) is Met.NOW


def test_a_result_that_cannot_be_read_for_a_lock_holds_no_request(postgresql: Server, hurried: Store) -> None:
    kept = screening()
    assert hurried.keep_screening(kept).result(10) is True
    with ThreadPoolExecutor(1) as asker:
        with held_by_somebody_else(postgresql, "results"), pytest.raises(StoreError, match="LockNotAvailable"):
            asker.submit(hurried.result, kept.results[0].result_id, kept.caller).result(SOON)
        assert hurried.result(kept.results[0].result_id, kept.caller) == kept.results[0]


@pytest.mark.parametrize("transaction", ["ask", "write_soon", "write"])
def test_a_query_that_hangs_is_ended(hurried: Store, transaction: str) -> None:
    began = time.monotonic()
    with pytest.raises(OperationalError) as caught, getattr(hurried._database, transaction)() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    assert type(caught.value.orig).__name__ == "QueryCanceled"
    assert 0.6 <= time.monotonic() - began < SOON


@pytest.mark.parametrize("transaction", ["ask", "write_soon", "write"])
def test_a_server_that_is_frozen_amid_a_query_is_not_waited_for(
    postgresql: Server, hurried: Store, transaction: str
) -> None:
    def ask() -> None:
        with getattr(hurried._database, transaction)() as connection:
            connection.exec_driver_sql("SELECT 1")
            with postgresql.frozen():
                connection.exec_driver_sql("SELECT 1")

    began = time.monotonic()
    with pytest.raises(OperationalError):
        ask()
    assert time.monotonic() - began < 2 * SOON


def test_while_the_server_is_frozen_requests_wait_once_and_afterwards_all_is_written(
    postgresql: Server, hurried: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "SERVER_WAITS", 1)
    before, meanwhile = screening(), screening()
    assert hurried.keep_screening(before).result(10) is True
    assert hurried.seen("iss", "0", LATER) is Met.NOW
    with postgresql.frozen():
        written = hurried.keep_screening(meanwhile)
        took = []
        for number in range(1, 5):
            began = time.monotonic()
            assert hurried.seen("iss", str(number), LATER) is Met.NOT_HERE
            took.append(time.monotonic() - began)
        assert took[0] < 2 * SOON
        assert max(took[1:]) < 1
        with pytest.raises(StoreError):
            hurried.result(before.results[0].result_id, before.caller)
        assert not written.done()
    assert written.result(30) is True
    ends = time.monotonic() + 30
    while hurried.seen("iss", "9", LATER) is Met.NOT_HERE and time.monotonic() < ends:
        hurried.forget_token("iss", "9")
        time.sleep(0.2)
    assert hurried.result(before.results[0].result_id, before.caller) == before.results[0]
    assert hurried.losses == 0


def test_what_takes_its_time_is_not_ended(hurried: Store) -> None:
    with hurried._database.report() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(1)")


def test_a_report_that_hangs_is_ended_too(postgresql: Server, hurried: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "REPORT_LASTS", 0.6)
    began = time.monotonic()
    with postgresql.frozen(), pytest.raises(StoreError, match="the server says nothing"):
        list(hurried.feedback())
    with pytest.raises(OperationalError), hurried._database.report() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    assert time.monotonic() - began < 3 * SOON


@pytest.mark.parametrize("command", [("serve", "--port", "0", "--trial", "SENL-T7"), ("feedback",)])
def test_no_command_waits_for_a_server_that_is_frozen(
    command: tuple[str, ...], postgresql: Server, tmp_path: Path
) -> None:
    Store.open(postgresql.url).close()
    variables = environment(tmp_path) | {"TRIALSIEVE_STORE_URL": postgresql.url}
    with postgresql.frozen():
        began = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-m", "trialsieve", *command],
            check=False,
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert time.monotonic() - began < 60
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "cannot be opened: the server says nothing; see whether it runs" in ended.stderr


def test_a_server_that_is_frozen_amid_a_migration_is_not_waited_for(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrate_it_frozen(connection: Connection) -> None:
        with postgresql.frozen():
            migrate(connection)

    monkeypatch.setattr(waits, "MIGRATION_LASTS", 0.6)
    monkeypatch.setattr(database, "migrate", migrate_it_frozen)
    began = time.monotonic()
    with pytest.raises(StoreError, match="cannot be opened: the server says nothing"):
        Store.open(postgresql.url)
    assert time.monotonic() - began < 2 * SOON


def test_a_migration_of_another_that_does_not_end_is_not_waited_for(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "MIGRATION_LASTS", 0.6)
    engine = create_engine(postgresql.url)
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        with pytest.raises(StoreError, match=r"cannot be opened: (LockNotAvailable|QueryCanceled); check"):
            Store.open(postgresql.url)
    engine.dispose()


def test_who_has_nothing_to_migrate_waits_for_no_migration(postgresql: Server, hurried: Store) -> None:
    engine = create_engine(postgresql.url)
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        Store.open(postgresql.url).close()
    engine.dispose()


def test_a_worker_waits_for_the_migration_of_another(postgresql: Server, hurried: Store) -> None:
    postgresql.empty()
    engine = create_engine(postgresql.url)
    with ThreadPoolExecutor(1) as starting:
        with engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            opened = starting.submit(hurried._database.open)
            with pytest.raises(TimeoutError):
                opened.result(1.5)
        opened.result(SOON)
    engine.dispose()


def test_the_writer_waits_for_a_lock_and_then_writes(postgresql: Server, hurried: Store) -> None:
    with held_by_somebody_else(postgresql, "screenings"):
        written = hurried.keep_screening(screening())
        with pytest.raises(TimeoutError):
            written.result(1)
        assert hurried._writer.is_late
    assert written.result(10) is True
    assert hurried.losses == 0


def test_times_are_in_utc_whatever_zone_the_server_is_in(postgresql: Server) -> None:
    store = Store.open(postgresql.url)
    kept = screening(at=datetime(2026, 7, 1, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert store.keep_screening(kept).result(10) is True
    found = store.screening_of(kept.results[0].result_id)
    assert found is not None
    assert f"{found.at:%Y-%m-%d %H:%M %Z}" == "2026-07-01 15:30 UTC"
    store.close()


def test_several_threads_write_at_the_same_time(postgresql: Server) -> None:
    store = Store.open(postgresql.url)
    with store._database.write() as connection:
        connection.exec_driver_sql("SELECT 1")
        began = time.monotonic()
        assert store.keep_screening(screening(at=NOW)).result(5) is True
        assert store.seen("iss", "1", LATER) is Met.NOW
        assert time.monotonic() - began < 5
    store.close()
