"""Check digits and syntax of codes, by code system."""

from __future__ import annotations

import re
from typing import Final

from trialsieve.rules.codes import LOINC, SNOMED
from trialsieve.rules.vocabulary import Match

# The Verhoeff scheme that SNOMED CT identifiers use: multiplication in the dihedral group D5, and its permutation.
_D5: Final = (
    *((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6)),
    *((3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1)),
    *((6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4)),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTED: Final = (
    *((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), (5, 8, 0, 3, 7, 9, 6, 1, 4, 2)),
    *((8, 9, 1, 6, 0, 4, 3, 5, 2, 7), (9, 4, 5, 3, 1, 2, 6, 8, 7, 0), (4, 2, 8, 6, 5, 7, 3, 9, 0, 1)),
    *((2, 7, 9, 3, 8, 0, 6, 4, 1, 5), (7, 0, 4, 6, 9, 1, 3, 2, 5, 8)),
)

_SYNTAX: Final = {
    "http://hl7.org/fhir/sid/icd-10-cm": r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?(-[A-TV-Z][0-9][0-9A-Z])?",
    "http://hl7.org/fhir/sid/icd-10": r"[A-Z][0-9]{2}(\.[0-9]{1,2})?(-[A-Z][0-9]{2})?",
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm": r"[A-Z][0-9]{2}(\.[0-9]{1,2})?",
    "http://terminology.hl7.org/CodeSystem/icd-o-3": r"[0-9]{4}/[012369]",
    "http://www.nlm.nih.gov/research/umls/rxnorm": r"[0-9]{1,8}",
    "http://www.whocc.no/atc": r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?",
    "http://hl7.org/fhir/sid/cvx": r"[0-9]{2,3}",
    "http://www.cms.gov/Medicare/Coding/ICD10": r"[0-9A-HJ-NP-Z]{7}",
    "http://fhir.de/CodeSystem/bfarm/ops": r"[135689]-[0-9][0-9a-z]{2}(\.[0-9a-z]{1,3})?",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": r"[A-CEGHJ-MP-V][0-9]{4}",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": r"C[0-9]{2,7}",
}
# A code of ICD-10-PCS is a path through a table; each of its beginnings is a group of procedures.
_BEGINNINGS: Final = {"http://www.cms.gov/Medicare/Coding/ICD10": r"[0-9A-HJ-NP-Z]{1,7}"}
_GERMAN_ECOG: Final = (
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/"
    "mii-cs-onko-allgemeiner-leistungszustand-ecog"
)
_HL7: Final = ("http://terminology.hl7.org/CodeSystem/", "http://hl7.org/fhir/")


def fault_of(system: str, code: str, match: Match = Match.EXACT) -> str | None:
    """What is wrong with how this code is written; None if nothing is. A prefix may be the beginning of a code."""
    if match is Match.PREFIX and system in _BEGINNINGS:
        return None if re.fullmatch(_BEGINNINGS[system], code) else f"no code of {system} begins with '{code}'"
    if system == SNOMED:
        return _snomed_fault(code)
    if system == LOINC:
        return _loinc_fault(code)
    if system == _GERMAN_ECOG:
        return None if re.fullmatch("[0-4]", code) else f"'{code}' is not an ECOG grade"
    if system in _SYNTAX:
        return None if re.fullmatch(_SYNTAX[system], code) else f"'{code}' is not written like a code of {system}"
    return None if system.startswith(_HL7) else f"the code system {system} is not known here"


def is_known(system: str) -> bool:
    """Whether it is known how this system's codes are written."""
    return system in {SNOMED, LOINC, _GERMAN_ECOG, *_SYNTAX}


def _snomed_fault(code: str) -> str | None:
    if not re.fullmatch(r"[0-9]{6,18}", code):
        return f"'{code}' is not written like a SNOMED CT identifier"
    if not verhoeff(code):
        return f"the check digit of the SNOMED CT identifier {code} is wrong"
    if code[-3:-1] not in ("00", "10"):
        return f"the SNOMED CT identifier {code} is not a concept's (partition {code[-3:-1]})"
    return None


def _loinc_fault(code: str) -> str | None:
    if re.fullmatch(r"[0-9]{1,7}-[0-9]", code):
        return None if mod10(code) else f"the check digit of the LOINC code {code} is wrong"
    if re.fullmatch(r"LA[0-9]{1,6}-[0-9]", code):
        return None if answer_mod10(code) else f"the check digit of the LOINC answer code {code} is wrong"
    return f"'{code}' is not written like a LOINC code"


def verhoeff(digits: str) -> bool:
    """Whether a number ends in its Verhoeff check digit."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _D5[check][_PERMUTED[place % 8][int(digit)]]
    return check == 0


def mod10(code: str) -> bool:
    """Whether a LOINC code ends in its check digit (Luhn)."""
    body, check = code.split("-")
    return _luhn(body, 0) == int(check)


def answer_mod10(code: str) -> bool:
    """Whether a LOINC answer code ends in its check digit.

    Luhn over the digits plus a constant for the letters, 5 with an even and 8 with an odd number of digits: a rule
    fitted on and confirmed by 311 of 312 answer codes of public FHIR packages.
    """
    body, check = code.removeprefix("LA").split("-")
    return _luhn(body, 5 if len(body) % 2 == 0 else 8) == int(check)


def _luhn(body: str, start: int) -> int:
    total = start
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return (10 - total % 10) % 10
