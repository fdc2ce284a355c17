"""What a code names, and what is told of it, is the same for every patient: it is worked out once and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from trialsieve.fhir_adapters.codings import Coded, Reading
from trialsieve.fhir_adapters.facets import Elements, facets_of
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import Concept, Facets

_REMEMBERED: Final = 1 << 13

Readings = Callable[[Coded, Terms], tuple[Reading, ...]]
"""What a resource of some kind says by its code."""


@dataclass(frozen=True, slots=True)
class Named:
    """One concept that a code names: its label as facts show it, and its facets with what they assume."""

    reading: Reading
    concept: Concept
    label: str
    facets: Facets
    assumptions: tuple[str, ...]


class Names:
    """Finds what codes name, remembering each with the elements beside it."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        # By identity, since equal elements are one object mostly; each is held, so that its identity stays its own.
        self._known: Kept[tuple[object, ...], tuple[tuple[Coded, ...], tuple[Named, ...]]] = Kept(_REMEMBERED)

    def of(self, readings: Readings, code: Coded, elements: Elements) -> tuple[Named, ...]:
        """What the code names by these readings. Calls with the same `readings` group their elements alike."""
        key: tuple[object, ...] = (readings, id(code))
        for group in elements.values():
            for element in group:
                key += (id(element),)
        known = self._known.get(key)
        if known is None:
            held = (code, *(element for group in elements.values() for element in group))
            known = (held, tuple(self._named(reading, code, elements) for reading in readings(code, self._terms)))
            self._known.keep(key, known)
        return known[1]

    def _named(self, reading: Reading, code: Coded, elements: Elements) -> Named:
        terms = self._terms
        facets, assumptions = facets_of(terms.concepts[reading.concept], reading.codes, elements, terms.reader)
        return Named(reading, terms.concept_of(reading), terms.label(reading, code), facets, assumptions)
