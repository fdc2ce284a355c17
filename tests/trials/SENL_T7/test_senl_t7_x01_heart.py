"""Cardiac criteria: any of them excludes; none is cleared without an echocardiogram within 12 months of treatment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    condition,
    lvef,
    observation,
    quantity,
    review,
    row,
    rows,
)
from results import nyha

YEAR_AGO, DAY_BEFORE = "2025-11-20", "2025-11-19"


def shortening(value: float, unit: str | None = "%", *, code: str = "29435-5", **more: Any) -> Resource:
    return observation(code, valueQuantity=quantity(value, unit, more.pop("comparator", None)), **more)


def qtc(value: float, high: float | None = 450, **more: Any) -> Resource:
    ranges: Resource = {} if high is None else {"referenceRange": [{"high": quantity(high, "ms")}]}
    return observation("8636-3", valueQuantity=quantity(value, "ms"), **ranges, **more)


CLASS_I = nyha("LA28404-4")
ECHO = lvef(60, on=ago(60))


def heart(*resources: Resource, echo: Resource | None = ECHO, functional: Resource | None = None) -> tuple[Any, ...]:
    """Class I and a normal echocardiogram of two months ago, and what else is on record."""
    return (HYPERTENSION, functional or CLASS_I, *((echo,) if echo else ()), *resources)


OTHER_METHODS = {"magnetic resonance": "8811-2", "nuclear blood pool": "8812-0", "angiography": "8808-8"}


def in_house(value: float, **more: Any) -> Resource:
    """A fraction by a method in words that say nothing we know."""
    return lvef(value, code="10230-1", method={"text": "in-house"}, **more)


def shortening_by(method: str, **more: Any) -> Resource:
    """A shortening fraction of 35 %, not by echocardiography."""
    return shortening(**({"value": 35} | more), code="18051-3", method={"text": method}, on=ago(5))


ALL_NORMAL = row("all normal", *heart(), comes=PASSES)

RHYTHMS = [
    row("atrial fibrillation", *heart(condition("I48.91", onset=ago(90))), comes=FAILS),
    row("atrial flutter, SNOMED", *heart(condition("5370000", SNOMED, onset=ago(900))), comes=FAILS),
    row("atrial fibrillation without an echocardiogram", condition("I48.91"), comes=FAILS),
    *rows(
        review("judgement"),
        {
            "resolved": heart(condition("I48.91", status="resolved")),
            "inactive": heart(condition("I48.91", status="inactive")),
            "ended": heart(condition("I48.91", status=None, abatementDateTime=ago(90))),
        },
    ),
    row("long QT syndrome", *heart(condition("I45.81")), comes=review("judgement")),
    row(
        "not long QT for the investigator",
        *heart(condition("I45.81"), attestation("SENL-T7#X01.a4", False)),
        comes=PASSES,
    ),
    row(
        "long QT for the investigator too",
        *heart(condition("I45.81"), attestation("SENL-T7#X01.a4", True)),
        comes=FAILS,
    ),
    row(
        "long QT, resolved, and the investigator would exclude it",
        *heart(condition("I45.81", status="resolved"), attestation("SENL-T7#X01.a4", True)),
        comes=review("judgement"),
    ),
    row("a long QTc that has become normal", *heart(qtc(480, on=ago(9)), qtc(430, on=ago(5))), comes=PASSES),
    row(
        "a normal QTc that has become long", *heart(qtc(430, on=ago(9)), qtc(480, on=ago(5))), comes=review("judgement")
    ),
    row("a normal QTc", *heart(qtc(450)), comes=PASSES),
    row("a long QTc", *heart(qtc(451)), comes=review("judgement")),
    row("a QTc without a range", *heart(qtc(430, None)), comes=review("judgement", "no-reference-range")),
    row("an uncorrected QT", *heart(observation("8634-8", valueQuantity=quantity(600, "ms"))), comes=PASSES),
    row("infarction on the day a year ago", *heart(condition("I21.4", onset=YEAR_AGO)), comes=FAILS),
    row("infarction a day earlier", *heart(condition("I21.4", onset=DAY_BEFORE)), comes=PASSES),
    row("infarction in the month of the edge", *heart(condition("I21.4", onset="2025-11")), comes=review("imprecise")),
    row("infarction without a date", *heart(condition("I21.4")), comes=review("undated")),
    row("an old infarction", *heart(condition("I25.2")), comes=review("undated")),
    row("an old infarction, recorded long ago", *heart(condition("I25.2", recorded="2020-01-01")), comes=PASSES),
    row("infarction, SNOMED", *heart(condition("22298006", SNOMED, onset=ago(90))), comes=FAILS),
    row("tamponade 29 days ago", *heart(condition("I31.4", onset=ago(29))), comes=FAILS),
    row("tamponade 30 days ago", *heart(condition("I31.4", onset=ago(30))), comes=FAILS),
    row("tamponade 31 days ago, never closed", *heart(condition("I31.4", onset=ago(31))), comes=review("stale")),
    row("tamponade, no clinical status", *heart(condition("I31.4", onset=ago(5), status=None)), comes=review("stale")),
    row("tamponade without a date", *heart(condition("I31.4")), comes=review("undated")),
    row("effusion of unstated size", *heart(condition("I31.39", onset=ago(5))), comes=review("unspecific")),
    row("tamponade, resolved", *heart(condition("I31.4", status="resolved")), comes=review("judgement")),
    row("tamponade, in remission", *heart(condition("I31.4", status="remission")), comes=review("judgement")),
    row(
        "tamponade, ended",
        *heart(condition("I31.4", status=None, abatementDateTime="2020-01-01")),
        comes=review("judgement"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), [ALL_NORMAL, *RHYTHMS])
def test_diagnoses(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


FRACTIONS = [
    row("LVEF 50 %", *heart(echo=lvef(50)), comes=PASSES),
    row("LVEF 49.9 %", *heart(echo=lvef(49.9)), comes=FAILS),
    row("LVEF 49 %, its day not known", *heart(echo=lvef(49, on="2026-09")), comes=FAILS),
    row("LVEF 60 %, its day not known", *heart(echo=lvef(60, on="2026-09")), comes=PASSES),
    row("LVEF 0.49 as a fraction", *heart(echo=lvef(0.49, "1")), comes=FAILS),
    row("a shortening fraction of 30 %", *heart(shortening(30)), comes=PASSES),
    row("a shortening fraction of 29.9 %", *heart(shortening(29.9)), comes=FAILS),
    row("0.29 as a fraction", *heart(shortening(0.29, "1")), comes=FAILS),
    row("29 % and no LVEF", *heart(shortening(29), echo=None), comes=FAILS),
    row("less than 5 %", *heart(shortening(5, comparator="<")), comes=FAILS),
    row(
        "less than 5 %, and attested to be more",
        *heart(shortening(5, comparator="<")),
        *(attestation(f"SENL-T7#X01.{atom}", True) for atom in ("shortening", "shortening-in-time")),
        comes=review("conflicting-data", "no-data"),
    ),
    row(
        "less than 5 %, and more before", *heart(shortening(5, comparator="<"), shortening(35, on=ago(60))), comes=FAILS
    ),
    *rows(
        review("judgement"),
        {f"a newer low one by {name}": heart(lvef(30, code=code, on=ago(5))) for name, code in OTHER_METHODS.items()},
    ),
    row("a newer normal one by magnetic resonance", *heart(lvef(55, code="8811-2", on=ago(5))), comes=PASSES),
    row("an older low one by magnetic resonance", *heart(lvef(30, code="8811-2", on=ago(61))), comes=PASSES),
    row(
        "one of that day by magnetic resonance",
        *heart(lvef(30, code="8811-2", on=ago(60))),
        comes=review("conflicting-data"),
    ),
    row(
        "low, and a newer normal one by magnetic resonance",
        *heart(shortening(35), lvef(55, code="8811-2", on=ago(5)), echo=lvef(45, on=ago(60))),
        comes=review("judgement"),
    ),
    row(
        "low, and so is a newer one by magnetic resonance",
        *heart(lvef(40, code="8811-2", on=ago(5)), echo=lvef(45, on=ago(60))),
        comes=FAILS,
    ),
    *rows(
        review("no-data", "unspecific"),
        {f"only by {name}": heart(echo=lvef(60, code=code)) for name, code in OTHER_METHODS.items()},
    ),
    row("29 % of a year ago", *heart(shortening(29, on=YEAR_AGO)), comes=FAILS),
    row(
        "29 % by magnetic resonance",
        *heart(shortening(29, code="18051-3", method={"text": "Cardiac MRI"})),
        comes=review("unspecific"),
    ),
    row("30 % and no LVEF", *heart(shortening(30), echo=None), comes=review("no-data")),
    row("LVEF by magnetic resonance", *heart(echo=lvef(60, code="8811-2")), comes=review("no-data", "unspecific")),
    row("low by magnetic resonance", *heart(echo=lvef(30, code="8811-2")), comes=review("no-data", "unspecific")),
    *rows(
        review("no-data", "unspecific"),
        {
            f"by {name} a day more than a year ago": heart(echo=lvef(60, code=code, on=DAY_BEFORE))
            for name, code in OTHER_METHODS.items()
        },
    ),
    row("a method nobody knows", *heart(echo=in_house(60)), comes=review("no-data", "unspecific")),
    row("a low fraction by a method nobody knows", *heart(echo=in_house(30)), comes=review("no-data", "unspecific")),
    row("an older one by a method nobody knows", *heart(in_house(60, on=ago(90))), comes=PASSES),
    *rows(
        review("unspecific"),
        {
            f"attested not to be by echocardiography, for {atom}": heart(attestation(f"SENL-T7#X01.{atom}", False))
            for atom in ("fraction-by-echocardiography", "by-echocardiography")
        },
    ),
    row("a method that is not stated", *heart(echo=lvef(60, code="10230-1")), comes=PASSES),
    row("on the day a year ago", *heart(echo=lvef(60, on=YEAR_AGO)), comes=PASSES),
    row("low on the day a year ago", *heart(echo=lvef(49, on=YEAR_AGO)), comes=FAILS),
    row("a day earlier", *heart(echo=lvef(60, on=DAY_BEFORE)), comes=review("no-data", "stale")),
    row("low a day earlier", *heart(echo=lvef(49, on=DAY_BEFORE)), comes=review("no-data", "stale")),
    row("in the month of the edge", *heart(echo=lvef(60, on="2025-11")), comes=review("imprecise", "no-data")),
    row(
        "without a unit, a day earlier",
        *heart(echo=lvef(0.6, None, on=DAY_BEFORE)),
        comes=review("no-data", "stale"),
    ),
    row("an older one without a unit", *heart(lvef(0.6, None, on=ago(90))), comes=PASSES),
    row("low, and an older one without a unit", *heart(lvef(0.6, None, on=ago(90)), echo=lvef(45)), comes=FAILS),
    row(
        "a low one by magnetic resonance, its day not known",
        *heart(lvef(30, code="8811-2", on="2026-09")),
        comes=review("imprecise"),
    ),
    row(
        "an older shortening fraction in the month of the edge",
        *heart(shortening(35, on="2025-11"), shortening(35, on=ago(60))),
        comes=PASSES,
    ),
    row("undated", *heart(echo=lvef(60, on=None)), comes=review("no-data", "undated")),
    row("no echocardiogram", *heart(echo=None), comes=review("no-data")),
    row("the latest counts", *heart(lvef(45, on=ago(200))), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), FRACTIONS)
def test_echocardiogram(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


def test_an_assumed_shortening_fraction_is_said(check: Check) -> None:
    answer = check("X01", Given(heart()), PASSES)
    assert (
        "where none is reported, an LVEF of at least 50 % is assumed to rule it out"
        in answer.criterion("X01").explanation
    )


def test_an_unstated_method_is_said(check: Check) -> None:
    answer = check("X01", Given(heart(echo=lvef(60, code="10230-1"))), PASSES)
    assert "LVEF without a stated method taken as echocardiography" in answer.criterion("X01").assumptions


TREATMENT = {"treatment": date(2026, 12, 20)}
TREATED = {"treatment": date(2026, 10, 1)}
STILL_OLDER = shortening(35, on="2025-12-19")
BEFORE_TREATMENT = [
    row("on the day a year before treatment", *heart(echo=lvef(60, on="2025-12-20")), anchors=TREATMENT, comes=PASSES),
    row("a day earlier", *heart(echo=lvef(60, on="2025-12-19")), anchors=TREATMENT, comes=review("stale")),
    row("a shortening fraction of that day", *heart(shortening(29, on="2025-12-20")), anchors=TREATMENT, comes=FAILS),
    row("and of a day earlier", *heart(shortening(29, on="2025-12-19")), anchors=TREATMENT, comes=review("stale")),
    row("5 % of that day", *heart(shortening(5, on="2025-12-20")), anchors=TREATMENT, comes=FAILS),
    *rows(
        review("stale"),
        {
            "5 % of a day earlier": heart(shortening(5, on="2025-12-19")),
            "in the month of that day": heart(shortening(29, on="2025-12")),
            "an older one in the month a year ago": heart(shortening(35, on="2025-11"), STILL_OLDER),
            "over days from a year ago on": heart(
                shortening(35, effectivePeriod={"start": YEAR_AGO, "end": "2025-11-25"}, on=None)
            ),
            **{
                f"a newer one by {method}{what}": heart(STILL_OLDER, shortening_by(method, **more))
                for method in ("Cardiac MRI", "Radionuclide", "Angiography")
                for what, more in (("", {}), (" without a unit", {"unit": None}))
            },
        },
        anchors=TREATMENT | {"enrollment": date(2026, 12, 20)},
    ),
    row(
        "low, in the 12 months before a treatment that has been",
        *heart(echo=lvef(45, on="2025-10-19")),
        anchors=TREATED,
        comes=FAILS,
    ),
    row(
        "but atrial fibrillation excludes",
        *heart(condition("I48.91"), echo=lvef(60, on="2025-12-19")),
        anchors=TREATMENT,
        comes=FAILS,
    ),
]


@pytest.mark.parametrize(("given", "expected"), BEFORE_TREATMENT)
def test_the_echocardiogram_counts_from_the_day_of_treatment(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


def test_a_shortening_fraction_after_the_treatment_is_not_one_before_it(screen: Screen) -> None:
    chart = heart(shortening(35, on=ago(60)), shortening(35, on=ago(5)))
    assert screen(Given(chart, anchors=TREATED)).atom("X01", "a5") == (None, ("stale",))


CLASSES = [
    row("II", *heart(functional=nyha("LA28405-1")), comes=PASSES),
    row("III", *heart(functional=nyha("LA28406-9")), comes=FAILS),
    row("IV", *heart(functional=nyha("LA28407-7")), comes=FAILS),
    row("II-III", *heart(functional=observation("88020-3", valueString="II-III")), comes=review("imprecise")),
    row("31 days ago", *heart(functional=nyha("LA28404-4", ago(31))), comes=review("stale")),
    row("not recorded", HYPERTENSION, ECHO, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), CLASSES)
def test_functional_class(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


def test_diagnoses_that_were_not_retrieved_are_not_presumed_absent(check: Check) -> None:
    check("X01", Given((CLASS_I, ECHO), covers=UNVOUCHED), review("judgement", "not-retrieved"))


def test_the_investigator_may_clear_the_quotation_of_the_interval(screen: Screen) -> None:
    answer = screen(Given(heart(qtc(451), attestation("SENL-T7#X01.a4", False))))
    assert answer.criterion("X01").effect is PASSES.effect


DONE = attestation("SENL-T7#X01.echocardiogram", True)
ECHOCARDIOGRAMS = {
    "on the day a year ago": ((lvef(60, on=YEAR_AGO),), {}, (True, ())),
    "a day earlier": ((lvef(60, on=DAY_BEFORE),), {}, (None, ("stale",))),
    "on the day a year before treatment": ((lvef(60, on="2025-12-20"),), TREATMENT, (True, ())),
    "and a day earlier": ((lvef(60, on="2025-12-19"),), TREATMENT, (None, ("stale",))),
    "on the day a year before a treatment that has been, attested": (
        (lvef(60, on="2025-10-01"), DONE),
        TREATED,
        (True, ()),
    ),
    "a shortening fraction": ((shortening(35),), {}, (True, ())),
    "the lowest that there can be": ((lvef(5),), {}, (True, ())),
    "that or more, attested": ((lvef({"valueQuantity": quantity(5, "%", ">=")}), DONE), {}, (True, ())),
    "less than that": ((lvef({"valueQuantity": quantity(5, "%", "<")}),), {}, (False, ())),
    "less than that, attested": ((lvef({"valueQuantity": quantity(5, "%", "<")}), DONE), {}, (False, ())),
    "by a method nobody knows": ((in_house(60),), {}, (None, ("unspecific",))),
    "the latest is without a unit": ((lvef(60, on=ago(90)), lvef(0.6, None)), {}, (None, ("unit",))),
}


@pytest.mark.parametrize(("chart", "anchors", "expected"), ECHOCARDIOGRAMS.values(), ids=ECHOCARDIOGRAMS)
def test_that_an_echocardiogram_was_done(screen: Screen, chart: Any, anchors: Any, expected: Any) -> None:
    assert screen(Given(chart, anchors=anchors)).atom("X01", "a9") == expected


def test_nobody_clears_it_without_an_echocardiogram_by_answering_for_its_parts(check: Check) -> None:
    answers = tuple(attestation(f"SENL-T7#X01.{atom}", False) for atom in ("a5", "a6"))
    check("X01", Given((*heart(echo=None), *answers)), review("no-data"))
    check("X01", Given((*heart(echo=shortening(35)), *answers[1:])), PASSES)
