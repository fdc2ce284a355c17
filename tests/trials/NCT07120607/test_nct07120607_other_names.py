"""Diseases and drugs by the other names that records have for them go to a person; what only sounds alike does not."""

from __future__ import annotations

import pytest
from bundles import PASSES, SNOMED, Check, Given, Resource, ago, attestation, condition, described, review

from trialsieve.rules.vocabulary import Kind

RECENT = ago(5)
NOTHING_ELSE = (attestation("NCT07120607#X01.a8", False), attestation("NCT07120607#X03.a14", False))

NAMES = {
    "X01": ["Hemiparesis", "Tetraplegia", "Lennox-Gastaut syndrome", "Brain hemorrhage", "Wallenberg syndrome"],
    "X03": ["Amaurosis fugax", "Vertebrobasilar insufficiency", "Budd-Chiari syndrome", "LV thrombus"],
    "X05": ["ITP", "Immune thrombocytopenia", "JIA", "Juvenile idiopathic arthritis", "CIDP", "CREST syndrome"],
}
SOMETHING_ELSE = {
    "X01": ["TBI conditioning", "Total body irradiation (TBI)", "Hemiparesthesia"],
    "X03": ["Amaurosis", "LV function normal"],
    "X05": ["Drug-induced thrombocytopenia", "Septic arthritis"],
}


def named(name: str) -> Resource:
    """By a SNOMED CT code that no value set lists, and its name."""
    return condition("999000009", SNOMED, text=name, recorded=RECENT, onset=RECENT)


@pytest.mark.parametrize(("criterion", "name"), [(criterion, name) for criterion in NAMES for name in NAMES[criterion]])
def test_it_goes_to_a_person(check: Check, criterion: str, name: str) -> None:
    check(criterion, Given((*NOTHING_ELSE, named(name)), covers=frozenset(Kind)), review("unspecific"))
    told = described(name, recorded=RECENT)
    check(criterion, Given((*NOTHING_ELSE, told), covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize(
    ("criterion", "name"), [(criterion, name) for criterion in SOMETHING_ELSE for name in SOMETHING_ELSE[criterion]]
)
def test_what_only_sounds_like_it(check: Check, criterion: str, name: str) -> None:
    check(criterion, Given((*NOTHING_ELSE, named(name)), covers=frozenset(Kind)), PASSES)
    check(criterion, Given((*NOTHING_ELSE, described(name, recorded=RECENT)), covers=frozenset(Kind)), PASSES)


def given_lately(words: str) -> Resource:
    said = {"status": "completed", "medicationCodeableConcept": {"text": words}, "effectiveDateTime": ago(5)}
    return {"resourceType": "MedicationAdministration", **said}


DRUGS = [
    "Prednison 5 mg",
    "Prednisolon 20 mg",
    "Decortin H 20 mg",
    "Urbason",
    "Solu-Medrol 125 mg IV",
    "Solu-Cortef",
    "Kenalog 40 mg IM",
    "Orapred",
    "Emflaza",
    "Humira",
    "Enbrel 50 mg",
    "Remicade",
    "Stelara",
    "Rinvoq 15 mg",
    "Xeljanz",
    "Arava",
    "Imbruvica",
    "Soliris",
    "Dupixent",
    "Envarsus XR",
    "Dexa 8 mg",
]


@pytest.mark.parametrize("words", DRUGS)
def test_a_drug_by_its_brand(check: Check, words: str) -> None:
    check("X12", Given((given_lately(words),), covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize("words", ["DEXA scan", "Xolair", "Entocort EC 9 mg", "Humalog", "Enbumyst"])
def test_another_drug(check: Check, words: str) -> None:
    check("X12", Given((given_lately(words),), covers=frozenset(Kind)), PASSES)
