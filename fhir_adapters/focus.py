"""Whom a resource in a patient's record is about, where that is said to be somebody else: a donor, a child."""

from __future__ import annotations

from typing import Final

from trialsieve.fhir_adapters.shapes import Json, Unusable, a_text, objects
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.targets import parse_reference

# Observation.focus may also name a condition, a device or a specimen of the patient: those say nothing of whom.
_PERSONS: Final = frozenset({"Patient", "RelatedPerson", "Person", "Practitioner", "PractitionerRole", "Group"})


class AboutAnother(Unusable):
    """The resource was understood: it says something, and not of this patient."""


def refuse_others(source: Source) -> None:
    """Raises AboutAnother where `focus` names another person, Unusable where it cannot be told whom it names.

    https://hl7.org/fhir/R4/observation-definitions.html#Observation.focus
    """
    if "focus" not in source.resource:
        return
    found = source.resource["focus"]
    for focus in objects(source.resource, "focus") if isinstance(found, list) else [found]:
        if isinstance(focus, dict):
            _refuse(focus, source)


def _refuse(focus: Json, source: Source) -> None:
    reference = a_text(focus, "reference", "focus.reference")
    if reference is None:
        if focus.get("type") in _PERSONS:
            raise Unusable("its focus is a person whom it does not name; add the reference")
        return
    named = source.resolver.find(reference)
    target = parse_reference(reference)
    if named is not None:
        kind, name = named.get("resourceType"), f"{named.get('resourceType')}/{named.get('id')}"
    else:
        kind = (target.type if target is not None else "") or focus.get("type")
        name = target.relative if target is not None and target.type else reference
    if not kind:
        raise Unusable(f"its focus, {reference[:200]}, is not in this record, so whom it is about is not known")
    if kind in _PERSONS and not {name, reference} & {source.person.reference, _subject(source.resource)}:
        raise AboutAnother(f"it is about {name[:200]}, its focus, and not about this patient; it was left out")


def _subject(resource: Json) -> str | None:
    subject = resource.get("subject")
    return a_text(subject, "reference", "subject.reference") if isinstance(subject, dict) else None
