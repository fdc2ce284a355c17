"""From a request to cards, the whole application: what prefetch and FHIR server give, and what is made of it."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hook_client import (
    ENCOUNTER_START,
    PATIENT_VIEW,
    HookClient,
    Json,
    answer,
    call,
    example,
    fhir_response,
    patient_of,
    prefetch_of,
    resources,
    screen,
    searchset,
    serving,
    templates,
)

from trialsieve.service.security.caller import ANONYMOUS

BOY = "SENL-T7/eligible-boy"
SERVER = "https://ehr.example.org/fhir"
TOKEN = {"access_token": "s3cret", "token_type": "Bearer", "expires_in": 300, "scope": "user/*.rs", "subject": "us"}


def holding(bundle: Json, seen: list[httpx.Request] | None = None) -> Callable[[httpx.Request], httpx.Response]:
    """A FHIR server that holds this Bundle."""

    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        found = answer(bundle, str(request.url).removeprefix(f"{SERVER}/"))
        return fhir_response(found, 404 if found is None else 200)

    return respond


def topics(cards: list[Json]) -> list[str]:
    return [card["source"]["topic"]["code"] for card in cards]


@pytest.mark.parametrize("path", [PATIENT_VIEW, ENCOUNTER_START])
def test_an_example_patient_gets_the_cards_of_the_trials_worth_a_look(client: HookClient, path: str) -> None:
    hook = path.rpartition("trialsieve-")[2]
    cards = screen(client, BOY, path, hook=hook)
    assert topics(cards) == ["SENLT7ELIGIBLE", "NCT07070323NEEDSREVIEW"]
    assert [card["indicator"] for card in cards] == ["info", "info"]
    assert cards[0]["summary"].startswith(
        "May fit trial SENL-T7: all screening criteria pass; a person decides \u2013 "
    )
    assert "LVEF" in cards[0]["detail"] or "Hemoglobin 8.9 g/dL" in cards[0]["detail"]
    assert cards[0]["links"][0]["url"].startswith("http://127.0.0.1:8080/explanations/")


def test_each_example_gets_a_card_exactly_where_its_verdict_is_worth_a_look(client: HookClient) -> None:
    expected = {
        "NCT04762485/needs-review": ("NCT04762485NEEDSREVIEW", True),
        "NCT04762485/ineligible-age": ("NCT04762485", False),
        "NCT07070323/eligible-autologous": ("NCT07070323ELIGIBLE", True),
        "NCT07476027/ineligible-relapsed": ("NCT07476027", False),
        "SENL-T7/ineligible-b-lineage": ("SENLT7", False),
    }
    for name, (topic, shown) in expected.items():
        found = [code for code in topics(screen(client, name)) if code.startswith(topic)]
        assert bool(found) == shown, name


WARNED = searchset({"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "processing"}]})


@pytest.mark.parametrize("gap", [..., WARNED], ids=["not sent", "answered with a warning"])
def test_diagnoses_that_were_not_retrieved_speak_for_no_trial(client: HookClient, gap: Any) -> None:
    """Else whoever's diagnoses cannot be read in full, as where each search warns, would get a card for each trial."""
    patient = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1990-05-04"}
    empty = {key: searchset() for key in templates(client)}
    prefetch = {**empty, "patient": patient, "conditions": gap}
    cards = client.post(
        PATIENT_VIEW, json=call("p1", {key: value for key, value in prefetch.items() if value is not ...})
    ).json()["cards"]
    assert topics(cards) == ["TOOLITTLEONRECORD"]
    assert "Not all of the record could be read" in cards[0]["detail"]


def test_a_diagnosis_that_cannot_be_read_speaks_for_trials_also_beside_a_gap(client: HookClient) -> None:
    patient = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1990-05-04"}
    unclear = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "T-ALL?"},
    }
    warned = {"severity": "warning", "code": "processing"}
    conditions = searchset(unclear, {"resourceType": "OperationOutcome", "issue": [warned]})
    prefetch = {**{key: searchset() for key in templates(client)}, "patient": patient, "conditions": conditions}
    cards = client.post(PATIENT_VIEW, json=call("p1", prefetch)).json()["cards"]
    assert "NCT04762485NEEDSREVIEW" in topics(cards)


def test_a_full_prefetch_needs_no_network(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []
    with serving(tmp_path, server=holding(example(BOY), seen), fhir_servers=(SERVER,)) as client:
        assert screen(client, BOY, fhirServer=SERVER, fhirAuthorization=TOKEN)
    assert seen == []


def test_what_is_missing_is_read_from_the_server_with_the_token(tmp_path: Path) -> None:
    bundle = example(BOY)
    seen: list[httpx.Request] = []
    with serving(tmp_path, server=holding(bundle, seen), fhir_servers=(SERVER,)) as client:
        asked = templates(client)
        full = prefetch_of(bundle, asked)
        part = {key: value for key, value in full.items() if key in {"patient", "conditions"}}
        request = call(patient_of(bundle), part, fhirServer=SERVER, fhirAuthorization=TOKEN)
        response = client.post(PATIENT_VIEW, json=request)
        assert topics(response.json()["cards"]) == topics(screen(client, BOY))
    assert len(seen) == len(asked) - 2
    assert {request.headers["authorization"] for request in seen} == {"Bearer s3cret"}
    assert not any("Condition" in str(request.url) for request in seen)
    assert "s3cret" not in response.text


@pytest.mark.parametrize("prefetch", [..., None, {}])
def test_without_prefetch_everything_is_read(tmp_path: Path, prefetch: Any) -> None:
    request = {**call("eligible-boy", fhirServer=SERVER, fhirAuthorization=TOKEN), "prefetch": prefetch}
    request = {name: value for name, value in request.items() if value is not ...}
    with serving(tmp_path, server=holding(example(BOY)), fhir_servers=(SERVER,)) as client:
        assert topics(client.post(PATIENT_VIEW, json=request).json()["cards"])[0] == "SENLT7ELIGIBLE"


def test_a_server_that_may_not_be_read_is_not_asked(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []
    with serving(tmp_path, server=holding(example(BOY), seen), fhir_servers=("https://other.example.org",)) as client:
        request = call("eligible-boy", {}, fhirServer=SERVER, fhirAuthorization=TOKEN)
        response = client.post(PATIENT_VIEW, json=request)
    assert response.status_code == 412
    assert "fhir_servers" in response.json()["issue"][0]["diagnostics"]
    assert seen == []


@pytest.mark.parametrize("prefetch", [..., None, {}, {"patient": None}, {"something": {"resourceType": "Patient"}}])
def test_where_nothing_can_be_known_it_is_412(client: HookClient, prefetch: Any) -> None:
    request = {**call("p1"), "prefetch": prefetch}
    response = client.post(PATIENT_VIEW, json={name: value for name, value in request.items() if value is not ...})
    assert response.status_code == 412
    assert response.json()["issue"][0]["code"] == "incomplete"


def test_the_wrong_patient_is_refused_and_not_screened(client: HookClient) -> None:
    bundle = example(BOY)
    response = client.post(PATIENT_VIEW, json=call("somebody-else", prefetch_of(bundle, templates(client))))
    assert response.status_code == 400
    assert "not the patient of context.patientId" in response.json()["issue"][0]["diagnostics"]
    assert "eligible-boy" not in response.text


def outcome(code: str) -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (..., "not sent: diagnoses"),
        (outcome("forbidden"), "access refused: diagnoses"),
        ({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": outcome("security"), "search": {"mode": "outcome"}}]}, "access refused: diagnoses"),  # noqa: E501
        ({"response": {"status": "500"}}, "reading failed: diagnoses"),
        ("text", "reading failed: diagnoses"),
    ],
)  # fmt: skip
def test_what_could_not_be_read_stays_open_and_each_card_says_so(client: HookClient, given: Any, said: str) -> None:
    bundle = example(BOY)
    prefetch = {**prefetch_of(bundle, templates(client)), "conditions": given}
    request = call(patient_of(bundle), {key: value for key, value in prefetch.items() if value is not ...})
    cards = client.post(PATIENT_VIEW, json=request).json()["cards"]
    assert cards
    assert not any(code.endswith("ELIGIBLE") for code in topics(cards)), "nothing is presumed absent"
    for card in cards:
        assert "Not all of the record could be read" in card["detail"]
        assert said in card["detail"]


def test_an_empty_bundle_is_an_answer_and_null_vouches_for_nothing(client: HookClient) -> None:
    bundle = example(BOY)
    full = prefetch_of(bundle, templates(client))
    empty = {"resourceType": "Bundle", "type": "searchset", "total": 0}  # as the sandbox sends: no `entry`
    presumed, looked_for = "no hematopoietic stem cell transplantation or solid organ transplant", "were not retrieved"
    for given, expected in ((empty, (True, False)), (None, (False, True))):
        request = call(patient_of(bundle), {**full, "procedures": given})
        cards = client.post(PATIENT_VIEW, json=request).json()["cards"]
        text = next(card["detail"] for card in cards if card["source"]["topic"]["code"].startswith("SENLT7"))
        assert (presumed in text, looked_for in text) == expected
        assert "Not all of the record" not in text
        assert ("For procedures, the record's system answered with null" in text) == (given is None)


def test_when_the_servers_time_is_over_the_rest_is_open(tmp_path: Path) -> None:
    bundle = example(BOY)

    async def slow(request: httpx.Request) -> httpx.Response:
        if "Procedure" in str(request.url):
            await asyncio.sleep(30)
        return holding(bundle)(request)

    with serving(tmp_path, server=slow, fhir_servers=(SERVER,), fhir_seconds=0.3) as client:
        request = call(patient_of(bundle), fhirServer=SERVER, fhirAuthorization=TOKEN)
        began = time.monotonic()
        cards = client.post(PATIENT_VIEW, json=request).json()["cards"]
    assert time.monotonic() - began < 10
    assert cards
    assert all("reading failed: procedures" in card["detail"] for card in cards)
    assert all(code.endswith("NEEDSREVIEW") for code in topics(cards))


def test_a_service_for_one_trial_answers_for_it_alone(client: HookClient) -> None:
    bundle = example(BOY)
    path = "/cds-services/trialsieve-patient-view-senl-t7"
    prefetch = prefetch_of(bundle, templates(client))
    response = client.post(path, json=call(patient_of(bundle), prefetch))
    assert all(code.startswith("SENLT7") for code in topics(response.json()["cards"]))


def test_the_settings_say_how_many_cards_and_of_what(tmp_path: Path) -> None:
    with serving(tmp_path / "one", most_cards=1) as client:
        (card,) = screen(client, BOY)
        assert card["source"]["topic"]["code"] == "SENLT7ELIGIBLE"
        assert "Not shown: NCT07070323 (needs review)." in card["detail"]
    with serving(tmp_path / "all", show_ineligible=True) as client:
        codes = topics(screen(client, BOY))
        assert codes[:2] == ["SENLT7ELIGIBLE", "NCT07070323NEEDSREVIEW"]
        assert [code.endswith("INELIGIBLE") for code in codes[2:]] == [True, True, True]


def test_nothing_is_shown_for_a_patient_outside_every_trial_unless_asked_for(tmp_path: Path) -> None:
    bundle = example(BOY)
    for each in resources(bundle):
        if each["resourceType"] == "Patient":
            each["deceasedDateTime"] = "2026-11-01"
    with serving(tmp_path / "quiet") as client:
        request = call(patient_of(bundle), prefetch_of(bundle, templates(client)))
        assert client.post(PATIENT_VIEW, json=request).json() == {"cards": []}
    with serving(tmp_path / "told", card_when_outside=True) as client:
        (card,) = client.post(PATIENT_VIEW, json=request).json()["cards"]
        assert card["summary"].startswith("None of the 5 trials screened for fit")
        assert "links" not in card


@pytest.mark.parametrize("gender", ["male", "female"])
def test_a_patient_with_nothing_of_the_sort_on_a_full_record_is_left_in_peace(client: HookClient, gender: str) -> None:
    bundle = {
        "entry": [{"resource": {"resourceType": "Patient", "id": "well", "gender": gender, "birthDate": "1990-04-03"}}]
    }
    response = client.post(PATIENT_VIEW, json=call("well", prefetch_of(bundle, templates(client))))
    assert response.json() == {"cards": []}


def test_what_was_answered_is_kept_with_its_cards(client: HookClient) -> None:
    cards = screen(client, BOY)
    store = client.app.state.service.store
    for card in cards:
        assert str(uuid.UUID(card["uuid"])) == card["uuid"]
        kept = store.result(card["links"][0]["url"].rpartition("/")[2], ANONYMOUS)
        assert kept is not None
        assert json.loads(kept.json)["trial"] == kept.trial
        assert card["source"]["topic"]["code"].startswith(kept.trial.replace("-", ""))


def test_what_a_card_links_to_is_there_before_the_card_is(client: HookClient) -> None:
    """Whoever follows the link finds it, however fast."""
    bundle = example(BOY)
    body = json.dumps(call(patient_of(bundle), prefetch_of(bundle, templates(client)))).encode()
    store = client.app.state.service.store
    there: list[bool] = []

    async def receive() -> Json:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        for link in re.findall(rb"/explanations/([0-9a-f-]+)", message.get("body", b"")):
            there.append(store.result(link.decode(), ANONYMOUS) is not None)

    scope = {"type": "http", "method": "POST", "path": PATIENT_VIEW, "query_string": b"", "headers": []}
    client.run(client.app(scope, receive, send))
    assert there == [True, True]


def test_what_cannot_be_kept_does_not_cost_the_answer(client: HookClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise RuntimeError("quotes Winterbottom of the record")

    losses = client.app.state.service.store.losses
    monkeypatch.setattr("trialsieve.service.storage.keeping.kept_input", failing)
    assert screen(client, BOY)
    assert client.app.state.service.store.losses == losses + 1


def test_two_calls_give_the_same_cards_under_other_ids(client: HookClient) -> None:
    first, second = screen(client, BOY), screen(client, BOY)
    assert {card["uuid"] for card in first}.isdisjoint(card["uuid"] for card in second)
    own = ("uuid", "links")
    assert [{name: card[name] for name in card if name not in own} for card in first] == [
        {name: card[name] for name in card if name not in own} for card in second
    ]


def test_patients_who_come_together_are_not_mixed_up(client: HookClient) -> None:
    names = [BOY, "NCT04762485/needs-review", "NCT07070323/eligible-autologous", "SENL-T7/breastfeeding"] * 3
    asked = templates(client)
    requests = [call(patient_of(example(name)), prefetch_of(example(name), asked)) for name in names]
    alone = {
        name: topics(client.post(PATIENT_VIEW, json=one).json()["cards"])
        for name, one in zip(names, requests, strict=True)
    }
    together = client.together(*(("POST", PATIENT_VIEW, {"json": one}) for one in requests))
    for name, response in zip(names, together, strict=True):
        assert topics(response.json()["cards"]) == alone[name]
        others = {patient_of(example(other)) for other in names} - {patient_of(example(name))}
        assert not any(f"{other}-" in response.text for other in others)


def test_what_is_counted_names_no_patient(client: HookClient) -> None:
    screen(client, BOY)
    text = client.get("/metrics").text
    assert 'trialsieve_cards_total{trial="SENL-T7",verdict="eligible"}' in text
    assert 'trialsieve_results_total{trial="NCT04762485",verdict="ineligible"}' in text
    assert "eligible-boy" not in text
