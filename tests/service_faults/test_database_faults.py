"""The database is locked, read-only, full or gone: clinicians are answered as ever, and what is lost is told."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from hook_client import EXAMPLES, HookClient, Json, screen, serving
from sqlalchemy import Engine, event

from trialsieve.service.storage import writer
from trialsieve.service.storage.store import Store

BOY = "SENL-T7/eligible-boy"
MOST_QUEUED = 3
SOON = 20  # seconds; a loaded machine of one slow core

Fault = Callable[[HookClient, Path], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    """A service that waits for its database for a moment only, and can keep but a few answers meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "FIRST_PAUSE", 0.02)
        patch.setattr(writer, "LONGEST_PAUSE", 0.05)
        patch.setattr(writer, "COMPLAINTS_EVERY", 0.0)
        patch.setattr("trialsieve.service.storage.waits.WRITER_WAITS", 0.1)
        patch.setattr("trialsieve.service.storage.waits.ASKER_WAITS", 0.1)
        patch.setattr(Store.__init__, "__kwdefaults__", {"most_queued": MOST_QUEUED})
        with serving(tmp_path_factory.mktemp("data") / "store") as running:
            yield running


def database(client: HookClient) -> Path:
    return Path(client.app.state.service.settings.data_folder) / "trialsieve.sqlite"


def losses(client: HookClient) -> float:
    """As Prometheus reads them."""
    (count,) = re.findall(r"^trialsieve_store_losses (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(count)


def told(cards: list[Json]) -> list[tuple[str, str]]:
    return [(card["summary"], card["detail"]) for card in cards]


@contextmanager
def locked(_: HookClient, path: Path) -> Iterator[None]:
    """Another process holds the lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def whenever_asked(client: HookClient, statement: str) -> Iterator[None]:
    """Every connection is first told this."""
    engine: Engine = client.app.state.service.store._database._writing

    def tell(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(statement)

    event.listen(engine, "checkout", tell)
    try:
        yield
    finally:
        event.remove(engine, "checkout", tell)
        engine.dispose()


def read_only(client: HookClient, _: Path) -> AbstractContextManager[None]:
    """SQLite refuses to write."""
    return whenever_asked(client, "PRAGMA query_only = ON")


def full(client: HookClient, _: Path) -> AbstractContextManager[None]:
    """There is no room for one more page."""
    return whenever_asked(client, "PRAGMA max_page_count = 1")


@contextmanager
def gone(_: HookClient, path: Path) -> Iterator[None]:
    """Its folder is no more, and cannot be made again."""
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way", encoding="utf-8")
    yield
    path.parent.unlink()


@pytest.mark.parametrize("fault", [locked, read_only, full, gone], ids=lambda fault: fault.__name__)
def test_the_cards_come_as_ever_and_what_could_not_be_kept_is_counted(
    client: HookClient, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    store: Store = client.app.state.service.store
    usual = told(screen(client, BOY))
    assert store.flush(SOON)
    before = losses(client)
    with fault(client, database(client)), caplog.at_level(logging.INFO):
        for _ in range(MOST_QUEUED + 2):
            began = time.monotonic()
            assert told(screen(client, BOY)) == usual
            assert time.monotonic() - began < SOON
        bundle = (EXAMPLES / f"{BOY}.json").read_bytes()
        results = client.post("/screen", content=bundle, headers={"Content-Type": "application/json"})
        assert results.status_code == 200
        assert losses(client) == before + 3
        assert client.get("/health").status_code == 200
    assert store.flush(SOON)
    assert losses(client) == before + 3
    assert "the queue of what is to be written is full" in caplog.text
    assert "eligible-boy" not in caplog.text


@pytest.mark.parametrize("fault", [locked, gone], ids=lambda fault: fault.__name__)
def test_an_explanation_can_be_read_although_it_is_not_written_yet(client: HookClient, fault: Fault) -> None:
    store: Store = client.app.state.service.store
    with fault(client, database(client)):
        link = screen(client, BOY)[0]["links"][0]["url"].removeprefix("http://127.0.0.1:8080")
        assert client.get(link).status_code == 200
    assert store.flush(SOON)
    assert client.get(link).status_code == 200


def test_what_was_kept_earlier_cannot_be_read_while_it_is_gone(client: HookClient) -> None:
    store: Store = client.app.state.service.store
    bundle = (EXAMPLES / f"{BOY}.json").read_bytes()
    answer = client.post("/screen", content=bundle, headers={"Content-Type": "application/json"})
    path = f"/results/{answer.json()['results'][0]['id']}"
    assert store.flush(SOON)
    with gone(client, database(client)):
        refused = client.get(path)
        page = client.get(path.replace("results", "explanations"))
    assert (refused.status_code, page.status_code) == (503, 503)
    assert refused.json()["issue"][0]["code"] == "transient"
    for text in (refused.text, page.text):
        assert not re.search(f"{re.escape(str(database(client).parent))}|sqlite", text)


def test_feedback_that_cannot_be_kept_is_counted_too(client: HookClient) -> None:
    store: Store = client.app.state.service.store
    (card, *_) = screen(client, BOY)
    assert store.flush(SOON)
    before = losses(client)
    with locked(client, database(client)):
        for _ in range(MOST_QUEUED + 1):
            item = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-20T12:00:00Z"}
            body = json.dumps({"feedback": [item]})
            response = client.post(
                "/cds-services/trialsieve-patient-view/feedback",
                content=body,
                headers={"Content-Type": "application/json"},
            )
            assert response.status_code == 200
    assert store.flush(SOON)
    assert losses(client) == before + 1
