"""A request's body as JSON: parsed once, by orjson, strictly.

Not taken, each with a 400: NaN, what is not UTF-8, nesting without end, and a name that stands twice in one object:
of two patient ids, one reader would take the first and another the second.
"""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any, Final

import orjson
from fastapi import Depends, Request

from trialsieve.service.web.errors import IssueCode, ServiceError
from trialsieve.service.web.json_pieces import PARSED_ASIDE, parsed_json

# What stands for a quote in JSON beside the quote itself.
_ESCAPED_QUOTE: Final = b"\\u0022"


async def read_json_object(request: Request) -> dict[str, Any]:
    """The body, which has to be a JSON object. Raises ServiceError: 415 for another type of content, else 400."""
    _check_type(request.headers.get("content-type"))
    body = await request.body()
    if not body:
        raise ServiceError(400, IssueCode.REQUIRED, "The body is empty; a JSON object is needed.")
    parsed, doubtful = await asyncio.to_thread(_read, body) if len(body) > PARSED_ASIDE else _read(body)
    if doubtful and await asyncio.to_thread(repeats_names, body):
        said = "A name stands twice in one object of the body; which of the two counts cannot be known."
        raise ServiceError(400, IssueCode.STRUCTURE, said)
    return parsed


def _read(body: bytes) -> tuple[dict[str, Any], bool]:
    """The object, and whether a name may stand twice. Raises ServiceError (400)."""
    try:
        parsed = parsed_json(body)
    except orjson.JSONDecodeError as error:
        # Its message says what is wrong, and quotes nothing.
        said = f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        raise ServiceError(400, IssueCode.STRUCTURE, said) from error
    if not isinstance(parsed, dict):
        raise ServiceError(400, IssueCode.STRUCTURE, "The body is not a JSON object.")
    try:
        return parsed, _may_repeat_names(body, parsed)
    except TypeError as error:  # what orjson parses may be four times as deep as what it writes
        raise ServiceError(400, IssueCode.STRUCTURE, "The body is nested too deeply.") from error


JsonObject = Annotated[dict[str, Any], Depends(read_json_object)]


def _check_type(content_type: str | None) -> None:
    if content_type is None:
        return
    essence, *parameters = (part.strip().casefold() for part in content_type.split(";"))
    charset = next((part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    is_json = essence == "application/json" or (essence.startswith("application/") and essence.endswith("+json"))
    if not is_json or charset not in {"utf-8", "utf8", "us-ascii"}:
        said = "The body has to be application/json or application/fhir+json, in UTF-8."
        raise ServiceError(415, IssueCode.NOT_SUPPORTED, said)


def _may_repeat_names(body: bytes, parsed: dict[str, Any]) -> bool:
    """Whether names were lost in parsing, or may have been: a quick look, which never misses one.

    A member that is lost takes the two quotes of its name with it, and writing again adds none: those inside a text are
    escaped here and there, however the rest is written.
    """
    if b"\\" in body and _ESCAPED_QUOTE in body:
        return True
    return body.count(b'"') != orjson.dumps(parsed).count(b'"')


class _RepeatedError(Exception):
    """A name stands twice."""


def repeats_names(body: bytes) -> bool:
    """Whether an object of the body has a name twice. Slow and exact; the body has been parsed before."""
    try:
        json.loads(body, object_pairs_hook=_refuse_repeated)
    except (_RepeatedError, RecursionError, ValueError):
        return True
    return False


def _refuse_repeated(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise _RepeatedError
    return found
