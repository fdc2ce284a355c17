"""Exclusion 9. Other comorbidities that investigators considered not suitable: a person's word, and nothing else.

And what a person's word does to the criteria that data decides.
"""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    TRIAL,
    Check,
    Expected,
    Given,
    ago,
    attestation,
    coded,
    observation,
    review,
    row,
    rows,
)

LAPSES = [
    row("nobody has said", HYPERTENSION, comes=review("judgement")),
    row("there are none", attestation("X09", False), comes=PASSES),
    row("there are some", attestation("X09", True), comes=FAILS),
    row("for the atom", attestation("X09.a1", False), comes=PASSES),
    row("today", attestation("X09", False, on=ago(0)), comes=PASSES),
    row("30 days ago", attestation("X09", False, on=ago(30)), comes=PASSES),
    row("31 days ago", attestation("X09", False, on=ago(31)), comes=review("judgement")),
    row("tomorrow", attestation("X09", False, on=ago(-1)), comes=review("judgement")),
    row(
        "until the as-of date",
        attestation("X09", False, on=None, effectivePeriod={"start": ago(100), "end": ago(0)}),
        comes=PASSES,
    ),
    row(
        "until the day before",
        attestation("X09", False, on=None, effectivePeriod={"start": ago(100), "end": ago(1)}),
        comes=review("judgement"),
    ),
    row(
        "a period without an end lapses after 30 days",
        attestation("X09", False, on=None, effectivePeriod={"start": ago(31)}),
        comes=review("judgement"),
    ),
    row("the newest counts", attestation("X09", True, on=ago(9)), attestation("X09", False, on=ago(2)), comes=PASSES),
    row("even to the contrary", attestation("X09", False, on=ago(9)), attestation("X09", True, on=ago(2)), comes=FAILS),
    row(
        "by the hour",
        attestation("X09", True, on=f"{ago(2)}T09:00:00Z"),
        attestation("X09", False, on=f"{ago(2)}T10:00:00Z"),
        comes=PASSES,
    ),
    row(
        "the newest that was not taken back",
        attestation("X09", False, on=ago(9)),
        attestation("X09", True, on=ago(2), status="entered-in-error"),
        comes=PASSES,
    ),
    row(
        "two of one instant that differ",
        attestation("X09", True, on=ago(2)),
        attestation("X09", False, on=ago(2)),
        comes=review("conflicting-data"),
    ),
    row(
        "of one day, one of no known hour",
        attestation("X09", True, on=ago(2)),
        attestation("X09", False, on=f"{ago(2)}T10:00:00Z"),
        comes=review("conflicting-data"),
    ),
    row("amended", attestation("X09", False, status="amended"), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), LAPSES)
def test_a_person_says_so(check: Check, given: Given, expected: Expected) -> None:
    check("X09", given, expected)


UNUSED = rows(
    review("judgement"),
    {
        "preliminary": attestation("X09", False, status="preliminary"),
        "entered in error": attestation("X09", False, status="entered-in-error"),
        "no answer": attestation("X09", None),
        "an answer in words": attestation("X09", None, valueString="no"),
        "by the patient": attestation("X09", False, performer=[{"reference": "Patient/p1"}]),
        "by nobody": attestation("X09", False, performer=None),
        "undated": attestation("X09", False, on=None),
        "of a criterion that there is not": attestation("X10", False),
        "of a trial that there is not": {
            **attestation("X09", False),
            "code": coded("urn:trialsieve:criterion", "NCT00000000#X09"),
        },
    },
)


@pytest.mark.parametrize(("given", "expected"), UNUSED)
def test_what_is_no_attestation_is_not_used_and_is_reported(check: Check, given: Given, expected: Expected) -> None:
    assert check("X09", given, expected).problems


def test_another_system_is_no_attestation(check: Check) -> None:
    other = {**attestation("X09", False), "code": coded("urn:local", f"{TRIAL}#X09")}
    check("X09", Given((other,)), review("judgement"))


# --- a criterion that data decides ------------------------------------------------------------------------------------

ECOG_1 = observation("89247-1", valueInteger=1, on=ago(5))
ECOG_3 = observation("89247-1", valueInteger=3, on=ago(5))

DECIDED = [
    row("no data: the person settles it", attestation("I03", True), comes=PASSES),
    row("no data: the person settles it the other way", attestation("I03", False), comes=FAILS),
    row("the data agrees", ECOG_1, attestation("I03", True), comes=PASSES),
    row("the data is older and differs", ECOG_3, attestation("I03", True, on=ago(2)), comes=review("conflicting-data")),
    row("the data is newer and differs", ECOG_3, attestation("I03", True, on=ago(9)), comes=FAILS),
    row(
        "the data is of the same day and differs",
        ECOG_3,
        attestation("I03", True, on=ago(5)),
        comes=review("conflicting-data"),
    ),
    row("the atom's answer enters the logic", attestation("I03.a1", True), comes=PASSES),
    row("the answer has lapsed", ECOG_3, attestation("I03", True, on=ago(31)), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), DECIDED)
def test_a_person_and_the_data(check: Check, given: Given, expected: Expected) -> None:
    check("I03", given, expected)


def test_an_age_that_is_attested_otherwise_is_a_conflict(check: Check) -> None:
    check("I02", Given((attestation("I02", False),)), review("conflicting-data"))


def test_an_attestation_answers_its_own_criterion_only(check: Check) -> None:
    check("I05", Given((attestation("I03", True),)), review("no-data"))
