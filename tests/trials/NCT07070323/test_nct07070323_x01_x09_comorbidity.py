"""Exclusions 1 to 9: consciousness, heart, lungs, other malignancies, coagulation, kidney, infection, diabetes, mind.

A code that says the very thing decides; one that is broad, old or says no severity goes to a person.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    CHINESE_ICD_10,
    FAILS,
    HYPERTENSION,
    ICD_10,
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
    described,
    observation,
    quantity,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind


def acute(code: str, system: str = "http://hl7.org/fhir/sid/icd-10-cm", **more: Any) -> Resource:
    return condition(code, system, **({"onset": ago(5)} | more))


def coma_score(value: int, **more: Any) -> Resource:
    return observation("9269-2", valueQuantity=quantity(value, "{score}"), **more)


def vague_score(**more: Any) -> Resource:
    """Fourteen or fifteen."""
    between = {"low": quantity(14, "{score}"), "high": quantity(15, "{score}")}
    return observation("9269-2", valueRange=between, **more)


UNREADABLE_SCORE = observation("9269-2", valueString="see note", on=ago(3))


def nyha(value: int, **more: Any) -> Resource:
    return observation("88020-3", valueInteger=value, **more)


def current(code: str, system: str = "http://hl7.org/fhir/sid/icd-10-cm") -> list[Any]:
    """What holds for every condition that has to be current."""
    return [
        row("asserted 30 days ago", acute(code, system, onset=ago(30)), comes=FAILS),
        row("asserted again lately", acute(code, system, onset=ago(90), recorded=ago(5)), comes=FAILS),
        row("31 days ago", acute(code, system, onset=ago(31)), comes=review("stale")),
        row("in the month of the edge", acute(code, system, onset="2026-10"), comes=review("imprecise")),
        row("undated", acute(code, system, onset=None), comes=review("undated")),
        row("no clinical status", acute(code, system, status=None), comes=review("stale")),
        row("provisional", acute(code, system, verified="provisional"), comes=review("unconfirmed")),
        row("resolved", acute(code, system, status="resolved"), comes=PASSES),
        row("ended", acute(code, system, abatementDateTime=ago(2)), comes=PASSES),
        row("refuted", HYPERTENSION, acute(code, system, verified="refuted"), comes=PASSES),
        row("another diagnosis", HYPERTENSION, comes=PASSES),
        row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
        row("diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=PASSES),
        row("nothing is presumed absent", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
    ]


CONSCIOUSNESS = [
    *current("R40.20"),
    *rows(
        FAILS,
        {
            "stupor": acute("R40.1"),
            "coma, WHO": acute("R40.2", ICD_10),
            "disturbance of consciousness": acute("3006004", SNOMED),
            "coma, SNOMED": acute("371632003", SNOMED),
            "intracranial hypertension": acute("G93.2"),
            "raised pressure, SNOMED, for years": condition("271719001", SNOMED, onset="2024"),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "somnolence": acute("R40.0"),
            "a code for a coma score": acute("R40.241"),
            "disorientation": acute("R41.0"),
            "delirium": acute("F05"),
            "encephalopathy": acute("G93.40"),
            "cerebral edema": acute("G93.6"),
            "coma score 14": (HYPERTENSION, coma_score(14)),
            "coma score 3": (HYPERTENSION, coma_score(3)),
            "coma score 14 to 15": (HYPERTENSION, vague_score()),
        },
    ),
    row("coma score 15", HYPERTENSION, coma_score(15), comes=PASSES),
    row("a coma score that may be low, long ago", HYPERTENSION, vague_score(on=ago(31)), comes=review("stale")),
    row("a low coma score long ago", HYPERTENSION, coma_score(14, on=ago(31)), comes=review("stale")),
    row("a full coma score long ago", HYPERTENSION, coma_score(15, on=ago(31)), comes=PASSES),
    row("a low coma score, undated", HYPERTENSION, coma_score(14, on=None), comes=review("undated")),
    row("an unreadable coma score", HYPERTENSION, UNREADABLE_SCORE, comes=review("unusable-data")),
    row(
        "unreadable after 15", HYPERTENSION, coma_score(15, on=ago(9)), UNREADABLE_SCORE, comes=review("unusable-data")
    ),
    row("14 after unreadable", HYPERTENSION, UNREADABLE_SCORE, coma_score(14, on=ago(2)), comes=review("unspecific")),
    row(
        "fallen from 15 to 14",
        HYPERTENSION,
        coma_score(15, on=ago(9)),
        coma_score(14, on=ago(3)),
        comes=review("unspecific"),
    ),
    row("risen from 14 to 15", HYPERTENSION, coma_score(14, on=ago(9)), coma_score(15, on=ago(3)), comes=PASSES),
    row("a low coma score and a coma", acute("R40.20"), coma_score(3), comes=FAILS),
    row("only words", HYPERTENSION, described("Coma"), comes=review("unusable-data")),
]


@pytest.mark.parametrize(("given", "expected"), CONSCIOUSNESS)
def test_consciousness_or_intracranial_pressure(check: Check, given: Given, expected: Expected) -> None:
    check("X01", given, expected)


UNREADABLE_CLASS = observation("88020-3", valueString="see note", on=ago(3))
FAILURE = condition("I50.9", onset=ago(400))
HEART = [
    *rows(FAILS, {f"with NYHA {value}": (FAILURE, nyha(value)) for value in (2, 3, 4)}),
    row("with NYHA I", FAILURE, nyha(1), comes=review("unspecific")),
    row("congestive, SNOMED, with NYHA III", condition("42343007", SNOMED), nyha(3), comes=FAILS),
    row("without a class", FAILURE, comes=review("unspecific")),
    row("with an old class", FAILURE, nyha(3, on=ago(31)), comes=review("unspecific")),
    row(
        "resolved, with NYHA II",
        condition("I50.9", onset=ago(400), status="resolved"),
        nyha(2),
        comes=review("judgement"),
    ),
    row("NYHA III and no diagnosis", HYPERTENSION, nyha(3), comes=review("judgement")),
    row("NYHA IV and no diagnosis", HYPERTENSION, nyha(4), comes=review("judgement")),
    row("NYHA I and no diagnosis", HYPERTENSION, nyha(1), comes=PASSES),
    row("unreadable after NYHA I", HYPERTENSION, nyha(1, on=ago(9)), UNREADABLE_CLASS, comes=review("unusable-data")),
    row("NYHA II after unreadable", HYPERTENSION, UNREADABLE_CLASS, nyha(2, on=ago(2)), comes=review("judgement")),
    row("NYHA risen from I to II", HYPERTENSION, nyha(1, on=ago(9)), nyha(2, on=ago(3)), comes=review("judgement")),
    row("NYHA fallen from II to I", HYPERTENSION, nyha(2, on=ago(9)), nyha(1, on=ago(3)), comes=PASSES),
    row(
        "NYHA I-II and no diagnosis",
        HYPERTENSION,
        observation("88020-3", valueString="I-II"),
        comes=review("judgement"),
    ),
    row("an old NYHA III and no diagnosis", HYPERTENSION, nyha(3, on=ago(31)), comes=review("stale")),
    row("an old NYHA I and no diagnosis", HYPERTENSION, nyha(1, on=ago(31)), comes=PASSES),
    row("an undated NYHA II and no diagnosis", HYPERTENSION, nyha(2, on=None), comes=review("undated")),
    *rows(
        review("unspecific"),
        {
            "ventricular tachycardia": condition("I47.20", onset=ago(5)),
            "atrial fibrillation": condition("I48.91", onset=ago(900)),
            "complete block": condition("27885002", SNOMED, onset=ago(900)),
            "supraventricular tachycardia": condition("I47.10", onset=ago(5)),
            "sick sinus": condition("I49.5", onset=ago(5)),
            "pre-excitation, WHO": condition("I45.6", ICD_10, onset=ago(5)),
            "arrhythmia, SNOMED": condition("698247007", SNOMED, onset=ago(5)),
        },
    ),
    row(
        "arrhythmia, over",
        condition("I47.20", onset=ago(900), status="resolved"),
        comes=review("judgement", "unspecific"),
    ),
    row("attested: not severe", condition("I48.91"), attestation("NCT07070323#X02.a2", False), comes=PASSES),
    row("neither", HYPERTENSION, comes=PASSES),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), HEART)
def test_heart(check: Check, given: Given, expected: Expected) -> None:
    check("X02", given, expected)


LUNGS = [
    *current("J96.00"),
    *rows(
        FAILS,
        {
            "acute distress syndrome": acute("J80"),
            "acute and chronic": acute("J96.20"),
            "WHO": acute("J96.0", ICD_10),
            "SNOMED": acute("65710008", SNOMED),
            "acute distress syndrome, SNOMED": acute("67782005", SNOMED),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "unspecified": acute("J96.90"),
            "chronic": acute("J96.10"),
            "after a procedure": acute("J95.821"),
            "respiratory arrest": acute("R09.2"),
            "on a ventilator": acute("Z99.11"),
            "chronic obstructive disease": acute("J44.9"),
        },
    ),
    row("chronic, for long", acute("J96.10", onset=ago(400)), comes=review("stale", "unspecific")),
]


@pytest.mark.parametrize(("given", "expected"), LUNGS)
def test_respiratory_failure(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


MALIGNANCIES = [
    *rows(
        PASSES,
        {
            f"index disease: {name}": disease
            for name, disease in {
                "ALL": condition("C91.00"),
                "ALL in relapse": condition("C91.02"),
                "ALL, WHO": condition("C91.0", ICD_10),
                "ALL, Chinese": condition("C91.000", CHINESE_ICD_10),
                "T-ALL": condition("277575008", SNOMED, text="T-cell acute lymphoblastic leukemia"),
                "T-LBL": condition("421246008", SNOMED, text="Precursor T-cell lymphoblastic lymphoma"),
                "lymphoblastic lymphoma": condition("C83.50"),
                "mature T-cell lymphoma": condition("C84.40"),
                "T-cell lymphoma": condition("109978004", SNOMED, text="Malignant T-cell lymphoma"),
                "an unlisted one of T cells": condition("1", SNOMED, text="T-cell lymphoma of the gut"),
                "acute leukemia": condition("C95.00"),
            }.items()
        },
    ),
    *rows(
        FAILS,
        {
            "breast": condition("C50.911", onset=ago(900)),
            "colon, WHO": condition("C18.9", ICD_10),
            "melanoma": condition("C43.9"),
            "undated": condition("C61"),
            "with metastases": (condition("C50.911"), condition("C78.00")),
            "beside the index disease": (condition("C91.00"), condition("C34.90")),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "metastases without a primary": condition("C79.31"),
            "thymus: may be the index disease": condition("C37"),
            "brain": condition("C71.9"),
            "another lymphoma": condition("C83.30"),
            "another leukemia": condition("C92.10"),
            "B-lineage ALL": condition("277571004", SNOMED),
            "AML": condition("91861009", SNOMED, text="Acute myeloid leukemia"),
            "myelodysplastic syndrome": condition("D46.9"),
            "myeloproliferative disease": condition("D47.1"),
            "lymphoproliferation after a transplant": condition("D47.Z1"),
            "blastic NK-cell lymphoma": condition("C86.4"),
            "spleen: may be the index disease": condition("C26.1"),
            "a cancer as such": condition("363346000", SNOMED),
            "one whose SNOMED code no list holds": condition("254837009", SNOMED, text="Malignant neoplasm of breast"),
        },
    ),
    *rows(
        review("judgement", "unspecific"),
        {
            "skin": condition("C44.311"),
            "in situ": condition("D05.10"),
            "in situ, cervix": condition("D06.9"),
        },
    ),
    *rows(
        review("judgement"),
        {
            "in remission": condition("C50.911", status="remission"),
            "resolved": condition("C50.911", status="resolved"),
            "ended": condition("C50.911", abatementDateTime=ago(900)),
            "history of": condition("Z85.3"),
        },
    ),
    row("no clinical status", condition("C50.911", status=None), comes=review("stale")),
    row("provisional", condition("C50.911", verified="provisional"), comes=review("unconfirmed")),
    row(
        "in the family", HYPERTENSION, condition("1", SNOMED, text="Family history of malignant neoplasm"), comes=PASSES
    ),
    row("no malignancy", HYPERTENSION, comes=PASSES),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), MALIGNANCIES)
def test_other_malignancies(check: Check, given: Given, expected: Expected) -> None:
    check("X04", given, expected)


@pytest.mark.parametrize(("given", "expected"), current("D65") + current("67406007", SNOMED))
def test_intravascular_coagulation(check: Check, given: Given, expected: Expected) -> None:
    check("X05", given, expected)


def measured(code: str, value: float, unit: str, high: float | None, **more: Any) -> Resource:
    limits: Resource = {} if high is None else {"referenceRange": [{"high": quantity(high, unit)}]}
    return observation(code, valueQuantity=quantity(value, unit), **limits, **more)


def creatinine(value: float = 0.9, unit: str = "mg/dL", high: float | None = 1.2, **more: Any) -> Resource:
    return measured("2160-0", value, unit, high, **more)


def urea_nitrogen(value: float = 15, unit: str = "mg/dL", high: float | None = 20, **more: Any) -> Resource:
    return measured("3094-0", value, unit, high, **more)


KIDNEY = [
    row("both normal", creatinine(), urea_nitrogen(), comes=PASSES),
    row("creatinine just below", creatinine(1.79), urea_nitrogen(), comes=PASSES),
    row("creatinine at 1.5 times", creatinine(1.8), urea_nitrogen(), comes=FAILS),
    row("creatinine above", creatinine(1.81), urea_nitrogen(), comes=FAILS),
    row("in umol/L, below", creatinine(156, "umol/L", 106), urea_nitrogen(), comes=PASSES),
    row("in umol/L, at the limit", creatinine(159, "umol/L", 106), urea_nitrogen(), comes=FAILS),
    row("urea nitrogen just below", creatinine(), urea_nitrogen(29.9), comes=PASSES),
    row("urea nitrogen at 1.5 times", creatinine(), urea_nitrogen(30), comes=FAILS),
    row("urea in mg/dL at 1.5 times its own limit", creatinine(), measured("3091-6", 60, "mg/dL", 40), comes=FAILS),
    row("urea in mmol/L, below", creatinine(), measured("22664-7", 11, "mmol/L", 8), comes=PASSES),
    row("urea in mmol/L, at the limit", creatinine(), measured("22664-7", 12, "mmol/L", 8), comes=FAILS),
    row("one high, the other missing", creatinine(1.8), comes=FAILS),
    row("one normal, the other missing", urea_nitrogen(), comes=review("no-data")),
    row("no reference range", creatinine(high=None), urea_nitrogen(), comes=review("no-reference-range")),
    row(
        "in urine",
        observation("2161-8", valueQuantity=quantity(100, "mg/dL")),
        urea_nitrogen(),
        comes=review("no-data"),
    ),
    row(
        "a code of serum, and the fluid of a drain",
        creatinine(specimen={"display": "Peritoneal drain fluid"}),
        urea_nitrogen(),
        comes=review("unconfirmed"),
    ),
    row("a code of serum, and serum", creatinine(specimen={"display": "Serum"}), urea_nitrogen(), comes=PASSES),
    row("30 days old", creatinine(on=ago(30)), urea_nitrogen(), comes=PASSES),
    row("31 days old", creatinine(on=ago(31)), urea_nitrogen(), comes=review("stale")),
    row(
        "no unit",
        observation("2160-0", valueQuantity=quantity(0.9)),
        urea_nitrogen(),
        comes=review("unit"),
    ),
    row("neither", comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), KIDNEY)
def test_kidney(check: Check, given: Given, expected: Expected) -> None:
    check("X06", given, expected)


INFECTIONS = [
    *rows(
        FAILS,
        {
            "sepsis": acute("A41.9"),
            "sepsis, SNOMED": acute("91302008", SNOMED),
            "sepsis, Chinese": acute("A41.900", CHINESE_ICD_10),
            "severe sepsis": acute("R65.20"),
            "30 days ago": acute("A41.9", onset=ago(30)),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "bacteremia": acute("R78.81"),
            "pneumonia": acute("J18.9"),
            "pneumonia, SNOMED": acute("233604007", SNOMED),
            "septic shock, WHO": acute("R57.2", ICD_10),
            "septic shock, SNOMED": acute("76571007", SNOMED, text="Septic shock"),
        },
    ),
    row("sepsis 31 days ago", acute("A41.9", onset=ago(31)), comes=review("stale", "unspecific")),
    row("sepsis over, pneumonia since", acute("A41.9", status="resolved"), acute("J18.9"), comes=review("unspecific")),
    row("resolved", acute("A41.9", status="resolved"), comes=PASSES),
    row("none", HYPERTENSION, comes=PASSES),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("attested: under control", acute("J18.9"), attestation("NCT07070323#X07", False), comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), INFECTIONS)
def test_sepsis_or_infection(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)


SEVERITY_NOT_CODED = {
    "X08": ("E11.9", "E11.65", "E10.10", "E09.9", "O24.419"),
    "X09": ("F20.9", "F31.9", "F32.9", "F33.3", "F06.2", "F24", "F39", "F53.1"),
}


@pytest.mark.parametrize("criterion", SEVERITY_NOT_CODED)
def test_what_no_code_says(check: Check, criterion: str) -> None:
    """8. Uncontrollable diabetes. 9. Serious mental illness."""
    for code in SEVERITY_NOT_CODED[criterion]:
        check(criterion, Given((condition(code, onset=ago(400)),)), review("unspecific"))
        over = condition(code, onset=ago(400), status="resolved")
        check(criterion, Given((over,)), review("judgement", "unspecific"))
    some = condition(SEVERITY_NOT_CODED[criterion][0])
    for answer, comes in ((True, FAILS), (False, PASSES)):
        check(criterion, Given((some, attestation(f"NCT07070323#{criterion}", answer))), comes)
    check(criterion, Given((HYPERTENSION,)), PASSES)
    check(criterion, Given((), covers=UNVOUCHED), review("not-retrieved"))
    check(criterion, Given((HYPERTENSION,), absence=AbsencePolicy.UNKNOWN), review("no-data"))


@pytest.mark.parametrize(("criterion", "code"), [("X08", "44054006"), ("X08", "46635009"), ("X09", "370143000")])
def test_the_usual_snomed_codes_are_known_without_their_words(check: Check, criterion: str, code: str) -> None:
    check(criterion, Given((condition(code, SNOMED, onset=ago(400)),)), review("unspecific"))


def test_the_latest_hba1c_is_shown(check: Check) -> None:
    """It decides nothing, since the registry gives no limit; yet in the range of diabetes it clears nobody."""
    latest = observation("4548-4", valueQuantity=quantity(9.1, "%"))
    answer = check("X08", Given((condition("E11.65"), latest)), review("unspecific"))
    (hint,) = (atom for atom in answer.criterion("X08").atoms if atom.id == "hba1c")
    assert "9.1 %" in hint.explanation
    check("X08", Given((HYPERTENSION, latest)), review("judgement"))
    for value, comes in ((6.4, PASSES), (6.5, review("judgement")), (6.6, review("judgement"))):
        answer = check("X08", Given((HYPERTENSION, observation("4548-4", valueQuantity=quantity(value, "%")))), comes)
        assert answer.atom("X08", "hba1c") == (value >= 6.5, ())


@pytest.mark.parametrize(("before", "now"), [(6.4, 6.6), (6.6, 6.4)])
def test_an_earlier_hba1c_is_not(screen: Screen, before: float, now: float) -> None:
    series = (
        observation("4548-4", on=ago(days), valueQuantity=quantity(value, "%"))
        for days, value in ((90, before), (5, now))
    )
    assert screen(Given((HYPERTENSION, *series))).atom("X08", "hba1c") == (now >= 6.5, ())
