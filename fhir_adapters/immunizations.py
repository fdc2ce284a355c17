"""Immunizations as facts."""

from __future__ import annotations

from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codings import Coded, Reading, coded
from trialsieve.fhir_adapters.dates import Clock
from trialsieve.fhir_adapters.naming import Names
from trialsieve.fhir_adapters.placeholders import none_known
from trialsieve.fhir_adapters.shapes import Json, a_flag, a_text, choice, only_one, refuse_modifiers
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statements import Stated, Timing, doubted, noted_earlier, statement_facts
from trialsieve.fhir_adapters.statuses import IMMUNIZATION, Standing, standing
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.vocabulary import Kind, Role

_GIVEN: Final = choice("occurrenceDateTime", "occurrenceString", "date")  # date: STU3
_IMMUNIZATION: Final = Kind.IMMUNIZATION
_STATING: Final = ("status", "notGiven", "wasNotGiven", "modifierExtension", "extension")


def immunization_code(resource: Json) -> Coded:
    return coded(resource, "vaccineCode")


def immunization_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """What the code names; and concepts that any vaccine stands for, unless the code says that it is none."""
    readings = {reading.concept: reading for reading in terms.reader.read(code, asserting=True)}
    excluded = {
        concept for coding in code.codings for concept, found in terms.reader.hits(coding) if found.role is Role.EXCLUDE
    }
    for name in terms.any_vaccine - excluded:
        named = readings.get(name)
        unsure = named is not None and named.role is Role.SUPPORTING  # a code that may be a vaccine, or none
        role = Role.SUPPORTING if unsure else Role.DEFINITIVE
        readings[name] = Reading(name, role, named.codes if named else (), code.codings)
    return tuple(readings.values())


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
    timing = noted_earlier(_given(source.resource, source.clock), source.resource, "recorded", source.clock)
    return statement_facts(source, _IMMUNIZATION, stated, timing)


def _stated(resource: Json, code: Coded, names: Names) -> Stated | None:
    stands = _standing(resource, code)
    if stands is Standing.DROPPED:
        return None
    refuse_modifiers(resource, "Immunization")
    return Stated(names.of(immunization_readings, code, {}), stands.certainty, doubted(resource, stands))


def _given(resource: Json, clock: Clock) -> Timing:
    name = only_one(resource, _GIVEN)
    if name is None:
        return Timing()
    if name == "occurrenceString":
        return Timing(f"dated '{(a_text(resource, name) or '')[:60]}'")
    return Timing(f"on {resource[name]}", clock.read(resource, name))
