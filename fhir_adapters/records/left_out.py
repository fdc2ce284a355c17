"""What of a Bundle was not built at all: resources that mean nothing to the rules, known by name alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from trialsieve.fhir_adapters.elements.json_value import json_value
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF


class EntryLeftOut(dict[str, Any]):
    """Keeps the place of an entry that was left out; it holds no more than what `Bundle.total` is checked by."""


class StandIn(dict[str, Any]):
    """Stands for a resource that was left out where two versions are compared, or a reference leads to it."""


class Name(msgspec.Struct, frozen=True, gc=False):
    """What is known of a resource that was left out; `meta`, of Observations only, as it stands."""

    resource_type: str
    id: str | None
    full_url: str | None
    meta: bytes

    @property
    def relative(self) -> str:
        return f"{self.resource_type}/{self.id}"

    @property
    def resource(self) -> StandIn:
        """What stands for the resource; it says nothing."""
        found = StandIn({"resourceType": self.resource_type, "id": self.id})
        if self.meta:
            found["meta"] = json_value(self.meta)
        return found


class Names(msgspec.Struct, array_like=True, gc=False):
    """The same of several resources of one type; `metas` are as many as `ids`, and so are `full_urls` in a Bundle."""

    resource_type: str
    ids: list[str]
    metas: list[bytes]
    full_urls: list[str | None] = []

    def each(self) -> Iterator[Name]:
        """One by one."""
        full_urls = self.full_urls or [None] * len(self.ids)
        for identity, meta, full_url in zip(self.ids, self.metas, full_urls, strict=True):
            yield Name(self.resource_type, identity, full_url, meta)


@dataclass(slots=True)
class LeftOut:
    """The resources of one patient that were left out. Those of the kinds of facts are that patient's.

    `single` are known one by one, `together` those of a Bundle, and of an export that were left out when it was looked
    through.
    """

    single: list[Name] = field(default_factory=list)
    together: list[Names] = field(default_factory=list)
    _of_type: dict[str, Names] = field(default_factory=dict)

    def add(self, resource_type: str, identity: str, full_url: str | None, meta: bytes) -> None:
        """A resource of a Bundle."""
        names = self._of_type.get(resource_type)
        if names is None:
            names = self._of_type[resource_type] = Names(resource_type, [], [])
            self.together.append(names)
        names.ids.append(identity)
        names.full_urls.append(full_url)
        names.metas.append(meta)

    def has_versions_among(self, others: Mapping[str, Sequence[str]]) -> bool:
        """Whether one of the facts' resources is there twice, or among `others`: ids, by type."""
        for name, names in self._of_type.items():
            if name in KIND_OF:
                ids = set(names.ids)
                if len(ids) < len(names.ids) or not ids.isdisjoint(others.get(name, ())):
                    return True
        return False

    def __bool__(self) -> bool:
        return bool(self.single or self.together)

    @property
    def names(self) -> list[Name]:
        """All of them."""
        return [*self.single, *(name for names in self.together for name in names.each())]

    @property
    def types(self) -> set[str]:
        """The types of all of them."""
        return {name.resource_type for name in self.single} | {names.resource_type for names in self.together}

    def fact_names(self) -> list[Name]:
        """Those of the types that facts are taken from."""
        return [name for name in self.names if name.resource_type in KIND_OF]


class SlimBundle(dict[str, Any]):
    """A Bundle of which resources were left out."""

    def __init__(self, elements: Mapping[str, Any], left_out: LeftOut) -> None:
        super().__init__(elements)
        self.left_out = left_out
