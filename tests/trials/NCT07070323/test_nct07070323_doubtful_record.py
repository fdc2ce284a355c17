"""Sex, birth date, orders and ranges that contradict themselves: a person is asked."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    coded,
    condition,
    observation,
    person,
    procedure,
    quantity,
    review,
    row,
    woman,
)

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
CLINICAL_USE = "http://hl7.org/fhir/StructureDefinition/patient-sexParameterForClinicalUse"


def man(*extensions: Resource) -> Resource:
    return person("male", extension=list(extensions))


BORN_FEMALE: Resource = {"url": f"{US_CORE}us-core-birthsex", "valueCode": "F"}
BY_HORMONES: Resource = {
    "url": CLINICAL_USE,
    "extension": [{"url": "value", "valueCodeableConcept": coded("urn:x", "female-typical")}],
}
IDENTITY: Resource = {
    "url": "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity",
    "valueCodeableConcept": {"text": "female"},
}


def chorionic(text: str | None, high: float = 50_000) -> Resource:
    """A level that is far above that of somebody who is not pregnant."""
    limits = {"low": quantity(0, "m[IU]/mL"), "high": quantity(high, "m[IU]/mL")}
    ranges = [limits | ({"text": text} if text else {})]
    return observation("19080-1", on=ago(1), valueQuantity=quantity(5000, "m[IU]/mL"), referenceRange=ranges)


NO_RANGE = review("no-data", "no-reference-range")
PREGNANCY = [
    row("a man", patient=man(), comes=PASSES),
    row("a man who was born as one", patient=man({**BORN_FEMALE, "valueCode": "M"}), comes=PASSES),
    row("a man by gender identity a woman", patient=man(IDENTITY), comes=PASSES),
    row("a man who was born female", patient=man(BORN_FEMALE), comes=review("no-data", "unusable-data")),
    row("a man, female for clinical use", patient=man(BY_HORMONES), comes=review("no-data", "unusable-data")),
    row("a level above the normal range", chorionic("normal", 5), patient=woman(), comes=FAILS),
    row("within that of a pregnancy", chorionic("4 weeks of gestation"), patient=woman(), comes=NO_RANGE),
    row("below a critical one", chorionic("Critical: > 50000"), patient=woman(), comes=NO_RANGE),
]


@pytest.mark.parametrize(("given", "expected"), PREGNANCY)
def test_pregnancy(check: Check, given: Given, expected: Expected) -> None:
    check("X12", given, expected)


def test_why_the_sex_is_unknown_is_told(check: Check) -> None:
    answer = check("X12", Given((), patient=man(BORN_FEMALE)), review("no-data", "unusable-data"))
    assert answer.problems == ("gender 'male' and a sex at birth of 'F' contradict each other, so the sex is unknown",)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1900-01-01", review("unusable-data")),
        ("0001-01-01", review("unusable-data")),
        ("1906-11-19", review("unusable-data")),
        ("1906-11-20", FAILS),
    ],
)
def test_an_age_that_nobody_reaches_is_no_age(check: Check, born: str, expected: Expected) -> None:
    check("I03", Given((HYPERTENSION,), patient=person(born=born)), expected)


def methotrexate(**more: Any) -> Resource:
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": ago(90)}
    return {**order, "medicationCodeableConcept": coded("http://www.whocc.no/atc", "L01BA01"), **more}


def valid_to(day: str) -> Resource:
    return {"dispenseRequest": {"validityPeriod": {"start": ago(90), "end": day}}}


TO_60_DAYS_AGO = [{"timing": {"repeat": {"boundsPeriod": {"end": ago(60)}}}}]
COURSE = [
    ("stopped", methotrexate(status="stopped", dosageInstruction=TO_60_DAYS_AGO), (True, ())),
    ("active", methotrexate(), (None, ("registry-error",))),
    ("active, and may be filled still", methotrexate(**valid_to(ago(-30))), (None, ("registry-error",))),
    ("active, not to be filled since", methotrexate(**valid_to(ago(60))), (None, ("registry-error",))),
    (
        "active, to be taken until 60 days ago",
        methotrexate(dosageInstruction=TO_60_DAYS_AGO),
        (None, ("registry-error",)),
    ),
]


@pytest.mark.parametrize(("order", "expected"), [pytest.param(*rest, id=name) for name, *rest in COURSE])
def test_an_order_that_cannot_be_filled_any_more(
    screen: Any, order: Resource, expected: tuple[bool | None, tuple[str, ...]]
) -> None:
    given = Given((condition("C91.00"), order, procedure("86273004")))
    assert screen(given).atom("I02", "a2") == expected
