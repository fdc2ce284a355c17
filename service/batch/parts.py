"""One part of a run: read it, screen it, leave its tables. A plain function that any pool of workers can call."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, NamedTuple

import msgspec

from trialsieve.engine.facts import Chart
from trialsieve.engine.result import result_bytes
from trialsieve.fhir_adapters.inputs.partitions import BucketToScreen, SliceToScreen
from trialsieve.fhir_adapters.inputs.slices import Slice
from trialsieve.fhir_adapters.inputs.survey import Surveyor
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.vocabulary import Kind
from trialsieve.service.batch.job import Job, bench_for
from trialsieve.service.batch.rows import Rows
from trialsieve.service.batch.workspace import ASIDE, EXPLAINED, PartDone, Workspace, write_table

TOGETHER: Final = 16
"""So many patients go through each step together, since what it needs stays in the caches; more gain nothing."""

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


class _Charted(NamedTuple):
    """A patient whose record was read. `problems`: what was told until then, since the patient before."""

    place: int
    chart: Chart
    problems: list[InputProblem]


class _Screening:
    """The screening of one part, some patients at a time."""

    def __init__(self, job: Job, stream: IO[bytes]) -> None:
        """`stream`: where whole results are written."""
        self._job = job
        self._bench = bench_for(job)
        self._disagreements = self._bench.disagreements
        self._stream = stream
        self._rows = Rows()
        self._verdicts: dict[str, Counter[str]] = {trial: Counter() for trial in job.trials}
        self._explained: list[tuple[int, int]] = []
        self._problems = 0
        self._patients = 0
        self._not_covered: Counter[Kind] = Counter()

    def screen(self, what: SliceToScreen | BucketToScreen, aside: Path) -> None:
        """All of it."""
        place = 0
        told: list[InputProblem] = []
        together: list[_Charted] = []
        for placed in what.records(told.append, self._bench.quiet, aside):
            place = placed.place
            together.append(_Charted(place, self._bench.chart(placed.record, told), told[:]))
            told.clear()
            del placed  # the next one is read with its memory
            if len(together) == TOGETHER:
                self._add(together)
                together.clear()
        self._add(together)
        self._tell(place, told)

    def done(self, folder: Path) -> PartDone:
        """Leaves the tables in the folder."""
        for name, table in self._rows.tables().items():
            write_table(folder / f"{name}.arrow", table)
        return PartDone(
            self._patients,
            self._problems,
            self._bench.disagreements - self._disagreements,
            {trial: dict(sorted(count.items())) for trial, count in self._verdicts.items()},
            self._explained,
            {kind.value: count for kind, count in sorted(self._not_covered.items())},
        )

    def _add(self, together: Sequence[_Charted]) -> None:
        screened = self._bench.screen([one.chart for one in together])
        for one, results in zip(together, screened, strict=True):
            self._rows.add(one.place, results, in_use=one.chart.person.set_aside is None)
            self._not_covered.update(self._bench.kinds_not_covered.of(one.chart, results))
            for result in results:
                self._verdicts[result.trial][result.verdict.value] += 1
                if self._job.explanations.wants(result.verdict):
                    whole = gzip.compress(result_bytes(result) + b"\n", compresslevel=_PACKED, mtime=0)
                    self._explained.append((one.place, self._stream.write(whole)))
            self._tell(one.place, one.problems)
        self._patients += len(together)

    def _tell(self, place: int, problems: Sequence[InputProblem]) -> None:
        """Writes problems down, each once."""
        for problem in dict.fromkeys(problems):
            self._rows.problem(place, problem)
            self._problems += not problem.notice


def _screen(folder: Path, job: Job, work: ScreenPart) -> PartDone:
    with (folder / EXPLAINED).open("wb") as stream:
        screening = _Screening(job, stream)
        screening.screen(work.what, folder / ASIDE)
    return screening.done(folder)
