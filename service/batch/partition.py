"""One part of a run: read it, screen it, leave its tables. A plain function that any pool of workers can call."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from trialsieve.engine.result import result_bytes
from trialsieve.fhir_adapters.partitions import BucketToScreen, SliceToScreen
from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.fhir_adapters.slices import Slice
from trialsieve.fhir_adapters.survey import Surveyor
from trialsieve.service.batch.job import Job, bench_for
from trialsieve.service.batch.rows import Rows
from trialsieve.service.batch.workspace import ASIDE, EXPLAINED, PartDone, Workspace, write_table

_PACKED: Final = 3  # level 6 saves an eighth, and takes twice as long


@dataclass(frozen=True, slots=True)
class SurveyPart:
    """A slice to be looked through before anything is screened."""

    part: Slice
    directories: tuple[int, ...]
    buckets: int
    name_buckets: int

    @property
    def name(self) -> str:
        return f"survey-{self.part.number:06}"


@dataclass(frozen=True, slots=True)
class ScreenPart:
    """A slice or a bucket to be screened."""

    name: str
    what: SliceToScreen | BucketToScreen


def survey_part(out: Path, job: Job, work: SurveyPart) -> str:
    """Looks through a slice; its name once that is finished."""
    workspace = Workspace(out)
    if not workspace.is_surveyed(work.part.number):
        with workspace.surveying(work.part.number) as folder:
            quiet = bench_for(job).quiet
            surveyor = Surveyor(work.part, work.directories, work.buckets, work.name_buckets, quiet)
            found = surveyor.survey(folder / "lines", folder / "names")
            (folder / "survey").write_bytes(msgspec.msgpack.encode(found))
    return work.name


def screen_part(out: Path, job: Job, work: ScreenPart) -> PartDone:
    """Screens a slice or bucket, unless that is done, and leaves its tables and whole results in the workspace."""
    workspace = Workspace(out)
    if not workspace.is_done(work.name):
        with workspace.doing(work.name) as folder:
            done = _screen(folder, job, work)
            (folder / "done.json").write_bytes(msgspec.json.encode(done))
    return workspace.done(work.name)


def _screen(folder: Path, job: Job, work: ScreenPart) -> PartDone:
    bench = bench_for(job)
    disagreements = bench.disagreements
    rows = Rows()
    verdicts: dict[str, Counter[str]] = {trial: Counter() for trial in job.trials}
    explained: list[tuple[int, int]] = []
    patients = place = 0
    problems: Counter[bool] = Counter()
    told: list[InputProblem] = []
    with (folder / EXPLAINED).open("wb") as stream:
        for placed in work.what.records(told.append, bench.quiet, folder / ASIDE):
            place = placed.place
            results = bench.screen(placed.record, told)
            rows.add(place, results)
            for result in results:
                verdicts[result.trial][result.verdict.value] += 1
                if job.explanations.wants(result.verdict):
                    whole = gzip.compress(result_bytes(result) + b"\n", compresslevel=_PACKED, mtime=0)
                    explained.append((place, stream.write(whole)))
            patients += 1
            problems += _tell(rows, place, told)
            del placed
        problems += _tell(rows, place, told)
    for name, table in rows.tables().items():
        write_table(folder / f"{name}.arrow", table)
    counts = {trial: dict(sorted(count.items())) for trial, count in verdicts.items()}
    disagreements = bench.disagreements - disagreements
    return PartDone(patients, problems[False], problems[True], disagreements, counts, explained)


def _tell(rows: Rows, place: int, told: list[InputProblem]) -> Counter[bool]:
    """Writes the problems down, each once; how many, by whether they are notices."""
    each_once = list(dict.fromkeys(told))
    for problem in each_once:
        rows.problem(place, problem)
    told.clear()
    return Counter(problem.notice for problem in each_once)
