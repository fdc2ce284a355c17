"""From an answer to what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.record import Record
from trialsieve.service.screening_desk import Answer
from trialsieve.service.storage.kept import KeptCard, KeptResult, KeptScreening
from trialsieve.service.storage.kept_record import kept_input


def kept_results(answers: Iterable[Answer], now: datetime) -> tuple[KeptResult, ...]:
    """Each answer under an id of its own, which cannot be guessed."""
    return tuple(
        KeptResult(str(uuid4()), answer.result.trial, answer.result.verdict.value, answer.json, now)
        for answer in answers
    )


def kept_screening(
    record: Record,
    circumstances: Circumstances,
    results: Sequence[KeptResult],
    *,
    caller: str,
    hook: str,
    now: datetime,
    keep_resources: bool,
    hook_instance: str | None = None,
    cards: Sequence[KeptCard] = (),
) -> KeptScreening:
    """Everything that is kept of one request about one patient; `hook` is `rest` where no hook called."""
    decided_on = kept_input(record, resources=keep_resources)
    return KeptScreening(
        screening_id=str(uuid4()),
        caller=caller,
        hook=hook,
        hook_instance=hook_instance,
        at=now,
        patient=record.patient,
        absence=circumstances.absence.value,
        anchors=dict(circumstances.anchors),
        input_sha256=decided_on.sha256,
        references=decided_on.references,
        resources=decided_on.resources,
        results=tuple(results),
        cards=tuple(cards),
    )
