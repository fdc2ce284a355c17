"""Health, readiness, metrics, and the description of the service; on the whole application."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import structlog
from pydantic import SecretStr
from structlog.testing import capture_logs

from trialsieve import __version__
from trialsieve.rules.errors import TrialsieveError
from trialsieve.service.app import create_app
from trialsieve.service.settings.service_settings import Settings

Ask = Callable[..., list[httpx.Response]]

TRIAL: Final = "SENL-T7"
BEYOND: Final[dict[str, Any]] = {"public_url": "https://t.example.org", "allow_unauthenticated": True}
TOKEN: Final = "t" * 32


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Starts the whole service with these settings, and asks for these paths."""

    def asked(*paths: str, headers: dict[str, str] | None = None, **settings: Any) -> list[httpx.Response]:
        app = create_app(Settings(**{"data_folder": tmp_path, "trials": (TRIAL,), **settings}))

        async def run() -> list[httpx.Response]:
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app=app)
                async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                    return [await client.get(path, headers=headers) for path in paths]

        return asyncio.run(run())

    return asked


def test_health_and_readiness_say_no_more_than_they_must(ask: Ask) -> None:
    health, ready = ask("/health", "/ready")
    assert (health.status_code, health.json()) == (200, {"status": "ok", "version": __version__})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


def test_it_is_not_ready_before_the_rules_are_loaded_and_after_it_has_ended(tmp_path: Path) -> None:
    app = create_app(Settings(data_folder=tmp_path, trials=(TRIAL,)))

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            before = await client.get("/ready")
            async with app.router.lifespan_context(app):
                during = await client.get("/ready")
            return [before, during, await client.get("/ready"), await client.get("/health")]

    before, during, after, alive = asyncio.run(run())
    assert [one.status_code for one in (before, during, after, alive)] == [503, 200, 503, 200]
    assert before.json()["issue"][0]["code"] == "transient"


@pytest.mark.parametrize(
    ("settings", "sent", "status"),
    [
        ({}, None, 200),
        (BEYOND, None, 200),  # whoever lets everybody in lets them in here too
        ({**BEYOND, "metrics_token": SecretStr(TOKEN)}, None, 401),
        ({**BEYOND, "metrics_token": SecretStr(TOKEN)}, f"Bearer {TOKEN}", 200),
        ({**BEYOND, "metrics_token": SecretStr(TOKEN)}, f"Bearer {TOKEN}x", 401),
        ({**BEYOND, "metrics_token": SecretStr(TOKEN)}, TOKEN, 401),
        ({"clients": "one"}, None, 401),
        ({"clients": "one"}, "Bearer ", 401),
        ({"clients": "one", "metrics_token": SecretStr(TOKEN)}, f"Bearer {TOKEN}", 200),
    ],
)
def test_who_may_read_the_metrics(ask: Ask, settings: dict[str, Any], sent: str | None, status: int) -> None:
    if "clients" in settings:
        client = {"name": "ehr", "issuer": "https://e.org", "jwks_url": "https://e.org/keys"}
        settings = {**settings, "clients": [client]}
    (answer,) = ask("/metrics", headers=None if sent is None else {"Authorization": sent}, **settings)
    assert answer.status_code == status
    assert (b"trialsieve_requests" in answer.content) is (status == 200)


@pytest.mark.parametrize(
    ("set_to", "reason"), [(None, "metrics_token is not set"), (SecretStr(TOKEN), "not the token of metrics_token")]
)
def test_why_the_metrics_are_refused_stands_in_the_log_alone(ask: Ask, set_to: SecretStr | None, reason: str) -> None:
    client = {"name": "ehr", "issuer": "https://e.org", "jwks_url": "https://e.org/keys"}
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with capture_logs() as logged:
        (answer,) = ask("/metrics", clients=[client], metrics_token=set_to)
    assert (answer.status_code, b"metrics" in answer.content) == (401, False)
    assert {"event": "metrics refused", "reason": reason, "log_level": "warning"} in [
        {name: line.get(name) for name in ("event", "reason", "log_level")} for line in logged
    ]


def test_what_is_counted(ask: Ask) -> None:
    text = ask("/trials", "/metrics")[1].text
    assert 'trialsieve_requests_total{method="GET",route="/trials",status="200"} 1.0' in text
    for name in ("store_losses", "engine_disagreements", "screening_failures"):
        assert f"trialsieve_{name} 0.0" in text


def test_without_a_token_only_what_is_public_is_answered(ask: Ask) -> None:
    client = {"name": "ehr", "issuer": "https://e.org", "jwks_url": "https://e.org/keys"}
    paths = ("/health", "/ready", "/openapi.json", "/", "/cds-services", "/trials", f"/trials/{TRIAL}", "/metrics")
    answers = ask(*paths, clients=[client])
    assert [one.status_code for one in answers] == [200] * 4 + [401] * 4


@pytest.mark.usefixtures("collector_alone")
def test_while_it_serves_the_interpreter_is_tuned_and_afterwards_as_it_was(tmp_path: Path) -> None:
    app = create_app(Settings(data_folder=tmp_path, trials=(TRIAL,)))
    before = (gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count())

    async def run() -> tuple[Any, ...]:
        async with app.router.lifespan_context(app):
            return gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()

    threshold, interval, frozen = asyncio.run(run())
    assert (threshold, interval) == ((100_000, 20, 50), 0.001)
    assert frozen > 10_000
    assert (gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()) == before


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"trials": ("NCT00000000",)}, "trials: no trial 'NCT00000000'"),
        ({"data_folder": Path("/dev/null/x")}, "data_folder /dev/null/x: cannot be made"),
        ({"store_url": SecretStr("sqlite:////dev/null/x.sqlite")}, "x.sqlite"),
    ],
)
def test_what_keeps_it_from_starting(ask: Ask, settings: dict[str, Any], told: str) -> None:
    with pytest.raises(TrialsieveError, match=told):
        ask("/health", **settings)


# --- the description ------------------------------------------------------------------------------------------------

_SCREENING = {"POST /cds-services/{service_id}", "POST /screen"}


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_every_endpoint_documents_its_errors_as_they_are(ask: Ask) -> None:
    description = ask("/openapi.json")[0].json()
    found = dict(operations(description))
    assert {"GET /cds-services", "POST /screen", "GET /health", "GET /metrics"} <= set(found)
    for name, operation in found.items():
        responses: dict[str, Any] = operation["responses"]
        assert ("422" in responses) is (name in _SCREENING), name  # an input that is refused; not FastAPI's own
        assert {"400", "401", "404", "405", "408", "413", "415", "500", "503"} <= set(responses), name
    problem = found["POST /screen"]["responses"]["413"]["content"]["application/fhir+json"]["schema"]
    assert problem == {"$ref": "#/components/schemas/OperationOutcome"}
    assert "HTTPValidationError" not in str(description)
    assert dangling(description) == []


def dangling(description: dict[str, Any]) -> Sequence[str]:
    """References to schemas that are not there."""
    named = set(re.findall(r"#/components/schemas/([A-Za-z0-9_.-]+)", str(description)))
    return sorted(named - set(description["components"]["schemas"]))


def test_the_description_says_where_a_token_is_needed(ask: Ask) -> None:
    client = {"name": "ehr", "issuer": "https://e.org", "jwks_url": "https://e.org/keys"}
    description = ask("/openapi.json", clients=[client])[0].json()
    assert description["components"]["securitySchemes"] == {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    found = {name for name, operation in operations(description) if operation.get("security") == [{"token": []}]}
    assert {"GET /cds-services", "POST /cds-services/{service_id}", "POST /screen", "GET /results/{result_id}"} <= found
    assert not {"GET /health", "GET /ready", "GET /"} & found
    assert "security" not in str(ask("/openapi.json")[0].json())


def test_no_page_that_would_load_scripts_from_elsewhere(ask: Ask) -> None:
    assert [one.status_code for one in ask("/docs", "/redoc")] == [404, 404]
