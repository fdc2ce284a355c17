"""Where the socket matters: bodies in pieces, slow bodies, HEAD, redirects, browsers, and a worker that is killed."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cds_hooks_schema import check_cards, check_discovery, check_outcome
from ehr import BOYS_ID
from hook_client import PATIENT_VIEW, call, example, prefetch_of
from served import START_SECONDS, serving
from wires import Wire, on_a_socket

from trialsieve.service.app import create_app
from trialsieve.service.settings.service_settings import Settings

states = pytest.mark.states
HOST = b"Host: trials.example.org\r\n"
JSON_TYPE = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
PATH = PATIENT_VIEW.encode()


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Wire]:
    """The whole service, for one trial: bodies of 500 kB within 1.5 seconds."""
    folder = tmp_path_factory.mktemp("wire")
    settings = Settings(data_folder=folder, trials=("SENL-T7",), body_bytes=500_000, body_seconds=1.5)
    with on_a_socket(create_app(settings), whole=True) as listening:
        yield listening


class Answer:
    """Status, headers and body of an answer as it stood on the wire."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.content = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }

    def json(self) -> Any:
        return json.loads(self.content)


def head(method: bytes, path: bytes, *lines: bytes) -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\n" + HOST + b"".join(lines) + b"\r\n"


def request_body(wire: Wire) -> bytes:
    """A whole call about the boy."""
    found = httpx.get(f"http://127.0.0.1:{wire.port}/cds-services").json()["services"][0]["prefetch"]
    return json.dumps(call(BOYS_ID, prefetch_of(example("SENL-T7/eligible-boy"), found))).encode()


def chunk(part: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(part), part)


@states("6/S2:499", "1/S2:16")
def test_a_body_in_pieces_is_a_body(wire: Wire) -> None:
    body = request_body(wire)
    pieces = [chunk(body[at : at + 7_001]) for at in range(0, len(body), 7_001)]
    answer = Answer(wire.send(head(b"POST", PATH, JSON_TYPE, CHUNKED), *pieces, chunk(b"")))
    assert answer.status == 200
    check_cards(answer.json())
    assert answer.json()["cards"]


@states("6/GOOD/size", "6/GOOD/statuses")
def test_a_body_that_is_too_large_in_pieces_is_413(wire: Wire) -> None:
    pieces = [chunk(b'{"x": "' + b"x" * 100_000) for _ in range(6)]
    answer = Answer(wire.send(head(b"POST", PATH, JSON_TYPE, CHUNKED), *pieces, chunk(b"")))
    assert answer.status == 413
    check_outcome(answer.json())


@states("6/GOOD/statuses", "10/GOOD/budget")
def test_a_body_that_does_not_end_is_408(wire: Wire) -> None:
    begun = time.monotonic()
    answer = Answer(wire.send(head(b"POST", PATH, JSON_TYPE, b"Content-Length: 1000\r\n"), b'{"hook":'))
    assert time.monotonic() - begun < 8
    assert answer.status == 408
    check_outcome(answer.json())
    assert answer.headers["access-control-allow-origin"] == "*"


@states("9/S2:1009")
@pytest.mark.parametrize("path", [b"/cds-services", PATH, PATH + b"/feedback"])
def test_a_browser_asks_first(wire: Wire, path: bytes) -> None:
    asks = b"Origin: https://sandbox.example.org\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n"
    answer = Answer(wire.send(head(b"OPTIONS", path, asks)))
    assert answer.status in {200, 204}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.content == b""


@states("2/GOOD/slash")
@pytest.mark.parametrize("path", [b"/cds-services", b"/cds-services/"])
def test_head_is_answered_as_get_without_a_body(wire: Wire, path: bytes) -> None:
    got = Answer(wire.send(head(b"GET", path)))
    asked = Answer(wire.send(head(b"HEAD", path, b"Connection: close\r\n")))
    assert (got.status, asked.status, asked.content) == (200, 200, b"")
    assert asked.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
    assert asked.headers["etag"] == got.headers["etag"]
    check_discovery(got.json())


@states("2/GOOD/slash")
def test_a_post_is_not_redirected(wire: Wire) -> None:
    body = request_body(wire)
    length = b"Content-Length: %d\r\n" % len(body)
    answer = Answer(wire.send(head(b"POST", PATH + b"/", JSON_TYPE, length), body))
    assert answer.status == 200
    check_cards(answer.json())


@states("6/S3:817")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [(b"GET", PATH, 405), (b"GET", b"/cds-services//", 404), (b"POST", b"/cds-services/..%2f", 404)],
)
def test_errors_on_the_wire_are_outcomes(wire: Wire, method: bytes, path: bytes, status: int) -> None:
    answer = Answer(wire.send(head(method, path, JSON_TYPE, b"Content-Length: 2\r\n"), b"{}"))
    assert answer.status == status
    assert answer.headers["content-type"] == "application/fhir+json"
    check_outcome(answer.json())


@states("13/AHRQ/crash")
def test_a_client_that_goes_away_harms_nobody(wire: Wire) -> None:
    body = request_body(wire)
    for part in (body[:1000], body):
        with socket.create_connection(("127.0.0.1", wire.port)) as connection:
            connection.sendall(head(b"POST", PATH, JSON_TYPE, b"Content-Length: %d\r\n" % len(body)) + part)
    answer = Answer(wire.send(head(b"GET", b"/health")))
    assert answer.status == 200


@states("13/AHRQ/crash")
def test_a_worker_that_is_killed_in_a_request_is_replaced_and_what_it_kept_is_there(tmp_path: Path) -> None:
    with serving(tmp_path, "--trial", "SENL-T7") as alone:
        asked = httpx.get(f"{alone.url}/cds-services").json()["services"][0]["prefetch"]
        body = json.dumps(call(BOYS_ID, prefetch_of(example("SENL-T7/eligible-boy"), asked))).encode()
        url = f"{alone.url}{PATIENT_VIEW}"
        first = httpx.post(url, content=body, headers={"Content-Type": "application/json"}).json()
        (link,) = first["cards"][0]["links"]
        kept = re.sub(r".*/explanations/", "/results/", link["url"])
        ends = time.monotonic() + 10
        while httpx.get(f"{alone.url}{kept}").status_code != 200:
            assert time.monotonic() < ends
        time.sleep(1.0)  # the writer writes what is queued
        begun = head(b"POST", PATH, JSON_TYPE, b"Content-Length: %d\r\n" % len(body)).removesuffix(b"\r\n")
        assert alone.killed_in_a_request(begun, body[: len(body) // 2]) == b"", "no answer, and no half of one"
        again = httpx.post(url, content=body, headers={"Content-Type": "application/json"}, timeout=START_SECONDS)
        check_cards(again.json())
        assert [card["summary"] for card in again.json()["cards"]] == [card["summary"] for card in first["cards"]]
        assert httpx.get(f"{alone.url}{kept}").status_code == 200
        assert len(alone.workers()) == 2
