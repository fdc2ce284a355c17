"""Of which disease a result about the state of one (relapse, remission) is, where it says that.

By `focus` (hl7.org/fhir/us/mcode, Cancer Disease Status), or by mCODE's extension for a related condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import ASSERTING, Coded, coded
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable, a_text, an_object, objects, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.conditions import condition_code, condition_standing
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.records.targets import parse_reference
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Kind, Role

_RELATED_CONDITION: Final = "/mcode-related-condition"


class Disease(IntEnum):
    """Which disease it is, the surest first."""

    MEANT = 0
    UNSURE = 1
    ANOTHER = 2


def disease_in_focus(source: Source, state: Concept) -> Disease | None:
    """Whether what an Observation says of a state is of its diseases (`Concept.onset_may_be_of`); None: not said.

    Of several that it names, one is enough. All concepts of the rule book are looked at, wanted or not.
    """
    return min(_diseases(source, state), default=None)


def _diseases(source: Source, state: Concept) -> Iterator[Disease]:
    resource = source.resource
    for focus in objects(resource, "focus", single=True):
        yield from _named(focus, source, state)
    for extension in objects(resource, "extension"):
        if (a_text(extension, "url", "extension.url") or "").endswith(_RELATED_CONDITION):
            if (reference := an_object(extension, "valueReference")) is not None:
                yield from _named(reference, source, state)
            if (code := coded(extension, "valueCodeableConcept")).codings or code.text:
                yield _coded(code, source.terms, state)


def _named(reference: Json, source: Source, state: Concept) -> Iterator[Disease]:
    """Nothing of what is no Condition: a specimen, a device, the patient."""
    text = a_text(reference, "reference", "focus.reference")
    found = None if text is None else source.resolver.find(text)
    target = None if text is None else parse_reference(text)
    kind = found.get("resourceType") if found is not None else (target and target.type) or reference.get("type")
    if kind and kind != Kind.CONDITION.value:
        return
    yield Disease.UNSURE if found is None else _diagnosed(found, source.terms, state)


def _diagnosed(condition: Json, terms: Terms, state: Concept) -> Disease:
    try:
        refuse_modifiers(condition, "Condition")
        sure = condition_standing(condition) is Standing.FIRM
        return _coded(condition_code(condition), terms, state) if sure else Disease.UNSURE
    except Unusable:
        return Disease.UNSURE


def _coded(code: Coded, terms: Terms, state: Concept) -> Disease:
    hits = terms.every_hit(code)
    diseases = {state.id, *state.onset_may_be_of}
    if any(concept in diseases and found.role in ASSERTING for concept, found in hits):
        return Disease.MEANT
    another = any(concept in state.never_of and found.role is Role.DEFINITIVE for concept, found in hits)
    named = frozenset[str]().union(*map(terms.index.names, code.texts))
    return Disease.ANOTHER if another and named.isdisjoint(diseases) else Disease.UNSURE
