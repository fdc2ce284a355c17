"""AllergyIntolerances as facts: the allergy itself and the substances of its reactions."""

from __future__ import annotations

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codings import Coded, Coding, Reading, coded, joined, status_of
from trialsieve.fhir_adapters.conditions import condition_standing, onset, recorded_on
from trialsieve.fhir_adapters.events import event_facts
from trialsieve.fhir_adapters.shapes import Json, a_text, objects, refuse_modifiers
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import Standing, clinical
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.vocabulary import Kind


def allergy_code(resource: Json) -> Coded:
    """What it is an allergy to: the code, and the substance of each reaction."""
    reactions = [coded(reaction, "substance") for reaction in objects(resource, "reaction")]
    return joined((coded(resource, "code"), *reactions))


def allergy_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """Only concepts that an allergy can be: a code of a drug says here what must not be given, not what was taken."""
    readings = terms.reader.read(code, asserting=True)
    return tuple(reading for reading in readings if Kind.ALLERGY in terms.concepts[reading.concept].kinds)


def allergy_facts(source: Source) -> list[Fact]:
    """The facts of an AllergyIntolerance. Raises Unusable if it cannot be read, or must not be."""
    resource, clock = source.resource, source.clock
    refuse_modifiers(resource, "AllergyIntolerance")
    state, _ = clinical(status_of(resource, "clinicalStatus"))
    verified = status_of(resource, "verificationStatus")
    stands = condition_standing(resource)
    if stands is Standing.DROPPED:
        return []
    when, dated = onset(resource, clock)
    code = allergy_code(resource)
    recorded = recorded_on(resource, clock)
    if not dated:
        dated = f"recorded {resource['recordedDate']}" if resource.get("recordedDate") else "undated"
    return event_facts(
        source,
        Kind.ALLERGY,
        code,
        stands,
        {"severity": _severity(resource)},
        readings=allergy_readings(code, source.terms),
        when=when,
        dated=dated,
        recorded=recorded,
        state=state,
        status=verified.shown or None,
    )


def _severity(resource: Json) -> tuple[Coded, ...]:
    """Criticality and each reaction's severity: plain codes of FHIR's own."""
    words = [a_text(resource, "criticality")]
    words += [a_text(reaction, "severity") for reaction in objects(resource, "reaction")]
    return tuple(Coded((Coding(None, word, None),), word) for word in words if word)
