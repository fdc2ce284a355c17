"""Exclusion 9 by further codes of the tests. A code that says enough decides; one of another specimen, of IgM, antigen
or HIV-2 alone raises a doubt when it is positive, and clears nobody.
"""

from __future__ import annotations

import pytest
from bundles import DETECTED, NEGATIVE, NOT_DETECTED, PASSES, POSITIVE, Check, Given, ago, answered, observation, review

NEGATIVE_TESTS = (
    answered("29615-2", NOT_DETECTED),
    answered("11259-9", NOT_DETECTED),
    answered("56888-1", NEGATIVE),
    answered("24110-9", NEGATIVE),
    answered("20507-0", NEGATIVE),
)
NEWER = ago(2)

SCREENING_TESTS = ["80387-4", "33866-5", "73906-0", "40733-8", "85686-4"]
DOUBTFUL_TESTS = [
    "43010-8",  # specimen unspecified
    "53379-4",
    "49905-3",
    "5222-5",  # antigen
    "9821-0",
    "7919-4",  # HIV-2
    "35437-3",  # saliva
    "44871-2",  # proviral DNA
    "13499-9",  # band pattern
]


@pytest.mark.parametrize("code", SCREENING_TESTS)
def test_a_newer_positive_screening_test_for_hiv(check: Check, code: str) -> None:
    check("X09", Given((*NEGATIVE_TESTS, answered(code, POSITIVE, on=NEWER))), review("judgement", "no-data"))


@pytest.mark.parametrize("code", SCREENING_TESTS)
def test_a_negative_screening_test_for_hiv_is_enough(check: Check, code: str) -> None:
    others = tuple(test for test in NEGATIVE_TESTS if test["code"]["coding"][0]["code"] != "56888-1")
    check("X09", Given((*others, answered(code, NEGATIVE, on=NEWER))), PASSES)


@pytest.mark.parametrize("code", DOUBTFUL_TESTS)
def test_a_positive_test_for_hiv_that_does_not_say_enough(check: Check, code: str) -> None:
    check("X09", Given((*NEGATIVE_TESTS, answered(code, POSITIVE, on=NEWER))), review("no-data", "unspecific"))


@pytest.mark.parametrize("code", DOUBTFUL_TESTS)
def test_a_negative_one_changes_nothing_and_clears_nobody(check: Check, code: str) -> None:
    check("X09", Given((*NEGATIVE_TESTS, answered(code, NEGATIVE, on=NEWER))), PASSES)
    others = tuple(test for test in NEGATIVE_TESTS if test["code"]["coding"][0]["code"] != "56888-1")
    check("X09", Given((*others, answered(code, NEGATIVE, on=NEWER))), review("no-data", "unspecific"))


@pytest.mark.parametrize("code", ["5393-4", "57032-5", "11597-2", "11084-1", "50690-7", "5291-0"])
def test_a_newer_positive_test_for_syphilis(check: Check, code: str) -> None:
    check("X09", Given((*NEGATIVE_TESTS, answered(code, POSITIVE, on=NEWER))), review("judgement"))


@pytest.mark.parametrize("code", ["6562-3", "22464-2", "22459-2"])
def test_a_positive_test_for_syphilis_that_does_not_say_enough(check: Check, code: str) -> None:
    check("X09", Given((*NEGATIVE_TESTS, answered(code, POSITIVE, on=NEWER))), review("judgement", "unspecific"))
    check("X09", Given((*NEGATIVE_TESTS, answered(code, NEGATIVE, on=NEWER))), PASSES)


def test_a_titre_that_is_newer(check: Check) -> None:
    titre = observation("11084-1", on=NEWER, valueString="1:32")
    check("X09", Given((*NEGATIVE_TESTS, titre)), review("judgement", "unusable-data"))


@pytest.mark.parametrize("code", ["49360-1", "49358-5", "5012-0", "49378-3"])
def test_hepatitis_by_a_nucleic_acid_elsewhere(check: Check, code: str) -> None:
    check("X09", Given((*NEGATIVE_TESTS, answered(code, DETECTED, on=NEWER))), review("unspecific"))
    check("X09", Given((*NEGATIVE_TESTS, answered(code, NOT_DETECTED, on=NEWER))), PASSES)
