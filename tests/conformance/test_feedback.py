"""Section 8 of the checklist: feedback."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import structlog
from ehr import ask, cards_of, full
from hook_client import PATIENT_VIEW, HookClient

from trialsieve.service.storage.kept import FeedbackOutcome, KeptFeedback

states = pytest.mark.states
URL = f"{PATIENT_VIEW}/feedback"
WHEN = "2026-11-19T08:10:47Z"


def told(card: str, **members: Any) -> dict[str, Any]:
    item = {"card": card, "outcome": "overridden", "outcomeTimestamp": WHEN, **members}
    return {name: value for name, value in item.items() if value is not ...}


def send(client: HookClient, *items: Any) -> None:
    response = client.post(URL, json={"feedback": list(items)})
    assert (response.status_code, response.json()) == (200, {})


def kept(client: HookClient, card: str) -> KeptFeedback:
    store = client.app.state.service.store
    assert store.flush(10)
    (found,) = [one for one in store.feedback() if one.feedback.card_uuid == card]
    assert isinstance(found, KeptFeedback)
    return found


@pytest.fixture
def card(client: HookClient) -> dict[str, Any]:
    """A card that was shown."""
    return cards_of(ask(client, full(client)))[0]


@states("8/S2:752")
@pytest.mark.parametrize("body", [{}, {"feedback": None}, {"feedback": 7}, [], {"feedback": [7]}, {"feedback": [{}]}])
def test_the_body_is_an_object_with_an_array(client: HookClient, body: Any) -> None:
    assert client.post(URL, json=body).status_code == 400


@states("8/S2:757", "8/GOOD/answer", "13/AHRQ/log")
def test_an_accepted_card_is_kept(client: HookClient, card: dict[str, Any]) -> None:
    suggestion = str(uuid.uuid4())
    send(client, told(card["uuid"], outcome="accepted", acceptedSuggestions=[{"id": suggestion}]))
    found = kept(client, card["uuid"])
    assert found.feedback.outcome is FeedbackOutcome.ACCEPTED
    assert found.feedback.accepted_suggestions == (suggestion,)
    assert found.card is not None
    assert found.card.trial == "SENL-T7"


@states("8/S2:757", "8/SBX/reason")
@pytest.mark.parametrize("shape", ["whole", "sandbox", "comment", "none", "null", "accepted without suggestions"])
def test_what_clients_say_of_a_card_is_kept(client: HookClient, card: dict[str, Any], shape: str) -> None:
    reason = card["overrideReasons"][0]
    shapes: dict[str, dict[str, Any]] = {
        "whole": {"overrideReason": {"reason": reason, "userComment": "made up"}},
        "sandbox": {"overrideReason": {"reason": {"code": reason["code"]}}},
        "comment": {"overrideReason": {"userComment": "made up"}},
        "none": {},
        "null": {"overrideReason": None, "acceptedSuggestions": None},
        "accepted without suggestions": {"outcome": "accepted"},
    }
    send(client, told(card["uuid"], **shapes[shape]))
    item = kept(client, card["uuid"]).feedback
    named = shape in {"whole", "sandbox"}
    assert (item.reason_code, item.reason_system) == ((reason["code"], reason["system"]) if named else (None, None))
    assert item.reason_display == (reason["display"] if named else None)


@states("8/S2:767")
@pytest.mark.parametrize(
    ("when", "second", "microsecond"),
    [
        ("2026-11-19T08:10:47Z", 47, 0),
        ("2026-11-19T08:10:47.52Z", 47, 520_000),
        ("2026-11-19T08:10:47.123456789Z", 47, 123_456),
        ("2026-11-19T09:10:47+01:00", 47, 0),
        ("2026-11-19t08:10:47z", 47, 0),
    ],
)
def test_times_are_read(client: HookClient, card: dict[str, Any], when: str, second: int, microsecond: int) -> None:
    send(client, told(card["uuid"], outcomeTimestamp=when))
    at = kept(client, card["uuid"]).feedback.at
    assert (at.hour, at.second, at.microsecond) == (8, second, microsecond)


@states("8/S2:767")
@pytest.mark.parametrize("when", [..., None, "", "yesterday", 0, {}])
def test_without_a_time_feedback_is_kept_all_the_same(client: HookClient, card: dict[str, Any], when: Any) -> None:
    send(client, told(card["uuid"], outcomeTimestamp=when))
    assert kept(client, card["uuid"]).feedback.at


@states("8/S2:777", "8/EPIC/batch")
def test_several_cards_at_once_and_one_again_and_again(client: HookClient) -> None:
    cards = [card["uuid"] for _ in range(3) for card in cards_of(ask(client, full(client)))]
    for _ in range(3):
        send(client, *(told(card) for card in cards))
    send(client, told(cards[0]), told(cards[0], outcomeTimestamp="2026-11-19T09:00:00Z", outcome="accepted"))
    assert kept(client, cards[0]).feedback.outcome is FeedbackOutcome.ACCEPTED
    assert all(kept(client, card).feedback.outcome is FeedbackOutcome.OVERRIDDEN for card in cards[1:])


@states("8/GOOD/unknown")
def test_a_card_that_is_not_on_record_is_no_error(client: HookClient) -> None:
    card = str(uuid.uuid4())
    send(client, told(card))
    assert kept(client, card).card is None


@states("8/GOOD/comment", "9/BP/phi")
def test_what_a_clinician_wrote_is_in_no_log_and_no_answer(
    client: HookClient, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "Mrs Winterbottom"
    with structlog.testing.capture_logs() as logged:
        send(client, told(str(uuid.uuid4()), overrideReason={"userComment": secret}))
        response = client.post(URL, json={"feedback": [told("", overrideReason={"userComment": secret})]})
    assert response.status_code == 400
    assert logged
    assert secret not in response.text + repr(logged) + caplog.text
