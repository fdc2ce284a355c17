"""What a worker of `trialsieve serve` runs, in a process of its own.

This module, which the process needs before it can answer the one that watches it, imports little: the service itself
takes seconds of a processor to import. Where there is little of it, workers were killed for silence as they began.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trialsieve.service.settings import Settings
from trialsieve.service.tuning import compact_memory

if TYPE_CHECKING:
    from fastapi import FastAPI


def worker_app(settings: Settings, watcher: int, notes: Path) -> FastAPI:
    """The application, in a worker of its own process."""
    compact_memory()
    threading.Thread(target=_end_with, args=(watcher,), daemon=True).start()
    # By now another thread answers the watching process.
    from trialsieve.service.app import create_app
    from trialsieve.service.watchdog import Watchdog
    from trialsieve.service.web.logs import configure_logs

    configure_logs(settings.log_level)
    return create_app(settings, Watchdog(settings.hangs_after), notes)


def _end_with(watcher: int) -> None:
    """Ends this worker when the watching process is gone: otherwise it would keep the port, watched by nobody."""
    while os.getppid() == watcher:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
