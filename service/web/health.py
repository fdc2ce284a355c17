"""For supervisors: /health (the process answers), /ready (it could screen), /metrics (Prometheus)."""

from __future__ import annotations

import asyncio
import hmac

import structlog
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from trialsieve import __version__
from trialsieve.service.state import ServiceState, StateDependency
from trialsieve.service.web.errors import UnauthorizedError, ask_again

router = APIRouter(tags=["operation"])
_log = structlog.stdlib.get_logger("trialsieve.security")


@router.get("/health")
async def health() -> dict[str, str]:
    """Whether the process answers. It looks at nothing else, so that a slow database is no reason to restart it."""
    return {"status": "ok", "version": __version__}


@router.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    """Whether the rules are loaded and the store is open."""
    if getattr(request.app.state, "service", None) is None:
        raise ask_again("The rules are being loaded.", 1)
    return {"status": "ready"}


@router.get("/metrics", responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}})
async def metrics(request: Request, state: StateDependency) -> Response:
    """Counts for Prometheus. Where not everybody is answered, whoever asks sends the token of metrics_token."""
    _check_token(request, state)
    watch(state)
    return Response(await asyncio.to_thread(state.metrics.text), media_type=CONTENT_TYPE_LATEST)


def watch(state: ServiceState) -> None:
    """Takes over what other parts count themselves."""
    state.metrics.disagreements.set(state.desk.disagreements)
    state.metrics.failures.set(state.desk.failures)
    state.metrics.losses.set(state.store.losses)
    state.metrics.kept_values.set(state.desk.kept_values)
    state.metrics.remembered_tokens.set(state.store.remembered_tokens)
    state.metrics.unknown_tokens.set(state.store.unknown_tokens)


def _check_token(request: Request, state: ServiceState) -> None:
    wanted = state.settings.metrics_token
    if wanted is None and state.settings.open:
        return
    sent = request.headers.get("authorization", "")
    if wanted is None or not hmac.compare_digest(sent.encode(), f"Bearer {wanted.get_secret_value()}".encode()):
        why = "metrics_token is not set" if wanted is None else "not the token of metrics_token"
        _log.warning("metrics refused", reason=why)
        raise UnauthorizedError("metrics-token")
