"""What both evaluators answer: a truth with its reasons, and the proof that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec
from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import SCREENING, UNSTATED
from trialsieve.rules.vocabulary import UNKNOWN, AbsencePolicy, Reason, Truth, Verdict

NO_REASONS: frozenset[Reason] = frozenset()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a screening is asked under: the as-of date (a calendar day in the site's zone) and the absence policy.

    `anchors` are the dates that are known of the trials' anchors (enrollment, infusion, ...); `screening` is the as-of
    date whatever they say.
    """

    as_of: date
    absence: AbsencePolicy = AbsencePolicy.PRESUME
    anchors: Mapping[str, date] = field(default_factory=dict)

    def anchor(self, name: str) -> date | None:
        """The date of an anchor; None where it is not given, and of the one that the registry does not state."""
        if name == SCREENING:
            return self.as_of
        return None if name == UNSTATED else self.anchors.get(name)

    def is_open(self, name: str) -> bool:
        """Whether more time may pass until the anchor: it is not given, or later than the as-of date."""
        day = self.anchor(name)
        return day is None or day > self.as_of


class Evidence(Struct, frozen=True, gc=False):
    """A resource of the input and what it says: value, unit and date as recorded."""

    reference: str
    says: str


class Unread(Struct, frozen=True, gc=False):
    """A resource of the input that bears on the answer but could not be read or understood, and why."""

    reference: str
    problem: str


class Outcome(Struct, frozen=True, gc=False):
    """A truth value; if unknown, why. `decided_by` are the facts that it rests on.

    `when` is the date of a true finding (None: undated or not true). `notes` are clauses for the explanation, in order.
    `changes_on` is the day from which it would be otherwise if nothing new were recorded, since a window moved on or a
    person's answer lapsed, and `changes_to` what it would be then. `noted` are those reasons that are not of what it
    rests on by itself, but of what is asked beside it: its notes tell them. `perhaps` are the facts that make it so or
    may do so, which leave open when a finding was; of a finding, those beside what it rests on. `unread` are the
    resources that keep it open, or what it rests on, since nobody can tell what they are; no gap is one. `doubts` are
    what keeps an unknown one open beside what it rests on (a finding to be followed as a fact of no resource): what of
    this is newer than a person's answer, the answer does not settle.
    Two outcomes agree when `truth` and `reasons` are equal; the rest is proof.
    """

    truth: Truth
    reasons: frozenset[Reason] = NO_REASONS
    evidence: tuple[Evidence, ...] = ()
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    decided_by: tuple[Fact, ...] = ()
    when: DateInterval | None = None
    perhaps: tuple[Fact, ...] = ()
    unread: tuple[Unread, ...] = ()
    doubts: tuple[Fact, ...] = ()
    changes_on: date | None = None
    changes_to: Outcome | None = None
    noted: frozenset[Reason] = NO_REASONS

    def __post_init__(self) -> None:
        if (self.truth is UNKNOWN) != bool(self.reasons):
            raise ValueError(f"an outcome is unknown exactly when it has reasons: {self.truth}, {set(self.reasons)}")

    def agrees(self, other: Outcome) -> bool:
        return self.truth is other.truth and self.reasons == other.reasons


class CriterionOutcome(Struct, frozen=True, gc=False):
    """One criterion: does its sentence hold, and what each atom and reading says."""

    outcome: Outcome
    applies: bool
    atoms: Mapping[str, Outcome]
    readings: Mapping[str, Outcome] = msgspec.field(default_factory=dict)


class ArmOutcome(Struct, frozen=True, gc=False):
    """One cohort at one stage. `limiting` lists what decides it; the three `open` lists sort what is in review."""

    cohort: str
    stage: str
    verdict: Verdict
    limiting: tuple[str, ...]
    open_data: tuple[str, ...] = ()
    open_judgement: tuple[str, ...] = ()
    open_registry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluator says of one chart for some trials.

    `criteria` is by (trial id, criterion id), `gates` by (trial id, cohort id), `arms` by trial id.
    """

    findings: Mapping[str, Outcome]
    criteria: Mapping[tuple[str, str], CriterionOutcome]
    gates: Mapping[tuple[str, str], Outcome]
    arms: Mapping[str, tuple[ArmOutcome, ...]]
    finding_atoms: Mapping[str, Mapping[str, Outcome]] = field(default_factory=dict)


def union(reasons: Iterable[frozenset[Reason]]) -> frozenset[Reason]:
    return frozenset().union(*reasons)
