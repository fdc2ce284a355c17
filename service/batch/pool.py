"""Who does the parts of a run: processes of this machine. Another pool may stand in for it (`spark.py`)."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.connection import wait as wait_for_process
from multiprocessing.process import BaseProcess
from typing import Any, Final, Protocol, TypeVar

from trialsieve.rules.errors import InputError
from trialsieve.rules.interrupts import interrupts_held

_AT_ONCE: Final = 4  # a run may turn out to have no work for more

_Work = TypeVar("_Work")
_Done = TypeVar("_Done")


class Pool(Protocol):
    """Does pieces of work, in any order and at the same time."""

    def each(self, function: Callable[[_Work], _Done], work: Sequence[_Work]) -> Iterator[_Done]:
        """What the function gives for each piece, as they are finished."""
        ...

    def abandon(self) -> None:
        """Gives up what is under way, at once."""
        ...

    def close(self) -> None:
        """Ends the workers."""
        ...


class LocalPool:
    """So many processes of this machine, each with rules and engine of its own; one: this process itself.

    The first of them begin to load the program at once.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._executor = (
            ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent)
            if workers > 1
            else None
        )
        if self._executor is not None:
            for _ in range(min(workers, _AT_ONCE)):
                _submit(self._executor, _load)

    def each(self, function: Callable[[_Work], _Done], work: Sequence[_Work]) -> Iterator[_Done]:
        """At most two pieces a worker are under way, so that little is lost when the run is broken off."""
        if self._executor is None:
            yield from map(function, work)
            return
        waiting = iter(work)
        try:
            under_way = {_submit(self._executor, function, piece) for piece in islice(waiting, 2 * self._workers)}
            while under_way:
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in finished:
                    for piece in islice(waiting, 1):
                        under_way.add(_submit(self._executor, function, piece))
                    yield future.result()
        except BrokenProcessPool as error:
            raise InputError(
                "a worker process was ended from outside (often: too little memory); "
                "run the same command again to go on, with fewer --workers if it recurs"
            ) from error

    def abandon(self) -> None:
        if self._executor is not None:
            for process in list(getattr(self._executor, "_processes", None) or {}):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _submit(executor: ProcessPoolExecutor, function: Callable[..., _Done], *piece: Any) -> Future[_Done]:
    """Whoever submits may have to start a process first."""
    with interrupts_held():
        return executor.submit(function, *piece)


def _load() -> None:
    """What most of the work needs."""
    importlib.import_module("trialsieve.service.batch.parts")


def _end_with_parent() -> None:
    """A worker whose run was killed would wait for ever. Ctrl+C is the run's to answer, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: BaseProcess) -> None:
    wait_for_process([parent.sentinel])
    os._exit(1)
