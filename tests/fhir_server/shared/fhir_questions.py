"""Questions to a FHIR server, and what it may be made to answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from stand_in import Json, StandIn
from starlette.requests import Request
from starlette.responses import Response

from trialsieve.fhir_adapters.servers.answers import Answer, Answered
from trialsieve.fhir_adapters.servers.bounded_http import ServerLimits
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer

IN_FULL, IN_PART, REFUSED, FAILED = Answered.IN_FULL, Answered.IN_PART, Answered.REFUSED, Answered.FAILED
QUERY = "Condition?patient=p1"


def condition(number: int, **members: Any) -> Json:
    return {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": "Patient/p1"}, **members}


def asked(
    stand_in: StandIn,
    question: Callable[[FhirServer], Awaitable[Answer]] = lambda server: server.search(QUERY, "Condition"),
    **limits: Any,
) -> Answer:
    async def ask() -> Answer:
        async with httpx.AsyncClient() as client:
            return await question(FhirServer(client, stand_in.base, "secret", ServerLimits(**limits)))

    return asyncio.run(ask())


def always(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = "application/fhir+json"
) -> Callable[[Request], Awaitable[Response]]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(_request: Request) -> Response:
        return Response(content, status, headers, kind)

    return answer


def next_link(url: str) -> list[Json]:
    return [{"relation": "self", "url": "http://elsewhere.example/lies"}, {"relation": "next", "url": url}]
