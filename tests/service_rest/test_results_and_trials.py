"""GET /results/{id}, /trials and /trials/{id}."""

from __future__ import annotations

from uuid import uuid4

import pytest
from callers import calling_as
from hook_client import HookClient, example

from trialsieve.service.storage.database_faults import StoreError


def one_result(client: HookClient) -> str:
    response = client.post("/screen?trial=SENL-T7", json=example("SENL-T7/eligible-boy"))
    return str(response.json()["results"][0]["id"])


def test_a_result_is_given_again_byte_for_byte(client: HookClient) -> None:
    given = client.post("/screen?trial=SENL-T7", json=example("SENL-T7/eligible-boy"))
    first = given.json()["results"][0]
    again = client.get(f"/results/{first['id']}")
    assert again.status_code == 200
    assert again.content[1:] in given.content
    assert again.json() == {name: value for name, value in first.items() if name not in {"id", "link"}}


@pytest.mark.parametrize(
    ("name", "tenant", "status"),
    [("ehr", "a", 200), ("ehr", "b", 404), ("ehr", None, 404), ("other", "a", 404), ("anonymous", None, 404)],
)
def test_a_caller_sees_only_its_own(client: HookClient, name: str, tenant: str | None, status: int) -> None:
    with calling_as(client, "ehr", "a"):
        result = one_result(client)
    with calling_as(client, name, tenant):
        assert client.get(f"/results/{result}").status_code == status


@pytest.mark.parametrize(
    ("asked", "status"), [("2f057a10-4216-4284-9da6-2387bf04c749", 404), ("x", 400), ("%00", 400), ("..%2f..", 404)]
)
def test_an_unknown_result_is_said_to_be_unknown(client: HookClient, asked: str, status: int) -> None:
    response = client.get(f"/results/{asked}")
    assert response.status_code == status
    assert response.json()["resourceType"] == "OperationOutcome"


def test_a_store_that_cannot_be_read_asks_to_come_again(client: HookClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(result_id: str) -> None:
        raise StoreError("/data/trialsieve.sqlite: cannot be read: disk I/O error")

    store = client.app.state.service.store
    monkeypatch.setattr(store, "screening_of", fails)
    response = client.get(f"/results/{uuid4()}")
    assert response.status_code == 503
    assert "retry-after" in response.headers
    assert "sqlite" not in response.text


def test_the_trials_are_listed_with_their_rules(client: HookClient) -> None:
    book = client.app.state.service.book
    listed = client.get("/trials").json()["trials"]
    assert [(one["id"], one["version"], one["criteria"], one["rules_sha256"]) for one in listed] == [
        (trial.id, trial.version, len(trial.criteria), trial.rules_sha256) for trial in book.trials.values()
    ]


def test_a_trial_is_shown_sentence_by_sentence(client: HookClient) -> None:
    shown = client.get("/trials/nct04762485").json()
    trial = client.app.state.service.book.trials["NCT04762485"]
    assert [rule["text"] for rule in shown["rules"]] == [criterion.text for criterion in trial.criteria]
    by_id = {rule["id"]: rule for rule in shown["rules"]}
    assert by_id["I06"]["readings"].keys() == {"as-written", "presumed"}
    assert "read in 2 ways" in by_id["I06"]["on_hold"][0]
    assert by_id["I05"]["on_hold"] == []
    assert "is at least 50 %" in by_id["I05"]["atoms"][0]["asks"]


def test_an_unknown_trial_is_told_what_there_is(client: HookClient) -> None:
    response = client.get("/trials/NCT0476248")
    assert response.status_code == 404
    assert "did you mean NCT04762485" in response.json()["issue"][0]["diagnostics"]
