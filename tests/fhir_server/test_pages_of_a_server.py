"""Pages of a FHIR server's answer: every one is read, within bounds, from the same server alone."""

from __future__ import annotations

import pytest
from fhir_questions import IN_FULL, IN_PART, asked, condition, next_link
from stand_in import StandIn, searchset
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trialsieve.fhir_adapters.servers.answers import Answered


def test_every_page_is_read(stand_in: StandIn) -> None:
    stand_in.records["p1"] = [condition(number) for number in range(7)]
    stand_in.page_size = 3
    answer = asked(stand_in)
    assert (answer.state, len(answer.entries), len(stand_in.requests)) == (IN_FULL, 7, 3)


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ("{base}/Condition?page=2", True),
        ("{base}?_getpages=2", True),
        ("Condition?page=2", True),
        ("?page=2", True),
        ("/fhir/Condition?page=2", True),
        ("http://elsewhere.example/fhir/Condition?page=2", False),
        ("//elsewhere.example/fhir/Condition?page=2", False),
        ("http://127.0.0.1:1/fhir/Condition?page=2", False),
        ("https://{host}/fhir/Condition?page=2", False),
        ("http://user@{host}/fhir/Condition?page=2", False),
        ("http://{host}/other/Condition?page=2", False),
        ("http://{host}/fhirx/Condition?page=2", False),
        ("http://{host}/fhir/../other/Condition?page=2", False),
        ("http://{host}/fhir/%2e%2e/other/Condition?page=2", False),
        ("file" + ":///etc/passwd", False),
        ("http://[", False),
    ],
)
def test_a_next_link_is_followed_on_the_same_server_alone(link: str, followed: bool, stand_in: StandIn) -> None:
    host = stand_in.base.removeprefix("http://").partition("/")[0]
    url = link.format(base=stand_in.base, host=host)

    async def first_then_second(request: Request) -> Response:
        if request.url.query == "patient=p1":
            return JSONResponse(searchset(condition(1), total=2, link=next_link(url)))
        return JSONResponse(searchset(condition(2), total=2))

    stand_in.instead.update({"Condition": first_then_second, "": first_then_second})
    answer = asked(stand_in)
    assert answer.state is (IN_FULL if followed else IN_PART)
    assert len(answer.entries) == (2 if followed else 1)
    assert len(stand_in.requests) == (2 if followed else 1)


def test_what_comes_twice_on_pages_that_shifted_leaves_something_out(stand_in: StandIn) -> None:
    async def shifted(request: Request) -> Response:
        first = request.url.query == "patient=p1"
        held = [condition(1), condition(2)] if first else [condition(2)]
        return JSONResponse(searchset(*held, total=3, **({"link": next_link("?page=2")} if first else {})))

    stand_in.instead["Condition"] = shifted
    answer = asked(stand_in)
    assert (answer.state, answer.reason) == (IN_PART, "holds 2 of the 3 resources that the search found")


def test_pages_that_lead_in_a_circle_are_left(stand_in: StandIn) -> None:
    async def same_page(request: Request) -> Response:
        return JSONResponse(searchset(condition(len(stand_in.requests)), link=next_link("?patient=p1&page=2")))

    stand_in.instead["Condition"] = same_page
    answer = asked(stand_in)
    assert (answer.state, len(stand_in.requests)) == (IN_PART, 2)
    assert "leads in a circle" in answer.reason


def test_pages_that_repeat_themselves_are_left(stand_in: StandIn) -> None:
    async def same_content(request: Request) -> Response:
        return JSONResponse(searchset(condition(1), link=next_link(f"?page={len(stand_in.requests)}")))

    stand_in.instead["Condition"] = same_content
    answer = asked(stand_in)
    assert (answer.state, len(stand_in.requests)) == (IN_PART, 2)
    assert "repeat" in answer.reason


def _endless(stand_in: StandIn) -> None:
    async def ever_more(request: Request) -> Response:
        number = len(stand_in.requests)
        return JSONResponse(searchset(condition(number), link=next_link(f"?page={number}")))

    stand_in.instead["Condition"] = ever_more


@pytest.mark.parametrize("most", [1, 5])
def test_endless_pages_end_at_the_limit(most: int, stand_in: StandIn) -> None:
    _endless(stand_in)
    answer = asked(stand_in, pages=most, seconds=20)
    assert (answer.state, len(stand_in.requests), len(answer.entries)) == (IN_PART, most, most)
    assert f"more than {most} pages" in answer.reason


@pytest.mark.parametrize(("most", "state", "pages"), [(7, IN_FULL, 3), (6, IN_PART, 3), (3, IN_PART, 2)])
def test_the_number_of_resources_is_bounded(most: int, state: Answered, pages: int, stand_in: StandIn) -> None:
    stand_in.records["p1"] = [condition(number) for number in range(7)]
    stand_in.page_size = 3
    answer = asked(stand_in, resources=most)
    assert (answer.state, len(stand_in.requests)) == (state, pages)


def test_a_further_page_that_fails_leaves_what_was_read(stand_in: StandIn) -> None:
    async def breaks_off(request: Request) -> Response:
        if len(stand_in.requests) == 1:
            return JSONResponse(searchset(condition(1), link=next_link("?page=2")))
        return Response(status_code=500)

    stand_in.instead["Condition"] = breaks_off
    answer = asked(stand_in)
    assert (answer.state, len(answer.entries)) == (IN_PART, 1)
    assert "a further page: answered with status 500" in answer.reason
