"""Immunizations as facts."""

from __future__ import annotations

from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.codes.vaccines import Vaccines
from trialsieve.fhir_adapters.elements.codings import Coded, Reading, coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.placeholders import none_known
from trialsieve.fhir_adapters.elements.shapes import Json, a_flag, a_text, choice, only_one, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import IMMUNIZATION, Standing, standing
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.statements import Stated, Timing, noted_earlier, stated_as_done, statement_facts
from trialsieve.rules.vocabulary import Kind, Role

_GIVEN: Final = choice("occurrenceDateTime", "occurrenceString", "date")  # date: STU3
_IMMUNIZATION: Final = Kind.IMMUNIZATION
_STATING: Final = (
    *("status", "notGiven", "wasNotGiven", "modifierExtension", "extension", "statusReason"),
    "explanation",  # STU3, DSTU2
)


def immunization_code(resource: Json) -> Coded:
    return coded(resource, "vaccineCode")


def immunization_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """What the code names; and concepts that any vaccine stands for, unless it is said that this is none."""
    readings = {reading.concept: reading for reading in terms.reader.read(code, asserting=True)}
    excluded = {concept for concept, found in terms.reader.hits_of(code) if found.role is Role.EXCLUDE}
    for name in terms.any_vaccine:
        named = readings.pop(name, None)
        role = None if name in excluded else _vaccine(code, named, terms.vaccines[name])
        if role is not None:
            readings[name] = Reading(name, role, named.codes if named else (), code.codings)
    return tuple(readings.values())


def _vaccine(code: Coded, named: Reading | None, vaccines: Vaccines) -> Role | None:
    """Whether it is a vaccine, may be one, or is none. Words speak where no code does; against one they raise a doubt.

    What a system's codes of no vaccine leave over are vaccines.
    """
    if named is not None and named.role is Role.SUPPORTING:
        return Role.SUPPORTING
    named_one, named_another = vaccines.named_in(code)
    if named is not None or vaccines.are_all_of(code):
        return Role.SUPPORTING if named_another and not named_one else Role.DEFINITIVE
    if named_another:
        return Role.SUPPORTING if named_one else None
    return Role.DEFINITIVE if named_one else Role.SUPPORTING


def immunization_standing(resource: Json) -> Standing:
    """Whether it was given: by its status, a flag that STU3 and DSTU2 have, or a code that says that none was."""
    return _standing(resource, immunization_code(resource))


def _standing(resource: Json, code: Coded) -> Standing:
    denied = any(none_known(coding.system, coding.code) for coding in code.codings)
    if denied or a_flag(resource, "notGiven") or a_flag(resource, "wasNotGiven"):
        return Standing.DROPPED
    return standing(resource.get("status"), IMMUNIZATION)


def immunization_facts(source: Source) -> list[Fact] | None:
    """The facts of an Immunization; None if it was not given. Raises Unusable if it cannot be read, or must not be."""
    stated = source.names.stated(_stated, _STATING, source.resource, source.code)
    if stated is None:
        return None
    return statement_facts(source, _IMMUNIZATION, stated, immunization_timing(source.resource, source.clock))


def _stated(resource: Json, code: Coded, names: Names) -> Stated | None:
    stands = _standing(resource, code)
    if stands is Standing.DROPPED:
        return None
    refuse_modifiers(resource, "Immunization")
    explanation = resource.get("explanation")
    reason = resource.get("statusReason") or (isinstance(explanation, dict) and explanation.get("reasonNotGiven"))
    return stated_as_done(resource, code, names.of(immunization_readings, code, {}), stands, bool(reason))


def immunization_timing(resource: Json, clock: Clock) -> Timing:
    """When it was given, and when that was noted."""
    return noted_earlier(_given(resource, clock), resource, "recorded", clock)


def _given(resource: Json, clock: Clock) -> Timing:
    name = only_one(resource, _GIVEN)
    if name is None:
        return Timing()
    if name == "occurrenceString":
        return Timing(f"dated '{(a_text(resource, name) or '')[:60]}'")
    return Timing(f"on {resource[name]}", clock.read(resource, name))
