"""What is sent: the specification's members, none of them null or empty."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cds_hooks_schema import check_cards, check_discovery, check_no_empties, check_template
from pydantic import ValidationError

from trialsieve.service.hooks.responses import (
    Card,
    CardsResponse,
    Coding,
    DiscoveryResponse,
    Link,
    ServiceDescription,
    Source,
    json_bytes,
)

CARD: dict[str, Any] = {
    "uuid": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
    "summary": "May fit",
    "indicator": "info",
    "source": Source(label="registry"),
}


def sent(part: CardsResponse | DiscoveryResponse) -> Any:
    return json.loads(json_bytes(part))


def test_without_cards_and_services_the_lists_are_empty() -> None:
    assert sent(CardsResponse(cards=())) == {"cards": []}
    assert sent(DiscoveryResponse(services=())) == {"services": []}


def test_optional_members_are_left_out() -> None:
    body = sent(CardsResponse(cards=(Card(**CARD, override_reasons=(), links=()),)))
    assert body == {"cards": [{**CARD, "source": {"label": "registry"}}]}
    check_cards(body)


def test_members_have_the_names_of_the_specification() -> None:
    reason = Coding(code="c", system="urn:s", display="d")
    link = Link(label="l", url="https://x.example/y")
    body = sent(CardsResponse(cards=(Card(**CARD, detail="text", override_reasons=(reason,), links=(link,)),)))
    check_cards(body)
    assert body["cards"][0]["overrideReasons"] == [{"code": "c", "system": "urn:s", "display": "d"}]
    assert body["cards"][0]["links"] == [{"label": "l", "url": "https://x.example/y", "type": "absolute"}]
    described = ServiceDescription(
        hook="patient-view", id="i", title="t", description="d", usage_requirements="u", hook_version="1.0", prefetch={}
    )
    body = sent(DiscoveryResponse(services=(described,)))
    check_discovery(body)
    assert body["services"][0]["usageRequirements"] == "u"
    assert body["services"][0]["hookVersion"] == "1.0"
    assert "prefetch" not in body["services"][0]


@pytest.mark.parametrize("length", [139, 140])
def test_a_summary_has_fewer_than_140_characters(length: int) -> None:
    made = {**CARD, "summary": "x" * length}
    if length < 140:
        assert Card(**made).summary == "x" * length
    else:
        with pytest.raises(ValidationError):
            Card(**made)


@pytest.mark.parametrize("indicator", ["critical", "hard-stop", ""])
def test_no_card_interrupts(indicator: str) -> None:
    with pytest.raises(ValidationError):
        Card(**{**CARD, "indicator": indicator})


@pytest.mark.parametrize(
    "empty", [{"uuid": ""}, {"detail": ""}, {"source": Source.model_construct(label="")}, {"summary": None}]
)
def test_what_may_not_be_left_out_cannot_be_empty(empty: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, AssertionError)):
        check_cards(sent(CardsResponse(cards=(Card(**{**CARD, **empty}),))))


# --- the checks that every test here relies on ------------------------------------------------------------------------

SOUND: dict[str, Any] = {**CARD, "source": {"label": "registry"}}


@pytest.mark.parametrize(
    "fault",
    [
        {"detail": ""},
        {"detail": None},
        {"links": []},
        {"uuid": "4E0A3A1E-3283-4575-AB82-028D55FE2719"},
        {"uuid": "1"},
        {"summary": "x" * 140},
        {"summary": "\U0001f600" * 70},
        {"summary": "two\nlines"},
        {"indicator": "critical"},
        {"indicator": "hard-stop"},
        {"source": {}},
        {"source": {"label": "l", "url": "/study"}},
        {"source": {"label": "l", "topic": {"code": "has-punctuation", "system": "s"}}},
        {"source": {"label": "l", "topic": {"code": "X" * 101, "system": "s"}}},
        {"overrideReasons": [{"code": "c", "system": "s"}]},
        {"links": [{"label": "l", "url": "https://x.example"}]},
        {"links": [{"label": "l", "url": "https://x.example/", "type": "absolute", "appContext": "c"}]},
        {"suggestions": [{"label": "l"}]},
        {"extension": [{}]},
        {"extension": {"nodots": 1}},
        {"other": 1},
    ],
)
def test_the_check_of_cards_finds(fault: dict[str, Any]) -> None:
    check_cards({"cards": [SOUND]})
    with pytest.raises(AssertionError):
        check_cards({"cards": [{**SOUND, **fault}]})


def test_the_check_of_cards_finds_two_of_one_id_and_empty_system_actions() -> None:
    faulty: list[Any] = [{"cards": [SOUND, SOUND]}, {"cards": [], "systemActions": []}, {}, {"cards": None}]
    for body in faulty:
        with pytest.raises(AssertionError):
            check_cards(body)


@pytest.mark.parametrize("query", ["/Patient", "https://x.example/Patient/1", "Patient?_has:x=1", "Observation?_include=x", "Patient/{{context.draftOrders.id}}"])  # fmt: skip  # noqa: E501
def test_the_check_of_templates_finds(query: str) -> None:
    with pytest.raises(AssertionError):
        check_template(query)


def test_the_check_of_discovery_finds() -> None:
    service = {"hook": "patient-view", "id": "i", "title": "t", "description": "d"}
    check_discovery({"services": [service, {**service, "hook": "encounter-start"}]})
    faults: list[Any] = [{"title": ""}, {"prefetch": {}}, {"prefetch": {"k": None}}, {"id": "a/b"}, {"hook": None}]
    for fault in faults:
        with pytest.raises(AssertionError):
            check_discovery({"services": [{**service, **fault}]})
    with pytest.raises(AssertionError):
        check_discovery({"services": [service, service]})
    with pytest.raises(AssertionError):
        check_no_empties({"cards": [{}]})
