"""Exclusions 4, 12 and 13 by names and codes that raise a doubt: other tumours, signs of a pregnancy, further tests."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    ICD_10,
    ICD_10_CM,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    condition,
    observation,
    quantity,
    review,
    woman,
)

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)
T_ALL = condition("277575008", SNOMED, onset=ago(300))


@pytest.mark.parametrize(
    "code",
    [
        "118617000",
        "443487006",
        "308121000",
        "109969005",
        "109979007",
        "447100004",
        "118599009",
        "255046005",
        "443492008",
        "420120006",
        "444231005",
        "402878003",
        "126952004",
    ],
)
def test_a_tumour_by_its_code(check: Check, code: str) -> None:
    tumour = condition(code, SNOMED, recorded=RECENT)
    check("X04", Given((T_ALL, tumour), covers=frozenset(Kind)), review("unspecific"))


@pytest.mark.parametrize(
    "name",
    [
        "Burkitt lymphoma of spleen",
        "Diffuse large B-cell lymphoma",
        "Follicular non-Hodgkin's lymphoma of skin",
        "Mantle cell lymphoma of lymph nodes",
        "Neuroendocrine tumour of lung",
        "Gastrointestinal stromal tumour of stomach",
        "Thymoma type B1",
        "Germ cell tumour of mediastinum",
        "Non-Hodgkin's lymphoma of stomach",  # as C85.9 does
    ],
)
def test_a_tumour_by_its_name(check: Check, name: str) -> None:
    tumour = condition("399068003", SNOMED, text=name, recorded=RECENT)
    check("X04", Given((T_ALL, tumour), covers=frozenset(Kind)), review("unspecific"))


@pytest.mark.parametrize(
    "name",
    [
        "Diffuse non-Hodgkin's lymphoma, lymphoblastic",
        "T-cell non-Hodgkin lymphoma",
        "Precursor T-lymphoblastic leukaemia",
        "Acute leukaemia",
        "Benign neoplasm of brain",
    ],
)
def test_the_disease_itself_and_what_is_no_cancer(check: Check, name: str) -> None:
    disease = condition("399068003", SNOMED, text=name, recorded=RECENT)
    check("X04", Given((T_ALL, disease), covers=frozenset(Kind)), PASSES)


NO_HCG = answered("2118-8", NEGATIVE, on=ago(5))


def expecting(code: str, on: str, **value: Any) -> Resource:
    return observation(code, on=on, **value)


SIGNS = [
    ("11778-8", {"valueDateTime": "2027-07-01"}, "unusable-data"),
    ("11779-6", {"valueString": "2027-07-01"}, "unusable-data"),
    ("18185-9", {"valueQuantity": quantity(8, "wk")}, "unit"),
    ("49051-6", {"valueInteger": 8}, "unit"),
    ("11885-1", {"valueString": "8 weeks"}, "unit"),
]


@pytest.mark.parametrize(("code", "value", "reason"), SIGNS)
def test_a_sign_of_a_pregnancy_that_is_newer_than_the_test(
    check: Check, code: str, value: Resource, reason: str
) -> None:
    chart = (NO_HCG, expecting(code, ago(4), **value))
    check("X12", Given(chart, patient=woman()), review("no-data", reason))


@pytest.mark.parametrize(("code", "value"), [(code, value) for code, value, _ in SIGNS])
def test_one_of_a_pregnancy_that_was(check: Check, code: str, value: Resource) -> None:
    chart = (NO_HCG, expecting(code, ago(6), **value))
    check("X12", Given(chart, patient=woman()), PASSES)


@pytest.mark.parametrize(
    ("code", "unit", "value", "expected"),
    [
        ("83086-9", "m[IU]/mL", 40, FAILS),
        ("83086-9", "m[IU]/mL", 2, PASSES),
        ("93769-8", "ng/mL", 40, review("no-data", "unit")),
        ("2119-6", "nmol/L", 40, review("no-data", "unit")),
    ],
)
def test_a_newer_amount_by_another_code(check: Check, code: str, unit: str, value: int, expected: Expected) -> None:
    limit = [{"high": quantity(5, unit)}]
    amount = observation(code, on=ago(2), valueQuantity=quantity(value, unit), referenceRange=limit)
    check("X12", Given((NO_HCG, amount), patient=woman()), expected)


@pytest.mark.parametrize(("code", "system"), [("Z36.9", ICD_10_CM), ("Z36.2", ICD_10)])
def test_antenatal_screening(check: Check, code: str, system: str) -> None:
    chart = (NO_HCG, condition(code, system, recorded=ago(1), onset=ago(1)))
    check("X12", Given(chart, patient=woman()), review("no-data", "unspecific"))


TESTS = (
    answered("5196-1", NEGATIVE),
    answered("13955-0", NEGATIVE),
    answered("56888-1", NEGATIVE),
    answered("24110-9", NEGATIVE),
    answered("20507-0", NEGATIVE),
)


@pytest.mark.parametrize("code", ["72376-7", "89359-4", "5199-5", "51824-1", "51657-5"])
def test_a_newer_positive_test_for_hepatitis_c(check: Check, code: str) -> None:
    chart = (*TESTS, answered(code, POSITIVE, on=ago(2)))
    check("X13", Given(chart, covers=frozenset(Kind)), review("no-data", "unspecific"))


@pytest.mark.parametrize("code", ["51659-1", "95234-1"])
def test_a_surface_antigen_that_does_not_say_enough(check: Check, code: str) -> None:
    chart = (*TESTS, answered(code, POSITIVE, on=ago(2)))
    check("X13", Given(chart, covers=frozenset(Kind)), review("no-data", "unspecific"))
