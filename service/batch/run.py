"""A batch run from its inputs to its tables: look through, bring together, screen, merge. Every step can be resumed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import orjson

from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.fhir_adapters.inputs.reader import nothing_usable
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.errors import InputError, UsageError
from trialsieve.service.batch.claim import claimed, clear, manifest_of
from trialsieve.service.batch.differences import differences
from trialsieve.service.batch.formats import PARQUET, WRITERS, add_formats, table_file
from trialsieve.service.batch.job import Explanations, Job
from trialsieve.service.batch.manifest import MANIFEST, ToldProblems, damage, manifest, numbered_hash, sizes_of
from trialsieve.service.batch.memory import give_memory_back
from trialsieve.service.batch.merge import Merge, Stretch
from trialsieve.service.batch.parts import ScreenPart, screen_part, survey_part
from trialsieve.service.batch.plan import Plan, Sizes, input_files, make_plan
from trialsieve.service.batch.pool import Pool
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.reduction import Reduction
from trialsieve.service.batch.rows import Rows
from trialsieve.service.batch.tables import PROBLEMS, SCHEMAS
from trialsieve.service.batch.unread import unread_in
from trialsieve.service.batch.workspace import (
    WORK,
    PartDone,
    Workspace,
    finished_at_once,
    on_disk,
    remove_unfinished,
    write_json,
    write_table,
)

OPENING = "opening"
"""The part that holds the problems of whole files."""
MOST_REASONS = 5


@dataclass(slots=True)
class BatchRun:
    """One run. `further` are the formats beside Parquet. `was_finished`: there was nothing left to do."""

    job: Job
    inputs: Sequence[str]
    out: Path
    pool: Pool
    progress: Progress
    stdin: BinaryIO | None
    further: Sequence[str] = ()
    restart: bool = False
    sizes: Sizes = field(default_factory=Sizes)
    was_finished: bool = True

    def run(self) -> dict[str, Any]:
        """Everything; the manifest.

        Raises InputError without usable FHIR, UsageError if OUT holds another run, or this one with files gone.
        """
        give_memory_back()
        with claimed(self.out):
            return self._run(Workspace(self.out))

    def _run(self, workspace: Workspace) -> dict[str, Any]:
        said: list[InputProblem] = []
        skipped = SkippedFiles()
        with workspace.piped():
            files = input_files(self.inputs, self.out, said.append, skipped, self.stdin)
            plan = make_plan(files, self.sizes)
            stamps = plan.stamps()
            hashes = self._hashes(plan)
            fingerprint = plan.fingerprint(self.job, hashes)
            if self.restart:
                clear(self.out)
            finished = self._finished(fingerprint)
            if finished is not None:
                return finished
            self.was_finished = False
            self._begin(workspace, fingerprint)
        self._survey(workspace, plan)
        reduction = Reduction(workspace, plan, self.job)
        opening = self._opening(workspace, said, reduction)
        parts = [(OPENING, opening), *self._screen(workspace, reduction.slices())]
        parts += self._screen(workspace, reduction.buckets())
        if not any(done.patients for _, done in parts):
            reasons = self._reasons(workspace, [name for name, _ in parts])
            shutil.rmtree(workspace.root)
            raise InputError("\n".join([nothing_usable(self.inputs, skipped), *reasons]))
        if plan.stamps() != stamps:
            raise InputError("the input has changed while it was read; begin anew with --restart")
        return self._write(workspace, plan, fingerprint, hashes, skipped, parts)

    def _finished(self, fingerprint: str) -> dict[str, Any] | None:
        found = manifest_of(self.out)
        if found is None:
            return None
        if found["run"] != fingerprint:
            differ = differences(found["asked"], self.job.asked())
            raise UsageError(f"--out {self.out}: holds another run, which differs in {differ}; {_WAYS_OUT}")
        if harm := damage(self.out, found):
            raise UsageError(f"--out {self.out}: the run there was finished, but {harm}; {_ANEW}")
        shutil.rmtree(self.out / WORK, ignore_errors=True)
        add_formats(self.out, found, self.further)
        return found

    def _begin(self, workspace: Workspace, fingerprint: str) -> None:
        remove_unfinished(workspace.root)
        if workspace.plan.exists():
            begun = orjson.loads(workspace.plan.read_bytes())
            if begun.get("run") != fingerprint:
                differ = differences(begun.get("asked", {}), self.job.asked())
                raise UsageError(f"--out {self.out}: holds part of another run, which differs in {differ}; {_WAYS_OUT}")
            return
        write_json(workspace.plan, {"run": fingerprint, "asked": self.job.asked()})

    def _hashes(self, plan: Plan) -> list[str | None]:
        """Of each file, anew each time: one may be another although its name, length and time are the same."""
        self.progress.begin("hashing the input", len(plan.files))
        hashes = dict(self._each(numbered_hash, list(enumerate(plan.files))))
        return [hashes[number] for number in range(len(plan.files))]

    def _each(self, function: Callable[[Any], Any], work: Sequence[Any]) -> Iterator[Any]:
        for done in self.pool.each(function, work):
            self.progress.advance()
            yield done

    def _survey(self, workspace: Workspace, plan: Plan) -> None:
        work = [part for part in plan.surveys() if not workspace.is_surveyed(part.part.number)]
        self.progress.begin("looking through the input", len(work))
        for _ in self._each(partial(survey_part, self.out, self.job), work):
            pass

    def _opening(self, workspace: Workspace, said: Sequence[InputProblem], reduction: Reduction) -> PartDone:
        """The problems of whole files and of lines that are no FHIR, as a part of its own."""
        shutil.rmtree(workspace.part(OPENING), ignore_errors=True)
        rows = Rows()
        problems = [*((0, problem) for problem in said), *reduction.problems]
        for place, problem in problems:
            rows.problem(place, problem)
        done = PartDone(0, sum(not problem.notice for _, problem in problems), 0, {}, [], {})
        with workspace.doing(OPENING) as folder:
            for name, table in rows.tables().items():
                write_table(folder / f"{name}.arrow", table)
            write_json(folder / "done.json", msgspec.structs.asdict(done))
        return done

    def _screen(self, workspace: Workspace, parts: Sequence[ScreenPart]) -> list[tuple[str, PartDone]]:
        self.progress.begin("screening", len(parts))
        known = {part.name: workspace.done(part.name) for part in parts if workspace.is_done(part.name)}
        for done in known.values():
            self.progress.advance(done.patients, done.problems, fresh=False)
        work = [part for part in parts if part.name not in known]
        for done in self.pool.each(partial(screen_part, self.out, self.job), work):
            self.progress.advance(done.patients, done.problems)
        return [(part.name, workspace.done(part.name)) for part in parts]

    def _reasons(self, workspace: Workspace, parts: Sequence[str]) -> list[str]:
        """Why nobody was screened: the first problems that were met. There will be no table of them."""
        merge = Merge(workspace, parts, self.sizes.records_a_file)
        met = ToldProblems()
        for stretch in merge.stretches():
            for rows in merge.rows(stretch, PROBLEMS):
                met.add(rows)
        told = [f"  {InputProblem(**row)}" for row in met.first[:MOST_REASONS]]
        more = met.counts.total() - len(told)
        return [*told, f"  and {more} more"] if more else told

    def _write(
        self,
        workspace: Workspace,
        plan: Plan,
        fingerprint: str,
        hashes: Sequence[str | None],
        skipped: SkippedFiles,
        parts: Sequence[tuple[str, PartDone]],
    ) -> dict[str, Any]:
        merge = Merge(workspace, [name for name, _ in parts], self.sizes.records_a_file)
        stretches = list(merge.stretches())
        self.progress.begin("writing the tables", len(stretches))
        outputs: dict[str, list[str]] = {}
        problems = ToldProblems()
        shutil.rmtree(workspace.root / "tables", ignore_errors=True)
        with finished_at_once(workspace.root / "tables") as folder:
            for stretch in stretches:
                self._write_stretch(merge, stretch, folder, outputs, problems)
                self.progress.advance()
        for written in sorted((workspace.root / "tables").iterdir()):
            shutil.rmtree(self.out / written.name, ignore_errors=True)
            written.rename(self.out / written.name)
        on_disk(self.out)
        done = [each for _, each in parts]
        unread = unread_in(self.out, _parquet(outputs, PROBLEMS), _parquet(outputs, "verdicts"))
        sizes = sizes_of(self.out, outputs)
        told = manifest(self.job, fingerprint, plan.files, hashes, skipped, unread, done, problems, outputs, sizes)
        write_json(self.out / MANIFEST, told)
        shutil.rmtree(workspace.root)
        return told

    def _write_stretch(
        self, merge: Merge, stretch: Stretch, folder: Path, outputs: dict[str, list[str]], problems: ToldProblems
    ) -> None:
        for name, schema in SCHEMAS.items():
            with contextlib.ExitStack() as opened:
                writers = []
                for suffix in (PARQUET, *self.further):
                    path = table_file(name, stretch.number, suffix)
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    writers.append(opened.enter_context(WRITERS[suffix](folder / path, schema)))
                    outputs.setdefault(name, []).append(path)
                for rows in merge.rows(stretch, name):
                    for write in writers:
                        write(rows)
                    if name == PROBLEMS:
                        problems.add(rows)
                    del rows  # or it would be held while the next are brought together
        if self.job.explanations is not Explanations.NONE:
            (folder / "explanations").mkdir(exist_ok=True)
            path = f"explanations/{stretch.number:05}.ndjson.gz"
            with (folder / path).open("wb") as stream:
                for whole in merge.explained(stretch):
                    stream.write(whole)
            outputs.setdefault("explanations", []).append(path)


_ANEW = "put it back, or give --restart to throw away what is there and screen anew"
_WAYS_OUT = "name another directory, or give --restart to throw away what is there"


def _parquet(outputs: dict[str, list[str]], table: str) -> list[str]:
    return [name for name in outputs.get(table, ()) if name.endswith(PARQUET)]
