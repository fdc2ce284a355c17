"""Exclusions 10 to 13: brain lesions, transplanted organs, pregnancy, and tests for hepatitis, HIV and syphilis."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    DETECTED,
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_PCS,
    INDETERMINATE,
    NEGATIVE,
    NOT_DETECTED,
    PASSES,
    POSITIVE,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    attestation,
    condition,
    procedure,
    review,
    row,
    rows,
    woman,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind

LESIONS = [
    *rows(
        review("unspecific"),
        {"a lesion on imaging": condition("R90.0"), "metastasis": condition("C79.31"), "abscess": condition("G06.0")},
    ),
    row("no imaging", HYPERTENSION, comes=review("no-data")),
    row("nothing retrieved", covers=UNVOUCHED, comes=review("no-data")),
    row("attested: none", HYPERTENSION, attestation("NCT07070323#X10", False), comes=PASSES),
    row("attested: one", HYPERTENSION, attestation("NCT07070323#X10.a1", True), comes=FAILS),
]


@pytest.mark.parametrize(("given", "expected"), LESIONS)
def test_brain_lesions(check: Check, given: Given, expected: Expected) -> None:
    check("X10", given, expected)


BIOPSY = procedure("86273004")
ORGANS = [
    *rows(
        FAILS,
        {
            "kidney": procedure("70536003", on=ago(4000)),
            "liver, undated": procedure("18027006"),
            "kidney transplant status": condition("Z94.0"),
            "pancreas transplant status": condition("Z94.83"),
            "heart transplant status, WHO": condition("Z94.1", ICD_10),
            "history of": condition("161665007", SNOMED),
            "kidney, ICD-10-PCS": procedure("0TY00Z0", ICD_10_PCS),
            "heart, ICD-10-PCS": procedure("02YA0Z0", ICD_10_PCS),
            "a kidney and stem cells": (condition("Z94.0"), condition("Z94.84")),
        },
    ),
    *rows(
        PASSES,
        {
            "stem cell transplant status": (condition("Z94.84"), BIOPSY),
            "marrow transplant status": (condition("Z94.81"), BIOPSY),
            "stem cells": (procedure("234336002"), HYPERTENSION),
            "allogeneic marrow": (procedure("58390007"), HYPERTENSION),
            "aftercare of a marrow transplant": (condition("Z48.290"), BIOPSY),
            "skin": (condition("Z94.5"), BIOPSY),
            "cornea": (condition("Z94.7"), BIOPSY),
            "none": (HYPERTENSION, BIOPSY),
            "never done": (HYPERTENSION, BIOPSY, procedure("70536003", status="not-done")),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "an organ that is not named": (condition("Z94.9"), BIOPSY),
            "marrow or another organ, WHO": (condition("Z94.8", ICD_10), BIOPSY),
            "a complication of one": (condition("T86.10"), BIOPSY),
            "rejection of a lung": (condition("T86.810"), BIOPSY),
            "failure of an organ that is not named, WHO": (condition("T86.9", ICD_10), BIOPSY),
            "an organ that was removed again": (condition("Z98.85"), BIOPSY),
            "aftercare of one": (condition("Z48.22"), BIOPSY),
        },
    ),
    row("no procedures were retrieved", HYPERTENSION, covers=UNVOUCHED, comes=review("not-retrieved")),
    row("procedures vouched for", HYPERTENSION, covers=frozenset({Kind.PROCEDURE}), comes=PASSES),
    row("nothing is presumed absent", HYPERTENSION, BIOPSY, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), ORGANS)
def test_transplanted_organs(check: Check, given: Given, expected: Expected) -> None:
    check("X11", given, expected)


def pregnancy_test(answer: tuple[str, str], days: int = 3) -> Resource:
    return answered("2118-8", answer, on=ago(days))


def in_urine(answer: tuple[str, str], days: int) -> Resource:
    return answered("2106-3", answer, on=ago(days))


PREGNANCY = [
    row("a man", comes=PASSES),
    row("a girl of three without a test", patient=woman(born="2023-01-01"), comes=review("no-data")),
    row("positive", pregnancy_test(POSITIVE), patient=woman(), comes=FAILS),
    row("negative", pregnancy_test(NEGATIVE), patient=woman(), comes=PASSES),
    row("negative seven days ago", pregnancy_test(NEGATIVE, 7), patient=woman(), comes=PASSES),
    row("negative eight days ago", pregnancy_test(NEGATIVE, 8), patient=woman(), comes=review("no-data", "stale")),
    row("pregnancy on record", condition("Z33.1", onset=ago(60)), patient=woman(), comes=FAILS),
    row(
        "normal pregnancy, and a negative test",
        condition("72892002", SNOMED, onset=ago(60)),
        pregnancy_test(NEGATIVE),
        patient=woman(),
        comes=review("conflicting-data"),
    ),
    row("of a recorded man", condition("Z33.1", onset=ago(60)), comes=review("conflicting-data")),
    *rows(
        review("no-data", "unspecific"),
        {
            "positive in urine since": (pregnancy_test(NEGATIVE), in_urine(POSITIVE, 1)),
            "positive in urine that day": (pregnancy_test(NEGATIVE), in_urine(POSITIVE, 3)),
            "negative in urine since": (pregnancy_test(POSITIVE), in_urine(NEGATIVE, 1)),
            "only in urine": in_urine(NEGATIVE, 1),
        },
        patient=woman(),
    ),
    *rows(
        PASSES,
        {
            "positive in urine before": (pregnancy_test(NEGATIVE), in_urine(POSITIVE, 4)),
            "negative in urine, too": (pregnancy_test(NEGATIVE), in_urine(NEGATIVE, 1)),
        },
        patient=woman(),
    ),
    row("no test", HYPERTENSION, patient=woman(), comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), PREGNANCY)
def test_pregnancy(check: Check, given: Given, expected: Expected) -> None:
    check("X12", given, expected)


def found(code: str, answer: tuple[str, str], days: int = 5, **more: Any) -> Resource:
    return answered(code, answer, on=ago(days), **more)


def unlisted(words: str, answer: tuple[str, str]) -> Resource:
    """A test by a code of LOINC that no value set has."""
    test = found("99999-9", answer)
    test["code"]["coding"][0]["display"] = words
    return test


SURFACE, HBV_DNA, HCV_ANTIBODY, HCV_RNA = "5195-3", "29610-3", "16128-1", "11259-9"
HIV, TREPONEMAL, NON_TREPONEMAL = "56888-1", "22587-0", "20507-0"
NO_HIV = found(HIV, NEGATIVE)
NO_SYPHILIS = (found(TREPONEMAL, NEGATIVE), found(NON_TREPONEMAL, NEGATIVE))
NO_HEPATITIS = (found(SURFACE, NEGATIVE), found(HCV_ANTIBODY, NEGATIVE))
OTHERWISE_CLEAR = (NO_HIV, *NO_SYPHILIS)

CORE = "16933-4"
OTHER_TESTS = {
    "core antibody": (CORE, "13952-7"),
    "core IgM antibody": ("24113-3", "31204-1"),
    "HBeAg": ("13954-3", "5191-2"),
    "hepatitis D": ("40727-0", "34597-5", "7906-1"),
    "hepatitis E": ("14211-7", "14212-5", "69577-5"),
}

HEPATITIS = [
    row("none", *NO_HEPATITIS, *OTHERWISE_CLEAR, comes=PASSES),
    row("by nucleic acid", found(SURFACE, NEGATIVE), found(HCV_RNA, NOT_DETECTED), *OTHERWISE_CLEAR, comes=PASSES),
    *rows(
        FAILS,
        {
            "surface antigen": found(SURFACE, POSITIVE),
            "HBV DNA": found(HBV_DNA, DETECTED),
            "HCV RNA": found(HCV_RNA, DETECTED),
            "HBV DNA in spite of the antigen": (*NO_HEPATITIS, *OTHERWISE_CLEAR, found(HBV_DNA, DETECTED)),
            "HCV RNA in spite of the antibody": (*NO_HEPATITIS, *OTHERWISE_CLEAR, found(HCV_RNA, DETECTED)),
            "surface antigen, and no DNA": (found(SURFACE, POSITIVE), found(HBV_DNA, NOT_DETECTED)),
        },
    ),
    *[
        row(name, *tests, *OTHERWISE_CLEAR, comes=comes)
        for name, tests, comes in (
            ("not tested", (), review("no-data")),
            ("only the antigen", (found(SURFACE, NEGATIVE),), review("no-data")),
            ("only hepatitis C", (found(HCV_ANTIBODY, NEGATIVE),), review("no-data")),
            ("only HBV DNA", (found(HBV_DNA, NOT_DETECTED), found(HCV_ANTIBODY, NEGATIVE)), review("no-data")),
            ("antibody", (found(SURFACE, NEGATIVE), found(HCV_ANTIBODY, POSITIVE)), review("no-data", "unspecific")),
            (
                "antibody without RNA",
                (found(SURFACE, NEGATIVE), found(HCV_ANTIBODY, POSITIVE), found(HCV_RNA, NOT_DETECTED)),
                review("no-data", "unspecific"),
            ),
            *(
                (f"{name}: {code}", (*NO_HEPATITIS, found(code, POSITIVE)), review("no-data", "unspecific"))
                for name, codes in OTHER_TESTS.items()
                for code in codes
            ),
            *(
                (f"no {name}: {code}", (*NO_HEPATITIS, found(code, NEGATIVE)), PASSES)
                for name, codes in OTHER_TESTS.items()
                for code in codes
            ),
            ("core antibody, long ago", (*NO_HEPATITIS, found(CORE, POSITIVE, 900)), review("no-data", "unspecific")),
            (
                "HBeAg once, and not now",
                (*NO_HEPATITIS, found("13954-3", POSITIVE, 60), found("13954-3", NEGATIVE)),
                PASSES,
            ),
            (
                "hepatitis E antibody, and no RNA since",
                (*NO_HEPATITIS, found("14212-5", POSITIVE, 20), found("69577-5", NOT_DETECTED)),
                review("no-data", "unspecific"),
            ),
            (
                "a core antibody in words alone",
                (*NO_HEPATITIS, {**found("", POSITIVE), "code": {"text": "Hepatitis B core IgM antibody"}}),
                review("no-data", "unusable-data"),
            ),
            (
                "hepatitis E RNA by a code that no list has",
                (*NO_HEPATITIS, unlisted("Hepatitis E virus RNA", POSITIVE)),
                review("no-data", "unspecific"),
            ),
            ("no hepatitis E RNA by such a code", (*NO_HEPATITIS, unlisted("Hepatitis E virus RNA", NEGATIVE)), PASSES),
            (
                "antibodies against the surface antigen by such a code",
                (*NO_HEPATITIS, unlisted("Hepatitis B virus surface Ab", POSITIVE)),
                PASSES,
            ),
            ("vaccinated", (*NO_HEPATITIS, found("10900-9", POSITIVE)), PASSES),
            *(
                (f"a diagnosis: {code}", (*NO_HEPATITIS, condition(code)), review("no-data", "unspecific"))
                for code in ("B18.1", "B16.9", "B18.2", "B17.10", "B15.9", "B17.2", "B19.9")
            ),
            ("a hepatitis that is over", (*NO_HEPATITIS, condition("B15.9", status="resolved")), PASSES),
            ("a carrier", (*NO_HEPATITIS, condition("Z22.5", ICD_10)), review("no-data", "unspecific")),
            ("hepatitis A, IgM", (*NO_HEPATITIS, found("22314-9", POSITIVE)), review("no-data", "unspecific")),
            ("no hepatitis A, long ago", (*NO_HEPATITIS, found("22314-9", NEGATIVE, 200)), PASSES),
            ("90 days ago", (found(SURFACE, NEGATIVE, 90), found(HCV_ANTIBODY, NEGATIVE, 90)), PASSES),
            (
                "91 days ago",
                (found(SURFACE, NEGATIVE, 91), found(HCV_ANTIBODY, NEGATIVE)),
                review("no-data", "stale"),
            ),
            ("old DNA, none", (*NO_HEPATITIS, found(HBV_DNA, NOT_DETECTED, 200)), PASSES),
            ("old DNA, detected", (*NO_HEPATITIS, found(HBV_DNA, DETECTED, 200)), review("no-data", "stale")),
            (
                "indeterminate",
                (found(SURFACE, INDETERMINATE), found(HCV_ANTIBODY, NEGATIVE)),
                review("no-data", "unspecific"),
            ),
        )
    ],
]

HIV_AND_SYPHILIS = [
    row("HIV disease", *NO_HEPATITIS, *NO_SYPHILIS, condition("B20", onset="2010"), comes=FAILS),
    row("HIV RNA", *NO_HEPATITIS, *NO_SYPHILIS, found("25835-0", DETECTED), comes=FAILS),
    row(
        "HIV screening reactive",
        *NO_HEPATITIS,
        *NO_SYPHILIS,
        found(HIV, POSITIVE),
        comes=review("judgement", "no-data"),
    ),
    row("HIV not tested", *NO_HEPATITIS, *NO_SYPHILIS, comes=review("no-data")),
    row(
        "both syphilis tests",
        *NO_HEPATITIS,
        NO_HIV,
        found(TREPONEMAL, POSITIVE),
        found(NON_TREPONEMAL, POSITIVE),
        comes=FAILS,
    ),
    row(
        "one syphilis test",
        *NO_HEPATITIS,
        NO_HIV,
        found(TREPONEMAL, POSITIVE),
        found(NON_TREPONEMAL, NEGATIVE),
        comes=review("judgement"),
    ),
    row("only a treponemal test done", *NO_HEPATITIS, NO_HIV, found(TREPONEMAL, NEGATIVE), comes=PASSES),
    row("only a non-treponemal test done", *NO_HEPATITIS, NO_HIV, found(NON_TREPONEMAL, NEGATIVE), comes=PASSES),
    row(
        "only one done, and positive",
        *NO_HEPATITIS,
        NO_HIV,
        found(TREPONEMAL, POSITIVE),
        comes=review("judgement", "no-data"),
    ),
    row(
        "only one done, and syphilis years ago",
        *NO_HEPATITIS,
        NO_HIV,
        found(NON_TREPONEMAL, NEGATIVE),
        condition("A53.9", onset="2015", status="resolved"),
        comes=review("judgement", "no-data"),
    ),
    row("syphilis not tested", *NO_HEPATITIS, NO_HIV, comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), HEPATITIS + HIV_AND_SYPHILIS)
def test_infections(check: Check, given: Given, expected: Expected) -> None:
    check("X13", given, expected)
