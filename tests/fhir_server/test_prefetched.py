"""Every state that a prefetch key can be in: what it tells, what it vouches for, and what stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from prefetch_accounts import (
    FAILED,
    IN_FULL,
    IN_PART,
    NOT_ASKED,
    NOT_SUPPORTED,
    NULL,
    REFUSED,
    WARNED,
    account,
    lvef,
)
from prefetching import ABSENT, PATIENT, Templates, about, coded, condition, gather
from stand_in import StandIn, outcome, searchset

from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.servers.answers import Answered
from trialsieve.fhir_adapters.servers.prefetched import (
    NothingKnownError,
)
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind

# --- the table --------------------------------------------------------------------------------------------------------

_NEXT = [{"relation": "next", "url": "?page=2"}]
_TIMED_OUT = {"status": "200", "outcome": outcome("timeout")}
_VAGUE = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "details": 7}]}
_VAGUE_CODE = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "details": {"coding": ["4101"]}}]}
_EPIC = "urn:oid:1.2.840.114350.1.13.20.3.7.2.657369"


def warnings(*codes: str, system: str = _EPIC, severity: str = "warning") -> dict[str, Any]:
    """As Epic's servers tell of each search what its codes say."""
    issue = {"severity": severity, "code": "processing"}
    told = [{**issue, "details": {"coding": [{"system": system, "code": code}]}} for code in codes]
    return {"resourceType": "OperationOutcome", "issue": told}


STATES: list[tuple[str, Any, Answered, int]] = [
    ("key absent", ABSENT, NOT_ASKED, 0),
    ("null", None, NULL, 0),
    ("Bundle without entry", {"resourceType": "Bundle", "type": "searchset"}, IN_FULL, 0),
    ("Bundle with no entries", searchset(), IN_FULL, 0),
    ("a total of none", {"resourceType": "Bundle", "total": 0}, IN_FULL, 0),
    ("a total of none alone", {"total": 0}, IN_FULL, 0),
    ("Bundle", searchset(condition()), IN_FULL, 1),
    ("Bundle without type", {"resourceType": "Bundle", "entry": [{"resource": condition()}]}, IN_FULL, 1),
    ("collection", {**searchset(condition()), "type": "collection"}, IN_FULL, 1),
    ("history", {**searchset(condition()), "type": "history"}, IN_PART, 1),
    ("OperationOutcome", outcome("exception"), FAILED, 0),
    ("forbidden", outcome("forbidden"), REFUSED, 0),
    ("not supported", outcome("not-supported"), NOT_SUPPORTED, 0),
    ("an outcome without issue", {"resourceType": "OperationOutcome"}, FAILED, 0),
    ("a wordy outcome", {"resourceType": "OperationOutcome", "issue": [{"code": "Jane Doe 1990"}]}, FAILED, 0),
    ("an outcome as only entry", searchset(outcome("forbidden"), total=0), REFUSED, 0),
    ("an outcome as an entry", searchset(condition(), outcome("incomplete"), total=1), IN_PART, 1),
    ("an outcome that informs", searchset(condition(), outcome("informational", "information"), total=1), IN_FULL, 1),
    ("a warning that nothing was found", searchset(warnings("4101"), total=0), IN_FULL, 0),
    ("the same code of a longer OID", searchset(warnings("4101", system=f"{_EPIC}.1"), total=0), WARNED, 0),
    ("the same code of another system", searchset(warnings("4101", system="urn:other"), total=0), WARNED, 0),
    ("the same as an error", searchset(warnings("4101", severity="error"), total=0), FAILED, 0),
    ("another warning", searchset(warnings("4119"), total=0), WARNED, 0),
    ("a warning beside what was found", searchset(condition(), warnings("4119"), total=1), WARNED, 1),
    ("a warning beside an error", searchset(condition(), warnings("4119"), outcome("timeout"), total=1), IN_PART, 1),
    ("an error beside a warning", searchset(condition(), outcome("timeout"), warnings("4119"), total=1), IN_PART, 1),
    ("a warning and a larger total", searchset(condition(), warnings("4119"), total=9), IN_PART, 1),
    ("a warning that some are withheld", searchset(outcome("suppressed", "warning"), total=0), REFUSED, 0),
    ("another warning beside it", searchset(warnings("4101", "59204"), total=0), WARNED, 0),
    ("nothing found, though some are counted", searchset(warnings("4101"), total=2), IN_PART, 0),
    ("a warning that nothing was found alone", warnings("4101"), FAILED, 0),
    ("a warning with details that are none", searchset(_VAGUE, total=0), WARNED, 0),
    ("a warning with a coding that is none", searchset(_VAGUE_CODE, total=0), WARNED, 0),
    ("a next page", searchset(condition(), link=[{"relation": "next", "url": "http://x.example/2"}]), IN_PART, 1),
    ("a next page without url", searchset(condition(), link=[{"relation": "next"}]), IN_PART, 1),
    ("a self link", searchset(condition(), link=[{"relation": "self", "url": "http://x.example/1"}]), IN_FULL, 1),
    ("links that are none", searchset(condition(), link="next"), IN_FULL, 1),
    ("one link that is no list", searchset(condition(), link={"relation": "next", "url": "?page=2"}), IN_PART, 1),
    ("a relation in capitals", searchset(condition(), link=[{"relation": "NEXT", "url": "?page=2"}]), IN_PART, 1),
    ("a larger total", searchset(condition(), total=9), IN_PART, 1),
    ("a total as text", searchset(condition(), total="2"), IN_PART, 1),
    ("a total as text that is right", searchset(condition(), total="1"), IN_FULL, 1),
    ("a total with a point", searchset(condition(), total=2.0), IN_PART, 1),
    ("a total that is no number", searchset(total=True), IN_FULL, 0),
    ("a total without end", searchset(condition(), total=float("inf")), IN_FULL, 1),
    ("a resource twice, and one not", searchset(condition(), condition(), total=2), IN_PART, 2),
    ("resources without id", searchset(about("Condition", ""), about("Condition", ""), total=2), IN_FULL, 2),
    ("a total that is none", searchset(condition(), total="many"), IN_FULL, 1),
    ("response and resource", {"response": {"status": "200 OK"}, "resource": searchset(condition())}, IN_FULL, 1),
    ("response alone", {"response": {"status": "200 OK"}}, FAILED, 0),
    ("a failed response", {"response": {"status": "403 Forbidden"}, "resource": searchset()}, REFUSED, 0),
    ("a response that is not found", {"response": {"status": "404"}}, NOT_SUPPORTED, 0),
    ("a Bundle in a response entry", searchset(searchset(condition()), total=1), IN_FULL, 1),
    ("more found than such a Bundle holds", searchset(searchset(condition(), total=2)), IN_PART, 1),
    ("such a Bundle with a next page", searchset(searchset(condition(), link=_NEXT)), IN_PART, 1),
    ("two Bundles in entries", searchset(searchset(condition(), total=1), searchset(condition("c2"))), IN_FULL, 2),
    ("such a Bundle that was refused", searchset(searchset(outcome("forbidden"))), REFUSED, 0),
    ("a Bundle with issues", {**searchset(condition()), "issues": outcome("incomplete", "warning")}, WARNED, 1),
    ("issues that inform", {**searchset(condition()), "issues": outcome("informational", "information")}, IN_FULL, 1),
    ("a response with an outcome", {"entry": [{"resource": condition(), "response": _TIMED_OUT}]}, IN_PART, 1),
    ("an entry that failed", {"resourceType": "Bundle", "entry": [{"response": {"status": "500"}}]}, FAILED, 0),
    ("a single resource", condition(), IN_PART, 1),
    ("a single resource of another type", about("Procedure", "x"), FAILED, 0),
    ("resources of another type alone", searchset(about("Procedure", "x")), IN_PART, 1),
    ("no resource", {}, FAILED, 0),
    ("an unknown type", {"resourceType": "Konditionen"}, FAILED, 0),
    ("text", "Condition/c1", FAILED, 0),
    ("a list", [condition()], FAILED, 0),
    ("a number", 7, FAILED, 0),
    ("false", False, FAILED, 0),
    ("entry null", {"resourceType": "Bundle", "type": "searchset", "entry": None}, NULL, 0),
    ("wrapped, entry null", {"resource": {"resourceType": "Bundle", "entry": None}}, NULL, 0),
    ("entry null, a failure", {"resourceType": "Bundle", "entry": None, "issues": outcome("exception")}, FAILED, 0),
    ("entry null of none", {"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": None}, IN_FULL, 0),
    ("entry null of some", {"resourceType": "Bundle", "type": "searchset", "total": 2, "entry": None}, IN_PART, 0),
    ("entry null with a next page", {"resourceType": "Bundle", "entry": None, "link": _NEXT}, IN_PART, 0),
    ("entry no list", {"resourceType": "Bundle", "entry": {"resource": condition()}}, IN_PART, 0),
    ("an entry that is text", {"resourceType": "Bundle", "entry": ["c1"]}, IN_PART, 0),
    ("an entry without resource", {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1"}]}, IN_PART, 0),
    ("an entry without type", searchset({"id": "c1"}), IN_PART, 0),
    ("a mode that is none", {"entry": [{"resource": condition(), "search": {"mode": ["match"]}}]}, IN_FULL, 1),
    ("another patient's alone", searchset(condition(patient="p2")), IN_PART, 0),
    ("another patient's beside", searchset(condition(), condition("c2", "p2")), IN_PART, 1),
    ("a group's alone", searchset(condition(subject={"reference": "Group/g1"})), IN_PART, 0),
    ("a group's beside", searchset(condition(), condition("c2", subject={"reference": "Group/g1"})), IN_PART, 1),
    ("included resources", searchset(condition(), {"resourceType": "Encounter", "id": "e1"}, PATIENT), IN_FULL, 2),
]


@pytest.mark.parametrize(("value", "state", "resources"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_what_each_state_of_a_key_vouches_for(
    value: Any, state: Answered, resources: int, empty: dict[str, Any], templates: Templates, book: RuleBook
) -> None:
    del empty["conditions"]
    if value is not ABSENT:
        empty["conditions"] = value
    gathered = gather(empty, templates)
    told = account(gathered, "conditions")
    assert (told.state, told.resources, told.is_gap) == (state, resources, state not in {IN_FULL, NULL})
    assert bool(told.reason) == (state is not IN_FULL)
    assert "Jane" not in told.reason
    # Only an answer in full vouches; the other kinds are not touched.
    assert gathered.record.vouched == (COVERABLE if state is IN_FULL else COVERABLE - {Kind.CONDITION})
    chart = build_chart(gathered.record, book, [])
    assert (Kind.CONDITION in chart.covered) == (state is IN_FULL)
    assert [item.kind for item in chart.unreadable if item.is_gap] == ([Kind.CONDITION] if told.is_gap else [])
    assert any(problem.reference == "prefetch.conditions" for problem in gathered.problems) == told.is_gap


@pytest.mark.parametrize("prefetch", [None, {}, [], "none", 7])
def test_without_any_prefetch_and_server_nothing_is_known(prefetch: Any, templates: Templates) -> None:
    with pytest.raises(NothingKnownError):
        gather(prefetch, templates)


def test_the_patient_alone_is_enough_to_begin_with(templates: Templates) -> None:
    gathered = gather({"patient": PATIENT}, templates)
    assert gathered.record.patient_resource == PATIENT
    assert {one.state for one in gathered.accounts} == {IN_FULL, NOT_ASKED}
    assert gathered.record.vouched == frozenset()


def test_resources_alone_are_enough_to_begin_with(templates: Templates) -> None:
    gathered = gather({"conditions": searchset(condition())}, templates)
    assert (gathered.record.patient, gathered.record.patient_resource) == ("Patient/p1", None)
    assert [reference for reference, _ in gathered.record.resources] == ["Condition/c1"]


def test_empty_answers_without_the_patient_are_nothing_known(empty: dict[str, Any], templates: Templates) -> None:
    with pytest.raises(NothingKnownError):
        gather({**empty, "patient": None}, templates)


def test_unknown_keys_are_named_and_not_read(empty: dict[str, Any], templates: Templates) -> None:
    gathered = gather({**empty, "draftOrders": searchset(condition())}, templates)
    assert gathered.record.resources == []
    assert [str(problem) for problem in gathered.problems] == [
        "prefetch: prefetch.draftOrders: note: is no key that was asked for; it was not read"
    ]


def test_a_client_that_ignored_the_filters_is_read_all_the_same(empty: dict[str, Any], templates: Templates) -> None:
    everything = searchset(condition(), lvef(60, "2026-11-01"), about("Procedure", "r1"))
    gathered = gather({key: PATIENT if key == "patient" else everything for key in empty}, templates)
    references = {reference for reference, _ in gathered.record.resources}
    assert references == {"Condition/c1", "Observation/o1", "Procedure/r1"}
    assert len(gathered.record.resources) == 3
    # Answers in which nothing is of the type asked for are no answers to that question.
    assert account(gathered, "conditions").state is IN_FULL
    assert account(gathered, "immunizations").state is IN_PART


# --- medications ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "administrations", "covered"),
    [
        (searchset(), searchset(), True),
        (searchset(), None, True),
        (outcome("not-supported"), searchset(), True),
        (outcome("not-supported"), None, True),
        (outcome("forbidden"), searchset(), False),
        (outcome("exception"), searchset(), False),
        (ABSENT, searchset(), False),
        (searchset(total=2), searchset(), False),
    ],
)
def test_medications_are_covered_by_all_of_their_types_together(
    statements: Any, administrations: Any, covered: bool, empty: dict[str, Any], templates: Templates
) -> None:
    prefetch = {**empty, "medication-statements": statements, "medication-administrations": administrations}
    gathered = gather({key: value for key, value in prefetch.items() if value is not ABSENT}, templates)
    assert (Kind.MEDICATION in gathered.record.vouched) == covered
    assert any(one.is_gap for one in gathered.accounts) == (not covered)


@pytest.mark.parametrize("state", [None, outcome("not-supported")])
def test_no_type_of_medication_answered_in_full_covers_none(
    state: Any, empty: dict[str, Any], templates: Templates
) -> None:
    medications = {key: state for key in empty if key.startswith("medication")}
    gathered = gather({**empty, **medications}, templates)
    assert Kind.MEDICATION not in gathered.record.vouched


def test_medications_that_are_referred_to_are_read(
    empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    stand_in.records["p1"] = [
        {"resourceType": "Medication", "id": "m1", "code": coded("1", "http://www.nlm.nih.gov/research/umls/rxnorm")}
    ]
    orders = [
        about("MedicationRequest", f"r{n}", medicationReference={"reference": reference})
        for n, reference in enumerate(["Medication/m1", f"{stand_in.base}/Medication/m1", "Medication/m2"])
    ]
    orders.append(about("MedicationRequest", "r9", medicationReference={"reference": "http://x.example/Medication/m3"}))
    orders.append(about("MedicationRequest", "r10", medicationReference={"reference": "Medication/m4"}))
    orders.append({"resourceType": "Medication", "id": "m4"})
    gathered = gather({**empty, "medication-requests": searchset(*orders)}, templates, stand_in)
    assert gathered.record.index["Medication/m1"]["id"] == "m1"
    assert sorted(request.url.path for request in stand_in.requests) == ["/fhir/Medication/m1", "/fhir/Medication/m2"]
    assert [problem.reference for problem in gathered.problems] == ["Medication/m2"]


# --- attestations -----------------------------------------------------------------------------------------------------


def test_attestations_that_could_not_be_read_are_a_caution(empty: dict[str, Any], templates: Templates) -> None:
    assert gather(empty, templates).record.cautions == []
    (caution,) = gather({**empty, "attestations": outcome("exception")}, templates).record.cautions
    assert "(attestations)" in caution


# --- other releases ---------------------------------------------------------------------------------------------------


def test_stu3_shapes_are_read(empty: dict[str, Any], templates: Templates, book: RuleBook) -> None:
    stu3 = {**condition(), "assertedDate": "2026-01-01", "clinicalStatus": "active", "verificationStatus": "confirmed"}
    gathered = gather({**empty, "conditions": searchset(stu3)}, templates)
    assert [fact.reference for fact in build_chart(gathered.record, book, []).facts] == ["Condition/c1"]


def test_dstu2_resources_are_set_aside_or_refused(empty: dict[str, Any], templates: Templates) -> None:
    old = {"resourceType": "Condition", "id": "c1", "patient": {"reference": "Patient/p1"}, "code": coded("1")}
    patient = {**PATIENT, "name": [{"family": "Doe"}]}
    gathered = gather({**empty, "patient": patient, "conditions": searchset(old)}, templates)
    assert [item.reference for item in gathered.record.set_aside] == ["Condition/c1"]
    assert "DSTU2" in gathered.record.set_aside[0].reason
    with pytest.raises(NothingKnownError, match="DSTU2"):
        gather(
            {**empty, "patient": {**PATIENT, "name": [{"family": ["Doe"]}]}, "conditions": searchset(old)}, templates
        )
