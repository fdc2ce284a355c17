"""The words of a free text, whatever its spelling, and names among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
# Before a colon stands a heading, after a bracket what something is called, too. A bar is where a phrase stood.
_WORD_OR_MARK: Final = re.compile(r"[^\W_]+|[:(|]")
_HEADING_OR_BRACKET: Final = frozenset({":", "("})
# Single letters, each with its dot, but for the last; not a number's, nor within a longer word.
_ABBREVIATION: Final = re.compile(r"(?<![\w.])(?:[^\W\d_]\.)+[^\W\d_](?!\w)(?!\.\w)\.?")
_BRACKETS: Final = re.compile(r"\([^()]*\)")
_MOST_PARTS, _MOST_WORDS = 4, 3  # of such a name; what is longer says more
_SPOKEN_ALIKE: Final = (("ph", "f"), ("th", "t"), ("ch", "c"), ("y", "i"), ("k", "c"))
_ELSEWHERE: Final = "|"  # what is beside it does not join


def without_dots(text: str) -> str:
    """With the abbreviations that have dots (`P.E.`) written as those that have none."""
    return _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text) if "." in text else text


def words(text: str) -> tuple[str, ...]:
    """The words in small letters, without accents, British or plural spelling: `Leukaemias` is `leukemia`."""
    return _split(text, _WORD)


def substance(word: str) -> str:
    """A word as the languages of Latin letters have it in common: `ciclofosfamida` is `cyclophosphamide`.

    They write the names of substances with the same sounds, and end them each in its own way.
    """
    for written, spoken in _SPOKEN_ALIKE:
        word = word.replace(written, spoken)
    return word.rstrip("aeo")


def turned(text: str) -> str:
    """A name as an index has it, read on: `Failure, heart, congestive` is `congestive heart failure`. Else nothing."""
    parts = _BRACKETS.sub("", text).split(",")
    is_name = 1 < len(parts) <= _MOST_PARTS and all(0 < len(part.split()) <= _MOST_WORDS for part in parts)
    return " ".join(reversed(parts)) if is_name else ""


def plain(text: str) -> str:
    """Its words, and nothing between them."""
    return " ".join(words(text))


def _split(text: str, sign: re.Pattern[str]) -> tuple[str, ...]:
    text = without_dots(text)
    if text.isascii():  # most are, and then no letter has an accent
        letters = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text)
        letters = "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
    spelt = letters.replace("ae", "e").replace("oe", "e").replace("tumour", "tumor")
    return tuple([word[:-1] if word[-1] == "s" and len(word) > 3 else word for word in sign.findall(spelt)])


class Phrases:
    """Names, found among the words of a text: at each place the longest, and what it covers is not looked at again."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in names:
            if sought := _split(name, _WORD_OR_MARK):
                self._by_first.setdefault(sought[0], []).append(sought)
        for alike in self._by_first.values():
            alike.sort(key=len, reverse=True)

    def stand_in(self, text: str) -> bool:
        """Whether one of them does."""
        said = _split(text, _WORD_OR_MARK)
        return any(self._length_at(place, said) for place in range(len(said)))

    def left_out_of(self, text: str) -> str:
        """What else it says, in words."""
        said = _split(text, _WORD_OR_MARK)
        rest, place = [], 0
        while place < len(said):
            length = self._length_at(place, said)
            if length:
                rest.append(_ELSEWHERE)
            elif said[place] not in _HEADING_OR_BRACKET:
                rest.append(said[place])
            place += length or 1
        return " ".join(rest)

    def _length_at(self, place: int, said: tuple[str, ...]) -> int:
        """Of how many words is the longest of them that stands there; 0: none does."""
        for sought in self._by_first.get(said[place], ()):
            if said[place : place + len(sought)] == sought:
                return len(sought)
        return 0
