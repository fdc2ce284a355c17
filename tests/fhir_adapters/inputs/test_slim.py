"""A large Bundle parsed without what no rule can use gives the very same charts as one parsed in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fhir_strategies import Resource, bundles
from hypothesis import given, settings
from hypothesis import strategies as st
from slim_bundles import (
    BOOK,
    BUILDER,
    CONCEPTS,
    COUGH,
    EMBOLISM,
    MENTIONING,
    ODD,
    PATIENT,
    SUBJECT,
    bundle_of,
    charts,
    left_out,
    observation,
    padded,
    slim,
)

from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.inputs.slim import parse_slim
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.vocabulary import Kind


@settings(max_examples=60)
@given(bundles(BOOK, CONCEPTS), st.lists(st.sampled_from(ODD), max_size=3))
def test_the_charts_and_the_problems_are_the_same(record: Resource, odd: list[Any]) -> None:
    large = padded(record, odd)
    whole = charts(parse_json(json.dumps(large, separators=(",", ":")).encode()))
    value = slim(large)
    if value is not None:
        assert charts(value) == whole


def test_what_means_nothing_is_left_out() -> None:
    value = slim(bundle_of())
    quiet = [f"Observation/quiet-{number}" for number in [*range(150), 900]]
    assert left_out(value) == [*quiet, "Claim/bill", "ExplanationOfBenefit/benefit"]
    assert [entry["resource"] for entry in value["entry"] if entry] == [PATIENT]
    (chart,), problems = charts(value)
    assert chart.covered == {Kind.OBSERVATION}
    assert problems == []


@settings(max_examples=60)
@given(st.lists(st.sampled_from(MENTIONING), max_size=6))
def test_no_mention_of_a_diagnosis_is_lost(mentions: list[Any]) -> None:
    large = bundle_of(*mentions)
    value = slim(large)
    assert value is not None
    assert charts(value) == charts(parse_json(json.dumps(large).encode()))


def test_what_mentions_a_diagnosis_is_built_and_the_rest_left_out() -> None:
    value = slim(bundle_of(*MENTIONING))
    built = [f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in value["entry"] if one]
    assert built == [
        *("Patient/p", "DiagnosticReport/embolism", "DiagnosticReport/embolism", "DiagnosticReport/odd"),
        *("DiagnosticReport/nobodys", "DiagnosticReport/anothers", "DiagnosticReport/untold"),
        *("Encounter/embolism", "Encounter/embolism", "Encounter/r5"),
        *("Observation/quiet-911", "Observation/quiet-912"),
    ]
    assert {"DiagnosticReport/cough", "DiagnosticReport/null", "Encounter/cough"} <= set(left_out(value))
    (chart,), _ = charts(value)
    assert "Encounter/r5" in {fact.reference for fact in chart.facts}


@pytest.mark.parametrize(("reason", "is_left_out"), [(None, True), ([COUGH], True), ([EMBOLISM], False), ("?", False)])
def test_an_order_that_no_concept_asks_for_is_built_if_its_reason_is_one(reason: Any, is_left_out: bool) -> None:
    order = {"resourceType": "MedicationRequest", "id": "mine", "status": "active", "subject": SUBJECT}
    large = bundle_of(order if reason is None else {**order, "reasonCode": reason})
    value = parse_slim(json.dumps(large).encode(), ChartBuilder(BOOK, frozenset({"vasc.pe"})).quiet_codes())
    assert ("MedicationRequest/mine" in left_out(value)) is is_left_out


@pytest.mark.parametrize("reference", ["urn:uuid:p", "Patient/p"])
def test_what_names_the_patient_is_left_out(reference: str) -> None:
    assert "Observation/mine" in left_out(slim(bundle_of(observation(1, id="mine", subject={"reference": reference}))))


@pytest.mark.parametrize(
    "more",
    [
        {"subject": {"reference": "Patient/another"}},
        {"subject": {"reference": "Patient/P"}},
        {"subject": {"reference": "#p"}},
        {"subject": {"display": "the patient"}},
        {"subject": None},
        {"id": ""},
        {"contained": []},
        {"component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]}}]},
        {"component": [{"code": {"text": "ECOG performance status"}}]},
        {"component": [{"valueInteger": 1}]},
        {"code": {"coding": [], "text": "ECOG performance status"}},
        {"code": {"coding": []}},
        {"code": []},
        {"extension": [{"url": "urn:example:extension"}]},
    ],
)
def test_an_observation_that_is_not_plainly_a_quiet_one_of_the_patient_is_built(more: dict[str, Any]) -> None:
    doubtful = observation(1, **{"id": "doubtful", **more})
    large = padded({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}, [doubtful])
    value = slim(large)
    assert "Observation/doubtful" not in left_out(value)
    assert doubtful in [entry.get("resource") for entry in value["entry"]]
    assert charts(value) == charts(large)


def test_a_page_of_a_search_is_known_by_what_was_left_out_too() -> None:
    large = bundle_of(type="searchset", total=155)
    large["entry"][-1]["search"] = {"mode": "include"}
    value = slim(large)
    assert left_out(value)
    _, (problem,) = charts(value)
    assert problem.reason == "holds 153 of the 155 resources that the search found"
    assert charts(value) == charts(large)


def test_what_a_bundle_of_r5_says_went_wrong_is_kept() -> None:
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
    large = bundle_of(issues=failed)
    assert len(charts(large)[1]) == 1
    assert charts(slim(large)) == charts(large)


@pytest.mark.parametrize(
    ("full_url", "reference"),
    [("https://example.org/fhir/Device/p", "https://example.org/fhir/Device/p"), ("", "urn:uuid:p"), ("", "")],
)
def test_what_names_the_patient_in_a_doubtful_way_is_built(full_url: str, reference: str) -> None:
    doubtful = observation(1, id="doubtful", subject={"reference": reference})
    large = bundle_of(doubtful, {"resourceType": "Organization", "id": "o"})
    large["entry"][0]["fullUrl"], large["entry"][2]["fullUrl"] = full_url, "urn:uuid:p"
    value = slim(large)
    assert "Observation/doubtful" not in left_out(value)
    assert charts(value) == charts(large)


def test_orders_that_no_concept_asks_for_are_left_out_if_they_are_the_patients() -> None:
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": SUBJECT}
    large = bundle_of({**order, "id": "mine"}, {**order, "id": "another", "subject": {"reference": "Patient/another"}})
    builder = ChartBuilder(BOOK, frozenset({"lab.alt"}))
    value = parse_slim(json.dumps(large).encode(), builder.quiet_codes())
    assert value is not None
    assert [name for name in left_out(value) if "Medication" in name] == ["MedicationRequest/mine"]
    (found,) = records_of_bundle(value, "large.json", lambda problem: None)
    assert Kind.MEDICATION in builder.build(found.record, []).covered


def test_a_reference_still_leads_to_what_was_left_out() -> None:
    large = bundle_of({"resourceType": "Encounter", "id": "e", "subject": SUBJECT})
    large["entry"][1]["fullUrl"] = "urn:uuid:encounter"
    (found,) = records_of_bundle(slim(large), "large.json", lambda problem: None)
    index = found.record.index
    assert index["urn:uuid:encounter"] is index["Encounter/e"]
    assert index["Encounter/e"]["resourceType"] == "Encounter"
    assert "Observation/quiet-7" in set(index)
    assert "Encounter/other" not in index


def test_a_newer_version_that_was_left_out_stands_for_the_older_one_of_another_file(tmp_path: Path) -> None:
    ecog = {"code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]}, "valueInteger": 1}
    older = bundle_of(observation(1, id="corrected", meta={"versionId": "1"}, **ecog))
    newer = bundle_of(observation(1, id="corrected", meta={"versionId": "2"}))
    for name, value in (("a", older), ("b", newer)):
        (tmp_path / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")))
    for quiet in (None, BUILDER.quiet_codes()):
        problems: list[InputProblem] = []
        (record,) = read_records([str(tmp_path)], problems, quiet=quiet)
        chart = BUILDER.build(record, problems)
        assert (chart.facts, problems) == ((), [])
