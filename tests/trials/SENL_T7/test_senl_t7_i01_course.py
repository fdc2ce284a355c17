"""Relapsed or refractory T-ALL/T-LBL: after a complete remission 5 % blasts (comparator lost), MRD, or new lesions.

More than 5 % holds in both readings, exactly 5 % in one of them. What a newer remission followed goes to a person.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_O_3,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
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
    quantity,
    review,
    row,
    rows,
)
from local_codes import LOCAL, MRD
from results import relapse_phase, remission

T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
T_LBL = condition("421246008", SNOMED, onset="2023-01-10")
BREAST_CANCER = condition("C50.911", onset="2019-01-10")
FIRST, SECOND = {"reference": "Condition/r1"}, {"reference": "Condition/r2"}
INDUCTION_FAILED = attestation("SENL-T7#I01.a2", True)


def marrow(value: float, unit: str = "%", *, code: str = "11150-0", on: str | None = ago(20), **more: Any) -> Resource:
    return observation(code, on=on, valueQuantity=quantity(value, unit, more.pop("comparator", None)), **more)


def blood(value: float, **more: Any) -> Resource:
    return marrow(value, code="26446-5", **more)


def residual(answer: tuple[str, str], on: str = ago(20)) -> Resource:
    return answered(MRD, answer, system=LOCAL, on=on)


def lesion(on: str | None) -> Resource:
    return condition("722795004", SNOMED, onset=on)


# 5 % of the one, with none of the other: only the lost comparator is open in this branch.
BLASTS = [
    *rows(
        PASSES,
        {
            "5.1 % in marrow": (T_ALL, remission(), marrow(5.1)),
            "5.1 % in blood": (T_ALL, remission(), blood(5.1)),
            "after a remission of the leukemia by its reference": (T_ALL, remission(focus=[FIRST]), marrow(60)),
            "after a relapse in an assessment": (T_ALL, relapse_phase(ago(300)), marrow(60)),
            "T-LBL, 60 % in marrow": (T_LBL, remission(), marrow(60)),
            "0.06 as a fraction": (T_ALL, remission(), marrow(0.06, "1")),
            "more than 5 %": (T_ALL, remission(), marrow(5, comparator=">")),
            "long ago, since no currency applies": (T_ALL, remission(), marrow(40, on=ago(200))),
            "long ago in blood": (T_ALL, remission(), blood(40, on=ago(200))),
        },
    ),
    *rows(
        review("judgement", "no-data", "registry-error"),
        {
            "exactly 5 % in marrow": (T_ALL, remission(), marrow(5)),
            "exactly 5 % in blood": (T_ALL, remission(), blood(5)),
        },
    ),
    *rows(
        review("judgement", "no-data"),
        {
            "4.9 % in marrow": (T_ALL, remission(), marrow(4.9)),
            "after a remission of another cancer": (T_ALL, BREAST_CANCER, remission(focus=[SECOND]), marrow(60)),
            "before the remission": (T_ALL, remission(), marrow(80, on=ago(301))),
            "in blood before the remission": (T_ALL, remission(), blood(80, on=ago(301))),
            "40 % in blood, and less since": (T_ALL, remission(), blood(40, on=ago(60)), blood(1)),
            "on the day of the remission, which contradicts it": (T_ALL, remission(ago(20)), marrow(40)),
            "40 %, and less since": (T_ALL, remission(), marrow(40, on=ago(60)), marrow(1)),
        },
    ),
    *rows(
        review("judgement", "no-data", "unspecific"),
        {
            "myeloblasts in marrow": (T_ALL, remission(), marrow(10, code="11113-8")),
            "myeloblasts in blood": (T_ALL, remission(), marrow(10, code="30445-1")),
            "myeloblasts in blood, counted by hand": (T_ALL, remission(), marrow(10, code="747-6")),
            "60 % in marrow, and no myeloblasts since": (
                T_ALL,
                remission(),
                marrow(60),
                marrow(0, code="11113-8", on=ago(5)),
            ),
        },
    ),
    *rows(
        review("imprecise", "judgement", "no-data"),
        {
            "at least 5 %": (T_ALL, remission(), marrow(5, comparator=">=")),
            "less than 10 %": (T_ALL, remission(), marrow(10, comparator="<")),
            "blasts in the month of the remission": (T_ALL, remission("2026-06-10"), marrow(40, on="2026-06")),
        },
    ),
    row(
        "after a remission of nobody knows what",
        T_ALL,
        remission(focus=[{"display": "Wilms tumour"}]),
        marrow(60),
        comes=review("judgement", "no-data", "unconfirmed"),
    ),
    row(
        "without a unit",
        T_ALL,
        remission(),
        observation("11150-0", valueQuantity=quantity(40)),
        comes=review("judgement", "no-data", "unit"),
    ),
    row(
        "undated",
        T_ALL,
        remission(),
        marrow(40, on=None),
        comes=review("judgement", "no-data", "undated"),
    ),
    row(
        "40 %, and a remission since",
        T_ALL,
        remission(),
        marrow(40, on=ago(60)),
        remission(ago(20)),
        comes=review("judgement", "no-data"),
    ),
    row("no remission on record", T_ALL, marrow(40), comes=review("judgement", "no-data")),
    row(
        "a partial remission is none",
        T_ALL,
        remission(code="103337004"),
        marrow(40),
        comes=review("judgement", "no-data"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), BLASTS)
def test_blasts_after_a_remission(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


@pytest.mark.parametrize(("atom", "sample"), [("a4", blood), ("a5", marrow)])
def test_what_was_before_the_remission_is_not_looked_at(screen: Screen, atom: str, sample: Any) -> None:
    without_a_unit = sample(40, on=ago(301)) | {"valueQuantity": quantity(40)}
    answer = screen(Given((T_ALL, remission(), without_a_unit)))
    assert answer.atom("I01", atom) == (None, ("no-data",))


@pytest.mark.parametrize(
    ("value", "expected"), [(5.1, (True, ())), (5, (None, ("registry-error",))), (4.9, (False, ()))]
)
@pytest.mark.parametrize(("atom", "sample"), [("a4", blood), ("a5", marrow)])
def test_the_lost_comparator(screen: Screen, atom: str, sample: Any, value: float, expected: Any) -> None:
    answer = screen(Given((T_ALL, remission(), sample(value))))
    assert answer.atom("I01", atom) == expected


RESIDUAL = [
    row("MRD positive after the remission", T_ALL, remission(), residual(POSITIVE), comes=PASSES),
    row("MRD positive on its day", T_ALL, remission(ago(20)), residual(POSITIVE), comes=PASSES),
    *rows(
        review("judgement", "no-data"),
        {
            "MRD negative": (T_ALL, remission(), residual(NEGATIVE)),
            "MRD positive before the remission": (T_ALL, remission(), residual(POSITIVE, ago(301))),
            "MRD positive, and a remission since": (
                T_ALL,
                remission(),
                residual(POSITIVE, ago(60)),
                remission(ago(20)),
            ),
            "MRD positive, and negative since": (T_ALL, remission(), residual(POSITIVE, ago(60)), residual(NEGATIVE)),
        },
    ),
    row(
        "MRD positive on the day of a newer remission",
        T_ALL,
        remission(),
        remission(ago(20)),
        residual(POSITIVE),
        comes=PASSES,
    ),
    row(
        "MRD positive after a relapse, which implies a remission",
        T_ALL,
        condition("C91.02", onset=ago(60)),
        residual(POSITIVE),
        comes=PASSES,
    ),
    row("MRD positive long ago", T_ALL, remission(), residual(POSITIVE, ago(200)), comes=PASSES),
    row("the latest is positive", T_ALL, remission(), residual(NEGATIVE, ago(60)), residual(POSITIVE), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), RESIDUAL)
def test_residual_disease(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


JUDGEMENT = (None, ("judgement",))
TIMELINES = {
    "negative since the remission": ((remission(), residual(NEGATIVE)), (False, ())),
    "positive, and negative since": ((remission(), residual(POSITIVE, ago(60)), residual(NEGATIVE)), (False, ())),
    "negative and then positive, and a remission since": (
        (remission(), residual(NEGATIVE, ago(200)), residual(POSITIVE, ago(100)), remission(ago(20))),
        JUDGEMENT,
    ),
    "positive after the newer remission, and perhaps before it": (
        (remission(), remission(ago(15)), residual(POSITIVE, ago(10)), residual(POSITIVE, "2026-11")),
        JUDGEMENT,
    ),
}


@pytest.mark.parametrize(("chart", "expected"), TIMELINES.values(), ids=TIMELINES)
def test_residual_disease_and_remissions(screen: Screen, chart: Any, expected: Any) -> None:
    assert screen(Given((T_ALL, *chart))).atom("I01", "a6") == expected


LESIONS = [
    row("a lesion after the remission", T_ALL, remission(), lesion(ago(20)), comes=PASSES),
    *rows(
        review("judgement", "no-data"),
        {
            "a lesion before it": (T_ALL, remission(), lesion(ago(400))),
            "a lesion, and a remission since": (T_ALL, remission(), lesion(ago(100)), remission(ago(20))),
        },
    ),
    row(
        "an undated lesion",
        T_ALL,
        remission(),
        lesion(None),
        comes=review("judgement", "no-data", "undated"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), LESIONS)
def test_new_lesions(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


DISEASES = [
    row("attested that induction failed", T_ALL, INDUCTION_FAILED, comes=PASSES),
    row("T-LBL by morphology", condition("9837/3", ICD_O_3), INDUCTION_FAILED, comes=PASSES),
    row(
        "in remission, it is still the disease",
        condition("277575008", SNOMED, status="remission"),
        INDUCTION_FAILED,
        comes=PASSES,
    ),
    row("ALL without its lineage", condition("C91.02"), INDUCTION_FAILED, comes=review("unspecific")),
    row(
        "T-ALL that is not confirmed",
        condition("277575008", SNOMED, verified="provisional"),
        INDUCTION_FAILED,
        comes=review("unconfirmed"),
    ),
    row("B-ALL", condition("277571004", SNOMED), INDUCTION_FAILED, comes=FAILS),
    row("AML", condition("C92.02"), INDUCTION_FAILED, comes=FAILS),
    row("no leukemia", HYPERTENSION, INDUCTION_FAILED, comes=FAILS),
    row("diagnoses were not retrieved", INDUCTION_FAILED, covers=UNVOUCHED, comes=review("not-retrieved")),
    row(
        "refractory by its code",
        T_ALL,
        condition("12311000132101", SNOMED),
        comes=review("judgement", "no-data"),
    ),
    row("neither remission nor course on record", T_ALL, comes=review("judgement", "no-data")),
]


@pytest.mark.parametrize(("given", "expected"), DISEASES)
def test_disease_and_induction(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


@pytest.mark.parametrize(("atom", "sample"), [("a4", blood), ("a5", marrow)])
def test_a_newer_remission_goes_to_a_person(screen: Screen, atom: str, sample: Any) -> None:
    chart = (T_ALL, remission(), sample(40, on=ago(60)), remission(ago(20)))
    assert screen(Given(chart)).atom("I01", atom) == (None, ("judgement",))


def test_a_remission_after_the_lesion_goes_to_a_person(screen: Screen) -> None:
    chart = (T_ALL, remission(), lesion(ago(100)), remission(ago(20)))
    assert screen(Given(chart)).atom("I01", "a7") == (None, ("judgement",))
