#!/usr/bin/env python3
"""Makes many patients out of few: each copy has ids of its own.

    python benchmarks/multiply.py VOLUME OUT --patients 100000 [--bundles]

VOLUME holds FHIR R4 Bundles, one a line, in `*.ndjson` or `*.ndjson.xz` files, whose Patients have UUIDs as ids, as
Synthea writes them: these are renumbered, and with another id all copies would be one patient. OUT becomes a bulk
export, a file for each resource type that rules can use, not sorted by patient; with --bundles, one NDJSON file of
whole Bundles. Every tenth patient has the resources of an example patient too, as in benchmarks/screening.py.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import orjson
from screening import example_patients, volume_lines, with_example

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.inputs.bulk_export import FOLLOWED

WANTED: Final = {"Patient", *KIND_OF, *FOLLOWED} - {"Practitioner", "PractitionerRole", "Organization"}
_EVERY: Final = 10
# The last digits of a UUID become the number of the copy.
_UUID: Final = re.compile(rb"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{6})[0-9a-f]{6}")

NOT_UUIDS: Final = "the ids of its Patients are no UUIDs; only these are renumbered, and copies need others"


class NotRenumberedError(Exception):
    """A Patient whose copies would all have its own id."""


def copy_of(pieces: list[bytes], number: int) -> bytes:
    """A text that was split at its UUIDs, put together with those of a copy."""
    made = [pieces[0]]
    ending = b"%06x" % number
    for start, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        made += (start, ending, rest)
    return b"".join(made)


def bundles(volume: Path) -> Iterator[dict[str, Any]]:
    """The volume's Bundles that hold a Patient, every tenth with an example patient's resources.

    Raises NotRenumberedError.
    """
    examples = example_patients()
    number = 0
    for line in volume_lines(volume, sys.maxsize):
        bundle: dict[str, Any] = orjson.loads(line)
        ids = [one["resource"].get("id") for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
        if ids:
            if not all(isinstance(one, str) and _UUID.fullmatch(one.encode()) for one in ids):
                raise NotRenumberedError(NOT_UUIDS)
            if number % _EVERY == 0:
                bundle = orjson.loads(with_example(line, examples[number // _EVERY % len(examples)]))
            number += 1
            yield bundle


def export_lines(bundle: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The resources that rules can use, by type, their patient named as in an export."""
    patient = next(entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient")
    written = orjson.dumps({"reference": patient["fullUrl"]})[1:-1]
    reference = orjson.dumps({"reference": f"Patient/{patient['resource']['id']}"})[1:-1]
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] in WANTED:
            yield resource["resourceType"], orjson.dumps(resource).replace(written, reference) + b"\n"


class Output:
    """Files that are written to by name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {}

    def write(self, name: str, text: bytes) -> None:
        if name not in self._files:
            self._files[name] = (self._folder / f"{name}.ndjson").open("wb", buffering=1 << 20)
        self._files[name].write(text)

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("volume", type=Path, help="folder of Bundles")
    parser.add_argument("out", type=Path, help="folder for the copies")
    parser.add_argument("--patients", type=int, default=1_000, help="how many (default: 1000)")
    parser.add_argument("--bundles", action="store_true", help="whole Bundles instead of an export")
    arguments = parser.parse_args()
    texts: list[list[tuple[str, list[bytes]]]] = []
    try:
        for bundle in islice(bundles(arguments.volume), arguments.patients):
            parts = [("bundles", orjson.dumps(bundle) + b"\n")] if arguments.bundles else export_lines(bundle)
            texts.append([(name, _UUID.split(text)) for name, text in parts])
    except NotRenumberedError as error:
        print(f"{arguments.volume}: {error}", file=sys.stderr)
        return 2
    output = Output(arguments.out)
    for number in range(arguments.patients):
        for name, pieces in texts[number % len(texts)]:
            output.write(name, copy_of(pieces, number // len(texts)))
    output.close()
    print(f"{arguments.patients} patients, made of {len(texts)}, in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
