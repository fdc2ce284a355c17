"""Diseases and transplants by names and codes that no list decides by: a person has to look."""

from __future__ import annotations

import pytest
from bundles import AS_OF, FAILS, SNOMED, Check, Given, ago, condition, procedure, review

from trialsieve.rules.vocabulary import Kind

OPS = "http://fhir.de/CodeSystem/bfarm/ops"
RECENT = ago(30)
TODAY = {"enrollment": AS_OF}


@pytest.mark.parametrize("name", ["Multiple myeloma", "Malignant tumor of lung", "Neuroblastoma"])
def test_a_tumour_by_its_name(check: Check, name: str) -> None:
    tumour = condition("109989006", SNOMED, text=name, recorded=RECENT)
    check("X04", Given((tumour,), covers=frozenset(Kind)), review("unspecific"))


def test_purpura(check: Check) -> None:
    check("X06", Given((condition("D69.3", recorded=RECENT),), covers=frozenset(Kind)), review("unspecific"))


@pytest.mark.parametrize("words", ["Haplo BMT", "Allogeneic SCT", "PBSCT"])
def test_a_transplant_in_words(check: Check, words: str) -> None:
    told = {"resourceType": "Procedure", "status": "completed", "code": {"text": words}, "performedDateTime": RECENT}
    check("X12", Given((told,), covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize("code", ["5-411.00", "5-411.40", "8-805.40"])
def test_a_transplant_by_its_german_code(check: Check, code: str) -> None:
    check("X12", Given((procedure(code, OPS, on=RECENT),), covers=frozenset(Kind), anchors=TODAY), FAILS)


@pytest.mark.parametrize("code", ["8-805.20", "8-805.60", "5-411.20"])
def test_a_class_of_german_codes(check: Check, code: str) -> None:
    check("X12", Given((procedure(code, OPS, on=RECENT),), covers=frozenset(Kind), anchors=TODAY), review("unspecific"))
