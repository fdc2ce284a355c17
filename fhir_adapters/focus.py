"""Whom a resource in a patient's record is about, where that is said to be somebody else: a donor, a child."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.codings import Coded
from trialsieve.fhir_adapters.shapes import Json, Unusable, a_text, objects
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.targets import parse_reference

# Observation.focus may also name a condition, a device or a specimen of the patient: those say nothing of whom.
_PERSONS: Final = frozenset({"Patient", "RelatedPerson", "Person", "Practitioner", "PractitionerRole", "Group"})
_DONOR: Final = re.compile(r"\bdonors?\b|\bspenders?\b|供者|供体", re.IGNORECASE)


class AboutAnother(Unusable):
    """The resource was understood: it says something, and not of this patient."""


def refuse_others(source: Source) -> None:
    """Raises AboutAnother where `focus` names another person, or `specimen` one that was taken from another; Unusable
    where it cannot be told whom they name.

    https://hl7.org/fhir/R4/observation-definitions.html#Observation.focus
    """
    resource = source.resource
    if "focus" in resource:
        found = resource["focus"]
        for focus in objects(resource, "focus") if isinstance(found, list) else [found]:
            if isinstance(focus, dict):
                _refuse(focus, source, "focus")
    if "specimen" in resource:
        specimen, _ = source.resolver.follow(resource, "specimen")
        subject = None if specimen is None else specimen.get("subject")
        if isinstance(subject, dict):
            _refuse(subject, source, "specimen's subject")


def speaks_of_donor(code: Coded) -> bool:
    """Whether its words name a donor, of whom the result may be though the record is the patient's."""
    return any(_names_donor(text) for text in code.texts)


@lru_cache(maxsize=4096)
def _names_donor(text: str) -> bool:
    return _DONOR.search(text) is not None


def _refuse(focus: Json, source: Source, called: str) -> None:
    reference = a_text(focus, "reference", f"{called} (reference)")
    if reference is None:
        if focus.get("type") in _PERSONS and focus.get("identifier") is None:
            raise Unusable(f"its {called} is a person whom it does not name; add the reference")
        return
    named = source.resolver.find(reference)
    target = parse_reference(reference)
    if named is not None:
        kind, name = named.get("resourceType"), f"{named.get('resourceType')}/{named.get('id')}"
    else:
        kind = (target.type if target is not None else "") or focus.get("type")
        name = target.relative if target is not None and target.type else reference
    if not kind:
        raise Unusable(f"its {called}, {reference[:200]}, is not in this record, so whom it is about is not known")
    if kind in _PERSONS and not {name, reference} & {source.person.reference, *_subject(source.resource)}:
        raise AboutAnother(f"it is about {name[:200]}, its {called}, and not about this patient; it was left out")


def _subject(resource: Json) -> tuple[str, ...]:
    """The subject's reference as it stands, and without its server."""
    subject = resource.get("subject")
    reference = a_text(subject, "reference", "subject.reference") if isinstance(subject, dict) else None
    if reference is None:
        return ()
    target = parse_reference(reference)
    return (reference, target.relative) if target is not None and target.type else (reference,)
