"""A batch run from its inputs to its tables: look through, bring together, screen, merge. Every step can be resumed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa

from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.fhir_adapters.sources import SkippedFiles
from trialsieve.rules.errors import InputError, UsageError
from trialsieve.service.batch.job import Job
from trialsieve.service.batch.manifest import MANIFEST, manifest, sha256_of
from trialsieve.service.batch.merge import Merge, Stretch, write_parquet
from trialsieve.service.batch.partition import ScreenPart, screen_part, survey_part
from trialsieve.service.batch.plan import Plan, Sizes, input_files, make_plan
from trialsieve.service.batch.pool import Pool
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.reduction import Reduction
from trialsieve.service.batch.tables import PLACE, SCHEMAS, Rows
from trialsieve.service.batch.workspace import WORK, PartDone, Workspace, finished_at_once, write_json, write_table

OPENING = "opening"
"""The part that holds the problems of whole files."""


@dataclass(slots=True)
class BatchRun:
    """One run. `wanted` writes further formats beside Parquet, by suffix."""

    job: Job
    inputs: Sequence[str]
    out: Path
    pool: Pool
    progress: Progress
    stdin: BinaryIO
    further: dict[str, Callable[[Path, pa.Table], None]] = field(default_factory=dict)
    restart: bool = False
    sizes: Sizes = field(default_factory=Sizes)

    def run(self) -> dict[str, Any]:
        """Everything; the manifest. Raises InputError without usable FHIR, UsageError if OUT holds another run."""
        workspace = Workspace(self.out)
        if self.restart:
            clear(self.out)
        said: list[InputProblem] = []
        skipped = SkippedFiles()
        spool = workspace.root / "spool"
        files = input_files(self.inputs, spool, said.append, skipped, self.stdin)
        plan = make_plan(files, self.sizes)
        fingerprint = plan.fingerprint(self.job, spool)
        finished = self._finished(fingerprint)
        if finished is not None:
            return finished
        self._claim(workspace, fingerprint)
        hashes = self._hashes(workspace, plan)
        self._survey(workspace, plan)
        reduction = Reduction(workspace, plan, self.job)
        opening = self._opening(workspace, said, reduction)
        parts = [(OPENING, opening), *self._screen(workspace, reduction.slices())]
        parts += self._screen(workspace, reduction.buckets())
        if not any(done.patients for _, done in parts):
            shutil.rmtree(workspace.root)
            raise InputError(
                f"{', '.join(self.inputs) or 'no input'}: no usable FHIR about a patient; "
                "give Bundles, NDJSON, or a directory of these named .json, .ndjson or .jsonl"
            )
        return self._write(workspace, plan, fingerprint, hashes, skipped, parts)

    def _finished(self, fingerprint: str) -> dict[str, Any] | None:
        path = self.out / MANIFEST
        if not path.exists():
            return None
        found: dict[str, Any] = orjson.loads(path.read_bytes())
        if found.get("run") == fingerprint:
            shutil.rmtree(self.out / WORK, ignore_errors=True)
            return found
        raise UsageError(f"--out {self.out}: holds another run, or its input has changed; {_WAYS_OUT}")

    def _claim(self, workspace: Workspace, fingerprint: str) -> None:
        if workspace.plan.exists():
            if orjson.loads(workspace.plan.read_bytes()).get("run") != fingerprint:
                raise UsageError(f"--out {self.out}: holds part of another run, or its input has changed; {_WAYS_OUT}")
            return
        held = [entry.name for entry in self.out.iterdir() if entry.name != WORK] if self.out.is_dir() else []
        if held:
            raise UsageError(f"--out {self.out}: is not empty ({held[0]}) and holds no run; name another directory")
        workspace.root.mkdir(parents=True, exist_ok=True)
        write_json(workspace.plan, {"run": fingerprint})

    def _hashes(self, workspace: Workspace, plan: Plan) -> list[str]:
        path = workspace.root / "hashes.json"
        if not path.exists():
            self.progress.begin("hashing the input", len(plan.files))
            hashes = dict(self._each(_numbered_hash, list(enumerate(plan.files))))
            write_json(path, [hashes[number] for number in range(len(plan.files))])
        found: list[str] = orjson.loads(path.read_bytes())
        return found

    def _each(self, function: Callable[[Any], Any], work: Sequence[Any]) -> Iterator[Any]:
        for done in self.pool.each(function, work):
            self.progress.advance()
            yield done

    def _survey(self, workspace: Workspace, plan: Plan) -> None:
        work = [part for part in plan.surveys() if not workspace.is_surveyed(part.part.number)]
        self.progress.begin("looking through the input", len(work))
        for _ in self._each(partial(survey_part, self.out), work):
            pass

    def _opening(self, workspace: Workspace, said: Sequence[InputProblem], reduction: Reduction) -> PartDone:
        """The problems of whole files and of lines that are no FHIR, as a part of its own."""
        shutil.rmtree(workspace.part(OPENING), ignore_errors=True)
        rows = Rows()
        problems = [*((0, problem) for problem in said), *reduction.problems]
        for place, problem in problems:
            rows.problem(place, problem)
        done = PartDone(0, sum(not problem.notice for _, problem in problems), 0, {}, [])
        with workspace.doing(OPENING) as folder:
            for name, table in rows.tables().items():
                write_table(folder / f"{name}.arrow", table.sort_by(PLACE))
            write_json(folder / "done.json", _plain(done))
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

    def _write(
        self,
        workspace: Workspace,
        plan: Plan,
        fingerprint: str,
        hashes: Sequence[str],
        skipped: SkippedFiles,
        parts: Sequence[tuple[str, PartDone]],
    ) -> dict[str, Any]:
        merge = Merge(workspace, [name for name, _ in parts], self.sizes.records_a_file)
        stretches = list(merge.stretches())
        self.progress.begin("writing the tables", len(stretches))
        outputs: dict[str, list[str]] = {}
        problems: list[dict[str, Any]] = []
        shutil.rmtree(workspace.root / "tables", ignore_errors=True)
        with finished_at_once(workspace.root / "tables") as folder:
            for stretch in stretches:
                self._write_stretch(merge, stretch, folder, outputs, problems)
                self.progress.advance()
        for written in sorted((workspace.root / "tables").iterdir()):
            shutil.rmtree(self.out / written.name, ignore_errors=True)
            written.rename(self.out / written.name)
        done = [each for _, each in parts]
        told = manifest(self.job, fingerprint, plan.files, hashes, skipped, done, problems, outputs)
        write_json(self.out / MANIFEST, told)
        shutil.rmtree(workspace.root)
        return told

    def _write_stretch(
        self,
        merge: Merge,
        stretch: Stretch,
        folder: Path,
        outputs: dict[str, list[str]],
        problems: list[dict[str, Any]],
    ) -> None:
        for name in SCHEMAS:
            rows = merge.rows(stretch, name)
            for suffix, write in {"parquet": write_parquet, **self.further}.items():
                within = "" if suffix == "parquet" else f"{suffix}/"
                path = f"{within}{name}/{stretch.number:05}.{suffix}"
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                write(folder / path, rows)
                outputs.setdefault(name, []).append(path)
            if name == "problems":
                problems += rows.to_pylist()
        if self.job.explanations.value != "none":
            (folder / "explanations").mkdir(exist_ok=True)
            path = f"explanations/{stretch.number:05}.ndjson.gz"
            with (folder / path).open("wb") as stream:
                for whole in merge.explained(stretch):
                    stream.write(whole)
            outputs.setdefault("explanations", []).append(path)


_WAYS_OUT = "name another directory, or give --restart to throw away what is there"


def clear(out: Path) -> None:
    """Throws away what a run left; touches nothing else."""
    for name in (*SCHEMAS, "explanations", "csv", "ndjson", WORK):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in (MANIFEST, "run.json"):
        with suppress(FileNotFoundError):
            (out / name).unlink()


def _numbered_hash(numbered: tuple[int, Any]) -> tuple[int, str]:
    number, file = numbered
    return number, sha256_of(file)


def _plain(done: PartDone) -> dict[str, Any]:
    return {name: getattr(done, name) for name in done.__struct_fields__}
