"""Small records on disk, sorted into buckets: written once by slice of the input, read by bucket.

One file holds what one slice has for every bucket, bucket after bucket, and at its end where each begins.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec

_Item = TypeVar("_Item", bound=msgspec.Struct)
_TAIL_BYTES: Final = 8


class ExportLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of an export. `line` counts within its slice.

    `subjects` are the patients that it is about, by name. `again`: the line is in the bucket of another patient too,
    where its problems are told.
    """

    slice: int
    file: int
    line: int
    subjects: tuple[str, ...]
    raw: bytes
    again: bool = False


class Named(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A patient's name, and what has it: something in a slice that stands for itself, or the export of a directory."""

    name: str
    slice: int
    directory: int
    is_bundle: bool


_encoder = msgspec.msgpack.Encoder()
_places_decoder = msgspec.msgpack.Decoder(dict[int, tuple[int, int]])


def bucket_of(name: str, buckets: int) -> int:
    """The same on every machine and in every run."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % buckets


def write_segments(path: Path, by_bucket: Mapping[int, Sequence[msgspec.Struct]]) -> None:
    """Writes what one slice has."""
    places: dict[int, tuple[int, int]] = {}
    with path.open("wb") as stream:
        position = 0
        for bucket in sorted(by_bucket):
            data = _encoder.encode(by_bucket[bucket])
            stream.write(data)
            places[bucket] = (position, len(data))
            position += len(data)
        tail = _encoder.encode(places)
        stream.write(tail)
        stream.write(len(tail).to_bytes(_TAIL_BYTES, "big"))


def read_segment(path: Path, bucket: int, decoder: msgspec.msgpack.Decoder[list[_Item]]) -> list[_Item]:
    """What a file of `write_segments` holds for one bucket."""
    with path.open("rb") as stream:
        size = stream.seek(-_TAIL_BYTES, 2)
        length = int.from_bytes(stream.read(_TAIL_BYTES), "big")
        stream.seek(size - length)
        place = _places_decoder.decode(stream.read(length)).get(bucket)
        if place is None:
            return []
        stream.seek(place[0])
        return decoder.decode(stream.read(place[1]))
