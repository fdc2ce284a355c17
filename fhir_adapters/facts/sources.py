"""How the resources of one record are looked at, and which of them are of a later day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialsieve.engine.facts import Person
from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded
from trialsieve.fhir_adapters.elements.dates import Clock, is_visible
from trialsieve.fhir_adapters.elements.shapes import Unusable
from trialsieve.fhir_adapters.facts.facts_by_kind import TIMING
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.facts.other_malignancy import Other
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.records.record import Record, Resource
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Kind


class Sources:
    """The sources of one record's facts. They share a clock as long as it could read everything."""

    def __init__(self, learnt: Learnt, record: Record, person: Person, as_of: date | None) -> None:
        self._learnt = learnt
        self._record = record
        self._person = person
        self._as_of = as_of
        self._clock = Clock(learnt.terms.zone, person.birth, as_of)
        self._others: dict[str, tuple[Other, ...]] = {}  # by state, other malignancies that it may be of

    def clean_clock(self) -> Clock:
        """The clock, with nothing that it could not read of another resource."""
        if self._clock.problems or self._clock.unread:
            self._clock = Clock(self._learnt.terms.zone, self._person.birth, self._as_of)
        return self._clock

    def of(self, reference: str, resource: Resource, code: Coded = NOTHING) -> Source:
        """One resource, with a clean clock."""
        learnt, clock = self._learnt, self.clean_clock()
        return Source(
            *(reference, resource, code, learnt.terms, learnt.names, clock, self._record.index, self._person),
            others=self._beside,
        )

    def conditions(self) -> Iterator[tuple[str, Resource]]:
        """The Conditions that are not of a later day. By the clean clock another resource may be half read."""
        condition, clock = Kind.CONDITION, Clock(self._learnt.terms.zone, self._person.birth, self._as_of)
        for reference, resource in self._record.resources:
            if resource.get("resourceType") == condition.value and not self.came_later(condition, resource, clock):
                yield reference, resource

    def _beside(self, state: Concept) -> tuple[Other, ...]:
        """The other malignancies of the record of which a state may be."""
        found = self._others.get(state.id)
        if found is None:
            found = self._others[state.id] = tuple(self._learnt.other_malignancies.among(self.conditions(), state))
        return found

    def came_later(self, kind: Kind, resource: Resource, clock: Clock | None = None) -> bool:
        """Whether a resource, which may be one that does not count, is of a later day than the record is read for.

        One whose days cannot be told is not, nor one that was noted before its time (a drug that is planned); an
        Observation, which proves no absence, is not asked.
        """
        if self._as_of is None or kind is Kind.OBSERVATION:
            return False
        clock = clock or self.clean_clock()
        try:
            timing = TIMING[kind](resource, clock)
        except Unusable:
            return False
        noted = timing.recorded or clock.noted_before(resource, "dateAsserted", timing.when)
        return not is_visible(timing.when, noted, self._as_of)
