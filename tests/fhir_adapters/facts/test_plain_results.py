"""A number with its unit and nothing beside it, as most results are, says what it says by the way that reads all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.engine.facts import Fact, Person
from trialsieve.fhir_adapters.elements.codings import read_coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.shapes import Unusable
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.facts.observations import observation_facts
from trialsieve.fhir_adapters.facts.outlines import outline_of
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind, Role

UCUM = "http://unitsofmeasure.org"
NUMBERS = (0, 0.3, 1, 2.5, 40, 100, 1234.5, 1e9, 1e-7, 1e16, -3, "0.30", "1e2", 10**24)


@pytest.fixture(scope="module")
def learnt(book: RuleBook) -> Learnt:
    return Learnt.of(book, None)


def result(**more: Any) -> dict[str, Any]:
    """A creatinine of 0.9 mg/dL."""
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0", "display": "Creatinine"}]},
        "effectiveDateTime": "2026-10-02T09:30:00+02:00",
        "valueQuantity": {"value": 0.9, "unit": "mg/dL", "system": UCUM, "code": "mg/dL"},
        **more,
    }


def both_ways(learnt: Learnt, resource: dict[str, Any]) -> tuple[list[Fact] | None, list[Fact] | None]:
    """In fewer steps, and by the way that reads all. What of its dates could not be read is the same."""
    meaning = learnt.understanding.of(Kind.OBSERVATION, read_coded(resource["code"], "code"))
    clocks = [Clock(learnt.terms.zone, None, date(2026, 11, 20)) for _ in range(2)]
    found = learnt.plain_results.facts("Observation/o1", resource, meaning, clocks[0], {})
    source = Source("Observation/o1", resource, meaning.code, learnt.terms, learnt.names, clocks[1], {}, Person(None))
    expected = observation_facts(source)
    if found is not None:
        assert clocks[0] == clocks[1]
    return found, expected


def coded_results(book: RuleBook) -> list[dict[str, Any]]:
    """A result of each code that measures something, in the concept's unit, in others and in none."""
    found = []
    for concept in book.concepts.values():
        for code in concept.codes:
            if Kind.OBSERVATION in concept.kinds and code.role is not Role.COMPONENT:
                coding = {"system": code.system, "code": code.code}
                for unit in {concept.unit, "mg/dL", "1", None}:
                    words = {} if unit is None else {"unit": unit, "code": unit, "system": UCUM}
                    found.append(result(code={"coding": [coding]}, valueQuantity=words))
    return found


def test_it_says_the_same_whatever_it_measures(book: RuleBook, learnt: Learnt) -> None:
    compared = 0
    for resource in coded_results(book):
        for number in NUMBERS:
            resource["valueQuantity"]["value"] = number
            found, expected = both_ways(learnt, resource)
            if found is not None:
                assert found == expected, resource
                compared += 1
    assert compared > 2_000


def quantity(**more: Any) -> dict[str, Any]:
    return {"valueQuantity": {**result()["valueQuantity"], **more}}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"status": "preliminary"},
        {"status": None},
        {"effectiveDateTime": "2026-10"},
        {"effectiveDateTime": "2026-10-02", "issued": "2026-09-02T09:30:00Z"},
        {"effectiveDateTime": "2026-12-24", "issued": "2026-12-25"},
        {"effectiveDateTime": "2026-12-24", "meta": {"lastUpdated": "2026-10-02"}},
        {"issued": 3},
        {"category": [{"text": "laboratory"}], "performer": [{"display": "Laboratory"}]},
        {"code": {"coding": [{"system": "http://loinc.org", "code": "2160-0", "display": "Creatinine of the donor"}]}},
        quantity(unit="umol/L", code=None, value=80),
        quantity(unit=" mg/dL "),
        quantity(system=None),
        quantity(value=-1),
        quantity(value=1e8),
    ],
)
def test_it_is_read_in_fewer_steps(more: dict[str, Any], learnt: Learnt) -> None:
    resource = result(**more)
    outline = outline_of(resource)
    assert outline is not None
    assert outline.is_plain_result
    for _ in range(2):  # what was kept of the first says the same
        found, expected = both_ways(learnt, resource)
        assert found
        assert found == expected


@pytest.mark.parametrize(
    "more",
    [
        {"status": "entered-in-error"},
        {"effectiveDateTime": None},
        {"valueQuantity": None},
        {"valueQuantity": []},
        quantity(value=None),
        quantity(comparator="<"),
        quantity(extension=[{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]),
        quantity(unit="mg", code="mg"),
        quantity(unit="g/L"),
        quantity(unit=[]),
    ],
)
def test_what_says_more_or_less_is_left_to_the_way_that_reads_all(more: dict[str, Any], learnt: Learnt) -> None:
    found = None
    resource = result(**more)
    meaning = learnt.understanding.of(Kind.OBSERVATION, read_coded(resource["code"], "code"))
    clock = Clock(learnt.terms.zone)
    found = learnt.plain_results.facts("Observation/o1", resource, meaning, clock, {})
    assert found is None
    assert not clock.problems


@pytest.mark.parametrize(
    "more",
    [
        {"status": 1},
        {"effectiveDateTime": "yesterday"},
        quantity(value=True),
        quantity(value="much"),
        quantity(value=1e40),
        quantity(value=float("nan")),
        quantity(unit=1),
        quantity(unit=True),
    ],
)
def test_what_cannot_be_used_is_refused_either_way(more: dict[str, Any], learnt: Learnt) -> None:
    resource = result(**more)
    meaning = learnt.understanding.of(Kind.OBSERVATION, read_coded(resource["code"], "code"))
    clock = Clock(learnt.terms.zone)
    with pytest.raises(Unusable):
        learnt.plain_results.facts("Observation/o1", resource, meaning, clock, {})
    with pytest.raises(Unusable):
        both_ways(learnt, resource)


@pytest.mark.parametrize(
    "name",
    [
        *("modifierExtension", "extension", "implicitRules", "contained", "focus", "specimen", "method", "bodySite"),
        *("component", "hasMember", "referenceRange", "interpretation", "dataAbsentReason", "valueString"),
        *("valueCodeableConcept", "_valueQuantity", "_effectiveDateTime", "effectivePeriod", "effectiveInstant"),
        *("effectiveTiming", "something"),
    ],
)
def test_an_element_that_may_bear_on_it_makes_it_no_plain_result(name: str) -> None:
    outline = outline_of(result(**{name: None}))
    assert outline is not None
    assert not outline.is_plain_result


@pytest.mark.parametrize("name", ["status", "effectiveDateTime", "valueQuantity"])
def test_nor_is_it_one_without_what_every_such_result_has(name: str) -> None:
    resource = result()
    del resource[name]
    outline = outline_of(resource)
    assert outline is not None
    assert not outline.is_plain_result


def test_results_of_one_moment_are_noted_at_one_moment(learnt: Learnt) -> None:
    times: dict[tuple[str, str], Any] = {}
    meaning = learnt.understanding.of(Kind.OBSERVATION, read_coded(result()["code"], "code"))
    clock = Clock(learnt.terms.zone)
    for noted in ("2026-09-02", "2026-11-02"):
        for _ in range(2):
            facts = learnt.plain_results.facts("Observation/o1", result(issued=noted), meaning, clock, times)
            assert facts
            assert (facts[0].recorded is not None) is (noted == "2026-09-02")
    assert len(times) == 2


def test_a_date_before_birth_is_told_of_each_result(learnt: Learnt) -> None:
    clock = Clock(learnt.terms.zone)
    birth = clock.read({"on": "2026-10-03"}, "on")
    meaning = learnt.understanding.of(Kind.OBSERVATION, read_coded(result()["code"], "code"))
    times: dict[tuple[str, str], Any] = {}
    for _ in range(2):
        clock = Clock(learnt.terms.zone, birth)
        facts = learnt.plain_results.facts("Observation/o1", result(issued="2026-10-04"), meaning, clock, times)
        assert facts
        assert facts[0].when is None
        assert len(clock.problems) == 1
