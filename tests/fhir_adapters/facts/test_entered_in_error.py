"""What was entered in error is no data: it does not even show that such resources were retrieved."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.records.record import SetAside
from trialsieve.rules.vocabulary import Kind

VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
IN_ERROR = {"coding": [{"system": VERIFICATION, "code": "entered-in-error"}]}
REFUTED = {"coding": [{"system": VERIFICATION, "code": "refuted"}]}
HYPERTENSION = {"coding": [{"system": "http://snomed.info/sct", "code": "38341003"}]}


def resource(name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": name, "code": HYPERTENSION, "vaccineCode": HYPERTENSION} | more


def medication(**more: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationRequest", "medicationCodeableConcept": HYPERTENSION, "intent": "order"} | more


@pytest.mark.parametrize(
    "withdrawn",
    [
        resource("Condition", verificationStatus=IN_ERROR),
        resource("Condition", verificationStatus="entered-in-error"),
        resource("Condition", verificationStatus={"text": "Entered-in-error"}),
        resource("AllergyIntolerance", verificationStatus=IN_ERROR),
        resource("Procedure", status="entered-in-error"),
        resource("Procedure", status=" Entered-In-Error "),
        resource("Immunization", status="entered-in-error"),
        medication(status="entered-in-error"),
    ],
)
def test_it_covers_nothing(chart_of: Any, withdrawn: dict[str, Any]) -> None:
    chart = chart_of(withdrawn, withdrawn)
    assert chart.covered == frozenset()


@pytest.mark.parametrize(
    ("beside", "kind"),
    [
        (resource("Condition"), Kind.CONDITION),
        (resource("Condition", verificationStatus=REFUTED), Kind.CONDITION),
        (resource("Procedure", status="not-done"), Kind.PROCEDURE),
        (medication(status="cancelled"), Kind.MEDICATION),
    ],
)
def test_one_that_was_not_covers_its_kind(chart_of: Any, beside: dict[str, Any], kind: Kind) -> None:
    """What does not count for another reason was retrieved all the same."""
    withdrawn = {**beside, "status": "entered-in-error"}
    assert chart_of(withdrawn, beside, withdrawn).covered == {kind}


def test_the_source_vouches_all_the_same(chart_of: Any) -> None:
    withdrawn = resource("Condition", verificationStatus=IN_ERROR)
    assert chart_of(withdrawn, vouched=frozenset({Kind.CONDITION})).covered == {Kind.CONDITION}


def test_one_beside_one_that_cannot_be_read_covers_nothing(chart_of: Any) -> None:
    unreadable = {"resourceType": "Condition", "code": []}
    assert chart_of(resource("Condition", verificationStatus=IN_ERROR), unreadable).covered == frozenset()


def test_what_was_set_aside_takes_nothing_away(chart_of: Any) -> None:
    aside = SetAside("line 4", Kind.CONDITION, "not JSON")
    assert chart_of(resource("Condition"), set_aside=(aside,)).covered == {Kind.CONDITION}
