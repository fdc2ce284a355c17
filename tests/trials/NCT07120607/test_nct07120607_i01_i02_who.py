"""1. Age ≥ 14 years, no gender restrictions. 2. T-ALL/LBL or AML, according to the NCCN guidelines.

A code decides the disease; that the diagnosis follows the guideline is attested. B-lineage and other diseases fail,
what names no lineage goes to a person.
"""

from __future__ import annotations

import pytest
from bundles import (
    CHINESE_ICD_10,
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    ICD_O_3,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Screen,
    attestation,
    condition,
    person,
    review,
    row,
    rows,
)

AGE = [
    row("the 14th birthday", patient=person(born="2012-11-20"), comes=PASSES),
    row("the day before it", patient=person(born="2012-11-21"), comes=FAILS),
    row("ninety", patient=person(born="1936-01-01"), comes=PASSES),
    row("only the year, of the 14th birthday", patient=person(born="2012"), comes=review("imprecise")),
    row("only the month, of the 14th birthday", patient=person(born="2012-11"), comes=review("imprecise")),
    row("the month before", patient=person(born="2012-10"), comes=PASSES),
    row("the year after", patient=person(born="2013"), comes=FAILS),
    row("no birth date", patient=person(born=None), comes=review("no-data")),
    row("a woman", patient=person("female"), comes=PASSES),
    row("no gender", patient=person(None), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), AGE)
def test_age(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


BY_GUIDELINES = (attestation("NCT07120607#I02.a2", True), attestation("NCT07120607#I02.a4", True))
DISEASES = [
    *rows(
        PASSES,
        {
            name: (disease, *BY_GUIDELINES)
            for name, disease in {
                "T-ALL": condition("277575008", SNOMED),
                "T-ALL in remission": condition("427642009", SNOMED, status="remission"),
                "T-LBL": condition("421246008", SNOMED),
                "T-ALL/LBL, ICD-O-3": condition("9837/3", ICD_O_3),
                "AML": condition("C92.00"),
                "AML in relapse": condition("C92.02"),
                "promyelocytic leukemia": condition("C92.4", ICD_10),
                "AML, Chinese ICD-10": condition("C92.000", CHINESE_ICD_10),
                "T-ALL beside an unspecified code": condition("277575008", SNOMED),
            }.items()
        },
    ),
    *rows(
        FAILS,
        {
            name: (disease, *BY_GUIDELINES)
            for name, disease in {
                "B-ALL": condition("277571004", SNOMED),
                "chronic myeloid leukemia": condition("C92.10"),
                "no cancer": HYPERTENSION,
            }.items()
        },
    ),
    *rows(
        review("unspecific"),
        {
            name: (disease, *BY_GUIDELINES)
            for name, disease in {
                "ALL of no lineage": condition("C91.00"),
                "ALL in relapse": condition("C91.02"),
                "ALL, Chinese ICD-10": condition("C91.002", CHINESE_ICD_10),
                "a history of leukemia": condition("Z85.6"),
                "acute leukemia of unspecified cell type": condition("C95.00"),
                "acute leukemia, SNOMED": condition("91855006", SNOMED),
                "mixed phenotype": condition("1187123005", SNOMED),
                "T/myeloid mixed phenotype": condition("1153379006", SNOMED),
                "lymphoma": condition("118600007", SNOMED),
                "T-cell lymphoma, which may be lymphoblastic": condition("109978004", SNOMED),
                "lymphoma, by its morphology": condition("9590/3", ICD_O_3),
                "leukemia, by its morphology": condition("9800/3", ICD_O_3),
                "lymphoblastic lymphoma of no lineage": condition("C83.50"),
                "myeloid sarcoma alone": condition("C92.30"),
            }.items()
        },
    ),
    row("refuted", condition("277575008", SNOMED, verified="refuted"), HYPERTENSION, comes=FAILS),
    row(
        "provisional",
        condition("277575008", SNOMED, verified="provisional"),
        *BY_GUIDELINES,
        comes=review("unconfirmed"),
    ),
    row("T-ALL, not attested", condition("277575008", SNOMED), comes=review("judgement")),
    row("AML, not attested", condition("C92.00", ICD_10_CM), comes=review("judgement")),
    row(
        "T-ALL, and only the other guideline is attested",
        condition("277575008", SNOMED),
        attestation("NCT07120607#I02.a4", True),
        comes=review("judgement"),
    ),
    row(
        "T-ALL, attested that it does not conform",
        condition("277575008", SNOMED),
        attestation("NCT07120607#I02.a2", False),
        comes=FAILS,
    ),
    row("nothing retrieved", *BY_GUIDELINES, covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), DISEASES)
def test_disease(check: Check, given: Given, expected: Expected) -> None:
    check("I02", given, expected)


def test_t_all_is_not_aml_nor_the_reverse(screen: Screen) -> None:
    t_all = screen(Given((condition("277575008", SNOMED),)))
    assert t_all.atom("I02", "a1") == (True, ())
    assert t_all.atom("I02", "a3") == (False, ())
    aml = screen(Given((condition("C92.00"),)))
    assert aml.atom("I02", "a1") == (False, ())
    assert aml.atom("I02", "a3") == (True, ())
