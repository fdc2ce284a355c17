"""Words of a criterion's sentence for which no atom stands: a condition that was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar_files import CriterionSyntax
from trialsieve.rules.registry_text import comparable
from trialsieve.rules.yaml_source import Location, SourceFile

_LIST_NUMBER = re.compile(r"\(?(?:\d+|[A-Za-z])[.)]\s|[*•–-]\s")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_](?:[\w'’.-]*\w)?")
_IDLE = """
    a an the this these those their his her its of in on at to for from by with within and or as if is
    are be been being was were has have had having do does who whom whose which that any all each
    following criteria criterion conditions requirements meet meets met must should will can may also
    patient patients subject subjects participant participants candidate candidates individual
    individuals person persons people presence diagnosis diagnosed including included such other others
    e.g i.e eg ie etc based
"""
_AROUND = " ,;:.()"
_NO_CONDITION = frozenset(_IDLE.split())
"""Words without which a sentence says the same."""


def unquoted_words(source: SourceFile, criterion: CriterionSyntax, location: Location) -> Iterator[Problem]:
    """The parts of a sentence that stand in no atom's quote and in no aside, and say something."""
    left = [part for part in _unquoted(criterion) if any(map(_says_something, _WORD.findall(part)))]
    if left:
        words = ", ".join(f"'{part.strip(_AROUND)}'" for part in left)
        hint = "quote more in the atom that means it; or write an atom, if only 'judgement: true', or an aside"
        if any(":" in part for part in left):
            hint += "; a heading above a list goes under 'source' ('besides'), and each item is a criterion"
        yield source.problem((*location, "text"), f"no atom of {criterion.id} stands for {words}", hint)


def _unquoted(criterion: CriterionSyntax) -> Iterator[str]:
    text = comparable(criterion.text)
    number = _LIST_NUMBER.match(text)
    quoted = [
        *([number[0]] if number else []),
        *(each.quote for each in (*criterion.atoms, *criterion.asides) if each.quote),
    ]
    open_to = bytearray(b"o" * len(text))
    for quote in map(comparable, quoted):
        for found in re.finditer(re.escape(quote), text):
            open_to[found.start() : found.end()] = b"q" * len(quote)
    for run in re.finditer(rb"o+", bytes(open_to)):
        yield text[run.start() : run.end()]


def _says_something(word: str) -> bool:
    return word.lower().rstrip(".") not in _NO_CONDITION and (len(word) > 1 or word.isdigit())
