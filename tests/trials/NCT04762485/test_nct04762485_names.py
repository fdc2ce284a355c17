"""Diseases by names, abbreviations and codes that no list decides by: a person has to look."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    ICD_10,
    ICD_10_CM,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    condition,
    described,
    review,
)

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)


def named(code: str, name: str) -> Resource:
    """By a SNOMED CT code that no value set lists, and its name."""
    return condition(code, SNOMED, text=name, onset=RECENT)


def classified(code: str, system: str = ICD_10_CM) -> Resource:
    return condition(code, system, onset=RECENT)


DOUBTED = [
    ("X02", named("68504005", "Ataxia-telangiectasia syndrome")),
    ("X02", named("36070007", "Wiskott-Aldrich syndrome")),
    ("X02", named("65880007", "X-linked agammaglobulinemia")),
    ("X02", classified("D71.8")),
    ("X02", classified("D71", ICD_10)),
    ("X02", classified("G11.3")),
    ("X02", classified("G11.3", ICD_10)),
    ("X02", classified("D89.82")),
    ("X02", condition("D89.9", text="Chronic granulomatous disease", onset=RECENT)),  # beside an ICD code, too
]


@pytest.mark.parametrize(("criterion", "disease"), DOUBTED)
def test_it_goes_to_a_person(check: Check, criterion: str, disease: Resource) -> None:
    check(criterion, Given((disease,), covers=frozenset(Kind)), review("unspecific"))


@pytest.mark.parametrize("disease", [classified("I66.01"), classified("I65.2", ICD_10)])
def test_an_occlusion_that_may_be_a_thrombosis(check: Check, disease: Resource) -> None:
    check("X07", Given((disease,), covers=frozenset(Kind)), review("registry-error", "unspecific"))


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("X07", "PE"),
        ("X07", "Acute PE"),
        ("X07", "Pulm embol/infarct NEC"),
        ("X08", "Acute MI"),
        ("X08", "VT"),
        ("X08", "A fib"),
    ],
)
def test_abbreviations(check: Check, criterion: str, words: str) -> None:
    check(criterion, Given((described(words, recorded=RECENT),), covers=frozenset(Kind)), review("unusable-data"))


PE_OF_THE_LUNGS = [
    "PE",
    "pe",
    "acute PE",
    "hx of PE 2019",
    "Bilateral PE with right heart strain",
    "PE: bilateral, submassive",
    "Acute PE, lungs clear",
    "dvt and pe after surgery",
    "PE tubes; acute PE in 2024",
]


@pytest.mark.parametrize("words", PE_OF_THE_LUNGS)
def test_an_abbreviation_that_stands_for_it(check: Check, words: str) -> None:
    check("X07", Given((described(words, recorded=RECENT),), covers=frozenset(Kind)), review("unusable-data"))


OTHER_MEANINGS = [
    ("X07", "PE tubes"),
    ("X07", "S/P PE tube placement"),
    ("X07", "bilateral pe tubes"),
    ("X07", "PE: lungs clear"),
    ("X07", "Pleural effusion (PE)"),
    ("X07", "PE (pectus excavatum)"),
    ("X08", "VF (visual field) defect"),
]


@pytest.mark.parametrize(("criterion", "words"), OTHER_MEANINGS)
def test_an_abbreviation_beside_which_something_else_is_said(check: Check, criterion: str, words: str) -> None:
    check(criterion, Given((described(words, recorded=RECENT),), covers=frozenset(Kind)), PASSES)


@pytest.mark.parametrize(
    ("words", "expected"), [("Acute PE", review("unspecific")), ("PE", review("unspecific")), ("PE tubes", PASSES)]
)
def test_an_abbreviation_beside_a_code_of_no_list(check: Check, words: str, expected: Expected) -> None:
    check("X07", Given((named("999000009", words),), covers=frozenset(Kind)), expected)


@pytest.mark.parametrize("system", ["ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-us"])
def test_other_names_of_a_classification(check: Check, system: str) -> None:
    check("X07", Given((classified("I26.99", system),), covers=frozenset(Kind)), FAILS)


def test_hiv_is_no_congenital_immunodeficiency(check: Check) -> None:
    virus = condition("86406008", SNOMED, text="Human immunodeficiency virus infection", onset=RECENT)
    check("X02", Given((virus,), covers=frozenset(Kind)), PASSES)
