"""What the names of a resource's elements tell of how it is read: most have the same names, so it is told once."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from trialsieve.fhir_adapters.elements.mention_places import PLACES
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.facts.plain_results import is_plain
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Kind

_REMEMBERED: Final = 1 << 10
_CODE: Final = {Kind.MEDICATION: "medicationCodeableConcept", Kind.IMMUNIZATION: "vaccineCode"}
# The elements that may hold more codes than that one.
_MORE: Final = {
    Kind.OBSERVATION: ("component",),
    Kind.CONDITION: ("extension",),
    Kind.MEDICATION: ("medicationReference", "medication"),
    Kind.ALLERGY: ("reaction",),
}


class Outline(Struct, frozen=True, gc=False):
    """How a resource with these elements is read.

    `word`: the kind's value. `code`: the element where its code stands; `code_alone`: no other holds a code.
    `may_mention`: it has an element that may mention a diagnosis. `is_plain_result`: no element bears on its result but
    those of `plain_results`.
    """

    kind: Kind
    word: str
    code: str
    code_alone: bool
    may_mention: bool
    is_plain_result: bool


_known: Final[Kept[tuple[str, ...], Outline]] = Kept(_REMEMBERED)


def outline_of(resource: Json) -> Outline | None:
    """None for a resource of a type that no facts are taken from."""
    name = resource.get("resourceType")
    if type(name) is not str or name not in KIND_OF:
        return None
    key = (name, *resource)
    outline = _known.get(key)
    if outline is None:
        outline = _outline(name, resource)
        _known.keep(key, outline)
    return outline


def _outline(name: str, resource: Json) -> Outline:
    kind, elements = KIND_OF[name], resource.keys()
    return Outline(
        kind,
        kind.value,
        _CODE.get(kind, "code"),
        elements.isdisjoint(_MORE.get(kind, ())),
        not elements.isdisjoint(PLACES.get(name, ())),
        kind is Kind.OBSERVATION and is_plain(elements),
    )
