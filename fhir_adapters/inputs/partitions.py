"""The records of one slice, or of one bucket, of a large input that was surveyed before.

Between them they give every record that reading the input in one go gives, each once, with its place in the input.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import msgspec

from trialsieve.fhir_adapters.elements.mention_places import MENTIONING
from trialsieve.fhir_adapters.inputs.bulk_export import BulkExport
from trialsieve.fhir_adapters.inputs.bundle_lines import is_bundle_line, patients_told
from trialsieve.fhir_adapters.inputs.documents import parse_bundle, parse_json
from trialsieve.fhir_adapters.inputs.export_lines import Unbuilt
from trialsieve.fhir_adapters.inputs.input_files import NotReadableError
from trialsieve.fhir_adapters.inputs.left_out_versions import with_versions
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.reader import not_fhir
from trialsieve.fhir_adapters.inputs.segments import (
    BucketLine,
    ExportLine,
    LinesLeftOut,
    LinesTold,
    bucket_of,
    in_order,
    read_segment,
    write_segments,
)
from trialsieve.fhir_adapters.inputs.shared_resources import SharedResources
from trialsieve.fhir_adapters.inputs.slices import Slice, Unit, units
from trialsieve.fhir_adapters.inputs.survey import name_of
from trialsieve.fhir_adapters.inputs.vouched_kinds import Vouched
from trialsieve.fhir_adapters.records.bundle import records_of_bundle, records_of_document
from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.identity import Joiner
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Report, unheard
from trialsieve.rules.vocabulary import Kind

_FILE_BITS: Final = 40
lines_decoder: Final = msgspec.msgpack.Decoder(list[BucketLine])
_aside_decoder: Final = msgspec.msgpack.Decoder(list[ExportLine])


def place_of(file: int, line: int) -> int:
    """The place of a line in the whole input; places sort as the input does."""
    return (file << _FILE_BITS) + line


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and where the input first tells of its patient."""

    place: int
    record: Record


class _Place(enum.Enum):
    """Whose a line is, as seen from a bucket."""

    HOME = enum.auto()
    GUEST = enum.auto()
    ELSEWHERE = enum.auto()


@dataclass(frozen=True, slots=True)
class SliceToScreen:
    """A slice of which something is screened where it stands.

    `lines_before`: of its file, how many lines come before it. `recurring`: the names of patients who occur elsewhere
    too, or are linked with others who are elsewhere, and the buckets where they are screened.
    """

    part: Slice
    lines_before: int
    recurring: Mapping[str, int]
    buckets: int
    covers: frozenset[Kind]

    def records(self, report: Report, quiet: Quiet | None, aside: Path) -> Iterator[Placed]:
        """Everything in the slice that stands for itself. Problems are reported as they are met.

        What is recurring patients' is put `aside`, by bucket.
        """
        put_aside: dict[int, list[ExportLine]] = {}
        for unit in units(self.part, quiet):
            read = _read_unit(unit, self._where(unit), report, self.covers, quiet)
            place = place_of(unit.file, unit.line + self.lines_before)
            names = {name_of(found) for found in read}
            again = names & self.recurring.keys()
            for found in read:
                if name_of(found) not in again:
                    yield Placed(place, found.record)
            for name in sorted(again):
                line = ExportLine(self.part.number, unit.file, unit.line, (name,), self._bytes(unit))
                put_aside.setdefault(self.recurring[name], []).append(line)
            del unit, read
        if self.recurring:
            write_segments(aside, put_aside, self.buckets)

    def _where(self, unit: Unit) -> str:
        label = self.part.files[unit.file - self.part.first].label
        return f"{label}:{unit.line + self.lines_before}" if unit.line else label

    def _bytes(self, unit: Unit) -> bytes:
        if unit.document is None:
            return unit.raw
        with self.part.files[unit.file - self.part.first].open() as stream:
            return stream.read()


@dataclass(frozen=True, slots=True)
class BucketToScreen:
    """The patients whose names fall into one bucket: of exports, and those who occur more than once.

    `segments`: names of files with lines for this bucket, in the order of the slices; `asides`: of those with Bundles
    put aside. A thousand paths would take longer to hand to a worker than to read.
    `labels`, `paths`, `directories`: of files, by number; `export_names`: of directories; `lines_before`: of slices.
    `vouched`: for what each directory vouches, and for whom. `moved`: of patients who are
    screened in, or came from, another bucket: (directory, name), and by whose name that bucket is found. `ambiguous`:
    (directory, name) that several Patients have. `links`: (directory, who replaces, who is replaced), of those who are
    screened or needed here. `guests`: (directory, name) of patients of other buckets whose lines are needed here.
    """

    bucket: int
    buckets: int
    segments: tuple[str, ...]
    asides: tuple[str, ...]
    labels: Mapping[int, str]
    paths: Mapping[int, Path]
    directories: Mapping[int, int]
    export_names: Mapping[int, str]
    lines_before: Sequence[int]
    vouched: Mapping[int, Vouched]
    recurring: frozenset[str]
    moved: Mapping[tuple[int, str], str]
    ambiguous: frozenset[tuple[int, str]]
    links: tuple[tuple[int, str, str], ...]
    guests: frozenset[tuple[int, str]]
    covers: frozenset[Kind]
    shared: Path

    def records(self, report: Report, quiet: Quiet | None, aside: Path) -> Iterator[Placed]:
        """Every record of the bucket, those that are one patient's joined. Nothing is put `aside`."""
        with contextlib.ExitStack() as opened:
            yield from self._joined(self._found(report, quiet, opened), report)

    def _joined(self, everything: Iterator[tuple[int, FoundRecord]], report: Report) -> Iterator[Placed]:
        held: list[tuple[int, FoundRecord]] = []
        for place, found in everything:
            if name_of(found) in self.recurring:
                held.append((place, found))
            else:
                yield Placed(place, found.record)
            del found
        held.sort(key=lambda each: each[0])
        joiner = Joiner({found.patient_id: 0 for _, found in held if found.patient_id}, report)
        first: dict[str, int] = {}
        for place, found in held:
            first.setdefault(name_of(found), place)
            for record in joiner.take(found):
                yield Placed(first[name_of(found)], record)
        for identity, record in joiner.released(0):
            yield Placed(first[f"Patient/{identity}"], record)

    def _found(
        self, report: Report, quiet: Quiet | None, opened: contextlib.ExitStack
    ) -> Iterator[tuple[int, FoundRecord]]:
        yield from self._found_aside(report, quiet)
        by_directory = self._lines_by_directory()
        for directory in sorted(by_directory):
            shared = opened.enter_context(contextlib.closing(SharedResources(self.shared, directory)))
            yield from self._found_in_export(directory, by_directory.pop(directory), shared, report, quiet)

    def _lines_by_directory(self) -> dict[int, list[BucketLine]]:
        lines = [line for path in self.segments for line in read_segment(path, self.bucket, lines_decoder)]
        by_directory: dict[int, list[BucketLine]] = {}
        for file, some in groupby(in_order(lines), attrgetter("file")):
            by_directory.setdefault(self.directories[file], []).extend(some)
        return {directory: with_versions(found, self.paths) for directory, found in by_directory.items()}

    def _found_aside(self, report: Report, quiet: Quiet | None) -> Iterator[tuple[int, FoundRecord]]:
        for path in self.asides:
            for line in read_segment(path, self.bucket, _aside_decoder):
                where = self.labels[line.file] + (f":{self._line(line)}" if line.line else "")
                unit = Unit(line.file, line.line, line.raw)
                for found in _read_unit(unit, where, unheard, self.covers, quiet, whole_file=not line.line):
                    if name_of(found) in line.subjects:
                        yield place_of(line.file, self._line(line)), found

    def _found_in_export(
        self,
        directory: int,
        lines: Sequence[BucketLine],
        shared: SharedResources,
        report: Report,
        quiet: Quiet | None,
    ) -> Iterator[tuple[int, FoundRecord]]:
        muted = False

        def tell(problem: InputProblem) -> None:
            if not muted:
                report(problem)

        ambiguous = frozenset(name for where, name in self.ambiguous if where == directory)
        links = [(replacing, former) for where, replacing, former in self.links if where == directory]
        guests = frozenset(name for where, name in self.guests if where == directory)
        vouched = self.vouched[directory]
        export = BulkExport(tell, self.covers, shared, ambiguous, quiet, links, guests, vouched)
        first: dict[str, int] = {}
        places: dict[tuple[str, ...], _Place] = {}  # nearly always the same few patients
        before, labels = self.lines_before, self.labels
        for line in lines:
            number, label = line.line + before[line.slice], labels[line.file]
            if isinstance(line, LinesLeftOut):
                first.setdefault(line.subject, place_of(line.file, number))
                export.leave_out(line.subject, line.names)
                continue
            subjects = line.subjects
            if isinstance(line, LinesTold) and line.resource_type in MENTIONING:  # it makes nobody a patient
                for shown, unbuilt in _unbuilt(line, label, before[line.slice]):
                    export.mention(subjects[0], shown, unbuilt)
                continue
            place = places.get(subjects)
            if place is None:
                place = self._place(directory, subjects, guests)
                # A Patient without an id is named by its place.
                for name in (subjects or (f"Patient ({label}:{number})",)) if place is _Place.HOME else ():
                    first.setdefault(name, place_of(line.file, number))
                if subjects:
                    places[subjects] = place
            if place is _Place.ELSEWHERE:
                continue
            muted = line.again or place is _Place.GUEST
            if isinstance(line, LinesTold):
                export.keep(subjects[0], _unbuilt(line, label, before[line.slice]))
            elif not export.take(line.raw, label, number):
                value: dict[str, Any] = parse_json(line.raw)
                export.add(value, line.raw, f"{label}:{number}")
        muted = False
        for found in export.records(self.export_names[directory]):
            name = found.record.patient
            if name.startswith("Patient (") or self._home(directory, name) == self.bucket:
                yield first[name], found

    def _place(self, directory: int, subjects: tuple[str, ...], guests: frozenset[str]) -> _Place:
        if not subjects or any(self._home(directory, name) == self.bucket for name in subjects):
            return _Place.HOME
        return _Place.ELSEWHERE if guests.isdisjoint(subjects) else _Place.GUEST

    def _home(self, directory: int, name: str) -> int:
        """The bucket where a patient is screened: where it was moved, its own else."""
        return bucket_of(self.moved.get((directory, name), name), self.buckets)

    def _line(self, line: BucketLine) -> int:
        return line.line + self.lines_before[line.slice]


def _unbuilt(told: LinesTold, label: str, before: int) -> list[tuple[str, Unbuilt]]:
    """The lines as they are named; so many stand `before` the slice."""
    name = told.resource_type
    return [(f"{name}/{identity}", Unbuilt(raw, label, number + before)) for number, identity, raw in told.lines]


def _read_unit(
    unit: Unit, where: str, report: Report, covers: frozenset[Kind], quiet: Quiet | None, *, whole_file: bool = False
) -> list[FoundRecord]:
    """The records of a Bundle or loose resource; none of a line of an export, nor of what is no FHIR (told before)."""
    if unit.fault:
        return []
    try:
        value = unit.document.value if unit.document is not None else parse_bundle(unit.raw, quiet)
    except NotReadableError as fault:
        if unit.document is None and is_bundle_line(unit.raw) and patients_told(unit.raw):
            report(InputProblem(where, "", str(fault)))  # the survey did not parse it
        return []
    if not_fhir(value):
        return []
    if unit.document is not None or whole_file:
        return records_of_document(value, where, report, covers)
    if value["resourceType"] == "Bundle":
        return records_of_bundle(value, where, report, covers)
    return []
