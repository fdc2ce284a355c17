"""Words beside the code of a test that name another test than the code does, and not that of the code."""

from __future__ import annotations

import re
from typing import Final

from trialsieve.fhir_adapters.elements.codings import Coded, Reading
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Kind
from trialsieve.rules.words import words

_MEASURED: Final = frozenset({Kind.OBSERVATION})
# How it was looked at, or all that was: the name of a panel or a report says nothing of what stands in it.
_OF_SEVERAL: Final = re.compile(r"\b(?:stud(?:y|ies)|reports?|panels?|spec)\b", re.IGNORECASE)
_ANTIGEN: Final = re.compile(r"(?<![a-z0-9])cd[ -]?(\d+)", re.IGNORECASE)
_GATES: Final = frozenset({"34", "45"})  # by which blasts are told from other cells: "CD34+ blasts" says of which cells


def words_of_another_test(reading: Reading, code: Coded, concept: Concept, index: CodeIndex) -> str:
    """The text or display that names another test of ours, or another antigen; nothing where none does.

    Only of what is measured, and known by its code: what diagnoses say is held against them by `doubting_words`.
    """
    if concept.kinds != _MEASURED or not reading.codes:
        return ""
    own = {found for one in code.codes for found, _ in index.lookup(*one)}
    own = own.union({concept.id}, *(index.names(found.label) for found in reading.codes))
    return next((text for text in code.texts if _is_of_another(text, own, concept, index)), "")


def _is_of_another(text: str, own: set[str], concept: Concept, index: CodeIndex) -> bool:
    named = {name for name in index.names(text) if index.kinds(name) == _MEASURED}
    if concept.id in named or _OF_SEVERAL.search(text):
        return False
    if not named:
        return _is_of_another_antigen(text, concept)
    ours = index.called(concept.id).intersection(words(text))  # "hemoglobin saturation" is no hemoglobin
    return any(name not in own and ours <= index.called(name) for name in named)


def _is_of_another_antigen(text: str, concept: Concept) -> bool:
    ours = {number for term in concept.terms for number in _ANTIGEN.findall(term)}
    theirs = set(_ANTIGEN.findall(text)) - _GATES
    return bool(ours and theirs) and ours.isdisjoint(theirs)
