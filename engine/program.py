"""What rules compile to: plans of what to select, test and conclude, and the compiled rule sets that do it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from trialsieve.engine._durable import Network
from trialsieve.engine._durable_rules import Fact, FactType
from trialsieve.engine.compile_logic import Conclusion
from trialsieve.engine.forward_fold import Absence
from trialsieve.engine.forward_record import RecordSelector
from trialsieve.engine.forward_results import ObservationSelector
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import Atom
from trialsieve.rules.finding import Finding
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.rules.vocabulary import Kind, Reason, Result, Sex, Truth

# --- tests ----------------------------------------------------------------------------------------------------------


class Probe(Struct, frozen=True):
    """One fact that is asserted for each candidate of a selector, and in which rule set.

    For numbers `number` is what the rules know the selector by; for results `expected` is what they compare with.
    """

    rule_set: int
    number: int = 0
    expected: Result | None = None


class Observations(Struct):
    """A selector of results with what is asserted of each candidate."""

    selector: ObservationSelector
    probes: list[Probe] = field(default_factory=list)


class AgeTest(Struct, frozen=True):
    probe: Probe
    subject: int


class SexTest(Struct, frozen=True):
    facts: Mapping[Sex, Fact]  # what is asserted, by the recorded sex


class ObservationTest(Struct, frozen=True):
    """A measurement or result: its selector, which of the selector's facts its rules test, and the rules' subject."""

    observations: int
    probe: int
    subject: int
    neither: frozenset[Reason]  # why a candidate that no rule marks is unknown
    concepts: frozenset[str]


class RecordTest(Struct, frozen=True):
    records: int
    absence: Absence
    concepts: frozenset[str]
    kinds: frozenset[Kind]


class ReadingsTest(Struct, frozen=True):
    tests: tuple[ObservationTest, ...]
    concepts: frozenset[str]


TestPlan = AgeTest | SexTest | ObservationTest | RecordTest | ReadingsTest


class Stratum(Struct, frozen=True):
    """What is selected in one stratum, by the concepts that it looks at, and the findings that are known at its end."""

    observations: Mapping[str, tuple[int, ...]]
    records: Mapping[str, tuple[int, ...]]
    findings: tuple[FindingPlan, ...]


# --- what is concluded ----------------------------------------------------------------------------------------------


class Folded(Struct, frozen=True):
    """A proposition: where the rules of its shape are, and what comes before the operands' values in its fact.

    `number` is its own. `atoms` are those that it is concluded from, its parts' included.
    """

    number: int
    rule_set: int
    type: FactType
    prefix: tuple[int, ...]
    operands: tuple[str, ...] = ()
    parts: tuple[Folded, ...] = ()
    atoms: tuple[str, ...] = ()


class AtomPlan(Struct, frozen=True):
    """An atom: `test` is the number of a test plan.

    Without a test it stands for a `finding`, for what is `always` so, or for what the resources say that decided
    another atom. `plain`: nothing but an attestation changes what it stands for. `personal`: it is about age or sex.
    `names_another`: its test looks at what decided another atom; `findings` are those that it names.
    """

    id: str
    atom: Atom
    test: int | None
    finding: str | None
    always: Outcome | None
    target: str | None  # of attestations
    review: Folded | None
    when: Folded | None
    plain: bool
    personal: bool
    names_another: bool
    findings: tuple[str, ...]


class FindingPlan(Struct, frozen=True):
    """A finding, its atoms each after those that it reads, and what is concluded from them."""

    finding: Finding
    atoms: tuple[AtomPlan, ...]
    logic: Folded


class CriterionPlan(Struct, frozen=True):
    """A criterion likewise."""

    name: tuple[str, str]  # of the trial and the criterion
    criterion: Criterion
    atoms: tuple[AtomPlan, ...]
    logic: Folded
    target: str  # of attestations


class ArmPlan(Struct, frozen=True):
    """A cohort at a stage, with the criteria that count there."""

    trial: str
    cohort: str
    stage: str
    criteria: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.trial} {self.cohort} {self.stage}"


class TrialPlan(Struct, frozen=True):
    """A trial: its criteria in their order, the gates by cohort, and its arms."""

    trial: Trial
    criteria: tuple[CriterionPlan, ...]
    gates: Mapping[str, AtomPlan]
    arms: tuple[ArmPlan, ...]


class TestRules(Struct):
    """A compiled rule set of tests; by rule number: the subject that it tests and what it marks."""

    network: Network
    marks: list[tuple[int, Truth]]


class LogicRules(Struct):
    """A compiled rule set of propositions; by rule number: the question and its truth."""

    network: Network
    conclusions: list[Conclusion]


class Program(Struct, frozen=True):
    """Everything compiled, immutable, for any number of patients."""

    tests: tuple[TestPlan, ...]
    test_rules: tuple[TestRules, ...]
    observations: tuple[Observations, ...]
    records: tuple[RecordSelector, ...]
    limits: Mapping[int, tuple[float, ...]]  # that numbers are compared with, by the probe's number, in their order
    ages: tuple[Probe, ...]
    sexes: tuple[SexTest, ...]
    strata: tuple[Stratum, ...]
    trials: tuple[TrialPlan, ...]
    criteria: tuple[CriterionPlan, ...]  # of all trials
    logic_rules: tuple[LogicRules, ...]
    facet: Folded
    arm: Folded
