"""CD7 by flow cytometry, Karnofsky or Lansky ≥ 60, hemoglobin ≥ 70 g/L (twice), 2-70 years, oxygen saturation 90 %
(comparator lost), bilirubin ≤ 3 and transaminases ≤ 5 x ULN; life expectancy and consent are a person's.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10_PCS,
    INTERPRETATION,
    LOINC,
    NEGATIVE,
    PARACETAMOL,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    answered,
    attestation,
    coded,
    condition,
    observation,
    person,
    procedure,
    quantity,
    review,
    row,
    rows,
)
from results import karnofsky, lansky, limited

# --- I02 --------------------------------------------------------------------------------------------------------------

FLOW: Resource = {"method": {"text": "Flow cytometry"}}


def expression(answer: tuple[str, str] = POSITIVE, *, code: str = "13846-1", **more: Any) -> Resource:
    return answered(code, answer, **({"on": ago(20)} | FLOW | more))


EXPRESSION = [
    row("positive by flow cytometry", expression(), comes=PASSES),
    row("negative by flow cytometry", expression(NEGATIVE), comes=FAILS),
    row(
        "85 %, interpreted as positive",
        observation("13846-1", valueQuantity=quantity(85, "%"), interpretation=[coded(INTERPRETATION, "POS")], **FLOW),
        comes=PASSES,
    ),
    *rows(
        review("unspecific"),
        {
            "only a percentage": observation("13846-1", valueQuantity=quantity(85, "%"), **FLOW),
            "a method that is not stated": expression(method=None),
            "negative, by a method that is not stated": expression(NEGATIVE, method=None),
            "immunohistochemistry in method": expression(method={"text": "Immunohistochemistry"}),
            "immunohistochemistry by its code": expression(code="50310-2", method=None),
            "negative by immunohistochemistry": expression(NEGATIVE, code="50310-2", method=None),
            "of all cells, not of the blasts": expression(code="35641-0"),
        },
    ),
    row(
        "attested not to be by flow cytometry",
        expression(),
        attestation("SENL-T7#I02.by-flow", False),
        comes=review("unspecific"),
    ),
    row("long ago", expression(on=ago(900)), comes=PASSES),
    row(
        "before the relapse",
        expression(on=ago(90)),
        condition("C91.02", onset=ago(30), recorded=ago(30)),
        comes=review("stale"),
    ),
    row(
        "since the relapse", expression(on=ago(30)), condition("C91.02", onset=ago(90), recorded=ago(90)), comes=PASSES
    ),
    row(
        "before a CAR-T therapy",
        expression(on=ago(90)),
        procedure("XW033C7", ICD_10_PCS, on=ago(30)),
        comes=review("stale"),
    ),
    row("the latest counts", expression(on=ago(90)), expression(NEGATIVE), comes=FAILS),
    row(
        "newer immunohistochemistry never outranks",
        expression(),
        expression(NEGATIVE, code="50310-2", method=None, on=ago(5)),
        comes=PASSES,
    ),
    row("it has become positive", expression(NEGATIVE, on=ago(90)), expression(), comes=PASSES),
    row(
        "a newer one by an unstated method",
        expression(),
        expression(on=ago(5), method=None),
        comes=review("unspecific"),
    ),
    row("an older one by an unstated method", expression(), expression(on=ago(90), method=None), comes=PASSES),
    row("preliminary", expression(status="preliminary"), comes=review("unconfirmed")),
    row("undated", expression(on=None), comes=review("undated")),
    row("not tested", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), EXPRESSION)
def test_cd7(check: Check, given: Given, expected: Expected) -> None:
    check("I02", given, expected)


# --- I04 --------------------------------------------------------------------------------------------------------------

SCORES = [
    row("Karnofsky 60", karnofsky(60), comes=PASSES),
    row("Lansky 60", lansky(60), comes=PASSES),
    row("both 50", karnofsky(50), lansky(50), comes=FAILS),
    row("Karnofsky 59, and no Lansky", karnofsky(59), comes=review("no-data")),
    row("Karnofsky 60, 30 days ago", karnofsky(60, ago(30)), comes=PASSES),
    row("Karnofsky 60, 31 days ago", karnofsky(60, ago(31)), comes=review("no-data", "stale")),
    *rows(
        review("no-data", "stale"),
        {
            f"{name} 60 and 50 on one day, 31 days ago": (scale(60, ago(31)), scale(50, ago(31)))
            for name, scale in (("Karnofsky", karnofsky), ("Lansky", lansky))
        },
    ),
    row("Karnofsky 50, Lansky 60 newer", karnofsky(50, ago(9)), lansky(60), comes=PASSES),
    row("Karnofsky 60 newer, Lansky 50", karnofsky(60), lansky(50, ago(9)), comes=PASSES),
    row("Karnofsky 80, Lansky 50 newer", karnofsky(80, ago(9)), lansky(50), comes=review("judgement")),
    row("Karnofsky 50 newer, Lansky 80", karnofsky(50), lansky(80, ago(9)), comes=review("judgement")),
    row("Karnofsky 80, Lansky 50 of that day", karnofsky(80), lansky(50), comes=review("judgement")),
    row("Karnofsky 80, Lansky 60 newer", karnofsky(80, ago(9)), lansky(60), comes=PASSES),
    row("only ECOG", observation("89247-1", valueInteger=1), comes=review("no-data")),
    row("nothing", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), SCORES)
def test_performance_status(check: Check, given: Given, expected: Expected) -> None:
    check("I04", given, expected)


# --- I05, I08 ---------------------------------------------------------------------------------------------------------


def hemoglobin(value: float, unit: str | None = "g/L", *, code: str = "718-7", **more: Any) -> Resource:
    return observation(code, valueQuantity=quantity(value, unit, more.pop("comparator", None)), **more)


HEMOGLOBIN = [
    *rows(
        PASSES,
        {
            "70 g/L": hemoglobin(70),
            "7.0 g/dL": hemoglobin(7, "g/dL"),
            "4.5 mmol/L": hemoglobin(4.5, "mmol/L", code="59260-0"),
            "30 days ago": hemoglobin(90, on=ago(30)),
            "after a transfusion": (
                hemoglobin(60, on=ago(9)),
                procedure("5447007", on=ago(5)),
                hemoglobin(80, on=ago(4)),
            ),
        },
    ),
    *rows(
        FAILS,
        {
            "69.9 g/L": hemoglobin(69.9),
            "6.9 g/dL": hemoglobin(6.9, "g/dL"),
            "4.3 mmol/L": hemoglobin(4.3, "mmol/L", code="59260-0"),
            "less than 70 g/L": hemoglobin(70, comparator="<"),
        },
    ),
    row("7.0 without a unit", hemoglobin(7, None), comes=review("unit")),
    row("7.0 g/L is none", hemoglobin(7), comes=review("unit")),
    row("at most 70 g/L", hemoglobin(70, comparator="<="), comes=review("imprecise")),
    row("31 days ago", hemoglobin(90, on=ago(31)), comes=review("stale")),
    row("HbA1c is another", hemoglobin(70, code="4548-4"), comes=review("no-data")),
    row("nothing", comes=review("no-data")),
]


@pytest.mark.parametrize("criterion", ["I05", "I08"])
@pytest.mark.parametrize(("given", "expected"), HEMOGLOBIN)
def test_hemoglobin_in_both_sentences(check: Check, criterion: str, given: Given, expected: Expected) -> None:
    check(criterion, given, expected)


# --- I06 --------------------------------------------------------------------------------------------------------------

AGES = [
    row("the day before the 2nd birthday", patient=person(born="2024-11-21"), comes=FAILS),
    row("the 2nd birthday", patient=person(born="2024-11-20"), comes=PASSES),
    row("the day before the 71st birthday", patient=person(born="1955-11-21"), comes=PASSES),
    row("the 71st birthday", patient=person(born="1955-11-20"), comes=FAILS),
    row("born this month two years ago", patient=person(born="2024-11"), comes=review("imprecise")),
    row("only a year within the limits", patient=person(born="1990"), comes=PASSES),
    row("only the year 1955", patient=person(born="1955"), comes=review("imprecise")),
    row("not stated", patient=person(born=None), comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), AGES)
def test_age(check: Check, given: Given, expected: Expected) -> None:
    check("I06", given, expected)


# --- I07 --------------------------------------------------------------------------------------------------------------

PROCEDURE = procedure("73761001", on=ago(60))  # with it, a diagnosis and a drug, the record covers what oxygen could be
OXYGEN = "57485005"
FLOW_OF_OXYGEN: Resource = {"code": coded(LOINC, "3151-8"), "valueQuantity": quantity(2, "L/min")}


def saturation(value: Any = 97, unit: str = "%", *, code: str = "59408-5", **more: Any) -> Resource:
    stated = quantity(value, unit, more.pop("comparator", None))
    return observation(code, valueQuantity=stated, **({"on": ago(3)} | more))


def named(words: str, value: Any = 97) -> Resource:
    """Whose code has these words beside it."""
    return {**saturation(value), "code": {**coded(LOINC, "59408-5"), "text": words}}


def breathing(*resources: Resource) -> tuple[Resource, ...]:
    return (HYPERTENSION, PROCEDURE, PARACETAMOL, *resources)


def ventilated(code: str, words: str | None) -> Resource:
    """Something done from the day before the saturation until the day after it."""
    named = {"code": {**coded(SNOMED, code), "text": words}} if words else {}
    return {**procedure(code), **named, "performedPeriod": {"start": ago(4), "end": ago(2)}}


SATURATION = [
    *rows(
        PASSES,
        {
            "91 %": breathing(saturation(91)),
            "90.1 %": breathing(saturation(90.1)),
            "0.97 as a fraction": breathing(saturation(0.97, "1")),
            "on room air": saturation(code="59410-1"),
            "arterial": breathing(saturation(code="2708-6")),
            "14 days ago": breathing(saturation(on=ago(14))),
            "oxygen last month": breathing(procedure(OXYGEN, on=ago(30)), saturation()),
            "more than 90 %": breathing(saturation(90, comparator=">")),
        },
    ),
    *rows(FAILS, {"89.9 %": breathing(saturation(89.9)), "89 %": breathing(saturation(89))}),
    row("90 %", *breathing(saturation(90)), comes=review("registry-error")),
    row("at least 90 %", *breathing(saturation(90, comparator=">=")), comes=review("imprecise")),
    row("15 days ago", *breathing(saturation(on=ago(15))), comes=review("stale")),
    row("90 %, 15 days ago", *breathing(saturation(90, on=ago(15))), comes=review("stale")),
    row(
        "at least 85 %, 15 days ago",
        *breathing(saturation(85, comparator=">=", on=ago(15))),
        comes=review("stale"),
    ),
    row("undated", *breathing(saturation(on=None)), comes=review("undated")),
    row(
        "82 % in blood since",
        *breathing(saturation(98, code="59410-1"), saturation(82, code="20564-1", on=ago(1))),
        comes=review("unspecific"),
    ),
    row(
        "82 % in blood before",
        *breathing(saturation(98, code="59410-1"), saturation(82, code="20564-1", on=ago(4))),
        comes=PASSES,
    ),
    row(
        "94 % in blood since",
        *breathing(saturation(98, code="59410-1"), saturation(94, code="20564-1", on=ago(1))),
        comes=PASSES,
    ),
    row("with a flow of oxygen", *breathing(saturation(component=[FLOW_OF_OXYGEN])), comes=review("judgement")),
    row("89 % with it", *breathing(saturation(89, component=[FLOW_OF_OXYGEN])), comes=review("judgement")),
    row(
        "oxygen at some time of that day",
        *breathing(procedure(OXYGEN, on=ago(3)), saturation()),
        comes=review("imprecise", "no-data"),
    ),
    *[
        row(
            f"ventilated since the day before: {words or code}",
            *breathing(ventilated(code, words), saturation()),
            comes=comes,
        )
        for code, words, comes in (
            ("40617009", None, review("imprecise", "no-data", "unspecific")),
            ("1258985005", None, review("imprecise", "no-data", "unspecific")),
            ("428311008", None, review("imprecise", "no-data", "unspecific")),
            ("999000009", "Mechanical ventilation via tracheostomy", review("no-data", "unusable-data")),
            ("1336169000", None, review("imprecise", "no-data")),
            ("999000009", "Ventilation perfusion scan", PASSES),
            ("47545007", "Continuous positive airway pressure", PASSES),
        )
    ],
    *[
        row(f"called {words}", *breathing(named(words)), comes=comes)
        for words, comes in (
            ("SpO2 on 2 L nasal cannula", review("judgement")),
            ("SpO2 (nasal prongs, 2 L/min)", review("judgement")),
            ("SpO2 unter Sauerstoffgabe", review("judgement")),
            ("SpO2 without supplemental oxygen", PASSES),
            ("SpO2", PASSES),
        )
    ],
    row("89 % with oxygen, by its words", *breathing(named("SpO2, nasal cannula", 89)), comes=review("judgement")),
    row("ventilated last month", *breathing(procedure("40617009", on=ago(30)), saturation()), comes=PASSES),
    row("after exercise", *breathing(saturation(code="89276-0")), comes=review("no-data")),
    row("nothing", *breathing(), comes=review("no-data")),
    row("attested in its stead", *breathing(attestation("SENL-T7#I07.a1", True)), comes=PASSES),
    row(
        "90 %, and attested",
        *breathing(saturation(90), attestation("SENL-T7#I07.a1", True)),
        comes=review("registry-error"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), SATURATION)
def test_oxygen_saturation(check: Check, given: Given, expected: Expected) -> None:
    check("I07", given, expected)


# --- I09 --------------------------------------------------------------------------------------------------------------

MOST = {"bilirubin": 3.6, "ast": 200, "alt": 200}


def livers(**changed: Resource | None) -> tuple[Resource, ...]:
    """Each at its limit, some of them changed or left out."""
    good = {analyte: limited(analyte, most) for analyte, most in MOST.items()}
    return tuple(resource for resource in (good | changed).values() if resource is not None)


LIVERS = [
    row("each at its limit", *livers(), comes=PASSES),
    row("bilirubin 3.01 x", *livers(bilirubin=limited("bilirubin", 3.612)), comes=FAILS),
    row("AST 5.01 x", *livers(ast=limited("ast", 200.4)), comes=FAILS),
    row("ALT 5.01 x", *livers(alt=limited("alt", 200.4)), comes=FAILS),
    row("bilirubin in umol/L", *livers(bilirubin=limited("bilirubin", 60, limit=20, unit="umol/L")), comes=PASSES),
    row(
        "bilirubin too high in umol/L",
        *livers(bilirubin=limited("bilirubin", 61, limit=20, unit="umol/L")),
        comes=FAILS,
    ),
    row("ALT without a range", *livers(alt=limited("alt", 30, referenceRange=[])), comes=review("no-reference-range")),
    row("no AST", *livers(ast=None), comes=review("no-data")),
    row("an old ALT", *livers(alt=limited("alt", 30, on=ago(31))), comes=review("stale")),
]


@pytest.mark.parametrize(("given", "expected"), LIVERS)
def test_liver(check: Check, given: Given, expected: Expected) -> None:
    check("I09", given, expected)


# --- a person's -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", ["I03", "I10", "X14"])
def test_only_a_person_can_say(check: Check, criterion: str) -> None:
    excludes = criterion.startswith("X")
    check(criterion, Given((observation("59284-0", valueString="signed"),)), review("judgement"))
    for answer in (True, False):
        expected = PASSES if answer is not excludes else FAILS
        check(criterion, Given((attestation(f"SENL-T7#{criterion}", answer),)), expected)


def test_the_best_verdict_lists_what_waits_for_a_person(screen: Screen) -> None:
    (arm,) = screen(Given(breathing(saturation(90)))).result.arms
    assert {"I03", "I10", "X14"} <= set(arm.open.judgement)
    assert "I07" in arm.open.registry


@pytest.mark.parametrize("resources", [(), breathing(saturation(on=ago(15))), breathing(saturation(90, on=ago(15)))])
def test_a_saturation_that_is_missing_or_too_old_waits_for_a_measurement(
    screen: Screen, resources: tuple[Resource, ...]
) -> None:
    (arm,) = screen(Given(resources)).result.arms
    assert "I07" in arm.open.data
    assert "I07" not in arm.open.registry
