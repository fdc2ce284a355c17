"""What a resource proves of the retrieval of its kind, whatever else it may mean; and why others prove nothing."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from trialsieve.fhir_adapters.elements.dates import is_visible
from trialsieve.fhir_adapters.elements.shapes import Unusable, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import entered_in_error
from trialsieve.fhir_adapters.facts.collected import Collected
from trialsieve.fhir_adapters.facts.focus import AboutAnother
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.facts.sources import Sources
from trialsieve.fhir_adapters.facts.would_be import as_sought
from trialsieve.fhir_adapters.records.record import Record, Resource
from trialsieve.rules.vocabulary import Kind


class Retrieval:
    """The proof that kinds of resource were retrieved, in the making, of one record."""

    def __init__(self, learnt: Learnt, sources: Sources, collected: Collected, as_of: date | None) -> None:
        self._learnt = learnt
        self._sources = sources
        self._collected = collected
        self._as_of = as_of
        self._showing_nothing: dict[Kind, list[tuple[str, str]]] = {}  # references and faults, as met

    def shown_by(self, kind: Kind, reference: str, resource: Resource) -> bool:
        """Whether it shows that resources of its kind were retrieved.

        It must be possible to read it, whatever it may mean: most of what means nothing here was not, so far. Of
        an Observation nobody asks that, since none is presumed absent.
        """
        collected = self._collected
        if entered_in_error(resource) or not collected.may_prove_something(resource):
            return False
        if kind is Kind.OBSERVATION:
            return True
        source = replace(self._sources.of(reference, resource), names=self._learnt.names_what_is_sought)
        try:
            fact = as_sought(kind, source)
            refuse_modifiers(resource, resource["resourceType"])  # of one that does not count nothing was read
        except AboutAnother:  # told already
            return True
        except Unusable as problem:
            collected.prove_nothing(resource)
            self._showing_nothing.setdefault(kind, []).append((reference, str(problem)))
            return False
        if fact is not None and is_visible(fact.when, fact.recorded, self._as_of):
            return True
        return not self._sources.came_later(kind, resource)

    def tell_why_not(self, record: Record, present: frozenset[Kind]) -> None:
        """Why a kind of which there are resources counts as not retrieved; else nobody need know of them."""
        for kind, faults in self._showing_nothing.items():
            if record.in_full and kind not in present and kind not in record.vouched:
                for reference, fault in faults:
                    self._collected.complain(reference, fault)
