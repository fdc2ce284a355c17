"""YAML in, plain data out, and where everything stands."""

from __future__ import annotations

import hashlib

import pytest
from pydantic import BaseModel, ConfigDict

from trialsieve.rules.errors import RuleFilesError
from trialsieve.rules.yaml_source import read_yaml, validate

OF_ITSELF = "this anchor contains an alias of itself (write out what is meant in the place of that alias)"

NO_LINES = (
    "begins a text that stands in the lines below, and none stands there (put a text that begins with '>' or '|' in "
    "quotes)"
)


def refusal(text: str) -> str:
    with pytest.raises(RuleFilesError) as caught:
        read_yaml("file.yaml", text)
    return str(caught.value)


def test_data_is_plain_and_follows_yaml_1_2() -> None:
    text = "yes: yes\non: 2026-01-02\nnumber: 3\nfraction: 0.5\nnone: null\ntrue: false\n7: [a, b]\n"
    source = read_yaml("file.yaml", text)
    assert source.data == {
        "yes": "yes",
        "on": "2026-01-02",
        "number": 3,
        "fraction": 0.5,
        "none": None,
        "true": False,
        "7": ["a", "b"],
    }
    assert source.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_an_alias_stands_for_what_its_anchor_marks() -> None:
    source = read_yaml("file.yaml", "a: &cases\n  - x: 1\nb: *cases\n")
    assert source.data == {"a": [{"x": 1}], "b": [{"x": 1}]}
    assert source.position(("b", 0, "x")) == (2, 5)


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ((), (1, 1)),
        (("a",), (1, 1)),
        (("a", 0), (2, 5)),
        (("a", 1), (3, 5)),
        (("a", 1, "c"), (3, 12)),
        (("a", 1, "<branch>", "c"), (3, 12)),
        (("a", 1, "nothing"), (3, 5)),
        (("a", 7), (1, 1)),
        (("é", "d"), (4, 5)),
    ],
)
def test_position_is_that_of_the_key_or_item_else_of_its_nearest_parent(
    location: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    text = "a:\n  - {b: 1}\n  - {b: 2, c: 3}\né: {d: 4}\n"
    assert read_yaml("file.yaml", text).position(location) == place


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "file.yaml:3:1: the key 'a' is given twice"),
        ("a: {b: 1, b: 2}\n", "file.yaml:1:11: the key 'b' is given twice"),
        ("a: &x [*x]\n", f"file.yaml:1:4: {OF_ITSELF}"),
        ("a: 1\nb: &x\n  c:\n    - *x\n", f"file.yaml:2:4: {OF_ITSELF}"),
        (
            "a: &x 1\n\nb: &x 2\nc: *x\n",
            "file.yaml:3:4: the anchor 'x' is given twice (the first is in line 1; give one of them another name)",
        ),
        ("a: !secret 1\n", "file.yaml:1:4: the tag '!secret' is not used in rule files"),
        ("a: !!int x\n", "file.yaml:1:4: 'x' is not what its tag 'tag:yaml.org,2002:int' says"),
        ("? [a]\n: 1\n", "file.yaml:1:3: a key must be plain text"),
        ("a:\n  b: >5\nc: 1\n", f"file.yaml:2:6: '>' {NO_LINES}"),
        ("- |\n- 1\n", f"file.yaml:1:3: '|' {NO_LINES}"),
    ],
)
def test_what_yaml_allows_and_rule_files_do_not(text: str, told: str) -> None:
    assert refusal(text) == told


@pytest.mark.parametrize(
    "text", ["a: [1\n", "a: 'b\n", "a: b: c\n", "\ta: 1\n", "a: *b\n", "a: 1\n--- \nb: 2\n", "a: \x00"]
)
def test_a_syntax_error_is_told_with_its_place(text: str) -> None:
    assert "file.yaml:" in refusal(text)
    assert "not valid YAML" in refusal(text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("a:\n\tb: 1\n", "indent with spaces, not tabs"),
        ("a: Parameters: bilirubin\n", "put a text that holds ': ' in quotes; or is the line indented too far?"),
        ("a: {unit: %}\n", "put the value in quotes"),
        ("a: @b\n", "put the value in quotes"),
        ("a: > 3\n", "put a text that begins with '>' or '|' in quotes"),
        ("a: >= 3\n", "put a text that begins with '>' or '|' in quotes"),
        ("a: >5\nb: 1\n", "put a text that begins with '>' or '|' in quotes"),
        ("a: >5\n\n\n", "put a text that begins with '>' or '|' in quotes"),
        ("a: 1\nb\n", "a ': ' is missing here, or in the line before"),
        (
            "a:\n  - 1\n - 2\n",
            "does the line begin in the column of those that it belongs to?",
        ),
        (
            "- a\nb: 1\n",
            "does the line begin in the column of those that it belongs to?",
        ),
        ("a: {b: 1\nc: 2\n", "put a text that holds ': ' in quotes; or is a bracket not closed in the line before?"),
        ("a: [1, 2\n", "a bracket is not closed in the line before, or a text that holds ',' is not in quotes"),
        ("a: b\x07\n", "take this character out"),
        ("a: |\n  b\n\tc\n", "indent with spaces, not tabs"),
        (
            "a: *required by protocol\n",
            "put a text that begins with '*' in quotes; or mark what is meant, above this line, with &required",
        ),
        ("a: *required* by protocol\n", "put a text that begins with '*' or '&' in quotes"),
        ("a: & platelets\n", "put a text that begins with '*' or '&' in quotes"),
    ],
)
def test_what_authors_do_most_often_is_told_with_its_remedy(text: str, remedy: str) -> None:
    assert refusal(text).endswith(f" ({remedy})")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b\nc: [1,\n  *x]\n", "3:3"),
        ("a: *x\nb: &x 1\n", "1:4"),
        ("a: é\nbé: \x07\n", "2:5"),
        ("a: 1\n# b\u2028c: 2\n", "2:4"),
    ],
)
def test_a_fault_of_the_text_is_told_at_its_line_and_column(text: str, place: str) -> None:
    assert refusal(text).startswith(f"file.yaml:{place}: not valid YAML: ")


@pytest.mark.parametrize("text", ["[" * 2_000 + "]" * 2_000, "- " * 2_000 + "x"])
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert refusal(text) == "file.yaml:1:1: not usable: lists and keys are nested too deep"


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("[no, on, 0x1F, 0o17, 1_000, 1:30, .inf, .nan, 2026-01-02, <<]", None),
        ("[12, -3, +4, 012]", [12, -3, 4, 12]),
        ("[1.5, -.5, 2., 1e3, 1.5E-3]", [1.5, -0.5, 2.0, 1000.0, 0.0015]),
        ("[null, ~, Null, {a: }]", [None, None, None, {"a": None}]),
        ("[TRUE, False]", [True, False]),
        ("['1', \"true\", '', !!str 5, !!int '6']", ["1", "true", "", "5", 6]),
    ],
)
def test_a_scalar_is_what_the_core_schema_makes_of_it_and_else_text(text: str, data: list[object] | None) -> None:
    expected = text.strip("[]").split(", ") if data is None else data
    assert read_yaml("file.yaml", text).data == expected


def test_a_text_of_several_lines_is_what_stands_in_them() -> None:
    assert read_yaml("file.yaml", "a: >5\n     b\n     c\nd: |\n  e\nf: ''\n").data == {
        "a": "b c\n",
        "d": "e\n",
        "f": "",
    }


def test_an_empty_file_has_no_data_and_begins_at_its_first_column() -> None:
    source = read_yaml("file.yaml", "")
    assert source.data is None
    assert source.position(("a",)) == (1, 1)


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int
    name: str = ""


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    items: list[Inner]
    by_name: dict[str, Inner] = {}


def test_each_mistake_is_one_sentence_at_its_place() -> None:
    source = read_yaml(
        "f.yaml", "items:\n  - {size: x}\n  - {name: 3, size: 1}\nby_name:\n  k: {sise: 1, size: 1}\n  l: {}\n"
    )
    with pytest.raises(RuleFilesError) as caught:
        validate(Outer, source)
    assert [str(problem) for problem in caught.value.problems] == [
        "f.yaml:2:6: 'size' must be a whole number, not 'x'",
        "f.yaml:3:6: 'name' must be text, not 3 (put it in quotes)",
        "f.yaml:5:7: unknown key 'sise' (did you mean 'size'?)",
        "f.yaml:6:3: the key 'size' is missing",
    ]


def test_valid_data_becomes_the_model() -> None:
    assert validate(Outer, read_yaml("f.yaml", "items: [{size: 3}]")).items == [Inner(size=3)]
