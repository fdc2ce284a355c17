"""Who replaces whom, told by the links of Patients."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.facts.patient import read_person
from trialsieve.fhir_adapters.records.replaced import (
    Replacements,
    connected,
    marked_replaced,
    named_links,
    rivals_caution,
)


def link(kind: Any, reference: Any) -> dict[str, Any]:
    return {"type": kind, "other": {"reference": reference}}


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([link("replaces", "Patient/old")], [("Patient/new", "Patient/old")]),
        ([link("replaces", "https://example.org/fhir/Patient/old/_history/2")], [("Patient/new", "Patient/old")]),
        ([link("replaces", "urn:uuid:0C31-BD")], [("Patient/new", "Patient/0c31-bd")]),
        ([link("replaces", "old")], [("Patient/new", "Patient/old")]),
        ([link("replaced-by", "Patient/newest")], [("Patient/newest", "Patient/new")]),
        ([link("replace", "Patient/newest")], [("Patient/newest", "Patient/new")]),
        (link("replaces", "Patient/old"), [("Patient/new", "Patient/old")]),
        ([link("refer", "Patient/old"), link("seealso", "Patient/old")], []),
        ([link("replaces", "RelatedPerson/old"), link("replaces", "#old"), link("replaces", 7)], []),
        ([link(["replaces"], "Patient/old"), {"type": "replaces", "other": "Patient/old"}, "Patient/old", None], []),
        (None, []),
    ],
)
def test_links_by_name(links: Any, expected: list[tuple[str, str]]) -> None:
    assert named_links({"resourceType": "Patient", "link": links}, "Patient/new") == expected


@pytest.mark.parametrize(
    ("links", "unnamed"),
    [
        (None, False),
        ([link("replaces", "Patient/old")], False),
        ([{"type": "replaces", "other": {"identifier": {"value": "1"}}}], True),
        ([link("replaces", "Patient/old"), {"type": "replaces", "other": {"display": "Ann"}}], True),
        ([{"type": "replaces"}], True),
        ([link("replaces", "#old")], True),
        ([link("replaces", 7)], True),
        ([{"type": "replaced-by", "other": {"display": "Ann"}}], False),
        ([{"type": "seealso", "other": {"display": "Ann"}}], False),
    ],
)
def test_a_replaced_one_whom_no_reference_names_is_told(links: Any, unnamed: bool) -> None:
    resource = {"resourceType": "Patient", "id": "new", "link": links}
    _, problems = read_person("Patient/new", resource, Clock(ZoneInfo("UTC")))
    assert ["whom its link does not name by a reference" in problem for problem in problems] == [True] * unnamed


@pytest.mark.parametrize(
    ("links", "formers"),
    [
        ([("a", "b"), ("b", "c"), ("c", "d")], {"a": ["b", "c", "d"], "b": ["c", "d"], "d": []}),
        ([("a", "b"), ("b", "a")], {"a": ["b"], "b": ["a"]}),
        ([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")], {"a": ["b", "c", "d"]}),
        ([("a", "a")], {"a": []}),
        ([("b", "a")], {"a": []}),
    ],
)
def test_whom_a_patient_replaces_by_way_of_others_too(
    links: list[tuple[str, str]], formers: dict[str, list[str]]
) -> None:
    replacements = Replacements(links)
    assert {name: sorted(replacements.formers_of(name)) for name in formers} == formers


def test_those_who_replace_one_themselves() -> None:
    replacements = Replacements([("a", "b"), ("b", "d"), ("c", "d"), ("c", "d")])
    assert replacements.replacing_of("d") == ["b", "c"]
    assert replacements.replacing_of("a") == []


@pytest.mark.parametrize(
    ("links", "said"),
    [
        (None, "Patient/a"),
        ([link("seealso", "Patient/x")], "Patient/a"),
        ([link("replaced-by", "Patient/own")], "Patient/own"),
    ],
)
def test_a_replaced_patient_says_by_whom(links: Any, said: str) -> None:
    patient = marked_replaced({"id": "old", **({} if links is None else {"link": links})}, ["Patient/b", "Patient/a"])
    (found,) = [each["other"]["reference"] for each in patient["link"] if each["type"] == "replaced-by"]
    assert found == said


@pytest.mark.parametrize(
    ("links", "groups"),
    [
        ([], []),
        ([("a", "b"), ("c", "d"), ("b", "e")], [["a", "b", "e"], ["c", "d"]]),
        ([("a", "b"), ("b", "a"), ("a", "a")], [["a", "b"]]),
        ([("a", "b"), ("c", "d"), ("d", "a")], [["a", "b", "c", "d"]]),
    ],
)
def test_who_is_linked_with_whom(links: list[tuple[str, str]], groups: list[list[str]]) -> None:
    assert sorted(sorted(group) for group in connected(links)) == groups


@pytest.mark.parametrize(
    ("others", "named"),
    [(1, "p0"), (5, "p0, p1, p2, p3, p4"), (6, "p0, p1, p2, p3, p4 and 1 more")],
)
def test_not_all_of_very_many_are_named(others: int, named: str) -> None:
    caution = rivals_caution("old", [f"p{number}" for number in range(others)])
    assert caution.startswith(f"{named} replaces old too")
