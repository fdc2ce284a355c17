"""Which Patients occur more than once in the input, or replace each other, found before any record is given out.

Two records are joined if they are one patient's, and a record that was screened cannot be taken back. So every file is
looked through once before: not parsed, but searched for Patient resources, of which the id and links alone are kept.
Only records with an id that occurs again, or that is linked with another's, wait for the other; all others pass through
one at a time.

Where only a parser can tell what the bytes say, the file's lines are taken one by one, and such a line is parsed.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.decoder import JSONDecodeError
from typing import IO, Any, Final

from trialsieve.fhir_adapters.elements.json_value import whole_number
from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.inputs.input_files import InputFile, NotReadableError, read_lines
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.fhir_adapters.records.replaced import connected, named_links

_NAME: Final = re.compile(rb'Patient"')  # begins with a letter, and a rare one: quotes are everywhere
# An ASCII letter of `resourceType`, `Patient` or `id`, written as an escape; or a surrogate, which must be one of two.
_ESCAPED: Final = re.compile(rb"\\u(?:00(?:5[04]|6[13-59eEfF]|7[02-59])|[dD][89a-fA-F])")
_ESCAPE_LENGTH: Final = 6
_BLOCK: Final = 32_768
_LOOK_BACK: Final = 256  # from the name to the beginning of its object; more has never been met
_LARGEST: Final = 1 << 20  # of a Patient, with what was read behind it
_FIRST_SLICE: Final = 8192
_DECODER: Final = json.JSONDecoder(parse_int=whole_number)


class _NeedsParserError(Exception):
    """What the bytes say is known only to a parser."""


@dataclass(frozen=True, slots=True)
class SeenPatient:
    """The id of a Patient, and its links: (name of who replaces, name of the replaced one)."""

    identity: str
    links: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """How resources name it."""
        return f"Patient/{self.identity}"


def repeated_patients(files: Sequence[InputFile]) -> dict[str, int]:
    """Each Patient id that occurs more than once, or is linked with another's, and the place in `files` of the last of
    those that must be brought together.

    A file that cannot be read counts as empty; it is reported when its turn comes. Patients contained in other
    resources are found too: their ids only make a record wait longer.
    """
    return brought_together((patient, number) for number, file in enumerate(files) for patient in _patients(file))


def brought_together(found: Iterable[tuple[SeenPatient, int]]) -> dict[str, int]:
    """Of Patients and their places: each id that must wait for others, and the last of their places."""
    last: dict[str, int] = {}
    again: set[str] = set()
    links: list[tuple[str, str]] = []
    for patient, place in found:
        if patient.identity in last:
            again.add(patient.identity)
        last[patient.identity] = place
        links += patient.links
    waiting = {identity: last[identity] for identity in again}
    ids = [(one.removeprefix("Patient/"), other.removeprefix("Patient/")) for one, other in links]
    for group in connected((one, other) for one, other in ids if one in last and other in last):
        waiting |= dict.fromkeys(group, max(last[identity] for identity in group))
    return waiting


def _patients(file: InputFile) -> Iterator[SeenPatient]:
    try:
        with file.open() as stream:
            found: Iterable[SeenPatient] = _by_search(stream)
    except NotReadableError:
        return
    except _NeedsParserError:
        found = _by_piece(file)
    yield from found


def _by_piece(file: InputFile) -> Iterator[SeenPatient]:
    try:
        for piece in _pieces(file):
            yield from patients_within(piece)
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


def patients_within(piece: bytes) -> list[SeenPatient]:
    """The Patients with an id in one piece of JSON text."""
    try:
        return _by_search(io.BytesIO(piece))
    except _NeedsParserError:
        return patients_by_parsing(piece)


def _by_search(stream: IO[bytes]) -> list[SeenPatient]:
    """The Patients with an id in a stream of JSON text, up to where it breaks off. Raises _NeedsParserError."""
    seen: list[SeenPatient] = []
    window, position, unfinished = b"", 0, False
    while block := _read_block(stream):
        new = max(0, len(window) - _ESCAPE_LENGTH + 1)
        window += block
        backslash = window.find(b"\\", new)
        if backslash >= 0 and _ESCAPED.search(window, backslash):
            raise _NeedsParserError
        done = len(window) - len(b"Patient")  # a name may be cut here
        unfinished = False
        for hit in _NAME.finditer(window, position):
            start = _object_start(window, hit.start())
            if start is None:
                continue
            patient = _object_at(window, start)
            if patient is None:  # broken, or it goes on in the next block
                done, unfinished = hit.start(), True
                break
            seen += seen_patients(patient)
        kept_from = max(0, done - _LOOK_BACK)
        position = max(0, done - kept_from)
        window = window[kept_from:]
        if len(window) > _LARGEST:
            raise _NeedsParserError
    if unfinished:
        raise _NeedsParserError
    return seen


def _read_block(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_BLOCK)
    except (OSError, EOFError, zlib.error):
        return b""  # reported when the file's turn comes


def _object_start(text: bytes, name: int) -> int | None:
    """Where the object begins whose first element is `resourceType` and has its value, the name, at this place.

    None if the name is the value of something else. Raises _NeedsParserError where this cannot be seen.
    """
    begin = max(0, name - _LOOK_BACK)
    before = text[begin:name]
    for expected in (b'"', b":", b'"resourceType"'):
        if not before.endswith(expected):
            if len(before) < len(expected):
                raise _NeedsParserError  # it begins too far away
            return None
        before = before[: -len(expected)].rstrip()
    if not before.endswith(b"{"):
        raise _NeedsParserError  # `resourceType` is not the first element
    return begin + len(before) - 1


def _object_at(text: bytes, start: int) -> dict[str, Any] | None:
    size = _FIRST_SLICE
    while True:
        try:
            found: dict[str, Any] = _DECODER.raw_decode(text[start : start + size].decode("utf-8", "replace"))[0]
        except (JSONDecodeError, RecursionError):
            if start + size >= len(text):
                return None
            size *= 8
        else:
            return found


def patients_by_parsing(piece: bytes) -> list[SeenPatient]:
    """The Patients with an id in one JSON value; none in what is no JSON."""
    seen: list[SeenPatient] = []
    try:
        pending = [parse_json(piece)]
    except NotReadableError:
        return seen
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            seen += seen_patients(value)
            pending += [item for item in value.values() if isinstance(item, dict | list)]
        elif isinstance(value, list):
            pending += [item for item in value if isinstance(item, dict | list)]
    return seen


def seen_patients(resource: Resource) -> list[SeenPatient]:
    """The resource, if it is a Patient with an id."""
    identity = resource.get("id") if resource.get("resourceType") == "Patient" else None
    if not isinstance(identity, str | int) or not str(identity):
        return []
    links = named_links(resource, f"Patient/{identity}") if "link" in resource else ()
    return [SeenPatient(str(identity), tuple(links))]
