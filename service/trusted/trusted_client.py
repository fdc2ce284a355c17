"""A client that is trusted: how its tokens are known, and which FHIR servers it may name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from trialsieve.service.trusted.addresses import key_url, key_urls, server_urls
from trialsieve.service.trusted.key_set import HOLDS_A_PRIVATE_KEY, KeySet, key_set, parsed_key_set

ANY_TENANT: Final = "*"


class TrustedClient(BaseModel):
    """One issuer of tokens, or one of its tenants. Its keys come from exactly one place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")]
    issuer: Annotated[str, Field(min_length=1, max_length=2000)]
    tenants: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    jwks: dict[str, Any] | None = None
    jwks_file: Path | None = None
    jwks_url: Annotated[str, AfterValidator(key_url)] | None = None
    jku: Annotated[tuple[str, ...], AfterValidator(key_urls)] = ()
    fhir_servers: Annotated[tuple[str, ...], AfterValidator(server_urls)] = ()

    def allows_tenant(self, tenant: str | None) -> bool:
        """Whether a token may carry this tenant, or none."""
        if ANY_TENANT in self.tenants:
            return True
        return tenant in self.tenants if self.tenants else tenant is None

    @field_validator("jwks")
    @classmethod
    def _usable_keys(cls, document: dict[str, Any] | None) -> dict[str, Any] | None:
        if document is not None:
            _require_usable(key_set(document))
        return document

    @field_validator("jwks_file")
    @classmethod
    def _a_file_with_usable_keys(cls, path: Path | None) -> Path | None:
        if path is not None:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise ValueError(f"{path}: {error.strerror}") from error
            try:
                _require_usable(parsed_key_set(content))
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from error
        return path

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> Self:
        sources = {"jwks": self.jwks, "jwks_file": self.jwks_file, "jwks_url": self.jwks_url, "jku": self.jku or None}
        given = [name for name, value in sources.items() if value is not None]
        if len(given) != 1:
            has = " and ".join(given) or "no keys"
            raise ValueError(f"the client {self.name!r} has {has}: give exactly one of {', '.join(sources)}")
        return self


def _require_usable(keys: KeySet) -> None:
    if keys.has_private:
        raise ValueError(HOLDS_A_PRIVATE_KEY)
    if not keys.keys:
        raise ValueError(
            "no usable public key: it needs a kid, and to be an RSA key of at least 2048 bits for RS384, or a key on "
            "the curve P-384 for ES384"
        )
