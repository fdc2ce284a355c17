"""The sentences that docs/rule-sentences.md writes with several atoms mean what the page says."""

from __future__ import annotations

import hashlib
import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trialsieve.engine.examples import run_examples
from trialsieve.rules.loader import load_rules

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rule-sentences.md").read_text(encoding="utf-8")
FAILURE, MEN_AND_WOMEN = (
    textwrap.dedent(block)
    for block in re.findall(r"(?:^ {6}.*\n)+", PAGE.partition("## Sentences that take more")[2], re.MULTILINE)
)
HEAD = """\
trial: R1
title: Two sentences
version: 2026.11.21
effective: 2026-11-21
source: {{file: R1.txt, sha256: {sha256}, url: "https://example.org/R1"}}
cohorts: [{{id: all}}]
stages: [screening]
criteria:
"""
SENTENCES = {"I01": "Heart failure for at least 3 months", "I02": "≤1.4 mg/dL (women) or ≤1.5 mg/dL (men)"}
FAILURE_ON_RECORD = {
    "the day 3 months ago": ('{concept: cardiac.heart_failure, on: "2026-08-21"}', "true"),
    "a day less": ('{concept: cardiac.heart_failure, on: "2026-08-22"}', "false"),
    "once more of late": (
        "{concept: cardiac.heart_failure, on: 900 d}, {concept: cardiac.heart_failure, on: 5 d}",
        "true",
    ),
    "over": ("{concept: cardiac.heart_failure, state: resolved, on: 900 d}", "unknown"),
    "recorded a year ago, without an onset": ("{concept: cardiac.heart_failure, on: null, recorded: 365 d}", "true"),
    "recorded last week, without an onset": ("{concept: cardiac.heart_failure, on: null, recorded: 7 d}", "unknown"),
    "undated": ("{concept: cardiac.heart_failure, on: null}", "unknown"),
    "this year, some day": ('{concept: cardiac.heart_failure, on: "2026"}', "unknown"),
    "nothing on record": ("{covered: Condition}", "unknown"),
}
CREATININE = {
    "a woman at 1.4": ("{sex: female}, {concept: lab.creatinine, value: 1.4, on: 3 d}", "true"),
    "a woman above": ("{sex: female}, {concept: lab.creatinine, value: 1.41, on: 3 d}", "false"),
    "a man at 1.5": ("{sex: male}, {concept: lab.creatinine, value: 1.5, on: 3 d}", "true"),
    "a man above": ("{sex: male}, {concept: lab.creatinine, value: 1.51, on: 3 d}", "false"),
    "between both, sex unknown": ("{concept: lab.creatinine, value: 1.45, on: 3 d}", "unknown"),
    "below both, sex unknown": ("{concept: lab.creatinine, value: 1.3, on: 3 d}", "unknown"),
    "above both, sex unknown": ("{concept: lab.creatinine, value: 1.6, on: 3 d}", "false"),
    "not measured": ("{sex: female}", "unknown"),
}


def criterion(name: str, logic: str, examples: dict[str, tuple[str, str]]) -> str:
    given = [
        f"  - {{name: '{each}', given: [{facts}], expect: {expect}}}" for each, (facts, expect) in examples.items()
    ]
    head = f"id: {name}\nkind: inclusion\ntext: {SENTENCES[name]}\n"
    return "  - " + textwrap.indent(head + logic + "examples:\n" + "\n".join(given) + "\n", "    ").lstrip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = "Inclusion Criteria:\n\n" + "".join(f"* {sentence}\n" for sentence in SENTENCES.values())
    for name in ("sources", "trials"):
        (tmp_path / name).mkdir()
    (tmp_path / "sources" / "R1.txt").write_text(source, encoding="utf-8")
    text = HEAD.format(sha256=hashlib.sha256(source.encode()).hexdigest())
    text += criterion("I01", FAILURE, FAILURE_ON_RECORD) + criterion("I02", MEN_AND_WOMEN, CREATININE)
    (tmp_path / "trials" / "R1.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def outcomes(folder: Path) -> list[Any]:
    book = load_rules([folder])
    return run_examples(replace(book, trials={"R1": book.trials["R1"]}, findings={}))


def test_they_do(folder: Path) -> None:
    assert [str(failed.problem) for failed in outcomes(folder)] == []


def test_an_example_that_says_otherwise_fails(folder: Path) -> None:
    """Lest the test above runs none."""
    path = folder / "trials" / "R1.yaml"
    turned = {"true": "false", "false": "true", "unknown": "true"}
    text = re.sub(r"expect: (\w+)", lambda found: f"expect: {turned[found[1]]}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    assert len(outcomes(folder)) == len(FAILURE_ON_RECORD) + len(CREATININE)
