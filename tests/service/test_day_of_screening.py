"""A record is read as of the day for which it is screened: by then a day may have passed, or nobody be alive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOLD = "birthDate '1900-01-01' is more than 120 years before 2026-11-20, and was not used"


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    resource = {"resourceType": "Patient", "id": "p1", "birthDate": "1900-01-01"}
    path = tmp_path / "p1.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}))
    return path


@pytest.mark.parametrize("command", [("screen",), ("explain", "--patient", "p1")])
@pytest.mark.parametrize(("as_of", "told"), [("2026-11-20", True), ("1990-01-01", False)])
def test_the_command_line_says_as_of_when(
    run: Callable[..., Any], patient: Path, command: tuple[str, ...], as_of: str, told: bool
) -> None:
    ran = run(command[0], patient, *command[1:], "--trial", "NCT04762485", "--as-of", as_of)
    assert (TOLD in ran.err) is told
