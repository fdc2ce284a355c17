"""How the stand-in signs: one key pair on P-384, kept in a file, and a new token for each call."""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ALGORITHM: Final = "ES384"
TOKEN_SECONDS: Final = 120
FILE: Final = "stand-in-key.pem"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whoever signs as the EHR: the issuer and its key."""

    issuer: str
    key: ec.EllipticCurvePrivateKey

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key. Its id is its thumbprint (RFC 7638), so that a new key never goes by an old id."""
        public: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        needed = {name: public[name] for name in ("crv", "kty", "x", "y")}
        digest = hashlib.sha256(json.dumps(needed, separators=(",", ":"), sort_keys=True).encode()).digest()
        kid = urlsafe_b64encode(digest).rstrip(b"=").decode()
        return {**needed, "kid": kid, "use": "sig", "alg": ALGORITHM}

    @property
    def jwks(self) -> dict[str, Any]:
        """What is published: public keys alone."""
        return {"keys": [self.jwk]}

    def token(self, audience: str, **changed: Any) -> str:
        """A token for one call of the URL `audience`, as CDS Hooks asks for it, but for the claims that are changed."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid.uuid4()),
            **changed,
        }
        return jwt.encode(claims, self.key, ALGORITHM, headers={"kid": self.jwk["kid"], "typ": "JWT"})


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


def kept_key(folder: Path, *, renew: bool = False) -> ec.EllipticCurvePrivateKey:
    """The key in the folder, made now if there is none, or if it is to be a new one. Only its owner can read it."""
    file = folder / FILE
    if file.exists() and not renew:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file}: not a key on P-384; remove it, and a new one is made")
        return key
    made = new_key()
    folder.mkdir(parents=True, exist_ok=True)
    content = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    return made
