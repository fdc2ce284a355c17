"""Every command that the documents name exists, and every one that exists is documented."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/index.md")


def targets(root: Path) -> set[str]:
    ran = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True)
    return set(re.findall(r"^  ([a-z-]+) +\S", ran.stdout, re.MULTILINE))


def named(text: str) -> set[str]:
    return set(re.findall(r"(?:`|^|\s{4})make ([a-z-]+)", text, re.MULTILINE))


def test_help_lists_every_target_that_a_person_may_call(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets(root) == {target for target in phony.split() if not target.startswith("ready-")}


def test_make_alone_prints_the_help(root: Path) -> None:
    alone = subprocess.run(["make"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert alone == subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True).stdout


def test_every_target_is_documented(root: Path) -> None:
    assert targets(root) <= named((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_no_target_that_does_not_exist(root: Path, document: str) -> None:
    assert named((root / document).read_text(encoding="utf-8")) <= targets(root)


@pytest.mark.parametrize("document", [*DOCUMENTS, "NOTICE", "CHANGELOG.md", "docs/semantics.md"])
def test_links_between_documents_lead_somewhere(root: Path, document: str) -> None:
    path = root / document
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            assert (path.parent / link).exists(), f"{document} links to {link}, which does not exist"


def test_decisions_are_numbered_without_gaps_and_listed(root: Path) -> None:
    records = sorted(path.name for path in (root / "docs" / "adr").glob("*.md"))
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    index = (root / "docs" / "index.md").read_text(encoding="utf-8")
    for name in records:
        assert f"(adr/{name})" in index, f"docs/index.md does not list {name}"
        text = (root / "docs" / "adr" / name).read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], name


def prerequisites(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "tools/check_prerequisites.sh"],
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_needed_is_here_and_the_interpreter_is_named(root: Path) -> None:
    ran = prerequisites(root)
    assert ran.returncode == 0, ran.stderr
    version = subprocess.run([ran.stdout.strip(), "--version"], capture_output=True, text=True, check=True).stdout
    assert re.match(r"Python 3\.1[12]\.", version)


def test_an_interpreter_that_does_not_run_is_named(root: Path) -> None:
    ran = prerequisites(root, PYTHON="no-such-python")
    assert ran.returncode == 1
    assert "MISSING  Python 3.11 or 3.12 (PYTHON=no-such-python does not run)" in ran.stderr
    assert ran.stdout == ""


def test_a_missing_compiler_is_named_with_its_package(root: Path) -> None:
    ran = prerequisites(root, CC="no-such-compiler")
    assert ran.returncode == 1
    assert "MISSING  a C compiler (no-such-compiler)" in ran.stderr
    assert "sudo apt-get install gcc libc6-dev" in ran.stderr


@pytest.mark.parametrize(
    "script", ["tools/check_prerequisites.sh", "tools/set_up.sh", "tools/lock.sh", "tools/test_all.sh"]
)
def test_scripts_are_executable_and_parse(root: Path, script: str) -> None:
    assert os.access(root / script, os.X_OK)
    subprocess.run(["sh", "-n", script], cwd=root, check=True)


def test_ci_runs_what_a_developer_runs(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert re.findall(r"^step make ([a-z-]+)", text, re.MULTILINE) == ["test", "check", "fuzz", "mutate", "load"]
