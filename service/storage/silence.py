"""A database server that says nothing: frozen, or behind a network that swallows everything.

Its own limits (statement_timeout) do not help then, nor those of TCP as long as its machine acknowledges what it gets.
The client library waits without end. So who takes too long is cut off: its socket is shut down, from another
thread, and the wait ends with an error as if the server had gone.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

LOOKS_EVERY: Final = 0.25
"""Seconds. What is cut off is cut off so much too late at most."""


class OverSocket(Protocol):
    """A connection of a client library, to a server."""

    def fileno(self) -> int:
        """The socket's descriptor."""
        ...


@dataclass
class _Waiting:
    """One that waits: on which socket, until when, and whether it was cut off."""

    descriptor: int
    until: float
    cut: bool = False


class Silence:
    """Cuts off who waits for too long, in a thread that begins with the first and ends with the process."""

    def __init__(self, left_alone: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`left_alone`: for so many seconds after somebody was cut off, `is_silent` says so."""
        self._left_alone = left_alone
        self._clock = clock
        self._last = float("-inf")
        self._numbers = itertools.count()
        self._waiting: dict[int, _Waiting] = {}
        self._lock = threading.Lock()
        self._begun = False

    @property
    def is_silent(self) -> bool:
        """Whether the server said nothing when it was last waited for, a moment ago."""
        return self._clock() < self._last + self._left_alone

    def met(self) -> None:
        """The server said nothing."""
        self._last = self._clock()

    @contextmanager
    def broken_after(self, connection: OverSocket, seconds: float) -> Iterator[None]:
        """Within this, nothing waits for that connection for longer."""
        # A descriptor of its own: the library may close its, whose number is then somebody else's socket.
        waiting = _Waiting(os.dup(connection.fileno()), self._clock() + seconds)
        number = next(self._numbers)
        with self._lock:
            self._waiting[number] = waiting
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._watch, name="database-silence", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[number]
            os.close(waiting.descriptor)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY)
            with self._lock:
                now = self._clock()
                for waiting in self._waiting.values():
                    if now >= waiting.until and not waiting.cut:
                        waiting.cut = True
                        self.met()
                        _shut_down(waiting.descriptor)


def _shut_down(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as one, suppress(OSError):  # the other side may have been quicker
        one.shutdown(socket.SHUT_RDWR)
