"""The reference range that applies: by the patient's age and sex at the time, of type normal, or none at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

from msgspec import Struct

from trialsieve.engine.interval import DateInterval, completed_years, subtract
from trialsieve.fhir_adapters.elements.codings import Coded, coded, coded_list
from trialsieve.fhir_adapters.elements.dates import age_of
from trialsieve.fhir_adapters.elements.quantities import Amount, read_quantity
from trialsieve.fhir_adapters.elements.shapes import Json, Malformed, a_text, an_object, objects, refuse_modifiers
from trialsieve.fhir_adapters.values.range_words import is_other, is_plain, sex_of
from trialsieve.rules.codes import SNOMED
from trialsieve.rules.vocabulary import Sex

_ADULT: Final = 18
_LEAST_OF_NINES: Final = Decimal(999)
_NINES: Final = frozenset("9.")
# http://terminology.hl7.org/CodeSystem/referencerange-meaning, and the address of STU3
_NORMAL_TEXTS: Final = frozenset({"normal", "normal range", "normal value"})
_SEXES: Final = {
    ("http://hl7.org/fhir/administrative-gender", "male"): Sex.MALE,
    ("http://hl7.org/fhir/administrative-gender", "female"): Sex.FEMALE,
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M"): Sex.MALE,
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "F"): Sex.FEMALE,
    (SNOMED, "248153007"): Sex.MALE,  # Male, Female: SNOMED CT, in FHIR's own referencerange-appliesto
    (SNOMED, "248152002"): Sex.FEMALE,
}
_SEX_TEXTS: Final = {"male": Sex.MALE, "female": Sex.FEMALE, "men": Sex.MALE, "women": Sex.FEMALE}


class Fit(Enum):
    """Whether a range is for this patient at that time."""

    SURE = "sure"
    PERHAPS = "perhaps"
    NO = "no"


class Subject(Struct, frozen=True, gc=False):
    """Whom a result is about, and when it was taken."""

    birth: DateInterval | None
    sex: Sex
    when: DateInterval | None


class RangeLimit(Struct, frozen=True, gc=False):
    """A limit of normal. `assumed` is the sentence to record where an un-aged range is taken for a child."""

    amount: Amount
    assumed: str | None = None


def range_limit(element: Json, subject: Subject, *, age_adjusted: bool, side: str = "high") -> RangeLimit | None:
    """The high (or low) limit of the one range that applies; None where several differ, none fits, or it is words.

    Nor is there one where the sides of a range that perhaps fits are swapped.
    """
    ranges = objects(element, "referenceRange")
    fitting = _fitting(ranges, subject, side, whole=False)
    if not fitting and any("age" in item for item in ranges):
        fitting = _fitting(ranges, subject, side, whole=True)
    usable = [(fit, limit) for fit, limit, _ in fitting if limit is not None]
    first = next((limit for fit, limit in usable if fit is Fit.SURE), None)
    if first is None or len(usable) < len(fitting):
        return None
    if any((limit.high, limit.unit, limit.code) != (first.high, first.unit, first.code) for _, limit in usable):
        return None
    if first.high is not None and _stands_for_none(first.high):
        return None
    aged = all(has_age for _, _, has_age in fitting)
    if aged or age_adjusted or not _perhaps_a_child(subject):
        return RangeLimit(first)
    reach = "up to" if side == "high" else "from"
    return RangeLimit(
        first, f"the laboratory's range {reach} {first.shown}, which names no age, was taken for this child's"
    )


def sides_cross(low: Amount | None, high: Amount | None) -> bool:
    """Whether the low side is above the high one: what both are is then not known. Not where their units differ."""
    if low is None or high is None or low.low is None or high.high is None:
        return False
    stated = (low.code, high.code) if low.code and high.code else (low.unit, high.unit)
    return low.low > high.high and (None in stated or stated[0] == stated[1])


def _stands_for_none(limit: Decimal) -> bool:
    """Whether it is what laboratories write where a side is open: 999, 9999, 999.99."""
    return limit >= _LEAST_OF_NINES and set(f"{limit.normalize():f}") <= _NINES


def _fitting(ranges: list[Json], subject: Subject, side: str, *, whole: bool) -> list[tuple[Fit, Amount | None, bool]]:
    """The ranges with this limit (None: its sides are swapped) that fit, surely or perhaps, and whether by age."""
    fitting: list[tuple[Fit, Amount | None, bool]] = []
    for item in ranges:
        refuse_modifiers(item, "referenceRange")
        limit = _side(item, side)
        if limit is None or limit.low is None or limit.low != limit.high:
            continue
        fit = _fit(item, limit, subject, whole=whole)
        if fit is not Fit.NO:
            crossed = sides_cross(_side(item, "low"), _side(item, "high"))
            aged = an_object(item, "age", "referenceRange.age") is not None
            fitting.append((fit, None if crossed else limit, aged))
    return fitting


def _side(item: Json, side: str) -> Amount | None:
    part = an_object(item, side, f"referenceRange.{side}")
    return None if part is None else read_quantity(part, f"referenceRange.{side}")


def _fit(item: Json, limit: Amount, subject: Subject, *, whole: bool) -> Fit:
    """Whether it is for this patient, by each of its elements that says for whom or what it is."""
    fit = Fit.SURE
    if "type" in item:
        fit = _by_type(item)
    if "appliesTo" in item:
        fit = _worst(fit, _by_population(item, subject.sex))
    if "age" in item:
        fit = _worst(fit, _by_age(item, subject, whole=whole))
    if "text" in item:
        fit = _worst(fit, _by_text(item, limit, subject.sex))
    return fit


def _worst(*fits: Fit) -> Fit:
    return max(fits, key=(Fit.SURE, Fit.PERHAPS, Fit.NO).index)


def _by_type(item: Json) -> Fit:
    kind = coded(item, "type")
    codes = {coding.code for coding in kind.codings if coding.code}
    if codes:
        return Fit.SURE if "normal" in codes else Fit.NO
    return Fit.SURE if kind.text is None or kind.text.lower() in _NORMAL_TEXTS else Fit.NO


def _by_text(item: Json, limit: Amount, sex: Sex) -> Fit:
    """A text that says more than "normal" names whom or what it is for: nobody knows whether that is this patient."""
    text = a_text(item, "text", "referenceRange.text")
    if text is None:
        return Fit.SURE
    if is_other(text):
        return Fit.NO
    if not is_plain(text, f"{limit.unit or ''} {limit.code or ''}"):
        return Fit.PERHAPS
    named = sex_of(text)
    return Fit.SURE if named in (None, sex) else Fit.PERHAPS if sex is Sex.UNKNOWN else Fit.NO


def _by_population(item: Json, sex: Sex) -> Fit:
    """A population that is not a sex is one that nobody knows the patient to belong to."""
    fit = Fit.SURE
    for population in coded_list(item, "appliesTo"):
        named = _sex_of(population)
        if named is None or sex is Sex.UNKNOWN:
            fit = _worst(fit, Fit.PERHAPS)
        elif named is not sex:
            return Fit.NO
    return fit


def _sex_of(population: Coded) -> Sex | None:
    if not population.codings:
        return _SEX_TEXTS.get((population.text or "").lower())
    found = {_SEXES[code] for code in population.codes if code in _SEXES}
    return found.pop() if len(found) == 1 else None


def _by_age(item: Json, subject: Subject, *, whole: bool) -> Fit:
    """Ages are compared exactly (18.5 years is past "to 18 years"), or in whole units (17.5 years is 17)."""
    age = an_object(item, "age", "referenceRange.age")
    if age is None:
        return Fit.SURE
    low, high = an_object(age, "low"), an_object(age, "high")
    limits = (None if low is None else age_of(low), None if high is None else age_of(high))
    if (low is not None and limits[0] is None) or (high is not None and limits[1] is None):
        raise Malformed("referenceRange.age", age, "a range of years, months, weeks or days")
    birth, when = subject.birth, subject.when
    if birth is None or birth.first is None or birth.last is None or when is None or when.first is None:
        return Fit.PERHAPS
    last = when.last or when.first
    answers = {_aged(born, on, limits, whole=whole) for born in (birth.first, birth.last) for on in (when.first, last)}
    return Fit.PERHAPS if len(answers) > 1 else answers.pop()


_Age = tuple[Decimal, str] | None


def _aged(born: date, on: date, limits: tuple[_Age, _Age], *, whole: bool) -> Fit:
    low, high = limits
    if low is not None and on < _birthday(born, low):
        return Fit.NO
    if high is None or on <= _birthday(born, high):
        return Fit.SURE
    return Fit.SURE if whole and on < _birthday(born, (high[0] + 1, high[1])) else Fit.NO


def _birthday(born: date, age: tuple[Decimal, str]) -> date:
    """The day on which the age is reached."""
    try:
        return subtract(born, -int(age[0]), age[1])
    except (ValueError, OverflowError):
        return date.max


def _perhaps_a_child(subject: Subject) -> bool:
    birth, when = subject.birth, subject.when
    if birth is None or birth.last is None or when is None:
        return False
    on = when.first or when.last
    return on is not None and (birth.last > on or completed_years(birth.last, on) < _ADULT)
