"""How long a FHIR server is waited for, how much of its answer is read, and how often it is asked."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from fhir_questions import FAILED, IN_FULL, QUERY, always, asked, condition
from stand_in import StandIn, searchset
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from trialsieve.fhir_adapters.servers.answers import Answer, Answered
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer


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
