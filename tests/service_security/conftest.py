"""What the tests of security share: keys made for the test, tokens, and a service that answers with its caller."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI

from trialsieve.service.app import add_layers
from trialsieve.service.security.authenticator import Authenticator
from trialsieve.service.security.known_caller import CallerDependency
from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.web.faults import handle_errors
from trialsieve.service.web.metrics import Metrics

NOW: Final = 1_800_000_000
ISSUER: Final = "https://ehr.example.org"
PUBLIC_URL: Final = "https://trials.example.org"
DISCOVERY: Final = f"{PUBLIC_URL}/cds-services"

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Keys:
    """Private keys by key id."""

    private: Mapping[str, Private]

    def jwk(self, kid: str, /, **further: Any) -> dict[str, Any]:
        """The public key as a JWK."""
        key = self.private[kid]
        algorithm: Any = (
            jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
        )
        return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, **further}

    def jwks(self, *kids: str) -> dict[str, Any]:
        return {"keys": [self.jwk(kid) for kid in kids]}


@pytest.fixture(scope="session")
def keys() -> Keys:
    """`ec` and `rsa` are the client's; `other-ec` and `other-rsa` somebody else's; the rest are too weak."""
    return Keys(
        {
            "ec": ec.generate_private_key(ec.SECP384R1()),
            "rsa": rsa.generate_private_key(65537, 2048),
            "other-ec": ec.generate_private_key(ec.SECP384R1()),
            "other-rsa": rsa.generate_private_key(65537, 2048),
            "p256": ec.generate_private_key(ec.SECP256R1()),
            "rsa1024": rsa.generate_private_key(65537, 1024),
        }
    )


def encoded(part: Any) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


Sign = Callable[..., str]


@pytest.fixture(scope="session")
def sign(keys: Keys) -> Sign:
    """A token: valid at NOW, for discovery, signed with the client's P-384 key, but for what is changed.

    A claim or header changed to None is left out.
    """

    def make(
        claims: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        *,
        algorithm: str = "ES384",
        by: str | Any = "ec",
    ) -> str:
        full = {"iss": ISSUER, "aud": DISCOVERY, "exp": NOW + 300, "iat": NOW, "jti": "j1", **(claims or {})}
        head = {"alg": algorithm, "kid": "ec", "typ": "JWT", **(header or {})}
        signed = ".".join(
            encoded({name: value for name, value in part.items() if value is not None}) for part in (head, full)
        )
        key = keys.private[by] if isinstance(by, str) else by
        prepared = jwt.get_algorithm_by_name(algorithm)
        return f"{signed}.{encoded(prepared.sign(signed.encode(), key))}"

    return make


@dataclass
class Remembered:
    """Tokens that were met, in memory."""

    tokens: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def seen(self, issuer: str, jti: str, expires: datetime) -> Met:
        known = (issuer, jti) in self.tokens
        self.tokens.setdefault((issuer, jti), expires)
        return Met.BEFORE if known else Met.NOW

    def forget_token(self, issuer: str, jti: str) -> None:
        del self.tokens[issuer, jti]


@dataclass
class Site:
    """Whatever is fetched: each URL's answer, and what was asked for."""

    answers: dict[str, Callable[[], httpx.Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, url: str, document: Any) -> None:
        self.answers[url] = lambda: httpx.Response(200, json=document)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answers.get(str(request.url), lambda: httpx.Response(404))()


@dataclass
class Service:
    """A service that answers discovery with its caller, at NOW."""

    settings: Settings
    site: Site = field(default_factory=Site)
    remembered: Remembered = field(default_factory=Remembered)
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.site.handle))
        authenticator = Authenticator(
            self.settings, self.remembered, http, refused=self.reasons.append, clock=lambda: NOW
        )
        self.app = FastAPI(redirect_slashes=False)
        self.app.state.service = SimpleNamespace(settings=self.settings, authenticator=authenticator)

        @self.app.get("/cds-services")
        async def discovery(caller: CallerDependency) -> dict[str, Any]:
            return asdict(caller)

        handle_errors(self.app)
        add_layers(self.app, self.settings, Metrics())

    def ask(
        self,
        *tokens: str,
        path: str = "/cds-services",
        headers: Sequence[tuple[str, str]] = (),
        base: str = "http://192.0.2.7:8080",
    ) -> httpx.Response:
        """GET with these as Bearer tokens, as a proxy would send it on."""

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=base) as client:
                sent = [*headers, *(("Authorization", f"Bearer {token}") for token in tokens)]
                return await client.get(path, headers=sent)

        return asyncio.run(asked())


@pytest.fixture
def client_settings(keys: Keys) -> Callable[..., Settings]:
    """Settings with one trusted client, which has the keys `ec` and `rsa` unless something else is said of it."""

    def make(client: Mapping[str, Any] | None = None, **further: Any) -> Settings:
        said = {"name": "ehr", "issuer": ISSUER, "jwks": keys.jwks("ec", "rsa"), **(client or {})}
        trusted = {name: value for name, value in said.items() if value is not None}
        return Settings(**{"host": "0.0.0.0", "public_url": PUBLIC_URL, "clients": [trusted], **further})

    return make


@pytest.fixture
def service(client_settings: Callable[..., Settings]) -> Callable[..., Service]:
    """Makes a service for one trusted client."""

    def make(client: Mapping[str, Any] | None = None, **further: Any) -> Service:
        return Service(client_settings(client, **further))

    return make
