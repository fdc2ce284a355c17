"""What large bodies a worker holds at once: others wait for their turn, and small ones never do."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import orjson
import pytest
from fastapi import Request

from trialsieve.fhir_adapters.elements.json_value import json_value
from trialsieve.service.web import json_body, json_pieces, limits
from trialsieve.service.web.json_pieces import PARSED_ASIDE, parsed_json
from trialsieve.service.web.large_bodies import LargeBodies

MOST = 100


async def taken(bodies: LargeBodies, *sizes: int) -> list[bool]:
    """Which of these are held, when they come one after the other."""
    tasks = [asyncio.create_task(bodies.take(size)) for size in sizes]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    held = [task.done() for task in tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return held


@pytest.mark.parametrize(
    ("sizes", "held"),
    [
        ([100], [True]),
        ([101], [True]),  # larger than all that may be held, and nothing else is
        ([1, 100], [True, False]),
        ([60, 40], [True, True]),
        ([60, 41], [True, False]),
        ([60, 41, 1], [True, False, False]),  # first come, first served: otherwise large ones would never have a turn
    ],
)
def test_what_is_held_at_once(sizes: list[int], held: list[bool]) -> None:
    assert asyncio.run(taken(LargeBodies(MOST), *sizes)) == held


def test_who_stops_waiting_holds_nothing_and_holds_up_nobody() -> None:
    async def leave() -> int:
        bodies = LargeBodies(MOST)
        await bodies.take(60)
        large, small = asyncio.create_task(bodies.take(100)), asyncio.create_task(bodies.take(40))
        await asyncio.sleep(0)
        large.cancel()
        async with asyncio.timeout(5):
            await small
        bodies.give_back(60)
        given_up = asyncio.create_task(bodies.take(100))
        await asyncio.sleep(0)
        bodies.give_back(40)  # its turn comes at the moment at which it stops waiting
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        return bodies.held

    assert asyncio.run(leave()) == 0


# --- requests ---------------------------------------------------------------------------------------------------------

SMALL, LARGE = 1000, 1001
REQUEST_SECONDS = 60


@pytest.fixture
def making(small: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Bodies above 1,000 bytes are large; a request to `/held` is answered when its event is set.

    What has to wait does so for `waits` seconds: long, where its turn comes, for the machine may be busy.
    """
    monkeypatch.setattr(limits, "LARGE_BYTES", SMALL)

    def make(*, waits: float = 30, **settings: Any) -> Any:
        monkeypatch.setattr(limits, "WAITING_PART", waits / REQUEST_SECONDS)
        limited = {"body_bytes": 2000, "large_bodies_bytes": 2000, "request_seconds": REQUEST_SECONDS, **settings}
        app = small(**limited)
        app.go, app.holds = asyncio.Event(), asyncio.Event()

        async def held(request: Request) -> dict[str, int]:
            body = await request.body()
            app.holds.set()
            await app.go.wait()
            return {"bytes": len(body)}

        app.app.add_api_route("/held", held, methods=["POST"])
        return app

    return make


@pytest.fixture
def made(making: Callable[..., Any]) -> Any:
    """With room for one of the largest."""
    return making()


async def parts(size: int) -> AsyncIterator[bytes]:
    """A body whose size nobody says beforehand."""
    for _ in range(size):
        yield b"x"
    await asyncio.sleep(0.01)


async def while_one_is_held(
    made: Any, held: int, *bodies: Any, headers: dict[str, str] | None = None
) -> tuple[httpx.Response, list[httpx.Response]]:
    transport = httpx.ASGITransport(app=made.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        holding = asyncio.create_task(client.post("/held", content=b"x" * held))
        await made.holds.wait()
        answers = [await client.post("/raw", content=body, headers=headers) for body in bodies]
        made.go.set()
        return await holding, answers


@pytest.mark.parametrize(
    ("held", "size", "status"),
    [(LARGE, 999, 200), (LARGE, SMALL, 200), (LARGE, LARGE, 503), (SMALL, 2000, 200), (2000, SMALL, 200)],
)
@pytest.mark.parametrize("announced", [True, False])
def test_a_large_body_waits_and_a_small_one_does_not(
    making: Callable[..., Any], held: int, size: int, status: int, announced: bool
) -> None:
    body = b"x" * size if announced else parts(size)
    made = making(waits=0.2 if status == 503 else 30)
    holding, (answer,) = asyncio.run(while_one_is_held(made, held, body))
    assert (holding.status_code, answer.status_code) == (200, status)
    if status == 503:
        assert answer.json()["issue"][0]["code"] == "throttled"
        assert "large_bodies_bytes" in answer.json()["issue"][0]["diagnostics"]
        assert answer.headers["retry-after"] == "5"


def test_a_length_that_stands_beside_chunks_is_not_believed(making: Callable[..., Any]) -> None:
    both = {"Content-Length": "1", "Transfer-Encoding": "chunked"}
    _, (answer,) = asyncio.run(while_one_is_held(making(waits=0.2), 1500, parts(LARGE), headers=both))
    assert answer.status_code == 503


def test_what_waited_is_answered_when_its_turn_comes(made: Any) -> None:
    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=made.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            bodies: list[Any] = [b"x" * LARGE, b"x" * 2000, parts(LARGE), b"x" * LARGE]
            asked = [asyncio.create_task(client.post("/held", content=body)) for body in bodies]
            await made.holds.wait()
            await asyncio.sleep(0.1)
            made.go.set()
            answers = await asyncio.gather(*asked)
            return [*answers, await client.post("/held", content=b"x" * 2000)]

    answers = asyncio.run(together())
    assert [answer.status_code for answer in answers] == [200] * 5
    assert [answer.json()["bytes"] for answer in answers] == [LARGE, 2000, LARGE, LARGE, 2000]


@pytest.mark.parametrize(("second", "status"), [(1999, 200), (2000, 503)])
def test_a_body_whose_size_was_not_announced_is_held_as_what_it_is_once_that_is_known(
    second: int, status: int, making: Callable[..., Any]
) -> None:
    app = making(large_bodies_bytes=3000, waits=0.2 if status == 503 else 30)

    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=app.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            holding = asyncio.create_task(client.post("/held", content=parts(LARGE)))
            await app.holds.wait()
            answer = await client.post("/raw", content=b"x" * second)
            app.go.set()
            return [(await holding).status_code, answer.status_code]

    assert asyncio.run(both()) == [200, status]


def test_the_time_that_was_waited_is_not_the_clients(making: Callable[..., Any]) -> None:
    app = making(body_seconds=1)

    async def waited() -> list[int]:
        transport = httpx.ASGITransport(app=app.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            holding = asyncio.create_task(client.post("/held", content=b"x" * LARGE))
            await app.holds.wait()
            waiting = asyncio.create_task(client.post("/raw", content=parts(LARGE)))
            await asyncio.sleep(1.1)
            app.go.set()
            return [(await holding).status_code, (await waiting).status_code]

    assert asyncio.run(waited()) == [200, 200]


# --- parsing ----------------------------------------------------------------------------------------------------------

LONG = '"' + "y" * 60_000 + '"'


@pytest.mark.parametrize(
    "body",
    [
        '{"a": %s}',
        ' \n{"a": %s}\t',
        "[%s, 1]",
        '{"a": NaN, "b": %s}',
        '{"a": 01, "b": %s}',
        '{"a": 1, "b": %s,}',
        '{"a": [1,], "b": %s}',
        '{"a": tru, "b": %s}',
        '{"a": 1 "b": %s}',
        '{"a" 1, "b": %s}',
        '{a: 1, "b": %s}',
        '{"a": "\\q", "b": %s}',
        '{"\\q": 1, "b": %s}',
        '{"\\ud800": 1, "b": %s}',
        '{"\\ud83d\\ude00": "\\ud83d\\ude00", "b": %s}',
        '{"\x01": 1, "b": %s}',
        '{"a": 1, "a": 2, "b": %s}',
        '{"a": 1e999, "b": %s}',
        '{"a": 1e-999, "b": %s}',
        '{"a": 123456789012345678901234567890, "b": %s}',
        '{"b": %s}{}',
        "\ufeff{%s}",
        '{"a": %s',
        '{"a": {"b": [{"c": {"d": {"e": {"f": {"g": %s}}}}}, 2.5, null, "", {}, []]}}',
        "%s",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_body_read_in_pieces_is_what_it_is_as_a_whole(
    body: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_pieces, "PARSED_ASIDE", 100)
    if encoding == "latin-1":  # no UTF-8
        body = body.replace('"a"', '"\xe4"')
    text = body.replace("%s", LONG).encode(encoding, "ignore")

    def outcome(read: Callable[[bytes], Any]) -> Any:
        try:
            return read(text)
        except orjson.JSONDecodeError as error:
            return str(error), error.lineno, error.colno

    assert outcome(parsed_json) == outcome(json_value)


@pytest.mark.parametrize(("levels", "apart"), [(1, True), (5, True), (6, False)])
def test_only_the_outermost_levels_are_taken_apart(levels: int, apart: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is read once more, and somebody may send hundreds."""
    monkeypatch.setattr(json_pieces, "PARSED_ASIDE", 100)
    read: list[int] = []
    monkeypatch.setattr(json_pieces, "json_value", lambda text: read.append(len(text)))
    inner = "[" + ", ".join([LONG] * 2) + "]"
    parsed_json(('{"a": ' * levels + inner + "}" * levels).encode())
    assert len(read) == (2 if apart else 1)


def test_millions_of_tiny_members_are_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_pieces, "_in_pieces", lambda *_: pytest.fail("each of them would take memory"))
    assert parsed_json(b"[" + b"1," * 200_000 + b"1]") == [1] * 200_001


@pytest.mark.parametrize(("size", "aside"), [(PARSED_ASIDE, False), (PARSED_ASIDE + 1, True)])
def test_a_large_body_is_parsed_off_the_event_loop(
    size: int, aside: bool, small: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def noting(body: bytes) -> Any:
        threads.append(threading.current_thread())
        return parsed_json(body)

    monkeypatch.setattr(json_body, "parsed_json", noting)
    body = json.dumps({"a": ""}).encode()
    body = body.replace(b'""', b'"' + b"x" * (size - len(body)) + b'"')
    assert len(body) == size
    assert small().ask("POST", "/json", content=body).status_code == 200
    assert (threads[0] is not threading.main_thread()) is aside


def test_a_name_that_stands_twice_in_a_large_body(small: Callable[..., Any]) -> None:
    long = "x" * PARSED_ASIDE
    answer = small().ask("POST", "/json", content=f'{{"a": {{"b": 1, "b": 2}}, "c": "{long}"}}'.encode())
    assert answer.status_code == 400
    assert "stands twice" in answer.text
