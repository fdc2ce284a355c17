"""A worked example that does not come out as it says is told, and what is missing only because of it is not."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import ILL, TRIAL, MadeUpRules
from trialsieve.service.cli import main

SOUR = "  - {name: sour, given: [{concept: lab.sugar, value: 100, on: 3 d}], expect: false}\n"
SWEET = "name: sweet, given: [{concept: lab.sugar, value: 101, on: 3 d}"
SALTY = f"{SWEET}, {{concept: lab.salt, value: 1, on: 3 d}}"
COUGH = "{name: cough, given: [{concept: dx.cough, on: 3 d}], expect: true}"


def told(of: str, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The messages about one criterion or finding, without place and hint."""
    assert main(["lint", *options]) == 2
    messages = [line.split(": ", 1)[1].split(" (")[0] for line in capsys.readouterr().out.splitlines()]
    return [message for message in messages if message.startswith((f"{of} ", f"T1 {of},", f"{of},"))]


@pytest.fixture
def examples_hold(rules: MadeUpRules) -> MadeUpRules:
    rules.change(TRIAL, SWEET, SALTY)
    return rules


def test_examples_that_come_out_as_they_say_are_not_told(
    examples_hold: MadeUpRules, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told("I01", capsys, "--examples") == []
    assert told("ill", capsys, "--examples") == []


def test_of_a_wrong_expectation_only_the_cause_is_told(
    examples_hold: MadeUpRules, capsys: pytest.CaptureFixture[str]
) -> None:
    sweet = f"{SALTY}], expect: true"
    examples_hold.change(TRIAL, sweet, sweet.replace("true", "false"))
    assert told("I01", capsys) == ["I01 has no example that expects true"]
    assert told("I01", capsys, "--examples") == ["T1 I01, example 'sweet': expected false, got true"]


@pytest.mark.parametrize(
    ("value", "expect", "says"),
    [
        (101, "false", "(a1 is true: Sugar of the example is above 100 mg/dL; a2 is true: Salt of the example is "),
        (100, "true", "(a1 is false: Sugar of the example is at most 100 mg/dL; a2 is true)"),
    ],
)
def test_the_atoms_that_made_it_so_are_told_with_why(
    examples_hold: MadeUpRules, capsys: pytest.CaptureFixture[str], value: int, expect: str, says: str
) -> None:
    examples_hold.change(TRIAL, f"{SALTY}], expect: true", f"{SALTY.replace('101', str(value))}], expect: {expect}")
    assert main(["lint", "--examples"]) == 2
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "example 'sweet'" in line)
    assert says in line


def test_what_no_example_came_to_is_still_missing(
    examples_hold: MadeUpRules, capsys: pytest.CaptureFixture[str]
) -> None:
    examples_hold.change(TRIAL, f"    {SOUR}", "")
    sweet = f"{SALTY}], expect: true"
    examples_hold.change(TRIAL, sweet, sweet.replace("true", "unknown"))
    assert told("I01", capsys, "--examples") == [
        "I01 has no example that expects false",
        "T1 I01, example 'sweet': expected unknown, got true",
    ]


def test_of_a_finding_likewise(rules: MadeUpRules, capsys: pytest.CaptureFixture[str]) -> None:
    rules.change(ILL, COUGH, COUGH.replace("true", "unknown"))
    assert told("ill", capsys) == ["ill has no example that expects true"]
    assert told("ill", capsys, "--examples") == ["ill, example 'cough': expected unknown, got true"]


def test_other_reasons_than_expected_are_told(rules: MadeUpRules, capsys: pytest.CaptureFixture[str]) -> None:
    rules.change(ILL, "reasons: [no-data]", "reasons: [stale]")
    assert told("ill", capsys, "--examples") == ["ill, example 'nothing': expected the reasons stale, got no-data"]
