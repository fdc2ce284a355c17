"""What a code names is remembered with the elements beside it, and is the same whoever was read before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import pytest

from trialsieve.engine.facts import Fact, Unreadable
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import Certainty, Reason

BOOK = load_rules()
SNOMED = "http://snomed.info/sct"
MARROW, BLOOD = ({"display": words} for words in ("Bone marrow", "Peripheral blood"))


def cd7(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "20612-8"}]},
        "effectiveDateTime": "2026-10-02",
        "valueQuantity": {"value": 40, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
        **more,
    }


def leukemia(clinical: str, verified: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": {"coding": [{"system": SNOMED, "code": "91855006", "display": "Acute leukemia"}]},
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "verificationStatus": {"coding": [{"code": verified}]},
        **more,
    }


def surgery(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"coding": [{"system": SNOMED, "code": "80146002", "display": "Excision of appendix"}]},
        "performedDateTime": "2026-10-02",
        **more,
    }


def dose(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}]},
        "occurrenceDateTime": "2026-10-02",
        **more,
    }


def drug(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": "L01CA02"}]},
        "effectiveDateTime": "2026-10-02",
        **more,
    }


def allergy(clinical: str, verified: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "code": {"coding": [{"system": SNOMED, "code": "300913006", "display": "Shellfish allergy"}]},
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "verificationStatus": {"coding": [{"code": verified}]},
        **more,
    }


def suspected(**more: Any) -> dict[str, Any]:
    """The same code, which says in an extension that it is only suspected."""
    found = leukemia("active", "confirmed", **more)
    certainty = {"url": "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit", "valueCoding": {"code": "V"}}
    (coding,) = found["code"]["coding"]
    return {**found, "code": {"coding": [{**coding, "extension": [certainty]}]}}


def facts_of(builder: ChartBuilder, resource: dict[str, Any]) -> tuple[Fact, ...]:
    facts = builder.build(Record("Patient/p", "p.json", None, [("x/1", resource)]), []).facts
    assert facts
    return facts


@pytest.mark.parametrize(
    "resources",
    [
        (cd7(specimen=MARROW), cd7(specimen=BLOOD), cd7()),
        (cd7(bodySite={"text": "bone marrow"}), cd7(method={"text": "flow cytometry"}), cd7()),
        (cd7(), cd7(effectiveDateTime="2026-10-03"), cd7(status="preliminary")),
        (leukemia("active", "confirmed"), leukemia("remission", "confirmed"), leukemia("active", "provisional")),
        (
            leukemia("active", "confirmed"),
            leukemia("active", "confirmed", abatementDateTime="2026-01-01"),
            leukemia("resolved", "confirmed", abatementDateTime="2026-01-01"),
        ),
        (
            leukemia("active", "confirmed"),
            suspected(),
            leukemia("active", "confirmed", category=[{"text": "Family history"}]),
            suspected(category={"text": "Rule-out"}),
        ),
        (
            allergy("active", "confirmed"),
            allergy("resolved", "confirmed"),
            allergy("active", "unconfirmed"),
            allergy("active", "confirmed", recordedDate="2026-10-02"),
        ),
        (drug(), drug(status="unknown"), drug(adherence={"code": {"coding": [{"code": "on-hold"}]}})),
    ],
    ids=[
        *("specimen", "other elements", "date and status", "statuses", "abatement", "beside the statuses"),
        *("of an allergy", "of a drug"),
    ],
)
def test_what_was_read_before_changes_nothing(resources: tuple[dict[str, Any], ...]) -> None:
    alone = [facts_of(ChartBuilder(BOOK), resource) for resource in resources]
    assert len(set(alone)) == len(alone)
    for order in permutations(range(len(resources))):
        builder = ChartBuilder(BOOK)
        for number in order:
            assert facts_of(builder, resources[number]) == alone[number]


def told(builder: ChartBuilder, resource: dict[str, Any]) -> tuple[tuple[Fact, ...], tuple[Unreadable, ...]]:
    chart = builder.build(Record("Patient/p", "p.json", None, [("x/1", resource)]), [])
    return chart.facts, chart.unreadable


COUNTS, DOES_NOT, IS_UNREADABLE = (True, 0), (False, 0), (False, 1)
# In Python true is equal to 1, and both to 1.0.
FLAGS = [
    (True, DOES_NOT), ("true", DOES_NOT), (1, IS_UNREADABLE), (1.0, IS_UNREADABLE), ([True], IS_UNREADABLE),
    (False, COUNTS), ("false", COUNTS), (0, IS_UNREADABLE), (None, COUNTS),
]  # fmt: skip
Case = tuple[Callable[..., dict[str, Any]], dict[str, Any], tuple[bool, int]]


def alike(resource: Callable[..., dict[str, Any]], denied: str, *flags: str) -> list[Case]:
    rows: list[tuple[dict[str, Any], tuple[bool, int]]] = [
        ({}, COUNTS),
        ({"status": denied}, DOES_NOT),
        ({"status": "unknown"}, COUNTS),
        ({"status": 1}, IS_UNREADABLE if resource is cd7 else COUNTS),
        ({"modifierExtension": [{"url": "urn:x"}]}, IS_UNREADABLE),
        ({"extension": "a word"}, IS_UNREADABLE),
    ]
    rows += [({flag: value}, expected) for flag in flags for value, expected in FLAGS]
    return [(resource, more, expected) for more, expected in rows]


ALIKE = [
    *alike(surgery, "not-done", "notDone", "notPerformed"),
    *alike(dose, "not-done", "notGiven", "wasNotGiven"),
    *alike(cd7, "cancelled"),
    *alike(drug, "entered-in-error", "wasNotTaken", "doNotPerform"),
]
BESIDE = [
    ({}, Reason.UNIT),
    ({"unit": "%"}, None),
    ({"unit": "g"}, Reason.UNIT),
    ({"unit": "%", "comparator": "<"}, None),
    ({"code": "%"}, None),
    ({"code": "%", "system": "http://unitsofmeasure.org"}, None),
    ({"code": "%", "system": "urn:other"}, Reason.UNIT),
]


@pytest.fixture(scope="module")
def all_read() -> ChartBuilder:
    """A builder that has read all of them before, in both orders."""
    builder = ChartBuilder(BOOK)
    resources = [resource(**more) for resource, more, _ in ALIKE]
    resources += [cd7(valueQuantity={"value": 40, **beside}) for beside, _ in BESIDE]
    for resource in [*resources, *reversed(resources)]:
        told(builder, resource)
    return builder


@pytest.mark.parametrize(("resource", "more", "expected"), ALIKE)
def test_what_is_kept_of_one_resource_is_not_told_of_another(
    resource: Callable[..., dict[str, Any]], more: dict[str, Any], expected: tuple[bool, int], all_read: ChartBuilder
) -> None:
    facts, unreadable = told(all_read, resource(**more))
    assert (len(facts) > 0, len(unreadable)) == expected
    firm = more.get("status", "completed") == "completed"
    assert {fact.certainty for fact in facts} <= {Certainty.FIRM if firm else Certainty.WEAK}


@pytest.mark.parametrize(("beside", "problem"), BESIDE)
def test_what_stands_beside_one_number_is_not_told_of_another(
    beside: dict[str, Any], problem: Reason | None, all_read: ChartBuilder
) -> None:
    for _ in range(2):
        for other in ({"unit": True}, {"unit": ["%"]}, {"unit": "%", "comparator": 1}):
            facts, unreadable = told(all_read, cd7(valueQuantity={"value": 40, **other}))
            assert (facts, len(unreadable)) == ((), 1)
        (fact,), _ = told(all_read, cd7(valueQuantity={"value": 40, **beside}))
        assert fact.value_problem is problem
        words = f"{beside.get('comparator', '')}40"
        unit = beside.get("unit") or (None if "other" in beside.get("system", "") else beside.get("code"))
        assert f" {words} {unit}" in fact.says if unit else f" {words} on" in fact.says


def test_what_is_kept_is_made_of_nothing_that_is_not_in_its_key() -> None:
    """The function that makes it is shown the named elements alone."""
    seen = []

    def state(resource: Mapping[str, Any], code: Coded, names: Names) -> int:
        seen.append(dict(resource))
        return len(seen)

    names, code = Names(Terms.of(BOOK, None)), Coded((), "an operation")
    for resource in ({"status": "x", "id": "1"}, {"status": "x", "id": "2"}, {"status": "y"}, {"id": "3"}):
        names.stated(state, ("status",), resource, code)
    assert seen == [{"status": "x"}, {"status": "y"}, {}]
    flags: list[Any] = [1, True, [], 1]
    for value in flags:
        names.stated(state, ("status",), {"status": value}, code)
    assert seen[3:] == [{"status": 1}, {"status": True}, {"status": []}, {"status": 1}]
    assert names.stated(state, ("status",), {"status": "x"}, Coded((), "another")) == 8


def test_so_it_is_of_elements_that_are_no_words() -> None:
    seen = []

    def state(resource: Mapping[str, Any], code: Coded, names: Names) -> int:
        seen.append(dict(resource))
        return len(seen)

    names, code = Names(Terms.of(BOOK, None)), Coded((), "an operation")
    values: list[Any] = [1, True, [], {"text": "x"}, 1, True, [], {"text": "x"}, {"text": "y"}]
    for value in values:
        names.stated_in_full(state, ("status",), {"status": value, "id": str(len(seen))}, code)
    assert seen == [
        {"status": 1},
        {"status": True},
        {"status": []},
        {"status": {"text": "x"}},
        {"status": {"text": "y"}},
    ]
    assert names.stated_in_full(state, ("status",), {"status": 1}, Coded((), "another")) == 6


@pytest.mark.parametrize(
    ("vaccine", "named"),
    [
        ({"text": "Flu shot"}, "Vaccination (recorded as 'Flu shot')"),
        ({}, "Vaccination (recorded without a code)"),
        (
            {"coding": [{"system": "urn:local", "code": "x"}]},
            "Vaccination (recorded with a code that its value set does not list)",
        ),
        (
            {"coding": [{"system": "urn:local", "code": "x", "display": "Flu shot"}]},
            "Vaccination (recorded as 'Flu shot', with a code that its value set does not list)",
        ),
    ],
)
def test_what_no_listed_code_says_is_named_as_recorded(fact_of: Any, vaccine: Any, named: str) -> None:
    given = {"resourceType": "Immunization", "status": "completed", "occurrenceDateTime": "2026-10-02"}
    assert fact_of("tx.vaccination", {**given, "vaccineCode": vaccine}).says == f"{named} on 2026-10-02"
