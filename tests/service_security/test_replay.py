"""A token counts once for all workers, who know of each other through the database alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from trialsieve.service.security.replay import YOUNG_SECONDS
from trialsieve.service.storage.store import Store

NOW: Final = 1_800_000_000
SKEW: Final = 30


def test_a_token_that_another_worker_met_is_refused(
    service: Callable[..., Any], sign: Callable[..., str], tmp_path: Path
) -> None:
    workers = [service(), service()]
    stores = [Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") for _ in workers]
    try:
        for worker, store in zip(workers, stores, strict=True):
            worker.remembered.seen = store.seen
        token = sign()
        assert [worker.ask(token).status_code for worker in workers] == [200, 401]
        assert workers[1].reasons == ["replayed"]
        other = sign({"jti": "j2"})
        assert [worker.ask(other).status_code for worker in reversed(workers)] == [200, 401]
    finally:
        for store in stores:
            store.close()


@pytest.mark.parametrize(
    ("age", "status"),
    [(0, 200), (YOUNG_SECONDS + SKEW, 200), (YOUNG_SECONDS + SKEW + 1, 401)],
    ids=["new", "at", "old"],
)
def test_while_the_database_cannot_be_asked_young_tokens_alone_count(
    service: Callable[..., Any], sign: Callable[..., str], tmp_path: Path, age: float, status: int
) -> None:
    worker = service()
    store = Store.open(f"sqlite:///{tmp_path / 'folder' / 'store.sqlite'}")
    worker.remembered.seen = store.seen
    token = sign({"iat": NOW - age})
    shutil.rmtree(tmp_path / "folder")
    (tmp_path / "folder").write_text("in the way", encoding="utf-8")
    try:
        assert [worker.ask(token).status_code, worker.ask(token).status_code] == [status, 401]
        assert worker.reasons == ["replayed"] if status == 200 else ["not-known-new", "replayed"]
    finally:
        store.close()


def test_an_old_token_counts_while_the_database_can_be_asked(
    service: Callable[..., Any], sign: Callable[..., str]
) -> None:
    assert service().ask(sign({"iat": NOW - 10 * YOUNG_SECONDS})).status_code == 200
