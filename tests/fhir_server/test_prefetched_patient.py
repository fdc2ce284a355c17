"""Whose a prefetch is: the patient of the context, however that is written, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from prefetch_accounts import FAILED, IN_FULL, NULL, REFUSED, account
from prefetching import PATIENT, Templates, about, condition, gather
from stand_in import StandIn, outcome, searchset
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trialsieve.fhir_adapters.servers.answers import Answered
from trialsieve.fhir_adapters.servers.prefetched import (
    PatientIdError,
    WrongPatientError,
)


@pytest.mark.parametrize(
    "patient",
    [
        {**PATIENT, "id": "p2"},
        searchset({**PATIENT, "id": "p2"}),
        {"response": {"status": "200"}, "resource": {**PATIENT, "id": "p2"}},
        {**PATIENT, "id": "P1"},
    ],
)
def test_a_wrong_patient_refuses_the_whole(
    patient: Any, empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    with pytest.raises(WrongPatientError, match=r"^prefetch\.patient: not the patient of context\.patientId"):
        gather({**empty, "patient": patient}, templates, stand_in)
    assert stand_in.requests == []


def test_a_server_that_gives_a_wrong_patient_refuses_the_whole(templates: Templates, stand_in: StandIn) -> None:
    async def other(_request: Request) -> Response:
        return JSONResponse({**PATIENT, "id": "p2"})

    stand_in.instead["Patient"] = other
    with pytest.raises(WrongPatientError, match=r"^fhirServer: it answered with another Patient than"):
        gather(None, templates, stand_in)


@pytest.mark.parametrize(
    ("patient", "state", "known"),
    [
        (PATIENT, IN_FULL, True),
        (searchset(PATIENT), IN_FULL, True),
        (searchset({**PATIENT, "id": "p2"}, PATIENT), IN_FULL, True),
        ({"response": {"status": "200"}, "resource": PATIENT}, IN_FULL, True),
        ({key: PATIENT[key] for key in ("resourceType", "birthDate")}, FAILED, False),
        (searchset(), FAILED, False),
        (outcome("forbidden"), REFUSED, False),
        (about("Condition", "c1"), FAILED, False),
        (None, NULL, False),
        ([], FAILED, False),
    ],
)
def test_the_shapes_of_the_patient(
    patient: Any, state: Answered, known: bool, empty: dict[str, Any], templates: Templates
) -> None:
    gathered = gather({**empty, "conditions": searchset(condition()), "patient": patient}, templates)
    assert account(gathered, "patient").state is state
    assert (gathered.record.patient_resource == PATIENT) == known
    assert (gathered.record.patient_resource is not None) == known


OTHER = {**PATIENT, "birthDate": "2000-01-01", "deceasedBoolean": True}
DIFFER = ("birthDate", "whether the patient is alive")


@pytest.mark.parametrize("place", ["in its key", "along with another answer"])
@pytest.mark.parametrize("other_first", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "birth_date", "differ"),
    [
        (PATIENT, PATIENT, "1990-01-01", ()),
        (PATIENT, {key: PATIENT[key] for key in ("resourceType", "id", "gender")}, "1990-01-01", ()),
        (PATIENT, OTHER, None, DIFFER),
        ({**PATIENT, "meta": {"versionId": "2"}}, {**OTHER, "meta": {"versionId": "1"}}, "1990-01-01", ()),
        ({**PATIENT, "meta": {"versionId": "2"}}, OTHER, None, DIFFER),
    ],
)
def test_two_of_the_patient_that_differ_leave_nothing_to_rely_on(
    one: Any,
    other: Any,
    birth_date: str | None,
    differ: tuple[str, ...],
    other_first: bool,
    place: str,
    empty: dict[str, Any],
    templates: Templates,
) -> None:
    patients = [other, one] if other_first else [one, other]
    sent = {"patient": searchset(*patients)}
    if place != "in its key":
        sent = {"patient": patients[0], "conditions": searchset(condition(), patients[1])}
    gathered = gather({**empty, **sent}, templates)
    patient = gathered.record.patient_resource or {}
    written = patient["birthDate"]
    assert written == birth_date if birth_date else set(written.split(" or ")) == {"1990-01-01", "2000-01-01"}
    assert patient["gender"] == "male"
    assert patient.get("active", True) is not bool(differ)
    assert [word in caution for word, caution in zip(differ, gathered.record.cautions, strict=True)] == [True] * len(
        differ
    )
    assert account(gathered, "patient").left_out == 0


@pytest.mark.parametrize("written", ["p1", " p1\n", "Patient/p1"])
def test_the_patient_id_is_read_as_clients_write_it(written: str, empty: dict[str, Any], templates: Templates) -> None:
    assert gather(empty, templates, patient=written).record.patient == "Patient/p1"


@pytest.mark.parametrize("written", ["", "..", "p1/../p2", "p1?x", "p 1", "Patient/", "x" * 257])
def test_an_id_that_cannot_be_one_is_refused(written: str, empty: dict[str, Any], templates: Templates) -> None:
    with pytest.raises(PatientIdError):
        gather(empty, templates, patient=written)


def test_what_is_about_another_patient_is_left_out_and_named(empty: dict[str, Any], templates: Templates) -> None:
    theirs = [
        condition("c2", "p2"),
        {**condition("c3"), "subject": {"reference": "http://x.example/fhir/Patient/p3"}},
        {**PATIENT, "id": "p2"},
    ]
    gathered = gather({**empty, "conditions": searchset(condition(), *theirs)}, templates)
    assert [reference for reference, _ in gathered.record.resources] == ["Condition/c1"]
    assert account(gathered, "conditions").left_out == 2
    named = {problem.reference for problem in gathered.problems}
    assert {"Condition/c2", "Condition/c3", "Patient/p2"} <= named


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "https://fhir.example/r4/Patient/p1"},
        {"reference": "Patient/p1/_history/3"},
        {"display": "her"},
        {},
        None,
    ],
)
def test_however_the_patient_is_referred_to(subject: Any, empty: dict[str, Any], templates: Templates) -> None:
    own = {**condition(), "subject": subject}
    gathered = gather({**empty, "conditions": searchset(own)}, templates)
    assert account(gathered, "conditions").left_out == 0
    assert len(gathered.record.resources) + len(gathered.record.set_aside) == 1
