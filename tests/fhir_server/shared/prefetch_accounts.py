"""What is said of each prefetch key, in short words."""

from __future__ import annotations

from prefetching import Templates, about, coded
from stand_in import Json

from trialsieve.fhir_adapters.servers.answers import Answered
from trialsieve.fhir_adapters.servers.prefetched import (
    Gathered,
    KeyAccount,
)

IN_FULL, IN_PART, NULL, NOT_SUPPORTED = Answered.IN_FULL, Answered.IN_PART, Answered.NULL, Answered.NOT_SUPPORTED
REFUSED, FAILED, NOT_ASKED, WARNED = Answered.REFUSED, Answered.FAILED, Answered.NOT_ASKED, Answered.WARNED


def lvef(value: int, day: str, identity: str = "o1") -> Json:
    quantity = {"value": value, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    code = coded("10230-1", "http://loinc.org")
    return about("Observation", identity, status="final", code=code, effectiveDateTime=day, valueQuantity=quantity)


def cd7(value: int, day: str) -> Json:
    """On so many percent of the cells, by flow cytometry."""
    return {
        **lvef(value, day, "o2"),
        "code": coded("13846-1", "http://loinc.org"),
        "method": {"text": "Flow cytometry"},
    }


def key_of(templates: Templates, concept: str) -> str:
    return next(key for key, template in templates.items() if concept in template.concepts)


def account(gathered: Gathered, key: str) -> KeyAccount:
    return next(one for one in gathered.accounts if one.key == key)
