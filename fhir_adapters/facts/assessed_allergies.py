"""Whether a record shows that somebody asked for allergies of any kind (docs/semantics.md, section 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trialsieve.fhir_adapters.codes.allergy_denials import allergy_named, denial, told_beside
from trialsieve.fhir_adapters.codes.allergy_words import names_nothing
from trialsieve.fhir_adapters.codes.doubting_words import allergy_doubted
from trialsieve.fhir_adapters.codes.nameless import is_nameless
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable, objects, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.allergies import allergy_code
from trialsieve.fhir_adapters.facts.conditions import statuses_of
from trialsieve.fhir_adapters.facts.presence import Resources, of_kind
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.rules.vocabulary import Kind, State

_OVER: Final = frozenset({State.RESOLVED, State.REMISSION})
_STATING: Final = ("clinicalStatus", "verificationStatus", "code", "reaction", "modifierExtension", "extension")


def allergies_assessed(
    resources: Resources, first: int, names: Names, shows: Callable[[Kind, str, Resource], bool]
) -> bool:
    """Whether an AllergyIntolerance, of which the first stands at this place, shows it.

    It does if it `shows` that such resources were retrieved, and names an allergy, whatever to, or says, without being
    a fact, that there is none of any kind.
    """
    return any(
        names.stated_in_full(_shows_assessment, _STATING, resource, NOTHING)
        and shows(Kind.ALLERGY, reference, resource)
        for reference, resource in of_kind(Kind.ALLERGY, resources, first)
    )


def _shows_assessment(resource: Json, _: Coded, names: Names) -> bool:
    terms = names.terms
    try:
        statuses = statuses_of(resource)
        if statuses.stands is not Standing.FIRM:
            return False
        refuse_modifiers(resource, "AllergyIntolerance")
        for reaction in objects(resource, "reaction"):
            refuse_modifiers(reaction, "AllergyIntolerance.reaction")
        denies_any = denial(allergy_named(resource), terms)
        if denies_any is not None:
            return denies_any and statuses.state not in _OVER and told_beside(resource, terms) is None
        code = allergy_code(resource)
    except Unusable:
        return False
    if is_nameless(Kind.ALLERGY, code, terms.index) or any(map(allergy_doubted, code.texts)):
        return False
    if code.texts and all(map(names_nothing, code.texts)):
        return False
    return bool(code.texts or code.codes)
