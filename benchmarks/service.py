#!/usr/bin/env python3
"""How fast does the service answer, compared with an endpoint that merely parses the same body?

    python benchmarks/service.py [--requests N] [--rounds N] [--clients N]

`trialsieve serve` with one worker, all trials and both evaluators, and the yardstick, each in a process of its own, are
asked in turn over real sockets by clients in this process. No request is sent twice: each is of another patient, with
everything prefetched in 133 kB. While several clients ask the service, one more asks it for its health.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import orjson
from running_service import ask, beside, cpu_seconds, script, service
from service_patients import PatientMaker

PATH: Final = "/cds-services/trialsieve-patient-view"
WARM_UP: Final = 40
HEALTH_EVERY: Final = 0.02

# The aims.
MOST_MEDIAN_MS: Final = 8.0
MOST_P95_MS: Final = 20.0
MOST_TIMES_SLOWER: Final = 10.0
MOST_HEALTH_P99_MS: Final = 50.0


@dataclass
class Row:
    """One endpoint, and what was measured of it."""

    name: str
    port: int
    path: str
    process: int
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    answered: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    requests: int = 0

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    @property
    def throughput(self) -> float:
        return self.answered / self.seconds

    def ask_alone(self, bodies: list[bytes], *, counts: bool = True) -> None:
        """One client, one request after the other."""
        connection = self.connection()
        with self._cpu(len(bodies), counts=counts):
            times = [timed(connection, self.path, body) for body in bodies]
        if counts:
            self.alone += times
        connection.close()

    def ask_together(self, bodies: list[bytes], clients: int) -> None:
        """Several clients, each with its share of the requests and a connection of its own."""
        times: list[list[float]] = [[] for _ in range(clients)]

        def one(place: int) -> None:
            connection = self.connection()
            for body in bodies[place::clients]:
                times[place].append(timed(connection, self.path, body))
            connection.close()

        threads = [threading.Thread(target=one, args=(place,)) for place in range(clients)]
        began = time.perf_counter()
        with self._cpu(len(bodies)):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.seconds += time.perf_counter() - began
        self.together += [seconds for each in times for seconds in each]
        self.answered += sum(map(len, times))

    @contextmanager
    def _cpu(self, requests: int, *, counts: bool = True) -> Iterator[None]:
        began = cpu_seconds(self.process)
        yield
        if counts:
            self.cpu += cpu_seconds(self.process) - began
            self.requests += requests


def timed(connection: HTTPConnection, path: str, body: bytes) -> float:
    """The seconds until the whole answer is there."""
    began = time.perf_counter()
    response, answer = ask(connection, "POST", path, body)
    seconds = time.perf_counter() - began
    if response.status != 200:
        raise RuntimeError(f"{path}: answered with {response.status}: {answer[:300]!r}")
    return seconds


@contextmanager
def health_asked(port: int, times: list[float]) -> Iterator[None]:
    """Asks for the health again and again, on a connection of its own."""

    def watch(stop: threading.Event) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while not stop.wait(HEALTH_EVERY):
            began = time.perf_counter()
            response, _ = ask(connection, "GET", "/health")
            times.append(time.perf_counter() - began)
            if response.status != 200:
                raise RuntimeError(f"/health: answered with {response.status}")
        connection.close()

    with beside(watch):
        yield


def milliseconds(times: list[float], share: int) -> float:
    """The time below which so many of a hundred answers lie."""
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1] * 1000


def prefetch_templates(port: int) -> dict[str, str]:
    """What discovery asks clients to prefetch."""
    _, answer = ask(HTTPConnection("127.0.0.1", port, timeout=60), "GET", "/cds-services")
    services = orjson.loads(answer)["services"]
    found: dict[str, str] = next(one["prefetch"] for one in services if one["hook"] == "patient-view")
    return found


def report(rows: list[Row], health: list[float], clients: int, body_bytes: float) -> bool:
    """Prints the table and the aims; whether all of them are met."""
    ours, yardstick = rows[0], rows[1]
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", end="")
    print(f"; load {os.getloadavg()[0]:.1f}; bodies of {body_bytes / 1000:.0f} kB")
    print(f"{'':24} {'p50 ms':>8} {'p95 ms':>8} {'requests/s,':>13} {'p50 ms,':>9} {'p95 ms,':>9} {'CPU ms a':>9}")
    several = f"{clients} clients"
    print(f"{'':24} {'1 client':>8} {'':8} {several:>13} {several:>9} {several:>9} {'request':>9}")
    for row in rows:
        print(
            f"{row.name:24} {milliseconds(row.alone, 50):8.2f} {milliseconds(row.alone, 95):8.2f}"
            f" {row.throughput:13.0f} {milliseconds(row.together, 50):9.1f} {milliseconds(row.together, 95):9.1f}"
            f" {row.cpu / row.requests * 1000:9.2f}"
        )
    aims = (
        ("one client, p50 ms", milliseconds(ours.alone, 50), MOST_MEDIAN_MS),
        ("one client, p95 ms", milliseconds(ours.alone, 95), MOST_P95_MS),
        (
            f"{clients} clients, times slower than {yardstick.name}",
            yardstick.throughput / ours.throughput,
            MOST_TIMES_SLOWER,
        ),
        (f"/health p99 ms meanwhile ({len(health)} asked)", milliseconds(health, 99), MOST_HEALTH_P99_MS),
    )
    for what, found, most in aims:
        print(f"{what:52} {found:8.2f}   at most {most:g}: {'met' if found <= most else 'NOT MET'}")
    return all(found <= most for _, found, most in aims)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=40, help="requests of a turn (default: 40)")
    parser.add_argument("--rounds", type=int, default=6, help="turns of each endpoint (default: 6)")
    parser.add_argument("--clients", type=int, default=8, help="clients that ask at once (default: 8)")
    parser.add_argument("--aims", action="store_true", help="exit with 1 where an aim is not met")
    arguments = parser.parse_args()
    here = Path(__file__).parent
    with (
        tempfile.TemporaryDirectory() as scratch,
        service(Path(scratch), ["--workers", "1"]) as running,
        script(here / "noop_endpoint.py") as (noop, port),
    ):
        rows = [
            Row("trialsieve", running.port, PATH, running.workers()[0]),
            Row("no-op, orjson", port, "/noop", noop),
            Row("no-op, FastAPI's parser", port, "/noop-of-fastapi", noop),
        ]
        maker = PatientMaker(prefetch_templates(running.port))
        made = iter(range(1_000_000))

        def new(count: int) -> list[bytes]:
            return [maker.patient(next(made)).body() for _ in range(count)]

        health: list[float] = []
        sizes: list[int] = []
        gc.freeze()
        for row in rows:
            row.ask_alone(new(WARM_UP), counts=False)
        for _ in range(arguments.rounds):
            for row in rows:
                bodies = new(arguments.requests)
                sizes += map(len, bodies)
                row.ask_alone(bodies)
                bodies = new(arguments.requests * 2)
                if row is rows[0]:
                    with health_asked(row.port, health):
                        row.ask_together(bodies, arguments.clients)
                else:
                    row.ask_together(bodies, arguments.clients)
        met = report(rows, health, arguments.clients, statistics.fmean(sizes))
    return 0 if met or not arguments.aims else 1


if __name__ == "__main__":
    sys.exit(main())
