"""What clients really send: oddities are tolerated, what leaves the question unclear is refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hook_client import ENCOUNTER_START, PATIENT_VIEW, HookClient, call, example, patient_of, prefetch_of, templates

from trialsieve.service.hooks.discovery import HookService
from trialsieve.service.hooks.requests import LONGEST_INSTANCE, hook_call
from trialsieve.service.web.errors import ServiceError

SERVICE = HookService("trialsieve-patient-view", "patient-view", ("NCT04762485",), "title", "description", {})


def refused(**members: Any) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        hook_call(call("p1", members.pop("prefetch", {}), **members), SERVICE)
    return caught.value


@pytest.mark.parametrize(
    "instance",
    [
        "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "6bc883b2-c795-11eb-b8bc-0242ac130003",  # version 1, as Epic sends
        "test",  # as cqf-ruler sends
        "D1577C69-DFBE-44AD-BA6D-3E05E953B2EA",
    ],
)
def test_any_hook_instance_is_taken(instance: str) -> None:
    assert hook_call(call("p1", hookInstance=instance), SERVICE).hook_instance == instance


def test_of_a_long_hook_instance_the_beginning_is_kept() -> None:
    assert hook_call(call("p1", hookInstance="x" * 1000), SERVICE).hook_instance == "x" * LONGEST_INSTANCE


@pytest.mark.parametrize(
    ("sent", "bare"),
    [
        ("1288992", "1288992"),
        ("Patient/123", "123"),  # as HAPI's own tests send
        ("https://ehr.example.org/fhir/Patient/123", "123"),
        ("Patient/123/_history/4", "123"),
        (" 123 ", "123"),
        ("e" * 194, "e" * 194),  # as long as Epic's
    ],
)
def test_the_patient_id_is_bared(sent: str, bare: str) -> None:
    assert hook_call(call(sent), SERVICE).patient_id == bare


@pytest.mark.parametrize(
    "sent", ["a/b", "Practitioner/1", "../Patient", "a b", "a?b=c", "a#b", "a&b", "..", ".", "a%2Fb", "Patient/"]
)
def test_what_is_no_id_is_refused(sent: str) -> None:
    error = refused(context={"patientId": sent})
    assert (error.status, error.code) == (400, "value")
    assert error.diagnostics == "context.patientId: not the id of a FHIR resource; send the bare Patient.id"


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"hook": ...}, "hook is missing"),
        ({"hook": None}, "hook is missing"),
        ({"hook": ""}, "hook is missing"),
        ({"hookInstance": ...}, "hookInstance is missing"),
        ({"hookInstance": None}, "hookInstance is missing"),
        ({"hookInstance": " "}, "hookInstance is missing"),
        ({"hookInstance": 7}, "hookInstance is missing"),
        ({"context": ...}, "context is missing"),
        ({"context": None}, "context is missing"),
        ({"context": []}, "context is missing"),
        ({"context": {}}, "context.patientId is missing"),
        ({"context": {"patientId": None}}, "context.patientId is missing"),
        ({"context": {"patientId": 12}}, "context.patientId is missing"),
        ({"context": {"patientId": ""}}, "context.patientId is missing"),
        ({"prefetch": []}, "prefetch has to be an object"),
        ({"prefetch": "patient"}, "prefetch has to be an object"),
    ],
)
def test_what_is_needed_is_named(members: dict[str, Any], named: str) -> None:
    error = refused(**members)
    assert error.status == 400
    assert named in error.diagnostics


@pytest.mark.parametrize(
    "members",
    [
        {"fhirServer": None, "fhirAuthorization": None},  # as the Da Vinci client sends
        {"fhirServer": "", "fhirAuthorization": {}},
        {"fhirServer": 7, "fhirAuthorization": "token"},
        {"fhirAuthorization": {"access_token": None}},
    ],
)
def test_access_that_is_null_empty_or_of_another_type_was_not_sent(members: dict[str, Any]) -> None:
    read = hook_call(call("p1", **members), SERVICE)
    assert (read.fhir_server, read.token) == (None, None)


def test_a_token_is_taken_without_its_expiry_and_shown_to_nobody() -> None:
    # The sandbox has left out expires_in; Epic's scopes are of its own.
    sent = {"access_token": "s3cret", "token_type": "bearer", "scope": "EPIC.FHIR.R4.Patient.Read", "subject": "us"}
    read = hook_call(call("p1", {"x": 1}, fhirServer="https://ehr.example.org/fhir", fhirAuthorization=sent), SERVICE)
    assert (read.fhir_server, read.token) == ("https://ehr.example.org/fhir", "s3cret")
    assert "s3cret" not in repr(read)
    assert "prefetch" not in repr(read)


def test_members_that_nobody_knows_are_ignored(client: HookClient) -> None:
    bundle = example("SENL-T7/eligible-boy")
    extension = {f"com.epic.cdshooks.request.{number}": "text" for number in range(8)}
    request = call(
        patient_of(bundle),
        prefetch_of(bundle, templates(client)),
        extension=extension,
        user="Practitioner/1",
        oauth=None,
        context={"patientId": patient_of(bundle), "extension": extension, "somethingElse": [{}]},
    )
    response = client.post(PATIENT_VIEW, json=request)
    assert len(response.json()["cards"]) == 2


OTHER_HOOKS = [
    ("encounter-start", "another service"),
    ("order-select", "no service for the hook 'order-select'"),
    ("order-sign", "no service for the hook 'order-sign'"),
    ("order-dispatch", "no service"),
    ("appointment-book", "no service"),
    ("encounter-discharge", "no service"),
    ("problem-list-item-create", "no service"),
    ("allergyintolerance-create", "no service"),
    ("medication-refill", "no service"),
    ("medication-verify", "no service"),
    ("medication-prescribe", "no service"),
    ("order-review", "no service"),
    ("com.example.hook", "not known here"),
]


@pytest.mark.parametrize(("hook", "said"), OTHER_HOOKS)
def test_a_hook_that_is_not_the_services_is_refused_clearly(client: HookClient, hook: str, said: str) -> None:
    contexts: dict[str, Any] = {
        "patientId": "p1",
        "userId": "Practitioner/1",
        "draftOrders": {"resourceType": "Bundle"},
    }
    response = client.post(PATIENT_VIEW, json=call("p1", {}, hook=hook, context=contexts))
    assert response.status_code == 400
    issue = response.json()["issue"][0]
    assert issue["code"] == "not-supported"
    assert "answers the hook 'patient-view'" in issue["diagnostics"]
    assert said in issue["diagnostics"]


def test_the_service_of_the_other_hook_answers_it(client: HookClient) -> None:
    bundle = example("SENL-T7/eligible-boy")
    request = call(patient_of(bundle), prefetch_of(bundle, templates(client)), hook="encounter-start")
    assert client.post(ENCOUNTER_START, json=request).json()["cards"]
    assert client.post(PATIENT_VIEW, json=request).status_code == 400


@pytest.mark.parametrize(
    "path", ["/cds-services/unknown", "/cds-services/trialsieve-order-sign", "/cds-services/x/feedback"]
)
def test_an_unknown_service_is_not_found(client: HookClient, path: str) -> None:
    response = client.post(path, json=call("p1", {}))
    assert response.status_code == 404
    assert "cds-services" in response.json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b"{'hook': 'patient-view'}"])
def test_what_is_no_json_object_is_refused(client: HookClient, body: bytes) -> None:
    response = client.post(PATIENT_VIEW, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400


def test_another_media_type_is_refused(client: HookClient) -> None:
    response = client.post(PATIENT_VIEW, content=b"<xml/>", headers={"Content-Type": "application/xml"})
    assert response.status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_service_takes_nothing_but_post(client: HookClient, method: str) -> None:
    response = client.request(method, PATIENT_VIEW)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


def test_a_slash_at_the_end_is_no_redirect(client: HookClient) -> None:
    response = client.post(f"{PATIENT_VIEW}/", json=call("p1", {}, hook="order-sign"))
    assert response.status_code == 400
