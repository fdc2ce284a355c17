"""Viral reactivation, central nervous disorders, a recent transplant, pregnancy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bundles import (
    DETECTED,
    FAILS,
    HYPERTENSION,
    ICD_10_PCS,
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    POSITIVE,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    answered,
    attestation,
    condition,
    observation,
    person,
    procedure,
    quantity,
    review,
    row,
    rows,
    woman,
)

# --- X10 --------------------------------------------------------------------------------------------------------------

NO_OTHER_VIRUS = attestation("SENL-T7#X10.a1", False)
ALLOGENEIC = procedure("30243Y3", ICD_10_PCS, on=ago(400))
CODES = {"EBV": "5002-1", "CMV": "30246-3", "adenovirus": "21055-9", "BK virus": "32362-6", "HHV-6": "43244-3"}
DISEASES = {"EBV": "B27.00", "CMV": "B25.9", "adenovirus": "B34.0", "BK virus": "B34.4", "HHV-6": "B10.81"}
NONE_DETECTED = [answered(code, NOT_DETECTED) for code in CODES.values()]

VIRUSES = [
    row("nothing", HYPERTENSION, comes=PASSES),
    row("none detected", HYPERTENSION, *NONE_DETECTED, comes=PASSES),
    row("nothing after an allogeneic transplant", HYPERTENSION, ALLOGENEIC, comes=review("no-data")),
    row("none detected after it", HYPERTENSION, ALLOGENEIC, *NONE_DETECTED, comes=PASSES),
    row("diagnoses were not retrieved", covers=UNVOUCHED, comes=review("no-data", "not-retrieved")),
    *rows(review("judgement"), {f"{name} detected": (HYPERTENSION, answered(CODES[name], DETECTED)) for name in CODES}),
    *rows(
        review("unspecific"), {f"{name} as a diagnosis": condition(DISEASES[name], onset=ago(9)) for name in DISEASES}
    ),
    row(
        "a CMV load",
        HYPERTENSION,
        observation("72493-0", valueQuantity=quantity(137, "[IU]/mL")),
        comes=review("judgement"),
    ),
    row("a CMV disease of long ago", condition("B25.9", status="resolved", onset=ago(900)), comes=PASSES),
    row("antibodies say nothing", HYPERTENSION, answered("5124-3", POSITIVE), comes=PASSES),
    row("an old positive", HYPERTENSION, answered(CODES["CMV"], DETECTED, on=ago(91)), comes=review("stale")),
    row("BK virus in urine", HYPERTENSION, answered("33978-8", DETECTED), comes=review("unspecific")),
]


@pytest.mark.parametrize(("given", "expected"), VIRUSES)
def test_viral_reactivation(check: Check, given: Given, expected: Expected) -> None:
    check("X10", replace(given, resources=(*given.resources, NO_OTHER_VIRUS)), expected)


def test_other_viruses_are_a_persons_to_judge(check: Check) -> None:
    check("X10", Given((HYPERTENSION,)), review("judgement"))
    check("X10", Given((HYPERTENSION, attestation("SENL-T7#X10.a1", True))), FAILS)


# --- X11 --------------------------------------------------------------------------------------------------------------

OPEN = review("judgement", "no-data")  # the list is open, and cerebellar disease has no complete value set
DISORDERS = [
    *rows(
        FAILS,
        {
            "intractable epilepsy": condition("G40.919"),
            "cerebral infarction": condition("I63.9", onset=ago(29)),
            "cerebral infarction 30 days ago": condition("I63.9", onset=ago(30)),
            "cerebral infarction years ago, called active again": condition("I63.9", onset="2019", recorded=ago(5)),
            "transient ischemic attack": condition("G45.9", onset=ago(5)),
            "intracerebral hemorrhage": condition("I61.9", onset=ago(5)),
            "dementia": condition("F03.90"),
            "hereditary ataxia": condition("G11.9"),
        },
    ),
    row("epilepsy", condition("G40.909"), comes=review("judgement", "no-data", "unspecific")),
    row("a febrile seizure", condition("R56.00"), comes=OPEN),
    row("stroke, resolved", condition("I63.9", status="resolved"), comes=OPEN),
    *rows(
        review("judgement", "no-data", "stale"),
        {
            "cerebral infarction 31 days ago, never closed": condition("I63.9", onset=ago(31)),
            "transient ischemic attack years ago, never closed": condition("G45.9", onset="2010-03-01"),
            "cerebral infarction years ago, no clinical status": condition("I63.9", onset="2010-03-01", status=None),
            "intractable epilepsy, no clinical status": condition("G40.919", onset="2010-03-01", status=None),
        },
    ),
    row("cerebral infarction without a date", condition("I63.9"), comes=review("judgement", "no-data", "undated")),
    row("sequelae of a stroke", condition("I69.30"), comes=OPEN),
    row("nothing", HYPERTENSION, comes=OPEN),
    row("nothing, attested", HYPERTENSION, attestation("SENL-T7#X11", False), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), DISORDERS)
def test_central_nervous_disorders(check: Check, given: Given, expected: Expected) -> None:
    check("X11", given, expected)


OVER: dict[str, dict[str, Any]] = {
    "resolved": {"status": "resolved"},
    "in remission": {"status": "remission"},
    "ended": {"status": None, "abatementDateTime": "2020-01-01"},
}


@pytest.mark.parametrize("over", OVER.values(), ids=OVER)
@pytest.mark.parametrize(("atom", "code"), [("a1", "G40.919"), ("a2", "I63.9"), ("a3", "F03.90"), ("a4", "G11.9")])
def test_what_is_over_goes_to_a_person(screen: Screen, atom: str, code: str, over: dict[str, Any]) -> None:
    assert screen(Given((condition(code, **over),))).atom("X11", atom) == (None, ("judgement",))


@pytest.mark.parametrize("code", ["Z86.73", "I69.30"])
def test_a_history_of_stroke_goes_to_a_person(screen: Screen, code: str) -> None:
    assert screen(Given((condition(code),))).atom("X11", "a2") == (None, ("judgement",))


@pytest.mark.parametrize("atom", ["a1", "a2", "a3"])
def test_nothing_on_record_of_the_named_disorders_is_presumed_absent(screen: Screen, atom: str) -> None:
    assert screen(Given((HYPERTENSION,))).atom("X11", atom) == (False, ())
    assert screen(Given((), covers=UNVOUCHED)).atom("X11", atom) == (None, ("not-retrieved",))


# --- X12 --------------------------------------------------------------------------------------------------------------

ENROLLMENT = {"enrollment": date(2026, 11, 20)}
AHEAD = {"enrollment": date(2026, 12, 20)}
TRANSPLANT, AUTOLOGOUS, KIDNEY = "58390007", "709115004", "70536003"


def transplant(on: str | None, code: str = TRANSPLANT) -> tuple[Resource, ...]:
    return (HYPERTENSION, procedure(code, on=on))


TRANSPLANTS = [
    row("six months exactly", *transplant("2026-05-20"), anchors=ENROLLMENT, comes=PASSES),
    row("a day less", *transplant("2026-05-21"), anchors=ENROLLMENT, comes=FAILS),
    row("autologous", *transplant(ago(90), AUTOLOGOUS), anchors=ENROLLMENT, comes=FAILS),
    row("a kidney", *transplant(ago(90), KIDNEY), anchors=ENROLLMENT, comes=FAILS),
    row("in the month of the edge", *transplant("2026-05"), anchors=ENROLLMENT, comes=review("imprecise")),
    row("undated", *transplant(None), anchors=ENROLLMENT, comes=review("undated")),
    row(
        "transplant status",
        HYPERTENSION,
        condition("Z94.84"),
        procedure("73761001"),
        anchors=ENROLLMENT,
        comes=review("undated"),
    ),
    row(
        "transplant status, recorded long ago",
        condition("Z94.84", recorded="2025-01-01"),
        procedure("73761001"),
        anchors=ENROLLMENT,
        comes=PASSES,
    ),
    row(
        "not done", HYPERTENSION, procedure(TRANSPLANT, status="not-done", on=ago(90)), anchors=ENROLLMENT, comes=PASSES
    ),
    row("enrollment is not given, passed", *transplant("2026-05-20"), comes=PASSES),
    row("enrollment is not given, not passed", *transplant("2026-05-21"), comes=review("imprecise")),
    row("six months exactly before an enrollment ahead", *transplant("2026-06-20"), anchors=AHEAD, comes=PASSES),
    row("a day less before an enrollment ahead", *transplant("2026-06-21"), anchors=AHEAD, comes=review("imprecise")),
    row("nothing", HYPERTENSION, procedure("73761001"), comes=PASSES),
    row("procedures were not retrieved", HYPERTENSION, covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), TRANSPLANTS)
def test_recent_transplant(check: Check, given: Given, expected: Expected) -> None:
    check("X12", given, expected)


def test_the_day_on_which_six_months_have_passed_is_told(screen: Screen) -> None:
    assert screen(Given(transplant("2026-08-20"))).criterion("X12").changes_on == "2027-02-20"


# --- X13 --------------------------------------------------------------------------------------------------------------

NOT_WITHIN_A_YEAR = attestation("SENL-T7#X13.a3", False)
NOT_PREGNANT, PREGNANT = answered("2118-8", NEGATIVE, on=ago(2)), condition("Z33.1", onset=ago(60))
BREASTFEEDING, NOT_BREASTFEEDING = (
    observation("63895-7", valueCodeableConcept={"coding": [{"system": "http://loinc.org", "code": code}]}, on=ago(2))
    for code in ("LA29252-6", "LA29253-4")
)

PREGNANCIES = [
    row("pregnant", PREGNANT, comes=FAILS),
    row("pregnant and breastfeeding", PREGNANT, BREASTFEEDING, comes=FAILS),
    row("a positive test", answered("2118-8", POSITIVE, on=ago(2)), comes=FAILS),
    row("neither, and none within a year", NOT_PREGNANT, NOT_BREASTFEEDING, NOT_WITHIN_A_YEAR, comes=PASSES),
    row("breastfeeding only", NOT_PREGNANT, BREASTFEEDING, NOT_WITHIN_A_YEAR, comes=review("registry-error")),
    row(
        "none within a year is not attested",
        NOT_PREGNANT,
        NOT_BREASTFEEDING,
        comes=review("judgement", "no-data", "registry-error"),
    ),
    row(
        "a pregnancy in the past months",
        NOT_PREGNANT,
        NOT_BREASTFEEDING,
        condition("Z34.00", status="resolved", onset=ago(250), abatementDateTime=ago(20)),
        comes=review("judgement", "no-data", "registry-error"),
    ),
    row(
        "attested that there was one", NOT_PREGNANT, NOT_BREASTFEEDING, attestation("SENL-T7#X13.a3", True), comes=FAILS
    ),
    row(
        "hysterectomy years ago, not breastfeeding",
        condition("Z90.710", onset="2020-01-01"),
        NOT_BREASTFEEDING,
        comes=PASSES,
    ),
    row("hysterectomy more than a year ago", condition("Z90.710", onset="2025-11-19"), NOT_BREASTFEEDING, comes=PASSES),
    row(
        "hysterectomy on the day a year ago",
        condition("Z90.710", onset="2025-11-20"),
        NOT_BREASTFEEDING,
        comes=review("judgement", "registry-error"),
    ),
    row("no test", HYPERTENSION, comes=review("judgement", "no-data", "registry-error")),
    row(
        "menopause years ago, and a pregnancy of this year that is over",
        condition("Z78.0", onset="2020-01-01"),
        condition("Z34.00", status="resolved", onset=ago(250), abatementDateTime=ago(20)),
        NOT_BREASTFEEDING,
        comes=review("conflicting-data", "judgement", "no-data", "registry-error"),
    ),
    row(
        "menopause years ago, and a pregnancy since that ended this year",
        condition("Z78.0", onset="2020-01-01"),
        condition("Z34.00", status="resolved", onset=ago(470), abatementDateTime=ago(200)),
        NOT_BREASTFEEDING,
        comes=review("conflicting-data", "judgement", "no-data", "registry-error"),
    ),
    row(
        "menopause years ago, a positive test in summer, a negative one now",
        condition("Z78.0", onset="2020-01-01"),
        answered("2118-8", POSITIVE, effectiveDateTime=ago(150)),
        NOT_PREGNANT,
        NOT_BREASTFEEDING,
        comes=review("conflicting-data", "judgement", "registry-error"),
    ),
    row(
        "hysterectomy years ago, and a pregnancy before it",
        condition("Z90.710", onset="2020-01-01"),
        condition("Z34.00", status="resolved", onset="2017-01-01", abatementDateTime="2017-09-20"),
        NOT_BREASTFEEDING,
        comes=PASSES,
    ),
]


@pytest.mark.parametrize(("given", "expected"), PREGNANCIES)
def test_pregnancy(check: Check, given: Given, expected: Expected) -> None:
    check("X13", Given(given.resources, patient=woman()), expected)


def test_pregnancy_of_a_man_or_of_a_person_whose_sex_is_not_stated(check: Check) -> None:
    check("X13", Given((), patient=person("male")), PASSES)
    check("X13", Given((NOT_PREGNANT, NOT_BREASTFEEDING, NOT_WITHIN_A_YEAR), patient=person(None)), PASSES)


def test_both_readings_are_shown(screen: Screen) -> None:
    given = Given((NOT_PREGNANT, BREASTFEEDING, NOT_WITHIN_A_YEAR), patient=woman())
    readings: Any = screen(given).criterion("X13").readings
    assert {reading.name: reading.holds for reading in readings} == {"as-written": False, "presumed": True}
