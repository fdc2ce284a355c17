"""A drug is named by its own words, those of the reference to it, and those of each thing that it is made of."""

from __future__ import annotations

from typing import Any

import pytest

STEROIDS, LOCAL = "med.systemic_steroids", "urn:example:pharmacy"
PREDNISONE = {"text": "Prednisone"}
BAG = {"text": "Compounded bag"}
Json = dict[str, Any]


def order(medication: Json, **more: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": "x1",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-10-02",
        "contained": [{"resourceType": "Medication", "id": "m", **medication}],
        **({"medicationReference": {"reference": "#m"}} | more),
    }


def doubted(chart_of: Any, resource: Json) -> set[str | None]:
    chart = chart_of(resource, wanted=frozenset({STEROIDS, "allergy.any"}))
    return {concept for item in chart.unreadable for concept in (item.concepts or {None})}


@pytest.mark.parametrize(
    "medication",
    [
        {"code": PREDNISONE},
        {"code": BAG, "ingredient": [{"itemCodeableConcept": PREDNISONE}]},
        {"code": BAG, "ingredient": [{"itemCodeableConcept": {"text": "Water"}}, {"itemCodeableConcept": PREDNISONE}]},
        {"code": BAG, "ingredient": [{"itemReference": {"display": "Prednisone"}}]},
        {"code": BAG, "ingredient": [{"item": {"concept": PREDNISONE}}]},  # R5
        {"code": BAG, "package": {"content": [{"itemCodeableConcept": PREDNISONE}]}},  # STU3
        {"code": BAG, "package": {"content": [{"itemReference": {"display": "Prednisone"}}]}},
        {
            "code": {"coding": [{"system": LOCAL, "code": "7"}], "text": "Bag"},
            "ingredient": [{"itemCodeableConcept": PREDNISONE}],
        },
    ],
)
def test_words_of_whatever_it_is_made_of(chart_of: Any, medication: Json) -> None:
    assert doubted(chart_of, order(medication)) == {STEROIDS}


def test_words_of_the_reference(chart_of: Any) -> None:
    named = order({"code": BAG}, medicationReference={"reference": "#m", "display": "Prednisone 20 mg"})
    assert doubted(chart_of, named) == {STEROIDS}


def test_a_bag_of_something_else(chart_of: Any) -> None:
    bag = order({"code": BAG, "ingredient": [{"itemCodeableConcept": {"text": "Water"}}]})
    assert doubted(chart_of, bag) == set()


def test_words_of_an_ingredient_that_take_it_back(fact_of: Any) -> None:
    atc = {"coding": [{"system": "http://www.whocc.no/atc", "code": "H02AB07"}], "text": "Prednisone"}
    held = order({"code": atc, "ingredient": [{"itemCodeableConcept": {"text": "Prednisone - never given"}}]})
    assert "in words 'Prednisone - never given'" in fact_of(STEROIDS, held).says
