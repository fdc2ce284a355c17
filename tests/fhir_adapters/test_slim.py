"""A large Bundle parsed without what no rule can use gives the very same charts as one parsed in full."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from fhir_strategies import Resource, bundles, concepts_of
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.bundle import records_of_bundle
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.documents import parse_json
from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.fhir_adapters.slim import QUIET_CODE, parse_slim
from trialsieve.rules.loader import load_rules

BOOK = load_rules()
CONCEPTS = concepts_of(BOOK, "NCT04762485")
WANTED = frozenset(CONCEPTS)
BUILDER = ChartBuilder(BOOK)
SUBJECT = {"reference": "Patient/p"}


def observation(number: int, **more: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"quiet-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"}]},
        "subject": SUBJECT,
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": 178, "unit": "cm"},
        **more,
    }


PRESSURE = {
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Blood pressure"}]},
    "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic"}]}}],
}
CLAIM = {"resourceType": "Claim", "id": "bill", "status": "active", "patient": SUBJECT}
BENEFIT = {
    "resourceType": "ExplanationOfBenefit",
    "id": "benefit",
    "patient": SUBJECT,
    "contained": [{"resourceType": "Coverage", "id": "coverage"}],
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "report",
    "subject": SUBJECT,
    "contained": [
        {
            "resourceType": "Observation",
            "id": "ecog",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]},
            "effectiveDateTime": "2026-11-10",
            "valueInteger": 1,
        }
    ],
}
ODD: list[Any] = [
    observation(901, subject="Patient/p"),
    observation(902, subject={"reference": "Patient/another"}),
    observation(903, subject=None),
    observation(904, code={"text": "ECOG performance status"}),
    observation(905, code=[]),
    observation(906, id=7),
    observation(907, component="none"),
    observation(908, meta={"versionId": "2", "lastUpdated": "2026-11-02T00:00:00Z"}),
    {"resourceType": "Encounter", "id": "e", "patient": SUBJECT},
    {"resourceType": "Encounter", "id": "e2", "subject": SUBJECT},
    {"resourceType": "MedicationRequest", "id": "m", "subject": SUBJECT, "status": "active", "intent": "order"},
    {"resourceType": "Imunization", "id": "misspelt"},
    {"id": "nothing"},
    REPORT,
]


def padded(record: Resource, odd: list[Any]) -> Resource:
    """The record with so much beside it that it is worth a closer look."""
    large = copy.deepcopy(record)
    padding = [*(observation(number) for number in range(150)), observation(900, **PRESSURE), CLAIM, BENEFIT, *odd]
    large["entry"] += [
        {"fullUrl": f"https://example.org/fhir/x/{number}", "resource": item, "request": {"method": "POST", "url": "x"}}
        for number, item in enumerate(padding)
    ]
    return large


def charts(value: Any) -> tuple[list[Chart], list[InputProblem]]:
    problems: list[InputProblem] = []
    found = [one.record for one in records_of_bundle(value, "large.json", problems.append)]
    return [BUILDER.build(record, problems, wanted=WANTED) for record in found], problems


def slim(record: Resource) -> Any:
    return parse_slim(json.dumps(record, separators=(",", ":")).encode(), BUILDER.quiet_codes(WANTED))


@settings(max_examples=60)
@given(bundles(BOOK, CONCEPTS), st.lists(st.sampled_from(ODD), max_size=3))
def test_the_charts_and_the_problems_are_the_same(record: Resource, odd: list[Any]) -> None:
    large = padded(record, odd)
    whole = charts(parse_json(json.dumps(large, separators=(",", ":")).encode()))
    value = slim(large)
    if value is not None:
        assert charts(value) == whole


def test_what_means_nothing_is_left_out_once_its_code_was_met() -> None:
    large = padded({"resourceType": "Bundle", "type": "transaction", "entry": []}, [])
    charts(large)
    kept = [entry["resource"] for entry in slim(large)["entry"]]
    assert all(resource["code"] is QUIET_CODE for resource in kept[:151])
    assert kept[0] == {"resourceType": "Observation", "id": "quiet-0", "subject": SUBJECT, "code": QUIET_CODE}
    assert kept[151] == {"resourceType": "Claim", "id": "bill"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"resourceType":"Bundle","entry":[' + b" " * 40_000,
        b'{"resourceType":"Patient","entry":[]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":7' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"fullUrl":7,"resource":{}}]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim","id":"\xff"}}]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim","use":"\xff"}}]' + b" " * 40_000 + b"}",
    ],
)
def test_what_is_out_of_the_ordinary_is_parsed_the_plain_way(raw: bytes) -> None:
    assert parse_slim(raw, BUILDER.quiet_codes(WANTED)) is None
