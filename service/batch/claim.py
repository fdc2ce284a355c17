"""Whose the directory of a run is: nobody else's files are touched, and no two runs work in one at the same time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from trialsieve.rules.errors import UsageError
from trialsieve.service.batch.manifest import MANIFEST
from trialsieve.service.batch.tables import SCHEMAS
from trialsieve.service.batch.workspace import SPOOL, WORK, Workspace

LOCK: Final = "lock"
RUN: Final = "run.json"
_FOLDERS: Final = (*SCHEMAS, "explanations", "csv", "ndjson", "report-figures")
_FILES: Final = (MANIFEST, RUN, "report.html")
LEFT: Final = frozenset({*_FOLDERS, *_FILES})
"""What a run and its report leave in the directory."""


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Holds the directory while the block runs. Raises UsageError if it is something else's, or another run's now."""
    _refuse_what_is_not_a_run(out)
    root = out / WORK
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from error
    handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(handle, out)
        yield
    finally:
        with contextlib.suppress(OSError):
            if _is_ours(handle, root) and [entry.name for entry in root.iterdir()] == [LOCK]:  # nothing was done
                shutil.rmtree(root)
        os.close(handle)  # and with it the lock


def manifest_of(out: Path) -> dict[str, Any] | None:
    """The manifest of a run that is finished; None if there is none, or something else of that name."""
    try:
        found = orjson.loads((out / MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("run"), str) else None


def clear(out: Path) -> None:
    """Throws away what a run and its report left; touches nothing else, nor what was read from a pipe just now."""
    for name in _FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)
    for name in _FILES:
        (out / name).unlink(missing_ok=True)
    for entry in (out / WORK).iterdir():
        if entry.is_dir() and entry.name != SPOOL:
            shutil.rmtree(entry)
        elif entry.is_file() and entry.name != LOCK:
            entry.unlink()


def _refuse_what_is_not_a_run(out: Path) -> None:
    if not out.is_dir():
        if out.exists():
            raise UsageError(f"--out {out}: is not a directory; name another")
        return
    if manifest_of(out) is not None or Workspace(out).plan.exists():
        return
    held = sorted(entry.name for entry in out.iterdir() if entry.name != WORK)
    if held:
        raise UsageError(f"--out {out}: is not empty ({held[0]}) and holds no run; name another directory")


def _lock(handle: int, out: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise UsageError(f"--out {out}: another run is at work there; wait for it, or name another") from error
        return  # a file system without locks
    if not _is_ours(handle, out / WORK):  # the run that held it has removed it
        raise UsageError(f"--out {out}: another run has just finished there; give the command again")


def _is_ours(handle: int, root: Path) -> bool:
    try:
        return (root / LOCK).stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
