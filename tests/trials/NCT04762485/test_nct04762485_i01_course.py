"""1. Diagnosed CD7 positive relapsed/refractory acute leukemia: the course.

Relapsed or refractory is believed from explicit coding only, and never presumed.
"""

from __future__ import annotations

import pytest
from acute_leukemias import CD7_POSITIVE, REFRACTORY, RELAPSED_ALL, RELAPSED_MYELOID, T_ALL, leukemia
from bundles import (
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    ago,
    answered,
    attestation,
    condition,
    review,
    row,
    rows,
)
from results import relapse_phase

ACTIVE = condition(T_ALL, SNOMED, onset="2024-03-12")

AML = condition("C92.00", onset=ago(90))
BREAST_CANCER = condition("C50.911", onset="2019-01-10", id="breast")
OF_BREAST = relapse_phase(focus=[{"reference": "Condition/breast"}])

COURSE = [
    *rows(
        PASSES,
        {
            name: (ACTIVE, CD7_POSITIVE, said)
            for name, said in {
                "ALL in relapse": condition("C91.02", onset=ago(60), recorded=ago(60)),
                "ALL in relapse, SNOMED": condition(RELAPSED_ALL, SNOMED, onset=ago(60), recorded=ago(60)),
                "refractory": condition(REFRACTORY, SNOMED, onset=ago(60)),
                "in relapse by an assessment": relapse_phase(),
            }.items()
        },
    ),
    row(
        "a remission before the relapse",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.01", onset=ago(300), recorded=ago(300)),
        condition("C91.02", onset=ago(60), recorded=ago(60)),
        comes=PASSES,
    ),
    row(
        "a remission after the relapse",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(60), recorded=ago(60)),
        condition("C91.01", onset=ago(20), recorded=ago(20)),
        comes=review("judgement", "no-data"),
    ),
    *rows(
        review("judgement"),
        {
            f"a relapse of an earlier leukemia by {name}, and AML": (AML, CD7_POSITIVE, said)
            for name, said in {
                "a code for lymphoid leukemia in relapse": condition(
                    "122951000119108", SNOMED, onset="2020-05-10", recorded="2020-05-10"
                ),
                "a code for ALL in relapse": condition("C91.02", onset="2020-05-10", recorded="2020-05-10"),
            }.items()
        },
    ),
    row("AML in relapse", AML, CD7_POSITIVE, condition("C92.02", onset=ago(60), recorded=ago(60)), comes=PASSES),
    row(
        "AML in relapse, SNOMED",
        AML,
        CD7_POSITIVE,
        condition(RELAPSED_MYELOID, SNOMED, onset=ago(60), recorded=ago(60)),
        comes=PASSES,
    ),
    row(
        "a complete remission seen after an assessment said relapse",
        ACTIVE,
        CD7_POSITIVE,
        relapse_phase(ago(60)),
        answered("97509-4", (SNOMED, "103338009"), on=ago(20)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a complete remission seen after a code for refractory disease",
        ACTIVE,
        CD7_POSITIVE,
        condition(REFRACTORY, SNOMED, onset=ago(60)),
        answered("97509-4", (SNOMED, "103338009"), on=ago(20)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a complete remission seen before it",
        ACTIVE,
        CD7_POSITIVE,
        answered("97509-4", (SNOMED, "103338009"), on=ago(80)),
        condition(REFRACTORY, SNOMED, onset=ago(60)),
        comes=PASSES,
    ),
    row(
        "a complete remission seen before an assessment said relapse",
        ACTIVE,
        CD7_POSITIVE,
        answered("97509-4", (SNOMED, "103338009"), on=ago(80)),
        relapse_phase(ago(60)),
        comes=PASSES,
    ),
    row(
        "an assessment of a relapse that is over",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", status="resolved", onset=ago(400)),
        relapse_phase(ago(395)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a complete remission seen after the relapse",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(60), recorded=ago(60)),
        answered("88040-1", (SNOMED, "103338009"), on=ago(20)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a partial remission seen after the relapse is none",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(60), recorded=ago(60)),
        answered("88040-1", (SNOMED, "103337004"), on=ago(20)),
        comes=PASSES,
    ),
    *rows(
        review("no-data"),
        {
            "active says nothing of relapse": (ACTIVE, CD7_POSITIVE),
            "a relapse of another cancer": (ACTIVE, CD7_POSITIVE, BREAST_CANCER, OF_BREAST),
            "an assessment says remission": (
                ACTIVE,
                CD7_POSITIVE,
                answered("97509-4", (SNOMED, "103338009"), on=ago(20)),
            ),
            "not having achieved remission may be new": (ACTIVE, CD7_POSITIVE, condition("C91.00", onset=ago(60))),
            "a clinical status that is missing": (condition(T_ALL, SNOMED, status=None), CD7_POSITIVE),
            "in remission": (condition(T_ALL, SNOMED, status="remission"), CD7_POSITIVE),
            "in remission by its code": (condition("427642009", SNOMED), CD7_POSITIVE),
            "R5: status unknown": (condition(T_ALL, SNOMED, status="unknown"), CD7_POSITIVE),
            "another disease has come back": (
                ACTIVE,
                CD7_POSITIVE,
                condition("C50.911", status="recurrence", onset=ago(60)),
            ),
            "the relapse was refuted": (ACTIVE, CD7_POSITIVE, condition("C91.02", verified="refuted")),
            "refractory anemia is no refractory leukemia": (ACTIVE, CD7_POSITIVE, condition("D46.4")),
        },
    ),
    row(
        "the relapse is provisional",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", verified="provisional", onset=ago(60)),
        comes=review("no-data", "unconfirmed"),
    ),
    row(
        "the relapse is dated in the future",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(-2)),
        comes=review("no-data"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), COURSE)
def test_relapsed_or_refractory(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


@pytest.mark.parametrize(
    ("answered_on", "expected"),
    [("2026-11-18", review("conflicting-data", "undated")), ("2026-11-10", review("conflicting-data", "undated"))],
)
def test_an_answer_does_not_overrule_a_clinical_status_of_relapse(
    check: Check, answered_on: str, expected: Expected
) -> None:
    """The status is dated by the onset of the disease, so nothing says that it came after the answer."""
    denied = attestation("I01.a3", False, on=answered_on)
    check("I01", Given((leukemia(T_ALL, status="relapse", recorded="2026-11-15"), CD7_POSITIVE, denied)), expected)
