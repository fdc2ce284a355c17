"""What clients tell of cards: several at once, again and again, with sloppy times; kept once (2.0, "Feedback")."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema
import pytest
from cds_hooks_schema import FEEDBACK
from hook_client import NOW, PATIENT_VIEW, HookClient, screen

from trialsieve.service.hooks.feedback_items import (
    LONGEST_COMMENT,
    LONGEST_TEXT,
    MOST_ITEMS,
    FeedbackRead,
    instant,
    read_feedback,
)
from trialsieve.service.hooks.override_reasons import SYSTEM
from trialsieve.service.storage.kept import FeedbackOutcome, KeptFeedback
from trialsieve.service.web.errors import ServiceError

CARD = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
URL = f"{PATIENT_VIEW}/feedback"

# The example of the specification.
ACCEPTED = {
    "card": CARD,
    "outcome": "accepted",
    "acceptedSuggestions": [{"id": "e56e1945-20b3-4393-8503-a1a20fd73152"}],
    "outcomeTimestamp": "2026-11-19T08:10:47Z",
}
OVERRIDDEN = {
    "card": CARD,
    "outcome": "overridden",
    "overrideReason": {
        "reason": {"code": "patient-declines", "system": SYSTEM},
        "userComment": "wants no more chemotherapy",
    },
    "outcomeTimestamp": "2026-11-19T08:12:47.123Z",
}


def read(*items: Any) -> FeedbackRead:
    return read_feedback({"feedback": list(items)}, NOW)


def kept_of(client: HookClient, card: str) -> list[KeptFeedback]:
    store = client.app.state.service.store
    assert store.flush(10)
    return [kept for kept in store.feedback() if kept.feedback.card_uuid == card]


@pytest.mark.parametrize("item", [ACCEPTED, OVERRIDDEN])
def test_these_examples_are_the_specifications(item: dict[str, Any]) -> None:
    jsonschema.validate({"feedback": [item]}, FEEDBACK)


def test_an_accepted_card_is_read() -> None:
    (item,) = read(ACCEPTED).items
    assert (item.card_uuid, item.outcome) == (CARD, FeedbackOutcome.ACCEPTED)
    assert item.accepted_suggestions == ("e56e1945-20b3-4393-8503-a1a20fd73152",)
    assert item.at == datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)


def test_an_overridden_card_is_read_with_its_reason() -> None:
    (item,) = read(OVERRIDDEN).items
    assert item.outcome is FeedbackOutcome.OVERRIDDEN
    assert (item.reason_code, item.reason_system) == ("patient-declines", SYSTEM)
    assert item.reason_display == "The patient does not wish to take part"
    assert item.comment == "wants no more chemotherapy"


@pytest.mark.parametrize(
    ("reason", "system", "display"),
    [
        ({"code": "not-now"}, SYSTEM, "Not now; show it again"),  # as the sandbox sends: no system, no display
        ({"code": "not-now", "system": "urn:other"}, "urn:other", None),
        ({"code": "foreign"}, None, None),
        ({"code": "not-now", "system": SYSTEM, "display": "As it was shown"}, SYSTEM, "As it was shown"),
    ],
)
def test_a_reason_without_its_system_is_ours_if_its_code_is(
    reason: dict[str, str], system: str | None, display: str | None
) -> None:
    (item,) = read({**OVERRIDDEN, "overrideReason": {"reason": reason}}).items
    assert (item.reason_code, item.reason_system, item.reason_display) == (reason["code"], system, display)


@pytest.mark.parametrize(
    "reason", [..., None, {}, "no", {"reason": None}, {"reason": {}}, {"reason": {"code": 7}}, {"userComment": ""}]
)
def test_a_reason_may_be_missing(reason: Any) -> None:
    item = {name: value for name, value in {**OVERRIDDEN, "overrideReason": reason}.items() if value is not ...}
    (found,) = read(item).items
    assert (found.reason_code, found.comment) == (None, None)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-11-19T08:10:47Z", datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        ("2026-11-19T08:10:47.5Z", datetime(2026, 11, 19, 8, 10, 47, 500_000, tzinfo=UTC)),
        ("2026-11-19T08:10:47.123456789Z", datetime(2026, 11, 19, 8, 10, 47, 123_456, tzinfo=UTC)),
        ("2026-11-19T09:10:47+01:00", datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        ("2026-11-19T08:10:47", datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        ("2026-11-19 08:10:47", datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        ("2026-11-19t08:10:47z", datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
        (1_795_075_847, datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        (1_795_075_847_000, datetime(2026, 11, 19, 8, 10, 47, tzinfo=UTC)),
        ("19/11/2026", NOW),
        ("", NOW),
        (None, NOW),
        (True, NOW),
        (1e300, NOW),
        (float("1e15"), NOW),
        ({}, NOW),
        ("0001-01-01T00:00:00+14:00", NOW),
        ("1999-12-31T23:59:59Z", NOW),
        ("2026-11-20T12:00:00Z", NOW),
        ("2026-11-20T12:00:01Z", NOW),  # a clock that is ahead
    ],
)
def test_a_time_is_read_as_it_was_meant(told: Any, meant: datetime) -> None:
    assert instant(told, NOW) == meant
    assert instant(told, NOW).tzinfo is UTC or instant(told, NOW).utcoffset() == timedelta(0)


def test_a_zone_is_turned_into_utc() -> None:
    cet = timezone(timedelta(hours=1))
    assert instant(datetime(2026, 11, 19, 9, tzinfo=cet).isoformat(), NOW) == datetime(2026, 11, 19, 8, tzinfo=UTC)


@pytest.mark.parametrize("card", [CARD.upper(), f"urn:uuid:{CARD}", f" {CARD} "])
def test_the_cards_id_is_found_however_it_is_written(card: str) -> None:
    assert read({**ACCEPTED, "card": card}).items[0].card_uuid == CARD


def test_of_one_card_in_one_call_the_last_counts() -> None:
    (item,) = read(ACCEPTED, OVERRIDDEN).items
    assert item.outcome is FeedbackOutcome.OVERRIDDEN
    assert len(read(ACCEPTED, {**ACCEPTED, "card": str(uuid.uuid4())}).items) == 2


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ("text", "feedback[1] is not an object"),
        (None, "feedback[1] is not an object"),
        ({"outcome": "accepted"}, "feedback[1].card is missing: it has to be the uuid of a card"),
        ({"card": "", "outcome": "accepted"}, "feedback[1].card is missing: it has to be the uuid of a card"),
        ({"card": 7, "outcome": "accepted"}, "feedback[1].card is missing: it has to be the uuid of a card"),
        ({"card": "x" * 256, "outcome": "accepted"}, "feedback[1].card is missing: it has to be the uuid of a card"),
        ({"card": CARD}, "feedback[1].outcome has to be accepted or overridden"),
        ({"card": CARD, "outcome": "ignored"}, "feedback[1].outcome has to be accepted or overridden"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_kept(client: HookClient, item: Any, fault: str) -> None:
    card = str(uuid.uuid4())
    response = client.post(URL, json={"feedback": [{**ACCEPTED, "card": card}, item]})
    assert response.status_code == 400
    assert response.json()["issue"][0]["diagnostics"] == f"{fault}. Taken all the same: 1 other item."
    assert len(kept_of(client, card)) == 1


@pytest.mark.parametrize("body", [{}, {"feedback": None}, {"feedback": "text"}, {"Feedback": []}])
def test_without_a_list_it_is_refused(client: HookClient, body: Any) -> None:
    response = client.post(URL, json=body)
    assert response.status_code == 400
    assert "feedback is missing" in response.json()["issue"][0]["diagnostics"]


def test_an_empty_list_and_a_single_object_are_taken(client: HookClient) -> None:
    assert client.post(URL, json={"feedback": []}).status_code == 200
    card = str(uuid.uuid4())
    assert client.post(URL, json={"feedback": {**ACCEPTED, "card": card}}).json() == {}
    assert len(kept_of(client, card)) == 1


def test_what_is_too_much_is_refused_or_cut() -> None:
    many = [{**ACCEPTED, "card": str(number)} for number in range(MOST_ITEMS + 1)]
    assert len(read(*many[:-1]).items) == MOST_ITEMS
    with pytest.raises(ServiceError) as caught:
        read(*many)
    assert caught.value.status == 413
    reason = {"reason": {"code": "c" * 1000, "system": "s" * 1000, "display": "d" * 1000}, "userComment": "x" * 9000}
    (item,) = read({**OVERRIDDEN, "overrideReason": reason}).items
    assert item.comment == "x" * LONGEST_COMMENT
    assert (item.reason_code, item.reason_system, item.reason_display) == tuple(sign * LONGEST_TEXT for sign in "csd")
    suggestions = [{"id": str(number)} for number in range(500)]
    assert len(read({**ACCEPTED, "acceptedSuggestions": suggestions}).items[0].accepted_suggestions) == 100


@pytest.mark.parametrize("suggestions", [..., None, [], "x", [None], [{}], [{"id": None}]])
def test_accepted_suggestions_may_be_missing(suggestions: Any) -> None:
    item = {n: value for n, value in {**ACCEPTED, "acceptedSuggestions": suggestions}.items() if value is not ...}
    assert read(item).items[0].accepted_suggestions == ()


def test_feedback_on_a_card_that_was_shown_is_kept_with_the_card(client: HookClient) -> None:
    card = screen(client, "NCT04762485/needs-review")[0]
    told = {"card": card["uuid"], "outcome": "overridden", "overrideReason": {"reason": card["overrideReasons"][0]}}
    for _ in range(3):  # repeats are legal, and change nothing
        assert client.post(URL, json={"feedback": [told]}).json() == {}
    (kept,) = kept_of(client, card["uuid"])
    assert kept.card is not None
    assert kept.card.trial in card["summary"]
    assert kept.card.criteria
    assert kept.feedback.reason_display == "Not suitable for this patient in my judgement"


def test_a_later_outcome_takes_the_place_of_the_earlier(client: HookClient) -> None:
    card = screen(client, "NCT04762485/needs-review")[0]["uuid"]
    first = {**OVERRIDDEN, "card": card}
    second = {**ACCEPTED, "card": card, "outcomeTimestamp": "2026-11-19T09:00:00Z"}
    for item in (first, second):
        assert client.post(URL, json={"feedback": [item]}).status_code == 200
    (kept,) = kept_of(client, card)
    assert kept.feedback.outcome is FeedbackOutcome.ACCEPTED
    assert kept.feedback.comment is None


def test_a_card_that_is_not_on_record_is_no_error(client: HookClient) -> None:
    card = str(uuid.uuid4())
    assert client.post(URL, json={"feedback": [{**ACCEPTED, "card": card}]}).status_code == 200
    (kept,) = kept_of(client, card)
    assert kept.card is None


def test_feedback_may_come_to_any_service_and_with_a_slash(client: HookClient) -> None:
    for path in ("/cds-services/trialsieve-encounter-start/feedback", f"{URL}/"):
        assert client.post(path, json={"feedback": [{**ACCEPTED, "card": str(uuid.uuid4())}]}).json() == {}


def test_what_a_clinician_wrote_is_in_no_answer(client: HookClient) -> None:
    told = {**OVERRIDDEN, "card": "", "overrideReason": {"userComment": "Mrs Winterbottom refuses"}}
    response = client.post(URL, json={"feedback": [told]})
    assert "Winterbottom" not in response.text
