"""An EHR for the tests: what it holds, what its FHIR server is asked, and how it calls."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from hook_client import PATIENT_VIEW, HookClient, Json, answer, call, example, fhir_response, prefetch_of, templates

SERVER = "https://ehr.example.org/fhir"
TOKEN = "s3cret-t0ken"
ACCESS: Json = {
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "user/Patient.read user/Observation.read",
    "subject": "trialsieve",
}
BY_SERVER: Json = {"fhirServer": SERVER, "fhirAuthorization": ACCESS}

BOY = "SENL-T7/eligible-boy"
BOYS_ID = "eligible-boy"
MAY_FIT = "SENLT7ELIGIBLE"
"""The topic of the card that a full record of this boy leads to."""

# Of procedures, the detail of that trial's card says one of these.
PRESUMED = "no hematopoietic stem cell transplantation or solid organ transplant"
NOT_RETRIEVED = "were not retrieved"
NOT_ALL_READ = "Not all of the record could be read"

Respond = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


@dataclass
class Ehr:
    """The FHIR server of a client. `instead` answers for a resource type in its place."""

    bundle: Json = field(default_factory=lambda: example(BOY))
    instead: dict[str, Respond] = field(default_factory=dict)
    seen: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        query = str(request.url).removeprefix(f"{SERVER}/")
        instead = self.instead.get(re.split(r"[/?]", query)[0])
        if instead is not None:
            given = instead(request)
            return await given if inspect.isawaitable(given) else given
        found = answer(self.bundle, query)
        return fhir_response(found, 404 if found is None else 200)

    def asked_for(self, resource_type: str) -> list[httpx.Request]:
        return [one for one in self.seen if str(one.url).startswith(f"{SERVER}/{resource_type}")]

    def reset(self) -> None:
        self.bundle = example(BOY)
        self.instead.clear()
        self.seen.clear()


def outcome(code: str, severity: str = "error") -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}


_prefetched: dict[tuple[int, str], str] = {}


def full(client: HookClient, name: str = BOY) -> Json:
    """Every key answered for an example patient, anew."""
    key = (id(client), name)
    if key not in _prefetched:
        _prefetched[key] = json.dumps(prefetch_of(example(name), templates(client)))
    prefetch: Json = json.loads(_prefetched[key])
    return prefetch


def with_key(client: HookClient, **keys: Any) -> Json:
    """Every key answered for the boy, but these; `...` leaves a key out. Underscores stand for hyphens."""
    given = {**full(client), **{name.replace("_", "-"): value for name, value in keys.items()}}
    return {name: value for name, value in given.items() if value is not ...}


def ask(client: HookClient, prefetch: Any = ..., *, path: str = PATIENT_VIEW, **members: Any) -> httpx.Response:
    """A call about the boy, or another `patient`; members that are given as `...` are left out."""
    request = call(members.pop("patient", BOYS_ID), **members)
    return client.post(path, json=request if prefetch is ... else {**request, "prefetch": prefetch})


def cards_of(response: httpx.Response) -> list[Json]:
    assert response.status_code == 200, response.text
    cards: list[Json] = response.json()["cards"]
    return cards


def topics(response: httpx.Response) -> list[str]:
    return [card["source"]["topic"]["code"] for card in cards_of(response)]


def detail_of(response: httpx.Response, trial: str = "SENLT7") -> str:
    """The detail of a trial's card."""
    found = [card["detail"] for card in cards_of(response) if card["source"]["topic"]["code"].startswith(trial)]
    assert len(found) == 1, topics(response)
    return str(found[0])


def diagnostics(response: httpx.Response) -> str:
    return str(response.json()["issue"][0].get("diagnostics", ""))
