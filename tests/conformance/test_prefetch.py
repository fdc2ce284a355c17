"""Section 5 of the checklist: the templates, and the states of a key."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from ehr import (
    BOYS_ID,
    BY_SERVER,
    MAY_FIT,
    NOT_ALL_READ,
    NOT_RETRIEVED,
    PRESUMED,
    SERVER,
    Ehr,
    ask,
    detail_of,
    full,
    outcome,
    topics,
    with_key,
)
from hook_client import HookClient, fhir_response, resources, searchset, templates

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
    pytest.param(
        {"resourceType": "Bundle", "entry": None}, False, "open", marks=states("5/S2:249/null"), id="entry: null"
    ),
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
