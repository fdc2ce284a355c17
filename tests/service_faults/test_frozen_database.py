"""A database that says nothing at all holds a thread, and no request beyond its deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hook_client import EXAMPLES, HookClient, serving

from trialsieve.service.storage.store import Store

SOON = 6.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    with serving(tmp_path_factory.mktemp("data"), request_seconds=2, trials=("SENL-T7",)) as running:
        yield running


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    thawed = threading.Event()

    def wait(*_: Any) -> None:
        thawed.wait(30)

    monkeypatch.setattr(Store, "screening_of", wait)
    yield
    thawed.set()


@pytest.mark.parametrize("path", ["/results", "/explanations"])
@pytest.mark.usefixtures("frozen")
def test_what_cannot_be_read_is_answered_within_the_deadline(client: HookClient, path: str) -> None:
    began = time.monotonic()
    answer = client.get(f"{path}/{uuid4()}")
    assert 2 <= time.monotonic() - began < SOON
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (503, "timeout")


@pytest.mark.usefixtures("frozen")
def test_others_are_answered_meanwhile(client: HookClient) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [("GET", f"/results/{uuid4()}", {}) for _ in range(20)]
    began = time.monotonic()
    *_, last = client.together(*asked, ("GET", "/trials", {}))
    assert last.status_code == 200
    assert time.monotonic() - began < 2 * SOON
    body = (EXAMPLES / "SENL-T7" / "eligible-boy.json").read_bytes()
    answer = client.post("/screen?as_of=2026-11-20", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
