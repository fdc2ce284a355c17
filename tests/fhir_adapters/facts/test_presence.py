"""What shows that resources of a kind were retrieved: one that can be read and is of no later day, whatever it means.

Absence is presumed only of a kind that was retrieved, so what must not be used must not show that either.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]
AS_OF = date(2026, 11, 20)
FRACTURE = {"coding": [{"system": "http://snomed.info/sct", "code": "65966004", "display": "Fracture of forearm"}]}
WORDLESS = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z90.712"}]}
HYPERTENSION = {"coding": [{"system": "http://snomed.info/sct", "code": "38341003", "display": "Hypertension"}]}
CODES = pytest.mark.parametrize("code", [FRACTURE, WORDLESS, HYPERTENSION])


def condition(code: Json, **more: Any) -> Json:
    return {"resourceType": "Condition", "id": "c1", "code": code, **more}


def procedure(**more: Any) -> Json:
    return {"resourceType": "Procedure", "id": "p1", "status": "completed", "code": FRACTURE, **more}


def allergy(**more: Any) -> Json:
    return {"resourceType": "AllergyIntolerance", "id": "a1", "code": {"text": "bees"}, **more}


@CODES
def test_one_that_can_be_read_shows_its_kind(chart_of: Any, code: Json) -> None:
    assert chart_of(condition(code)).covered == {Kind.CONDITION}


UNREADABLE: list[Json] = [
    {"modifierExtension": [{"url": "urn:unheard-of", "valueBoolean": True}]},
    {"extension": [{"url": "urn:local:negated", "valueBoolean": True}]},
    {"clinicalStatus": 7},
    {"verificationStatus": 7},
    {"onsetDateTime": "2020-03-01", "onsetString": "in March"},
]


@CODES
@pytest.mark.parametrize("more", UNREADABLE, ids=[next(iter(one)) for one in UNREADABLE])
def test_one_that_must_not_be_used_shows_nothing(chart_of: Any, code: Json, more: Json) -> None:
    """FHIR forbids processing it; that its code means nothing to the rules makes it no better."""
    assert chart_of(condition(code, **more)).covered == frozenset()


@pytest.mark.parametrize("spoiled", [condition(FRACTURE, **UNREADABLE[0]), allergy(**UNREADABLE[0])])
def test_why_it_shows_nothing_is_told_once(chart_of: Any, spoiled: Json) -> None:
    """Else the record seems to hold one, and the result says that none were retrieved."""
    assert not chart_of(spoiled).covered
    (problem,) = chart_of.problems
    assert "modifier extension that is not understood" in problem.reason


def test_nor_is_it_told_where_another_shows_its_kind_or_the_source_vouches_for_it(chart_of: Any) -> None:
    """Whatever their order."""
    spoiled, sound = condition(FRACTURE, id="c2", **UNREADABLE[0]), condition(FRACTURE)
    for resources in ((spoiled, sound), (sound, spoiled)):
        assert chart_of(*resources).covered == {Kind.CONDITION}
        assert not chart_of.problems
    assert chart_of(spoiled, vouched=frozenset({Kind.CONDITION})).covered == {Kind.CONDITION}
    assert not chart_of.problems


PLANNED = {"status": "active", "intent": "order", "medicationCodeableConcept": {"text": "aspirin"}}


@pytest.mark.parametrize(
    ("planned", "shows"),
    [
        ({"resourceType": "MedicationRequest", "authoredOn": "2026-11-24"}, False),
        (
            {
                "resourceType": "MedicationRequest",
                "authoredOn": "2026-11-24",
                "meta": {"lastUpdated": "2026-11-20T08:00:00Z"},
            },
            True,
        ),
        (
            {
                "resourceType": "MedicationStatement",
                "effectivePeriod": {"start": "2026-11-30"},
                "dateAsserted": "2026-11-20",
            },
            True,
        ),
        (
            {
                "resourceType": "MedicationStatement",
                "effectivePeriod": {"start": "2026-11-30"},
                "dateAsserted": "2026-11-21",
            },
            False,
        ),
    ],
)
def test_what_is_planned_shows_its_kind_if_it_was_noted_by_then(chart_of: Any, planned: Json, shows: bool) -> None:
    """It is no fact yet, and on record all the same."""
    covered = chart_of({"id": "m1", **PLANNED, **planned}, as_of=AS_OF).covered
    assert covered == ({Kind.MEDICATION} if shows else frozenset())


@CODES
def test_one_that_can_be_read_beside_it_shows_its_kind(chart_of: Any, code: Json) -> None:
    spoiled = condition(code, id="c2", **UNREADABLE[0])
    assert chart_of(spoiled, condition(code), spoiled).covered == {Kind.CONDITION}


@CODES
@pytest.mark.parametrize(
    ("dates", "shows"),
    [
        ({"recordedDate": "2026-11-19"}, True),
        ({"recordedDate": "2026-11-20"}, True),
        ({"recordedDate": "2026-11-21"}, False),
        ({"onsetDateTime": "2026-11-20"}, True),
        ({"onsetDateTime": "2026-11-21"}, False),
        ({"onsetDateTime": "2026-11"}, True),
        ({"onsetDateTime": "2016-03-01", "recordedDate": "2026-11-21"}, False),
        ({"onsetDateTime": "2016-03-01", "abatementDateTime": "2026-11-21"}, True),
        ({"onsetDateTime": "2027-03-01", "recordedDate": "2026-11-20"}, True),  # a slip
        ({}, True),
    ],
)
def test_one_of_a_later_day_shows_nothing(chart_of: Any, code: Json, dates: Json, shows: bool) -> None:
    """Nothing that came after the as-of date is used: who asks what was known then did not have it."""
    later = condition(code, **dates)
    assert chart_of(later, as_of=AS_OF).covered == ({Kind.CONDITION} if shows else frozenset())
    assert chart_of(later).covered == {Kind.CONDITION}


def test_procedures_are_no_exception(chart_of: Any) -> None:
    assert chart_of(procedure(performedDateTime="2026-11-20"), as_of=AS_OF).covered == {Kind.PROCEDURE}
    assert chart_of(procedure(performedDateTime="2026-11-21"), as_of=AS_OF).covered == frozenset()
    assert chart_of(procedure(**UNREADABLE[0])).covered == frozenset()


def test_one_that_does_not_count_for_another_reason_shows_its_kind(chart_of: Any) -> None:
    refuted = {"coding": [{"code": "refuted"}]}
    assert chart_of(condition(FRACTURE, verificationStatus=refuted)).covered == {Kind.CONDITION}
    assert chart_of(procedure(status="not-done")).covered == {Kind.PROCEDURE}


@pytest.mark.parametrize(("day", "vouched_for"), [("2026-11-20", False), ("2026-11-21", True)])
def test_that_nobody_could_be_asked_takes_no_vouched_kind_away_before_it_was_said(
    chart_of: Any, day: str, vouched_for: bool
) -> None:
    nobody_asked = condition({"text": "Unable to obtain history"}, recordedDate=day)
    chart = chart_of(nobody_asked, vouched=frozenset({Kind.CONDITION}), as_of=AS_OF)
    assert chart.covered == ({Kind.CONDITION} if vouched_for else frozenset())


UNCOUNTED: list[Json] = [
    condition(FRACTURE, verificationStatus={"coding": [{"code": "refuted"}]}),
    procedure(status="not-done"),
    procedure(status="preparation"),
    procedure(notDone=True),
    {"resourceType": "Immunization", "id": "i1", "status": "not-done", "vaccineCode": FRACTURE},
    {"resourceType": "MedicationRequest", "id": "m1", "status": "draft", "medicationCodeableConcept": FRACTURE},
    {"resourceType": "MedicationStatement", "id": "m1", "taken": "n", "medicationCodeableConcept": FRACTURE},
    allergy(verificationStatus={"coding": [{"code": "refuted"}]}),
]
_DATED = {
    "Procedure": "performedDateTime",
    "Immunization": "occurrenceDateTime",
    "MedicationRequest": "authoredOn",
    "MedicationStatement": "effectiveDateTime",
}


@pytest.mark.parametrize("uncounted", UNCOUNTED)
def test_nor_does_one_of_a_later_day_that_does_not_count(chart_of: Any, uncounted: Json) -> None:
    """A Procedure that is planned for next week."""
    dated = _DATED.get(uncounted["resourceType"], "recordedDate")
    assert chart_of(uncounted | {dated: "2026-11-20"}, as_of=AS_OF).covered
    assert not chart_of(uncounted | {dated: "2026-11-21"}, as_of=AS_OF).covered


@pytest.mark.parametrize("uncounted", UNCOUNTED)
def test_nor_does_one_that_must_not_be_used_and_does_not_count(chart_of: Any, uncounted: Json) -> None:
    assert chart_of(uncounted).covered
    assert not chart_of(uncounted | UNREADABLE[0]).covered


def test_one_that_does_not_count_and_whose_days_cannot_be_told_shows_its_kind(chart_of: Any) -> None:
    unclear = condition(
        FRACTURE, onsetDateTime="2026-11-21", onsetString="then", verificationStatus={"coding": [{"code": "refuted"}]}
    )
    assert chart_of(unclear, as_of=AS_OF).covered == {Kind.CONDITION}


def test_an_allergy_of_a_later_day_shows_no_assessment(chart_of: Any) -> None:
    assert chart_of(allergy(recordedDate="2026-11-20"), as_of=AS_OF).allergies_assessed
    assert not chart_of(allergy(recordedDate="2026-11-21"), as_of=AS_OF).allergies_assessed


def test_one_that_is_not_understood_and_of_a_later_day_takes_nothing_from_another(chart_of: Any) -> None:
    """It is one resource, though two reasons speak against it."""
    later = {"resourceType": "Condition", "id": "c2", "recordedDate": "2026-11-21"}
    assert chart_of(later, condition(FRACTURE), as_of=AS_OF).covered == {Kind.CONDITION}
