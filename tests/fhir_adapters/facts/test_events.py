"""Procedures and medications as facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from coded_elements import code

from trialsieve.rules.vocabulary import Certainty, Kind, Role

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HSCT, PREDNISONE = "234336002", "8640"
STEROIDS = "med.systemic_steroids"


def procedure(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Procedure", "id": "x1", "status": "completed", "code": code(HSCT), **more}


def order(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "x1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": code(PREDNISONE, RXNORM),
        "authoredOn": "2026-10-02",
        **more,
    }


def certainties(chart: Any) -> list[Certainty]:
    return [fact.certainty for fact in chart.facts]


FIRM, WEAK = [Certainty.FIRM], [Certainty.WEAK]


# --- procedures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, FIRM), ({"status": "in-progress"}, WEAK), ({"status": "stopped"}, WEAK), ({"status": None}, WEAK),
        ({"status": "aborted"}, WEAK), ({"status": "perhaps"}, WEAK), ({"status": "not-done"}, []),
        ({"status": "entered-in-error"}, []), ({"status": "preparation"}, []), ({"notDone": True}, []),
        ({"notDone": False}, FIRM), ({"notPerformed": True}, []),
    ],
)  # fmt: skip
def test_whether_a_procedure_was_done(chart_of: Any, more: Any, expected: Any) -> None:
    assert certainties(chart_of(procedure(**more), wanted=frozenset({"tx.hsct"}))) == expected


@pytest.mark.parametrize(
    ("performed", "first", "last", "ended"),
    [
        ({"performedDateTime": "2026-10-02"}, date(2026, 10, 2), date(2026, 10, 2), False),
        ({"occurrenceDateTime": "2026-10-02"}, date(2026, 10, 2), date(2026, 10, 2), False),
        ({"performedPeriod": {"start": "2026-10-02", "end": "2026-10-03"}}, date(2026, 10, 2), date(2026, 10, 3), True),
        ({"performedPeriod": {"start": "2026-10-02"}}, date(2026, 10, 2), None, False),
        # what is being done goes on since then
        ({"status": "in-progress", "performedDateTime": "2026-10-02"}, date(2026, 10, 2), None, False),
        ({"status": "In-Progress", "performedDateTime": "2026-10-02"}, date(2026, 10, 2), None, False),
        ({"status": "on-hold", "performedDateTime": "2026-10-02"}, date(2026, 10, 2), date(2026, 10, 2), False),
        ({"status": "stopped", "performedDateTime": "2026-10-02"}, date(2026, 10, 2), date(2026, 10, 2), False),
        ({"performedString": "in autumn"}, None, None, False),
        ({}, None, None, False),
    ],
)
def test_when_a_procedure_was_done(fact_of: Any, performed: Any, first: Any, last: Any, ended: bool) -> None:
    fact = fact_of("tx.hsct", procedure(**performed))
    assert (fact.when and fact.when.first, fact.when and fact.when.last, fact.ended) == (first, last, ended)
    assert fact.kind is Kind.PROCEDURE


# --- medications ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, FIRM), ({"status": "completed"}, FIRM), ({"status": "stopped"}, FIRM), ({"status": "on-hold"}, WEAK),
        ({"status": None}, WEAK), ({"status": "draft"}, []), ({"status": "cancelled"}, []),
        ({"status": "entered-in-error"}, []), ({"intent": "plan"}, WEAK), ({"intent": "proposal"}, WEAK),
        ({"intent": None}, WEAK), ({"intent": "filler-order"}, FIRM), ({"doNotPerform": True}, []),
        ({"resourceType": "MedicationStatement"}, FIRM),
        ({"resourceType": "MedicationStatement", "status": "not-taken"}, []),
        ({"resourceType": "MedicationStatement", "wasNotTaken": True}, []),
        ({"resourceType": "MedicationStatement", "taken": "n"}, []),
        ({"resourceType": "MedicationStatement", "taken": "unk"}, WEAK),
        ({"resourceType": "MedicationStatement", "status": "intended"}, WEAK),
        ({"resourceType": "MedicationStatement", "status": "recorded"}, FIRM),
        ({"resourceType": "MedicationAdministration", "status": "completed"}, FIRM),
        ({"resourceType": "MedicationAdministration", "status": "not-done"}, []),
        ({"resourceType": "MedicationAdministration", "status": "completed", "notGiven": True}, []),
        ({"resourceType": "MedicationAdministration", "status": "stopped"}, WEAK),
        ({"resourceType": "MedicationDispense", "status": "completed"}, FIRM),
        ({"resourceType": "MedicationDispense", "status": "declined"}, []),
    ],
)  # fmt: skip
def test_whether_a_medication_was_taken(chart_of: Any, more: Any, expected: Any) -> None:
    assert certainties(chart_of(order(**more), wanted=frozenset({STEROIDS}))) == expected


@pytest.mark.parametrize(
    "named",
    [
        {"medicationReference": {"reference": "#m1"}},
        {"medicationReference": {"reference": "Medication/m2"}},
        {"medicationReference": {"reference": "Medication/m2/_history/3"}},
        {"medicationReference": {"reference": "urn:uuid:m3"}},
        {"medication": {"concept": code(PREDNISONE, RXNORM)}},
        {"medication": {"reference": {"reference": "Medication/m2"}}},
    ],
)
def test_a_medication_however_it_is_named(fact_of: Any, named: Any) -> None:
    resource = order(contained=[{"resourceType": "Medication", "id": "m1", "code": code(PREDNISONE, RXNORM)}], **named)
    del resource["medicationCodeableConcept"]
    index = {
        "Medication/m2": {
            "code": {"text": "mixture"},
            "ingredient": [{"itemCodeableConcept": code(PREDNISONE, RXNORM)}],
        },
        "urn:uuid:m3": {"ingredient": [{"item": {"concept": code(PREDNISONE, RXNORM)}}]},
    }
    assert fact_of(STEROIDS, resource, index=index).role is Role.DEFINITIVE


def test_a_medication_that_names_nothing_may_be_any(chart_of: Any) -> None:
    resource = order(medicationReference={"reference": "Medication/elsewhere"})
    del resource["medicationCodeableConcept"]
    (unreadable,) = chart_of(resource).unreadable
    assert (unreadable.kind, unreadable.concepts) == (Kind.MEDICATION, None)


@pytest.mark.parametrize(
    ("resource", "first", "last", "ended"),
    [
        (order(), date(2026, 10, 2), None, False),
        (order(status="stopped"), date(2026, 10, 2), None, True),
        (
            order(dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": "2026-10-09"}}}}]),
            date(2026, 10, 2),
            date(2026, 10, 9),
            True,
        ),
        (
            order(dispenseRequest={"validityPeriod": {"end": "2026-11"}}),
            date(2026, 10, 2),
            None,
            False,
        ),
        (order(effectiveDosePeriod={"end": "2026-10-09"}), date(2026, 10, 2), date(2026, 10, 9), True),
        (order(authoredOn=None), None, None, False),
        (
            order(resourceType="MedicationStatement", effectivePeriod={"start": "2026-09", "end": "2026-10-01"}),
            date(2026, 9, 1),
            date(2026, 10, 1),
            True,
        ),
        (order(resourceType="MedicationStatement", effectiveDateTime="2026-09-05"), date(2026, 9, 5), None, False),
        (
            order(
                resourceType="MedicationStatement",
                status="completed",
                effectiveDateTime="2026-09-05",
                dateAsserted="2026-09-20",
            ),
            date(2026, 9, 5),
            date(2026, 9, 20),
            True,
        ),
        (
            order(resourceType="MedicationAdministration", status="completed", effectiveDateTime="2026-09-05"),
            date(2026, 9, 5),
            date(2026, 9, 5),
            False,
        ),
        (
            order(
                resourceType="MedicationDispense",
                status="completed",
                whenHandedOver="2026-09-05",
                daysSupply={"value": 30},
            ),
            date(2026, 9, 5),
            date(2026, 10, 5),
            False,
        ),
    ],
)
def test_how_long_a_medication_was_taken(fact_of: Any, resource: Any, first: Any, last: Any, ended: bool) -> None:
    """An order says when it began; unless it says when it ended, nobody knows."""
    fact = fact_of(STEROIDS, resource)
    assert (fact.when and fact.when.first, fact.when and fact.when.last, fact.ended) == (first, last, ended)


@pytest.mark.parametrize(
    ("period", "says"),
    [
        ({"start": "2026-09", "end": "2026-10-01"}, "taken from 2026-09 to 2026-10-01"),
        ({"start": "2026-09"}, "taken from 2026-09"),
        ({"end": "2026-10-01"}, "taken from ? to 2026-10-01"),
    ],
)
def test_a_washout_can_be_checked_by_what_is_quoted(fact_of: Any, period: Any, says: str) -> None:
    taken = fact_of(STEROIDS, order(resourceType="MedicationStatement", effectivePeriod=period))
    assert taken.says.endswith(says)


# As order systems of several countries call them.
_INTO_THE_BODY = (
    *(
        "IV Push",
        "IV",
        "IVPB",
        "PO",
        "IM",
        "SC",
        "By mouth",
        "Subcut",
        "(IV/IM)",
        "Intravenöse Anwendung",
        "Zum Einnehmen",
    ),
    *("Voie intraveineuse", "静滴", "肌内注射", "皮下注射"),
)
_ONTO_A_PART = (
    *("Each affected area", "Apply externally", "Both Eyes", "into the left eye", "Right Ear", "Both Ears", "Otic"),
    *("Each Nare", "Nebulization", "Swish & Spit", "Anwendung am Auge", "Anwendung auf der Haut", "外用", "雾化吸入"),
)


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (code("26643006"), ("systemic",)),
        (code("6064005"), ("local",)),
        ({"text": "Oral"}, ("systemic",)),
        ({"text": "Cutaneous use"}, ("local",)),
        ({"text": "Intranasal"}, ("local",)),
        ({"text": "Subcutaneous"}, ("systemic",)),
        ({**code("34206005"), "text": "Subcutaneous route"}, ("systemic",)),
        ({"text": "percutaneous gastrostomy tube"}, ()),
        *(({"text": text}, ("systemic",)) for text in _INTO_THE_BODY),
        *(({"text": text}, ("local",)) for text in _ONTO_A_PART),
        *(({"text": text}, ()) for text in ("IVT", "IMPLANT", "early morning", "IV, then topical", "Sub-cutaneous")),
        *(({"text": text}, ()) for text in ("22 gauge peripheral line", "1 Tbl. im Stehen")),
        ({"text": "Inhale by mouth"}, ("local",)),
        (None, ()),
    ],
)
def test_the_route(fact_of: Any, route: Any, expected: tuple[str, ...]) -> None:
    resource = order(dosageInstruction=[{"route": route} if route else {"text": "daily"}])
    assert fact_of(STEROIDS, resource).facet("route") == expected


def test_the_route_of_an_immunosuppressant(fact_of: Any) -> None:
    tacrolimus = order(medicationCodeableConcept=code("42316", "http://www.nlm.nih.gov/research/umls/rxnorm"))
    facts = {
        route: fact_of("med.immunosuppressants", {**tacrolimus, "dosageInstruction": [{"route": {"text": route}}]})
        for route in ("oral", "topical")
    }
    assert {route: fact.facet("route") for route, fact in facts.items()} == {
        "oral": ("systemic",),
        "topical": ("local",),
    }


# --- any procedure ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", [code("387713003"), code("80146002"), code("x", "urn:local"), {"text": "Appendektomie"}, None]
)
def test_any_procedure_may_be_surgery(fact_of: Any, what: Any) -> None:
    done = {"resourceType": "Procedure", "id": "x1", "status": "completed", "performedDateTime": "2026-10-02"}
    fact = fact_of("tx.surgery", {**done, "code": what})
    assert (fact.role, fact.kind) == (Role.SUPPORTING, Kind.PROCEDURE)
    assert fact.when.first == date(2026, 10, 2)


def test_a_procedure_in_another_system_is_counted_all_the_same(chart_of: Any) -> None:
    """It may be surgery; and it may be what other concepts could not have recognised."""
    cpt = code("33533", "http://www.ama-assn.org/go/cpt") | {"text": "Bypass"}
    done = {"resourceType": "Procedure", "id": "x1", "status": "completed", "code": cpt}
    chart = chart_of(done, wanted=frozenset({"tx.surgery", "tx.car_t"}))
    assert [fact.concept for fact in chart.facts] == ["tx.surgery"]
    assert [(item.kind, item.count) for item in chart.uncoded] == [(Kind.PROCEDURE, 1)]
