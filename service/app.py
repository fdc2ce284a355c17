"""The service as one ASGI application: its routers, and the layers that every request passes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from fastapi import FastAPI

from trialsieve import __version__
from trialsieve.rules.errors import TrialsieveError
from trialsieve.service.hooks import feedback, services
from trialsieve.service.opening import serving
from trialsieve.service.pages import routes
from trialsieve.service.processes.tuning import tuned
from trialsieve.service.processes.watchdog import Watchdog
from trialsieve.service.rest import endpoints
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.state import ServiceState
from trialsieve.service.web import health
from trialsieve.service.web.cross_origin import CrossOrigin
from trialsieve.service.web.faults import Faults, handle_errors
from trialsieve.service.web.limits import Budget, Limits
from trialsieve.service.web.logs import RequestLog
from trialsieve.service.web.metrics import Metrics
from trialsieve.service.web.openapi import DESCRIPTION, describe, error_responses
from trialsieve.service.web.paths import Paths
from trialsieve.service.web.protection import Protection

WATCHED_SECONDS: Final = 5.0
REMEMBERED_SECONDS: Final = 30.0

_log = structlog.stdlib.get_logger("trialsieve.service")


def create_app(settings: Settings, watchdog: Watchdog | None = None, notes: Path | None = None) -> FastAPI:
    """The service by these settings. Rules are loaded and the store is opened when it starts.

    For a worker, which is replaced when it ends: with `watchdog` it ends when it hangs, and in the folder `notes` it
    says what it is at.
    """
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with serving(settings, metrics, notes) as state, watched(state), remembering(state):
                app.state.service = state
                if watchdog is not None:
                    watchdog.watch(state.desk, state.store)
                with tuned():
                    yield
                app.state.service = None
        except TrialsieveError as error:
            _log.critical("cannot start", problem=str(error))
            raise
        finally:
            if watchdog is not None:
                watchdog.stop()

    app = FastAPI(
        title="trialsieve",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,  # these pages would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=running,
        responses=error_responses(),
    )
    for part in (health, services, feedback, endpoints, routes):
        app.include_router(part.router)
    describe(app, authenticated=not settings.open)
    handle_errors(app)
    add_layers(app, settings, metrics)
    return app


def add_layers(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """The layers, the innermost first: headers are added to errors too, and the log sees what was really answered."""
    budget = Budget(
        settings.body_bytes,
        settings.body_seconds,
        settings.request_seconds,
        settings.requests_at_once,
        settings.large_bodies_bytes,
    )
    app.add_middleware(Limits, budget=budget)
    app.add_middleware(Faults)
    app.add_middleware(Paths)
    app.add_middleware(Protection, https=settings.base_url.startswith("https:"))
    app.add_middleware(CrossOrigin, origins=settings.cors_origins)
    app.add_middleware(RequestLog, metrics=metrics)


@contextlib.asynccontextmanager
async def watched(state: ServiceState) -> AsyncIterator[None]:
    """Takes over what other parts count, every few seconds: another worker may be the one that is asked for metrics."""

    async def watch() -> None:
        health.watch(state)

    async with _repeated(watch, WATCHED_SECONDS, "counts cannot be taken over"):
        yield


@contextlib.asynccontextmanager
async def remembering(state: ServiceState) -> AsyncIterator[None]:
    """Learns by and by what the workers of other machines remember."""

    async def look() -> None:
        await asyncio.to_thread(state.refusals.refresh)

    async with _repeated(look, REMEMBERED_SECONDS, "what other workers remember cannot be learnt"):
        yield


@contextlib.asynccontextmanager
async def _repeated(what: Callable[[], Awaitable[None]], seconds: float, complaint: str) -> AsyncIterator[None]:
    """Within this, it is done again and again, also after a fault."""

    async def repeat() -> None:
        while True:
            try:
                await what()
            except Exception as error:
                _log.error(complaint, error_type=type(error).__name__)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
