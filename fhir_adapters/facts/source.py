"""The resource that facts are made from, and what is needed to read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from trialsieve.engine.facts import Person
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.facts.other_malignancy import Beside, none_beside
from trialsieve.fhir_adapters.records.references import Resolver


class Source(Struct, frozen=True, gc=False):
    """One resource. `reference` is as results show it; `clock` collects what could not be read of its dates.

    `code` is all that its code says (of an Observation with components, nothing: each part has its own). `index` finds
    what its references name. `others` finds the other malignancies of the record.
    """

    reference: str
    resource: Json
    code: Coded
    terms: Terms
    names: Names
    clock: Clock
    index: Mapping[str, Mapping[str, Any]]
    person: Person
    others: Beside = none_beside

    @property
    def resolver(self) -> Resolver:
        return Resolver(self.resource, self.index)
