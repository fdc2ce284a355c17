"""An input at which a worker hung or died is not tried again: real processes, and the same input sent again."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hook_client import example
from served import START_SECONDS, Served, serving

SCRIPT = Path(__file__).parent / "shared" / "hanging_service.py"
SOON = 30  # seconds, on a busy machine
QUICKLY = 3
HANGS_AFTER = 5
JSON = {"Content-Type": "application/json", "Connection": "close"}


def failing(folder: Path, how: str, *options: str, ready: int = 1, variables: Mapping[str, str] | None = None) -> Any:
    """A service in which the screening of `Patient/hangs` ends so."""
    set_so = {
        "HANGS_HOW": how,
        "TRIALSIEVE_REQUEST_SECONDS": "4",
        "TRIALSIEVE_HANGS_AFTER_SECONDS": str(HANGS_AFTER),
        **(variables or {}),
    }
    return serving(folder, "--trial", "SENL-T7", *options, ready=ready, program=(str(SCRIPT),), variables=set_so)


def bundle(*names: str) -> dict[str, Any]:
    """The example boy under other ids, all in one Bundle."""
    boys = [json.loads(json.dumps(example("SENL-T7/eligible-boy")).replace("eligible-boy", name)) for name in names]
    return {"resourceType": "Bundle", "type": "collection", "entry": [entry for boy in boys for entry in boy["entry"]]}


def screened(served: Served, *names: str) -> httpx.Response:
    url = f"{served.url}/screen?as_of=2026-11-20"
    return httpx.post(url, json=bundle(*names), headers=JSON, timeout=START_SECONDS)


def hook_called(served: Served, instance: str) -> httpx.Response:
    """The hook for that patient, with all of the record under two keys, in another order each time."""
    patient, *others = [entry["resource"] for entry in bundle("hangs")["entry"]]
    conditions = [{"resource": one} for one in others if one["resourceType"] == "Condition"]
    prefetch = [("patient", patient), ("conditions", {"resourceType": "Bundle", "entry": conditions})]
    body = {
        "hook": "patient-view",
        "hookInstance": instance,
        "context": {"patientId": "hangs", "userId": "Practitioner/p"},
        "prefetch": dict(prefetch if instance == "1" else prefetch[::-1]),
    }
    url = f"{served.url}/cds-services/trialsieve-patient-view"
    return httpx.post(url, json=body, headers=JSON, timeout=START_SECONDS)


def told(answer: httpx.Response) -> str:
    """What a refusal says; it has the form of every error."""
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/fhir+json"
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "processing")
    text: str = issue["diagnostics"]
    return text


def refused(served: Served) -> dict[str, str]:
    text = httpx.get(f"{served.url}/metrics", timeout=SOON).text
    return dict(re.findall(r'trialsieve_refused_inputs_total\{why="(\w+)"\} (\S+)', text))


def others_are_screened(served: Served) -> None:
    """Sooner or later: a worker that has just begun may need more than the time set."""
    ends = time.monotonic() + SOON
    while (answer := screened(served, "eligible-boy")).status_code == 503:
        assert time.monotonic() < ends
    assert answer.status_code == 200


def end_a_worker(served: Served, *, by_hook: bool = False, count: int = 1) -> None:
    """Sends what a worker hangs or dies at, and waits until it is replaced."""

    def ask() -> None:
        with suppress(httpx.TransportError):
            assert (hook_called(served, "1") if by_hook else screened(served, "hangs")).status_code == 503

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    served.line("a worker was replaced", count)
    asking.join(SOON)
    others_are_screened(served)


@pytest.mark.parametrize(
    ("how", "by_hook", "why", "did"),
    [
        ("loop", True, "hung", "hung"),
        ("lock", False, "hung", "hung"),
        ("crash", False, "ended", "broke down"),
        ("crash", True, "ended", "broke down"),
    ],
)
def test_it_is_refused_quickly_the_next_time(
    how: str, by_hook: bool, why: str, did: str, tmp_path: Path, cache: Path
) -> None:
    with failing(tmp_path, how) as served:
        end_a_worker(served, by_hook=by_hook)
        for number in (1, 2):
            began = time.monotonic()
            answer = hook_called(served, f"again {number}") if by_hook else screened(served, "hangs")
            assert time.monotonic() - began < QUICKLY
            text = told(answer)
            assert f"The program {did} at this record on 20" in text
            line = served.line("an input at which a worker hung or died is refused", number)
            assert line["why"] == why
            assert line["request_id"] == answer.headers["x-request-id"]
            assert f"the log calls the record {line['input']}." in text
        assert served.line("a worker hung or died at an input, which is refused")["input"] == line["input"]
        assert refused(served) == {why: "2.0"}
        others_are_screened(served)
        assert len([one for one in served.lines if one["event"] == "a worker was replaced"]) == 1
        assert "Patient/hangs" not in json.dumps(served.lines)


def test_it_is_remembered_after_the_next_start_until_its_time_is_over(tmp_path: Path, cache: Path) -> None:
    lasts = 20.0
    hours = {"TRIALSIEVE_REFUSED_HOURS": str(lasts / 3600)}
    with failing(tmp_path, "crash", variables=hours) as served:
        end_a_worker(served)
        died = time.monotonic()
    with failing(tmp_path, "nothing", variables=hours) as served:
        if time.monotonic() - died < lasts - QUICKLY:  # not on a machine that takes so long to start it
            told(screened(served, "hangs"))
        time.sleep(max(0.0, died + lasts - time.monotonic()))
        assert screened(served, "hangs").status_code == 200


def test_nothing_is_remembered_where_the_settings_say_so(tmp_path: Path, cache: Path) -> None:
    with failing(tmp_path, "crash", variables={"TRIALSIEVE_REFUSED_HOURS": "0"}) as served:
        end_a_worker(served)
        end_a_worker(served, count=2)
        assert refused(served) == {}


def test_the_other_patients_of_a_bundle_are_screened(tmp_path: Path, cache: Path) -> None:
    with failing(tmp_path, "crash") as served:
        end_a_worker(served)
        answer = screened(served, "one", "hangs", "two")
        assert answer.status_code == 200
        assert [result["patient"] for result in answer.json()["results"]] == ["Patient/one", "Patient/two"]
        (problem,) = answer.json()["problems"]
        assert (problem["reference"], problem["notice"]) == ("Patient/hangs", False)
        assert "The program broke down at this record" in problem["reason"]


def test_a_death_from_outside_says_little_until_it_comes_again_and_again(tmp_path: Path, cache: Path) -> None:
    with failing(tmp_path, "kill") as served:
        for count in (1, 2, 3):
            end_a_worker(served, count=count)
        # The third was counted just now; who comes later learns it from the database.
        assert served.line("a worker died, and was at an input", 3)
    with failing(tmp_path, "nothing") as served:
        told(screened(served, "hangs"))


def test_while_one_worker_is_at_it_for_too_long_no_other_one_begins(tmp_path: Path, cache: Path) -> None:
    patient = {"TRIALSIEVE_REQUEST_SECONDS": "8", "TRIALSIEVE_HANGS_AFTER_SECONDS": "100"}
    with failing(tmp_path, "loop", "--workers", "2", ready=2, variables=patient) as served:
        others_are_screened(served)  # it has warmed up by then
        answers: list[httpx.Response] = []
        while not any(answer.status_code == 503 and "another request" in answer.text for answer in answers):
            answers.append(screened(served, "hangs"))
            assert len(answers) < 8
        assert answers[-1].json()["issue"][0]["code"] == "transient"
        assert answers[-1].headers["retry-after"] == "60"
        assert refused(served) == {"running": "1.0"}
        others_are_screened(served)  # by the worker that is free
