"""Lymphocytes and performance status at screening; heart, kidneys, liver and infections before the infusion."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    condition,
    dose,
    lvef,
    medication,
    observation,
    person,
    quantity,
    review,
    row,
    rows,
)
from results import ecog, karnofsky, lansky, limited
from tables import INFECTIONS


def lymphocytes(value: float, unit: str | None = "10*9/L", *, code: str = "731-0", **more: Any) -> Resource:
    return observation(code, valueQuantity=quantity(value, unit), **more)


COUNTS = [
    *rows(
        PASSES,
        {
            "0.5": lymphocytes(0.5),
            "0.5 thousand a microlitre": lymphocytes(0.5, "10*3/uL"),
            "500 a microlitre": lymphocytes(500, "/uL"),
            "500 cells a microlitre": lymphocytes(500, "{cells}/uL"),
            "0.5 giga a litre": lymphocytes(0.5, "G/L"),
            "a unit whose superscript was lost": lymphocytes(0.5, "109/L"),
            "by flow cytometry": lymphocytes(0.5, code="30364-4"),
            "30 days ago": lymphocytes(0.5, on=ago(30)),
        },
    ),
    *rows(FAILS, {"0.49": lymphocytes(0.49), "499 a microlitre": lymphocytes(499, "/uL")}),
    row("without a unit", lymphocytes(500, None), comes=review("unit")),
    row("ten thousands whose superscript was lost", lymphocytes(0.06, "104/uL"), comes=review("unit")),
    row("a percentage", lymphocytes(40, "%", code="736-9"), comes=review("no-data")),
    row("31 days ago", lymphocytes(0.5, on=ago(31)), comes=review("stale")),
    row("not counted", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), COUNTS)
def test_lymphocytes(check: Check, given: Given, expected: Expected) -> None:
    check("I05", Given((ecog(1), *given.resources)), expected)


NOT_SO = attestation("NCT07476027#I05.a3", False, on=ago(10))
SCORES = [
    row("ECOG 0", ecog(0), comes=PASSES),
    row("ECOG 1", ecog(1), comes=PASSES),
    row("Lansky 80", lansky(80), comes=PASSES),
    row("Karnofsky 80", karnofsky(80), comes=PASSES),
    row("ECOG 2 and Lansky 70", ecog(2), lansky(70), comes=FAILS),
    row("ECOG 2 and Karnofsky 79", ecog(2), karnofsky(79), comes=FAILS),
    row("ECOG 2 and Karnofsky 10, the least of the living", ecog(2), karnofsky(10), comes=FAILS),
    row("ECOG 2 and Karnofsky 9", ecog(2), karnofsky(9), comes=review("no-data", "unit")),
    row("ECOG 2 and Karnofsky 0, of somebody who lives", ecog(2), karnofsky(0), comes=review("no-data", "unit")),
    row(
        "ECOG 2 and Karnofsky 0.8, a fraction",
        ecog(2),
        observation("89243-0", on=ago(5), valueQuantity=quantity(0.8, "1")),
        comes=review("no-data", "unit"),
    ),
    row("ECOG 2", ecog(2), comes=review("no-data")),
    row("Lansky 70", lansky(70), comes=review("no-data")),
    *rows(
        review("conflicting-data", "no-data"),
        {
            "Lansky 90 since it was answered, Karnofsky 70 before": (
                lansky(90, ago(5)),
                karnofsky(70, ago(20)),
                NOT_SO,
            ),
            "Lansky 90 before it was answered": (lansky(90, ago(20)), NOT_SO),
        },
    ),
    row("Lansky 90 since it was answered", lansky(90, ago(5)), NOT_SO, comes=PASSES),
    row("ECOG 1, Lansky 70 newer", ecog(1, ago(9)), lansky(70), comes=review("judgement")),
    row("ECOG 1, Lansky 70 of that day", ecog(1), lansky(70), comes=review("judgement")),
    row("ECOG 1 newer, Lansky 70", ecog(1), lansky(70, ago(9)), comes=PASSES),
    row("ECOG 2 newer, Lansky 90", ecog(2), lansky(90, ago(9)), comes=review("judgement")),
    row("ECOG 2, Lansky 90 newer", ecog(2, ago(9)), lansky(90), comes=PASSES),
    row(
        "Lansky 90, Karnofsky 70 newer", lansky(90, ago(9)), karnofsky(70), comes=review("conflicting-data", "no-data")
    ),
    row("Lansky 70, Karnofsky 90 newer", lansky(70, ago(9)), karnofsky(90), comes=PASSES),
    row("30 days ago", lansky(80, ago(30)), comes=PASSES),
    row("31 days ago", lansky(80, ago(31)), comes=review("no-data", "stale")),
    row("ECOG 1 and 2 on one day, 31 days ago", ecog(1, ago(31)), ecog(2, ago(31)), comes=review("no-data", "stale")),
    row("none", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), SCORES)
def test_performance_status(check: Check, given: Given, expected: Expected) -> None:
    check("I05", Given((lymphocytes(1), *given.resources)), expected)


# --- the infusion -----------------------------------------------------------------------------------------------------

HEART = [
    row("45 %", lvef(45), comes=PASSES),
    row("44.9 %", lvef(44.9), comes=FAILS),
    row("0.45 as a fraction", lvef(0.45, "1"), comes=PASSES),
    row("0.45 without a unit", lvef(0.45, None), comes=review("unit")),
    row("by magnetic resonance", lvef(45, code="8811-2"), comes=PASSES),
    row("low by magnetic resonance, newer", lvef(60, on=ago(20)), lvef(40, code="8811-2", on=ago(5)), comes=FAILS),
    row("45-50 %", lvef("45-50 %"), comes=PASSES),
    row("90 days ago", lvef(60, on=ago(90)), comes=PASSES),
    row("91 days ago", lvef(60, on=ago(91)), comes=review("stale")),
    row("not measured", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), HEART)
def test_heart(check: Check, given: Given, expected: Expected) -> None:
    check("F02", given, expected)


def aged(low: int, high: int, limit: float) -> Resource:
    """A reference range for these ages in years."""
    return {"age": {"low": quantity(low, "a"), "high": quantity(high, "a")}, "high": quantity(limit, "mg/dL")}


CHILD = person(born="2020-05-04")
KIDNEYS = [
    row("1.5 x", limited("creatinine", 0.9), comes=PASSES),
    row("1.51 x", limited("creatinine", 0.906), comes=FAILS),
    row("in umol/L", limited("creatinine", 79, limit=53, unit="umol/L"), comes=PASSES),
    row("too high in umol/L", limited("creatinine", 80, limit=53, unit="umol/L"), comes=FAILS),
    row(
        "by the range of the child's age",
        limited("creatinine", 0.9, referenceRange=[aged(2, 9, 0.5), aged(18, 99, 1.2)]),
        comes=FAILS,
    ),
    row(
        "and not too high for it",
        limited("creatinine", 0.75, referenceRange=[aged(2, 9, 0.5), aged(18, 99, 1.2)]),
        comes=PASSES,
    ),
    row(
        "only a range of adults",
        limited("creatinine", 0.9, referenceRange=[aged(18, 99, 1.2)]),
        comes=review("no-reference-range"),
    ),
    row("no range", limited("creatinine", 0.5, referenceRange=[]), comes=review("no-reference-range")),
    row("in urine", observation("2161-8", valueQuantity=quantity(50, "mg/dL")), comes=review("no-data")),
    row("31 days ago", limited("creatinine", 0.5, on=ago(31)), comes=review("stale")),
    row("not measured", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), KIDNEYS)
def test_kidneys(check: Check, given: Given, expected: Expected) -> None:
    check("F03", Given(given.resources, patient=CHILD), expected)


def test_a_range_without_an_age_is_assumed_for_a_child(screen: Screen) -> None:
    assumed = screen(Given((limited("creatinine", 0.9),), patient=CHILD)).criterion("F03").assumptions
    assert any("names no age" in sentence for sentence in assumed)
    aged_range = limited("creatinine", 0.6, referenceRange=[aged(2, 9, 0.5)])
    assert not screen(Given((aged_range,), patient=CHILD)).criterion("F03").assumptions


def livers(**changed: Resource | None) -> tuple[Resource, ...]:
    """Each at its limit, some of them changed or left out."""
    good = {"bilirubin": limited("bilirubin", 3.6), "alt": limited("alt", 120), "ast": limited("ast", 120)}
    return tuple(resource for resource in (good | changed).values() if resource is not None)


BY_INFILTRATION, NOT_BY_IT = (attestation("NCT07476027#F04.a4", answer) for answer in (True, False))
LIVERS = [
    row("each at its limit", *livers(), comes=PASSES),
    row("bilirubin above", *livers(bilirubin=limited("bilirubin", 3.612)), comes=review("judgement")),
    row("ALT above", *livers(alt=limited("alt", 120.4)), comes=review("judgement")),
    row("AST above", *livers(ast=limited("ast", 120.4)), comes=review("judgement")),
    row("AST above, by infiltration", *livers(ast=limited("ast", 120.4)), BY_INFILTRATION, comes=PASSES),
    row("AST above, not by infiltration", *livers(ast=limited("ast", 120.4)), NOT_BY_IT, comes=FAILS),
    row("no ALT", *livers(alt=None), comes=review("judgement", "no-data")),
    row(
        "no range", *livers(alt=limited("alt", 20, referenceRange=[])), comes=review("judgement", "no-reference-range")
    ),
]


@pytest.mark.parametrize(("given", "expected"), LIVERS)
def test_liver(check: Check, given: Given, expected: Expected) -> None:
    check("F04", given, expected)


TREATED_INFECTIONS = [
    row(
        "attested that there is none",
        condition("A41.9", onset=ago(3)),
        attestation("NCT07476027#F05", True),
        comes=PASSES,
    ),
    row(
        "attested that there is one",
        condition("A41.9", onset=ago(3)),
        attestation("NCT07476027#F05.a1", False),
        comes=FAILS,
    ),
    row("a systemic antibacterial", HYPERTENSION, medication("J01DH02", began=ago(3)), comes=review("unspecific")),
    row(
        "attested that an anti-infective is taken",
        HYPERTENSION,
        attestation("NCT07476027#F05.anti-infective", True),
        comes=review("unspecific"),
    ),
    row("a dose of one 30 days ago", HYPERTENSION, dose("J01DH02", ago(30)), comes=review("unspecific")),
    row("a dose of one 31 days ago", HYPERTENSION, dose("J01DH02", ago(31)), comes=review("stale", "unspecific")),
    row("taken for years", HYPERTENSION, medication("J01DH02", began=ago(900)), comes=review("unspecific")),
    row("a systemic antifungal", HYPERTENSION, medication("J02AC03", began=ago(3)), comes=review("unspecific")),
    row(
        "an antibacterial in the past",
        HYPERTENSION,
        medication("J01DH02", began=ago(90), ended=ago(80), status="completed"),
        comes=PASSES,
    ),
    row("a drug against nothing of it", HYPERTENSION, medication("A10BA02", began=ago(3)), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), [*INFECTIONS, *TREATED_INFECTIONS])
def test_infection_before_the_infusion(check: Check, given: Given, expected: Expected) -> None:
    check("F05", given, expected)


def test_the_stages(screen: Screen) -> None:
    """The infusion's arm has the criteria of screening too; at screening those of the infusion do not count."""
    result = screen(Given((lvef(30),), patient=CHILD, covers=UNVOUCHED)).result
    screening, infusion = result.arms
    assert (screening.stage, infusion.stage) == ("screening", "infusion")
    assert "F02" not in screening.limiting
    assert infusion.limiting == ("F02",)
