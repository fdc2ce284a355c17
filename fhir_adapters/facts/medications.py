"""Medication orders, statements, administrations and dispenses as facts: what was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codes.doubting_words import words_against_what_is_taken
from trialsieve.fhir_adapters.codes.facets import FORM, ROUTE, says_another_route
from trialsieve.fhir_adapters.codes.naming import Named, Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.codes.undone_words import says_stopped, says_untaken
from trialsieve.fhir_adapters.elements.codings import DECIDING, NOTHING, Coded, Reading, coded, doubts_of, read_coded
from trialsieve.fhir_adapters.elements.shapes import Json, a_flag, a_text, objects, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import (
    MEDICATION_ADMINISTRATION,
    MEDICATION_DISPENSE,
    MEDICATION_REQUEST,
    MEDICATION_STATEMENT,
    ORDERS,
    Standing,
    standing,
    weakest,
)
from trialsieve.fhir_adapters.facts.medication_times import (
    adherence,
    dosages,
    is_completed,
    is_taken_no_longer,
    medication_timing,
)
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.statements import Stated, doubted, statement_facts
from trialsieve.fhir_adapters.records.references import refuse_withdrawn
from trialsieve.rules.vocabulary import Kind

_TABLES: Final = {
    "MedicationRequest": MEDICATION_REQUEST,
    "MedicationStatement": MEDICATION_STATEMENT,
    "MedicationAdministration": MEDICATION_ADMINISTRATION,
    "MedicationDispense": MEDICATION_DISPENSE,
}
_NOT_GIVEN: Final = ("wasNotTaken", "wasNotGiven", "notGiven", "notDone", "doNotPerform")
# STU3's MedicationStatement.taken
_TAKEN: Final = {"y": Standing.FIRM, "n": Standing.DROPPED}
_DOUBTED: Final = ("not-taking", "unknown", "on-hold")
_GOING_ON: Final = frozenset({"MedicationRequest", "MedicationStatement"})  # what has a status of now
_INSTRUCTIONS: Final = ("text", "patientInstruction")
# Why it was not given: R4 and R5, STU3, DSTU2. An order or statement has a statusReason whatever its status.
_WHY_NOT: Final = {
    "MedicationAdministration": ("statusReason", "reasonNotGiven"),
    "MedicationDispense": (
        *("statusReasonCodeableConcept", "statusReasonReference", "notPerformedReason"),
        *("notDoneCodeableConcept", "notDoneReference"),
    ),
    "MedicationStatement": ("reasonNotTaken",),
}
_STATING: Final = (
    *("resourceType", "status", "intent", "taken", "adherence", "modifierExtension", "extension"),
    *_NOT_GIVEN,
)


def medication_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """What its codes name; and a doubt of what only its words name, beside an unlisted code, or call a vaccine."""
    readings = terms.reader.read(code, asserting=True)
    named = {reading.concept for reading in readings}
    in_words = (terms.vaccines_given(code) | terms.unlisted(code, Kind.MEDICATION)) - named
    return (*readings, *doubts_of(in_words, code))


def _words_against(_: Json, code: Coded, names: Names) -> str | None:
    """Judged once per code."""
    return words_against_what_is_taken(code, names.of(medication_readings, code, {}))


def medication_facts(source: Source) -> list[Fact] | None:
    """The facts of a medication resource; None if it was not ordered, given or taken.

    Raises Unusable if it cannot be read, or must not be.
    """
    resource = source.resource
    stands = source.names.stated_in_full(_counted, _STATING, resource, source.code)
    if stands is Standing.DROPPED:
        return None
    kind = str(resource.get("resourceType"))
    doses = dosages(resource)
    for dosage in doses:
        refuse_modifiers(dosage, f"a dosage of the {kind}")
    product, _ = source.resolver.named_medication(resource)
    if product is not None:
        refuse_withdrawn(product, "medication")
        for ingredient in objects(product, "ingredient"):
            refuse_modifiers(ingredient, "an ingredient of the medication")
    forms = (NOTHING, NOTHING) if product is None else (coded(product, "form"), coded(product, "doseForm"))
    named = source.names.of(medication_readings, source.code, {FORM: forms, ROUTE: _routes(doses)})
    told = _told(doses)
    if told:
        named = _without_route_against(named, told)
    if kind == "MedicationRequest" and not is_completed(resource) and any(one.concept.ordered_ahead for one in named):
        stands = weakest(stands, Standing.WEAK)  # it may never have been given
    status = doubted(resource, stands)
    if words := source.names.stated(_words_against, (), resource, source.code):
        stands, status = weakest(stands, Standing.WEAK), f"{status} (in words '{words[:80]}')"
    elif any(one.reading.role in DECIDING for one in named):
        if any(resource.get(name) for name in _WHY_NOT.get(kind, ())):
            stands, status = weakest(stands, Standing.WEAK), f"{status} (with a reason why it was not given)"
        elif words := _told_against(resource, source.code, told):
            stands, status = weakest(stands, Standing.WEAK), f"{status} (in words '{words[:80]}')"
    stated = Stated(named, stands.certainty, status)
    return statement_facts(source, Kind.MEDICATION, stated, medication_timing(resource, source.clock))


def _told_against(resource: Json, code: Coded, told: Sequence[str]) -> str | None:
    """The words of a dosage or of the reason of a status that it was not taken; while it goes on, that it does not."""
    reasons = [text for reason in _reasons(resource) for text in reason.texts]
    if (words := next(filter(says_untaken, (*told, *reasons)), None)) is not None:
        return words
    if resource.get("resourceType") not in _GOING_ON or is_taken_no_longer(resource):
        return None
    return next(filter(says_stopped, (*code.texts, *told)), None)


def _told(doses: Sequence[Json]) -> list[str]:
    """How to take it, in words."""
    return [words for dosage in doses for name in _INSTRUCTIONS if isinstance(words := dosage.get(name), str)]


def _without_route_against(named: tuple[Named, ...], told: Sequence[str]) -> tuple[Named, ...]:
    """What it names, without a route that the words of how to take it gainsay."""
    return tuple(
        replace(one, facets=tuple(facet for facet in one.facets if facet[0] != ROUTE))
        if any(name == ROUTE and says_another_route(told, value, one.concept) for name, value in one.facets)
        else one
        for one in named
    )


def _reasons(resource: Json) -> Iterator[Coded]:
    """Why an order or statement has its status."""
    if resource.get("resourceType") in _GOING_ON and "statusReason" in resource:
        for item in objects(resource, "statusReason", single=True):
            yield read_coded(item, "statusReason")


def _counted(resource: Json, code: Coded, names: Names) -> Standing:
    """Whether it counts. Raises Unusable where it does and must not be used."""
    stands = medication_standing(resource)
    if stands is not Standing.DROPPED:
        refuse_modifiers(resource, str(resource.get("resourceType")))
    return stands


def medication_standing(resource: Json) -> Standing:
    """Whether it was ordered, given or taken: by its status, an order's intent, and flags that FHIR once had."""
    if any(a_flag(resource, name) for name in _NOT_GIVEN if name in resource):
        return Standing.DROPPED
    kind = str(resource.get("resourceType"))
    by_status = standing(resource.get("status"), _TABLES.get(kind, {}))
    return weakest(by_status, _intent(resource, kind), _taken(resource))


def _intent(resource: Json, kind: str) -> Standing:
    """Only an order orders: a plan or proposal, or an intent that nobody states, can only raise a doubt."""
    if kind != "MedicationRequest":
        return Standing.FIRM
    return Standing.FIRM if a_text(resource, "intent") in ORDERS else Standing.WEAK


def _taken(resource: Json) -> Standing:
    taken = a_text(resource, "taken")
    if taken is not None:
        return _TAKEN.get(taken, Standing.WEAK)
    return Standing.WEAK if any(word.startswith(_DOUBTED) for word in adherence(resource)) else Standing.FIRM


def _routes(doses: Sequence[Json]) -> tuple[Coded, ...]:
    """Every route that a dosage names."""
    routes = [coded(dosage, "route") for dosage in doses]
    return tuple(route for route in routes if route.codings or route.text)
