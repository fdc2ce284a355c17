"""The text of a reference range: whether it says no more than that this is the normal range, and of which sex."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trialsieve.rules.vocabulary import Sex

_WORD: Final = re.compile(r"[^\W\d_]+")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


_PLAIN: Final = _words(
    """
    normal norm range ranges reference ref value values interval intervals limit limits healthy negative neg nonreactive
    of to up upto from for the is at less than below under or equal and between within most least
    upper lower max min maximum minimum uln lln
    adult adults age aged year years yr yrs y yo older over
    normwert normwerte normalwert normbereich referenz referenzbereich bis von unter erwachsene jahre
    参考范围 参考值 参考区间 正常 正常值 正常范围 成人
    """
)
_UNITS: Final = _words(
    """
    u iu miu ku l dl ml ul μl µl fl g kg mg ug μg µg mcg ng pg mol mmol umol μmol µmol nmol pmol meq ukat nkat μkat µkat
    mm mmhg hg x e k s sec min h hr cells copies percent ratio index log
    """
)
_OTHER_MEANINGS: Final = _words(
    "critical panic alert alarm therapeutic toxic treatment target kritisch therapeutisch toxisch 危急值"
)
_LETTER: Final = re.compile(r"(?<![\w/.])([mf])(?=\s*[:=(]|\s+[<>≤≥0-9]|$)")  # not that of "1.73 m2"
_LETTERS: Final = _words("m f")
_BOTH_LIMITS: Final = _words("low high")  # one alone is what lies outside the normal range
_MALE: Final = _words("male males man men männer männlich 男 男性")
_FEMALE: Final = _words("female females woman women frauen weiblich 女 女性")


@lru_cache(maxsize=1024)
def is_other(text: str) -> bool:
    """Whether it says that the range is of another meaning (critical, therapeutic)."""
    return not _OTHER_MEANINGS.isdisjoint(_words(text))


@lru_cache(maxsize=1024)
def is_plain(text: str, units: str) -> bool:
    """Whether it says nothing but numbers, units (`units`: the limit's own), reference, sex and age."""
    words = _words(text)
    if words >= _BOTH_LIMITS:
        words -= _BOTH_LIMITS
    return not words - _words(units) - _PLAIN - _UNITS - _MALE - _FEMALE - _LETTERS


@lru_cache(maxsize=1024)
def sex_of(text: str) -> Sex | None:
    """The one sex that it names."""
    words = (_words(text) - _LETTERS) | set(_LETTER.findall(text.casefold()))
    male, female = not words.isdisjoint(_MALE | {"m"}), not words.isdisjoint(_FEMALE | {"f"})
    return None if male is female else Sex.MALE if male else Sex.FEMALE
