"""Diseases and transplants by names and codes that no list decides by: a person has to look."""

from __future__ import annotations

import pytest
from bundles import AS_OF, FAILS, PASSES, SNOMED, Check, Given, ago, condition, procedure, review

from trialsieve.rules.vocabulary import Kind

OPS = "http://fhir.de/CodeSystem/bfarm/ops"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
RECENT = ago(30)
TODAY = {"enrollment": AS_OF}


@pytest.mark.parametrize("name", ["Multiple myeloma", "Malignant tumor of lung", "Neuroblastoma"])
def test_a_tumour_by_its_name(check: Check, name: str) -> None:
    tumour = condition("109989006", SNOMED, text=name, recorded=RECENT)
    check("X04", Given((tumour,), covers=frozenset(Kind)), review("unspecific"))


def test_purpura(check: Check) -> None:
    check("X06", Given((condition("D69.3", recorded=RECENT),), covers=frozenset(Kind)), review("unspecific"))


TRANSPLANTS = [
    "Haplo BMT",
    "Allogeneic SCT",
    "PBSCT",
    "Allo-HCT",
    "Allogeneic HCT from a sibling",
    "ASCT",
    "Hematopoietic cell transplant",
    "Haematopoietic stem cell transplantation",
    "Bone marrow transplantation",
    "Umbilical cord blood transplantation",
    "Haploidentical transplant",
    "Stem cell infusion",
    "Autologous stem cell rescue",
    "Progenitor cell (HPC); autologous transplantation",
    "Progenitor cell (HPC); HPC boost",
    "Allogeneic lymphocyte infusions",
    "DLI",
    "Liver allotransplantation, orthotopic",
]


@pytest.mark.parametrize("words", TRANSPLANTS)
def test_a_transplant_in_words(check: Check, words: str) -> None:
    told = {"resourceType": "Procedure", "status": "completed", "code": {"text": words}, "performedDateTime": RECENT}
    check("X12", Given((told,), covers=frozenset(Kind)), review("unusable-data"))


def test_a_transplant_in_a_system_that_no_value_set_has(check: Check) -> None:
    told = procedure("00000", "http://www.ama-assn.org/go/cpt", on=RECENT)
    told["code"]["coding"][0]["display"] = "Progenitor cell (HPC); allogeneic transplantation"
    check("X12", Given((told,), covers=frozenset(Kind), anchors=TODAY), review("unusable-data"))


@pytest.mark.parametrize("words", ["HCT 38 %", "Hematocrit", "CBT session", "Blood-derived stem cell harvesting"])
def test_what_is_no_transplant(check: Check, words: str) -> None:
    told = {"resourceType": "Procedure", "status": "completed", "code": {"text": words}, "performedDateTime": RECENT}
    check("X12", Given((told,), covers=frozenset(Kind)), PASSES)


@pytest.mark.parametrize(
    "words", ["Sickle cell trait (SCT)", "Myringotomy, BMT tubes", "Bilateral myringotomy and tubes (BMT)"]
)
def test_what_only_sounds_like_a_transplant(check: Check, words: str) -> None:
    check("X12", Given((condition(None, text=words, recorded=RECENT),), covers=frozenset(Kind)), PASSES)


@pytest.mark.parametrize("words", ["SCT", "s/p BMT 2024", "Sickle cell trait; SCT in 2024"])
def test_a_transplant_in_the_words_of_a_diagnosis(check: Check, words: str) -> None:
    told = condition(None, text=words, recorded=RECENT)
    check("X12", Given((told,), covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize(
    "code", ["5-411.00", "5-411.40", "8-805.40", "8-805.20", "5-411.20", "5-555.1", "5-504.0", "5-335.20"]
)
def test_a_transplant_by_its_german_code(check: Check, code: str) -> None:
    check("X12", Given((procedure(code, OPS, on=RECENT),), covers=frozenset(Kind), anchors=TODAY), FAILS)


@pytest.mark.parametrize("code", ["8-805.60", "5-411.x", "5-555.3", "5-528.0"])
def test_a_class_of_german_codes(check: Check, code: str) -> None:
    check("X12", Given((procedure(code, OPS, on=RECENT),), covers=frozenset(Kind), anchors=TODAY), review("unspecific"))


def test_a_code_without_words_may_be_a_transplant(check: Check) -> None:
    """Six months before enrolment, the day itself not counted."""
    for days, expected in ((30, review("unusable-data")), (183, review("unusable-data")), (190, PASSES)):
        told = procedure("J9370", HCPCS, on=ago(days))
        check("X12", Given((told,), covers=frozenset(Kind), anchors=TODAY), expected)


@pytest.mark.parametrize("words", ["Dünndarmtransplantation", "Multiviszerale Organtransplantation"])
def test_a_transplanted_organ_in_the_words_of_a_german_code(check: Check, words: str) -> None:
    told = procedure("5-46", OPS, on=RECENT)
    told["code"]["coding"][0]["display"] = words
    check("X12", Given((told,), covers=frozenset(Kind), anchors=TODAY), review("unusable-data"))


@pytest.mark.parametrize("code", ["Z48.290", "M31.11"])
def test_what_follows_a_transplant(check: Check, code: str) -> None:
    """Six months before enrolment, the day itself not counted."""
    for days, expected in ((30, review("unspecific")), (183, review("unspecific")), (190, PASSES)):
        check("X12", Given((condition(code, onset=ago(days)),), covers=frozenset(Kind), anchors=TODAY), expected)
