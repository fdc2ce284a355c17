"""`trialsieve lint` says which files it checked, and names those that it could not take for rule files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

CONCEPTS = "concepts:\n  - {id: dx.cold, label: cold, kinds: [Condition], codes: {}}\n"
FINDING = "finding: cold\ntitle: Cold\ntrue_when: cold\natoms:\n  - {id: cold, recorded: [dx.cold], timing: ever}\n"
PLACES = "rule files lie in the folder named, or in its folders trials, findings and concepts"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A directory of rules: a concept, and a finding that uses it."""
    folder = tmp_path / "own"
    for name, text in {"concepts/ours.yaml": CONCEPTS, "findings/cold.yaml": FINDING}.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_what_was_checked_is_counted(run: Run, own: Path) -> None:
    assert "checked 0 trials, 1 finding, 1 concept file: " in run("lint", own).err
    assert "checked 0 trials, 1 finding, 0 concept files: " in run("lint", own / "findings").err


def test_a_loose_file_is_counted_by_its_first_key(run: Run, own: Path) -> None:
    (own / "findings" / "cold.yaml").rename(own / "cold.yml")
    (own / "cold.yml").write_text(f"# Ours.\n{FINDING}", encoding="utf-8")
    assert "checked 0 trials, 1 finding, 1 concept file: " in run("lint", own).err


def test_a_site_file_is_counted_as_one(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("currency: {labs: 14}\n", encoding="utf-8")
    linted = run("lint", site)
    assert linted.err == "checked 0 trials, 0 findings, 0 concept files, 1 site file: 1 problem\n"
    assert "there is no currency class 'labs' (one of: acute-condition, " in linted.out


@pytest.mark.parametrize("place", ["finding/cold.yaml", "findings/old/cold.yml", "findings/cold.YAML"])
def test_a_rule_file_that_lies_where_none_is_looked_for_is_a_problem(run: Run, own: Path, place: str) -> None:
    there = own / place
    there.parent.mkdir(exist_ok=True)
    (own / "findings" / "cold.yaml").rename(there)
    linted = run("lint", own)
    assert linted.status == 2
    assert f"{there}:1:1: not read: {PLACES} (move it there, or name {there.parent} too)\n" in linted.out
    assert "checked 0 trials, 0 findings, 1 concept file: " in linted.err


def test_what_is_no_rule_file_may_lie_anywhere(run: Run, own: Path) -> None:
    (own / "other").mkdir()
    (own / "other" / "notes.yaml").write_text("title: A trial\ntrial: X\n", encoding="utf-8")
    (own / "other" / "empty.yaml").write_text("", encoding="utf-8")
    (own / "other" / ".#cold.yaml").symlink_to("somebody@elsewhere")
    linted = run("lint", own)
    assert "not read" not in linted.out
    assert "checked 0 trials, 1 finding, 1 concept file: " in linted.err


def test_of_a_file_by_itself_that_lacks_something_the_folder_is_named(run: Run, own: Path) -> None:
    linted = run("lint", own / "findings" / "cold.yaml")
    assert linted.status == 2
    assert "there is no concept 'dx.cold'" in linted.out
    assert f"{own}: holds other rule files, which were not read; lint the folder\n" in linted.err
    both = run("lint", own / "findings" / "cold.yaml", own / "concepts" / "ours.yaml")
    assert "there is no concept" not in both.out
    assert "which were not read" not in both.err
