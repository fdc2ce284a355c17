"""Lengths of time that a sentence names and its atom does not look back: a window mistyped, or forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar_atom_tests import Windowed
from trialsieve.rules.grammar_atoms import AtomSyntax
from trialsieve.rules.grammar_files import CriterionSyntax
from trialsieve.rules.yaml_source import Location, SourceFile

_IN_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ONE = ("past", "last", "previous", "preceding")  # "within the past year"
_NUMBERS = {word: number for number, word in enumerate(_IN_WORDS, 1)} | dict.fromkeys(_ONE, 1)
_LENGTH = re.compile(rf"\b(\d+|{'|'.join(_IN_WORDS)})[ -]?(day|week|month|year)s?\b", re.IGNORECASE)
_ONE_LENGTH = re.compile(rf"\b({'|'.join(_ONE)}) (day|week|month|year)\b", re.IGNORECASE)
_HOURS = re.compile(r"\b(\d+) hours\b", re.IGNORECASE)  # not "24-hour urine", which is no window
_IN_DAYS = {"day": 1, "week": 7}
_IN_MONTHS = {"month": 1, "year": 12}

_Length = tuple[int, bool]
"""A number of days, or of months (True)."""


def forgotten_windows(source: SourceFile, criterion: CriterionSyntax, location: Location) -> Iterator[Problem]:
    """Atoms on dated resources whose quote names a length of time, while their windows all have others, or are none."""
    for index, atom in enumerate(criterion.atoms):
        if not isinstance(atom, Windowed):
            continue
        said = _lengths(atom.quote or "")
        if said.keys() and not said.keys() & _lengths(_spans(atom)).keys() and not said.keys() & _lengths(atom.note):
            words = next(iter(said.values()))
            message = f"the quote says '{words}', and the atom looks back {_spans(atom) or 'without a window'}"
            yield source.problem((*location, "atoms", index, "quote"), message, f"or say in its note what '{words}' is")


def _spans(atom: AtomSyntax) -> str:
    spans = (getattr(atom, key, None) for key in ("within", "less_than", "within_after"))
    return ", ".join(str(span) for span in spans if span is not None)


def _lengths(text: str) -> dict[_Length, str]:
    """The lengths of time that a text names, with its words for each."""
    found: dict[_Length, str] = {}
    for match in (*_LENGTH.finditer(text), *_ONE_LENGTH.finditer(text)):
        number, unit = match[1].lower(), match[2].lower()
        in_months = unit in _IN_MONTHS
        many = _NUMBERS.get(number) or int(number)
        found[many * (_IN_MONTHS if in_months else _IN_DAYS)[unit], in_months] = match[0]
    for match in _HOURS.finditer(text):
        days, rest = divmod(int(match[1]), 24)
        if not rest:
            found[days, False] = match[0]
    return found
