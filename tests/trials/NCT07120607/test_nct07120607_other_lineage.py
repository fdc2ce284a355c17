"""2. T-ALL/LBL: beside a diagnosis of the B lineage, the newer counts if both say when they were made.

An onset is not when a diagnosis was made: it may have been confirmed on any day since.
"""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    condition,
    review,
    row,
)

CONFLICT = review("conflicting-data")
BY_GUIDELINES = (attestation("NCT07120607#I02.a2", True), attestation("NCT07120607#I02.a4", True))


def t_all(onset: str | None = None, recorded: str | None = None) -> Resource:
    return condition("277575008", SNOMED, onset=onset, recorded=recorded)


def b_all(onset: str | None = None, recorded: str | None = None) -> Resource:
    return condition("277572006", SNOMED, onset=onset, recorded=recorded)


LINEAGES = [
    row("T by its onset, B recorded since", t_all(onset=ago(600)), b_all(recorded=ago(10)), comes=CONFLICT),
    row("T by its onset, B since", t_all(onset=ago(600)), b_all(onset=ago(20), recorded=ago(10)), comes=CONFLICT),
    row("both by their onset, B later", t_all(onset=ago(600)), b_all(onset=ago(10)), comes=CONFLICT),
    row("both by their onset, B earlier", t_all(onset=ago(600)), b_all(onset=ago(610)), comes=CONFLICT),
    row("T recorded, B recorded since", t_all(recorded=ago(600)), b_all(recorded=ago(10)), comes=FAILS),
    row("T recorded the day before B", t_all(onset=ago(600), recorded=ago(11)), b_all(recorded=ago(10)), comes=FAILS),
    row("both recorded on a day", t_all(onset=ago(600), recorded=ago(10)), b_all(recorded=ago(10)), comes=CONFLICT),
    row("T recorded the day after B", t_all(onset=ago(600), recorded=ago(9)), b_all(recorded=ago(10)), comes=PASSES),
    row("T that month, B recorded in it", t_all(recorded="2026-11"), b_all(recorded=ago(10)), comes=CONFLICT),
    row("T after B was recorded", t_all(onset=ago(9)), b_all(recorded=ago(10)), comes=PASSES),
    row("T without a date", t_all(), b_all(recorded=ago(10)), comes=CONFLICT),
]


@pytest.mark.parametrize(("given", "expected"), LINEAGES)
def test_two_lineages(check: Check, given: Given, expected: Expected) -> None:
    check("I02", Given((*given.resources, *BY_GUIDELINES), patient=given.patient), expected)


def test_the_course_of_a_disputed_disease_is_open_too(screen: Screen) -> None:
    disputed = screen(Given((t_all(onset=ago(600)), b_all(recorded=ago(10)))))
    assert disputed.criterion("I03").effect.value == "review"
    assert "conflicting-data" in disputed.criterion("I03").reasons
    told = disputed.criterion("I02").explanation
    assert "T-cell" in told
    assert "B-cell" in told
