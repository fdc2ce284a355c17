"""Exclusion 3. Patients with central nervous system leukemia.

Never presumed absent: it takes a recent cerebrospinal fluid. Current or any history is not stated: the past goes to a
person, and so do blasts in the fluid without a diagnosis.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10_CM,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    coded,
    condition,
    described,
    observation,
    quantity,
    review,
    row,
    rows,
)

CNS, CNS_OF_AML_IN_REMISSION = "722795004", "61291000119103"


def fluid(
    value: Any, unit: str | None = "%", comparator: str | None = None, *, code: str = "26447-3", **more: Any
) -> Resource:
    """Blasts among the leukocytes of the cerebrospinal fluid, ten days ago."""
    return observation(code, valueQuantity=quantity(value, unit, comparator), **more)


CLEAR = fluid(0)


def report(code: str = CNS, system: str = SNOMED, *, on: str = ago(3), **more: Any) -> Resource:
    """A report that concludes what no Condition says."""
    made = {"resourceType": "DiagnosticReport", "status": "final", "effectiveDateTime": on}
    return made | {"code": {"text": "Consultation"}, "conclusionCode": [coded(system, code)]} | more


def visit(code: str = CNS, system: str = SNOMED, *, on: str = ago(3)) -> Resource:
    period = {"start": on, "end": on}
    return {"resourceType": "Encounter", "status": "finished", "period": period, "reasonCode": [coded(system, code)]}


def cns(**more: Any) -> Resource:
    return condition(CNS, SNOMED, **({"onset": ago(40)} | more))


CASES = [
    row("nothing", comes=review("no-data")),
    row("diagnoses, and no puncture", HYPERTENSION, comes=review("no-data")),
    row("no blasts", CLEAR, comes=PASSES),
    row("no blasts, by hand", fluid(0, code="13521-0"), comes=PASSES),
    row("no blasts, 30 days ago", fluid(0, on=ago(30)), comes=PASSES),
    row("no blasts, 31 days ago", fluid(0, on=ago(31)), comes=review("no-data", "stale")),
    row("no blasts, undated", fluid(0, on=None), comes=review("no-data", "undated")),
    row("no blasts, preliminary", fluid(0, status="preliminary"), comes=review("no-data", "unconfirmed")),
    row("no blasts, entered in error", fluid(0, status="entered-in-error"), comes=review("no-data")),
    row("0 as a fraction", fluid(0, "1"), comes=PASSES),
    row("0 without a unit", fluid(0, None), comes=review("no-data", "unit")),
    row("a count per volume", fluid(0, "/uL", code="35068-6"), comes=review("no-data", "unit")),
    row("not detected, in words", observation("26447-3", valueString="Not detected"), comes=PASSES),
    row("detected, in words", observation("26447-3", valueString="Detected"), comes=review("no-data", "unspecific")),
    row(
        "an answer that nobody knows",
        observation("26447-3", valueString="see comment"),
        comes=review("no-data", "unusable-data"),
    ),
    row("blasts", fluid(3), comes=review("no-data", "unspecific")),
    row("a trace of blasts", fluid(0.1), comes=review("no-data", "unspecific")),
    row("less than 1 %", fluid(1, "%", "<"), comes=review("imprecise", "no-data")),
    row(
        "blasts, and a clear fluid since",
        fluid(3, on=ago(25)),
        fluid(0, on=ago(5)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a clear fluid, and blasts since",
        fluid(0, on=ago(25)),
        fluid(3, on=ago(5)),
        comes=review("no-data", "unspecific"),
    ),
    row("the diagnosis", cns(), comes=FAILS),
    row("the diagnosis and blasts", cns(), fluid(20), comes=FAILS),
    row("the diagnosis without a clinical status", cns(status=None), comes=FAILS),
    row("the diagnosis in relapse", cns(status="relapse"), comes=FAILS),
    row("the diagnosis, and a clear fluid since", cns(), CLEAR, comes=review("judgement")),
    *rows(
        review("judgement"),
        {
            "in remission": cns(status="remission"),
            "resolved": cns(status="resolved"),
            "ended": cns(status=None, abatementDateTime=ago(10)),
            "in remission by its code": condition(CNS_OF_AML_IN_REMISSION, SNOMED),
        },
    ),
    row("in remission, and a clear fluid", cns(status="remission"), CLEAR, comes=review("judgement")),
    row("refuted, and a clear fluid", cns(verified="refuted"), CLEAR, comes=PASSES),
    row("provisional, and a clear fluid", cns(verified="provisional"), CLEAR, comes=review("unconfirmed")),
    row("provisional", cns(verified="provisional"), comes=review("unconfirmed")),
    row(
        "a secondary of the meninges, and a clear fluid",
        condition("C79.32", onset=ago(9)),
        CLEAR,
        comes=review("unspecific"),
    ),
    row(
        "only words, and a clear fluid",
        described("Meningeal leukemia"),
        CLEAR,
        comes=review("no-data", "unusable-data"),
    ),
    *rows(
        review("unspecific"),
        {
            f"the words say more than the code: {words}, and a clear fluid": (
                condition(code, system, text=words, onset=ago(40)),
                CLEAR,
            )
            for words, code, system in (
                ("AML with CNS involvement", "91861009", SNOMED),
                ("ALL in relapse, CNS relapse", "C91.02", ICD_10_CM),
                ("Central nervous system relapse of leukemia", "91857003", SNOMED),
            )
        },
    ),
    row(
        "prophylaxis is no disease",
        condition("C91.00", text="ALL, CNS prophylaxis given, no CNS involvement", onset=ago(40)),
        CLEAR,
        comes=PASSES,
    ),
    *rows(
        review("unspecific"),
        {
            "a clear fluid, and a report that concludes it since": (CLEAR, report()),
            "a clear fluid, and a visit for it since": (CLEAR, visit()),
            "a visit for it, and a clear fluid since": (visit(on=ago(40)), CLEAR),
            "a clear fluid, and a visit for what was refuted before": (
                cns(verified="refuted", recordedDate=ago(30)),
                CLEAR,
                visit(),
            ),
        },
    ),
    row(
        "a clear fluid, and a preliminary report",
        CLEAR,
        report(status="preliminary"),
        comes=review("unconfirmed", "unspecific"),
    ),
    row("a clear fluid, and a report that was withdrawn", CLEAR, report(status="cancelled"), comes=PASSES),
    row("a clear fluid, and a visit for another disease", CLEAR, visit("38341003"), comes=PASSES),
    row("other words, and a clear fluid", described("Hypertension"), CLEAR, comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_cns_leukemia(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)
