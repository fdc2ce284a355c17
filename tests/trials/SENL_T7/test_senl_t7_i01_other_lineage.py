"""1. T-ALL: an onset is not when a diagnosis was made, so a newer one of the B lineage contradicts it at most."""

from __future__ import annotations

import pytest
from bundles import FAILS, PASSES, SNOMED, Check, Expected, Given, Resource, ago, attestation, condition, review, row

INDUCTION_FAILED = attestation("SENL-T7#I01.a2", True)


def t_all(onset: str | None = None, recorded: str | None = None) -> Resource:
    return condition("277575008", SNOMED, onset=onset, recorded=recorded)


B_ALL = condition("277572006", SNOMED, recorded=ago(10))
LINEAGES = [
    row("T by its onset", t_all(ago(600)), B_ALL, INDUCTION_FAILED, comes=review("conflicting-data")),
    row("T recorded before", t_all(ago(600), ago(11)), B_ALL, INDUCTION_FAILED, comes=FAILS),
    row("T recorded on that day", t_all(ago(600), ago(10)), B_ALL, INDUCTION_FAILED, comes=review("conflicting-data")),
    row("T recorded since", t_all(ago(600), ago(9)), B_ALL, INDUCTION_FAILED, comes=PASSES),
    row("T begun since", t_all(ago(9)), B_ALL, INDUCTION_FAILED, comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), LINEAGES)
def test_two_lineages(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)
