"""Whether two names have words in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trialsieve.rules.words import without_dots

_LEAST_OVERLAP: Final = 0.5  # of a display's words with our label's, to count as the same thing said
_WITHOUT_MEANING: Final = frozenset({"disorder", "finding", "procedure", "of", "the", "in", "by", "and", "or"})


def share_a_word(text: str, name: str) -> bool:
    """Whether two names have a word in common."""
    return not words_in(text).isdisjoint(words_in(name))


def overlap(said: str, names: Iterable[str]) -> bool:
    """Whether half of the words that are said, or more, stand in one of the names."""
    words = words_in(said)
    return any(len(words & words_in(name)) >= _LEAST_OVERLAP * len(words) for name in names)


def words_in(text: str) -> set[str]:
    """The words of a name that mean something."""
    letters = "".join(sign if sign.isalnum() else " " for sign in without_dots(text).casefold())
    return set(letters.split()) - _WITHOUT_MEANING
