"""Comorbidities by the other names that problem lists have for them go to a person; what only sounds alike does not."""

from __future__ import annotations

import pytest
from bundles import PASSES, SNOMED, Check, Given, Resource, ago, condition, described, review

from trialsieve.rules.vocabulary import Kind

T_ALL = condition("277575008", SNOMED, onset=ago(300))
RECENT = ago(5)

NAMES = {
    "X02": [
        "HFrEF",
        "Acute on chronic diastolic HF",
        "Left ventricular failure",
        "V-fib arrest",
        "Ventricular flutter",
    ],
    "X04": ["Ependymoma", "Primary myelofibrosis", "Langerhans cell histiocytosis"],
    "X05": ["Consumptive coagulopathy", "Disseminated intravascular coagulopathy"],
    "X08": ["T2DM", "IDDM", "DKA", "MODY", "Hyperosmolar hyperglycemic state", "Type II DM"],
    "X09": ["MDD, severe", "MDD, recurrent, severe", "Major depression", "Mania"],
}
SOMETHING_ELSE = {
    "X02": ["Renal failure", "HF radio exposure"],
    "X04": ["Marrow fibrosis", "Ependymal cyst"],
    "X05": ["Coagulopathy"],
    "X08": ["Myotonic dystrophy type 2 (DM2)", "Steroid-induced hyperglycemia"],
    "X09": ["Minimal disseminated disease (MDD)", "Trichotillomania"],
}


def named(name: str) -> Resource:
    """By a SNOMED CT code that no value set lists, and its name."""
    return condition("999000009", SNOMED, text=name, recorded=RECENT, onset=RECENT)


@pytest.mark.parametrize(("criterion", "name"), [(criterion, name) for criterion in NAMES for name in NAMES[criterion]])
def test_it_goes_to_a_person(check: Check, criterion: str, name: str) -> None:
    check(criterion, Given((T_ALL, named(name)), covers=frozenset(Kind)), review("unspecific"))
    told = described(name, recorded=RECENT)
    check(criterion, Given((T_ALL, told), covers=frozenset(Kind)), review("unusable-data"))


def test_a_solid_tumour(check: Check) -> None:  # no list of solid tumours has SNOMED CT codes
    check("X04", Given((T_ALL, named("Hepatoblastoma")), covers=frozenset(Kind)), review("unspecific", "unusable-data"))


@pytest.mark.parametrize(
    ("criterion", "name"), [(criterion, name) for criterion in SOMETHING_ELSE for name in SOMETHING_ELSE[criterion]]
)
def test_what_only_sounds_like_it(check: Check, criterion: str, name: str) -> None:
    check(criterion, Given((T_ALL, named(name)), covers=frozenset(Kind)), PASSES)
    check(criterion, Given((T_ALL, described(name, recorded=RECENT)), covers=frozenset(Kind)), PASSES)
