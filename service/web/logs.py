"""Logs as JSON lines on standard error, one for each request. Never a token, a body, a query or anything of a patient.

An exception is logged as its type and where it arose: its message might quote the record.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
import uuid
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialsieve.service.web.limits import ALWAYS_ANSWERED
from trialsieve.service.web.messages import UNMATCHED, adding_headers, route_of
from trialsieve.service.web.metrics import Metrics
from trialsieve.service.web.notes import NOTES

OURS: Final = "trialsieve"
LONGEST_FOREIGN: Final = 200
MOST_FRAMES: Final = 12

# These would log every address that is asked, ids and all.
_TOO_TALKATIVE: Final = ("httpx", "httpcore", "uvicorn.access", "sqlalchemy", "alembic", "asyncio")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

_log = structlog.stdlib.get_logger("trialsieve.request")

Event = MutableMapping[str, Any]


def where(error: BaseException) -> list[str]:
    """The innermost places of an exception's trace."""
    return places(traceback.extract_tb(error.__traceback__))


def places(trace: traceback.StackSummary) -> list[str]:
    """The innermost places of a trace, each as file:line:function."""
    return [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in trace[-MOST_FRAMES:]]


def configure_logs(level: str) -> None:
    """From here on, every logger of this process, ours or not, writes such lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            _without_messages_of_exceptions,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
    )
    logging.raiseExceptions = False  # or a line that cannot be written is shown with all that it holds
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_messages_of_exceptions(logger: Any, method: str, event: Event) -> Event:
    """Exceptions as their type and place; of a foreign logger's message the first line, or nothing with one."""
    record = event.get("_record")
    failed = event.pop("exc_info", None) or (record.exc_info if record is not None else None)
    if failed is True:
        failed = sys.exc_info()
    error = failed[1] if isinstance(failed, tuple) else failed if isinstance(failed, BaseException) else None
    event.pop("stack_info", None)
    if error is not None:
        event.update(error_type=type(error).__name__, where=where(error))
    if not str(event.get("logger", "")).startswith(OURS):
        said = str(event.get("event", "")).partition("\n")[0][:LONGEST_FOREIGN]
        event["event"] = "an error of a library" if error is not None else said
    return event


def _as_json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__, option=orjson.OPT_NON_STR_KEYS).decode()


class RequestLog:
    """One line and one count for each request, and its id in the answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        begun = time.perf_counter()
        status = 0

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        self._metrics.in_progress.inc()
        try:
            await self._app(scope, receive, adding_headers(noting_send, {"X-Request-Id": request_id}))
        finally:
            self._metrics.in_progress.dec()
            self._tell(scope, status, time.perf_counter() - begun)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        # Whoever makes up methods must not make up metrics.
        method = scope["method"] if scope["method"] in _METHODS else UNMATCHED
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        # Supervisors ask every few seconds: of no interest, as long as the answer is good.
        log = _log.error if status >= 500 else _log.debug if route in ALWAYS_ANSWERED else _log.info
        milliseconds = round(seconds * 1000, 1)
        log("request", method=method, route=route, status=status, ms=milliseconds, **scope.get(NOTES, {}))
