"""`trialsieve explain`: a finding is laid out once, whatever has its name, and says where nothing waits for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialsieve.rules.cache import cached_rules

Run = Callable[..., Any]
Explain = Callable[[str], str]

SOURCE = "Aged 18 to 65 years or HIV infection\nHIV infection\n"

HEAD = """\
trial: MADE-1
title: A made-up trial
version: 2026.11.20
effective: 2026-11-20
source: {{file: made-up.txt, sha256: {sha256}, url: "https://example.org"}}
stages: [screening]
anchors: [screening]
"""

EXCLUDES = """
  - id: X01
    kind: exclusion
    text: HIV infection
    logic: a1
    atoms: [{id: a1, quote: HIV infection, finding: hiv-infection}]
"""

ALL = "cohorts: [{id: all}]\ncriteria:"


@pytest.fixture
def explain(run: Run, tmp_path: Path, record: Path) -> Explain:
    """The proof, by a made-up trial with these cohorts and criteria, of a man of 46 years: of HIV nothing is known."""

    def words(rules: str) -> str:
        folder = tmp_path / "our-trials"
        for name, text in (
            ("sources/made-up.txt", SOURCE),
            ("trials/MADE-1.yaml", HEAD.format(sha256=hashlib.sha256(SOURCE.encode()).hexdigest()) + rules),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        asked = ("--patient", "p1", "--trial", "MADE-1", "--rules", folder, "--as-of", "2026-11-20")
        ended = run("explain", record, *asked)
        assert ended.status == 0, ended.err
        return " ".join(ended.out.split())

    return words


def test_a_cohort_of_a_findings_name_is_not_taken_for_it(explain: Explain) -> None:
    gate = "gate: {id: gate, quote: HIV infection, finding: hiv-infection}"
    text = explain(f"cohorts:\n  - {{id: hiv-infection, {gate}}}\n  - {{id: second, {gate}}}\ncriteria:{EXCLUDES}")
    first, second = text.partition("arm second at screening")[::2]
    assert "the cohort's own condition unknown" in first
    assert "true if: " in first
    assert "finding hiv-infection unknown (see above, under cohort hiv-infection)" in second


def test_a_finding_of_a_cohorts_name_does_not_hide_the_cohorts_own_condition(explain: Explain) -> None:
    gate = "gate: {id: gate, quote: HIV infection, finding: hiv-infection}"
    text = explain(f"cohorts:\n  - {{id: first, {gate}}}\n  - {{id: hiv-infection, {gate}}}\ncriteria:{EXCLUDES}")
    assert text.count("the cohort's own condition unknown") == 2


EITHER = """
  - id: I01
    kind: inclusion
    text: Aged 18 to 65 years or HIV infection
    logic: {any: [a1, a2]}
    atoms:
      - {id: a1, quote: Aged 18 to 65 years, age: {at_least: 18, at_most: 65, unit: a}}
      - {id: a2, quote: HIV infection, finding: hiv-infection}
"""


def test_what_nothing_waits_for_is_said_of_a_finding_and_of_its_parts_too(explain: Explain) -> None:
    text = explain(f"{ALL}{EITHER}")
    (beneath,) = text.split("a2 unknown (nothing waits for it) ")[1:]
    assert "finding hiv-infection unknown (nothing waits for it) " in beneath
    parts = [atom.id for atom in cached_rules().findings["hiv-infection"].atoms]
    assert len(parts) > 1
    for part in parts:
        assert f" {part} unknown (nothing waits for it) " in beneath


@pytest.mark.parametrize("order", [EITHER + EXCLUDES, EXCLUDES + EITHER])
def test_but_not_of_a_finding_that_another_criterion_waits_for(explain: Explain, order: str) -> None:
    """It is laid out once, under whichever comes first."""
    text = explain(f"{ALL}{order}")
    assert text.count("(nothing waits for it)") == text.count("a2 unknown (nothing waits for it) ") == 1
    assert text.count("finding hiv-infection unknown ") == 2


@pytest.mark.parametrize(("rules", "is_awaited"), [(EITHER, False), (EXCLUDES, True), (EITHER + EXCLUDES, True)])
def test_what_a_finding_builds_on_is_awaited_as_it_is_itself(explain: Explain, rules: str, is_awaited: bool) -> None:
    text = explain(f"{ALL}{rules}".replace("finding: hiv-infection", "finding: relapsed-or-refractory-t-cell"))
    assert ("finding relapsed-or-refractory unknown (nothing waits for it) " in text) is not is_awaited
    assert ("finding relapsed-or-refractory unknown " in text) is True


def test_nor_of_one_that_a_cohorts_own_condition_waits_for(explain: Explain) -> None:
    gate = "gate: {id: gate, quote: HIV infection, finding: hiv-infection}"
    text = explain(f"cohorts: [{{id: first, {gate}}}]\ncriteria:{EITHER}")
    assert text.count("(nothing waits for it)") == text.count("a2 unknown (nothing waits for it) ") == 1
