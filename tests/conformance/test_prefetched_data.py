"""Section 5 of the checklist: what clients prefetch, in whatever shape, is read as the files would be."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from ehr import (
    BOY,
    BOYS_ID,
    BY_SERVER,
    MAY_FIT,
    SERVER,
    Ehr,
    ask,
    cards_of,
    detail_of,
    full,
    outcome,
    topics,
    with_key,
)
from hook_client import HookClient, example, resources, searchset, templates

states = pytest.mark.states

HIS = {"reference": f"Patient/{BOYS_ID}"}


def transplant(**members: Any) -> dict[str, Any]:
    """A transplant of stem cells, made up, which the trial of the boy excludes."""
    return {
        "resourceType": "Procedure",
        "id": "transplant",
        "status": "completed",
        "subject": HIS,
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "234336002"}]},
        "performedDateTime": "2026-10-01",
        **members,
    }


def test_a_transplant_that_counts_changes_the_answer(client: HookClient) -> None:
    assert MAY_FIT not in topics(ask(client, with_key(client, procedures=searchset(transplant()))))


@states("5/GOOD/filter")
@pytest.mark.parametrize(
    ("unlike", "may_fit"),
    [
        ({"subject": {"reference": "Patient/somebody-else"}}, False),  # and the answer that held it is no full one
        ({"performedDateTime": "2026-12-24"}, True),
        ({"status": "entered-in-error"}, True),
        ({"status": "not-done"}, True),
        ({"code": {"coding": [{"system": "http://snomed.info/sct", "code": "80146002"}], "text": "Appendix"}}, True),
    ],
    ids=["subject", "date", "status", "not done", "code"],
)
def test_everything_is_filtered_again(client: HookClient, unlike: dict[str, Any], may_fit: bool) -> None:
    response = ask(client, with_key(client, procedures=searchset(transplant(**unlike))))
    assert (MAY_FIT in topics(response)) == may_fit
    detail = detail_of(response)
    assert "Does not fit" not in detail
    named = [line for line in detail.splitlines() if "Procedure/transplant" in line]
    if "performedDateTime" in unlike:  # done after the day of the answer: not used, and told
        assert all("dated after the as-of date, and so not used" in line for line in named)
        assert named
    else:
        assert not named
    if not may_fit:
        assert "only a part came: procedures" in detail


@states("5/GOOD/filter")
def test_a_client_that_sends_everything_under_every_key_is_read_the_same(client: HookClient) -> None:
    everything = searchset(*(one for one in resources(example(BOY)) if one["resourceType"] != "Patient"))
    prefetch = {key: value if key == "patient" else everything for key, value in full(client).items()}
    conditions = {one["id"] for one in resources(example(BOY)) if one["resourceType"] == "Condition"}
    assert conditions
    assert [topic for topic in topics(ask(client, prefetch)) if "INELIGIBLE" in topic] == []


@states("5/SBX/unresolved")
@pytest.mark.parametrize("value", [searchset(), {"total": 0}, None, outcome("invalid")])
def test_a_token_that_was_not_resolved_harms_nothing(client: HookClient, value: Any) -> None:
    """The sandbox then asks for `_id={{userPractitionerRoleId}}`; of ours, patientId alone is a token."""
    response = ask(client, {**full(client), "role": value, "{{userPractitionerRoleId}}": value})
    assert topics(response)[0] == MAY_FIT
    tokens = {token for query in templates(client).values() for token in re.findall(r"\{\{(.*?)\}\}", query)}
    assert tokens == {"context.patientId"}


DRAFTS: list[dict[str, Any]] = [
    {"resourceType": "MedicationRequest", "status": "draft", "subject": HIS},
    {"resourceType": "MedicationRequest", "id": "d", "medicationCodeableConcept": {"coding": [{}]}, "reasonCode": []},
    {"resourceType": "MedicationRequest", "id": "e", "medicationCodeableConcept": {}, "dosageInstruction": [{}]},
    {"resourceType": "MedicationRequest", "id": "f", "medicationCodeableConcept": None, "reasonCode": [{}]},
    {"resourceType": "MedicationRequest", "id": "g", "medicationReference": {"reference": ""}, "intent": ""},
    {"resourceType": "MedicationRequest", "id": "h", "medication": {"concept": {"coding": [{}]}}},
    {},
]


@states("5/SBX/drafts")
@pytest.mark.parametrize("draft", DRAFTS)
def test_drafts_are_no_error_and_prove_nothing(client: HookClient, draft: dict[str, Any]) -> None:
    response = ask(client, with_key(client, medication_requests=searchset(draft)))
    assert cards_of(response)
    assert not any("INELIGIBLE" in topic for topic in topics(response))


def renamed(bundle: Any, old: str, new: str) -> Any:
    """The same with an id changed wherever it stands."""
    if isinstance(bundle, dict):
        return {name: renamed(value, old, new) for name, value in bundle.items()}
    if isinstance(bundle, list):
        return [renamed(item, old, new) for item in bundle]
    return bundle.replace(old, new) if isinstance(bundle, str) else bundle


@states("5/EPIC/ids")
def test_ids_may_be_as_long_as_epics(client: HookClient, ehr: Ehr) -> None:
    long = ("eLongMadeUpId.With-Signs3" * 8)[:194]
    prefetch = renamed(full(client), BOYS_ID, long)
    assert topics(ask(client, prefetch, patient=long))[0] == MAY_FIT
    ehr.bundle = renamed(example(BOY), BOYS_ID, long)
    assert topics(ask(client, patient=long, **BY_SERVER))[0] == MAY_FIT


@states("5/GOOD/references")
@pytest.mark.parametrize(
    "subject",
    [
        {"reference": f"{SERVER}/Patient/{BOYS_ID}"},
        {"reference": f"Patient/{BOYS_ID}/_history/3"},
        {"reference": f"Patient/{BOYS_ID}", "display": "somebody", "type": "Patient"},
        ...,
    ],
)
def test_subjects_are_referred_to_in_several_ways(client: HookClient, subject: Any) -> None:
    assert topics(ask(client, about(subject, full(client))))[0] == MAY_FIT


@states("5/GOOD/references")
@pytest.mark.parametrize("subject", [{"display": "somebody"}, {"identifier": {"value": "1"}}, {"reference": "#p"}])
def test_a_subject_that_may_be_anybody_leaves_everything_open(client: HookClient, subject: dict[str, Any]) -> None:
    found = topics(ask(client, about(subject, full(client))))
    assert found
    assert all(topic.endswith("NEEDSREVIEW") for topic in found)


def about(subject: Any, prefetch: Any) -> Any:
    """The prefetch with this as the subject of everything; `...`: without one."""
    prefetch = copy.deepcopy(prefetch)
    for key, value in prefetch.items():
        for one in resources(value) if key != "patient" and "entry" in value else ():
            one.pop("subject", None)
            one.pop("patient", None)
            if subject is not ...:
                one["patient" if one["resourceType"] == "Immunization" else "subject"] = subject
    return prefetch


@states("5/GOOD/references")
def test_a_contained_medication_is_read_and_a_missing_one_is_no_error(client: HookClient) -> None:
    contained = {
        "resourceType": "MedicationRequest",
        "id": "contained",
        "status": "active",
        "subject": HIS,
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "a made-up remedy"}}],
        "medicationReference": {"reference": "#m"},
    }
    missing = {**contained, "id": "missing", "contained": [], "medicationReference": {"reference": "Medication/none"}}
    for one in (contained, missing):
        assert cards_of(ask(client, with_key(client, medication_requests=searchset(one))))


# The shapes of older versions, made up.
OLD_PATIENT = {"resourceType": "Patient", "id": BOYS_ID, "gender": "male", "birthDate": "2018-01-01"}
OLD_CONDITION = {
    "resourceType": "Condition",
    "id": "c",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91857003"}]},
    "clinicalStatus": "active",
    "verificationStatus": "confirmed",
}
DSTU2 = {
    "patient": OLD_PATIENT,
    "conditions": searchset({**OLD_CONDITION, "patient": HIS, "dateRecorded": "2026-01-01"}),
    "medication-requests": searchset(
        {
            "resourceType": "MedicationOrder",
            "id": "m",
            "patient": HIS,
            "dateWritten": "2026-01-01",
            "medicationCodeableConcept": {"text": "a made-up remedy"},
        }
    ),
}

STU3 = {
    "patient": OLD_PATIENT,
    "conditions": searchset({**OLD_CONDITION, "subject": HIS, "assertedDate": "2026-01-01"}),
    "procedures": searchset(transplant(notDone=True)),
    "immunizations": searchset(
        {
            "resourceType": "Immunization",
            "id": "i",
            "patient": HIS,
            "status": "completed",
            "notGiven": False,
            "vaccineCode": {"text": "a made-up vaccine"},
            "date": "2026-01-01",
        }
    ),
}


@states("5/AHRQ/versions")
@pytest.mark.parametrize(("old", "status"), [(DSTU2, 412), (STU3, 200)], ids=["DSTU2", "STU3"])
def test_older_versions_are_read_or_left_open(client: HookClient, old: Any, status: int) -> None:
    """And decide nothing wrongly: a procedure that was not done excludes nobody, a disease unread includes nobody."""
    assert ask(client, old).status_code == status
    found = topics(ask(client, {**full(client), **{key: value for key, value in old.items() if key != "patient"}}))
    assert found
    assert all(topic.endswith("NEEDSREVIEW") for topic in found)
