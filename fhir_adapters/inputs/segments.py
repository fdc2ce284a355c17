"""Small records on disk, sorted into buckets: written once by slice of the input, read by bucket.

One file holds what one slice has for every bucket, bucket after bucket; before them stands where each begins.
"""

from __future__ import annotations

import array
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, Self, TypeVar

import msgspec
from msgspec.structs import replace

from trialsieve.fhir_adapters.records.left_out import Names
from trialsieve.fhir_adapters.records.subject_names import URN

_Item = TypeVar("_Item", bound=msgspec.Struct)
_PLACE_TYPE: Final = "q"
_PLACE_BYTES: Final = 8


class ExportLine(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=0):
    """One line of an export; what it is shows only when it is looked at again. `line` counts within its slice.

    `subjects` are the patients that it is about, by name. `resource_type` and `id` are empty where it has none.
    `again`: the line is in the bucket of another patient too, where its problems are told.
    """

    slice: int
    file: int
    line: int
    subjects: tuple[str, ...]
    raw: bytes
    resource_type: str = ""
    id: str = ""
    again: bool = False


class LinesTold(msgspec.Struct, array_like=True, gc=False, tag=2):
    """Lines of one file about one patient, all of one type, of which was told what they are: nothing is wrong with it.

    `line` is the first of them. `lines` are the number, id and bytes of each. The others are as those of ExportLine.
    """

    slice: int
    file: int
    line: int
    subjects: tuple[str, ...]
    resource_type: str
    lines: list[tuple[int, str, bytes]]
    again: bool = False

    def each(self) -> Iterator[Self]:
        """One by one."""
        for line in self.lines:
            yield replace(self, line=line[0], lines=[line])


class LinesLeftOut(msgspec.Struct, array_like=True, gc=False, tag=1):
    """Lines of one file about one patient that mean nothing to the rules. They stay where they lie.

    `line` is the first of them; `places` are number, start and length of each, one after the other.
    """

    slice: int
    file: int
    line: int
    subject: str
    names: Names
    places: list[int]


BucketLine = ExportLine | LinesTold | LinesLeftOut

by_place: Final = attrgetter("slice", "file", "line")
"""By this, lines stand as in the input."""


def in_order(lines: Iterable[BucketLine]) -> list[BucketLine]:
    """Each line once, in the order of the input. Of two copies that counts by which its problems are told."""
    found = sorted(lines, key=by_place)
    if len(set(map(by_place, found))) == len(found):  # nearly always
        return found
    return [_one_of(list(copies)) for _, copies in groupby(found, by_place)]


def _one_of(copies: Sequence[BucketLine]) -> BucketLine:
    return next((one for one in reversed(copies) if not isinstance(one, LinesLeftOut) and not one.again), copies[0])


class Named(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A patient's name, and what has it: something in a slice that stands for itself, or the export of a directory."""

    name: str
    slice: int
    directory: int
    is_bundle: bool


_encoder = msgspec.msgpack.Encoder()


def bucket_of(name: str, buckets: int) -> int:
    """The same on every machine and in every run, and for names that may be one person's: `urn:uuid:x`, `Patient/X`."""
    person = name.removeprefix(URN).removeprefix("Patient/").lower()
    return zlib.crc32(person.encode("utf-8", "surrogatepass")) % buckets


def write_segments(path: Path, by_bucket: Mapping[int, Sequence[msgspec.Struct]], buckets: int) -> None:
    """Writes what one slice has for each of so many buckets."""
    start = (buckets + 1) * _PLACE_BYTES
    places = array.array(_PLACE_TYPE, [start])
    with path.open("wb") as stream:
        stream.seek(start)
        for bucket in range(buckets):
            written = stream.write(_encoder.encode(by_bucket[bucket])) if bucket in by_bucket else 0
            places.append(places[-1] + written)
        stream.seek(0)
        places.tofile(stream)


def read_segment(path: Path | str, bucket: int, decoder: msgspec.msgpack.Decoder[list[_Item]]) -> list[_Item]:
    """What a file of `write_segments` holds for one bucket."""
    file = os.open(path, os.O_RDONLY)  # a stream of Python's costs more than the two reads: there are many segments
    try:
        places = array.array(_PLACE_TYPE, os.pread(file, 2 * _PLACE_BYTES, bucket * _PLACE_BYTES))
        if places[0] == places[1]:
            return []
        return decoder.decode(os.pread(file, places[1] - places[0], places[0]))
    finally:
        os.close(file)
