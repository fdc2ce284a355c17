"""The tests of this folder screen for this trial."""

from __future__ import annotations

import pytest

from trialsieve.engine.screening import Screener
from trialsieve.rules.rule_book import RuleBook


@pytest.fixture(scope="session")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["NCT07120607"])
