"""At most 18 years and newly diagnosed T-LBL/ALL; in CR1 with MRD below 0.01 % in the marrow; high risk.

Between the 18th and the 19th birthday the text can be read either way. A relapse on record is decisive; without one it
takes the day of the diagnosis. The risk is a person's to say.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    NEGATIVE,
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
    medication,
    observation,
    person,
    quantity,
    review,
    row,
    rows,
)
from local_codes import INDUCTION as INDUCTION_CODE
from local_codes import LOCAL, MRD
from results import relapse_phase

YEAR_AGO, DAY_BEFORE = "2025-11-20", "2025-11-19"
CHILD = person(born="2016-05-04")


def t_all(onset: str | None = ago(100), **more: Any) -> Resource:
    return condition("277575008", SNOMED, onset=onset, **more)


BREAST_CANCER = condition("C50.911", onset="2019-01-10", id="breast")
LEUKEMIA, BREAST = {"reference": "Condition/leukemia"}, {"reference": "Condition/breast"}


def remission(on: str | None = ago(60), code: str = "103338009", asked: str = "88040-1") -> Resource:
    return observation(asked, on=on, valueCodeableConcept=coded(SNOMED, code))


TAKEN = "a diagnosis within 12 months, with no relapse on record, is taken as newly diagnosed"


@pytest.mark.parametrize(
    ("given", "assumed"),
    [
        (Given((t_all(),), CHILD), True),
        (Given((t_all(onset=ago(400)),), CHILD), False),
        (Given((t_all(), condition("C91.02", onset=ago(10))), CHILD), False),
    ],
)
def test_what_newly_diagnosed_takes_for_granted(screen: Screen, given: Given, assumed: bool) -> None:
    """That there was no relapse nobody has said."""
    answer = screen(given)
    told = answer.criterion("I01").assumptions
    assert (TAKEN in told) is assumed
    assert (TAKEN in answer.criterion("I01").explanation.lower()) is assumed


AGES = [
    row("the day before the 18th birthday", t_all(), patient=person(born="2008-11-21"), comes=PASSES),
    row("the 18th birthday", t_all(), patient=person(born="2008-11-20"), comes=review("registry-error")),
    row("the day before the 19th birthday", t_all(), patient=person(born="2007-11-21"), comes=review("registry-error")),
    row("the 19th birthday", t_all(), patient=person(born="2007-11-20"), comes=FAILS),
    row("an infant", t_all(), patient=person(born="2026-01-20"), comes=PASSES),
    row("only the year 2008", t_all(), patient=person(born="2008"), comes=review("imprecise")),
    row(
        "only the year 2008, attested not to be 18",
        t_all(),
        attestation("NCT07476027#I01.aged-18", False),
        patient=person(born="2008"),
        comes=PASSES,
    ),
    row("only the year 2007", t_all(), patient=person(born="2007"), comes=review("imprecise")),
    row("only the year 2009", t_all(), patient=person(born="2009"), comes=PASSES),
    row("not stated", t_all(), patient=person(born=None), comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), AGES)
def test_age(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


DIAGNOSES = [
    row("on the day a year ago", t_all(YEAR_AGO), comes=PASSES),
    row("a day earlier", t_all(DAY_BEFORE), comes=review("judgement", "no-data")),
    row("years ago, and recorded again", t_all(ago(1100)), t_all(ago(30)), comes=review("judgement", "no-data")),
    row(
        "ALL years ago, and its lineage recorded now",
        condition("C91.00", onset=ago(1100)),
        t_all(ago(30)),
        comes=review("judgement", "no-data"),
    ),
    row("in the month of the edge", t_all("2025-11"), comes=review("imprecise")),
    row("undated", t_all(None), comes=review("undated")),
    row("in remission already", t_all(status="remission"), comes=PASSES),
    row("lymphoma", condition("421246008", SNOMED, onset=ago(100)), comes=PASSES),
    row("in relapse by its code", t_all(), condition("C91.02", onset=ago(10)), comes=FAILS),
    row(
        "a relapse of an earlier AML",
        t_all(),
        condition("C92.00", status="resolved", onset=ago(3000)),
        condition("C92.02", status="resolved", onset=ago(2900)),
        comes=review("judgement"),
    ),
    row("in relapse by its status", t_all(status="relapse"), comes=FAILS),
    row("in relapse by its status, diagnosed years ago", t_all(onset=ago(1100), status="relapse"), comes=FAILS),
    row("in relapse by an assessment", t_all(), relapse_phase(), comes=FAILS),
    row("by one that names it", t_all(id="leukemia"), relapse_phase(focus=[LEUKEMIA]), comes=FAILS),
    row("by one without a date", t_all(), relapse_phase(None), comes=review("no-data", "undated")),
    row(
        "by one that is not final", t_all(), relapse_phase(status="preliminary"), comes=review("no-data", "unconfirmed")
    ),
    row("a relapse of another cancer", t_all(), BREAST_CANCER, relapse_phase(focus=[BREAST]), comes=PASSES),
    row(
        "a relapse of this one or of another cancer",
        t_all(),
        BREAST_CANCER,
        relapse_phase(),
        comes=review("no-data", "unspecific"),
    ),
    row(
        "a relapse of nobody knows what",
        t_all(),
        relapse_phase(focus=[{"display": "the cancer"}]),
        comes=review("no-data", "unconfirmed"),
    ),
    row("a remission by an assessment", t_all(), remission(asked="97509-4"), comes=PASSES),
    row("stable by an assessment", t_all(), remission(code="359746009", asked="97509-4"), comes=PASSES),
    row(
        "a relapse that is not confirmed",
        t_all(),
        condition("C91.02", onset=ago(10), verified="provisional"),
        comes=review("no-data", "unconfirmed"),
    ),
    row("ALL without its lineage", condition("C91.00", onset=ago(100)), comes=review("unspecific")),
    row("B-ALL", condition("277571004", SNOMED, onset=ago(100)), comes=FAILS),
    row("AML", condition("C92.00", onset=ago(100)), comes=FAILS),
    row("no leukemia", HYPERTENSION, comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), DIAGNOSES)
def test_newly_diagnosed(check: Check, given: Given, expected: Expected) -> None:
    check("I01", Given(given.resources, patient=CHILD), expected)


# --- I02 --------------------------------------------------------------------------------------------------------------

INDUCTION = attestation("NCT07476027#I02.a1", True)
THE_FIRST = attestation("NCT07476027#I02.a2", True)
OTHERS = ("peripheral blood", "cerebrospinal fluid", "pleural fluid")
MARROW: Resource = {"specimen": {"display": "Bone marrow aspirate"}}


def residual(value: float, unit: str | None = "%", comparator: str | None = None, **more: Any) -> Resource:
    stated = quantity(value, unit, comparator)
    return observation(MRD, system=LOCAL, valueQuantity=stated, **({"on": ago(20)} | MARROW | more))


CLEAR = residual(0.005)


def called(answer: tuple[str, str], on: str = ago(20), specimen: str = "Bone marrow aspirate") -> Resource:
    """Residual disease in a word, without a number."""
    return answered(MRD, answer, system=LOCAL, on=on, specimen={"display": specimen})


RESPONSES = [
    *rows(
        PASSES,
        {
            "0.0099 %": residual(0.0099),
            "less than 0.01 %": residual(0.01, comparator="<"),
            "0.00009 as a fraction": residual(0.00009, "1"),
            "0.9 of ten thousand": residual(0.9, "10*-4"),
            "0 %": residual(0),
            "on the day of the remission": residual(0.005, on=ago(60)),
            "higher before, in the marrow": (residual(0.5, on=ago(30)), CLEAR),
            **{f"higher in {name}": (CLEAR, residual(0.5, on=ago(5), specimen={"display": name})) for name in OTHERS},
            "higher before the remission": (residual(5, on=ago(80)), CLEAR),
        },
    ),
    *rows(
        FAILS,
        {
            "0.01 %": residual(0.01),
            "0.0001 as a fraction": residual(0.0001, "1"),
            "at least 0.01 %": residual(0.01, comparator=">="),
            "higher since": (CLEAR, residual(0.02, on=ago(5))),
        },
    ),
    *rows(
        review("imprecise"),
        {"less than 0.1 %": residual(0.1, comparator="<"), "at most 0.01 %": residual(0.01, comparator="<=")},
    ),
    row("without a unit", residual(0.005, None), comes=review("unit")),
    row("not detected", answered(MRD, NEGATIVE, system=LOCAL, on=ago(20), **MARROW), comes=review("unspecific")),
    row("positive", answered(MRD, POSITIVE, system=LOCAL, on=ago(20), **MARROW), comes=review("unspecific")),
    *rows(
        review("unspecific"),
        {
            "and called positive since": (CLEAR, called(POSITIVE, ago(5))),
            "and called positive that day": (CLEAR, called(POSITIVE)),
            "0.02 %, and not detected since": (residual(0.02), called(NEGATIVE, ago(5))),
        },
    ),
    row("and not detected since", CLEAR, called(NEGATIVE, ago(5)), comes=PASSES),
    row("and called positive before", CLEAR, called(POSITIVE, ago(30)), comes=PASSES),
    row("0.02 %, and called positive since", residual(0.02), called(POSITIVE, ago(5)), comes=FAILS),
    row("0.02 %, and not detected before", residual(0.02), called(NEGATIVE, ago(30)), comes=FAILS),
    *rows(PASSES, {f"and called positive in {name}": (CLEAR, called(POSITIVE, ago(5), name)) for name in OTHERS}),
    *rows(
        FAILS,
        {f"0.02 %, and not detected in {name}": (residual(0.02), called(NEGATIVE, ago(5), name)) for name in OTHERS},
    ),
    *rows(
        review("unspecific"),
        {
            "0.01 %, and not detected since": (residual(0.01), called(NEGATIVE, ago(5))),
            "0.0095 %, and called positive since": (residual(0.0095), called(POSITIVE, ago(5))),
            "0.02 % since 0.005 %, and then not detected": (
                residual(0.005, on=ago(40)),
                residual(0.02),
                called(NEGATIVE, ago(5)),
            ),
            "0.005 % since 0.02 %, and then called positive": (
                residual(0.02, on=ago(40)),
                CLEAR,
                called(POSITIVE, ago(5)),
            ),
            "called positive since, and then not detected": (
                CLEAR,
                called(POSITIVE, ago(10)),
                called(NEGATIVE, ago(5)),
            ),
            "0.02 %, not detected since, and then called positive": (
                residual(0.02),
                called(NEGATIVE, ago(10)),
                called(POSITIVE, ago(5)),
            ),
        },
    ),
    row("only in the blood", residual(0.005, specimen={"display": "Peripheral blood"}), comes=review("unspecific")),
    row("a specimen that is not stated", residual(0.005, specimen=None), comes=review("unspecific")),
    row(
        "attested not to be of the marrow",
        CLEAR,
        attestation("NCT07476027#I02.of-marrow", False),
        comes=review("unspecific"),
    ),
    row("high in a specimen that is not stated", residual(0.5, specimen=None), comes=review("unspecific")),
    row("only before the remission", residual(0.005, on=ago(80)), comes=review("no-data")),
    row("undated", residual(0.005, on=None), comes=review("undated")),
    row("not measured", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), RESPONSES)
def test_residual_disease(check: Check, given: Given, expected: Expected) -> None:
    check("I02", Given((t_all(), remission(), INDUCTION, THE_FIRST, *given.resources), patient=CHILD), expected)


LONG_AGO = [
    row(
        "and called positive since",
        residual(0.005, on=ago(120)),
        called(POSITIVE, ago(100)),
        comes=review("unspecific"),
    ),
    row(
        "0.02 %, and not detected since",
        residual(0.02, on=ago(120)),
        called(NEGATIVE, ago(100)),
        comes=review("unspecific"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), LONG_AGO)
def test_however_old_it_is(check: Check, given: Given, expected: Expected) -> None:
    chart = (t_all(ago(300)), remission(ago(200)), INDUCTION, THE_FIRST, *given.resources)
    check("I02", Given(chart, patient=CHILD), expected)


PARTIAL = remission(code="103337004")
FIRST = [
    row("in remission, whether the first or not", t_all(), remission(), CLEAR, comes=review("no-data")),
    row("in the first remission, attested", t_all(), remission(), CLEAR, THE_FIRST, comes=PASSES),
    row(
        "attested, and in relapse",
        t_all(),
        remission(),
        CLEAR,
        condition("C91.02", onset=ago(10)),
        THE_FIRST,
        comes=review("conflicting-data"),
    ),
    row("by a code", t_all(), condition("91856007", SNOMED, onset=ago(60)), CLEAR, comes=review("no-data")),
    row("remission after a relapse", t_all(), condition("C91.02", onset=ago(90)), remission(), CLEAR, comes=FAILS),
    row("in relapse since", t_all(), remission(), CLEAR, condition("C91.02", onset=ago(10)), comes=FAILS),
    row(
        "5 % blasts since",
        t_all(),
        remission(),
        CLEAR,
        observation("11150-0", on=ago(5), valueQuantity=quantity(5, "%")),
        comes=review("judgement", "no-data"),
    ),
    row(
        "4.9 % blasts since",
        t_all(),
        remission(),
        CLEAR,
        observation("11150-0", on=ago(5), valueQuantity=quantity(4.9, "%")),
        comes=review("no-data"),
    ),
    row("partial remission", t_all(), PARTIAL, CLEAR, comes=review("no-data")),
    row("no remission on record", t_all(), CLEAR, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), FIRST)
def test_first_remission(check: Check, given: Given, expected: Expected) -> None:
    check("I02", Given((INDUCTION, *given.resources), patient=CHILD), expected)


T_LBL_IN_REMISSION = condition("421246008", SNOMED, onset=ago(100), status="remission")
UNCONFIRMED = t_all(status="remission", verified="provisional")
STATUSES = [
    ((t_all(status="remission"),), (None, ("no-data",))),
    ((t_all(status="remission"), condition("C91.02", onset=ago(200))), (False, ())),
    ((t_all(),), (None, ("no-data",))),
    ((t_all(), PARTIAL), (None, ("no-data",))),
    ((t_all(), condition("C92.00", status="remission"), PARTIAL), (None, ("no-data",))),
    ((t_all(status="remission"), PARTIAL), (None, ("no-data",))),
    ((T_LBL_IN_REMISSION, PARTIAL), (None, ("no-data",))),
    ((UNCONFIRMED,), (None, ("no-data", "unconfirmed"))),
    ((UNCONFIRMED, remission()), (None, ("no-data",))),
]


@pytest.mark.parametrize(("chart", "expected"), STATUSES)
def test_the_clinical_status_says_remission_too(screen: Screen, chart: Any, expected: Any) -> None:
    assert screen(Given(chart, patient=CHILD)).atom("I02", "a2") == expected


@pytest.mark.parametrize("drug", [medication("L01BB02"), medication(INDUCTION_CODE, LOCAL)])
def test_a_treatment_on_record_does_not_say_that_induction_is_completed(screen: Screen, drug: Resource) -> None:
    chart = (drug | {"status": "completed", "effectivePeriod": {"start": ago(90), "end": ago(70)}},)
    assert screen(Given(chart)).atom("I02", "a1") == (None, ("unspecific",))


def test_completed_induction_is_a_persons_to_say(check: Check) -> None:
    chart = (t_all(), remission(), CLEAR)
    check("I02", Given(chart, patient=CHILD), review("no-data"))
    check("I02", Given((*chart, attestation("NCT07476027#I02.a1", False)), patient=CHILD), FAILS)


# --- what only a person can say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", ["I03", "I04", "I06", "F01"])
def test_only_a_person_can_say(check: Check, criterion: str) -> None:
    check(criterion, Given(()), review("judgement"))
    check(criterion, Given((attestation(f"NCT07476027#{criterion}", True),)), PASSES)
    check(criterion, Given((attestation(f"NCT07476027#{criterion}", False),)), FAILS)


@pytest.mark.parametrize(("atom", "expected"), [("a1", PASSES), ("a2", PASSES)])
def test_either_risk_is_enough(check: Check, atom: str, expected: Expected) -> None:
    check("I03", Given((attestation(f"NCT07476027#I03.{atom}", True),)), expected)


def test_risk_of_relapse_needs_the_team_too(check: Check) -> None:
    check("I04", Given((attestation("NCT07476027#I04.a1", True),)), review("judgement"))
    check("I04", Given((attestation("NCT07476027#I04.a2", False),)), FAILS)
