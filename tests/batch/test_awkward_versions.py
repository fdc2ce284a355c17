"""What was recorded again, taken back, or means nothing: a batch run still gives what screening in one go gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batches import TINY, same_as_screen, write_lines
from made_resources import bundle, by_number, condition, ecog, height, observation, patient, version


def versions_of_what_means_nothing(folder: Path) -> None:
    """Which version counts shows only when all are read: one that means nothing may take the place of one that does."""
    lines: list[object] = [patient(f"p{number}", f"n{number}") for number in range(12)]
    again: list[object] = []
    for number in range(12):
        subject: dict[str, Any] | str = f"Patient/p{number}"
        if number in (1, 3, 6, 11):
            subject = by_number(f"n{number}")
        named = f"o{number}"
        lines += [height(f"h{number}-{each}", subject) for each in range(3)]
        pair = [
            [height(named, subject, **version(9)), ecog(named, subject, **version(8))],
            [height(named, subject, **version(8)), ecog(named, subject, **version(9))],
            [height(named, subject), ecog(named, subject)],
            [height(named, subject), height(named, subject, **version(3)), ecog(f"{named}-too", subject)],
        ][number // 3]
        lines.append(pair[0])
        again += pair[1:]
    write_lines(folder / "a.ndjson", [*lines, b"", b""])
    write_lines(folder / "b.ndjson", again[::2])
    write_lines(folder / "c.ndjson.gz", again[1::2])


def what_means_nothing_beside_what_is_known_by_its_name(folder: Path) -> None:
    inner = ecog("in", "Patient/p1", **version(1))
    write_lines(
        folder / "a.ndjson", [patient("p1"), height("o#in", "Patient/p1", **version(2)), height("x", "Patient/p1")]
    )
    write_lines(
        folder / "b.ndjson", [condition("o", "Patient/p1"), observation("o", "1-1", "Patient/p1", contained=[inner])]
    )


def what_means_nothing_and_bundles(folder: Path) -> None:
    """Of one resource the export or the Bundle may hold the newer version."""
    folder.mkdir(parents=True)
    export: list[object] = []
    for number in range(6):
        named, subject = patient(f"p{number}", f"n{number}", gender="male"), f"Patient/p{number}"
        export += [named, height("o", subject, **version(5)), height("h", subject)]
        loud = ecog("o", subject, **version(4 + number % 3))
        (folder / f"{number}.json").write_text(json.dumps(bundle(named, loud)))
    write_lines(folder / "export.ndjson", export)


def versions_of_which_one_was_entered_in_error(folder: Path) -> None:
    """In one file, in two, and one of them in a Bundle: nobody knows which of the two holds."""
    folder.mkdir(parents=True)
    lines: list[object] = []
    again: list[object] = []
    for number in range(6):
        named, subject = patient(f"p{number}", f"n{number}", gender="male"), f"Patient/p{number}"
        stand = [ecog(f"o{number}", subject), condition(f"c{number}", subject), height(f"h{number}", subject)]
        withdrawn = [one | {"status": "entered-in-error", "verificationStatus": "entered-in-error"} for one in stand]
        lines += [named, *stand]
        if number < 4:
            (lines if number < 2 else again).extend(withdrawn)
        else:
            (folder / f"{number}.json").write_text(json.dumps(bundle(named, *withdrawn)))
    write_lines(folder / "a.ndjson", lines)
    write_lines(folder / "b.ndjson", again)


def reports_that_were_withdrawn(folder: Path) -> None:
    """They take back results of other lines, before them and after them, and what they contain."""
    lines: list[object] = []
    reports: list[object] = []
    for number in range(8):
        subject: dict[str, Any] | str = by_number(f"n{number}") if number > 5 else f"Patient/p{number}"
        lines += [patient(f"p{number}", f"n{number}"), ecog(f"o{number}", f"Patient/p{number}")]
        report = observation(f"r{number}", "1-1", subject, result=[{"reference": f"Observation/o{number}"}])
        report |= {"resourceType": "DiagnosticReport"}
        statuses = ["cancelled", "final"] if number % 2 else ["entered-in-error"]
        reports += [report | {"id": f"r{number}-{word}", "status": word} for word in statuses]
        inner = ecog("in", subject, 3)
        reports.append(report | {"id": f"h{number}", "status": "cancelled", "contained": [inner], "result": None})
    write_lines(folder / "a.ndjson", [*reports[::2], *lines])
    write_lines(folder / "b.ndjson", reports[1::2])


def patients_of_whom_nothing_counts(folder: Path) -> None:
    lines = [height(f"h{number}", f"Patient/p{number % 4}") for number in range(20)]
    write_lines(folder / "export.ndjson", [*lines, patient("p9"), ecog("e", "Patient/p3")])


CASES: tuple[Callable[[Path], None], ...] = (
    versions_of_what_means_nothing,
    what_means_nothing_beside_what_is_known_by_its_name,
    what_means_nothing_and_bundles,
    versions_of_which_one_was_entered_in_error,
    reports_that_were_withdrawn,
    patients_of_whom_nothing_counts,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_gives_what_screening_gives(tmp_path: Path, case: Callable[[Path], None]) -> None:
    case(tmp_path / "in")
    same_as_screen(tmp_path / "in", tmp_path / "out", TINY)
