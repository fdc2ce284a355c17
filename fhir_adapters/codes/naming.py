"""What a resource says apart from its id, dates and numbers recurs from patient to patient: found once, it is kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Final, TypeVar

from msgspec import Struct

from trialsieve.fhir_adapters.codes.facets import Elements, facets_of
from trialsieve.fhir_adapters.codes.other_tests import words_of_another_test
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.as_json import as_json, is_key
from trialsieve.fhir_adapters.elements.codings import Coded, Reading
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.rules.concept import Concept, Facets
from trialsieve.rules.kept import Kept

_REMEMBERED: Final = 1 << 13
_Stated = TypeVar("_Stated")

Readings = Callable[[Coded, Terms], tuple[Reading, ...]]
"""What a resource of some kind says by its code."""


class Named(Struct, frozen=True, gc=False):
    """One concept that a code names: its label as facts show it, and its facets with what they assume.

    `misnamed`: words of the code that name another test.
    """

    reading: Reading
    concept: Concept
    label: str
    facets: Facets
    assumptions: tuple[str, ...]
    misnamed: str = ""


class Names:
    """Finds what codes name, remembering each with the elements beside it."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        # By identity, since equal elements are one object mostly; each is held, so that its identity stays its own.
        self._known: Kept[tuple[object, ...], tuple[tuple[Coded, ...], tuple[Named, ...]]] = Kept(_REMEMBERED)
        self._stated: Kept[tuple[object, ...], tuple[Coded, Any]] = Kept(_REMEMBERED)

    def of(self, readings: Readings, code: Coded, elements: Elements) -> tuple[Named, ...]:
        """What the code names by these readings. Calls with the same `readings` group their elements alike."""
        key = (readings, id(code), *map(id, chain.from_iterable(elements.values())))
        known = self._known.get(key)
        if known is None:
            held = (code, *chain.from_iterable(elements.values()))
            known = (held, tuple(self._named(reading, code, elements) for reading in readings(code, self.terms)))
            self._known.keep(key, known)
        return known[1]

    def stated(
        self, state: Callable[[Json, Coded, Names], _Stated], elements: tuple[str, ...], resource: Json, code: Coded
    ) -> _Stated:
        """What `state` makes of these elements of a resource and of its code. It is shown no other elements.

        Kept where each element is absent or a word: a word is equal to nothing else (in Python, true is equal to 1).
        """
        key = (state, id(code), *map(resource.get, elements))
        try:
            known = self._stated.get(key)
        except TypeError:  # something that is no word
            known = None
        if known is None:
            shown = {name: resource[name] for name in elements if name in resource}
            known = (code, state(shown, code, self))
            if all(value is None or type(value) is str for value in shown.values()):
                self._stated.keep(key, known)
        found: _Stated = known[1]
        return found

    def stated_in_full(
        self, state: Callable[[Json, Coded, Names], _Stated], elements: tuple[str, ...], resource: Json, code: Coded
    ) -> _Stated:
        """As `stated`, of elements that are seldom words; kept by their JSON, in which true is not 1."""
        written = as_json(list(map(resource.get, elements)))
        key = (state, id(code), written)
        known = self._stated.get(key)
        if known is None:
            shown = {name: resource[name] for name in elements if name in resource}
            known = (code, state(shown, code, self))
            if is_key(written):
                self._stated.keep(key, known)
        found: _Stated = known[1]
        return found

    def _named(self, reading: Reading, code: Coded, elements: Elements) -> Named:
        terms = self.terms
        concept = terms.concepts[reading.concept]
        facets, assumptions = facets_of(concept, reading.codes, elements, terms.reader, code)
        misnamed = words_of_another_test(reading, code, concept, terms.index)
        return Named(reading, terms.concept_of(reading), terms.labels.of(reading, code), facets, assumptions, misnamed)
