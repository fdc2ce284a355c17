"""INPUTs into records: every file by what it holds, one record at a time where the input allows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final

from trialsieve.fhir_adapters.inputs.bulk_export import BulkExport
from trialsieve.fhir_adapters.inputs.documents import (
    Document,
    Lines,
    breaks_off,
    holds_lines,
    parse_bundle,
    read_document,
)
from trialsieve.fhir_adapters.inputs.input_files import InputFile, NotReadableError, SkippedFiles, find_files
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.signatures import brought_together, repeated_patients, seen_patients
from trialsieve.fhir_adapters.inputs.vouched_kinds import may_be_empty, type_told
from trialsieve.fhir_adapters.records.bundle import records_of_bundle, records_of_document
from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.identity import Joiner
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Report
from trialsieve.fhir_adapters.records.subjects import subject_of
from trialsieve.rules.errors import InputError
from trialsieve.rules.vocabulary import Kind


def read_records(
    inputs: Sequence[str],
    problems: list[InputProblem] | Callable[[InputProblem], None],
    *,
    covers: frozenset[Kind] = frozenset(),
    stdin: BinaryIO | None = None,
    skipped: SkippedFiles | None = None,
    quiet: Quiet | None = None,
) -> Iterator[Record]:
    """Every patient's record in the inputs, in their order.

    `inputs` are paths and `-` for `stdin`; `covers` the kinds that the caller vouches for; `skipped` counts the files
    that were left out because of their name. Problems are handed over as they are met. With `quiet`
    (`ChartBuilder.quiet_codes`) a large Bundle is built without what means nothing to the rules.

    Raises InputError at once for a named path that cannot be read, and at the end if there was no record at all: no
    input holds usable FHIR. Whatever else cannot be used is a problem, and the rest goes on.
    """
    report = problems.append if isinstance(problems, list) else problems
    skipped = skipped if skipped is not None else SkippedFiles()
    files = find_files(inputs, report, skipped, stdin)
    return _Run(files, report, covers, quiet).records(list(inputs), skipped)


def records_of_bytes(
    content: bytes,
    source: str,
    report: Report,
    *,
    covers: frozenset[Kind],
    quiet: Quiet | None,
) -> Iterator[Record]:
    """What `read_records` gives of one file that holds these bytes; `source` is its name."""
    return _Run([InputFile(source, "", content=content)], report, covers, quiet).records([source], SkippedFiles())


def records_in(value: Any, source: str, report: Report, covers: frozenset[Kind] = frozenset()) -> list[Record]:
    """Every patient's record in one parsed Bundle or resource, as `read_records` finds them in a file of its own."""
    found = _Run([], report, covers, None).records_of(value, source)
    joiner = _joiner_within(found, report)
    return [*(record for one in found for record in joiner.take(one)), *joiner.release(0)]


def _joiner_within(found: Sequence[FoundRecord], report: Report) -> Joiner:
    """Brings together what belongs together in what one document holds."""
    patients = [seen for one in found for seen in seen_patients(one.record.patient_resource or {})]
    return Joiner(brought_together((patient, 0) for patient in patients), report)


EXPORT_STATUS: Final = "the status of a bulk export, which holds nothing about a patient"
"""Why the answer that names an export's files is no FHIR: no fault where it lies beside them."""


class _Run:
    """One pass over the files. `_done` are the places in `files` that have been read, or could not be."""

    def __init__(
        self, files: Sequence[InputFile], report: Report, covers: frozenset[Kind], quiet: Quiet | None
    ) -> None:
        self._quiet = quiet
        self._files = files
        self._report = report
        self._covers = covers
        self._done: set[int] = set()

    def records(self, inputs: Sequence[str], skipped: SkippedFiles) -> Iterator[Record]:
        found_any = False
        for record in self._joined():
            found_any = True
            yield record
            del record
        if not found_any:
            raise InputError(nothing_usable(inputs, skipped))

    def _joined(self) -> Iterator[Record]:
        joiner: Joiner | None = None
        for number, file in enumerate(self._files):
            content = self._open(number) if number not in self._done else None
            if content is None:
                continue
            if isinstance(content, Document):
                found: Iterable[FoundRecord] = self.records_of(content.value, file.label)
                self._done.add(number)
                if len(self._files) == 1:
                    # One Bundle: what must be joined is at hand, and the file need not be searched before.
                    found = list(found)
                    joiner = _joiner_within(found, self._report)
            else:
                found = self._export(number, content)
            if joiner is None:
                joiner = Joiner(repeated_patients(self._files), self._report)
            for one in found:
                yield from joiner.take(one)
                del one  # or two Bundles would be held while the next is parsed
            del found, content
            yield from joiner.release(self._last_in_order())
        if joiner is not None:
            yield from joiner.release(len(self._files))

    def _last_in_order(self) -> int:
        """The last file up to which every file has been read."""
        return next(n for n in range(len(self._files) + 1) if n not in self._done) - 1

    def _open(self, number: int) -> Document | Lines | None:
        try:
            return read_document(self._files[number], self._quiet)
        except NotReadableError as fault:
            self._done.add(number)
            self._report(InputProblem(self._files[number].label, "", str(fault)))
            return None

    def records_of(self, value: Any, source: str) -> list[FoundRecord]:
        """What one Bundle or resource holds."""
        problem = not_fhir(value)
        if problem:
            self._report(InputProblem(source, "", problem, notice=problem == EXPORT_STATUS))
            return []
        return records_of_document(value, source, self._report, self._covers)

    def _export(self, number: int, content: Lines) -> Iterator[FoundRecord]:
        """The Bundles among the lines one by one; then what all line-wise files of the directory hold together."""
        export = BulkExport(self._report, self._covers, quiet=self._quiet)
        source = self._files[number].label
        yield from self._lines(number, content, export)
        for place in range(number + 1, len(self._files)):
            if place in self._done or self._files[place].directory != self._files[number].directory:
                continue
            lines = self._open(place) if holds_lines(self._files[place]) else None
            if isinstance(lines, Lines):
                source = self._files[number].directory
                yield from self._lines(place, lines, export)
        yield from export.records(source)

    def _lines(self, number: int, content: Lines, export: BulkExport) -> Iterator[FoundRecord]:
        """Adds one file's resources to the export, and gives out its Bundles."""
        label = self._files[number].label
        faults: list[InputProblem] = []
        types: Counter[str] = Counter()
        complete, empty = True, True
        self._done.add(number)
        try:
            for line_number, line in content.lines:
                empty = False
                if resource_type := export.take(line, label, line_number):
                    types[resource_type] += 1
                    continue
                where = f"{label}:{line_number}"
                try:
                    value = parse_bundle(line, self._quiet)
                    problem = not_fhir(value)
                except NotReadableError as fault:
                    value, problem = None, str(fault)
                    complete = complete and not breaks_off(line)
                if problem and isinstance(value, dict) and subject_of(value) is not None:
                    export.add(value, line, where)  # unreadable, yet it counts for the patient that it names
                    continue
                if problem:
                    faults.append(InputProblem(where, "", problem))
                    continue
                types[type_told(value)] += 1
                if value["resourceType"] == "Bundle":
                    yield from records_of_bundle(value, where, self._report, self._covers)
                else:
                    export.add(value, line, where)
                del value, line
        except NotReadableError as fault:
            complete = False
            faults.append(InputProblem(label, "", str(fault)))
        if not types and len(faults) > 1:
            faults = [
                InputProblem(label, "", f"none of its {len(faults)} lines is a FHIR resource ({faults[0].reason})")
            ]
        if empty and not faults and (len(self._files) == 1 or not may_be_empty(label)):
            faults.append(InputProblem(label, "", "the file is empty"))
        for one in faults:
            self._report(one)
        # A file of which no line could be read was not seen to hold nothing.
        export.finish(label, types, complete and (bool(types) or not faults))


def nothing_usable(inputs: Sequence[str], skipped: SkippedFiles) -> str:
    """What is said of inputs in which nobody was found to be screened."""
    of = "file skipped because of its name" if skipped.count == 1 else "files skipped because of their names"
    left_out = f" ({skipped.count} {of})" if skipped.count else ""
    return (
        f"{', '.join(inputs) or 'no input'}: no usable FHIR about a patient{left_out}; "
        "give a Bundle, NDJSON, or a directory of these named .json, .ndjson or .jsonl"
    )


def not_fhir(value: Any) -> str:
    """Why a JSON value is neither a Bundle nor a resource; empty if it is one."""
    if isinstance(value, list):
        return "a JSON array; give the Bundle itself, or one resource a line (NDJSON)"
    if not isinstance(value, dict):
        return "a JSON value that is no object; a FHIR Bundle or resource was expected"
    kind = value.get("resourceType")
    if kind == "Parameters":
        return "a Parameters resource; give the Bundle inside it by itself"
    if isinstance(kind, str) and kind:
        return ""
    if "transactionTime" in value and "output" in value:
        return EXPORT_STATUS
    return "no FHIR: a JSON object without resourceType"
