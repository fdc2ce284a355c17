"""A small, made-up set of packaged rules, so that the tests of rules do not depend on clinical content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.loader import load_rules

MARK = "▶"
"""Stands in a rule file right before the place at which a problem is expected."""

TRIAL, ILL, VERY_ILL = "trials/T1.yaml", "findings/ill.yaml", "findings/very-ill.yaml"
CONCEPTS, CURRENCY, TERMINOLOGY = "concepts/made-up.yaml", "currency.yaml", "terminology.yaml"
SOURCE = "sources/T1.txt"

_CURRENCY = "laboratory: 30\nacute: 14\n"

_TERMINOLOGY = """\
aliases: {}
positive: {}
negative: {}
indeterminate: {}
not_done: {}
"""

_CONCEPTS = """\
concepts:
  - id: lab.sugar
    label: sugar
    kinds: [Observation]
    unit: mg/dL
    factors: {mmol/L: "18"}
    currency: laboratory
    codes:
      urn:test:
        - {code: sugar, label: Sugar, role: definitive, source: made up}
  - id: lab.salt
    label: salt
    kinds: [Observation]
    unit: mmol/L
    codes:
      urn:test:
        - {code: salt, label: Salt, role: definitive, source: made up, facets: {specimen: serum}}
        - {code: urine-salt, label: Salt, role: definitive, source: made up, facets: {specimen: urine}}
  - id: dx.cough
    label: cough
    kinds: [Condition]
    currency: acute
    codes:
      urn:test:
        - {code: cough, label: Cough, role: definitive, source: made up, facets: {course: chronic}}
  - id: dx.fever
    label: fever
    kinds: [Condition]
    currency: acute
    codes:
      urn:test:
        - {code: fever, label: Fever, role: definitive, source: made up}
"""

_ILL = """\
finding: ill
title: Ill
true_when: {any: [cough, fever]}
date_from: [cough]
atoms:
  - id: cough
    recorded: [dx.cough]
    timing: current
  - id: fever
    recorded: [dx.fever]
    timing: ever
examples:
  - {name: cough, given: [{concept: dx.cough, on: 3 d}], expect: true}
  - {name: nothing, given: [], expect: unknown, reasons: [no-data]}
never:
  false: Nothing on record proves nothing.
"""

_VERY_ILL = """\
finding: very-ill
title: Very ill
true_when: ill
atoms:
  - id: ill
    finding: ill
"""

_SOURCE = """\
Inclusion

  1. Sugar above 100 mg/dL
     in a serum sample.
  2. Salt 3 times the upper limit or more.

Exclusion

  1. Ill, with a cough in the last 6 months.
"""

_TRIAL = """\
trial: T1
title: A trial
version: 2026.1.1
effective: 2026-01-01
source:
  file: T1.txt
  sha256: SHA256
  url: https://example.org/T1
cohorts:
  - id: all
  - id: grown-ups
    gate:
      id: gate
      quote: Sugar above 100
      age: {at_least: 18, unit: a}
stages: [screening, infusion]
anchors: [screening, infusion]
criteria:
  - id: I01
    kind: inclusion
    text: Sugar above 100 mg/dL in a serum sample.
    logic: {all: [a1, a2]}
    atoms:
      - id: a1
        quote: Sugar above 100 mg/dL
        measurement: lab.sugar
        value: {above: 100, unit: mg/dL}
      - id: a2
        quote: in a serum sample
        measurement: [lab.salt]
        value: {at_least: 1, unit: mmol/L}
        skip: {specimen: urine}
    examples:
      - {name: sweet, given: [{concept: lab.sugar, value: 101, on: 3 d}], expect: true}
      - {name: sour, given: [{concept: lab.sugar, value: 100, on: 3 d}], expect: false}
      - {name: unmeasured, given: [], expect: unknown, reasons: [no-data]}
  - id: I02
    kind: inclusion
    stage: infusion
    cohort: grown-ups
    text: Salt 3 times the upper limit or more.
    readings:
      or-more: a1
      above: a2
    atoms:
      - id: a1
        quote: Salt 3 times the upper limit or more
        measurement: [lab.salt]
        times_upper_limit: {at_least: 3}
      - id: a2
        quote: Salt 3 times the upper limit
        measurement: [lab.salt]
        times_upper_limit: {above: 3}
  - id: X01
    kind: exclusion
    text: Ill, with a cough in the last 6 months.
    logic: {any: [a1, a2]}
    atoms:
      - id: a1
        quote: Ill
        finding: ill
        review_when:
          - says: only fever
            reason: judgement
            condition: {all: [fever, {not_true: a2}]}
      - id: a2
        quote: a cough in the last 6 months
        recorded: [dx.cough]
        within: 6 months
        absence: presume
        presume_unless: very-ill
      - id: fever
        helper: fever
        recorded: [dx.fever]
        timing: ever
"""

_FILES = {
    CURRENCY: _CURRENCY,
    TERMINOLOGY: _TERMINOLOGY,
    CONCEPTS: _CONCEPTS,
    ILL: _ILL,
    VERY_ILL: _VERY_ILL,
    SOURCE: _SOURCE,
    TRIAL: _TRIAL.replace("SHA256", hashlib.sha256(_SOURCE.encode()).hexdigest()),
}

# --- parts of the trial file, each of which stands there once ---------------------------------------------------------


def lines(*given: str) -> str:
    """The lines of an atom of a trial."""
    return "".join(f"        {line}\n" for line in given)


SUGAR = lines("measurement: lab.sugar", "value: {above: 100, unit: mg/dL}")
SERUM = lines("measurement: [lab.salt]", "value: {at_least: 1, unit: mmol/L}", "skip: {specimen: urine}")
COUGH = lines("recorded: [dx.cough]", "within: 6 months", "absence: presume", "presume_unless: very-ill")
FEVER = lines("helper: fever", "recorded: [dx.fever]", "timing: ever")
GATE = "    gate:\n      id: gate\n      quote: Sugar above 100\n      age: {at_least: 18, unit: a}\n"


class MadeUpRules:
    """A rules folder that stands in for the packaged one; its files can be changed and loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in _FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> str:
        """Replace `old`, which must stand there once, by `new`; the place of the mark in it as `path:line:column`."""
        text = self.text(name)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        return self.write_marked(name, text.replace(old, new))

    def reword(self, old: str, new: str) -> None:
        """The registry's sentence, and what quotes it, in other words."""
        source = self.text(SOURCE)
        reworded = source.replace(old, new)
        assert reworded != source
        self.write(SOURCE, reworded)
        before, after = (hashlib.sha256(text.encode()).hexdigest() for text in (source, reworded))
        self.write(TRIAL, self.text(TRIAL).replace(before, after).replace(old, new))

    def write_marked(self, name: str, text: str) -> str:
        before = text.partition(MARK)[0]
        self.write(name, text.replace(MARK, ""))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return f"trialsieve/rules/{name}:{line}:{column}"

    def problems(self, *extra: Path, site: Path | None = None) -> tuple[Problem, ...]:
        with pytest.raises(RuleFilesError) as caught:
            load_rules(extra, site)
        return caught.value.problems

    def only_problem(self, place: str) -> Problem:
        """The only problem, which has to be told at this place."""
        problems = self.problems()
        assert [f"{each.path}:{each.line}:{each.column}" for each in problems] == [place], problems
        return problems[0]
