"""A service beyond loopback that trusts some clients, and their tokens."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hook_client import PATIENT_VIEW, HookClient

PUBLIC = "https://trials.example.org"
DISCOVERY = "/cds-services"
FEEDBACK = f"{PATIENT_VIEW}/feedback"
EPIC_BASE = "https://epic.example.org/api/FHIR/R4"
JKU = "https://keys.example.org/jwks.json"

PRIVATE: dict[str, Any] = {
    "ec": ec.generate_private_key(ec.SECP384R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
    "next": ec.generate_private_key(ec.SECP384R1()),
    "stranger": ec.generate_private_key(ec.SECP384R1()),
}


def jwk(kid: str) -> dict[str, Any]:
    key = PRIVATE[kid]
    algorithm: Any = jwt.algorithms.RSAAlgorithm if kid == "rsa" else jwt.algorithms.ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


GIVEN = {"keys": [jwk("ec"), jwk("rsa")]}
CLIENTS: list[dict[str, Any]] = [
    {"name": "ehr", "issuer": "https://ehr.example.org", "jwks": GIVEN},
    {"name": "tenants", "issuer": "https://vendor.example.org", "jwks": GIVEN, "tenants": ("north", "south")},
    {"name": "epic", "issuer": EPIC_BASE, "jwks": GIVEN, "audiences": (PUBLIC,)},
    {"name": "cerner", "issuer": "https://cds-hooks.cerner.com", "jwks": GIVEN},
    {"name": "meld", "issuer": "https://meld.example.org", "jwks": GIVEN, "audiences": ("sand_man",)},
    {"name": "rotating", "issuer": "https://rotating.example.org", "jku": (JKU,)},
]


@dataclass
class Guarded:
    """A service that trusts some clients, the place where one of them publishes keys, and who asked for these."""

    client: HookClient
    published: dict[str, Any] = field(default_factory=lambda: {"keys": [jwk("ec")]})
    fetched: list[str] = field(default_factory=list)

    def keys(self, request: httpx.Request) -> httpx.Response:
        self.fetched.append(str(request.url))
        if str(request.url) != JKU:
            return httpx.Response(404)
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(self.published).encode()))

    def get(self, token: str | None, path: str = DISCOVERY, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={**bearer(token), **headers})

    def post(self, token: str | None, path: str, body: Any) -> httpx.Response:
        return self.client.post(path, json=body, headers=bearer(token))


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def sign(path: str = DISCOVERY, *, by: str = "ec", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token for an endpoint, good for five minutes, but for these claims and headers; `...` leaves one out."""
    now = int(time.time())
    full_claims = {
        "iss": "https://ehr.example.org",
        "aud": PUBLIC + path,
        "exp": now + 300,
        "iat": now,
        "jti": str(uuid.uuid4()),
        **claims,
    }
    head = {"kid": by, "typ": "JWT", **(header or {})}
    given = {name: value for name, value in full_claims.items() if value is not ...}
    return jwt.encode(
        given,
        PRIVATE[by],
        algorithm="RS384" if by == "rsa" else "ES384",
        headers={name: None if value is ... else value for name, value in head.items()},
    )
