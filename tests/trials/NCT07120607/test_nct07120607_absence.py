"""What nothing on record means: presumed absent only where the sentence allows it and the record covers it.

With `--absence unknown` nothing is presumed, and a resource that could not be understood leaves the question open.
"""

from __future__ import annotations

import pytest
from bundles import (
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    attestation,
    condition,
    described,
    medication,
    review,
    row,
)

from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy


def settled(*atoms: str) -> tuple[Resource, ...]:
    """The judgements beside it, answered in the patient's favour."""
    return tuple(attestation(f"NCT07120607#{atom}", False) for atom in atoms)


PRESUMED: dict[str, tuple[Resource, ...]] = {
    "X01": settled("X01.a8"),
    "X03": settled("X03.a14"),
    **dict.fromkeys(("X02", "X04", "X05", "X06", "X07", "X10", "X12", "X15"), ()),
}


@pytest.mark.parametrize("criterion", PRESUMED)
def test_presumed_only_if_the_policy_allows_it(check: Check, criterion: str) -> None:
    beside = PRESUMED[criterion]
    check(criterion, Given(beside, covers=COVERABLE), PASSES)
    reasons = ("judgement", "no-data") if criterion == "X07" else ("no-data",)  # its a2 is the investigator's
    check(criterion, Given(beside, covers=COVERABLE, absence=AbsencePolicy.UNKNOWN), review(*reasons))


NEVER_PRESUMED = ("I03", "I04", "I06", "I07", "I09", "X09", "X11", "X13", "X14")


@pytest.mark.parametrize("criterion", NEVER_PRESUMED)
def test_never_presumed(check: Check, criterion: str) -> None:
    reasons = ("judgement", "no-data") if criterion == "X11" else ("no-data",)
    check(criterion, Given((condition("277575008", SNOMED),), covers=COVERABLE), review(*reasons))


WORDS = [
    ("X01", row("a stroke in words", described("Cerebrovascular accident"), *settled("X01.a8"),
        comes=review("unusable-data"))),
    ("X01", row("dementia in words", described("Dementia"), *settled("X01.a8"), comes=review("unusable-data"))),
    ("X02", row("heart failure in words", described("Heart failure"), comes=review("no-data", "unusable-data"))),
    ("X03", row("an embolism in words", described("Pulmonary embolism"), *settled("X03.a14"), covers=COVERABLE,
        comes=review("unusable-data"))),
    ("X04", row("in Chinese", described("弥散性血管内凝血"), comes=review("unusable-data"))),
    ("X05", row("lupus in words", described("Systemic lupus erythematosus"), comes=review("unusable-data"))),
    ("X12", row("a drug in words", medication("x", "urn:local", began="2026-11-15") | {
        "medicationCodeableConcept": {"text": "Tacrolimus"}}, comes=review("unusable-data"))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "given", "expected"), [pytest.param(name, *each.values, id=each.id) for name, each in WORDS]
)
def test_words_without_a_code(check: Check, criterion: str, given: Given, expected: Expected) -> None:
    check(criterion, given, expected)
