"""Who replaces whom, told by the links of Patients."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.replaced import Replacements, marked_replaced, named_links


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
