"""However a file is cut and read, each of its lines is given once, with its number and its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trialsieve.fhir_adapters.inputs import slices
from trialsieve.fhir_adapters.inputs.input_files import TOO_LARGE, InputFile
from trialsieve.fhir_adapters.inputs.slices import BrokenOffError, Slice, SliceKind, SliceLines, cut, line_count, units

LINES = st.lists(
    st.sampled_from([b"", b" ", b"{}", b'{"a":1}', b'{"text":"a long line"}', b"\r", b"\x0b"]), max_size=12
)


def a_file(folder: Path, content: bytes) -> InputFile:
    path = folder / "x.ndjson"
    path.write_bytes(content)
    return InputFile(str(path), str(folder), path=path)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.booleans(), st.integers(1, 40), st.integers(1, 40))
@example([b"{}", b"{}"], True, 3, 3)  # a slice, and a block, that end with a line
def test_each_line_is_in_one_slice(
    tmp_path: Path, lines: list[bytes], ends_with_line: bool, slice_bytes: int, block_bytes: int
) -> None:
    whole = b"{}\n" + b"\n".join(lines) + (b"\n" if ends_with_line else b"")
    file = a_file(tmp_path, whole)
    found: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "_PIECE", block_bytes)
        parts = [part for part in cut([file], slice_bytes) if part.kind is SliceKind.LINES]
        for part in parts:
            stretch = SliceLines(part)
            numbers = []
            for number, start, raw in stretch:
                assert whole[start : start + len(raw)] == raw
                assert start == sum(map(len, found))
                numbers.append(number)
                found.append(raw)
            assert numbers == list(range(1, stretch.number + 1))
            assert part.end is None or line_count(part) == stretch.number
            assert stretch.end == sum(map(len, found)) or not numbers
    if parts:  # else its first lines are no JSON
        assert found == [line for line in re.split(rb"(?<=\n)", whole) if line]


@pytest.mark.parametrize("block_bytes", [1, 7, 20])
def test_a_line_that_is_too_large_ends_the_slice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(slices, "_PIECE", block_bytes)
    monkeypatch.setattr(slices, "MAX_VALUE_BYTES", 20)
    at_most = b'{"text":"01234567"}\n'
    assert len(at_most) == 20
    file = a_file(tmp_path, at_most + b"\n" + b" " + at_most + b"{}\n")
    part = Slice(0, SliceKind.LINES, 0, (file,))
    found: list[bytes] = []
    with pytest.raises(BrokenOffError) as fault:
        found.extend(raw for _, _, raw in SliceLines(part))
    assert (found, fault.value.line, str(fault.value)) == ([at_most, b"\n"], 3, TOO_LARGE)
    assert [(unit.line, unit.fault) for unit in units(part)] == [(1, ""), (3, TOO_LARGE)]
