"""A worker that hangs ends itself, so that the watching process replaces it.

A thread cannot be ended from outside. A screening that never comes to its end keeps the one thread that screens, and
nothing would ever be answered again, although the process is alive. What waits for its turn does not count as hanging,
nor does a process that stands still as a whole: it is the looks of this thread that are counted, not the clock.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, Protocol

import structlog

from trialsieve.service.web.logs import places

HUNG_STATUS: Final = 70
"""With which a worker ends that found itself to hang."""

ENDING_SECONDS: Final = 5.0
"""In which others are told, and what they were answered is kept, before the process ends anyhow."""

LOOKS: Final = 20
"""How often is looked within the time after which something counts as hanging; at least once a second."""

_LOOP: Final = 0
"""The number of the event loop among what runs."""

_log = structlog.stdlib.get_logger("trialsieve.service")


class Runs:
    """What threads of this process are working on now, under numbers that no two have in common."""

    def __init__(self) -> None:
        self._numbers = itertools.count(_LOOP + 1)
        self._threads: dict[int, int] = {}

    @contextmanager
    def one(self) -> Iterator[None]:
        """Counts as running, in this thread, until it ends."""
        number = next(self._numbers)
        self._threads[number] = threading.get_ident()
        try:
            yield
        finally:
            del self._threads[number]

    def now(self) -> Mapping[int, int]:
        """The thread of each."""
        return self._threads.copy()


class Guarded(Protocol):
    """What works in threads."""

    runs: Runs

    def give_up(self) -> None:
        """Tells all who wait that they wait in vain. For the event loop."""
        ...


class Keeping(Protocol):
    """What keeps the answers."""

    def flush(self, timeout: float) -> bool:
        """Waits until what is queued is written; False where that took longer."""
        ...


class Watchdog:
    """Ends this process once something has run for longer than `longest` seconds."""

    def __init__(
        self, longest: float, *, end: Callable[[int], object] = os._exit, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._longest = longest
        self._every = min(1.0, longest / LOOKS)
        self._end = end
        self._clock = clock
        self._stopped = threading.Event()
        self._hangs = False
        self._loop_answered = True
        self._lasted: dict[int, float] = {}

    def watch(self, desk: Guarded, store: Keeping) -> None:
        """From here on, in a thread of its own. In the event loop, which is watched too."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._watch, args=(desk, store, loop), name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """After everything is closed. Where something hung, the process ends here: it would wait for that thread."""
        self._stopped.set()
        if self._hangs:
            self._end(HUNG_STATUS)

    def _watch(self, desk: Guarded, store: Keeping, loop: asyncio.AbstractEventLoop) -> None:
        last = self._clock()
        loops = {_LOOP: threading.main_thread().ident or 0}
        while not self._stopped.wait(self._every):
            now = self._clock()
            running = dict(desk.runs.now())
            if self._loop_answered:
                self._loop_answered = False
                _call(loop, self._answer)
            elif not loop.is_closed():
                running |= loops
            hung = self._longest_of(running, min(now - last, 2 * self._every))
            last = now
            if hung is not None:
                self._tell(hung, running[hung])
                self._give_up(desk, store, loop)
                return

    def _answer(self) -> None:
        self._loop_answered = True

    def _longest_of(self, running: Mapping[int, int], passed: float) -> int | None:
        """What has run for too long, if anything has. What is met for the first time has just begun."""
        self._lasted = {number: self._lasted.get(number, -passed) + passed for number in running}
        return next((number for number, lasted in self._lasted.items() if lasted >= self._longest), None)

    def _tell(self, hung: int, thread: int) -> None:
        """Where it stands in the program, and nothing of what it works on."""
        frame = sys._current_frames().get(thread)
        where = [] if frame is None else places(traceback.extract_stack(frame))
        what = "the event loop" if hung == _LOOP else "a screening"
        _log.critical("this worker hangs; it ends and is replaced", what=what, seconds=self._longest, where=where)

    def _give_up(self, desk: Guarded, store: Keeping, loop: asyncio.AbstractEventLoop) -> None:
        """Ends as when it is told to, where that is possible; `stop` is the end of it. Else, ends nevertheless."""
        self._hangs = True
        _call(loop, desk.give_up)
        os.kill(os.getpid(), signal.SIGTERM)
        if not self._stopped.wait(ENDING_SECONDS):
            store.flush(ENDING_SECONDS)
            self._end(HUNG_STATUS)


def _call(loop: asyncio.AbstractEventLoop, task: Callable[[], None]) -> None:
    """In the event loop, unless that has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(task)
