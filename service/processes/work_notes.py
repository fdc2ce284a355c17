"""What each worker is at, noted where it outlives the worker: the fingerprint of an input, never anything of it.

A worker that dies in the middle of a screening cannot say any more what it was screening. Its notes are memory that it
shares with a file: writing them costs nothing, and they are there whatever ends the process.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST: Final = 64
"""Notes of one process: more than it has threads that work."""

_NOTE: Final = struct.Struct("<d32s")
_NOTHING: Final = bytes(_NOTE.size)
_SUFFIX: Final = ".work"


@dataclass(frozen=True, slots=True)
class Note:
    """An input that is being worked at; `since` in the time of `time.monotonic`, which all processes share."""

    fingerprint: str
    since: float


class WorkNotes:
    """The notes of this process."""

    def __init__(self, folder: Path) -> None:
        self._path = notes_path(folder, os.getpid())
        with self._path.open("w+b") as file:
            file.truncate(MOST * _NOTE.size)
            self._notes = mmap.mmap(file.fileno(), MOST * _NOTE.size)
        self._free = list(range(0, MOST * _NOTE.size, _NOTE.size))

    @contextmanager
    def at(self, fingerprint: str) -> Iterator[None]:
        """Within this, the process is at this input."""
        place = self._free.pop()
        self._notes[place : place + _NOTE.size] = _NOTE.pack(time.monotonic(), bytes.fromhex(fingerprint))
        try:
            yield
        finally:
            self._notes[place : place + _NOTE.size] = _NOTHING
            self._free.append(place)

    def others_at(self, fingerprint: str) -> float | None:
        """For how many seconds another process has been at this input, if one is."""
        now = time.monotonic()
        others = (path for path in self._path.parent.glob(f"*{_SUFFIX}") if path != self._path)
        found = (note for path in others for note in notes_in(path) if note.fingerprint == fingerprint)
        return max((now - note.since for note in found), default=None)


def notes_path(folder: Path, process: int) -> Path:
    """Where the notes of a process are."""
    return folder / f"{process}{_SUFFIX}"


def notes_in(path: Path) -> list[Note]:
    """What the process is at, or was at when it died; nothing where there are no notes."""
    held = b""
    with suppress(OSError):
        held = path.read_bytes()
    whole = held[: len(held) // _NOTE.size * _NOTE.size]
    return [Note(fingerprint.hex(), since) for since, fingerprint in _NOTE.iter_unpack(whole) if since]
