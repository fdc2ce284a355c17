#!/usr/bin/env python3
"""Full load for a while, of valid, broken and hostile requests: the service must come through it unharmed.

    python benchmarks/load.py [--seconds N] [--clients N] [--workers N] [--seed N]

`trialsieve serve` runs as it does in production, with signed tokens, on loopback alone; clients of this process ask it
without pause. Exit status 1 if any of this is not so:

* no worker ends, is restarted, or logs an internal error; the two evaluators never differ, nothing kept is lost;
* memory comes to a plateau, and no worker holds more than it may (see `load_memory`);
* no answer holds anything of another patient than its own: ids and values carry the number of the patient;
* every answer has a status that fits its request and CORS headers, and every error is an OperationOutcome, a bare 401,
  or, for a page, a page.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Final

from load_cases import BODY_SECONDS, MOST_BODY, SERVICE, WEIGHTS, Cases
from load_material import Patients
from load_memory import Growth, Sample
from load_session import MOST_TOLD, Session, Tally
from load_tokens import PUBLIC_URL, Signer
from running_service import Running, beside, resident_bytes, service
from service_patients import HIGHEST_NUMBER, PatientMaker

METRICS_TOKEN: Final = "m" * 40
SAMPLED_EVERY: Final = 0.5
COUNTED_EVERY: Final = 10.0
KEPT_MEGABYTES: Final = 20
"""Little, so that what is kept comes to its bound within a minute or two, and then to a plateau."""


@contextmanager
def sampled(running: Running, growth: Growth, tally: Tally) -> Iterator[None]:
    """Samples the memory of the workers that run now, and what they count of it."""
    workers, began = running.workers(), time.monotonic()

    def watch(stop: threading.Event) -> None:
        counted, count_at = Counter[str](), began
        while not stop.wait(SAMPLED_EVERY):
            try:
                held = sum(map(resident_bytes, workers))
                if time.monotonic() >= count_at:
                    counted, count_at = metrics(running.port), count_at + COUNTED_EVERY
            except OSError:
                return  # a worker is gone, which is told elsewhere
            values, tokens = counted["trialsieve_kept_values"], counted["trialsieve_remembered_tokens"]
            sample = Sample(time.monotonic() - began, tally.requests, held, int(values), int(tokens))
            growth.samples.append(sample)

    with beside(watch):
        yield


def client(session: Session, cases: Cases, numbers: Iterator[int], until: float) -> None:
    """Asks until the time is over. A fault of the load itself is a violation too: nothing would be checked any more."""
    chosen, weights = list(WEIGHTS), list(WEIGHTS.values())
    while time.monotonic() < until:
        (case,) = session.random.choices(chosen, weights)
        session.case = case.__name__
        try:
            case(cases, session, next(numbers))
        except Exception as error:
            session.tally.violated(f"{session.case}: the load failed: {type(error).__name__}: {error}")
            session.close()
    session.close()


def numbers_of(place: int, clients: int) -> Iterator[int]:
    """Numbers of patients that no other client uses, two apart; they recur after a long time."""
    share = HIGHEST_NUMBER // clients - 1
    while True:
        yield from range(place * share, (place + 1) * share - 2, 2)


def metrics(port: int) -> Counter[str]:
    """What the service counts, summed over labels."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    text = connection.getresponse().read().decode()
    counted: Counter[str] = Counter()
    for name, value in re.findall(r"^(trialsieve_\w+)(?:\{.*\})? (\S+)$", text, re.MULTILINE):
        counted[name] += float(value)  # type: ignore[assignment]
    return counted


def check_the_end(running: Running, before: list[int], tally: Tally) -> Counter[str]:
    """What must be true of the service when all is over."""
    if running.process.poll() is not None:
        tally.violated("the service has ended")
        return Counter()
    if running.workers() != before:
        tally.violated(f"{len(running.workers()) - len(before)} workers were restarted")
    for line in list(running.lines):
        if line.get("level") in {"error", "critical"}:
            told = {name: line[name] for name in ("event", "error_type", "where", "route", "status") if name in line}
            tally.violated(f"logged: {told}")
    for text in running.unreadable:
        tally.violated(f"not a line of the log: {text[:200]}")
    counted = metrics(running.port)
    for name in ("trialsieve_engine_disagreements", "trialsieve_screening_failures", "trialsieve_store_losses"):
        if counted[name]:
            tally.violated(f"{name} is {counted[name]:g}")
    for case in ("hook", "rest", "page of an explanation", "result"):
        if not tally.own_marks[case]:
            tally.violated(f"{case}: in no answer was anything of its own patient found; nothing was checked")
    return counted


def report(tally: Tally, growth: Growth, counted: Counter[str], seconds: float) -> None:
    cases: dict[str, Counter[int]] = {}
    for (case, status), count in tally.answers.items():
        cases.setdefault(case, Counter())[status] += count
    print(f"{tally.requests} requests in {seconds:.0f} s, {tally.requests / seconds:.0f} a second")
    for case, statuses in sorted(cases.items()):
        told = ", ".join(f"{status or 'none'}: {count}" for status, count in sorted(statuses.items()))
        marks = f"   own patient found in {tally.own_marks[case]}" if tally.own_marks[case] else ""
        print(f"  {case:26} {told}{marks}")
    print(f"  results {counted['trialsieve_results_total']:.0f}, cards {counted['trialsieve_cards_total']:.0f}")
    for line in growth.told():
        print(f"  {line}")
    for what, count in tally.violations.most_common(MOST_TOLD):
        print(f"VIOLATION {count} x {what}")
    print("no violation" if not tally.violations else f"{len(tally.violations)} kinds of violation")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="how long (default: 600)")
    parser.add_argument("--clients", type=int, default=16, help="clients at once (default: 16)")
    parser.add_argument("--workers", type=int, default=2, help="workers of the service (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="the random choices (default: 0)")
    arguments = parser.parse_args()
    signer, tally, growth = Signer(), Tally(), Growth(arguments.workers)
    settings = {
        "TRIALSIEVE_CLIENTS": signer.clients(),
        "TRIALSIEVE_PUBLIC_URL": PUBLIC_URL,
        "TRIALSIEVE_METRICS_TOKEN": METRICS_TOKEN,
        "TRIALSIEVE_BODY_BYTES": str(MOST_BODY),
        "TRIALSIEVE_BODY_SECONDS": str(BODY_SECONDS),
        "TRIALSIEVE_KEPT_MEGABYTES": str(KEPT_MEGABYTES),
    }
    with (
        tempfile.TemporaryDirectory() as scratch,
        service(Path(scratch), ["--workers", str(arguments.workers)], settings) as running,
    ):
        first = Session(running.port, signer, tally, Random(arguments.seed))
        first.case = "discovery"
        listed = first.ask("GET", "/cds-services", expect={200}).json()["services"]
        maker = PatientMaker(next(one["prefetch"] for one in listed if SERVICE.endswith(one["id"])))
        cases = Cases(Patients(maker))
        workers = running.workers()
        began = time.monotonic()
        threads = [
            threading.Thread(
                target=client,
                args=(
                    Session(running.port, signer, tally, Random(f"{arguments.seed} {place}")),
                    cases,
                    numbers_of(place, arguments.clients),
                    began + arguments.seconds,
                ),
            )
            for place in range(arguments.clients)
        ]
        with sampled(running, growth, tally):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        seconds = time.monotonic() - began
        first.case = "after it all"
        first.ask("GET", "/health", expect={200})
        counted = check_the_end(running, workers, tally)
        first.close()
    if fault := growth.fault():
        tally.violated(fault)
    report(tally, growth, counted, seconds)
    return 1 if tally.violations else 0


if __name__ == "__main__":
    sys.exit(main())
