"""The processes of `trialsieve serve`: one that watches, and the workers that answer.

The watching process holds the socket and nothing else of a request. A worker that dies or hangs is replaced, also where
there is only one: meanwhile, connections wait. A worker of which no thread goes on does not answer the watching
process, which ends it. Where only what screens hangs, the worker notices that itself (watchdog.py).
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import socket
import tempfile
import time
from datetime import timedelta
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess

from trialsieve.rules.errors import UsageError
from trialsieve.rules.interrupts import interrupts_held
from trialsieve.service.opening import open_for
from trialsieve.service.processes.watchdog import HUNG_STATUS
from trialsieve.service.processes.worker import worker_app
from trialsieve.service.processes.worker_deaths import WorkerDeaths
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.storage.database import Database
from trialsieve.service.web.logs import configure_logs
from trialsieve.service.web.metrics import FOLDER_VARIABLE, ReplacedWorkers, Why

# A worker that does not answer the watching process for so long is taken to hang: none of its threads goes on.
SILENT_SECONDS: Final = 15
# An input is noted a moment after the work on it has begun.
NOTED_LATE_SECONDS: Final = 1
# For what a worker has to write after its last answer.
CLOSING_SECONDS: Final = 15
# Longer than most proxies keep a connection, so that it is not closed just as they use it again.
KEEP_ALIVE_SECONDS: Final = 75
BACKLOG: Final = 1024

_log = structlog.stdlib.get_logger("trialsieve.service")


class Supervisor(Multiprocess):
    """uvicorn's own, which also tells the metrics and the log which workers are gone, and can always be ended."""

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], deaths: WorkerDeaths, hangs_after: float
    ) -> None:
        super().__init__(config, sockets)
        self._replaced = ReplacedWorkers()
        self._deaths = deaths
        self._hangs_after = hangs_after

    def init_processes(self) -> None:
        """Ctrl+C is this process's to answer, which ends its workers: whenever one is started, it gets none."""
        resource_tracker.ensure_running()  # started by the first worker, it would let a held Ctrl+C through
        with interrupts_held():
            super().init_processes()

    def handle_signals(self) -> None:
        with interrupts_held():
            super().handle_signals()

    def keep_subprocess_alive(self) -> None:
        for worker in self.processes:
            worker.child_conn.close()  # ours kept open, one that dies while it owes an answer would seem to be silent
        before = [(process, process.exitcode is None) for process in self.processes]
        began = time.monotonic()
        try:
            with interrupts_held():
                super().keep_subprocess_alive()
        except OSError as error:  # too many processes, no memory: the others go on, and it is tried again in a moment
            _log.error("a worker cannot be started", problem=error.strerror)
        lasted = time.monotonic() - began
        for process, ran in before:
            if process not in self.processes:
                mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
                silent = ran and process.exitcode == -signal.SIGKILL and lasted >= self._silent_after
                why = Why.HUNG if silent or process.exitcode == HUNG_STATUS else Why.ENDED
                _log.warning("a worker was replaced", why=why.value, exit_status=process.exitcode)
                self._replaced.count(why)
                hung_for = self._silent_after if silent else self._hangs_after
                self._deaths.met(process.pid or 0, why, process.exitcode, hung_for - NOTED_LATE_SECONDS)

    def join_all(self) -> None:
        """Waits for the workers to end. One that hangs is not waited for: it would keep this process from ending."""
        ends = time.monotonic() + (self.config.timeout_graceful_shutdown or 0) + CLOSING_SECONDS
        for process in self.processes:
            process.process.join(max(0.0, ends - time.monotonic()))
            if process.exitcode is None:
                _log.error("a worker does not end when it is told to, and is killed")
                process.kill()
        super().join_all()

    @property
    def _silent_after(self) -> float:
        """Who was killed earlier was not killed by this process."""
        return self.config.timeout_worker_healthcheck

    @property
    def failed(self) -> bool:
        """Whether it ended because a worker could not start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)


def serve(settings: Settings) -> int:
    """Serves until it is told to end; the exit status. Raises a TrialsieveError for what keeps it from starting."""
    configure_logs(settings.log_level)
    opened = open_for(settings)  # so that what is wrong is told once, by this process, before anything listens
    with interrupts_held():  # the library of the database would log it as an error of its own
        opened.store.close()
    listening = listen(settings.host, settings.port)
    if settings.port == 0:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
    _log.info(
        "serving",
        url=settings.base_url,
        port=settings.port,
        workers=settings.workers,
        trials=len(opened.trials),
        clients=len(settings.clients),
        answers_everybody=settings.open,
    )
    folder = tempfile.mkdtemp(prefix="trialsieve-metrics-")
    try:
        os.environ[FOLDER_VARIABLE] = folder
        lasts = timedelta(hours=settings.refused_hours)
        deaths = WorkerDeaths(Path(folder), Database(settings.database_url), lasts)
        supervisor = Supervisor(worker_config(settings, Path(folder)), [listening], deaths, settings.hangs_after)
        supervisor.run()
    finally:
        listening.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 2 if supervisor.failed else 0


def worker_config(settings: Settings, notes: Path) -> uvicorn.Config:
    """How uvicorn runs a worker, whose notes are in that folder. It logs nothing itself that could hold an address."""
    return uvicorn.Config(
        functools.partial(worker_app, settings, os.getpid(), notes),
        factory=True,
        workers=settings.workers,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=round(settings.request_seconds) + 1,
        timeout_worker_healthcheck=SILENT_SECONDS,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises UsageError that says why not."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise UsageError(
            f"host {host}: there is no such address here ({error.strerror}); choose another --host"
        ) from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host}:{port}: cannot listen there ({error.strerror}); choose another --host or --port"
        ) from error
    listening.set_inheritable(True)
    return listening
