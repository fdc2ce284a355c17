"""What of a Bundle was not built at all: resources that mean nothing to the rules, known by name alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import orjson

from trialsieve.fhir_adapters.resource_types import KIND_OF


class EntryLeftOut(dict[str, Any]):
    """Keeps the place of an entry that was left out; it holds no more than what `Bundle.total` is checked by."""


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
    def resource(self) -> dict[str, Any]:
        """Stands for the resource where two versions are compared, or a reference leads to it; it says nothing."""
        found: dict[str, Any] = {"resourceType": self.resource_type, "id": self.id}
        if self.meta:
            found["meta"] = orjson.loads(self.meta)
        return found


class Names(msgspec.Struct, array_like=True, gc=False):
    """The same of several resources of one type; `metas` are as many as `ids`."""

    resource_type: str
    ids: list[str]
    metas: list[bytes]

    def each(self) -> Iterator[Name]:
        """One by one."""
        for identity, meta in zip(self.ids, self.metas, strict=True):
            yield Name(self.resource_type, identity, None, meta)


@dataclass(slots=True)
class LeftOut:
    """The resources of one patient that were left out. Those of the kinds of facts are that patient's.

    `single` are known one by one, `together` those of an export that were left out when it was looked through.
    """

    single: list[Name] = field(default_factory=list)
    together: list[Names] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.single or self.together)

    @property
    def names(self) -> list[Name]:
        """All of them."""
        return [*self.single, *(name for names in self.together for name in names.each())]

    def counts(self) -> Mapping[str, int]:
        """How many there are of each type."""
        counts = Counter([name.resource_type for name in self.single])
        for names in self.together:
            counts[names.resource_type] += len(names.ids)
        return counts

    def fact_names(self) -> list[Name]:
        """Those of the types that facts are taken from."""
        return [name for name in self.names if name.resource_type in KIND_OF]


class SlimBundle(dict[str, Any]):
    """A Bundle of which resources were left out."""

    def __init__(self, elements: Mapping[str, Any], left_out: LeftOut) -> None:
        super().__init__(elements)
        self.left_out = left_out
