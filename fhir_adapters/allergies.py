"""AllergyIntolerances as facts: the allergy itself and the substances of its reactions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codings import Coded, Coding, Reading, coded, joined, read_coded
from trialsieve.fhir_adapters.conditions import condition_timing, statuses_of
from trialsieve.fhir_adapters.shapes import Json, a_text, objects, refuse_modifiers
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statements import Stated, statement_facts
from trialsieve.fhir_adapters.statuses import Standing
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.vocabulary import Kind, Role

_SEVERE: Final = ("severity", "severe")
_LOW: Final = "low"
_NOT_SEVERE: Final = frozenset({_LOW, "mild", "moderate"})
_ANAPHYLAXIS: Final = re.compile(r"ana(?:phyla|fil[aá])|过敏性休克|過敏性休克", re.IGNORECASE)
_DENIED: Final = re.compile(r"\b(?:no|not|non|never|without|denies)\b", re.IGNORECASE)


def allergy_code(resource: Json) -> Coded:
    """What it is an allergy to: the code, and the substance of each reaction."""
    reactions = [coded(reaction, "substance") for reaction in objects(resource, "reaction")]
    return joined((coded(resource, "code"), *reactions))


def allergy_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """Only concepts that an allergy can be: a code of a drug says here what must not be given, not what was taken.

    And a doubt whether it is one of the concepts that any allergy may be.
    """
    readings = terms.reader.read(code, asserting=True)
    allergies = tuple(reading for reading in readings if Kind.ALLERGY in terms.concepts[reading.concept].kinds)
    named = {reading.concept for reading in allergies}
    doubts = (Reading(name, Role.SUPPORTING, (), code.codings) for name in sorted(terms.allergies_meant(code) - named))
    return (*allergies, *doubts)


def allergy_facts(source: Source) -> list[Fact] | None:
    """The facts of an AllergyIntolerance; None if it does not count.

    Raises Unusable if it cannot be read, or must not be.
    """
    resource = source.resource
    statuses = statuses_of(resource)
    if statuses.stands is Standing.DROPPED:
        return None
    refuse_modifiers(resource, "AllergyIntolerance")
    for reaction in objects(resource, "reaction"):
        refuse_modifiers(reaction, "AllergyIntolerance.reaction")
    named = source.names.of(allergy_readings, source.code, {"severity": _severity(resource, source.terms)})
    stated = Stated(named, statuses.stands.certainty, f"{statuses.shown},")
    return statement_facts(source, Kind.ALLERGY, stated, condition_timing(resource, source.clock), statuses.state)


def _severity(resource: Json, terms: Terms) -> tuple[Coded, ...]:
    """How bad it was, in FHIR's own words: each reaction's severity, and the criticality.

    Anaphylaxis is severe, whatever else is said of it. A low criticality (the worst that a reaction is expected to be
    does not threaten life) tells nothing of a reaction that was and that nobody described. Nor is an allergy mild while
    nobody says how one of its reactions was.
    """
    words: list[str] = []
    untold = False
    reactions = objects(resource, "reaction")
    for reaction in reactions:
        said = a_text(reaction, "severity")
        severe = any(_is_severe(found, terms) for found in _manifestations(reaction))
        words += [word for word in (said, "severe" if severe else None) if word]
        untold = untold or not (said or severe)
    criticality = a_text(resource, "criticality")
    if criticality and (words or not reactions or criticality.lower() != _LOW):
        words.append(criticality)
    if untold and _NOT_SEVERE.issuperset(word.lower() for word in words):
        return ()
    return tuple(map(_in_word, words))


def _manifestations(reaction: Json) -> Iterator[Coded]:
    """What the reaction was; R5 has it in a CodeableReference. And what is said of it in words."""
    for item in objects(reaction, "manifestation", single=True):
        concept = item.get("concept")
        yield read_coded(concept if isinstance(concept, dict) else item, "manifestation")
    described = a_text(reaction, "description")
    if described:
        yield Coded((), described)


def _is_severe(found: Coded, terms: Terms) -> bool:
    """Whether it is anaphylaxis, by a code that the rules call severe, or by the word."""
    return any(_ANAPHYLAXIS.search(text) and not _DENIED.search(text) for text in found.texts) or any(
        _SEVERE in code.facets
        for coding in found.codings
        if coding.system and coding.code
        for _, code in terms.index.lookup(coding.system, coding.code)
    )


@lru_cache(maxsize=64)
def _in_word(word: str) -> Coded:
    return Coded((Coding(None, word, None),), word)
