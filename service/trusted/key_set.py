"""The public keys of a JSON Web Key Set that may sign a token: RSA for RS384, P-384 for ES384, nothing else.

A key that stands there with its private part is nobody's own any more: it is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PublicKey = RSAPublicKey | EllipticCurvePublicKey

ALGORITHMS: Final = ("ES384", "RS384")

_SHORTEST_RSA_KEY: Final = 2048
_PUBLIC_MEMBERS: Final = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
_SECRET_MEMBERS: Final = frozenset({"d", "p", "q", "k"})

HOLDS_A_PRIVATE_KEY: Final = (
    "holds a private key: give public keys alone (a JSON Web Key without d), of a new pair, for whoever has seen this "
    "one can sign as the client"
)
_NO_KEY_SET: Final = 'not a JSON Web Key Set: an object with the array "keys" is needed'


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one set by key id and algorithm. `has_private`: there were private keys too, which are left out."""

    keys: Mapping[tuple[str, str], PublicKey] = field(default_factory=dict)
    has_private: bool = False

    def key(self, kid: str, algorithm: str) -> PublicKey | None:
        """The key of that id, if it may be used with that algorithm."""
        return self.keys.get((kid, algorithm))


def key_set(document: Any) -> KeySet:
    """The usable keys of a parsed JWKS; a key of another kind is passed over. Raises ValueError if it is none."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        fault = HOLDS_A_PRIVATE_KEY if _is_private(document) else _NO_KEY_SET
        raise ValueError(fault)  # noqa: TRY004
    told = [_without_nulls(jwk) for jwk in listed if isinstance(jwk, dict)]
    exposed = [_numbers(jwk) for jwk in told if _is_private(jwk)]
    keys: dict[tuple[str, str], PublicKey] = {}
    for jwk in told:
        found = _usable(jwk)
        if found is not None and _numbers(jwk) not in exposed:
            keys.setdefault(*found)
    return KeySet(keys, bool(exposed))


def parsed_key_set(content: bytes) -> KeySet:
    """The usable keys of a JWKS as it was read. Raises ValueError if it is none."""
    try:
        return key_set(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        raise ValueError(_what_it_is_instead(content)) from error


def _what_it_is_instead(content: bytes) -> str:
    if b"PRIVATE KEY-----" in content:
        return HOLDS_A_PRIVATE_KEY
    return f"{_NO_KEY_SET}, not PEM" if b"-----BEGIN" in content else f"{_NO_KEY_SET}; this is not JSON"


def _without_nulls(jwk: dict[str, Any]) -> dict[str, Any]:
    """Some servers write every member that a key could have, and null for those that it has not."""
    return {name: value for name, value in jwk.items() if value is not None}


def _numbers(jwk: dict[str, Any]) -> list[Any]:
    """What makes it this key and no other."""
    return [jwk.get(name) for name in ("n", "x", "y")]


def _is_private(jwk: Any) -> bool:
    return isinstance(jwk, dict) and "kty" in jwk and not _SECRET_MEMBERS.isdisjoint(jwk)


def _usable(jwk: dict[str, Any]) -> tuple[tuple[str, str], PublicKey] | None:
    if not isinstance(kid := jwk.get("kid"), str) or not kid:
        return None
    uses = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses:
        return None
    algorithm = {"RSA": "RS384", "EC": "ES384"}.get(str(jwk.get("kty")))
    if algorithm is None or jwk.get("alg", algorithm) != algorithm:
        return None
    public = {name: jwk[name] for name in _PUBLIC_MEMBERS[str(jwk["kty"])] if name in jwk}
    try:
        key = RSAAlgorithm.from_jwk(public) if algorithm == "RS384" else ECAlgorithm.from_jwk(public)
    except (jwt.InvalidKeyError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size >= _SHORTEST_RSA_KEY:
        return (kid, algorithm), key
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp384r1":
        return (kid, algorithm), key
    return None
