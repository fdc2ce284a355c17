"""One of two workers of a real `trialsieve serve` is killed in the middle of a request: the others' are answered."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hook_client import EXAMPLES
from running_service import START_SECONDS, Running, service
from served import serving

BUNDLE = (EXAMPLES / "SENL-T7" / "eligible-boy.json").read_bytes()
SOON = 30
ASKED_WITHIN = 3  # seconds: every half second, the watching process asks whether a worker goes on
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def served(tmp_path: Path, cache: Path) -> Iterator[Running]:
    with service(tmp_path, ["--workers", "2", "--trial", "SENL-T7"]) as running:
        yield running


def screened(running: Running) -> dict[str, Any]:
    """The result of the example, on a connection of its own; whichever worker answers."""
    url = f"http://127.0.0.1:{running.port}/screen?as_of=2026-11-20"
    response = httpx.post(url, content=BUNDLE, headers={**JSON, "Connection": "close"}, timeout=START_SECONDS)
    assert response.status_code == 200
    result: dict[str, Any] = response.json()["results"][0]
    return result


def read_back(running: Running, result: dict[str, Any]) -> httpx.Response:
    """What is kept of a result: it was written before it was answered."""
    return httpx.get(f"http://127.0.0.1:{running.port}/results/{result['id']}", timeout=SOON)


def worker_of(running: Running, connection: socket.socket) -> int:
    """The worker that has taken this connection: the one that holds the socket at its other end."""
    port = connection.getsockname()[1]
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:
        table = Path("/proc/net/tcp").read_text(encoding="ascii")
        found = re.search(rf":{running.port:04X} [0-9A-F]+:{port:04X} 01 .*? .*? .*? +\d+ +\d+ (\d+)", table)
        for worker in running.workers() if found else ():
            for descriptor in Path(f"/proc/{worker}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if found is not None and os.readlink(descriptor) == f"socket:[{found[1]}]":
                        return worker
        time.sleep(0.05)
    raise AssertionError("no worker has taken the connection")


def test_a_worker_that_is_killed_while_it_reads_is_replaced_and_nobody_else_notices(served: Running) -> None:
    earlier = screened(served)
    assert read_back(served, earlier).status_code == 200
    with socket.create_connection(("127.0.0.1", served.port), timeout=SOON) as connection:
        head = (
            f"POST /screen HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(BUNDLE)}\r\n"
        )
        connection.sendall(head.encode() + b"\r\n" + BUNDLE[:1000])
        killed = worker_of(served, connection)
        os.kill(killed, signal.SIGKILL)
        # Nobody says that it was answered: the connection just ends.
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    for _ in range(4):
        assert screened(served)["verdict"] == "eligible"
    served.wait_until_ready(3)
    assert len(served.workers()) == 3
    assert served.process.poll() is None
    assert read_back(served, earlier).json()["verdict"] == "eligible"


def test_what_was_answered_is_kept_although_every_worker_is_killed_at_once(served: Running) -> None:
    answered = screened(served)
    for worker in served.workers():
        os.kill(worker, signal.SIGKILL)
    served.wait_until_ready(4)
    assert read_back(served, answered).json()["verdict"] == "eligible"


def test_workers_killed_while_they_screen_are_replaced_and_what_they_kept_is_there(served: Running) -> None:
    """All of them, amid many requests: those break off or are answered in full, and the next are answered."""
    before = screened(served)
    assert read_back(served, before).status_code == 200
    request = b"POST /screen?as_of=2026-11-20 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    request += f"Content-Length: {len(BUNDLE)}\r\nConnection: close\r\n\r\n".encode() + BUNDLE
    with contextlib.ExitStack() as connections:
        sent = [
            connections.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=SOON))
            for _ in range(8)
        ]
        for connection in sent:
            connection.sendall(request)
        for worker in served.workers():
            os.kill(worker, signal.SIGKILL)
        answers = [_whole(connection) for connection in sent]
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if length is not None and len(body) == int(length[1]):  # else it broke off, and no client takes it for whole
            assert json.loads(body)["results"][0]["verdict"] == "eligible"
    assert screened(served)["verdict"] == "eligible"
    served.wait_until_ready(4)
    assert read_back(served, before).json()["verdict"] == "eligible"


def test_one_that_is_killed_while_it_owes_the_watching_process_an_answer_did_not_hang(
    tmp_path: Path, cache: Path
) -> None:
    """Else what it was at would be refused from then on."""
    with serving(tmp_path, "--trial", "SENL-T7") as served:
        (worker,) = served.workers()
        os.kill(worker, signal.SIGSTOP)
        time.sleep(ASKED_WITHIN)
        os.kill(worker, signal.SIGKILL)
        assert served.line("a worker was replaced")["why"] == "ended"


def _whole(connection: socket.socket) -> bytes:
    got = b""
    with contextlib.suppress(OSError):
        while part := connection.recv(65_536):
            got += part
    return got
