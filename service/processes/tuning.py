"""How the interpreter is set for serving: short answers, while one thread screens and holds the interpreter's lock."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# A parsed patient is tens of thousands of objects, and nearly none of them are in cycles.
GC_THRESHOLD: Final = (100_000, 20, 50)

# How long the screening thread keeps the lock before the event loop gets it. The default is 5 ms, once for each time
# that the loop comes back from the network.
SWITCH_SECONDS: Final = 0.001

# For the allocator of glibc: mallopt's M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX. Otherwise each thread has a
# heap of its own, and bodies of hundreds of kilobytes leave holes in all of them: some 30 MB in a worker. What orjson
# works in, twelve times the body, stays in the heap where the body is of usual size: had from the system each time, it
# makes parsing take half as long again.
ALLOCATOR: Final = {-1: 4 << 20, -3: 2 << 20, -8: 2}


def compact_memory() -> None:
    """From here on, blocks of 2 MB are given back as soon as they are free; where the C library is another, nothing."""
    import ctypes  # the command line need not wait for it

    allocator = ctypes.CDLL(None)
    if hasattr(allocator, "mallopt"):
        for option, value in ALLOCATOR.items():
            allocator.mallopt(option, value)


@contextmanager
def tuned() -> Iterator[None]:
    """From here on, what is there now (rules, modules) is never looked at again by the garbage collector."""
    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*threshold)
        gc.unfreeze()
