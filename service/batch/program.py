"""Which program screens: a version's number does not tell, while it is worked on or patched where it is installed."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

import trialsieve


@lru_cache(maxsize=1)
def program_sha256() -> str:
    """Over `path NUL sha256 LF`, sorted, of every Python file of the package."""
    return digest_of(Path(trialsieve.__file__).parent)


def digest_of(package: Path) -> str:
    """The same of any folder; its parts may be links, as they are in a clone."""
    files = [
        (Path(folder, name).relative_to(package).as_posix(), Path(folder, name).read_bytes())
        for folder, _, names in os.walk(package, followlinks=True)
        for name in names
        if name.endswith(".py")
    ]
    whole = hashlib.sha256()
    for path, content in sorted(files):
        whole.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()
