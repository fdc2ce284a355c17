"""1. Relapsed or refractory CD5+ T-cell malignancies without another option. 2. Burden and washout. 3. Age.

Disease and CD5 are data, options are a person's. The washout has no anchor: while it runs nobody can say, once it has
passed it has passed before any collection or infusion.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    ATC,
    CHINESE_ICD_10,
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_PCS,
    ICD_O_3,
    NEGATIVE,
    PASSES,
    POSITIVE,
    RXNORM,
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
    coded,
    condition,
    medication,
    observation,
    person,
    procedure,
    quantity,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy

T_ALL = condition("277575008", SNOMED, onset=ago(400))
RELAPSE = condition("C91.02", onset=ago(60), recorded=ago(60))
REFRACTORY = condition("12311000132101", SNOMED)
CD5 = answered("13845-3", POSITIVE, on=ago(20))
NO_OPTIONS = tuple(attestation(f"NCT07070323#I01.{atom}", True) for atom in ("a4", "a6", "a7"))

DISEASES = [
    *rows(
        PASSES,
        {
            name: (disease, RELAPSE, CD5, *NO_OPTIONS)
            for name, disease in {
                "T-ALL": T_ALL,
                "T-LBL": condition("421246008", SNOMED),
                "T-ALL/LBL, ICD-O-3": condition("9837/3", ICD_O_3),
                "peripheral T-cell lymphoma, ICD-10-CM": condition("C84.40"),
                "adult T-cell leukemia, WHO": condition("C91.5", ICD_10),
                "T-cell prolymphocytic leukemia, Chinese ICD": condition("C91.600", CHINESE_ICD_10),
                "status missing": condition("277575008", SNOMED, status=None),
            }.items()
        },
    ),
    *rows(
        FAILS,
        {
            "AML": (condition("C92.00"), CD5, *NO_OPTIONS),
            "B-lineage ALL": (condition("277571004", SNOMED), CD5, *NO_OPTIONS),
            "blastic NK-cell lymphoma is none": (condition("C86.4"), CD5, *NO_OPTIONS),
            "no malignancy on record": (HYPERTENSION, CD5, *NO_OPTIONS),
            "CD5 negative": (T_ALL, RELAPSE, answered("13845-3", NEGATIVE, on=ago(20)), *NO_OPTIONS),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "ALL without its lineage": (RELAPSE, CD5, *NO_OPTIONS),
            "lymphoblastic lymphoma without it": (condition("C83.50"), RELAPSE, CD5, *NO_OPTIONS),
            "NK/T": (condition("414166008", SNOMED), RELAPSE, CD5, *NO_OPTIONS),
            "NK/T, ICD-10-CM": (condition("C86.00"), REFRACTORY, CD5, *NO_OPTIONS),
            "large granular lymphocytes, ICD-10-CM": (condition("C91.Z0"), REFRACTORY, CD5, *NO_OPTIONS),
            "the same, WHO": (condition("C91.7", ICD_10), REFRACTORY, CD5, *NO_OPTIONS),
            "history of leukemia": (condition("Z85.6"), REFRACTORY, CD5, *NO_OPTIONS),
            "lymphoma, ICD-O-3": (condition("9591/3", ICD_O_3), REFRACTORY, CD5, *NO_OPTIONS),
            "anaplastic lymphoma without its words": (condition("277637000", SNOMED), REFRACTORY, CD5, *NO_OPTIONS),
        },
    ),
    row("mixed phenotype", condition("1153379006", SNOMED), CD5, *NO_OPTIONS, comes=review("judgement", "no-data")),
    row(
        "in remission",
        condition("427642009", SNOMED, status="remission"),
        RELAPSE,
        CD5,
        *NO_OPTIONS,
        comes=review("judgement", "no-data"),
    ),
    row("nothing says relapsed or refractory", T_ALL, CD5, *NO_OPTIONS, comes=review("no-data")),
    row("refractory", T_ALL, REFRACTORY, CD5, *NO_OPTIONS, comes=PASSES),
    *rows(
        review("judgement", "no-data"),
        {
            f"refractory once, {name}": (disease, REFRACTORY, CD5, *NO_OPTIONS)
            for name, disease in {
                "a lymphoma in remission since": condition("C84.40", status="remission"),
                "a code for a lymphoma in remission": condition("C84.4A"),
                "prolymphocytic leukemia in remission": condition("C91.61"),
            }.items()
        },
    ),
    row(
        "a lymphoma whose status is relapse; when is not said, so CD5 may be from before",
        condition("C84.40", status="relapse", onset=ago(60)),
        CD5,
        *NO_OPTIONS,
        comes=review("undated"),
    ),
]

MARKER = [
    row("CD5 not looked for", T_ALL, RELAPSE, *NO_OPTIONS, comes=review("no-data")),
    row(
        "only a percentage",
        T_ALL,
        RELAPSE,
        observation("13845-3", valueQuantity=quantity(90, "%")),
        *NO_OPTIONS,
        comes=review("unspecific"),
    ),
    row(
        "before the relapse",
        T_ALL,
        RELAPSE,
        answered("13845-3", POSITIVE, on=ago(61)),
        *NO_OPTIONS,
        comes=review("stale"),
    ),
    row("on its day", T_ALL, RELAPSE, answered("13845-3", POSITIVE, on=ago(60)), *NO_OPTIONS, comes=PASSES),
    row(
        "of all cells",
        T_ALL,
        RELAPSE,
        answered("8132-3", POSITIVE, on=ago(20)),
        *NO_OPTIONS,
        comes=review("unspecific"),
    ),
]

OPTIONS = [
    row("nobody has said", T_ALL, RELAPSE, CD5, comes=review("judgement")),
    row(
        "intolerant instead",
        T_ALL,
        RELAPSE,
        CD5,
        *NO_OPTIONS[1:],
        attestation("NCT07070323#I01.a5", True),
        comes=PASSES,
    ),
    row(
        "neither",
        T_ALL,
        RELAPSE,
        CD5,
        *NO_OPTIONS[1:],
        *(attestation(f"NCT07070323#I01.{a}", False) for a in ("a4", "a5")),
        comes=FAILS,
    ),
    row("a curative option", T_ALL, RELAPSE, CD5, attestation("NCT07070323#I01.a7", False), comes=FAILS),
    row("attested as a whole", T_ALL, RELAPSE, CD5, attestation("NCT07070323#I01", True), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), DISEASES + MARKER + OPTIONS)
def test_disease(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


def blasts(value: float, unit: str = "%", **more: Any) -> Resource:
    return observation("26446-5", **({"on": ago(3)} | more), valueQuantity=quantity(value, unit))


def dose(days: int | None, code: str = "L01CA02", system: str = ATC, text: str | None = None) -> Resource:
    """A single dose, given so many days ago."""
    given: Resource = {} if days is None else {"effectiveDateTime": ago(days)}
    return {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": coded(system, code, text),
        **given,
    }


BIOPSY = procedure("86273004")
WASHED_OUT = (dose(15), BIOPSY)

BURDEN = [
    *rows(PASSES, {f"{value} %": (T_ALL, blasts(value), *WASHED_OUT) for value in (0, 19, 19.9)}),
    *rows(FAILS, {f"{value} %": (T_ALL, blasts(value), *WASHED_OUT) for value in (20, 21, 90)}),
    row("0.19 as a fraction", T_ALL, blasts(0.19, "1"), *WASHED_OUT, comes=PASSES),
    row("0.2 as a fraction", T_ALL, blasts(0.2, "1"), *WASHED_OUT, comes=FAILS),
    row("30 days old", T_ALL, blasts(5, on=ago(30)), *WASHED_OUT, comes=PASSES),
    row("31 days old", T_ALL, blasts(5, on=ago(31)), *WASHED_OUT, comes=review("stale")),
    row(
        "as a number per volume",
        T_ALL,
        observation("30376-8", valueQuantity=quantity(1, "10*9/L")),
        *WASHED_OUT,
        comes=review("unspecific"),
    ),
    row("not counted", T_ALL, *WASHED_OUT, comes=review("no-data")),
    row("T-LBL", condition("421246008", SNOMED), blasts(5), *WASHED_OUT, comes=PASSES),
    row("prolymphocytic leukemia", condition("C91.60"), blasts(5), *WASHED_OUT, comes=review("judgement")),
    row(
        "prolymphocytic leukemia, many blasts", condition("C91.60"), blasts(50), *WASHED_OUT, comes=review("judgement")
    ),
]

WASHOUT = [
    row("15 days ago", T_ALL, blasts(5), dose(15), BIOPSY, comes=PASSES),
    row("14 days ago", T_ALL, blasts(5), dose(14), BIOPSY, comes=review("registry-error")),
    row("today", T_ALL, blasts(5), dose(0), BIOPSY, comes=review("registry-error")),
    row("one long ago and one lately", T_ALL, blasts(5), dose(60), dose(2), BIOPSY, comes=review("registry-error")),
    row("undated", T_ALL, blasts(5), dose(None), BIOPSY, comes=review("undated")),
    row(
        "none on record",
        T_ALL,
        blasts(5),
        medication("N02BE01", began=ago(60), ended=ago(50)),
        BIOPSY,
        comes=review("no-data"),
    ),
    row("no medication was retrieved", T_ALL, blasts(5), BIOPSY, covers=UNVOUCHED, comes=review("not-retrieved")),
    row("procedures were not retrieved", T_ALL, blasts(5), dose(15), covers=UNVOUCHED, comes=review("not-retrieved")),
    row(
        "taken until 15 days ago",
        T_ALL,
        blasts(5),
        medication("L01BB02", began=ago(90), ended=ago(15)),
        BIOPSY,
        comes=PASSES,
    ),
    row(
        "taken until 14 days ago",
        T_ALL,
        blasts(5),
        medication("L01BB02", began=ago(90), ended=ago(14)),
        BIOPSY,
        comes=review("registry-error"),
    ),
    row(
        "taken since, no end stated",
        T_ALL,
        blasts(5),
        medication("L01BB02", began=ago(90)),
        BIOPSY,
        comes=review("registry-error"),
    ),
    row("no antineoplastic", T_ALL, blasts(5), dose(15), dose(2, "N02BE01"), BIOPSY, comes=PASSES),
    row(
        "a later one whose code system is not known, by its name",
        T_ALL,
        blasts(5),
        dose(15),
        dose(2, "11202", RXNORM, "vincristine"),
        BIOPSY,
        comes=review("unusable-data"),
    ),
    *rows(
        review("registry-error", "unspecific"),
        {
            f"{name} since": (T_ALL, blasts(5), *WASHED_OUT, lately)
            for name, lately in {
                "methotrexate by its other code": dose(2, "L04AX03"),
                "alemtuzumab by its newest code": dose(2, "L04AG06"),
                "alemtuzumab by the code before": dose(2, "L04AA34"),
                "cladribine by its other code": dose(2, "L04AA40"),
                "chemotherapy as a procedure": procedure("367336001", on=ago(2)),
                "radiotherapy": procedure("108290001", on=ago(2)),
                "radiotherapy, ICD-10-PCS": procedure("DW053ZZ", ICD_10_PCS, on=ago(2)),
                "chemotherapy, ICD-10-PCS": procedure("3E03305", ICD_10_PCS, on=ago(2)),
                "a radiotherapy session": condition("Z51.0", onset=ago(2)),
            }.items()
        },
    ),
    row("radiotherapy before", T_ALL, blasts(5), *WASHED_OUT, procedure("108290001", on=ago(15)), comes=PASSES),
    row(
        "CAR-T cells since",
        T_ALL,
        blasts(5),
        *WASHED_OUT,
        procedure("XW033C7", ICD_10_PCS, on=ago(2)),
        comes=review("registry-error"),
    ),
    row(
        "since, one whose code system is not known, without its name",
        T_ALL,
        blasts(5),
        *WASHED_OUT,
        dose(2, "11202", RXNORM),
        comes=review("unusable-data"),
    ),
    row(
        "nothing is presumed absent",
        T_ALL,
        blasts(5),
        *WASHED_OUT,
        absence=AbsencePolicy.UNKNOWN,
        comes=review("no-data"),
    ),
    row("attested", T_ALL, blasts(5), dose(None), BIOPSY, attestation("NCT07070323#I02.a2", True), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), BURDEN + WASHOUT)
def test_burden_and_washout(check: Check, given: Given, expected: Expected) -> None:
    check("I02", given, expected)


def test_a_running_washout_says_when_it_has_passed(check: Check) -> None:
    """A dose on 10 November: the fifteenth day is the 25th."""
    answer = check("I02", Given((T_ALL, blasts(5), dose(10), BIOPSY)), review("registry-error"))
    (washout,) = (atom for atom in answer.criterion("I02").atoms if atom.id == "a2")
    assert "2026-11-25" in washout.explanation


def test_the_answer_says_that_blasts_stand_for_the_tumor_burden(check: Check) -> None:
    answer = check("I02", Given((T_ALL, blasts(5), *WASHED_OUT)), PASSES)
    assert any("stand for the tumor burden" in caution for caution in answer.criterion("I02").cautions)


AGE = [
    row("the day before the first birthday", patient=person(born="2025-11-21"), comes=FAILS),
    row("the first birthday", patient=person(born="2025-11-20"), comes=PASSES),
    row("the day before the 71st", patient=person(born="1955-11-21"), comes=PASSES),
    row("the 71st birthday", patient=person(born="1955-11-20"), comes=FAILS),
    row("only the year, of the first birthday", patient=person(born="2025"), comes=review("imprecise")),
    row("only the year, of the 71st birthday", patient=person(born="1955"), comes=review("imprecise")),
    row("no birth date", patient=person(born=None), comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), AGE)
def test_age(check: Check, given: Given, expected: Expected) -> None:
    check("I03", given, expected)


def test_the_criteria_of_a_cohort_count_there_alone(screen: Screen) -> None:
    limiting = {arm.cohort: set(arm.limiting) for arm in screen(Given((T_ALL, blasts(50)))).result.arms}
    assert limiting["autologous"] == {"I02"}
    assert {"I09", "X14"} <= limiting["new_matched_donor"]
    assert not {"I02", "I09", "X14"} & limiting["prior_sct_donor"]
