"""Every error of the service is an OperationOutcome, and says nothing of what lies below.

Raise `ServiceError`; `outcome_response` renders it. What a `ServiceError` says is written by us for the caller: it may
name a setting, a parameter or a key of the request, never the value of anything from a patient's record.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import orjson
from starlette.responses import Response

from trialsieve.rules.errors import TrialsieveError


class IssueCode(StrEnum):
    """The codes of FHIR's issue-type value set that this service uses."""

    INVALID = "invalid"
    STRUCTURE = "structure"
    REQUIRED = "required"
    VALUE = "value"
    NOT_SUPPORTED = "not-supported"
    TOO_LONG = "too-long"
    LOGIN = "login"
    PROCESSING = "processing"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    INCOMPLETE = "incomplete"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    THROTTLED = "throttled"
    TRANSIENT = "transient"


class ServiceError(TrialsieveError):
    """An answer other than 2xx: its status, the OperationOutcome's issue code, and what to do about it."""

    def __init__(
        self, status: int, code: IssueCode, diagnostics: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status: Final = status
        self.code: Final = code
        self.diagnostics: Final = diagnostics
        self.headers: Final = dict(headers or {})
        super().__init__(diagnostics)


class UnauthorizedError(ServiceError):
    """The caller is not known. The answer is a bare 401: whoever tries tokens learns nothing from it.

    `reason` is for the metrics and the log alone.
    """

    def __init__(self, reason: str) -> None:
        self.reason: Final = reason
        super().__init__(401, IssueCode.LOGIN, "", headers={"WWW-Authenticate": "Bearer"})


def ask_again(diagnostics: str, seconds: int, code: IssueCode = IssueCode.TRANSIENT) -> ServiceError:
    """A 503: whoever asks again after so many seconds may be answered."""
    return ServiceError(503, code, diagnostics, headers={"Retry-After": str(seconds)})


def outcome_response(error: ServiceError) -> Response:
    """The HTTP response that an error is answered with: an OperationOutcome with one issue."""
    headers = {"Cache-Control": "no-store", **error.headers}
    issue = {"severity": "error", "code": error.code.value}
    if error.diagnostics:
        issue["diagnostics"] = error.diagnostics
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    return Response(body, error.status, headers, media_type="application/fhir+json")
