"""A run that is killed at any moment goes on where it was, and leaves the same bytes as one that nobody disturbed."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from batches import SMALL, batch, job, mixed_input, tree

from trialsieve.fhir_adapters.record import InputProblem, Record
from trialsieve.rules.errors import InputError, UsageError
from trialsieve.rules.vocabulary import AbsencePolicy, Kind
from trialsieve.service.batch.differences import differences
from trialsieve.service.batch.job import Bench, Explanations, Job
from trialsieve.service.batch.pool import LocalPool
from trialsieve.service.batch.program import digest_of
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.run import BatchRun
from trialsieve.service.batch.workspace import finished_at_once, write_json

KILLS = int(os.environ.get("TRIALSIEVE_KILLS", "5"))
"""By the clock, of a run with processes of its own."""
KILLS_AT_CHANGES = 50

DRIVER = """
import sys
from pathlib import Path
from batches import batch
from trialsieve.service.batch.pool import LocalPool
if __name__ == "__main__":
    batch([Path(sys.argv[1])], Path(sys.argv[2]), LocalPool(2))
"""

# Runs a batch once for each number that it is told, in a process that is killed before it changes the disk for that
# time; 0: never. Says how often it did, or that it was killed, or failed.
FORKING_DRIVER = """
import os
import signal
import sys
from pathlib import Path
from batches import batch, job
from trialsieve.service.batch.job import bench_for

CHANGES = {"os.rename", "os.mkdir", "os.rmdir", "os.remove"}
source, out = map(Path, sys.argv[1:])
bench_for(job())
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        changes, last = 0, int(line)

        def notice(event, arguments):
            global changes
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in CHANGES or writes:
                changes += 1
                if changes == last:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(notice)
        batch([source], out)
        print(changes, flush=True)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        print("killed" if os.WIFSIGNALED(status) else "failed", flush=True)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mixed_input(tmp_path_factory.mktemp("in"), seed=3)


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    batch([source], out)
    return tree(out)


def _kill_the_run(process: int) -> None:
    """Its workers are left to themselves."""
    os.kill(process, signal.SIGKILL)


def _kill_everything(process: int) -> None:
    os.killpg(process, signal.SIGKILL)


def _interrupt(process: int) -> None:
    os.killpg(process, signal.SIGINT)


def test_it_leaves_no_workspace(undisturbed: dict[str, bytes]) -> None:
    assert {name.split("/")[0] for name in undisturbed} == {
        *("verdicts", "arms", "criteria", "open_items", "problems", "explanations", "manifest.json")
    }


def environment() -> dict[str, str]:
    """A driver finds what the tests of this directory share."""
    path = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path)}


def test_killed_before_any_change_of_the_disk(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(FORKING_DRIVER)
    out = tmp_path / "out"
    command = [sys.executable, str(driver), str(source), str(out)]
    with subprocess.Popen(command, env=environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as runs:
        asked, answers = runs.stdin, runs.stdout
        assert asked is not None
        assert answers is not None

        def run(last: int) -> str:
            asked.write(f"{last}\n")
            asked.flush()
            return answers.readline().strip()

        changes = int(run(0))
        assert tree(out) == undisturbed
        shutil.rmtree(out)
        chance = random.Random(1)
        killed = 0
        while killed < KILLS_AT_CHANGES:
            came_to = run(chance.randint(1, changes // 2))
            assert came_to != "failed"
            if came_to == "killed":
                killed += 1
                continue
            assert tree(out) == undisturbed
            shutil.rmtree(out)
        assert run(0).isdigit()
        assert tree(out) == undisturbed
        asked.close()


def test_killed_by_the_clock(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """Of a run with two processes beside it: at any time from its beginning to its end, or one more is killed alone."""
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    out = tmp_path / "out-0"
    command = [sys.executable, str(driver), str(source), str(out)]

    def begun() -> subprocess.Popen[bytes]:
        """The run, once it has claimed its directory."""
        process = subprocess.Popen(command, env=environment(), start_new_session=True, stderr=subprocess.DEVNULL)
        while process.poll() is None and not (out / ".work" / "lock").exists():
            time.sleep(0.01)
        return process

    process, start = begun(), time.monotonic()
    assert process.wait(120) == 0
    lasts = time.monotonic() - start
    assert tree(out) == undisturbed
    chance = random.Random(1)
    for number in range(KILLS):
        if (out / "manifest.json").exists():  # it was faster: once more from the beginning
            assert tree(out) == undisturbed
            out = tmp_path / f"out-{number + 1}"
            command[-1] = str(out)
        process = begun()
        try:
            process.wait(chance.uniform(0, lasts))
        except subprocess.TimeoutExpired:
            chance.choice((_kill_the_run, _kill_everything, _interrupt))(process.pid)
            process.wait()
    subprocess.run(command, env=environment(), check=True, timeout=120)
    assert tree(out) == undisturbed


def test_the_same_run_again_does_nothing(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = batch([source], out)
    before = (out / "manifest.json").stat().st_mtime_ns
    assert batch([source], out) == first
    assert (out / "manifest.json").stat().st_mtime_ns == before


def _gone(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [_gone, _cut])
@pytest.mark.parametrize("name", ["verdicts/00000.parquet", "explanations/00000.ndjson.gz", "csv/arms/00000.csv"])
def test_a_finished_run_of_which_a_file_is_harmed_is_not_called_finished(
    source: Path, tmp_path: Path, harm: Callable[[Path], None], name: str
) -> None:
    out = tmp_path / "out"
    run = BatchRun(job(), [str(source)], out, LocalPool(1), Progress(), None)
    run.run()
    replace(run, further=("csv",)).run()  # written later
    whole = (out / name).read_bytes()
    told = f"{name} is gone" if harm is _gone else f"{name} has not the {len(whole):,} bytes that it was written with"
    harm(out / name)
    with pytest.raises(UsageError) as refused:
        replace(run).run()
    assert str(refused.value) == (
        f"--out {out}: the run there was finished, but {told}; "
        "put it back, or give --restart to throw away what is there and screen anew"
    )
    (out / name).write_bytes(whole)
    assert replace(run, was_finished=True).run() == json.loads((out / "manifest.json").read_bytes())


def test_how_many_files_are_harmed_is_told_and_restart_puts_it_right(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    batch([source], out)
    files = sorted((out / "arms").iterdir())
    shutil.rmtree(out / "arms")
    with pytest.raises(UsageError, match=rf"but arms/00000\.parquet is gone \(as {len(files) - 1} more\); put"):
        batch([source], out)
    BatchRun(job(), [str(source)], out, LocalPool(1), Progress(), None, restart=True, sizes=SMALL).run()
    assert tree(out) == undisturbed


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


def by_another_program() -> Job:
    return replace(job(), program_sha256="0" * 64)


def test_what_another_program_began_is_not_gone_on_with(source: Path, tmp_path: Path) -> None:
    """Of the same version: a clone that was worked on, or a patch where it is installed."""
    names = [str(source / "files")]
    with pytest.raises(InputError, match="this process runs another trialsieve"):
        BatchRun(by_another_program(), names, tmp_path / "new", LocalPool(1), Progress(), io.BytesIO()).run()
    with pytest.raises(UsageError, match=r"holds part of another run, which differs in the program; .*--restart"):
        BatchRun(job(), names, tmp_path / "new", LocalPool(1), Progress(), io.BytesIO()).run()


def test_a_record_is_read_as_of_the_day_of_screening() -> None:
    born = Record("Patient/p1", "p1.json", {"resourceType": "Patient", "id": "p1", "birthDate": "1900-01-01"})
    problems: list[InputProblem] = []
    Bench(job()).chart(born, problems)
    assert ["more than 120 years before 2026-11-20" in problem.reason for problem in problems] == [True]


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


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was brought to the disk, by name, and what was renamed to what, in this order."""
    told: list[tuple[str, str]] = []
    sync, rename, link = os.fsync, Path.rename, Path.replace

    def syncing(handle: int) -> None:
        told.append(("on disk", Path(os.readlink(f"/proc/self/fd/{handle}")).name.partition(".unfinished")[0]))
        sync(handle)

    def renaming(path: Path, target: Path) -> Path:
        told.append(("named", target.name))
        return rename(path, target)

    def replacing(path: Path, target: Path) -> Path:
        told.append(("named", target.name))
        return link(path, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "rename", renaming)
    monkeypatch.setattr(Path, "replace", replacing)
    return told


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names of open files are read from /proc")


@needs_proc
def test_a_part_is_on_disk_before_it_has_its_name(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    with finished_at_once(tmp_path / "parts" / "one") as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "table").write_bytes(b"rows")
        (folder / "done").write_bytes(b"yes")
    assert told == [
        *(("on disk", name) for name in ("table", "inner", "done", "one")),
        ("named", "one"),
        ("on disk", "parts"),
    ]


@needs_proc
def test_a_manifest_is_on_disk_before_it_has_its_name(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    write_json(tmp_path / "manifest.json", {})
    assert told == [("on disk", "manifest.json"), ("named", "manifest.json"), ("on disk", tmp_path.name)]


@needs_proc
def test_a_run_is_said_to_be_finished_after_its_tables_are_on_disk(
    source: Path, tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    batch([source / "files"], tmp_path / "out")
    tables = [told.index(("named", name)) for name in ("verdicts", "criteria", "explanations")]
    assert max(tables) < told.index(("on disk", "out"), max(tables)) < told.index(("named", "manifest.json"))


def test_a_directory_of_something_else_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("dear mother")
    with pytest.raises(UsageError, match=r"is not empty \(mother.txt\) and holds no run; name another directory"):
        batch([source / "files"], tmp_path / "letters")
    assert (tmp_path / "letters" / "mother.txt").exists()
