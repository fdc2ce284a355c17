"""What the tests of rules share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.made_up_rules import MadeUpRules
from trialsieve.rules import rule_files


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeUpRules:
    folder = tmp_path / "packaged"
    monkeypatch.setattr(rule_files, "PACKAGED", folder.resolve())
    return MadeUpRules(folder)
