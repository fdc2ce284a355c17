"""The CDS Hooks endpoints: discovery, and the services that answer with cards."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Annotated, Any, Final

import orjson
import structlog
from fastapi import APIRouter, Depends, Request, Response

from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.servers.bounded_http import ServerLimits
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer, ServerAddressError
from trialsieve.fhir_adapters.servers.prefetched import (
    Gathered,
    Gathering,
    NothingKnownError,
    WrongPatientError,
    gather,
)
from trialsieve.service.hooks.cards import CardChoices, MadeCard, Shown, cards_for
from trialsieve.service.hooks.discovery import HOOKS, HookService, Offer, offer
from trialsieve.service.hooks.requests import HookCall, hook_call
from trialsieve.service.hooks.responses import Card, CardsResponse, DiscoveryResponse, json_bytes
from trialsieve.service.hooks.unknown_keys import unknown_keys
from trialsieve.service.request.screening_request import today
from trialsieve.service.screening.desk import PatientAnswers, check_time
from trialsieve.service.security.caller import Caller
from trialsieve.service.security.explanation_links import explanation_url
from trialsieve.service.security.known_caller import CallerDependency
from trialsieve.service.state import ServiceState, StateDependency
from trialsieve.service.storage.keeping import Asked, keep, kept_results
from trialsieve.service.web.errors import IssueCode, ServiceError
from trialsieve.service.web.json_body import JsonObject
from trialsieve.service.web.limits import deadline_of
from trialsieve.service.web.notes import note_count, note_hook
from trialsieve.service.web.openapi import error_responses, json_request
from trialsieve.service.web.request_time import Now

_log = structlog.stdlib.get_logger("trialsieve.service")

router = APIRouter(tags=["CDS Hooks"])

DISCOVERY_SECONDS: Final = 300

_REQUEST_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["hook", "hookInstance", "context"],
    "properties": {
        "hook": {"enum": list(HOOKS)},
        "hookInstance": {"type": "string", "pattern": r"\S", "description": "A UUID; any text is taken."},
        "fhirServer": {"type": ["string", "null"]},
        "fhirAuthorization": {"type": ["object", "null"], "properties": {"access_token": {"type": "string"}}},
        "context": {
            "type": "object",
            "required": ["patientId"],
            "properties": {
                "userId": {"type": "string"},
                "patientId": {"type": "string", "pattern": "^(Patient/)?[A-Za-z0-9-]{1,64}$"},
                "encounterId": {"type": "string"},
            },
        },
        "prefetch": {"type": ["object", "null"], "description": "By the keys that discovery names."},
    },
}


# Dependencies are coroutines, although they await nothing: FastAPI sends others to a thread, for each request.
async def offer_of(request: Request, state: StateDependency) -> Offer:
    """What this service offers; worked out when it is first asked."""
    held: tuple[ServiceState, Offer] | None = getattr(request.app.state, "cds_hooks_offer", None)
    if held is None or held[0] is not state:
        held = state, offer(state.book, state.trials, list_trials=state.settings.list_trial_services)
        request.app.state.cds_hooks_offer = held
    return held[1]


OfferDependency = Annotated[Offer, Depends(offer_of)]


async def service_of(service_id: str, offered: OfferDependency) -> HookService:
    """The service of that id. Raises ServiceError (404)."""
    service = offered.services.get(service_id)
    if service is None:
        raise ServiceError(404, IssueCode.NOT_FOUND, "There is no service of this id; cds-services lists them.")
    return service


ServiceDependency = Annotated[HookService, Depends(service_of)]


@router.get(
    "/cds-services",
    summary="Discovery",
    responses={200: {"model": DiscoveryResponse}, 304: {"description": "It has not changed"}},
)
async def discovery(request: Request, caller: CallerDependency, offered: OfferDependency) -> Response:
    """The services, and what each asks a client to prefetch."""
    headers = {"ETag": offered.etag, "Cache-Control": f"private, max-age={DISCOVERY_SECONDS}"}
    if _is_known(request.headers.get("if-none-match", ""), offered.etag):
        return Response(status_code=304, headers=headers)
    return Response(offered.document, headers=headers, media_type="application/json")


@router.post(
    "/cds-services/{service_id}",
    summary="Screen the patient whose chart is open",
    responses={200: {"model": CardsResponse}, **error_responses(412, 422)},
    openapi_extra=json_request(_REQUEST_SCHEMA),
)
async def screen(
    request: Request,
    caller: CallerDependency,
    service: ServiceDependency,
    state: StateDependency,
    now: Now,
    body: JsonObject,
) -> Response:
    """Cards for the trials that are worth a look, the nearest first; an empty list where there is none."""
    deadline = deadline_of(request)
    call = hook_call(body, service)
    note_hook(request.scope, service.hook, call.hook_instance)
    gathering, unusable = await _asked(call, service, caller, state)
    asked = Asked(caller.owner, service.hook, now, call.hook_instance)
    # All that is mere work is done in the desk's thread: the event loop stays free for those who ask for little.
    work = functools.partial(_cards, gathering, unusable, service, asked, state, deadline)
    guarded = state.refusals.guarded(lambda: orjson.dumps(gathering.content), work)
    cards, kept = await state.desk.work(guarded, deadline)
    await state.store.settled([kept])
    note_count(request.scope, "cards", len(cards))
    return Response(
        json_bytes(CardsResponse(cards=cards)), headers={"Cache-Control": "no-store"}, media_type="application/json"
    )


def _cards(
    gathering: Gathering,
    unusable: str | None,
    service: HookService,
    asked: Asked,
    state: ServiceState,
    deadline: float,
) -> tuple[tuple[Card, ...], Future[bool]]:
    """The cards for a patient, and what comes of keeping the results. Raises ServiceError."""
    settings = state.settings
    gathered = _gathered(gathering, unusable, state)
    circumstances = Circumstances(today(state.book.site, asked.at), settings.absence)
    screened = state.desk.screened(gathered.record, circumstances, service.trials, deadline)
    check_time(deadline)
    results = kept_results(screened.answers, asked.at)
    shown = [Shown(answer.result, kept.result_id) for answer, kept in zip(screened.answers, results, strict=True)]
    made = cards_for(
        shown,
        state.book.trials,
        CardChoices(settings.most_cards, settings.show_ineligible, settings.card_when_outside),
        lambda result_id: explanation_url(settings, result_id, asked.at),
        _notices(gathered, unusable),
    )
    _count(state, screened, made)
    kept = keep(
        state.store,
        asked,
        gathered.record,
        circumstances,
        results,
        [card.kept for card in made],
        resources=settings.keep_resources,
    )
    return tuple(card.card for card in made), kept


def _notices(gathered: Gathered, unusable: str | None) -> Sequence[str]:
    """Why the client's FHIR server was not asked for what is missing, where something is: for whoever runs the service.

    What people must know of the record itself is a caution of the result.
    """
    if unusable is None or not any(account.is_gap for account in gathered.accounts):
        return ()
    return (f"For whoever runs this service: {unusable}",)


async def _asked(
    call: HookCall, service: HookService, caller: Caller, state: ServiceState
) -> tuple[Gathering, str | None]:
    """What the client and its FHIR server answer, and why that server was not asked, if it was not."""
    server, unusable = _server(call, caller, state)
    try:
        gathering = await gather(call.prefetch, service.templates, call.patient_id, server)
    except WrongPatientError as error:
        raise ServiceError(400, IssueCode.CONFLICT, f"{error}.") from None
    unanswered = gathering.unanswered()
    if unanswered:  # cards say what is missing; why is for whoever runs this
        tell = _log.warning if gathering.asked_server else _log.info
        strange = unknown_keys(call.prefetch or (), service.templates)
        tell("part of the record could not be read", keys=unanswered, asked_server=gathering.asked_server, **strange)
    return gathering, unusable


def _gathered(gathering: Gathering, unusable: str | None, state: ServiceState) -> Gathered:
    """The patient's record."""
    try:
        gathered = gathering.gathered()
    except NothingKnownError as error:
        why = f" {unusable}" if unusable else ""
        raise ServiceError(412, IssueCode.INCOMPLETE, f"{error}.{why}") from None
    for account in gathered.accounts:
        if account.by_server:
            state.metrics.fhir_requests.labels(account.state.value).inc()
    return gathered


def _server(call: HookCall, caller: Caller, state: ServiceState) -> tuple[FhirServer | None, str | None]:
    """The FHIR server of the call, where it is one that may be asked."""
    if call.fhir_server is None:
        return None, None
    if not caller.may_read(call.fhir_server):
        return None, "fhirServer is not one that this service may read for this client (setting fhir_servers)."
    if call.token_patient not in {None, call.patient_id}:  # a search might find nothing, for it may see nothing
        return None, "fhirAuthorization.patient: not the patient of context.patientId; the FHIR server was not asked."
    settings = state.settings
    limits = ServerLimits(
        settings.fhir_seconds,
        settings.fhir_pages,
        settings.fhir_bytes,
        settings.fhir_resources,
        settings.fhir_parallel,
    )
    try:
        return FhirServer(state.fhir, call.fhir_server, call.token, limits), None
    except ServerAddressError as error:
        return None, f"{error}."


def _count(state: ServiceState, screened: PatientAnswers, made: Sequence[MadeCard]) -> None:
    for answer in screened.answers:
        state.metrics.results.labels(answer.result.trial, answer.result.verdict.value).inc()
    for card in made:
        state.metrics.cards.labels(card.kept.trial, card.kept.verdict).inc()


def _is_known(if_none_match: str, etag: str) -> bool:
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in {etag, "*"} for tag in tags)
