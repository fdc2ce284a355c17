"""Bundles of every type: which entries count, and what is said about the others."""

from __future__ import annotations

from typing import Any

import pytest
from bundle_parts import PATIENT, Json, bundle, condition, read, references

from trialsieve.rules.vocabulary import Kind

KINDS = ["transaction", "batch", "collection", "searchset", "document", "message", "history"]


@pytest.mark.parametrize("kind", [*KINDS, "transaction-response", "batch-response", "no-such-type", None])
def test_every_type_of_bundle_is_read(kind: str | None) -> None:
    value = bundle(PATIENT, condition("c1"))
    value["type"] = kind
    records, problems = read(value)
    assert [(record.patient, references(record)) for record in records] == [("Patient/p1", ["Condition/c1"])]
    assert records[0].patient_resource == PATIENT
    assert problems == []


UNREADABLE: dict[str, tuple[Json, Kind | None, str]] = {
    "no resourceType": ({"resource": {"id": "x"}}, None, "entry 2: a resource without resourceType"),
    "no resourceType, told by its URL": (
        {"fullUrl": "http://x.example/Condition/1", "resource": {"id": "1"}},
        Kind.CONDITION,
        "entry 2: a resource without resourceType",
    ),
    "misspelt": ({"resource": {"resourceType": "Conditon"}}, None, "entry 2: `Conditon` is no FHIR resource type"),
    "no resource": ({"resource": None}, None, "entry 2: an entry without a resource"),
    "a resource that is a text": ({"resource": "x"}, None, "entry 2: is not an object with a resource"),
    "known by its URL only": (
        {"resource": None, "fullUrl": "http://x.example/Immunization/7"},
        Kind.IMMUNIZATION,
        "Immunization/7: an entry without a resource",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_could_not_be_read_counts_for_the_bundles_patients(case: str) -> None:
    entry, kind, problem = UNREADABLE[case]
    records, problems = read(bundle(PATIENT, entry))
    assert [set_aside.kind for set_aside in records[0].set_aside] == [kind]
    assert problems == [problem]


def test_what_could_not_be_read_counts_only_for_the_patient_that_it_names() -> None:
    broken = {"id": "x", "subject": {"reference": "Patient/p2"}}
    records, _ = read(bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}, {"resource": broken}))
    assert [len(record.set_aside) for record in records] == [0, 1]
    records, _ = read(bundle(condition("c1"), condition("c2", "Patient/p2"), {"resource": broken}))
    assert [len(record.set_aside) for record in records] == [0, 1]


def test_entry_that_is_no_list() -> None:
    records, problems = read({"resourceType": "Bundle", "entry": {"resource": PATIENT}})
    assert records == []
    assert problems == [": `entry` is not a list"]


# Requests and answers.


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_request_that_carries_nothing_is_no_problem(method: str) -> None:
    records, problems = read(
        bundle(PATIENT, {"resource": None, "request": {"method": method, "url": "Condition/c1"}}, kind="batch")
    )
    assert records[0].set_aside == []
    assert problems == []


def test_a_resource_that_is_to_be_deleted_is_not_on_record() -> None:
    records, problems = read(
        bundle(PATIENT, {"resource": condition("c1"), "request": {"method": "DELETE", "url": "Condition/c1"}})
    )
    assert references(records[0]) == []
    assert problems == []


def test_an_answer_of_failure_is_a_problem_and_the_record_not_whole() -> None:
    records, problems = read(
        bundle(PATIENT, {"resource": None, "response": {"status": "404 Not Found"}}, kind="batch-response"),
        frozenset({Kind.CONDITION}),
    )
    assert problems == ["entry 2: the server answered 404 instead of a resource"]
    assert not records[0].in_full
    assert records[0].vouched == frozenset()


def test_an_answer_of_success_without_a_body_is_no_problem() -> None:
    assert read(bundle(PATIENT, {"resource": None, "response": {"status": "201 Created"}}))[1] == []


def outcome(severity: str) -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}


NEXT: Json = {"relation": "next", "url": "http://x.example?page=2"}
PARTS: dict[str, tuple[Json, str]] = {
    "next page": ({"link": [NEXT]}, "only one page"),
    "a link that is no list": ({"link": NEXT}, "only one page"),
    "a relation in capitals": ({"link": [NEXT | {"relation": "NEXT"}]}, "only one page"),
    "total": ({"total": 5}, "holds 2 of the 5"),
    "a total as text": ({"total": "5"}, "holds 2 of the 5"),
    "an outcome of which nobody knows what": ({"issues": {"resourceType": "OperationOutcome"}}, "no issue named"),
    "issues of R5": ({"issues": outcome("error")}, "the server reported an OperationOutcome: error (processing)"),
}


@pytest.mark.parametrize("kind", ["searchset", None])
@pytest.mark.parametrize("case", PARTS)
def test_one_page_of_a_search_vouches_for_nothing(case: str, kind: Any) -> None:
    elements, reason = PARTS[case]
    records, problems = read(bundle(PATIENT, condition("c1"), kind=kind, **elements), frozenset({Kind.CONDITION}))
    assert references(records[0]) == ["Condition/c1"]
    assert not records[0].in_full
    assert records[0].vouched == frozenset()
    assert len(problems) == 1
    assert reason in problems[0]


def test_a_whole_search_vouches_for_what_its_caller_says() -> None:
    records, problems = read(
        bundle(
            {"resource": PATIENT, "search": {"mode": "include"}},
            {"resource": condition("c1"), "search": {"mode": "match"}},
            kind="searchset",
            total=1,
            link=[{"relation": "self", "url": "http://x.example"}],
            issues=outcome("information"),
        ),
        frozenset({Kind.CONDITION}),
    )
    assert records[0].vouched == {Kind.CONDITION}
    assert records[0].in_full
    assert problems == []


@pytest.mark.parametrize(("severity", "in_full"), [("error", False), ("warning", False), ("information", True)])
def test_an_operation_outcome_in_a_search(severity: str, in_full: bool) -> None:
    told = {"resource": outcome(severity), "search": {"mode": "outcome"}}
    records, problems = read(bundle(PATIENT, told, kind="searchset"))
    assert records[0].in_full is in_full
    assert problems == (
        [] if in_full else [f"entry 2: the server reported an OperationOutcome: {severity} (processing)"]
    )


def test_a_warning_that_nothing_was_found_of_something_changes_nothing() -> None:
    epic = {"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369", "code": "4101"}
    told = outcome("warning")
    told["issue"][0]["details"] = {"coding": [epic], "text": "Resource request returns no results."}
    records, problems = read(bundle(PATIENT, {"resource": told, "search": {"mode": "outcome"}}, kind="searchset"))
    assert (records[0].in_full, problems) == (True, [])


# Bundles in Bundles, and contained resources.


def test_a_bundle_within_that_holds_a_patient_is_a_record_of_its_own() -> None:
    inner = bundle({"resourceType": "Patient", "id": "p2"}, condition("c2", "Patient/p2"))
    records, problems = read(bundle(PATIENT, inner, condition("c1")))
    assert [(r.patient, r.source, references(r)) for r in records] == [
        ("Patient/p1", "b.json", ["Condition/c1"]),
        ("Patient/p2", "b.json#entry2", ["Condition/c2"]),
    ]
    assert problems == []


def test_a_bundle_within_without_a_patient_is_part_of_the_outer_one() -> None:
    inner = bundle(condition("c1"), {"resource": {"id": "x"}}, kind="searchset")
    records, problems = read(bundle(PATIENT, inner, kind="batch-response"))
    assert references(records[0]) == ["Condition/c1"]
    assert problems == ["entry 2 > entry 2: a resource without resourceType"]


OTHER: Json = {"resourceType": "Patient", "id": "p2"}


def search(*resources: Json, **elements: Any) -> Json:
    return bundle(*resources, kind="searchset", **elements)


@pytest.mark.parametrize("kind", ["batch-response", "transaction-response"])
@pytest.mark.parametrize(
    "answers",
    [
        [search(PATIENT), search(condition("c1"), condition("c2", "Patient/p2")), search(OTHER)],
        [search(condition("c1"), condition("c2", "Patient/p2")), search(PATIENT, OTHER)],
        [search(PATIENT, condition("c1")), search(OTHER, condition("c2", "Patient/p2"))],
        [PATIENT, search(OTHER, condition("c2", "Patient/p2"), condition("c1"))],
        [search(PATIENT, condition("c1")), search(PATIENT, OTHER, condition("c2", "Patient/p2"))],
    ],
    ids=["a search each", "patients last", "everything of each", "one by its id", "a patient twice"],
)
def test_what_a_server_answers_to_a_batch_is_one_answer_however_it_was_asked(kind: str, answers: list[Json]) -> None:
    records, problems = read(bundle(*answers, kind=kind), frozenset({Kind.CONDITION}))
    found = {record.patient: (record.source, references(record), record.patient_resource) for record in records}
    assert len(found) == len(records)
    assert found == {
        "Patient/p1": ("b.json", ["Condition/c1"], PATIENT),
        "Patient/p2": ("b.json", ["Condition/c2"], OTHER),
    }
    assert [record.vouched for record in records] == [{Kind.CONDITION}] * 2
    assert problems == []


def test_where_a_part_of_such_an_answer_is_missing_nothing_is_vouched_for() -> None:
    page = search(condition("c1"), link=[{"relation": "next", "url": "http://x.example/2"}])
    records, problems = read(bundle(search(PATIENT), page, kind="batch-response"), frozenset({Kind.CONDITION}))
    assert [(record.in_full, record.vouched, references(record)) for record in records] == [
        (False, frozenset(), ["Condition/c1"])
    ]
    assert len(problems) == 1
    assert "next page that was not read" in problems[0]


def test_in_such_an_answer_a_resource_without_a_subject_is_nobodys_where_there_are_several_patients() -> None:
    nobodys = {"resourceType": "Condition", "id": "c3"}
    answers = [search(PATIENT, nobodys), search(OTHER)]
    records, problems = read(bundle(*answers, kind="batch-response"))
    assert [references(record) for record in records] == [[], []]
    assert len(problems) == 1
    assert "Condition/c3" in problems[0]


def test_a_bundle_within_a_part_of_such_an_answer_is_again_a_record_of_its_own() -> None:
    stored = bundle({**PATIENT, "birthDate": "1950-01-01"}, condition("c1"))
    records, _ = read(bundle(search(PATIENT), search(stored), search(condition("c2")), kind="batch-response"))
    assert [(record.source, references(record)) for record in records] == [
        ("b.json", ["Condition/c2"]),
        ("b.json#entry2>entry1", ["Condition/c1"]),
    ]


def test_bundles_nested_without_end_are_refused() -> None:
    value = bundle(condition("deep"))
    for _ in range(40):
        value = bundle(value)
    records, problems = read(bundle(PATIENT, value))
    assert references(records[0]) == []
    assert [set_aside.kind for set_aside in records[0].set_aside] == [None]
    assert len(problems) == 1
    assert "nested" in problems[0]


def test_results_contained_in_a_report_are_the_reports_patients() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "d1",
        "subject": {"reference": "Patient/p1"},
        "contained": [{"resourceType": "Observation", "id": "o1"}],
    }
    records, problems = read(bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}, report))
    assert [references(record) for record in records] == [["DiagnosticReport/d1#o1"], []]
    assert problems == []
    for withdrawn in ({**report, "status": "entered-in-error"}, {**report, "resourceType": "FamilyMemberHistory"}):
        assert references(read(bundle(PATIENT, withdrawn))[0][0]) == []


# DSTU2.

DSTU2_CONDITION: Json = {"resourceType": "Condition", "id": "c1", "patient": {"reference": "Patient/p1"}}


@pytest.mark.parametrize(
    "resource",
    [
        DSTU2_CONDITION,
        {"resourceType": "MedicationOrder", "id": "m1", "patient": {"reference": "Patient/p1"}},
        {"resourceType": "Encounter", "patient": {"reference": "Patient/p1"}},
        {"resourceType": "Immunization", "patient": {"reference": "Patient/p1"}, "wasNotGiven": False},
        {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p1"}, "substance": {}},
    ],
)
def test_dstu2_is_named_and_not_used(resource: Json) -> None:
    records, problems = read(bundle(PATIENT, resource))
    assert records == []
    assert len(problems) == 1
    assert problems[0].startswith(": FHIR DSTU2 is not supported; convert it to R4 first")


def test_one_resource_of_that_shape_among_later_ones_is_set_aside_alone() -> None:
    records, problems = read(bundle(PATIENT, DSTU2_CONDITION, condition("c2")))
    assert references(records[0]) == ["Condition/c2"]
    assert [(s.reference, s.kind) for s in records[0].set_aside] == [("Condition/c1", Kind.CONDITION)]
    assert len(problems) == 1


@pytest.mark.parametrize(
    "resource",
    [
        condition("c1", assertedDate="2018"),
        {"resourceType": "Immunization", "id": "c1", "patient": {"reference": "Patient/p1"}, "notGiven": False},
        {"resourceType": "AllergyIntolerance", "id": "c1", "patient": {"reference": "Patient/p1"}, "code": {}},
    ],
)
def test_stu3_is_read(resource: Json) -> None:
    records, problems = read(bundle(PATIENT, resource))
    assert len(records[0].resources) == 1
    assert problems == []
