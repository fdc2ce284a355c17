"""Words that deny allergies, of any kind or to drugs, and words beside that tell of one: `NKA, allergic to nuts`.

English, German, French, Spanish, Portuguese, Italian, Dutch, Chinese, Japanese.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from trialsieve.rules.words import without_dots

# A part of a text ends at its marks, and before what is excepted.
_PARTS: Final = re.compile(
    r"[,;:.()\[\]/\n，；：。（）、]|\s[-–]\s"
    r"|\b(?:but|except(?:ing|ion)?|excluding|other than|apart from|aside from|besides|however|außer|ausser|bis auf"
    r"|ausgenommen|sauf|hormis|excepté|à part|excepto|exceto|salvo|eccetto|tranne|behalve|uitgezonderd|utom)\b"
    r"|除|外(?=[无無未没沒否])",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"^\W*(?:(?:the )?(?:patient|pt)\W+)?(?:(?:has|have|reports?|states?|known|with)\W+)?"
    r"(?:(?:drug|food|medication|environmental)\W+)?(?:allerg\w*\W+)?(?:(?:status|history|is|are)\W+)?"
    r"(?:(?:nk[a-z]{0,2}a|no(?!\W+(?:allergy )?information)|nil|none|never|denie[sd]|without|negative|kein\w*|aucune?"
    r"|pas|sans|ning[uú]n\w*|sin|sem|n[aã]o|nenhum\w*|nessun\w*|non(?!-| steroid| ionic)|senza|geen|ingen|inga|inte"
    r"|brak|нет)\b"
    r"|not\b(?!\W+(?:yet\W+)?(?:assessed|asked|known\b(?!\W+to)|recorded|reviewed|on file|done)))"
    r"|[无無](?!法)|未(?!知|[评評询詢记記])|[没沒]|否认|否認",
    re.IGNORECASE,
)
# That there is none at all. Said to what, it has that before the word (`{before}`) or behind it (`{behind}`).
_NONE: Final = (
    r"(?:(?:the )?(?:patient|pt) )?(?:(?:has |reports )?no (?:known )?|denies (?:(?:any|known) )*)"
    r"{before}allerg(?:y|ies)(?: known| reported)?{behind}"
    r"|keine (?:bekannten? )?{before}allergien?{behind}(?: bekannt)?"
    r"|(?:aucune |(?:pas|absence) d['’ ])allergies?(?: connues?)?{behind}(?: connues?)?"
    r"|(?:sin|no|no tiene|niega|ninguna|sem|não há|não tem|nega|nenhuma)"
    r" alergias?(?: con(?:oc|hec)idas?)?{behind}(?: con(?:oc|hec)idas?)?"
    r"|(?:nessuna|nega) allergi[ae](?: not[ae]| conosciut[ae])?{behind}(?: not[ae]| conosciut[ae])?"
    r"|geen (?:bekende )?{before}allergie(?:[eë]n)?{behind}(?: bekend)?"
    r"|(?:[无無]|否认|否認)(?:已知)?{before}[过過]敏史?"
    r"|(?:既知の)?{before}アレルギー(?:歴)?(?:なし|無し)"
)
_NONE_OF_ANY_KIND: Final = re.compile(
    r"nka|none(?: known)?|keine(?: bekannt)?|aucune|ninguna|nenhuma|nessuna|geen|[无無]|なし"
    rf"|{_NONE.format(before='', behind='')}",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(r"(?:allerg\w*|alergias?)(?: status| history)?|[过過]敏史?|アレルギー", re.IGNORECASE)
_BEFORE: Final = "(?:(?:drug|medication|medicine) |arzneimittel|medikamenten|geneesmiddelen|medicijn|药物|藥物|薬物)"
_BEHIND: Final = (
    "(?: to (?:drug|medication|medicine)s?| gegen (?:arzneimittel|medikamente)| voor (?:geneesmiddelen|medicijnen)"
    "| m[ée]dicamenteuses?| aux m[ée]dicaments| medicamentosas?| a (?:los )?medicamentos| (?:a|ai) farmaci)"
)
_NONE_TO_DRUGS: Final = re.compile(
    rf"nkda|{_NONE.format(before=_BEFORE, behind='')}|{_NONE.format(before='', behind=_BEHIND)}", re.IGNORECASE
)
_SITUATION: Final = "situation"  # what SNOMED CT calls a denial
# Words that name no substance, alone or amid numbers.
_NOTHING_NAMED: Final = frozenset(
    """
    allergy allergies allergic allergie allergien alergia alergias allergia status history list situation finding
    disorder drug drugs medication medications medicine medicines food foods environmental environment seasonal or and
    of to any other known active current recorded reviewed confirmed verified updated checked assessed on at by with
    the patient pt per nurse physician family mother today yes
    a 过敏 过敏史 药物 药物过敏 药物过敏史 食物 過敏 過敏史 藥物 アレルギー
    """.split()  # noqa: SIM905
)
# Words that nobody knows, or that of some sort there is none.
_NOT_KNOWN: Final = frozenset(
    """
    unknown unspecified not no none nil never na n nka nkda denies denied negative unable obtain assess information
    unbekannt nicht erfragt erhoben bekannt bekannte kein keine keinen inconnue inconnues inconnu non aucune connue
    connues desconocida desconocidas conocida conocidas ninguna desconhecida desconhecidas nenhuma sconosciuta
    sconosciute nessuna onbekend geen
    不详 不詳 不明 未知 无 無 なし 过敏史不详 過敏史不詳 过敏史不明
    """.split()  # noqa: SIM905
)
# That a test or the taking of it has shown none, or that it was struck from the list. Not so what is not tolerated.
_DISPROVED: Final = re.compile(
    r"(?<!not )(?<!never )(?<!not be )(?<!not been )(?<!unable to )(?<!poorly )(?<!un)\btolerat(?:e[ds]?|ing)\b"
    r"(?! (?:poorly|badly))|\bde-?label\w*"
    r"|\bdisprove[dn]\b|\b(?:removed|deleted)\b"
    r"|\b(?:test(?:ed|s|ing)?|challenged?|ige)(?: (?:is|was|result|came back))?\W+neg(?:ative)?\b"
    r"|\bneg(?:ative)? (?:\w+ ){0,2}(?:test(?:s|ing)?|challenge)\b"
    r"|(?:test\w*|provokation\w*) negativ\b|(?<!nicht )(?<!schlecht )(?<!nie )(?<!kaum )\bvertragen\b"
    r"|皮[试試](?:[（(][-－][)）]|[阴陰]性)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_WITHIN_MARKS: Final = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)


@lru_cache(maxsize=1024)
def denies_any(text: str) -> bool:
    """Whether it says that there is no allergy of any kind, and no more."""
    parts = _denials(text)
    return parts is not None and any(map(_NONE_OF_ANY_KIND.fullmatch, parts))


@lru_cache(maxsize=1024)
def denies_drugs_alone(text: str) -> bool:
    """Whether it says that there is no allergy to drugs, and no more."""
    return bool(_denials(text)) and not denies_any(text)


def _denials(text: str) -> list[str] | None:
    """The parts of a text that only denies; None where a part says anything else."""
    composed = unicodedata.normalize("NFC", without_dots(text))
    within_marks = map(_WITHIN_MARKS.search, _PARTS.split(composed))
    parts = [part[0] for part in within_marks if part is not None and not _says_nothing(part[0])]
    return parts if all(map(_denies_outright, parts)) else None


def _says_nothing(part: str) -> bool:
    return part.lower() == _SITUATION or _HEADING.fullmatch(part) is not None


def _denies_outright(part: str) -> bool:
    return any(words.fullmatch(part) for words in (_NONE_OF_ANY_KIND, _NONE_TO_DRUGS))


@lru_cache(maxsize=1024)
def says_disproved(text: str) -> bool:
    """Whether it says that an allergy was found to be none (`tolerated since`, `skin test negative`)."""
    return _DISPROVED.search(text) is not None


@lru_cache(maxsize=1024)
def names_nothing(text: str) -> bool:
    """Whether it says that nobody knows, or that there is none of a sort, and no more (`Drug allergies: none`)."""
    said = set(_WORD.findall(text.casefold()))
    return not said.isdisjoint(_NOT_KNOWN) and said <= _NOTHING_NAMED | _NOT_KNOWN


@lru_cache(maxsize=1024)
def tells_of_one(text: str) -> bool:
    """Whether a part of the words beside a denial neither denies nor names nothing."""
    return any(
        not (_DENIED.search(part) or _denies_outright(part))
        and not _NOTHING_NAMED.issuperset(_WORD.findall(part.casefold()))
        for part in _PARTS.split(without_dots(text))
    )
