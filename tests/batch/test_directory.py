"""The directory of a run is its own: it is not read as input, nothing else is thrown away, no two runs write to it."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batches import EXAMPLES, SMALL, TRIALS, batch, explained, job, mixed_input, tree

from trialsieve.rules.errors import InputError, UsageError
from trialsieve.service.batch.claim import claimed
from trialsieve.service.batch.pool import LocalPool
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.run import BatchRun
from trialsieve.service.cli import main

ONE = EXAMPLES / "NCT04762485" / "needs-review.json"
ASKED = ("--trial", TRIALS[0], "--as-of", "2026-11-20", "--workers", "1")


def screened_into(out: Path, *options: str, source: Path = ONE) -> int:
    return main(["batch", str(source), "--out", str(out), *ASKED, *options])


def test_a_run_inside_its_own_input_does_not_read_itself(tmp_path: Path) -> None:
    shutil.copy(ONE, tmp_path / "patient.json")
    out = tmp_path / "screened"
    assert screened_into(out, "--also", "ndjson", source=tmp_path) in (0, 1)
    before = tree(out)
    assert screened_into(out, "--also", "ndjson", source=tmp_path) in (0, 1)
    assert tree(out) == before
    assert len(json.loads(before["manifest.json"])["inputs"]) == 1


def test_a_run_does_not_read_what_another_left_in_its_input(tmp_path: Path) -> None:
    """Else each of its lines would be a problem, and its manifest a file that nobody was screened from."""
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(ONE, source / "patient.json")
    screened_into(source / "monday", "--also", "ndjson", "--explanations", "all", source=source)
    (source / "monday" / "later").mkdir()
    shutil.copy(ONE, source / "monday" / "later" / "again.json")  # not of the run, wherever it lies
    screened_into(tmp_path / "tuesday", source=source)
    manifest = json.loads((tmp_path / "tuesday" / "manifest.json").read_bytes())
    labels = [each["path"] for each in manifest["inputs"]]
    assert labels == [str(source / "monday" / "later" / "again.json"), str(source / "patient.json")]
    assert manifest["unread_files"] == []
    assert manifest["skipped_files"] > 5


def test_a_folder_named_as_a_runs_is_read_where_there_is_no_run(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "ndjson").mkdir(parents=True)
    shutil.copy(ONE, source / "ndjson" / "patient.json")
    (source / "manifest.json").write_text('{"transactionTime": "2026-11-20T02:00:00Z", "output": []}')
    screened_into(tmp_path / "out", source=source)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert [Path(each["path"]).name for each in manifest["inputs"]] == ["manifest.json", "patient.json"]
    assert manifest["patients"] == 1


def test_restart_throws_away_the_run_and_its_report_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    screened_into(out)
    main(["report", str(out)])
    (out / "letter.txt").write_text("mine")
    assert screened_into(out, "--restart") in (0, 1)
    assert not (out / "report.html").exists()
    assert not (out / "report-figures").exists()
    assert (out / "letter.txt").exists()


@pytest.mark.parametrize("name", ["csv", "verdicts", "ndjson"])
def test_restart_throws_away_nothing_where_there_is_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "mine" / name).mkdir(parents=True)
    (tmp_path / "mine" / name / "letter.txt").write_text("mine")
    (tmp_path / "mine" / "manifest.json").write_text('["of something else"]')
    assert screened_into(tmp_path / "mine", "--restart") == 2
    assert "holds no run" in capsys.readouterr().err
    assert (tmp_path / "mine" / name / "letter.txt").exists()


def test_restart_with_an_input_that_is_not_there_throws_away_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    screened_into(out)
    before = tree(out)
    assert screened_into(out, "--restart", source=tmp_path / "nowhere") == 2
    assert tree(out) == before


def test_two_runs_do_not_work_in_one_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    screened_into(out)
    before = tree(out)
    for option in ((), ("--restart",)):
        with claimed(out):
            assert screened_into(out, *option) == 2
    assert "another run is at work there" in capsys.readouterr().err
    assert tree(out) == before


def test_the_same_command_again_leaves_when_it_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    screened_into(out)
    before = tree(out)
    capsys.readouterr()
    screened_into(out)
    assert tree(out) == before
    assert "holds this run already" in capsys.readouterr().err


@pytest.mark.parametrize("also", ["csv", "ndjson"])
def test_a_format_that_is_asked_for_later_is_written(tmp_path: Path, also: str) -> None:
    screened_into(tmp_path / "at-once", "--also", also)
    screened_into(tmp_path / "later")
    screened_into(tmp_path / "later", "--also", also)
    (tmp_path / "at-once" / "run.json").unlink()
    (tmp_path / "later" / "run.json").unlink()
    assert tree(tmp_path / "later") == tree(tmp_path / "at-once")


def test_standard_input_stands_where_it_was_named(tmp_path: Path) -> None:
    names = sorted((EXAMPLES / "NCT04762485").glob("*.json"))[:3]
    inputs = [str(names[0]), "-", str(names[2])]
    BatchRun(job(), inputs, tmp_path / "out", LocalPool(1), Progress(), io.BytesIO(names[1].read_bytes())).run()
    sources = [json.loads(line)["source"] for line in explained(tmp_path / "out")]
    assert list(dict.fromkeys(sources)) == inputs


def test_without_standard_input_a_file_is_screened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert screened_into(tmp_path / "out") in (0, 1)


def test_input_that_changes_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "patient.json"
    shutil.copy(ONE, source)

    class Changing(Progress):
        def begin(self, what: str, pieces: int) -> None:
            if what == "screening":
                source.write_bytes(source.read_bytes() + b"\n")

    with pytest.raises(InputError, match="the input has changed while it was read"):
        BatchRun(job(), [str(source)], tmp_path / "out", LocalPool(1), Changing(), None, sizes=SMALL).run()
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_name_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is not a directory"):
        batch([ONE], tmp_path / "file")


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_end_says_that_it_can_go_on(tmp_path: Path, workers: str, told: signal.Signals) -> None:
    source = mixed_input(tmp_path / "in", seed=3)
    command = [sys.executable, "-m", "trialsieve.service.cli", "batch", str(source), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [*command, *ASKED[:-1], workers],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - in the background it is ignored
    )
    while not (tmp_path / "out" / ".work" / "survey").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, told)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "the same command goes on from there" in said
    assert said.endswith("trialsieve: interrupted\n")
    assert "Traceback" not in said


def test_a_worker_that_is_killed_is_told_and_the_run_can_go_on(tmp_path: Path) -> None:
    source, out = mixed_input(tmp_path / "in", seed=3), tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "trialsieve.service.cli",
        "batch",
        str(source),
        "--out",
        str(out),
        *ASKED[:-1],
        "2",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not (out / ".work" / "survey").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(_worker_of(process.pid), signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "a worker process was ended from outside (often: too little memory); run the same command again" in said
    assert subprocess.run(command, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode in (0, 1)
    assert main(["batch", str(source), "--out", str(tmp_path / "undisturbed"), *ASKED]) in (0, 1)
    (out / "run.json").unlink()
    (tmp_path / "undisturbed" / "run.json").unlink()
    assert tree(out) == tree(tmp_path / "undisturbed")


def _worker_of(process: int) -> int:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return next(int(pid) for pid, parent, what in rows if int(parent) == process and "spawn_main" in what)
