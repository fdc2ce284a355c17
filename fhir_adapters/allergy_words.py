"""Words that deny allergies of any kind, and those beside them that tell of one: `NKA, allergic to peanuts`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trialsieve.rules.words import without_dots

# A part of a text ends at its marks, and before what is excepted.
_PARTS: Final = re.compile(
    r"[,;:.()\[\]/\n，；：。（）、]|\s[-–]\s"
    r"|\b(?:but|except(?:ing|ion)?|excluding|other than|apart from|aside from|besides|außer|ausser|sauf|hormis|excepto"
    r"|salvo|eccetto|behalve|utom|bis auf|however)\b|除",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"^\W*(?:(?:the )?(?:patient|pt)\W+)?(?:(?:has|have|reports?|states?|known|with)\W+)?"
    r"(?:(?:drug|food|medication|environmental)\W+)?(?:allerg\w*\W+)?(?:(?:status|history|is|are)\W+)?"
    r"(?:(?:nk[a-z]{0,2}a|no|nil|none|never|denie[sd]|without|negative|kein\w*|aucune?|pas|sans|ning[uú]n\w*|sin|sem|n[aã]o"
    r"|nenhum\w*|nessun\w*|non|senza|geen|ingen|inga|inte|brak|нет)\b"
    r"|not\b(?!\W+(?:yet\W+)?(?:assessed|asked|known\b(?!\W+to)|recorded|reviewed|on file|done)))"
    r"|[无無未没沒]|否认|否認",
    re.IGNORECASE,
)
# That there is none at all.
_NONE_OF_ANY_KIND: Final = re.compile(
    r"\W*(?:nka|none(?: known)?|no (?:known )?allerg(?:y|ies)(?: known)?)\W*", re.IGNORECASE
)
# Words that name no substance, alone or amid numbers.
_NOTHING_NAMED: Final = frozenset(
    """
    allergy allergies allergic allergie allergien alergia alergias allergia status history list situation finding
    disorder drug drugs medication medications medicine medicines food foods environmental environment seasonal or and
    of to any other known active current recorded reviewed confirmed verified updated checked assessed on at by with
    the patient pt per nurse physician family mother today yes
    过敏 过敏史 药物 药物过敏 药物过敏史 食物
    """.split()  # noqa: SIM905
)
_WORD: Final = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1024)
def denies_any(text: str) -> bool:
    """Whether it says that there is no allergy of any kind, and no more."""
    return _NONE_OF_ANY_KIND.fullmatch(without_dots(text)) is not None


@lru_cache(maxsize=1024)
def tells_of_one(text: str) -> bool:
    """Whether a part of the words beside a denial neither denies nor names nothing."""
    return any(
        not _DENIED.search(part) and not _NOTHING_NAMED.issuperset(_WORD.findall(part.casefold()))
        for part in _PARTS.split(without_dots(text))
    )
