"""From an answer to what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.service.screening.desk import Answer
from trialsieve.service.storage.kept import KeptCard, KeptResult, KeptScreening
from trialsieve.service.storage.kept_record import kept_input
from trialsieve.service.storage.store import Store


def kept_results(answers: Iterable[Answer], now: datetime) -> tuple[KeptResult, ...]:
    """Each answer under an id of its own, which cannot be guessed."""
    return tuple(
        KeptResult(str(uuid4()), answer.result.trial, answer.result.verdict.value, answer.json, now)
        for answer in answers
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a screening, how and when; `hook` is `rest` where no hook called."""

    caller: str
    hook: str
    at: datetime
    hook_instance: str | None = None


def keep(
    store: Store,
    asked: Asked,
    record: Record,
    circumstances: Circumstances,
    results: Sequence[KeptResult],
    cards: Sequence[KeptCard] = (),
    *,
    resources: bool,
) -> Future[bool]:
    """Queues what is kept of one request about one patient; the answer waits for it (`Store.settled`).

    Nothing that goes wrong here may cost the answer; it is a loss, and counted. `resources`: they are kept too.
    """
    try:
        kept = kept_screening(asked, record, circumstances, results, cards, resources=resources)
    except Exception as error:  # its message might quote the record
        return store.lose(f"it cannot be put into words ({type(error).__name__})")
    return store.keep_screening(kept)


def kept_screening(
    asked: Asked,
    record: Record,
    circumstances: Circumstances,
    results: Sequence[KeptResult],
    cards: Sequence[KeptCard] = (),
    *,
    resources: bool,
) -> KeptScreening:
    """Everything that is kept of one request about one patient."""
    decided_on = kept_input(record, resources=resources)
    return KeptScreening(
        screening_id=str(uuid4()),
        caller=asked.caller,
        hook=asked.hook,
        hook_instance=asked.hook_instance,
        at=asked.at,
        patient=record.patient,
        absence=circumstances.absence.value,
        anchors=dict(circumstances.anchors),
        input_sha256=decided_on.sha256,
        references=decided_on.references,
        resources=decided_on.resources,
        results=tuple(results),
        cards=tuple(cards),
    )
