#!/usr/bin/env python3
"""How fast and how large is a batch run?

    TRIALSIEVE_VOLUME=FOLDER python benchmarks/batch.py [--patients N] [--spark MASTER]

FOLDER holds FHIR R4 Bundles, as for benchmarks/screening.py. Out of them a bulk export of N patients is made
(multiply.py), every tenth with an example patient's resources, and `trialsieve batch` screens it for all trials: with
one process, with two, and on Spark where that is asked for. Every run is checked to leave the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

AS_OF: Final = "2026-11-20"
HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Took:
    """What one run took. `cpu`: seconds of its processes; `largest`: resident bytes of the largest one."""

    wall: float
    cpu: float
    largest: int
    digest: str


def make_export(volume: Path, folder: Path, patients: int) -> None:
    """A bulk export of so many patients."""
    command = [sys.executable, str(HERE / "multiply.py"), str(volume), str(folder), "--patients", str(patients)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run(source: Path, out: Path, *options: str, python: str = sys.executable) -> Took:
    """One run from start to end, start-up included."""
    command = [python, "-m", "trialsieve", "batch", str(source), "--out", str(out), "--as-of", AS_OF, *options]
    began, before = time.perf_counter(), _cpu_so_far()
    # As installed: compiled modules are kept.
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})
    largest = 0
    while process.poll() is None:
        largest = max([largest, *map(_resident, _family(process.pid))])
        time.sleep(0.2)
    wall = time.perf_counter() - began
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return Took(wall, _cpu_so_far() - before, largest, _digest(out))


def _cpu_so_far() -> float:
    """Of all processes that were started and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _family(process: int) -> list[int]:
    """A process and those that it started."""
    found = [process]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children") if Path(f"/proc/{each}").exists() else ():
            try:
                found += [int(child) for child in task.read_text(encoding="ascii").split()]
            except OSError:
                continue
    return found


def _resident(process: int) -> int:
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _digest(out: Path) -> str:
    """Of all that a run leaves, but for when it was made."""
    whole = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.name != "run.json":
            whole.update(str(path.relative_to(out)).encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=1_000, help="how many (default: 1000)")
    parser.add_argument("--spark", metavar="MASTER", help="run on Spark too, such as local-cluster[2,1,1024]")
    arguments = parser.parse_args()
    folder = os.environ.get("TRIALSIEVE_VOLUME")
    if not folder or not Path(folder).is_dir():
        print("TRIALSIEVE_VOLUME is not set to a folder of Bundles: the batch run was not measured.")
        return 0
    ways: dict[str, tuple[str, ...]] = {"one process": ("--workers", "1"), "two processes": ("--workers", "2")}
    if arguments.spark:
        ways[f"Spark, {arguments.spark}"] = ("--engine", "spark", "--master", arguments.spark)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "export"
        make_export(Path(folder), source, arguments.patients)
        size = sum(path.stat().st_size for path in source.iterdir())
        print(f"a bulk export of {arguments.patients} patients, {size / 1e6:.0f} MB; all trials; start-up included")
        digests: set[str] = set()
        for number, (name, options) in enumerate(ways.items()):
            took = run(source, Path(scratch) / f"out-{number}", *options)
            digests.add(took.digest)
            print(
                f"{name:32} {arguments.patients / took.wall:6.1f} patients a second, "
                f"{arguments.patients / took.cpu:6.1f} a CPU-second, largest process {took.largest / 1e6:4.0f} MB"
            )
    print("every run left the same bytes" if len(digests) == 1 else "THE RUNS DIFFER")
    return 0 if len(digests) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
