"""The files of a large input cut into slices of bounded size, so that many processes can read it at the same time.

A slice is a stretch of one file that holds a JSON value a line, or some files that hold one JSON value each. How the
input is cut depends on the files alone.
"""

from __future__ import annotations

import enum
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

import msgspec

from trialsieve.fhir_adapters.inputs.documents import Document, Lines, holds_lines, read_document
from trialsieve.fhir_adapters.inputs.input_files import (
    MAX_VALUE_BYTES,
    TOO_LARGE,
    InputFile,
    NotReadableError,
    read_lines,
    reading_fault,
)
from trialsieve.fhir_adapters.inputs.quiet import Quiet

SLICE_BYTES: Final = 16 << 20
_PIECE: Final = 1 << 20  # less than any line that is too large
_MOST_DOCUMENTS: Final = 500
_NOWHERE: Final = -1
_PLAIN_STARTS: Final = (b"{", b"[", b" ", b"\n", b"\r", b"\t")


class SliceKind(enum.Enum):
    """What a slice is made of."""

    LINES = "lines"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Slice:
    """Lines of the file number `first` that begin at byte `start` or later and before `end`; or whole files from
    number `first` on. `end` None: up to the file's end.
    """

    number: int
    kind: SliceKind
    first: int
    files: tuple[InputFile, ...]
    start: int = 0
    end: int | None = None


class Unit(msgspec.Struct, frozen=True, gc=False):
    """A JSON value of a slice: one line, or a whole file (`line` 0 and `document` set).

    `line` counts from 1 within the slice, blank lines included; `start` is its place in the file, -1 where it cannot be
    gone to. `fault` says why the rest could not be read.
    """

    file: int
    line: int
    raw: bytes = b""
    document: Document | None = None
    fault: str = ""
    start: int = _NOWHERE


class BrokenOffError(NotReadableError):
    """The rest of a slice cannot be read, from the line with the number `line` on."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class SliceLines:
    """The lines of a slice that is made of lines, blank ones included: the number, the place in the file and the bytes
    of each, as `Unit` has them. Iterating raises BrokenOffError.

    `number`: that of the last line which was read; `end`: the place behind it.
    """

    def __init__(self, part: Slice) -> None:
        self._part = part
        self.number = 0
        self.end = _NOWHERE

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        number, position = 0, _NOWHERE
        file = self._part.files[0]
        try:
            can_be_cut = _can_be_cut(file)
            stream = file.open()
            if not can_be_cut:
                for number, raw in read_lines(stream):
                    yield number, _NOWHERE, raw
                return
            with stream:
                position = _go_to_first_line(stream, self._part.start)
                for block in _blocks(stream, position, self._part.end):
                    for raw in io.BytesIO(block):
                        number += 1
                        yield number, position, raw
                        position += len(raw)
        except NotReadableError as fault:
            raise BrokenOffError(number + 1, str(fault)) from fault
        except OSError as error:
            raise BrokenOffError(number + 1, reading_fault(error)) from error
        finally:
            self.number, self.end = number, position


def cut(files: Sequence[InputFile], slice_bytes: int = SLICE_BYTES) -> list[Slice]:
    """Every file is in one slice, or in several that hold each of its lines once. In the order of the files."""
    slices: list[Slice] = []
    together: list[InputFile] = []
    size = 0

    def close(number: int) -> None:
        nonlocal size
        if together:
            slices.append(Slice(len(slices), SliceKind.DOCUMENTS, number - len(together), tuple(together)))
            together.clear()
            size = 0

    for number, file in enumerate(files):
        length = file.path.stat().st_size if file.path is not None else len(file.content or b"")
        if holds_lines(file):
            close(number)
            starts = range(0, max(length, 1), slice_bytes) if _can_be_cut(file) else (0,)
            for start in starts:
                end = start + slice_bytes if len(starts) > 1 and start + slice_bytes < length else None
                slices.append(Slice(len(slices), SliceKind.LINES, number, (file,), start, end))
            continue
        if together and (size + length > slice_bytes or len(together) >= _MOST_DOCUMENTS):
            close(number)
        together.append(file)
        size += length
    close(len(files))
    return slices


def units(part: Slice, quiet: Quiet | None = None) -> Iterator[Unit]:
    """The JSON values of a slice, in the order of the input. Never raises for what a file holds."""
    if part.kind is SliceKind.LINES:
        try:
            for number, start, raw in SliceLines(part):
                if not raw.isspace():
                    yield Unit(part.first, number, raw, start=start)
        except BrokenOffError as fault:
            yield Unit(part.first, fault.line, fault=str(fault))
        return
    for number, file in enumerate(part.files, start=part.first):
        try:
            content = read_document(file, quiet)
            if isinstance(content, Lines):
                for line, raw in content.lines:
                    yield Unit(number, line, raw)
            else:
                yield Unit(number, 0, document=content)
                del content
        except NotReadableError as fault:
            yield Unit(number, 0, fault=str(fault))


def line_count(part: Slice) -> int:
    """How many lines begin in a slice, blank ones included; 0 for whole files, whose lines are numbered from 1."""
    if part.kind is SliceKind.DOCUMENTS or part.end is None:
        return 0  # nothing follows in this file
    # A line begins with the file, and behind every line end; more follows in this file.
    count = 1 if part.start == 0 else 0
    position = max(part.start - 1, 0)
    with part.files[0].open() as stream:
        stream.seek(position)
        while position < part.end - 1 and (piece := stream.read(min(_PIECE, part.end - 1 - position))):
            count += piece.count(b"\n")
            position += len(piece)
    return count


def _blocks(stream: IO[bytes], position: int, end: int | None) -> Iterator[bytes]:
    """The lines that begin before `end`, many together; the stream is at `position`."""
    while end is None or position < end:
        block = stream.read(_PIECE if end is None else min(_PIECE, end - position))
        if not block:
            return
        if not block.endswith(b"\n"):
            block += stream.readline(MAX_VALUE_BYTES + 1)
        last = block.rfind(b"\n", 0, -1) + 1
        if len(block) - last > MAX_VALUE_BYTES:
            yield block[:last]
            raise NotReadableError(TOO_LARGE)
        position += len(block)
        yield block


def _go_to_first_line(stream: IO[bytes], start: int) -> int:
    """To the first line that begins at `start` or later; its place."""
    if start == 0:
        return 0
    stream.seek(start - 1)
    while piece := stream.readline(_PIECE):  # the line may be very long
        if piece.endswith(b"\n"):
            break
    return stream.tell()


def _can_be_cut(file: InputFile) -> bool:
    """A file whose places are those of its text: neither packed nor in another encoding."""
    if file.path is None:
        return False
    try:
        with open(file.path, "rb") as stream:
            head = stream.read(4)
    except OSError:
        return False  # said when it is read
    return head.startswith(_PLAIN_STARTS) and 0 not in head
