"""What the tests of rules share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.made_up_rules import MadeUpRules
from trialsieve.rules import rule_files
from trialsieve.rules.concept import Terminology
from trialsieve.rules.concept_files import load_terminology
from trialsieve.rules.rule_files import PACKAGED
from trialsieve.rules.yaml_source import read_yaml


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeUpRules:
    folder = tmp_path / "packaged"
    monkeypatch.setattr(rule_files, "PACKAGED", folder.resolve())
    return MadeUpRules(folder)


@pytest.fixture(scope="session")
def terminology() -> Terminology:
    """The packaged one."""
    path = PACKAGED / "terminology.yaml"
    loaded, problems = load_terminology(read_yaml(path.name, path.read_text(encoding="utf-8")))
    assert problems == []
    return loaded
