"""Whether two names have words in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trialsieve.rules.words import without_dots

_LEAST_OVERLAP: Final = 0.5  # of a display's words with our label's, to count as the same thing said
_WITHOUT_MEANING: Final = frozenset({"disorder", "finding", "procedure", "of", "the", "in", "by", "and", "or"})
# Words of how, when, where and by which test, that names of quite other diagnoses have in common (I26, J20: acute).
_OF_ANY_DIAGNOSIS: Final = frozenset(
    """
    history personal status encounter disease diseases syndrome condition acute chronic recurrent severe active
    unspecified other specified nos not elsewhere classified with without due to for on at initial left right bilateral
    abnormal findings result ecg ekg electrocardiogram electrocardiographic
    """.split()  # noqa: SIM905
)


def share_a_word(text: str, name: str) -> bool:
    """Whether two names of diagnoses have a word in common that says which one it is."""
    return not (words_in(text) - _OF_ANY_DIAGNOSIS).isdisjoint(words_in(name))


def overlap(said: str, names: Iterable[str]) -> bool:
    """Whether half of the words that are said, or more, stand in one of the names."""
    words = words_in(said)
    return any(len(words & words_in(name)) >= _LEAST_OVERLAP * len(words) for name in names)


def words_in(text: str) -> set[str]:
    """The words of a name that mean something."""
    letters = "".join(sign if sign.isalnum() else " " for sign in without_dots(text).casefold())
    return set(letters.split()) - _WITHOUT_MEANING
