"""Large Bundles all of which is built: what no rule can use may bear on the rest of them."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_strategies import Resource
from slim_bundles import (
    BUILDER,
    CLAIM,
    SUBJECT,
    bundle_of,
    charts,
    observation,
    slim,
)

from trialsieve.fhir_adapters.inputs.slim import parse_slim


@pytest.mark.parametrize(
    "large",
    [
        bundle_of(observation(3, meta={"versionId": "2"})),
        bundle_of(observation(3, code={"text": "ECOG performance status"})),
        bundle_of({"resourceType": "Patient", "id": "another"}),
        bundle_of({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation(5)}]}),
        bundle_of(type="history"),
    ],
    ids=["another version", "another version that is read", "another patient", "a Bundle inside", "a history"],
)
def test_where_resources_may_be_anybodys_or_several_versions_everything_is_built(large: Resource) -> None:
    assert slim(large) is None


@pytest.mark.parametrize("method", ["DELETE", "delete", "PATCH", "post", 7])
def test_where_anything_else_is_requested_than_to_send_a_resource_everything_is_built(method: Any) -> None:
    large = bundle_of()
    large["entry"][5]["request"]["method"] = method
    assert slim(large) is None


@pytest.mark.parametrize("request_", [None, {}, {"method": None}, {"method": "PUT", "url": "Observation/o"}])
def test_a_request_to_send_a_resource_or_none_is_usual(request_: Any) -> None:
    large = bundle_of()
    large["entry"][5]["request"] = request_
    assert charts(slim(large)) == charts(large)


US_CORE = {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]}
NOTED = {"resourceType": "Procedure", "id": "old", "subject": SUBJECT, "notes": [], "code": {"text": "of DSTU2"}}


@pytest.mark.parametrize(
    ("beside", "refused"),
    [
        ({"resourceType": "Encounter", "id": "e", "subject": SUBJECT}, "Procedure/old"),
        ({"resourceType": "CareTeam", "id": "t", "subject": SUBJECT}, "Procedure/old"),
        (observation(1, id="profiled", meta=US_CORE), "Procedure/old"),
        (observation(1, id="of a category", category=[{"text": "vital signs"}]), "Procedure/old"),
        ({"resourceType": "Encounter", "id": "e", "patient": SUBJECT}, ""),
        ({"resourceType": "DiagnosticReport", "id": "r", "request": []}, ""),
        (CLAIM, ""),
    ],
)
def test_where_something_is_of_dstu2_everything_is_built_and_judged(beside: Resource, refused: str) -> None:
    large = bundle_of(NOTED, beside)
    assert slim(large) is None
    assert charts(large)[1][0].reference == refused


@pytest.mark.parametrize(
    "old",
    [
        NOTED,
        {"resourceType": "Condition", "id": "c", "patient": SUBJECT},
        {"resourceType": "Encounter", "id": "e", "patient": SUBJECT},
        {"resourceType": "DiagnosticReport", "id": "r", "request": []},
        {"resourceType": "MedicationOrder", "id": "m", "patient": SUBJECT},
        {"resourceType": "DiagnosticReport", "id": "r", "contained": [NOTED]},
        observation(1, id="commented", comments=""),
    ],
)
def test_whatever_is_of_dstu2_is_seen(old: Resource) -> None:
    assert slim(bundle_of()) is not None
    assert slim(bundle_of(old)) is None


def test_a_patient_who_is_deleted_is_none() -> None:
    large = bundle_of()
    large["entry"][0]["request"] = {"method": "DELETE", "url": "Patient/p"}
    assert slim(large) is None


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
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim","use":'
        + b"[" * 40_000
        + b"]" * 40_000
        + b"}}]}",
    ],
)
def test_what_is_out_of_the_ordinary_is_parsed_the_plain_way(raw: bytes) -> None:
    assert parse_slim(raw, BUILDER.quiet_codes()) is None
