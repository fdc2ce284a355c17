"""Section 5 of the checklist: templates, the states of a key, and what real prefetch looks like."""

from __future__ import annotations

import copy
import re
from typing import Any

import httpx
import pytest
from ehr import (
    BOY,
    BOYS_ID,
    BY_SERVER,
    MAY_FIT,
    NOT_ALL_READ,
    NOT_RETRIEVED,
    PRESUMED,
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
from hook_client import HookClient, example, fhir_response, resources, searchset, templates

states = pytest.mark.states

# --- templates --------------------------------------------------------------------------------------------------------

READ = re.compile(r"[A-Z][A-Za-z]+/\{\{context\.patientId\}\}")
SEARCH = re.compile(r"[A-Z][A-Za-z]+\?(patient=\{\{context\.patientId\}\})(&code=[^&{}]+)?(&_count=[1-9][0-9]*)")


@states("5/S2:211", "5/S2:259", "5/S3:415", "5/S2:296")
def test_every_template_is_a_read_or_a_plain_search(client: HookClient) -> None:
    for query in templates(client).values():
        assert READ.fullmatch(query) or SEARCH.fullmatch(query), query
        assert len(query) < 2000


@states("5/SBX/collapse")
def test_no_parameter_stands_twice(client: HookClient) -> None:
    """The sandbox makes one of two, joined by a comma: what was `and` is then `or`."""
    for query in templates(client).values():
        names = [part.partition("=")[0] for part in query.partition("?")[2].split("&")]
        assert len(set(names)) == len(names)


# --- the states of a key ----------------------------------------------------------------------------------------------

NOT_THERE = object()
NEXT = [{"relation": "next", "url": f"{SERVER}/Procedure?page=2"}]


def in_place(client: HookClient, value: Any, **members: Any) -> httpx.Response:
    """A call in which everything is prefetched, but this stands for the procedures."""
    return ask(client, with_key(client, procedures=... if value is NOT_THERE else value), **members)


# What stands there; whether the server is asked for it; what it proves without a server: that there are none
# ("presumed"), nothing though it was answered ("open"), or nothing since it was not read ("gap").
STATES: list[Any] = [
    pytest.param(NOT_THERE, True, "gap", marks=states("5/S2:249/absent", "5/CQF/partial"), id="absent"),
    pytest.param(None, False, "open", marks=states("5/S2:249/null"), id="null"),
    pytest.param(searchset(), False, "presumed", marks=states("5/S3:372/empty"), id="no entry"),
    pytest.param({**searchset(), "entry": []}, False, "presumed", marks=states("5/S3:372/empty"), id="entry: []"),
    pytest.param({"resourceType": "Bundle"}, False, "presumed", marks=states("5/S3:372/empty"), id="Bundle alone"),
    pytest.param({"total": 0}, False, "presumed", marks=states("5/SBX/total"), id="total alone"),
    pytest.param({"resourceType": "Bundle", "total": 0}, False, "presumed", marks=states("5/SBX/total"), id="total"),
    pytest.param(outcome("forbidden"), False, "gap", marks=states("5/S2:249/outcome"), id="forbidden"),
    pytest.param(outcome("exception"), True, "gap", marks=states("5/S2:249/outcome"), id="failed"),
    pytest.param(
        {
            "resourceType": "OperationOutcome",
            "text": {"status": "generated", "div": "<div>no</div>"},
            "issue": [{"severity": "error", "code": "processing", "diagnostics": "not resolved", "details": None}],
        },
        True,
        "gap",
        marks=states("5/CRD/outcome"),
        id="as the CRD client sends",
    ),
    pytest.param(
        {**searchset(), "entry": [{"resource": outcome("security"), "search": {"mode": "outcome"}}]},
        False,
        "gap",
        marks=states("5/S2:249/outcome"),
        id="outcome as an entry",
    ),
    pytest.param(searchset(link=NEXT), True, "gap", marks=states("5/S2:247", "13/HAPI/paging"), id="a next page"),
    pytest.param(
        {"response": {"status": "200 OK"}, "resource": searchset()},
        False,
        "presumed",
        marks=states("5/CQF/response"),
        id="response and resource",
    ),
    pytest.param({"response": {"status": "200 OK"}}, True, "gap", marks=states("5/CQF/response"), id="response"),
    pytest.param(
        {"response": {"status": "403 Forbidden"}}, False, "gap", marks=states("5/CQF/response"), id="response 403"
    ),
    pytest.param("", True, "gap", marks=states("5/S2:249/absent"), id="empty text"),
    pytest.param({}, True, "gap", marks=states("5/S2:249/absent"), id="empty object"),
    pytest.param([], True, "gap", marks=states("5/S2:249/absent"), id="empty array"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "asked", "proves"), STATES)
def test_what_a_key_proves(client: HookClient, value: Any, asked: bool, proves: str) -> None:
    response = in_place(client, value)
    detail = detail_of(response)
    assert (PRESUMED in detail) == (proves == "presumed")
    assert (NOT_RETRIEVED in detail) == (proves != "presumed")
    assert (NOT_ALL_READ in detail) == (proves == "gap")
    assert (MAY_FIT in topics(response)) == (proves == "presumed"), "nothing unknown is a pass"


@pytest.mark.parametrize(("value", "asked", "proves"), STATES)
def test_whether_the_server_is_asked_for_a_key(
    client: HookClient, ehr: Ehr, value: Any, asked: bool, proves: str
) -> None:
    response = in_place(client, value, **BY_SERVER)
    assert bool(ehr.asked_for("Procedure")) == asked
    assert ehr.seen == ehr.asked_for("Procedure"), "nothing else is asked again"
    assert (MAY_FIT in topics(response)) == (asked or proves == "presumed")


@states("5/S2:231", "5/S3:295", "5/CQF/partial")
@pytest.mark.parametrize("given", range(13))
def test_any_number_of_keys_may_be_satisfied(client: HookClient, ehr: Ehr, given: int) -> None:
    prefetch = dict(list(full(client).items())[:given])
    assert topics(ask(client, prefetch, **BY_SERVER))[0] == MAY_FIT
    assert len(ehr.seen) == len(templates(client)) - len(prefetch)


@states("5/S2:247")
def test_a_next_link_is_read_on_with_the_token(client: HookClient, ehr: Ehr) -> None:
    first, *rest = [one for one in resources(ehr.bundle) if one["resourceType"] == "Condition"]
    more = {"resourceType": "Condition", "id": "more", "subject": {"reference": f"Patient/{BOYS_ID}"}}

    def pages(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        onward = [{"relation": "next", "url": f"{SERVER}/Condition?page={page + 1}"}] if page < 4 else []
        found = rest if page == 2 else [{**more, "id": f"more{page}"}]
        return fhir_response(searchset(*found, **({"link": onward} if onward else {}), total=0))

    ehr.instead["Condition"] = pages
    begun = searchset(first, link=[{"relation": "next", "url": f"{SERVER}/Condition?page=2"}])
    response = ask(client, with_key(client, conditions={**begun, "total": 1}), **BY_SERVER)
    assert [request.url.params["page"] for request in ehr.seen] == ["2", "3", "4"]
    assert {request.headers["authorization"] for request in ehr.seen} == {"Bearer s3cret-t0ken"}
    assert NOT_ALL_READ not in detail_of(response)


@states("5/S2:247")
def test_pages_without_end_are_left(client: HookClient, ehr: Ehr) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        one = {"resourceType": "Procedure", "id": f"p{page}", "subject": {"reference": f"Patient/{BOYS_ID}"}}
        onward = [{"relation": "next", "url": f"{SERVER}/Procedure?page={page + 1}"}]
        return fhir_response(searchset(one, link=onward))

    ehr.instead["Procedure"] = endless
    response = in_place(client, NOT_THERE, **BY_SERVER)
    assert len(ehr.seen) <= client.app.state.service.settings.fhir_pages
    assert "only a part came: procedures" in detail_of(response)
    assert MAY_FIT not in topics(response)


@states("5/S2:249/outcome")
def test_what_the_server_refuses_is_unknown_and_not_asked_twice(client: HookClient, ehr: Ehr) -> None:
    ehr.instead["Procedure"] = lambda _: fhir_response(outcome("forbidden"), 403)
    response = in_place(client, NOT_THERE, **BY_SERVER)
    assert len(ehr.seen) == 1
    assert "access refused: procedures" in detail_of(response)


@states("5/S2:251", "6/S2:502")
@pytest.mark.parametrize(
    "prefetch", [..., None, {}, {"patient": None}, {"patient": outcome("forbidden")}, {"other": searchset()}]
)
@pytest.mark.parametrize("status", [None, 401, 403, 404, 500])
def test_where_nothing_can_be_had_it_is_412(client: HookClient, ehr: Ehr, prefetch: Any, status: int | None) -> None:
    if status is not None:
        kinds = {query.partition("?")[0].partition("/")[0] for query in templates(client).values()}
        ehr.instead = dict.fromkeys(kinds, lambda _: httpx.Response(status))
    response = ask(client, prefetch, **({} if status is None else BY_SERVER))
    assert response.status_code == 412
    assert response.json()["issue"][0]["code"] == "incomplete"


# --- what clients do not do -------------------------------------------------------------------------------------------


def transplant(**members: Any) -> dict[str, Any]:
    """A transplant of stem cells, made up, which the trial of the boy excludes."""
    return {
        "resourceType": "Procedure",
        "id": "transplant",
        "status": "completed",
        "subject": {"reference": f"Patient/{BOYS_ID}"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "234336002"}]},
        "performedDateTime": "2026-10-01",
        **members,
    }


def test_a_transplant_that_counts_changes_the_answer(client: HookClient) -> None:
    assert MAY_FIT not in topics(in_place(client, searchset(transplant())))


@states("5/GOOD/filter")
@pytest.mark.parametrize(
    ("unlike", "may_fit"),
    [
        ({"subject": {"reference": "Patient/somebody-else"}}, False),  # and the answer that held it is no full one
        ({"performedDateTime": "2026-12-24"}, True),
        ({"status": "entered-in-error"}, True),
        ({"status": "not-done"}, True),
        ({"code": {"coding": [{"system": "http://snomed.info/sct", "code": "80146002"}]}}, True),
    ],
    ids=["subject", "date", "status", "not done", "code"],
)
def test_everything_is_filtered_again(client: HookClient, unlike: dict[str, Any], may_fit: bool) -> None:
    response = in_place(client, searchset(transplant(**unlike)))
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
    {"resourceType": "MedicationRequest", "status": "draft", "subject": {"reference": f"Patient/{BOYS_ID}"}},
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
        "subject": {"reference": f"Patient/{BOYS_ID}"},
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "a made-up remedy"}}],
        "medicationReference": {"reference": "#m"},
    }
    missing = {**contained, "id": "missing", "contained": [], "medicationReference": {"reference": "Medication/none"}}
    for one in (contained, missing):
        assert cards_of(ask(client, with_key(client, medication_requests=searchset(one))))


# The shapes of older versions, made up.
DSTU2 = {
    "patient": {"resourceType": "Patient", "id": BOYS_ID, "gender": "male", "birthDate": "2018-01-01"},
    "conditions": searchset(
        {
            "resourceType": "Condition",
            "id": "c",
            "patient": {"reference": f"Patient/{BOYS_ID}"},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91857003"}]},
            "clinicalStatus": "active",
            "verificationStatus": "confirmed",
            "dateRecorded": "2026-01-01",
        }
    ),
    "medication-requests": searchset(
        {
            "resourceType": "MedicationOrder",
            "id": "m",
            "patient": {"reference": f"Patient/{BOYS_ID}"},
            "dateWritten": "2026-01-01",
            "medicationCodeableConcept": {"text": "a made-up remedy"},
        }
    ),
}
STU3 = {
    "patient": {"resourceType": "Patient", "id": BOYS_ID, "gender": "male", "birthDate": "2018-01-01"},
    "conditions": searchset(
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": f"Patient/{BOYS_ID}"},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91857003"}]},
            "clinicalStatus": "active",
            "verificationStatus": "confirmed",
            "assertedDate": "2026-01-01",
        }
    ),
    "procedures": searchset(
        {
            "resourceType": "Procedure",
            "id": "p",
            "subject": {"reference": f"Patient/{BOYS_ID}"},
            "status": "completed",
            "notDone": True,
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "234336002"}]},
            "performedDateTime": "2026-10-01",
        }
    ),
    "immunizations": searchset(
        {
            "resourceType": "Immunization",
            "id": "i",
            "patient": {"reference": f"Patient/{BOYS_ID}"},
            "status": "completed",
            "notGiven": False,
            "vaccineCode": {"text": "a made-up vaccine"},
            "date": "2026-01-01",
        }
    ),
}


@states("5/AHRQ/versions")
@pytest.mark.parametrize("old", [DSTU2, STU3], ids=["DSTU2", "STU3"])
def test_older_versions_are_read_or_left_open_and_decide_nothing_wrongly(client: HookClient, old: Any) -> None:
    alone = ask(client, old)
    assert alone.status_code in {200, 412}
    response = ask(client, {**full(client), **{key: value for key, value in old.items() if key != "patient"}})
    assert cards_of(response)
    if old is STU3:  # a procedure that was not done excludes nobody
        assert not any("SENLT7INELIGIBLE" in topic for topic in topics(response))
