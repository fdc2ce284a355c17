"""1. Diagnosed CD7 positive relapsed/refractory acute leukemia: the antigen.

It must not have been measured before the latest relapse, or before a therapy directed at it.
"""

from __future__ import annotations

import pytest
from acute_leukemias import CD7_POSITIVE, RELAPSE, RELAPSED_LYMPHOID, T_ALL, leukemia
from bundles import (
    DETECTED,
    FAILS,
    ICD_10_PCS,
    INDETERMINATE,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    cd7,
    coded,
    condition,
    observation,
    procedure,
    review,
    row,
    rows,
)

CALLED_NEGATIVE = coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")
DOUBTFUL: list[tuple[str, Resource, str]] = [
    ("undated", {"on": None}, "undated"),
    ("preliminary", {"status": "preliminary"}, "unconfirmed"),
    ("cancelled", {"status": "cancelled"}, "no-data"),
    ("from before the relapse", {"on": ago(61)}, "stale"),
    ("perhaps from before the relapse", {"on": ago(60)[:7]}, "imprecise"),
]
MARKER = [
    *rows(
        PASSES,
        {
            name: (leukemia(T_ALL), RELAPSE, result)
            for name, result in {
                "a percentage interpreted as positive": CD7_POSITIVE,
                "positive": answered("13846-1", POSITIVE),
                "detected": answered("13846-1", DETECTED),
                "'positive'": observation("13846-1", valueString="positive"),
                "'阳性'": observation("13846-1", valueString="阳性"),
                "'85 % (positive)'": observation("13846-1", valueString="85 % (positive)"),
                "interpretation of STU3's table": cd7(85, interpretation=coded("http://hl7.org/fhir/v2/0078", "POS")),
                "by immunohistochemistry: the sentence names no method": answered("50310-2", POSITIVE),
                "on the day of the relapse": answered("13846-1", POSITIVE, on=ago(60)),
            }.items()
        },
    ),
    row("negative", leukemia(T_ALL), RELAPSE, answered("13846-1", NEGATIVE), comes=FAILS),
    row(
        "negative by its interpretation, at 30 %",
        leukemia(T_ALL),
        RELAPSE,
        cd7(30, interpretation=CALLED_NEGATIVE),
        comes=FAILS,
    ),
    row(
        "negative by its interpretation, and 95 % of the blasts",
        leukemia(T_ALL),
        RELAPSE,
        cd7(95, interpretation=CALLED_NEGATIVE),
        comes=review("conflicting-data"),
    ),
    row(
        "95 %, and negative since",
        leukemia(T_ALL),
        RELAPSE,
        cd7(95, on=ago(40)),
        answered("13846-1", NEGATIVE),
        comes=FAILS,
    ),
    row(
        "the latest counts: it has been lost",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        answered("13846-1", NEGATIVE, on=ago(5)),
        comes=FAILS,
    ),
    *rows(
        review("unspecific"),
        {
            "a percentage alone does not say positive": (leukemia(T_ALL), RELAPSE, cd7(85)),
            "indeterminate": (leukemia(T_ALL), RELAPSE, answered("13846-1", INDETERMINATE)),
            "of all cells in the marrow": (leukemia(T_ALL), RELAPSE, answered("35641-0", POSITIVE)),
            "of all cells in the blood": (leukemia(T_ALL), RELAPSE, answered("8135-6", POSITIVE)),
        },
    ),
    row("never measured", leukemia(T_ALL), RELAPSE, comes=review("no-data")),
    row("CD4+CD7- is a loss of CD7", leukemia(T_ALL), RELAPSE, answered("9563-8", POSITIVE), comes=review("no-data")),
    *(
        row(name, leukemia(T_ALL), RELAPSE, answered("13846-1", POSITIVE, **said), comes=review(reason))
        for name, said, reason in DOUBTFUL
    ),
    row(
        "from before another relapse, which nobody confirmed",
        leukemia(T_ALL),
        RELAPSE,
        condition("C91.02", verified="provisional", onset=ago(10)),
        answered("13846-1", POSITIVE, on=ago(11)),
        comes=review("imprecise"),
    ),
    row(
        "on the day of another relapse, which nobody confirmed",
        leukemia(T_ALL),
        RELAPSE,
        condition("C91.02", verified="provisional", onset=ago(10)),
        answered("13846-1", POSITIVE, on=ago(10)),
        comes=PASSES,
    ),
    row(
        "the relapse is undated",
        leukemia(T_ALL),
        condition(RELAPSED_LYMPHOID, SNOMED),
        answered("13846-1", POSITIVE),
        comes=review("undated"),
    ),
    *rows(
        review("undated"),
        {
            f"the relapse is a clinical status ({word}), which the disease's onset does not date": (
                leukemia(T_ALL, status=word),
                answered("13846-1", POSITIVE),
            )
            for word in ("relapse", "recurrence")
        },
    ),
    row(
        "STU3: the same as a word",
        leukemia(T_ALL, clinicalStatus="relapse", verificationStatus="confirmed"),
        answered("13846-1", POSITIVE),
        comes=review("undated"),
    ),
    row(
        "from before CAR-T cells",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        procedure("XW033C7", ICD_10_PCS, on=ago(20)),
        comes=review("stale"),
    ),
    row(
        "from before CAR-T cells, R5",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        {**procedure("XW033C7", ICD_10_PCS), "occurrenceDateTime": ago(20)},
        comes=review("stale"),
    ),
    row(
        "from after CAR-T cells",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(10)),
        procedure("XW033C7", ICD_10_PCS, on=ago(20)),
        comes=PASSES,
    ),
    row(
        "CAR-T cells were planned, not given",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        procedure("XW033C7", ICD_10_PCS, on=ago(20), status="not-done"),
        comes=PASSES,
    ),
    row(
        "CAR-T cells at an unknown time",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        condition("Z92.850"),
        comes=review("undated"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), MARKER)
def test_cd7_positive(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)
