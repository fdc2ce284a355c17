"""The REST interface: a Bundle in, results out; and what is screened for."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import QueryParams

from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.inputs.reader import records_in
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import Kind
from trialsieve.service.processes.refusals import RefusedInputError
from trialsieve.service.request.screening_request import Question, declared_anchors, today
from trialsieve.service.request.written_values import anchor_days, covered_kinds, day, trial_named
from trialsieve.service.rest.models import (
    BODY_SCHEMA,
    ScreenQuery,
    TrialList,
    TrialRules,
    result_object,
    screened_object,
)
from trialsieve.service.rest.trials import trial_rules, trial_summary
from trialsieve.service.security.caller import Caller
from trialsieve.service.security.explanation_links import explanation_url
from trialsieve.service.security.known_caller import CallerDependency
from trialsieve.service.state import ServiceState, StateDependency
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.keeping import Asked, keep, kept_results
from trialsieve.service.storage.kept import KeptResult
from trialsieve.service.storage.kept_record import record_bytes
from trialsieve.service.web.errors import IssueCode, ServiceError, ask_again
from trialsieve.service.web.json_body import JsonObject
from trialsieve.service.web.limits import deadline_of
from trialsieve.service.web.notes import note_count
from trialsieve.service.web.openapi import error_responses
from trialsieve.service.web.request_time import Now

router = APIRouter(tags=["REST"])

MOST_PATIENTS: Final = 100
SOURCE: Final = "request"
"""What results name as their `source`."""


def json_answer(schema: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    """How an endpoint that writes its answer itself documents it."""
    return {200: {"description": "OK", "content": {"application/json": {"schema": schema}}}}


@router.post(
    "/screen",
    summary="Screen every patient of a Bundle",
    responses=json_answer(screened_object()) | error_responses(422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": BODY_SCHEMA} for kind in ("application/json", "application/fhir+json")},
        }
    },
)
async def screen(
    request: Request,
    query: Annotated[ScreenQuery, Query()],
    caller: CallerDependency,
    state: StateDependency,
    now: Now,
    body: JsonObject,
) -> Response:
    """One result for each patient and trial, and what of the body could not be used.

    The body is a Bundle of one or several patients, or a single resource.
    """
    deadline = deadline_of(request)
    check_given_once(request.query_params)
    asked = question(query, state, now)
    problems: list[InputProblem] = []
    reading = functools.partial(records_in, body, SOURCE, problems.append, asked.covers)
    records = await state.desk.aside(state.refusals.guarded(functools.partial(orjson.dumps, body), reading))
    check_number(records, problems)
    note_count(request.scope, "patients", len(records))
    parts: list[bytes] = []
    kept: list[Future[bool]] = []
    not_covered: Counter[str] = Counter()
    for record in records:
        work = functools.partial(_answered, record, asked, caller, state, now, deadline)
        guarded = state.refusals.guarded(functools.partial(record_bytes, record), work)
        try:
            answered = await state.desk.work(guarded, deadline)
        except RefusedInputError as error:
            if len(records) == 1:
                raise
            problems.append(InputProblem(SOURCE, record.patient, error.diagnostics))
            continue
        parts += answered.results
        problems += answered.problems
        not_covered.update(kind.value for kind in answered.not_covered)
        kept.append(answered.kept)
    await state.store.settled(kept)
    told = orjson.dumps([asdict(problem) for problem in problems])
    open_for = orjson.dumps(dict(sorted(not_covered.items())))
    answer = b'{"results":[' + b",".join(parts) + b'],"problems":' + told + b',"not_covered":' + open_for + b"}"
    return Response(answer, media_type="application/json")


@router.get("/trials", summary="What is screened for")
async def trials(caller: CallerDependency, state: StateDependency) -> TrialList:
    """The trials that this service screens for."""
    return TrialList(trials=[trial_summary(state.book.trials[name]) for name in state.trials])


@router.get("/trials/{trial_id}", summary="One trial: its sentences, their rules, what is on hold and why")
async def trial(trial_id: str, caller: CallerDependency, state: StateDependency) -> TrialRules:
    """The criteria of a trial, each with the registry's sentence and the rule that stands for it."""
    return trial_rules(state.book.trials[known_trial(trial_id, state)], state.book)


@router.get("/results/{result_id}", summary="One result, as it was given", responses=json_answer(result_object()))
def result(result_id: UUID, caller: CallerDependency, state: StateDependency) -> Response:
    """The same bytes as when it was given; only to the caller that it was given to."""
    try:
        kept = state.store.result(str(result_id), caller.owner)
    except StoreError as error:
        raise ask_again("What was kept cannot be read at the moment; ask again.", 5) from error
    if kept is None:
        raise ServiceError(404, IssueCode.NOT_FOUND, "There is no result of this id, or it is not this caller's.")
    return Response(kept.json, media_type="application/json")


def check_given_once(parameters: QueryParams) -> None:
    """Refuses a second value (400) where one alone counts: the last would win, and nobody would be told."""
    for name in ("as_of", "absence"):
        if len(parameters.getlist(name)) > 1:
            raise ServiceError(400, IssueCode.VALUE, f"{name}: it is given more than once; give it once.")


def question(query: ScreenQuery, state: ServiceState, now: datetime) -> Question:
    """What is asked, checked. Raises ServiceError: 404 for an unknown trial, else 400."""
    names = tuple(dict.fromkeys(known_trial(name, state) for name in query.trial)) or state.trials
    try:
        as_of = today(state.book.site, now) if query.as_of is None else day("as_of", query.as_of)
        anchors = declared_anchors(anchor_days(query.anchor, "anchor"), names, state.book, "anchor")
        covers = covered_kinds(",".join(query.covers) if query.covers else None, "covers")
    except UsageError as error:
        raise ServiceError(400, IssueCode.VALUE, _sentence(error)) from error
    return Question(state.book, names, Circumstances(as_of, query.absence or state.settings.absence, anchors), covers)


def _sentence(error: UsageError) -> str:
    said = str(error)
    return said if said.endswith((".", "?")) else f"{said}."


def known_trial(name: str, state: ServiceState) -> str:
    """The id of a trial that this service screens for, whatever the case it is written in."""
    try:
        return trial_named(name, state.trials)
    except UsageError as error:
        raise ServiceError(404, IssueCode.NOT_FOUND, _sentence(error)) from error


def check_number(records: Sequence[Record], problems: Sequence[InputProblem]) -> None:
    """Refuses a body without patients (400), and one with more than an answer should hold (413)."""
    if not records:
        reasons = "; ".join(dict.fromkeys(problem.reason for problem in problems if not problem.reference))
        why = f" ({reasons})" if reasons else ""
        said = f"The body holds nothing about a patient that can be used{why}; give a FHIR Bundle with a Patient."
        raise ServiceError(400, IssueCode.INCOMPLETE, said)
    if len(records) > MOST_PATIENTS:
        said = f"The body holds {len(records)} patients, more than {MOST_PATIENTS}; use `trialsieve screen` for these."
        raise ServiceError(413, IssueCode.TOO_LONG, said)


@dataclass(frozen=True, slots=True)
class _Answered:
    """One patient's results, what of the record could not be used or is not covered, and what comes of keeping it."""

    results: list[bytes]
    problems: tuple[InputProblem, ...]
    not_covered: frozenset[Kind]
    kept: Future[bool]


def _answered(
    record: Record, asked: Question, caller: Caller, state: ServiceState, now: datetime, deadline: float
) -> _Answered:
    """The answer about one patient. For the desk's thread."""
    screened = state.desk.screened(record, asked.circumstances, asked.trials, deadline)
    results = kept_results(screened.answers, now)
    whose = Asked(caller.owner, "rest", now)
    kept = keep(state.store, whose, record, asked.circumstances, results, resources=state.settings.keep_resources)
    for result in results:
        state.metrics.results.labels(result.trial, result.verdict).inc()
    not_covered = screened.not_covered - asked.covers
    return _Answered([with_link(result, state, now) for result in results], screened.problems, not_covered, kept)


def with_link(result: KeptResult, state: ServiceState, now: datetime) -> bytes:
    """The public object with its id, and where its explanation can be read."""
    first = orjson.dumps({"id": result.result_id, "link": explanation_url(state.settings, result.result_id, now)})
    return first[:-1] + b"," + result.json[1:]
