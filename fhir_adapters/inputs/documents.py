"""What one file holds, told by its content and not by its name: one JSON value, or one JSON value a line."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, Final

import orjson

from trialsieve.fhir_adapters.elements.json_value import NOT_UTF8, NUMBER_TOO_LARGE, json_value, loses_resources
from trialsieve.fhir_adapters.inputs.input_files import (
    MAX_VALUE_BYTES,
    TOO_LARGE,
    UTF8_MARK,
    InputFile,
    NotReadableError,
    read_lines,
    reading_fault,
)
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.slim import parse_slim

_PLACE: Final = re.compile(r": line (\d+) column (\d+) \(char \d+\)$")

_NAMED_TWICE: Final = (
    "`entry` stands twice in one Bundle, or `resource` in one entry, and only the last would be read; "
    "put all into one `entry`, a resource in each"
)

# By how a file of theirs begins, in small letters: what people hand over in place of JSON.
_HTML: Final = "an HTML page, perhaps the error page of a server"
_OTHER_FORMATS: Final = (
    (b"%pdf", "a PDF"),
    (b"pk\x03\x04", "a ZIP file"),
    (b"<!doctype html", _HTML),
    (b"<html", _HTML),
    (b"<", "XML"),
    (b"msh|", "HL7 version 2"),
)
_OTHER_PACKINGS: Final = ((b"\xfd7zxz\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"bzh", "bzip2"))


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is one JSON value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of one JSON value a line: (line number, bytes) without blank lines. Iterating raises as reading does."""

    lines: Iterator[tuple[int, bytes]]


def parse_json(raw: bytes) -> Any:
    """The JSON value. Raises NotReadableError: not JSON, not UTF-8, nested too deep, or resources that would be lost.

    A byte order mark is left out: it stands before lines, too, where files were put one behind the other.
    """
    try:
        value = json_value(raw.removeprefix(UTF8_MARK))
    except orjson.JSONDecodeError as error:
        raise NotReadableError(_json_fault(error, raw)) from error
    if loses_resources(raw, value):
        raise NotReadableError(_NAMED_TWICE)
    return value


def breaks_off(line: bytes) -> bool:
    """Whether a line that is not JSON is the beginning of one, within which its file ends: others may have followed."""
    return line.lstrip().startswith(b"{") and not line.endswith(b"\n")


def parse_bundle(raw: bytes, quiet: Quiet | None) -> Any:
    """The JSON value; of one patient's large Bundle without the quiet resources (`parse_slim`)."""
    value = parse_slim(raw, quiet) if quiet is not None else None
    return parse_json(raw) if value is None else value


def read_document(file: InputFile, quiet: Quiet | None = None) -> Document | Lines:
    """Tells the two apart. Raises NotReadableError if the file is neither."""
    stream = file.open()
    head = _head_lines(stream)
    if not head:
        if file.holds_lines_by_name:
            return Lines(iter(()))
        raise NotReadableError("the file is empty")
    value, fault = _try_json(head[0][1], quiet if len(head) == 1 else None)
    if fault is None:
        if len(head) > 1:
            return Lines(chain(head, _numbered(stream, head[-1][0])))
        if file.holds_lines_by_name and isinstance(value, dict) and value.get("resourceType") != "Bundle":
            return Lines(iter(head))
        return Document(value)
    if len(head) == 1:
        raise fault
    if isinstance(_try_json(head[1][1])[0], dict):  # one bad line, then a good one
        return Lines(chain(head, _numbered(stream, head[-1][0])))
    rest = _read_rest(stream)
    # The lines keep their places, so that a fault is named where an editor shows it.
    between = b"\n" * (head[1][0] - head[0][0] - 1)
    whole = b"".join([b"\n" * (head[0][0] - 1), head[0][1], between, head[1][1], rest])
    value, whole_fault = _try_json(whole, quiet)
    if whole_fault is None:
        return Document(value)
    if file.holds_lines_by_name and any(isinstance(_try_json(line)[0], dict) for line in rest.splitlines()):
        return Lines((n, line) for n, text in enumerate(whole.split(b"\n"), start=1) if (line := text.strip()))
    raise whole_fault


def holds_lines(file: InputFile) -> bool:
    """Is this file one JSON value a line? False of one that cannot be read, as is said when it is.

    Its first two lines tell; all of it where they are neither, though its name says that it is.
    """
    try:
        return _holds_lines(file)
    except NotReadableError:
        return False


def _holds_lines(file: InputFile) -> bool:
    with file.open() as stream:
        head = _head_lines(stream)
    if not head:
        return file.holds_lines_by_name
    if len(head) == 1:
        value = _try_json(head[0][1])[0] if file.holds_lines_by_name else None
        return isinstance(value, dict) and value.get("resourceType") != "Bundle"
    if any(isinstance(_try_json(line)[0], dict) for _, line in head):
        return True
    return file.holds_lines_by_name and isinstance(read_document(file), Lines)


def _head_lines(stream: IO[bytes]) -> list[tuple[int, bytes]]:
    """The first two lines that are not blank."""
    head: list[tuple[int, bytes]] = []
    for numbered in read_lines(stream):
        head.append(numbered)
        if len(head) == 2:
            break
    return head


def _numbered(stream: IO[bytes], read_so_far: int) -> Iterator[tuple[int, bytes]]:
    for number, line in read_lines(stream):
        yield number + read_so_far, line


def _read_rest(stream: IO[bytes]) -> bytes:
    try:
        rest = stream.read(MAX_VALUE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadableError(reading_fault(error)) from error
    finally:
        stream.close()
    if len(rest) > MAX_VALUE_BYTES:
        raise NotReadableError(TOO_LARGE)
    return rest


def _try_json(raw: bytes, quiet: Quiet | None = None) -> tuple[Any, NotReadableError | None]:
    try:
        return parse_bundle(raw, quiet), None
    except NotReadableError as fault:
        return None, fault


def _json_fault(error: orjson.JSONDecodeError, raw: bytes) -> str:
    message = str(error)
    place = _PLACE.search(message)
    where = f" at line {place[1]}, column {place[2]}" if place else ""
    what = _PLACE.sub("", message)
    if "depth" in what or "recursion" in what.lower():
        return f"not usable: JSON nested too deep{where}"
    begins = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower()
    if begins[:1] not in (b"{", b"["):
        packing = next((name for start, name in _OTHER_PACKINGS if begins.startswith(start)), None)
        if packing:
            return f"packed by {packing}, which is not read; unpack it, or pack it by gzip"
        kind = next((name for start, name in _OTHER_FORMATS if begins.startswith(start)), None)
        return f"not JSON, and not NDJSON{f', but {kind}' if kind else ''}; export FHIR as JSON instead"
    if what == NOT_UTF8:
        what += "; save the file as UTF-8"
    if what.startswith(NUMBER_TOO_LARGE):
        what = "a number that is too large to be read, and something else that is no JSON; correct the number first"
    return f"not valid JSON{where}: {what}"
