"""What a code names is remembered with the elements beside it, and is the same whoever was read before."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.record import Record
from trialsieve.rules.loader import load_rules

BOOK = load_rules()
SNOMED = "http://snomed.info/sct"
MARROW, BLOOD = ({"display": words} for words in ("Bone marrow", "Peripheral blood"))


def cd7(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "20612-8"}]},
        "effectiveDateTime": "2026-10-02",
        "valueQuantity": {"value": 40, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
        **more,
    }


def leukemia(clinical: str, verified: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": {"coding": [{"system": SNOMED, "code": "91855006", "display": "Acute leukemia"}]},
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "verificationStatus": {"coding": [{"code": verified}]},
        **more,
    }


def facts_of(builder: ChartBuilder, resource: dict[str, Any]) -> tuple[Fact, ...]:
    facts = builder.build(Record("Patient/p", "p.json", None, [("x/1", resource)]), []).facts
    assert facts
    return facts


@pytest.mark.parametrize(
    "resources",
    [
        (cd7(specimen=MARROW), cd7(specimen=BLOOD), cd7()),
        (cd7(bodySite={"text": "bone marrow"}), cd7(method={"text": "flow cytometry"}), cd7()),
        (cd7(), cd7(effectiveDateTime="2026-10-03"), cd7(status="preliminary")),
        (leukemia("active", "confirmed"), leukemia("remission", "confirmed"), leukemia("active", "provisional")),
        (
            leukemia("active", "confirmed"),
            leukemia("active", "confirmed", abatementDateTime="2026-01-01"),
            leukemia("resolved", "confirmed", abatementDateTime="2026-01-01"),
        ),
    ],
    ids=["specimen", "other elements", "date and status", "statuses", "abatement"],
)
def test_what_was_read_before_changes_nothing(resources: tuple[dict[str, Any], ...]) -> None:
    alone = [facts_of(ChartBuilder(BOOK), resource) for resource in resources]
    assert len(set(alone)) == len(alone)
    for order in permutations(range(len(resources))):
        builder = ChartBuilder(BOOK)
        for number in order:
            assert facts_of(builder, resources[number]) == alone[number]
