"""A FHIR server that misbehaves: each way has a typed answer, and the token goes nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fhir_questions import FAILED, IN_FULL, IN_PART, QUERY, REFUSED, always, asked, condition
from stand_in import StandIn, outcome, searchset
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trialsieve.fhir_adapters.servers.answers import Answer, Answered
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer, ServerAddressError

# --- what it answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "state", "reason"),
    [
        (searchset(condition(1)), 200, IN_FULL, ""),
        (searchset(), 200, IN_FULL, ""),
        ({"resourceType": "Bundle", "total": 0}, 200, IN_FULL, ""),
        (searchset(condition(1), total=3), 200, IN_PART, "holds 1 of the 3 resources that the search found"),
        (searchset(condition(1), total=0), 200, IN_FULL, ""),
        (outcome("forbidden"), 200, REFUSED, "an OperationOutcome: error (forbidden)"),
        (outcome("exception"), 200, FAILED, "an OperationOutcome: error (exception)"),
        (outcome("not-supported"), 400, Answered.NOT_SUPPORTED, "answered with status 400 and an OperationOutcome: "),
        (outcome("invalid"), 400, FAILED, "answered with status 400 and an OperationOutcome: error (invalid)"),
        (outcome("login"), 401, REFUSED, "answered with status 401"),
        (b"no", 403, REFUSED, "answered with status 403"),
        (b"", 404, Answered.NOT_SUPPORTED, "answered with status 404"),
        (b"", 500, FAILED, "answered with status 500"),
        (b"", 204, FAILED, "answered with status 204"),
        (b"x" * 70_000, 500, FAILED, "answered with status 500"),
        (b"{", 200, FAILED, "answered with what is not valid JSON"),
        (b"", 200, FAILED, "answered with what is not valid JSON"),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": {}}], "entry": []}',
            200,
            FAILED,
            "answered with what is not valid JSON",
        ),
        (b'{"resourceType": "Bundle", "entry": [], "entry": []}', 200, IN_FULL, ""),
        (b"null", 200, FAILED, "answered with null"),
        ([], 200, FAILED, "not a FHIR resource"),
        (condition(1), 200, IN_PART, "a single Condition instead of a Bundle"),
    ],
)
def test_each_answer_is_told_apart(body: Any, status: int, state: Answered, reason: str, stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(body, status)
    answer = asked(stand_in)
    assert answer.state is state
    assert answer.reason.startswith(reason)
    assert bool(answer.reason) == bool(reason)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("application/fhir+json; charset=utf-8", IN_FULL),
        ("application/json", IN_FULL),
        ("application/json+fhir", IN_FULL),
        ("text/json", IN_FULL),
        ("", IN_FULL),
        ("text/html", FAILED),
        ("application/fhir+xml", FAILED),
    ],
)
def test_content_types(kind: str, state: Answered, stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(searchset(condition(1)), kind=kind)
    assert asked(stand_in).state is state


def test_included_resources_are_kept_and_not_counted_as_matches(stand_in: StandIn) -> None:
    bundle = searchset(condition(1), total=2)
    bundle["entry"] += [
        {"resource": {"resourceType": "Encounter", "id": "e1"}, "search": {"mode": "include"}},
        {"resource": outcome("informational", "information"), "search": {"mode": "outcome"}},
    ]
    stand_in.instead["Condition"] = always(bundle)
    answer = asked(stand_in)
    assert [entry.reference for entry in answer.entries] == ["Condition/c1", "Encounter/e1"]
    assert answer.reason == "holds 1 of the 2 resources that the search found"


@pytest.mark.parametrize(
    ("severity", "state"), [("information", IN_FULL), ("warning", Answered.WARNED), ("error", IN_PART)]
)
def test_an_outcome_among_the_entries(severity: str, state: Answered, stand_in: StandIn) -> None:
    bundle = searchset(condition(1))
    bundle["entry"].append({"resource": outcome("incomplete", severity), "search": {"mode": "outcome"}})
    stand_in.instead["Condition"] = always(bundle)
    answer = asked(stand_in)
    assert (answer.state, len(answer.entries)) == (state, 1)


# --- the token --------------------------------------------------------------------------------------------------------


def test_the_token_is_sent_as_bearer(stand_in: StandIn) -> None:
    asked(stand_in)
    assert stand_in.requests[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int, stand_in: StandIn) -> None:
    async def elsewhere(_request: Request) -> Response:
        return RedirectResponse(f"{stand_in.base}/Elsewhere", status)

    stand_in.instead["Condition"] = elsewhere
    answer = asked(stand_in)
    assert (answer.state, len(stand_in.requests)) == (FAILED, 1)
    assert answer.reason == f"answered with status {status}; redirects are not followed"


def test_no_cookie_is_sent(stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(searchset(), headers={"set-cookie": "session=of-another-user; Path=/"})

    async def twice(server: FhirServer) -> Answer:
        await server.search(QUERY, "Condition")
        return await server.search(QUERY, "Condition")

    asked(stand_in, twice)
    assert [request.headers.get("cookie") for request in stand_in.requests] == [None, None]


@pytest.mark.parametrize(
    ("base", "token"),
    [
        ("", None),
        ("ftp://fhir.example", None),
        ("fhir.example/r4", None),
        ("https://user:word@fhir.example/r4", None),
        ("https://fhir.example/r4?tenant=1", None),
        ("https://fhir.example/r4?", None),
        ("https://fhir.example/r4#part", None),
        ("https://", None),
        ("https://fhir.example/r4", ""),
        ("https://fhir.example/r4", "two words"),
        ("https://fhir.example/r4", "line\r\nbreak"),
        ("https://fhir.example/r4", "schlüssel"),
    ],
)
def test_addresses_and_tokens_that_cannot_be_used(base: str, token: str | None) -> None:
    async def make() -> None:
        async with httpx.AsyncClient() as client:
            FhirServer(client, base, token)

    with pytest.raises(ServerAddressError):
        asyncio.run(make())


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("Medication/m1", "Medication/m1"),
        ("Medication/m1/_history/2", "Medication/m1"),
        ("{base}/Medication/m1", "Medication/m1"),
        ("http://elsewhere.example/fhir/Medication/m1", None),
        ("Medication/..", None),
        ("Medication/m1?_include=x", None),
        ("Medication/a/b", None),
        ("#m1", None),
        ("urn:uuid:1", None),
    ],
)
def test_which_references_lie_on_the_server(reference: str, name: str | None, stand_in: StandIn) -> None:
    async def make() -> str | None:
        async with httpx.AsyncClient() as client:
            return FhirServer(client, stand_in.base).names(reference.format(base=stand_in.base))

    assert asyncio.run(make()) == name
