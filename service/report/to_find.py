"""What is to be found out about one patient, each thing said once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_NAMED: Final = r"(?=[^\s()]+(?:/[^\s()]+| \d+): )"
_UNUSABLE: Final = re.compile(rf"(?<= could not be read) \({_NAMED}")
_NEXT: Final = re.compile(rf"; {_NAMED}")


@dataclass(frozen=True, slots=True)
class ToFind:
    """`things`: the criteria that want a thing, and the sentence that says what; `unusable`: resources that could not
    be used, and why.
    """

    things: tuple[tuple[tuple[str, ...], str], ...]
    unusable: tuple[str, ...]


def to_find(said: Iterable[tuple[str, str]]) -> ToFind:
    """Of (criterion, sentence), in their order. What could not be used is often named in many of the sentences."""
    wanted: dict[str, dict[str, None]] = {}
    unusable: dict[str, None] = {}
    for criterion, sentence in said:
        short, named = _without_unusable(sentence)
        wanted.setdefault(short, {})[criterion] = None
        unusable |= dict.fromkeys(named)
    return ToFind(tuple((tuple(criteria), says) for says, criteria in wanted.items()), tuple(unusable))


def _without_unusable(sentence: str) -> tuple[str, list[str]]:
    """The sentence without the brackets that name what could not be used, and what these say."""
    named: list[str] = []
    while (begin := _UNUSABLE.search(sentence)) is not None:
        end = _closing(sentence, begin.end())
        if end is None:
            break
        named += _NEXT.split(sentence[begin.end() : end])
        sentence = sentence[: begin.start()] + sentence[end + 1 :]
    return sentence, named


def _closing(text: str, start: int) -> int | None:
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return None
