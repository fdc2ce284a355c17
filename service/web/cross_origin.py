"""Cross-origin requests: browsers of the listed origins may call every endpoint, and can read every error.

Tokens travel in the Authorization header, never in cookies; credentials are therefore never allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from trialsieve.service.web.messages import adding_headers

METHODS: Final = "GET, HEAD, POST, OPTIONS"
ALLOWED_HEADERS: Final = "accept, authorization, content-type"
EXPOSED_HEADERS: Final = "ETag, Retry-After, X-Request-Id"
KEPT_SECONDS: Final = "600"


class CrossOrigin:
    """Answers preflight requests of every path, and adds the headers to every other answer."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._all = "*" in origins
        self._origins = frozenset(origin.casefold() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        allowed = self._headers(headers.get("origin"))
        if scope["method"] == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers:
            await _answer_preflight(allowed, send)
            return
        await self._app(scope, receive, adding_headers(send, allowed))

    def _headers(self, origin: str | None) -> dict[str, str]:
        if self._all:
            return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED_HEADERS}
        if origin is None or origin.casefold() not in self._origins:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": EXPOSED_HEADERS,
            "Vary": "Origin",
        }


async def _answer_preflight(allowed: dict[str, str], send: Send) -> None:
    headers = dict(allowed)
    if "Access-Control-Allow-Origin" in allowed:
        headers |= {
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": KEPT_SECONDS,
        }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
