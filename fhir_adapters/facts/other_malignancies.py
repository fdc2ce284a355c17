"""Other malignancies of a record, of which a state (relapse, remission) may be that does not say of what it is.

By what their codes and words are in the value sets: a concept of the groups that the state is never of
(`Concept.never_of`), and none of the groups of its own diseases, so that the disease under another code is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from trialsieve.fhir_adapters.codes.doubting_words import denied_or_doubted
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.recorded_words import is_in_a_doubting_category, is_of_a_relative
from trialsieve.fhir_adapters.codes.shared_words import words_in
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import ASSERTING, Coded
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.conditions import (
    condition_code,
    condition_readings,
    condition_standing,
    is_of_another_category,
)
from trialsieve.fhir_adapters.facts.other_malignancy import Other
from trialsieve.rules.concept import Concept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Role

# Words that are no more than that it is malignant: beside the disease they are the disease.
_NAMING_NONE: Final = frozenset(
    """
    cancer cancers malignancy malignancies malignant neoplasm neoplasms neoplastic disease nhl tumor tumour tumors
    tumours krebs krebserkrankung malignom tumeur maligne cancro kanker tumore maligno
    """.split()  # noqa: SIM905
)
_NO_NAME: Final = re.compile(rf"\b(?:{'|'.join(sorted(_NAMING_NONE))})\b", re.IGNORECASE)
# Words that name leukemias and lymphomas of any kind.
_BROAD: Final = re.compile(r"\b(?:leuk|leuc|leuz|lymphom|linfom)\w*", re.IGNORECASE)


class OtherMalignancies:
    """Tells other malignancies by a rule book: all of its concepts are looked at, whichever are asked for."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._names: dict[str, Names] = {}

    def among(self, conditions: Iterable[tuple[str, Json]], state: Concept) -> Iterator[Other]:
        """Those that count, surely or perhaps, whatever their clinical status."""
        names = self._names_of(state)
        for reference, resource in conditions:
            try:
                if condition_standing(resource) is Standing.DROPPED or is_of_another_category(resource):
                    continue
                code = condition_code(resource)
            except Unusable:  # what it is cannot be told; it bears on its own concepts as unreadable
                continue
            if _is_another(code, state, names):
                yield Other(reference, code.shown[:80], _is_solid(code, state, names.terms))

    def _names_of(self, state: Concept) -> Names:
        names = self._names.get(state.id)
        if names is None:
            groups = _groups(state.never_of) | _groups(state.onset_may_be_of)
            concepts = frozenset(name for name in self._book.concepts if _group(name) in groups)
            names = self._names[state.id] = Names(Terms.of(self._book, concepts))
        return names


def says_its_disease(said: Iterable[Coded], state: Concept, terms: Terms, others: Iterable[Other]) -> bool:
    """Whether a code or words say that the state is of its own disease: leukemia alone may be another one."""
    diseases, broad_words_do = {state.id, *state.onset_may_be_of}, all(other.is_solid for other in others)
    for code in said:
        for concept, found in terms.every_hit(code):
            if concept in diseases and found.role in ASSERTING and not found.observation:
                return True
        for text in code.texts:
            named = terms.index.names(text if broad_words_do else _BROAD.sub(" ", text))
            if not named.isdisjoint(state.onset_may_be_of):
                return True
    return False


def names_another(said: Iterable[Coded], state: Concept, terms: Terms) -> str | None:
    """Words that name another malignancy, by more than that it is one, and none of the state's own diseases."""
    never, own = _groups(state.never_of), _groups(state.onset_may_be_of)
    for text in (text for code in said for text in code.texts):
        groups = _groups(terms.index.names(_NO_NAME.sub(" ", text)))
        if not groups.isdisjoint(never) and _groups(terms.index.names(text)).isdisjoint(own):
            return text
    return None


def _is_another(code: Coded, state: Concept, names: Names) -> bool:
    terms, texts = names.terms, code.texts
    if any(denied_or_doubted(text) or is_of_a_relative(text) or is_in_a_doubting_category(text) for text in texts):
        return False
    named = {one.reading.concept for one in names.of(condition_readings, code, {})}
    if not code.codes:
        named.update(*(terms.named_outright(text) for text in texts))
    if not terms.every_hit(code) and all(words_in(text) <= _NAMING_NONE for text in texts):
        return False
    groups = {_group(concept) for concept in named}
    return not groups.isdisjoint(_groups(state.never_of)) and groups.isdisjoint(_groups(state.onset_may_be_of))


def _is_solid(code: Coded, state: Concept, terms: Terms) -> bool:
    sure = any(concept in state.never_of and found.role is Role.DEFINITIVE for concept, found in terms.every_hit(code))
    named = frozenset[str]().union(*map(terms.index.names, code.texts))
    return named.isdisjoint(state.onset_may_be_of) and (sure or not named.isdisjoint(state.never_of))


def _groups(concepts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_group, concepts))


def _group(concept: str) -> str:
    return concept.partition(".")[0]
