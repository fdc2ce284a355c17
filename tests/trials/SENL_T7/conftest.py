"""The tests of this folder screen for this trial, at a site that has codes for minimal residual disease."""

from __future__ import annotations

import pytest
from local_codes import site_file

from trialsieve.engine.screening import Screener
from trialsieve.rules.loader import load_rules
from trialsieve.rules.model import RuleBook


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> RuleBook:
    return load_rules(site=site_file(tmp_path_factory.mktemp("site")))


@pytest.fixture(scope="session")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["SENL-T7"])
