"""What named clients send, as a whole: real requests where their licence allows it, else made up in the same shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ehr import BOYS_ID, MAY_FIT, SERVER, Ehr, ask, cards_of, diagnostics, full, outcome, topics, with_key
from hook_client import PATIENT_VIEW, HookClient, example, templates

states = pytest.mark.states
DATA = Path(__file__).parent / "data"


def sample(name: str) -> dict[str, Any]:
    request: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return request


# --- real requests ----------------------------------------------------------------------------------------------------


@states("3/AHRQ/mismatch", "3/GOOD/mismatch")
def test_ahrq_asks_about_one_patient_and_sends_another(client: HookClient, ehr: Ehr) -> None:
    request = sample("AHRQ-CDS-Connect-CQL-SERVICES__active_person_invocation")
    assert client.post(PATIENT_VIEW, json=request).status_code == 412, "under keys that nobody asked for"
    request["prefetch"] = {"patient": request["prefetch"]["Patient"], "conditions": request["prefetch"]["Condition"]}
    response = client.post(PATIENT_VIEW, json=request)
    assert response.status_code == 400
    assert "not the patient of context.patientId" in diagnostics(response)
    assert ehr.seen == []
    request["context"]["patientId"] = "1"
    assert client.post(PATIENT_VIEW, json=request).status_code == 200


@states("3/HAPI/patient", "3/CQF/instance")
def test_cqf_ruler_without_prefetch_and_token(client: HookClient, ehr: Ehr) -> None:
    response = client.post(PATIENT_VIEW, json=sample("cqf-ruler__unicode-request"))
    assert response.status_code == 412
    assert "fhir_servers" in diagnostics(response), "its server, on a private address, is not asked"
    assert ehr.seen == []


@states("5/CQF/response", "3/GOOD/hook", "12/LIB/others")
def test_cqf_ruler_with_entries_of_before_1_0(client: HookClient) -> None:
    request = sample("cqf-ruler__opioidcds-01-request-prefetch")
    assert client.post(PATIENT_VIEW, json=request).status_code == 400, "order-select"
    request["hook"] = "patient-view"
    assert client.post(PATIENT_VIEW, json=request).status_code == 412, "under keys that nobody asked for"
    given = request["prefetch"]
    request["prefetch"] = {
        "patient": given["item1"],
        "medication-statements": given["item7"],
        "conditions": given["item3"],
        "procedures": given["item4"],
    }
    response = client.post(PATIENT_VIEW, json=request)
    assert response.status_code == 200
    assert not any("ELIGIBLE" in topic for topic in topics(response))


@states("12/LIB/others")
def test_inferno_books_an_appointment(client: HookClient) -> None:
    request = sample("davinci-crd-test-kit__appointment_book_hook_request")
    response = client.post(PATIENT_VIEW, json=request)
    assert response.status_code == 400
    assert "'appointment-book'" in diagnostics(response)


# --- made up in the shape of others -----------------------------------------------------------------------------------


def long_id(text: str) -> str:
    return (f"e{text}" + "Xy9.Z-0" * 40)[:194]


@states("3/EPIC/instance", "3/EPIC/extension", "4/EPIC/scopes", "5/EPIC/ids", "3/S2:1025", "7/EPIC/triggers")
def test_epic_opens_a_chart(client: HookClient, ehr: Ehr) -> None:
    patient = long_id("patient")
    text = json.dumps(example("SENL-T7/eligible-boy")).replace(BOYS_ID, patient)
    ehr.bundle = json.loads(text)
    request: dict[str, Any] = {
        "hook": "patient-view",
        "hookInstance": "f3c9a5d0-6e1b-11ee-b962-0242ac120002",
        "fhirServer": SERVER,
        "fhirAuthorization": {
            "access_token": "made.up.token-with_signs~+/=",
            "token_type": "Bearer",
            "expires_in": 600,
            "scope": "PATIENT.READ Patient.Read OBSERVATION.READ EPIC.FHIR.R4.CONDITION.SEARCH.PROBLEMS",
            "subject": "00000000-0000-0000-0000-000000000000",
            "patient": patient,
        },
        "context": {
            "userId": f"PractitionerRole/{long_id('user')}",
            "patientId": patient,
            "encounterId": long_id("encounter"),
            "extension": {"com.epic.cdshooks.context.made-up": "1"},
        },
        "prefetch": {"patient": json.loads(text)["entry"][0]["resource"]},
        "extension": {
            "com.epic.cdshooks.request.bpa-trigger-action": "60",
            "com.epic.cdshooks.request.cds-hooks-specification-version": "1.0",
            "com.epic.cdshooks.request.cds-hooks-implementation-version": "1.1",
            "com.epic.cdshooks.request.fhir-version": "R4",
            "com.epic.cdshooks.request.criteria-id": "1234",
            "com.epic.cdshooks.request.epic-version": "11.1",
            "com.epic.cdshooks.request.is-production": "false",
            "internal": "",
        },
    }
    assert request["prefetch"]["patient"]["resourceType"] == "Patient"
    assert topics(client.post(PATIENT_VIEW, json=request))[0] == MAY_FIT
    assert {one.headers["authorization"] for one in ehr.seen} == {"Bearer made.up.token-with_signs~+/="}


@states("3/CRD/null", "5/CRD/outcome", "5/S2:249/outcome")
def test_the_crd_client_with_nulls_and_outcomes(client: HookClient) -> None:
    unread = outcome("processing")
    prefetch = with_key(client, procedures=unread, immunizations=None, allergies=unread)
    nulls: dict[str, Any] = dict.fromkeys(("fhirServer", "fhirAuthorization", "extension", "user"))
    response = ask(client, prefetch, **nulls)
    assert MAY_FIT not in topics(response)
    assert "reading failed: procedures" in cards_of(response)[0]["detail"]


@states("3/HAPI/instance", "3/HAPI/patient")
def test_hapi_without_an_instance(client: HookClient) -> None:
    response = ask(client, full(client), patient=f"Patient/{BOYS_ID}", hookInstance=...)
    assert response.status_code == 400
    assert "hookInstance" in diagnostics(response)
    assert topics(ask(client, full(client), patient=f"Patient/{BOYS_ID}"))[0] == MAY_FIT


@states("5/SBX/total", "5/SBX/drafts", "5/SBX/unresolved")
def test_the_sandbox(client: HookClient) -> None:
    prefetch = full(client)
    empties = {key: {"total": 0} for key, value in prefetch.items() if value.get("total") == 0}
    assert empties
    draft = {"resourceType": "MedicationRequest", "status": "draft", "reasonCode": [], "dosageInstruction": [{}]}
    context = {"userId": "Practitioner/COREPRACTITIONER1", "patientId": BOYS_ID, "encounterId": ""}
    response = ask(client, {**prefetch, **empties, "drafts": {"entry": [{"resource": draft}]}}, context=context)
    assert topics(response)[0] == MAY_FIT


@states("4/SBX/expires")
def test_an_older_client_without_expiry_and_with_members_of_its_own(client: HookClient, ehr: Ehr) -> None:
    request = {
        "hookInstance": "test",
        "fhirServer": f"{SERVER}/",
        "hook": "patient-view",
        "redirect": "https://sandbox.example.org/",
        "user": "Practitioner/1",
        "patient": BOYS_ID,
        "oauth": {"access_token": "of before 1.0"},
        "fhirAuthorization": {"access_token": "t", "token_type": "bearer", "scope": "patient/*.read"},
        "context": {"patientId": BOYS_ID},
    }
    assert topics(client.post(PATIENT_VIEW, json=request))[0] == MAY_FIT
    assert len(ehr.seen) == len(templates(client))
