"""Who calls: verifies the token of each request, as CDS Hooks asks for it.

In this order: the issuer and its tenant are trusted, the audience is us, the times hold, the key is one of the
issuer's, the signature is right, the token was not met before. Whatever fails, the answer is the same bare 401; but
where the last cannot be known, nothing is wrong with the token, and who sent it is asked to come again (503).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import anyio.to_thread
import httpx
import structlog
from fastapi import Request

from trialsieve.service.security.caller import ANONYMOUS, Caller
from trialsieve.service.security.key_source import KeySource, given_keys, keys_of_file, keys_of_url
from trialsieve.service.security.seen_tokens import YOUNG_SECONDS, Met, SeenTokens
from trialsieve.service.security.token import (
    Refusal,
    RefusedError,
    Token,
    check_audience,
    check_signature,
    check_time,
    read_token,
)
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.trusted.key_set import PublicKey, key_set
from trialsieve.service.trusted.trusted_client import TrustedClient
from trialsieve.service.web.errors import UnauthorizedError, ask_again
from trialsieve.service.web.notes import note_caller

_log = structlog.stdlib.get_logger("trialsieve.security")

LONGEST_SHOWN: Final = 200


class Authenticator:
    """Verifies tokens for the trusted clients; on an open service everybody is the anonymous caller."""

    def __init__(
        self,
        settings: Settings,
        seen: SeenTokens,
        http: httpx.AsyncClient,
        *,
        refused: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._seen = seen
        self._refused = refused
        self._clock = clock
        self._sources = {client.name: _sources(client, settings, http) for client in settings.clients}

    async def caller(self, request: Request) -> Caller:
        """The caller of a request. Raises UnauthorizedError, or ServiceError (503) where tokens cannot be looked up."""
        if self._settings.open:
            note_caller(request.scope, ANONYMOUS)
            return Caller(ANONYMOUS, fhir_servers=self._settings.fhir_servers)
        try:
            token = read_token(bearer_token(request.headers.getlist("authorization")))
            caller = await self._verified(token, self._settings.base_url + request.scope["path"])
        except RefusedError as error:
            self._refused(error.refusal)
            issuer = None if error.issuer is None else error.issuer[:LONGEST_SHOWN]
            _log.warning("token refused", reason=error.refusal.value, claimed_issuer=issuer)
            if error.refusal is Refusal.NOT_KNOWN_NEW:
                said = "Whether this token was used before cannot be found out at the moment; ask again with a new one."
                raise ask_again(said, 5) from error
            raise UnauthorizedError(error.refusal) from error
        note_caller(request.scope, caller.name, caller.tenant, caller.jti)
        return caller

    async def _verified(self, token: Token, url: str) -> Caller:
        client = self._client(token)
        check_audience(token, client.audiences or (url,))
        skew = self._settings.clock_skew_seconds
        check_time(token, self._clock(), skew=skew, longest=self._settings.longest_token_seconds)
        check_signature(token, await self._key(token, client))
        # It could be used until the skew has passed too, and must be remembered as long.
        remembered = datetime.fromtimestamp(token.expires + skew, UTC)
        met = await anyio.to_thread.run_sync(self._seen.seen, token.issuer, token.jti, remembered)
        if met is Met.BEFORE:
            raise RefusedError(Refusal.REPLAYED, token.issuer)
        if met is Met.NOT_HERE and token.issued < self._clock() - YOUNG_SECONDS - skew:
            self._seen.forget_token(token.issuer, token.jti)
            raise RefusedError(Refusal.NOT_KNOWN_NEW, token.issuer)
        servers = (*client.fhir_servers, *self._settings.fhir_servers)
        return Caller(client.name, token.issuer, token.tenant, token.jti, servers)

    def _client(self, token: Token) -> TrustedClient:
        of_issuer = [client for client in self._settings.clients if client.issuer == token.issuer]
        if not of_issuer:
            raise RefusedError(Refusal.ISSUER, token.issuer)
        for client in of_issuer:
            if client.allows_tenant(token.tenant):
                return client
        raise RefusedError(Refusal.TENANT, token.issuer)

    async def _key(self, token: Token, client: TrustedClient) -> PublicKey:
        sources = self._sources[client.name]
        # Keys that we were given elsewhere win over whatever address a token names.
        place = token.jku if client.jku else next(iter(sources))
        if place is None or place not in sources:
            raise RefusedError(Refusal.JKU, token.issuer)
        key = await sources[place].key(token.kid, token.algorithm)
        if key is None:
            raise RefusedError(Refusal.KEY, token.issuer)
        return key


def bearer_token(headers: Sequence[str]) -> str:
    """The token of the one Authorization header. Raises RefusedError."""
    if len(headers) != 1:
        raise RefusedError(Refusal.NO_TOKEN)
    scheme, _, token = headers[0].partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise RefusedError(Refusal.NO_TOKEN)
    return token.strip()


def _sources(client: TrustedClient, settings: Settings, http: httpx.AsyncClient) -> dict[str, KeySource]:
    """The places of a client's keys: the addresses that its tokens may name, or the one that the settings name."""
    fetches = {url: keys_of_url(url, http) for url in client.jku}
    if client.jwks_url is not None:
        fetches[client.jwks_url] = keys_of_url(client.jwks_url, http)
    if client.jwks_file is not None:
        fetches[str(client.jwks_file)] = keys_of_file(client.jwks_file)
    if client.jwks is not None:
        fetches["settings"] = given_keys(key_set(client.jwks))
    kept, refetch = settings.keys_kept_seconds, settings.keys_refetch_seconds
    return {
        place: KeySource(place, fetch, kept_seconds=kept, refetch_seconds=refetch) for place, fetch in fetches.items()
    }
