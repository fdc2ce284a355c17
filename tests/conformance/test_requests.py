"""Sections 3, 12 and 13 of the checklist: requests and their contexts."""

from __future__ import annotations

from typing import Any

import pytest
from ehr import ACCESS, BOYS_ID, BY_SERVER, MAY_FIT, SERVER, Ehr, ask, cards_of, diagnostics, full, topics
from hook_client import ENCOUNTER_START, PATIENT_VIEW, HookClient, call, searchset

states = pytest.mark.states


EMPTY: tuple[Any, ...] = (..., None, "", 7, [], {})


@states("3/S2:142", "3/HAPI/instance")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("hook", value) for value in EMPTY),
        *(("hookInstance", value) for value in (*EMPTY, " ")),
        *(("context", value) for value in (*EMPTY, "p")),
        *(("context", {"patientId": value}) for value in (*EMPTY[1:], True, "a/b", "{{context.patientId}}", "../p")),
    ],
)
def test_what_is_needed_is_missing(client: HookClient, member: str, value: Any) -> None:
    response = ask(client, full(client), **{member: value})
    assert response.status_code == 400
    assert member in diagnostics(response)


@states("3/S2:144", "3/EPIC/instance", "3/CQF/instance")
@pytest.mark.parametrize(
    "instance",
    [
        "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "F3C9A5D0-6E1B-11EE-B962-0242AC120002",
        "f3c9a5d0-6e1b-11ee-b962-0242ac120002",
        "test",
        "urn:uuid:d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "e" * 194,
        "é\u2028\0",
    ],
)
def test_any_instance_is_taken(client: HookClient, instance: str) -> None:
    assert topics(ask(client, full(client), hookInstance=instance))[0] == MAY_FIT


@states("3/S2:146")
@pytest.mark.parametrize(
    "members",
    [{"fhirAuthorization": ACCESS}, {"fhirAuthorization": {}, "fhirServer": "not a URL"}, {"fhirServer": ""}],
)
def test_a_token_without_a_server_opens_nothing(client: HookClient, ehr: Ehr, members: dict[str, Any]) -> None:
    assert topics(ask(client, full(client), **members))[0] == MAY_FIT
    assert ask(client, {}, **members).status_code == 412
    assert ehr.seen == []


@states("3/CRD/null")
def test_null_is_as_good_as_absent(client: HookClient, ehr: Ehr) -> None:
    null: dict[str, Any] = dict.fromkeys(("fhirServer", "fhirAuthorization", "extension"))
    assert topics(ask(client, full(client), **null))[0] == MAY_FIT
    assert ask(client, None, **null).status_code == 412
    assert ehr.seen == []


@states("3/S2:1025")
def test_what_is_not_known_is_passed_over(client: HookClient) -> None:
    request = call(BOYS_ID, full(client), user="Practitioner/1", trigger="x", oauth={"a": None}, redirect="http://x")
    request["context"] |= {"extension": {"com.example.x": 1}, "location": None, "selections": ["x"]}
    assert topics(client.post(PATIENT_VIEW, json=request))[0] == MAY_FIT


@states("3/GOOD/mismatch", "3/AHRQ/mismatch")
@pytest.mark.parametrize("server", [{}, BY_SERVER])
def test_the_chart_of_another_patient_is_not_screened(client: HookClient, ehr: Ehr, server: dict[str, Any]) -> None:
    """AHRQ's own fixture asks about 1288992 and sends Patient/1; a wrong chart is the worst that can happen."""
    prefetch = {**full(client), "patient": {"resourceType": "Patient", "id": "1", "birthDate": "1978-10-22"}}
    response = ask(client, prefetch, patient="1288992", **server)
    assert response.status_code == 400
    assert response.json()["issue"][0]["code"] == "conflict"
    assert "1978" not in response.text
    assert ehr.seen == []


@states("3/GOOD/mismatch")
@pytest.mark.parametrize("written", ["{}", "Patient/{}", f"{SERVER}/Patient/{{}}", " {} ", "Patient/{}/_history/2"])
@states("3/HAPI/patient")
def test_the_patient_is_named_in_several_ways(client: HookClient, written: str) -> None:
    assert topics(ask(client, full(client), patient=written.format(BOYS_ID)))[0] == MAY_FIT
    other = ask(client, full(client), patient=written.format("eligible-boy2"))
    assert other.status_code == 400


@states("3/GOOD/audit", "13/AHRQ/log")
def test_the_instance_and_the_cards_are_kept_with_the_answer(client: HookClient) -> None:
    instance = "6bc883b2-c795-11eb-b8bc-0242ac130003"
    cards = cards_of(ask(client, full(client), hookInstance=instance))
    store = client.app.state.service.store
    assert store.flush(10)
    kept = store.screening_of(cards[0]["links"][0]["url"].rpartition("/")[2])
    assert (kept.hook_instance, kept.caller, kept.hook) == (instance, "anonymous", "patient-view")
    assert {card.card_uuid for card in kept.cards} == {card["uuid"] for card in cards}


@states("13/AHRQ/crash")
@pytest.mark.parametrize("prefetch", [..., None, {}, {"patient": None}, {"patient": 7}, {"conditions": "x"}])
def test_nothing_in_the_prefetch_ends_the_process(client: HookClient, prefetch: Any) -> None:
    assert ask(client, prefetch).status_code == 412
    assert ask(client, full(client)).status_code == 200


# --- 12. hooks --------------------------------------------------------------------------------------------------------

USERS = ["Practitioner/1", "PractitionerRole/1", "Patient/1", "RelatedPerson/1", f"{SERVER}/Practitioner/1"]


@states("12/LIB/patient-view")
@pytest.mark.parametrize("user", [*USERS, ..., None])
@pytest.mark.parametrize("encounter", ["89284", ..., None])
def test_patient_view(client: HookClient, user: Any, encounter: Any) -> None:
    context = {"userId": user, "patientId": BOYS_ID, "encounterId": encounter}
    sent = {name: value for name, value in context.items() if value is not ...}
    assert topics(ask(client, full(client), context=sent))[0] == MAY_FIT


@states("12/LIB/encounter-start")
@pytest.mark.parametrize("encounter", ["89284", "Encounter/89284", "x" * 194, ...])
def test_encounter_start(client: HookClient, encounter: Any) -> None:
    context = {"userId": USERS[0], "patientId": BOYS_ID, "encounterId": encounter}
    sent = {name: value for name, value in context.items() if value is not ...}
    response = ask(client, full(client), path=ENCOUNTER_START, hook="encounter-start", context=sent)
    assert topics(response)[0] == MAY_FIT


ORDERS = searchset({"resourceType": "MedicationRequest", "id": "1", "status": "draft"})
OTHERS: dict[str, dict[str, Any]] = {
    "encounter-discharge": {"encounterId": "1"},
    "order-select": {"selections": ["MedicationRequest/1"], "draftOrders": ORDERS},
    "order-sign": {"draftOrders": ORDERS},
    "order-dispatch": {"userId": ..., "dispatchedOrders": ["ServiceRequest/1"], "performer": "Organization/1"},
    "appointment-book": {"appointments": searchset({"resourceType": "Appointment", "status": "proposed"})},
    "problem-list-item-create": {"conditions": searchset()},
    "allergyintolerance-create": {"allergyIntolerance": {"resourceType": "AllergyIntolerance"}},
    "medication-refill": {"userId": ..., "medications": ORDERS},
    "medication-verify": {"medication": {"resourceType": "MedicationStatement"}},
    "medication-prescribe": {"medications": ORDERS},
    "order-review": {"orders": ORDERS},
}


@states("12/LIB/others", "3/GOOD/hook")
@pytest.mark.parametrize("hook", OTHERS)
@pytest.mark.parametrize("path", [PATIENT_VIEW, ENCOUNTER_START])
def test_the_other_hooks_are_refused_clearly(client: HookClient, hook: str, path: str) -> None:
    context = {"userId": "Practitioner/1", "patientId": BOYS_ID, **OTHERS[hook]}
    sent = {name: value for name, value in context.items() if value is not ...}
    response = ask(client, full(client), path=path, hook=hook, context=sent)
    assert response.status_code == 400
    assert response.json()["issue"][0]["code"] == "not-supported"
    assert f"no service for the hook '{hook}'" in diagnostics(response)


@states("3/GOOD/hook")
@pytest.mark.parametrize("hook", ["Patient-View", "PATIENT-VIEW ", "com.example.chart-open", "<script>", "x" * 5000])
def test_a_hook_that_nobody_knows_is_not_repeated(client: HookClient, hook: str) -> None:
    response = ask(client, full(client), hook=hook)
    assert response.status_code == 400
    assert hook not in response.text
