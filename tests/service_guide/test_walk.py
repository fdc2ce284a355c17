"""The guide followed by its own words: each command of "Try it on one machine", against the service as it really runs.

Only the two ports are changed to free ones, and the virtual environment is the one that runs the tests.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
import pytest

if TYPE_CHECKING:
    from tests.service_guide.conftest import Guide

ROOT: Final = Path(__file__).resolve().parents[2]

START_SECONDS: Final = 180  # a loaded machine of one slow core
COMMAND_SECONDS: Final = 120
METRICS_TOKEN: Final = "of-this-test-alone-and-of-nothing-else"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Walk:
    """A newcomer's home folder, and the terminals."""

    home: Path
    service_port: int = field(default_factory=free_port)
    stand_in_port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TRIALSIEVE_", "PROMETHEUS_"))
        }
        if "TRIALSIEVE_CACHE" in os.environ:
            kept["TRIALSIEVE_CACHE"] = os.environ["TRIALSIEVE_CACHE"]
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
        return {**kept, "PATH": path, "HOME": str(self.home), "TRIALSIEVE_METRICS_TOKEN": METRICS_TOKEN}

    def here(self, command: str) -> str:
        """A block of the guide as it can be run here."""
        here = re.sub(r"^\. \.venv/bin/activate\n", "", command, flags=re.MULTILINE)
        here = here.replace("8080", str(self.service_port)).replace("9090", str(self.stand_in_port))
        return re.sub(
            r"^(python examples/ehr_stand_in\.py)", rf"\1 --port {self.stand_in_port}", here, flags=re.MULTILINE
        )

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["sh", "-ec", self.here(command)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}\n{self.log}"
        return done.stdout

    @contextmanager
    def started(self, command: str) -> Iterator[None]:
        """Runs the block that serves, until the end, once it is ready."""
        with (self.home / "service.log").open("w") as log:
            process = subprocess.Popen(
                ["sh", "-ec", f"exec {self.here(command).strip()}"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
            try:
                self._wait_until_ready(process)
                yield
            finally:
                process.terminate()
                process.wait(30)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            assert process.poll() is None, self.log
            try:
                if self.ask("/ready").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"not ready within {START_SECONDS} s: {self.log}")

    @property
    def log(self) -> str:
        file = self.home / "service.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def ask(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}"} if path == "/metrics" else {}
        return httpx.get(f"http://127.0.0.1:{self.service_port}{path}", headers=headers, timeout=10, trust_env=False)


@dataclass(frozen=True)
class Walked:
    """What the guide's commands printed, in its order, and what the service told meanwhile."""

    opened: str
    mistaken: str
    renewed: str
    reported: str
    log: str
    metrics: str


@pytest.fixture(scope="module")
def walked(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    settings, serve, *rest = guide.blocks("Try it on one machine", "sh")
    walk = Walk(tmp_path_factory.mktemp("newcomer"))
    walk.run(settings)
    with walk.started(serve):
        opened, mistaken, renewed, reported = (walk.run(block) for block in rest)
        metrics = walk.ask("/metrics").text
    return Walked(opened, mistaken, renewed, reported, walk.log, metrics)


def test_charts_open_with_full_partial_and_no_prefetch(walked: Walked) -> None:
    for chart in (
        "patient-view, Patient/eligible-autologous, prefetch: full",
        "patient-view, Patient/needs-review, prefetch: partly",
        "encounter-start, Patient/eligible-boy, prefetch: none",
    ):
        told = walked.opened.partition(f"=== {chart}\n")[2].partition("\n===")[0]
        assert re.match(r"[1-9]\d* cards in \d+ ms; requests to the FHIR server: \d+\n\[info] ", told), told
    assert walked.opened.rstrip().endswith("All came as it has to.")


def test_the_examples_come_out_as_they_were_written(walked: Walked) -> None:
    assert "[info] May fit trial NCT07070323: all screening criteria pass" in walked.opened
    assert "[info] May fit trial SENL-T7: all screening criteria pass" in walked.opened
    assert "[info] Review for trial NCT04762485: no criterion fails, 2 open" in walked.opened
    assert (
        "Not all of the record could be read" not in walked.opened
    )  # what was not prefetched was read from the server


def test_the_link_of_a_card_leads_to_its_explanation_and_a_changed_one_does_not(walked: Walked) -> None:
    assert re.search(r"^200 .*NCT07070323.*\nhttp://127\.0\.0\.1:\d+/explanations/\S+&signature=", walked.opened, re.M)
    assert "with a changed signature: 403 This link does not work" in walked.opened


def test_each_mistake_is_refused_and_the_log_says_why(walked: Walked) -> None:
    told = walked.mistaken.partition("=== Mistakes")[2]
    assert len(re.findall(r": 401 \(no reason is given\)$", told, re.M)) == 8
    assert len(re.findall(r": 4(00|12|04) \S+ .+", told)) == 6
    reasons = set(re.findall(r'"reason":"([a-z-]+)"', walked.log))
    assert reasons == {"no-token", "audience", "issuer", "tenant", "expired", "lives-too-long", "key", "replayed"}


def test_a_new_key_is_found_without_a_restart(walked: Walked) -> None:
    assert "All came as it has to." in walked.renewed


def test_feedback_is_reported_once_although_it_was_told_twice(walked: Walked) -> None:
    cards = sum(
        int(count)
        for count in re.findall(r"^(\d+) cards overridden", f"{walked.opened}{walked.mistaken}{walked.renewed}", re.M)
    )
    trials = re.findall(r"^\S+: 0 of (\d+) cards? accepted; overridden for not-now", walked.reported, re.M)
    assert cards == sum(int(count) for count in trials)


def test_the_log_holds_no_patient_and_no_token(walked: Walked) -> None:
    for patient in ("eligible-autologous", "needs-review", "eligible-boy"):
        assert patient not in walked.log
    assert "Bearer" not in walked.log
    assert "eyJ" not in walked.log  # how a JWT begins


def test_what_the_fhir_server_was_asked_is_counted(walked: Walked) -> None:
    assert re.search(r'^trialsieve_fhir_requests_total\{outcome="answered in full"} [1-9]', walked.metrics, re.M)
    assert re.search(r'^trialsieve_refused_tokens_total\{reason="replayed"} 1', walked.metrics, re.M)
