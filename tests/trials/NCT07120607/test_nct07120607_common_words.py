"""Diagnoses in the words that records use for them, British spelling included: a person has to look."""

from __future__ import annotations

import pytest
from bundles import PASSES, SNOMED, Check, Given, ago, attestation, condition, described, review

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)
NOTHING_ELSE = attestation("NCT07120607#X03.a14", False)


@pytest.mark.parametrize(
    "words",
    [
        "Acute coronary syndrome",
        "Crescendo angina",
        "Intermediate coronary syndrome",
        "Intracerebral haematoma",
        "Cerebellar haematoma",
        "Cerebellar infarct",
        "Left cerebellar infarction",
        "Mesenteric ischaemia",
        "Acute mesenteric ischemia",
    ],
)
def test_heart_brain_and_vessels(check: Check, words: str) -> None:
    told = (described(words, recorded=RECENT), NOTHING_ELSE)
    check("X03", Given(told, covers=frozenset(Kind)), review("unusable-data"))


@pytest.mark.parametrize("code", ["K55.011", "K55.069"])
def test_vessels_of_the_intestine(check: Check, code: str) -> None:
    told = (condition(code, onset=RECENT), NOTHING_ELSE)
    check("X03", Given(told, covers=frozenset(Kind)), review("unspecific"))


def test_other_vessels_of_the_intestine(check: Check) -> None:
    told = (condition("K55.20", onset=RECENT), NOTHING_ELSE)
    check("X03", Given(told, covers=frozenset(Kind)), PASSES)


@pytest.mark.parametrize(
    "words", ["Septicaemia", "Septicemia", "Urosepsis", "CLABSI", "PJP", "Pneumocystosis", "Pneumocystis jirovecii"]
)
def test_infections(check: Check, words: str) -> None:
    told = (described(words, recorded=ago(5)),)
    check("X10", Given(told, covers=frozenset(Kind)), review("unusable-data"))
    coded = (condition("399068003", SNOMED, text=words, recorded=ago(5)),)
    check("X10", Given(coded, covers=frozenset(Kind)), review("unspecific"))
