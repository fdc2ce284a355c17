"""An inventory that the made-up rules fulfil."""

from __future__ import annotations

import hashlib

from tests.rules.made_up_rules import MadeUpRules

INVENTORY = """\
trial: T1
built_from: a list
source: {file: T1.txt, sha256: SHA256}
cohorts:
  all: null
  grown-ups: {quote: Sugar above 100, element: age, computability: computable}
stages: [screening, infusion]
anchors: [screening, infusion]
criteria:
  I01:
    kind: inclusion
    stage: screening
    cohort: all
    status: ok
    logic: a1 and a2
    text: Sugar above 100 mg/dL in a serum sample.
    atoms:
      a1: {quote: Sugar above 100 mg/dL, element: sugar, computability: computable}
      a2: {quote: in a serum sample, element: salt, computability: computable}
  I02:
    kind: inclusion
    stage: infusion
    cohort: grown-ups
    status: garbled
    readings: [a1, a2]
    text: Salt 3 times the upper limit or more.
    atoms:
      a1: {quote: Salt 3 times the upper limit or more, element: salt, computability: computable}
      a2: {quote: Salt 3 times the upper limit, element: salt, computability: computable}
  X01:
    kind: exclusion
    stage: screening
    cohort: all
    status: ok
    logic: a1 or a2
    text: Ill, with a cough in the last 6 months.
    atoms:
      a1: {quote: Ill, element: illness, computability: partial}
      a2: {quote: a cough in the last 6 months, element: cough, computability: computable}
"""

ELEMENTS = """\
built_from: a list
elements:
  age: {concepts: [admin.age_sex]}
  sugar: {concepts: [lab.sugar]}
  salt: {concepts: [lab.salt]}
  illness: {concepts: [dx.cough, dx.fever]}
  cough: {concepts: [dx.cough]}
"""

SECTIONS = """\
T1:
  begins: Inclusion
  ends: The end
  besides:
    - {text: Inclusion, why: heading}
    - {text: Exclusion, why: heading}
"""

EXCEPTIONS = """\
used_too:
  - {findings: [ill], concepts: [dx.fever], why: a fever that may be an illness forbids presuming}
"""


def changed(rules: MadeUpRules, name: str, *changes: tuple[str, str]) -> str:
    """Change a file, each old text standing there once; the place of the mark in it."""
    text = rules.text(name)
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        text = text.replace(old, new)
    return rules.write_marked(name, text)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
