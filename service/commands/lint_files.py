"""Which files `lint` checked, and which it passed over although a rule file is what they look like."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from trialsieve.rules.errors import Problem
from trialsieve.rules.rule_files import FOLDERS, PACKAGED, RuleFile
from trialsieve.service.text.words import counted

_KINDS = {"trials": "trial", "findings": "finding", "concepts": "concept file"}
_FIRST_KEY = re.compile(rb"^([a-z_]+)[ \t]*:", re.MULTILINE)
_KEYS = {b"trial": "trials", b"finding": "findings", b"concepts": "concepts"}
_ENDINGS = (".yaml", ".yml")
_NOT_READ = "not read: rule files lie in the folder named, or in its folders trials, findings and concepts"


def checked_words(files: Sequence[RuleFile], paths: Sequence[Path]) -> str:
    """How many rule files of each kind were asked for; without any path, all were."""
    asked = [file for file in files if file.asked_for or not paths]
    counts = Counter(file.folder or _folder_by_key(file.content) for file in asked)
    checked = [counted(counts[folder], kind) for folder, kind in _KINDS.items()]
    if counts["site"]:
        checked.append(counted(counts["site"], "site file"))
    return ", ".join(checked)


def passed_over(files: Iterable[RuleFile], paths: Sequence[Path]) -> list[Problem]:
    """A problem for each file below the paths that begins as a rule file does, and was not read for where it lies."""
    read = {file.location for file in files}
    return [
        Problem(str(file), 1, 1, _NOT_READ, f"move it there, or name {file.parent} too")
        for path in paths
        if path.is_dir() and not path.resolve().is_relative_to(PACKAGED)
        for file in _yaml_below(path)
        if os.path.realpath(file) not in read and _folder_by_key(file.read_bytes())
    ]


def folders_of_single_files(files: Iterable[RuleFile], paths: Sequence[Path]) -> list[Path]:
    """The folders of files that were named by themselves, where other rule files lie that were not read."""
    read = {file.location for file in files}
    folders = dict.fromkeys(path.parent.parent for path in paths if path.is_file() and path.parent.name in FOLDERS)
    return [
        folder
        for folder in folders
        if any(os.path.realpath(file) not in read for name in FOLDERS for file in _yaml_below(folder / name))
    ]


def _folder_by_key(content: bytes) -> str:
    """The folder that a rule file may lie in, by its first key; empty for what is no rule file."""
    first = _FIRST_KEY.search(content)
    return "" if first is None else _KEYS.get(first[1], "")


def _yaml_below(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        files = (Path(place, name) for name in sorted(names) if name.lower().endswith(_ENDINGS))
        yield from (file for file in files if file.is_file())  # not a link to nothing, as an editor's lock is
