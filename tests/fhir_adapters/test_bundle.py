"""Bundles of every type: which entries count, for whom, and what is said about the others."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.bundle import records_of_bundle, records_of_resource
from trialsieve.fhir_adapters.record import InputProblem, Record
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]
PATIENT: Json = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-02-03"}


def condition(identity: str, subject: str = "Patient/p1", **elements: Any) -> Json:
    return {"resourceType": "Condition", "id": identity, "subject": {"reference": subject}, **elements}


def bundle(*resources: Json, kind: str = "collection", **elements: Any) -> Json:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [resource if "resource" in resource else {"resource": resource} for resource in resources],
        **elements,
    }


def read(value: Json, covers: frozenset[Kind] = frozenset()) -> tuple[list[Record], list[str]]:
    problems: list[InputProblem] = []
    found = records_of_bundle(value, "b.json", problems.append, covers)
    return [one.record for one in found], [f"{problem.reference}: {problem.reason}" for problem in problems]


def references(record: Record) -> list[str]:
    return [reference for reference, _ in record.resources]


KINDS = ["transaction", "batch", "collection", "searchset", "document", "message", "history"]


@pytest.mark.parametrize("kind", [*KINDS, "transaction-response", "batch-response", "no-such-type", None])
def test_every_type_of_bundle_is_read(kind: str | None) -> None:
    value = bundle(PATIENT, condition("c1"))
    value["type"] = kind
    records, problems = read(value)
    assert [(record.patient, references(record)) for record in records] == [("Patient/p1", ["Condition/c1"])]
    assert records[0].patient_resource == PATIENT
    assert problems == []


def test_of_several_patients_each_gets_what_names_them() -> None:
    records, problems = read(
        bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}, condition("c2", "Patient/p2"), condition("c1"))
    )
    assert [(r.patient, references(r)) for r in records] == [
        ("Patient/p1", ["Condition/c1"]),
        ("Patient/p2", ["Condition/c2"]),
    ]
    assert problems == []


def replacing(*references: str) -> Json:
    return {**PATIENT, "link": [{"type": "replaces", "other": {"reference": reference}} for reference in references]}


@pytest.mark.parametrize(
    ("link", "subject"),
    [
        ("Patient/old", "Patient/old"),
        ("https://example.org/fhir/Patient/old", "Patient/old"),
        ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"),
    ],
)
def test_what_names_a_patient_that_was_replaced_is_the_new_ones(link: str, subject: str) -> None:
    records, problems = read(bundle(replacing(link), condition("c1"), condition("c2", subject)))
    assert [(r.patient, references(r)) for r in records] == [("Patient/p1", ["Condition/c1", "Condition/c2"])]
    assert problems == []


@pytest.mark.parametrize("kind", ["replaced-by", "refer", "seealso", None])
def test_other_links_give_nobody_anything(kind: str | None) -> None:
    patient = {**PATIENT, "link": [{"type": kind, "other": {"reference": "Patient/old"}}, "no link"]}
    records, problems = read(bundle(patient, condition("c2", "Patient/old")))
    assert [references(record) for record in records] == [[]]
    assert problems == ["Condition/c2: is about a patient that this input does not hold"]


def test_what_a_replaced_patient_has_here_bears_on_the_new_one() -> None:
    """It is read as that one's own, and may be this one's."""
    old = {"resourceType": "Patient", "id": "old"}
    records, problems = read(bundle(replacing("Patient/old"), old, condition("c1"), condition("c2", "Patient/old")))
    assert [(r.patient, references(r)) for r in records] == [
        ("Patient/p1", ["Condition/c1"]),
        ("Patient/old", ["Condition/c2"]),
    ]
    (set_aside,) = records[0].set_aside
    assert (set_aside.reference, set_aside.kind) == ("Condition/c2", Kind.CONDITION)
    assert "Patient/old, whom this patient's record replaces" in set_aside.reason
    assert (records[1].set_aside, problems) == ([], [])


@pytest.mark.parametrize("link", ["Patient/p1", "#none", "nonsense of words", "Organization/o1"])
def test_a_link_that_leads_nowhere_changes_nothing(link: str) -> None:
    records, problems = read(bundle(replacing(link), condition("c1")))
    assert [(references(r), r.set_aside) for r in records] == [(["Condition/c1"], [])]
    assert problems == []


def test_without_a_subject_a_resource_is_the_only_patients() -> None:
    records, problems = read(bundle(PATIENT, {"resourceType": "Condition", "id": "c1"}))
    assert references(records[0]) == ["Condition/c1"]
    assert problems == []


def test_without_a_subject_and_with_two_patients_it_may_be_anybodys_and_is_read_for_nobody() -> None:
    records, problems = read(
        bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}, {"resourceType": "Condition", "id": "c1"})
    )
    assert [references(record) for record in records] == [[], []]
    assert [[(s.reference, s.kind) for s in record.set_aside] for record in records] == [
        [("Condition/c1", Kind.CONDITION)]
    ] * 2
    assert problems == ["Condition/c1: names no patient, and the Bundle holds several"]


def test_a_resource_of_somebody_else_is_a_problem_and_changes_nothing() -> None:
    records, problems = read(bundle(PATIENT, condition("c1", "Patient/p9")))
    assert references(records[0]) == []
    assert records[0].set_aside == []
    assert problems == ["Condition/c1: is about a patient that this input does not hold"]


@pytest.mark.parametrize("subject", ["Group/g1", "Device/d1", "Location/l1"])
def test_what_is_not_about_a_patient_is_left_out_without_a_word(subject: str) -> None:
    records, problems = read(bundle(PATIENT, condition("c1", subject)))
    assert references(records[0]) == []
    assert records[0].set_aside == []
    assert problems == []


def test_without_a_patient_the_subject_names_the_record() -> None:
    records, problems = read(bundle(condition("c1"), condition("c2", "http://ehr.example/fhir/Patient/p1/_history/2")))
    assert [(r.patient, r.patient_resource, references(r)) for r in records] == [
        ("Patient/p1", None, ["Condition/c1", "Condition/c2"])
    ]
    assert problems == []


# What names a patient and holds no facts.
NAMING: dict[str, Json] = {
    "a report": {"resourceType": "DiagnosticReport", "id": "d1", "subject": {"reference": "Patient/p1"}},
    "an order": {"resourceType": "ServiceRequest", "id": "s1", "subject": {"reference": "http://x.example/Patient/p1"}},
    "an encounter": {"resourceType": "Encounter", "id": "e1", "subject": {"reference": "urn:uuid:mrn-1"}},
    "a claim": {"resourceType": "Claim", "id": "k1", "patient": {"reference": "Patient/p1"}},
    "by identifier": {"resourceType": "Encounter", "subject": {"identifier": {"system": "urn:x", "value": "1"}}},
    "unreadable": {"resourceType": "Visit", "subject": {"reference": "Patient/p1"}},
}
NAMED = {"an encounter": "urn:uuid:mrn-1", "by identifier": "Patient?identifier=urn:x|1"}


@pytest.mark.parametrize("case", NAMING)
def test_without_a_patient_any_resource_names_a_record(case: str) -> None:
    records, _ = read(bundle(NAMING[case]))
    assert [(r.patient, r.patient_resource, references(r)) for r in records] == [
        (NAMED.get(case, "Patient/p1"), None, [])
    ]


def test_beside_a_patient_others_make_no_record() -> None:
    records, problems = read(bundle(PATIENT, {**NAMING["a report"], "subject": {"reference": "Patient/p2"}}))
    assert [record.patient for record in records] == ["Patient/p1"]
    assert problems == []


def test_without_a_patient_each_subject_is_a_record_of_its_own() -> None:
    other = {**NAMING["a report"], "subject": {"reference": "Patient/p3"}}
    records, problems = read(
        bundle(condition("c2", "Patient/p2"), condition("c1"), other, condition("c3", "Patient/p2"))
    )
    assert [(record.patient, references(record)) for record in records] == [
        ("Patient/p2", ["Condition/c2", "Condition/c3"]),
        ("Patient/p1", ["Condition/c1"]),
        ("Patient/p3", []),
    ]
    assert problems == []


def test_without_a_patient_and_a_subject_a_resource_is_the_only_subjects() -> None:
    bare = {"resourceType": "Observation", "id": "o1"}
    records, problems = read(bundle(bare, NAMING["a report"], condition("c1")))
    assert [(record.patient, references(record)) for record in records] == [
        ("Patient/p1", ["Observation/o1", "Condition/c1"])
    ]
    assert problems == []


def test_without_a_patient_one_that_a_later_resource_contains_is_the_records() -> None:
    mrn = {"system": "urn:x", "value": "1"}
    held = {"resourceType": "Patient", "id": "p", "gender": "male", "identifier": [mrn]}
    by_identifier = {"resourceType": "Condition", "id": "c1", "subject": {"identifier": mrn}}
    records, _ = read(bundle(by_identifier, condition("c2", "#p", contained=[held])))
    assert [(record.patient_resource, references(record)) for record in records] == [
        (held, ["Condition/c1", "Condition/c2"])
    ]


def test_without_a_patient_and_with_two_subjects_it_is_nobodys() -> None:
    bare = {"resourceType": "Observation", "id": "o1"}
    records, problems = read(bundle(bare, NAMING["a report"], condition("c2", "Patient/p2")))
    assert [references(record) for record in records] == [["Condition/c2"], []]
    assert [[one.reference for one in record.set_aside] for record in records] == [["Observation/o1"]] * 2
    assert problems == ["Observation/o1: names no patient, and the Bundle holds several"]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Group/g"},
        {"reference": "Device/d"},
        {"reference": "urn:uuid:1", "type": "Device"},
        {"display": "a pump", "type": "Device"},
        None,
    ],
)
def test_what_is_about_no_patient_names_no_record(subject: Json | None) -> None:
    assert read(bundle({"resourceType": "DiagnosticReport", "subject": subject})) == ([], [])


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ({"display": "Joyce"}, "has a subject without a reference or an identifier, which tells nobody whose it is"),
        ({"reference": "see chart"}, "names its patient in a way that cannot be followed"),
    ],
)
def test_a_subject_that_leads_nowhere_is_said_where_nothing_else_names_a_patient(subject: Json, reason: str) -> None:
    report = {"resourceType": "DiagnosticReport", "id": "d1", "subject": subject}
    assert read(bundle(report)) == ([], [f"DiagnosticReport/d1: {reason}"])


def test_a_single_resource_is_a_record_too() -> None:
    problems: list[InputProblem] = []
    found = records_of_resource(condition("c1"), "c.json", problems.append)
    assert [(one.record.patient, references(one.record)) for one in found] == [("Patient/p1", ["Condition/c1"])]
    assert records_of_resource({"resourceType": "Condition", "id": "c"}, "c.json", problems.append) == []
    assert [str(problem) for problem in problems] == ["c.json: Condition/c: names no patient"]


def test_kinds_that_never_speak_for_a_patient_are_found_by_reference_only() -> None:
    medication = {"resourceType": "Medication", "id": "m1"}
    entry = {"fullUrl": "urn:uuid:AB", "resource": medication}
    records, _ = read(bundle(PATIENT, entry, {"resourceType": "Organization", "id": "o1"}))
    assert references(records[0]) == []
    for reference in ("Medication/m1", "urn:uuid:ab", "Medication/m1/_history/3", "https://x.example/Medication/m1"):
        assert records[0].index[reference] is medication
    assert "Medication/m2" not in records[0].index
    assert "no reference at all" not in records[0].index


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


PARTS: dict[str, tuple[Json, str]] = {
    "next page": ({"link": [{"relation": "next", "url": "http://x.example?page=2"}]}, "only one page"),
    "total": ({"total": 5}, "holds 2 of the 5"),
}


@pytest.mark.parametrize("case", PARTS)
def test_one_page_of_a_search_vouches_for_nothing(case: str) -> None:
    elements, reason = PARTS[case]
    records, problems = read(
        bundle(PATIENT, condition("c1"), kind="searchset", **elements), frozenset({Kind.CONDITION})
    )
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
        ),
        frozenset({Kind.CONDITION}),
    )
    assert records[0].vouched == {Kind.CONDITION}
    assert records[0].in_full
    assert problems == []


@pytest.mark.parametrize(("severity", "in_full"), [("error", False), ("warning", False), ("information", True)])
def test_an_operation_outcome_in_a_search(severity: str, in_full: bool) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}
    records, problems = read(bundle(PATIENT, {"resource": outcome, "search": {"mode": "outcome"}}, kind="searchset"))
    assert records[0].in_full is in_full
    assert problems == (
        [] if in_full else [f"entry 2: the server reported an OperationOutcome: {severity} (processing)"]
    )


# Versions and duplicates.


def test_the_same_resource_twice_counts_once() -> None:
    records, problems = read(bundle(PATIENT, condition("c1"), condition("c1", meta={"source": "x"})))
    assert references(records[0]) == ["Condition/c1"]
    assert problems == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lastUpdated": "2024-01-01T10:00:00Z"}, {"lastUpdated": "2024-01-01T10:00:00+01:00"}),
        ({"versionId": "10"}, {"versionId": "9"}),
    ],
)
@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_versions_the_newer_counts(first: Json, second: Json, newest_first: bool) -> None:
    newer, older = condition("c1", meta=first, note="new"), condition("c1", meta=second, note="old")
    records, _ = read(bundle(PATIENT, *((newer, older) if newest_first else (older, newer))))
    assert [resource["note"] for _, resource in records[0].resources] == ["new"]
    assert records[0].index["Condition/c1"]["note"] == "new"


@pytest.mark.parametrize("metas", [({}, {}), ({"versionId": "1"}, {}), ({"versionId": "a"}, {"versionId": "b"})])
def test_two_versions_of_which_neither_is_newer_both_count(metas: tuple[Json, Json]) -> None:
    records, _ = read(
        bundle(PATIENT, condition("c1", note="a", meta=metas[0]), condition("c1", note="b", meta=metas[1]))
    )
    assert [resource["note"] for _, resource in records[0].resources] == ["a", "b"]


def test_one_id_on_two_servers_is_two_resources() -> None:
    records, _ = read(
        bundle(
            PATIENT,
            {
                "fullUrl": "http://a.example/Condition/c1",
                "resource": condition("c1", meta={"versionId": "1"}, note="a"),
            },
            {
                "fullUrl": "http://b.example/Condition/c1",
                "resource": condition("c1", meta={"versionId": "2"}, note="b"),
            },
        )
    )
    assert [resource["note"] for _, resource in records[0].resources] == ["a", "b"]


def test_two_versions_of_the_patient_that_differ_leave_nothing_to_rely_on() -> None:
    records, _ = read(bundle(PATIENT, {**PATIENT, "birthDate": "1990-02-03", "deceasedBoolean": True}))
    assert len(records) == 1
    patient = records[0].patient_resource or {}
    assert patient["birthDate"] == "1980-02-03 or 1990-02-03"
    assert patient["gender"] == "female"
    assert patient["active"] is False
    assert "deceasedBoolean" not in patient
    assert len(records[0].cautions) == 2


def version(resource: Json, moment: str, method: str = "PUT") -> Json:
    name = f"{resource['resourceType']}/{resource['id']}"
    entry: Json = {"request": {"method": method, "url": name}, "response": {"status": "200", "lastModified": moment}}
    return {**entry, "resource": None if method == "DELETE" else resource, "fullUrl": f"http://x.example/{name}"}


def test_of_a_history_the_newest_version_stands_whatever_the_order() -> None:
    old = version(condition("c1", note="old"), "2020-01-01T00:00:00Z")
    new = version(condition("c1", note="new"), "2021-01-01T00:00:00Z")
    for entries in ([old, new], [new, old]):
        records, problems = read(bundle(PATIENT, *entries, kind="history"))
        assert [resource["note"] for _, resource in records[0].resources] == ["new"]
        assert problems == []


def test_a_history_without_dates_lists_the_newest_first() -> None:
    records, _ = read(bundle(PATIENT, condition("c1", note="new"), condition("c1", note="old"), kind="history"))
    assert [resource["note"] for _, resource in records[0].resources] == ["new"]


@pytest.mark.parametrize(
    ("deleted", "stands"), [("2022-01-01T00:00:00Z", []), ("2019-01-01T00:00:00Z", ["Condition/c1"])]
)
def test_what_was_deleted_last_is_gone_and_what_was_written_after_is_not(deleted: str, stands: list[str]) -> None:
    written = version(condition("c1"), "2020-01-01T00:00:00Z")
    records, problems = read(
        bundle(PATIENT, version(condition("c1"), deleted, method="DELETE"), written, kind="history")
    )
    assert references(records[0]) == stands
    assert problems == []


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
