"""Performance scores and functional classes in words: `ECOG 1`, `PS 1`, `NYHA II`, `class1`, `II-III`, `90 %`.

An answer of a form has its score with what that means (`1 - Restricted in physically strenuous activity`). That meaning
alone is no score, but speaks against the code or number of another that it stands beside.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.elements.quantities import Amount
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Role
from trialsieve.rules.words import words

_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5}
_WORD: Final = re.compile(r"[\u4e00-\u9fff]+|[^\W\d_Ⅰ-Ⅴ\u4e00-\u9fff]+")
_VALUE: Final = r"[0-9]{1,3}(?:\.0)?|[Ⅰ-Ⅴ]|(?<![a-z])(?:iv|v|i{1,3})(?![a-z])"
_SCORE: Final = re.compile(
    rf"(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<low>{_VALUE})(?:\s*(?:-|–|—|~|to|or|bis|至|或)\s*(?P<high>{_VALUE}))?"
    r"\s*(?P<percent>%)?\s*(?:points?|punkte?|级|級|分|점|点)?\.?",
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(r"\(?(?P<score>[0-9]{1,3})\)?\s*%?\s*[-–—:=.,]?\s*(?P<meaning>[^\W\d_].*)")
_ENOUGH_WORDS: Final = 4  # of its meaning: what follows is often cut or reworded
_CLAUSE: Final = re.compile(r"[,;.(]")
_GENERAL: Final = frozenset(
    {"performance", "status", "score", "grade", "class", "functional", "classification", "index", "scale"}
    | {"grad", "klasse", "评分", "分级", "级别"}
)
# What only a scale is called whose name has this word.
_OF_ONE_SCALE: Final = {
    "nyha": {"stadium", "心功能", "心功能分级"},
    "performance": {"体能状态", "体力状况"},
}
_SHORT_SCALE: Final = 5  # the greatest value of a scale that is also written in Roman numerals, or called PS


@lru_cache(maxsize=256)
def _names(concept_label: str, terms: tuple[str, ...], short: bool) -> frozenset[str]:
    """The words that may stand before the score without making it another scale's."""
    names = {word.lower() for text in (concept_label, *terms) for word in _WORD.findall(text)}
    names.add("".join(word[0].lower() for word in _WORD.findall(concept_label)))
    own = (words for word, words in _OF_ONE_SCALE.items() if word in names)
    return (_GENERAL | names | ({"ps"} if short else set())).union(*own)


def read_score(text: str, concept: Concept) -> Amount | None:
    """A score in words, as an interval where two are named; None if it is not just that, or names another scale."""
    short = _is_short(concept)
    shown = " ".join(text.split())
    rest = _without_names(shown, concept)
    found = _SCORE.fullmatch(rest)
    if found is None:
        return _with_its_meaning(rest, shown, concept)
    low, high = _value(found["low"], short), _value(found["high"] or found["low"], short)
    if low is None or high is None or low > high:
        return None
    percent = "%" if found["percent"] else None
    sign = {"≤": "<=", "≥": ">="}.get(found["sign"] or "", found["sign"])
    if sign is None:
        return Amount(low, high, unit=percent, shown=shown)
    if found["high"] is not None:
        return None
    if sign.startswith("<"):
        return Amount(None, high, high_open=sign == "<", unit=percent, shown=shown)
    return Amount(low, None, low_open=sign == ">", unit=percent, shown=shown)


def scores_told(text: str, concept: Concept) -> frozenset[int]:
    """The scores that a text has as a number or by their words, to be held against a code; these alone are none.

    More than one where it contradicts itself (`3 - Fully active`); a number with words of no score counts for nothing.
    """
    read = read_score(text, concept)
    if read is not None:
        exact = read.low is not None and read.low == read.high
        return frozenset({int(read.low)}) if exact and read.low is not None else frozenset()
    answer = _ANSWER.fullmatch(_without_names(text, concept))
    meant = _meant(words(text if answer is None else answer["meaning"]), concept)
    return meant if answer is None or not meant else meant | {int(answer["score"])}


def _meant(said: tuple[str, ...], concept: Concept) -> frozenset[int]:
    """The score that these are the words of; none where they are those of several (the name of the scale)."""
    meant = frozenset(
        answer.value
        for answer in concept.codes
        if answer.role is Role.COMPONENT and isinstance(answer.value, int) and _means(said, answer.label)
    )
    return meant if len(meant) == 1 else frozenset()


def _is_short(concept: Concept) -> bool:
    return concept.plausible is not None and concept.plausible[1] <= _SHORT_SCALE


def _without_names(text: str, concept: Concept) -> str:
    """What follows the names of the scale, in small letters."""
    names = _names(concept.label, concept.terms, _is_short(concept))
    rest = " ".join(text.split()).lower()
    while (match := _WORD.match(rest)) and match.group() in names:
        rest = rest[match.end() :].lstrip(" :：=/-–_")
    return rest


def _with_its_meaning(text: str, shown: str, concept: Concept) -> Amount | None:
    """A score and the words for it, as one of the concept's answer codes has them; no other numbers."""
    found = _ANSWER.fullmatch(text)
    if found is None:
        return None
    score, said = int(found["score"]), words(found["meaning"])
    for answer in concept.codes:
        if answer.role is Role.COMPONENT and answer.value == score and _means(said, answer.label):
            return Amount(Decimal(score), Decimal(score), shown=shown)
    return None


def _means(said: tuple[str, ...], label: str) -> bool:
    called = words(label)
    enough = min(_ENOUGH_WORDS, len(called))
    if said[:enough] == called[:enough]:
        return all(word in called for word in said if not word.isalpha())
    return said == words(_CLAUSE.split(label)[0])


def _value(text: str, short: bool) -> Decimal | None:
    if text[0].isdecimal():
        return Decimal(text.removesuffix(".0"))
    roman = _ROMAN.get(text) or _ROMAN.get(text.upper())
    return Decimal(roman) if short and roman is not None else None
