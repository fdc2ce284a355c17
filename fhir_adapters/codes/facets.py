"""What narrows a fact: method, specimen, route and the like, from its codes and from the resource's own elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from trialsieve.fhir_adapters.codes.other_donors import names_another_donor
from trialsieve.fhir_adapters.codes.other_methods import other_methods
from trialsieve.fhir_adapters.codes.recorded_words import denies, denies_each
from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader
from trialsieve.rules.concept import Code, Concept, Facets, FacetValue
from trialsieve.rules.words import Phrases

_METHOD: Final = "method"
_OXYGEN: Final = "oxygen"  # with what a saturation was measured: no element says so, the words of its code do
_DONOR: Final = "donor"
ROUTE: Final = "route"
FORM: Final = "form"
"""The dose form, which may say the route, and need not."""
_APART: Final = str.maketrans(",;/()", "     ")  # not a hyphen: "sub-cutaneous" is one word

Elements = Mapping[str, tuple[Coded, ...]]
"""The elements of a resource that state a facet, by facet; a facet that is not named here may stand in any of them."""


def facets_of(
    concept: Concept, codes: Iterable[Code], elements: Elements, reader: CodeReader, named_by: Coded
) -> tuple[Facets, tuple[str, ...]]:
    """The facets, and what had to be assumed.

    A facet for which code and elements contradict each other is not stated. One that an element states in words that
    are not understood is not assumed either, nor is one that the words of `named_by`, the code that is read, state.
    A method, or a donor, is not stated where those words name another. Whether oxygen was given, those words state as
    an element's.
    """
    values: dict[str, set[str]] = {}
    for code in codes:
        for facet, value in code.facets:
            values.setdefault(facet, set()).add(value)
    for facet in {item.facet for item in concept.facets}:
        if facet == ROUTE and ROUTE in elements:
            found = _routes_stated(concept.facets, elements, reader)
        else:
            stating = _elements(facet, elements)
            if facet == _OXYGEN and not any(_denies_oxygen(text, concept) for text in named_by.texts):
                stating = (*stating, named_by)
            found = _stated(facet, concept.facets, stating, reader)
        if found:
            values.setdefault(facet, set()).update(found)
    assumptions: tuple[str, ...] = ()
    if concept.assume is not None:
        facet, value, sentence = concept.assume
        if facet not in values and not any(element.codings or element.text for element in elements.get(facet, ())):
            in_words = _stated(facet, concept.facets, (named_by,), reader)
            values[facet] = in_words or {value}
            assumptions = () if in_words else (sentence,)
    if _METHOD in values and _is_doubted(values[_METHOD], concept, named_by):
        del values[_METHOD]
        assumptions = ()
    if len(donors := values.get(_DONOR, set())) == 1 and names_another_donor(named_by.texts, *donors):
        del values[_DONOR]
    facets = [(facet, *found) for facet, found in values.items() if len(found) == 1]
    return tuple(sorted(facets)), assumptions  # type: ignore[arg-type]  # each is (facet, value)


def _denies_oxygen(text: str, concept: Concept) -> bool:
    """Whether words of the code say that none was given (`SpO2 without supplemental oxygen`)."""
    names = tuple(part for item in concept.facets if item.facet == _OXYGEN for part in item.texts)
    return denies(text) or denies_each(text, Phrases(names))


def _is_doubted(methods: set[str], concept: Concept, named_by: Coded) -> bool:
    """Whether the words of the code name another method than the one that there is."""
    known = [item for item in concept.facets if item.facet == _METHOD]
    return bool(known) and any(other_methods(named_by.texts, method, known) for method in methods)


def _routes_stated(known: tuple[FacetValue, ...], elements: Elements, reader: CodeReader) -> set[str]:
    """The routes that the dosages and the dose form state, each of them by its code and by its words.

    More than one, which state none, also where a dosage has a route that is not understood beside another that is: what
    is on the skin in one of them need not be in the other.
    """
    each = [_stated_in_full(ROUTE, known, route, reader) for route in elements[ROUTE]]
    found = set[str]().union(*each, *(_stated_in_full(ROUTE, known, form, reader) for form in elements.get(FORM, ())))
    return found | {""} if found and not all(each) else found


def _stated_in_full(facet: str, known: tuple[FacetValue, ...], element: Coded, reader: CodeReader) -> set[str]:
    words = Coded((), " ; ".join(element.texts) or None)
    return _stated(facet, known, (element,), reader) | _stated(facet, known, (words,), reader)


def says_another_route(told: Iterable[str], taken: str, concept: Concept) -> bool:
    """Whether words of how to take it name another route than the one that there is."""
    known = [item for item in concept.facets if item.facet == ROUTE and item.value != taken]
    texts = [f" {' '.join(text.casefold().translate(_APART).split())} " for text in told]
    return any(_says(text, part) for item in known for part in item.texts for text in texts)


def _elements(facet: str, elements: Elements) -> tuple[Coded, ...]:
    if facet in elements:
        return elements[facet]
    return tuple(element for group in elements.values() for element in group)


def _stated(facet: str, known: tuple[FacetValue, ...], elements: tuple[Coded, ...], reader: CodeReader) -> set[str]:
    """The values that the elements state: by code, and only where no code says so, by a part of their words."""
    candidates = [item for item in known if item.facet == facet]
    keys = {reader.canonical(coding) for element in elements for coding in element.codings}
    by_code = {item.value for item in candidates if any(code in keys for code in item.codes)}
    if by_code:
        return by_code
    said = (text.casefold().translate(_APART) for element in elements for text in element.texts)
    texts = [f" {' '.join(text.split())} " for text in said]  # a space stands beside a word
    return {item.value for item in candidates if any(_says(text, part) for part in item.texts for text in texts)}


def _says(text: str, part: str) -> bool:
    part = part.casefold()
    return text.strip() == part[1:] if part[0] == "=" else part in text
