"""A FHIR server that is slow, fails, never ends or lies, asked over a real socket in the middle of a hook's request.

The boy of the example fits SENL-T7 on his whole record. Whatever goes wrong with a part of it, he neither fits nor does
not fit: it is open, and each card says what could not be read.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from hook_client import EXAMPLES, PATIENT_VIEW, HookClient, call, serving
from stand_in import Answer, Json, StandIn, outcome, running, searchset
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.servers.gap_words import KIND_WORDS

BOY = EXAMPLES / "SENL-T7" / "eligible-boy.json"
OTHER = EXAMPLES / "SENL-T7" / "ineligible-transplant.json"
NOBODY = "http://127.0.0.1:9/fhir"  # the port of `discard`, which nobody serves
SECONDS = 0.6
PAGES = 40
READ_BY_THE_TRIAL = ("Condition", "Observation", "Procedure")

Asked = Callable[..., httpx.Response]


def access(stand_in: StandIn) -> Json:
    token = {"access_token": "s3cret", "token_type": "Bearer", "expires_in": 300, "scope": "user/*.rs", "subject": "us"}
    return {"fhirServer": stand_in.base, "fhirAuthorization": token}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """A FHIR server on loopback that holds the boy."""
    with running(StandIn()) as server:
        server.hold(BOY)
        yield server


@pytest.fixture(scope="module")
def client(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    """A client of a service that may read this server, but not for long."""
    limits: Json = {"fhir_seconds": SECONDS, "fhir_pages": PAGES, "fhir_bytes": 2_000_000}
    with serving(tmp_path_factory.mktemp("data"), fhir_servers=(stand_in.base, NOBODY), **limits) as running_client:
        yield running_client


@pytest.fixture
def ask(stand_in: StandIn, client: HookClient) -> Iterator[Asked]:
    """Asks about the boy, of whom the client prefetched nothing; for some types, his server answers as it likes."""

    def asked(**answers: Answer) -> httpx.Response:
        stand_in.instead.update(answers)
        return client.post(PATIENT_VIEW, json=call("eligible-boy", **access(stand_in)))

    stand_in.requests.clear()
    yield asked
    stand_in.instead.clear()


def topics(response: httpx.Response) -> list[str]:
    return [card["source"]["topic"]["code"] for card in response.json()["cards"]]


async def hangs(_: Request) -> Response:
    await asyncio.sleep(30)
    return Response()


async def drips(_: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        yield b'{"resourceType": "Bundle"'
        for _ in range(600):
            await asyncio.sleep(0.05)
            yield b" "

    return StreamingResponse(drops(), media_type="application/fhir+json")


async def never_ends(_: Request) -> Response:
    async def blanks() -> AsyncIterator[bytes]:
        for _ in range(100):  # more than three times what is read
            yield b" " * 65_536

    return StreamingResponse(blanks(), media_type="application/fhir+json")


async def fails(_: Request) -> Response:
    return JSONResponse(outcome("exception", "fatal"), 500, media_type="application/fhir+json")


async def forbids(_: Request) -> Response:
    return JSONResponse(outcome("forbidden"), 403, media_type="application/fhir+json")


async def breaks_off(_: Request) -> Response:
    return Response('{"resourceType": "Bundle", "entry": [', media_type="application/fhir+json")


async def sends_a_login_page(_: Request) -> Response:
    return Response("<html>Please log in</html>", media_type="text/html")


async def redirects(_: Request) -> Response:
    return RedirectResponse("http://127.0.0.1:1/elsewhere")


async def says_to_wait(_: Request) -> Response:
    return Response(status_code=429, headers={"Retry-After": "3600"})


def pages_for_ever(resource_type: str, *, empty: bool) -> Callable[[Request], Awaitable[Response]]:
    """Every page has a next one, which holds one more resource of the boy's, or nothing."""
    numbers = itertools.count(1)

    async def page(request: Request) -> Response:
        number = next(numbers)
        one = {"resourceType": resource_type, "id": f"n{number}", "subject": {"reference": "Patient/eligible-boy"}}
        bundle = searchset(*([] if empty else [one]), total=100_000)
        bundle["link"] = [{"relation": "next", "url": f"{request.url.path}?patient=eligible-boy&page={number}"}]
        return JSONResponse(bundle, media_type="application/fhir+json")

    return page


@pytest.mark.parametrize("resource_type", READ_BY_THE_TRIAL)
@pytest.mark.parametrize(
    "fault",
    [hangs, drips, never_ends, fails, forbids, breaks_off, sends_a_login_page, redirects, says_to_wait],
    ids=lambda fault: fault.__name__,
)
def test_what_was_not_read_leaves_the_trial_open_and_is_told(ask: Asked, resource_type: str, fault: Answer) -> None:
    began = time.monotonic()
    response = ask(**{resource_type: fault})
    assert time.monotonic() - began < 60
    assert response.status_code == 200
    assert topics(response)
    assert all(topic.endswith(("NEEDSREVIEW", "TOOLITTLEONRECORD")) for topic in topics(response))
    for card in response.json()["cards"]:
        assert KIND_WORDS[KIND_OF[resource_type]] in card["detail"]
        assert "s3cret" not in json.dumps(card)


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("resource_type", READ_BY_THE_TRIAL)
def test_a_server_that_pages_for_ever_is_left_in_time(
    ask: Asked, stand_in: StandIn, resource_type: str, empty: bool
) -> None:
    response = ask(**{resource_type: pages_for_ever(resource_type, empty=empty)})
    assert response.status_code == 200
    assert all(topic.endswith(("NEEDSREVIEW", "TOOLITTLEONRECORD")) for topic in topics(response))
    assert all(KIND_WORDS[KIND_OF[resource_type]] in card["detail"] for card in response.json()["cards"])
    assert len(stand_in.requests) <= PAGES


def test_without_any_fault_the_boy_fits(ask: Asked) -> None:
    assert topics(ask())[0] == "SENLT7ELIGIBLE"


@pytest.mark.parametrize("fault", [hangs, fails, forbids, sends_a_login_page], ids=lambda fault: fault.__name__)
def test_where_the_server_answers_nothing_at_all_nothing_is_known(ask: Asked, stand_in: StandIn, fault: Answer) -> None:
    asked_for = ("Patient", "Condition", "Procedure", "Observation", "Immunization", "AllergyIntolerance")
    drugs = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
    response = ask(**dict.fromkeys([*asked_for, *drugs], fault))
    assert response.status_code == 412
    assert stand_in.base not in response.text
    assert "s3cret" not in response.text


def test_a_server_that_is_not_there(client: HookClient) -> None:
    response = client.post(PATIENT_VIEW, json=call("eligible-boy", fhirServer=NOBODY))
    assert response.status_code == 412
    assert "127.0.0.1" not in response.text


# --- A server that answers about somebody else ------------------------------------------------------------------------


def resources_of(bundle: Path, resource_type: str) -> list[Json]:
    entries = json.loads(bundle.read_text(encoding="utf-8"))["entry"]
    return [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == resource_type]


def of_somebody_else(resource_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def lies(_: Request) -> Response:
        return JSONResponse(searchset(*resources_of(OTHER, resource_type)), media_type="application/fhir+json")

    return lies


async def another_patient(_: Request) -> Response:
    return JSONResponse(resources_of(OTHER, "Patient")[0], media_type="application/fhir+json")


def test_a_patient_who_is_somebody_else_is_refused(ask: Asked) -> None:
    response = ask(Patient=another_patient)
    assert response.status_code == 400
    assert response.json()["issue"][0]["code"] == "conflict"
    assert "ineligible-transplant" not in response.text


@pytest.mark.parametrize("resource_type", READ_BY_THE_TRIAL)
def test_what_is_of_somebody_else_decides_nothing_and_is_not_shown(ask: Asked, resource_type: str) -> None:
    assert resources_of(OTHER, resource_type), "the lie holds something"
    response = ask(**{resource_type: of_somebody_else(resource_type)})
    assert response.status_code == 200
    assert not re.search("ineligible-transplant", response.text)
    assert all(topic.endswith(("NEEDSREVIEW", "TOOLITTLEONRECORD")) for topic in topics(response))
    assert all(KIND_WORDS[KIND_OF[resource_type]] in card["detail"] for card in response.json()["cards"])


# --- why, for whoever runs the service ---


async def refuses(_: Request) -> Response:
    return JSONResponse(outcome("forbidden"), 403)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (refuses, "refused: answered with status 403 and an OperationOutcome: error (forbidden)"),
        (hangs, "failed: no answer within 0.6 s"),
    ],
)
def test_why_a_part_was_not_read_is_logged_without_the_patient(ask: Asked, fault: Answer, why: str) -> None:
    with structlog.testing.capture_logs() as lines:
        assert ask(Condition=fault).status_code == 200
    (line,) = [line for line in lines if line["event"] == "part of the record could not be read"]
    assert line["keys"] == {"conditions": why}
    assert (line["asked_server"], line["log_level"]) == (True, "warning")
    assert not any(private in str(line) for private in ("eligible-boy", "s3cret", "127.0.0.1"))


def test_where_nothing_can_be_read_it_is_logged_too(client: HookClient) -> None:
    with structlog.testing.capture_logs() as lines:
        assert client.post(PATIENT_VIEW, json=call("eligible-boy", fhirServer=NOBODY)).status_code == 412
    (line,) = [line for line in lines if line["event"] == "part of the record could not be read"]
    assert line["keys"]["patient"] == "failed: the server could not be asked (ConnectError)"


def test_nothing_is_logged_of_a_record_that_was_read(ask: Asked) -> None:
    with structlog.testing.capture_logs() as lines:
        assert ask().status_code == 200
    assert [line for line in lines if line["event"] != "request"] == []
