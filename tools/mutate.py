"""Changes the rule files in one place at a time and asks whether the tests notice.

    python tools/mutate.py [--jobs 2] [FILE ...]

FILE is `trials/NCT04762485.yaml` or a part of such a name; without it every trial and finding is changed. Nothing is
written: the changes are made in memory, and held to the worked examples, to what the tests of tests/trials expect and
to the inventory. The exit status is 1 if fewer than 98 % of the changes are noticed, if the recorded list of changes
that change no answer (mutation/equivalent.yaml) is stale, or if a test fails without any change.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from mutation.equivalent import load_equivalent
from mutation.judging import Judge, Judged
from mutation.recording import record
from mutation.rules import Mutant, Rules

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = Path(__file__).resolve().parent / "mutation" / "equivalent.yaml"
WANTED = 0.98
_BATCH = 25

_judge: Judge
"""Set before the workers are forked, so that each has it."""


def _judged(mutants: Sequence[Mutant]) -> list[Judged]:
    return [_judge.judge(mutant) for mutant in mutants]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    os.chdir(ROOT)
    began = time.monotonic()
    rules = Rules()
    proofs = load_equivalent(EQUIVALENT)
    files = [file for file in rules.files if not options.files or any(part in file for part in options.files)]
    mutants = [mutant for file in files for mutant in rules.mutants(file)]
    _tell(f"{len(mutants)} changes of {len(files)} files; recording what the tests expect")
    recording = record(ROOT / "tests" / "trials")
    global _judge  # noqa: PLW0603
    _judge = Judge(rules, recording)
    _tell(f"{len(recording.cases)} rows and {len(recording.replays)} further tests, {_seconds(began)}")
    judged = _run(mutants, options.jobs, proofs)
    _tell(f"done, {_seconds(began)}")
    return _report(judged, proofs, [*recording.failed, *_judge.unusable])


def _run(mutants: list[Mutant], jobs: int, proofs: Mapping[tuple[str, str], str]) -> list[Judged]:
    """Judges all changes, in their order; what survives is printed as it is found."""
    batches = [mutants[start : start + _BATCH] for start in range(0, len(mutants), _BATCH)]
    judged: list[Judged] = []
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for number, batch in enumerate(pool.imap(_judged, batches), 1):
            judged += batch
            for each in batch:
                mutant = each.mutant
                if each.by is None and (mutant.file, mutant.key) not in proofs:
                    print(f"rules/{mutant.file}:{mutant.line}:{mutant.column}: survived: {mutant.key}", flush=True)
            if number % 10 == 0:
                _tell(f"{number * _BATCH} of {len(mutants)}")
    return judged


def _report(judged: list[Judged], proofs: Mapping[tuple[str, str], str], unusable: list[str]) -> int:
    stale = {name: "no such change" for name in proofs if name[0] in {each.mutant.file for each in judged}}
    counts: dict[str, Counter[str]] = {}
    for each in judged:
        mutant = each.mutant
        count = counts.setdefault(mutant.file, Counter())
        name = (mutant.file, mutant.key)
        if name in proofs:
            stale.pop(name, None)
            if each.by is not None:
                stale[name] = f"noticed by {each.by}" if each.by else "changes nothing, or makes no rule"
        if each.by == "":
            count["no change"] += 1
        elif each.by is not None:
            count["killed"] += 1
        elif name in proofs:
            count["equivalent"] += 1
        else:
            count["survived"] += 1
    for (file, key), why in sorted(stale.items()):
        print(f"tools/mutation/equivalent.yaml: stale: {file}: {key} ({why})")
    for test in unusable:
        print(f"fails without any change: {test}")
    print(f"\n{'file':<48} {'killed':>8} {'survived':>8} {'equivalent':>10}")
    for file, count in counts.items():
        print(f"{file:<48} {count['killed']:>8} {count['survived']:>8} {count['equivalent']:>10}")
    killed = sum(count["killed"] for count in counts.values())
    changed = killed + sum(count["survived"] for count in counts.values())
    share = killed / changed if changed else 1.0
    print(f"\n{killed} of {changed} changes noticed, {share:.2%} (wanted: {WANTED:.0%})")
    return 1 if share < WANTED or stale or unusable else 0


def _seconds(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
