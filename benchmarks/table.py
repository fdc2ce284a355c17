#!/usr/bin/env python3
"""Everything side by side, on one machine, as one table in Markdown; then each aim, and whether it is met.

    TRIALSIEVE_VOLUME=FOLDER python benchmarks/table.py [--patients N] [--peer N] [--population N] [--starts N]

FOLDER holds FHIR R4 Bundles, one a line, as for benchmarks/screening.py; example patients are put into every tenth as
there. The first rows take the same Bundles in turns, one after the other, each in a process of its own or with a
screener of its own; the last screen a bulk export made of them, start-up included. What is not installed is named.
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib.util
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import batch
from peer import TRIAL, Peer, install, missing, write_codes
from screening import Took, Work, Yardstick, start_up, volume_patients
from yardstick import ORJSON, READ, SIMDJSON

from trialsieve.rules.cache import cached_rules
from trialsieve.rules.rule_book import RuleBook
from trialsieve.service.processes.tuning import GC_THRESHOLD

SPARK_PYTHON: Final = Path(__file__).parents[1] / ".venv-spark" / "bin" / "python"
MASTER: Final = "local-cluster[2,1,1024]"
YARDSTICK: Final = "`orjson.loads`, the yardstick"
PEER: Final = "cql-execution, one trial"
REMEMBERING: Final = "the same, remembering"
ONE_PROCESS: Final = "five trials, bulk export, one process"
TWO_PROCESSES: Final = "five trials, bulk export, two processes"
SPARK: Final = "five trials, bulk export, Spark with two executors"
STARTING: Final = 20
"""Patients whose run is nothing but start-up."""

Take = Callable[[list[bytes], Path], Took]


@dataclass(slots=True)
class Row:
    """A line of the table. `missing`: why nothing was measured; `turns`: CPU seconds of each."""

    name: str
    missing: str = ""
    a_second: float = 0.0
    a_cpu_second: float = 0.0
    by_yardstick: float = 0.0
    turns: tuple[float, ...] = ()

    def markdown(self) -> str:
        if self.missing:
            return f"| {self.name} | {self.missing} | | |"
        return f"| {self.name} | {_short(self.a_second)} | {_short(self.a_cpu_second)} | {_short(self.by_yardstick)} |"


@dataclass(slots=True)
class Contestant:
    """Who takes the turns, of so many patients at the most, and what each took."""

    name: str
    take: Take
    close: Callable[[], None] = lambda: None
    most: int = sys.maxsize
    turns: list[Took] = field(default_factory=list)

    def row(self, turn: int, yardstick: list[Took]) -> Row:
        patients = turn * len(self.turns)
        ratios = [merely.cpu / own.cpu for merely, own in zip(yardstick, self.turns, strict=False)]
        wall, cpu = sum(one.wall for one in self.turns), sum(one.cpu for one in self.turns)
        turns = tuple(one.cpu for one in self.turns)
        return Row(self.name, "", patients / wall, patients / cpu, statistics.median(ratios), turns)


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to be reached; None: not measured."""

    says: str
    measured: float | None
    wanted: float
    at_most: bool = False

    def markdown(self) -> str:
        sign = "at most" if self.at_most else "at least"
        if self.measured is None:
            return f"| {self.says} | {sign} {self.wanted:g} | | not measured |"
        met = self.measured <= self.wanted if self.at_most else self.measured >= self.wanted
        return f"| {self.says} | {sign} {self.wanted:g} | {_short(self.measured)} | {'met' if met else '**not met**'} |"


def timed(work: Callable[[], None]) -> Took:
    """What some work of this process took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.process_time() - cpu, time.perf_counter() - wall)


def own(book: RuleBook) -> list[Contestant]:
    """Ourselves: one trial and all, from Bundles and from a file of them."""
    made: list[Contestant] = []
    for name, trials in ((f"trialsieve, {TRIAL}", [TRIAL]), ("trialsieve, five trials", sorted(book.trials))):
        parsed, read = Work(book, trials), Work(book, trials)
        made.append(Contestant(f"{name}, Bundles", functools.partial(_on_bundles, parsed)))
        made.append(Contestant(f"{name}, NDJSON", functools.partial(_on_file, read)))
    return made


def _on_bundles(work: Work, lines: list[bytes], _: Path) -> Took:
    return timed(lambda: work.on_bundles(lines))


def _on_file(work: Work, _: list[bytes], path: Path) -> Took:
    return timed(lambda: work.on_file(path))


def floor(name: str, what: str) -> Contestant:
    """A process that merely reads or parses."""
    process = Yardstick(what)
    return Contestant(name, lambda _, path: process.took(path), process.close)


def peer(name: str, codes: Path, most: int, *, remembering: bool) -> Contestant:
    """A process of cql-execution."""
    process = Peer(codes, remembering=remembering)

    def take(_: list[bytes], path: Path) -> Took:
        began = time.perf_counter()
        seconds = process.screen(path)[0]
        return Took(seconds, time.perf_counter() - began)

    return Contestant(name, take, process.close, most)


def side_by_side(book: RuleBook, lines: list[bytes], turn: int, most: int, scratch: Path) -> list[Row]:
    """Turn about over the same Bundles."""
    yardstick = floor(YARDSTICK, ORJSON)
    contestants = [floor("reading the bytes", READ)]
    rows: dict[str, Row] = {}
    if importlib.util.find_spec("simdjson") is None:
        rows["simdjson"] = Row("simdjson, nothing built", "not installed (pysimdjson)")
    else:
        contestants.append(floor("simdjson, nothing built", SIMDJSON))
    contestants.append(yardstick)
    lacks = missing()
    if lacks:
        rows[PEER] = Row(PEER, f"missing: {'; '.join(lacks)}")
    else:
        install()
        codes = scratch / "codes.json"
        write_codes(codes, book, lines[:most])
        contestants.append(peer(PEER, codes, most, remembering=False))
        contestants.append(peer(REMEMBERING, codes, most, remembering=True))
    contestants += own(book)
    gc.freeze()  # as the command line does
    gc.set_threshold(*GC_THRESHOLD)
    path = scratch / "turn.ndjson"
    for start in range(0, len(lines), turn):
        some = lines[start : start + turn]
        path.write_bytes(b"".join(some))
        for each in contestants:
            if start < each.most:
                each.turns.append(each.take(some, path))
    for each in contestants:
        each.close()
    return [*(each.row(turn, yardstick.turns) for each in contestants), *rows.values()]


@dataclass(frozen=True, slots=True)
class Population:
    """What screening a whole export gave. `largest`: bytes of the largest process; `spark`: Spark's time against that
    of two processes, start-up of both apart.
    """

    rows: list[Row]
    largest: dict[str, int]
    same: bool
    spark: float | None


def whole_population(volume: Path, patients: int, scratch: Path) -> Population:
    """A bulk export, screened as `trialsieve batch` does it."""
    source, few = scratch / "export", scratch / "few"
    batch.make_export(volume, source, patients)
    batch.make_export(volume, few, STARTING)
    yardstick = Yardstick(ORJSON)
    merely = sum(yardstick.took(path).cpu for path in sorted(source.iterdir()))
    yardstick.close()
    ways: dict[str, tuple[str, ...]] = {ONE_PROCESS: ("--workers", "1"), TWO_PROCESSES: ("--workers", "2")}
    rows: list[Row] = []
    largest: dict[str, int] = {}
    digests: set[str] = set()
    screening: dict[str, float] = {}
    if SPARK_PYTHON.exists():
        ways[SPARK] = ("--engine", "spark", "--master", MASTER)
    for number, (name, options) in enumerate(ways.items()):
        python = str(SPARK_PYTHON) if name == SPARK else sys.executable
        starting = batch.run(few, scratch / f"few-{number}", *options, python=python)
        took = batch.run(source, scratch / f"out-{number}", *options, python=python)
        digests.add(took.digest)
        largest[name] = took.largest
        screening[name] = took.wall - starting.wall
        row = Row(name, a_second=patients / took.wall)
        if name != SPARK:  # its executors are not this process's children: their CPU time is not told
            row.a_cpu_second, row.by_yardstick = patients / took.cpu, merely / took.cpu
        rows.append(row)
    local = screening[TWO_PROCESSES]
    spark = screening[SPARK] / local if SPARK in screening and min(local, screening[SPARK]) > 0 else None
    if SPARK not in screening:
        rows.append(Row(SPARK, "missing: .venv-spark (`make spark` makes it)"))
    return Population(rows, largest, len(digests) == 1, spark)


def aims(rows: dict[str, Row], population: Population, starts: tuple[float, float] | None) -> list[Aim]:
    """What the figures are held against."""
    one, five = rows[f"trialsieve, {TRIAL}, Bundles"], rows["trialsieve, five trials, Bundles"]
    single, double = rows[ONE_PROCESS], rows[TWO_PROCESSES]
    ratios = [theirs / ours for theirs, ours in zip(rows[PEER].turns, five.turns, strict=False)]
    return [
        Aim("start-up, x `from pydantic import BaseModel`", None if starts is None else starts[0] / starts[1], 5, True),
        Aim("one trial, Bundles, x yardstick", one.by_yardstick, 0.5),
        Aim("five trials, Bundles, x yardstick", five.by_yardstick, 0.6),
        Aim("five trials, x cql-execution with one", statistics.median(ratios) if ratios else None, 30),
        Aim("five trials, bulk export, patients a CPU-second", single.a_cpu_second, 350),
        Aim("two processes, x one", double.a_second / single.a_second, 1.7),
        Aim("resident MB of a process of two", population.largest[TWO_PROCESSES] / 1e6, 300, True),
        Aim("resident MB of a process by itself", population.largest[ONE_PROCESS] / 1e6, 300, True),
        Aim("Spark, x the time of two processes, start-up apart", population.spark, 2.5, True),
    ]


def _short(value: float) -> str:
    if not value:
        return ""
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=300, help="how many Bundles (default: 300)")
    parser.add_argument("--turn", type=int, default=20, help="how many Bundles a turn (default: 20)")
    parser.add_argument("--peer", type=int, default=40, help="of which cql-execution takes so many (default: 40)")
    parser.add_argument("--population", type=int, default=10_000, help="patients of the bulk export (default: 10000)")
    parser.add_argument("--starts", type=int, default=5, help="how often the start is measured (default: 5)")
    arguments = parser.parse_args()
    folder = os.environ.get("TRIALSIEVE_VOLUME")
    if not folder or not Path(folder).is_dir():
        print("TRIALSIEVE_VOLUME is not set to a folder of Bundles (*.ndjson, *.ndjson.xz): nothing was measured.")
        return 0
    starts = start_up(arguments.starts) if arguments.starts else None
    book = cached_rules((), None)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        population = whole_population(Path(folder), arguments.population, scratch)
        lines = volume_patients(Path(folder), arguments.patients)
        rows = side_by_side(book, lines, arguments.turn, arguments.peer, scratch) + population.rows
    print(
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}; {len(lines)} Bundles in turns of "
        f"{arguments.turn}, the first {min(arguments.peer, len(lines))} for cql-execution; a bulk export of "
        f"{arguments.population} patients. Ratios are of CPU time, medians of the turns.\n"
    )
    print("| | patients a second | patients a CPU-second | x yardstick |\n| --- | --- | --- | --- |")
    print("\n".join(row.markdown() for row in rows))
    print("\n| aim | wanted | measured | |\n| --- | --- | --- | --- |")
    print("\n".join(aim.markdown() for aim in aims({row.name: row for row in rows}, population, starts)))
    print(f"\nEvery run over the export left the same bytes: {'yes' if population.same else 'NO'}.")
    return 0 if population.same else 1


if __name__ == "__main__":
    sys.exit(main())
