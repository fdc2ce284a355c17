"""Following a reference to what it names: contained, in the same input, or nothing but its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialsieve.fhir_adapters.codings import NOTHING, Coded, coded, joined
from trialsieve.fhir_adapters.shapes import Json, Malformed, a_text, an_object, objects

_BY_INDEX = Mapping[str, Mapping[str, Any]]


class Resolver:
    """Finds what the references of one resource name."""

    def __init__(self, resource: Json, index: _BY_INDEX) -> None:
        self._resource = resource
        self._index = index

    def find(self, reference: str) -> Json | None:
        """What a reference names: `#m1` is contained; else by relative reference or full URL, whatever its version."""
        if reference.startswith("#"):
            contained = objects(self._resource, "contained")
            return next((item for item in contained if item.get("id") == reference[1:]), None)
        return self._index.get(reference.split("/_history/", maxsplit=1)[0])

    def follow(self, parent: Json, key: str) -> tuple[Json | None, str | None]:
        """What the Reference under `key` names, and its display. A list of references is followed to its first."""
        value = parent.get(key)
        if isinstance(value, list):
            value = value[0] if value else None
        if value is None:
            return None, None
        if not isinstance(value, dict):
            raise Malformed(key, value, "a reference")
        display, reference = a_text(value, "display"), a_text(value, "reference")
        return (None if reference is None else self.find(reference)), display

    def coded(self, parent: Json, key: str, element: str) -> Coded:
        """The coded element of what the Reference under `key` names, together with the reference's display."""
        found, display = self.follow(parent, key)
        words = Coded((), display)
        if found is None:
            return words if display else NOTHING
        return joined((coded(found, element), words))

    def medication(self, resource: Json) -> Coded:
        """medication[x] of R4, or the CodeableReference of R5; of a Medication also its ingredients' codes."""
        direct = coded(resource, "medicationCodeableConcept")
        both = an_object(resource, "medication")
        parts = [direct]
        holder, key = resource, "medicationReference"
        if both is not None:
            parts.append(coded(both, "concept"))
            holder, key = both, "reference"
        found, display = self.follow(holder, key)
        if found is not None:
            parts.append(coded(found, "code"))
            parts += [self._ingredient(item) for item in objects(found, "ingredient")]
        parts.append(Coded((), display))
        return joined(parts)

    def _ingredient(self, item: Json) -> Coded:
        """STU3 and R4: itemCodeableConcept or itemReference; R5: the CodeableReference item."""
        parts = [coded(item, "itemCodeableConcept")]
        both = an_object(item, "item")
        if both is not None:
            parts.append(coded(both, "concept"))
        named, display = self.follow(both or item, "reference" if both is not None else "itemReference")
        if named is not None:
            parts.append(coded(named, "code"))
        parts.append(Coded((), display))
        return joined(parts)
