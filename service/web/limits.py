"""What one request may cost: the size of its body, however it is sent, and the time to send and to answer it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialsieve.service.web.errors import IssueCode, ServiceError, ask_again
from trialsieve.service.web.large_bodies import LARGE_BYTES, LargeBodies

# Asked by supervisors, who must have an answer when everything else is too much.
ALWAYS_ANSWERED: Final = frozenset({"/health", "/ready", "/metrics"})

# Whoever sends too much is listened to a little longer: most clients read no answer before they have sent all.
DRAINED_SECONDS: Final = 2.0
DRAINED_TIMES: Final = 4

# A large body may wait for its turn for this part of the time for the whole answer; the rest is needed to answer it.
WAITING_PART: Final = 0.5

_DEADLINE: Final = "trialsieve.deadline"


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one request, and how many may be answered at once."""

    body_bytes: int
    body_seconds: float
    request_seconds: float
    requests_at_once: int
    large_bodies_bytes: int


def deadline_of(request: Request) -> float:
    """When the time for a request is over, in the time of `time.monotonic`."""
    deadline: float = request.scope[_DEADLINE]
    return deadline


class Limits:
    """Raises a ServiceError for a request that exceeds the budget, also where the application took no notice."""

    def __init__(self, app: ASGIApp, budget: Budget) -> None:
        self._app = app
        self._budget = budget
        self._answering = 0
        self._bodies = LargeBodies(budget.large_bodies_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        if self._answering >= self._budget.requests_at_once:
            raise ask_again("Too many requests are being answered; ask again in a moment.", 1, IssueCode.THROTTLED)
        self._answering += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._answering -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(scope, receive, self._budget, self._bodies)
        scope[_DEADLINE] = time.monotonic() + self._budget.request_seconds
        begun = False

        async def send_unless_failed(message: Message) -> None:
            nonlocal begun
            if body.failure is None or begun:
                begun = True
                await send(message)

        timeout = asyncio.timeout(self._budget.request_seconds)
        try:
            body.check_headers()
            async with timeout:
                await self._app(scope, body.receive, send_unless_failed)
        except Exception:
            if timeout.expired():
                raise _out_of_time(self._budget.request_seconds) from None
            if body.failure is None:
                raise
        finally:
            body.give_back()
        if body.failure is not None and not begun:
            if body.failure.status in {413, 503}:
                await body.drain()
            raise body.failure


class _Body:
    """The body of one request, counted and timed as it comes. Where it is large, it first waits for its turn."""

    def __init__(self, scope: Scope, receive: Receive, budget: Budget, bodies: LargeBodies) -> None:
        self.failure: ServiceError | None = None
        self._headers = Headers(scope=scope)
        self._receive = receive
        self._budget = budget
        self._bodies = bodies
        self._held = 0
        self._announced = 0
        self._taken = 0
        self._complete = False
        self._until: float | None = None

    def check_headers(self) -> None:
        """What can be refused before a byte of the body is read."""
        encoding = self._headers.get("content-encoding", "identity").strip().casefold()
        if encoding not in {"", "identity"}:
            said = "The body is compressed, which is not supported here; send it as it is, without Content-Encoding."
            raise ServiceError(415, IssueCode.NOT_SUPPORTED, said, headers={"Accept-Encoding": "identity"})
        length = self._headers.get("content-length", "")
        if length.isdecimal() and "transfer-encoding" not in self._headers:  # which says how long it really is
            self._announced = int(length[:20])
            if self._announced > self._budget.body_bytes:
                self.failure = _too_large(self._budget.body_bytes)
                raise self.failure

    async def receive(self) -> Message:
        """The next part; raises the failure, which stays."""
        if self._complete:
            return await self._receive()
        if not self._held and max(self._announced, self._taken) > LARGE_BYTES:
            await self._hold(self._announced or self._budget.body_bytes)
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + self._budget.body_seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.failure = _too_slow(self._budget.body_seconds)
            raise self.failure from None
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._taken > self._budget.body_bytes:
                self.failure = _too_large(self._budget.body_bytes)
                raise self.failure
            if self._complete and self._taken < self._held:
                self.give_back(self._held - self._taken)
        return message

    def give_back(self, size: int | None = None) -> None:
        """So many bytes of it are not held any more; without `size` all."""
        if self._held:
            size = self._held if size is None else size
            self._held -= size
            self._bodies.give_back(size)

    async def _hold(self, size: int) -> None:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(WAITING_PART * self._budget.request_seconds):
                await self._bodies.take(size)
        except TimeoutError:
            self.failure = _too_many_large()
            raise self.failure from None
        self._held = size
        if self._until is not None:  # the client was kept waiting, not the other way round
            self._until += asyncio.get_running_loop().time() - began

    async def drain(self) -> None:
        """Takes what still comes, and forgets it, within bounds; not from a client that asks before it sends."""
        if "expect" in self._headers:
            return
        taken = 0
        try:
            async with asyncio.timeout(DRAINED_SECONDS):
                while not self._complete and taken < DRAINED_TIMES * self._budget.body_bytes:
                    message = await self._receive()
                    taken += len(message.get("body", b""))
                    self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        except TimeoutError:
            pass


def _too_large(most: int) -> ServiceError:
    said = f"The body is larger than {most} bytes, the most that is taken here (setting body_bytes)."
    return ServiceError(413, IssueCode.TOO_LONG, said, headers={"Connection": "close"})


def _too_many_large() -> ServiceError:
    said = "Too many large bodies are being answered; ask again in a moment (setting large_bodies_bytes)."
    return ServiceError(503, IssueCode.THROTTLED, said, headers={"Retry-After": "5", "Connection": "close"})


def _too_slow(seconds: float) -> ServiceError:
    said = f"The body did not arrive within {seconds:g} seconds (setting body_seconds)."
    return ServiceError(408, IssueCode.TIMEOUT, said, headers={"Connection": "close"})


def _out_of_time(seconds: float) -> ServiceError:
    said = f"The answer was not ready within {seconds:g} seconds (setting request_seconds)."
    return ask_again(said, 1, IssueCode.TIMEOUT)
