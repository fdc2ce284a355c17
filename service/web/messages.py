"""Small things that the layers around the application share: reading and changing ASGI messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

UNMATCHED: Final = "unmatched"


def adding_headers(send: Send, headers: Mapping[str, str]) -> Send:
    """A `send` that adds headers to the start of a response, where it has none of that name."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = MutableHeaders(scope=message)
            for name, value in headers.items():
                present.setdefault(name, value)
        await send(message)

    return send_with_headers


def route_of(scope: Scope) -> str:
    """The template of the route that answers, such as /results/{id}: the path itself may hold an id."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))
