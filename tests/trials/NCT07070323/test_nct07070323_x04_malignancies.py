"""Exclusion 4: a malignancy beside the index disease.

A code that says the very thing decides; one that is broad, old or says no severity goes to a person.
"""

from __future__ import annotations

import pytest
from bundles import (
    CHINESE_ICD_10,
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    ago,
    condition,
    review,
    row,
    rows,
)

MALIGNANCIES = [
    *rows(
        PASSES,
        {
            f"index disease: {name}": disease
            for name, disease in {
                "ALL": condition("C91.00"),
                "ALL in relapse": condition("C91.02"),
                "ALL, WHO": condition("C91.0", ICD_10),
                "ALL, Chinese": condition("C91.000", CHINESE_ICD_10),
                "T-ALL": condition("277575008", SNOMED, text="T-cell acute lymphoblastic leukemia"),
                "T-LBL": condition("421246008", SNOMED, text="Precursor T-cell lymphoblastic lymphoma"),
                "lymphoblastic lymphoma": condition("C83.50"),
                "mature T-cell lymphoma": condition("C84.40"),
                "T-cell lymphoma": condition("109978004", SNOMED, text="Malignant T-cell lymphoma"),
                "an unlisted one of T cells": condition("1", SNOMED, text="T-cell lymphoma of the gut"),
                "acute leukemia": condition("C95.00"),
            }.items()
        },
    ),
    *rows(
        FAILS,
        {
            "breast": condition("C50.911", onset=ago(900)),
            "colon, WHO": condition("C18.9", ICD_10),
            "melanoma": condition("C43.9"),
            "testis, in words of its own": condition("C62.90", text="Seminom"),
            "mouth, and no leukemia but in sound": condition("C02.9", text="Leukoplakia with carcinoma of the tongue"),
            "one in words of leukemia, and another": (
                condition("C62.90", text="Testicular leukemia"),
                condition("C50.911"),
            ),
            "undated": condition("C61"),
            "with metastases": (condition("C50.911"), condition("C78.00")),
            "beside the index disease": (condition("C91.00"), condition("C34.90")),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "metastases without a primary": condition("C79.31"),
            "thymus: may be the index disease": condition("C37"),
            "brain": condition("C71.9"),
            "another lymphoma": condition("C83.30"),
            "another leukemia": condition("C92.10"),
            "B-lineage ALL": condition("277571004", SNOMED),
            "AML": condition("91861009", SNOMED, text="Acute myeloid leukemia"),
            "AML by its code alone": condition("91861009", SNOMED),
            "AML with a mutation, by its code alone": condition("734522002", SNOMED),
            "myelodysplastic syndrome": condition("D46.9"),
            "myeloproliferative disease": condition("D47.1"),
            "myelofibrosis": condition("D75.81"),
            "a tumor of which nobody knows whether it is malignant": condition("D38.1"),
            "such a tumor, WHO": condition("D48.1", ICD_10),
            "lymphoproliferation after a transplant": condition("D47.Z1"),
            "blastic NK-cell lymphoma": condition("C86.4"),
            "spleen: may be the index disease": condition("C26.1"),
            "a cancer as such": condition("363346000", SNOMED),
            "one whose SNOMED code no list holds": condition("254837009", SNOMED, text="Malignant neoplasm of breast"),
        },
    ),
    *rows(
        review("judgement", "unspecific"),
        {
            "skin": condition("C44.311"),
            "in situ": condition("D05.10"),
            "in situ, cervix": condition("D06.9"),
        },
    ),
    *rows(
        review("judgement"),
        {
            "testis, and its words say leukemia": condition("C62.90", text="Testicular leukemia relapse"),
            "soft tissue, and its words say lymphoma": condition("C49.9", text="T-lymphoblastic lymphoma soft tissue"),
            "ovary, in German": condition("C56.9", text="Leukämische Infiltration"),
            "kidney, WHO, in Spanish": condition("C64", ICD_10, text="Infiltración renal por leucemia"),
            "a body site whose words say it": condition("C62.90", bodySite=[{"text": "testis, leukemic"}]),
            "in remission": condition("C50.911", status="remission"),
            "resolved": condition("C50.911", status="resolved"),
            "ended": condition("C50.911", abatementDateTime=ago(900)),
            "history of": condition("Z85.3"),
            "history of, WHO": condition("Z85.3", ICD_10),
            "history of, German": condition("Z85.3", GERMAN_ICD_10),
            "history of, Chinese": condition("Z85.300", CHINESE_ICD_10),
        },
    ),
    row("no clinical status", condition("C50.911", status=None), comes=review("stale")),
    row("provisional", condition("C50.911", verified="provisional"), comes=review("unconfirmed")),
    row(
        "in the family", HYPERTENSION, condition("1", SNOMED, text="Family history of malignant neoplasm"), comes=PASSES
    ),
    row("no malignancy", HYPERTENSION, comes=PASSES),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), MALIGNANCIES)
def test_other_malignancies(check: Check, given: Given, expected: Expected) -> None:
    check("X04", given, expected)
