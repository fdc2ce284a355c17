"""How severe an allergy is, in FHIR's own words: by its reactions, and by its criticality (docs/semantics.md, 1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded, Coding, coded, read_coded
from trialsieve.fhir_adapters.elements.shapes import Json, a_text, objects
from trialsieve.rules.codes import DIAGNOSIS_ICD, SNOMED, normalise_icd

_SEVERE: Final = ("severity", "severe")
_LOW, _MODERATE = "low", "moderate"
_NOT_SEVERE: Final = frozenset({_LOW, "mild", _MODERATE})
_CONTRADICTING: Final = "severe"  # beside words of the contrary: then neither is stated
_ANAPHYLAXIS: Final = re.compile(r"ana(?:phyla|fil[aá])|过敏性休克|過敏性休克", re.IGNORECASE)
_DENIED: Final = re.compile(r"\b(?:no|not|non|never|without|denies)\b", re.IGNORECASE)
# In other languages, right before what is denied: "ohne Vorwarnung Quincke-Ödem" denies none.
_DENIED_BEFORE: Final = re.compile(
    r"\b(?:no|not|never|without|denies)\b|\bnon\W?$|(?:[无無没沒]有?|否认|否認)(?:出现|发生)?\W*$"
    r"|\b(?:kein\w*|ohne|pas (?:de|d)|sans|aucune?|sin|niega|sem|nega|senza|geen|zonder)(?: cho(?:c|que))?\W+$",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;.，。；、]|\bbut\b", re.IGNORECASE)
# What may kill, or end in an intensive care unit. Nobody can call that mild.
_SWELLING: Final = r"(?:(?:o?e|œ)d[eè]m|ödem|oedeem|swelling)"
_AIRWAY: Final = r"(?:lar[yií]n[gx]\w*|(?:epi)?gl[oó]t\w+|throat|pharyn\w+|far[ií]n\w+|tongue|(?:upper )?airways?)"
_GRAVE: Final = re.compile(
    rf"{_ANAPHYLAXIS.pattern}"
    r"|stevens.{0,3}johnson|\bsjs\b|lyell|n[eé][ck]r[oó]l[yi]|(?-i:\bTEN\b)|(?-i:\bDRESS\b)"
    r"|with eosinophilia"
    rf"|{_AIRWAY}\W*{_SWELLING}|{_SWELLING}\w* (?:(?:of(?: the)?|du|de(?: la)?|della|da|van(?: de)?) )?{_AIRWAY}"
    r"|lar[yi]ng\w*\W?spasm"
    rf"|angi(?:o(?:neuroti\w+)?\W*)?{_SWELLING}|angiod[eè]m|quincke"
    r"|bron(?:cho|chial |[ck]o)\W?(?:e?spasm|[ck]onstri[ck])"
    r"|throat (?:clos|tight)\w*"
    r"|\b(?:card\w+|respirat\w+|heart) arrest|\barr[êe]t (?:cardi|respirat)|\b(?:paro|arresto) (?:card|respirat)"
    r"|(?:herz|kreislauf|atem)\W?stillstand|hartstilstand|resuscit|r[eé]anim|\bintubat"
    r"|\b(?:shock|schock|choc|choque)\b|\b(?:fatal|death|died)\b|心[跳脏臟]骤停|呼吸骤停|休克"
    r"|史蒂文斯|中毒性表皮坏死|血管(?:神经)?性水肿|喉头?水肿|支气管痉挛",
    re.IGNORECASE,
)
# What is denied stands behind the denial ("angioedema without urticaria"), or before a "no" and nothing else.
_DENIED_BEHIND: Final = re.compile(
    r"\w*\W*(?:no|non|none|never|nein|denied|absent|not (?:present|seen|reported|observed|known|confirmed)|无|無)\W*",
    re.IGNORECASE,
)
# hl7-be/allergy@79238218ae4d67b7b531541fa2b41de85f623433:input/fsh/instances/be-riskmanifestation.fsh: Stevens-Johnson
# and Lyell syndrome, DRESS, edema of larynx, angioedema, bronchospasm, cardiorespiratory arrest
_GRAVE_SNOMED: Final = frozenset({"73442001", "768962006", "702809001", "51599000", "41291007", "4386001", "410430005"})
# PyPI simple-icd-10-cm 1.5.0 (ICD-10-CM April 2026 release): the same, Lyell syndrome being toxic epidermal necrolysis
_GRAVE_ICD: Final = ("L511", "L512", "L513", "D7212", "J384", "J385", "T783", "J9801")


def severity(resource: Json, terms: Terms) -> tuple[Coded, ...]:
    """The words that say how bad it is: each reaction's severity, and the criticality; none where it is not stated.

    Anaphylaxis is severe, whatever else is said of it. A low criticality (the worst that a reaction is expected to be
    does not threaten life) tells nothing of a reaction that was and that nobody described. Nor is an allergy mild while
    nobody says how one of its reactions was, or where one was grave; one that is called moderate is neither.
    """
    words: list[str] = []
    code = coded(resource, "code")
    untold = _is_severe(code, terms) or _is_grave((code,), terms)
    reactions = objects(resource, "reaction")
    for reaction in reactions:
        said = a_text(reaction, "severity")
        manifestations = tuple(_manifestations(reaction))
        severe = any(_is_severe(found, terms) for found in manifestations)
        words += [word for word in (said, "severe" if severe else None) if word]
        untold = untold or not (said or severe) or _is_grave(manifestations, terms)
    criticality = a_text(resource, "criticality")
    if criticality and (words or not reactions or criticality.lower() != _LOW):
        words.append(criticality)
    lower = {word.lower() for word in words}
    if words and lower <= _NOT_SEVERE and (untold or (_MODERATE in lower and _LOW not in lower)):
        words.append(_CONTRADICTING)
    return tuple(map(_in_word, words))


def _manifestations(reaction: Json) -> Iterator[Coded]:
    """What the reaction was; R5 has it in a CodeableReference. And what is said of it in words."""
    for item in objects(reaction, "manifestation", single=True):
        concept = item.get("concept")
        yield read_coded(concept if isinstance(concept, dict) else item, "manifestation")
    described = a_text(reaction, "description")
    if described:
        yield Coded((), described)


def _is_severe(found: Coded, terms: Terms) -> bool:
    """Whether it is anaphylaxis, by a code that the rules call severe, or by the word."""
    return any(map(_names_anaphylaxis, found.texts)) or any(
        _SEVERE in code.facets for _, code in terms.every_hit(found)
    )


def _names_anaphylaxis(text: str) -> bool:
    found = _ANAPHYLAXIS.search(text)
    return found is not None and not (_DENIED.search(text) or _DENIED_BEFORE.search(text[: found.start()]))


def _is_grave(found: Iterable[Coded], terms: Terms) -> bool:
    return any(
        any(map(_names_what_is_grave, one.texts)) or any(_is_code_of_it(*code, terms) for code in one.codes)
        for one in found
    )


def _names_what_is_grave(text: str) -> bool:
    return any(
        not (_DENIED_BEFORE.search(clause[: found.start()]) or _DENIED_BEHIND.fullmatch(clause[found.end() :]))
        for clause in _CLAUSE.split(unicodedata.normalize("NFC", text))
        if (found := _GRAVE.search(clause)) is not None
    )


def _is_code_of_it(system: str, code: str, terms: Terms) -> bool:
    canonical = terms.index.canonical_system(system)
    if canonical in DIAGNOSIS_ICD:
        return normalise_icd(code).replace(".", "").startswith(_GRAVE_ICD)
    return canonical == SNOMED and code in _GRAVE_SNOMED


@lru_cache(maxsize=64)
def _in_word(word: str) -> Coded:
    return Coded((Coding(None, word, None),), word)
