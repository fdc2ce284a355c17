"""A run that is killed at any moment goes on where it was, and leaves the same bytes as one that nobody disturbed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from batches import tree

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


def _kill_the_run(process: int) -> None:
    """Its workers are left to themselves."""
    os.kill(process, signal.SIGKILL)


def _kill_everything(process: int) -> None:
    os.killpg(process, signal.SIGKILL)


def _interrupt(process: int) -> None:
    os.killpg(process, signal.SIGINT)


def environment() -> dict[str, str]:
    """A driver finds what the tests of this directory share."""
    path = [str(Path(__file__).parent / "shared"), *filter(None, [os.environ.get("PYTHONPATH")])]
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
