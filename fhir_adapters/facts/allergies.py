"""AllergyIntolerances as facts: the allergy itself and the substances of its reactions."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codes.allergy_denials import allergy_named, denied_outright, told_beside
from trialsieve.fhir_adapters.codes.doubting_words import words_against_allergy
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded, Reading, coded, doubts_of, joined
from trialsieve.fhir_adapters.elements.shapes import Json, objects, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.allergy_severity import severity
from trialsieve.fhir_adapters.facts.condition_times import condition_timing
from trialsieve.fhir_adapters.facts.conditions import statuses_of
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.statements import Stated, statement_facts
from trialsieve.rules.vocabulary import Certainty, Kind, Role, State

_STATING: Final = (
    *("clinicalStatus", "verificationStatus", "code", "reaction", "criticality"),
    *("modifierExtension", "extension"),
)


def allergy_code(resource: Json) -> Coded:
    """What it is an allergy to: the code, and the substance of each reaction."""
    reactions = [coded(reaction, "substance") for reaction in objects(resource, "reaction")]
    return joined((allergy_named(resource), *reactions))


def allergy_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """Only concepts that an allergy can be: a code of a drug says here what must not be given, not what was taken.

    And a doubt whether it is one of the concepts that any allergy may be.
    """
    readings = terms.reader.read(code, asserting=True)
    allergies = tuple(reading for reading in readings if Kind.ALLERGY in terms.concepts[reading.concept].kinds)
    named = {reading.concept for reading in allergies}
    return (*allergies, *doubts_of(terms.allergies_meant(code) - named, code))


def allergy_facts(source: Source) -> list[Fact] | None:
    """The facts of an AllergyIntolerance; None if it does not count.

    Raises Unusable if it cannot be read, or must not be.
    """
    found = source.names.stated_in_full(_stated, _STATING, source.resource, source.code)
    if found is None:
        return None
    stated, state = found
    return statement_facts(source, Kind.ALLERGY, stated, condition_timing(source.resource, source.clock), state)


def _stated(resource: Json, code: Coded, names: Names) -> tuple[Stated, State] | None:
    statuses = statuses_of(resource)
    if statuses.stands is Standing.DROPPED:
        return None
    refuse_modifiers(resource, "AllergyIntolerance")
    for reaction in objects(resource, "reaction"):
        refuse_modifiers(reaction, "AllergyIntolerance.reaction")
    how_severe = {"severity": severity(resource, names.terms)}
    certainty, status = statuses.stands.certainty, statuses.shown
    readings = allergy_readings
    if denied_outright(allergy_named(resource), names.terms) and (beside := told_beside(resource, names.terms)):
        readings, certainty, status = _contradicted_readings, Certainty.WEAK, f"{status}, beside {beside}"
    elif words := words_against_allergy(code, names.of(allergy_readings, code, {}), names.terms):
        certainty, status = Certainty.WEAK, f"{status}, in words '{words[:80]}'"
    return Stated(names.of(readings, code, how_severe), certainty, f"{status},"), statuses.state


def _contradicted_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """Of a denial that tells of an allergy: nothing is denied, and whatever it may mean is a doubt."""
    readings = [replace(reading, role=Role.SUPPORTING) for reading in allergy_readings(code, terms)]
    return (*readings, *doubts_of(terms.any_allergy - {reading.concept for reading in readings}, code))
