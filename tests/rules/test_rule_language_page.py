"""docs/rule-language.md names every key of trial and finding files, no other, each with an example that is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from trialsieve.rules import (
    grammar,
    grammar_atom_tests,
    grammar_atoms,
    grammar_examples,
    grammar_files,
    grammar_logic,
)
from trialsieve.rules.grammar import Part
from trialsieve.rules.yaml_source import read_yaml

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rule-language.md").read_text(encoding="utf-8")

SECTIONS: dict[str, tuple[type[Part], ...]] = {
    "Trial file": (grammar_files.TrialFile,),
    "Source": (grammar_files.SourceSyntax,),
    "Beside the criteria": (grammar_files.BesidesSyntax,),
    "Cohort": (grammar_files.CohortSyntax,),
    "Criterion": (grammar_files.CriterionSyntax,),
    "Amendment": (grammar_files.AmendmentSyntax,),
    "Aside": (grammar_files.AsideSyntax,),
    "Finding file": (grammar_files.FindingFile,),
    "Logic": (
        grammar_logic.All,
        grammar_logic.AnyOne,
        grammar_logic.Negation,
        grammar_logic.AtLeastSome,
        grammar_logic.NotKnownTrue,
        grammar_logic.Evidence,
    ),
    "At least": (grammar_logic.Several,),
    "Review when": (grammar_logic.ReviewWhenSyntax,),
    "Atom": (grammar_atoms.AtomSyntax,),
    "Age": (grammar_atoms.AgeAtom,),
    "Sex": (grammar_atoms.SexAtom,),
    "Bounds": (grammar.Bounds, grammar.UnitBounds),
    "Window": (grammar_atom_tests.Windowed,),
    "Measurement and result": (grammar_atom_tests.ObservationTest,),
    "Measurement": (grammar_atom_tests.MeasurementTest,),
    "Result": (grammar_atom_tests.ResultTest,),
    "On record": (grammar_atom_tests.OnRecordTest,),
    "Recorded": (grammar_atoms.RecordedAtom,),
    "Negated": (grammar_atoms.NegatedAtom,),
    "Review of one resource": (grammar_atom_tests.ReviewCaseSyntax,),
    "Shared finding": (grammar_atoms.FindingAtom,),
    "Same resource": (grammar_atoms.SameResourceAtom,),
    "A person's judgement": (grammar_atoms.JudgementAtom,),
    "Unresolved text": (grammar_atoms.UnresolvedAtom,),
    "Readings of one atom": (grammar_atoms.ReadingsAtom,),
    "Example": (grammar_examples.ExampleSyntax,),
    "Given fact": (grammar_examples.GivenSyntax,),
}
"""Which section documents the keys that a part of the grammar adds to those of its bases."""


def parts_of(annotation: Any) -> Iterator[type[Part]]:
    """The parts that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from parts_of(argument)


def reached(*files: type[Part]) -> set[type[Part]]:
    """Every part that these files are written with, and its bases."""
    found: set[type[Part]] = set()
    waiting = list(files)
    while waiting:
        part = waiting.pop()
        if part in found or part is Part:
            continue
        found.add(part)
        waiting += [base for base in part.__mro__[1:] if issubclass(base, Part)]
        for field in part.model_fields.values():
            waiting += parts_of(field.rebuild_annotation())
    return found


def own_keys(part: type[BaseModel]) -> dict[str, Any]:
    """The keys that a part adds to those of its bases, as they are written."""
    inherited = {name for base in part.__mro__[1:] if issubclass(base, BaseModel) for name in base.model_fields}
    return {field.alias or name: field for name, field in part.model_fields.items() if name not in inherited}


def rows(section: str) -> list[tuple[str, bool, str]]:
    """The keys that a section documents: key, whether it has to be there, example."""
    text = re.split(r"^#{2,3} ", PAGE.partition(f"# {section}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    found = re.findall(r"^\| (\*\*)?`(\w+)`(?:\*\*)? \| .+ \| `(.+)` \|$", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^\| (?!key|---)", text, re.MULTILINE)), (
        f"{section}: a row is written otherwise"
    )
    return [(key, bool(bold), example) for bold, key, example in found]


def test_every_part_of_the_grammar_has_its_section() -> None:
    with_keys = {part for part in reached(grammar_files.TrialFile, grammar_files.FindingFile) if own_keys(part)}
    assert with_keys == {part for parts in SECTIONS.values() for part in parts}


def test_the_page_has_no_other_section() -> None:
    assert re.findall(r"^#{2,3} (.+)$", PAGE, re.MULTILINE) == list(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_documented_and_no_other(section: str) -> None:
    wanted = [key for part in SECTIONS[section] for key in own_keys(part)]
    assert sorted(key for key, _, _ in rows(section)) == sorted(wanted)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_keys_that_have_to_be_there_are_bold(section: str) -> None:
    wanted = {key for part in SECTIONS[section] for key, field in own_keys(part).items() if field.is_required()}
    assert {key for key, bold, _ in rows(section) if bold} == wanted


@pytest.mark.parametrize(
    ("section", "key", "example"),
    [(section, key, example) for section in SECTIONS for key, _, example in rows(section)],
)
def test_every_example_is_allowed(section: str, key: str, example: str) -> None:
    data = read_yaml("example", example).data
    assert list(data) == [key]
    field = next(own_keys(part)[key] for part in SECTIONS[section] if key in own_keys(part))
    TypeAdapter(field.rebuild_annotation()).validate_python(data[key])


def test_the_subjects_of_an_atom_are_listed() -> None:
    introduction = PAGE.partition("## Atom\n")[2].partition("| key |")[0]
    assert tuple(re.findall(r"`(\w+)`", introduction)) == grammar_atoms.SUBJECTS
