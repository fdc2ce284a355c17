"""Ctrl+C on `trialsieve serve`: it comes to every process at once, and only the one that watches answers it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from served import START_SECONDS, environment, serving

from trialsieve.rules.errors import UsageError
from trialsieve.service.processes import supervisor
from trialsieve.service.settings.service_settings import Settings


def holds(pid: int) -> bool:
    """Whether a Ctrl+C is held back from this process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (blocked,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(blocked, 16) >> (signal.SIGINT - 1) & 1)


def test_it_never_comes_to_a_worker_however_that_was_started(tmp_path: Path) -> None:
    """Python itself would tell of it with a trace, before any code of the worker's runs."""
    with serving(tmp_path, "--trial", "SENL-T7", until="Started server process") as alone:
        (first,) = alone.workers()
        assert holds(first)
        os.kill(first, signal.SIGKILL)
        alone.line("Started server process", 2)
        assert holds(alone.workers()[1])
        alone.process.send_signal(signal.SIGTTIN)  # one worker more
        alone.line("Started server process", 3)
        assert holds(alone.workers()[2])


def test_while_the_workers_start_all_end_in_order_and_without_a_trace(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "trialsieve", "serve", "--port", "0", "--workers", "2", "--trial", "SENL-T7"]
    with subprocess.Popen(
        command, env=environment(tmp_path), stderr=subprocess.PIPE, bufsize=0, start_new_session=True
    ) as process:
        assert process.stderr is not None
        try:
            while b"Started parent process" not in (line := process.stderr.readline()):
                assert line
            os.killpg(process.pid, signal.SIGINT)
            _, told = process.communicate(timeout=START_SECONDS)  # until each process that could tell something ended
        finally:
            process.kill()
    events = [json.loads(line)["event"] for line in told.splitlines()]
    assert "Received SIGINT, exiting." in events
    assert process.returncode == 0


def test_it_waits_until_the_database_is_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The library of the database takes it for an error of its own, and logs it."""
    held = []

    def close() -> None:
        held.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    def listen(host: str, port: int) -> None:
        raise UsageError("no such address")

    monkeypatch.setattr(supervisor, "configure_logs", lambda level: None)
    monkeypatch.setattr(supervisor, "open_for", lambda settings: SimpleNamespace(store=SimpleNamespace(close=close)))
    monkeypatch.setattr(supervisor, "listen", listen)
    with pytest.raises(UsageError):
        supervisor.serve(Settings(data_folder=tmp_path))
    assert held == [True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
