"""Small resources of made-up patients, of which the awkward inputs are built."""

from __future__ import annotations

from typing import Any

MRN = "urn:example:mrn"


def patient(identity: str, *numbers: str, **more: Any) -> dict[str, Any]:
    identifiers = [{"system": MRN, "value": number} for number in numbers]
    return {"resourceType": "Patient", "id": identity, "identifier": identifiers, **more}


def condition(identity: str, subject: dict[str, Any] | str | None, **more: Any) -> dict[str, Any]:
    named = {"reference": subject} if isinstance(subject, str) else subject
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "59282003", "display": "Pulmonary embolism"}]}
    made = {"resourceType": "Condition", "id": identity, "code": code, "subject": named, **more}
    return {name: value for name, value in made.items() if value is not None}


def by_number(number: str) -> dict[str, Any]:
    return {"identifier": {"system": MRN, "value": number}}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def observation(identity: str, code: str, subject: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    named = {"reference": subject} if isinstance(subject, str) else subject
    said = {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "subject": named, "status": "final"}
    return {"resourceType": "Observation", "id": identity, **said, **more}


def ecog(identity: str, subject: dict[str, Any] | str, value: int = 1, **more: Any) -> dict[str, Any]:
    """A performance status, which both trials ask for."""
    return observation(identity, "89247-1", subject, valueInteger=value, effectiveDateTime="2026-11-10", **more)


def height(identity: str, subject: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    """What no trial asks for."""
    return observation(identity, "8302-2", subject, **more)


def version(number: int) -> dict[str, Any]:
    return {"meta": {"versionId": str(number)}}
