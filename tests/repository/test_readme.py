"""The README shows what the program prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path


def test_the_shown_answer_is_the_programs(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ (trialsieve [^\n]+)\n(.*?)```", readme, re.DOTALL)
    assert shown, "README.md shows no answer"
    program, *arguments = shlex.split(shown[1])
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    ran = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert shown[2].rstrip() == ran.stdout.rstrip(), "paste the program's answer into README.md"


def test_the_demo_screens_what_the_readme_shows(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ (trialsieve [^\n]+)\n", readme)
    assert shown
    assert shown[1] in (root / "Makefile").read_text(encoding="utf-8").replace("$(BIN)/", "")
