"""Ctrl+C while modules are loaded: it comes once they are, and nobody swallows it or makes another error of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from trialsieve.service.batch.pool import LocalPool

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "SENL-T7" / "eligible-boy.json")

# Runs a command that is interrupted when it begins to load a module, and says whether another was loaded to its end.
DRIVER = """
import importlib.abc
import os
import signal
import sys
from trialsieve.__main__ import main

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == interrupted:
            os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    interrupted, whole = sys.argv[1:3]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.meta_path.insert(0, Interrupting())
    del sys.argv[1:3]
    status = main()
    print(hasattr(sys.modules.get(whole.rpartition(".")[0]), whole.rpartition(".")[2]))
    sys.exit(status)
"""


@pytest.mark.parametrize(
    ("interrupted", "whole", "command"),
    [
        ("trialsieve.service.request.arguments", "trialsieve.service.cli.main", ["trials"]),
        ("trialsieve.rules.grammar_atoms", "trialsieve.rules.loader.book_of", ["trials"]),
        ("orjson", "trialsieve.service.batch.run.BatchRun", ["batch", EXAMPLE, "--out", "out", "--workers", "2"]),
        ("uvicorn", "trialsieve.service.settings.sources.load_settings", ["serve", "--port", "0"]),
    ],
    ids=["the command line", "pydantic's models", "a batch run", "the service"],
)
def test_it_comes_when_all_is_loaded(tmp_path: Path, interrupted: str, whole: str, command: list[str]) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    ended = subprocess.run(
        [sys.executable, str(driver), interrupted, whole, *command],
        cwd=tmp_path,
        env=os.environ | {"TRIALSIEVE_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("True\n", "trialsieve: interrupted\n")
    assert ended.returncode == 130


def test_it_never_comes_to_a_worker_not_even_while_that_begins() -> None:
    """Python itself would tell of it with a trace, before any code of the worker's runs."""
    pool = LocalPool(2)
    try:
        held = list(pool.each(partial(signal.pthread_sigmask, signal.SIG_BLOCK), [(), (), ()]))
    finally:
        pool.close()
    assert [signal.SIGINT in each for each in held] == [True] * 3
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
