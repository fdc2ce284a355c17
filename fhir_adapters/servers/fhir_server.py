"""A FHIR server asked about one patient: searches with all their pages, and reads, each a typed answer.

The token goes to the server that the request named and to nobody else: a `next` link is followed only on the same
scheme, host and port, and below the same path. What a server says of itself (`self` links, totals that are too small)
is not believed; what it sends is counted, and what leads in a circle is left.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import httpx

from trialsieve.fhir_adapters.servers.answers import Answer, Answered, Entry, missing_of, read_answer
from trialsieve.fhir_adapters.servers.bounded_http import BoundedHttp, Fault, ServerLimits
from trialsieve.rules.errors import TrialsieveError

_RELATIVE: Final = re.compile(r"[A-Za-z]+/(?!\.+$)[A-Za-z0-9._-]{1,256}")
_SCHEMES: Final = frozenset({"http", "https"})
_TOKEN: Final = frozenset(map(chr, range(0x21, 0x7F)))


class ServerAddressError(TrialsieveError):
    """The FHIR server's base URL, or the token for it, is not one that can be used."""


class FhirServer:
    """The server at `base`, for the questions about one patient together. `token` is sent as a Bearer token.

    Make it where the request is handled, in the event loop: its time runs from then on.
    """

    def __init__(
        self, client: httpx.AsyncClient, base: str, token: str | None = None, limits: ServerLimits | None = None
    ) -> None:
        limits = limits or ServerLimits()
        self._base = _base_url(base)
        if token is not None and not (token and _TOKEN.issuperset(token)):
            raise ServerAddressError("fhirAuthorization.access_token: not a token that can be sent; ask for a new one")
        self._http = BoundedHttp(client, token, limits)
        self._limits = limits
        self._pages_left = limits.pages
        self._resources_left = limits.resources

    async def search(self, query: str, resource_type: str) -> Answer:
        """All pages of a search (`Condition?patient=p1`)."""
        return await self._pages(Answer(Answered.IN_FULL), self._url(query), resource_type)

    async def read_on(self, begun: Answer, resource_type: str) -> Answer:
        """The pages that follow an answer that came from elsewhere."""
        if begun.next_link is None:
            return begun
        return await self._pages(begun, self._base, resource_type)

    async def read(self, query: str, resource_type: str) -> Answer:
        """One resource (`Patient/p1`)."""
        try:
            self._count_page()
            value = await self._http.get(self._url(query))
        except Fault as fault:
            return fault.answer
        return _given(read_answer(value, resource_type, search=False))

    def names(self, reference: str) -> str | None:
        """The relative reference of what lies on this server; None of what does not."""
        below = reference.removeprefix(str(self._base)).partition("/_history/")[0]
        return below if _RELATIVE.fullmatch(below) else None

    async def read_all(self, references: Iterable[str]) -> list[Entry]:
        """Those of the resources (`Medication/m1`) that can be had."""
        asked = list(references)
        answers = await asyncio.gather(*(self.read(one, one.partition("/")[0]) for one in asked))
        return [
            entry
            for reference, answer in zip(asked, answers, strict=True)
            for entry in answer.entries
            if entry.reference == reference
        ]

    async def _pages(self, so_far: Answer, url: httpx.URL, resource_type: str) -> Answer:
        """`so_far` and every page from `url` on; where it has a next link, from that on."""
        seen = {str(url)}
        known = {entry.identity for entry in so_far.entries}
        page_to_read: httpx.URL | None = url
        if so_far.next_link is not None:
            page_to_read, refusal = self._next(so_far.next_link, url, seen)
            so_far = replace(so_far, next_link=None) if page_to_read is not None else so_far.in_part(refusal)
        begun = bool(so_far.entries) or so_far.total is not None
        while page_to_read is not None:
            url = page_to_read
            try:
                self._count_page()
                page = _given(read_answer(await self._http.get(url), resource_type, search=True))
            except Fault as fault:
                page = fault.answer
            if not page.has_been_given:
                return so_far.in_part(f"a further page: {page.reason}") if begun else page
            begun = True
            new = [entry for entry in page.entries if entry.identity not in known]
            known.update(entry.identity for entry in page.entries)
            so_far = _joined(so_far, page)
            page_to_read = None
            self._resources_left -= len(page.entries)
            if self._resources_left < 0:
                return so_far.in_part(f"more than {self._limits.resources} resources were found; the rest was not read")
            if page.next_link is not None:
                if page.entries and not new:
                    return so_far.in_part("its pages repeat themselves")
                page_to_read, refusal = self._next(page.next_link, url, seen)
                if page_to_read is None:
                    return so_far.in_part(refusal)
        missing = missing_of(so_far)
        return so_far.in_part(missing) if missing else so_far

    def _count_page(self) -> None:
        if self._pages_left <= 0:
            raise Fault(Answered.FAILED, f"more than {self._limits.pages} pages; the rest was not read")
        self._pages_left -= 1

    def _next(self, link: str, current: httpx.URL, seen: set[str]) -> tuple[httpx.URL | None, str]:
        """Where a next link leads; None with the reason why it is not followed."""
        try:
            url = current.join(link)
        except (httpx.InvalidURL, ValueError):
            return None, "its link to the next page cannot be followed"
        if not self._is_ours(url):
            return None, "its link to the next page leads to another server, and was not followed"
        if str(url) in seen:
            return None, "its link to the next page leads in a circle"
        seen.add(str(url))
        return url, ""

    def _is_ours(self, url: httpx.URL) -> bool:
        """Whether the token may be sent there."""
        base = self._base
        path = url.raw_path.partition(b"?")[0].decode("ascii", "replace")
        below = base.raw_path.decode("ascii")
        tricks = "%" in path[: len(below)] or "/../" in f"{path}/" or "%2e" in path.lower()
        return (
            (url.scheme, url.host.lower(), _port(url)) == (base.scheme, base.host.lower(), _port(base))
            and not url.userinfo
            and not tricks
            and f"{path}/".startswith(below)
        )

    def _url(self, query: str) -> httpx.URL:
        return httpx.URL(f"{self._base}{query}")


def _base_url(text: str) -> httpx.URL:
    """The base, ending with a slash. Raises ServerAddressError."""
    try:
        url = httpx.URL(text.rstrip("/") + "/")
    except (httpx.InvalidURL, ValueError, TypeError):
        url = httpx.URL("")
    if url.scheme not in _SCHEMES or not url.host or url.query or url.fragment or url.userinfo or "?" in text:
        raise ServerAddressError("fhirServer: not the base URL of a FHIR server; give https://host/path")
    return url


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _given(answer: Answer) -> Answer:
    """What a server says; null is what clients alone may say."""
    return Answer(Answered.FAILED, "answered with null") if answer.state is Answered.NULL else answer


def _joined(first: Answer, page: Answer) -> Answer:
    """An answer and its next page. Of the totals that the pages name, the largest counts."""
    totals = [total for total in (first.total, page.total) if total is not None]
    joined = replace(first, entries=first.entries + page.entries, total=max(totals, default=None))
    return joined if page.state is Answered.IN_FULL else joined.in_part(page.reason, page.state)
