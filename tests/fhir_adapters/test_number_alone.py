"""A number with nothing beside it, as most results are, says what it says by the general way."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codings import Reading
from trialsieve.fhir_adapters.measurements import Measurer, number_alone, read_element
from trialsieve.fhir_adapters.reference_ranges import Subject
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind, Role, Sex

UCUM = "http://unitsofmeasure.org"
NUMBERS: list[dict[str, Any]] = [{"value": value} for value in (0, 0.3, 1, 2.5, 40, 1e9)]
COMPARED: list[dict[str, Any]] = [{"value": 40, "comparator": comparator} for comparator in ("<", ">=")]


@pytest.fixture(scope="module")
def terms(book: RuleBook) -> Terms:
    return Terms.of(book, None)


def measured_ways(book: RuleBook) -> list[tuple[str, str | None]]:
    """Each concept that Observations may be of, in its own unit, in others and in none."""
    concepts = [concept for concept in book.concepts.values() if Kind.OBSERVATION in concept.kinds]
    return [(one.id, unit) for one in concepts for unit in {one.unit, "mg/dL", "%", None}]


def test_it_is_measured_as_anything_else(book: RuleBook, terms: Terms) -> None:
    measurer = Measurer(terms, Subject(None, Sex.UNKNOWN, None))
    compared = 0
    for name, unit in measured_ways(book):
        reading = Reading(name, Role.DEFINITIVE, (), ())
        for number in (*NUMBERS, *COMPARED):
            words = {} if unit is None else {"unit": unit, "code": unit, "system": UCUM}
            element = {"valueQuantity": {**number, **words}}
            recorded = read_element(element)
            concept = terms.concept_of(reading)
            alone = number_alone(recorded, reading, concept)
            assert alone == measurer.measure(element, recorded, reading, concept), (name, element)
            compared += 1
    assert compared > 1_000


@pytest.mark.parametrize(
    "element",
    [
        {},
        {"valueInteger": 3},
        {"valueString": "40 %"},
        {"valueQuantity": {"unit": "%"}},
        {"valueQuantity": {"value": 40}, "interpretation": [{"text": "high"}]},
        {"valueQuantity": {"value": 40}, "dataAbsentReason": {"text": "unknown"}},
    ],
)
def test_what_is_more_or_less_than_a_number_is_not_alone(element: dict[str, Any]) -> None:
    assert not read_element(element).alone


def test_a_range_is_a_number_too() -> None:
    assert read_element({"valueRange": {"low": {"value": 3}, "high": {"value": 5}}}).alone
