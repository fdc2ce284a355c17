"""An input at which a worker hung or died is not tried again: real processes, and the same input sent again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest
from fatal_inputs import (
    QUICKLY,
    end_a_worker,
    failing,
    hook_called,
    others_are_screened,
    refused,
    screened,
    told,
)


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


def test_the_other_patients_of_a_bundle_are_screened(tmp_path: Path, cache: Path) -> None:
    with failing(tmp_path, "crash") as served:
        end_a_worker(served)
        answer = screened(served, "one", "hangs", "two")
        assert answer.status_code == 200
        assert [result["patient"] for result in answer.json()["results"]] == ["Patient/one", "Patient/two"]
        (problem,) = answer.json()["problems"]
        assert (problem["reference"], problem["notice"]) == ("Patient/hangs", False)
        assert "The program broke down at this record" in problem["reason"]


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
