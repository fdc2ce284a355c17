"""Calls of the service as an EHR makes them; every answer is held to the specification as it comes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
import pytest
from cds_hooks_schema import check_cards, check_discovery, check_feedback_answer, check_outcome
from fastapi import FastAPI

from trialsieve.service.app import create_app
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.web.request_time import clock

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""The day on which the example patients are screened."""

PATIENT_VIEW = "/cds-services/trialsieve-patient-view"
ENCOUNTER_START = "/cds-services/trialsieve-encounter-start"

Json = dict[str, Any]
Server = Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


class HookClient:
    """Asks the application from outside an event loop; between two requests it stands still."""

    def __init__(self, app: FastAPI, runner: asyncio.Runner) -> None:
        self.app = app
        self._runner = runner
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8080")

    def request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        return self._runner.run(self._asked(method, path, **parts))

    def get(self, path: str, **parts: Any) -> httpx.Response:
        return self.request("GET", path, **parts)

    def post(self, path: str, **parts: Any) -> httpx.Response:
        return self.request("POST", path, **parts)

    def run(self, asked: Coroutine[Any, Any, Any]) -> Any:
        """Whatever else is asked of the application."""
        return self._runner.run(asked)

    def together(self, *asked: tuple[str, str, Mapping[str, Any]]) -> list[httpx.Response]:
        """Requests that run at the same time."""

        async def all_of_them() -> list[httpx.Response]:
            return await asyncio.gather(*(self._asked(method, path, **parts) for method, path, parts in asked))

        return self._runner.run(all_of_them())

    async def _asked(self, method: str, path: str, **parts: Any) -> httpx.Response:
        response = await self._client.request(method, path, **parts)
        check_response(response)
        return response


@contextlib.contextmanager
def serving(
    data_folder: Path, *, server: Server | None = None, now: datetime = NOW, **settings: Any
) -> Iterator[HookClient]:
    """A client of the whole application. `server` answers what the service asks of FHIR servers."""
    app = create_app(Settings(data_folder=data_folder, **settings))
    app.dependency_overrides[clock] = lambda: now
    running = app.router.lifespan_context(app)
    with asyncio.Runner() as runner:
        runner.run(running.__aenter__())
        if server is not None:
            fhir = httpx.AsyncClient(transport=httpx.MockTransport(server), timeout=None)
            app.state.service = dataclasses.replace(app.state.service, fhir=fhir)
        try:
            yield HookClient(app, runner)
        finally:
            runner.run(running.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    """A client of a service with default settings, whose every answer is held to the specification."""
    with serving(tmp_path_factory.mktemp("data")) as running:
        yield running


def check_response(response: httpx.Response) -> None:
    """Holds an answer to the specification, whichever endpoint it came from."""
    path = response.request.url.path.rstrip("/")
    kind = response.headers.get("content-type", "")
    if "origin" in response.request.headers:
        assert "access-control-allow-origin" in response.headers, "a browser could not read it"
    if response.status_code in {204, 304} or response.request.method == "HEAD":
        assert response.content == b""
    elif response.status_code != 200 and not kind.startswith("text/html"):
        assert kind == "application/fhir+json"
        check_outcome(strict_json(response.content))
    elif path.startswith("/cds-services"):
        assert kind == "application/json"
        check = check_feedback_answer if path.endswith("/feedback") else check_cards
        (check_discovery if path == "/cds-services" else check)(strict_json(response.content))


def strict_json(content: bytes) -> Any:
    """JSON of RFC 8259: UTF-8, no name twice, no NaN."""

    def members(pairs: list[tuple[str, Any]]) -> Json:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    def constant(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(content.decode("utf-8"), object_pairs_hook=members, parse_constant=constant)


@cache
def _example(name: str) -> str:
    return (EXAMPLES / f"{name}.json").read_text(encoding="utf-8")


def example(name: str) -> Json:
    """An example patient's Bundle, anew: `SENL-T7/eligible-boy`."""
    bundle: Json = json.loads(_example(name))
    return bundle


def resources(bundle: Mapping[str, Any]) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"]]


def patient_of(bundle: Mapping[str, Any]) -> str:
    return str(next(one["id"] for one in resources(bundle) if one["resourceType"] == "Patient"))


def templates(client: HookClient, path: str = PATIENT_VIEW) -> dict[str, str]:
    """What a service asks a client to prefetch."""
    services = client.get("/cds-services").json()["services"]
    prefetch: dict[str, str] = next(one for one in services if one["id"] == path.rpartition("/")[2])["prefetch"]
    return prefetch


def answer(bundle: Mapping[str, Any], query: str) -> Json | None:
    """What a FHIR server that holds this Bundle answers to a query of ours: a resource, or a searchset."""
    resource_type, _, parameters = query.partition("?")
    held = resources(bundle)
    if "/" in resource_type:
        return next((one for one in held if resource_type == f"{one['resourceType']}/{one['id']}"), None)
    found = [one for one in held if one["resourceType"] == resource_type]
    codes = parse_qs(parameters.replace("+", "%2B")).get("code")
    if codes is not None:
        asked = [unquote(token) for token in codes[0].split(",")]
        found = [one for one in found if any(_is_asked(coding, asked) for coding in one["code"].get("coding", []))]
    return searchset(*found)


def _is_asked(coding: Mapping[str, Any], asked: list[str]) -> bool:
    system, code = coding.get("system", ""), coding.get("code", "")
    return any(token in {code, f"{system}|{code}", f"{system}|"} for token in asked)


def fhir_response(value: Any, status: int = 200) -> httpx.Response:
    """A FHIR server's answer, sent piece by piece as from a socket."""
    stream = httpx.ByteStream(json.dumps(value).encode())
    return httpx.Response(status, headers={"Content-Type": "application/fhir+json"}, stream=stream)


def searchset(*found: Mapping[str, Any], **more: Any) -> Json:
    entries = [{"resource": dict(one), "search": {"mode": "match"}} for one in found]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": entries, **more}
    return bundle if entries else {name: value for name, value in bundle.items() if name != "entry"}


def prefetch_of(bundle: Mapping[str, Any], asked: Mapping[str, str]) -> Json:
    """Every key answered from a Bundle, as a client does that honours them all."""
    patient = patient_of(bundle)
    return {key: answer(bundle, query.replace("{{context.patientId}}", patient)) for key, query in asked.items()}


def call(patient: str, prefetch: Any = None, *, hook: str = "patient-view", **members: Any) -> Json:
    """A request as the specification has it; members that are given as `...` are left out."""
    request = {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": patient, "encounterId": "89284"},
        "prefetch": ... if prefetch is None else prefetch,
        **members,
    }
    return {name: value for name, value in request.items() if value is not ...}


def screen(client: HookClient, name: str, path: str = PATIENT_VIEW, **members: Any) -> list[Json]:
    """The cards for an example patient, everything prefetched."""
    bundle = example(name)
    prefetch = prefetch_of(bundle, templates(client))
    response = client.post(path, json=call(patient_of(bundle), prefetch, **members))
    assert response.status_code == 200, response.text
    cards: list[Json] = response.json()["cards"]
    return cards
