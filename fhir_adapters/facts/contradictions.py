"""Conditions and allergies of one code, of which one was refuted or is over: what that says of the others.

A patient's record often holds a diagnosis several times: once for each encounter, and once on the problem list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from trialsieve.engine.facts import Contradiction, Dismissed, Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader
from trialsieve.fhir_adapters.elements.dates import Clock, is_visible
from trialsieve.fhir_adapters.elements.shapes import Unusable
from trialsieve.fhir_adapters.elements.statuses import entered_in_error
from trialsieve.fhir_adapters.facts.condition_times import condition_timing
from trialsieve.fhir_adapters.facts.statements import Timing
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.rules.vocabulary import Certainty, Kind, State

STATED: Final = frozenset({Kind.CONDITION, Kind.ALLERGY})
"""What may be refuted, or over."""
_OVER: Final = frozenset({State.RESOLVED, State.REMISSION})
_Key = tuple[Kind, str, str]


class _Speaking(Struct, frozen=True, gc=False):
    """A resource that says something against others of its code."""

    keys: frozenset[_Key]
    reference: str
    says: str
    refuted: bool
    when: DateInterval | None
    ended_when: DateInterval | None


class Diagnoses:
    """Collects the Conditions and AllergyIntolerances of one record that name a concept, as of a day."""

    def __init__(self, reader: CodeReader, as_of: date | None) -> None:
        self._reader = reader
        self._as_of = as_of
        self._references: defaultdict[_Key, list[str]] = defaultdict(list)
        self._speaking: list[_Speaking] = []
        self._dismissed: list[Dismissed] = []
        self.refuted: dict[str, date] = {}
        """The concepts of Conditions that were looked into and refuted, with the last day of which that is said."""

    def add(self, kind: Kind, reference: str, code: Coded, facts: Sequence[Fact]) -> None:
        """One that counts, with its facts."""
        keys = self._keys(kind, code)
        for key in keys:
            self._references[key].append(reference)
        stated = next((fact for fact in facts if fact.kind is kind), None)
        if not keys or stated is None or stated.certainty is not Certainty.FIRM:
            return
        if not (
            is_visible(stated.when, stated.recorded, self._as_of) and is_visible(stated.ended_when, None, self._as_of)
        ):
            return
        if stated.ended or stated.state in _OVER:
            when = _latest(stated.recorded, stated.when, stated.ended_when)
            self._speaking.append(_Speaking(keys, reference, stated.says, False, when, stated.ended_when))

    def drop(
        self, kind: Kind, reference: str, concepts: frozenset[str], code: Coded, resource: Resource, clock: Clock
    ) -> None:
        """One that does not count: what was refuted, and not merely entered in error, was looked into."""
        try:
            timing = condition_timing(resource, clock)
        except Unusable:
            timing = Timing()
        recorded = timing.recorded
        if not is_visible(timing.when, recorded, self._as_of):
            return
        in_error = entered_in_error(resource)
        when = f"recorded {resource['recordedDate']}" if resource.get("recordedDate") is not None else "undated"
        says = f"{code.shown} ({'entered in error' if in_error else 'refuted'}), {when}"
        self._dismissed.append(Dismissed(reference, concepts, says))
        if not in_error:
            self._speaking.append(_Speaking(self._keys(kind, code), reference, says, True, recorded, None))
            if kind is Kind.CONDITION:
                held = _latest(recorded, clock.last_changed(resource))
                until = date.max if held is None or held.last is None else held.last
                for concept in concepts:
                    self.refuted[concept] = max(until, self.refuted.get(concept, until))

    def dismissed(self) -> tuple[Dismissed, ...]:
        """All that does not count, by what is said of it."""
        return tuple(sorted(self._dismissed, key=lambda each: (each.says, each.reference)))

    def contradictions(self) -> tuple[Contradiction, ...]:
        """What is said against others, by each that there are others of."""
        found: list[Contradiction] = []
        for one in self._speaking:
            if of := self._others(one):
                found.append(Contradiction(one.reference, one.says, of, one.refuted, one.when, one.ended_when))
        return tuple(sorted(found, key=lambda each: (each.says, each.reference)))

    def _others(self, one: _Speaking) -> frozenset[str]:
        """The resources of one of its codes; its own name among them where another version of it counts."""
        named = [each for key in one.keys for each in self._references.get(key, ())]
        own = 0 if one.refuted else len(one.keys)
        return frozenset(named) - (set() if named.count(one.reference) > own else {one.reference})

    def _keys(self, kind: Kind, code: Coded) -> frozenset[_Key]:
        """Its codes by which a concept is sure; what is only suggested by several is not the same thing."""
        return frozenset((kind, system, code) for system, code in self._reader.sure_codes(code))


def _latest(*dates: DateInterval | None) -> DateInterval | None:
    """The one with the latest last day; one that has none is the latest."""
    known = [each for each in dates if each is not None]
    return max(known, key=lambda each: each.last or date.max, default=None)
