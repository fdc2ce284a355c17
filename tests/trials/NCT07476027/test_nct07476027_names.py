"""Diseases by names and codes that no list decides by: a person has to look."""

from __future__ import annotations

import pytest
from bundles import SNOMED, Check, Given, Resource, ago, condition, review

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)
DOUBTED = [
    ("X02", condition("399068003", SNOMED, text="Malignant tumor of prostate", recorded=RECENT)),
    ("X04", condition("L10.0", recorded=RECENT)),
    ("X04", condition("68504005", SNOMED, text="Ataxia-telangiectasia syndrome", recorded=RECENT)),
    ("X04", condition("9631008", SNOMED, text="Ankylosing spondylitis", recorded=RECENT)),
]


@pytest.mark.parametrize(("criterion", "disease"), DOUBTED)
def test_it_goes_to_a_person(check: Check, criterion: str, disease: Resource) -> None:
    check(criterion, Given((disease,), covers=frozenset(Kind)), review("unspecific"))
