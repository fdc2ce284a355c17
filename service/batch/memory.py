"""Where Arrow has its memory from, in a process of a batch run."""

from __future__ import annotations

import contextlib

import pyarrow as pa


def give_memory_back() -> None:
    """From here on Arrow gives back soon what a table no longer needs; the allocator that it takes by itself keeps it.

    Where Arrow was built without that allocator, nothing changes.
    """
    with contextlib.suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())
