"""Exclusion 2. Patients with congenital immunodeficiency: ever; one of no stated kind goes to a person."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    condition,
    described,
    observation,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind

CASES = [
    *rows(
        FAILS,
        {
            "combined immunodeficiency": condition("D81.2"),
            "without the dot": condition("D812"),
            "WHO": condition("D81.9", ICD_10),
            "DiGeorge syndrome": condition("D82.1"),
            "common variable immunodeficiency": condition("D83.9"),
            "hereditary hypogammaglobulinemia": condition("D80.0"),
            "SNOMED": condition("31323000", SNOMED),
            "resolved: congenital is for ever": condition("D81.2", status="resolved"),
            "no clinical status": condition("D81.2", status=None),
            "long ago": condition("D81.2", onset="1991"),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "nonfamilial hypogammaglobulinemia": condition("D80.1"),
            "disorder of immunity as such": condition("234532001", SNOMED),
            "complement defects may be acquired": condition("D84.1"),
        },
    ),
    *rows(
        PASSES,
        {
            "sarcoidosis stands next to it (D86)": condition("D86.9"),
            "another diagnosis": HYPERTENSION,
            "refuted": condition("D81.2", verified="refuted"),
            "entered in error": (condition("D81.2", verified="entered-in-error"), HYPERTENSION),
            "only words that name something else": described("Hypertension"),
            "a local code whose words name something else": condition(
                "4711", "urn:local", text="Essential hypertension"
            ),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "due to drugs": condition("D84.821"),
            "due to the leukemia": condition("D84.81"),
            "due to external causes": condition("D84.822"),
            "unspecified": condition("D84.9"),
            "unspecified, WHO": condition("D84.9", ICD_10),
            "Chediak-Higashi syndrome": condition("E70.330"),
            "another, not named": condition("D84.89"),
        },
    ),
    row("due to drugs, beside a congenital one", condition("D84.821"), condition("D81.2"), comes=FAILS),
    row("provisional", condition("D81.2", verified="provisional"), comes=review("unconfirmed")),
    *rows(
        review("unusable-data"),
        {
            "only words": described("Severe combined immunodeficiency"),
            "only words, in Chinese": described("联合免疫缺陷"),
            "a local code whose words name it": condition("4711", "urn:local", text="SCID"),
        },
    ),
    row(
        "a Condition without a code",
        {"resourceType": "Condition"},
        covers=UNVOUCHED,
        comes=review("not-retrieved", "unusable-data"),
    ),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row(
        "results are no diagnoses",
        observation("89247-1", valueInteger=1),
        covers=UNVOUCHED,
        comes=review("not-retrieved"),
    ),
    row("diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=PASSES),
    row("procedures vouched for", covers=frozenset({Kind.PROCEDURE}), comes=review("not-retrieved")),
    row("nothing is presumed absent", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
    row("nothing presumed, but found", condition("D81.2"), absence=AbsencePolicy.UNKNOWN, comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_congenital_immunodeficiency(check: Check, given: Given, expected: Expected) -> None:
    check("X02", given, expected)


def test_what_was_presumed_is_said(check: Check) -> None:
    answer = check("X02", Given((HYPERTENSION,)), PASSES)
    (sentence,) = answer.criterion("X02").assumptions
    assert sentence.startswith("no congenital immunodeficiency on record")
