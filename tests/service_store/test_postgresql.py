"""The service on PostgreSQL (`make postgresql`): what it answered is kept, also where the server goes for a while."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from kept_things import LATER, NOW, said, screening
from postgresql_server import Server
from running_service import Running, service

from trialsieve.service.security.replay import Met
from trialsieve.service.storage.store import Store, StoreError

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
        assert store.result(meanwhile.results[0].result_id) == meanwhile.results[0]
        with pytest.raises(StoreError, match="cannot be read: OperationalError"):
            store.result(before.results[0].result_id)
        assert store.seen("iss", "1", LATER) is Met.NOT_HERE
    finally:
        postgresql.start()
    assert written.result(30) is True
    assert told.result(30) is True
    assert store.screening_of(before.results[0].result_id) == before
    assert store.losses == 0
    store.close()


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
