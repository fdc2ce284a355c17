"""The feedback endpoint: what clinicians did with the cards, kept so that it can be learned from."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from trialsieve.service.hooks.feedback_items import read_feedback, refusal
from trialsieve.service.hooks.services import ServiceDependency
from trialsieve.service.security.known_caller import CallerDependency
from trialsieve.service.state import StateDependency
from trialsieve.service.storage.kept import FeedbackOutcome
from trialsieve.service.web.json_body import JsonObject
from trialsieve.service.web.notes import note_count
from trialsieve.service.web.openapi import json_request
from trialsieve.service.web.request_time import Now

router = APIRouter(tags=["CDS Hooks"])

_ITEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["card", "outcome"],
    "properties": {
        "card": {"type": "string", "pattern": r"\S", "maxLength": 255, "description": "The uuid of a card."},
        "outcome": {"enum": [outcome.value for outcome in FeedbackOutcome]},
        "acceptedSuggestions": {"type": "array"},
        "overrideReason": {
            "type": "object",
            "properties": {
                "reason": {"type": "object", "properties": {"code": {"type": "string"}, "system": {"type": "string"}}},
                "userComment": {"type": "string"},
            },
        },
        "outcomeTimestamp": {"type": "string"},
    },
}
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["feedback"],
    "properties": {"feedback": {"type": "array", "items": _ITEM, "maxItems": 1_000}},
}


@router.post(
    "/cds-services/{service_id}/feedback",
    summary="What was done with cards",
    responses={200: {"content": {"application/json": {"schema": {"type": "object", "maxProperties": 0}}}}},
    openapi_extra=json_request(_SCHEMA),
)
async def feedback(
    request: Request,
    caller: CallerDependency,
    service: ServiceDependency,
    state: StateDependency,
    now: Now,
    body: JsonObject,
) -> Response:
    """Takes what was accepted and overridden. Sent again, an item takes the place of the earlier one of its card."""
    read = read_feedback(body, now)
    note_count(request.scope, "feedback", len(read.items))
    if read.items:
        await state.store.settled(state.store.keep_feedback(read.items, caller.owner))
    if read.faults:
        raise refusal(read)
    return Response(b"{}", media_type="application/json", headers={"Cache-Control": "no-store"})
