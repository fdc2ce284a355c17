"""What is kept, who may see it, and how long it stays; feedback and tokens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from kept_things import LATER, NOW, said, screening
from sqlalchemy import Connection, event

from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.storage import rows
from trialsieve.service.storage.kept import FeedbackOutcome, KeptScreening
from trialsieve.service.storage.store import FORGOTTEN_EVERY, Store
from trialsieve.service.storage.writer import Writer


def only_result(kept: KeptScreening) -> str:
    return kept.results[0].result_id


def only_card(kept: KeptScreening) -> str:
    return kept.cards[0].card_uuid


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_screening_is_read_back_as_it_was_kept(store: Store) -> None:
    kept = screening(
        hook_instance="not-a-uuid",
        resources=b"\x00\xff bytes",
        absence="unknown",
        anchors={"enrollment": date(2026, 12, 1)},
    )
    store.keep_screening(kept)
    assert store.flush(5)
    assert store.screening_of(only_result(kept)) == kept


def test_the_link_in_a_card_works_at_once(store: Store) -> None:
    kept = screening()
    with store._database.write():  # the lock is held: nothing can have been written
        store.keep_screening(kept)
        assert store.result(only_result(kept), kept.caller) == kept.results[0]


@pytest.mark.usefixtures("path")
def test_what_comes_while_others_are_written_is_written_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    add = rows.add_screenings

    def noting(connection: Connection, kept: Sequence[KeptScreening]) -> None:
        written.append(len(kept))
        add(connection, kept)

    monkeypatch.setattr(rows, "add_screenings", noting)
    with store._database.write():
        for _ in range(20):
            store.keep_screening(screening())
    assert store.flush(20)
    assert sum(written) == 20
    assert len(written) <= 2


def test_who_waits_until_it_is_kept_finds_it_in_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialsieve.service.storage.store.LATE_SECONDS", 30)

    async def keep_and_wait(number: int) -> KeptScreening:
        kept = screening()
        items = store.keep_feedback([said(only_card(kept)), said(f"card {number}")], "hospital")
        await store.settled([store.keep_screening(kept), *items])
        return kept

    async def keep_several() -> list[KeptScreening]:
        return [await keep_and_wait(1), *await asyncio.gather(*(keep_and_wait(number) for number in (2, 3)))]

    began = time.monotonic()
    kept = asyncio.run(keep_several())
    assert time.monotonic() - began < 30
    with store._database.ask() as connection:
        there = {name for (name,) in connection.exec_driver_sql("SELECT result_id FROM results")}
        assert there == {only_result(one) for one in kept}
        assert connection.exec_driver_sql("SELECT count(*) FROM feedback").scalar() == 6


def test_what_comes_of_it_is_told(store: Store) -> None:
    kept = screening()
    assert store.keep_screening(kept).result(10) is True
    assert store.keep_screening(kept).result(10) is False  # its ids are taken
    assert store.lose("why").result(0) is False
    assert store.losses == 2


def test_what_cannot_even_be_queued_is_a_loss(store: Store) -> None:
    store.lose("it cannot be put into words")
    assert store.losses == 1


def test_another_process_sees_what_was_written(store: Store, url: str) -> None:
    kept = screening()
    store.keep_screening(kept)
    assert store.flush(5)
    other = Store.open(url)
    assert other.result(only_result(kept), kept.caller) == kept.results[0]
    other.close()


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize(("caller", "sees"), [("hospital", True), ("hospita", False), ("Hospital", False), ("", False)])
def test_a_caller_sees_only_its_own_results(store: Store, caller: str, sees: bool, written: bool) -> None:
    kept = screening("hospital")
    with store._database.write():
        store.keep_screening(kept)
        if not written:
            assert (store.result(only_result(kept), caller) is not None) is sees
    assert store.flush(5)
    assert (store.result(only_result(kept), caller) is not None) is sees


UNKNOWN = ("", "x", "\0", "\ud800", "a" * 10_000, "' OR 1=1 --", "2f057a10-4216-4284-9da6-2387bf04c749")


@pytest.mark.parametrize("asked", UNKNOWN)
def test_an_id_that_is_none_finds_nothing(store: Store, asked: str) -> None:
    assert store.result(asked, "hospital") is None
    assert store.screening_of(asked) is None


@pytest.mark.parametrize(
    ("text", "kept_as"),
    [("ä\N{GRINNING FACE}", "ä\N{GRINNING FACE}"), ("a\0b", "a\N{REPLACEMENT CHARACTER}b"), ("a\ud800b", "a?b")],
)
def test_what_no_database_can_hold_in_a_text_is_replaced(store: Store, text: str, kept_as: str) -> None:
    kept = screening(patient=text, hook_instance=text, references=(text,))
    store.keep_screening(kept)
    assert store.flush(5)
    found = store.screening_of(only_result(kept))
    assert found is not None
    assert (found.patient, found.hook_instance, found.references) == (kept_as, kept_as, (kept_as,))


def test_what_the_database_refuses_takes_nothing_else_with_it(store: Store) -> None:
    kept = [screening() for _ in range(5)]
    kept[2] = replace(kept[2], screening_id=kept[1].screening_id)
    with store._database.write():  # so that all five are one batch
        for one in kept:
            store.keep_screening(one)
    assert store.flush(5)
    assert [store.result(only_result(one), one.caller) is not None for one in kept] == [True, True, False, True, True]
    assert store.losses == 1


def test_closing_writes_what_is_queued(url: str) -> None:
    store = Store.open(url)
    kept = [screening() for _ in range(300)]
    for one in kept:
        store.keep_screening(one)
    store.close()
    again = Store.open(url)
    assert all(again.result(only_result(one), one.caller) for one in kept)
    again.close()


# --- feedback ---------------------------------------------------------------------------------------------------------


def test_feedback_comes_with_the_card_that_it_is_about(store: Store) -> None:
    kept = screening()
    store.keep_screening(kept)
    item = said(
        only_card(kept),
        reason_code="not-now",
        reason_system="urn:x",
        reason_display="Not now",
        comment="later",
        accepted_suggestions=("s1",),
    )
    (written,) = store.keep_feedback([item], "hospital")
    assert written.result(5) is True
    (found,) = store.feedback()
    assert (found.feedback, found.caller, found.card) == (item, "hospital", kept.cards[0])


@pytest.mark.parametrize(
    ("hours", "stays"), [(-1, FeedbackOutcome.OVERRIDDEN), (0, FeedbackOutcome.ACCEPTED), (1, FeedbackOutcome.ACCEPTED)]
)
def test_the_newest_feedback_on_a_card_stays(store: Store, hours: int, stays: FeedbackOutcome) -> None:
    card = str(uuid4())
    store.keep_feedback([said(card)], "hospital")
    store.keep_feedback([said(card, NOW + timedelta(hours=hours), outcome=FeedbackOutcome.ACCEPTED)], "hospital")
    assert store.flush(5)
    assert [found.feedback.outcome for found in store.feedback()] == [stays]


def test_feedback_on_no_known_card_is_kept_without_one(store: Store) -> None:
    kept = screening("hospital")
    store.keep_screening(kept)
    store.keep_feedback([said("never heard of it")], "hospital")
    store.keep_feedback([said(only_card(kept))], "somebody else")
    assert store.flush(5)
    assert [found.card for found in store.feedback()] == [None, None]


@pytest.mark.parametrize(("since", "found"), [("2026-11-19", 1), ("2026-11-20", 1), ("2026-11-21", 0)])
def test_feedback_since_a_day(store: Store, since: str, found: int) -> None:
    store.keep_feedback([said("c")], "hospital")
    assert store.flush(5)
    assert len(list(store.feedback(date.fromisoformat(since)))) == found


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_is_met_once(store: Store, url: str) -> None:
    other = Store.open(url)
    again = [store.seen("iss", "1", LATER), store.seen("iss", "1", LATER), other.seen("iss", "1", LATER)]
    assert again == [Met.NOW, Met.BEFORE, Met.BEFORE]
    others = [store.seen("iss", "2", LATER), store.seen("other", "1", LATER), store.seen("is", "s1", LATER)]
    assert others == [Met.NOW] * 3
    other.close()


def test_expired_tokens_are_forgotten(store: Store, url: str) -> None:
    past, ahead = NOW - timedelta(days=400), LATER
    assert store.seen("iss", "past", past) is Met.NOW
    assert store.seen("iss", "ahead", ahead) is Met.NOW
    store._tidy()
    other = Store.open(url)
    assert other.seen("iss", "past", past) is Met.NOW
    assert other.seen("iss", "ahead", ahead) is Met.BEFORE
    other.close()


def test_tokens_that_have_expired_take_no_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("trialsieve.service.storage.store.time.time", lambda: now)
    for number, seconds in enumerate((10, FORGOTTEN_EVERY - 1, FORGOTTEN_EVERY, FORGOTTEN_EVERY + 100)):
        store.seen("iss", str(number), datetime.fromtimestamp(now + seconds, UTC))
    now += FORGOTTEN_EVERY
    store.seen("iss", "new", LATER)
    assert len(store._tokens) == 3


def test_tokens_without_number_do_not_fill_the_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialsieve.service.storage.store.MOST_TOKENS", 10)
    assert {store.seen("iss", str(number), LATER) for number in range(40)} == {Met.NOW}
    assert len(store._tokens) <= 10
    assert {store.seen("iss", str(number), LATER) for number in range(40)} == {Met.BEFORE}


# --- how long ---------------------------------------------------------------------------------------------------------


def test_what_is_older_is_deleted_and_nothing_else(store: Store) -> None:
    kept = [screening(at=NOW + timedelta(seconds=seconds)) for seconds in (-1, 0, 1)]
    for one in kept:
        store.keep_screening(one)
        store.keep_feedback([said(only_card(one), one.at)], "hospital")
    assert store.flush(5)
    with store._database.write() as connection:
        assert not rows.delete_kept(connection, NOW)
    assert [store.result(only_result(one), one.caller) is not None for one in kept] == [False, True, True]
    assert [found.feedback.card_uuid for found in store.feedback()] == [only_card(one) for one in kept[1:]]
    with store._database.ask() as connection:
        left = connection.exec_driver_sql("SELECT (SELECT count(*) FROM results), (SELECT count(*) FROM cards)").one()
    assert tuple(left) == (2, 2)


@pytest.mark.parametrize(("old", "parts"), [(4, 1), (5, 2), (6, 2), (11, 3)])
def test_old_entries_go_in_small_parts_so_that_nobody_waits_long(
    store: Store, monkeypatch: pytest.MonkeyPatch, old: int, parts: int
) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 5)
    monkeypatch.setattr(rows, "MOST_SCREENINGS", 5)
    monkeypatch.setattr(store._writer, "_idle", lambda: False)  # which would delete some of them meanwhile
    past = NOW - timedelta(days=400)
    for number in range(old):
        store.keep_screening(screening(at=past))
        store.keep_feedback([said(f"card {number}", past)], "hospital")
        with store._database.write() as connection:
            rows.add_token(connection, f"old {number}", past)
            rows.add_token(connection, f"new {number}", LATER)
    store.keep_screening(screening())
    assert store.flush(10)
    store._retention = timedelta(days=200)
    begun: list[object] = []
    event.listen(store._database._writing, "begin", begun.append)
    while store._tidy():
        pass
    assert len(begun) == parts
    with store._database.ask() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("screenings", "results", "feedback", "seen_tokens")
        ]
    assert counts == [1, 1, 0, old]


def test_while_old_entries_go_answers_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialsieve.service.storage.writer.IDLE_PAUSE", 0.0)
    done: list[str] = []

    def delete() -> bool:
        done.append("deleted")
        return True  # there is always more

    def write(_: Connection, batch: Sequence[str]) -> None:
        done.extend(batch)

    writer = Writer[str](store._database, write, lambda _: None, delete)
    for number in range(3):
        assert writer.put(f"written {number}", 1).result(5) is True
    writer.close(5)
    order = [what for what in done if what != "deleted"]
    assert order == ["written 0", "written 1", "written 2"]
    assert "deleted" in done[done.index("written 0") : done.index("written 2")]


def test_what_is_older_than_the_retention_goes_by_itself(url: str) -> None:
    store = Store.open(url, retention=timedelta(days=36_500))
    old, new = screening(at=NOW - timedelta(days=40_000)), screening()
    for one in (old, new):
        store.keep_screening(one)
    assert store.flush(5)
    store._tidy()
    assert store.result(only_result(old), old.caller) is None
    assert store.result(only_result(new), new.caller) is not None
    store.close()
