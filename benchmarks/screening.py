#!/usr/bin/env python3
"""How fast is screening, compared with merely parsing the same bytes?

    TRIALSIEVE_VOLUME=FOLDER python benchmarks/screening.py [--patients N] [--rounds N]

FOLDER holds FHIR R4 Bundles, one a line, in `*.ndjson` or `*.ndjson.xz` files. The yardstick is `orjson.loads` of every
Bundle in a loop, the result discarded, garbage collector on, in CPU-seconds of the same process. The work is everything
that `trialsieve screen --format ndjson` does with them: reading, facts, both evaluators, the full explanation, and
writing the results. An example patient's resources are put into every tenth Bundle, so that the deep rules run.
"""

from __future__ import annotations

import argparse
import gc
import json
import lzma
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_json
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.bundle import records_of_bundle
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.documents import parse_bundle
from trialsieve.fhir_adapters.reader import read_records
from trialsieve.fhir_adapters.record import Record
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.model import RuleBook
from trialsieve.service.request import Request

AS_OF = date(2026, 11, 20)
EXAMPLE = Path(__file__).parent.parent / "examples" / "NCT04762485" / "needs-review.json"


def volume_lines(folder: Path, patients: int) -> Iterator[bytes]:
    """The first so many Bundles of the folder's files, as they stand."""
    left = patients
    for path in sorted(folder.glob("*.ndjson*")):
        opener = lzma.open if path.suffix == ".xz" else open
        with opener(path, "rb") as file:
            for line in file:
                if left == 0:
                    return
                if line.strip():
                    left -= 1
                    yield line


def with_leukemia(line: bytes) -> bytes:
    """The Bundle with the example patient's resources added for its own patient."""
    bundle = orjson.loads(line)
    patient = next(entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient")
    for entry in json.loads(EXAMPLE.read_text(encoding="utf-8"))["entry"]:
        if entry["resource"]["resourceType"] != "Patient":
            entry["resource"]["subject"] = {"reference": patient["fullUrl"]}
            bundle["entry"].append(entry)
    return orjson.dumps(bundle) + b"\n"


def parse(lines: list[bytes]) -> None:
    """The yardstick."""
    for line in lines:
        orjson.loads(line)


class Work:
    """Everything from a Bundle's bytes to its results' bytes."""

    def __init__(self, book: RuleBook, trials: list[str]) -> None:
        self.screener = Screener(book, trials)
        self._wanted = Request(book, tuple(trials), Circumstances(AS_OF), frozenset()).concepts
        self._builder = ChartBuilder(book)
        self._quiet = self._builder.quiet_codes(self._wanted)

    def on_bundles(self, lines: list[bytes]) -> None:
        """Bundle by Bundle, as the yardstick parses them."""
        for line in lines:
            found = records_of_bundle(parse_bundle(line, self._quiet), "volume", lambda problem: None)
            for one in found:
                self._screen(one.record)

    def on_file(self, path: Path) -> None:
        """The same from an NDJSON file, as the command line reads it."""
        for record in read_records([str(path)], lambda problem: None, quiet=self._quiet):
            self._screen(record)

    def _screen(self, record: Record) -> None:
        chart = self._builder.build(record, [], wanted=self._wanted)
        for result in self.screener.screen(chart, Circumstances(AS_OF)):
            orjson.dumps(result_json(result))


def cpu_seconds(work: object) -> float:
    began = time.process_time()
    assert callable(work)
    work()
    return time.process_time() - began


def start_up(rounds: int) -> tuple[float, float]:
    """Median wall seconds of one `trialsieve screen` of a small bundle, and of importing pydantic, taken in turn."""
    commands = (
        [sys.executable, "-m", "trialsieve", "screen", str(EXAMPLE), "--as-of", AS_OF.isoformat(), "--format", "json"],
        [sys.executable, "-c", "from pydantic import BaseModel"],
    )
    times: tuple[list[float], list[float]] = ([], [])
    for command in commands:
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    for _ in range(rounds):
        for seconds, command in zip(times, commands, strict=True):
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            seconds.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=300, help="how many Bundles (default: 300)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each measurement is taken (default: 5)")
    parser.add_argument("--trial", action="append", help="trials to screen for (default: NCT04762485)")
    arguments = parser.parse_args()
    screening_time, import_time = start_up(arguments.rounds * 2)
    print(
        f"start-up: trialsieve screen {screening_time * 1000:.0f} ms, import pydantic {import_time * 1000:.0f} ms,",
        end=" ",
    )
    print(f"ratio {screening_time / import_time:.1f} (at most 5)")
    folder = os.environ.get("TRIALSIEVE_VOLUME")
    if not folder or not Path(folder).is_dir():
        print(
            "TRIALSIEVE_VOLUME is not set to a folder of Bundles (*.ndjson, *.ndjson.xz): throughput was not measured."
        )
        return 0
    trials = arguments.trial or ["NCT04762485"]
    work = Work(cached_rules((), None), trials)
    gc.freeze()  # as the command line does once the rules are loaded
    lines = [
        with_leukemia(line) if number % 10 == 0 else line
        for number, line in enumerate(volume_lines(Path(folder), arguments.patients))
    ]
    parsing, screening, from_file = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "volume.ndjson"
        path.write_bytes(b"".join(lines))
        for _ in range(arguments.rounds):
            parsing.append(cpu_seconds(lambda: parse(lines)))
            screening.append(cpu_seconds(lambda: work.on_bundles(lines)))
            from_file.append(cpu_seconds(lambda: work.on_file(path)))
    patients = len(lines)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{patients} patients, {', '.join(trials)}; medians of {arguments.rounds} rounds, CPU time")
    for name, seconds in (("orjson.loads", parsing), ("trialsieve", screening), ("trialsieve, NDJSON", from_file)):
        middle = statistics.median(seconds)
        print(f"{name:20} {patients / middle:8.0f} patients/s {middle / patients * 1000:8.2f} ms a patient")
    for name, taken in (("trialsieve", screening), ("trialsieve, NDJSON", from_file)):
        ratios = [yardstick / seconds for yardstick, seconds in zip(parsing, taken, strict=True)]
        print(f"{name:20} {statistics.median(ratios):.2f} x orjson.loads ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"disagreements between the evaluators: {work.screener.disagreements}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
