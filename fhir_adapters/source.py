"""The resource that facts are made from, and what is needed to read it."""

from __future__ import annotations

from dataclasses import dataclass

from trialsieve.engine.facts import Person
from trialsieve.fhir_adapters.dates import Clock
from trialsieve.fhir_adapters.references import Resolver
from trialsieve.fhir_adapters.shapes import Json
from trialsieve.fhir_adapters.terms import Terms


@dataclass(frozen=True, slots=True)
class Source:
    """One resource. `reference` is as results show it; `clock` collects what could not be read of its dates."""

    reference: str
    resource: Json
    terms: Terms
    clock: Clock
    resolver: Resolver
    person: Person
