"""What is kept as rows of the tables, and back. The fields of what is kept are called as the columns are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Row, and_, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from trialsieve.service.storage.kept import (
    Feedback,
    FeedbackOutcome,
    KeptCard,
    KeptFeedback,
    KeptResult,
    KeptScreening,
)
from trialsieve.service.storage.tables import cards, feedback, portable, results, screenings, seen_tokens

MOST_ROWS: Final = 200
MOST_SCREENINGS: Final = 10
"""So many are deleted in one transaction. A screening's results take some 150 kB, and are overwritten."""


def add_screenings(connection: Connection, kept: Sequence[KeptScreening]) -> None:
    """New screenings, with their results and cards."""
    if not kept:
        return
    connection.execute(screenings.insert(), [_screening_row(one) for one in kept])
    if result_rows := [_result_row(one, result) for one in kept for result in one.results]:
        connection.execute(results.insert(), result_rows)
    if card_rows := [_card_row(one, card) for one in kept for card in one.cards]:
        connection.execute(cards.insert(), card_rows)


def put_feedback(connection: Connection, caller: str, item: Feedback) -> None:
    """New feedback, or newer feedback of the same caller on the same card; older feedback changes nothing."""
    row = {
        **asdict(item),
        "caller": caller,
        "outcome": item.outcome.value,
        "accepted_suggestions": _portable(item.accepted_suggestions),
    }
    added = inserting(connection, feedback).values(row)
    key = (feedback.c.caller, feedback.c.card_uuid)
    changes = {name: added.excluded[name] for name in row if name not in {"caller", "card_uuid"}}
    connection.execute(
        added.on_conflict_do_update(index_elements=key, set_=changes, where=added.excluded.at >= feedback.c.at)
    )


def add_token(connection: Connection, token_sha256: str, expires: datetime) -> bool:
    """Whether the token is new; it is then on record."""
    added = inserting(connection, seen_tokens).values(token_sha256=token_sha256, expires=expires)
    unless_there = added.on_conflict_do_nothing(index_elements=["token_sha256"])
    # Of an INSERT, SQLAlchemy tells no count unless it is asked to, and -1 where it has none.
    return connection.execute(unless_there, execution_options={"preserve_rowcount": True}).rowcount == 1


def delete_tokens(connection: Connection, before: datetime) -> bool:
    """Forgets some of the tokens that had expired by then; whether there may be more."""
    return _delete_some(connection, [seen_tokens.c.token_sha256], seen_tokens.c.expires < before, MOST_ROWS)


def delete_kept(connection: Connection, before: datetime) -> bool:
    """Deletes some of the screenings with their results and cards, and of the feedback, of before then.

    Whether there may be more.
    """
    more_said = _delete_some(connection, [feedback.c.caller, feedback.c.card_uuid], feedback.c.at < before, MOST_ROWS)
    more = _delete_some(connection, [screenings.c.screening_id], screenings.c.at < before, MOST_SCREENINGS)
    return more or more_said


def _delete_some(connection: Connection, key: Sequence[Column[Any]], which: ColumnElement[bool], most: int) -> bool:
    """Deletes so few rows at once that nobody waits long for the lock; whether there may be more."""
    some = select(*key).where(which).limit(most)
    return connection.execute(delete(key[0].table).where(tuple_(*key).in_(some))).rowcount == most


def screening_of_result(connection: Connection, result_id: str) -> KeptScreening | None:
    """The screening that a result belongs to, whole."""
    found = connection.execute(select(screenings).join(results).where(results.c.result_id == result_id)).one_or_none()
    return None if found is None else _screening(connection, found)


def each_feedback(connection: Connection, since: date | None) -> Iterator[KeptFeedback]:
    """In the order of time; with the card where the same caller was shown it."""
    shown = cards.join(screenings, screenings.c.screening_id == cards.c.screening_id)
    about = and_(cards.c.card_uuid == feedback.c.card_uuid, screenings.c.caller == feedback.c.caller)
    columns = [cards.c.card_uuid.label("known_uuid"), cards.c.result_id, cards.c.trial, cards.c.verdict]
    query = select(feedback, *columns, cards.c.criteria).select_from(feedback.outerjoin(shown, about))
    if since is not None:
        query = query.where(feedback.c.at >= datetime.combine(since, time.min, UTC))
    for row in connection.execute(query.order_by(feedback.c.at, feedback.c.card_uuid)):
        yield _feedback(row)


def inserting(connection: Connection, table: Any) -> Any:
    """An INSERT that can say what to do on a conflict: the same words in both databases."""
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return maker(table)


def _screening_row(kept: KeptScreening) -> dict[str, Any]:
    return {
        "screening_id": kept.screening_id,
        "caller": kept.caller,
        "hook": kept.hook,
        "hook_instance": kept.hook_instance,
        "at": kept.at,
        "patient": kept.patient,
        "absence": kept.absence,
        "anchors": {name: day.isoformat() for name, day in kept.anchors.items()},
        "input_sha256": kept.input_sha256,
        "references": _portable(kept.references),
        "resources": kept.resources,
    }


def _result_row(kept: KeptScreening, result: KeptResult) -> dict[str, Any]:
    return {**asdict(result), "screening_id": kept.screening_id}


def _card_row(kept: KeptScreening, card: KeptCard) -> dict[str, Any]:
    return {**asdict(card), "screening_id": kept.screening_id, "criteria": _portable(card.criteria)}


def _portable(texts: Iterable[str]) -> list[str]:
    return [portable(text) for text in texts]


def _screening(connection: Connection, row: Row[Any]) -> KeptScreening:
    answered = connection.execute(select(results).where(results.c.screening_id == row.screening_id))
    shown = connection.execute(select(cards).where(cards.c.screening_id == row.screening_id))
    return KeptScreening(
        screening_id=row.screening_id,
        caller=row.caller,
        hook=row.hook,
        hook_instance=row.hook_instance,
        at=row.at,
        patient=row.patient,
        absence=row.absence,
        anchors={name: date.fromisoformat(day) for name, day in row.anchors.items()},
        input_sha256=row.input_sha256,
        references=tuple(row.references),
        resources=row.resources,
        results=tuple(KeptResult(one.result_id, one.trial, one.verdict, one.json, one.at) for one in answered),
        cards=tuple(
            KeptCard(one.card_uuid, one.result_id, one.trial, one.verdict, tuple(one.criteria)) for one in shown
        ),
    )


def _feedback(row: Row[Any]) -> KeptFeedback:
    item = Feedback(
        row.card_uuid,
        FeedbackOutcome(row.outcome),
        row.at,
        row.reason_code,
        row.reason_system,
        row.reason_display,
        row.comment,
        tuple(row.accepted_suggestions),
    )
    card = KeptCard(row.known_uuid, row.result_id, row.trial, row.verdict, tuple(row.criteria or ()))
    return KeptFeedback(item, row.caller, card if row.known_uuid is not None else None)
