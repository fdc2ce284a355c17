"""What nobody says of the end of a drug: whether it is still taken, or how long ago it was taken last."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

Json = dict[str, Any]

AS_OF = date(2026, 11, 20)
STEROIDS = "med.systemic_steroids"
PREDNISONE = {"coding": [{"system": "http://www.whocc.no/atc", "code": "H02AB07"}]}


def drug(kind: str, status: str, **more: Any) -> Json:
    intent = {"intent": "order"} if kind == "MedicationRequest" else {}
    return {"resourceType": kind, "status": status, "medicationCodeableConcept": PREDNISONE, **intent, **more}


def order(status: str = "active", **more: Any) -> Json:
    return drug("MedicationRequest", status, **more)


def taken(status: str = "active", **more: Any) -> Json:
    return drug("MedicationStatement", status, **more)


def dose(**more: Any) -> Json:
    return drug("MedicationAdministration", "completed", **more)


def dispense(**more: Any) -> Json:
    return drug("MedicationDispense", "completed", **more)


def until(end: str) -> list[Json]:
    return [{"timing": {"repeat": {"boundsPeriod": {"end": end}}}}]


def days(number: float, **more: Any) -> Json:
    return {"daysSupply": {"value": number, "unit": "d", **more}}


def adherence(word: str) -> Json:
    system = "http://hl7.org/fhir/CodeSystem/medication-statement-adherence"
    return {"adherence": {"code": {"coding": [{"system": system, "code": word}]}}}


SINCE: Json = {"effectivePeriod": {"start": "2026-10-02"}}

BACKWARDS: Json = {"start": "2026-11-15", "end": "2026-10-20"}

GOES_ON = {
    "an active order from a day until an earlier one": order(
        authoredOn="2026-10-02", dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": BACKWARDS}}}]
    ),
    "an active order": order(authoredOn="2026-10-02"),
    "an active order, undated": order(),
    "an active statement of a period without an end": taken(**SINCE),
    "an active statement, undated": taken(),
    "a statement of R5 that it is being taken": taken("recorded", **SINCE, **adherence("taking-as-directed")),
}
KNOWN = {
    "a dose of a day": dose(effectiveDateTime="2026-10-30"),
    "a dose of an instant": dose(effectiveDateTime="2026-10-30T08:00:00Z"),
    "doses until a day": dose(effectivePeriod={"start": "2026-10", "end": "2026-10-30"}),
    "a dose, noted on that day": dose(effectiveDateTime="2026-10-30", recorded="2026-10-30T09:00:00Z"),
    "a dose, noted later": dose(effectiveDateTime="2026-10-30", recorded="2026-11-02"),
    "handed over for a month": dispense(whenHandedOver="2026-10-02", **days(30)),
    "an order until next month": order(authoredOn="2026-10-02", dosageInstruction=until("2026-12")),
    "an order until tomorrow": order(authoredOn="2026-10-02", dosageInstruction=until("2026-11-21")),
    "taken until today": taken(effectivePeriod={"start": "2026-10-02", "end": "2026-11-20"}),
}
OVER = {
    "a completed order": order("completed", authoredOn="2026-10-02"),
    "an order of this month, stopped": order("stopped", authoredOn="2026-10-02", dosageInstruction=until("2026-11")),
    "a completed statement of a day": taken("completed", effectiveDateTime="2026-10-02"),
    "a completed statement of a day, asserted before": taken(
        "completed", effectiveDateTime="2026-10-02", dateAsserted="2026-09-02"
    ),
    "a completed statement, undated": taken("completed"),
    "a statement of R5 that it was stopped": taken("recorded", **SINCE, **adherence("stopped")),
    "a statement until last month": taken("recorded", effectivePeriod={"start": "2026-10-02", "end": "2026-10"}),
}
NOBODY_KNOWS = {
    "handed over, for how long is not said": dispense(whenHandedOver="2026-10-30"),
    "handed over for no number of days": dispense(whenHandedOver="2026-10-30", daysSupply={"value": 60, "unit": "mg"}),
    "handed over for 0 days": dispense(whenHandedOver="2026-10-30", **days(0)),
    "handed over in a month": dispense(whenHandedOver="2026-10", **days(30)),
    "handed over, undated": dispense(**days(30)),
    "a dose of a month": dose(effectiveDateTime="2026-11"),
    "a dose of a year": dose(effectiveDateTime="2026"),
    "a dose of no date": dose(effectiveDateTime="in autumn"),
    "a dose, undated": dose(),
    "doses without an end": dose(effectivePeriod={"start": "2026-10-02"}),
    "doses until a month": dose(effectivePeriod={"start": "2026-10-02", "end": "2026-11"}),
    "doses of which the end lies before the beginning": dose(
        effectivePeriod={"start": "2026-10-02", "end": "2026-09-02"}
    ),
    "a dose, noted on the day before": dose(effectiveDateTime="2026-10-30", recorded="2026-10-29"),
    "an active statement of a day": taken(effectiveDateTime="2026-10-30"),
    "a statement of R5 of a day": taken("recorded", effectiveDateTime="2026-10-30", **adherence("taking")),
    "a statement of R5 of a period without an end": taken("recorded", **SINCE),
    "a statement of R5, undated": taken("recorded"),
    "an order until some day of this month": order(authoredOn="2026-10-02", dosageInstruction=until("2026-11")),
    "taken until some day of this month": taken(effectivePeriod={"start": "2026-10-02", "end": "2026-11"}),
    "taken until some day of this year": taken(effectivePeriod={"start": "2025", "end": "2026"}),
}


@pytest.mark.parametrize("resource", [pytest.param(one, id=name) for name, one in {**GOES_ON, **KNOWN}.items()])
def test_an_end_that_is_known_or_said_not_to_have_been(fact_of: Any, resource: Json) -> None:
    assert not fact_of(STEROIDS, resource, as_of=AS_OF).end_unknown


@pytest.mark.parametrize("resource", [pytest.param(one, id=name) for name, one in OVER.items()])
def test_what_is_over_is_over_whenever_that_was(fact_of: Any, resource: Json) -> None:
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.ended, fact.end_unknown) == (True, False)


@pytest.mark.parametrize(
    "resource",
    [
        order(
            "completed",
            authoredOn="2026-10-02",
            dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": BACKWARDS}}}],
        ),
        order("completed", authoredOn="2026-10-02", effectiveDosePeriod=BACKWARDS),
        taken("completed", effectivePeriod=BACKWARDS),
    ],
)
def test_an_end_from_before_its_beginning_says_not_when_it_was_over(fact_of: Any, resource: Json) -> None:
    """Taken for the last day it placed what may have been taken yesterday outside every window."""
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.ended, fact.ended_when) == (True, None)
    assert fact.when is None or fact.when.last is None


@pytest.mark.parametrize(
    ("number", "last"),
    [(0.5, date(2026, 10, 31)), (1, date(2026, 10, 31)), (1.5, date(2026, 11, 1)), (2, date(2026, 11, 1))],
)
def test_a_part_of_a_day_is_supplied_for_too(fact_of: Any, number: float, last: date) -> None:
    resource = dispense(whenHandedOver="2026-10-30", daysSupply={"value": number, "unit": "d"})
    assert fact_of(STEROIDS, resource, as_of=AS_OF).when.last == last


@pytest.mark.parametrize("resource", [pytest.param(one, id=name) for name, one in NOBODY_KNOWS.items()])
def test_an_end_that_nobody_knows(fact_of: Any, resource: Json) -> None:
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.ended, fact.end_unknown) == (False, True)


def test_the_last_day_of_a_month_ends_it(fact_of: Any) -> None:
    """Below, at and above the day on which the month is over."""
    resource = taken(effectivePeriod={"start": "2026-10-02", "end": "2026-11"})
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 29), date(2026, 11, 30))
    facts = [fact_of(STEROIDS, resource, as_of=day) for day in days]
    assert [(fact.ended, fact.end_unknown) for fact in facts] == [
        (True, False),  # an end that is still to come, which evaluators leave out
        (False, True),
        (False, True),
        (True, False),
    ]
    assert {(fact.ended_when.first, fact.ended_when.last) for fact in facts} == {
        (date(2026, 11, 1), date(2026, 11, 30))
    }


CHANGED: Json = {"meta": {"lastUpdated": "2026-10-20T08:00:00Z"}}
SUPPLY: Json = {"dispenseRequest": {"expectedSupplyDuration": {"value": 2, "unit": "weeks"}}}
START, DAY = date(2026, 10, 2), date(2026, 10, 20)


@pytest.mark.parametrize(
    ("resource", "first", "last"),
    [
        pytest.param(order("completed", authoredOn="2026-10-02", **CHANGED), START, DAY, id="an order"),
        pytest.param(order("stopped", authoredOn="2026-10-02", **CHANGED), START, DAY, id="an order, stopped"),
        pytest.param(order("completed", authoredOn="2026-10-20", **CHANGED), DAY, DAY, id="on the same day"),
        pytest.param(order("completed", authoredOn="2026-10", **CHANGED), date(2026, 10, 1), DAY, id="of that month"),
        pytest.param(order("completed", **CHANGED), None, DAY, id="an order, undated"),
        pytest.param(
            order("completed", authoredOn="2026-10-02",
                  dispenseRequest={"expectedSupplyDuration": {"value": 1.5, "unit": "weeks"}}, **CHANGED),
            START, date(2026, 11, 3), id="part of a week is one at the most",
        ),
        pytest.param(
            order("stopped", authoredOn="2026-10-02", dosageInstruction=until("2026-11-30"), **CHANGED),
            START, DAY, id="stopped before it was to end",
        ),
        pytest.param(
            order("completed", authoredOn="2026-10-02", **SUPPLY, **CHANGED),
            START, date(2026, 11, 3), id="what was handed over last may last",
        ),
        pytest.param(order("stopped", authoredOn="2026-10-02", **SUPPLY, **CHANGED), START, DAY, id="not if stopped"),
        pytest.param(taken("completed", **SINCE, **CHANGED), START, DAY, id="a statement of a period"),
        pytest.param(taken("completed", effectivePeriod={}, **CHANGED), None, DAY, id="of a period of no days"),
        pytest.param(taken("completed", effectiveDateTime="2026-10-02", **CHANGED), START, DAY, id="of a day"),
        pytest.param(taken("completed", **CHANGED), None, DAY, id="a statement, undated"),
        pytest.param(taken("recorded", **SINCE, **adherence("stopped"), **CHANGED), START, DAY, id="of R5"),
    ],
)  # fmt: skip
def test_what_is_over_was_so_when_the_record_last_changed_it(
    fact_of: Any, resource: Json, first: date | None, last: date
) -> None:
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.when.first, fact.when.last) == (first, last)
    assert (fact.ended, fact.ended_when.first, fact.ended_when.last) == (True, first, last)
    assert fact.says.endswith(f", over by {last}")


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(order("completed", authoredOn="2026-10-02"), id="never changed"),
        pytest.param(order("completed", authoredOn="2026-10-02", meta={"lastUpdated": "2026-10-01"}), id="before"),
        pytest.param(order("completed", authoredOn="2026-10-02", meta={"lastUpdated": "in autumn"}), id="no date"),
        pytest.param(order("completed", authoredOn="2026-10-02", meta=[]), id="no meta"),
        pytest.param(
            order("completed", authoredOn="2026-10-02",
                  dispenseRequest={"expectedSupplyDuration": {"value": 30, "unit": "mg"}}, **CHANGED),
            id="handed over for who knows how long",
        ),
        pytest.param(
            order("completed", authoredOn="2026-10-02",
                  dispenseRequest={"quantity": {"value": 90, "unit": "{tbl}"}}, **CHANGED),
            id="90 tablets were handed over",
        ),
        pytest.param(taken("completed", **SINCE), id="a statement, never changed"),
    ],
)  # fmt: skip
def test_else_its_end_stays_open(fact_of: Any, resource: Json) -> None:
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.when.first, fact.when.last, fact.ended, fact.ended_when) == (START, None, True, None)


@pytest.mark.parametrize(
    ("resource", "ended"),
    [
        pytest.param(order("active", authoredOn="2026-10-02", **CHANGED), None, id="an active order"),
        pytest.param(taken("active", **SINCE, **CHANGED), None, id="an active statement"),
        pytest.param(
            order("completed", authoredOn="2026-10-02", dosageInstruction=until("2026-11-10"), **CHANGED),
            date(2026, 11, 10), id="completed as planned",
        ),
        pytest.param(
            order("stopped", authoredOn="2026-10-02", dosageInstruction=until("2026-10-19"), **CHANGED),
            date(2026, 10, 19), id="stopped by a day before",
        ),
        pytest.param(
            taken("completed", effectivePeriod={"start": "2026-10-02", "end": "2026-10-09"}, **CHANGED),
            date(2026, 10, 9), id="a period with an end",
        ),
        pytest.param(
            order("completed", authoredOn="2026-10-02", statusChanged="2026-10-10", **CHANGED),
            date(2026, 10, 10), id="an order of R5",
        ),
        pytest.param(order("completed", authoredOn="in autumn", **CHANGED), None, id="a date that cannot be read"),
    ],
)  # fmt: skip
def test_what_says_more_is_not_changed_by_it(fact_of: Any, resource: Json, ended: date | None) -> None:
    ended_when = fact_of(STEROIDS, resource, as_of=AS_OF).ended_when
    assert (ended_when and ended_when.last) == ended


def test_nobody_knows_the_day_for_which_it_is_read(fact_of: Any) -> None:
    assert fact_of(STEROIDS, order("completed", authoredOn="2026-10-02", **CHANGED)).ended_when is None


SINCE_THEN: Json = {"meta": {"lastUpdated": "2026-11-21T08:00:00Z"}}
CHANGED_SINCE = {
    "an order": order("completed", authoredOn="2026-10-02", **SINCE_THEN),
    "an order, stopped": order("stopped", authoredOn="2026-10-02", **SINCE_THEN),
    "an order, undated": order("stopped", **SINCE_THEN),
    "an order, stopped before it was to end": order(
        "stopped", authoredOn="2026-10-02", dosageInstruction=until("2026-11-30"), **SINCE_THEN
    ),
    "an order, stopped on the day on which it was to end": order(
        "stopped", authoredOn="2026-10-02", dosageInstruction=until("2026-11-20"), **SINCE_THEN
    ),
    "a statement of a period": taken("completed", **SINCE, **SINCE_THEN),
    "a statement of a day": taken("completed", effectiveDateTime="2026-10-02", **SINCE_THEN),
    "a statement of a day, asserted since": taken(
        "completed", effectiveDateTime="2026-10-02", dateAsserted="2026-11-21", **SINCE_THEN
    ),
    "a statement, undated": taken("completed", **SINCE_THEN),
    "a statement of R5": taken("recorded", **SINCE, **adherence("stopped"), **SINCE_THEN),
}
NOT_SINCE = {
    "changed on the day itself": order("stopped", authoredOn="2026-10-02", meta={"lastUpdated": "2026-11-20"}),
    "changed in its month": order("stopped", authoredOn="2026-10-02", meta={"lastUpdated": "2026-11"}),
    "never changed": order("stopped", authoredOn="2026-10-02"),
    "stopped, and to end by then": order(
        "stopped", authoredOn="2026-10-02", dosageInstruction=until("2026-11-19"), **SINCE_THEN
    ),
    "completed as planned": order(
        "completed", authoredOn="2026-10-02", dosageInstruction=until("2026-11-19"), **SINCE_THEN
    ),
    "the day of the change in R5": order("stopped", authoredOn="2026-10-02", statusChanged="2026-11-19", **SINCE_THEN),
    "a period with an end": taken(
        "completed", effectivePeriod={"start": "2026-10-02", "end": "2026-11-19"}, **SINCE_THEN
    ),
    "said by then to be over": taken(
        "completed", effectiveDateTime="2026-10-02", dateAsserted="2026-11-20", **SINCE_THEN
    ),
}


@pytest.mark.parametrize("resource", [pytest.param(one, id=name) for name, one in CHANGED_SINCE.items()])
def test_what_was_changed_since_may_have_gone_on_then(fact_of: Any, resource: Json) -> None:
    """As of a past day: nothing says that it had ended by then. As of today it is over."""
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.ended, fact.ended_when, fact.end_unknown) == (False, None, True)
    assert fact.when is None or fact.when.last is None
    assert fact_of(STEROIDS, resource, as_of=date(2026, 11, 21)).ended


@pytest.mark.parametrize("resource", [pytest.param(one, id=name) for name, one in NOT_SINCE.items()])
def test_else_it_was_over_then(fact_of: Any, resource: Json) -> None:
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.ended, fact.end_unknown) == (True, False)


TEN_DAYS: Json = {"expectedSupplyDuration": {"value": 10, "unit": "d"}}


@pytest.mark.parametrize(
    ("repeats", "last"),
    [
        ({}, date(2026, 10, 30)),
        ({"numberOfRepeatsAllowed": 0}, date(2026, 10, 30)),
        ({"numberOfRepeatsAllowed": 3}, date(2026, 11, 29)),
        ({"numberOfRepeatsAllowed": -1}, None),
        ({"numberOfRepeatsAllowed": 100}, None),
        ({"numberOfRepeatsAllowed": "3"}, None),
        ({"numberOfRepeatsAllowed": True}, None),
        ({"numberOfRepeatsAllowed": None}, None),
    ],
)
@pytest.mark.parametrize("changed", [CHANGED, {"statusChanged": "2026-10-20"}])
def test_what_was_handed_over_several_times_lasts_as_often(
    fact_of: Any, repeats: Json, last: date | None, changed: Json
) -> None:
    """By the day on which the order was completed all of it was handed over, perhaps on that day."""
    supply = {**TEN_DAYS, **repeats}
    fact = fact_of(
        STEROIDS, order("completed", authoredOn="2026-10-02", dispenseRequest=supply, **changed), as_of=AS_OF
    )
    assert (fact.ended, fact.ended_when and fact.ended_when.last) == (True, last)
    assert fact.when.last == last


@pytest.mark.parametrize(
    ("status", "supply", "last"),
    [
        ("stopped", TEN_DAYS, date(2026, 10, 20)),  # who stops it takes no more of it
        ("ended", TEN_DAYS, date(2026, 10, 20)),
        ("completed", {"quantity": {"value": 90}}, None),
    ],
)
def test_an_order_of_r5_ends_by_the_day_of_its_status(
    fact_of: Any, status: str, supply: Json, last: date | None
) -> None:
    resource = order(status, authoredOn="2026-10-02", statusChanged="2026-10-20", dispenseRequest=supply)
    ended_when = fact_of(STEROIDS, resource, as_of=AS_OF).ended_when
    assert (ended_when and ended_when.last) == last


def test_a_status_of_a_day_before_the_order_ends_nothing(fact_of: Any) -> None:
    resource = order("ended", authoredOn="2026-10-02", statusChanged="2026-09-20")
    fact = fact_of(STEROIDS, resource, as_of=AS_OF)
    assert (fact.when.first, fact.when.last, fact.ended, fact.ended_when) == (START, None, True, None)


def test_a_dose_that_is_being_given_goes_on_since_its_day(fact_of: Any) -> None:
    fact = fact_of(
        STEROIDS, drug("MedicationAdministration", "in-progress", effectiveDateTime="2026-10-02"), as_of=AS_OF
    )
    assert (fact.when.first, fact.when.last, fact.end_unknown) == (START, None, True)
