"""What a record holds of a donor or of a replaced Patient, and what contradicts itself: a person is asked."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    condition,
    medication,
    person,
    review,
    row,
)

HBV, HIV = "29615-2", "56888-1"
OTHERS = (
    answered("11259-9", NOT_DETECTED),
    answered("24110-9", NEGATIVE),
    answered("20507-0", NEGATIVE),
)


def specimen(of: str) -> Resource:
    return {"resourceType": "Specimen", "id": "drawn", "subject": {"reference": f"Patient/{of}"}}


def hbv(words: str | None = None, **more: Any) -> Resource:
    found = answered(HBV, NOT_DETECTED, **more)
    return found if words is None else {**found, "code": {**found["code"], "text": words}}


def hiv(words: str | None = None) -> Resource:
    found = answered(HIV, NEGATIVE)
    answer = found["valueCodeableConcept"]
    return found if words is None else {**found, "valueCodeableConcept": {**answer, "text": words}}


DRAWN: Resource = {"specimen": {"reference": "Specimen/drawn"}}
TESTS = [
    row("all negative", *OTHERS, hbv(), hiv(), comes=PASSES),
    row("of the patient's blood", *OTHERS, hbv(**DRAWN), specimen("p1"), hiv(), comes=PASSES),
    row("of a donor's blood", *OTHERS, hbv(**DRAWN), specimen("donor"), hiv(), comes=review("no-data")),
    row("of a donor, by its words", *OTHERS, hbv("HBV DNA (DONOR)"), hiv(), comes=review("unconfirmed")),
    row("the words agree", *OTHERS, hbv(), hiv("HIV-1 antibody negative"), comes=PASSES),
    row(
        "the words say the opposite",
        *OTHERS,
        hbv(),
        hiv("HIV-1 antibody positive"),
        comes=review("no-data", "unspecific"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), TESTS)
def test_infections(check: Check, given: Given, expected: Expected) -> None:
    check("X09", given, expected)


REPLACING = person(link=[{"type": "replaces", "other": {"reference": "Patient/old"}}])
STROKE = condition("I63.9", onset=ago(20), subject={"reference": "Patient/old"})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        row("of the replaced Patient", HYPERTENSION, STROKE, patient=REPLACING, comes=FAILS),
        row("of somebody else", HYPERTENSION, STROKE, comes=review("judgement")),
    ],
)
def test_what_names_the_patient_that_was_replaced(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


TACROLIMUS = "L04AD02"
TAKEN = [
    row("active", medication(TACROLIMUS, began=ago(300)), comes=review("registry-error")),
    row("ended 60 days ago", medication(TACROLIMUS, began=ago(300), ended=ago(60)), comes=PASSES),
    row(
        "active, and ended 60 days ago",
        medication(TACROLIMUS, began=ago(300), ended=ago(60), status="active"),
        comes=review("registry-error"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), TAKEN)
def test_a_drug_still_taken_after_its_last_day(check: Check, given: Given, expected: Expected) -> None:
    check("X12", given, expected)
