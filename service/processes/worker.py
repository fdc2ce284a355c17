"""What a worker of `trialsieve serve` runs, in a process of its own.

This module, which the process needs before it can answer the one that watches it, imports little: the service itself
takes seconds of a processor to import. Where there is little of it, workers were killed for silence as they began.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialsieve.service.processes.tuning import compact_memory
from trialsieve.service.settings.service_settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


def worker_app(settings: Settings, watcher: int, notes: Path) -> FastAPI:
    """The application, in a worker of its own process."""
    compact_memory()
    # By uvicorn's own handler, set by now, a worker would load all it needs before it ends, though nobody waits for it.
    ends_in_order = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(watcher,), daemon=True).start()
    # By now another thread answers the watching process.
    from trialsieve.service.app import create_app
    from trialsieve.service.processes.watchdog import Watchdog
    from trialsieve.service.web.logs import configure_logs

    configure_logs(settings.log_level)
    app = create_app(settings, Watchdog(settings.hangs_after), notes)
    app.router.lifespan_context = _once_loaded(app.router.lifespan_context, ends_in_order)
    return app


def _once_loaded(loading: Lifespan, ends_in_order: Any) -> Lifespan:
    """The same, which from then on ends in order when it is told to."""

    @asynccontextmanager
    async def loaded(app: FastAPI) -> AsyncIterator[Any]:
        async with loading(app) as state:
            signal.signal(signal.SIGTERM, ends_in_order)
            yield state

    return loaded


def _end_with(watcher: int) -> None:
    """Ends this worker when the watching process is gone: otherwise it would keep the port, watched by nobody."""
    while os.getppid() == watcher:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
