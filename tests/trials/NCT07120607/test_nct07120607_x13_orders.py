"""Exclusion 13 (CAR-T in the past) where cells were ordered: they are made for weeks, and may never be given."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import ATC, FAILS, Check, Expected, Given, Resource, ago, coded, review, row


def ordered(status: str, on: str = ago(40), **more: Any) -> Resource:
    drug = coded(ATC, "L01XL04")
    request = {"resourceType": "MedicationRequest", "intent": "order", "medicationCodeableConcept": drug}
    return {**request, "status": status, "authoredOn": on, **more}


ROWS = [
    row("planned", ordered("active"), comes=review("unconfirmed")),
    row("on hold", ordered("on-hold"), comes=review("unconfirmed")),
    row("stopped, before or after they were given", ordered("stopped"), comes=review("unconfirmed")),
    row("a draft", ordered("draft"), comes=review("no-data")),
    row("cancelled", ordered("cancelled"), comes=review("no-data")),
    row("ordered for a day to come", ordered("active", on=ago(-3)), comes=review("no-data")),
    row("given as ordered", ordered("completed"), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), ROWS)
def test_ordered_cells(check: Check, given: Given, expected: Expected) -> None:
    check("X13", given, expected)
