"""Small rule files for the tests of `trialsieve lint`: one finding, or one trial, of the atoms that its logic names."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from tests.rules.made_up_rules import MadeUpRules
from trialsieve.rules.lint import lint

ATOMS = {
    "below-100": "measurement: lab.sugar, value: {below: 100, unit: mg/dL}",
    "at-most-100": "measurement: lab.sugar, value: {at_most: 100, unit: mg/dL}",
    "at-least-100": "measurement: lab.sugar, value: {at_least: 100, unit: mg/dL}",
    "above-100": "measurement: lab.sugar, value: {above: 100, unit: mg/dL}",
    "above-200": "measurement: lab.sugar, value: {above: 200, unit: mg/dL}",
    "at-least-5.5": "measurement: lab.sugar, value: {at_least: 5.5, unit: mmol/L}",  # 99 mg/dL
    "at-least-5.6": "measurement: lab.sugar, value: {at_least: 5.6, unit: mmol/L}",  # 100.8 mg/dL
    "this-week-above-100": "measurement: lab.sugar, value: {above: 100, unit: mg/dL}, within: 7 days",
    "after-ill-above-100": "measurement: lab.sugar, value: {above: 100, unit: mg/dL}, after: ill",
    "any-below-100": "measurement: lab.sugar, value: {below: 100, unit: mg/dL}, take: any",
    "all-below-100": "measurement: lab.sugar, value: {below: 100, unit: mg/dL}, take: all",
    "any-above-100": "measurement: lab.sugar, value: {above: 100, unit: mg/dL}, take: any",
    "all-above-100": "measurement: lab.sugar, value: {above: 100, unit: mg/dL}, take: all",
    "thrice": "measurement: lab.sugar, times_upper_limit: {above: 3}",
    "twice": "measurement: lab.sugar, times_upper_limit: {below: 2}",
    "positive": "result: lab.salt, is: positive",
    "negative": "result: lab.salt, is: negative",
    "heeding-positive": "result: lab.salt, is: positive, heed_numbers: true",
    "any-positive": "result: lab.salt, is: positive, take: any",
    "any-negative": "result: lab.salt, is: negative, take: any",
    "child": "age: {below: 18, unit: a}",
    "over-17": "age: {above: 17, unit: a}",
    "over-16": "age: {above: 16, unit: a}",
    "aged-12-65": "age: {at_least: 12, at_most: 65, unit: a}",
    "aged-66": "age: {at_least: 66, unit: a}",
    "aged-65": "age: {at_least: 65, unit: a}",
    "man": "sex: male",
    "woman": "sex: female",
    "anybody": "sex: [male, female, unknown]",
    "woman-coughs": "recorded: dx.cough, timing: ever, applies_to: female",
    "cough-ever": "recorded: dx.cough, timing: ever",
    "cough-once": "recorded: dx.cough, timing: index-disease",
    "cough-now": "recorded: dx.cough, timing: current",
    "cough-untimed": "recorded: dx.cough, timing: unstated",
    "cough-chronic": "recorded: dx.cough, timing: ever, facets: {course: chronic}",
    "cough-resolved": "recorded: dx.cough, timing: ever, states: [resolved]",
    "cough-reviewed": "recorded: dx.cough, timing: ever, review: [{says: over, reason: judgement, ended: true}]",
    "cough-3-weeks": "recorded: dx.cough, within: 3 weeks",
    "cough-now-for-30-days": "recorded: dx.cough, timing: current, currency: laboratory",
    "cough-now-for-ever": "recorded: dx.cough, timing: current, currency: none",
    "cough-before-enrollment": "recorded: dx.cough, within: 1 year, anchor: enrollment",
    "cough-counted-back": "recorded: dx.cough, within: 1 month, back_from: enrollment",
    "cough-29-days": "recorded: dx.cough, within: 29 days",
    "cough-30-days": "recorded: dx.cough, within: 30 days",
    "cough-month": "recorded: dx.cough, within: 1 month",
    "cough-12-months": "recorded: dx.cough, within: 12 months",
    "cough-year": "recorded: dx.cough, less_than: 1 year",
    "fever-ever": "recorded: dx.fever, timing: ever",
    "either-ever": "recorded: [dx.cough, dx.fever], timing: ever",
    "ill": "finding: ill",
    "willing": "judgement: true",
    "when-coughing": "measurement: lab.sugar, value: {above: 100, unit: mg/dL}, when: cough-ever",
}
"""Atoms by their names."""

_NEVER = "never: {true: made up, false: made up, unknown: made up}\n"


def atoms_named(text: str, indent: str = "") -> str:
    """The atoms that a text names, and those that these name, as YAML."""
    names = [name for name in ATOMS if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text)]
    more = [name for name in names for name in re.findall(r"when: ([\w-]+)", ATOMS[name]) if name not in names]
    return "".join(f"{indent}- {{id: {name}, {ATOMS[name]}}}\n" for name in [*names, *more])


def told_of_finding(rules: MadeUpRules, text: str, atoms: str | None = None) -> list[str]:
    """What lint says of a finding with these keys: `line:column: message (hint)`."""
    path = rules.write(
        "findings/made.yaml",
        f"finding: made\ntitle: Made up\n{text}\natoms:\n{atoms_named(text) if atoms is None else atoms}{_NEVER}",
    )
    return told_of(path)


def told_of_trial(rules: MadeUpRules, *criteria: str) -> list[str]:
    """What lint says of a trial of these criteria, each `ID more: keys, logic: ...`; the kind follows from the id."""
    rules.write("sources/T2.txt", "the sentence")
    sha256 = hashlib.sha256(b"the sentence").hexdigest()
    text = (
        "trial: T2\ntitle: Made up\nversion: 2026.1.1\neffective: 2026-01-01\n"
        "cohorts: [{id: all}, {id: some}, {id: others}]\n"
        f"source: {{file: T2.txt, sha256: {sha256}, url: none}}\nstages: [screening, infusion]\n"
        "anchors: [screening, enrollment]\ncriteria:\n"
    )
    for criterion in criteria:
        name, _, keys = criterion.partition(" ")
        kind = {"I": "inclusion", "X": "exclusion", "F": "infusion"}[name[0]]
        atoms = atoms_named(keys, "      ").replace("{id", "{quote: the sentence, id")
        text += f"  - id: {name}\n    kind: {kind}\n    text: the sentence\n"
        text += "".join(f"    {line}\n" for line in keys.splitlines())
        text += f"    atoms:\n{atoms}" if "atoms:" not in keys else ""
        text += f"    {_NEVER}"
    return told_of(rules.write("trials/T2.yaml", text))


def told_of(path: Path) -> list[str]:
    """What lint says of a file, without the file's name."""
    return [str(problem).removeprefix(f"{path}:") for problem in lint([path])]


def messages(told: list[str]) -> list[str]:
    """Of `line:column: message (hint)` the messages."""
    return [re.sub(r"^\d+:\d+: | \([^()]*\)$", "", line) for line in told]
