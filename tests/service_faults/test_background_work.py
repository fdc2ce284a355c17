"""What runs beside the requests goes on after a fault, or is told: nobody would notice its end otherwise."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs
from uvicorn.supervisors.multiprocess import Multiprocess

from trialsieve.rules.cache import cached_rules
from trialsieve.service import app
from trialsieve.service.processes.supervisor import Supervisor
from trialsieve.service.screening.desk import ScreeningDesk


def test_a_count_that_cannot_be_taken_over_once_is_taken_over_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times: list[int] = []

    def watch(_: Any) -> None:
        times.append(1)
        if len(times) == 1:
            raise OSError("no space left: Winterbottom")

    monkeypatch.setattr(app, "WATCHED_SECONDS", 0.01)
    monkeypatch.setattr("trialsieve.service.web.health.watch", watch)

    async def for_a_while() -> None:
        async with asyncio.timeout(10), app.watched(SimpleNamespace()):  # type: ignore[arg-type]
            while len(times) < 3:
                await asyncio.sleep(0.01)

    with capture_logs() as logged:
        asyncio.run(for_a_while())
    (told,) = logged
    assert (told["log_level"], told["error_type"]) == ("error", "OSError")
    assert "Winterbottom" not in str(told)


def test_what_cannot_be_prepared_is_told_and_patients_are_screened_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> None:
        raise FileNotFoundError

    monkeypatch.setattr("trialsieve.service.screening.desk.load_library", load)
    with caplog.at_level(logging.ERROR):
        desk = ScreeningDesk(cached_rules([], None), ["SENL-T7"])
        assert asyncio.run(desk.work(lambda: "screened")) == "screened"
        desk.close()
    assert "FileNotFoundError" in caplog.text


class Worker:
    """A worker's process that takes so long to end when it is told to."""

    def __init__(self, ends_after: float) -> None:
        self.process = self
        self.pid = 1
        self.exitcode: int | None = None
        self._ends_after = ends_after
        self.killed = False

    def join(self, timeout: float | None = None) -> None:
        assert timeout is not None or self.exitcode is not None, "it would be waited for without end"
        if timeout is None or timeout >= self._ends_after:
            self.exitcode = 0 if self.exitcode is None else self.exitcode

    def kill(self) -> None:
        self.killed = True
        self.exitcode = -9


@pytest.mark.parametrize(("ends_after", "killed"), [(0.0, False), (2.0, False), (60.0, True)])
def test_a_worker_that_does_not_end_does_not_keep_the_service_from_ending(
    ends_after: float, killed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialsieve.service.processes.supervisor.CLOSING_SECONDS", 1)
    supervisor = Supervisor.__new__(Supervisor)
    worker = Worker(ends_after)
    supervisor.processes = [worker]  # type: ignore[list-item]
    supervisor.config = SimpleNamespace(timeout_graceful_shutdown=2)  # type: ignore[assignment]
    supervisor.join_all()
    assert worker.killed is killed


def test_a_worker_that_cannot_be_started_now_is_started_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[int] = []

    def start(_: Multiprocess) -> None:
        tried.append(1)
        if len(tried) == 1:
            raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(Multiprocess, "keep_subprocess_alive", start)
    supervisor = Supervisor.__new__(Supervisor)
    supervisor.processes = []
    with capture_logs() as logged:
        supervisor.keep_subprocess_alive()
        supervisor.keep_subprocess_alive()
    assert len(tried) == 2
    assert [told["problem"] for told in logged] == ["Resource temporarily unavailable"]
