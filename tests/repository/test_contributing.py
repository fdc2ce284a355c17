"""What CONTRIBUTING tells one to do to add a trial works as it stands there."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SOURCE = """Inclusion Criteria:

* LVEF >= 50 %

Exclusion Criteria:

* Pulmonary embolism within 6 months
"""


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition("## Add a trial")[2].partition("\n## ")[0]


def code_blocks(page: str) -> list[str]:
    """The code blocks of a numbered list: seven spaces in, from one line of prose to the next."""
    blocks = re.findall(r"\n\n((?: {7}.*\n|\n(?= {7}))+)", page)
    return [textwrap.dedent(block) for block in blocks]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = command.split()
    environment = {**os.environ, "TRIALSIEVE_CACHE": str(folder / "cache")}
    return subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_trial_is_added_as_the_page_says(page: str, root: Path, tmp_path: Path) -> None:
    blocks = code_blocks(page)
    (head,) = (block for block in blocks if block.startswith("trial: "))
    criteria = [block for block in blocks if block.startswith("- id: ")]
    (commands,) = (block.splitlines() for block in blocks if block.startswith("trialsieve lint"))
    assert len(criteria) == 2
    assert len(commands) == 3

    for name in ("sources", "trials"):
        (tmp_path / "our-trials" / name).mkdir(parents=True)
    (tmp_path / "our-trials/sources/NCT00000000.txt").write_text(SOURCE, encoding="utf-8")
    digest = hashlib.sha256(SOURCE.encode()).hexdigest()
    trial = re.sub(r"sha256: \w+", f"sha256: {digest}", head) + "".join(
        textwrap.indent(each, "  ") for each in criteria
    )
    (tmp_path / "our-trials/trials/NCT00000000.yaml").write_text(trial, encoding="utf-8")
    (tmp_path / "examples").symlink_to(root / "examples")

    for command in commands:
        ran = run(command, tmp_path)
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"


def test_a_concept_of_ones_own_is_added_as_the_page_says(page: str, tmp_path: Path) -> None:
    shown = re.search(r"\n\n((?: {4}.*\n)+)", page.partition("### A concept that is not there")[2])
    assert shown
    for name in ("sources", "trials", "concepts"):
        (tmp_path / "our-trials" / name).mkdir(parents=True)
    (tmp_path / "our-trials/concepts/ours.yaml").write_text(textwrap.dedent(shown[1]), encoding="utf-8")
    ran = run("trialsieve lint our-trials", tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
