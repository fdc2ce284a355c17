"""Every word beside an answer's code that says positive or negative outright, or leaves it open."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader, Coding
from trialsieve.fhir_adapters.elements.qualitative import Answers
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Terminology
from trialsieve.rules.vocabulary import Result

SYSTEM = "urn:example:answers"
TERMINOLOGY = Terminology(
    {},
    {(SYSTEM, "P"): Result.POSITIVE, (SYSTEM, "N"): Result.NEGATIVE},
    frozenset(),
    {"not detected": Result.NEGATIVE, "detected": Result.POSITIVE},
)
ANSWERS = Answers(TERMINOLOGY, CodeReader(CodeIndex({}, TERMINOLOGY), frozenset()))
BOTH = {Result.POSITIVE, Result.NEGATIVE}
POSITIVE = [
    *("HIV antibody positive", "HIV-Antikörper positiv", "HIV reactive", "HBV DNA detected", "HBsAg is present"),
    *("HBV-DNA wurde nachgewiesen", "HIV抗体阳性"),
]
NEGATIVE = [
    *("HIV antibody negative", "HIV-Antikörper negativ", "HIV nonreactive", "HBV DNA undetectable", "HBsAg absent"),
    *("HIV抗体阴性", "HBV DNA 未检出", "HIV is not reactive", "HIV not positive", "HIV nicht positiv"),
    *("HBV DNA not detected in plasma", "HBsAg not present", "HBV-DNA nicht nachgewiesen", "HIV non-reactive"),
    *("HIV non reactive", "none detected in plasma"),
]
OPEN = [
    *("gram positive cocci", "weakly positive for HIV", "false positive HIV test", "no reactive cells, positive"),
    *("non HIV positive", "none HIV positive", "never HIV positive"),
    *("HBV positive without DNA", "HIV: nicht mehr positiv"),
    *("kein HIV positiv", "not HIV negative", "HIV positive, HCV negative", "falsch positiv auf HIV"),
    *("HIV抗体假阳性", "HIV sent to another laboratory"),
]
BESIDE_A_NUMBER = [
    *("<20, not detected", "< 20 not detected", "<=20 not detected", ">20 not detected", "=20 not detected"),
    *("≤20 not detected", "≥20 not detected", "20.5 not detected", "1,000 not detected", "20 IU/mL not detected"),
    *("20 [IU]/mL, not detected", "20 µg/mL not detected", "20 μg/mL not detected", "5 % not detected"),
    "not detected (<20 copies/mL)",
]


def said(code: str, words: str) -> set[Result]:
    signals, not_done = ANSWERS.of_coded(Coded((Coding(SYSTEM, code, None),), words), None)
    assert not not_done
    return signals


@pytest.mark.parametrize("words", POSITIVE)
def test_what_says_positive(words: str) -> None:
    assert (said("P", words), said("N", words)) == ({Result.POSITIVE}, BOTH)


@pytest.mark.parametrize("words", NEGATIVE)
def test_what_says_negative(words: str) -> None:
    assert (said("P", words), said("N", words)) == (BOTH, {Result.NEGATIVE})


@pytest.mark.parametrize("words", OPEN)
def test_what_says_neither(words: str) -> None:
    assert (said("P", words), said("N", words)) == ({Result.POSITIVE}, {Result.NEGATIVE})


@pytest.mark.parametrize("words", BESIDE_A_NUMBER)
def test_an_answer_beside_a_number(words: str) -> None:
    assert ANSWERS.of_text(words) is Result.NEGATIVE
