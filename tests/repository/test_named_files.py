"""Files of the repository that its pages, comments and messages name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDERS = "rules|engine|fhir_adapters|service|tests|tools|docs|examples|benchmarks"
NAMED = re.compile(rf"(?<![\w/.:@-])(?:{FOLDERS})/[\w./-]+\.(?:py|md|yaml|toml|json|txt|sh)\b(?![*{{])")
# Pages of the specification's own repository.
OF_OTHERS = {"docs/1.0/index.md", "docs/ballots/2020Sep/index.md", "docs/2.0/index.md"}


@pytest.fixture(scope="module")
def texts(root: Path, tracked: list[Path]) -> dict[Path, str]:
    """Every text in which files are named; not of the releases, of which each speaks of its own time."""
    written = [path for path in tracked if path.suffix in {".py", ".md", ".yaml", ".toml"} or path.name == "Makefile"]
    return {path: (root / path).read_text(encoding="utf-8") for path in written if path.name != "CHANGELOG.md"}


def missing(text: str, root: Path) -> set[str]:
    return {name for name in NAMED.findall(text) if not (root / name).is_file()} - OF_OTHERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see docs/semantics.md, 3.1", set()),
        ("see `docs/semantic.md`", {"docs/semantic.md"}),
        ("(engine/direct_fold.py:12).", {"engine/direct_fold.py"}),
        ("hapi@6f09d94:tests/other.py, our-trials/rules/x.yaml, tests/test_*.py, docs/NAME", set()),
    ],
)
def test_what_is_named_and_not_there_is_found(root: Path, text: str, expected: set[str]) -> None:
    assert missing(text, root) == expected


def test_every_file_that_is_named_is_there(root: Path, texts: dict[Path, str]) -> None:
    assert sum(len(NAMED.findall(text)) for text in texts.values()) > 100
    own = Path(__file__).relative_to(root)
    faults = {str(path): found for path, text in texts.items() if path != own and (found := missing(text, root))}
    assert faults == {}
