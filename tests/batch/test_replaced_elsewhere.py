"""Links between Patients of several Bundles or exports: they say of each patient what one Bundle of all says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from batches import SMALL, TINY, batch, explained, problems_of, same_as_screen, screened, write_lines
from replaced_cases import (
    CASES,
    CLEAR,
    DOUBT,
    TRIAL,
    Json,
    as_bundle,
    infarction,
    link,
    of_dstu2,
    of_no_interest,
    patient,
    record,
)
from replaced_cases import results_of as by_patient

from trialsieve.service.batch.plan import Sizes

REPLACES = link("replaces", "Patient/old")
CARDIAC = "X01"
"""The criterion that an infarction decides."""

# Of these cases every patient has a Patient, so that each can be in a place of its own.
APART = (
    "the old one has",
    "the old one has, and a record that would do",
    "the old one alone says so",
    "the old one says so in the word of DSTU2",
    "both say so",
    "a chain with the Patients",
    "a circle",
    "two replace one who has",
    "no merging: seealso",
)


def split(resources: Sequence[Json]) -> list[list[Json]]:
    """The resources of each patient, in the order of the Patients."""
    patients = [one["id"] for one in resources if one["resourceType"] == "Patient"]
    return [
        [
            one
            for one in resources
            if (one["resourceType"] == "Patient" and one["id"] == identity)
            or one.get("subject", one.get("patient")) == {"reference": f"Patient/{identity}"}
        ]
        for identity in patients
    ]


def numbered(case: str, number: int) -> list[Json]:
    """A case with patients of its own."""
    text = json.dumps(CASES[case][0])
    for name in ("new", "older", "old", "other"):
        text = text.replace(f'Patient/{name}"', f'Patient/{name}-{number}"')
        text = text.replace(f'"Patient", "id": "{name}"', f'"Patient", "id": "{name}-{number}"')
    resources: list[Json] = json.loads(text)
    return resources


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """The results of each case in one Bundle."""
    folder = tmp_path_factory.mktemp("together")
    for number, case in enumerate(APART):
        as_bundle(folder / f"{number}.json", numbered(case, number))
    return by_patient(screened([folder])[0])


def bundle(resources: Sequence[Json], server: str = "") -> Json:
    entries: list[Json] = [{"resource": one} for one in resources]
    for entry in entries if server else ():
        entry["fullUrl"] = f"{server}{entry['resource']['resourceType']}/{entry['resource']['id']}"
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def files(folder: Path, parts: Sequence[Sequence[Json]]) -> Path:
    folder.mkdir()
    for number, part in enumerate(parts):
        as_bundle(folder / f"{number}.json", part)
    return folder


def lines(folder: Path, parts: Sequence[Sequence[Json]]) -> Path:
    return write_lines(folder / "bundles.ndjson", [bundle(part) for part in parts])


def exports(folder: Path, parts: Sequence[Sequence[Json]]) -> Path:
    for number, part in enumerate(parts):
        write_lines(folder / str(number) / "export.ndjson", part)
    return folder


def an_export_and_bundles(folder: Path, parts: Sequence[Sequence[Json]]) -> Path:
    write_lines(folder / "export" / "export.ndjson", parts[0])
    write_lines(folder / "bundles.ndjson", [bundle(part) for part in parts[1:]])
    return folder


def bundles_and_an_export(folder: Path, parts: Sequence[Sequence[Json]]) -> Path:
    write_lines(folder / "a.ndjson", [bundle(part) for part in parts[:-1]])
    write_lines(folder / "b.ndjson", parts[-1])
    return folder


def a_bundle_in_a_bundle(folder: Path, parts: Sequence[Sequence[Json]]) -> Path:
    folder.mkdir()
    return as_bundle(folder / "bundle.json", [*parts[0], *(bundle(part) for part in parts[1:])])


LAYOUTS: tuple[Callable[[Path, Sequence[Sequence[Json]]], Path], ...] = (
    files,
    lines,
    exports,
    an_export_and_bundles,
    bundles_and_an_export,
    a_bundle_in_a_bundle,
)


def told(results: dict[str, Json]) -> dict[str, tuple[str, list[str], list[str]]]:
    """Of each patient and trial the verdict, what decides it, and the cautions."""
    return {
        name: (one["verdict"], [arm["limiting"] for arm in one["arms"]], sorted(one["cautions"]))
        for name, one in results.items()
    }


def test_what_each_case_comes_to(expected: dict[str, Json]) -> None:
    for number, case in enumerate(APART):
        verdicts = {name: expected[f"Patient/{name}-{number} {TRIAL}"]["verdict"] for name in CASES[case][1]}
        assert verdicts == CASES[case][1], case


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "reversed"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_it_says_what_one_bundle_says(
    tmp_path: Path, layout: Callable[..., Path], order: int, expected: dict[str, Json]
) -> None:
    """TINY puts nearly every patient into a bucket of its own."""
    parts = [part for number, case in enumerate(APART) for part in split(numbered(case, number))]
    assert sum(map(len, parts)) == sum(len(CASES[case][0]) for case in APART)
    source = layout(tmp_path / "in", parts[::order])
    results, problems = screened([source])
    assert told(by_patient(results)) == told(expected)
    batch([source], tmp_path / "out", sizes=TINY)
    assert sorted(explained(tmp_path / "out")) == sorted(results)
    assert problems_of(tmp_path / "out") == problems


def with_number(resources: list[Json], number: str) -> list[Json]:
    """The Patients among them have an identifier."""
    identifier = [{"system": "urn:made-up", "value": number}]
    return [one | {"identifier": identifier} if one["resourceType"] == "Patient" else one for one in resources]


A, B = "http://a.example/fhir/", "http://b.example/fhir/"
NEW, OLD = record("new", REPLACES), [patient("old"), infarction("Patient/old")]
ADDRESSED = record("new", link("replaces", f"{A}Patient/old"))

# The server and the resources of each Bundle, and what the new patient comes to.
ELSEWHERE: dict[str, tuple[list[tuple[str, list[Json]]], str]] = {
    "the old one twice, known to be one": (
        [("", NEW), ("", with_number([patient("old")], "1")), ("", with_number(OLD, "1"))],
        DOUBT,
    ),
    "two have the old id": (
        [("", NEW), ("", with_number([patient("old")], "1")), ("", with_number(OLD, "2"))],
        DOUBT,
    ),
    "the old one beside the new one, and again elsewhere": (
        [("", [*NEW, *with_number([patient("old")], "1")]), ("", with_number(OLD, "1"))],
        DOUBT,
    ),
    "the old one beside the new one, and somebody else of that id elsewhere": (
        [("", [*NEW, *with_number([patient("old")], "1")]), ("", with_number(OLD, "2"))],
        CLEAR,
    ),
    "the new one twice, and one of them says so": (
        [("", with_number(record("new"), "1")), ("", with_number([patient("new", REPLACES)], "1")), ("", OLD)],
        DOUBT,
    ),
    "the new one twice, with another link": (
        [
            ("", with_number(record("new", link("seealso", "Patient/third")), "1")),
            *(("", with_number([patient("new", REPLACES)], "1")), ("", OLD)),
        ],
        DOUBT,
    ),
    "on the same server": ([(A, NEW), (A, OLD)], DOUBT),
    "on another server": ([(A, NEW), (B, OLD)], CLEAR),
    "on a server that is not stated": ([(A, NEW), ("", OLD)], DOUBT),
    "by its address": ([(B, ADDRESSED), (A, OLD)], DOUBT),
    "by the address of another": ([(B, ADDRESSED), (B, OLD)], CLEAR),
    "two replace one who is there": ([("", NEW), ("", record("other", REPLACES)), ("", [patient("old")])], CLEAR),
    "two replace one who is nowhere": ([("", NEW), ("", record("other", REPLACES))], CLEAR),
    "nobody has the old id": ([("", NEW), ("", record("other"))], CLEAR),
    "without a Patient": ([("", NEW), ("", OLD[1:])], CLEAR),
}


@pytest.mark.parametrize(("bundles", "expected"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_who_is_meant(tmp_path: Path, bundles: list[tuple[str, list[Json]]], expected: str) -> None:
    source = write_lines(tmp_path / "bundles.ndjson", [bundle(part, server) for server, part in bundles])
    same_as_screen(source, tmp_path / "out", TINY)
    results = [json.loads(line) for line in explained(tmp_path / "out")]
    assert [one["verdict"] for one in results if (one["patient"], one["trial"]) == ("Patient/new", TRIAL)] == [expected]


@pytest.mark.parametrize("sizes", [SMALL, TINY], ids=["small", "tiny"])
def test_lines_that_are_brought_from_other_buckets(tmp_path: Path, sizes: Sizes) -> None:
    """The old ones' lines name them by identifier too, mean nothing, or are of one whom they replaced themselves."""
    old: list[Json] = []
    new: list[Json] = []
    for number in range(8):
        numbered = {"system": "urn:made-up", "value": str(number)}
        by_number = infarction("", f"by-number-{number}") | {"subject": {"identifier": numbered}}
        said = [
            patient(f"old-{number}", link("replaces", f"Patient/older-{number}")) | {"identifier": [numbered]},
            [by_number, infarction(f"Patient/older-{number}", f"older-{number}"), of_dstu2(by_number)][number % 3],
            *(one | {"id": f"{one['id']}-{number}"} for one in of_no_interest(f"Patient/old-{number}")),
        ]
        old += [json.loads(json.dumps(one)) for one in said]
        new += [patient(f"new-{number}", link("replaces", f"Patient/old-{number}"))]
        new += of_no_interest(f"Patient/new-{number}")[:number]
    source = exports(tmp_path / "in", [new, old])
    same_as_screen(source, tmp_path / "out", sizes)
    doubts = [
        any(criterion["id"] == CARDIAC and "unusable-data" in criterion["reasons"] for criterion in one["criteria"])
        for one in map(json.loads, explained(tmp_path / "out"))
        if one["trial"] == TRIAL and one["patient"].startswith("Patient/new")
    ]
    assert doubts == [True] * 8
