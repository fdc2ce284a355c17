"""Procedures, medications, immunizations and allergies as facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty, Kind, Role, State

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
HSCT, PREDNISONE = "234336002", "8640"
STEROIDS = "med.systemic_steroids"


def code(value: str, system: str = SNOMED, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value}], **more}


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


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (code("26643006"), ("systemic",)),
        (code("6064005"), ("local",)),
        ({"text": "Oral"}, ("systemic",)),
        ({"text": "into the left eye"}, ()),
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


# --- immunizations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("medication", "role"),
    [
        ({"text": "Influenza vaccine 0.5 mL IM"}, Role.SUPPORTING),
        ({"coding": [{"system": RXNORM, "code": "1", "display": "hepatitis B vaccine"}]}, Role.SUPPORTING),
        ({"text": "Grippe-Impfstoff 2026"}, Role.SUPPORTING),
        (code("J07BB02", "http://www.whocc.no/atc", text="Influenza vaccine"), Role.DEFINITIVE),
        ({"text": "hepatitis B immune globulin"}, None),
        ({"text": "No vaccine administered"}, None),
        ({"text": "BCG, intravesical"}, None),
        ({"text": "Prednisone 20 mg"}, None),
    ],
)
@pytest.mark.parametrize("name", ["MedicationAdministration", "MedicationRequest"])
def test_a_drug_that_words_call_a_vaccine(chart_of: Any, name: str, medication: Any, role: Role | None) -> None:
    """The words alone raise a doubt whether it was a vaccination."""
    given = order(resourceType=name, medicationCodeableConcept=medication, effectiveDateTime="2026-10-02")
    given["status"] = "completed"
    roles = [fact.role for fact in chart_of(given).facts if fact.concept == "tx.vaccination"]
    assert roles == ([] if role is None else [role])


def immunization(vaccine: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    given = {"resourceType": "Immunization", "id": "x1", "status": "completed", "occurrenceDateTime": "2026-10-02"}
    return {**given, "vaccineCode": vaccine, **more}


def said(text: str, system: str | None = None) -> dict[str, Any]:
    """A vaccine in words, beside a local code if a system is given."""
    return {"text": text} | (code("x", system) if system else {})


@pytest.mark.parametrize(
    "vaccine",
    [
        code("140", CVX),
        code("115", CVX),
        code("1119349007", SNOMED) | {"text": "COVID-19 mRNA vaccine"},
        *map(
            said,
            (
                "Influenza vaccine",
                "Grippeimpfstoff",
                "疫苗",
                "Flu shot",
                "MMR",
                "Tdap booster",
                "Hep B #2",
                "HepB-CpG",
                "RSV, recombinant, protein subunit RSVpreF",
                "COVID-19, mRNA, LNP-S, PF",
                "Pneumococcal conjugate PCV20",
                "Shingrix vaccine",
            ),
        ),
        said("Influenza vaccine", "urn:local"),
    ],
)
def test_any_vaccine_is_a_vaccination(fact_of: Any, vaccine: Any) -> None:
    fact = fact_of("tx.vaccination", immunization(vaccine))
    assert (fact.role, fact.kind) == (Role.DEFINITIVE, Kind.IMMUNIZATION)
    assert fact.when.first == date(2026, 10, 2)


@pytest.mark.parametrize(
    "vaccine",
    [
        code("999", CVX),  # unknown vaccine or immune globulin
        code("x", "urn:local"),
        said("A132", "urn:local"),
        said("Injection given in clinic"),
        said("卡介"),
        said("MMR and PPD"),
        code("140", CVX) | {"text": "PPD"},
        None,
    ],
)
def test_what_may_be_no_vaccine_raises_a_doubt(fact_of: Any, vaccine: Any) -> None:
    fact = fact_of("tx.vaccination", immunization(vaccine))
    assert (fact.role, fact.kind) == (Role.SUPPORTING, Kind.IMMUNIZATION)


NO_VACCINES = [
    "PPD",
    "PPD (TST)",
    "TST",
    "TST-PPD intradermal",
    "Tuberculin skin test; unspecified formulation",
    "Mantoux test",
    "IVIG",
    "IVIG 10 %",
    "RhoGAM",
    "Rho(D) immune globulin",
    "HBIG",
    "Hepatitis B immune globulin",
    "Hep B immunoglobulin",
    "VZIG",
    "Tetanus immune globulin",
    "Synagis",
    "palivizumab",
    "RSV, mAb, nirsevimab-alip, 1 mL",
    "Beyfortus",
    "botulinum antitoxin",
    "No vaccine administered",
]


@pytest.mark.parametrize("system", [None, "urn:local"])
@pytest.mark.parametrize("words", NO_VACCINES)
def test_words_for_what_is_no_vaccine_are_none(chart_of: Any, words: str, system: str | None) -> None:
    assert chart_of(immunization(said(words, system))).facts == ()


@pytest.mark.parametrize(
    "resource",
    [
        immunization(code("36", CVX)),
        immunization(code("998", CVX)),
        immunization(code("140", CVX), status="not-done"),
        immunization(code("140", CVX), status="entered-in-error"),
        immunization(code("140", CVX), notGiven=True),
    ],
)
def test_immune_globulins_and_what_was_not_given_are_none(chart_of: Any, resource: Any) -> None:
    assert chart_of(resource).facts == ()


def test_the_date_of_stu3(fact_of: Any) -> None:
    resource = immunization(code("140", CVX), date="2026-09-01")
    del resource["occurrenceDateTime"]
    assert fact_of("tx.vaccination", resource).when.first == date(2026, 9, 1)


# --- allergies --------------------------------------------------------------------------------------------------------


def allergy(what: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": what, **more}


def test_no_known_allergy_denies(fact_of: Any) -> None:
    fact = fact_of("allergy.biologic", allergy(code("716186003")))
    assert (fact.role, fact.kind) == (Role.NEGATES, Kind.ALLERGY)
    assert "No known allergy" in fact.says


@pytest.mark.parametrize(
    ("more", "expected", "state"),
    [
        ({}, FIRM, State.UNSTATED),
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, FIRM, State.ACTIVE),
        ({"verificationStatus": "unconfirmed"}, WEAK, State.UNSTATED),
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, [], None),
        ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, FIRM, State.RESOLVED),
    ],
)
def test_the_statuses_of_an_allergy(chart_of: Any, more: Any, expected: Any, state: Any) -> None:
    facts = [fact for fact in chart_of(allergy(code("91936005"), **more)).facts if fact.concept == "allergy.biologic"]
    assert [fact.certainty for fact in facts] == expected
    assert all(fact.state is state for fact in facts)


def test_an_allergy_to_a_drug_is_not_its_use(chart_of: Any) -> None:
    concepts = {fact.concept for fact in chart_of(allergy(code(PREDNISONE, RXNORM))).facts}
    assert STEROIDS not in concepts


def test_the_substance_of_a_reaction_counts(chart_of: Any) -> None:
    resource = allergy({"text": "something"}, reaction=[{"substance": code("91936005")}])
    assert "allergy.biologic" in {fact.concept for fact in chart_of(resource).facts}


@pytest.mark.parametrize(
    ("what", "more", "role", "facets"),
    [
        (code("91935009"), {"criticality": "high"}, Role.SUPPORTING, (("severity", "severe"),)),
        (code("91935009"), {"criticality": "low"}, Role.SUPPORTING, (("severity", "not severe"),)),
        (code("91935009"), {"reaction": [{"severity": "mild"}]}, Role.SUPPORTING, (("severity", "not severe"),)),
        (code("91935009"), {"criticality": "unable-to-assess"}, Role.SUPPORTING, ()),
        ({"text": "bees"}, {"reaction": [{"severity": "severe"}]}, Role.SUPPORTING, (("severity", "severe"),)),
        ({"text": "bees"}, {"criticality": "high", "reaction": [{"severity": "mild"}]}, Role.SUPPORTING, ()),
        (code("716186003"), {}, Role.NEGATES, ()),
    ],
)
def test_any_allergy_raises_a_doubt(fact_of: Any, what: Any, more: Any, role: Role, facets: Any) -> None:
    fact = fact_of("allergy.any", allergy(what, **more))
    assert (fact.role, fact.facets) == (role, facets)


@pytest.mark.parametrize(
    "what",
    [
        code("409137002"),  # no known drug allergy
        code("no-known-allergies", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"),
    ],
)
def test_what_denies_an_allergy_raises_none(chart_of: Any, what: Any) -> None:
    assert "allergy.any" not in {fact.concept for fact in chart_of(allergy(what)).facts}
