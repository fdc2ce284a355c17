"""Whatever goes wrong below ends here, as an OperationOutcome that says nothing of what it was."""

from __future__ import annotations

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialsieve.service.web.errors import IssueCode, ServiceError, outcome_response
from trialsieve.service.web.logs import where

_log = structlog.stdlib.get_logger("trialsieve.service")

MOST_PROBLEMS: Final = 5

# What the framework itself answers with, and what we say instead.
_SAID: Final = {
    400: (IssueCode.INVALID, "The request cannot be understood."),
    404: (IssueCode.NOT_FOUND, "There is nothing at this address; the addresses are listed at /openapi.json."),
    405: (IssueCode.NOT_SUPPORTED, "This address does not take this method; the header Allow lists those it does."),
}


class Faults:
    """The last resort: an exception that no handler took becomes a 500, inside the layers that add headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting_send(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except ClientDisconnect:
            _log.info("the client went away before its request was complete")
        except ServiceError as error:
            if not begun:
                await outcome_response(error)(scope, receive, send)
        except Exception as error:  # its message might quote the record
            _log.error("internal error", error_type=type(error).__name__, where=where(error))
            if not begun:
                await outcome_response(internal_error())(scope, receive, send)


def internal_error() -> ServiceError:
    """What is said of a fault of ours."""
    said = "An internal error; the log has it under the id that the header X-Request-Id names."
    return ServiceError(500, IssueCode.EXCEPTION, said)


def handle_errors(app: FastAPI) -> None:
    """Makes the application's own errors, and the framework's, OperationOutcomes."""

    @app.exception_handler(ServiceError)
    async def of_ours(request: Request, error: ServiceError) -> Response:
        return outcome_response(error)

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, error: HTTPException) -> Response:
        code, said = _SAID.get(error.status_code, (IssueCode.PROCESSING, "The request cannot be answered."))
        return outcome_response(ServiceError(error.status_code, code, said, headers=error.headers))

    @app.exception_handler(RequestValidationError)
    async def of_validation(request: Request, error: RequestValidationError) -> Response:
        return outcome_response(ServiceError(400, IssueCode.VALUE, _problems(error)))


# Where pydantic's words say nothing to who asked.
_WORDS: Final = {
    "extra_forbidden": "there is no such parameter; /openapi.json lists them",
    "uuid_parsing": "no id of a result, which is a UUID",
}


def _problems(error: RequestValidationError) -> str:
    """Where the request is wrong and what is needed there, without what stood there."""
    problems = [
        f"{'.'.join(str(part) for part in one['loc'] if not isinstance(part, str) or len(part) < 60)}: "
        f"{_WORDS.get(one['type'], one['msg'])}"
        for one in error.errors()
        if one["type"] != "json_invalid"
    ]
    shown = "; ".join(problems[:MOST_PROBLEMS]) or "the body is not JSON"
    further = f"; and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
    return f"The request is wrong: {shown}{further}."
