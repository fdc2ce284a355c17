"""A token counts once for all workers, who know of each other through the database alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from trialsieve.service.storage.store import Store


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
