"""Drugs, tumours and transplants by names that no code decides by: a person has to look."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    PASSES,
    RXNORM,
    SNOMED,
    Check,
    Given,
    Resource,
    Screen,
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

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
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
    ("Cytoxan", None),
    ("Endoxan 500 mg", None),
    ("Adriamycin", None),
    ("Oncovin", None),
    ("Marqibo", None),
    ("Vincasar PFS", None),
    ("VP-16", None),
    ("VP16", None),
    ("Velcade 3.5 mg", None),
    ("Darzalex Faspro", None),
    ("Vidaza IV", None),
    ("Fludara", None),
    ("Homoharringtonine", None),
    ("Triple intrathecal", None),
    ("IT MTX", None),
    ("VCR 2 mg", None),
    ("CHOP day 1", None),
    ("Velcade 3.5 MG Injection", "9990001"),
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


@pytest.mark.parametrize("words", ["Kymriah", "Carvykti infusion", "Tecartus", "relma-cel"])
def test_car_t_cells_by_their_name(check: Check, words: str) -> None:
    chart = (T_ALL, BLASTS, VINCRISTINE, given_lately(words))
    check("I02", Given(chart, covers=frozenset(Kind)), review("no-data", "unusable-data"))


SOMETHING_ELSE = ["CTX", "Ceftriaxone", "Saline flush", "L-Asp", "DNR"]


@pytest.mark.parametrize("words", SOMETHING_ELSE)
def test_an_abbreviation_that_may_be_something_else(check: Check, words: str) -> None:
    check("I02", Given((T_ALL, BLASTS, VINCRISTINE, given_lately(words)), covers=frozenset(Kind)), PASSES)


def done(words: str, system: str | None = None) -> Resource:
    """In words alone, or beside some code of a system that no value set of transplants has."""
    told = {"coding": [{"system": system, "code": "00000"}], "text": words} if system else {"text": words}
    return {"resourceType": "Procedure", "status": "completed", "code": told, "performedDateTime": "2015-01-01"}


ORGANS = [
    done("Renal allotransplantation", CPT),
    done("Liver allotransplantation, orthotopic", CPT),
    done("Heart transplant", CPT),
    done("Lung transplant, single", CPT),
    done("Transplantation of pancreatic allograft", CPT),
    done("Simultaneous pancreas kidney transplantation", HCPCS),
    done("Transplantation of small intestine and liver allografts", HCPCS),
    done("Orthotopic liver transplantation"),
    done("Double lung transplant"),
    done("Heart transplantation 2015"),
    done("Kidney Tx"),
    done("OLT"),
    done("KTx, living donor"),
]


@pytest.mark.parametrize("transplant", ORGANS)
def test_an_organ_in_words(check: Check, transplant: Resource) -> None:
    check("X11", Given((T_ALL, transplant), covers=frozenset(Kind)), review("unusable-data"))


NO_ORGANS = [
    done("Progenitor cell (HPC); allogeneic transplantation", CPT),
    done("Umbilical cord blood transplantation"),
    done("Renal autotransplantation", CPT),
    done("Corneal graft"),
    done("Renal biopsy"),
]


@pytest.mark.parametrize("other", NO_ORGANS)
def test_what_is_no_organ_of_another(check: Check, other: Resource) -> None:
    check("X11", Given((T_ALL, other), covers=frozenset(Kind)), PASSES)


GATES = [
    (done("Progenitor cell (HPC); allogeneic transplantation", CPT), "needs-review"),
    (done("Allogeneic lymphocyte infusions", CPT), "needs-review"),
    (done("Haploidentical transplant"), "needs-review"),
    (done("Liver allotransplantation, orthotopic", CPT), "ineligible"),
]


@pytest.mark.parametrize(("transplant", "verdict"), GATES)
def test_the_gate_of_who_was_transplanted(screen: Screen, transplant: Resource, verdict: str) -> None:
    arms = {arm.cohort: arm for arm in screen(Given((T_ALL, transplant), covers=frozenset(Kind))).result.arms}
    gated = arms["prior_sct_donor"]
    assert (gated.verdict.value, gated.limiting[0]) == (verdict, "cohort")


OPS = "http://fhir.de/CodeSystem/bfarm/ops"
THERAPIES = [
    {"coding": [{"system": OPS, "code": "8-544.0"}]},
    {"coding": [{"system": HCPCS, "code": "J9370"}]},
    {"coding": [{"system": OPS, "code": "8-542.11", "display": "Nicht komplexe Chemotherapie: 1 Tag"}]},
    {"coding": [{"system": CPT, "code": "00000", "display": "Radiation treatment delivery"}]},
    {"text": "Palliative radiation"},
    {"text": "Radiation, left femur"},
]
NO_THERAPIES = ["CT of the chest, low radiation dose", "Radiation safety briefing", "Radiation exposure measured"]


@pytest.mark.parametrize("code", THERAPIES)
def test_a_therapy_by_a_code_that_no_list_has(check: Check, code: Resource) -> None:
    """Suspended for more than two weeks."""
    for days, expected in ((6, review("unusable-data")), (14, review("unusable-data")), (15, PASSES)):
        told = {"resourceType": "Procedure", "status": "completed", "code": code, "performedDateTime": ago(days)}
        check("I02", Given((T_ALL, BLASTS, VINCRISTINE, told), covers=frozenset(Kind)), expected)


@pytest.mark.parametrize("words", NO_THERAPIES)
def test_radiation_that_is_no_therapy(check: Check, words: str) -> None:
    told = {"resourceType": "Procedure", "status": "completed", "code": {"text": words}, "performedDateTime": ago(6)}
    check("I02", Given((T_ALL, BLASTS, VINCRISTINE, told), covers=frozenset(Kind)), PASSES)


STUDY_DRUGS = ["Study drug AB-123", "Investigational product (IMP)", "Prüfpräparat"]


@pytest.mark.parametrize("words", STUDY_DRUGS)
@pytest.mark.parametrize("code", [{}, {"coding": [{"system": "urn:example:pharmacy", "code": "7"}]}])
def test_a_study_drug_may_be_any(check: Check, code: Resource, words: str) -> None:
    told = {"resourceType": "MedicationAdministration", "status": "completed", "effectiveDateTime": ago(6)}
    given = {**told, "medicationCodeableConcept": {**code, "text": words}}
    check("I02", Given((T_ALL, BLASTS, VINCRISTINE, given), covers=frozenset(Kind)), review("unusable-data"))
