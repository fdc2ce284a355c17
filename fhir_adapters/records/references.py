"""Following a reference to what it names: contained, in the same input, or nothing but its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded, coded, joined
from trialsieve.fhir_adapters.elements.shapes import (
    Json,
    Malformed,
    Unusable,
    a_text,
    an_object,
    objects,
    refuse_modifiers,
)
from trialsieve.fhir_adapters.records.duplicates import is_one_of_several
from trialsieve.fhir_adapters.records.targets import contained_in

_SEVERAL: Final = (
    "of which the input has versions that differ, none known to be the newest; give them `meta.lastUpdated`, "
    "or leave out those that do not hold"
)
_BY_INDEX = Mapping[str, Mapping[str, Any]]


class Resolver:
    """Finds what the references of one resource name."""

    def __init__(self, resource: Json, index: _BY_INDEX) -> None:
        self._resource = resource
        self._index = index

    def find(self, reference: str) -> Json | None:
        """What a reference names: `#m1` is contained; else by relative reference or full URL, whatever its version."""
        if reference.startswith("#"):
            return contained_in(self._resource, reference[1:])
        return self._index.get(reference.split("/_history/", maxsplit=1)[0])

    def follow(self, parent: Json, key: str) -> tuple[Json | None, str | None]:
        """What the Reference under `key` names, and its display. A list of references is followed to its first.

        Raises Unusable where that stands in the input in several versions.
        """
        value = parent.get(key)
        if isinstance(value, list):
            value = value[0] if value else None
        if value is None:
            return None, None
        if not isinstance(value, dict):
            raise Malformed(key, value, "a reference")
        display, reference = a_text(value, "display"), a_text(value, "reference")
        found = None if reference is None else self.find(reference)
        if found is not None and is_one_of_several(found):
            raise Unusable(f"it names {found.get('resourceType')}/{found.get('id')}, {_SEVERAL}")
        return found, display

    def coded(self, parent: Json, key: str, element: str) -> Coded:
        """The coded element of what the Reference under `key` names, together with the reference's display.

        Raises Unusable where it leads to what must not be used.
        """
        found, display = self.follow(parent, key)
        words = Coded((), display)
        if found is None:
            return words if display else NOTHING
        refuse_withdrawn(found, key)
        return joined((coded(found, element), words))

    def medication(self, resource: Json) -> Coded:
        """medication[x] of R4, or the CodeableReference of R5; of a Medication also its ingredients' codes."""
        parts = [coded(resource, "medicationCodeableConcept")]
        both = an_object(resource, "medication")
        if both is not None:
            parts.append(coded(both, "concept"))
        found, display = self.named_medication(resource)
        if found is not None:
            parts.append(coded(found, "code"))
            parts += [self._ingredient(item) for item in objects(found, "ingredient")]
            package = an_object(found, "package")  # STU3
            parts += [] if package is None else [self._ingredient(item) for item in objects(package, "content")]
        parts.append(Coded((), display))
        return joined(parts)

    def named_medication(self, resource: Json) -> tuple[Json | None, str | None]:
        """The Medication that a resource refers to, and the reference's display."""
        both = an_object(resource, "medication")
        return self.follow(resource, "medicationReference") if both is None else self.follow(both, "reference")

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


def refuse_withdrawn(found: Json, name: str) -> None:
    """What a reference leads to must not be used if it was entered in error, or is modified in a way nobody knows."""
    refuse_modifiers(found, name)
    if found.get("status") == "entered-in-error":
        raise Unusable(f"the {name} was entered in error")
