"""What a drug's dosage, or the reason of its status, says against its being taken or the way it is taken."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty

STEROIDS, SNOMED = "med.systemic_steroids", "http://snomed.info/sct"
TOPICAL, ORAL, RECTAL = "6064005", "26643006", "37161004"
Json = dict[str, Any]


def prednisone(kind: str = "MedicationStatement", *, system: bool = True, **more: Any) -> Json:
    """By RxNorm, which says no route; else by the class of ATC that is given systemically."""
    rxnorm = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "8640"}
    atc = {"system": "http://www.whocc.no/atc", "code": "H02AB07"}
    intent = {"intent": "order", "authoredOn": "2026-10-02"} if kind == "MedicationRequest" else {}
    status = "completed" if kind in ("MedicationAdministration", "MedicationDispense") else "active"
    code = {"coding": [atc if system else rxnorm]}
    return {
        "resourceType": kind,
        "id": "x1",
        "status": status,
        "medicationCodeableConcept": code,
        **intent,
        **more,
    }


def route(code: str | None = None, text: str | None = None) -> Json:
    codings = {"coding": [{"system": SNOMED, "code": code}]} if code else {}
    return {"route": {**codings, **({"text": text} if text else {})}}


def routes_of(fact: Any) -> set[str]:
    return {value for facet, value in fact.facets if facet == "route"}


@pytest.mark.parametrize("text", ["never taken", "Patient not taking", "refused", "not yet started", "未服"])
@pytest.mark.parametrize("where", ["text", "patientInstruction"])
@pytest.mark.parametrize(
    ("kind", "element"),
    [
        ("MedicationStatement", "dosage"),
        ("MedicationRequest", "dosageInstruction"),
        ("MedicationDispense", "dosageInstruction"),
    ],
)
def test_a_dosage_that_says_that_it_was_not_taken(fact_of: Any, kind: str, element: str, where: str, text: str) -> None:
    told: Json = {element: [{where: text}]}
    fact = fact_of(STEROIDS, prednisone(kind, **told))
    assert fact.certainty is Certainty.WEAK
    assert text in fact.says


def test_a_dose_that_was_not_given_by_its_words(fact_of: Any) -> None:
    dose = prednisone("MedicationAdministration", dosage={"text": "not given, out of stock"})
    assert fact_of(STEROIDS, dose).certainty is Certainty.WEAK


@pytest.mark.parametrize("text", ["STOP", "HOLD", "Discontinued 11/2/2026", "abgesetzt", "停药"])
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"status": "active"}, Certainty.WEAK),
        ({"status": "recorded"}, Certainty.WEAK),
        ({"status": "completed"}, Certainty.FIRM),
        ({"status": "stopped"}, Certainty.FIRM),
    ],
)
def test_a_dosage_that_says_that_it_is_no_longer_taken(fact_of: Any, more: Any, expected: Certainty, text: str) -> None:
    """What was stopped was taken, and its status says no more than its words."""
    assert fact_of(STEROIDS, prednisone(dosage=[{"text": text}], **more)).certainty is expected


@pytest.mark.parametrize("text", ["Prednisone (discontinued)", "Prednisone - on hold"])
def test_a_name_that_says_that_it_is_no_longer_taken(fact_of: Any, text: str) -> None:
    drug = prednisone()
    drug["medicationCodeableConcept"]["text"] = text
    assert fact_of(STEROIDS, drug).certainty is Certainty.WEAK
    assert fact_of(STEROIDS, {**drug, "status": "completed"}).certainty is Certainty.FIRM
    given = {**drug, "resourceType": "MedicationAdministration", "status": "completed"}
    assert fact_of(STEROIDS, given).certainty is Certainty.FIRM


@pytest.mark.parametrize(
    "text",
    ["No more than 3 tablets a day", "Take 20 mg daily, hold if glucose > 300", "taper over 5 days then stop", 7],
)
def test_a_dosage_that_says_how_to_take_it(fact_of: Any, text: Any) -> None:
    assert fact_of(STEROIDS, prednisone(dosage=[{"text": text}])).certainty is Certainty.FIRM


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("MedicationAdministration", {"statusReason": [{"text": "Patient refused"}]}, Certainty.WEAK),
        ("MedicationAdministration", {"statusReason": [{"coding": [{"code": "a"}]}]}, Certainty.WEAK),
        ("MedicationAdministration", {"reasonNotGiven": [{"text": "nausea"}]}, Certainty.WEAK),  # STU3
        ("MedicationAdministration", {"reasonCode": [{"text": "nausea"}]}, Certainty.FIRM),
        ("MedicationDispense", {"statusReasonCodeableConcept": {"text": "out of stock"}}, Certainty.WEAK),
        ("MedicationDispense", {"statusReasonReference": {"reference": "DetectedIssue/1"}}, Certainty.WEAK),
        ("MedicationDispense", {"notPerformedReason": {"concept": {"text": "x"}}}, Certainty.WEAK),  # R5
        ("MedicationDispense", {"notDoneCodeableConcept": {"text": "x"}}, Certainty.WEAK),  # STU3
        ("MedicationDispense", {"notDoneReference": {"reference": "DetectedIssue/1"}}, Certainty.WEAK),  # STU3
        ("MedicationStatement", {"reasonNotTaken": [{"text": "nausea"}]}, Certainty.WEAK),  # STU3
        ("MedicationStatement", {"statusReason": [{"text": "Drug not taken - side effects"}]}, Certainty.WEAK),
        ("MedicationStatement", {"statusReason": [{"text": "Reviewed"}]}, Certainty.FIRM),
        ("MedicationRequest", {"statusReason": {"text": "never started"}}, Certainty.WEAK),
        ("MedicationRequest", {"statusReason": {"text": "renewed"}}, Certainty.FIRM),
    ],
)
def test_a_reason_why_it_was_not_given(fact_of: Any, kind: str, more: Any, expected: Certainty) -> None:
    assert fact_of(STEROIDS, prednisone(kind, **more)).certainty is expected


@pytest.mark.parametrize(
    ("dosages", "expected"),
    [
        ([route(TOPICAL)], {"local"}),
        ([route(TOPICAL), route(TOPICAL, "on the skin")], {"local"}),
        ([route(TOPICAL), {"text": "for two weeks"}], {"local"}),
        ([route(ORAL), route(text="by mouth")], {"systemic"}),
        ([route(TOPICAL), route(text="Oral")], set()),
        ([route(ORAL), route(text="topical")], set()),
        ([route(TOPICAL), route(RECTAL)], set()),
        ([route(text="inhaled"), route(text="rectal")], set()),
        ([route(TOPICAL, "Oral")], set()),
        ([route(ORAL, "topical")], set()),
        ([route(RECTAL)], set()),
        ([{**route(ORAL), "text": "apply to affected area"}], set()),
        ([{**route(ORAL), "text": "inhale 2 puffs"}, route(ORAL)], set()),
        ([{**route(TOPICAL), "text": "oral"}], set()),
        ([{**route(ORAL), "text": "20 mg orally"}], {"systemic"}),
        ([{"text": "apply topically"}], set()),  # words of a dosage state none
    ],
)
def test_by_which_routes_it_is_taken(fact_of: Any, dosages: list[Json], expected: set[str]) -> None:
    """What is on the skin by one dosage, or by one of its words, and not by another, is no local drug."""
    assert routes_of(fact_of(STEROIDS, prednisone(system=False, dosage=dosages))) == expected


def test_a_class_of_what_is_taken_systemically_beside_words_of_the_skin(fact_of: Any) -> None:
    assert routes_of(fact_of(STEROIDS, prednisone())) == {"systemic"}
    assert routes_of(fact_of(STEROIDS, prednisone(dosage=[{"text": "apply topically"}]))) == set()


@pytest.mark.parametrize(
    ("form", "dosage", "expected"),
    [
        ("Topical cream", {}, {"local"}),
        ("Oral tablet", {}, {"systemic"}),
        ("Tablet", route(ORAL), {"systemic"}),
        ("Topical cream", route(ORAL), set()),
        ("Oral tablet", route(TOPICAL), set()),
        ("Tablet", {}, set()),
    ],
)
def test_a_dose_form_that_says_the_route(fact_of: Any, form: str, dosage: Json, expected: set[str]) -> None:
    drug = prednisone("MedicationRequest", system=False, dosageInstruction=[dosage] if dosage else [])
    product = {"resourceType": "Medication", "id": "m", "code": drug.pop("medicationCodeableConcept")}
    product["form"] = {"text": form}
    order = {**drug, "contained": [product], "medicationReference": {"reference": "#m"}}
    assert routes_of(fact_of(STEROIDS, order)) == expected
