"""Calls that an EHR gets wrong when it is set up, and what a service has to answer each with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from ehr_parts.cds_client import CdsClient, Filled
from ehr_parts.signing import Signer, new_key

Json = Any

DISCOVERY = "/cds-services"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong call. `make` sends it."""

    what: str
    status: int
    make: Callable[[], httpx.Response]


def mistakes(client: CdsClient, service: Mapping[str, Json], patient: str, other: str) -> Iterator[Mistake]:
    """Wrong tokens first, then wrong requests about the patient. `other` is somebody else."""
    signer, audience = client.signer, f"{client.public_url}{DISCOVERY}"
    path = f"/cds-services/{service['id']}"

    def discover(token: str) -> Callable[[], httpx.Response]:
        return lambda: client.send("GET", DISCOVERY, token=token)

    def call(**changed: Json) -> Callable[[], httpx.Response]:
        body = {**client.request(service, patient, None, None), **changed}
        return lambda: client.send("POST", path, {name: value for name, value in body.items() if value is not None})

    def twice() -> httpx.Response:
        token = signer.token(audience)
        client.send("GET", DISCOVERY, token=token)
        return client.send("GET", DISCOVERY, token=token)

    past = int(time.time()) - 3600
    yield Mistake("no token", 401, lambda: client.http.get(f"{client.reach}{DISCOVERY}"))
    yield Mistake("a token for another URL (aud)", 401, discover(signer.token("https://other.example.org")))
    yield Mistake("an issuer that is not known (iss)", 401, discover(replace(signer, issuer="nobody").token(audience)))
    yield Mistake("a tenant that is not listed", 401, discover(signer.token(audience, tenant="somebody")))
    yield Mistake("a token that has expired (exp)", 401, discover(signer.token(audience, iat=past, exp=past + 60)))
    yield Mistake("a token that holds for a week", 401, discover(signer.token(audience, exp=past + 7 * 86_400)))
    yield Mistake("a key that is not published", 401, discover(Signer(signer.issuer, new_key()).token(audience)))
    yield Mistake("one token for two calls (jti)", 401, twice)
    yield Mistake("another hook", 400, call(hook="order-sign"))
    yield Mistake("no hookInstance", 400, call(hookInstance=None))
    yield Mistake("another patient in the prefetch", 400, call(prefetch={"patient": client.patient(other)}))
    yield Mistake("neither prefetch nor a FHIR server", 412, call())
    foreign = {"fhirServer": "https://other.example.org/fhir", "fhirAuthorization": {"access_token": "none"}}
    yield Mistake("a FHIR server that is not listed", 412, call(**foreign))
    yield Mistake("a service that there is not", 404, lambda: client.send("POST", "/cds-services/nothing", {}))


def right(client: CdsClient, service: Mapping[str, Json], patient: str) -> httpx.Response:
    """The same call without a mistake, so that what is refused is refused for its mistake alone."""
    return client.call(service, patient, Filled.FULL)
