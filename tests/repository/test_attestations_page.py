"""The answer that docs/attestations.md shows settles the criterion that it names, for as long as the page says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def answer(root: Path) -> dict[str, Any]:
    page = (root / "docs/attestations.md").read_text(encoding="utf-8")
    shown = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert shown
    observation: dict[str, Any] = json.loads(shown[1])
    return observation


def waiting_for_judgement(folder: Path, files: dict[str, str], as_of: str) -> list[str]:
    """The criteria of NCT04762485 that a person has yet to judge, of the only record in these files."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "trialsieve"), "screen", str(folder), "--trial", "NCT04762485"]
    ran = subprocess.run(
        [*command, "--as-of", as_of, "--format", "ndjson"], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    (line,) = ran.stdout.splitlines()
    waiting: list[str] = json.loads(line)["arms"][0]["open"]["judgement"]
    return waiting


@pytest.mark.parametrize(
    ("as_of", "waiting"),
    [("2026-11-18", ["X09"]), ("2026-11-19", []), ("2026-12-19", []), ("2026-12-20", ["X09"])],
    ids=["the day before", "the day itself", "the 30th day after", "the 31st"],
)
def test_an_answer_in_the_bundle_counts_for_30_days(
    root: Path, answer: dict[str, Any], tmp_path: Path, as_of: str, waiting: list[str]
) -> None:
    bundle = json.loads((root / "examples/NCT04762485/needs-review.json").read_text(encoding="utf-8"))
    bundle["entry"].append({"resource": answer})
    assert waiting_for_judgement(tmp_path, {"bundle.json": json.dumps(bundle)}, as_of) == waiting


def test_an_answer_that_was_taken_back_leaves_the_question_open_and_is_no_fault(
    root: Path, answer: dict[str, Any], tmp_path: Path
) -> None:
    bundle = json.loads((root / "examples/NCT04762485/needs-review.json").read_text(encoding="utf-8"))
    bundle["entry"].append({"resource": {**answer, "status": "entered-in-error"}})
    assert waiting_for_judgement(tmp_path, {"bundle.json": json.dumps(bundle)}, "2026-11-20") == ["X09"]


def test_an_answer_in_another_ndjson_file_of_the_directory_counts(
    root: Path, answer: dict[str, Any], tmp_path: Path
) -> None:
    bundle = json.loads((root / "examples/NCT04762485/needs-review.json").read_text(encoding="utf-8"))
    export = "".join(json.dumps(entry["resource"]) + "\n" for entry in bundle["entry"])
    files = {"export.ndjson": export, "answers.ndjson": json.dumps(answer) + "\n"}
    assert waiting_for_judgement(tmp_path, files, "2026-11-20") == []
