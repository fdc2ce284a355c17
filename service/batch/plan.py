"""How a run goes about its input: which files and slices there are."""

from __future__ import annotations

import functools
import hashlib
import io
import math
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from trialsieve.fhir_adapters.inputs.input_files import STANDARD_INPUT, InputFile, SkippedFiles, find_files
from trialsieve.fhir_adapters.inputs.slices import SLICE_BYTES, Slice, cut
from trialsieve.fhir_adapters.records.record import Report
from trialsieve.service.batch.claim import LEFT, manifest_of
from trialsieve.service.batch.job import Job
from trialsieve.service.batch.parts import SurveyPart
from trialsieve.service.batch.workspace import Workspace

_NAMES_BYTES: Final = 1 << 30  # of input whose patients' names are compared at one time
_UNPACKED: Final = 10  # times as large as the packed file, about


@dataclass(frozen=True, slots=True)
class Plan:
    """The input, cut. `directories`: of each file the number of its directory in `directory_names`."""

    files: tuple[InputFile, ...]
    slices: tuple[Slice, ...]
    directories: tuple[int, ...]
    directory_names: tuple[str, ...]
    buckets: int
    name_buckets: int

    def surveys(self) -> list[SurveyPart]:
        """The first round of work."""
        return [
            SurveyPart(
                part, self.directories[part.first : part.first + len(part.files)], self.buckets, self.name_buckets
            )
            for part in self.slices
        ]

    def fingerprint(self, job: Job, hashes: Sequence[str | None]) -> str:
        """Changes when the question, the name of a file, or what is in one does."""
        files = [(os.fsencode(file.label).hex(), sha256) for file, sha256 in zip(self.files, hashes, strict=True)]
        return hashlib.sha256(orjson.dumps([job.key, files])).hexdigest()

    def stamps(self) -> list[tuple[int, int]]:
        """Of each file its length in bytes and its time of change in nanoseconds, by which a change under way shows."""
        stats = [file.path.stat() for file in self.files if file.path is not None]
        return [(each.st_size, each.st_mtime_ns) for each in stats]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the pieces of a run are: slices and buckets in bytes, output files in records."""

    slice_bytes: int = SLICE_BYTES
    bucket_bytes: int = 8 << 20
    records_a_file: int = 20_000


def make_plan(files: Sequence[InputFile], sizes: Sizes) -> Plan:
    """Cuts the input, by what the files are and by nothing else."""
    directory_names = tuple(dict.fromkeys(file.directory for file in files))
    numbers = {name: number for number, name in enumerate(directory_names)}
    size = sum(
        file.path.stat().st_size * (_UNPACKED if file.label.endswith(".gz") else 1)
        for file in files
        if file.path is not None
    )
    return Plan(
        files=tuple(files),
        slices=tuple(cut(files, sizes.slice_bytes)),
        directories=tuple(numbers[file.directory] for file in files),
        directory_names=directory_names,
        buckets=max(1, math.ceil(size / sizes.bucket_bytes)),
        name_buckets=max(1, math.ceil(size / _NAMES_BYTES)),
    )


def input_files(
    inputs: Sequence[str], out: Path, report: Report, skipped: SkippedFiles, stdin: BinaryIO | None
) -> list[InputFile]:
    """The files of the inputs; what the run itself writes to `out`, or another has left in them, is none of them.

    What can be read only once is copied to the run's folder. Raises InputError.
    """
    spool = Workspace(out).spool
    own = out.resolve()
    holds_a_run = functools.cache(lambda directory: manifest_of(directory) is not None)
    files: list[InputFile] = []
    # Standard input is copied below, and not held in memory.
    for number, file in enumerate(find_files(inputs, report, skipped, None if stdin is None else io.BytesIO())):
        if file.path is None:
            spool.mkdir(parents=True, exist_ok=True)
            path = spool / f"pipe-{number}"
            with path.open("wb") as copy:
                once = stdin if file.label == STANDARD_INPUT else None
                shutil.copyfileobj(once or io.BytesIO(file.content or b""), copy, 1 << 20)
            files.append(InputFile(file.label, file.directory, path=path))
            continue
        place = file.path.resolve()
        if own in place.parents:
            continue
        if any(each.name in LEFT and holds_a_run(each.parent) for each in (place, *place.parents)):
            skipped.add(file.label)
        else:
            files.append(file)
    return files
