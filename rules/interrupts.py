"""Ctrl+C at the moments at which nobody can answer it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """A Ctrl+C while the block runs comes at its end, and not at all to processes that are started in it.

    It is for loading modules: in the midst of it some crash (orjson), and some swallow it or raise an error of their
    own in its place (pydantic). A new process would answer it with a trace.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
