"""Where a client's keys come from: given in the settings, a file, or a URL; kept for a while, and rotated.

An unknown key id makes a source look again, but only so often in `refetch_seconds` (`BURST`): whoever sends tokens with
made-up key ids cannot make this service send many requests. Keys that cannot be had anew are used until they are twice
as old as `kept_seconds`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
import structlog

from trialsieve.service.trusted.key_set import KeySet, PublicKey, parsed_key_set

BURST: Final = 10
"""So many fetches may follow each other at once, and so many fit into `refetch_seconds`: whoever makes up key ids uses
fetches up, but a new key of the client's is still found within a tenth of that time."""

MOST_BYTES: Final = 256_000
FETCH_SECONDS: Final = 5.0

_log = structlog.stdlib.get_logger("trialsieve.security")


class KeySource:
    """One place that keys come from. Fetching it fails with an OSError, httpx.HTTPError or ValueError."""

    def __init__(
        self,
        place: str,
        fetch: Callable[[], Awaitable[KeySet]],
        *,
        kept_seconds: float,
        refetch_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.place = place
        self._fetch = fetch
        self._kept_seconds = kept_seconds
        self._refetch_seconds = refetch_seconds
        self._clock = clock
        self._keys = KeySet()
        self._fetched: float | None = None  # when the keys that are held came
        self._begun = 0  # fetches
        self._budget = float(BURST)  # fetches that may be made
        self._counted = clock()
        self._lock = asyncio.Lock()

    async def key(self, kid: str, algorithm: str) -> PublicKey | None:
        """The key of that id; None where this place has none, or cannot be asked."""
        if self._age() > self._kept_seconds or self._keys.key(kid, algorithm) is None:
            await self._renew(kid, algorithm)
        return self._keys.key(kid, algorithm) if self._age() <= 2 * self._kept_seconds else None

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._clock() - self._fetched

    async def _renew(self, kid: str, algorithm: str) -> None:
        begun = self._begun
        async with self._lock:
            if self._age() <= self._kept_seconds and self._keys.key(kid, algorithm) is not None:
                return  # somebody else has just fetched it
            if self._begun > begun:
                return  # somebody else has tried since this was asked
            if not self._may_fetch():
                return
            self._begun += 1
            try:
                keys = await self._fetch()
            except (OSError, httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
                _log.warning("keys cannot be fetched", place=self.place, error_type=type(error).__name__)
                return
            if keys.has_private:
                _log.warning("a private key is published; it is not trusted", place=self.place)
            self._keys, self._fetched = keys, self._clock()

    def _may_fetch(self) -> bool:
        """Takes one fetch from the budget, which fills again with time."""
        now = self._clock()
        gained = (now - self._counted) * BURST / self._refetch_seconds if self._refetch_seconds else float(BURST)
        self._budget, self._counted = min(float(BURST), self._budget + gained), now
        if self._budget < 1:
            return False
        self._budget -= 1
        return True


def given_keys(keys: KeySet) -> Callable[[], Awaitable[KeySet]]:
    """Keys that stand in the settings themselves."""

    async def fetch() -> KeySet:
        return keys

    return fetch


def keys_of_file(path: Path) -> Callable[[], Awaitable[KeySet]]:
    """Keys in a file, which may be replaced while the service runs."""

    async def fetch() -> KeySet:
        return parsed_key_set(await asyncio.to_thread(path.read_bytes))

    return fetch


def keys_of_url(url: str, http: httpx.AsyncClient) -> Callable[[], Awaitable[KeySet]]:
    """Keys behind a URL: one plain GET without redirects, of bounded size and time, and nothing to unpack."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}

    async def fetch() -> KeySet:
        async with asyncio.timeout(FETCH_SECONDS):
            async with http.stream("GET", url, headers=headers, follow_redirects=False) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise ValueError(f"status {answer.status_code}")
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise ValueError("compressed")
                content = bytearray()
                async for part in answer.aiter_bytes():
                    content += part
                    if len(content) > MOST_BYTES:
                        raise ValueError("too large")
        return parsed_key_set(bytes(content))

    return fetch
