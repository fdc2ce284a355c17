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


STATED = {"resourceType": "MedicationStatement"}
LIMITED = [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-12-24"}}}}]


@pytest.mark.parametrize(
    ("more", "first", "last"),
    [
        ({"status": "active", "dosageInstruction": LIMITED}, date(2026, 12, 24), date(2026, 12, 24)),
        ({"status": "stopped", "dosageInstruction": LIMITED}, date(2026, 10, 2), date(2026, 12, 24)),
        ({"status": "ended", "dosageInstruction": LIMITED}, date(2026, 10, 2), date(2026, 12, 24)),
    ],
)
def test_when_it_ended(fact_of: Any, more: Any, first: date, last: date | None) -> None:
    """What was stopped ended before it should have."""
    ended = fact_of(STEROIDS, order(PREDNISONE, **more)).ended_when
    assert (ended.first, ended.last) == (first, last)


NEXT_DAY = [
    ("2026-10-01", "2026-10-02", (None, date(2026, 10, 1)), date(2026, 10, 2)),
    ("2026-10-02", "2026-10-02", (date(2026, 10, 2), date(2026, 10, 2)), None),
    ("2026-10-03", "2026-10-02", (date(2026, 10, 2), date(2026, 10, 3)), None),
    ("2026-10-01", "2026-10", (date(2026, 10, 1), date(2026, 10, 1)), None),  # perhaps ordered on that day
    ("2026-09", "2026-10", (None, date(2026, 9, 30)), date(2026, 10, 1)),
]
DAYS_LATER = ("2026-09-30", "2026-10-02", (None, date(2026, 9, 30)), date(2026, 10, 2))
TOLD: list[dict[str, Any]] = [
    {"reportedBoolean": True},
    {"reported": True},
    {"reportedReference": {"reference": "Patient/p1"}},
]


@pytest.mark.parametrize(
    ("days", "told"),
    [*((days, {}) for days in NEXT_DAY), *((days, one) for days in [*NEXT_DAY, DAYS_LATER] for one in TOLD)],
)
@pytest.mark.parametrize("status", ["completed", "stopped"])
def test_one_that_was_over_before_it_was_ordered_was_entered_late(
    fact_of: Any, days: Any, told: dict[str, Any], status: str
) -> None:
    """On the next day, which it may have been elsewhere; or told by somebody, on any."""
    end, ordered, lay, recorded = days
    dosage = [{"timing": {"repeat": {"boundsPeriod": {"end": end}}}}]
    fact = fact_of(STEROIDS, order(PREDNISONE, status=status, authoredOn=ordered, dosageInstruction=dosage, **told))
    assert (fact.when.first, fact.when.last) == lay
    assert (fact.recorded and fact.recorded.first) == recorded
    assert fact.ended
    assert fact.says.endswith(f"to be taken until {lay[1]}") is (recorded is not None)


ENDED_BEFORE = order(PREDNISONE, authoredOn="2026-10-02", dosageInstruction=[
    {"timing": {"repeat": {"boundsPeriod": {"end": "2026-09-30"}}}}
])  # fmt: skip


@pytest.mark.parametrize("status", ["completed", "stopped"])
@pytest.mark.parametrize("more", [{}, {"reportedBoolean": False}, {"meta": {"lastUpdated": "2026-10-01"}}])
def test_else_one_of_its_two_days_is_wrong_and_it_ended_on_no_known_day(fact_of: Any, status: str, more: Any) -> None:
    fact = fact_of(STEROIDS, {**ENDED_BEFORE, "status": status, **more}, as_of=date(2026, 11, 20))
    assert (fact.when.first, fact.when.last, fact.ended, fact.ended_when) == (None, None, True, None)
    assert fact.recorded.first == date(2026, 10, 2)
    assert fact.says.endswith("ordered 2026-10-02, to be taken until 2026-09-30")


@pytest.mark.parametrize("more", [{"meta": {"lastUpdated": "2026-10-20"}}, {"statusChanged": "2026-10-20"}])
def test_but_for_the_day_by_which_the_record_says_that_it_was_over(fact_of: Any, more: Any) -> None:
    fact = fact_of(STEROIDS, {**ENDED_BEFORE, "status": "completed", **more}, as_of=date(2026, 11, 20))
    assert (fact.when.first, fact.when.last, fact.ended) == (None, date(2026, 10, 20), True)
    assert fact.ended_when == fact.when


@pytest.mark.parametrize(
    "more",
    [{"status": "completed", "meta": {"lastUpdated": "2026-11-21"}}, {"status": "on-hold"}, {"status": "unknown"}],
)
def test_or_may_go_on_where_nothing_says_that_it_was_over_then(fact_of: Any, more: Any) -> None:
    fact = fact_of(STEROIDS, {**ENDED_BEFORE, **more}, as_of=date(2026, 11, 20))
    assert (fact.when.last, fact.ended, fact.end_unknown) == (None, False, True)


@pytest.mark.parametrize(
    ("asserted", "last"),
    [
        ("2026-09", None),  # one of the two days is wrong: it may have gone on
        ("2026-10-01", None),
        ("2026-10-02", date(2026, 10, 2)),
        ("2026-10-03", date(2026, 10, 3)),
        ("2026-10", date(2026, 10, 31)),
    ],
)
def test_what_was_over_before_it_was_taken_ended_on_no_known_day(
    fact_of: Any, asserted: str, last: date | None
) -> None:
    taken = {**STATED, "status": "completed", "effectiveDateTime": "2026-10-02", "dateAsserted": asserted}
    when = fact_of(STEROIDS, order(PREDNISONE, **taken)).when
    assert (when.first, when.last) == (date(2026, 10, 2), last)


AS_OF = date(2026, 11, 20)


def valid_to(end: str) -> dict[str, Any]:
    return {"dispenseRequest": {"validityPeriod": {"start": "2026-10-02", "end": end}}}


def taken_to(end: str, **more: Any) -> dict[str, Any]:
    return {**STATED, "effectivePeriod": {"start": "2026-10-02", "end": end}, **more}


@pytest.mark.parametrize("end", ["2026-10-30", "2026-12-24"])
@pytest.mark.parametrize(("status", "over"), [("active", False), ("completed", True), ("stopped", True)])
def test_the_last_day_on_which_an_order_may_be_filled_ends_nothing(
    fact_of: Any, end: str, status: str, over: bool
) -> None:
    """What was handed over by then may last longer."""
    fact = fact_of(STEROIDS, order(PREDNISONE, status=status, **valid_to(end)), as_of=AS_OF)
    assert (fact.when.first, fact.when.last, fact.ended, fact.ended_when) == (date(2026, 10, 2), None, over, None)


PASSED = [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-11-19"}}}}]
TO_TODAY = [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-11-20"}}}}]


@pytest.mark.parametrize(
    ("more", "unknown", "ended"),
    [
        (valid_to("2026-11-19"), True, None),
        ({"dispenseRequest": {"validityPeriod": {"start": "2026-12-01", "end": "2026-11-10"}}}, True, None),
        (valid_to("2026-11-20"), False, None),
        (valid_to("2026-11"), False, None),
        ({**valid_to("2026-11-19"), "status": "completed"}, False, None),
        ({**valid_to("2026-11-01"), "dosageInstruction": LIMITED}, False, date(2026, 12, 24)),
        ({"dosageInstruction": PASSED}, True, date(2026, 11, 19)),
        ({"dosageInstruction": PASSED, "status": "on-hold"}, False, date(2026, 11, 19)),
        ({"dosageInstruction": PASSED, "status": "completed"}, False, date(2026, 11, 19)),
        ({"dosageInstruction": TO_TODAY}, False, date(2026, 11, 20)),
        ({"effectivePeriod": {"end": "2026-11-19"}}, False, None),  # no element of an order
        (taken_to("2026-11-19"), True, date(2026, 11, 19)),
        (taken_to("2026-11-19", status="Active"), True, date(2026, 11, 19)),
        (taken_to("2026-11-20"), False, date(2026, 11, 20)),
        (taken_to("2026-12-24"), False, date(2026, 12, 24)),
        (taken_to("2026-11-19", status="completed"), False, date(2026, 11, 19)),
        (taken_to("2026-11-19", status="stopped"), False, date(2026, 11, 19)),
    ],
)
def test_what_is_said_to_be_taken_after_its_last_day(
    fact_of: Any, more: Any, unknown: bool, ended: date | None
) -> None:
    """Which of the two is out of date, nobody knows: whether it is over is open. That it was taken is not."""
    fact = fact_of(STEROIDS, order(PREDNISONE, **more), as_of=AS_OF)
    assert (fact.end_unknown, fact.ended_when and fact.ended_when.last) == (unknown, ended)
    if unknown:
        assert (fact.certainty, fact.ended) == (Certainty.FIRM, False)
        assert (fact.when.first, fact.when.last) == (date(2026, 10, 2), None)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (valid_to("2026-11-19"), "ordered 2026-10-02, to be handed over until 2026-11-19, and active still"),
        ({"dosageInstruction": PASSED}, "ordered 2026-10-02, to be taken until 2026-11-19, and active still"),
        (taken_to("2026-11-19"), "taken from 2026-10-02 to 2026-11-19, and active still"),
    ],
)
def test_that_its_last_day_has_passed_is_told(fact_of: Any, more: Any, told: str) -> None:
    assert fact_of(STEROIDS, order(PREDNISONE, **more), as_of=AS_OF).says.endswith(told)
