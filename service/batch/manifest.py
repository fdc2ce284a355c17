"""What a run says of itself: question, input by its hashes, counts and problems. The same for the same input."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from trialsieve.fhir_adapters.inputs.input_files import InputFile, SkippedFiles
from trialsieve.service.batch.job import Job
from trialsieve.service.batch.protocols import protocols
from trialsieve.service.batch.tables import utf8
from trialsieve.service.batch.workspace import PartDone

MANIFEST: Final = "manifest.json"
MOST_PROBLEMS: Final = 1_000
"""Problems that the manifest lists; the table `problems` holds every one."""


@dataclass(slots=True)
class ToldProblems:
    """The problems that were written. `counts`: how many, by whether they are notices; `first`: the first rows."""

    first: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[bool] = field(default_factory=Counter)

    def add(self, rows: pa.Table) -> None:
        """Some more rows of the table."""
        self.counts.update(rows["notice"].to_pylist())
        if len(self.first) < MOST_PROBLEMS:
            self.first += rows.slice(0, MOST_PROBLEMS - len(self.first)).to_pylist()


def sha256_of(file: InputFile) -> str | None:
    """Of the file as it lies on disk; None if it cannot be read, which is one of the run's problems."""
    assert file.path is not None
    try:
        with file.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def numbered_hash(numbered: tuple[int, InputFile]) -> tuple[int, str | None]:
    """That of one of the files, by its number. A plain function that any pool of workers can call."""
    number, file = numbered
    return number, sha256_of(file)


def sizes_of(out: Path, outputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Of each file of the tables its length in bytes."""
    return {path: (out / path).stat().st_size for paths in outputs.values() for path in paths}


def damage(out: Path, told: Mapping[str, Any]) -> str:
    """What of the files that a finished run's manifest tells is gone or not whole; empty if nothing is."""
    found: list[str] = []
    for path, size in told["output_bytes"].items():
        if not (out / path).is_file():
            found.append(f"{path} is gone")
        elif (out / path).stat().st_size != size:
            found.append(f"{path} has not the {size:,} bytes that it was written with")
    more = f" (as {len(found) - 1} more)" if len(found) > 1 else ""
    return found[0] + more if found else ""


def manifest(
    job: Job,
    fingerprint: str,
    files: Sequence[InputFile],
    hashes: Iterable[str | None],
    skipped: SkippedFiles,
    unread: Sequence[str],
    done: Sequence[PartDone],
    problems: ToldProblems,
    outputs: dict[str, list[str]],
    output_bytes: dict[str, int],
) -> dict[str, Any]:
    """The manifest of a finished run.

    `unread`: the files that nobody was screened from. `outputs`: the files by table, and `output_bytes` the length of
    each.
    """
    verdicts = {trial: Counter[str]() for trial in job.trials}
    for part in done:
        for trial, counts in part.verdicts.items():
            verdicts[trial].update(counts)
    not_covered = Counter[str]()
    for part in done:
        not_covered.update(part.not_covered)
    return {
        "asked": job.asked(),
        "run": fingerprint,
        "inputs": [
            {"path": utf8(file.label), "bytes": file.path.stat().st_size if file.path else 0, "sha256": sha256}
            for file, sha256 in zip(files, hashes, strict=True)
        ],
        "skipped_files": skipped.count,
        "first_skipped": [utf8(name) for name in skipped.examples],
        "unread_files": list(unread),
        "patients": sum(part.patients for part in done),
        "verdicts": {trial: dict(sorted(counts.items())) for trial, counts in verdicts.items()},
        "not_covered": dict(sorted(not_covered.items())),
        "disagreements": sum(part.disagreements for part in done),
        "problems": problems.counts[False],
        "notices": problems.counts[True],
        "first_problems": problems.first,
        "outputs": outputs,
        "output_bytes": output_bytes,
        "protocols": protocols(job.book(), job.trials),
    }
