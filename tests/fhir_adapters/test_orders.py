"""What an order says: a drug is taken by it, cells that are made to order are not given by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty

ATC = "http://www.whocc.no/atc"
CELLS, STEROIDS = "tx.car_t", "med.systemic_steroids"
TISAGENLECLEUCEL, PREDNISONE = "L01XL04", "H02AB07"


def order(drug: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "x1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": ATC, "code": drug}]},
        "authoredOn": "2026-10-02",
        **more,
    }


@pytest.mark.parametrize(
    ("more", "cells", "drug"),
    [
        ({"status": "active"}, Certainty.WEAK, Certainty.FIRM),
        ({"status": "stopped"}, Certainty.WEAK, Certainty.FIRM),
        ({"status": "ended"}, Certainty.WEAK, Certainty.FIRM),
        ({"status": "completed"}, Certainty.FIRM, Certainty.FIRM),
        ({"status": "Completed"}, Certainty.FIRM, Certainty.FIRM),
        ({"status": "on-hold"}, Certainty.WEAK, Certainty.WEAK),
        ({"status": "unknown"}, Certainty.WEAK, Certainty.WEAK),
        ({"status": "completed", "intent": "plan"}, Certainty.WEAK, Certainty.WEAK),
        ({"resourceType": "MedicationStatement"}, Certainty.FIRM, Certainty.FIRM),
        ({"resourceType": "MedicationAdministration", "status": "completed"}, Certainty.FIRM, Certainty.FIRM),
        ({"resourceType": "MedicationDispense", "status": "completed"}, Certainty.FIRM, Certainty.FIRM),
    ],
)
def test_whether_it_was_given(fact_of: Any, more: Any, cells: Certainty, drug: Certainty) -> None:
    assert fact_of(CELLS, order(TISAGENLECLEUCEL, **more)).certainty is cells
    assert fact_of(STEROIDS, order(PREDNISONE, **more)).certainty is drug


@pytest.mark.parametrize("status", ["draft", "cancelled", "entered-in-error"])
def test_what_was_never_ordered(chart_of: Any, status: str) -> None:
    assert chart_of(order(TISAGENLECLEUCEL, status=status), order(PREDNISONE, status=status)).facts == ()


def test_a_person_sees_why_it_does_not_decide(fact_of: Any) -> None:
    assert fact_of(CELLS, order(TISAGENLECLEUCEL)).says == "CAR-T cell therapy (active) ordered 2026-10-02"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("on-hold", Certainty.WEAK), ("suspended", Certainty.WEAK), ("in-progress", Certainty.WEAK)],
)
def test_a_procedure_that_was_begun(fact_of: Any, status: str, expected: Certainty) -> None:
    """On hold: it was begun, and stopped for the time being (hl7.org/fhir/R4/valueset-event-status.html)."""
    done = {"resourceType": "Procedure", "id": "x1", "status": status, "performedDateTime": "2026-10-02"}
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "234336002"}]}
    assert fact_of("tx.hsct", {**done, "code": code}).certainty is expected


LIMITED = [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-12-24"}}}}]


@pytest.mark.parametrize(
    ("more", "first", "last"),
    [
        ({"status": "active", "dosageInstruction": LIMITED}, date(2026, 12, 24), date(2026, 12, 24)),
        ({"status": "stopped", "dosageInstruction": LIMITED}, date(2026, 10, 2), date(2026, 12, 24)),
        ({"status": "ended", "dosageInstruction": LIMITED}, date(2026, 10, 2), date(2026, 12, 24)),
        ({"dispenseRequest": {"validityPeriod": {"end": "2026-12-24"}}}, date(2026, 12, 24), None),
    ],
)
def test_when_it_ended(fact_of: Any, more: Any, first: date, last: date | None) -> None:
    """What was stopped ended before it should have; the last day of an order's validity is not that of the drug."""
    ended = fact_of(STEROIDS, order(PREDNISONE, **more)).ended_when
    assert (ended.first, ended.last) == (first, last)


def test_the_last_day_of_an_infusion(fact_of: Any) -> None:
    """It may lie in a window that the first one does not lie in; that no more is given is not said."""
    period = {"start": "2026-10-02", "end": "2026-10-30"}
    infusion = {"resourceType": "MedicationAdministration", "status": "completed", "effectivePeriod": period}
    given = fact_of(STEROIDS, order(PREDNISONE, **infusion))
    assert (given.when.last, given.ended_when.first, given.ended) == (date(2026, 10, 30), date(2026, 10, 30), False)
