"""The package's folders are symbolic links in src/trialsieve, tracked as such (docs/adr/0001)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize("folder", ["rules", "engine", "fhir_adapters", "service"])
def test_each_folder_is_linked_into_the_package(root: Path, folder: str) -> None:
    link = root / "src" / "trialsieve" / folder
    assert link.is_symlink()
    assert os.readlink(link) == f"../../{folder}"
    assert link.resolve() == root / folder


def test_every_link_leads_to_something_inside_the_repository(root: Path, tracked: list[Path]) -> None:
    links = [path for path in tracked if (root / path).is_symlink()]
    assert links
    for link in links:
        target = (root / link).resolve()
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(root), f"{link} leaves the repository"


def test_git_does_not_ignore_the_links(root: Path) -> None:
    links = [f"src/trialsieve/{folder}" for folder in ("rules", "engine", "fhir_adapters", "service")]
    ignored = subprocess.run(["git", "check-ignore", *links], cwd=root, capture_output=True, text=True, check=False)
    assert ignored.returncode == 1, f"ignored: {ignored.stdout}"
