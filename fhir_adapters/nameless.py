"""Codes and words of a resource that do not say what it is: they stand for a name, or nobody could be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from trialsieve.fhir_adapters.codings import Coded, Coding
from trialsieve.fhir_adapters.placeholders import no_information
from trialsieve.rules.codes import SNOMED, CodeIndex
from trialsieve.rules.vocabulary import COVERABLE, Kind

# SNOMED CT's: hl7.terminology.r4-7.0.1@npm:package/ValueSet-snomed-intl-gps.json. OMOP's concept 0 is what could not be
# mapped (ohdsi.github.io/DataQualityDashboard, standardConceptRecordCompleteness), under the address that HL7's guide
# has for it (hl7.org/fhir/uv/omop), and one that is met.
_NAMELESS: Final = frozenset(
    {
        (SNOMED, "261665006"),  # Unknown
        (SNOMED, "64970000"),  # Substance type unknown
        ("https://fhir-terminology.ohdsi.org", "0"),
        ("http://ohdsi.org/omop", "0"),
    }
)
_DRUG_TREATMENT_UNKNOWN: Final = (SNOMED, "182904002")
_NO_HISTORY: Final = frozenset({_DRUG_TREATMENT_UNKNOWN, (SNOMED, "396782006")})  # Medical history unknown

_WHAT: Final = (
    r"(?:concept|code|value|qualifier value|drug|drug treatment|medication|medicine|substance|vaccine|diagnosis"
    r"|condition|problem|procedure|allergy|allergen)"
)
_UNKNOWN: Final = r"(?:unknown|unspecified|unmapped|not (?:known|specified|available|applicable|recorded))"
# Once their marks are left out: of `-` nothing is left.
_NO_NAME: Final = re.compile(
    rf"(?:{_UNKNOWN}(?: {_WHAT})?|{_WHAT} {_UNKNOWN}|no information|no matching concept|n a|na|redacted|masked"
    r"|unbekannt\w*|k a|keine angaben?|inconnue?|desconocid[oa]|sconosciut[oa]|onbekend|desconhecid[oa]"
    r"|未知|不详|不明)?"
)
_NOBODY_ASKED: Final = re.compile(
    r"(?:patient )?unable to (?:obtain|give|provide)(?: \w+){0,3} (?:history|information)"
    r"|(?:\w+ )?history (?:is )?(?:unobtainable|unavailable|unknown|not (?:available|obtainable|obtained|known))"
)
_MARKS: Final = re.compile(r"[\W_]+")


def is_nameless(kind: Kind, code: Coded, index: CodeIndex) -> bool:
    """Whether something is there for a code, and nothing of it says what the resource is.

    A coding in a system that the rules know says it, whatever its words.
    """
    nameless = [coding for coding in code.codings if _names_nothing(kind, coding, index)]
    if kind not in COVERABLE or not (nameless or code.texts):
        return False
    if not all(coding in nameless or _has_no_name(coding, index) for coding in code.codings):
        return False
    said = {coding.display for coding in nameless}
    return code.text is None or code.text in said or _NO_NAME.fullmatch(_plain(code.text)) is not None


def nothing_is_known(kind: Kind, code: Coded, index: CodeIndex) -> bool:
    """Whether a code says that nothing is known of its kind of data. That proves no absence."""
    if any(no_information(coding.system, coding.code) for coding in code.codings):
        return True
    if kind not in COVERABLE or kind is Kind.ALLERGY:  # of whose kind a reaction tells, though nobody knows to what
        return False
    if any(
        _canonical(coding, index) in _NO_HISTORY and not _names_nothing(kind, coding, index) for coding in code.codings
    ):
        return True
    understood = any(index.lookup(*one) for one in _complete(code.codings))
    return bool(code.texts) and not understood and all(_NOBODY_ASKED.fullmatch(_plain(text)) for text in code.texts)


def _names_nothing(kind: Kind, coding: Coding, index: CodeIndex) -> bool:
    found = _canonical(coding, index)
    return found in _NAMELESS or (kind is Kind.MEDICATION and found == _DRUG_TREATMENT_UNKNOWN)


def _has_no_name(coding: Coding, index: CodeIndex) -> bool:
    """Whether its words name nothing, nor its code in a system that the rules know."""
    if coding.system is None or coding.code is None:
        return coding.display is None or _NO_NAME.fullmatch(_plain(coding.display)) is not None
    if coding.display is None or index.concepts_knowing(coding.system):
        return False
    return _NO_NAME.fullmatch(_plain(coding.display)) is not None


def _canonical(coding: Coding, index: CodeIndex) -> tuple[str, str] | None:
    if coding.system is None or coding.code is None:
        return None
    return index.canonical_system(coding.system), coding.code


def _complete(codings: Iterable[Coding]) -> list[tuple[str, str]]:
    return [(one.system, one.code) for one in codings if one.system is not None and one.code is not None]


def _plain(words: str) -> str:
    return _MARKS.sub(" ", words).strip().casefold()
