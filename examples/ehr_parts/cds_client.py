"""The stand-in as a CDS client: discovery, prefetch, the call of a hook, feedback; each signed with a token of its own.

The service is called by its public URL, for which the tokens are made out; the connection goes to `reach`, where the
proxy would send it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from ehr_parts.fhir_server import FhirApi
from ehr_parts.signing import Signer

TIMEOUT: Final = 30.0

Json = Any


class Filled(StrEnum):
    """How much of what the service asks for the EHR prefetches."""

    FULL = "full"
    PARTLY = "partly"
    NONE = "none"


PARTLY_FILLED: Final = ("patient", "conditions")


@dataclass(frozen=True, slots=True)
class CdsClient:
    """One EHR that calls one service."""

    public_url: str
    reach: str
    signer: Signer
    fhir: FhirApi
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT, trust_env=False))

    def send(self, method: str, path: str, body: Json = None, token: str | None = None) -> httpx.Response:
        """A signed request. Without `token`, one is made for exactly this URL."""
        token = token or self.signer.token(f"{self.public_url}{path}")
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(method, f"{self.reach}{path}", headers=headers, json=body)

    def discover(self) -> httpx.Response:
        return self.send("GET", "/cds-services")

    def prefetched(self, service: Mapping[str, Json], patient: str, filled: Filled) -> dict[str, Json] | None:
        """The service's templates filled in, those that this EHR fills."""
        if filled is Filled.NONE:
            return None
        templates: Mapping[str, str] = service.get("prefetch", {})
        return {
            key: self._answer(template.replace("{{context.patientId}}", patient), patient)
            for key, template in templates.items()
            if filled is Filled.FULL or key in PARTLY_FILLED
        }

    def patient(self, identity: str) -> Json:
        """The Patient itself, as prefetch holds it."""
        return self._answer(f"Patient/{identity}", identity)

    def _answer(self, query: str, patient: str) -> Json:
        """What the EHR finds itself, without asking through its own web server."""
        parts = urlsplit(query)
        resource_type, _, identity = parts.path.partition("/")
        if identity:
            found = self.fhir.charts.read(resource_type, identity)
            return None if found is None else found[1]
        return self.fhir.search(resource_type, patient, dict(parse_qsl(parts.query)))

    def request(
        self, service: Mapping[str, Json], patient: str, prefetch: Mapping[str, Json] | None, access: str | None
    ) -> dict[str, Json]:
        """The body of a call, for whoever opens this patient's chart. `access` is the token for the FHIR server."""
        context = {"userId": "Practitioner/stand-in", "patientId": patient}
        if service["hook"] == "encounter-start":
            context["encounterId"] = f"encounter-of-{patient}"
        body: dict[str, Json] = {"hook": service["hook"], "hookInstance": str(uuid.uuid4()), "context": context}
        if prefetch is not None:
            body["prefetch"] = prefetch
        if access is not None:
            body["fhirServer"] = self.fhir.base
            body["fhirAuthorization"] = {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": 60,
                "scope": "patient/*.rs",
                "subject": "trialsieve",
                "patient": patient,
            }
        return body

    def call(
        self, service: Mapping[str, Json], patient: str, filled: Filled, *, with_server: bool = True
    ) -> httpx.Response:
        """Opens a chart: the service is called, and may read from the FHIR server until it has answered."""
        prefetch = self.prefetched(service, patient, filled)
        with self.fhir.access(patient) as access:
            body = self.request(service, patient, prefetch, access if with_server else None)
            return self.send("POST", f"/cds-services/{service['id']}", body)

    def reached(self, link: str) -> str:
        """Where a link of the service is to be found from here."""
        return self.reach + link.removeprefix(self.public_url)

    def override(self, service: Mapping[str, Json], cards: Sequence[Json], code: str) -> httpx.Response:
        """Feedback on several cards at once: each overridden, for the reason of that code."""
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        items = []
        for card in cards:
            reason = next(one for one in card["overrideReasons"] if one["code"] == code)
            coding = {"code": reason["code"], "system": reason["system"]}
            items.append(
                {
                    "card": card["uuid"],
                    "outcome": "overridden",
                    "overrideReason": {"reason": coding, "userComment": "Said by nobody: this is a test."},
                    "outcomeTimestamp": at,
                }
            )
        return self.send("POST", f"/cds-services/{service['id']}/feedback", {"feedback": items})
