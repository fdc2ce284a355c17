"""What a request may cost, over a real socket where it matters how the bytes come."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def post(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def chunks(*sizes: int) -> list[bytes]:
    return [b"%x\r\n%s\r\n" % (size, b"x" * size) for size in sizes] + [b"0\r\n\r\n"]


@pytest.mark.parametrize("path", ["/raw", "/careless", "/unread"])
@pytest.mark.parametrize(("size", "expected"), [(999, 200), (1000, 200), (1001, 413), (100_000, 413)])
def test_the_size_that_is_announced(wire: Any, path: str, size: int, expected: int) -> None:
    answer = wire.send(post(path, f"Content-Length: {size}"), b"x" * size)
    assert status(answer) == expected
    assert (b"OperationOutcome" in answer) is (expected == 413)


@pytest.mark.parametrize("path", ["/raw", "/careless"])
@pytest.mark.parametrize(
    ("sizes", "expected"), [([999], 200), ([400, 600], 200), ([400, 601], 413), ([1] * 1001, 413), ([100_000], 413)]
)
def test_the_size_that_is_not_announced(wire: Any, path: str, sizes: list[int], expected: int) -> None:
    answer = wire.send(post(path, "Transfer-Encoding: chunked"), b"".join(chunks(*sizes)))
    assert status(answer) == expected


def test_a_body_without_end_is_answered_and_cut_off(wire: Any) -> None:
    began = time.monotonic()
    part = b"%x\r\n%s\r\n" % (50_000, b"x" * 50_000)
    answer = wire.send(post("/raw", "Transfer-Encoding: chunked"), *([part] * 200))
    assert answer == b"" or status(answer) == 413
    assert time.monotonic() - began < 8


def test_a_size_beyond_reason_is_refused_before_it_is_sent(wire: Any) -> None:
    answer = wire.send(post("/raw", "Content-Length: 99999999999", "Expect: 100-continue"))
    assert status(answer) == 413
    assert b"100 Continue" not in answer


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "gzip, identity"])
def test_a_compressed_body_is_not_unpacked(wire: Any, encoding: str) -> None:
    body = gzip.compress(b"x" * 100_000)
    answer = wire.send(post("/raw", f"Content-Encoding: {encoding}", f"Content-Length: {len(body)}"), body)
    assert status(answer) == 415


def test_identity_is_no_compression(wire: Any) -> None:
    assert status(wire.send(post("/raw", "Content-Encoding: identity", "Content-Length: 1"), b"x")) == 200


@pytest.mark.parametrize("path", ["/raw", "/careless"])
def test_a_body_that_comes_too_slowly(wire: Any, path: str) -> None:
    began = time.monotonic()
    answer = wire.send(post(path, "Content-Length: 10"), *([b"x"] * 9), wait=0.25)
    assert status(answer) == 408
    assert time.monotonic() - began < 8


def test_a_slow_body_that_is_soon_enough(wire: Any) -> None:
    assert status(wire.send(post("/raw", "Content-Length: 3"), *([b"x"] * 3), wait=0.05)) == 200


def test_an_answer_that_takes_too_long(wire: Any) -> None:
    began = time.monotonic()
    assert status(wire.send(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")) == 503
    assert 1.9 < time.monotonic() - began < 8


def test_a_client_that_goes_away_harms_nobody(wire: Any) -> None:
    import socket

    for _ in range(5):
        with socket.create_connection(("127.0.0.1", wire.port)) as connection:
            connection.sendall(post("/raw", "Content-Length: 10") + b"x")
    assert status(wire.send(b"GET /fine/x HTTP/1.1\r\nHost: x\r\n\r\n")) == 200


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"GET /fine/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_rubbish_harms_nobody(wire: Any, rubbish: bytes) -> None:
    answer = wire.send(rubbish, reading=2)
    assert answer == b"" or 400 <= status(answer) < 500
    assert status(wire.send(b"GET /fine/x HTTP/1.1\r\nHost: x\r\n\r\n")) == 200


def test_only_so_many_at_once_and_supervisors_always(small: Callable[..., Any]) -> None:
    made = small(requests_at_once=2)
    go, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def health() -> dict[str, str]:
        return {"status": "ok"}

    async def held() -> None:
        begun.release()
        await go.wait()

    made.app.add_api_route("/health", health)
    made.app.add_api_route("/held", held)

    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=made.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            waiting = [asyncio.create_task(client.get("/held")) for _ in range(2)]
            for _ in waiting:
                await begun.acquire()
            refused, healthy = await client.get("/fine/x"), await client.get("/health")
            go.set()
            await asyncio.gather(*waiting)
            return [refused, healthy, await client.get("/fine/x")]

    refused, healthy, afterwards = asyncio.run(together())
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["issue"][0]["code"] == "throttled"
    assert (healthy.status_code, afterwards.status_code) == (200, 200)
