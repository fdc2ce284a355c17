"""A screening that never comes to its end: the worker is replaced, and what it had answered is kept."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hook_client import example
from served import START_SECONDS, Served, serving

SCRIPT = Path(__file__).parent / "shared" / "hanging_service.py"
SOON = 30  # seconds, on a busy machine
HANGS_AFTER = 5
OPTIONS = ("--trial", "SENL-T7")


def hung(folder: Path, how: str) -> Any:
    variables = {
        "HANGS_HOW": how,
        "TRIALSIEVE_REQUEST_SECONDS": "4",
        "TRIALSIEVE_HANGS_AFTER_SECONDS": str(HANGS_AFTER),
    }
    return serving(folder, *OPTIONS, program=(str(SCRIPT),), variables=variables)


def patient(name: str) -> bytes:
    """The example boy under another id."""
    return json.dumps(example("SENL-T7/eligible-boy")).replace("eligible-boy", name).encode()


def screened(served: Served, name: str) -> httpx.Response:
    url = f"{served.url}/screen?as_of=2026-11-20"
    headers = {"Content-Type": "application/json", "Connection": "close"}
    return httpx.post(url, content=patient(name), headers=headers, timeout=START_SECONDS)


def verdict(served: Served) -> tuple[str, str]:
    """The id and the verdict of a patient's result; a worker that has just begun may need more than the time set."""
    ends = time.monotonic() + SOON
    while (answer := screened(served, "eligible-boy")).status_code == 503 and time.monotonic() < ends:
        pass
    (result,) = answer.json()["results"]
    return result["id"], result["verdict"]


def replaced(served: Served) -> dict[str, str]:
    text = httpx.get(f"{served.url}/metrics", timeout=SOON).text
    return dict(re.findall(r'trialsieve_replaced_workers_total\{why="(\w+)"\} (\S+)', text))


@pytest.mark.parametrize(
    ("how", "seen_by"),
    [("loop", "the worker"), ("lock", "the watching process")],
)
def test_a_worker_in_which_a_screening_hangs_is_replaced(how: str, seen_by: str, tmp_path: Path, cache: Path) -> None:
    with hung(tmp_path, how) as served:
        assert replaced(served) == {"hung": "0.0", "ended": "0.0"}
        answered = verdict(served)
        began = time.monotonic()
        hanging = threading.Thread(target=_ask, args=(served,), daemon=True)
        hanging.start()
        told = served.line("a worker was replaced")
        assert time.monotonic() - began < HANGS_AFTER + SOON
        assert told["why"] == "hung"
        if seen_by == "the worker":
            line = served.line("this worker hangs")
            assert (line["what"], line["seconds"]) == ("a screening", HANGS_AFTER)
            assert any(place.startswith("hanging_service.py") for place in line["where"])
        # The next ones wait for the new worker; they are not refused.
        assert httpx.get(f"{served.url}/health", timeout=START_SECONDS).status_code == 200
        assert verdict(served)[1] == answered[1]
        kept = httpx.get(f"{served.url}/results/{answered[0]}", timeout=SOON)
        assert kept.json()["verdict"] == answered[1]
        assert replaced(served) == {"hung": "1.0", "ended": "0.0"}
        hanging.join(SOON)
        assert "Patient/hangs" not in json.dumps(served.lines)
    assert served.process.returncode == 0


def _ask(served: Served) -> None:
    with suppress(httpx.TransportError):  # where the whole process stood still, and was killed
        assert screened(served, "hangs").status_code == 503
