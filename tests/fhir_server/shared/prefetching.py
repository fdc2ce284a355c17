"""A patient's prefetch, and what is made of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
from stand_in import Json, StandIn

from trialsieve.fhir_adapters.servers import prefetched
from trialsieve.fhir_adapters.servers.bounded_http import ServerLimits
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer
from trialsieve.fhir_adapters.servers.prefetch_templates import PrefetchTemplate
from trialsieve.fhir_adapters.servers.prefetched import Gathered

Templates = Mapping[str, PrefetchTemplate]

PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01", "gender": "male"}
ABSENT = object()


def about(resource_type: str, identity: str, patient: str = "p1", **members: Any) -> Json:
    return {"resourceType": resource_type, "id": identity, "subject": {"reference": f"Patient/{patient}"}} | members


def coded(code: str, system: str = "http://snomed.info/sct", **members: Any) -> Json:
    return {"coding": [{"system": system, "code": code, **members}]}


def condition(identity: str = "c1", patient: str = "p1", **members: Any) -> Json:
    code = coded("38341003", display="Hypertension")
    return about("Condition", identity, patient, code=code, recordedDate="2026-01-01", **members)


def gather(prefetch: Any, templates: Templates, server: StandIn | None = None, patient: str = "p1") -> Gathered:
    prefetch = json.loads(json.dumps(prefetch))

    async def run() -> Gathered:
        async with httpx.AsyncClient() as client:
            asked = None if server is None else FhirServer(client, server.base, "token", ServerLimits(seconds=10))
            return (await prefetched.gather(prefetch, templates, patient, asked)).gathered()

    return asyncio.run(run())
