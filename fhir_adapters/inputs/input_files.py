"""From the INPUTs of a command line to the files that are read, each opened as plain UTF-8 bytes.

Nothing here knows FHIR: names, directories, links, permissions, compression and text encodings only.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from trialsieve.fhir_adapters.records.record import InputProblem, Report
from trialsieve.rules.errors import InputError

SUFFIXES: Final = tuple(name + packed for name in (".json", ".ndjson", ".jsonl") for packed in ("", ".gz"))
LINE_SUFFIXES: Final = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
STANDARD_INPUT: Final = "-"

MAX_VALUE_BYTES: Final = 512 * 1024 * 1024
"""The largest single JSON value that is read; parsed it takes some six times as much memory."""
TOO_LARGE: Final = f"one JSON value of more than {MAX_VALUE_BYTES >> 20} MB; split it, or export it as NDJSON"

_BUFFER_BYTES: Final = 1 << 20
_GZIP_MAGIC: Final = b"\x1f\x8b"
UTF8_MARK: Final = b"\xef\xbb\xbf"
# Byte order marks; UTF-32 first, since its little-endian mark begins with that of UTF-16.
_WIDE_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class NotReadableError(Exception):
    """A file, or the rest of one, cannot be used; `str()` is the reason, without the file's name."""


@dataclass(slots=True)
class SkippedFiles:
    """Files of a directory that were left out because of their name: how many, and the first of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, path: str) -> None:
        self.count += 1
        if len(self.examples) < 5:
            self.examples.append(path)


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read. `label` names it to people; NDJSON files with the same `directory` form one export.

    `content` holds what can be read only once (standard input, a pipe).
    """

    label: str
    directory: str
    path: Path | None = None
    content: bytes | None = None

    @property
    def holds_lines_by_name(self) -> bool:
        return self.label.lower().endswith(LINE_SUFFIXES)

    def open(self) -> IO[bytes]:
        """The file's content, unpacked, without byte order mark, as UTF-8. Raises NotReadableError."""
        try:
            return _as_utf8(self._unpacked())
        except (OSError, EOFError, zlib.error) as error:
            raise NotReadableError(reading_fault(error)) from error

    def _unpacked(self) -> io.BufferedReader:
        """What `gzip` packed, by its magic number and not by its name; closing it closes the file."""
        stream = self._raw()
        try:
            head = stream.peek(2)[:2]
        except OSError:
            stream.close()
            raise
        if not head and self.label.lower().endswith(".gz"):
            stream.close()
            raise NotReadableError("the file is empty, which no packed file is; copy or download it again")
        if head != _GZIP_MAGIC:
            return stream
        if self.path is None:
            return io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=stream)))
        stream.close()
        return io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(self.path)))

    def _raw(self) -> io.BufferedReader:
        if self.path is None:
            return io.BufferedReader(cast(io.RawIOBase, io.BytesIO(self.content or b"")))
        return cast(io.BufferedReader, open(self.path, "rb", buffering=_BUFFER_BYTES))


def find_files(inputs: Sequence[str], report: Report, skipped: SkippedFiles, stdin: BinaryIO | None) -> list[InputFile]:
    """Every file that the inputs name, in the order given; those of a directory sorted, each file once.

    Raises InputError for a named path that is missing or cannot be read: then nothing is screened. What cannot be read
    further down a directory is a problem of the run.
    """
    search = _Search(report, skipped)
    for name in inputs:
        if name == STANDARD_INPUT:
            if stdin is None:
                raise InputError("- (standard input): nothing is connected to it; name a file or directory instead")
            search.files.append(InputFile(name, "-", content=stdin.read()))
        else:
            search.add_named(name)
    return search.files


class _Search:
    def __init__(self, report: Report, skipped: SkippedFiles) -> None:
        self.files: list[InputFile] = []
        self._report = report
        self._skipped = skipped
        self._seen: set[tuple[int, int]] = set()

    def add_named(self, name: str) -> None:
        path = Path(name)
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                os.scandir(path).close()
            else:
                with open(path, "rb") as opened:
                    # A pipe gives its bytes once; files are read again when their turn comes.
                    content = None if stat.S_ISREG(status.st_mode) else opened.read()
        except OSError as error:
            raise InputError(f"{name}: {reading_fault(error)}; check the path and its permissions") from error
        if stat.S_ISDIR(status.st_mode):
            self._add_directory(path, status)
        elif content is not None:
            self.files.append(InputFile(name, str(path.parent), content=content))
        elif self._is_new(status):
            self.files.append(InputFile(name, str(path.parent), path=path))

    def _add_directory(self, directory: Path, status: os.stat_result) -> None:
        if not self._is_new(status):  # a link that leads back
            return
        try:
            with os.scandir(directory) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._report(InputProblem(str(directory), "", reading_fault(error)))
            return
        for entry in entries:
            named_json = entry.name.lower().endswith(SUFFIXES) and not entry.name.startswith(".")
            try:
                entry_status = entry.stat()
            except OSError as error:
                if named_json:
                    self._report(InputProblem(entry.path, "", reading_fault(error)))
                else:
                    self._skipped.add(entry.path)
                continue
            if stat.S_ISDIR(entry_status.st_mode) and not entry.name.startswith("."):
                self._add_directory(Path(entry.path), entry_status)
            elif stat.S_ISREG(entry_status.st_mode) and named_json:
                if self._is_new(entry_status):
                    self.files.append(InputFile(entry.path, str(directory), path=Path(entry.path)))
            else:
                self._skipped.add(entry.path)

    def _is_new(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            return False
        self._seen.add(identity)
        return True


def _as_utf8(stream: io.BufferedReader) -> IO[bytes]:
    try:
        head = stream.peek(4)[:4]
    except (OSError, EOFError, zlib.error):
        stream.close()
        raise
    encoding = next((name for mark, name in _WIDE_MARKS if head.startswith(mark)), None) or _unmarked_encoding(head)
    if encoding is not None:
        try:
            with stream:
                return io.BytesIO(stream.read().decode(encoding).encode())
        except UnicodeError as error:
            raise NotReadableError(f"looks like {encoding.upper()} text but is not; save it as UTF-8") from error
    if head.startswith(UTF8_MARK):
        stream.read(len(UTF8_MARK))
    return stream


def _unmarked_encoding(head: bytes) -> str | None:
    """JSON begins with two ASCII characters, so that zero bytes tell how wide they are (RFC 4627, section 3)."""
    if len(head) < 4:
        return None
    zeros = (head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0)
    return {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }.get(zeros)


def reading_fault(error: BaseException) -> str:
    """What an exception of reading means, in words and without the path."""
    if isinstance(error, gzip.BadGzipFile):
        return f"not readable as gzip: {error}; copy or download it again"
    if isinstance(error, EOFError):
        return "the compressed file ends before its end; copy or download it again"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return f"cannot be unpacked: {error}; copy or download it again"


def read_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """(number from 1, line) without blank lines; closes the stream at its end.

    Raises NotReadableError when the file breaks off.
    """
    number = 0
    while True:
        try:
            line = stream.readline(MAX_VALUE_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            stream.close()
            raise NotReadableError(reading_fault(error)) from error
        if not line:
            stream.close()
            return
        if len(line) > MAX_VALUE_BYTES:
            stream.close()
            raise NotReadableError(TOO_LARGE)
        number += 1
        if not line.isspace():
            yield number, line
