#!/usr/bin/env python3
"""The peer, side by side: the same trial in CQL, run by cql-execution over the same Bundles.

    TRIALSIEVE_VOLUME=FOLDER python benchmarks/peer.py [--patients N] [--turn N] [--variants N]

FOLDER holds FHIR R4 Bundles, one a line, as for `benchmarks/screening.py`; example patients are put into every tenth as
there. Prints how many patients each screens in a second of CPU time, from the Bundle's text to the criteria's values,
one process each, turn about; then compares every criterion's value, of these Bundles, of each example patient by
itself, and of some example patients with one thing changed. Needs Node and npm, which install what
`benchmarks/cql/package-lock.json` pins.

Exit status: 0 all differences are explained, 1 some are not, 2 something is missing.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import orjson
from peer_comparison import Explanation, Value, compare, read_explanations, table
from peer_value_sets import code_service, codings_in, declared, value_sets, words_of_methods
from peer_variants import variants
from screening import AS_OF, EXAMPLES, Work, cpu_seconds, volume_patients

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.documents import parse_bundle
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.rule_book import RuleBook
from trialsieve.service.processes.tuning import GC_THRESHOLD

TRIAL = "NCT04762485"
FOLDER = Path(__file__).parent / "cql"
CQL = FOLDER / f"{TRIAL}.cql"
LEAST_NODE = 20
VARIED = ("attested.json", "missing-data.json", "heart-by-class-only.json", "ineligible-embolism.json")


def missing() -> list[str]:
    """What this benchmark needs and does not find."""
    lacks = []
    volume = os.environ.get("TRIALSIEVE_VOLUME")
    if not volume or not Path(volume).is_dir():
        lacks.append("TRIALSIEVE_VOLUME, set to a folder of Bundles (*.ndjson, *.ndjson.xz)")
    lacks += [
        f"{program} (Node.js {LEAST_NODE} or newer)" for program in ("node", "npm") if shutil.which(program) is None
    ]
    if shutil.which("node") is not None:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        if int(said.removeprefix("v").partition(".")[0]) < LEAST_NODE:
            lacks.append(f"Node.js {LEAST_NODE} or newer; this is {said}")
    return lacks


def install() -> None:
    """The packages of the lock file, unless they are there."""
    installed = FOLDER / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (FOLDER / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=FOLDER, check=True)


def write_codes(path: Path, book: RuleBook, bundles: Iterable[bytes]) -> None:
    """What the CQL's value sets hold of the codes that occur in these Bundles."""
    sets = value_sets(book, codings_in(bundles))
    path.write_bytes(
        orjson.dumps({"codes": code_service(sets, declared(CQL)), "words": words_of_methods(book.concepts)})
    )


class Peer:
    """A process of cql-execution."""

    def __init__(self, codes: Path, *, remembering: bool) -> None:
        command = ["node", str(FOLDER / "execute.mjs"), str(codes), AS_OF.isoformat()]
        command += ["remembering"] if remembering else []
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def screen(self, path: Path) -> tuple[float, list[dict[str, Value]]]:
        """CPU seconds of screening the file's Bundles, and each one's values."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        for line in self._process.stdout:
            if line.startswith("{"):  # the translator's own log is not ours
                answer = orjson.loads(line)
                return answer["seconds"], answer["patients"]
        raise RuntimeError(f"cql-execution ended with status {self._process.wait()}; see its message above")

    def close(self) -> None:
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Row:
    """Who screens, and the CPU seconds of each turn."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def rate(self, patients: int) -> float:
        return patients / sum(self.seconds)


def screened(book: RuleBook, lines: list[bytes]) -> list[ScreeningResult]:
    """Our results for one trial, Bundle by Bundle."""
    builder, screener = ChartBuilder(book), Screener(book, [TRIAL])
    quiet = builder.quiet_codes()
    results = []
    for line in lines:
        for one in records_of_bundle(parse_bundle(line, quiet), "volume", lambda problem: None):
            results += screener.screen(builder.build(one.record, []), Circumstances(AS_OF), findings=False)
    if len(results) != len(lines):
        raise ValueError(f"{len(lines)} Bundles hold {len(results)} patients; the comparison needs one each")
    return results


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds by row, and the values that the peer found, patient by patient."""

    peer: Row
    remembering: Row
    one: Row
    all: Row
    values: list[dict[str, Value]]


def measure(book: RuleBook, lines: list[bytes], others: list[bytes], codes: Path, turn: int) -> Measured:
    """Turn by turn of so many patients, one after the other; last the other patients, not measured."""
    one, every = Work(book, [TRIAL]), Work(book, sorted(book.trials))
    gc.freeze()  # as the command line does
    gc.set_threshold(*GC_THRESHOLD)
    peer, remembering = Peer(codes, remembering=False), Peer(codes, remembering=True)
    found = Measured(
        Row("cql-execution, one trial"),
        Row("the same, remembering"),
        Row("trialsieve, one trial"),
        Row(f"trialsieve, all {len(book.trials)} trials"),
        [],
    )
    path = codes.with_name("bundles.ndjson")
    for start in range(0, len(lines), turn):
        some = lines[start : start + turn]
        path.write_bytes(b"".join(some))
        seconds, values = peer.screen(path)
        found.peer.seconds.append(seconds)
        found.values.extend(values)
        seconds, again = remembering.screen(path)
        found.remembering.seconds.append(seconds)
        if again != values:
            raise ValueError("cql-execution gives other values when it remembers what it has read")
        found.one.seconds.append(cpu_seconds(partial(one.on_bundles, some)))
        found.all.seconds.append(cpu_seconds(partial(every.on_bundles, some)))
    path.write_bytes(b"".join(others))
    found.values.extend(remembering.screen(path)[1])
    peer.close()
    remembering.close()
    return found


def rates(found: Measured, patients: int) -> list[str]:
    lines = [f"{'':28} {'patients a CPU-second':>22} {'x cql-execution':>16} {'x remembering':>14}"]
    for row in (found.peer, found.remembering, found.one, found.all):
        lines.append(
            f"{row.name:28} {row.rate(patients):22.1f} {_ratio(found.peer, row):16.1f}"
            f" {_ratio(found.remembering, row):14.1f}"
        )
    return lines


def _ratio(slow: Row, fast: Row) -> float:
    """How many times as fast: the median of the turns."""
    return statistics.median(one / other for one, other in zip(slow.seconds, fast.seconds, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=100, help="how many Bundles (default: 100)")
    parser.add_argument("--turn", type=int, default=20, help="how many Bundles a turn (default: 20)")
    parser.add_argument("--variants", type=int, default=2, help="change so many examples, up to 4 (default: 2)")
    arguments = parser.parse_args()
    lacks = missing()
    if lacks:
        print(f"nothing was measured; missing: {'; '.join(lacks)}", file=sys.stderr)
        return 2
    install()
    book = cached_rules((), None)
    lines = volume_patients(Path(os.environ["TRIALSIEVE_VOLUME"]), arguments.patients)
    paths = {str(path.relative_to(EXAMPLES)): path.read_bytes() for path in sorted(EXAMPLES.glob("*/*.json"))}
    alone = {f"Bundle {number + 1}": line for number, line in enumerate(lines)}
    alone |= {name: orjson.dumps(orjson.loads(text)) + b"\n" for name, text in paths.items()}
    of_trial = [f"{TRIAL}/{name}" for name in VARIED[: arguments.variants]]
    changed = {name: line for example in of_trial for name, line in variants(example, paths[example])}
    patients = {**alone, **changed}
    with tempfile.TemporaryDirectory() as scratch:
        codes = Path(scratch) / "codes.json"
        write_codes(codes, book, patients.values())
        found = measure(book, lines, list(patients.values())[len(lines) :], codes, arguments.turn)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(lines)} patients in turns of {arguments.turn}; CPU time; ratios are medians of the turns\n")
    print("\n".join(rates(found, len(lines))))
    theirs = dict(zip(patients, found.values, strict=True))
    known = read_explanations(FOLDER / "differences.yaml")
    explained = report(book, f"the {len(lines)} Bundles and {len(paths)} example patients", alone, theirs, known)
    if changed:
        what = f"{len(changed)} variants of {len(of_trial)} example patients, one thing changed in each"
        explained = report(book, what, changed, theirs, known) and explained
    return 0 if explained else 1


def report(
    book: RuleBook,
    what: str,
    patients: Mapping[str, bytes],
    theirs: Mapping[str, Mapping[str, Value]],
    known: tuple[Explanation, ...],
) -> bool:
    """Prints the comparison of these patients; whether every difference is explained."""
    ours = dict(zip(patients, screened(book, list(patients.values())), strict=True))
    comparison = compare(ours, theirs)
    print(f"\n{what}: {sum(comparison.same.values())} values are the same, {len(comparison.differences)} are not")
    print("\n".join(table(comparison, known)))
    return None not in comparison.explained(known)


if __name__ == "__main__":
    sys.exit(main())
