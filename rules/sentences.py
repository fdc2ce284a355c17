"""Which sentences of a registry's eligibility section are accounted for, and by what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialsieve.rules.inventory_files import Section
from trialsieve.rules.registry_text import registry_text

_END = re.compile(r"(?<=;)\s+|(?<=[^\d\s\\]\.)\s+|\n")
"""Where a sentence ends: at a line's end, or after a stop that does not merely number a list."""

_LIST_NUMBER = re.compile(r"\s*(?:\d+\\?\.|\(?(?:\d+|[a-z]|[ivx]+)\))\s")

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
    """The sentences of a section, and the criteria (or headings) whose text was not found in it or is already taken.

    `places`: where in the text each of the others stands.
    """

    sentences: tuple[Sentence, ...]
    not_found: tuple[str, ...]
    headings_not_found: tuple[str, ...]
    places: Mapping[str, int]


class SectionError(ValueError):
    """A section that does not begin or end where it should."""


def account(text: str, section: Section, criteria: Mapping[str, str]) -> Account:
    """Match the criteria's texts (by id), then the headings, with the section. Raises SectionError."""
    begin = line_start(text, section.begins, 0)
    end = line_start(text, section.ends, begin)
    return account_between(text, begin, end, criteria, [entry.text for entry in section.besides])


def account_between(
    text: str,
    begin: int,
    end: int,
    criteria: Mapping[str, str],
    besides: Sequence[str],
    *,
    headings: Iterable[tuple[int, int]] = (),
    fits: Callable[[str, int], bool] = lambda name, place: True,
) -> Account:
    """The same of the part from `begin` to `end`, of which `headings` are no sentences.

    Of several places at which a criterion's text stands, it has one that `fits`, if there is one.
    """
    owners: list[str | None] = [None] * len(text)
    for start, stop in headings:
        owners[start:stop] = [_HEADING] * (stop - start)
    not_found = tuple(_claim(text, begin, end, owners, criteria.items(), fits=fits))
    places = {name: owners.index(name) for name in criteria if name not in not_found}
    unclaimed = tuple(_claim(text, begin, end, owners, [(_HEADING, beside) for beside in besides], by_text=True))
    return Account(tuple(_sentences(text, begin, end, owners)), not_found, unclaimed, places)


def line_start(text: str, line: str, after: int) -> int:
    """Where the one line begins that says this. Raises SectionError."""
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
    fits: Callable[[str, int], bool] = lambda name, place: True,
) -> Iterator[str]:
    """Give each claimed text its place, the longest first; the ids (or texts) of those for which there is none."""
    for owner, claimed in sorted(claims, key=lambda claim: -len(claim[1])):
        pattern = re.compile(r"\s+".join(map(_spelt, registry_text(claimed).split())))
        free = [found for found in pattern.finditer(text, begin, end) if not any(_taken(owners, found))]
        place = next((found for found in free if fits(owner, found.start())), free[0] if free else None)
        if place is None:
            yield claimed if by_text else owner
        else:
            owners[place.start() : place.end()] = [owner] * (place.end() - place.start())


def _spelt(word: str) -> str:
    """A pattern of this word, with or without the backslashes that the registry writes before signs."""
    return "".join(char if char.isalnum() else rf"\\?{re.escape(char)}" for char in word)


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
