"""Searching the bytes for Patients finds the ids that parsing them finds, however they are written.

One difference is allowed, for it only makes a record wait longer: where an element is there twice, the search finds the
Patients in both.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trialsieve.fhir_adapters.inputs import signatures
from trialsieve.fhir_adapters.inputs.input_files import InputFile
from trialsieve.fhir_adapters.inputs.signatures import patients_by_parsing, patients_within, repeated_patients

WORDS = [
    *("Patient", "resourceType", "id", "p1", "p2", "Ünal 🙂", "", "see Patient", "Bundle", 'a "Patient"', "back\\"),
    *('"resourceType":"Patient"', '{"resourceType":"Patient","id":"x"}', "resourceType\\", '{"', "\n"),
]
SPACES = ["", "", "", "", " ", "\n", "\t ", " " * 230, " " * 300]


def ids_within(piece: bytes) -> list[str]:
    return [patient.identity for patient in patients_within(piece)]


def ids_by_parsing(piece: bytes) -> list[str]:
    return [patient.identity for patient in patients_by_parsing(piece)]


@st.composite
def written(draw: st.DrawFn, word: str) -> str:
    """A JSON string: as it is, in ASCII, or with one of its characters as an escape."""
    style = draw(st.sampled_from(["plain", "plain", "plain", "ascii", "escape"]))
    if style != "escape" or not word:
        return json.dumps(word, ensure_ascii=style == "ascii")
    place = draw(st.integers(0, len(word) - 1))
    before, after = (json.dumps(part, ensure_ascii=False)[1:-1] for part in (word[:place], word[place + 1 :]))
    shown = json.dumps(word[place])[1:-1] if ord(word[place]) > 0xFFFF else f"\\u{ord(word[place]):04x}"
    if draw(st.booleans()):
        shown = shown[:2] + shown[2:].upper() if shown.count("\\") == 1 else shown
    return f'"{before}{shown}{after}"'


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """A JSON object; any of its elements may be there twice, and anywhere."""
    name = st.sampled_from(["resourceType", "id", "entry", "resource", "contained", "type", "id"])
    elements = draw(st.lists(st.tuples(name.flatmap(written), inner), max_size=3))
    if draw(st.booleans()):
        kind = draw(st.sampled_from(["Patient", "Patient", "Group"]).flatmap(written))
        place = draw(st.sampled_from([0, 0, 0, len(elements)]))
        elements.insert(place, (draw(written("resourceType")), kind))
        if draw(st.booleans()):
            elements.append((draw(written("id")), draw(st.sampled_from(WORDS[3:6]).flatmap(written))))
    space = draw(st.sampled_from(SPACES))
    return "{" + ",".join(f"{space}{key}{space}:{space}{value}" for key, value in elements) + space + "}"


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    return "[" + ",".join(draw(st.lists(inner, max_size=3))) + "]"


VALUES: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(WORDS).flatmap(written) | st.sampled_from(["7", "null", "true", "-1.5"]),
    lambda inner: objects(inner) | objects(inner) | lists(inner),
    max_leaves=12,
)


def has_repeated_elements(text: str) -> bool:
    found = []

    def look(elements: list[tuple[str, Any]]) -> None:
        found.append(len(elements) != len({name for name, _ in elements}))

    json.loads(text, object_pairs_hook=look)
    return any(found)


BLOCKS = st.sampled_from([1, 7, 40, 300, 32_768])


@given(objects(VALUES), BLOCKS)
def test_the_ids_are_those_that_a_parser_finds(text: str, block: int) -> None:
    with patch.object(signatures, "_BLOCK", block):
        found = Counter(ids_within(text.encode()))
    parsed = Counter(ids_by_parsing(text.encode()))
    assert found >= parsed
    assert found == parsed or has_repeated_elements(text)


@given(st.lists(objects(VALUES).map(lambda text: text.replace("\n", " ")), min_size=1, max_size=4), BLOCKS)
def test_so_are_those_of_a_file_of_lines(lines: list[str], block: int) -> None:
    content = "\n".join(lines).encode()
    found = Counter(identity for line in lines for identity in ids_by_parsing(line.encode()))
    with patch.object(signatures, "_BLOCK", block):
        repeated = repeated_patients([InputFile("a.ndjson", ".", content=content)])
    expected = {identity: 0 for identity, times in found.items() if times > 1}
    assert repeated.keys() >= expected.keys()
    assert repeated == expected or any(map(has_repeated_elements, lines))


@given(objects(VALUES), st.floats(0, 1), BLOCKS)
@example('{"resourceType":"Patient","id":"bad"}', 0.9, 32_768)
def test_a_broken_line_hides_no_other(text: str, part: float, block: int) -> None:
    good = b'{"resourceType":"Patient","id":"good"}'
    broken = text.replace("\n", " ").encode()[: int(len(text) * part)]
    with patch.object(signatures, "_BLOCK", block):
        content = b"\n".join([good, broken, good])
        assert "good" in repeated_patients([InputFile("a.ndjson", ".", content=content)])


PATIENT = '{"resourceType":"Patient","id":"p1"}'
WRITTEN = {
    "an escape in the type": (r'{"resourceType":"P\u0061tient","id":"p1"}', ["p1"]),
    "an escape in the element": (r'{"resource\u0054ype":"Patient","id":"p1"}', ["p1"]),
    "an escape in `id`": (r'{"resourceType":"Patient","\u0069d":"p1"}', ["p1"]),
    "an escape in the id": (r'{"resourceType":"Patient","id":"\u00fc"}', ["ü"]),
    "two surrogates in the id": (r'{"resourceType":"Patient","id":"\uD83D\uDE42"}', ["🙂"]),
    "half of them in the id": (r'{"resourceType":"Patient","id":"\ud83d"}', []),
    "the other half beside the id": (r'{"resourceType":"Patient","id":"p1","gender":"\uDe42"}', []),
    "the id twice": ('{"resourceType":"Patient","id":"a","id":"b"}', ["b"]),
    "the type twice": ('{"resourceType":"Patient","id":"a","resourceType":"Group"}', []),
    "the type twice, Patient last": ('{"resourceType":"Group","id":"a","resourceType":"Patient"}', ["a"]),
    "the id in another element": ('{"resourceType":"Patient","link":[{"id":"a"}]}', []),
    "a number": ('{"resourceType":"Patient","id":7}', ["7"]),
    "beside a number of more digits than Python reads": (
        PATIENT[:-1] + ',"multipleBirthInteger":' + "9" * 5000 + "}",
        ["p1"],
    ),
    "far from the brace": ('{"resourceType":' + " " * 245 + '"Patient","id":"a"}', ["a"]),
    "a Bundle in a Bundle": ('{"entry":[{"resource":{"resourceType":"Bundle","entry":[' + PATIENT + "]}}]}", ["p1"]),
    "a Patient in a Patient": ('{"resourceType":"Patient","id":"a","contained":[' + PATIENT + "]}", ["a", "p1"]),
    "larger than is searched": (PATIENT[:-1] + ',"photo":"' + "A" * 1_500_000 + '"}', ["p1"]),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_however_it_is_written(case: str) -> None:
    text, ids = WRITTEN[case]
    assert sorted(ids_within(text.encode())) == ids
    assert sorted(ids_by_parsing(text.encode())) == ids


@pytest.mark.parametrize("place", range(len(PATIENT) + 1))
def test_a_patient_across_two_blocks(place: int) -> None:
    with patch.object(signatures, "_BLOCK", 400):
        assert ids_within(b"[1," + b" " * (397 - place) + PATIENT.encode() + b"," + PATIENT.encode() + b"]") == [
            "p1",
            "p1",
        ]


@pytest.mark.parametrize("space", ["", " ", "\n\t"])
def test_what_is_usual_is_searched_and_not_parsed(space: str) -> None:
    text = PATIENT.replace(":", f"{space}:{space}").replace("{", "{" + space)
    with (
        patch.object(signatures, "patients_by_parsing", side_effect=AssertionError),
        patch.object(signatures, "_BLOCK", 40),
    ):
        assert ids_within(f'[{text},"\\u00e9\\n",{text}]'.encode()) == ["p1", "p1"]


def written_patient(identity: str, *links: tuple[str, str]) -> str:
    found = [{"type": kind, "other": {"reference": f"Patient/{other}"}} for kind, other in links]
    return json.dumps({"resourceType": "Patient", "id": identity} | ({"link": found} if found else {}))


LINKED: dict[str, tuple[list[list[str]], dict[str, int]]] = {
    "one replaces another": (
        [[written_patient("new", ("replaces", "old"))], [written_patient("old")], [written_patient("third")]],
        {"new": 1, "old": 1},
    ),
    "the other says so": (
        [[written_patient("old", ("replaced-by", "new"))], [written_patient("new")]],
        {"new": 1, "old": 1},
    ),
    "by way of one who is not here": (
        [[written_patient("a", ("replaces", "gone"))], [], [written_patient("b", ("replaces", "gone"))]],
        {},
    ),
    "by way of one who is": (
        [[written_patient("a", ("replaces", "c"))], [written_patient("c")], [written_patient("b", ("replaces", "c"))]],
        {"a": 2, "b": 2, "c": 2},
    ),
    "a chain, and one of it again": (
        [
            [written_patient("c"), written_patient("b", ("replaces", "c")), written_patient("a", ("replaces", "b"))],
            [written_patient("b")],
        ],
        {"a": 1, "b": 1, "c": 1},
    ),
    "nobody else is here": ([[written_patient("new", ("replaces", "old"))]], {}),
    "no replacing": ([[written_patient("a", ("seealso", "b")), written_patient("b")]], {}),
}


@pytest.mark.parametrize(("files", "expected"), LINKED.values(), ids=LINKED)
def test_those_who_are_linked_wait_for_the_last_of_them(files: list[list[str]], expected: dict[str, int]) -> None:
    inputs = [InputFile(f"{n}.ndjson", ".", content="\n".join(lines).encode()) for n, lines in enumerate(files)]
    assert repeated_patients(inputs) == expected


def test_a_file_that_breaks_off_counts_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(f"{PATIENT}\n{PATIENT}\n".encode() + b" " * 100_000)[:-9])
    assert repeated_patients([InputFile("a.ndjson.gz", ".", path=path)]) == {"p1": 0}
