"""What the tests of the repository itself share: where it is and what is in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Every file that is tracked or would be (not ignored), relative to the root; links are listed, not followed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout
    present = [Path(name) for name in listed.split("\0") if name]
    files = [path for path in present if (root / path).is_symlink() or (root / path).exists()]
    assert len(files) > 50, "git lists hardly any files: the tests below would look at nothing"
    return sorted(set(files))
