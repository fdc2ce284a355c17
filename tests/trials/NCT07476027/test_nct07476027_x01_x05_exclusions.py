"""Heart and lungs, other tumors, infections, immune diseases; active hepatitis, whose text is cut off."""

from __future__ import annotations

import pytest
from bundles import (
    DETECTED,
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
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
    quantity,
    review,
    row,
    rows,
)
from results import nyha
from tables import IMMUNE_DISEASES, INFECTIONS, NO_OTHER_TUMORS

UNSUITABLE, SUITABLE = (attestation("NCT07476027#X01.a3", answer) for answer in (True, False))
SEVERE = attestation("NCT07476027#X01.a1", True)


HEART_AND_LUNGS = [
    *rows(
        review("judgement", "unspecific"),
        {
            "heart failure": (HYPERTENSION, condition("I50.9")),
            "respiratory failure": (HYPERTENSION, condition("J96.00")),
            "rheumatic heart failure": (HYPERTENSION, condition("I09.81")),
            "cardiac insufficiency after surgery": (HYPERTENSION, condition("I97.111")),
            "transplanted lungs": (HYPERTENSION, condition("Z94.2")),
            "pneumonitis by radiation": (HYPERTENSION, condition("J70.0")),
            "pulmonary insufficiency after surgery": (HYPERTENSION, condition("J95.3")),
            "NYHA III": (HYPERTENSION, nyha("LA28406-9")),
        },
    ),
    row("NYHA II", HYPERTENSION, nyha("LA28405-1"), comes=PASSES),
    row("heart failure that the investigator accepts", condition("I50.9"), SUITABLE, comes=PASSES),
    row("severe and unsuitable", condition("I50.9"), SEVERE, UNSUITABLE, comes=FAILS),
    row("nothing", HYPERTENSION, comes=PASSES),
    row(
        "heart failure in the past",
        HYPERTENSION,
        condition("I50.9", status="resolved"),
        UNSUITABLE,
        comes=review("judgement", "unspecific"),
    ),
    row(
        "ARDS in the past",
        HYPERTENSION,
        condition("J80", status="resolved"),
        UNSUITABLE,
        comes=review("judgement", "unspecific"),
    ),
    row("an old NYHA III", HYPERTENSION, nyha("LA28406-9", on=ago(31)), UNSUITABLE, comes=review("stale")),
    row("diagnoses were not retrieved", covers=UNVOUCHED, comes=review("judgement", "not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), HEART_AND_LUNGS)
def test_heart_and_lungs(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


TUMORS = [
    *NO_OTHER_TUMORS,
    row("neuroblastoma", condition("C74.90"), comes=review("unspecific")),
    row("resolved", condition("C74.90", status="resolved"), comes=PASSES),
    row("cancer in the past", condition("Z85.3"), comes=PASSES),
    row("cancer in the past, German", condition("Z85.3", GERMAN_ICD_10), comes=PASSES),
    row("attested as progressive", condition("C74.90"), attestation("NCT07476027#X02", True), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), TUMORS)
def test_other_tumors(check: Check, given: Given, expected: Expected) -> None:
    check("X02", given, expected)


UNMANAGED = [row("attested", condition("A41.9", onset=ago(3)), attestation("NCT07476027#X03", True), comes=FAILS)]


@pytest.mark.parametrize(("given", "expected"), [*INFECTIONS, *UNMANAGED])
def test_infections(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


IMMUNE = [
    *IMMUNE_DISEASES,
    row("HIV disease is no congenital immunodeficiency", condition("B20"), comes=PASSES),
    row("attested as severe", condition("M32.9"), attestation("NCT07476027#X04.a1", True), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), IMMUNE)
def test_immune_diseases(check: Check, given: Given, expected: Expected) -> None:
    check("X04", given, expected)


# --- X05 --------------------------------------------------------------------------------------------------------------


def dna(value: float, high: float | None = 20) -> Resource:
    ranges: Resource = {} if high is None else {"referenceRange": [{"high": quantity(high, "[IU]/mL")}]}
    return observation("42595-9", valueQuantity=quantity(value, "[IU]/mL"), **ranges)


ANTIGEN, NO_ANTIGEN = answered("5195-3", POSITIVE), answered("5195-3", NEGATIVE)
CORE, NO_CORE = answered("13952-7", POSITIVE), answered("13952-7", NEGATIVE)
ANTI_HCV, NO_ANTI_HCV = answered("13955-0", POSITIVE), answered("13955-0", NEGATIVE)
RNA, NO_RNA = answered("11259-9", DETECTED), answered("11259-9", NOT_DETECTED)
CUT_OFF = review("truncated")

HEPATITIS = [
    row("surface antigen and DNA above the limit", ANTIGEN, dna(21), comes=FAILS),
    row("core antibody and DNA above the limit", NO_ANTIGEN, CORE, dna(21), comes=FAILS),
    row("DNA at the limit", ANTIGEN, dna(20), NO_ANTI_HCV, comes=CUT_OFF),
    row("DNA not detected", ANTIGEN, answered("29610-3", NOT_DETECTED), NO_ANTI_HCV, comes=CUT_OFF),
    row("DNA above without antigen or antibody", NO_ANTIGEN, NO_CORE, dna(500), NO_ANTI_HCV, comes=CUT_OFF),
    row("DNA without a range", ANTIGEN, dna(500, None), NO_ANTI_HCV, comes=review("no-reference-range", "truncated")),
    row("antigen without DNA", ANTIGEN, NO_ANTI_HCV, comes=review("no-data", "truncated")),
    row("hepatitis C, RNA detected", NO_ANTIGEN, NO_CORE, ANTI_HCV, RNA, comes=CUT_OFF),
    row("hepatitis C, RNA not detected", NO_ANTIGEN, NO_CORE, ANTI_HCV, NO_RNA, comes=CUT_OFF),
    row("everything negative", NO_ANTIGEN, NO_CORE, NO_ANTI_HCV, comes=CUT_OFF),
    row("not tested", comes=review("no-data", "truncated")),
    row(
        "attested that there is none",
        NO_ANTIGEN,
        NO_CORE,
        NO_ANTI_HCV,
        attestation("NCT07476027#X05", False),
        comes=CUT_OFF,
    ),
]


@pytest.mark.parametrize(("given", "expected"), HEPATITIS)
def test_hepatitis(check: Check, given: Given, expected: Expected) -> None:
    check("X05", given, expected)


def test_the_lost_limit_of_hepatitis_c(screen: Screen) -> None:
    assert screen(Given((RNA,))).atom("X05", "a5") == (None, ("truncated",))
    assert screen(Given((NO_RNA,))).atom("X05", "a5") == (False, ())
    assert screen(Given(())).atom("X05", "a5") == (None, ("no-data",))


def test_the_trial_is_never_cleared_and_says_why(screen: Screen) -> None:
    answer = screen(Given((NO_ANTIGEN, NO_CORE, NO_ANTI_HCV)))
    assert any("cut off" in sentence for sentence in answer.criterion("X05").cautions)
    assert all("X05" in arm.open.registry for arm in answer.result.arms)
