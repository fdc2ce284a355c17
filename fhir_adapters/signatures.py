"""Which Patient ids occur more than once in the input, found before any record is given out.

Two records are joined if they are one patient's, and a record that was screened cannot be taken back. So every file is
looked through once before: not parsed, but searched for Patient resources, of which the id alone is kept. Only records
with an id that occurs again wait for the other; all others pass through one at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from json.decoder import JSONDecodeError
from typing import Any, Final

from trialsieve.fhir_adapters.documents import parse_json
from trialsieve.fhir_adapters.sources import InputFile, NotReadableError, read_lines

_NAME: Final = b'"Patient"'
_BEFORE: Final = re.compile(rb'"resourceType"\s*:\s*\Z')
_MAX_SPACE: Final = 200  # between `resourceType` and its value; more has never been met
_FIRST_SLICE: Final = 8192
_DECODER: Final = json.JSONDecoder()


def repeated_patients(files: Sequence[InputFile]) -> dict[str, int]:
    """Each Patient id that occurs more than once, with the place in `files` of the last one with it.

    A file that cannot be read counts as empty; it is reported when its turn comes. Patients contained in other
    resources are found too: their ids only make a record wait longer.
    """
    seen: set[str] = set()
    last: dict[str, int] = {}
    for number, file in enumerate(files):
        for identity in _patient_ids(file):
            if identity in seen:
                last[identity] = number
            seen.add(identity)
    return last


def _patient_ids(file: InputFile) -> Iterator[str]:
    try:
        for piece in _pieces(file):
            yield from ids_within(piece)
    except NotReadableError:
        return


def _pieces(file: InputFile) -> Iterator[bytes]:
    """The file line by line if each line may be a JSON value by itself, else the file as a whole."""
    stream = file.open()
    lines = read_lines(stream)
    _, first = next(lines, (0, b""))
    first = first.strip()
    if first.startswith(b"{") and first.endswith(b"}"):
        yield first
        for _, line in lines:
            yield line
    elif first:
        yield b"".join([first, b"\n", *(line for _, line in lines)])


def ids_within(piece: bytes) -> Iterator[str]:
    """The ids of the Patients in one piece of JSON text."""
    end = piece.find(_NAME)
    while end >= 0:
        element = _BEFORE.search(piece, max(0, end - _MAX_SPACE), end)
        end = piece.find(_NAME, end + len(_NAME))
        if element is None:
            continue
        start = element.start() - 1
        while start >= 0 and piece[start] in b" \t\r\n":
            start -= 1
        if start < 0 or piece[start] != ord("{"):
            # `resourceType` is not the first element: where the object begins is known only to a parser.
            yield from _ids_by_parsing(piece)
            return
        identity = _identity(_object_at(piece, start))
        if identity:
            yield identity


def _object_at(piece: bytes, start: int) -> Any:
    size = _FIRST_SLICE
    while True:
        try:
            return _DECODER.raw_decode(piece[start : start + size].decode("utf-8", "replace"))[0]
        except (JSONDecodeError, RecursionError):
            if start + size >= len(piece):
                return None
            size *= 8


def _ids_by_parsing(piece: bytes) -> Iterator[str]:
    try:
        pending = [parse_json(piece)]
    except NotReadableError:
        return
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if value.get("resourceType") == "Patient":
                if identity := _identity(value):
                    yield identity
            else:
                pending += [item for item in value.values() if isinstance(item, dict | list)]
        elif isinstance(value, list):
            pending += [item for item in value if isinstance(item, dict | list)]


def _identity(resource: Any) -> str:
    identity = resource.get("id") if isinstance(resource, dict) else None
    return str(identity) if isinstance(identity, str | int) else ""
