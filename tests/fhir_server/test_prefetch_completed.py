"""What a prefetch lacks is asked of the server, where that may help."""

from __future__ import annotations

from typing import Any

import pytest
from prefetch_accounts import IN_FULL, IN_PART, NOT_SUPPORTED, NULL, REFUSED, WARNED, account
from prefetching import ABSENT, PATIENT, Templates, condition, gather
from stand_in import StandIn, outcome, searchset
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trialsieve.fhir_adapters.servers.answers import Answered
from trialsieve.fhir_adapters.servers.prefetched import NothingKnownError
from trialsieve.rules.vocabulary import COVERABLE, Kind


@pytest.mark.parametrize(
    ("value", "asked", "state"),
    [
        (ABSENT, True, IN_FULL),
        (None, False, NULL),
        (searchset(), False, IN_FULL),
        (outcome("forbidden"), False, REFUSED),
        (outcome("exception"), True, IN_FULL),
        (outcome("not-supported"), True, IN_FULL),
        ("text", True, IN_FULL),
        (condition(), True, IN_FULL),
        (searchset(condition("c7"), total=5), True, IN_FULL),
    ],
)
def test_a_key_is_completed_by_the_server_where_that_may_help(
    value: Any, asked: bool, state: Answered, empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    stand_in.records["p1"] = [PATIENT, condition("c8")]
    prefetch = {**empty, "conditions": value}
    gathered = gather({key: given for key, given in prefetch.items() if given is not ABSENT}, templates, stand_in)
    told = account(gathered, "conditions")
    assert (told.by_server, told.state) == (asked, state)
    assert len(stand_in.requests) == (1 if asked else 0)
    if asked:
        assert [reference for reference, _ in gathered.record.resources] == ["Condition/c8"]


def test_a_missing_patient_is_read_even_where_the_client_said_null(
    empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    stand_in.records["p1"] = [PATIENT]
    gathered = gather({**empty, "patient": None}, templates, stand_in)
    assert gathered.record.patient_resource == PATIENT


def test_the_further_pages_of_a_prefetch_are_read(
    empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    stand_in.records["p1"] = [condition(f"c{n}") for n in range(5)]
    stand_in.page_size = 2
    first = stand_in.answer("Condition?patient=p1")
    gathered = gather({**empty, "conditions": first}, templates, stand_in)
    assert account(gathered, "conditions").state is IN_FULL
    assert len(gathered.record.resources) == 5
    assert [request.url.query for request in stand_in.requests] == ["patient=p1&page=1", "patient=p1&page=2"]


def test_where_the_next_link_leads_elsewhere_the_server_is_asked_anew(
    empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    stand_in.records["p1"] = [condition(f"c{n}") for n in range(3)]
    first = searchset(condition("c0"), link=[{"relation": "next", "url": "http://inside.example/fhir?page=2"}])
    gathered = gather({**empty, "conditions": first}, templates, stand_in)
    assert account(gathered, "conditions").state is IN_FULL
    assert len(gathered.record.resources) == 3


@pytest.mark.parametrize(
    ("conditions", "state"),
    [
        (searchset(condition(), total=4), IN_PART),
        (searchset(condition(), outcome("processing", "warning"), total=1), WARNED),
    ],
)
def test_what_the_server_cannot_complete_stays_as_it_was(
    empty: dict[str, Any], templates: Templates, stand_in: StandIn, conditions: dict[str, Any], state: Answered
) -> None:
    async def refuse(_request: Request) -> Response:
        return JSONResponse(outcome("forbidden"), 403)

    stand_in.instead["Condition"] = refuse
    gathered = gather({**empty, "conditions": conditions}, templates, stand_in)
    told = account(gathered, "conditions")
    assert (told.state, told.resources) == (state, 1)
    assert "asking the server: answered with status 403" in told.reason


def test_a_server_that_warns_as_the_client_did(empty: dict[str, Any], templates: Templates, stand_in: StandIn) -> None:
    warned = searchset(condition(), outcome("processing", "warning"), total=1)

    async def warn(_request: Request) -> Response:
        return JSONResponse(warned)

    stand_in.instead["Condition"] = warn
    gathered = gather({**empty, "conditions": warned}, templates, stand_in)
    told = account(gathered, "conditions")
    assert (told.state, told.by_server) == (WARNED, True)
    assert Kind.CONDITION not in gathered.record.vouched


def test_a_server_that_answers_for_another_patient(templates: Templates, stand_in: StandIn) -> None:
    stand_in.records["p1"] = [PATIENT]

    async def of_another(_request: Request) -> Response:
        return JSONResponse(searchset(condition("c2", "p2")))

    stand_in.instead["Condition"] = of_another
    gathered = gather(None, templates, stand_in)
    assert gathered.record.resources == []
    told = account(gathered, "conditions")
    assert (told.state, told.left_out, told.resources) == (IN_PART, 1, 0)
    assert Kind.CONDITION not in gathered.record.vouched


def test_a_server_without_some_types_and_one_that_is_down(templates: Templates, stand_in: StandIn) -> None:
    stand_in.records["p1"] = [PATIENT]

    async def missing(_request: Request) -> Response:
        return Response(status_code=404)

    stand_in.instead["MedicationAdministration"] = missing
    gathered = gather(None, templates, stand_in)
    assert account(gathered, "medication-administrations").state is NOT_SUPPORTED
    assert gathered.record.vouched == COVERABLE
    with pytest.raises(NothingKnownError):
        gather(None, templates, StandIn(base="http://127.0.0.1:1/fhir"))
