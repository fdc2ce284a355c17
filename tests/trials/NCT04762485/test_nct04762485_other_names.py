"""Diseases by the other names that problem lists have for them go to a person; what only sounds like them does not."""

from __future__ import annotations

import pytest
from bundles import PASSES, SNOMED, Check, Given, Resource, ago, condition, described, observation, quantity, review

from trialsieve.rules.vocabulary import Kind

RECENT = ago(5)
CLEAR = observation("26447-3", valueQuantity=quantity(0, "%"))
"""No blasts in the cerebrospinal fluid."""


def named(name: str) -> Resource:
    """By a SNOMED CT code that no value set lists, and its name."""
    return condition("999000009", SNOMED, text=name, recorded=RECENT, onset=RECENT)


OF_AN_ARTERY = [
    "LV thrombus",
    "Intracardiac thrombus",
    "Left atrial appendage thrombus",
    "Clot in right atrium",
    "Septic emboli",
]
"""Whether exclusion 7 means these, its text does not say."""

NAMES = {
    "X02": [
        "Hyper-IgM syndrome",
        "Hyper-IgE (Job) syndrome",
        "X-linked lymphoproliferative syndrome",
        "Selective IgA deficiency",
        "CVID",
        "IPEX syndrome",
        "Nijmegen breakage syndrome",
        "Inborn errors of immunity",
        "Complement deficiency C2, hereditary",
    ],
    "X03": [
        "CNS3",
        "CNS-3 T-ALL",
        "T-ALL (CNS 3b)",
        "Leukemia, CNS 2",
        "CNS2a",
        "Leukemic infiltration of brain",
        "Intracranial chloroma",
        "Leukemia cells in CSF",
        "Meningeosis leucaemica",
        "ZNS-Befall",
    ],
    "X04": ["Shingles", "Measles", "RSV bronchiolitis", "Infectious mononucleosis"],
    "X07": [
        "Budd-Chiari syndrome",
        "Portal vein thrombus",
        "Renal vein thrombus",
        "Thromboembolic disorder",
        "Blood clot in left leg vein",
        "Blood clots in lungs",
        "Phlegmasia cerulea dolens",
        "Paget-Schroetter syndrome",
        *OF_AN_ARTERY,
    ],
}


@pytest.mark.parametrize(("criterion", "name"), [(criterion, name) for criterion in NAMES for name in NAMES[criterion]])
def test_in_words_alone(check: Check, criterion: str, name: str) -> None:
    missing = ("no-data",) if criterion == "X03" else ()
    told = described(name, recorded=RECENT)
    check(criterion, Given((told, CLEAR), covers=frozenset(Kind)), review(*missing, "unusable-data"))


@pytest.mark.parametrize(("criterion", "name"), [(criterion, name) for criterion in NAMES for name in NAMES[criterion]])
def test_beside_a_code_of_no_list(check: Check, criterion: str, name: str) -> None:
    ambiguous = ("registry-error",) if name in OF_AN_ARTERY else ()
    check(criterion, Given((named(name), CLEAR), covers=frozenset(Kind)), review(*ambiguous, "unspecific"))


SOMETHING_ELSE = {
    "X02": ["COVID vaccination counselling", "IgA measurement", "Hyperimmune"],
    "X03": [
        "History of CNS prophylaxis",
        "CNS prophylaxis",
        "CNS 1",
        "T-ALL, CNS1",
        "T-ALL, CNS negative",
        "Grade 3 CNS toxicity",
        "Intracranial aneurysm",
    ],
    "X04": [
        "Need for shingles vaccine",
        "Shingles vaccination",
        "Measles immune",
        "Immune to measles",
        "Measles, mumps and rubella vaccine",
        "Bronchiolitis obliterans",
    ],
    "X07": ["Arnold-Chiari malformation", "Retained blood clot", "Blood clots in urine", "Thrombophilia"],
}


@pytest.mark.parametrize(
    ("criterion", "name"), [(criterion, name) for criterion in SOMETHING_ELSE for name in SOMETHING_ELSE[criterion]]
)
def test_what_only_sounds_like_it(check: Check, criterion: str, name: str) -> None:
    check(criterion, Given((named(name), CLEAR), covers=frozenset(Kind)), PASSES)
    check(criterion, Given((described(name, recorded=RECENT), CLEAR), covers=frozenset(Kind)), PASSES)
