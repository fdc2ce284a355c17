"""One GET to a FHIR server within bounds: of time, of bytes as unpacked, of waiting for a busy server.

Whatever the server does is a `Fault` to the caller, never an exception. No redirect is followed, no cookie is sent, and
an answer is unpacked here, piece by piece, so that a small one cannot become a large one unnoticed.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.inputs.input_files import NotReadableError
from trialsieve.fhir_adapters.servers.answers import Answer, Answered, read_answer, state_of_status

_BUSY: Final = frozenset({429, 503})
_MOST_TRIES: Final = 4
_FIRST_WAIT: Final = 0.25  # seconds, where the server does not say how long
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_LARGEST_COMPLAINT: Final = 65_536  # of an answer other than 200, which is only read for its OperationOutcome
_ACCEPT: Final = "application/fhir+json, application/json;q=0.9"


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one patient's questions may cost together."""

    seconds: float = 3.0
    pages: int = 50
    bytes: int = 50_000_000
    resources: int = 20_000
    parallel: int = 6


class Fault(Exception):  # noqa: N818 - caught by the one who asks; it never leaves the package
    """Why there is no answer."""

    def __init__(self, state: Answered, reason: str) -> None:
        super().__init__(reason)
        self.answer: Final[Answer] = Answer(state, reason)


class _TooLarge(Exception):  # noqa: N818 - as above
    pass


class BoundedHttp:
    """Asks one server for one patient. Begin it where the request is handled: the time runs from then on."""

    def __init__(self, client: httpx.AsyncClient, token: str | None, limits: ServerLimits) -> None:
        self._client = client
        self._headers = {"Accept": _ACCEPT, "Accept-Encoding": "gzip", "User-Agent": "trialsieve"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._deadline = asyncio.get_running_loop().time() + limits.seconds
        self._seconds = limits.seconds
        self._bytes_left = limits.bytes
        self._most_bytes = limits.bytes
        self._at_once = asyncio.Semaphore(limits.parallel)

    async def get(self, url: httpx.URL) -> Any:
        """The JSON value at this URL. Raises Fault."""
        try:
            async with asyncio.timeout_at(self._deadline), self._at_once:
                return await self._get(url)
        except TimeoutError:
            raise Fault(Answered.FAILED, f"no answer within {self._seconds:g} s") from None
        except _TooLarge:
            raise Fault(Answered.FAILED, f"the answers are larger than {self._most_bytes} bytes together") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise Fault(Answered.FAILED, f"the server could not be asked ({type(error).__name__})") from None

    async def _get(self, url: httpx.URL) -> Any:
        for attempt in range(_MOST_TRIES):
            # Not built by the client, which would add the cookies that it has of other users of this server.
            request = httpx.Request("GET", url, headers=self._headers)
            response = await self._client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                if response.status_code == 200:
                    return await self._value(response)
                if response.status_code not in _BUSY or attempt + 1 == _MOST_TRIES:
                    raise Fault(*await self._complaint(response))
                wait = _retry_after(response)
            finally:
                await response.aclose()
            await self._wait(_FIRST_WAIT * 2**attempt if wait is None else wait)
        raise AssertionError("the last try has returned or raised")

    async def _wait(self, seconds: float) -> None:
        if asyncio.get_running_loop().time() + seconds >= self._deadline:
            raise Fault(Answered.FAILED, "the server is busy, and asks to wait longer than there is time")
        await asyncio.sleep(seconds)

    async def _value(self, response: httpx.Response) -> Any:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and not kind.endswith(("/json", "+json", "/json+fhir")):
            known = kind if len(kind) < 60 and kind.isprintable() else "something else"
            raise Fault(Answered.FAILED, f"answered with {known}, not with FHIR as JSON")
        raw = b"".join([piece async for piece in self._pieces(response)])
        try:
            return parse_json(raw)
        except NotReadableError:
            raise Fault(Answered.FAILED, "answered with what is not valid JSON") from None

    async def _complaint(self, response: httpx.Response) -> tuple[Answered, str]:
        """What an answer other than 200 says, by its status and its OperationOutcome."""
        status = response.status_code
        state, reason = state_of_status(status), f"answered with status {status}"
        if response.is_redirect:
            return Answered.FAILED, f"{reason}; redirects are not followed"
        try:
            raw = b""
            async for piece in self._pieces(response):
                raw += piece
                if len(raw) > _LARGEST_COMPLAINT:
                    return state, reason
            value = parse_json(raw)
        except (NotReadableError, Fault):
            return state, reason
        if isinstance(value, dict) and value.get("resourceType") == "OperationOutcome":
            said = read_answer(value, "OperationOutcome", search=True)
            reason = f"{reason} and {said.reason}"
            if state is Answered.FAILED:
                state = said.state
        return state, reason

    async def _pieces(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """The body, unpacked, as long as the bytes last."""
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed in {"", "identity"}:
            async for piece in response.aiter_raw():
                self._spend(len(piece))
                yield piece
            return
        if packed not in {"gzip", "x-gzip", "deflate"}:
            raise Fault(Answered.FAILED, "packed in a way that was not asked for")
        unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
        async for piece in response.aiter_raw():
            waiting = piece
            while waiting:
                if unpacker.eof:  # gzip may have several members
                    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
                try:
                    unpacked = unpacker.decompress(waiting, self._bytes_left + 1)
                except zlib.error:
                    raise Fault(Answered.FAILED, "answered with what cannot be unpacked") from None
                self._spend(len(unpacked))
                yield unpacked
                waiting = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        if not unpacker.eof:
            raise Fault(Answered.FAILED, "the packed answer ends before its end")

    def _spend(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            self._bytes_left = 0
            raise _TooLarge


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait; a date is taken by the server's own clock."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        then, now = (_instant(text) for text in (said, response.headers.get("date", "")))
    except (ValueError, OverflowError):  # the latter of a time zone that is no number of hours
        return None
    return max(0.0, (then - now).total_seconds())


def _instant(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
