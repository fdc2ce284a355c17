"""The stand-in's web server: FHIR R4 for who has a token of the patient, and the public keys for everybody.

It listens on 127.0.0.1 alone. It pages, as real servers do, and answers what it does not know with an OperationOutcome.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from ehr_parts.charts import Charts, Resource

PAGE: Final = 5
"""Matches on one page, however many are asked for."""

JWKS_PATH: Final = "/jwks.json"
FHIR_PATH: Final = "/fhir"

_SEARCHED: Final = frozenset(
    {
        "AllergyIntolerance",
        "Condition",
        "Immunization",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "Observation",
        "Procedure",
    }
)


@dataclass(slots=True)
class FhirApi:
    """What the server knows, and the tokens that hold at the moment. `asked` lists the queries that were let in."""

    charts: Charts
    base: str
    tokens: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def access(self, patient: str) -> Iterator[str]:
        """A token for one patient's data, which holds as long as the call."""
        token = secrets.token_urlsafe(24)
        self.tokens[token] = patient
        try:
            yield token
        finally:
            del self.tokens[token]

    def answer(self, target: str, token: str) -> tuple[int, Resource]:
        """The status and the resource for a GET of this path and query, as seen by who holds the token."""
        patient = self.tokens.get(token)
        if patient is None:
            return 401, _outcome("login", "There is no such token, or it holds no longer.")
        self.asked.append(target)
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        resource_type, _, identity = parts.path.partition("/")
        if identity:
            found = self.charts.read(resource_type, identity)
            if found is None:
                return 404, _outcome("not-found", "There is no such resource.")
            owner, resource = found
            return (200, resource) if owner == patient else (403, _outcome("forbidden", "The token is another's."))
        if resource_type not in _SEARCHED or not query.keys() <= {"patient", "code", "_count", "_offset"}:
            return 400, _outcome("not-supported", "This server cannot search so.")
        if query.get("patient", "").removeprefix("Patient/") != patient:
            return 403, _outcome("forbidden", "The token is another patient's.")
        return 200, self.search(resource_type, patient, query)

    def search(self, resource_type: str, patient: str, query: Mapping[str, str]) -> Resource:
        """One page of matches."""
        codes = [code for code in query.get("code", "").split(",") if code]
        matches = self.charts.search(resource_type, patient, codes)
        first = int(query.get("_offset", "0"))
        page = matches[first : first + PAGE]
        links = [{"relation": "self", "url": f"{self.base}/{resource_type}?{urlencode(query)}"}]
        if first + PAGE < len(matches):
            further = urlencode({**query, "_offset": str(first + PAGE)})
            links.append({"relation": "next", "url": f"{self.base}/{resource_type}?{further}"})
        entries = [
            {"fullUrl": f"{self.base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
            for one in page
        ]
        bundle: dict[str, Any] = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(matches),
            "link": links,
        }
        return {**bundle, "entry": entries} if entries else bundle


@contextmanager
def serving(charts: Charts, jwks: Mapping[str, Any], port: int) -> Iterator[FhirApi]:
    """Answers on 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            scheme, _, token = self.headers.get("Authorization", "").partition(" ")
            if self.path == JWKS_PATH:
                self._send(200, jwks, "application/json")
            elif self.path.startswith(f"{FHIR_PATH}/"):
                target = self.path.removeprefix(f"{FHIR_PATH}/")
                status, resource = api.answer(target, token if scheme == "Bearer" else "")
                self._send(status, resource, "application/fhir+json")
            else:
                self._send(404, _outcome("not-found", "There is nothing here."), "application/fhir+json")

        def _send(self, status: int, content: Mapping[str, Any], kind: str) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            """Addresses hold the ids of patients."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    api = FhirApi(charts, f"http://127.0.0.1:{server.server_port}{FHIR_PATH}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _outcome(code: str, diagnostics: str) -> Resource:
    issue = {"severity": "error", "code": code, "diagnostics": diagnostics}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
