"""`trialsieve serve` as it really runs: its processes, a worker that is killed, and with what it does not start."""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import START_SECONDS, Served, environment, serving

from trialsieve.service.processes.supervisor import worker_config
from trialsieve.service.settings.service_settings import Settings


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Served]:
    """Two workers, with one trial."""
    with serving(tmp_path_factory.mktemp("state"), "--workers", "2", "--trial", "SENL-T7", ready=2) as running:
        yield running


def test_with_no_settings_it_answers_on_loopback_and_keeps_a_database_for_its_owner_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as alone:
        assert httpx.get(f"{alone.url}/ready").json() == {"status": "ready"}
        assert len(httpx.get(f"{alone.url}/cds-services").json()["services"]) == 2
        folder = tmp_path / "trialsieve"
        assert (folder / "trialsieve.sqlite").is_file()
        assert folder.stat().st_mode & 0o077 == 0
        assert alone.line("serving")["answers_everybody"] is True
    assert alone.process.returncode == 0
    assert "Traceback" not in json.dumps(alone.lines)


def test_a_worker_that_is_killed_in_the_middle_of_a_request_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--trial", "SENL-T7") as alone:
        head = b"POST /screen HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        assert alone.killed_in_a_request(head, b"{") == b""
        # The next request waits for the new worker; it is not refused.
        assert httpx.get(f"{alone.url}/trials", timeout=START_SECONDS).json()["trials"][0]["id"] == "SENL-T7"
        assert len(alone.workers()) == 2
        # What the killed worker counted is not lost, but what it was doing is no longer being done.
        text = httpx.get(f"{alone.url}/metrics").text
        assert "trialsieve_requests_in_progress 1.0" in text


def test_a_worker_that_hangs_up_forever_does_not_outlive_the_process_that_watches(tmp_path: Path) -> None:
    with serving(tmp_path, "--trial", "SENL-T7") as alone:
        (worker,) = alone.workers()
        alone.process.kill()
        ends = time.monotonic() + 20
        while time.monotonic() < ends and _runs(worker):
            time.sleep(0.1)
        assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_worker_that_still_loads_ends_at_once_when_it_is_told_to(tmp_path: Path) -> None:
    """So `trialsieve serve` does, and not some ten seconds later on a busy machine, when all is loaded."""
    with serving(tmp_path, until="Started server process") as alone:
        (worker,) = alone.workers()
        os.kill(worker, signal.SIGTERM)
        assert alone.line("a worker was replaced")["exit_status"] == -signal.SIGTERM
        events = [line["event"] for line in alone.lines]
    assert "Application startup complete." not in events[: events.index("a worker was replaced")]


def test_whichever_worker_is_asked_answers_for_all_of_them(served: Served) -> None:
    for _ in range(20):  # each on a connection of its own, so that both workers get some
        assert httpx.get(f"{served.url}/trials", headers={"Connection": "close"}).status_code == 200
    counted = set()
    for _ in range(8):
        text = httpx.get(f"{served.url}/metrics", headers={"Connection": "close"}).text
        counted |= set(re.findall(r'requests_total\{method="GET",route="/trials",status="200"\} (\S+)', text))
    assert counted == {"20.0"}
    assert len(served.workers()) == 2


def test_its_log_is_json_without_what_was_asked(served: Served) -> None:
    httpx.get(f"{served.url}/results/Winterbottom?patient=Winterbottom", headers={"Authorization": "Bearer secret"})
    ends = time.monotonic() + START_SECONDS
    while "/results/{result_id}" not in [line.get("route") for line in served.lines]:
        assert time.monotonic() < ends, served.lines
        time.sleep(0.05)
    assert not re.search("Winterbottom|secret", json.dumps(served.lines))


def test_a_second_one_on_the_same_port_says_so(served: Served, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "trialsieve", "serve", "--port", port, "--trial", "SENL-T7"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    said = (
        f"trialsieve: 127.0.0.1:{port}: cannot listen there (Address already in use); choose another --host or --port"
    )
    assert (second.returncode, second.stdout, second.stderr) == (2, "", f"{said}\n")


@pytest.mark.parametrize(
    ("options", "variables", "told"),
    [
        (["--host", "0.0.0.0"], {}, "(0.0.0.0) and answer everybody: list the clients that it trusts"),
        (["--public-url", "https://t.example.org"], {}, "(https://t.example.org) and answer everybody"),
        (["--host", "0.0.0.0", "--allow-unauthenticated"], {}, "public_url: it listens beyond this machine"),
        (["--port", "http"], {}, "--port: Input should be a valid integer"),
        ([], {"TRIALSIEVE_WORKERS": "none"}, "TRIALSIEVE_WORKERS in the environment: Input should be a valid integer"),
        (["--trial", "NCT00000000"], {}, "no trial 'NCT00000000'"),
        (["--rules", "no-such-folder"], {}, "--rules: no-such-folder: no such file or directory"),
        (["--settings", "no-such.toml"], {}, "--settings no-such.toml: no such file"),
        (["--data-folder", "/dev/null/x"], {}, "data_folder /dev/null/x: cannot be made (Not a directory)"),
        (
            ["--host", "192.0.2.1", "--public-url", "https://t.org", "--allow-unauthenticated"],
            {},
            "192.0.2.1:8080: cannot listen there",
        ),
        (["--nonsense"], {}, "--nonsense"),
    ],
)
def test_with_what_it_does_not_start(
    options: list[str],
    variables: dict[str, str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from trialsieve.service.cli import main
    from trialsieve.service.processes import supervisor

    monkeypatch.setattr(supervisor, "configure_logs", lambda level: None)
    monkeypatch.setattr(supervisor, "Supervisor", lambda *_: pytest.fail("it started"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["serve", *options]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.startswith("trialsieve: ")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from trialsieve.service.cli import main

    for name in [
        name for name in sys.modules if name.startswith(("trialsieve.service.processes.sup", "trialsieve.service.set"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["serve"]) == 2
    assert "serve needs uvicorn, which is not installed; in the clone: pip install --editable '.[service]'" in (
        capsys.readouterr().err
    )


def test_the_command_line_does_not_import_the_service() -> None:
    code = "import sys; import trialsieve.service.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"fastapi", "uvicorn", "pydantic_settings", "sqlalchemy", "httpx", "jwt", "structlog"} & set(loaded)


def test_a_worker_imports_little_before_it_answers_who_watches_it(tmp_path: Path) -> None:
    """What it is made from is unpickled first; on a slow machine it was killed for its silence meanwhile, for ever."""
    made_from = pickle.dumps(worker_config(Settings(), tmp_path))
    look = "import pickle, sys; pickle.load(sys.stdin.buffer); print({'fastapi', 'sqlalchemy'} & set(sys.modules))"
    seen = subprocess.run([sys.executable, "-c", look], input=made_from, capture_output=True, check=True)
    assert seen.stdout == b"set()\n"
