"""The folder of a run while it goes on: OUT/.work. What is finished in it stays finished, whatever happens.

A part of the work is finished when its folder has its name: it is written under another and renamed. It is on disk by
then, so that what is finished stays finished when the power fails.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import orjson
import pyarrow as pa

from trialsieve.fhir_adapters.inputs.survey import SliceSurvey
from trialsieve.rules.errors import TrialsieveError

WORK = ".work"
SPOOL = "spool"
EXPLAINED = "explanations.ndjson.gz"
ASIDE = "aside"
_UNFINISHED = ".unfinished-"


class PartDone(msgspec.Struct, frozen=True):
    """What a finished part says of itself.

    `problems`: without notices; some may be another part's too. `explained`: of each whole result its place and its
    length in bytes. `not_covered`: how many patients have nothing of a kind and wait for it.
    """

    patients: int
    problems: int
    disagreements: int
    verdicts: dict[str, dict[str, int]]
    explained: list[tuple[int, int]]
    not_covered: dict[str, int]


class Workspace:
    """Paths of a run, and what is finished in it. Cheap to make; every worker makes its own."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.root = out / WORK
        self.plan = self.root / "plan.json"
        self.spool = self.root / SPOOL
        self.shared = self.root / "shared.sqlite"

    @contextlib.contextmanager
    def piped(self) -> Iterator[None]:
        """Where the run is refused, nothing is left of what was read from a pipe for it: whole records of patients."""
        try:
            yield
        except TrialsieveError:
            shutil.rmtree(self.spool, ignore_errors=True)
            raise

    def late(self, number: int) -> Path:
        """Lines that are needed in other buckets than their own."""
        return self.root / f"late-{number:06}"

    def survey_lines(self, number: int) -> Path:
        return self._survey(number) / "lines"

    def survey_names(self, number: int) -> Path:
        return self._survey(number) / "names"

    def survey(self, number: int) -> SliceSurvey:
        return msgspec.msgpack.decode((self._survey(number) / "survey").read_bytes(), type=SliceSurvey)

    def is_surveyed(self, number: int) -> bool:
        return self._survey(number).is_dir()

    def surveying(self, number: int) -> AbstractContextManager[Path]:
        """A folder that becomes the slice's survey once the block is through."""
        return finished_at_once(self._survey(number))

    def _survey(self, number: int) -> Path:
        return self.root / "survey" / f"{number:06}"

    def part(self, name: str) -> Path:
        return self.root / "parts" / name

    def is_done(self, name: str) -> bool:
        return self.part(name).is_dir()

    def doing(self, name: str) -> AbstractContextManager[Path]:
        """A folder that becomes the finished part once the block is through."""
        return finished_at_once(self.part(name))

    def done(self, name: str) -> PartDone:
        return msgspec.json.decode((self.part(name) / "done.json").read_bytes(), type=PartDone)


def remove_unfinished(root: Path) -> None:
    """What processes that were killed have left."""
    for folder in root.glob(f"*/*{_UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def finished_at_once(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder`, renamed to it when the block is through."""
    unfinished = folder.with_name(f"{folder.name}{_UNFINISHED}{uuid.uuid4().hex}")
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        for path, _, names in os.walk(unfinished, topdown=False):
            for name in names:
                on_disk(Path(path, name))
            on_disk(Path(path))
        unfinished.rename(folder)
        on_disk(folder.parent)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # somebody else has done the same work
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def write_table(path: Path, table: pa.RecordBatch) -> None:
    """A table as Arrow's bytes, which can be read in place. Its schema is not among them: it takes as long to read."""
    with pa.OSFile(str(path), "wb") as sink:
        sink.write(table.serialize())


def read_table(path: Path, schema: pa.Schema) -> pa.RecordBatch:
    """A table of `write_table`, read from disk where it is looked at."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.read_record_batch(source.read_buffer(), schema)


def write_json(path: Path, value: object) -> None:
    """The file appears whole."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    on_disk(unfinished)
    unfinished.replace(path)
    on_disk(path.parent)


def on_disk(path: Path) -> None:
    """Waits until a file, or the names in a folder, would outlast the power. Some file systems cannot tell."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
