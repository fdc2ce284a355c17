"""Whether an AllergyIntolerance shows that somebody asked for allergies of any kind (docs/semantics.md, section 1)."""

from __future__ import annotations

import re
from typing import Final

from trialsieve.fhir_adapters.allergies import allergy_code
from trialsieve.fhir_adapters.codings import Coded, Coding, coded
from trialsieve.fhir_adapters.conditions import statuses_of
from trialsieve.fhir_adapters.placeholders import no_information, none_known
from trialsieve.fhir_adapters.shapes import Json, Unusable, objects, refuse_modifiers
from trialsieve.fhir_adapters.statuses import Standing
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.vocabulary import Role, State

_OVER: Final = frozenset({State.RESOLVED, State.REMISSION})
_NONE_OF_ANY_KIND: Final = "no-known-allergies"  # the International Patient Summary's
# Words that there is none at all; and that there is none of some kind, or that nobody knows.
_BROAD: Final = re.compile(r"\W*(?:nka|none(?: known)?|no (?:known )?allerg(?:y|ies)(?: known)?)\W*", re.IGNORECASE)
_DENIES: Final = re.compile(
    r"^\W*(?:nk[a-z]{0,2}a|nil|none|denies|keine?|aucune?|ninguna?|nessuna?)\b"
    r"|\bno (?:[\w/-]+ ){0,4}allerg|\bnot allergic\b|\bno known\b"
    r"|^\W*unknown\b|\ballerg\w*(?: status| history)?(?: is| are)? unknown\b|\bno information\b|\bunable to\b"
    r"|\bnot (?:yet )?(?:assessed|asked|known|recorded|reviewed|on file)\b",
    re.IGNORECASE,
)


def shows_assessment(resource: Json, terms: Terms) -> bool:
    """Whether it names an allergy, whatever to, or says, without being a fact, that there is none of any kind."""
    try:
        statuses = statuses_of(resource)
        if statuses.stands is not Standing.FIRM:
            return False
        refuse_modifiers(resource, "AllergyIntolerance")
        for reaction in objects(resource, "reaction"):
            refuse_modifiers(reaction, "AllergyIntolerance.reaction")
        denies_any = _denial(coded(resource, "code"), terms)
        if denies_any is not None:
            return denies_any and statuses.state not in _OVER
        code = allergy_code(resource)
    except Unusable:
        return False
    return bool(code.texts) or any(coding.system and coding.code for coding in code.codings)


def _denial(code: Coded, terms: Terms) -> bool | None:
    """Whether it denies allergies of any kind, without being a fact; None where it is no denial.

    A code says it more surely than words.
    """
    said = {shows for coding in code.codings if (shows := _denied_by(coding, terms)) is not None}
    if said:
        return False not in said
    denials = [text for text in code.texts if _DENIES.search(text) or _BROAD.fullmatch(text)]
    return all(_BROAD.fullmatch(text) for text in denials) if denials else None


def _denied_by(coding: Coding, terms: Terms) -> bool | None:
    """As `_denial`, of one code. What is not of a concept of any allergy is a denial, too: of one kind alone."""
    system, code = coding.system, coding.code
    if none_known(system, code) or no_information(system, code):
        return code == _NONE_OF_ANY_KIND
    if system is None or code is None:
        return None
    hits = [(terms.allergies.get(concept), found.role) for concept, found in terms.index.lookup(system, code)]
    denies = any(
        role is Role.NEGATES or (of_any_kind and role is Role.EXCLUDE)
        for of_any_kind, role in hits
        if of_any_kind is not None
    )
    return False if denies else None
