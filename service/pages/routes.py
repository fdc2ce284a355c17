"""The pages: the start page, and the explanation of one result."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from trialsieve.service.hooks.services import OfferDependency
from trialsieve.service.pages.explanation import explanation_view
from trialsieve.service.pages.rendering import message, page
from trialsieve.service.pages.start import start_view
from trialsieve.service.security.explanation_links import LinkState, check_link
from trialsieve.service.state import StateDependency
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.web.request_time import Now

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)


def _html(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {"text/html": {"schema": {"type": "string"}}}
    said = {403: "The link is not one of ours, or has expired", 404: "Nothing is kept under this id", 503: "Ask again"}
    return {status: {"description": said.get(status, "A page"), "content": content} for status in (200, *statuses)}


@router.get("/", summary="What runs here", responses=_html())
async def start(state: StateDependency, offered: OfferDependency) -> Response:
    """What runs here, by which rules, and how to connect to it."""
    view = start_view(state.settings, state.book, state.trials, offered.services.values())
    return page("start.html", view=view)


@router.get("/explanations/{result_id}", summary="One result, explained", responses=_html(403, 404, 503))
def explanation(
    result_id: str,
    state: StateDependency,
    now: Now,
    expires: Annotated[str, Query(description="Until when the link holds.")] = "",
    signature: Annotated[str, Query(description="That the link was made here.")] = "",
) -> Response:
    """The full explanation of one stored result, for whoever holds the link."""
    link = check_link(state.settings, result_id, expires, signature, now)
    if link is LinkState.EXPIRED:
        return message(
            403,
            "This link has expired",
            "Links to explanations hold for a limited time, so that they cannot be passed on for ever.",
            "Open the patient's chart again: the card then has a new link.",
        )
    if link is LinkState.FORGED:
        return message(
            403,
            "This link does not work",
            "It is incomplete, or was changed on its way.",
            "Open it from the card itself, or open the patient's chart again for a new one.",
        )
    try:
        kept = state.store.screening_of(result_id)
    except StoreError:
        return message(503, "Not to be read at the moment", "What was kept cannot be read just now. Try again shortly.")
    if kept is None:
        return message(
            404,
            "Nothing is kept under this link",
            "Either there never was such a result, or it has been deleted since, as this site's settings say.",
            "Open the patient's chart again for a new one.",
        )
    return page("explanation.html", view=explanation_view(result_id, kept, state.book))
