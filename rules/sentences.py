"""Which sentences of a registry's eligibility section are accounted for, and by what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from trialsieve.rules.inventory_files import Section

_END = re.compile(r"(?<=;)\s+|(?<=[^\d\s\\]\.)\s+|\n")
"""Where a sentence ends: at a line's end, or after a stop that does not merely number a list."""

_LIST_NUMBER = re.compile(r"\s*\d+\\?\.\s")

_WORD = re.compile(r"[^\W_]")

_HEADING = ""
"""Stands for what accounts for a sentence where no criterion does: the section's own list of headings."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the section. `missing` begins with its first word that nothing accounts for; empty: none."""

    text: str
    line: int
    column: int
    missing: str
    by_criterion: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The sentences of a section, and the criteria (or headings) whose text was not found in it or is already taken."""

    sentences: tuple[Sentence, ...]
    not_found: tuple[str, ...]
    headings_not_found: tuple[str, ...]


class SectionError(ValueError):
    """A section that does not begin or end where it should."""


def account(text: str, section: Section, criteria: Mapping[str, str]) -> Account:
    """Match the criteria's texts (by id), then the headings, with the section. Raises SectionError."""
    begin, end = _bounds(text, section)
    owners: list[str | None] = [None] * len(text)
    not_found = tuple(_claim(text, begin, end, owners, criteria.items()))
    headings = [(_HEADING, entry.text) for entry in section.besides]
    unclaimed = tuple(_claim(text, begin, end, owners, headings, by_text=True))
    return Account(tuple(_sentences(text, begin, end, owners)), not_found, unclaimed)


def _bounds(text: str, section: Section) -> tuple[int, int]:
    begin = _line_start(text, section.begins, 0)
    return begin, _line_start(text, section.ends, begin)


def _line_start(text: str, line: str, after: int) -> int:
    pattern = re.compile(rf"^[ \t]*{re.escape(line)}[ \t]*$", re.MULTILINE)
    found = [each.start() for each in pattern.finditer(text, after)]
    if len(found) != 1:
        raise SectionError(f"the line '{line}' stands {len(found)} times in the registry's text")
    return found[0]


def _claim(
    text: str,
    begin: int,
    end: int,
    owners: list[str | None],
    claims: Iterable[tuple[str, str]],
    *,
    by_text: bool = False,
) -> Iterator[str]:
    """Give each claimed text its place, the longest first; the ids (or texts) of those for which there is none."""
    for owner, claimed in sorted(claims, key=lambda claim: -len(claim[1])):
        pattern = re.compile(r"\s+".join(map(re.escape, claimed.split())))
        free = (found for found in pattern.finditer(text, begin, end) if not any(_taken(owners, found)))
        place = next(free, None)
        if place is None:
            yield claimed if by_text else owner
        else:
            owners[place.start() : place.end()] = [owner] * (place.end() - place.start())


def _taken(owners: list[str | None], found: re.Match[str]) -> Iterator[bool]:
    return (owners[index] is not None for index in range(found.start(), found.end()))


def _sentences(text: str, begin: int, end: int, owners: list[str | None]) -> Iterator[Sentence]:
    cuts = [begin, *(found.end() for found in _END.finditer(text, begin, end)), end]
    for start, stop in pairwise(cuts):
        number = _LIST_NUMBER.match(text, start, stop)
        words = [found.start() for found in _WORD.finditer(text, start if number is None else number.end(), stop)]
        if not words:
            continue
        orphan = next((place for place in words if owners[place] is None), None)
        place = words[0] if orphan is None else orphan
        yield Sentence(
            text=text[start:stop].strip(),
            line=text.count("\n", 0, place) + 1,
            column=place - text.rfind("\n", 0, place),
            missing="" if orphan is None else text[orphan:stop].strip(),
            by_criterion=any(owners[word] for word in words),
        )
