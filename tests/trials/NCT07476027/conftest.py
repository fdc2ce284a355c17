"""The tests of this folder screen for this trial, at a site that has codes for minimal residual disease."""

from __future__ import annotations

import pytest
from local_codes import book_with_local_codes

from trialsieve.engine.screening import Screener
from trialsieve.rules.rule_book import RuleBook


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return book_with_local_codes()


@pytest.fixture(scope="session")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["NCT07476027"])
