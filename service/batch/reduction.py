"""Between the two rounds of a run: what follows from all surveys together, worked out once, in one process.

Which patients occur more than once, which lines come before a slice, for what an export's directory vouches, who is
meant where a line names its patient by identifier alone, and who replaces whom. Only the last two, and where those are
who replace each other, are held in memory for the whole input.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.inputs.partitions import BucketToScreen, SliceToScreen, place_of
from trialsieve.fhir_adapters.inputs.reader import EXPORT_STATUS
from trialsieve.fhir_adapters.inputs.segments import Named, bucket_of, read_segment
from trialsieve.fhir_adapters.inputs.shared_resources import write_shared
from trialsieve.fhir_adapters.inputs.slices import SliceKind
from trialsieve.fhir_adapters.inputs.survey import FileLines, SliceSurvey
from trialsieve.fhir_adapters.inputs.vouched_kinds import Vouched, kinds_vouched, may_be_anybodys, may_be_empty
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.fhir_adapters.records.replaced import connected
from trialsieve.fhir_adapters.records.subject_names import BY_IDENTIFIER
from trialsieve.rules.vocabulary import Kind
from trialsieve.service.batch.job import Job
from trialsieve.service.batch.moves import Link, Moves, Together
from trialsieve.service.batch.parts import ScreenPart
from trialsieve.service.batch.plan import Plan
from trialsieve.service.batch.workspace import ASIDE, Workspace

_names_decoder: Final = msgspec.msgpack.Decoder(list[Named])


class Reduction:
    """The parts to be screened, and the problems of files as a whole (`problems`, with their places)."""

    def __init__(self, workspace: Workspace, plan: Plan, job: Job) -> None:
        self.problems: list[tuple[int, InputProblem]] = []
        self._workspace = workspace
        self._plan = plan
        self._job = job
        self._lines_before: list[int] = []
        self._slices_of_bucket: defaultdict[int, list[int]] = defaultdict(list)
        self._with_bundles: list[int] = []
        self._files: dict[int, FileLines] = {}
        self._by_other_name: defaultdict[int, dict[str, set[Kind]]] = defaultdict(dict)  # by directory
        self._recurring_in_slice: defaultdict[int, dict[str, int]] = defaultdict(dict)
        self._recurring_in_bucket: defaultdict[int, set[str]] = defaultdict(set)
        self._links: list[Link] = []
        self._bundle_links: list[tuple[str, str]] = []
        self._together = Together()
        self._read_surveys()
        self._judge_files()
        self._find_recurring()
        owners = self._owners()
        self._vouched = self._vouched_for(owners)
        by_identifier = {key: found for key, found in owners.items() if key[1].startswith(BY_IDENTIFIER)}
        self._moves = Moves(workspace, plan, by_identifier, self._links, self._together)
        self._moves.write(self._slices_of_bucket)
        write_shared(workspace.shared, (each for survey in self._surveys() for each in survey.shared))

    def slices(self) -> list[ScreenPart]:
        """The slices of which something is screened where it stands."""
        return [
            ScreenPart(
                _slice_name(number),
                SliceToScreen(
                    self._plan.slices[number],
                    self._lines_before[number],
                    self._recurring_in_slice.get(number, {}),
                    self._plan.buckets,
                    self._job.covers,
                ),
            )
            for number in self._with_bundles
        ]

    def buckets(self) -> list[ScreenPart]:
        """The buckets of exports, and of patients who occur more than once; they need the slices to be finished."""
        buckets = {*self._slices_of_bucket, *self._recurring_in_bucket, *self._moves.buckets}
        slices = [str(self._workspace.survey_lines(part.number)) for part in self._plan.slices]
        recurring_slices = map(_slice_name, sorted(self._recurring_in_slice))
        asides = tuple(str(self._workspace.part(name) / ASIDE) for name in recurring_slices)
        to_screen = functools.partial(
            BucketToScreen,
            buckets=self._plan.buckets,
            labels=self._labels(),
            paths={number: path for number in self._files if (path := self._plan.files[number].path) is not None},
            directories={number: self._plan.directories[number] for number in self._files},
            export_names=self._export_names(),
            lines_before=tuple(self._lines_before),
            vouched=self._vouched,
            covers=self._job.covers,
            shared=self._workspace.shared,
        )
        parts: list[ScreenPart] = []
        for bucket in sorted(buckets):
            segments = tuple(slices[number] for number in self._slices_of_bucket.get(bucket, ()))
            recurring = frozenset(self._recurring_in_bucket.get(bucket, ()))
            moves = self._moves.of(bucket)
            part = to_screen(
                bucket=bucket,
                segments=(*segments, *moves.segments),
                asides=asides if recurring else (),
                recurring=recurring,
                moved=moves.moved,
                ambiguous=frozenset(moves.ambiguous),
                links=tuple(moves.links),
                guests=frozenset(moves.guests),
            )
            parts.append(ScreenPart(f"bucket-{bucket:06}", part))
        return parts

    def _labels(self) -> dict[int, str]:
        """Of the files that buckets may name."""
        files = {*self._files}
        for number in self._recurring_in_slice:
            part = self._plan.slices[number]
            files |= set(range(part.first, part.first + len(part.files)))
        return {number: self._plan.files[number].label for number in sorted(files)}

    def _surveys(self) -> Iterator[SliceSurvey]:
        for part in self._plan.slices:
            yield self._workspace.survey(part.number)

    def _read_surveys(self) -> None:
        lines_so_far: defaultdict[int, int] = defaultdict(int)
        for part, survey in zip(self._plan.slices, self._surveys(), strict=True):
            before = lines_so_far[part.first] if part.kind is SliceKind.LINES else 0
            lines_so_far[part.first] += survey.lines
            self._lines_before.append(before)
            if survey.bundles:
                self._with_bundles.append(part.number)
            for bucket in survey.buckets:
                self._slices_of_bucket[bucket].append(part.number)
            for number, found in survey.files.items():
                self._add_file(number, found)
            for fault in survey.faults:
                where = self._plan.files[fault.file].label + (f":{fault.line + before}" if fault.line else "")
                told = InputProblem(where, "", fault.reason, notice=fault.reason == EXPORT_STATUS)
                self.problems.append((place_of(fault.file, fault.line + before), told))
            for directory, name, types in survey.by_other_name:
                kinds = {KIND_OF[each] for each in types}
                self._by_other_name[directory].setdefault(name, set()).update(kinds)
            self._links += survey.links
            self._bundle_links += survey.bundle_links

    def _add_file(self, number: int, found: FileLines) -> None:
        known = self._files.setdefault(number, FileLines({}))
        for name, count in found.types.items():
            known.types[name] = known.types.get(name, 0) + count
        known.faults += found.faults
        known.first_fault = known.first_fault or found.first_fault
        known.complete = known.complete and found.complete
        known.in_full = known.in_full and found.in_full

    def _judge_files(self) -> None:
        """A file of which no line is FHIR is one problem and not as many as it has lines; an empty one is another."""
        hopeless: set[int] = set()
        for part in self._plan.slices:
            label = self._plan.files[part.first].label
            lines = self._files.get(part.first)
            empty = part.kind is SliceKind.LINES and part.start == 0 and lines is None
            if empty and (len(self._plan.files) == 1 or not may_be_empty(label)):
                self.problems.append((place_of(part.first, 0), InputProblem(label, "", "the file is empty")))
        for number, lines in self._files.items():
            if not lines.types and lines.faults > 1:
                hopeless.add(number)
        self.problems = [(place, told) for place, told in self.problems if not _is_line_of(place, hopeless)]
        for number in hopeless:
            lines = self._files[number]
            reason = f"none of its {lines.faults} lines is a FHIR resource ({lines.first_fault})"
            self.problems.append((place_of(number, 0), InputProblem(self._plan.files[number].label, "", reason)))
        self.problems.sort(key=lambda each: each[0])

    def _line_wise(self) -> set[int]:
        """The files that hold a value a line."""
        return {*self._files, *(part.first for part in self._plan.slices if part.kind is SliceKind.LINES)}

    def _export_names(self) -> dict[int, str]:
        """What results call the export of each directory: its only file, or the directory."""
        files: defaultdict[int, list[int]] = defaultdict(list)
        for number in sorted(self._line_wise()):
            files[self._plan.directories[number]].append(number)
        return {
            directory: self._plan.files[numbers[0]].label
            if len(numbers) == 1
            else self._plan.directory_names[directory]
            for directory, numbers in files.items()
        }

    def _vouched_for(self, owners: Mapping[tuple[int, str], Collection[str]]) -> dict[int, Vouched]:
        """By directory, what its files vouch for, each as one that was read to its end.

        None does where the server says that something went wrong. Of lines that may be anybody's, problems tell.
        """
        failed = {self._plan.directories[number] for number, lines in self._files.items() if not lines.in_full}
        kinds: defaultdict[int, set[Kind]] = defaultdict(set)
        with_patients: set[int] = set()
        first: dict[int, int] = {}
        for number in sorted(self._line_wise()):
            directory = self._plan.directories[number]
            first.setdefault(directory, number)
            lines = self._files.get(number, FileLines({}))
            if "Patient" in lines.types:
                with_patients.add(directory)
            if directory not in failed and lines.complete and (lines.types or not lines.faults):
                kinds[directory] |= kinds_vouched(self._plan.files[number].label, lines.types)
        formers: defaultdict[int, set[str]] = defaultdict(set)
        for directory, _, former in self._links:
            formers[directory].add(former)
        vouched: dict[int, Vouched] = {}
        sources = self._export_names()
        for directory, number in first.items():
            named = self._by_other_name.get(directory, {})
            theirs = {name: owners.get((directory, name), ()) for name in named}
            of_anybody, problem = may_be_anybodys(named, theirs, formers[directory], sources[directory])
            if problem is not None and directory in with_patients:
                self.problems.append((place_of(number, 0), problem))
            in_full = directory not in failed
            vouched[directory] = Vouched(self._job.covers, frozenset(kinds[directory]), of_anybody, in_full)
        self.problems.sort(key=lambda each: each[0])
        return vouched

    def _find_recurring(self) -> None:
        """Names that two Bundles have, or a Bundle and an export, or exports of two directories; and those of patients
        who replace each other and are not all in one of these.
        """
        links = [*((replacing, former) for _, replacing, former in self._links), *self._bundle_links]
        linked: dict[str, list[Named]] = {name: [] for link in links for name in link}
        for name_bucket in range(self._plan.name_buckets):
            by_name: defaultdict[str, list[Named]] = defaultdict(list)
            for part in self._plan.slices:
                for named in read_segment(self._workspace.survey_names(part.number), name_bucket, _names_decoder):
                    by_name[named.name].append(named)
            for name, places in by_name.items():
                if name in linked:
                    linked[name] = places
                elif _occurrences(places) > 1:
                    self._recurs(name, places, name)
        groups = connected((one, other) for one, other in links if linked[one] and linked[other])
        grouped = {name for group in groups for name in group}
        for group in [*groups, *([name] for name in linked if name not in grouped)]:
            if _occurrences([named for name in group for named in linked[name]]) > 1:
                first = min(group)
                for name in group:
                    self._recurs(name, linked[name], first)
                    for directory in {named.directory for named in linked[name] if not named.is_bundle}:
                        self._together[directory, name] = first

    def _recurs(self, name: str, places: Sequence[Named], first: str) -> None:
        """What has this name is brought to the bucket of the first of those whom it belongs together with."""
        bucket = bucket_of(first, self._plan.buckets)
        self._recurring_in_bucket[bucket].add(name)
        for named in places:
            if named.is_bundle:
                self._recurring_in_slice[named.slice][name] = bucket

    def _owners(self) -> dict[tuple[int, str], set[str]]:
        """Of the names by identifier or urn that lines give, the Patients of the same export that have that."""
        owners: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        for survey in self._surveys() if self._by_other_name else ():
            for directory, name, owner in survey.identifiers:
                if name in self._by_other_name.get(directory, ()):
                    owners[directory, name].add(owner)
        return owners


def _occurrences(places: Sequence[Named]) -> int:
    """In how many Bundles, and exports of directories."""
    return sum(named.is_bundle for named in places) + len({named.directory for named in places if not named.is_bundle})


def _slice_name(number: int) -> str:
    return f"slice-{number:06}"


def _is_line_of(place: int, files: set[int]) -> bool:
    return any(place_of(number, 0) < place < place_of(number + 1, 0) for number in files)
