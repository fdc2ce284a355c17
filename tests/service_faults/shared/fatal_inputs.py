"""A service in which some screening hangs or dies, and what is asked of it. Real processes."""

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
from hook_client import example
from served import START_SECONDS, Served, serving

SCRIPT = Path(__file__).parent / "hanging_service.py"
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
