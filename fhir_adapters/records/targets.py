"""What a FHIR Reference points at, in every spelling that is met, and the index that finds it in one input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from trialsieve.fhir_adapters.elements.resource_types import RESOURCE_TYPES
from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.duplicates import each_led_to
from trialsieve.fhir_adapters.records.left_out import LeftOut
from trialsieve.fhir_adapters.records.record import Resource

_RESTFUL: Final = re.compile(
    r"^(?P<base>https?://.+/)?(?P<type>[A-Za-z]+)/(?P<id>[^/?#|]+)(?:/_history/[^/?#|]+)?(?:[#|].*)?$", re.DOTALL
)
_CONDITIONAL: Final = re.compile(r"^(?:https?://.+/)?(?P<type>[A-Za-z]+)\?(?P<query>.+)$", re.DOTALL)
_NO_BARE_ID: Final = re.compile(r"[\s/?#|:]")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A business identifier. `system` is empty where none is given."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Target:
    """What the text of a reference names; what does not apply is empty.

    `base` ends with a slash and has no scheme (`example.org/fhir/`): servers are reached by http and https alike.
    """

    type: str = ""
    id: str = ""
    base: str = ""
    urn: str = ""
    contained: str = ""
    identifier: Identifier | None = None

    @property
    def relative(self) -> str:
        return f"{self.type}/{self.id}"


@lru_cache(maxsize=4096)
def parse_reference(text: str) -> Target | None:
    """The target of `Reference.reference`; None if the text says nothing that can be followed."""
    text = text.strip()
    if text.startswith("#"):
        return Target(contained=text[1:]) if len(text) > 1 else None
    if text.lower().startswith("urn:"):
        return Target(urn=text.lower())
    if restful := _RESTFUL.match(text):
        if restful["type"] not in RESOURCE_TYPES:
            return None
        return Target(type=restful["type"], id=restful["id"], base=without_scheme(restful["base"] or ""))
    if conditional := _CONDITIONAL.match(text):
        for part in conditional["query"].split("&"):
            name, _, value = part.partition("=")
            if name == "identifier" and value:
                system, bar, code = unquote(value).rpartition("|")
                return Target(type=conditional["type"], identifier=Identifier(system if bar else "", code))
        return None
    if text and not _NO_BARE_ID.search(text):
        return Target(id=text)  # a bare id
    return None


def without_scheme(url: str) -> str:
    return url.partition("://")[2] if "://" in url else url


def base_of(full_url: str) -> str:
    """The server that a `fullUrl` names (`example.org/fhir/`), or the empty text for a urn and for none."""
    restful = _RESTFUL.match(full_url)
    return without_scheme(restful["base"] or "") if restful else ""


def identifiers_of(value: Any) -> tuple[Identifier, ...]:
    """The identifiers of a resource's `identifier` element (a list, or by mistake one object)."""
    found = []
    for item in objects_in(value, single=True):
        if isinstance(text := item.get("value"), str) and text.strip():
            system = item.get("system")
            found.append(Identifier(system.strip() if isinstance(system, str) else "", text.strip()))
    return tuple(found)


def contained_in(resource: Resource, identity: str) -> Resource | None:
    """The contained resource with this id (`#` left out)."""
    for item in objects_in(resource.get("contained")):
        if str(item.get("id", "")).removeprefix("#") == identity:
            return item
    return None


class ResourceIndex(Mapping[str, Resource]):
    """Finds a resource by relative reference, absolute or versioned URL, or urn; URLs only when first asked for.

    `resources` maps relative references (`Medication/m1`) to resources, `full_urls` pairs each entry's fullUrl with its
    resource. What several differ in that have one name is not known (`duplicates.led_to`), nor where two servers'
    resources share a relative reference. Those that were `left_out` are found too.
    """

    __slots__ = ("_by_url", "_full_urls", "_left_out", "_named", "_resources")

    def __init__(
        self,
        resources: Mapping[str, Resource],
        full_urls: list[tuple[str, Resource]],
        left_out: LeftOut | None = None,
    ) -> None:
        self._resources = resources
        self._full_urls = full_urls
        self._left_out = left_out
        self._named: dict[str, Resource] = {}  # of those left out, once they are asked for
        self._by_url: dict[str, Resource] | None = None

    def _complete(self) -> None:
        """Adds what was left out, which is nearly never asked for."""
        if self._left_out is not None:
            named = [(name, name.resource) for name in self._left_out.names]
            self._named = {name.relative: resource for name, resource in named if name.id}
            self._full_urls += [(name.full_url, resource) for name, resource in named if name.full_url]
            self._left_out = None

    def __getitem__(self, reference: str) -> Resource:
        found = self._resources.get(reference)
        if found is not None:
            return found
        self._complete()
        found = self._named.get(reference)
        if found is not None:
            return found
        if self._by_url is None:
            self._by_url = each_led_to([(_url_key(url), resource) for url, resource in self._full_urls])
        found = self._by_url.get(_url_key(reference))
        if found is not None:
            return found
        target = parse_reference(reference)
        if target is None or not target.type or not target.id:
            raise KeyError(reference)
        if target.base:
            found = self._by_url.get(target.base + target.relative)
            if found is not None:
                return found
        found = self._resources.get(target.relative)
        return self._named[target.relative] if found is None else found

    def __iter__(self) -> Iterator[str]:
        self._complete()
        return iter(dict.fromkeys([*self._resources, *self._named]))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _url_key(url: str) -> str:
    return url.lower() if url[:4].lower() == "urn:" else without_scheme(url)
