"""How `inventory/` is written: what every trial file has to hold, and what may differ from that.

`<trial>.yaml` names each criterion and atom of a registry's text, `elements.yaml` the concepts of each clinical
element; both are built by `tools/build_inventory.py`. `sections.yaml` and `exceptions.yaml` are written by hand.
None of these is a rule: they decide nothing, and screening does not read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel

from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.grammar import Name, Part, Text, mistake
from trialsieve.rules.grammar_files import BesidesSyntax
from trialsieve.rules.vocabulary import CriterionKind
from trialsieve.rules.yaml_source import SourceFile, read_yaml, validate

M = TypeVar("M", bound=BaseModel)

_BY_HAND_OR_SHARED = {"elements", "exceptions", "sections"}


class Computability(StrEnum):
    """How much of an atom a program can decide."""

    COMPUTABLE = "computable"
    PARTIAL = "partial"
    JUDGEMENT = "judgement"


class AtomRole(StrEnum):
    """What an atom is to its criterion, where it is not an ordinary condition."""

    GATE = "gate"
    CARVE_OUT = "carve-out"
    ALLOWANCE = "allowance"
    HINT = "hint"
    EVIDENCE_REQUIREMENT = "evidence-requirement"
    UNRESOLVED = "unresolved"


class AtomEntry(Part):
    quote: Text
    element: Name
    role: AtomRole | None = None
    computability: Computability


class CriterionEntry(Part):
    """A criterion: its `logic` in words (`a1 and not a2`), or the `readings` of a text that can be read in two ways."""

    kind: CriterionKind
    stage: Name
    cohort: Name
    status: Name
    logic: Text | None = None
    readings: list[Text] = Field(default=[])
    text: Text
    atoms: dict[Name, AtomEntry] = Field(min_length=1)

    def model_post_init(self, context: object, /) -> None:
        if (self.logic is None) != bool(self.readings):
            raise mistake("a criterion of the inventory has either 'logic' or 'readings'")

    @property
    def logics(self) -> list[str]:
        """The readings, or the one logic."""
        return self.readings if self.logic is None else [self.logic]


class SourceEntry(Part):
    file: Text
    sha256: Text


class TrialInventory(Part):
    """The criteria and atoms of one trial."""

    trial: Name
    built_from: Text
    source: SourceEntry
    cohorts: dict[Name, AtomEntry | None]
    stages: list[Name]
    anchors: list[Name]
    criteria: dict[Name, CriterionEntry] = Field(min_length=1)

    @property
    def atoms(self) -> list[AtomEntry]:
        """The atoms of all criteria."""
        return [atom for criterion in self.criteria.values() for atom in criterion.atoms.values()]


class ElementEntry(Part):
    """What a clinical element stands for: concepts, or a gap that says why there are none."""

    concepts: list[Name]
    narrow: str = ""
    gap: str = ""

    def model_post_init(self, context: object, /) -> None:
        if not self.concepts and not self.gap:
            raise mistake("an element without concepts needs a 'gap' that says why")


class ElementsFile(Part):
    built_from: Text
    elements: dict[Name, ElementEntry]


class BesidesEntry(BesidesSyntax):
    """`by` is the criterion that says the same."""

    by: Name | None = None


class Section(Part):
    """The eligibility section: from the line `begins` to the line before `ends`."""

    begins: Text
    ends: Text
    besides: list[BesidesEntry] = Field(default=[])


class SectionsFile(RootModel[dict[Name, Section]]):
    model_config = ConfigDict(frozen=True)


class ConceptException(Part):
    """Concepts that the atoms of elements, or findings, use although not bound, or do not use although bound."""

    elements: list[Name] = Field(default=[])
    findings: list[Name] = Field(default=[])
    concepts: list[Name] = Field(min_length=1)
    why: Text

    def model_post_init(self, context: object, /) -> None:
        if not self.elements and not self.findings:
            raise mistake("needs 'elements' or 'findings'")


class AtomException(Part):
    """Atoms of a criterion (`TRIAL#I01`) that quote the sentence beyond those of the inventory."""

    criterion: Text
    atoms: list[Name] = Field(min_length=1)
    why: Text


class LogicException(Part):
    """A criterion (`TRIAL#I01`) whose logic differs from that of the inventory."""

    criterion: Text
    why: Text


class AnchorException(Part):
    """Anchors that a trial's rules need beyond those of the inventory."""

    trial: Text
    anchors: list[Name] = Field(min_length=1)
    why: Text


class ExceptionsFile(Part):
    """What may differ from the inventory, each with a reason."""

    used_too: list[ConceptException] = Field(default=[])
    not_used: list[ConceptException] = Field(default=[])
    atoms_too: list[AtomException] = Field(default=[])
    other_logic: list[LogicException] = Field(default=[])
    anchors_too: list[AnchorException] = Field(default=[])


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of `inventory/`; the files say where something stands in them."""

    trials: Mapping[str, TrialInventory]
    elements: Mapping[str, ElementEntry]
    sections: Mapping[str, Section]
    exceptions: ExceptionsFile
    exceptions_file: SourceFile


def load_inventory(folder: Path) -> Inventory:
    """The inventory of this folder. Raises RuleFilesError."""
    trials: dict[str, TrialInventory] = {}
    problems: list[Problem] = []
    elements, elements_file = _read(folder, "elements", ElementsFile)
    sections, sections_file = _read(folder, "sections", SectionsFile)
    exceptions, exceptions_file = _read(folder, "exceptions", ExceptionsFile)
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in _BY_HAND_OR_SHARED:
            continue
        trial, file = _read(folder, path.stem, TrialInventory)
        trials[trial.trial] = trial
        for name, criterion in trial.criteria.items():
            for atom, entry in criterion.atoms.items():
                if entry.element not in elements.elements:
                    where = ("criteria", name, "atoms", atom, "element")
                    message = f"elements.yaml does not say what '{entry.element}' stands for"
                    problems.append(file.problem(where, message))
        if trial.trial not in sections.root:
            message = f"does not say where the eligibility section of {trial.trial} is"
            problems.append(sections_file.problem((), message))
    met = {atom.element for trial in trials.values() for atom in [*trial.atoms, *filter(None, trial.cohorts.values())]}
    for element in sorted(set(elements.elements) - met):
        problems.append(elements_file.problem(("elements", element), f"no atom stands for '{element}'"))
    if problems:
        raise RuleFilesError(problems)
    return Inventory(trials, elements.elements, sections.root, exceptions, exceptions_file)


def load_trial_inventory(folder: Path, trial: str) -> tuple[TrialInventory, Section] | None:
    """The inventory and section of one trial; None if there is none. Raises RuleFilesError."""
    if not (folder / f"{trial}.yaml").is_file():
        return None
    inventory, _ = _read(folder, trial, TrialInventory)
    sections, _ = _read(folder, "sections", SectionsFile)
    return inventory, sections.root[trial]


def _read(folder: Path, name: str, model: type[M]) -> tuple[M, SourceFile]:
    shown = f"trialsieve/rules/inventory/{name}.yaml"
    try:
        text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    except OSError as error:
        raise RuleFilesError([Problem(shown, 1, 1, f"cannot be read: {error.strerror}")]) from None
    source = read_yaml(shown, text)
    return validate(model, source), source
