"""A run that is killed at any moment goes on where it was, and leaves the same bytes as one that nobody disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from batches import batch, mixed_input, tree

from trialsieve.rules.errors import UsageError

KILLS = int(os.environ.get("TRIALSIEVE_KILLS", "5"))

DRIVER = """
import sys
from pathlib import Path
from batches import batch
from trialsieve.service.batch.pool import LocalPool
if __name__ == "__main__":
    batch([Path(sys.argv[1])], Path(sys.argv[2]), LocalPool(2))
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


def test_killed_again_and_again(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    path = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)}
    chance = random.Random(1)
    out = tmp_path / "out"
    command = [sys.executable, str(driver), str(source), str(out)]
    for number in range(KILLS):
        process = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.3, 3.0))
        except subprocess.TimeoutExpired:
            chance.choice((_kill_the_run, _kill_everything, _interrupt))(process.pid)
            process.wait()
        if (out / "manifest.json").exists():  # it was faster: once more from the beginning
            subprocess.run(command, env=environment, check=True, timeout=120)
            assert tree(out) == undisturbed
            out = tmp_path / f"out-{number}"
            command[-1] = str(out)
    subprocess.run(command, env=environment, check=True, timeout=120)
    assert tree(out) == undisturbed


def test_the_same_run_again_does_nothing(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = batch([source], out)
    before = (out / "manifest.json").stat().st_mtime_ns
    assert batch([source], out) == first
    assert (out / "manifest.json").stat().st_mtime_ns == before


def test_another_run_in_the_same_place_is_refused(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch([source / "files"], out)
    with pytest.raises(UsageError, match=r"holds another run, or its input or rules have changed; .*--restart"):
        batch([source / "export"], out)


def test_a_directory_of_something_else_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("dear mother")
    with pytest.raises(UsageError, match=r"is not empty \(mother.txt\) and holds no run; name another directory"):
        batch([source / "files"], tmp_path / "letters")
    assert (tmp_path / "letters" / "mother.txt").exists()
