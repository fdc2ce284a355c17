"""Whom a resource in a patient's record is about, where that is said to be somebody else: a donor, a child."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.elements.codings import Coded, coded, coded_list
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable, a_text, an_object, objects
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.records.targets import identifiers_of, parse_reference

# Observation.focus may also name a condition, a device or a specimen of the patient: those say nothing of whom.
_PERSONS: Final = frozenset({"Patient", "RelatedPerson", "Person", "Practitioner", "PractitionerRole", "Group"})
_DONOR: Final = re.compile(r"\bdonors?\b|\b\w*(?<!su)spender(?:s|in)?\b|供者|供体", re.IGNORECASE)
_ANOTHER: Final = re.compile(
    rf"{_DONOR.pattern}"
    r"|\b(?:(?:grand)?(?:mother|father|parent|son|daughter)|brother|sister|sibling|aunt|uncle|cousin|relatives"
    r"|wife|husband|spouse|partner|f(?:o?etus|o?etal)|maternal|paternal|mutter|vater|bruder|schwester|geschwister)s?\b"
    r"|母亲|父亲|兄弟|哥哥|弟弟|姐姐|妹妹|姐妹|配偶|胎儿",
    re.IGNORECASE,
)
# In focus they are somebody else; of a specimen they may say how old the patient is.
_CHILD: Final = re.compile(
    r"\b(?:child(?:ren)?|bab(?:y|ies)|(?:infant|newborn|neonate|twin)s?)\b|婴儿|新生儿|儿童", re.IGNORECASE
)


class AboutAnother(Unusable):
    """The resource was understood: it says something, and not of this patient."""


# In the name of a test; not of who tells of the patient, or rates how a child plays.
_RELATIVES_TEST: Final = re.compile(
    r"\b(?:(?:grand)?(?:mother|father)|brother|sister(?! mary)|sibling|wife|husband|spouse|partner|f(?:o?etus|o?etal)"
    r"|maternal|paternal|mutter|vater|bruder|schwester|geschwister)s?\b"
    r"|母亲|父亲|兄弟|哥哥|弟弟|姐姐|妹妹|姐妹|配偶|胎儿",
    re.IGNORECASE,
)
_TELLING: Final = re.compile(
    r"\b(?:reports?|reported|reporting|per|by|from|rates?|rated|rating|proxy|informants?|according)\b", re.IGNORECASE
)
# hl7.org/fhir/extensions: of whom it is where that is not the patient; STU3's and a ballot's name for it.
_FOCAL: Final = ("/observation-focusCode", "/observation-focal-subject", "/observation-focus-code")


def refuse_others(source: Source) -> None:
    """Raises AboutAnother where `focus` names another person, or `specimen` one that was taken from another; Unusable
    where it cannot be told whom they name.

    https://hl7.org/fhir/R4/observation-definitions.html#Observation.focus
    """
    resource = source.resource
    if "focus" in resource:
        for focus in _focuses(resource):
            _refuse(focus, source, "focus")
    if "specimen" in resource:
        specimen, _ = source.resolver.follow(resource, "specimen")
        subject = None if specimen is None else specimen.get("subject")
        if isinstance(subject, dict):
            _refuse(subject, source, "specimen's subject")


def _focuses(resource: Json) -> list[Json]:
    found = resource["focus"]
    return objects(resource, "focus") if isinstance(found, list) else [found] if isinstance(found, dict) else []


def words_of_another(source: Source) -> str | None:
    """The words of its `focus`, `specimen` or site that name a donor, a relative or a child; None if none do.

    Of an extension that says of whom it is, if not of the patient, any words.
    """
    resource = source.resource
    for extension in objects(resource, "extension") if "extension" in resource else ():
        if (a_text(extension, "url", "extension.url") or "").endswith(_FOCAL):
            named = an_object(extension, "valueReference") or {}
            said = coded(extension, "valueCodeableConcept").shown or a_text(named, "display", "valueReference.display")
            return said or "a focus that is not the patient"
    for site in coded_list(resource, "bodySite") if "bodySite" in resource else ():  # of a Procedure there are several
        if words := next(filter(_names_another, site.texts), None):
            return words
    if "focus" in resource:
        for focus in _focuses(resource):
            words = _display_alone(focus, "focus")
            if words and (_names_another(words) or _CHILD.search(words)):
                return words
    if "specimen" in resource:
        specimen, display = source.resolver.follow(resource, "specimen")
        for words in (display, *(() if specimen is None else _words_of(specimen))):
            if words and _names_another(words):
                return words
    return None


def _words_of(specimen: Json) -> tuple[str | None, ...]:
    subject = specimen.get("subject")
    named = _display_alone(subject, "specimen.subject") if isinstance(subject, dict) else None
    return (named, *coded(specimen, "type").texts)


def _display_alone(named: Json, path: str) -> str | None:
    """Beside a reference it is the name of whoever that is: people are called Son, or Partner."""
    return a_text(named, "display", f"{path}.display") if named.get("reference") is None else None


def speaks_of_donor(code: Coded) -> bool:
    """Whether its words name a donor, of whom the result may be though the record is the patient's."""
    return any(_names_donor(text) for text in code.texts)


def speaks_of_relative(code: Coded) -> bool:
    """Whether its words name a relative of the patient as the one who was tested."""
    return any(_is_a_relatives_test(text) for text in code.texts)


@lru_cache(maxsize=4096)
def _is_a_relatives_test(text: str) -> bool:
    return _RELATIVES_TEST.search(text) is not None and _TELLING.search(text) is None


@lru_cache(maxsize=4096)
def _names_another(text: str) -> bool:
    return _ANOTHER.search(text) is not None


@lru_cache(maxsize=4096)
def _names_donor(text: str) -> bool:
    return _DONOR.search(text) is not None


def _refuse(focus: Json, source: Source, called: str) -> None:
    reference = a_text(focus, "reference", f"{called} (reference)")
    if reference is None:
        if focus.get("type") in _PERSONS and not _is_patients_identifier(focus.get("identifier"), source):
            raise Unusable(f"its {called} is a person whom it does not name by a reference; add that")
        return
    named = source.resolver.find(reference)
    target = parse_reference(reference)
    if named is not None:
        kind, name = named.get("resourceType"), f"{named.get('resourceType')}/{named.get('id')}"
    else:
        kind = (target.type if target is not None else "") or focus.get("type")
        name = target.relative if target is not None and target.type else reference
    if not kind:
        raise Unusable(f"its {called}, {reference[:200]}, is not in this record, so whom it is about is not known")
    if kind in _PERSONS and not {name, reference} & {source.person.reference, *_subject(source.resource)}:
        raise AboutAnother(f"it is about {name[:200]}, its {called}, and not about this patient; it was left out")


def _is_patients_identifier(identifier: object, source: Source) -> bool:
    patient = source.index.get(source.person.reference or "", {})
    return not set(identifiers_of(identifier)).isdisjoint(identifiers_of(patient.get("identifier")))


def _subject(resource: Json) -> tuple[str, ...]:
    """The subject's reference as it stands, and without its server."""
    subject = resource.get("subject")
    reference = a_text(subject, "reference", "subject.reference") if isinstance(subject, dict) else None
    if reference is None:
        return ()
    target = parse_reference(reference)
    return (reference, target.relative) if target is not None and target.type else (reference,)
