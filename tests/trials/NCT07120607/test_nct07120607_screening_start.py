"""Exclusions 3 and 15 count back "prior to screening": from the as-of date, or from the day on which screening began.

Where that day is given (`screening-start`) and earlier, what lies within either count, or since, excludes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10_CM,
    PASSES,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    condition,
    medication,
    procedure,
    review,
    row,
    rows,
    vaccination,
)

from trialsieve.rules.vocabulary import Kind


def began(day: str) -> dict[str, Any]:
    return {"anchors": {"screening-start": date.fromisoformat(day)}, "covers": frozenset(Kind)}


EARLIER, TODAY, LATER = began("2026-11-05"), began("2026-11-20"), began("2026-11-21")
NOT_SAID = {"covers": frozenset(Kind)}

VACCINATIONS = [
    row("20 days before screening began, 35 days ago", vaccination(ago(35)), comes=FAILS, **EARLIER),
    row("then, and nobody said when it began", vaccination(ago(35)), comes=PASSES, **NOT_SAID),
    row("on the first of the 28 days", vaccination("2026-10-08"), comes=FAILS, **EARLIER),
    row("the day before", vaccination("2026-10-07"), comes=PASSES, **EARLIER),
    row("the day after", vaccination("2026-10-09"), comes=FAILS, **EARLIER),
    row("the day before screening began", vaccination("2026-11-04"), comes=FAILS, **EARLIER),
    row("that day", vaccination("2026-11-05"), comes=FAILS, **EARLIER),
    row("since", vaccination("2026-11-06"), comes=FAILS, **EARLIER),
    row("today", vaccination(ago(0)), comes=FAILS, **EARLIER),
    row("in October", vaccination("2026-10"), comes=review("imprecise"), **EARLIER),
    row("in September", vaccination("2026-09"), comes=PASSES, **EARLIER),
    row("some day of November", vaccination("2026-11"), comes=FAILS, **EARLIER),
    row("undated", vaccination(None), comes=review("undated"), **EARLIER),
    *(
        each
        for name, asked in (("begins today", TODAY), ("begins later", LATER))
        for each in (
            row(f"four weeks ago, and screening {name}", vaccination("2026-10-23"), comes=FAILS, **asked),
            row(f"a day earlier, and screening {name}", vaccination("2026-10-22"), comes=PASSES, **asked),
            row(f"in October, and screening {name}", vaccination("2026-10"), comes=review("imprecise"), **asked),
        )
    ),
]
OPERATIONS = [
    row("on the first of the 28 days", procedure("80146002", on="2026-10-08"), comes=review("unspecific"), **EARLIER),
    row("the day before", procedure("80146002", on="2026-10-07"), comes=PASSES, **EARLIER),
    row("in October", procedure("80146002", on="2026-10"), comes=review("imprecise", "unspecific"), **EARLIER),
    row("then, and nobody said when screening began", procedure("80146002", on="2026-10-08"), comes=PASSES, **NOT_SAID),
]


@pytest.mark.parametrize(("given", "expected"), [*VACCINATIONS, *OPERATIONS])
def test_vaccination_or_surgery(check: Check, given: Given, expected: Expected) -> None:
    check("X15", given, expected)


def test_the_day_from_which_it_is_counted_is_told(screen: Screen) -> None:
    criterion = screen(Given((vaccination("2026-10-08"),), **EARLIER)).criterion("X15")
    assert criterion.explanation.endswith(
        "2026-10-08. Assumed: Its window of 4 weeks is counted back from screening-start, 2026-11-05."
    )


@pytest.mark.parametrize(
    ("circumstances", "on", "day"),
    [
        (NOT_SAID, "2026-11-05", "2026-12-04"),
        (EARLIER, "2026-11-05", None),
        (EARLIER, "2026-10-08", None),
        (TODAY, "2026-10-23", None),
        (LATER, "2026-10-23", "2026-11-21"),
        (began("2026-12-03"), "2026-11-05", None),
        (began("2026-12-04"), "2026-11-05", "2026-12-04"),
    ],
)
def test_from_a_day_that_is_given_it_never_leaves_the_four_weeks(
    screen: Screen, circumstances: dict[str, Any], on: str, day: str | None
) -> None:
    criterion = screen(Given((vaccination(on),), **circumstances)).criterion("X15")
    assert (criterion.effect.value, criterion.changes_on) == ("fail", day)
    if day is not None:
        then = date.fromisoformat(day)
        for as_of, effect in ((then - timedelta(days=1), "fail"), (then, "pass")):
            assert (
                screen(Given((vaccination(on),), as_of=as_of, **circumstances)).criterion("X15").effect.value == effect
            )


COVERED = (HYPERTENSION, procedure("80146002", on="2019-03-01"), attestation("NCT07120607#X03.a14", False))
FIRST, BEFORE = "2026-05-05", "2026-05-04"  # six calendar months before screening began
PICC = procedure("425196008", on="2026-04-01")


def event(code: str, on: str | None) -> Resource:
    return condition(code, ICD_10_CM, onset=on, status="resolved")


EVENTS = [
    *rows(
        FAILS,
        {
            "infarction on the first day of the six months": (event("I21.4", FIRST), *COVERED),
            "infarction between that and six months ago": (event("I21.4", "2026-05-12"), *COVERED),
            "leg vein thrombosis": (event("I82.401", FIRST), *COVERED),
        },
        **EARLIER,
    ),
    *rows(
        PASSES,
        {
            "infarction the day before": (event("I21.4", BEFORE), *COVERED),
            "leg vein thrombosis the day before": (event("I82.401", BEFORE), *COVERED),
            "thrombosis of a device the day before": (event("T82.868A", BEFORE), *COVERED),
        },
        **EARLIER,
    ),
    row("infarction in that month", event("I21.4", "2026-05"), *COVERED, comes=review("imprecise"), **EARLIER),
    row("infarction, and nobody said when screening began", event("I21.4", FIRST), *COVERED, comes=PASSES),
    row("infarction, and screening begins today", event("I21.4", "2026-05-19"), *COVERED, comes=PASSES, **TODAY),
    row("infarction, and screening begins later", event("I21.4", "2026-05-20"), *COVERED, comes=FAILS, **LATER),
    row("a rhythm, medicated since", event("I47.20", FIRST), medication("C01BD01", began=ago(50), ended=ago(20)),
        *COVERED, comes=FAILS, **EARLIER),
    row("a rhythm, medicated then alone", event("I47.20", FIRST), medication("C01BD01", began=FIRST, ended=FIRST),
        *COVERED, comes=review("no-data", "unspecific"), **EARLIER),
    row("leg vein thrombosis and a PICC", event("I82.401", FIRST), PICC, *COVERED, comes=review("judgement"),
        **EARLIER),
    row("leg vein thrombosis and thrombosis of a device", event("I82.401", FIRST), event("T82.868A", FIRST), *COVERED,
        comes=review("unspecific"), **EARLIER),
    row("portal vein thrombosis, leg vein thrombosis and a PICC", event("I81", FIRST), event("I82.401", FIRST), PICC,
        *COVERED, comes=review("judgement"), **EARLIER),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), EVENTS)
def test_events(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


STROKES = [
    row("six months before screening began", event("I63.9", FIRST), HYPERTENSION, comes=FAILS, **EARLIER),
    row("the day before", event("I63.9", BEFORE), HYPERTENSION, comes=review("judgement"), **EARLIER),
    row("then, and nobody said when it began", event("I63.9", FIRST), HYPERTENSION, comes=review("judgement")),
]


@pytest.mark.parametrize(("given", "expected"), STROKES)
def test_a_recent_stroke_is_what_exclusion_3_calls_one(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)
