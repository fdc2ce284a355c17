"""The codes of a resource, wherever it has them, and what they mean together."""

from __future__ import annotations

from trialsieve.fhir_adapters.codes.attestations import is_attestation
from trialsieve.fhir_adapters.codes.code_faults import code_fault
from trialsieve.fhir_adapters.codes.meaning import QUIET, Meaning
from trialsieve.fhir_adapters.codes.understanding import Understanding
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.fhir_adapters.elements.shapes import objects
from trialsieve.fhir_adapters.facts.allergies import allergy_code
from trialsieve.fhir_adapters.facts.conditions import condition_code
from trialsieve.fhir_adapters.facts.immunizations import immunization_code
from trialsieve.fhir_adapters.facts.observations import observation_codes
from trialsieve.fhir_adapters.facts.procedures import procedure_code
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.fhir_adapters.records.references import Resolver
from trialsieve.fhir_adapters.values.recorded_values import VALUES
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.vocabulary import Kind


def codes_of(kind: Kind, resource: Resource, resolver: Resolver) -> list[Coded]:
    """The codes of a resource: several only for an Observation with components. Raises Unusable."""
    if kind is Kind.OBSERVATION:
        return [code for _, code in observation_codes(resource)]
    if kind is Kind.CONDITION:
        return [condition_code(resource)]
    if kind is Kind.PROCEDURE:
        return [procedure_code(resource)]
    if kind is Kind.MEDICATION:
        return [resolver.medication(resource)]
    if kind is Kind.IMMUNIZATION:
        return [immunization_code(resource)]
    return [allergy_code(resource)]


def meaning_of(kind: Kind, resource: Resource, resolver: Resolver, understanding: Understanding) -> Meaning:
    """The meaning of all codes of a resource together. Raises Unusable."""
    if kind is Kind.OBSERVATION:
        return _meaning_of_observation(resource, understanding)
    (code,) = codes_of(kind, resource, resolver)
    if kind is Kind.ALLERGY and objects(resource, "reaction"):
        return understanding.of_allergy_with_reaction(code)
    return understanding.of(kind, code)


def _meaning_of_observation(resource: Resource, understanding: Understanding) -> Meaning:
    """What the codes of a panel's components leave in doubt stays so where they have values, whatever else is named."""
    parts = observation_codes(resource)
    meanings = [understanding.of(Kind.OBSERVATION, code) for _, code in parts]
    if len(meanings) == 1:
        return meanings[0]
    named = frozenset().union(*(meaning.named for meaning in meanings))
    doubted = frozenset().union(*(meaning.doubted for meaning in meanings))
    components = zip(parts[1:], meanings[1:], strict=True)
    unread = [
        meaning.doubted for (element, _), meaning in components if any(element.get(name) is not None for name in VALUES)
    ]
    return Meaning(
        named,
        (doubted - named).union(*unread),
        says_something=any(meaning.says_something for meaning in meanings),
        # Not for a component's code system alone that is spelt like ours, where others are of results.
        attestation=is_attestation(parts[0][1])
        or (not (named or doubted) and any(meaning.attestation for meaning in meanings)),
        no_information=any(meaning.no_information for meaning in meanings),
    )


def fault_of(kind: Kind, resource: Resource, resolver: Resolver, understanding: Understanding, index: CodeIndex) -> str:
    """What is wrong with the first of its codes that leaves some concept in doubt. Raises Unusable."""
    codes = codes_of(kind, resource, resolver)
    code = next((code for code in codes if understanding.of(kind, code).doubted), codes[0])
    return code_fault(kind, resource, code, resolver, index)


def is_quiet_panel(resource: Resource, understanding: Understanding) -> bool:
    """Whether an Observation's code and those of all its components were met before and mean nothing."""
    components = resource.get("component")
    if type(components) is not list or "contained" in resource:
        return False
    met, word = understanding.met, Kind.OBSERVATION.value
    return all(type(element) is dict and met(word, element.get("code")) is QUIET for element in (resource, *components))
