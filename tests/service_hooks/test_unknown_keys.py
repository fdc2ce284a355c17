"""Prefetch keys that the service has not asked for: the log names those that look like ours, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hook_client import PATIENT_VIEW, HookClient, call, example, patient_of, prefetch_of, templates
from structlog.testing import capture_logs

from trialsieve.service.hooks.unknown_keys import LONGEST, MOST_LOOKED_AT, MOST_NAMED, unknown_keys

EVENT = "part of the record could not be read"


def logged(client: HookClient, renamed: dict[str, str]) -> Any:
    """The line about what could not be read of an example whose prefetch has these keys under other names."""
    bundle = example("SENL-T7/eligible-boy")
    prefetch = prefetch_of(bundle, templates(client))
    sent = {renamed.get(key, key): value for key, value in prefetch.items()}
    with capture_logs() as lines:
        assert client.post(PATIENT_VIEW, json=call(patient_of(bundle), sent)).status_code == 200
    return next((line for line in lines if line["event"] == EVENT), None)


def test_a_mistyped_key_is_named_beside_the_one_that_is_missing(client: HookClient) -> None:
    line = logged(client, {"conditions": "condition"})
    assert line["keys"] == {"conditions": "not asked: the client did not send it"}
    assert (line["keys_not_known"], line["not_known"]) == (["condition"], 1)


def test_so_is_a_list_of_codes_as_it_was_called_before_an_upgrade(client: HookClient) -> None:
    now = next(key for key in templates(client) if key.startswith("observations-1-"))
    line = logged(client, {now: "observations-1-0123abcd"})
    assert list(line["keys"]) == [now]
    assert line["keys_not_known"] == ["observations-1-0123abcd"]


def test_nothing_is_said_of_keys_where_all_were_asked_for(client: HookClient) -> None:
    bundle = example("SENL-T7/eligible-boy")
    with capture_logs() as lines:
        client.post(PATIENT_VIEW, json=call(patient_of(bundle), {"conditions": None, "patient": None}))
        client.post(PATIENT_VIEW, json=call(patient_of(bundle)))
    told = [line for line in lines if line["event"] == EVENT]
    assert told
    assert not any("keys_not_known" in line or "not_known" in line for line in told)


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("condition", True),
        ("Conditions", True),
        ("medicationRequests", True),
        ("observations-2-deadbeef", True),
        ("observations-2-deadbeef1", False),
        ("conditions7", False),
        ("conditions-of-p1", False),
        ("conditions\n", False),
        ("mustermann", False),
        ("Erika-Mustermann", False),
        ("Patient/p1", False),
        ("", False),
    ],
)
def test_only_what_looks_like_a_key_of_ours_is_repeated(key: str, named: bool) -> None:
    asked_for = ("patient", "conditions", "medication-requests", "observations-1-0123abcd")
    assert unknown_keys([*asked_for, key], asked_for) == {"keys_not_known": [key] if named else [], "not_known": 1}


@pytest.mark.parametrize(("length", "named"), [(LONGEST, True), (LONGEST + 1, False)])
def test_a_long_name_is_not_repeated(length: int, named: bool) -> None:
    key = "a" * length
    assert unknown_keys([key], ["a" * LONGEST + "b"])["keys_not_known"] == ([key] if named else [])


def test_a_few_are_named_and_all_are_counted() -> None:
    sent = [f"condition{'s' * number}" for number in range(2, MOST_NAMED + 3)]
    assert unknown_keys(sent, ["conditions"]) == {"keys_not_known": sent[:MOST_NAMED], "not_known": MOST_NAMED + 1}
    late = [*("x" * MOST_LOOKED_AT), "condition"]
    assert unknown_keys(late, ["conditions"]) == {"keys_not_known": [], "not_known": MOST_LOOKED_AT + 1}
    assert unknown_keys(["conditions"], ["conditions"]) == {}
