"""AllergyIntolerances that deny allergies, and those of them that tell of one all the same."""

from __future__ import annotations

import re
from typing import Final

from trialsieve.fhir_adapters.codes.allergy_words import denies_any, denies_drugs_alone, tells_of_one
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import ASSERTING, Coded, Coding, coded, joined
from trialsieve.fhir_adapters.elements.placeholders import no_information, none_known
from trialsieve.fhir_adapters.elements.shapes import Json, objects
from trialsieve.rules.codes import SNOMED
from trialsieve.rules.vocabulary import Role
from trialsieve.rules.words import without_dots

_NO_DRUG_ALLERGY: Final = Coded((Coding(SNOMED, "409137002", None),), None)
_NONE_OF_ANY_KIND: Final = "no-known-allergies"  # the International Patient Summary's
_NONE_TO_DRUGS: Final = "no-known-medication-allergies"
# Words that there is none of some kind, or that nobody knows.
_DENIES: Final = re.compile(
    r"^\W*(?:nk[a-z]{0,2}a|nil|none|denies|keine?|aucune?|ninguna?|nessuna?)\b"
    r"|\bno (?:[\w/-]+ ){0,4}allerg|\bnot allergic\b|\bno known\b"
    r"|^\W*unknown\b|\ballerg\w*(?: status| history)?(?: is| are)? unknown\b|\bno information\b|\bunable to\b"
    r"|\bnot (?:yet )?(?:assessed|asked|known|recorded|reviewed|on file)\b",
    re.IGNORECASE,
)


def allergy_named(resource: Json) -> Coded:
    """AllergyIntolerance.code. Words that deny allergies to drugs, and no more, are the code of that, too; so is the
    patient summary's code.

    So hl7.org/fhir/R4/allergyintolerance-nkda.html has NKDA beside SNOMED CT 409137002. Not beside a code without words
    of its own, which may say another thing.
    """
    code = coded(resource, "code")
    if any(coding.code == _NONE_TO_DRUGS and none_known(coding.system, coding.code) for coding in code.codings):
        return joined((code, _NO_DRUG_ALLERGY))
    if not code.texts or not all(coding.display for coding in code.codings):
        return code
    return joined((code, _NO_DRUG_ALLERGY)) if all(map(denies_drugs_alone, code.texts)) else code


def told_beside(resource: Json, terms: Terms) -> str | None:
    """What an AllergyIntolerance that denies allergies tells of one all the same: a reaction, its words, a code."""
    if objects(resource, "reaction"):
        return "a reaction"
    code = allergy_named(resource)
    named = next((text for text in code.texts if tells_of_one(text)), None)
    if named is not None:
        return f"'{named[:80]}'"
    hits = terms.every_hit(code)
    asserted = any(found.role in ASSERTING and concept in terms.allergies for concept, found in hits)
    return "the code of one" if asserted else None


def names_none(code: Coded) -> bool:
    """Whether its words deny allergies of any kind and tell of none, so that `allergy` in them is the name of none."""
    return any(map(denies_any, code.texts)) and not any(map(tells_of_one, code.texts))


def denied_outright(code: Coded, terms: Terms) -> bool:
    """Whether its words say that there is no allergy, or one of its codes that there is none, or none of some kind."""
    by_code = any(_denied_by(coding, terms) is not None for coding in code.codings)
    return by_code or any(map(denies_any, code.texts))


def denial(code: Coded, terms: Terms) -> bool | None:
    """Whether it denies allergies of any kind, without being a fact; None where it is no denial.

    A code says it more surely than words.
    """
    said = {shows for coding in code.codings if (shows := _denied_by(coding, terms)) is not None}
    if said:
        return False not in said
    denials = [text for text in code.texts if _DENIES.search(without_dots(text)) or denies_any(text)]
    return all(map(denies_any, denials)) if denials else None


def _denied_by(coding: Coding, terms: Terms) -> bool | None:
    """As `denial`, of one code. What is not of a concept of any allergy is a denial, too: of one kind alone."""
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
