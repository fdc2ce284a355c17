"""How the resources of one record are looked at, and which of them are of a later day."""

from __future__ import annotations

from datetime import date

from trialsieve.engine.facts import Person
from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded
from trialsieve.fhir_adapters.elements.dates import Clock, is_visible
from trialsieve.fhir_adapters.elements.shapes import Unusable
from trialsieve.fhir_adapters.facts.facts_by_kind import TIMING
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.records.record import Record, Resource
from trialsieve.rules.vocabulary import Kind


class Sources:
    """The sources of one record's facts. They share a clock as long as it could read everything."""

    def __init__(self, learnt: Learnt, record: Record, person: Person, as_of: date | None) -> None:
        self._learnt = learnt
        self._index = record.index
        self._person = person
        self._as_of = as_of
        self._clock = Clock(learnt.terms.zone, person.birth, as_of)

    def clean_clock(self) -> Clock:
        """The clock, with nothing that it could not read of another resource."""
        if self._clock.problems or self._clock.unread:
            self._clock = Clock(self._learnt.terms.zone, self._person.birth, self._as_of)
        return self._clock

    def of(self, reference: str, resource: Resource, code: Coded = NOTHING) -> Source:
        """One resource, with a clean clock."""
        learnt = self._learnt
        clock = self.clean_clock()
        return Source(reference, resource, code, learnt.terms, learnt.names, clock, self._index, self._person)

    def came_later(self, kind: Kind, resource: Resource) -> bool:
        """Whether a resource, which may be one that does not count, is of a later day than the record is read for.

        One whose days cannot be told is not, nor one that was noted before its time (a drug that is planned); an
        Observation, which proves no absence, is not asked.
        """
        if self._as_of is None or kind is Kind.OBSERVATION:
            return False
        clock = self.clean_clock()
        try:
            timing = TIMING[kind](resource, clock)
        except Unusable:
            return False
        noted = timing.recorded or clock.noted_before(resource, "dateAsserted", timing.when)
        return not is_visible(timing.when, noted, self._as_of)
