"""What the tests of prefetch and of FHIR servers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefetching import PATIENT, Templates
from stand_in import StandIn, running, searchset

from trialsieve.fhir_adapters.servers.prefetch_templates import PrefetchTemplate, prefetch_templates
from trialsieve.rules.loader import load_rules
from trialsieve.rules.rule_book import RuleBook

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def book() -> RuleBook:
    """The packaged rules with the examples' site, which has local codes."""
    return load_rules(site=EXAMPLES / "site.yaml")


@pytest.fixture(scope="session")
def templates(book: RuleBook) -> dict[str, PrefetchTemplate]:
    """Those of all trials."""
    return prefetch_templates(book, tuple(book.trials))


@pytest.fixture(scope="session")
def one_server() -> Iterator[StandIn]:
    with running(StandIn()) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(one_server: StandIn) -> StandIn:
    """A server that holds nobody yet and does as it should."""
    one_server.records.clear()
    one_server.instead.clear()
    one_server.requests.clear()
    one_server.page_size = 1000
    return one_server


@pytest.fixture
def empty(templates: Templates) -> dict[str, Any]:
    """A prefetch in which every search found nothing."""
    return {key: searchset() if template.is_search else PATIENT for key, template in templates.items()}
