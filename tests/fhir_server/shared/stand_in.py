"""A FHIR server on loopback that holds the example patients, and can be made to misbehave for one resource type."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
Answer = Callable[[Request], Awaitable[Response]]


def outcome(code: str, severity: str = "error") -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}


def searchset(*resources: Json, **members: Any) -> Json:
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries, **members}


@dataclass
class StandIn:
    """`records` are the resources of each patient; `instead` answers for a resource type in the server's place."""

    records: dict[str, list[Json]] = field(default_factory=dict)
    instead: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    page_size: int = 1000
    base: str = ""

    def hold(self, bundle: Path) -> str:
        """Takes in the resources of a Bundle; the id of its Patient."""
        resources = [entry["resource"] for entry in json.loads(bundle.read_text(encoding="utf-8"))["entry"]]
        (patient,) = (resource["id"] for resource in resources if resource["resourceType"] == "Patient")
        self.records[patient] = resources
        return str(patient)

    def asked_for(self, resource_type: str) -> list[Request]:
        return [request for request in self.requests if request.url.path.startswith(f"/fhir/{resource_type}")]

    def answer(self, query: str) -> Any:
        """What a search or read comes to, as a client that prefetches gets it."""
        parts = urlsplit(query)
        pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in parts.query.split("&") if pair)]
        return self._answer(parts.path, {name: value.replace("%7C", "|") for name, value in pairs})

    async def serve(self, request: Request) -> Response:
        self.requests.append(request)
        path = request.url.path.removeprefix("/fhir/")
        instead = self.instead.get(path.partition("/")[0])
        return await instead(request) if instead is not None else self.usual(request)

    def usual(self, request: Request) -> Response:
        """The answer of a server that does as it should."""
        path = request.url.path.removeprefix("/fhir/")
        answer = self._answer(path, dict(request.query_params))
        status = 404 if answer["resourceType"] == "OperationOutcome" else 200
        return JSONResponse(answer, status, media_type="application/fhir+json")

    def _answer(self, path: str, query: dict[str, str]) -> Json:
        resource_type, _, identity = path.partition("/")
        if identity:
            held = [r for record in self.records.values() for r in record if r["resourceType"] == resource_type]
            return next((r for r in held if r.get("id") == identity), outcome("not-found"))
        found = [r for r in self.records.get(query["patient"], ()) if r["resourceType"] == resource_type]
        tokens = query["code"].split(",") if "code" in query else None
        found = [r for r in found if tokens is None or any(_matches(r, token) for token in tokens)]
        first = int(query.get("page", "0")) * self.page_size
        page = searchset(*found[first : first + self.page_size], total=len(found))
        if first + self.page_size < len(found):
            own = "&".join(f"{name}={value}" for name, value in query.items() if name != "page")
            number = int(query.get("page", "0")) + 1
            page["link"] = [{"relation": "next", "url": f"{self.base}/{path}?{own}&page={number}"}]
        return page


def _matches(resource: Json, token: str) -> bool:
    system, bar, code = token.rpartition("|")
    codings = resource.get("code", {}).get("coding", ())
    return any(
        (not bar or coding.get("system") == system) and (not code or coding.get("code") == code) for coding in codings
    )


@contextmanager
def running(stand_in: StandIn) -> Iterator[StandIn]:
    """Serves it on a free port of loopback, over a real socket."""
    app = Starlette(routes=[Route("/{path:path}", stand_in.serve)])
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none", date_header=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    stand_in.base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/fhir"
    yield stand_in
    server.should_exit = True
    thread.join(5)
