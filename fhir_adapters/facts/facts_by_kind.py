"""By kind of resource: what makes facts of one, what tells whether one counts at all, and when it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.allergies import allergy_facts
from trialsieve.fhir_adapters.facts.condition_times import condition_timing
from trialsieve.fhir_adapters.facts.conditions import condition_facts, condition_standing
from trialsieve.fhir_adapters.facts.immunizations import (
    immunization_facts,
    immunization_standing,
    immunization_timing,
)
from trialsieve.fhir_adapters.facts.medication_times import medication_timing
from trialsieve.fhir_adapters.facts.medications import medication_facts, medication_standing
from trialsieve.fhir_adapters.facts.observations import observation_facts, observation_standing
from trialsieve.fhir_adapters.facts.procedures import procedure_facts, procedure_standing, procedure_timing
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.statements import Timing
from trialsieve.rules.vocabulary import Kind

FACTS: Final[Mapping[Kind, Callable[[Source], list[Fact] | None]]] = {
    Kind.OBSERVATION: observation_facts,
    Kind.CONDITION: condition_facts,
    Kind.PROCEDURE: procedure_facts,
    Kind.MEDICATION: medication_facts,
    Kind.IMMUNIZATION: immunization_facts,
    Kind.ALLERGY: allergy_facts,
}
"""The facts of a resource; None if it does not count. They raise Unusable."""

STANDING: Final[Mapping[Kind, Callable[[Json], Standing]]] = {
    Kind.OBSERVATION: observation_standing,
    Kind.CONDITION: condition_standing,
    Kind.PROCEDURE: procedure_standing,
    Kind.MEDICATION: medication_standing,
    Kind.IMMUNIZATION: immunization_standing,
    Kind.ALLERGY: condition_standing,
}
"""Whether a resource counts, by its status. They raise Unusable."""

TIMING: Final[Mapping[Kind, Callable[[Json, Clock], Timing]]] = {
    Kind.CONDITION: condition_timing,
    Kind.PROCEDURE: procedure_timing,
    Kind.MEDICATION: medication_timing,
    Kind.IMMUNIZATION: immunization_timing,
    Kind.ALLERGY: condition_timing,
}
"""When what a resource states was so, whether or not it counts. They raise Unusable."""
