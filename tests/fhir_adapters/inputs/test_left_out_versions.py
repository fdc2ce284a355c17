"""Of lines that were left out, those of which there are other versions are read after all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trialsieve.fhir_adapters.inputs.left_out_versions import with_versions
from trialsieve.fhir_adapters.inputs.segments import BucketLine, ExportLine, LinesLeftOut, LinesTold
from trialsieve.fhir_adapters.records.left_out import Names
from trialsieve.rules.errors import InputError

PATIENT = "Patient/p"


def line_of(identity: str) -> bytes:
    subject = {"reference": PATIENT}
    return json.dumps({"resourceType": "Observation", "id": identity, "subject": subject}).encode() + b"\n"


def left_out(path: Path, *ids: str) -> LinesLeftOut:
    """Lines of a file of their own, from the third on."""
    lines = [line_of(identity) for identity in ids]
    before = b"\n\n"
    path.write_bytes(before + b"".join(lines))
    starts = [len(before) + sum(map(len, lines[:place])) for place in range(len(lines))]
    places = [number for place, line in enumerate(lines) for number in (place + 3, starts[place], len(line))]
    return LinesLeftOut(0, 7, 3, PATIENT, Names("Observation", list(ids), [b"" for _ in ids]), places)


def kept(identity: str, resource_type: str = "Observation") -> ExportLine:
    return ExportLine(1, 8, 1, (PATIENT,), b"{}", resource_type, identity)


def taken_back(number: int, identity: str) -> ExportLine:
    return ExportLine(0, 7, number, (PATIENT,), line_of(identity), "Observation", identity)


def test_what_occurs_once_stays_left_out(tmp_path: Path) -> None:
    lines: list[BucketLine] = [left_out(tmp_path / "a", "x", "y"), kept("z"), kept("x", "Condition")]
    assert with_versions(lines, {7: tmp_path / "a"}) == lines


def test_what_occurs_again_is_read_and_the_rest_stays_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a"
    found = with_versions([left_out(path, "x", "y", "z"), kept("x")], {7: path})
    rest = left_out(path, "x", "y", "z").places[3:]
    assert found == [
        taken_back(3, "x"),
        LinesLeftOut(0, 7, 4, PATIENT, Names("Observation", ["y", "z"], [b"", b""]), rest),
        kept("x"),
    ]


def test_what_is_read_after_all_stands_between_lines_that_were_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    around = [(2, "w", b"{}"), (5, "x", b"{}")]
    lines: list[BucketLine] = [LinesTold(0, 7, 2, (PATIENT,), "Observation", around), left_out(path, "x", "y")]
    before, *rest, after = with_versions(lines, {7: path})
    assert [before, after] == [
        LinesTold(0, 7, number, (PATIENT,), "Observation", [(number, name, b"{}")]) for number, name, _ in around
    ]
    assert rest == [
        taken_back(3, "x"),
        LinesLeftOut(0, 7, 4, PATIENT, Names("Observation", ["y"], [b""]), left_out(path, "x", "y").places[3:]),
    ]


def test_of_two_that_were_left_out_neither_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert with_versions([left_out(path, "x", "x")], {7: path}) == [taken_back(3, "x"), taken_back(4, "x")]


@pytest.mark.parametrize(
    "now", [b"", line_of("y") * 3, b"\n" * 500, line_of("x").replace(b"Observation", b"Condition")]
)
def test_a_file_that_has_changed_is_not_read_on(tmp_path: Path, now: bytes) -> None:
    path = tmp_path / "a"
    lines: list[BucketLine] = [left_out(path, "x"), kept("x")]
    path.write_bytes(now)
    with pytest.raises(InputError, match=r"the input has changed while it was read; begin anew with --restart"):
        with_versions(lines, {7: path})
