"""Loaded rules kept between runs: reading YAML takes about a second, reading what was made of it a few milliseconds.

A cache is found by the hash of every rule file, this version and Python's. It is a pickle, which can run code, so only
a file that this user owns and nobody else can write to is read. Nothing here ever fails a run: what cannot be used is
loaded anew, what cannot be written is not kept. Neither pydantic nor PyYAML is imported when the cache is used.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import trialsieve
from trialsieve.rules.interrupts import interrupts_held
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.rule_files import PACKAGED, RuleFile, gather

_KEPT = 8
"""How many caches, and parts of one, stay in the folder; older ones are removed."""

_DIGEST_SIZE = hashlib.sha256().digest_size


def cached_rules(extra: Sequence[Path] = (), site: Path | None = None, cache_dir: Path | None = None) -> RuleBook:
    """What `load_rules` returns, from the cache if the rule files have not changed since; its errors are the same.

    The folder is `cache_dir`, else $TRIALSIEVE_CACHE, else $XDG_CACHE_HOME/trialsieve, else ~/.cache/trialsieve.
    """
    files = gather(extra, site)
    folder = cache_dir or _default_folder()
    path = None if folder is None else folder / f"rules-{_key(files)}.pickle"
    with uncollected():
        book = None if path is None else _kept(path)
    if book is None:
        with interrupts_held():
            from trialsieve.rules.loader import book_of

        book = book_of(files)
        if path is not None:
            _keep(book, path)
    return book


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """For making many small objects at once, none of them garbage: the garbage collector rests meanwhile."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _default_folder() -> Path | None:
    if os.environ.get("TRIALSIEVE_CACHE"):
        return Path(os.environ["TRIALSIEVE_CACHE"])
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "trialsieve"
    try:
        return Path.home() / ".cache" / "trialsieve"
    except RuntimeError:  # no home directory
        return None


def _key(files: Sequence[RuleFile]) -> str:
    """A hash of all that the loaded rules depend on, the code that loads them included."""
    key = hashlib.sha256(f"{trialsieve.__version__}\0{sys.version}\0".encode())
    with os.scandir(PACKAGED) as entries:
        modules = {entry.name: entry.stat() for entry in entries if entry.name.endswith(".py")}
    for name, status in sorted(modules.items()):
        key.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    for file in files:
        key.update(f"{file.shown}\0{file.name}\0{file.folder}\0{file.sha256}\0".encode())
    return key.hexdigest()


def _kept(path: Path) -> RuleBook | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid() or others_write:
                return None
            content = file.read()
    except OSError:
        return None
    digest, payload = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    if hashlib.sha256(payload).digest() != digest:
        return None
    try:
        book = pickle.loads(payload)
    except Exception:  # whatever a foreign pickle raises, it is no cache of ours
        return None
    return book if isinstance(book, RuleBook) else None


def _keep(book: RuleBook, path: Path) -> None:
    """Write the cache under another name first, so that nobody ever reads half of one."""
    import tempfile  # not needed where the cache is used

    payload = pickle.dumps(book, protocol=pickle.HIGHEST_PROTOCOL)
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix="rules-", suffix=".part")
        with open(descriptor, "wb") as file:
            file.write(hashlib.sha256(payload).digest() + payload)
        os.replace(temporary, path)
        _prune(path.parent)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _prune(folder: Path) -> None:
    dated: list[tuple[int, Path]] = []
    for path in folder.glob("rules-*"):  # a write that was killed left a part
        with contextlib.suppress(OSError):  # another run may have removed it meanwhile
            dated.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(dated, reverse=True)[_KEPT:]:
        with contextlib.suppress(OSError):
            path.unlink()
