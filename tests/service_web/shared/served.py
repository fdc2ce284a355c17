"""`trialsieve serve` in processes of its own, its log read as it comes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

START_SECONDS: Final = 180  # a loaded machine of one slow core


def environment(folder: Path) -> dict[str, str]:
    """Nothing of whoever runs the tests but the cache."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALSIEVE_", "PROMETHEUS_"))}
    cache = {"TRIALSIEVE_CACHE": os.environ["TRIALSIEVE_CACHE"]} if "TRIALSIEVE_CACHE" in os.environ else {}
    return {**kept, **cache, "XDG_STATE_HOME": str(folder), "HOME": str(folder)}


@dataclass
class Served:
    """A running `trialsieve serve`."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.line('serving')['port']}"

    def line(self, event: str, count: int = 1) -> dict[str, Any]:
        """The line of the log that begins so, once there are as many of them."""
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            found = [line for line in self.lines if str(line["event"]).startswith(event)]
            if len(found) >= count:
                return found[count - 1]
            assert self.process.poll() is None, self.lines
            time.sleep(0.05)
        raise AssertionError(f"{event}: not in {self.lines}")

    def workers(self) -> list[int]:
        return [
            int(found[1])
            for line in self.lines
            if (found := re.fullmatch(r"Started server process \[(\d+)\]", line["event"]))
        ]

    def killed_in_a_request(self, head: bytes, part: bytes) -> bytes:
        """What is answered where the one worker is killed when it has begun to take the body, of which a part came.

        `head` is that of the request, without what ends it. That the worker takes the body it says itself: before, the
        connection may still wait for a worker, and the next one would take it.
        """
        (worker,) = self.workers()
        with socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2]))) as connection:
            connection.settimeout(START_SECONDS)
            connection.sendall(head + b"Expect: 100-continue\r\n\r\n")
            said = b""
            while not said.endswith(b"\r\n\r\n"):
                said += connection.recv(100)
            assert said.startswith(b"HTTP/1.1 100 "), said
            connection.sendall(part)
            os.kill(worker, signal.SIGKILL)
            with suppress(ConnectionResetError):
                return connection.recv(100)
        return b""

    def read(self) -> None:
        assert self.process.stderr is not None
        for text in self.process.stderr:
            self.lines.append(json.loads(text))


@contextmanager
def serving(
    folder: Path,
    *options: str,
    ready: int = 1,
    until: str = "Application startup complete",
    program: Sequence[str] = ("-m", "trialsieve", "serve"),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """Starts it on a free port, and waits until that many workers answer, or log `until`.

    `variables`: of the environment.
    """
    process = subprocess.Popen(
        [sys.executable, *program, "--port", "0", *options],
        env=environment(folder) | dict(variables or {}),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    served = Served(process)
    reader = threading.Thread(target=served.read, daemon=True)
    reader.start()
    try:
        served.line(until, ready)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
        reader.join(10)
        assert process.stderr is not None
        process.stderr.close()
