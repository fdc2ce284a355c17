"""A FHIR server that misbehaves: each way has a typed answer, within bounds, and the token goes nowhere else."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest
from stand_in import Json, StandIn, outcome, searchset
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from trialsieve.fhir_adapters.answers import Answer, Answered
from trialsieve.fhir_adapters.bounded_http import ServerLimits
from trialsieve.fhir_adapters.fhir_server import FhirServer, ServerAddressError

IN_FULL, IN_PART, REFUSED, FAILED = Answered.IN_FULL, Answered.IN_PART, Answered.REFUSED, Answered.FAILED
QUERY = "Condition?patient=p1"


def condition(number: int, **members: Any) -> Json:
    return {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": "Patient/p1"}, **members}


def asked(
    stand_in: StandIn,
    question: Callable[[FhirServer], Awaitable[Answer]] = lambda server: server.search(QUERY, "Condition"),
    **limits: Any,
) -> Answer:
    async def ask() -> Answer:
        async with httpx.AsyncClient() as client:
            return await question(FhirServer(client, stand_in.base, "secret", ServerLimits(**limits)))

    return asyncio.run(ask())


def always(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = "application/fhir+json"
) -> Callable[[Request], Awaitable[Response]]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(_request: Request) -> Response:
        return Response(content, status, headers, kind)

    return answer


def next_link(url: str) -> list[Json]:
    return [{"relation": "self", "url": "http://elsewhere.example/lies"}, {"relation": "next", "url": url}]


# --- what it answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "state", "reason"),
    [
        (searchset(condition(1)), 200, IN_FULL, ""),
        (searchset(), 200, IN_FULL, ""),
        ({"resourceType": "Bundle", "total": 0}, 200, IN_FULL, ""),
        (searchset(condition(1), total=3), 200, IN_PART, "holds 1 of the 3 resources that the search found"),
        (searchset(condition(1), total=0), 200, IN_FULL, ""),
        (outcome("forbidden"), 200, REFUSED, "an OperationOutcome: error (forbidden)"),
        (outcome("exception"), 200, FAILED, "an OperationOutcome: error (exception)"),
        (outcome("not-supported"), 400, Answered.NOT_SUPPORTED, "answered with status 400 and an OperationOutcome: "),
        (outcome("invalid"), 400, FAILED, "answered with status 400 and an OperationOutcome: error (invalid)"),
        (outcome("login"), 401, REFUSED, "answered with status 401"),
        (b"no", 403, REFUSED, "answered with status 403"),
        (b"", 404, Answered.NOT_SUPPORTED, "answered with status 404"),
        (b"", 500, FAILED, "answered with status 500"),
        (b"", 204, FAILED, "answered with status 204"),
        (b"x" * 70_000, 500, FAILED, "answered with status 500"),
        (b"{", 200, FAILED, "answered with what is not valid JSON"),
        (b"", 200, FAILED, "answered with what is not valid JSON"),
        (b"null", 200, FAILED, "answered with null"),
        ([], 200, FAILED, "not a FHIR resource"),
        (condition(1), 200, IN_PART, "a single Condition instead of a Bundle"),
    ],
)
def test_each_answer_is_told_apart(body: Any, status: int, state: Answered, reason: str, stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(body, status)
    answer = asked(stand_in)
    assert answer.state is state
    assert answer.reason.startswith(reason)
    assert bool(answer.reason) == bool(reason)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("application/fhir+json; charset=utf-8", IN_FULL),
        ("application/json", IN_FULL),
        ("application/json+fhir", IN_FULL),
        ("text/json", IN_FULL),
        ("", IN_FULL),
        ("text/html", FAILED),
        ("application/fhir+xml", FAILED),
    ],
)
def test_content_types(kind: str, state: Answered, stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(searchset(condition(1)), kind=kind)
    assert asked(stand_in).state is state


def test_included_resources_are_kept_and_not_counted_as_matches(stand_in: StandIn) -> None:
    bundle = searchset(condition(1), total=2)
    bundle["entry"] += [
        {"resource": {"resourceType": "Encounter", "id": "e1"}, "search": {"mode": "include"}},
        {"resource": outcome("informational", "information"), "search": {"mode": "outcome"}},
    ]
    stand_in.instead["Condition"] = always(bundle)
    answer = asked(stand_in)
    assert [entry.reference for entry in answer.entries] == ["Condition/c1", "Encounter/e1"]
    assert answer.reason == "holds 1 of the 2 resources that the search found"


@pytest.mark.parametrize(("severity", "state"), [("information", IN_FULL), ("warning", IN_PART), ("error", IN_PART)])
def test_an_outcome_among_the_entries(severity: str, state: Answered, stand_in: StandIn) -> None:
    bundle = searchset(condition(1))
    bundle["entry"].append({"resource": outcome("incomplete", severity), "search": {"mode": "outcome"}})
    stand_in.instead["Condition"] = always(bundle)
    answer = asked(stand_in)
    assert (answer.state, len(answer.entries)) == (state, 1)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_every_page_is_read(stand_in: StandIn) -> None:
    stand_in.records["p1"] = [condition(number) for number in range(7)]
    stand_in.page_size = 3
    answer = asked(stand_in)
    assert (answer.state, len(answer.entries), len(stand_in.requests)) == (IN_FULL, 7, 3)


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ("{base}/Condition?page=2", True),
        ("{base}?_getpages=2", True),
        ("Condition?page=2", True),
        ("?page=2", True),
        ("/fhir/Condition?page=2", True),
        ("http://elsewhere.example/fhir/Condition?page=2", False),
        ("//elsewhere.example/fhir/Condition?page=2", False),
        ("http://127.0.0.1:1/fhir/Condition?page=2", False),
        ("https://{host}/fhir/Condition?page=2", False),
        ("http://user@{host}/fhir/Condition?page=2", False),
        ("http://{host}/other/Condition?page=2", False),
        ("http://{host}/fhirx/Condition?page=2", False),
        ("http://{host}/fhir/../other/Condition?page=2", False),
        ("http://{host}/fhir/%2e%2e/other/Condition?page=2", False),
        ("file" + ":///etc/passwd", False),
        ("http://[", False),
    ],
)
def test_a_next_link_is_followed_on_the_same_server_alone(link: str, followed: bool, stand_in: StandIn) -> None:
    host = stand_in.base.removeprefix("http://").partition("/")[0]
    url = link.format(base=stand_in.base, host=host)

    async def first_then_second(request: Request) -> Response:
        if request.url.query == "patient=p1":
            return JSONResponse(searchset(condition(1), total=2, link=next_link(url)))
        return JSONResponse(searchset(condition(2), total=2))

    stand_in.instead.update({"Condition": first_then_second, "": first_then_second})
    answer = asked(stand_in)
    assert answer.state is (IN_FULL if followed else IN_PART)
    assert len(answer.entries) == (2 if followed else 1)
    assert len(stand_in.requests) == (2 if followed else 1)


def test_what_comes_twice_on_pages_that_shifted_leaves_something_out(stand_in: StandIn) -> None:
    async def shifted(request: Request) -> Response:
        first = request.url.query == "patient=p1"
        held = [condition(1), condition(2)] if first else [condition(2)]
        return JSONResponse(searchset(*held, total=3, **({"link": next_link("?page=2")} if first else {})))

    stand_in.instead["Condition"] = shifted
    answer = asked(stand_in)
    assert (answer.state, answer.reason) == (IN_PART, "holds 2 of the 3 resources that the search found")


def test_pages_that_lead_in_a_circle_are_left(stand_in: StandIn) -> None:
    async def same_page(request: Request) -> Response:
        return JSONResponse(searchset(condition(len(stand_in.requests)), link=next_link("?patient=p1&page=2")))

    stand_in.instead["Condition"] = same_page
    answer = asked(stand_in)
    assert (answer.state, len(stand_in.requests)) == (IN_PART, 2)
    assert "leads in a circle" in answer.reason


def test_pages_that_repeat_themselves_are_left(stand_in: StandIn) -> None:
    async def same_content(request: Request) -> Response:
        return JSONResponse(searchset(condition(1), link=next_link(f"?page={len(stand_in.requests)}")))

    stand_in.instead["Condition"] = same_content
    answer = asked(stand_in)
    assert (answer.state, len(stand_in.requests)) == (IN_PART, 2)
    assert "repeat" in answer.reason


def _endless(stand_in: StandIn) -> None:
    async def ever_more(request: Request) -> Response:
        number = len(stand_in.requests)
        return JSONResponse(searchset(condition(number), link=next_link(f"?page={number}")))

    stand_in.instead["Condition"] = ever_more


@pytest.mark.parametrize("most", [1, 5])
def test_endless_pages_end_at_the_limit(most: int, stand_in: StandIn) -> None:
    _endless(stand_in)
    answer = asked(stand_in, pages=most, seconds=20)
    assert (answer.state, len(stand_in.requests), len(answer.entries)) == (IN_PART, most, most)
    assert f"more than {most} pages" in answer.reason


@pytest.mark.parametrize(("most", "state", "pages"), [(7, IN_FULL, 3), (6, IN_PART, 3), (3, IN_PART, 2)])
def test_the_number_of_resources_is_bounded(most: int, state: Answered, pages: int, stand_in: StandIn) -> None:
    stand_in.records["p1"] = [condition(number) for number in range(7)]
    stand_in.page_size = 3
    answer = asked(stand_in, resources=most)
    assert (answer.state, len(stand_in.requests)) == (state, pages)


def test_a_further_page_that_fails_leaves_what_was_read(stand_in: StandIn) -> None:
    async def breaks_off(request: Request) -> Response:
        if len(stand_in.requests) == 1:
            return JSONResponse(searchset(condition(1), link=next_link("?page=2")))
        return Response(status_code=500)

    stand_in.instead["Condition"] = breaks_off
    answer = asked(stand_in)
    assert (answer.state, len(answer.entries)) == (IN_PART, 1)
    assert "a further page: answered with status 500" in answer.reason


# --- size and time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("room", "state"), [(-1, FAILED), (0, IN_FULL), (1, IN_FULL)])
def test_bytes_are_counted_as_unpacked(packed: bool, room: int, state: Answered, stand_in: StandIn) -> None:
    body = json.dumps(searchset(condition(1))).encode()
    headers = {"content-encoding": "gzip"} if packed else {}
    stand_in.instead["Condition"] = always(gzip.compress(body, mtime=0) if packed else body, headers=headers)
    assert asked(stand_in, bytes=len(body) + room).state is state


def test_a_gzip_bomb_is_not_unpacked(stand_in: StandIn) -> None:
    bomb = gzip.compress(b" " * 60_000_000, mtime=0)  # less than one piece of it as it is sent
    stand_in.instead["Condition"] = always(bomb, headers={"content-encoding": "gzip"})
    tracemalloc.start()
    answer = asked(stand_in, bytes=1_000_000, seconds=20)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.state, answer.reason) == (FAILED, "the answers are larger than 1000000 bytes together")
    assert most < 20_000_000


@pytest.mark.parametrize(
    ("body", "encoding", "state"),
    [
        (gzip.compress(b'{"resourceType":', mtime=0) + gzip.compress(b'"Bundle"}', mtime=0), "gzip", IN_FULL),
        (gzip.compress(json.dumps(searchset()).encode(), mtime=0)[:-9], "gzip", FAILED),
        (b"not packed", "gzip", FAILED),
        (json.dumps(searchset()).encode(), "identity", IN_FULL),
        (b"whatever", "br", FAILED),
        (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "gzip, gzip", FAILED),
    ],
)
def test_packed_answers(body: bytes, encoding: str, state: Answered, stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(body, headers={"content-encoding": encoding})
    assert asked(stand_in).state is state


def test_an_answer_that_never_comes_is_given_up(stand_in: StandIn) -> None:
    async def hang(_request: Request) -> Response:
        await asyncio.sleep(3)
        return Response()

    stand_in.instead["Condition"] = hang
    begun = time.monotonic()
    answer = asked(stand_in, seconds=0.3)
    assert (answer.state, answer.reason) == (FAILED, "no answer within 0.3 s")
    assert time.monotonic() - begun < 1.5


def test_an_answer_that_trickles_is_given_up(stand_in: StandIn) -> None:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" "
            await asyncio.sleep(0.05)

    async def trickle(_request: Request) -> Response:
        return StreamingResponse(drops(), media_type="application/json")

    stand_in.instead["Condition"] = trickle
    assert asked(stand_in, seconds=0.3).reason == "no answer within 0.3 s"


def test_a_server_that_is_not_there() -> None:
    answer = asked(StandIn(base="http://127.0.0.1:1/fhir"))
    assert (answer.state, answer.reason) == (FAILED, "the server could not be asked (ConnectError)")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "state", "requests"),
    [
        ({"retry-after": "0"}, IN_FULL, 2),
        ({"retry-after": f"Fri, 20 Nov 2026 10:00:00 +{'9' * 20}", "date": "x"}, IN_FULL, 2),
        ({"retry-after": "Fri, 20 Nov 2026 10:00:00 GMT", "date": "Fri, 20 Nov 2026 10:00:00 GMT"}, IN_FULL, 2),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT", "date": "Fri, 20 Nov 2026 10:00:00 GMT"}, FAILED, 1),
        ({"retry-after": "60"}, FAILED, 1),
        ({"retry-after": "soon"}, IN_FULL, 2),
        ({}, IN_FULL, 2),
    ],
)
def test_a_busy_server_is_waited_for_while_there_is_time(
    status: int, headers: dict[str, str], state: Answered, requests: int, stand_in: StandIn
) -> None:
    async def busy_once(request: Request) -> Response:
        busy = len(stand_in.requests) == 1
        return await (always(b"", status, headers) if busy else always(searchset()))(request)

    stand_in.instead["Condition"] = busy_once
    assert (asked(stand_in).state, len(stand_in.requests)) == (state, requests)


def test_a_server_that_stays_busy_is_left(stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(b"", 503, headers={"retry-after": "0"})
    assert (asked(stand_in).state, len(stand_in.requests)) == (FAILED, 4)


def test_no_more_questions_at_once_than_allowed(stand_in: StandIn) -> None:
    open_now = most = 0

    async def counted(_request: Request) -> Response:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        return JSONResponse(searchset())

    async def many(server: FhirServer) -> Answer:
        answers = await asyncio.gather(*(server.search(f"{QUERY}&n={n}", "Condition") for n in range(12)))
        return answers[-1]

    stand_in.instead["Condition"] = counted
    assert asked(stand_in, many, parallel=3).state is IN_FULL
    assert most == 3


# --- the token --------------------------------------------------------------------------------------------------------


def test_the_token_is_sent_as_bearer(stand_in: StandIn) -> None:
    asked(stand_in)
    assert stand_in.requests[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int, stand_in: StandIn) -> None:
    async def elsewhere(_request: Request) -> Response:
        return RedirectResponse(f"{stand_in.base}/Elsewhere", status)

    stand_in.instead["Condition"] = elsewhere
    answer = asked(stand_in)
    assert (answer.state, len(stand_in.requests)) == (FAILED, 1)
    assert answer.reason == f"answered with status {status}; redirects are not followed"


def test_no_cookie_is_sent(stand_in: StandIn) -> None:
    stand_in.instead["Condition"] = always(searchset(), headers={"set-cookie": "session=of-another-user; Path=/"})

    async def twice(server: FhirServer) -> Answer:
        await server.search(QUERY, "Condition")
        return await server.search(QUERY, "Condition")

    asked(stand_in, twice)
    assert [request.headers.get("cookie") for request in stand_in.requests] == [None, None]


@pytest.mark.parametrize(
    ("base", "token"),
    [
        ("", None),
        ("ftp://fhir.example", None),
        ("fhir.example/r4", None),
        ("https://user:word@fhir.example/r4", None),
        ("https://fhir.example/r4?tenant=1", None),
        ("https://fhir.example/r4?", None),
        ("https://fhir.example/r4#part", None),
        ("https://", None),
        ("https://fhir.example/r4", ""),
        ("https://fhir.example/r4", "two words"),
        ("https://fhir.example/r4", "line\r\nbreak"),
        ("https://fhir.example/r4", "schlüssel"),
    ],
)
def test_addresses_and_tokens_that_cannot_be_used(base: str, token: str | None) -> None:
    async def make() -> None:
        async with httpx.AsyncClient() as client:
            FhirServer(client, base, token)

    with pytest.raises(ServerAddressError):
        asyncio.run(make())


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("Medication/m1", "Medication/m1"),
        ("Medication/m1/_history/2", "Medication/m1"),
        ("{base}/Medication/m1", "Medication/m1"),
        ("http://elsewhere.example/fhir/Medication/m1", None),
        ("Medication/..", None),
        ("Medication/m1?_include=x", None),
        ("Medication/a/b", None),
        ("#m1", None),
        ("urn:uuid:1", None),
    ],
)
def test_which_references_lie_on_the_server(reference: str, name: str | None, stand_in: StandIn) -> None:
    async def make() -> str | None:
        async with httpx.AsyncClient() as client:
            return FhirServer(client, stand_in.base).names(reference.format(base=stand_in.base))

    assert asyncio.run(make()) == name
