"""The settings of the service (docs/service-settings.md). Where they come from: sources.py."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from trialsieve.rules.vocabulary import AbsencePolicy
from trialsieve.service.trusted.addresses import is_loopback, place, repeatable, server_urls
from trialsieve.service.trusted.trusted_client import ANY_TENANT, TrustedClient

PREFIX: Final = "TRIALSIEVE_"
SHORTEST_SECRET: Final = 32
MEGABYTE: Final = 1_000_000
DEADLINES_BEFORE_IT_HANGS: Final = 3


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _separated(value: Any) -> Any:
    """In the environment, names are separated by commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _decoded(value: Any) -> Any:
    """In the environment, clients are a JSON array."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(
                f"not JSON ({error}); write an array of objects, or set clients in a settings file"
            ) from error
    if isinstance(value, list | tuple):
        return value
    raise ValueError("not a list: begin each client with [[clients]] in a file; in the environment, write an array")


def state_folder() -> Path:
    """Where a program keeps what it made, by the XDG base directory specification."""
    given = os.environ.get("XDG_STATE_HOME", "")
    return (Path(given) if os.path.isabs(given) else Path.home() / ".local" / "state") / "trialsieve"


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_separated)]
Paths = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_separated)]
Clients = Annotated[tuple[TrustedClient, ...], NoDecode, BeforeValidator(_decoded)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Bytes = Annotated[int, Field(ge=1_000, le=1_000_000_000)]


class Settings(BaseSettings):
    """Everything that can be set. The defaults serve on loopback and need nothing else."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    # Where it listens, and what the outside calls it
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8080, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    public_url: str | None = None

    # What it screens for
    trials: Names = ()
    rules: Paths = ()
    site: Path | None = None
    absence: AbsencePolicy = AbsencePolicy.PRESUME

    # Whom it answers
    clients: Clients = ()
    allow_unauthenticated: bool = False
    fhir_servers: Annotated[Names, AfterValidator(server_urls)] = ()
    cors_origins: Names = ("*",)
    metrics_token: SecretStr | None = None
    clock_skew_seconds: float = Field(default=30, ge=0, le=300)
    longest_token_seconds: float = Field(default=3600, ge=60, le=86_400)
    keys_kept_seconds: float = Field(default=3600, ge=60, le=86_400)
    keys_refetch_seconds: float = Field(default=30, ge=1, le=3600)

    # What one request may cost
    body_bytes: Bytes = 20 * MEGABYTE
    body_seconds: Seconds = 10
    request_seconds: Seconds = 20
    requests_at_once: Count = 64
    large_bodies_bytes: Bytes = 40 * MEGABYTE
    hangs_after_seconds: Seconds | None = None
    refused_hours: float = Field(default=24, ge=0, le=8_760)

    # What is kept in memory from patient to patient
    kept_megabytes: int = Field(default=100, ge=10, le=10_000)

    # What one request may ask of a FHIR server
    fhir_seconds: Seconds = 3
    fhir_pages: Count = 50
    fhir_bytes: Bytes = 50 * MEGABYTE
    fhir_resources: Count = 20_000
    fhir_parallel: int = Field(default=6, ge=1, le=64)

    # What a clinician sees
    most_cards: int = Field(default=5, ge=1, le=50)
    list_trial_services: bool = False
    show_ineligible: bool = False
    card_when_outside: bool = False

    # What is kept, and for how long
    data_folder: Path = Field(default_factory=state_folder)
    store_url: SecretStr | None = None
    keep_days: float | None = Field(default=None, gt=0, le=36_500)
    keep_resources: bool = False
    link_secret: SecretStr | None = None
    link_hours: float = Field(default=72, gt=0, le=8_760)

    log_level: LogLevel = LogLevel.INFO

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Made in code, settings are what the code says; `sources.load_settings` reads all sources."""
        return (init_settings,)

    @property
    def on_loopback(self) -> bool:
        """Whether nobody but this machine can reach it."""
        public = self.public_url is None or is_loopback(urlsplit(self.public_url).hostname or "")
        return is_loopback(self.host) and public

    @property
    def open(self) -> bool:
        """Whether whoever reaches it is answered, without a token."""
        return not self.clients and (self.on_loopback or self.allow_unauthenticated)

    @property
    def base_url(self) -> str:
        """What the outside calls this service, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def hangs_after(self) -> float:
        """For how long a screening may run before it is taken to hang."""
        return self.hangs_after_seconds or DEADLINES_BEFORE_IT_HANGS * self.request_seconds

    @property
    def database_url(self) -> str:
        """The store's database: the one set, else an SQLite file in the data folder."""
        if self.store_url is not None:
            return self.store_url.get_secret_value()
        return f"sqlite:///{self.data_folder.absolute() / 'trialsieve.sqlite'}"

    @field_validator("public_url")
    @classmethod
    def _a_base_url(cls, url: str | None) -> str | None:
        if url is not None and place(url) is None:
            raise ValueError("write it as https://host or https://host/path, as the clients call this service")
        return url if url is None else url.rstrip("/")

    @field_validator("rules", "site")
    @classmethod
    def _there(cls, value: tuple[Path, ...] | Path | None) -> tuple[Path, ...] | Path | None:
        for path in value if isinstance(value, tuple) else [value]:
            if path is not None and not path.exists():
                raise ValueError(f"{path}: no such file or directory")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = place(origin)
            if origin != "*" and (parts is None or parts[3] or origin.endswith("/")):
                raise ValueError(
                    f"{repeatable(origin)}: write an origin as https://host or https://host:port, or * for all"
                )
        if "*" in origins and len(origins) > 1:
            raise ValueError("* already means every origin: list origins, or * alone")
        return origins

    @field_validator("link_secret", "metrics_token")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"use at least {SHORTEST_SECRET} random characters, such as from `openssl rand -hex 32`")
        return secret

    @model_validator(mode="after")
    def _hangs_after_the_deadline(self) -> Self:
        if self.hangs_after < self.request_seconds:
            raise ValueError(
                f"hangs_after_seconds: a request may take {self.request_seconds:g} seconds (request_seconds); give at "
                "least as many"
            )
        return self

    @model_validator(mode="after")
    def _clients_told_apart(self) -> Self:
        names: set[str] = set()
        tenants: dict[str, set[str | None]] = {}
        for client in self.clients:
            if client.name in names:
                raise ValueError(f"clients: two have the name {client.name!r}; the log could not tell them apart")
            names.add(client.name)
            taken = tenants.setdefault(client.issuer, set())
            own: set[str | None] = set(client.tenants) or {None}
            if taken & own or (taken and ANY_TENANT in taken | own):
                raise ValueError(
                    f"clients: {client.name!r} and another one have the issuer {client.issuer!r} and share a tenant; "
                    "give each the tenants that are its own"
                )
            taken |= own
        return self

    @model_validator(mode="after")
    def _nobody_untrusted(self) -> Self:
        if self.clients and self.allow_unauthenticated:
            raise ValueError(
                "allow_unauthenticated: clients are listed too, and they would mean nothing; remove one of the two"
            )
        if self.on_loopback:
            return self
        reached = self.host if not is_loopback(self.host) else self.public_url
        if not self.clients and not self.allow_unauthenticated:
            raise ValueError(
                f"it would be reached from beyond this machine ({reached}) and answer everybody: list the clients "
                "that it trusts (clients), or listen on 127.0.0.1, or, where something else lets nobody else "
                "through, say so with allow_unauthenticated"
            )
        if self.public_url is None:
            raise ValueError(
                f"public_url: it listens beyond this machine ({self.host}); say by which URL its clients call it, such "
                "as https://trials.example.org (tokens and links are checked against it, never against the Host header)"
            )
        if self.public_url.startswith("http:") and not is_loopback(urlsplit(self.public_url).hostname or ""):
            raise ValueError(
                f"public_url: patients' data and tokens would travel in the clear ({self.public_url}): let a proxy end "
                "TLS, and write https, which CDS Hooks asks for"
            )
        return self
