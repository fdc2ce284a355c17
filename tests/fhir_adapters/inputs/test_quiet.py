"""What is left out unread counts as present, even where it was entered in error: no presumed absence may rest on it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.records.skim import SeenFact, seen_in_line
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind


def seen(resource_type: str) -> SeenFact:
    code = {"coding": [{"system": "http://loinc.org", "code": "0-0", "display": "Colour of the wall"}]}
    resource: dict[str, Any] = {"resourceType": resource_type, "id": "x", "status": "entered-in-error", "code": code}
    found = seen_in_line(json.dumps(resource).encode())
    assert isinstance(found, SeenFact)
    return found


TYPES = sorted(
    name for name in KIND_OF if seen_in_line(json.dumps({"resourceType": name, "id": "x"}).encode()) is not None
)


@pytest.mark.parametrize("resource_type", TYPES)
def test_a_kind_that_coverage_asks_for_is_never_left_out(book: RuleBook, resource_type: str) -> None:
    for concept in book.concepts.values():
        asked = concept.kinds & COVERABLE
        if KIND_OF[resource_type] in asked:
            quiet = ChartBuilder(book, frozenset({concept.id})).quiet_codes()
            assert not quiet.holds(seen(resource_type)), concept.id


@pytest.mark.parametrize("resource_type", TYPES)
def test_nor_is_one_by_the_trials(book: RuleBook, resource_type: str) -> None:
    quiet = ChartBuilder(book, concepts_reached(book, tuple(book.trials))).quiet_codes()
    assert quiet.holds(seen(resource_type)) is (KIND_OF[resource_type] is Kind.OBSERVATION)
