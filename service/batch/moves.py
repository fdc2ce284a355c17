"""Lines of an export that are needed in other buckets than those that their patients' names fall into.

A line that names its patient by identifier alone goes to the bucket of whom it means. What is of a Patient whom another
of the export replaces (`fhir_adapters/records/replaced.py`) goes to the bucket of that one too. Where the other one is
in a Bundle or another export, both are screened in one bucket. Who is meant and who replaces whom is held in memory for
the whole input; the lines are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from trialsieve.fhir_adapters.inputs.partitions import lines_decoder
from trialsieve.fhir_adapters.inputs.segments import (
    BucketLine,
    ExportLine,
    LinesLeftOut,
    LinesTold,
    bucket_of,
    read_segment,
    write_segments,
)
from trialsieve.fhir_adapters.records.replaced import Replacements, aliases
from trialsieve.service.batch.plan import Plan
from trialsieve.service.batch.workspace import Workspace

_MOST_BYTES: Final = 32 << 20  # of lines that are held at one time
_BYTES_A_NAME: Final = 100  # of a line that was left out, about

_Name = tuple[int, str]
"""The number of a directory, and the name of a patient of its export."""
Link = tuple[int, str, str]
"""The number of a directory, the name of the replacing patient, and that of the replaced one."""
Together = dict[_Name, str]
"""Of patients who are screened together with others: by whose name the bucket is found."""


@dataclass(slots=True)
class BucketMoves:
    """What concerns one bucket; the fields are those of `BucketToScreen`. `segments` hold the lines moved to it."""

    moved: dict[_Name, str] = field(default_factory=dict)
    ambiguous: set[_Name] = field(default_factory=set)
    links: dict[Link, None] = field(default_factory=dict)
    guests: set[_Name] = field(default_factory=set)
    segments: list[str] = field(default_factory=list)


class Moves:
    """Which lines go where. `owners`: of each name by identifier, all the Patients of its export that have that."""

    def __init__(
        self,
        workspace: Workspace,
        plan: Plan,
        owners: Mapping[_Name, set[str]],
        links: Iterable[Link],
        together: Mapping[_Name, str],
    ) -> None:
        self._workspace = workspace
        self._plan = plan
        self._together = together
        self._of_bucket: defaultdict[int, BucketMoves] = defaultdict(BucketMoves)
        self._owner: dict[_Name, str] = {}  # of the names by identifier that one Patient has
        self._needed: defaultdict[_Name, set[int]] = defaultdict(set)  # in which buckets; its own may be among them
        for key, found in owners.items():
            if len(found) == 1:
                self._owner[key] = next(iter(found))
            else:
                self._of_bucket[self._bucket(key[1])].ambiguous.add(key)
        self._bring_together()
        self._follow_links(list(dict.fromkeys(links)))
        self._follow_identifiers()

    def of(self, bucket: int) -> BucketMoves:
        """What concerns this bucket."""
        return self._of_bucket.get(bucket) or BucketMoves()

    @property
    def buckets(self) -> set[int]:
        """Those to which lines are moved."""
        return {bucket for bucket, moves in self._of_bucket.items() if moves.segments}

    def write(self, slices_of_bucket: Mapping[int, Sequence[int]]) -> None:
        """Writes the lines that are needed elsewhere, bucket after bucket of those where they are."""
        late: defaultdict[int, list[BucketLine]] = defaultdict(list)
        number = size = 0
        for bucket in sorted({self._bucket(name) for _, name in self._needed}):
            for place in slices_of_bucket.get(bucket, ()):
                for line in read_segment(self._workspace.survey_lines(place), bucket, lines_decoder):
                    for target, moved in self._moved(line, bucket):
                        late[target].append(moved)
                        size += _size(moved)
                if size > _MOST_BYTES:
                    self._write(number, late)
                    number, size = number + 1, 0
        if late:
            self._write(number, late)

    def _write(self, number: int, late: dict[int, list[BucketLine]]) -> None:
        path = self._workspace.late(number)
        write_segments(path, late, self._plan.buckets)
        for bucket in late:
            self._of_bucket[bucket].segments.append(str(path))
        late.clear()

    def _bucket(self, name: str) -> int:
        """Where the lines that give this name are."""
        return bucket_of(name, self._plan.buckets)

    def _home(self, key: _Name) -> int:
        """Where the patient of this name is screened."""
        return self._bucket(self._together.get(key, key[1]))

    def _bring_together(self) -> None:
        for key, first in self._together.items():
            here, home = self._bucket(key[1]), self._bucket(first)
            if here != home:
                self._of_bucket[here].moved[key] = self._of_bucket[home].moved[key] = first
                self._need(key, here)
                self._need(key, home)

    def _follow_links(self, links: Sequence[Link]) -> None:
        by_directory: defaultdict[int, Replacements[str]] = defaultdict(Replacements)
        for directory, replacing, former in links:
            by_directory[directory].add(replacing, former)
        for directory, replacements in by_directory.items():
            for replacing in replacements.replacing:
                bucket = self._home((directory, replacing))
                for former in replacements.formers_of(replacing):
                    for name in (former, *aliases(former)):
                        self._need((directory, name), bucket)
        for link in links:
            directory, replacing, former = link
            names = [(directory, name) for name in (replacing, former, *aliases(former))]
            for key in names:
                for bucket in (self._bucket(key[1]), self._home(key), *self._needed.get(key, ())):
                    self._of_bucket[bucket].links[link] = None

    def _follow_identifiers(self) -> None:
        for key, owner in self._owner.items():
            here, home = self._bucket(key[1]), self._home((key[0], owner))
            if here != home:
                for bucket in (here, home):
                    self._of_bucket[bucket].moved[key] = self._together.get((key[0], owner), owner)
                self._needed[key].add(home)
            for bucket in self._needed.get((key[0], owner), ()):
                if bucket != home:
                    self._needed[key].add(bucket)
                    self._of_bucket[bucket].guests.add(key)

    def _need(self, key: _Name, bucket: int) -> None:
        self._needed[key].add(bucket)
        if self._home(key) != bucket:
            self._of_bucket[bucket].guests.add(key)

    def _moved(self, line: BucketLine, bucket: int) -> Iterator[tuple[int, BucketLine]]:
        """The line for each bucket that needs it. Its problems are told in one place."""
        directory = self._plan.directories[line.file]
        if isinstance(line, LinesLeftOut):
            for target in sorted(self._needed.get((directory, line.subject), set()) - {bucket}):
                yield target, line
            return
        here = [(directory, name) for name in line.subjects if self._bucket(name) == bucket]
        needed = {target for key in here for target in self._needed.get(key, ())} - {bucket}
        if not needed:
            return
        # Of somebody whom it names by another bucket's name it may be told here, too.
        told = line.again or any(self._elsewhere((directory, name), bucket) is None for name in line.subjects)
        owners = [self._elsewhere(key, bucket) for key in here]
        for owner in dict.fromkeys(owner for owner in owners if owner is not None):
            target = self._home((directory, owner))
            subjects = tuple(dict.fromkeys((*line.subjects, owner)))
            yield target, msgspec.structs.replace(line, subjects=subjects, again=told)
            needed.discard(target)
            told = True
        for target in sorted(needed):
            yield target, msgspec.structs.replace(line, again=True)

    def _elsewhere(self, key: _Name, bucket: int) -> str | None:
        """Who is meant by a name, if that one is screened in another bucket."""
        owner = self._owner.get(key, key[1])
        return None if self._home((key[0], owner)) == bucket else owner


def _size(line: BucketLine) -> int:
    if isinstance(line, LinesTold):
        return sum(len(raw) for _, _, raw in line.lines)
    return len(line.raw) if isinstance(line, ExportLine) else _BYTES_A_NAME * len(line.names.ids)
