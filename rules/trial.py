"""A trial as it is loaded: its cohorts, and what each sentence of its eligibility criteria means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from msgspec import Struct

from trialsieve.rules.atom import Atom
from trialsieve.rules.logic import Logic
from trialsieve.rules.vocabulary import AsideRole, CriterionKind, Sex
from trialsieve.rules.worked_example import Example

EVERY_COHORT = "all"
"""The cohort of a criterion that counts for each of them, and the only one of a trial that tells none apart."""


class Amendment(Struct, frozen=True, gc=False):
    """A recorded, signed choice of one reading of a defective text."""

    reading: str
    by: str
    on: date
    why: str


class Aside(Struct, frozen=True, gc=False):
    """A part of the sentence that never decides: what it excepts from atom `of`, or allows; `note` says how."""

    id: str
    quote: str
    role: AsideRole
    of: str
    note: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One sentence of the registry and what it means.

    `readings` is empty for sound text, else name -> logic; then `logic` is None unless an amendment has chosen one.
    `never` names an outcome that this criterion cannot have and says why (checked against the examples).
    """

    id: str
    kind: CriterionKind
    stage: str
    cohort: str
    text: str
    atoms: tuple[Atom, ...]
    logic: Logic | None
    readings: tuple[tuple[str, Logic], ...] = ()
    amendment: Amendment | None = None
    applies_to: Sex | None = None
    cautions: tuple[str, ...] = ()
    note: str = ""
    examples: tuple[Example, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    asides: tuple[Aside, ...] = ()
    line: int = 0

    @property
    def deciding(self) -> tuple[Logic, ...]:
        """Its logic; else that of each of its readings."""
        return (self.logic,) if self.logic is not None else tuple(logic for _, logic in self.readings)


@dataclass(frozen=True, slots=True)
class Cohort:
    id: str
    gate: Atom | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial of a registry, and the rules written from its text `source`, which hold from the day `effective`.

    `stages` are in their order. `path` is the rule file as messages show it, `rules_sha256` the hash of every file that
    the rules reach. `cautions` are told with each result.
    """

    id: str
    title: str
    version: str
    effective: date
    source: str
    source_sha256: str
    source_url: str
    cohorts: tuple[Cohort, ...]
    stages: tuple[str, ...]
    anchors: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    registry_issues: tuple[str, ...]
    path: str
    rules_sha256: str = ""
    cautions: tuple[str, ...] = ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Those of its criteria, and the gates of its cohorts."""
        gates = (cohort.gate for cohort in self.cohorts if cohort.gate is not None)
        return (*(atom for criterion in self.criteria for atom in criterion.atoms), *gates)
