"""Another run than the one that a directory holds is refused: of another question, input, rules or program."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from batches import EXAMPLES, batch, job

from trialsieve.rules.errors import InputError, UsageError
from trialsieve.rules.vocabulary import AbsencePolicy, Kind
from trialsieve.service.batch.differences import differences
from trialsieve.service.batch.job import Bench, Explanations, Job
from trialsieve.service.batch.pool import LocalPool
from trialsieve.service.batch.program import digest_of
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.run import BatchRun

ANOTHER: dict[str, tuple[dict[str, Any], str]] = {
    "day": ({"as_of": date(2026, 11, 21)}, "--as-of (2026-11-20 there, 2026-11-21 here)"),
    "absence": ({"absence": AbsencePolicy.UNKNOWN}, "--absence (presume there, unknown here)"),
    "anchors": (
        {"anchors": (("enrollment", date(2026, 12, 1)),)},
        "--anchor (none there, enrollment=2026-12-01 here)",
    ),
    "covers": (
        {"covers": frozenset({Kind.PROCEDURE, Kind.CONDITION})},
        "--covers (none there, Condition Procedure here)",
    ),
    "explanations": ({"explanations": Explanations.NONE}, "--explanations (all there, none here)"),
    "trials": (
        {"trials": ("SENL-T7",), "rules_sha256": ("0",), "rules_version": ("1",)},
        "--trial (NCT04762485 SENL-T7 there, SENL-T7 here)",
    ),
    "rules": ({"rules_sha256": ("0", "1")}, "the rule files"),
    "program": ({"program_sha256": "0" * 64}, "the program"),
    "two things": (
        {"as_of": date(2026, 11, 21), "program_sha256": "0" * 64},
        "--as-of (2026-11-20 there, 2026-11-21 here), the program",
    ),
    "input": ({}, "the input"),
}


@pytest.mark.parametrize("case", ANOTHER)
def test_in_what_another_run_differs_is_told(case: str) -> None:
    changed, told = ANOTHER[case]
    held = json.loads(json.dumps(job().asked()))  # as it is read from a manifest
    assert differences(held, replace(job(), **changed).asked()) == told


def test_what_an_earlier_program_did_not_keep_differs_in_the_program() -> None:
    assert differences({}, job().asked()) == "the program"


def test_another_run_in_the_same_place_is_refused(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch([source / "files"], out)
    refused = re.escape(f"--out {out}: holds another run, which differs in ")
    with pytest.raises(UsageError, match=rf"{refused}the input; name another directory, or give --restart"):
        batch([source / "export"], out)
    later = replace(job(), as_of=date(2026, 11, 21))
    with pytest.raises(UsageError, match=rf"{refused}--as-of \(2026-11-20 there, 2026-11-21 here\); "):
        BatchRun(later, [str(source / "files")], out, LocalPool(1), Progress(), io.BytesIO()).run()


def test_of_what_was_piped_into_a_run_that_is_refused_nothing_is_left(tmp_path: Path) -> None:
    first, other = (EXAMPLES / "NCT04762485" / name for name in ("needs-review.json", "missing-data.json"))
    for inputs in (["-"], ["-", str(tmp_path / "is not there")]):
        run = BatchRun(job(), ["-"], tmp_path / "out", LocalPool(1), Progress(), io.BytesIO(first.read_bytes()))
        run.run()
        with pytest.raises((UsageError, InputError)):
            replace(run, inputs=inputs, stdin=io.BytesIO(other.read_bytes())).run()
        assert not (tmp_path / "out" / ".work").exists()


class BrokenOff(Progress):
    """Of a run that is interrupted before it screens anybody."""

    def begin(self, what: str, pieces: int) -> None:
        if what == "screening":
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("progress", "holds"), [(Progress(), "holds another run"), (BrokenOff(), "holds part of another run")]
)
def test_other_content_of_the_same_length_and_time_is_another_input(
    tmp_path: Path, progress: Progress, holds: str
) -> None:
    patient, out = tmp_path / "patient.json", tmp_path / "out"
    shutil.copy(EXAMPLES / "NCT04762485" / "needs-review.json", patient)
    run = BatchRun(job(), [str(patient)], out, LocalPool(1), progress, None)
    with contextlib.suppress(KeyboardInterrupt):
        run.run()
    written = patient.stat()
    patient.write_bytes(patient.read_bytes().replace(b'"male"', b'"mael"').replace(b'"female"', b'"femael"'))
    os.utime(patient, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert (patient.stat().st_size, patient.stat().st_mtime_ns) == (written.st_size, written.st_mtime_ns)
    with pytest.raises(UsageError, match=f"{holds}, which differs in the input; name another directory"):
        replace(run, progress=Progress()).run()


def test_a_file_that_was_only_copied_anew_is_the_same_input(tmp_path: Path) -> None:
    patient, out = tmp_path / "patient.json", tmp_path / "out"
    shutil.copy(EXAMPLES / "NCT04762485" / "needs-review.json", patient)
    first = batch([patient], out)
    os.utime(patient, ns=(0, 0))
    assert batch([patient], out) == first


def by_another_program() -> Job:
    return replace(job(), program_sha256="0" * 64)


def test_what_another_program_began_is_not_gone_on_with(source: Path, tmp_path: Path) -> None:
    """Of the same version: a clone that was worked on, or a patch where it is installed."""
    names = [str(source / "files")]
    with pytest.raises(InputError, match="this process runs another trialsieve"):
        BatchRun(by_another_program(), names, tmp_path / "new", LocalPool(1), Progress(), io.BytesIO()).run()
    with pytest.raises(UsageError, match=r"holds part of another run, which differs in the program; .*--restart"):
        BatchRun(job(), names, tmp_path / "new", LocalPool(1), Progress(), io.BytesIO()).run()


def test_a_worker_of_another_program_screens_nothing() -> None:
    with pytest.raises(InputError, match="install the same one for every worker, or begin anew with --restart"):
        Bench(by_another_program())


def test_a_program_is_known_by_what_its_files_say(tmp_path: Path) -> None:
    (tmp_path / "package" / "part").mkdir(parents=True)
    (tmp_path / "package" / "part" / "one.py").write_text("1")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "part").symlink_to(tmp_path / "package" / "part")
    first = digest_of(tmp_path / "package")
    assert digest_of(tmp_path / "linked") == first
    os.utime(tmp_path / "package" / "part" / "one.py", (0, 0))
    (tmp_path / "package" / "part" / "one.pyc").write_text("1")
    assert digest_of(tmp_path / "package") == first
    (tmp_path / "package" / "part" / "one.py").write_text("2")
    second = digest_of(tmp_path / "package")
    (tmp_path / "package" / "part" / "one.py").rename(tmp_path / "package" / "part" / "two.py")
    assert len({first, second, digest_of(tmp_path / "package")}) == 3


def test_a_directory_of_something_else_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("dear mother")
    with pytest.raises(UsageError, match=r"is not empty \(mother.txt\) and holds no run; name another directory"):
        batch([source / "files"], tmp_path / "letters")
    assert (tmp_path / "letters" / "mother.txt").exists()
