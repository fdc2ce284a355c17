"""Which files make up the rules, as bytes: the packaged ones, those of `--rules`, the site's. Nothing is parsed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trialsieve.rules.errors import UsageError

PACKAGED = Path(__file__).resolve().parent
FOLDERS = ("trials", "findings", "concepts")
SHARED = ("currency.yaml", "terminology.yaml")
_YAML = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file of the rules.

    `shown` is the path for messages, `name` the path within its rules folder with forward slashes (`trials/x.yaml`),
    `folder` the sub-folder that says what it is, `sources` for registry texts, `site`, or empty for a loose file.
    """

    shown: str
    name: str
    folder: str
    content: bytes
    sha256: str
    location: str
    asked_for: bool = False
    """Whether it was named on the command line, itself or by its folder."""


def gather(extra: Sequence[Path] = (), site: Path | None = None) -> tuple[RuleFile, ...]:
    """All files in the order in which they count, later ones after earlier. A file reached twice is listed once.

    Raises UsageError for a path that is not there or cannot be read.
    """
    found: dict[str, RuleFile] = {}
    for file in _of_folder(PACKAGED, "trialsieve/rules", asked_for=False):
        found[file.location] = file
    for path in extra:
        if not path.exists():
            raise UsageError(f"{path}: there is no such rule file or folder")
        files = list(_of_folder(path, str(path), asked_for=True) if path.is_dir() else _single(path))
        if not any(file.asked_for for file in files):
            raise UsageError(f"{path}: there are no rule files in it (*.yaml, or folders {', '.join(FOLDERS)})")
        for file in files:
            earlier = found.get(file.location)
            if earlier is None:
                found[file.location] = file
            elif file.asked_for:
                found[file.location] = replace(earlier, shown=file.shown, asked_for=True)
    if site is not None:
        if not site.is_file():
            raise UsageError(f"{site}: there is no such site file")
        found["site"] = _read(site, str(site), f"site/{site.name}", "site", asked_for=True)
    return tuple(found.values())


def _of_folder(root: Path, shown: str, *, asked_for: bool) -> Iterator[RuleFile]:
    if root.name in (*FOLDERS, "sources") and not any((root / folder).is_dir() for folder in FOLDERS):
        for path in _files(root, {".txt"} if root.name == "sources" else _YAML):
            yield _read(path, f"{shown}/{path.name}", f"{root.name}/{path.name}", root.name, asked_for=asked_for)
        if root.name == "trials":
            yield from _texts(root.parent / "sources")
        return
    for folder in FOLDERS:
        for path in _files(root / folder, _YAML):
            name = f"{folder}/{path.name}"
            yield _read(path, f"{shown}/{name}", name, folder, asked_for=asked_for)
    for path in _files(root, _YAML):
        folder = "shared" if path.name in SHARED and root.resolve() == PACKAGED else ""
        yield _read(path, f"{shown}/{path.name}", path.name, folder, asked_for=asked_for)
    yield from _texts(root / "sources")
    if root.resolve() != PACKAGED:
        yield from _texts(root)


def _single(path: Path) -> Iterator[RuleFile]:
    """A single rule file, with the registry texts beside it and in the `sources` folder beside it or its folder."""
    folder = path.parent.name if path.parent.name in FOLDERS else ""
    name = f"{folder}/{path.name}" if folder else path.name
    yield _read(path, str(path), name, folder, asked_for=True)
    for place in (path.parent, path.parent / "sources", path.parent.parent / "sources"):
        yield from _texts(place)


def _texts(place: Path) -> Iterator[RuleFile]:
    for path in _files(place, {".txt"}):
        yield _read(path, str(path), f"sources/{path.name}", "sources", asked_for=False)


def _files(folder: Path, endings: set[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in endings and path.is_file())


def _read(path: Path, shown: str, name: str, folder: str, *, asked_for: bool) -> RuleFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    sha256 = hashlib.sha256(content).hexdigest()
    return RuleFile(shown, name, folder, content, sha256, os.path.realpath(path), asked_for)
