"""Sections 1, 2 and 11 of the checklist: JSON, discovery, extensions."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from cds_hooks_schema import check_discovery, check_no_empties
from ehr import BOYS_ID, MAY_FIT, ask, cards_of, full, topics
from guarded import Guarded
from hook_client import ENCOUNTER_START, PATIENT_VIEW, HookClient, call
from pydantic import ValidationError

from trialsieve.rules.cache import cached_rules
from trialsieve.service.hooks.discovery import offer
from trialsieve.service.settings.service_settings import Settings

states = pytest.mark.states
DISCOVERY = "/cds-services"


def services(client: HookClient) -> list[dict[str, Any]]:
    response = client.get(DISCOVERY)
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json()["services"]
    return found


# --- 1. JSON ----------------------------------------------------------------------------------------------------------


@states("1/S2:16")
@pytest.mark.parametrize("body", [b"{'hook': 'patient-view'}", b"[" * 5000, b'"text"', b"[{}]", b"null", b""])
def test_what_is_not_a_json_object_is_refused(client: HookClient, body: bytes) -> None:
    for path in (PATIENT_VIEW, f"{PATIENT_VIEW}/feedback"):
        assert client.post(path, content=body, headers={"Content-Type": "application/json"}).status_code == 400


@states("1/S2:16")
@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"hook": ', b'/* a comment */ "hook": '),
        (b'"encounterId": "89284"}', b'"encounterId": "89284",}'),
        (b'"89284"', b"NaN"),
        (b'"89284"', b"Infinity"),
        (b'"89284"', b"089"),
        (b'"89284"', b'"\xff"'),
        (b'"89284"', b'"\n"'),
        (b'"89284"', b'"\\ud800"'),
        (b'"89284"', b"'89284'"),
        (b'"89284"', b'{"x": ' * 500 + b"1" + b"}" * 500),
        (b'"patientId": "', b'"patientId": "somebody-else", "patientId": "'),
        (b'"patientId": "', b'"patientId": "somebody-else", "patient\\u0049d": "'),
    ],
)
def test_one_fault_in_a_good_request_is_refused(client: HookClient, written: bytes, instead: bytes) -> None:
    good = json.dumps(call(BOYS_ID, full(client))).encode()
    headers = {"Content-Type": "application/json"}
    assert client.post(PATIENT_VIEW, content=good, headers=headers).status_code == 200
    assert good.count(written) == 1
    response = client.post(PATIENT_VIEW, content=good.replace(written, instead), headers=headers)
    assert response.status_code == 400


@states("1/S2:16")
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8", None])
def test_json_is_taken_and_sent(client: HookClient, content_type: str | None) -> None:
    body = json.dumps(call(BOYS_ID, full(client)), ensure_ascii=False).encode()
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = client.post(PATIENT_VIEW, content=body, headers=headers)
    assert topics(response)[0] == MAY_FIT
    assert response.headers["content-type"] == "application/json"
    assert client.get(DISCOVERY).headers["content-type"] == "application/json"


@states("1/S2:16/https")
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize(
    ("url", "starts"),
    [
        ("https://trials.example.org", True),
        ("http://trials.example.org", False),
        ("http://192.0.2.7:8080", False),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080", True),
    ],
)
def test_beyond_loopback_clients_call_it_by_https(host: str, url: str, starts: bool) -> None:
    """TLS ends in front of the service; it refuses to be called without."""
    with contextlib.nullcontext() if starts else pytest.raises(ValidationError, match="write https"):
        Settings(host=host, public_url=url, allow_unauthenticated=True)


@states("1/S2:16/https")
def test_browsers_are_told_to_stay_with_https(guarded: Guarded, client: HookClient) -> None:
    assert "max-age" in guarded.get(None).headers["strict-transport-security"]
    assert "strict-transport-security" not in client.get(DISCOVERY).headers


@states("1/S3:49")
def test_resources_in_a_request_are_read_as_fhir(client: HookClient) -> None:
    assert "LVEF" in cards_of(ask(client, full(client)))[0]["detail"]


@states("1/S2:19")
def test_nothing_that_is_sent_is_null_or_empty(client: HookClient) -> None:
    check_no_empties(client.get(DISCOVERY).json())
    check_no_empties(ask(client, full(client)).json())
    check_no_empties(ask(client, {}).json())
    check_no_empties(client.get("/cds-services/none").json())


@states("1/S2:24", "6/S2:499")
def test_cards_may_be_an_empty_array(client: HookClient) -> None:
    patient = {"resourceType": "Patient", "id": BOYS_ID, "gender": "male", "birthDate": "1990-04-03"}
    nothing = {key: {"resourceType": "Bundle", "type": "searchset", "total": 0} for key in full(client)}
    response = ask(client, {**nothing, "patient": patient})
    assert (response.status_code, response.content) == (200, b'{"cards":[]}')


# --- 2. Discovery -----------------------------------------------------------------------------------------------------


@states("2/S2:52", "2/S2:72", "2/S2:74")
def test_discovery_lists_the_services(client: HookClient) -> None:
    body = client.get(DISCOVERY).json()
    check_discovery(body)
    assert set(body) == {"services"}
    assert [service["hook"] for service in body["services"]] == ["patient-view", "encounter-start"]
    for service in body["services"]:
        assert {"hook", "id", "description", "title"} <= set(service)


@states("2/S2:69")
def test_without_trials_the_array_is_empty() -> None:
    nothing = offer(cached_rules([], None), (), list_trials=True)
    assert nothing.document == b'{"services":[]}'


@states("2/S2:76", "8/EPIC/batch")
def test_a_service_answers_at_its_id_and_its_feedback_below(client: HookClient) -> None:
    for service in services(client):
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", service["id"])
        path = f"{DISCOVERY}/{service['id']}"
        assert cards_of(ask(client, full(client), path=path, hook=service["hook"]))
        assert client.post(f"{path}/feedback", json={"feedback": []}).status_code == 200


@states("2/S2:78")
def test_prefetch_maps_keys_to_queries_and_the_keys_are_those_that_are_read(client: HookClient) -> None:
    for service in services(client):
        assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"
        assert all(isinstance(query, str) and query for query in service["prefetch"].values())
    renamed = {f"{key}-": value for key, value in full(client).items()}
    assert ask(client, renamed).status_code == 412


@states("2/S2:79")
def test_requirements_are_said_in_words(client: HookClient) -> None:
    assert all("fhirServer" in service["usageRequirements"] for service in services(client))


@states("2/S3:129")
def test_versions_are_said(client: HookClient) -> None:
    for service in services(client):
        assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"])
        assert re.fullmatch(r"\d+\.\d+(\.\d+)?", service["hookVersion"])


@states("2/S2:82")
def test_no_id_serves_two_hooks(client: HookClient) -> None:
    """The sandbox keeps the last service of an id only; and nothing of ours supersedes anything."""
    ids = [service["id"] for service in services(client)]
    assert len(set(ids)) == len(ids)
    for path, hook in ((PATIENT_VIEW, "encounter-start"), (ENCOUNTER_START, "patient-view")):
        assert ask(client, full(client), path=path, hook=hook).status_code == 400


@states("2/SBX/token")
@pytest.mark.parametrize("value", ["Bearer a.b.c", "Bearer", "Basic eDp5", "nonsense"])
def test_an_open_service_takes_no_notice_of_a_token(client: HookClient, value: str) -> None:
    assert client.get(DISCOVERY, headers={"Authorization": value}).status_code == 200
    response = client.post(
        PATIENT_VIEW, json=call(BOYS_ID, full(client)), headers={"Authorization": value}, follow_redirects=False
    )
    assert response.status_code == 200


@states("2/GOOD/slash")
def test_a_slash_at_the_end_is_no_redirect(client: HookClient) -> None:
    assert client.get(f"{DISCOVERY}/").content == client.get(DISCOVERY).content
    assert topics(ask(client, full(client), path=f"{PATIENT_VIEW}/"))[0] == MAY_FIT
    assert client.post(f"{PATIENT_VIEW}/feedback/", json={"feedback": []}).status_code == 200


@states("2/GOOD/etag")
def test_discovery_can_be_revalidated(client: HookClient) -> None:
    first = client.get(DISCOVERY)
    assert "max-age" in first.headers["cache-control"]
    again = client.get(DISCOVERY, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


# --- 11. Extensions ---------------------------------------------------------------------------------------------------


def extensions(value: Any) -> list[Any]:
    """Every member of this name, at whatever depth."""
    if isinstance(value, dict):
        own = [value["extension"]] if "extension" in value else []
        return own + [found for member in value.values() for found in extensions(member)]
    return [found for item in value for found in extensions(item)] if isinstance(value, list) else []


@states("11/S2:1025")
def test_extensions_of_ours_are_objects_with_names_of_their_own(client: HookClient) -> None:
    sent = [client.get(DISCOVERY).json(), ask(client, full(client)).json()]
    for found in extensions(sent):
        assert isinstance(found, dict)
        assert all(re.fullmatch(r"[a-z0-9-]+(\.[A-Za-z0-9-]+)+", name) for name in found)


@states("11/HEALTHCHAIN")
@pytest.mark.parametrize("extension", [[{"url": "x", "valueString": "y"}], [], "text", None, {}])
def test_an_extension_of_another_shape_is_passed_over(client: HookClient, extension: Any) -> None:
    assert topics(ask(client, full(client), extension=extension))[0] == MAY_FIT
