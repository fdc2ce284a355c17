"""Exclusion 6. Patients with HIV infection.

A diagnosis or a detected nucleic acid decides, however old; a reactive antibody or antigen test is a screening test and
goes to a person; a negative one speaks for 90 days; without any test a person must look.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    FAILS,
    HYPERTENSION,
    ICD_10,
    INDETERMINATE,
    INTERPRETATION,
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    coded,
    condition,
    described,
    observation,
    review,
    row,
    rows,
)

COMBINED, RNA, STATUS = "56888-1", "25835-0", "55277-8"
NON_REACTIVE = answered(COMBINED, NEGATIVE)


def screening(answer: tuple[str, str], **more: Any) -> Resource:
    """HIV 1+2 antibody and p24 antigen, ten days ago."""
    return answered(COMBINED, answer, **more)


CASES = [
    row("nothing", comes=review("no-data")),
    row("other diagnoses only", HYPERTENSION, comes=review("no-data")),
    *rows(
        FAILS,
        {
            "HIV disease": condition("B20"),
            "asymptomatic": condition("Z21"),
            "WHO": condition("B22.7", ICD_10),
            "SNOMED": condition("86406008", SNOMED),
            "inactive on paper": condition("B20", status="inactive"),
            "no clinical status": condition("B20", status=None),
            "RNA detected": answered(RNA, DETECTED),
            "RNA detected years ago": answered(RNA, DETECTED, on="2019-05-01"),
            "diagnosis and RNA": (condition("B20"), answered(RNA, DETECTED)),
        },
    ),
    *rows(
        PASSES,
        {
            "negative": NON_REACTIVE,
            "non-reactive, only interpreted": observation(COMBINED, interpretation=[coded(INTERPRETATION, "NR")]),
            "'non-reactive'": observation(COMBINED, valueString="Non-reactive"),
            "negative 90 days ago": screening(NEGATIVE, on=ago(90)),
            "negative, and RNA not detected": (NON_REACTIVE, answered(RNA, NOT_DETECTED)),
            "exposure is no infection": (
                condition("Z20.6", text="Contact with and (suspected) exposure to HIV", onset=ago(200)),
                NON_REACTIVE,
            ),
            "screening for it is none either": (
                condition("Z11.4", text="Encounter for screening for HIV", onset=ago(20)),
                NON_REACTIVE,
            ),
            "cytomegalovirus (B25) is not HIV": (condition("B25.9", onset=ago(200)), NON_REACTIVE),
            "refuted": (condition("B20", verified="refuted"), NON_REACTIVE),
        },
    ),
    row("negative 91 days ago", screening(NEGATIVE, on=ago(91)), comes=review("no-data", "stale")),
    row("negative, undated", screening(NEGATIVE, on=None), comes=review("no-data", "undated")),
    row("negative, preliminary", screening(NEGATIVE, status="preliminary"), comes=review("no-data", "unconfirmed")),
    row("negative, cancelled", screening(NEGATIVE, status="cancelled"), comes=review("no-data")),
    row("inconclusive", screening(INDETERMINATE), comes=review("no-data", "unspecific")),
    row("reactive", screening(POSITIVE), comes=review("judgement", "no-data")),
    row(
        "reactive years ago, negative now",
        screening(POSITIVE, on="2019-05-01"),
        NON_REACTIVE,
        comes=review("judgement", "no-data"),
    ),
    row("reactive, and RNA detected", screening(POSITIVE), answered(RNA, DETECTED), comes=FAILS),
    row(
        "reactive, and RNA not detected",
        screening(POSITIVE),
        answered(RNA, NOT_DETECTED),
        comes=review("judgement", "no-data"),
    ),
    row(
        "RNA not detected alone: so it is under treatment, too",
        answered(RNA, NOT_DETECTED),
        comes=review("no-data", "unspecific"),
    ),
    row("diagnosis, RNA not detected under treatment", condition("B20"), answered(RNA, NOT_DETECTED), comes=FAILS),
    row("diagnosis, but the antibodies are negative", condition("B20"), NON_REACTIVE, comes=review("conflicting-data")),
    *rows(
        review("judgement", "no-data", "unspecific"),
        {
            "status positive, which names no test": answered(STATUS, POSITIVE),
            "status positive, as SNOMED says it": answered(STATUS, (SNOMED, "165816005")),
            "status positive, in words": observation(STATUS, valueString="HIV positive"),
            "status positive years ago": answered(STATUS, POSITIVE, on="2019-05-01"),
        },
    ),
    row(
        "status positive, tested negative",
        answered(STATUS, POSITIVE, on="2019-05-01"),
        NON_REACTIVE,
        comes=review("judgement", "no-data"),
    ),
    *rows(
        review("no-data", "unspecific"),
        {
            "status negative clears nobody": answered(STATUS, NEGATIVE),
            "status negative, as SNOMED says it": answered(STATUS, (SNOMED, "165815009")),
            "status negative, in words": observation(STATUS, valueString="HIV negative"),
            "status negative, in other words": observation(STATUS, valueString="not HIV positive"),
        },
    ),
    row("status negative, and tested negative", answered(STATUS, NEGATIVE), NON_REACTIVE, comes=PASSES),
    row(
        "status inconclusive, and tested negative",
        answered(STATUS, INDETERMINATE),
        NON_REACTIVE,
        comes=review("no-data", "unspecific"),
    ),
    row("inconclusive evidence", condition("R75"), comes=review("no-data", "unspecific")),
    row("inconclusive evidence, negative now", condition("R75"), NON_REACTIVE, comes=review("no-data", "unspecific")),
    row("provisional", condition("B20", verified="provisional"), NON_REACTIVE, comes=review("no-data", "unconfirmed")),
    row("only words", described("HIV infection"), NON_REACTIVE, comes=review("no-data", "unusable-data")),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_hiv_infection(check: Check, given: Given, expected: Expected) -> None:
    check("X06", given, expected)
