"""Resources as short as they can be, and the charts that come of them by the packaged rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

import pytest

from trialsieve.engine.facts import Chart, Fact
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.records.record import InputProblem, Record, SetAside
from trialsieve.rules.loader import load_rules
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"


class ChartOf(Protocol):
    """Reads resources into a chart; what could not be used is in `problems`."""

    problems: list[InputProblem]

    def __call__(
        self,
        *resources: Json,
        patient: Json | None = None,
        index: Mapping[str, Json] | None = None,
        vouched: frozenset[Kind] = frozenset(),
        in_full: bool = True,
        set_aside: tuple[SetAside, ...] = (),
        wanted: frozenset[str] | None = None,
        site: Site | None = None,
        as_of: date | None = None,
    ) -> Chart: ...


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return load_rules()


@pytest.fixture
def chart_of(book: RuleBook) -> ChartOf:
    class Reader:
        problems: list[InputProblem]

        def __init__(self) -> None:
            self.problems = []

        def __call__(self, *resources: Json, **given: Any) -> Chart:
            site = given.get("site")
            record = Record(
                "Patient/p1",
                "p1.json",
                given.get("patient"),
                [
                    (f"{item.get('resourceType')}/{item.get('id', number)}", item)
                    for number, item in enumerate(resources, 1)
                ],
                given.get("index") or {},
                given.get("vouched", frozenset()),
                list(given.get("set_aside", ())),
                in_full=given.get("in_full", True),
            )
            self.problems.clear()
            rules = given.get("book", book)
            rules = rules if site is None else replace(rules, site=site)
            return build_chart(record, rules, self.problems, wanted=given.get("wanted"), as_of=given.get("as_of"))

    return Reader()


@pytest.fixture
def fact_of(chart_of: ChartOf) -> Callable[..., Fact]:
    """The only fact of a concept that one resource gives."""

    def read(concept: str, resource: Json, **given: Any) -> Fact:
        facts = [fact for fact in chart_of(resource, **given).facts if fact.concept == concept]
        assert len(facts) == 1, f"{len(facts)} facts of {concept}"
        return facts[0]

    return read


def coded(system: str, code: str, display: str | None = None) -> Json:
    """A CodeableConcept with one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


def observation(code: str, **more: Any) -> Json:
    """A final Observation of a LOINC code, of 2 October 2026."""
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": coded(LOINC, code),
        "effectiveDateTime": "2026-10-02",
        **more,
    }


def quantity(value: Any, unit: str | None = None, **more: Any) -> Json:
    """A Quantity with a UCUM unit, or without any."""
    coded_unit = {} if unit is None else {"unit": unit, "system": UCUM, "code": unit}
    return {"value": value, **coded_unit, **more}


def condition(code: str, system: str = SNOMED, **more: Any) -> Json:
    """An active, confirmed Condition."""
    return {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "code": coded(system, code),
        **more,
    }


@pytest.fixture(scope="session")
def make() -> Any:
    """The makers of resources, for tests that cannot import this file."""

    class Make:
        coded = staticmethod(coded)
        observation = staticmethod(observation)
        quantity = staticmethod(quantity)
        condition = staticmethod(condition)

    return Make
