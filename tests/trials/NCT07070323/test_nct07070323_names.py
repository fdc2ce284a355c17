"""Drugs, tumours and transplants by names that no code decides by: a person has to look."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    RXNORM,
    SNOMED,
    Check,
    Given,
    Resource,
    ago,
    coded,
    condition,
    described,
    dose,
    observation,
    quantity,
    review,
)

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)
T_ALL = condition("277575008", SNOMED, onset=ago(300))
BLASTS = observation("26446-5", on=ago(3), valueQuantity=quantity(12, "%"))
VINCRISTINE = dose("L01CA02", ago(60))


def given_lately(words: str, code: str | None = None) -> Resource:
    medicine: Any = coded(RXNORM, code, words)
    said = {"status": "completed", "medicationCodeableConcept": medicine, "effectiveDateTime": ago(5)}
    return {"resourceType": "MedicationAdministration", **said}


DRUGS = [
    ("hydroxyurea 500 MG Oral Capsule", "197797"),
    ("Hydroxycarbamide", None),
    ("daratumumab", "1721947"),
    ("blinatumomab 35 microgram", None),
    ("Gilteritinib 40 mg tablets", None),
    ("Inotuzumab ozogamicin", None),
    ("gemtuzumab", None),
    ("Ara-C", None),
    ("6-MP", None),
    ("Oncaspar", None),
    ("Hydrea", None),
    ("Chidamide 30 mg", None),
    ("Lenalidomide", None),
    ("Venclexta", None),
]


@pytest.mark.parametrize(("words", "code"), DRUGS)
def test_a_drug_by_its_name(check: Check, words: str, code: str | None) -> None:
    chart = (T_ALL, BLASTS, VINCRISTINE, given_lately(words, code))
    check("I02", Given(chart, covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize(
    "name", ["Malignant tumor of prostate", "Multiple myeloma", "Hodgkin's disease", "Glioblastoma"]
)
def test_a_tumour_by_its_name(check: Check, name: str) -> None:
    tumour = condition("399068003", SNOMED, text=name, recorded=RECENT)
    check("X04", Given((T_ALL, tumour), covers=frozenset(Kind)), review("unspecific"))


def test_a_transplanted_kidney(check: Check) -> None:
    kidney = condition("737295003", SNOMED, text="Transplanted kidney present", recorded=RECENT)
    check("X11", Given((T_ALL, kidney), covers=frozenset(Kind)), FAILS)
    words = described("S/p renal transplant", recorded=RECENT)
    check("X11", Given((T_ALL, words), covers=frozenset(Kind)), review("unusable-data"))
