"""Whatever is asked, and however badly: what a worker holds does not grow with the number of requests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROBE = Path(__file__).parent / "shared" / "leak_probe.py"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

MOST = 400
"""Bytes a request: the last one is still held, and a few things are met for the first time late."""


def test_nothing_is_left_of_a_request_and_a_leak_of_a_kilobyte_would_be_seen() -> None:
    environment = os.environ | {"PYTHONPATH": str(BENCHMARKS)}
    run = subprocess.run(
        [sys.executable, str(PROBE)], env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stderr
    left, left_with_a_leak = map(int, run.stdout.split())
    assert left < MOST
    assert left_with_a_leak > left + MOST
