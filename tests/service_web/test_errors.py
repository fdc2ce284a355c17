"""Every error is an OperationOutcome that a browser of another origin can read, and that says nothing of the inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

Small = Callable[..., Any]

SECRET: Final = "Winterbottom"

JSON: Final = {"Content-Type": "application/json"}

CASES: Final[list[tuple[str, str, dict[str, Any], int, str]]] = [
    ("GET", "/ours", {}, 412, "incomplete"),
    ("GET", "/nowhere", {}, 404, "not-found"),
    ("POST", "/nowhere", {}, 404, "not-found"),
    ("DELETE", "/fine/x", {}, 405, "not-supported"),
    ("GET", "/json", {}, 405, "not-supported"),
    ("MADEUP", "/json", {}, 405, "not-supported"),
    ("GET", "/typed", {}, 400, "value"),
    ("GET", f"/typed?number={SECRET}", {}, 400, "value"),
    ("GET", "/typed?number=0", {}, 400, "value"),
    ("POST", "/json", {}, 400, "required"),
    ("POST", "/json", {"content": b"{", "headers": JSON}, 400, "structure"),
    ("POST", "/json", {"content": b"[]", "headers": JSON}, 400, "structure"),
    ("POST", "/json", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "not-supported"),
    ("POST", "/json", {"content": b"{}", "headers": {"Content-Encoding": "gzip"}}, 415, "not-supported"),
    ("POST", "/json", {"content": b" " * 2000, "headers": JSON}, 413, "too-long"),
    ("GET", "/framework", {}, 418, "processing"),
    ("GET", "/bug", {}, 500, "exception"),
    ("GET", "/group", {}, 500, "exception"),
    ("GET", "/own-timeout", {}, 500, "exception"),
    ("GET", "/slow", {}, 503, "timeout"),
]


@pytest.mark.parametrize(("method", "path", "further", "status", "code"), CASES)
def test_every_error(method: str, path: str, further: dict[str, Any], status: int, code: str, small: Small) -> None:
    made = small(body_bytes=1000, request_seconds=0.2 if path == "/slow" else 60)
    headers = {**further.get("headers", {}), "Origin": "https://browser.example.org"}
    answer = made.ask(method, path, **{**further, "headers": headers})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    outcome = answer.json()
    assert set(outcome) == {"resourceType", "issue"}
    (issue,) = outcome["issue"]
    assert (outcome["resourceType"], issue["severity"], issue["code"]) == ("OperationOutcome", "error", code)
    assert issue["diagnostics"]
    assert SECRET not in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers["x-request-id"]) == 36


def test_headers_that_an_error_needs(small: Small) -> None:
    made = small()
    assert made.ask("GET", "/ours").headers["retry-after"] == "7"
    assert made.ask("DELETE", "/fine/x").headers["allow"] == "GET"
    assert small(request_seconds=0.2).ask("GET", "/slow").headers["retry-after"] == "1"
    gzipped = made.ask("POST", "/json", content=b"x", headers={"Content-Encoding": "gzip"})
    assert gzipped.headers["accept-encoding"] == "identity"


def test_a_wrong_parameter_is_named_with_what_is_needed(small: Small) -> None:
    said = small().ask("GET", "/typed?number=0").json()["issue"][0]["diagnostics"]
    assert said == "The request is wrong: query.number: Input should be greater than or equal to 1."


def test_an_answer_that_broke_off_is_not_made_to_look_complete(wire: Any) -> None:
    answer = wire.send(b"GET /breaks-off HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"begun" in answer
    assert not answer.endswith(b"0\r\n\r\n")
    assert SECRET.encode() not in answer


# --- paths and methods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/fine/x/", 200), ("POST", "/json/", 200), ("POST", "/json//", 404), ("GET", "/", 404)],
)
def test_a_slash_at_the_end_makes_no_difference_and_nothing_is_redirected(
    small: Small, method: str, path: str, status: int
) -> None:
    assert small().ask(method, path, content=b'{"a": 1}' if method == "POST" else None).status_code == status


def test_head_is_get_without_the_body(small: Small) -> None:
    made = small()
    get, head = made.ask("GET", "/fine/x"), made.ask("HEAD", "/fine/x")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert made.ask("HEAD", "/nowhere").status_code == 404
    assert made.ask("HEAD", "/json").status_code == 405


def test_every_answer_keeps_browsers_from_doing_more_with_it(small: Small) -> None:
    for path in ("/fine/x", "/nowhere", "/bug"):
        headers = small(public_url="https://t.example.org", allow_unauthenticated=True).ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in small().ask("GET", "/fine/x").headers


# --- cross-origin requests --------------------------------------------------------------------------------------------

HOME: Final = "https://ehr.example.org"


def preflight(made: Any, path: str, origin: str = HOME) -> Any:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    return made.ask("OPTIONS", path, headers=asked)


@pytest.mark.parametrize("path", ["/json", "/fine/x", "/bug", "/nowhere", "/"])
def test_a_preflight_request_of_any_path(small: Small, path: str) -> None:
    answer = preflight(small(), path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"GET", "POST", "OPTIONS"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    assert {"authorization", "content-type"} <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (HOME, True),
        ("https://sandbox.example.org:8443", True),
        ("https://EHR.example.org", True),
        ("http://ehr.example.org", False),
        ("https://ehr.example.org.evil.org", False),
        ("https://evil.org", False),
        ("null", False),
    ],
)
def test_only_listed_origins(small: Small, origin: str, allowed: bool) -> None:
    made = small(cors_origins=(HOME, "https://sandbox.example.org:8443"))
    for answer in (
        preflight(made, "/json", origin),
        made.ask("GET", "/fine/x", headers={"Origin": origin}),
        made.ask("GET", "/bug", headers={"Origin": origin}),
    ):
        assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert answer.headers["vary"] == "Origin"
    assert ("access-control-allow-methods" in preflight(made, "/json", origin).headers) is allowed


def test_without_an_origin_nothing_is_echoed(small: Small) -> None:
    answer = small(cors_origins=(HOME,)).ask("GET", "/fine/x")
    assert "access-control-allow-origin" not in answer.headers


def test_options_that_is_no_preflight_is_a_method_like_any_other(small: Small) -> None:
    assert small().ask("OPTIONS", "/json").status_code == 405
