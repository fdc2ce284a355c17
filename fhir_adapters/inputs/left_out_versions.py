"""Lines that were left out when an export was looked through, and yet have to be read: those of several versions.

Which version counts shows only when all are read, so that what the whole export says is the same either way.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from trialsieve.fhir_adapters.inputs.segments import BucketLine, ExportLine, LinesLeftOut, LinesTold, by_place
from trialsieve.fhir_adapters.records.left_out import Names
from trialsieve.fhir_adapters.records.skim import SeenFact, seen_in_line
from trialsieve.rules.errors import InputError

_PLACE: Final = 3  # numbers that tell one: the line's number, its start and its length


def with_versions(lines: Sequence[BucketLine], paths: Mapping[int, Path]) -> list[BucketLine]:
    """The lines of one bucket of an export; those left out that have other versions there stand for themselves.

    In the order of the input, as the lines are. `paths`: of the files, by number.
    """
    several = _of_several_versions(lines)
    if not any(several.values()):  # nearly always
        return list(lines)
    found: list[BucketLine] = []
    for line in lines:
        if isinstance(line, LinesTold):
            found += line.each()  # those that are read after all may lie between them
        elif isinstance(line, ExportLine) or several[line.names.resource_type].isdisjoint(line.names.ids):
            found.append(line)
        else:
            found += _divided(line, several[line.names.resource_type], paths[line.file])
    return sorted(found, key=by_place)


def _of_several_versions(lines: Sequence[BucketLine]) -> dict[str, set[str]]:
    """By type, of which something was left out, the ids that occur more than once."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        if isinstance(line, LinesLeftOut):
            ids[line.names.resource_type] += line.names.ids
    if ids:
        for line in lines:
            if isinstance(line, LinesTold) and line.resource_type in ids:
                ids[line.resource_type] += [identity for _, identity, _ in line.lines]
            elif isinstance(line, ExportLine) and line.resource_type in ids:
                ids[line.resource_type].append(line.id)
    return {name: _recurring(found) for name, found in ids.items()}


def _recurring(ids: Sequence[str]) -> set[str]:
    if len(set(ids)) == len(ids):  # nearly always
        return set()
    return {identity for identity, count in Counter(ids).items() if count > 1}


def _divided(lines: LinesLeftOut, several: set[str], path: Path) -> Iterator[BucketLine]:
    """What stays left out, and each of the others by itself."""
    names = lines.names
    rest = LinesLeftOut(lines.slice, lines.file, 0, lines.subject, Names(names.resource_type, [], []), [])
    file = os.open(path, os.O_RDONLY)
    try:
        for number, (identity, meta) in enumerate(zip(names.ids, names.metas, strict=True)):
            place = lines.places[_PLACE * number : _PLACE * (number + 1)]
            line, start, length = place
            if identity in several:
                raw = os.pread(file, length, start)
                seen = seen_in_line(raw)
                if not isinstance(seen, SeenFact) or (seen.resource_type, seen.id) != (names.resource_type, identity):
                    raise InputError(f"{path}: the input has changed while it was read; begin anew with --restart")
                of_it = (lines.slice, lines.file, line, (lines.subject,), raw, names.resource_type, identity)
                yield ExportLine(*of_it)
            else:
                rest.line = rest.line or line
                rest.names.ids.append(identity)
                rest.names.metas.append(meta)
                rest.places += place
    finally:
        os.close(file)
    if rest.places:
        yield rest
