"""4. CD7 on leukemia is >30% positive detected with flow cytometry.

30 % exactly fails; the denominator is the leukemic cells; without the method nobody knows whether the number counts.
"""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    ICD_10_PCS,
    INTERPRETATION,
    LOINC,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    cd7,
    coded,
    condition,
    observation,
    procedure,
    quantity,
    review,
    row,
    rows,
)
from results import relapse_phase

RELAPSE = condition("C91.02", onset=ago(60), recorded=ago(60))
OF_NO_DAY = condition("C91.02", onset=ago(60))
LEUKEMIA = condition("C91.00", onset=ago(61))
BREAST_CANCER = condition("C50.911", onset="2019-01-10", id="breast")
OF_BREAST = relapse_phase(ago(60), focus=[{"reference": "Condition/breast"}])
RECODED = condition("C91.02", onset=ago(900), recorded=ago(30))


def remission(on: str) -> Resource:
    return observation("97509-4", on=on, valueCodeableConcept=coded(SNOMED, "103338009"))


def interpreted(code: str) -> Resource:
    return {"interpretation": [coded(INTERPRETATION, code)]}


def between(low: float, high: float) -> dict[str, object]:
    return {"valueRange": {"low": quantity(low, "%"), "high": quantity(high, "%")}}


LIMITS = [
    *rows(FAILS, {f"{value} %": cd7(value) for value in (0, 29, 29.9, 30, "30 %", "30.0 %")}),
    *rows(PASSES, {f"{value} %": cd7(value) for value in (30.1, 31, 85, 100, "31 %")}),
    row("more than 30 %", cd7({"valueQuantity": quantity(30, "%", ">")}), comes=PASSES),
    row("at least 30 %", cd7({"valueQuantity": quantity(30, "%", ">=")}), comes=review("imprecise")),
    row("more than 29 %", cd7({"valueQuantity": quantity(29, "%", ">")}), comes=review("imprecise")),
    row("at most 30 %", cd7({"valueQuantity": quantity(30, "%", "<=")}), comes=FAILS),
    row("less than 31 %", cd7({"valueQuantity": quantity(31, "%", "<")}), comes=review("imprecise")),
    row("31 to 40 %", cd7(between(31, 40)), comes=PASSES),
    row("20 to 30 %", cd7(between(20, 30)), comes=FAILS),
    row("30 to 40 %", cd7(between(30, 40)), comes=review("imprecise")),
]

UNITS = [
    row("0.31 as a fraction", cd7(0.31, "1"), comes=PASSES),
    row("0.30 as a fraction", cd7(0.30, "1"), comes=FAILS),
    row("85 as a fraction", cd7(85, "1"), comes=review("unit")),
    row("85 without a unit", cd7(85, None), comes=review("unit")),
    row("0.85 without a unit", cd7(0.85, None), comes=review("unit")),
    row("in cells per volume", cd7(85, "/uL"), comes=review("unit")),
    row("per cent in words only", cd7({"valueQuantity": {"value": 85, "unit": "%"}}), comes=PASSES),
    row(
        "a unit in another system",
        cd7({"valueQuantity": {"value": 85, "system": "urn:local", "code": "PCT"}}),
        comes=review("unit"),
    ),
    row("a number in a string", cd7("85", "%"), comes=review("unit")),
    row("a numeric string in a Quantity", cd7({"valueQuantity": quantity("85", "%")}), comes=PASSES),
    row("101 % is none", cd7(101), comes=review("unit")),
]

WORDS = [
    row("'>30 %'", cd7(">30 %"), comes=PASSES),
    row("'> 30%'", cd7("> 30%"), comes=PASSES),
    row("'>30': of what?", cd7(">30"), comes=review("unit")),
    row("'>=30 %'", cd7(">=30 %"), comes=review("imprecise")),
    row("'≥31%'", cd7("≥31%"), comes=PASSES),
    row("'<30 %'", cd7("<30 %"), comes=FAILS),
    row("'60-70 %'", cd7("60-70 %"), comes=PASSES),
    row("'60%-70%'", cd7("60%-70%"), comes=PASSES),
    row("'25-35 %'", cd7("25-35 %"), comes=review("imprecise")),
    row("'partially 40 %'", cd7("partially 40 %"), comes=review("unusable-data")),
    row("'positive' says no percentage", cd7("positive"), comes=review("unspecific")),
]

METHODS = [
    *rows(
        PASSES,
        {
            name: cd7(85, method=method)
            for name, method in {
                "in words": "8-colour flow cytometry",
                "by its hyphen": "Flow-Cytometry",
                "short": "Flow",
                "abbreviated": "FCM",
                "multiparameter, abbreviated": "MFC",
                "in French": "cytométrie en flux",
                "in Spanish": "citometría de flujo",
                "in German": "Durchflusszytometrie",
                "in Chinese": "流式细胞术",
                "by SNOMED code": coded(SNOMED, "708058007"),
                "by LOINC code": coded(LOINC, "33719-6"),
            }.items()
        },
    ),
    row("not stated, 85 %", cd7(85, method=None), comes=review("unspecific")),
    row("not stated, 20 %: it may not be a result by flow", cd7(20, method=None), comes=review("unspecific")),
    row("words that name no method we know", cd7(85, method="in-house"), comes=review("unspecific")),
    row("such words, 20 %", cd7(20, method="in-house"), comes=review("unspecific")),
    row("immunohistochemistry does not count", cd7(85, method="Immunohistochemistry"), comes=review("unspecific")),
    row("nor where it is low", cd7(20, method="Immunohistochemistry"), comes=review("unspecific")),
    row("a word that only ends so", cd7(85, method="Overflow"), comes=review("unspecific")),
    *rows(
        review("unspecific"),
        {
            f"'{words}', {percentage} %": cd7(percentage, method=words)
            for words in ("Flow not done", "No flow", "Lateral flow assay", "Image flow")
            for percentage in (85, 20)
        },
    ),
    row("short for it, beside a low one by flow", cd7(20), cd7(85, on=ago(5), method="IHC"), comes=FAILS),
    row("nor by its code", cd7(85, code="50310-2", method=None), comes=review("unspecific")),
    row(
        "immunohistochemistry never outranks",
        cd7(20, on=ago(20)),
        cd7(90, on=ago(5), method="immunohistochemistry"),
        comes=FAILS,
    ),
    row(
        "a number by one result, the method of another",
        cd7(85, method=None, on=ago(5)),
        cd7(20, on=ago(20)),
        comes=review("unspecific"),
    ),
]

DENOMINATORS = [
    row("of blasts in the blood", cd7(code="13846-1"), comes=PASSES),
    row("of all cells in the marrow", cd7(code="35641-0"), comes=review("unspecific")),
    row("of all cells in the blood, low", cd7(5, code="8135-6"), comes=review("unspecific")),
    row("in a body fluid", cd7(code="57425-1"), comes=review("unspecific")),
    row("of all cells, beside one of blasts", cd7(5, code="8135-6", on=ago(2)), cd7(on=ago(9)), comes=PASSES),
    row("of all marrow cells, beside one of blasts", cd7(5, code="35641-0", on=ago(2)), cd7(on=ago(9)), comes=PASSES),
    row(
        "of abnormal cells, which may be the blasts, beside one of blasts",
        cd7(5, code="14969-0", on=ago(2)),
        cd7(on=ago(9)),
        comes=review("unspecific"),
    ),
]

TIMES = [
    row("years old, where nothing came between", cd7(on="2023-03-01"), comes=PASSES),
    *rows(
        PASSES,
        {
            "after an assessment says relapse": (relapse_phase(ago(60)), cd7(on=ago(59))),
            "on the day of that assessment": (relapse_phase(ago(60)), cd7(on=ago(60))),
            "before a relapse of another cancer": (BREAST_CANCER, OF_BREAST, cd7(on=ago(61))),
            "before an assessment says remission": (remission(ago(60)), cd7(on=ago(61))),
        },
    ),
    row("before an assessment says relapse", relapse_phase(ago(60)), cd7(on=ago(61)), comes=review("stale")),
    row(
        "before an assessment says relapse of who knows what",
        relapse_phase(ago(60), focus=[{"display": "the cancer"}]),
        cd7(on=ago(61)),
        comes=review("no-data", "unconfirmed"),
    ),
    row("after the relapse", RELAPSE, cd7(on=ago(59)), comes=PASSES),
    row("on the day of the relapse", RELAPSE, cd7(on=ago(60)), comes=PASSES),
    row("after a relapse that was recorded on no known day", OF_NO_DAY, cd7(on=ago(59)), comes=review("imprecise")),
    row("the same, whose leukemia is on record from before", LEUKEMIA, OF_NO_DAY, cd7(on=ago(59)), comes=PASSES),
    row("before the relapse", RELAPSE, cd7(on=ago(61)), comes=review("stale")),
    row("before the relapse, and low", RELAPSE, cd7(5, on=ago(61)), comes=review("stale")),
    row(
        "before the latest of two relapses",
        RELAPSE,
        condition("C91.02", onset=ago(30), recorded=ago(30)),
        cd7(on=ago(45)),
        comes=review("stale"),
    ),
    row(
        "before a relapse was recorded whose onset may be that of the leukemia",
        RECODED,
        cd7(on=ago(31)),
        comes=review("imprecise"),
    ),
    row("on the day on which it was recorded", RECODED, cd7(on=ago(30)), comes=PASSES),
    row("before CAR-T cells", procedure("XW033C7", ICD_10_PCS, on=ago(5)), cd7(on=ago(20)), comes=review("stale")),
    row("undated", cd7(on=None), comes=review("undated")),
    row("in the future", cd7(on=ago(-1)), comes=review("no-data")),
    row("preliminary", cd7(status="preliminary"), comes=review("unconfirmed")),
    row("cancelled", cd7(status="cancelled"), comes=review("no-data")),
    row("entered in error", cd7(status="entered-in-error"), comes=review("no-data")),
    row("never measured", comes=review("no-data")),
    row("no value", observation("13846-1", dataAbsentReason={"text": "clotted"}), comes=review("no-data")),
    row("the latest counts", cd7(85, on=ago(20)), cd7(20, on=ago(5)), comes=FAILS),
    row("one day, two answers", cd7(85, on=ago(5)), cd7(20, on=ago(5)), comes=review("conflicting-data")),
]


NEGATIVE = interpreted("NEG")
POSITIVE = interpreted("POS")
ANSWERED = {"valueString": "negative"}
SAID_POSITIVE = {"valueString": "positive"}
CALLED = [
    row("85 %, called positive", cd7(85, **POSITIVE), comes=PASSES),
    row("85 %, called negative", cd7(85, **NEGATIVE), comes=review("conflicting-data")),
    row("31 %, called negative", cd7(31, **NEGATIVE), comes=review("conflicting-data")),
    row("20 %, called negative", cd7(20, **NEGATIVE), comes=FAILS),
    row("20 %, called positive", cd7(20, **POSITIVE), comes=review("conflicting-data")),
    row(
        "85 %, and called negative since",
        cd7(85, on=ago(9)),
        cd7(ANSWERED, on=ago(5)),
        comes=review("conflicting-data"),
    ),
    row("85 %, called negative before", cd7(85, on=ago(5)), cd7(ANSWERED, on=ago(9)), comes=PASSES),
    row("20 %, called positive before", cd7(20, on=ago(5)), cd7(SAID_POSITIVE, on=ago(9)), comes=FAILS),
    row(
        "85 %, negative by a stain since",
        cd7(85, on=ago(9)),
        cd7(ANSWERED, on=ago(5), method="immunohistochemistry"),
        comes=PASSES,
    ),
    row(
        "20 %, positive by a stain since",
        cd7(20, on=ago(9)),
        cd7(SAID_POSITIVE, on=ago(5), method="immunohistochemistry"),
        comes=FAILS,
    ),
    *rows(
        review("conflicting-data"),
        {
            f"{value} %, called {first['valueString']} and then {then['valueString']} since": (
                cd7(value, on=ago(9)),
                cd7(first, on=ago(5)),
                cd7(then, on=ago(4)),
            )
            for value, first, then in ((85, ANSWERED, SAID_POSITIVE), (20, SAID_POSITIVE, ANSWERED))
        },
    ),
]


@pytest.mark.parametrize(("given", "expected"), CALLED + LIMITS + UNITS + WORDS + METHODS + DENOMINATORS + TIMES)
def test_cd7_on_leukemia(check: Check, given: Given, expected: Expected) -> None:
    check("I04", given, expected)
