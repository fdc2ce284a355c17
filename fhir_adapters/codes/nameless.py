"""Codes and words of a resource that do not say what it is: they stand for a name, or nobody could be asked."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from trialsieve.fhir_adapters.elements.codings import Coded, Coding, canonical
from trialsieve.fhir_adapters.elements.placeholders import no_information
from trialsieve.rules.codes import SNOMED, CodeIndex
from trialsieve.rules.vocabulary import COVERABLE, Kind

# SNOMED CT's: hl7.terminology.r4-7.0.1@npm:package/ValueSet-snomed-intl-gps.json. OMOP's concept 0 is what could not be
# mapped (ohdsi.github.io/DataQualityDashboard, standardConceptRecordCompleteness), under the address that HL7's guide
# has for it (hl7.org/fhir/uv/omop), and one that is met.
_UNMAPPED: Final = frozenset({("https://fhir-terminology.ohdsi.org", "0"), ("http://ohdsi.org/omop", "0")})
_NAMELESS: Final = _UNMAPPED | {
    (SNOMED, "261665006"),  # Unknown
    (SNOMED, "64970000"),  # Substance type unknown
}
_DRUG_TREATMENT_UNKNOWN: Final = (SNOMED, "182904002")
_NO_HISTORY: Final = frozenset({_DRUG_TREATMENT_UNKNOWN, (SNOMED, "396782006")})  # Medical history unknown

_WHAT: Final = (
    r"(?:(?:home|current|past|previous|prior) )?"
    r"(?:(?:concept|code|value|qualifier value|drug|drug treatment|medication|medicine|substance|vaccine|vaccination"
    r"|immunization|condition|problem|procedure|surgery|allergen)s?|diagnos[ei]s|surgeries|allerg(?:y|ies))"
)
_UNKNOWN: Final = (
    r"(?:unknown|unspecified|unavailable|unobtainable|undocumented"
    r"|not (?:known|specified|available|applicable|recorded|documented|assessed|obtained|obtainable|on file))"
)
# Once their marks are left out: of `-` nothing is left.
_NOBODY_KNOWS: Final = re.compile(
    rf"(?:{_UNKNOWN}(?: {_WHAT})?|{_WHAT} {_UNKNOWN}|no information|n a|na"
    r"|(?:(?:medikation|medikamente|diagnosen?) )?unbekannt\w*|k a|keine angaben?"
    r"|inconnue?|desconocid[oa]|sconosciut[oa]|onbekend|desconhecid[oa]|未知|不详|不明)?"
)
# A name was there once.
_NAME_LOST: Final = re.compile(rf"(?:unmapped(?: {_WHAT})?|{_WHAT} unmapped|no matching concept|redacted|masked)")
# What a trial gives, of which the record does not say what it is; with its number, or with what it is compared to.
_NUMBERED: Final = r"(?: (?:[a-z]{0,4} )?(?=\w*\d)\w+)*"
_OF_A_TRIAL: Final = re.compile(
    r"(?:(?:double )?blind(?:ed)? )?(?:study|trial|investigational|experimental|research) (?:medicinal )?"
    r"(?:drug|medication|medicine|agent|product|compound|treatment|infusion)s?"
    rf"(?: (?:blinded|(?:or|vs|versus) placebo|imp))?{_NUMBERED}"
    r"|(?:blinded )?imp(?: blinded)?|placebo (?:or|vs|versus) (?:study|active) drug"
    rf"|(?:prüf|studien)(?:präparat\w*|medikation|medikament\w*|substanz\w*|arznei\w*){_NUMBERED}"
    r"|试验用?药物?|研究用?药物?"
)
# Of all that is asked about, or of all of one kind. What is of a part (family, smoking) says nothing of the rest.
_WHOLE: Final = r"(?:(?:an?|any|the|his|her|past|previous|prior|medical|clinical|health|patient|full|complete{}) )*"
_TOLD: Final = r"(?:history|hx|pmhx?|list|status|information)"
_NOBODY_ASKED: Final = (
    r"(?:patient )?unable to (?:assess|(?:obtain|give|provide) {whole}{told})"
    r"|{whole}{told} (?:is )?{unknown}|{unknown} {whole}{told}"
    r"|no {whole}{told} (?:available|obtained|obtainable|recorded|documented|on file)"
    r"|(?:vorgeschichte|vorerkrankungen|(?:eigen)?anamnese) (?:unbekannt|nicht (?:bekannt|erhebbar|erhoben))"
    r"|ant[ée]c[ée]dents (?:m[ée]dicaux )?inconnus|antecedentes (?:m[ée]dicos )?desconocidos|病史(?:不详|不明|未知)"
)
_OF_KIND: Final = {
    Kind.CONDITION: "|problem",
    Kind.MEDICATION: "|medication|drug|treatment|home|current",
    Kind.PROCEDURE: "|surgical|procedure",
    Kind.IMMUNIZATION: "|vaccination|immunization|vaccine",
}
_ASKED: Final = {
    kind: re.compile(_NOBODY_ASKED.format(whole=_WHOLE.format(words), told=_TOLD, unknown=_UNKNOWN))
    for kind, words in _OF_KIND.items()
}
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
    return code.text is None or code.text in said or _is_no_name(code.text)


def without_empty_words(code: Coded) -> Coded:
    """The code without words that only stand where a name is missing (`Unknown`, `***`): they do not say what it is."""
    if not any(map(_is_no_name, code.texts)):
        return code
    codings = tuple(
        replace(coding, display=None) if coding.display is not None and _is_no_name(coding.display) else coding
        for coding in code.codings
    )
    return Coded(codings, None if code.text is None or _is_no_name(code.text) else code.text)


def nothing_is_known(kind: Kind, code: Coded, index: CodeIndex) -> bool:
    """Whether a code says that nothing is known of its kind of data. That proves no absence."""
    if any(no_information(coding.system, coding.code) for coding in code.codings):
        return True
    if kind not in COVERABLE or kind is Kind.ALLERGY:  # of whose kind a reaction tells, though nobody knows to what
        return False
    # A diagnosis that nobody knows; what was taken or done is something, though nobody knows what.
    if kind is Kind.CONDITION and is_nameless(kind, code, index) and not _lost_its_name(code, index):
        return True
    if any(
        canonical(coding, index) in _NO_HISTORY and not _names_nothing(kind, coding, index) for coding in code.codings
    ):
        return True
    understood = any(index.lookup(*one) for one in code.codes)
    return bool(code.texts) and not understood and all(_ASKED[kind].fullmatch(_plain(text)) for text in code.texts)


def _names_nothing(kind: Kind, coding: Coding, index: CodeIndex) -> bool:
    found = canonical(coding, index)
    return found in _NAMELESS or (kind is Kind.MEDICATION and found == _DRUG_TREATMENT_UNKNOWN)


def _has_no_name(coding: Coding, index: CodeIndex) -> bool:
    """Whether its words name nothing, nor its code in a system that the rules know."""
    if coding.system is None or coding.code is None:
        return coding.display is None or _is_no_name(coding.display)
    if coding.display is None or index.concepts_knowing(coding.system):
        return False
    return _is_no_name(coding.display)


def _is_no_name(words: str) -> bool:
    return any(pattern.fullmatch(_plain(words)) for pattern in (_NOBODY_KNOWS, _NAME_LOST, _OF_A_TRIAL))


def _lost_its_name(code: Coded, index: CodeIndex) -> bool:
    """Whether it stands for something that had a name, which was masked or not found in a table of codes."""
    if any(canonical(coding, index) in _UNMAPPED for coding in code.codings):
        return True
    return any("*" in text or _NAME_LOST.fullmatch(_plain(text)) is not None for text in code.texts)


def _plain(words: str) -> str:
    return _MARKS.sub(" ", words).strip().casefold()
