"""What a caller in Python may hand over: a record as a dict, text or bytes; names, paths and days; in which shapes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from trialsieve.rules.errors import UsageError


def json_bytes(patients: Mapping[str, Any] | str | bytes) -> bytes:
    """The input as JSON: what a file would hold, so that a dict is read as that file is."""
    try:
        if isinstance(patients, str):
            if patients.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
                raise UsageError("screen: the text is no JSON; to read a file or a directory, use screen_files")
            return patients.encode()
        if isinstance(patients, (bytes, bytearray, memoryview)):
            return bytes(patients)
        if isinstance(patients, Mapping):
            return orjson.dumps(patients if isinstance(patients, dict) else dict(patients))
    except (orjson.JSONEncodeError, UnicodeEncodeError) as error:
        fault = str(error) if isinstance(error, orjson.JSONEncodeError) else "text that is not Unicode"
        raise UsageError(
            f"screen: cannot be written as JSON ({fault}); give JSON as it came, or of a model its model_dump_json()"
        ) from error
    if isinstance(patients, os.PathLike):
        raise UsageError("screen: a path is read by screen_files")
    raise UsageError(f"screen: give a Bundle or resource as a dict, or as JSON text or bytes, not {_type_of(patients)}")


def texts(option: str, given: object) -> tuple[str, ...]:
    """Several names or paths; one by itself is meant as one."""
    alone = isinstance(given, (str, os.PathLike))
    parts = (given,) if alone or not isinstance(given, Iterable) else tuple(given)
    for part in parts:
        if not isinstance(part, (str, os.PathLike)):
            raise UsageError(f"{option}: give text or several texts, not {_type_of(part)}")
    return tuple(os.fspath(part) for part in parts)


def day_written(option: str, given: object) -> str:
    """A day as it is written on the command line."""
    if isinstance(given, str):
        return given
    if isinstance(given, date) and not isinstance(given, datetime):
        return given.isoformat()
    raise UsageError(f"{option}: give a date, or text such as 2026-11-20, not {_type_of(given)}")


def _type_of(given: object) -> str:
    return type(given).__name__
