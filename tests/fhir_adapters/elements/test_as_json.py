"""What is kept of elements is kept by their JSON, where that can be a key."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.presumed import PresumedAbsent
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.codes.understanding import Understanding
from trialsieve.fhir_adapters.elements.as_json import LONGEST, as_json, is_key
from trialsieve.fhir_adapters.elements.codings import read_coded
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import Kind

LEUKEMIA = {"system": "http://snomed.info/sct", "code": "91855006", "display": "Acute leukemia"}


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"extension": [value]}
    return value


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, 1.0), (1, "1"), ([], {}), (None, ""), ({"a": 1}, {"b": 1})])
def test_what_is_not_the_same_is_another_key(one: object, other: object) -> None:
    assert as_json([one]) != as_json([other])
    assert is_key(as_json([one]))


@pytest.mark.parametrize(("length", "kept"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False)])
def test_a_key_has_an_end(length: int, kept: bool) -> None:
    written = as_json("x" * (length - len('""')))
    assert len(written) == length
    assert is_key(written) is kept


@pytest.mark.parametrize("value", [nested(500), "\ud800", {1: "a"}, {"a": object()}])
def test_what_cannot_be_written_is_no_key(value: object) -> None:
    assert as_json(value) == b""
    assert not is_key(as_json(value))


def test_a_code_is_the_same_whatever_stands_beside_it() -> None:
    """Equal codes are one object, by which what they name is remembered; one that can be no key, too."""
    plain = read_coded({"coding": [LEUKEMIA]}, "code")
    assert read_coded({"coding": [LEUKEMIA], "id": "a"}, "code") is plain
    assert read_coded({"coding": [{**LEUKEMIA, **nested(500)}]}, "code") is plain
    assert read_coded({"coding": [{**LEUKEMIA, "display": "Leukemia"}]}, "code") != plain


@pytest.mark.parametrize("beside", [{}, {"id": "a"}, nested(500)], ids=["nothing", "an id", "too much"])
def test_a_code_that_was_met_is_known_again(beside: dict[str, Any]) -> None:
    book = load_rules()
    terms = Terms.of(book, None)
    understanding = Understanding(terms, PresumedAbsent(book, terms))
    element = {"coding": [LEUKEMIA], **beside}
    assert understanding.met("Condition", element) is None
    meaning = understanding.of(Kind.CONDITION, read_coded(element, "code"))
    for _ in range(2):
        assert understanding.met("Condition", element) is meaning
        assert understanding.met("Procedure", element) is None
        assert understanding.met("Condition", {**element, "text": "another"}) is None
