"""Exclusions 7 to 9: sepsis or infection, diabetes, mind. What no code says (control, severity) goes to a person."""

from __future__ import annotations

import pytest
from acute_conditions import acute
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
    Screen,
    ago,
    attestation,
    condition,
    observation,
    quantity,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy

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
    "X09": ("F20.9", "F31.9", "F32.9", "F33.3", "F06.2", "F24", "F39", "F53.1", "F12.259", "F19.959"),
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
