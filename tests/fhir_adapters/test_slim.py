"""A large Bundle parsed without what no rule can use gives the very same charts as one parsed in full."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from fhir_strategies import Resource, bundles, concepts_of
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.bundle import records_of_bundle
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.documents import parse_json
from trialsieve.fhir_adapters.reader import read_records
from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.fhir_adapters.slim import parse_slim
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import Kind

BOOK = load_rules()
CONCEPTS = concepts_of(BOOK, "NCT04762485")
WANTED = frozenset(CONCEPTS)
BUILDER = ChartBuilder(BOOK)
SUBJECT = {"reference": "Patient/p"}


def observation(number: int, **more: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"quiet-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"}]},
        "subject": SUBJECT,
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": 178, "unit": "cm"},
        **more,
    }


PRESSURE = {
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Blood pressure"}]},
    "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic"}]}}],
}
CLAIM = {"resourceType": "Claim", "id": "bill", "status": "active", "patient": SUBJECT}
BENEFIT = {
    "resourceType": "ExplanationOfBenefit",
    "id": "benefit",
    "patient": SUBJECT,
    "contained": [{"resourceType": "Coverage", "id": "coverage"}],
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "report",
    "subject": SUBJECT,
    "contained": [
        {
            "resourceType": "Observation",
            "id": "ecog",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]},
            "effectiveDateTime": "2026-11-10",
            "valueInteger": 1,
        }
    ],
}
EMBOLISM = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I26.99"}]}
COUGH = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R05.9"}]}


def mentioning(identity: str, code: Any, **more: Any) -> Resource:
    conclusion = {"conclusionCode": [code]} if code is not None else {}
    return (
        {"resourceType": "DiagnosticReport", "id": identity, "status": "final", "subject": SUBJECT} | conclusion | more
    )


def visit(identity: str, code: Any, **more: Any) -> Resource:
    reason = {"reasonCode": [code], "period": {"start": "2026-11-01"}}
    return {"resourceType": "Encounter", "id": identity, "status": "finished", "subject": SUBJECT} | reason | more


DIAGNOSIS = {"coding": [{"system": "http://loinc.org", "code": "29308-4"}]}
MENTIONING: list[Any] = [
    mentioning("embolism", EMBOLISM),
    mentioning("embolism", EMBOLISM, status="entered-in-error", meta={"versionId": "2"}),
    mentioning("embolism", COUGH, meta={"versionId": "3"}),
    mentioning("embolism", None, meta={"versionId": "4"}),
    mentioning("odd", "an embolism"),
    mentioning("cough", COUGH),
    mentioning("nobodys", EMBOLISM, subject=None),
    mentioning("anothers", EMBOLISM, subject={"reference": "Patient/another"}),
    mentioning("untold", EMBOLISM, subject={"display": "the patient"}),
    mentioning("null", None, conclusionCode=None),
    visit("embolism", EMBOLISM),
    visit("embolism", {"text": "pulmonary embolism"}),
    visit("cough", COUGH),
    visit("r5", None, reasonCode=None, reason=[{"value": [{"concept": EMBOLISM}]}]),
    observation(911, code=DIAGNOSIS, valueCodeableConcept=EMBOLISM),
    observation(912, code=DIAGNOSIS, valueCodeableConcept=COUGH),
]
ODD: list[Any] = [
    *MENTIONING,
    observation(901, subject="Patient/p"),
    observation(902, subject={"reference": "Patient/another"}),
    observation(903, subject=None),
    observation(904, code={"text": "ECOG performance status"}),
    observation(905, code=[]),
    observation(906, id=7),
    observation(907, component="none"),
    observation(908, meta={"versionId": "2", "lastUpdated": "2026-11-02T00:00:00Z"}),
    observation(909, comments="of DSTU2"),
    observation(910, extension=[{"url": "http://hl7.org/fhir/StructureDefinition/geneticsGene"}]),
    {"resourceType": "DiagnosticReport", "id": "dr", "subject": SUBJECT, "request": []},
    {"resourceType": "Claim", "id": 7},
    {"resourceType": "Encounter", "id": "e", "patient": SUBJECT},
    {"resourceType": "Encounter", "id": "e2", "subject": SUBJECT},
    {"resourceType": "MedicationRequest", "id": "m", "subject": SUBJECT, "status": "active", "intent": "order"},
    {"resourceType": "Imunization", "id": "misspelt"},
    {"id": "nothing"},
    REPORT,
    observation(3, valueQuantity={"value": 180, "unit": "cm"}),
    observation(4, code={"coding": [{"system": "http://loinc.org", "code": "89247-1"}]}, valueInteger=1),
    {"resourceType": "Procedure", "id": "old", "subject": SUBJECT, "notes": [], "code": {"text": "of DSTU2"}},
    {"resourceType": "Patient", "id": "another", "birthDate": "1990-01-01"},
    {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation(5)}]},
    {"resourceType": "Condition", "id": "c", "subject": {"reference": "urn:uuid:left-out"}, "code": {"text": "asthma"}},
]


def padded(record: Resource, odd: list[Any]) -> Resource:
    """The record with so much beside it that it is worth a closer look."""
    large = copy.deepcopy(record)
    padding = [*(observation(number) for number in range(150)), observation(900, **PRESSURE), CLAIM, BENEFIT, *odd]
    large["entry"] += [
        {"fullUrl": f"https://example.org/fhir/x/{number}", "resource": item, "request": {"method": "POST", "url": "x"}}
        for number, item in enumerate(padding)
    ]
    return large


def charts(value: Any) -> tuple[list[Chart], list[InputProblem]]:
    problems: list[InputProblem] = []
    found = [one.record for one in records_of_bundle(value, "large.json", problems.append)]
    return [BUILDER.build(record, problems, wanted=WANTED) for record in found], problems


def slim(record: Resource) -> Any:
    return parse_slim(json.dumps(record, separators=(",", ":")).encode(), BUILDER.quiet_codes(WANTED))


@settings(max_examples=60)
@given(bundles(BOOK, CONCEPTS), st.lists(st.sampled_from(ODD), max_size=3))
def test_the_charts_and_the_problems_are_the_same(record: Resource, odd: list[Any]) -> None:
    large = padded(record, odd)
    whole = charts(parse_json(json.dumps(large, separators=(",", ":")).encode()))
    value = slim(large)
    if value is not None:
        assert charts(value) == whole


PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"system": "urn:hospital", "value": "1"}],
    "birthDate": "1980-05-01",
    "gender": "male",
}


def bundle_of(*resources: Any, **elements: Any) -> Resource:
    """A large Bundle of the patient."""
    entries = [{"fullUrl": "urn:uuid:p", "resource": PATIENT}, *({"resource": item} for item in resources)]
    return padded({"resourceType": "Bundle", "type": "collection", "entry": entries, **elements}, [])


def left_out(value: Any) -> list[str]:
    return [name.relative for name in value.left_out.names]


def test_what_means_nothing_is_left_out() -> None:
    value = slim(bundle_of())
    quiet = [f"Observation/quiet-{number}" for number in [*range(150), 900]]
    assert left_out(value) == [*quiet, "Claim/bill", "ExplanationOfBenefit/benefit"]
    assert [entry["resource"] for entry in value["entry"] if entry] == [PATIENT]
    (chart,), problems = charts(value)
    assert (chart.counts, problems) == ({Kind.OBSERVATION: 151}, [])


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
    value = parse_slim(json.dumps(large).encode(), BUILDER.quiet_codes(frozenset({"vasc.pe"})))
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


@pytest.mark.parametrize(
    "large",
    [
        bundle_of(observation(3, meta={"versionId": "2"})),
        bundle_of(observation(3, code={"text": "ECOG performance status"})),
        bundle_of({"resourceType": "Patient", "id": "another"}),
        bundle_of({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation(5)}]}),
        bundle_of(type="history"),
    ],
    ids=["another version", "another version that is read", "another patient", "a Bundle inside", "a history"],
)
def test_where_resources_may_be_anybodys_or_several_versions_everything_is_built(large: Resource) -> None:
    assert slim(large) is None


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


@pytest.mark.parametrize("method", ["DELETE", "delete", "PATCH", "post", 7])
def test_where_anything_else_is_requested_than_to_send_a_resource_everything_is_built(method: Any) -> None:
    large = bundle_of()
    large["entry"][5]["request"]["method"] = method
    assert slim(large) is None


@pytest.mark.parametrize("request_", [None, {}, {"method": None}, {"method": "PUT", "url": "Observation/o"}])
def test_a_request_to_send_a_resource_or_none_is_usual(request_: Any) -> None:
    large = bundle_of()
    large["entry"][5]["request"] = request_
    assert charts(slim(large)) == charts(large)


US_CORE = {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]}
NOTED = {"resourceType": "Procedure", "id": "old", "subject": SUBJECT, "notes": [], "code": {"text": "of DSTU2"}}


@pytest.mark.parametrize(
    ("beside", "refused"),
    [
        ({"resourceType": "Encounter", "id": "e", "subject": SUBJECT}, "Procedure/old"),
        ({"resourceType": "CareTeam", "id": "t", "subject": SUBJECT}, "Procedure/old"),
        (observation(1, id="profiled", meta=US_CORE), "Procedure/old"),
        (observation(1, id="of a category", category=[{"text": "vital signs"}]), "Procedure/old"),
        ({"resourceType": "Encounter", "id": "e", "patient": SUBJECT}, ""),
        ({"resourceType": "DiagnosticReport", "id": "r", "request": []}, ""),
        (CLAIM, ""),
    ],
)
def test_where_something_is_of_dstu2_everything_is_built_and_judged(beside: Resource, refused: str) -> None:
    large = bundle_of(NOTED, beside)
    assert slim(large) is None
    assert charts(large)[1][0].reference == refused


@pytest.mark.parametrize(
    "old",
    [
        NOTED,
        {"resourceType": "Condition", "id": "c", "patient": SUBJECT},
        {"resourceType": "Encounter", "id": "e", "patient": SUBJECT},
        {"resourceType": "DiagnosticReport", "id": "r", "request": []},
        {"resourceType": "MedicationOrder", "id": "m", "patient": SUBJECT},
        {"resourceType": "DiagnosticReport", "id": "r", "contained": [NOTED]},
        observation(1, id="commented", comments=""),
    ],
)
def test_whatever_is_of_dstu2_is_seen(old: Resource) -> None:
    assert slim(bundle_of()) is not None
    assert slim(bundle_of(old)) is None


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


def test_a_patient_who_is_deleted_is_none() -> None:
    large = bundle_of()
    large["entry"][0]["request"] = {"method": "DELETE", "url": "Patient/p"}
    assert slim(large) is None


def test_orders_that_no_concept_asks_for_are_left_out_if_they_are_the_patients() -> None:
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": SUBJECT}
    large = bundle_of({**order, "id": "mine"}, {**order, "id": "another", "subject": {"reference": "Patient/another"}})
    value = parse_slim(json.dumps(large).encode(), BUILDER.quiet_codes(frozenset({"lab.alt"})))
    assert value is not None
    assert [name for name in left_out(value) if "Medication" in name] == ["MedicationRequest/mine"]
    (found,) = records_of_bundle(value, "large.json", lambda problem: None)
    assert BUILDER.build(found.record, [], wanted=frozenset({"lab.alt"})).counts[Kind.MEDICATION] == 1


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
    for quiet in (None, BUILDER.quiet_codes(WANTED)):
        problems: list[InputProblem] = []
        (record,) = read_records([str(tmp_path)], problems, quiet=quiet)
        chart = BUILDER.build(record, problems, wanted=WANTED)
        assert (chart.facts, chart.counts, problems) == ((), {Kind.OBSERVATION: 152}, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"resourceType":"Bundle","entry":[' + b" " * 40_000,
        b'{"resourceType":"Patient","entry":[]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":7' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"fullUrl":7,"resource":{}}]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim","id":"\xff"}}]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim","use":"\xff"}}]' + b" " * 40_000 + b"}",
        b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim","use":'
        + b"[" * 40_000
        + b"]" * 40_000
        + b"}}]}",
    ],
)
def test_what_is_out_of_the_ordinary_is_parsed_the_plain_way(raw: bytes) -> None:
    assert parse_slim(raw, BUILDER.quiet_codes(WANTED)) is None
