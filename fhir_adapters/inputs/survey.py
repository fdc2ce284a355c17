"""The first look at a slice of a large input: whose is what, before anything is screened.

It finds the patients that Bundles are about, so that those who occur again can be brought together, and sorts the lines
of an export by patient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from trialsieve.fhir_adapters.elements.mention_places import MENTIONING, may_mention
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, RESOURCE_TYPES, type_of
from trialsieve.fhir_adapters.inputs.bulk_export import FOLLOWED
from trialsieve.fhir_adapters.inputs.bundle_lines import is_bundle_line, patients_told
from trialsieve.fhir_adapters.inputs.documents import breaks_off, parse_json
from trialsieve.fhir_adapters.inputs.input_files import NotReadableError
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.reader import not_fhir
from trialsieve.fhir_adapters.inputs.segments import ExportLine, Named, bucket_of, write_segments
from trialsieve.fhir_adapters.inputs.slices import BrokenOffError, Slice, SliceKind, SliceLines, Unit, line_count, units
from trialsieve.fhir_adapters.inputs.surveyed_lines import Line, SurveyedLines
from trialsieve.fhir_adapters.inputs.vouched_kinds import leads_to_nobody, other_names, type_told
from trialsieve.fhir_adapters.records.bundle import records_of_bundle, records_of_document
from trialsieve.fhir_adapters.records.contained import contained_facts
from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.operation_outcomes import outcome_reason
from trialsieve.fhir_adapters.records.record import Resource, unheard
from trialsieve.fhir_adapters.records.replaced import named_links
from trialsieve.fhir_adapters.records.subject_names import subject_reference
from trialsieve.fhir_adapters.records.subjects import subject_of
from trialsieve.fhir_adapters.records.withdrawn_reports import takes_results_back

_TOLD: Final = frozenset({"OperationOutcome", "Parameters"})  # each is a problem of the run


class FileLines(msgspec.Struct, array_like=True):
    """What the lines of one file are: counts by resource type, and of lines that are none; did all of it get read?

    `in_full`: the server says in it of nothing that it went wrong.
    """

    types: dict[str, int]
    faults: int = 0
    first_fault: str = ""
    complete: bool = True
    in_full: bool = True


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """A line or file that is no FHIR at all. `line` 0 is the file; others count within the slice."""

    file: int
    line: int
    reason: str


class SliceSurvey(msgspec.Struct):
    """What the first look at a slice found.

    `lines`: how many lines it has, where the next slice counts on. `bundles`: whether anything in it is screened where
    it stands. `identifiers`: of each Patient line, what else lines may call it (`Patient?identifier=...`) and its
    reference; `by_other_name`: the patients that lines name in that way alone, and the types of these. `buckets`: those
    that its lines fall into. `shared`: resources that facts of several patients may refer to. `links`: of each Patient
    line, who replaces whom. The first of each tuple is the directory's number. `bundle_links`: who replaces whom by the
    Patients of Bundles.
    """

    lines: int = 0
    bundles: bool = False
    files: dict[int, FileLines] = {}
    faults: list[Fault] = []
    identifiers: list[tuple[int, str, str]] = []
    by_other_name: list[tuple[int, str, list[str]]] = []
    buckets: list[int] = []
    shared: list[tuple[int, str, bytes]] = []
    links: list[tuple[int, str, str]] = []
    bundle_links: list[tuple[str, str]] = []


def name_of(found: FoundRecord) -> str:
    """The name by which records are known to be perhaps one patient's."""
    return f"Patient/{found.patient_id}" if found.patient_id else found.record.patient


@dataclass(slots=True)
class Surveyor:
    """Looks through one slice. `directories` numbers the directory of each of its files: an export lies in one.

    Lines that are `quiet` are noted, and left where they lie.
    """

    part: Slice
    directories: tuple[int, ...]
    buckets: int
    name_buckets: int
    quiet: Quiet | None = None
    _found: SliceSurvey = field(default_factory=SliceSurvey)
    _names: dict[int, list[Named]] = field(default_factory=dict)
    _lines: SurveyedLines = field(init=False)

    def __post_init__(self) -> None:
        self._lines = SurveyedLines(self.part.number, self.buckets, self.quiet)

    def survey(self, lines: Path, names: Path) -> SliceSurvey:
        """Everything; the export's lines and all names are written to the two files. Never raises for what it reads."""
        found = self._found
        if self.part.kind is SliceKind.LINES:
            self._survey_lines()
        else:
            for unit in units(self.part):
                for _ in self._odd_ones([(unit.line, unit.start, unit.raw)], unit.file) if unit.raw else (unit,):
                    self._look_at(unit)
                del unit
        for directory, name in self._lines.subjects:
            self._name(Named(name, self.part.number, directory, False))
            if leads_to_nobody(name):
                types = sorted(self._lines.types_of.get((directory, name), ()))
                found.by_other_name.append((directory, name, types))
        found.buckets = sorted(self._lines.by_bucket)
        write_segments(lines, self._lines.by_bucket, self.buckets)
        write_segments(names, self._names, self.name_buckets)
        return found

    def _survey_lines(self) -> None:
        part = self.part
        lines = SliceLines(part)
        try:
            for number, start, raw in self._odd_ones(lines, part.first):
                self._look_at(Unit(part.first, number, raw, start=start))
        except BrokenOffError as fault:
            self._look_at(Unit(part.first, fault.line, fault=str(fault)))
        # Behind what was read there may be lines that could not be.
        at_end = part.end is not None and lines.end >= part.end
        self._found.lines = lines.number if at_end else line_count(part) or lines.number

    def _odd_ones(self, lines: Iterable[Line], file: int) -> Iterator[Line]:
        """Keeps the ordinary lines of a file."""
        types: defaultdict[str, int] = defaultdict(int)
        try:
            yield from self._lines.odd_ones(lines, file, self.directories[file - self.part.first], types)
        finally:
            for name, count in types.items():
                self._count(file, name, count)

    def _directory(self, unit: Unit) -> int:
        return self.directories[unit.file - self.part.first]

    def _file(self, file: int) -> FileLines:
        files = self._found.files
        return files[file] if file in files else files.setdefault(file, FileLines({}))

    def _look_at(self, unit: Unit) -> None:
        if unit.fault:
            if unit.line:
                self._file(unit.file).complete = False
            self._found.faults.append(Fault(unit.file, 0, unit.fault))
        elif unit.document is not None:
            self._document(unit, unit.document.value)
        elif is_bundle_line(unit.raw):
            self._bundle_line(unit)
        else:
            self._line(unit)

    def _document(self, unit: Unit, value: Any) -> None:
        problem = not_fhir(value)
        if problem:
            self._found.faults.append(Fault(unit.file, 0, problem))
            return
        self._has_records(unit, records_of_document(value, "", unheard))

    def _bundle_line(self, unit: Unit) -> None:
        patients = patients_told(unit.raw)
        if patients:
            self._has(unit, [patient.name for patient in patients])
            self._found.bundle_links += [link for patient in patients for link in patient.links]
        else:
            try:
                bundle = parse_json(unit.raw)
            except NotReadableError as fault:
                self._fault(unit, str(fault))
                return
            self._has_records(unit, records_of_bundle(bundle, "", unheard))
        self._count(unit.file, "Bundle")

    def _has_records(self, unit: Unit, records: list[FoundRecord]) -> None:
        self._has(unit, [name_of(found) for found in records])
        for found in records:
            self._found.bundle_links += named_links(found.record.patient_resource or {}, name_of(found))

    def _has(self, unit: Unit, names: list[str]) -> None:
        """A unit that is screened where it stands, unless one of its names occurs again."""
        self._found.bundles = True
        for name in names:
            self._name(Named(name, self.part.number, self._directory(unit), True))

    def _name(self, named: Named) -> None:
        self._names.setdefault(bucket_of(named.name, self.name_buckets), []).append(named)

    def _line(self, unit: Unit) -> None:
        try:
            value = parse_json(unit.raw)
            problem = not_fhir(value)
        except NotReadableError as fault:
            value, problem = None, str(fault)
            if breaks_off(unit.raw):
                self._file(unit.file).complete = False
        if problem and isinstance(value, dict) and subject_of(value) is not None:
            self._export_line(unit, value)  # unreadable, yet it counts for the patient that it names
        elif problem:
            self._fault(unit, problem)
        elif value["resourceType"] == "Bundle":
            self._bundle_line(unit)
        else:
            self._count(unit.file, type_told(value))
            if value["resourceType"] == "OperationOutcome" and outcome_reason(value):
                self._file(unit.file).in_full = False
            self._export_line(unit, value)

    def _fault(self, unit: Unit, reason: str) -> None:
        lines = self._file(unit.file)
        lines.faults += 1
        lines.first_fault = lines.first_fault or reason
        self._found.faults.append(Fault(unit.file, unit.line, reason))

    def _count(self, file: int, resource_type: str, count: int = 1) -> None:
        types = self._file(file).types
        types[resource_type] = types.get(resource_type, 0) + count

    def _export_line(self, unit: Unit, value: dict[str, Any]) -> None:
        resource_type, identity = type_of(value), value.get("id")
        directory = self._directory(unit)
        self._file(unit.file)  # known to hold lines, whatever they are
        names: list[str] = []
        if resource_type == "Patient":
            names = [f"Patient/{identity}"] if identity else []
            for other in other_names(names[0], value) if names else ():
                self._found.identifiers.append((directory, other, names[0]))
            if names and "link" in value:
                links = named_links(value, names[0])
                self._found.links += [(directory, replacing, former) for replacing, former in links]
        elif resource_type in FOLLOWED:
            self._found.shared.append((directory, f"{resource_type}/{identity}", unit.raw))
            if "contained" not in value:
                return
        elif "contained" not in value and resource_type in RESOURCE_TYPES and resource_type not in _READ:
            if resource_type in MENTIONING and (may_mention(value, resource_type) or takes_results_back(value)):
                subject = subject_reference(value, {})
                if isinstance(subject, str):
                    told = (self.part.number, unit.file, unit.line, (subject,), unit.raw, resource_type)
                    self._lines.mention(directory, ExportLine(*told, str(identity or "")))
            return
        for resource, container in _facts_of(value):
            subject = subject_reference(resource, {}, container)
            if isinstance(subject, str) and resource_type != "Patient":
                names.append(subject)
                if resource_type in RESOURCE_TYPES and type_of(resource) in KIND_OF:
                    self._lines.tell(directory, subject, type_of(resource))
        subjects = tuple(dict.fromkeys(names))
        for name in subjects:
            self._lines.lines_of(directory, name)
        keys = subjects or (f"{unit.file}:{unit.line}",)  # nobody's: its problem is told once, wherever
        kept = (self.part.number, unit.file, unit.line, subjects, unit.raw, resource_type, str(identity or ""))
        for again, bucket in enumerate(dict.fromkeys(bucket_of(key, self.buckets) for key in keys)):
            self._lines.lines_in(bucket).append(ExportLine(*kept, again > 0))


_READ: Final = frozenset(KIND_OF) | _TOLD | {"Patient"}


def _facts_of(value: Resource) -> list[tuple[Resource, Resource | None]]:
    """The resource and what it contains, each with its container."""
    own = [] if type_of(value) in FOLLOWED else [(value, None)]
    return [*own, *((item, value) for item in contained_facts(value))]
