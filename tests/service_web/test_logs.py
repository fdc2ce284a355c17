"""One line of JSON for each request, and nothing in any line that tells of a patient or lets somebody in."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest
import structlog
from fastapi import Request

from trialsieve.service.web.logs import configure_logs
from trialsieve.service.web.notes import note_caller, note_count, note_hook

Small = Callable[..., Any]
Lines = Callable[[], list[dict[str, Any]]]

SECRET: Final = "Winterbottom"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """The lines of the log since the last time; afterwards, logging is as it was."""
    handlers, level = logging.root.handlers[:], logging.root.level
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "sqlalchemy", "asyncio", "alembic")}
    configured = structlog.get_config()
    monkeypatch.setattr(logging, "raiseExceptions", True)
    standard_error = io.StringIO()
    monkeypatch.setattr("sys.stderr", standard_error)
    configure_logs("info")

    def read() -> list[dict[str, Any]]:
        written = standard_error.getvalue()
        standard_error.seek(0)
        standard_error.truncate()
        return [json.loads(line) for line in written.splitlines()]

    yield read
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.configure(**configured)


def test_one_line_a_request(small: Small, lines: Lines) -> None:
    answer = small().ask("GET", f"/fine/{SECRET}?patient={SECRET}", headers={"Authorization": f"Bearer {SECRET}"})
    (line,) = lines()
    assert line.pop("request_id") == answer.headers["x-request-id"]
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "trialsieve.request",
        "method": "GET",
        "route": "/fine/{name}",
        "status": 200,
    }


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", f"/{SECRET}", "unmatched", 404),
        ("POST", f"/json?x={SECRET}", "/json", 400),
        ("GET", f"/typed?number={SECRET}", "/typed", 400),
        ("GET", "/bug", "/bug", 500),
        ("GET", "/group", "/group", 500),
        ("GET", "/own-timeout", "/own-timeout", 500),
        ("GET", "/framework", "/framework", 418),
        (SECRET.upper(), "/json", "/json", 405),
        ("HEAD", f"/fine/{SECRET}/", "/fine/{name}", 200),
    ],
)
def test_nothing_of_the_request_itself(
    small: Small, lines: Lines, method: str, path: str, route: str, status: int
) -> None:
    body = json.dumps({"name": SECRET}).encode()[:-1]
    answer = small().ask(method, path, content=body, headers={"Authorization": f"Bearer {SECRET}", SECRET: SECRET})
    assert answer.status_code == status
    told = lines()
    assert (told[-1]["route"], told[-1]["status"]) == (route, status)
    assert SECRET.casefold() not in json.dumps(told).casefold()


def test_a_fault_is_logged_by_its_type_and_place_under_the_id_that_the_answer_names(small: Small, lines: Lines) -> None:
    answer = small().ask("GET", "/bug")
    fault, request = lines()
    assert (fault["level"], fault["error_type"]) == ("error", "ValueError")
    assert fault["where"][-1].startswith("conftest.py:")
    assert fault["where"][-1].endswith(":bug")
    assert fault["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert request["level"] == "error"


def test_what_other_libraries_log_is_cut_down(lines: Lines) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://ehr.example.org/Patient/%s", SECRET)
    logging.getLogger("uvicorn.access").info(SECRET)
    logging.getLogger("sqlalchemy.engine.Engine").info("INSERT INTO results VALUES (%s)", SECRET)
    try:
        int(SECRET)
    except ValueError as error:
        logging.getLogger("sqlalchemy.pool").exception("failed for %s", SECRET)
        logging.getLogger("trialsieve.engine").exception("the rule engine failed")
        logging.getLogger("asyncio").error("Task exception\nfuture: %r", error)  # noqa: TRY400
        structlog.stdlib.get_logger("trialsieve.x").exception("odd")
    told = lines()
    assert SECRET not in json.dumps(told)
    assert [(line["event"], line.get("error_type")) for line in told] == [
        ("an error of a library", "ValueError"),
        ("the rule engine failed", "ValueError"),
        ("Task exception", None),
        ("odd", "ValueError"),
    ]


def test_what_a_request_may_note(small: Small, lines: Lines) -> None:
    made = small()

    async def noting(request: Request) -> None:
        note_caller(request.scope, "main hospital", "north", "one of many")
        note_hook(request.scope, "patient-view", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea")
        note_count(request.scope, "cards", 3)

    made.app.add_api_route("/noting", noting)
    made.ask("GET", "/noting")
    (line,) = lines()
    assert (line["caller"], line["hook"], line["cards"]) == ("main hospital", "patient-view", 3)
    assert line["tenant"] == "north"
    assert len(line["hook_instance_sha256"]) == len(line["jti_sha256"]) == 16
    assert not re.search("d1577c69|one of many", json.dumps(line))


def test_requests_at_once_do_not_mix_their_ids(small: Small, lines: Lines) -> None:
    made = small()

    async def together() -> set[str]:
        transport = httpx.ASGITransport(app=made.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            answers = await asyncio.gather(*(client.get("/bug") for _ in range(5)))
            return {answer.headers["x-request-id"] for answer in answers}

    ids = asyncio.run(together())
    assert len(ids) == 5
    told = [line["request_id"] for line in lines()]
    assert sorted(told) == sorted([*ids, *ids])


def test_metrics_count_by_route_and_never_by_what_was_asked(small: Small) -> None:
    made = small()
    made.ask("GET", f"/fine/{SECRET}?x={SECRET}")
    made.ask("GET", f"/{SECRET}")
    made.ask(SECRET.upper(), "/json")
    text = made.metrics.text().decode()
    assert 'trialsieve_requests_total{method="GET",route="/fine/{name}",status="200"} 1.0' in text
    assert 'trialsieve_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'trialsieve_requests_total{method="unmatched",route="/json",status="405"} 1.0' in text
    assert "trialsieve_requests_in_progress 0.0" in text
    assert SECRET.casefold() not in text.casefold()
