"""Bundles as short as they can be, and the records that are read of them."""

from __future__ import annotations

from typing import Any

from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]
PATIENT: Json = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-02-03"}


def condition(identity: str, subject: str = "Patient/p1", **elements: Any) -> Json:
    return {"resourceType": "Condition", "id": identity, "subject": {"reference": subject}, **elements}


def bundle(*resources: Json, kind: str = "collection", **elements: Any) -> Json:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [resource if "resource" in resource else {"resource": resource} for resource in resources],
        **elements,
    }


def read(value: Json, covers: frozenset[Kind] = frozenset()) -> tuple[list[Record], list[str]]:
    problems: list[InputProblem] = []
    found = records_of_bundle(value, "b.json", problems.append, covers)
    return [one.record for one in found], [f"{problem.reference}: {problem.reason}" for problem in problems]


def references(record: Record) -> list[str]:
    return [reference for reference, _ in record.resources]
