"""Exclusions 1 and 10 in the words and by the codes that records use: a person has to look."""

from __future__ import annotations

import pytest
from bundles import (
    DETECTED,
    HYPERTENSION,
    NOT_DETECTED,
    PASSES,
    Check,
    Given,
    ago,
    answered,
    attestation,
    described,
    review,
)

from trialsieve.rules.vocabulary import Kind

NO_OTHER_VIRUS = attestation("SENL-T7#X10.a1", False)


@pytest.mark.parametrize("words", ["Paroxysmal AF", "Persistent AF", "Permanent AF"])
def test_atrial_fibrillation(check: Check, words: str) -> None:
    told = (described(words, recorded=ago(30)),)
    check("X01", Given(told, covers=frozenset(Kind)), review("no-data", "unusable-data"))


@pytest.mark.parametrize("words", ["QT prolongation", "Q-T prolongation", "QT interval prolonged"])
def test_a_long_qt_is_for_the_investigator(check: Check, words: str) -> None:
    told = (described(words, recorded=ago(30)),)
    check("X01", Given(told, covers=frozenset(Kind)), review("judgement", "no-data", "unusable-data"))


@pytest.mark.parametrize("code", ["100677-4", "54206-8", "100676-6", "28008-1", "44805-0", "100674-1", "100679-0"])
def test_a_virus_in_the_blood(check: Check, code: str) -> None:
    told = (HYPERTENSION, NO_OTHER_VIRUS, answered(code, DETECTED, on=ago(5)))
    check("X10", Given(told), review("judgement"))
    told = (HYPERTENSION, NO_OTHER_VIRUS, answered(code, NOT_DETECTED, on=ago(5)))
    check("X10", Given(told), PASSES)


@pytest.mark.parametrize("code", ["33006-8", "49349-4", "16718-9", "5005-4", "35397-9", "42587-6", "49340-3"])
def test_a_virus_elsewhere(check: Check, code: str) -> None:
    told = (HYPERTENSION, NO_OTHER_VIRUS, answered(code, DETECTED, on=ago(5)))
    check("X10", Given(told), review("unspecific"))
