"""What the service answers, in the specification's words. Only `cards` and `services` may be empty; nothing is null."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

SUMMARY_LENGTH: Final = 139
"""The specification says fewer than 140."""

Text = Annotated[str, Field(min_length=1)]


_NoneIfEmpty: Final = BeforeValidator(lambda value: value or None)


class Part(BaseModel):
    """A JSON object of the specification."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Coding(Part):
    code: Text
    system: Text
    display: Text | None = None


class Source(Part):
    label: Text
    url: Text | None = None
    topic: Coding | None = None


class Link(Part):
    label: Text
    url: Text
    type: Literal["absolute"] = "absolute"


class Card(Part):
    """A card without suggestions: what to do about a trial is for people to decide."""

    uuid: Text
    summary: Annotated[str, Field(min_length=1, max_length=SUMMARY_LENGTH)]
    indicator: Literal["info", "warning"]
    source: Source
    detail: Text | None = None
    override_reasons: Annotated[tuple[Coding, ...] | None, _NoneIfEmpty] = None
    links: Annotated[tuple[Link, ...] | None, _NoneIfEmpty] = None


class CardsResponse(Part):
    cards: tuple[Card, ...]


class ServiceDescription(Part):
    hook: Text
    id: Text
    title: Text
    description: Text
    usage_requirements: Text | None = None
    prefetch: Annotated[dict[str, Text] | None, _NoneIfEmpty] = None
    version: Text | None = None
    hook_version: Text | None = None


class DiscoveryResponse(Part):
    services: tuple[ServiceDescription, ...]


def json_bytes(part: CardsResponse | DiscoveryResponse) -> bytes:
    """The JSON of a response. Texts cannot be empty, and optional lists and maps that are empty are None."""
    return part.model_dump_json(by_alias=True, exclude_none=True).encode()
