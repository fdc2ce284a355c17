"""A token counts once for all workers, who know of each other through the database alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from trialsieve.service.security.seen_tokens import YOUNG_SECONDS
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
    ("age", "meanwhile", "reasons", "afterwards"),
    [
        (0, [200, 401], ["replayed"], [401, 401]),
        (YOUNG_SECONDS + SKEW, [200, 401], ["replayed"], [401, 401]),
        (YOUNG_SECONDS + SKEW + 1, [503, 503], ["not-known-new", "not-known-new"], [200, 401]),
    ],
    ids=["new", "at", "old"],
)
def test_while_the_database_cannot_be_asked_young_tokens_alone_count(
    service: Callable[..., Any],
    sign: Callable[..., str],
    tmp_path: Path,
    age: float,
    meanwhile: list[int],
    reasons: list[str],
    afterwards: list[int],
) -> None:
    worker = service()
    folder = tmp_path / "folder"
    store = Store.open(f"sqlite:///{folder / 'store.sqlite'}")
    worker.remembered.seen, worker.remembered.forget_token = store.seen, store.forget_token
    token = sign({"iat": NOW - age})
    shutil.rmtree(folder)
    folder.write_text("in the way", encoding="utf-8")
    try:
        assert [worker.ask(token).status_code for _ in range(2)] == meanwhile
        assert worker.reasons == reasons
        folder.unlink()
        assert [worker.ask(token).status_code for _ in range(2)] == afterwards
    finally:
        store.close()


def test_who_sends_an_old_token_meanwhile_is_told_to_come_again_and_it_is_counted(
    service: Callable[..., Any], sign: Callable[..., str], tmp_path: Path
) -> None:
    worker = service()
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}")
    worker.remembered.seen, worker.remembered.forget_token = store.seen, store.forget_token
    try:
        with store._database.write():  # the lock is held, and a second or two are too short
            answer = worker.ask(sign({"iat": NOW - 10 * YOUNG_SECONDS}))
        assert store.unknown_tokens == 1
    finally:
        store.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "www-authenticate" not in answer.headers
    (issue,) = answer.json()["issue"]
    assert (issue["code"], issue["diagnostics"]) == (
        "transient",
        "Whether this token was used before cannot be found out at the moment; ask again with a new one.",
    )


def test_a_bad_token_is_refused_as_ever_while_the_database_cannot_be_asked(
    service: Callable[..., Any], sign: Callable[..., str], tmp_path: Path
) -> None:
    worker = service()
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}")
    worker.remembered.seen = store.seen
    try:
        with store._database.write():
            for token in (sign({"exp": NOW - 600, "iat": NOW - 900}), sign(by="other-ec"), "a.b.c"):
                answer = worker.ask(token)
                assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
                assert "diagnostics" not in answer.text
    finally:
        store.close()


def test_an_old_token_counts_while_the_database_can_be_asked(
    service: Callable[..., Any], sign: Callable[..., str]
) -> None:
    assert service().ask(sign({"iat": NOW - 10 * YOUNG_SECONDS})).status_code == 200
