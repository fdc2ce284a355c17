"""Exclusion 1. Severe disorders of the central nervous system, at any time; the list is open.

Exclusion 3 limits stroke to six months and leaves lacunar infarction out, so an older, undated or lacunar one goes to a
person here.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    condition,
    review,
    row,
    rows,
)

NOTHING_ELSE = attestation("NCT07120607#X01.a8", False)
EDGE, BEFORE = "2026-05-20", "2026-05-19"


def stroke(code: str = "I63.9", system: str = ICD_10_CM, **more: Any) -> Resource:
    return condition(code, system, **({"onset": ago(60), "status": "resolved"} | more))


STROKE = [
    *rows(
        FAILS,
        {
            "two months ago": stroke(),
            "on the day six months ago": stroke(onset=EDGE),
            "hemorrhage": stroke("I61.9"),
            "SNOMED": stroke("230690007", SNOMED),
            "WHO I64": stroke("I64", ICD_10),
            "recent, beside an old one": (stroke(onset="2019"), stroke()),
        },
    ),
    *rows(
        review("judgement"),
        {
            "the day before": stroke(onset=BEFORE),
            "years ago": stroke(onset="2019"),
            "undated": stroke(onset=None),
            "history": condition("Z86.73"),
            "sequelae": condition("I69.30"),
            "lacunar": stroke("I63.81"),
            "called lacunar": condition("I63.9", text="Lacunar infarct", onset=ago(60)),
            "lacunar, SNOMED": stroke("230698000", SNOMED),
            "perhaps lacunar (WHO I63.8)": stroke("I63.8", ICD_10),
            "in May": stroke(onset="2026-05"),
        },
    ),
    row("an old one and a recent lacunar one", NOTHING_ELSE, stroke(onset="2019"), stroke("I63.81"),
        comes=review("judgement")),
    row("an old one and a recent one that is perhaps lacunar", NOTHING_ELSE, stroke(onset="2019"),
        stroke("I63.8", ICD_10), comes=review("judgement")),
    row("refuted", stroke(verified="refuted"), HYPERTENSION, NOTHING_ELSE, comes=PASSES),
    row("provisional", stroke(verified="provisional"), NOTHING_ELSE, comes=review("unconfirmed")),
    row("lacunar, provisional", stroke("I63.81", verified="provisional"), NOTHING_ELSE,
        comes=review("judgement", "unconfirmed")),
    row("perhaps lacunar, provisional", stroke("I63.8", ICD_10, verified="provisional"), NOTHING_ELSE,
        comes=review("judgement", "unconfirmed")),
    row("hemorrhage of an unstated kind", stroke("I62.9"), NOTHING_ELSE, comes=review("unspecific")),
]  # fmt: skip

OTHERS = [
    *rows(
        FAILS,
        {
            "intractable epilepsy": condition("G40.919"),
            "status epilepticus, WHO": condition("G41.9", ICD_10),
            "refractory epilepsy": condition("445355009", SNOMED),
            "vascular dementia": condition("F01.50"),
            "Alzheimer's disease": condition("G30.9"),
            "Parkinson's disease": condition("G20"),
            "Parkinson's disease, later code": condition("G20.A1"),
            "dementia, resolved": condition("52448006", SNOMED, status="resolved"),
        },
    ),
    *(
        row(name, resource, NOTHING_ELSE, comes=review("unspecific"))
        for name, resource in {
            "epilepsy": condition("G40.909"),
            "seizure": condition("91175000", SNOMED),
            "brain injury": condition("S06.0X0A"),
            "aphasia": condition("R47.01"),
            "hemiplegia": condition("G81.90"),
            "paraplegia, WHO": condition("G82.2", ICD_10),
            "schizophrenia": condition("F20.9"),
            "bipolar disorder": condition("13746004", SNOMED),
            "mild depression": condition("F32.0"),
            "mental disorder": condition("74732009", SNOMED),
        }.items()
    ),
    *(
        row(name, resource, HYPERTENSION, NOTHING_ELSE, comes=PASSES)
        for name, resource in {
            "febrile convulsions": condition("R56.00"),
            "secondary parkinsonism": condition("G21.9"),
            "facial palsy": condition("G51.0"),
        }.items()
    ),
    row("nothing of the list, nobody has said what else", HYPERTENSION, comes=review("judgement")),
    row("nothing of the list, and nothing else", HYPERTENSION, NOTHING_ELSE, comes=PASSES),
    row("something else", HYPERTENSION, attestation("NCT07120607#X01.a8", True), comes=FAILS),
    row("nothing retrieved", NOTHING_ELSE, covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), STROKE + OTHERS)
def test_nervous_system(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)
