"""The clients of the load: two hospitals of one vendor and a third elsewhere, with a key made for the run."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

PUBLIC_URL: Final = "https://trials.example.org"
VENDOR: Final = "https://ehr.example.org"
ELSEWHERE: Final = "https://elsewhere.example.org"

# Issuer and tenant of each caller that is trusted.
CALLERS: Final = ((VENDOR, "north"), (VENDOR, "south"), (ELSEWHERE, None))


class Signer:
    """Signs tokens that the service trusts, and others."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP384R1())
        self._foreign = ec.generate_private_key(ec.SECP384R1())

    def clients(self) -> str:
        """The setting `clients`, as JSON."""
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
        keys = {"keys": [{**public, "kid": "load"}]}
        return json.dumps(
            [
                {"name": "vendor", "issuer": VENDOR, "tenants": ["north", "south"], "jwks": keys},
                {"name": "elsewhere", "issuer": ELSEWHERE, "jwks": keys},
            ]
        )

    def token(self, path: str, caller: int = 0, *, foreign: bool = False, **claims: Any) -> str:
        """A token for one request; a claim given as None is left out."""
        issuer, tenant = CALLERS[caller]
        now = int(time.time())
        said = {
            "iss": issuer,
            "tenant": tenant,
            "aud": f"{PUBLIC_URL}{path.partition('?')[0]}",
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
            **claims,
        }
        said = {name: value for name, value in said.items() if value is not None}
        key = self._foreign if foreign else self._key
        return jwt.encode(said, key, "ES384", {"kid": "load"})

    def bad_tokens(self, path: str) -> dict[str, str]:
        """Tokens that must be refused, by what is wrong with them."""
        good = self.token(path)
        head, claims, signature = good.split(".")
        now = int(time.time())
        return {
            "empty": "",
            "rubbish": "a.b.c",
            "no signature": f"{head}.{claims}.",
            "another signature": f"{head}.{claims}.{signature[::-1]}",
            "alg none": jwt.encode({"iss": VENDOR}, "", "none"),
            "symmetric": jwt.encode({"iss": VENDOR}, "k" * 48, "HS384"),
            "another key": self.token(path, foreign=True),
            "expired": self.token(path, iat=now - 900, exp=now - 600),
            "another audience": self.token(path, aud="https://trials.example.org/elsewhere"),
            "unknown issuer": self.token(path, iss="https://unknown.example.org"),
            "unknown tenant": self.token(path, tenant="west"),
            "no jti": self.token(path, jti=None),
            "huge": "a" * 20_000,
        }
