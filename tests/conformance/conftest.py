"""One running service for the whole suite, and the EHR that calls it; every answer is held to the specification."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from ehr import SERVER, Ehr
from guarded import CLIENTS, PUBLIC, Guarded
from hook_client import HookClient, serving

from trialsieve.service.security.authenticator import Authenticator


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[tuple[HookClient, Ehr]]:
    ehr = Ehr()
    folder = tmp_path_factory.mktemp("data")
    with serving(folder, server=ehr, fhir_servers=(SERVER,), fhir_seconds=4) as client:
        yield client, ehr


@pytest.fixture
def client(running: tuple[HookClient, Ehr]) -> HookClient:
    """A client of an open service."""
    return running[0]


@pytest.fixture
def ehr(running: tuple[HookClient, Ehr]) -> Ehr:
    """The EHR's FHIR server, which holds an example patient and does as it should."""
    running[1].reset()
    return running[1]


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Guarded]:
    """A service that answers nobody without a token."""
    folder = tmp_path_factory.mktemp("guarded")
    with serving(folder, public_url=PUBLIC, clients=CLIENTS, trials=("SENL-T7",)) as client:
        made = Guarded(client)
        state = client.app.state.service
        http = httpx.AsyncClient(transport=httpx.MockTransport(made.keys))
        settings = state.settings.model_copy(update={"keys_refetch_seconds": 0.0})
        authenticator = Authenticator(settings, state.store, http)
        client.app.state.service = dataclasses.replace(state, authenticator=authenticator)
        yield made
        asyncio.run(http.aclose())
