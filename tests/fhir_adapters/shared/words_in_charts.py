"""Resources that name something in words, and what is made of them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def medicine(words: str) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": "x1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": words},
    }


def told(name: str, words: str) -> Json:
    status = {"status": "completed"} if name == "Procedure" else {}
    return {"resourceType": name, "id": "x1", **status, "code": {"text": words}}


def doubted(chart_of: Any, resource: Json) -> frozenset[str]:
    return frozenset().union(*(item.concepts or () for item in chart_of(resource).unreadable))


def beside_an_unlisted_code(chart_of: Any, words: str) -> frozenset[str]:
    """What it may be, told as the name of a SNOMED CT code that no value set lists."""
    coding = {"system": "http://snomed.info/sct", "code": "999000009", "display": words}
    resource = {"resourceType": "Condition", "id": "x1", "code": {"coding": [coding]}}
    return frozenset(fact.concept for fact in chart_of(resource).facts)
