"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles, find_files
from trialsieve.rules.errors import InputError, UsageError


def check_is_no_input(out: str | None, inputs: Sequence[str]) -> None:
    """Raises UsageError where results would take the place of a file that they are made of."""
    if out is None or not Path(out).is_file():
        return
    for name in inputs:
        given = Path(name)
        if given.is_dir() and _holds(given, Path(out)):
            raise UsageError(
                f"--out {out}: is read as part of the INPUT {name}, and the results would replace it; "
                "name another file, in another directory, also where an earlier run left this one"
            )
        if given.exists() and given.samefile(out):
            raise UsageError(f"--out {out}: is an INPUT, which the results would replace; name another file")


def _holds(directory: Path, file: Path) -> bool:
    """Whether the file is one of those that are read from the directory, be it by a link."""
    with contextlib.suppress(InputError, OSError):  # reading tells of it
        files = find_files([str(directory)], lambda problem: None, SkippedFiles(), None)
        return any(one.path is not None and one.path.samefile(file) for one in files)
    return False


@contextlib.contextmanager
def open_destination(out: str | None) -> Iterator[IO[bytes]]:
    """A binary stream for results. A file is written beside its place and renamed once everything is in it.

    Where the block raises, an earlier file of that name stays as it was. Raises UsageError if it cannot be written, or
    there is no room for all of it.
    """
    try:
        with _destination(out) as stream:
            yield stream
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = "standard output" if out is None or out == "-" else f"--out {out}"
        raise UsageError(f"{where}: cannot be written: {error.strerror}; give another place") from error


@contextlib.contextmanager
def _destination(out: str | None) -> Iterator[IO[bytes]]:
    if out is None or out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(out).resolve()
    if path.is_dir():
        raise UsageError(f"--out {out}: is a directory; name a file")
    if not path.parent.exists():
        raise UsageError(f"--out {out}: there is no directory {path.parent}; make it first")
    if path.exists() and not path.is_file():  # a pipe or a device has nothing to be renamed over
        with _opened(out, path) as stream:
            yield stream
        return
    import tempfile  # standard output needs none

    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _opened(out: str, path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
