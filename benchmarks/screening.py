#!/usr/bin/env python3
"""How fast is screening, compared with merely parsing the same bytes?

    TRIALSIEVE_VOLUME=FOLDER python benchmarks/screening.py [--patients N] [--turn N] [--trial ID ...]

FOLDER holds FHIR R4 Bundles, one a line, in `*.ndjson` or `*.ndjson.xz` files. The yardstick is `orjson.loads` of every
Bundle in a loop, the result discarded, garbage collector on as Python sets it, in CPU-seconds, turn about with the work
in a process of its own, whose collector sees nothing of ours. The work is everything that `trialsieve screen --format
ndjson` does with them: reading, facts, both evaluators, the full explanation, and writing the results. The resources of
an example patient, of one trial after the other, are put into every tenth Bundle, so that the deep rules run. No
patient is screened twice by the same screener. A batch takes some patients through each step together.
"""

from __future__ import annotations

import argparse
import gc
import lzma
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import orjson
from yardstick import ORJSON

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_bytes
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.documents import parse_bundle
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.service.batch.parts import TOGETHER
from trialsieve.service.processes.tuning import GC_THRESHOLD

AS_OF = date(2026, 11, 20)
EXAMPLES = Path(__file__).parent.parent / "examples"
EXAMPLE = EXAMPLES / "NCT04762485" / "needs-review.json"


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


def example_patients() -> list[bytes]:
    """The example Bundles of every trial's folder."""
    return [path.read_bytes() for path in sorted(EXAMPLES.glob("*/*.json"))]


def with_example(line: bytes, example: bytes) -> bytes:
    """The Bundle with the example patient's resources added for its own patient."""
    bundle = orjson.loads(line)
    patient = next(entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient")
    for entry in orjson.loads(example)["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] != "Patient":
            resource["patient" if "patient" in resource else "subject"] = {"reference": patient["fullUrl"]}
            bundle["entry"].append(entry)
    return orjson.dumps(bundle) + b"\n"


def volume_patients(folder: Path, patients: int) -> list[bytes]:
    """The folder's first Bundles, an example patient's resources in every tenth."""
    examples = example_patients()
    return [
        with_example(line, examples[number // 10 % len(examples)]) if number % 10 == 0 else line
        for number, line in enumerate(volume_lines(folder, patients))
    ]


class Work:
    """Everything from a Bundle's bytes to its results' bytes, by a screener of its own; so many patients together."""

    def __init__(self, book: RuleBook, trials: list[str], together: int = 1) -> None:
        self.screener = Screener(book, trials)
        self.patients = 0
        self._together = together
        self._charts: list[Chart] = []
        self._builder = ChartBuilder(book, concepts_reached(book, trials))
        self._quiet = self._builder.quiet_codes()

    def on_bundles(self, lines: list[bytes]) -> None:
        """Bundle by Bundle, as the yardstick parses them."""
        for line in lines:
            found = records_of_bundle(parse_bundle(line, self._quiet), "volume", lambda problem: None)
            for one in found:
                self._screen(one.record)
        self._screen_charts()

    def on_file(self, path: Path) -> None:
        """The same from an NDJSON file, as the command line reads it."""
        for record in read_records([str(path)], lambda problem: None, quiet=self._quiet):
            self._screen(record)
        self._screen_charts()

    def _screen(self, record: Record) -> None:
        self._charts.append(self._builder.build(record, [], as_of=AS_OF))
        if len(self._charts) == self._together:
            self._screen_charts()

    def _screen_charts(self) -> None:
        for results in self.screener.screen_all(self._charts, Circumstances(AS_OF), findings=False):
            for result in results:
                result_bytes(result)
        self.patients += len(self._charts)
        self._charts.clear()


def cpu_seconds(work: Callable[[], None]) -> float:
    """CPU time of some work."""
    began = time.process_time()
    work()
    return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds: of CPU time, and by the clock."""

    cpu: float
    wall: float


class Yardstick:
    """A process that merely reads, or parses (yardstick.py)."""

    def __init__(self, what: str = ORJSON) -> None:
        command = [sys.executable, str(Path(__file__).with_name("yardstick.py")), what]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def took(self, path: Path) -> Took:
        """What the file's lines took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        cpu, wall = self._process.stdout.readline().split()
        return Took(float(cpu), float(wall))

    def close(self) -> None:
        self._process.communicate()


def start_up(rounds: int) -> tuple[float, float]:
    """Median wall seconds of one `trialsieve screen` of a small bundle, and of importing pydantic, taken in turn."""
    commands = (
        [sys.executable, "-m", "trialsieve", "screen", str(EXAMPLE), "--as-of", AS_OF.isoformat(), "--format", "json"],
        [sys.executable, "-c", "from pydantic import BaseModel"],
    )
    # Both as installed: compiled modules are kept, also those of what has just been changed.
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = partial(subprocess.run, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    times: tuple[list[float], list[float]] = ([], [])
    for command in commands:
        start(command)
    for _ in range(rounds):
        for seconds, command in zip(times, commands, strict=True):
            began = time.perf_counter()
            start(command)
            seconds.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


@dataclass(frozen=True)
class Row:
    """One thing that is measured: its work on some lines, and the seconds of each turn."""

    name: str
    work: Work
    from_file: bool
    seconds: list[float] = field(default_factory=list)

    def take(self, lines: list[bytes], path: Path) -> None:
        work = partial(self.work.on_file, path) if self.from_file else partial(self.work.on_bundles, lines)
        self.seconds.append(cpu_seconds(work))


def measure(rows: list[Row], lines: list[bytes], turn: int) -> list[float]:
    """Turn by turn of so many patients, the yardstick and every row one after the other; the yardstick's seconds."""
    gc.freeze()  # as the command line does
    gc.set_threshold(*GC_THRESHOLD)
    yardstick = Yardstick()
    parsing = []
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "volume.ndjson"
        for start in range(0, len(lines), turn):
            some = lines[start : start + turn]
            path.write_bytes(b"".join(some))
            parsing.append(yardstick.took(path).cpu)
            for row in rows:
                row.take(some, path)
    yardstick.close()
    return parsing


def report(rows: list[Row], parsing: list[float], patients: int) -> None:
    whole = sum(parsing)
    print(f"{'orjson.loads':28} {whole / patients * 1000:7.2f} ms a patient {patients / whole:6.0f} a second")
    for row in rows:
        ratios = [merely / seconds for merely, seconds in zip(parsing, row.seconds, strict=True)]
        least, *_, most = statistics.quantiles(ratios, n=10) if len(ratios) > 1 else ratios * 2
        taken = sum(row.seconds)
        print(
            f"{row.name:28} {taken / patients * 1000:7.2f} ms a patient {patients / taken:6.0f} a second"
            f"   {statistics.median(ratios):.2f} x orjson.loads (of ten turns, eight from {least:.2f} to {most:.2f};"
            f" all together {whole / taken:.2f})"
        )


def _named(trials: list[str]) -> str:
    return trials[0] if len(trials) == 1 else f"all {len(trials)} trials"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=300, help="how many Bundles (default: 300)")
    parser.add_argument("--turn", type=int, default=20, help="how many Bundles a turn (default: 20)")
    parser.add_argument("--trial", action="append", help="a row for this trial (default: NCT04762485, and all)")
    parser.add_argument("--starts", type=int, default=10, help="how often the start is measured (default: 10)")
    arguments = parser.parse_args()
    if arguments.starts:
        screening_time, import_time = start_up(arguments.starts)
        print(
            f"start-up: trialsieve screen {screening_time * 1000:.0f} ms, import pydantic {import_time * 1000:.0f} ms,"
            f" ratio {screening_time / import_time:.1f} (at most 5)"
        )
    folder = os.environ.get("TRIALSIEVE_VOLUME")
    if not folder or not Path(folder).is_dir():
        print(
            "TRIALSIEVE_VOLUME is not set to a folder of Bundles (*.ndjson, *.ndjson.xz): throughput was not measured."
        )
        return 0
    book = cached_rules((), None)
    asked = [[name] for name in arguments.trial] if arguments.trial else [["NCT04762485"], sorted(book.trials)]
    rows = [
        Row(
            f"{_named(trials)}{', NDJSON' if from_file else ''}",
            Work(book, trials),
            from_file,
        )
        for trials in asked
        for from_file in (False, True)
    ]
    many = max(asked, key=len)
    rows.append(Row(f"{_named(many)}, as in a batch", Work(book, many, TOGETHER), False))
    lines = volume_patients(Path(folder), arguments.patients)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(lines)} patients in turns of {arguments.turn}; CPU time; medians of the turns")
    parsing = measure(rows, lines, arguments.turn)
    report(rows, parsing, len(lines))
    disagreements = sum(row.work.screener.disagreements for row in rows)
    screened = sum(row.work.patients for row in rows)
    print(f"disagreements between the evaluators: {disagreements}, of {screened} screenings")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
