"""Words that deny or doubt the allergy beside them, or say it of a relative."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty

SNOMED = "http://snomed.info/sct"
ALLERGY, PENICILLIN, NONE = "allergy.biologic", "91936005", "716186003"

AGAINST = [
    "No penicillin allergy", "Not allergic to penicillin", "Penicillin allergy ruled out", "Penicillin excluded",
    "Possible penicillin allergy", "Suspected penicillin allergy", "?Penicillin", "Penicillin?",
    "Penicillin allergy unlikely", "Penicillin allergy, unconfirmed", "Mother: penicillin",
    "Mother allergic to penicillin", "Mutter allergisch auf Penicillin",
    "Penicillin allergy in mother", "Wrong patient: penicillin", "Denies penicillin allergy", "Penicillin: negative",
    "Keine Penicillinallergie", "V.a. Penicillinallergie", "Sin alergia a penicilina",
    "否认青霉素过敏", "疑似青霉素过敏",
    "Penicillin: tolerated", "Tolerates penicillin", "Tolerated penicillin in 2024", "Tolerating penicillin",
    "Penicillin allergy de-labeled", "Delabelled penicillin allergy", "Penicillin allergy disproved",
    "Penicillin allergy disproven",
    "Penicillin allergy removed", "Penicillin allergy deleted", "Penicillin, skin test negative",
    "Penicillin, tested negative", "Penicillin challenge: negative", "Penicillin IgE neg", "Penicillin, testing neg.",
    "Penicillin test was negative", "Penicillin challenge result negative", "Penicillin test is negative",
    "Penicillin test came back negative",
    "Penicillin - negative skin test", "Penicillin, negative drug provocation test", "Penicillin, neg challenge",
    "Penicillin, Hauttest negativ", "Penicillin, Provokation negativ", "Penicillin vertragen",
    "青霉素皮试阴性", "青霉素皮試陰性", "青霉素皮试（-）",
]  # fmt: skip
NOT_AGAINST = [
    "Allergy to penicillin", "Penicillin", "History of penicillin allergy", "Penicillin allergy as a child",
    "Penicillin allergy, no anaphylaxis", "Penicillin - rash", "Severe penicillin allergy, resolved rash",
    "Penicillin not tolerated", "Never tolerated penicillin", "Penicillin poorly tolerated",
    "Penicillin, skin test positive", "Penicillin intolerance", "青霉素皮试阳性", "Penicillin tolerated badly",
    "Penicillin nicht vertragen", "Penicillin schlecht vertragen", "Penicillin could not be tolerated",
    "Penicillin: unable to tolerate",
    "Penicillinallergie", "青霉素过敏", "青霉素过敏史", "Mother reports penicillin allergy",
]  # fmt: skip


def allergy(text: str, value: str = PENICILLIN) -> dict[str, Any]:
    said = {"coding": [{"system": SNOMED, "code": value}], "text": text}
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": said, "recordedDate": "2026-10-02"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [*((text, Certainty.WEAK) for text in AGAINST), *((text, Certainty.FIRM) for text in NOT_AGAINST)],
)
def test_words_that_leave_an_allergy_unconfirmed(fact_of: Any, text: str, expected: Certainty) -> None:
    fact = fact_of(ALLERGY, allergy(text))
    assert fact.certainty is expected
    assert (f"in words '{text}'" in fact.says) is (expected is Certainty.WEAK)


def test_a_code_that_denies_allergies_says_what_its_words_say(chart_of: Any) -> None:
    facts = chart_of(allergy("No known allergy", NONE)).facts
    assert {fact.certainty for fact in facts} <= {Certainty.FIRM}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Penicillin", True), ("Penicillin?", False), ("Mother: nuts", False), ("Nuts: tolerated", False)],
)
def test_it_shows_no_assessment(chart_of: Any, text: str, expected: bool) -> None:
    assert chart_of(allergy(text)).allergies_assessed is expected
