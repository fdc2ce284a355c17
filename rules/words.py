"""The words of a free text, whatever its spelling, and names among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
# Before a colon stands a heading, after a bracket what something is called, too. A bar is where a phrase stood.
_WORD_OR_MARK: Final = re.compile(r"[^\W_]+|[:(|]")
_HEADING_OR_BRACKET: Final = re.compile(r"[:(] ?")
_ELSEWHERE: Final = " | "  # what is beside it does not join


def words(text: str) -> tuple[str, ...]:
    """The words in small letters, without accents, British or plural spelling: `Leukaemias` is `leukemia`."""
    return _split(text, _WORD)


def plain(text: str) -> str:
    """Its words, and nothing between them."""
    return " ".join(words(text))


def _split(text: str, sign: re.Pattern[str]) -> tuple[str, ...]:
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
    spelt = letters.replace("ae", "e").replace("oe", "e").replace("tumour", "tumor")
    return tuple(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in sign.findall(spelt))


class Phrases:
    """Names, found among the words of a text."""

    def __init__(self, names: Iterable[str]) -> None:
        spelt = {" ".join(_split(name, _WORD_OR_MARK)) for name in names} - {""}
        longest_first = sorted(spelt, key=lambda name: (-len(name), name))
        self._any = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest_first))})(?!\S)") if spelt else None

    def stand_in(self, text: str) -> bool:
        """Whether one of them does."""
        return self._any is not None and self._any.search(" ".join(_split(text, _WORD_OR_MARK))) is not None

    def left_out_of(self, text: str) -> str:
        """What else it says, in words."""
        said = " ".join(_split(text, _WORD_OR_MARK))
        rest = said if self._any is None else self._any.sub(_ELSEWHERE, said)
        return " ".join(_HEADING_OR_BRACKET.sub(" ", rest).split())
