"""What the service answers, in the specification's words. Only `cards` and `services` may be empty; nothing is null."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

SUMMARY_LENGTH: Final = 139
"""The specification says fewer than 140."""

Text = Annotated[str, Field(min_length=1)]


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
    override_reasons: tuple[Coding, ...] | None = None
    links: tuple[Link, ...] | None = None


class CardsResponse(Part):
    cards: tuple[Card, ...]


class ServiceDescription(Part):
    hook: Text
    id: Text
    title: Text
    description: Text
    usage_requirements: Text | None = None
    prefetch: dict[str, Text] | None = None
    version: Text | None = None
    hook_version: Text | None = None


class DiscoveryResponse(Part):
    services: tuple[ServiceDescription, ...]


def json_bytes(part: CardsResponse | DiscoveryResponse) -> bytes:
    """The JSON of a response."""
    shape: dict[str, Any] = {}
    for name, members in part.model_dump(mode="json", by_alias=True, exclude_none=True).items():
        shape[name] = [without_empties(member) for member in members]
    return orjson.dumps(shape)


def without_empties(value: Any) -> Any:
    """The value without members and items that are null or empty."""
    if isinstance(value, dict):
        members = ((name, without_empties(member)) for name, member in value.items())
        return {name: member for name, member in members if member is not None and member not in ("", [], {})}
    if isinstance(value, list):
        items = (without_empties(item) for item in value)
        return [item for item in items if item is not None and item not in ("", [], {})]
    return value
