"""What was entered in error is never on record, and does not let anything be presumed absent."""

from __future__ import annotations

import pytest
from bundles import PASSES, UNVOUCHED, Check, Expected, Given, Resource, condition, review, row

WITHDRAWN = condition("I10", verified="entered-in-error")
EMBOLISM: Resource = condition("I26.99", verified="entered-in-error", onset="2026-11-01")

ROWS = [
    row("all diagnoses", WITHDRAWN, EMBOLISM, covers=UNVOUCHED, comes=review("not-retrieved")),
    row("one, and another that stands", EMBOLISM, condition("I10"), comes=PASSES),
    row("one, and another that was refuted", EMBOLISM, condition("I10", verified="refuted"), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), ROWS)
def test_an_embolism_is_presumed_absent_by_what_stands(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)
