"""The Patient: age, sex, whether alive, and whether this record is one to screen."""

from __future__ import annotations

from datetime import date
from typing import Final

from trialsieve.engine.facts import Person
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.dates import Clock, no_date
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable, a_flag, a_text, an_object, objects
from trialsieve.fhir_adapters.facts.sexes import contradicting
from trialsieve.fhir_adapters.records.identity import EITHER
from trialsieve.fhir_adapters.records.replaced import replaces_somebody_unnamed
from trialsieve.rules.vocabulary import Sex

_SEXES: Final = {"male": Sex.MALE, "female": Sex.FEMALE, "other": Sex.UNKNOWN, "unknown": Sex.UNKNOWN}
_REPLACED: Final = frozenset({"replaced-by", "refer", "replace"})  # `replace` is STU2's word

_OLDEST: Final = 120  # years; programs write 1900-01-01 or 0001-01-01 where they know no day

_UNNAMED: Final = "replaces a Patient whom its link does not name by a reference; that one's record was not read"

_ANIMAL: Final = "http://hl7.org/fhir/StructureDefinition/patient-animal"  # STU3 has the element `animal`


def read_person(reference: str, resource: Json | None, clock: Clock) -> tuple[Person, list[str]]:
    """The person of a chart, and what of the Patient could not be used. Never raises.

    Without a Patient resource age and sex are unknown.
    """
    if resource is None:
        return Person(None), []
    birth, birth_fault = _birth(resource, clock)
    sex, sex_fault = _sex(resource)
    faults = {"birthDate": birth_fault, "gender": sex_fault}
    unusable = frozenset(name for name, fault in faults.items() if fault)
    problems = [fault for fault in faults.values() if fault] + _to_come(birth, resource, clock)
    deceased, deceased_when, doubt = _deceased(resource, clock)
    set_aside = doubt or _set_aside(resource, problems)
    if doubt:
        problems.append(doubt)
    problems += clock.problems
    clock.problems.clear()
    if "link" in resource and replaces_somebody_unnamed(resource):
        problems.append(_UNNAMED)
    return Person(reference, birth, sex, deceased, deceased_when, unusable, set_aside), problems


def _birth(resource: Json, clock: Clock) -> tuple[DateInterval | None, str]:
    """The birth date; what is wrong with it where it cannot be used."""
    value = resource.get("birthDate")
    if value is None:
        return None, ""
    birth = clock.read(resource, "birthDate") if isinstance(value, str) and "T" not in value.upper() else None
    if birth is None:
        clock.problems.clear()
        return None, _either("birthDate", value) or f"{no_date('birthDate', value)}; write it as YYYY-MM-DD"
    if clock.as_of is not None and _is_too_old(birth, clock.as_of):
        return None, f"birthDate {value!r} is more than {_OLDEST} years before {clock.as_of}, and was not used"
    return birth, ""


def _sex(resource: Json) -> tuple[Sex, str]:
    """The recorded sex; what is wrong with it where it cannot be used."""
    gender = resource.get("gender")
    if gender is None:
        return Sex.UNKNOWN, ""
    sex = _SEXES.get(gender) if isinstance(gender, str) else None
    if sex is None:
        fault = f"gender {str(gender)[:40]!r} is none of male, female, other, unknown"
        return Sex.UNKNOWN, _either("gender", gender) or fault
    if sex is not Sex.UNKNOWN and (other := contradicting(resource, sex)):
        return Sex.UNKNOWN, f"gender '{gender}' and {other} contradict each other, so the sex is unknown"
    return sex, ""


def _either(element: str, value: object) -> str:
    """What is wrong with an element of which versions of the Patient said different things, if they did."""
    if not isinstance(value, str) or EITHER not in value:
        return ""
    return f"{element} is {value[:80]!r}, and which of these is not known, so it was not used"


def _to_come(birth: DateInterval | None, resource: Json, clock: Clock) -> list[str]:
    """What is told of a birth that lies after the day for which the record is read."""
    if birth is None or clock.as_of is None or birth.starts_by(clock.as_of):
        return []
    told = f"birthDate {resource['birthDate']!r} lies after {clock.as_of}"
    return [f"{told}: the age is not known, and dates before it count as missing; correct it"]


def _is_too_old(birth: DateInterval, as_of: date) -> bool:
    last = birth.last
    return last is not None and (last.year + _OLDEST, last.month, last.day) < (as_of.year, as_of.month, as_of.day)


def _deceased(resource: Json, clock: Clock) -> tuple[bool, DateInterval | None, str | None]:
    """Dead or alive; a third thing where the record's answer cannot be read."""
    try:
        flag, dated = a_flag(resource, "deceasedBoolean"), a_text(resource, "deceasedDateTime")
    except Unusable as problem:
        return False, None, f"whether the patient has died cannot be read: {problem}"
    if flag is False and dated is not None:
        return False, None, f"whether the patient has died is not clear: no, and on {dated[:40]}"
    if dated is not None:
        return True, clock.read(resource, "deceasedDateTime"), None
    return bool(flag), None, None


def _set_aside(resource: Json, problems: list[str]) -> str | None:
    """Why nobody should be enrolled by this record: it is inactive, or another has taken its place."""
    try:
        refused = bool(resource.get("modifierExtension"))
        if refused:
            return "the Patient has a modifier extension that is not understood"
        if resource.get("animal") or any(item.get("url") == _ANIMAL for item in objects(resource, "extension")):
            return "the Patient is an animal"
        for link in objects(resource, "link"):
            if (a_text(link, "type", "link.type") or "") in _REPLACED:
                other = an_object(link, "other", "link.other") or {}
                named = a_text(other, "reference", "link.other.reference") or a_text(other, "display") or "another"
                return f"the Patient was replaced by {named}"
        if a_flag(resource, "active") is False:
            return "the Patient is marked inactive"
    except Unusable as problem:
        problems.append(str(problem))
        return f"whether the Patient is in use cannot be read: {problem}"
    return None
