"""`trialsieve serve` in which the screening of one patient never comes to its end, or is the end of its worker.

How, is said by the environment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Final

from trialsieve.fhir_adapters.records.record import Record
from trialsieve.service.cli import main
from trialsieve.service.processes import supervisor
from trialsieve.service.screening.desk import ScreeningDesk

HANGING_PATIENT: Final = "Patient/hangs"
HOW: Final = "HANGS_HOW"
SILENT_FOR: Final = 8
"""A busy machine may take some seconds to load the rules, at which the lock is kept too."""


def loop() -> None:
    while True:
        pass


def sleep_with_the_lock() -> None:
    """As a C library does that never returns: no other thread of the process goes on."""
    ctypes.PyDLL(None).sleep(3600)


def crash() -> None:
    """As a C library does that reads where nothing is."""
    ctypes.string_at(0)


def kill() -> None:
    """As the system does where memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def nothing() -> None:
    """The fault has been mended."""


WAYS: Final[dict[str, Callable[[], None]]] = {
    "loop": loop,
    "lock": sleep_with_the_lock,
    "crash": crash,
    "kill": kill,
    "nothing": nothing,
}

_screened = ScreeningDesk.screened


def _hanging(desk: ScreeningDesk, record: Record, *arguments: Any) -> Any:
    if record.patient == HANGING_PATIENT:
        WAYS[os.environ[HOW]]()
    return _screened(desk, record, *arguments)


# Each worker imports this file anew.
ScreeningDesk.screened = _hanging  # type: ignore[method-assign, assignment]
if os.environ[HOW] == "lock":
    supervisor.SILENT_SECONDS = SILENT_FOR  # type: ignore[misc]

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
