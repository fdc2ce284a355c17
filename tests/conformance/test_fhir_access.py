"""Sections 4 and 10 of the checklist: the FHIR server, its token, and time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from ehr import ACCESS, BOYS_ID, BY_SERVER, MAY_FIT, SERVER, TOKEN, Ehr, ask, cards_of, detail_of, full, topics
from ehr import diagnostics as said
from hook_client import HookClient, fhir_response, searchset, templates

states = pytest.mark.states


def access(**members: Any) -> dict[str, Any]:
    """fhirServer and fhirAuthorization, with these members; `...` leaves one out."""
    changed = {**ACCESS, **members}
    return {**BY_SERVER, "fhirAuthorization": {name: value for name, value in changed.items() if value is not ...}}


@states("4/S2:464", "4/CQF/bearer")
def test_the_token_is_sent_as_bearer_to_the_server_of_the_request(client: HookClient, ehr: Ehr) -> None:
    assert topics(ask(client, **BY_SERVER))[0] == MAY_FIT
    assert ehr.seen
    assert {request.headers["authorization"] for request in ehr.seen} == {f"Bearer {TOKEN}"}
    assert all(str(request.url).startswith(f"{SERVER}/") for request in ehr.seen)


@states("4/SBX/expires")
@pytest.mark.parametrize(
    "members",
    [
        {"expires_in": ...},
        {"expires_in": "300"},
        {"expires_in": None, "scope": None, "subject": None},
        {"token_type": "bearer"},
        {"token_type": ...},
        {"patient": BOYS_ID, "need_patient_banner": True, "extension": {"com.example.x": "y"}},
    ],
)
def test_an_authorization_with_other_members_serves_as_well(
    client: HookClient, ehr: Ehr, members: dict[str, Any]
) -> None:
    assert topics(ask(client, **access(**members)))[0] == MAY_FIT


@states("4/S3:754", "4/EPIC/scopes")
@pytest.mark.parametrize(
    "scope",
    [
        "user/Patient.read user/Observation.read patient/*.read",
        "user/Patient.rs user/Observation.rs user/*.cruds",
        "user/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|problem-list-item",
        "PATIENT/CONDITION.READ PATIENT/PATIENT.READ USER/OBSERVATION.READ",
        "patient/Condition.Read EPIC.FHIR.R4.PATIENT.READ.BASIC EPIC.FHIR.R4.OBSERVATION.SEARCH.LABS",
        "",
        ...,
        ["user/Patient.read"],
    ],
)
def test_the_words_of_a_scope_decide_nothing(client: HookClient, ehr: Ehr, scope: Any) -> None:
    """What is out of scope the server refuses; that is read as unknown (test_prefetch)."""
    assert topics(ask(client, **access(scope=scope)))[0] == MAY_FIT
    assert len(ehr.seen) == len(templates(client))


@states("4/S2:475", "9/BP/phi")
def test_the_token_is_not_kept_not_logged_and_not_sent_back(
    client: HookClient, ehr: Ehr, caplog: pytest.LogCaptureFixture
) -> None:
    ehr.instead["Procedure"] = lambda _: httpx.Response(500, text=TOKEN)
    with structlog.testing.capture_logs() as logged:
        response = ask(client, {"patient": full(client)["patient"]}, **BY_SERVER)
    assert cards_of(response)
    store = client.app.state.service.store
    assert store.flush(10)
    folder = Path(client.app.state.service.settings.data_folder)
    kept = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert b"patient-view" in kept, "the database was found"
    assert TOKEN.encode() not in kept
    assert logged
    for told in (repr(logged), caplog.text, response.text, str(response.headers)):
        assert TOKEN not in told
        assert "1990" not in told or told is response.text
    assert BOYS_ID not in repr(logged) + caplog.text


@states("4/S2:475/after")
def test_nothing_is_asked_after_the_answer_and_nothing_is_shared(client: HookClient, ehr: Ehr) -> None:
    assert topics(ask(client, **BY_SERVER))[0] == MAY_FIT
    asked = len(ehr.seen)
    assert client.app.state.service.store.flush(10)
    time.sleep(0.1)
    client.get("/health")
    assert len(ehr.seen) == asked
    ehr.instead = {kind: lambda _: httpx.Response(403) for kind in ("Condition", "Patient", "Observation", "Procedure")}
    other = ask(client, **access(access_token="of-another-user"))
    assert len(ehr.seen) == 2 * asked
    assert {request.headers["authorization"] for request in ehr.seen[asked:]} == {"Bearer of-another-user"}
    assert other.status_code == 412 or MAY_FIT not in topics(other)


def redirect(_: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"Location": "https://elsewhere.example.org/Condition"})


def link(url: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: fhir_response(searchset(link=[{"relation": "next", "url": url}]))


@states("4/GOOD/origin")
@pytest.mark.parametrize(
    "instead",
    [
        redirect,
        link("https://elsewhere.example.org/fhir/Condition?page=2"),
        link("http://ehr.example.org/fhir/Condition?page=2"),
        link("https://ehr.example.org:8443/fhir/Condition?page=2"),
        link("https://ehr.example.org/other/Condition?page=2"),
        link("https://ehr.example.org@elsewhere.example.org/fhir/Condition"),
        link("//elsewhere.example.org/fhir/Condition"),
        link("ftp://ehr.example.org/fhir/Condition"),
    ],
)
def test_the_token_goes_nowhere_else(
    client: HookClient, ehr: Ehr, instead: Callable[[httpx.Request], httpx.Response]
) -> None:
    ehr.instead["Condition"] = instead
    response = ask(client, **BY_SERVER)
    assert len(ehr.asked_for("Condition")) == 1
    assert len(ehr.seen) == len(templates(client))
    assert ": diagnoses)" in detail_of(response), "the gap is told"


@states("4/GOOD/listed")
@pytest.mark.parametrize(
    "server",
    [
        "https://elsewhere.example.org/fhir",
        "http://ehr.example.org/fhir",
        "https://ehr.example.org:444/fhir",
        "https://ehr.example.org/",
        "https://ehr.example.org.elsewhere.example/fhir",
        "https://ehr.example.org@elsewhere.example/fhir",
        "https://ehr.example.org/fhir/../admin",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8080/fhir",
        "http://[::1]/fhir",
        "http://192.0.2.1/fhir",
        "ftp://ehr.example.org/fhir",
        "",
        "not a URL",
    ],
)
def test_no_server_is_asked_that_is_not_listed(client: HookClient, ehr: Ehr, server: str) -> None:
    response = ask(client, fhirServer=server, fhirAuthorization=ACCESS)
    assert response.status_code == 412
    assert not server or server not in said(response)
    assert ehr.seen == []


@pytest.mark.parametrize(
    "patient", [BOYS_ID, f"Patient/{BOYS_ID}", f" {SERVER}/Patient/{BOYS_ID}/_history/2", "", " ", None, 7, {}]
)
def test_a_token_for_the_patient_of_the_context_or_for_nobody_is_used(
    patient: Any, client: HookClient, ehr: Ehr
) -> None:
    assert topics(ask(client, **access(patient=patient)))[0] == MAY_FIT


def test_with_a_token_for_another_patient_nothing_is_asked(client: HookClient, ehr: Ehr) -> None:
    """A server may find nothing where such a token may see nothing, and nothing found would stand for absence."""
    other = access(patient="another")
    response = ask(client, **other)
    assert response.status_code == 412
    assert "fhirAuthorization.patient: not the patient of context.patientId" in said(response)
    some = ask(client, {"patient": full(client)["patient"], "conditions": full(client)["conditions"]}, **other)
    assert MAY_FIT not in topics(some)
    assert "fhirAuthorization.patient" in detail_of(some)
    assert ehr.seen == []


@states("4/S2:205")
def test_by_prefetch_by_the_server_and_by_both_the_cards_are_the_same(client: HookClient, ehr: Ehr) -> None:
    prefetch = full(client)
    part = dict(list(prefetch.items())[: len(prefetch) // 2])

    def told(response: httpx.Response) -> list[tuple[str, str]]:
        return [(card["summary"], card["detail"]) for card in cards_of(response)]

    first = told(ask(client, prefetch))
    assert ehr.seen == []
    assert first == told(ask(client, **BY_SERVER)) == told(ask(client, part, **BY_SERVER))


# --- 10. Time ---------------------------------------------------------------------------------------------------------


@states("10/S2:199")
def test_an_answer_takes_no_half_second(client: HookClient) -> None:
    prefetch = full(client)
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        ask(client, prefetch)
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.5


@states("10/CQF/timeout")
def test_questions_to_the_server_run_at_once(client: HookClient, ehr: Ehr) -> None:
    running: list[int] = [0, 0]

    async def answer(request: httpx.Request) -> httpx.Response:
        running[0] += 1
        running[1] = max(running)
        await asyncio.sleep(0.02)
        running[0] -= 1
        return fhir_response(searchset())

    ehr.instead = dict.fromkeys(("Condition", "Procedure", "Observation", "Immunization", "AllergyIntolerance"), answer)
    ask(client, **BY_SERVER)
    assert 1 < running[1] <= client.app.state.service.settings.fhir_parallel


async def never(_: httpx.Request) -> httpx.Response:
    await asyncio.sleep(60)
    raise AssertionError


@states("10/GOOD/budget", "10/CQF/timeout")
def test_when_time_is_over_the_rest_is_open(client: HookClient, ehr: Ehr) -> None:
    ehr.instead["Condition"] = never
    begun = time.monotonic()
    response = ask(client, **BY_SERVER)
    assert time.monotonic() - begun < 10
    assert all(topic.endswith("NEEDSREVIEW") for topic in topics(response))
    assert "reading failed: diagnoses" in detail_of(response)


@states("10/GOOD/budget")
def test_when_time_is_over_and_nothing_is_known_it_is_412(client: HookClient, ehr: Ehr) -> None:
    ehr.instead = dict.fromkeys(
        {query.partition("?")[0].partition("/")[0] for query in templates(client).values()}, never
    )
    assert ask(client, **BY_SERVER).status_code == 412
