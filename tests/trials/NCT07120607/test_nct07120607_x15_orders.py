"""Exclusion 15 (vaccination within 4 weeks) where a vaccine was ordered: it is given once, later, or never."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import ATC, FAILS, PASSES, Check, Expected, Given, Resource, ago, coded, review, row, vaccination

from trialsieve.rules.vocabulary import Kind

EVERYTHING = frozenset(Kind)
INFLUENZA_VACCINE = "J07BB02"


def ordered(status: str, on: str = ago(5), **more: Any) -> Resource:
    product = coded(ATC, INFLUENZA_VACCINE)
    request = {"resourceType": "MedicationRequest", "intent": "order", "medicationCodeableConcept": product}
    return {**request, "status": status, "authoredOn": on, **more}


ROWS = [
    row("planned", ordered("active"), covers=EVERYTHING, comes=review("unconfirmed")),
    row("stopped, before or after it was given", ordered("stopped"), covers=EVERYTHING, comes=review("unconfirmed")),
    row("a draft", ordered("draft"), covers=EVERYTHING, comes=PASSES),
    row("cancelled", ordered("cancelled"), covers=EVERYTHING, comes=PASSES),
    row("given as ordered", ordered("completed"), covers=EVERYTHING, comes=FAILS),
    row("ordered, and given since", ordered("active"), vaccination(ago(3)), covers=EVERYTHING, comes=FAILS),
    row("ordered since one that is too long ago", ordered("active"), vaccination(ago(60)), covers=EVERYTHING,
        comes=review("unconfirmed")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), ROWS)
def test_an_ordered_vaccine(check: Check, given: Given, expected: Expected) -> None:
    check("X15", given, expected)
