"""Nothing in a tracked file ties the repository to one machine, one package index or one maker."""

from __future__ import annotations

import re
from pathlib import Path

# Put together here, so that this file does not hold what it forbids.
INDEXES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "proxy.go" + "lang.org",
    "cra" + "tes.io",
]
MACHINE = ["/" + "work/", "/" + "root/", "/" + "home/", "/" + "Users/", "/" + "farm/", "file:" + "//"]
MAKERS = ["co-authored" + "-by", "generated " + "with", "generated " + "by an", "as an " + "ai", "language " + "model"]
ADDRESS = re.compile(r"(?<![\d.])(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?![\d.])")
LOOPBACK = "127." + "0.0.1"

# FHIR data from elsewhere is kept as it was found.
AS_FOUND = ("examples/", "rules/sources/", "tests/conformance/data/", "tests/fhir_adapters/data/")


def texts(root: Path, tracked: list[Path]) -> dict[str, str]:
    read = {}
    for path in tracked:
        whole = root / path
        if whole.is_symlink() or str(path).startswith(AS_FOUND):
            continue
        data = whole.read_bytes()
        if b"\0" not in data[:8000]:
            read[str(path)] = data.decode("utf-8")
    assert "pyproject.toml" in read
    assert "requirements.lock" in read
    return read


def found(texts: dict[str, str], words: list[str]) -> list[str]:
    return [f"{path}: {word}" for path, text in texts.items() for word in words if word.lower() in text.lower()]


def test_no_package_index_is_named(root: Path, tracked: list[Path]) -> None:
    assert found(texts(root, tracked), INDEXES) == []


def test_no_path_of_one_machine_is_named(root: Path, tracked: list[Path]) -> None:
    assert found(texts(root, tracked), MACHINE) == []


def test_no_private_address_is_named(root: Path, tracked: list[Path]) -> None:
    named = {
        f"{path}: {hit}"
        for path, text in texts(root, tracked).items()
        for hit in ADDRESS.findall(text.replace(LOOPBACK, ""))
    }
    assert named == set()


def test_no_maker_is_named(root: Path, tracked: list[Path]) -> None:
    assert found(texts(root, tracked), MAKERS) == []


def test_no_file_holds_work_left_undone(root: Path, tracked: list[Path]) -> None:
    words = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|PLACE" + r"HOLDER)\b")
    assert [path for path, text in texts(root, tracked).items() if words.search(text)] == []


def test_every_text_file_ends_with_one_newline(root: Path, tracked: list[Path]) -> None:
    wrong = [p for p, t in texts(root, tracked).items() if t and (not t.endswith("\n") or t.endswith("\n\n"))]
    assert wrong == []
