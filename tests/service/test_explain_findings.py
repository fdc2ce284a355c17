"""`trialsieve explain`: a finding is laid out once, whatever else has its name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
    """The proof, by a made-up trial with these cohorts and criteria, of a man of 46 years of whom no HIV test is known."""

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
