"""A law: a record gathered from a server that answers everything is screened like the same Bundle from a file."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from stand_in import StandIn

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_json
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.fhir_adapters.servers.bounded_http import ServerLimits
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer
from trialsieve.fhir_adapters.servers.prefetch_templates import PrefetchTemplate
from trialsieve.fhir_adapters.servers.prefetched import Gathered, gather
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, Verdict

EXAMPLES = Path(__file__).parents[2] / "examples"
BUNDLES = sorted(EXAMPLES.glob("*/*.json"))
AS_OF = Circumstances(date(2026, 11, 20), AbsencePolicy.PRESUME)


@pytest.fixture(scope="session")
def screener(book: RuleBook) -> Screener:
    return Screener(book, tuple(book.trials))


def results(screener: Screener, book: RuleBook, record: Record) -> list[dict[str, Any]]:
    """All that is public of the results, but for where the record came from."""
    told = [result_json(result) for result in screener.screen(build_chart(record, book, []), AS_OF)]
    return [{name: value for name, value in one.items() if name != "source"} for one in told]


@pytest.fixture(scope="session")
def of_files(book: RuleBook, screener: Screener) -> dict[Path, list[dict[str, Any]]]:
    """What `screen --covers all` makes of each example."""
    told = {}
    for bundle in BUNDLES:
        (record,) = read_records([str(bundle)], [], covers=COVERABLE)
        told[bundle] = results(screener, book, record)
    return told


def by_server(stand_in: StandIn, templates: dict[str, PrefetchTemplate], patient: str) -> Gathered:
    async def answered() -> Gathered:
        async with httpx.AsyncClient() as client:
            server = FhirServer(client, stand_in.base, "token", ServerLimits(seconds=30))
            return (await gather(None, templates, patient, server)).gathered()

    return asyncio.run(answered())


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("page_size", [1000, 2])
def test_the_server_gives_the_same_results(
    bundle: Path,
    page_size: int,
    stand_in: StandIn,
    templates: dict[str, PrefetchTemplate],
    book: RuleBook,
    screener: Screener,
    of_files: dict[Path, list[dict[str, Any]]],
) -> None:
    stand_in.page_size = page_size
    patient = stand_in.hold(bundle)
    gathered = by_server(stand_in, templates, patient)
    assert [account.state for account in gathered.accounts if account.reason] == []
    assert results(screener, book, gathered.record) == of_files[bundle]


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_prefetch_gives_the_same_results(
    bundle: Path,
    stand_in: StandIn,
    templates: dict[str, PrefetchTemplate],
    book: RuleBook,
    screener: Screener,
    of_files: dict[Path, list[dict[str, Any]]],
) -> None:
    patient = stand_in.hold(bundle)
    prefetch = {key: stand_in.answer(template.query_for(patient)) for key, template in templates.items()}
    gathered = asyncio.run(gather(prefetch, templates, patient)).gathered()
    assert results(screener, book, gathered.record) == of_files[bundle]


def test_the_examples_are_worth_comparing(of_files: dict[Path, list[dict[str, Any]]]) -> None:
    verdicts = {one["verdict"] for told in of_files.values() for one in told}
    assert len(BUNDLES) > 30
    assert verdicts == {verdict.value for verdict in Verdict}
