"""Exclusion 8. Patients with myo-infarction or severe arrythmia in the recent 6 months.

Calendar months back from the as-of date, that day included. No code says "severe": ventricular tachyarrhythmia, cardiac
arrest and complete block decide; atrial fibrillation, flutter and lesser rhythms only raise the question.
"""

from __future__ import annotations

from datetime import date
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
    condition,
    described,
    quantity,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind

EDGE, BEFORE = "2026-05-20", "2026-05-19"


def event(code: str, system: str = ICD_10_CM, **more: Any) -> Resource:
    """Two months ago, resolved since."""
    return condition(code, system, **({"onset": ago(60), "status": "resolved"} | more))


def infarction(**more: Any) -> Resource:
    return event("I21.4", **more)


def tachycardia(**more: Any) -> Resource:
    """Of January, resolved since."""
    return event("I47.20", **({"onset": "2026-01-01"} | more))


INFARCTION = [
    *rows(
        FAILS,
        {
            "two months ago": infarction(),
            "today": infarction(onset=ago(0)),
            "on the day six months ago": infarction(onset=EDGE),
            "still active": infarction(status="active"),
            "no clinical status": infarction(status=None),
            "SNOMED": event("22298006", SNOMED),
            "WHO": event("I21.9", ICD_10),
            "subsequent (I22)": event("I22.0"),
            "type 2 (I21.A1)": event("I21.A1"),
            "without the dot": event("I214"),
            "in June": infarction(onset="2026-06"),
            "over days in the window": infarction(onset=None, onsetPeriod={"start": ago(60), "end": ago(58)}),
        },
    ),
    *rows(
        PASSES,
        {
            "the day before": infarction(onset=BEFORE),
            "years ago": infarction(onset="2019"),
            "at 30 years of age": infarction(onset=None, onsetAge=quantity(30, "a")),
            "recorded before the window": infarction(onset=None, recorded=BEFORE),
            "angina (I20)": event("I20.9"),
            "old infarction, recorded years ago": condition("I25.2", recorded="2019-01-01"),
            "chronic ischemic disease (I25.10)": event("I25.10"),
            "refuted": infarction(verified="refuted"),
            "in the future": infarction(onset=ago(-1)),
            "another diagnosis": HYPERTENSION,
            "only words that name something else": described("Hypertension"),
        },
    ),
    row(
        "a SNOMED code that no list holds, whose words name it",
        event("401303003", SNOMED, text="Acute ST segment elevation myocardial infarction"),
        comes=review("unspecific"),
    ),
    row("a complication of one (I23.3)", event("I23.3"), comes=review("unspecific")),
    row("in May", infarction(onset="2026-05"), comes=review("imprecise")),
    row("this year", infarction(onset="2026"), comes=review("imprecise")),
    row("of next year, and recorded lately", infarction(onset=ago(-355), recorded=ago(10)), comes=review("imprecise")),
    row("of next year, and recorded long ago", infarction(onset=ago(-355), recorded=ago(300)), comes=PASSES),
    row("of next year, and never recorded", infarction(onset=ago(-355)), comes=PASSES),
    row(
        "refuted since",
        infarction(recorded=ago(9)),
        infarction(recorded=ago(3), verified="refuted"),
        comes=review("conflicting-data"),
    ),
    row("undated", infarction(onset=None), comes=review("undated")),
    row("undated, recorded lately", infarction(onset=None, recorded=ago(5)), comes=review("undated")),
    row("onset in words", infarction(onset=None, onsetString="last spring"), comes=review("undated")),
    row("old infarction without a date", condition("I25.2"), comes=review("undated")),
    row("old infarction, recorded lately", condition("I25.2", recorded=ago(5)), comes=review("undated")),
    row("provisional", infarction(verified="provisional"), comes=review("unconfirmed")),
    row("provisional, long ago", infarction(verified="provisional", onset="2019"), comes=PASSES),
    row("one long ago, one in the window", infarction(onset="2019"), infarction(), comes=FAILS),
]

ARRHYTHMIA = [
    *rows(
        review("unspecific"),
        {
            "arrhythmia of no stated kind": event("I49.9"),
            "arrhythmia of no stated kind, WHO": event("I49.9", ICD_10),
            "re-entry ventricular arrhythmia": event("I47.0"),
            "AV block of no stated degree": event("I44.30"),
            "arrest during surgery": event("I97.711"),
        },
    ),
    *rows(
        FAILS,
        {
            "ventricular tachycardia": event("I47.20"),
            "ventricular tachycardia, WHO": event("I47.2", ICD_10),
            "ventricular fibrillation": event("I49.01"),
            "torsades de pointes": event("I47.21"),
            "cardiac arrest": event("I46.9"),
            "cardiac arrest, SNOMED": event("410429000", SNOMED),
            "complete block": event("I44.2"),
            "on the day six months ago": event("I47.20", onset=EDGE),
        },
    ),
    *rows(
        PASSES,
        {
            "ventricular tachycardia, over the day before": event("I47.20", onset=BEFORE, abatementDateTime=BEFORE),
            "ventricular tachycardia that ended the day before": tachycardia(abatementDateTime=BEFORE),
            "in remission the day before": tachycardia(status="remission", abatementDateTime=BEFORE),
            "ended the day before, its status missing": tachycardia(status=None, abatementDateTime=BEFORE),
            "complete block years ago, gone the year after": event("I44.2", onset="2019", abatementDateTime="2020"),
            "fibrillation years ago, gone the year after": event("I48.91", onset="2019", abatementDateTime="2020"),
            "supraventricular tachycardia (I47.1)": event("I47.10"),
            "premature beats (I49.3)": event("I49.3"),
            "Wenckebach block": event("54016002", SNOMED),
            "first-degree block (I44.0)": event("I44.0"),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "atrial fibrillation": event("I48.91", status="active"),
            "atrial flutter": event("5370000", SNOMED),
            "second-degree block": event("I44.1"),
            "non-sustained ventricular tachycardia": event("444658006", SNOMED),
        },
    ),
    row(
        "complete block for years, still active",
        event("I44.2", onset="2019", status="active"),
        comes=review("judgement"),
    ),
    row(
        "complete block for years, its status missing",
        event("I44.2", onset="2019", status=None),
        comes=review("judgement"),
    ),
    row(
        "fibrillation for years, still active",
        event("I48.91", onset="2019", status="active"),
        comes=review("judgement", "unspecific"),
    ),
    *rows(
        review("judgement"),
        {
            "ventricular tachycardia that ended last week": tachycardia(abatementDateTime=ago(7)),
            "in remission since last week": tachycardia(status="remission", abatementDateTime=ago(7)),
            "still called active, and ended last week": tachycardia(status="active", abatementDateTime=ago(7)),
            "ended last week, its status missing": tachycardia(status=None, abatementDateTime=ago(7)),
            "ended on the first day that counts": tachycardia(abatementDateTime=EDGE),
            "ended in May": tachycardia(abatementDateTime="2026-05"),
            "ended over days that reach into the window": tachycardia(abatementPeriod={"start": BEFORE, "end": EDGE}),
            "resolved on an unknown day": tachycardia(),
            "in remission since an unknown day": tachycardia(status="remission"),
            "ended, in words": tachycardia(abatementString="after ablation"),
            "complete block years ago, gone on an unknown day": event("I44.2", onset="2019"),
        },
    ),
    row(
        "fibrillation that ended last week",
        event("I48.91", onset="2019", abatementDateTime=ago(7)),
        comes=review("judgement", "unspecific"),
    ),
    row("history of cardiac arrest without a date", condition("Z86.74"), comes=review("undated")),
    row("fibrillation and an infarction", event("I48.91"), infarction(), comes=FAILS),
]

COVERAGE = [
    row("only words", described("Myocardial infarction"), comes=review("unusable-data")),
    row("only words, in Chinese", described("心肌梗死"), comes=review("unusable-data")),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=PASSES),
    row("nothing is presumed absent", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
]

CALENDAR = [
    row(
        "six months before 31 August is 28 February",
        infarction(onset="2026-02-28"),
        as_of=date(2026, 8, 31),
        comes=FAILS,
    ),
    row("the day before", infarction(onset="2026-02-27"), as_of=date(2026, 8, 31), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), INFARCTION + ARRHYTHMIA + COVERAGE + CALENDAR)
def test_infarction_or_severe_arrhythmia(check: Check, given: Given, expected: Expected) -> None:
    check("X08", given, expected)
