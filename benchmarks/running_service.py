"""`trialsieve serve` and other servers in processes of their own, on free ports of loopback, for as long as needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Final

START_SECONDS: Final = 180
CLOCK_TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")

_STARTED: Final = re.compile(r"Started server process \[(\d+)\]")


@dataclass
class Running:
    """A running service, and what it logs."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self._first("serving")["port"])

    def workers(self) -> list[int]:
        """Every worker that was ever started, those that are gone included."""
        return [int(found[1]) for line in list(self.lines) if (found := _STARTED.fullmatch(str(line["event"])))]

    def wait_until_ready(self, workers: int) -> None:
        """Until so many workers answer."""
        ends = time.monotonic() + START_SECONDS
        while sum(line["event"] == "Application startup complete." for line in list(self.lines)) < workers:
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"the service does not start: {self.lines} {self.unreadable}")
            time.sleep(0.05)

    def read_log(self) -> None:
        """Takes over what is logged, but for the line of each request, until the service ends."""
        assert self.process.stderr is not None
        for text in self.process.stderr:
            try:
                line = json.loads(text)
            except ValueError:
                self.unreadable.append(text)
                continue
            if line.get("event") != "request" or line.get("level") == "error":
                self.lines.append(line)

    def _first(self, event: str) -> dict[str, Any]:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            for line in list(self.lines):
                if line["event"] == event:
                    return line
            time.sleep(0.05)
        raise RuntimeError(f"{event}: was not logged")


@contextmanager
def service(folder: Path, options: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """`trialsieve serve` with these options, and these settings in the environment; it keeps its data in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIALSIEVE_")}
    if "TRIALSIEVE_CACHE" in os.environ:
        kept["TRIALSIEVE_CACHE"] = os.environ["TRIALSIEVE_CACHE"]
    command = [sys.executable, "-m", "trialsieve", "serve", "--port", "0", "--data-folder", str(folder), *options]
    process = subprocess.Popen(
        command, env=kept | dict(settings or {}), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    running = Running(process)
    reader = threading.Thread(target=running.read_log, daemon=True)
    reader.start()
    try:
        workers = int(options[options.index("--workers") + 1]) if "--workers" in options else 1
        running.wait_until_ready(workers)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
            reader.join(10)
            assert process.stderr is not None
            process.stderr.close()


@contextmanager
def script(path: Path) -> Iterator[tuple[int, int]]:
    """A Python script that serves and prints its port; its process id and the port."""
    process = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.pid, int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@contextmanager
def beside(watch: Callable[[threading.Event], None]) -> Iterator[None]:
    """Something done in a thread of its own, which the block's end tells to stop."""
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(stop,))
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def ask(connection: HTTPConnection, method: str, path: str, body: bytes | None = None) -> tuple[HTTPResponse, bytes]:
    """One request on a connection that is kept; the whole answer."""
    connection.request(method, path, body, {"Content-Type": "application/json"} if body is not None else {})
    response = connection.getresponse()
    return response, response.read()


def cpu_seconds(process: int) -> float:
    """CPU time that a process has taken so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def resident_bytes(process: int) -> int:
    """Memory that a process holds, without what it shares with files."""
    _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    return (int(resident) - int(shared)) * PAGE_BYTES
