"""A JSON Web Token, read in two steps: what it claims, and whether the claims are signed and hold now.

Nothing is fetched for a token whose claims do not hold in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import jwt

from trialsieve.service.trusted.key_set import ALGORITHMS, PublicKey

MOST_CHARACTERS: Final = 16_384
LONGEST_CLAIM: Final = 2_048
LATEST: Final = 1e11  # seconds; beyond it there is no calendar date

REQUIRED: Final = ("iss", "aud", "exp", "iat", "jti")


class Refusal(StrEnum):
    """Why a token is refused. For the log and the metrics; the caller is told nothing."""

    NO_TOKEN = "no-token"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    CLAIM_MISSING = "claim-missing"
    ISSUER = "issuer"
    TENANT = "tenant"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    LIVES_TOO_LONG = "lives-too-long"
    JKU = "jku"
    KEY = "key"
    SIGNATURE = "signature"
    REPLAYED = "replayed"
    NOT_KNOWN_NEW = "not-known-new"  # the database cannot be asked, and the token is not young


class RefusedError(Exception):
    """A token that is not accepted. `issuer` is what it claims, not known to be true."""

    def __init__(self, refusal: Refusal, issuer: str | None = None) -> None:
        self.refusal = refusal
        self.issuer = issuer
        super().__init__(refusal.value)


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says, before its signature is known to be right."""

    encoded: str
    algorithm: str
    kid: str
    jku: str | None
    issuer: str
    audiences: tuple[str, ...]
    expires: float
    issued: float
    not_before: float | None
    jti: str
    tenant: str | None


def read_token(encoded: str) -> Token:
    """The header and the claims of a token, each of the right type. Raises RefusedError."""
    if len(encoded) > MOST_CHARACTERS:
        raise RefusedError(Refusal.MALFORMED)
    try:
        read = jwt.decode_complete(encoded, options={"verify_signature": False})
    except Exception as error:  # whatever a library makes of hostile bytes, the answer is the same
        raise RefusedError(Refusal.MALFORMED) from error
    header, claims = read["header"], read["payload"]
    if header.get("alg") not in ALGORITHMS:
        raise RefusedError(Refusal.ALGORITHM)
    if str(header.get("typ", "")).upper() != "JWT" or "crit" in header:
        raise RefusedError(Refusal.MALFORMED)
    if any(claims.get(name) is None for name in REQUIRED):
        raise RefusedError(Refusal.CLAIM_MISSING)
    issuer = _text(claims["iss"])
    return Token(
        encoded=encoded,
        algorithm=header["alg"],
        kid=_text(header.get("kid")),
        jku=None if header.get("jku") is None else _text(header["jku"]),
        issuer=issuer,
        audiences=_audiences(claims["aud"]),
        expires=_instant(claims["exp"]),
        issued=_instant(claims["iat"]),
        not_before=None if claims.get("nbf") is None else _instant(claims["nbf"]),
        jti=_text(claims["jti"]),
        tenant=None if claims.get("tenant") is None else _text(claims["tenant"]),
    )


def check_time(token: Token, now: float, *, skew: float, longest: float) -> None:
    """Whether the token is valid at this instant, give or take the skew of two clocks. Raises RefusedError."""
    if token.expires <= now - skew:
        raise RefusedError(Refusal.EXPIRED, token.issuer)
    if token.issued > now + skew or (token.not_before is not None and token.not_before > now + skew):
        raise RefusedError(Refusal.NOT_YET, token.issuer)
    if token.expires > now + longest + skew:
        raise RefusedError(Refusal.LIVES_TOO_LONG, token.issuer)


def check_audience(token: Token, allowed: Iterable[str]) -> None:
    """Whether the token was made for here. A slash at the end makes no difference. Raises RefusedError."""
    ours = {url.removesuffix("/") for url in allowed}
    if not any(audience.removesuffix("/") in ours for audience in token.audiences):
        raise RefusedError(Refusal.AUDIENCE, token.issuer)


def check_signature(token: Token, key: PublicKey) -> None:
    """Whether the key has signed it, with the one algorithm that the key is for. Raises RefusedError."""
    decode: Callable[..., Any] = jwt.decode
    try:
        decode(
            token.encoded,
            key,
            algorithms=[token.algorithm],
            issuer=token.issuer,
            # Times and audience are checked above, by our own clock and the caller's own audiences.
            options={
                "require": list(REQUIRED),
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except Exception as error:
        raise RefusedError(Refusal.SIGNATURE, token.issuer) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_CLAIM:
        raise RefusedError(Refusal.MALFORMED)
    return value


def _instant(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedError(Refusal.MALFORMED)
    try:
        seconds = float(value)
    except OverflowError as error:
        raise RefusedError(Refusal.MALFORMED) from error
    if not 0 <= seconds < LATEST:  # neither is true of what is no number
        raise RefusedError(Refusal.MALFORMED)
    return seconds


def _audiences(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(_text(one) for one in listed)
