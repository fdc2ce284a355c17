"""The lines of an export sorted by patient, as the first look at a slice finds them.

Nearly every line is told without being parsed (`skim`). Those that mean nothing to the rules are noted, and left where
they lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping

from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.segments import BucketLine, ExportLine, LinesLeftOut, LinesTold, bucket_of
from trialsieve.fhir_adapters.inputs.vouched_kinds import leads_to_nobody
from trialsieve.fhir_adapters.records.left_out import Names
from trialsieve.fhir_adapters.records.skim import ABSENT, SeenFact, SeenMentioning, seen_in_line
from trialsieve.fhir_adapters.records.subject_names import BY_IDENTIFIER, NamedSubjects

Line = tuple[int, int, bytes]
"""A line's number, its place in the file (below 0: it cannot be gone to), and what it holds."""


class SurveyedLines:
    """The lines of one slice. `by_bucket`: those that its patients' names fall into.

    `types_of`: the types of the facts about a patient who is named by an identifier or urn, by directory and name.
    """

    def __init__(self, number: int, buckets: int, quiet: Quiet | None) -> None:
        self.by_bucket: dict[int, list[BucketLine]] = {}
        self.types_of: dict[tuple[int, str], set[str]] = {}
        self._slice = number
        self._buckets = buckets
        self._quiet = quiet
        self._named = NamedSubjects()
        self._subjects: dict[tuple[int, str], list[BucketLine]] = {}  # and the lines of their bucket
        self._left_out: dict[tuple[str, str], LinesLeftOut] = {}  # by patient and type

    @property
    def subjects(self) -> list[tuple[int, str]]:
        """The patients of whom there are lines: the number of the directory, and the name."""
        return sorted(self._subjects)

    def odd_ones(
        self, lines: Iterable[Line], file: int, directory: int, types: MutableMapping[str, int]
    ) -> Iterator[Line]:
        """Adds the ordinary lines of a file, counting them by resource type in `types`; the others are given back."""
        quiet, name_of, number_of_slice = self._quiet, self._named.name_of, self._slice
        subject = resource_type = ""
        left_out: LinesLeftOut | None = None  # the patient's, and of this type
        told: dict[str, LinesTold] = {}  # the last of each patient, which go on until a line of another sort comes
        for line in lines:
            number, start, raw = line
            seen = seen_in_line(raw)
            if seen is None:
                if not raw.isspace():
                    told.clear()
                    yield line
                continue
            name = seen.resource_type
            if isinstance(seen, SeenFact):
                named = name_of(seen)
                if not named:
                    told.clear()
                    yield line
                    continue
                if named is not subject or name is not resource_type:
                    subject, resource_type, left_out = named, name, self._left_out.get((named, name))
                    self.tell(directory, named, name)
                is_quiet = quiet is not None and quiet.holds(seen)
                stays = left_out is not None or (start >= 0 and not named.startswith(BY_IDENTIFIER))
                if is_quiet and stays and "#" not in seen.id:
                    if left_out is None:
                        left_out = self._leave_out(file, number, directory, named, name)
                    names = left_out.names
                    names.ids.append(seen.id)
                    names.metas.append(b"" if seen.meta is ABSENT else bytes(seen.meta))
                    left_out.places += (number, start, len(raw))
                elif is_quiet:
                    told.pop(named, None)
                    one = ExportLine(number_of_slice, file, number, (named,), raw, name, seen.id)
                    self.lines_of(directory, named).append(one)
                else:
                    some = told.get(named)
                    if some is None or some.resource_type is not name:
                        some = told[named] = LinesTold(number_of_slice, file, number, (named,), name, [])
                        self.lines_of(directory, named).append(some)
                    some.lines.append((number, seen.id, raw))
            elif isinstance(seen, SeenMentioning) and seen.has_place and (quiet is None or quiet.mentions(seen)):
                named = name_of(seen)
                if not named:
                    told.clear()
                    yield line
                    continue
                one_line = [(number, seen.id, raw)]
                self.mention(directory, LinesTold(number_of_slice, file, number, (named,), name, one_line))
            types[name] = types.get(name, 0) + 1

    def lines_of(self, directory: int, name: str) -> list[BucketLine]:
        """The lines of a patient's bucket, to be added to."""
        lines = self._subjects.get((directory, name))
        if lines is None:
            lines = self._subjects[directory, name] = self.lines_in(bucket_of(name, self._buckets))
        return lines

    def tell(self, directory: int, name: str, resource_type: str) -> None:
        """Notes of which type a fact about a patient is, where the name may lead to nobody."""
        if leads_to_nobody(name):
            self.types_of.setdefault((directory, name), set()).add(resource_type)

    def lines_in(self, bucket: int) -> list[BucketLine]:
        """The lines of a bucket, to be added to."""
        return self.by_bucket.setdefault(bucket, [])

    def mention(self, directory: int, line: ExportLine | LinesTold) -> None:
        """Keeps a line that is read only for the diagnoses that it may mention; it makes nobody a patient."""
        (subject,) = line.subjects
        if subject.startswith(BY_IDENTIFIER):
            self.lines_of(directory, subject).append(line)
        else:
            self.lines_in(bucket_of(subject, self._buckets)).append(line)

    def _leave_out(self, file: int, number: int, directory: int, subject: str, resource_type: str) -> LinesLeftOut:
        """The lines of a patient that stay where they lie: they can be gone to, and the patient has no other name."""
        names = Names(resource_type, [], [])
        lines = self._left_out[subject, resource_type] = LinesLeftOut(self._slice, file, number, subject, names, [])
        self.lines_of(directory, subject).append(lines)
        return lines
