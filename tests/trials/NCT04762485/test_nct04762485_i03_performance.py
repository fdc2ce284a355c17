"""3. Eastern Cooperative Oncology Group (ECOG) score 0-2. A missing score goes to a person; currency 30 days."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    LOINC,
    PASSES,
    SNOMED,
    UCUM,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    coded,
    condition,
    observation,
    quantity,
    review,
    row,
    rows,
)

GERMAN_GRADES = (
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/"
    "mii-cs-onko-allgemeiner-leistungszustand-ecog"
)


def ecog(score: int | None = 1, **more: Any) -> Resource:
    value = {} if score is None else {"valueInteger": score}
    return observation("89247-1", **(value | more))


def ecog_quantity(value: Any, unit: str | None = None, comparator: str | None = None) -> Resource:
    return observation("89247-1", valueQuantity=quantity(value, unit, comparator))


def ecog_words(text: str) -> Resource:
    return observation("89247-1", valueString=text)


def ecog_range(low: int, high: int) -> Resource:
    return observation("89247-1", valueRange={"low": quantity(low, "{score}"), "high": quantity(high, "{score}")})


LIMITS = [
    *rows(PASSES, {f"ECOG {score}": ecog(score) for score in (0, 1, 2)}),
    *rows(FAILS, {f"ECOG {score}": ecog(score) for score in (3, 4, 5)}),
    *rows(
        PASSES,
        {
            "SNOMED code": observation("423740007", system=SNOMED, valueInteger=1),
            "Germany's profile": observation(
                "423740007", system=SNOMED, valueCodeableConcept=coded(GERMAN_GRADES, "2", "Gehfähig")
            ),
            "its LOINC code": observation("89262-0", valueInteger=2),
        },
    ),
    row(
        "Germany's profile, grade 3",
        observation("423740007", system=SNOMED, valueCodeableConcept=coded(GERMAN_GRADES, "3")),
        comes=FAILS,
    ),
    row(
        "its grade against LOINC's answer",
        observation(
            "423740007",
            system=SNOMED,
            valueCodeableConcept={
                "coding": [{"system": GERMAN_GRADES, "code": "3"}, {"system": LOINC, "code": "LA9623-5"}]
            },
        ),
        comes=review("unusable-data"),
    ),
    row("6 is no ECOG score", ecog(6), comes=review("unit")),
    row("-1 is no ECOG score", ecog(-1), comes=review("unit")),
    row("no score lies between 2 and 3", ecog_quantity(2.5, "{score}"), comes=review("unit")),
    row("nor between 1 and 2", ecog_quantity(1.5, "{score}"), comes=review("unit")),
    row("nor in words", ecog_words("ECOG 1.5"), comes=review("unusable-data")),
    row("a score written with a decimal is that score", ecog_quantity("2.0", "{score}"), comes=PASSES),
    row("between two scores", ecog_range(1, 2), comes=PASSES),
    row("across the limit", ecog_range(2, 3), comes=review("imprecise")),
    row("beyond the limit", ecog_range(3, 4), comes=FAILS),
    row("less than 3: a decimal would be across", ecog_quantity(3, "{score}", "<"), comes=review("imprecise")),
    row("more than 2", ecog_quantity(2, "{score}", ">"), comes=FAILS),
    row("at least 2", ecog_quantity(2, "{score}", ">="), comes=review("imprecise")),
]

SHAPES = [
    *rows(
        PASSES,
        {
            "mCODE: an integer and its interpretation": ecog(1, interpretation=[coded(LOINC, "LA9623-5")]),
            "LOINC answer": observation("89247-1", valueCodeableConcept=coded(LOINC, "LA9622-7")),
            "SNOMED finding": observation("89247-1", valueCodeableConcept=coded(SNOMED, "422512005")),
            "interpretation alone": ecog(None, interpretation=[coded(LOINC, "LA9624-3")]),
            "STU3: interpretation that is no list": ecog(1, interpretation=coded(LOINC, "LA9623-5")),
            "Quantity in {score}": ecog_quantity(1, "{score}"),
            "Quantity without a unit: a score has none": ecog_quantity(1),
            "Quantity in 1": ecog_quantity(1, "1"),
            "Quantity whose number is a string": ecog_quantity("1", "{score}"),
            "'ECOG 1'": ecog_words("ECOG 1"),
            "'PS 1'": ecog_words("PS 1"),
            "'1'": ecog_words("1"),
            "'0-1': every member passes": ecog_words("0-1"),
            "'1-2'": ecog_words("1-2"),
            "the older LOINC code": observation("42800-3", valueInteger=1),
            "a component of a panel": {
                **observation("77579-1"),
                "component": [{"code": coded(LOINC, "89247-1"), "valueInteger": 1}],
            },
        },
    ),
    *rows(
        FAILS,
        {
            "LOINC answer 3": observation("89247-1", valueCodeableConcept=coded(LOINC, "LA9625-0")),
            "SNOMED finding grade 4": observation("89247-1", valueCodeableConcept=coded(SNOMED, "423237006")),
            "'ECOG 3'": ecog_words("ECOG 3"),
            "'3-4'": ecog_words("3-4"),
        },
    ),
    row("'2-3': across the limit", ecog_words("2-3"), comes=review("imprecise")),
    row(
        "an integer and another interpretation",
        ecog(1, interpretation=[coded(LOINC, "LA9625-0")]),
        comes=review("unusable-data"),
    ),
    row("a score in kilograms", ecog_quantity(1, "kg"), comes=review("unit")),
    row("words that hold another number", ecog_words("Karnofsky 90"), comes=review("unusable-data")),
    row("a number that is no number", ecog_quantity("one", "{score}"), comes=review("no-data", "unusable-data")),
    row("Karnofsky is another scale", observation("89243-0", valueInteger=90), comes=review("no-data")),
    row(
        "a code for the scale as such",
        observation("273437007", system=SNOMED, valueInteger=1),
        comes=review("unspecific"),
    ),
    row("no value, with the reason", ecog(None, dataAbsentReason={"text": "not asked"}), comes=review("no-data")),
]

CODES = [
    *rows(
        PASSES,
        {
            name: observation("89247-1", system=system, valueInteger=1)
            for name, system in {
                "LOINC as an OID": "urn:oid:2.16.840.1.113883.6.1",
                "LOINC as a bare OID": "2.16.840.1.113883.6.1",
                "LOINC by https": "https://loinc.org",
                "LOINC with a slash": "http://loinc.org/",
            }.items()
        },
    ),
    row(
        "a local code beside the LOINC code",
        {**ecog(1), "code": {"coding": [{"system": "urn:local", "code": "PS"}, {"system": LOINC, "code": "89247-1"}]}},
        comes=PASSES,
    ),
    row(
        "a local code alone, whose words name it",
        {**observation("x"), "code": coded("urn:local", "PS", "ECOG performance status"), "valueInteger": 1},
        comes=review("no-data", "unusable-data"),
    ),
    row("the code without its system", observation("89247-1", system="", valueInteger=1), comes=review("no-data")),
    row("the code in another system", observation("89247-1", system=UCUM, valueInteger=1), comes=review("no-data")),
    row("no score at all", comes=review("no-data")),
]

STATUSES = [
    *rows(PASSES, {word: ecog(1, status=word) for word in ("final", "amended", "corrected")}),
    *rows(review("unconfirmed"), {word: ecog(1, status=word) for word in ("preliminary", "registered", "unknown")}),
    row("no status", ecog(1, status=None), comes=review("unconfirmed")),
    *rows(review("no-data"), {word: ecog(1, status=word) for word in ("cancelled", "entered-in-error")}),
    row(
        "a newer preliminary one that says otherwise",
        ecog(1, on=ago(9)),
        ecog(3, on=ago(2), status="preliminary"),
        comes=review("unconfirmed"),
    ),
    row(
        "a newer preliminary one that says the same",
        ecog(1, on=ago(9)),
        ecog(2, on=ago(2), status="preliminary"),
        comes=PASSES,
    ),
    row(
        "an older preliminary one that says otherwise",
        ecog(1, on=ago(2)),
        ecog(3, on=ago(9), status="preliminary"),
        comes=PASSES,
    ),
    row("a newer one cancelled", ecog(1, on=ago(9)), ecog(3, on=ago(2), status="cancelled"), comes=PASSES),
]

DATES = [
    row("today", ecog(on=ago(0)), comes=PASSES),
    row("30 days ago", ecog(on=ago(30)), comes=PASSES),
    row("31 days ago", ecog(on=ago(31)), comes=review("stale")),
    row("tomorrow does not count", ecog(on=ago(-1)), comes=review("no-data")),
    row("this month", ecog(on="2026-11"), comes=PASSES),
    row("last month: across the edge", ecog(on="2026-10"), comes=review("imprecise")),
    row("September: surely before the edge", ecog(on="2026-09"), comes=review("stale")),
    row("this year", ecog(on="2026"), comes=review("imprecise")),
    row("undated", ecog(on=None), comes=review("undated")),
    row("a date that is none", ecog(on="20.11.2026"), comes=review("no-data", "unusable-data")),
    row("a time with a zone", ecog(on="2026-11-10T08:30:00+08:00"), comes=PASSES),
    row("an instant", ecog(on=None, effectiveInstant="2026-11-10T08:30:00Z"), comes=PASSES),
    row(
        "a period inside",
        ecog(on=None, effectivePeriod={"start": ago(20), "end": ago(10)}),
        comes=PASSES,
    ),
    row(
        "a period across the edge",
        ecog(on=None, effectivePeriod={"start": ago(40), "end": ago(10)}),
        comes=review("imprecise"),
    ),
    row("a schedule of one day", ecog(on=None, effectiveTiming={"event": [ago(3)]}), comes=PASSES),
    row(
        "a schedule of several", ecog(on=None, effectiveTiming={"event": [ago(40), ago(3)]}), comes=review("imprecise")
    ),
    row(
        "a schedule of no day",
        ecog(on=None, effectiveTiming={"repeat": {"frequency": 1}}),
        comes=review("no-data", "unusable-data"),
    ),
    row("only issued: no later than that", ecog(on=None, issued=f"{ago(3)}T10:00:00Z"), comes=review("imprecise")),
    row("only issued, long ago", ecog(on=None, issued=f"{ago(90)}T10:00:00Z"), comes=review("stale")),
]

SEVERAL = [
    row("the latest counts: it passes", ecog(3, on=ago(9)), ecog(1, on=ago(2)), comes=PASSES),
    row("the latest counts: it fails", ecog(1, on=ago(9)), ecog(3, on=ago(2)), comes=FAILS),
    row("one day, two answers", ecog(1, on=ago(2)), ecog(3, on=ago(2)), comes=review("conflicting-data")),
    row(
        "one day, by the hour",
        ecog(3, on=f"{ago(2)}T08:00:00Z"),
        ecog(1, on=f"{ago(2)}T17:00:00Z"),
        comes=PASSES,
    ),
    row("one day, the same answer", ecog(1, on=ago(2)), ecog(2, on=ago(2)), comes=PASSES),
    row(
        "this month may be later than the 9th",
        ecog(1, on=ago(9)),
        ecog(3, on="2026-11"),
        comes=review("conflicting-data"),
    ),
    row("an undated one never outranks a dated one", ecog(1, on=ago(9)), ecog(3, on=None), comes=PASSES),
    row("nor does one dated in the future", ecog(1, on=ago(9)), ecog(3, on=ago(-3)), comes=PASSES),
    row("one without a value never outranks", ecog(1, on=ago(9)), ecog(None, on=ago(2)), comes=PASSES),
]

FINDINGS = [
    row(
        "the finding as a Condition of this month",
        condition("422512005", SNOMED, recorded=ago(5)),
        comes=PASSES,
    ),
]


@pytest.mark.parametrize(("given", "expected"), LIMITS + SHAPES + CODES + STATUSES + DATES + SEVERAL + FINDINGS)
def test_ecog(check: Check, given: Given, expected: Expected) -> None:
    check("I03", given, expected)
