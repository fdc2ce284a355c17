"""1. T-ALL: an onset is not when a diagnosis was made, so a newer one of the B lineage contradicts it at most.

Beside an AML, of which of them a remission was is for a person to say.
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
    ago,
    attestation,
    coded,
    condition,
    observation,
    quantity,
    review,
    row,
    rows,
)
from results import remission

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


CURED = condition("277575008", SNOMED, status="resolved", onset="2010-01-10", recorded="2010-01-12")
IN_REMISSION = condition("C91.01", status="resolved", onset="2010-06-01", recorded="2010-06-01")
AML = condition("C92.00", onset=ago(50), recorded=ago(50))
MIXED = condition("1187123005", SNOMED, onset="2010-01-10", recorded="2010-01-12")
REFUTED = {"verificationStatus": coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted")}
BROAD = condition("93143009", SNOMED, onset=ago(50))  # leukemia
BLASTS = observation("11150-0", on=ago(30), valueQuantity=quantity(60, "%"))

BESIDE_AML = [
    *rows(
        review("judgement", "no-data"),
        {
            "a remission by its code": (CURED, IN_REMISSION, AML, BLASTS),
            "a remission by an assessment": (CURED, remission("2010-06-01"), AML, BLASTS),
        },
    ),
    *rows(
        PASSES,
        {
            "no AML": (CURED, IN_REMISSION, BLASTS),
            "an AML that was refuted": (CURED, IN_REMISSION, AML | REFUTED, BLASTS),
            "a broad code": (CURED, IN_REMISSION, BROAD, BLASTS),
            "mixed phenotype, which both codes may mean": (CURED, IN_REMISSION, MIXED, AML, BLASTS),
        },
    ),
]


@pytest.mark.parametrize(("given", "expected"), BESIDE_AML)
def test_a_second_leukemia_of_the_other_lineage(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)
