"""Exclusion 9. HBV DNA, HCV RNA, HIV, syphilis. Exclusion 10. Other severe or persistent active infections.

A test that was not done clears nobody; a screening test for HIV, or one syphilis test alone, goes to a person.
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
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    POSITIVE,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    coded,
    condition,
    dose,
    medication,
    observation,
    quantity,
    review,
    row,
    rows,
)

TREPONEMAL, REAGIN = "24110-9", "20507-0"
GOOD: dict[str, Resource] = {
    "hbv": answered("29615-2", NOT_DETECTED),
    "hcv": answered("11259-9", NOT_DETECTED),
    "hiv": answered("56888-1", NEGATIVE),
    "treponemal": answered(TREPONEMAL, NEGATIVE),
    "reagin": answered(REAGIN, NEGATIVE),
}


def chart(*others: Resource, **changed: Resource | None) -> tuple[Resource, ...]:
    """All tests negative, some of them changed or left out."""
    return (*(resource for resource in (GOOD | changed).values() if resource is not None), *others)


def mentioned(visit: int, test: int = 20) -> tuple[Resource, ...]:
    """An acute hepatitis B that a visit of so many days ago mentions, and HBV DNA that was not detected."""
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "period": {"start": ago(visit), "end": ago(visit)},
        "reasonCode": [coded(ICD_10, "B16.9")],
    }
    return chart(encounter, hbv=answered("29615-2", NOT_DETECTED, on=ago(test)))


BY_MENTION = review("imprecise", "unspecific")


def aged(name: str, code: str, answer: Any, days: int) -> tuple[Resource, ...]:
    return chart(**{name: answered(code, answer, on=ago(days))})


TESTS = [
    row("all negative", *chart(), comes=PASSES),
    *rows(
        review("conflicting-data"),
        {
            "acute hepatitis B since": chart(condition("B16.9", onset=ago(5))),
            "acute hepatitis C since": chart(condition("B17.10", onset=ago(5))),
        },
    ),
    *rows(
        review("conflicting-data"),
        {
            f"acute hepatitis {virus}, more than 30 days ago, and an older test": chart(
                condition(code, onset=ago(32)), **{name: answered(test, NOT_DETECTED, on=ago(40))}
            )
            for virus, code, name, test in (("B", "B16.9", "hbv", "29615-2"), ("C", "B17.10", "hcv", "11259-9"))
        },
    ),
    row("acute hepatitis B that only a visit since the test mentions", *mentioned(5), comes=BY_MENTION),
    row("one that a visit of 89 days ago mentions, and an older test", *mentioned(89, test=90), comes=BY_MENTION),
    row("one that a visit mentions, and a newer test", *mentioned(40, test=10), comes=PASSES),
    row(
        "acute hepatitis B of which nobody says since when",
        *chart(condition("B16.9", recordedDate=ago(400))),
        comes=review("undated"),
    ),
    *rows(
        PASSES,
        {
            "acute hepatitis B, more than 30 days ago, and a newer test": chart(
                condition("B16.9", onset=ago(32)), hbv=answered("29615-2", NOT_DETECTED, on=ago(31))
            ),
            "acute hepatitis B, long over": chart(condition("B16.9", onset=ago(400), status="resolved")),
            "acute hepatitis B, never closed": chart(condition("B16.9", onset=ago(400))),
            "acute hepatitis B, refuted": chart(condition("B16.9", onset=ago(5), verified="refuted")),
            "chronic hepatitis B": chart(condition("B18.1", onset=ago(400))),
        },
    ),
    *rows(
        FAILS,
        {
            "HBV DNA detected": chart(hbv=answered("29615-2", DETECTED)),
            "HCV RNA detected": chart(hcv=answered("11259-9", DETECTED)),
            "HIV RNA detected": chart(hiv=answered("25835-0", DETECTED)),
            "HIV disease": chart(condition("B20"), hiv=None),
            "both syphilis tests positive": chart(
                treponemal=answered(TREPONEMAL, POSITIVE), reagin=answered(REAGIN, POSITIVE)
            ),
            "HBV DNA detected, nothing else tested": (answered("29615-2", DETECTED),),
        },
    ),
    *rows(
        review("no-data"),
        {f"no {name} test": chart(**{name: None}) for name in ("hbv", "hcv", "hiv")},
    ),
    *rows(
        review("judgement"),
        {
            "only the treponemal test is positive": chart(treponemal=answered(TREPONEMAL, POSITIVE)),
            "only reagin is positive": chart(reagin=answered(REAGIN, POSITIVE)),
        },
    ),
    *rows(
        review("judgement", "no-data"),
        {
            "no reagin test": chart(reagin=None),
            "no treponemal test": chart(treponemal=None),
            "only a positive treponemal test": chart(treponemal=answered(TREPONEMAL, POSITIVE), reagin=None),
            "HIV screening test reactive": chart(hiv=answered("56888-1", POSITIVE)),
            "a diagnosis of syphilis, not tested": chart(condition("A53.9"), treponemal=None, reagin=None),
        },
    ),
    row("HIV disease, and a negative test", *chart(condition("B20")), comes=review("conflicting-data")),
    row("no syphilis test", *chart(treponemal=None, reagin=None), comes=review("no-data")),
    row("a diagnosis of syphilis, both tests negative", *chart(condition("A53.9")), comes=PASSES),
    row("HBV DNA 90 days ago", *aged("hbv", "29615-2", NOT_DETECTED, 90), comes=PASSES),
    row("HBV DNA 91 days ago", *aged("hbv", "29615-2", NOT_DETECTED, 91), comes=review("stale")),
    row("HCV RNA 91 days ago", *aged("hcv", "11259-9", NOT_DETECTED, 91), comes=review("stale")),
    row("reagin 91 days ago", *aged("reagin", REAGIN, NEGATIVE, 91), comes=review("judgement", "stale")),
    row("HBV DNA below the limit of detection", *chart(hbv=observation("42595-9", valueQuantity=quantity(
        20, "[IU]/mL", "<"))), comes=review("imprecise")),
    row("HBV DNA 5000 IU/mL", *chart(hbv=observation("42595-9", valueQuantity=quantity(5000, "[IU]/mL"))), comes=FAILS),
    row("HBV DNA indeterminate", *chart(hbv=answered("29615-2", INDETERMINATE)), comes=review("unspecific")),
    row("HBsAg positive, DNA not detected", *chart(answered("5196-1", POSITIVE)), comes=PASSES),
    row("not tested", comes=review("no-data")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), TESTS)
def test_tests(check: Check, given: Given, expected: Expected) -> None:
    check("X09", given, expected)


INFECTIONS = [
    row("sepsis", condition("A41.9", onset=ago(5)), comes=FAILS),
    row("sepsis, WHO", condition("A40.9", ICD_10, onset=ago(5)), comes=FAILS),
    row("sepsis 30 days ago", condition("A41.9", onset=ago(30)), comes=FAILS),
    row("sepsis 31 days ago, never closed", condition("A41.9", onset=ago(31)), comes=review("stale")),
    row("sepsis resolved", condition("A41.9", onset=ago(5), status="resolved"), comes=PASSES),
    row("pneumonia", condition("J18.9", onset=ago(5)), comes=review("unspecific")),
    row("bacteremia", condition("5758002", SNOMED, onset=ago(5)), comes=review("unspecific")),
    row("a systemic antibacterial", HYPERTENSION, medication("J01DH02", began=ago(5)), comes=review("unspecific")),
    row("an antifungal", HYPERTENSION, medication("J02AC03", began=ago(5)), comes=review("unspecific")),
    row("an antiviral", HYPERTENSION, medication("J05AB11", began=ago(5)), comes=review("unspecific")),
    row(
        "an antibacterial that has ended", HYPERTENSION, medication("J01DH02", began=ago(9), ended=ago(2)), comes=PASSES
    ),
    row("a dose of one 30 days ago", HYPERTENSION, dose("J01DH02", ago(30)), comes=review("unspecific")),
    row("a dose of one 31 days ago", HYPERTENSION, dose("J01DH02", ago(31)), comes=review("stale", "unspecific")),
    row("taken for years", HYPERTENSION, medication("J01DH02", began=ago(900)), comes=review("unspecific")),
    row("a vaccine is none", HYPERTENSION, medication("J07BB02", began=ago(5)), comes=PASSES),
    row(
        "sepsis and an antibacterial",
        condition("A41.9", onset=ago(5)),
        medication("J01DH02", began=ago(5)),
        comes=FAILS,
    ),
    row("pneumonia resolved", condition("J18.9", onset=ago(5), status="resolved"), comes=PASSES),
    row("nothing on record", HYPERTENSION, comes=PASSES),
    row("nothing retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), INFECTIONS)
def test_infections(check: Check, given: Given, expected: Expected) -> None:
    check("X10", given, expected)
