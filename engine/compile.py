"""From rules to a program: what is selected in which stratum, which durable rules test it, and what is concluded then.

Compiling refuses what would exceed a measured limit of durable_rules (EngineLimitError), and spreads what is many over
several rule sets: tests on numbers by their count, propositions by trial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialsieve.engine._durable import FactType, Network, Rule
from trialsieve.engine.compile_arms import ARM_RULES
from trialsieve.engine.compile_logic import (
    BLOCK,
    MOST_ALTERNATIVES,
    Answers,
    Conclusion,
    Proposition,
    PropositionCompiler,
    Question,
    folded_type,
    proposition_rules,
)
from trialsieve.engine.compile_tests import (
    ARM,
    FACET,
    Marks,
    entry_rules,
    facet_rules,
    number_rules,
    result_rules,
    sex_rules,
)
from trialsieve.engine.conditions import chain_count, every
from trialsieve.engine.forward_fold import Absence
from trialsieve.engine.forward_selection import ObservationSelector, RecordSelector
from trialsieve.engine.strata import (
    atoms_in_order,
    finding_strata,
    reached_findings,
)
from trialsieve.rules.errors import EngineError
from trialsieve.rules.model import (
    Age,
    Atom,
    Criterion,
    Finding,
    FindingHolds,
    Judgement,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    RuleBook,
    SameResource,
    Trial,
    Unresolved,
)
from trialsieve.rules.vocabulary import AbsenceRule, Kind, Reason, Result, Truth

_RULES_OF_A_SET = 1_200  # compiling costs more than its share beyond
_TRIALS_OF_A_SET = 20
_LIMITS_OF_A_SELECTOR = 16  # more are tested on a second fact with the same number

# --- tests ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Probe:
    """One fact that is asserted for each candidate of a selector, and in which rule set.

    For numbers `number` is what the rules know the selector by; for results `expected` is what they compare with.
    """

    rule_set: int
    number: int = 0
    expected: Result | None = None


@dataclass(slots=True)
class Observations:
    """A selector of results with what is asserted of each candidate."""

    selector: ObservationSelector
    probes: list[Probe] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AgeTest:
    probe: Probe
    subject: int


@dataclass(frozen=True, slots=True)
class SexTest:
    test: RecordedSex


@dataclass(frozen=True, slots=True)
class ObservationTest:
    """A measurement or result: its selector, which of the selector's facts its rules test, and the rules' subject."""

    observations: int
    probe: int
    subject: int
    neither: Reason  # why a candidate that no rule marks is unknown
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordTest:
    records: int
    absence: Absence
    concepts: frozenset[str]
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class ReadingsTest:
    tests: tuple[ObservationTest, ...]
    concepts: frozenset[str]


TestPlan = AgeTest | SexTest | ObservationTest | RecordTest | ReadingsTest


@dataclass(frozen=True, slots=True)
class Stratum:
    """What is selected in one stratum, by the concepts that it looks at, and the findings that are known at its end."""

    observations: Mapping[str, tuple[int, ...]]
    records: Mapping[str, tuple[int, ...]]
    findings: tuple[FindingPlan, ...]


# --- what is concluded ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Folded:
    """One kind of folded fact: where its rules are, and what comes before the operands' values in the fact."""

    rule_set: int
    type: FactType
    prefix: tuple[int, ...]
    operands: tuple[str, ...] = ()
    parts: tuple[Folded, ...] = ()


@dataclass(frozen=True, slots=True)
class AtomPlan:
    """An atom: `test` is the number of a test plan, or None where what it stands for is not tested on facts."""

    atom: Atom
    test: int | None
    target: str | None  # of attestations
    review: Folded | None
    when: Folded | None


@dataclass(frozen=True, slots=True)
class FindingPlan:
    finding: Finding
    atoms: tuple[AtomPlan, ...]
    logic: Folded


@dataclass(frozen=True, slots=True)
class CriterionPlan:
    trial: str
    criterion: Criterion
    atoms: tuple[AtomPlan, ...]
    logic: Folded
    target: str


@dataclass(frozen=True, slots=True)
class TrialPlan:
    trial: Trial
    criteria: tuple[CriterionPlan, ...]
    gates: Mapping[str, AtomPlan]


@dataclass(slots=True)
class TestRules:
    """A compiled rule set of tests; by rule number: the subject that it tests and what it marks."""

    network: Network
    marks: list[tuple[int, Truth]]


@dataclass(slots=True)
class LogicRules:
    """A compiled rule set of propositions; by rule number: the question and its truth."""

    network: Network
    conclusions: list[Conclusion]


@dataclass(frozen=True, slots=True)
class Program:
    """Everything compiled, immutable, for any number of patients."""

    tests: tuple[TestPlan, ...]
    test_rules: tuple[TestRules, ...]
    observations: tuple[Observations, ...]
    records: tuple[RecordSelector, ...]
    ages: tuple[Probe, ...]
    sexes: tuple[RecordedSex, ...]
    strata: tuple[Stratum, ...]
    trials: tuple[TrialPlan, ...]
    logic_rules: tuple[LogicRules, ...]
    facet: Folded
    arm: Folded


class _TestCompiler:
    """Numbers the distinct tests and selectors; equal ones are one."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self.plans: list[TestPlan] = []
        self._known: dict[object, int] = {}
        self.observations: dict[ObservationSelector, Observations] = {}
        self._observation_numbers: dict[ObservationSelector, int] = {}
        self.records: dict[Recorded, int] = {}
        self.record_selectors: list[RecordSelector] = []
        self.ages: list[Probe] = []
        self.sexes: dict[RecordedSex, None] = {}
        self._marks: list[list[tuple[Rule, int, Truth]]] = [[]]
        self._add(result_rules())
        self._add(entry_rules())
        self._add(sex_rules())
        self._selectors = 0
        self._subjects = 0
        self._limits: dict[tuple[object, Limits], tuple[int, int]] = {}
        self._last_probe: dict[object, tuple[int, int]] = {}

    def _add(self, marks: Marks, subject: int = 0) -> None:
        self._marks[-1].extend((rule, subject, truth) for rule, truth in marks)

    def rule_sets(self) -> tuple[TestRules, ...]:
        return tuple(
            TestRules(
                Network(f"tests-{number}", [rule for rule, _, _ in marks]),
                [(subject, truth) for _, subject, truth in marks],
            )
            for number, marks in enumerate(self._marks)
        )

    def plan(self, atom: Atom) -> int | None:
        """The number of the atom's test plan; atoms with equal tests have the same."""
        test = atom.test
        if isinstance(test, FindingHolds | SameResource | Judgement | Unresolved):
            return None
        absent = (atom.absence, atom.presume_unless) if isinstance(test, Recorded) else None
        key = (test, absent)
        if key not in self._known:
            plan = self._plan(test, atom.absence, atom.presume_unless)
            self.plans.append(plan)
            self._known[key] = len(self.plans) - 1
        return self._known[key]

    def _plan(
        self,
        test: Age | RecordedSex | Measurement | QualitativeResult | Recorded | Readings,
        absence: AbsenceRule,
        presume_unless: str | None,
    ) -> TestPlan:
        match test:
            case Age(limits):
                place, subject = self._number(test.__class__, "age", limits, self.ages)
                return AgeTest(self.ages[place], subject)
            case RecordedSex():
                self.sexes[test] = None
                return SexTest(test)
            case Recorded():
                if test not in self.records:
                    self.records[test] = len(self.record_selectors)
                    self.record_selectors.append(RecordSelector(test, self._book.currency))
                concepts = [self._book.concepts[name] for name in test.concepts]
                kinds: frozenset[Kind] = frozenset().union(*(concept.kinds for concept in concepts))
                return RecordTest(
                    self.records[test],
                    Absence.of(absence, presume_unless, concepts),
                    frozenset(test.concepts),
                    kinds - {Kind.OBSERVATION},
                )
            case Readings(tests):
                plans = tuple(self._observation(one) for _, one in tests)
                return ReadingsTest(plans, frozenset().union(*(plan.concepts for plan in plans)))
            case _:
                return self._observation(test)

    def _observation(self, test: Measurement | QualitativeResult) -> ObservationTest:
        selector = ObservationSelector.of(test, self._book.currency)
        if selector not in self.observations:
            self._observation_numbers[selector] = len(self.observations)
            self.observations[selector] = Observations(selector)
        number = self._observation_numbers[selector]
        probes = self.observations[selector].probes
        concepts = frozenset(test.concepts)
        if isinstance(test, Measurement):
            label = f"{'/'.join(test.concepts)} {test.basis.value}"
            place, subject = self._number(selector, label, test.limits, probes)
            return ObservationTest(number, place, subject, Reason.IMPRECISE, concepts)
        probe = Probe(0, expected=test.expected)
        if probe not in probes:
            probes.append(probe)
        return ObservationTest(number, probes.index(probe), 0, Reason.UNSPECIFIC, concepts)

    def _number(self, owner: object, label: str, limits: Limits, probes: list[Probe]) -> tuple[int, int]:
        """Which probe of its owner, and which subject, stand for these limits."""
        limits = Limits(limits.low, limits.low_open, limits.high, limits.high_open, "")
        if (owner, limits) not in self._limits:
            place, used = self._last_probe.get(owner, (-1, _LIMITS_OF_A_SELECTOR))
            if used == _LIMITS_OF_A_SELECTOR or probes[place].rule_set != len(self._marks) - 1:
                if len(self._marks[-1]) >= _RULES_OF_A_SET:
                    self._marks.append([])
                place, used = len(probes), 0
                probes.append(Probe(len(self._marks) - 1, number=self._selectors))
                self._selectors += 1
            self._last_probe[owner] = (place, used + 1)
            self._subjects += 1
            self._limits[owner, limits] = (place, self._subjects)
            self._add(number_rules(f"{label} {_range(limits)}", probes[place].number, limits), self._subjects)
        return self._limits[owner, limits]


def _range(limits: Limits) -> str:
    low = "" if limits.low is None else f"{'>' if limits.low_open else '>='} {limits.low}"
    high = "" if limits.high is None else f"{'<' if limits.high_open else '<='} {limits.high}"
    return " ".join(part for part in (low, high) if part)


class _LogicCompiler:
    """Gives propositions numbers and spreads them over rule sets."""

    def __init__(self) -> None:
        self._rules: list[list[tuple[Rule, Conclusion]]] = []
        self._numbers: list[int] = []
        self._trials = 0

    def new_rule_set(self) -> None:
        self._rules.append([])
        self._numbers.append(0)
        self._trials = 0

    def new_trial(self) -> None:
        if self._trials == _TRIALS_OF_A_SET:
            self.new_rule_set()
        self._trials += 1

    def add_rules(self, rules: Iterable[tuple[Rule, Conclusion]], kind: FactType) -> Folded:
        """Rules on a fact type of their own."""
        self._rules[-1].extend(rules)
        return Folded(len(self._rules) - 1, kind, ())

    def add(self, proposition: Proposition) -> Folded:
        parts = tuple(self.add(part) for part in proposition.parts)
        if len(self._rules[-1]) >= _RULES_OF_A_SET:
            self.new_rule_set()
        number = self._numbers[-1]
        self._numbers[-1] += 1
        self._rules[-1].extend(proposition_rules(proposition, number))
        return Folded(
            rule_set=len(self._rules) - 1,
            type=folded_type(len(proposition.operands)),
            prefix=(number // BLOCK, number % BLOCK),
            operands=proposition.operands,
            parts=parts,
        )

    def rule_sets(self) -> tuple[LogicRules, ...]:
        return tuple(
            LogicRules(Network(f"logic-{number}", [rule for rule, _ in rules]), [conclusion for _, conclusion in rules])
            for number, rules in enumerate(self._rules)
        )


def compile_program(book: RuleBook, trials: Sequence[str]) -> Program:
    """Compile these trials and every finding that they reach."""
    chosen = [book.trials[name] for name in trials]
    tests, logic = _TestCompiler(book), _LogicCompiler()
    logic.new_rule_set()
    arm = logic.add_rules(((rule, Conclusion(rule.name, Truth.TRUE)) for rule in ARM_RULES), ARM)
    facet = logic.add_rules(((rule, Conclusion("", truth)) for rule, truth in facet_rules()), FACET)
    return _Program(book, tests, logic).program(chosen, facet, arm)


class _Program:
    def __init__(self, book: RuleBook, tests: _TestCompiler, logic: _LogicCompiler) -> None:
        self._book = book
        self._tests = tests
        self._logic = logic

    def program(self, trials: list[Trial], facet: Folded, arm: Folded) -> Program:
        atoms = [atom for trial in trials for atom in _atoms_of(trial)]
        findings = reached_findings(atoms, self._book.findings)
        strata = finding_strata(findings)
        finding_plans = [self._finding(finding) for finding in findings]
        trial_plans = []
        self._logic.new_rule_set()
        for trial in trials:
            self._logic.new_trial()
            trial_plans.append(self._trial(trial))
        atoms.extend(atom for finding in findings for atom in finding.atoms)
        return Program(
            tests=tuple(self._tests.plans),
            test_rules=self._tests.rule_sets(),
            observations=tuple(self._tests.observations.values()),
            records=tuple(self._tests.record_selectors),
            ages=tuple(self._tests.ages),
            sexes=tuple(self._tests.sexes),
            strata=self._strata(finding_plans, strata),
            trials=tuple(trial_plans),
            logic_rules=self._logic.rule_sets(),
            facet=facet,
            arm=arm,
        )

    def _strata(self, findings: list[FindingPlan], strata: Mapping[str, int]) -> tuple[Stratum, ...]:
        observations: list[dict[str, list[int]]] = []
        records: list[dict[str, list[int]]] = []

        def put(into: list[dict[str, list[int]]], concepts: Iterable[str], needs: Sequence[str], number: int) -> None:
            stratum = max((strata[name] + 1 for name in needs), default=0)
            while len(into) <= stratum:
                into.append({})
            for concept in dict.fromkeys(concepts):
                into[stratum].setdefault(concept, []).append(number)

        for number, selector in enumerate(self._tests.observations):
            put(observations, selector.concepts, selector.findings, number)
        for number, record in enumerate(self._tests.record_selectors):
            put(records, record.test.concepts, record.findings, number)
        height = max(len(observations), len(records), *(strata[plan.finding.id] + 1 for plan in findings), 1)

        def at(what: list[dict[str, list[int]]], stratum: int) -> dict[str, tuple[int, ...]]:
            return {name: tuple(numbers) for name, numbers in what[stratum].items()} if stratum < len(what) else {}

        return tuple(
            Stratum(
                at(observations, stratum),
                at(records, stratum),
                tuple(plan for plan in findings if strata[plan.finding.id] == stratum),
            )
            for stratum in range(height)
        )

    def _atom(self, atom: Atom, scope: str, target: str | None) -> AtomPlan:
        review = when = None
        if atom.review_when:
            compiler = PropositionCompiler(f"{scope}.{atom.id} review")
            questions = []
            for number, case in enumerate(atom.review_when):
                answers = compiler.answers(case.condition)
                questions.append(Question(str(number), answers.true, answers.false))
            review = self._logic.add(compiler.proposition(*questions))
        if atom.when is not None:
            compiler = PropositionCompiler(f"{scope}.{atom.id} when")
            answers = compiler.answers(atom.when)
            when = self._logic.add(compiler.proposition(Question("", answers.true, answers.false)))
        return AtomPlan(atom, self._tests.plan(atom), target, review, when)

    def _finding(self, finding: Finding) -> FindingPlan:
        atoms = tuple(self._atom(atom, finding.id, None) for atom in atoms_in_order(finding.atoms))
        compiler = PropositionCompiler(f"finding {finding.id}")
        if finding.false_when is None:
            answers = compiler.answers(finding.true_when)
            question = Question("", answers.true, answers.false)
        else:
            question = _two_sides(compiler.answers(finding.true_when), compiler.answers(finding.false_when))
            if max(chain_count(question.true), chain_count(question.false)) > MOST_ALTERNATIVES:
                question = _two_sides(compiler.concluded(finding.true_when), compiler.concluded(finding.false_when))
        return FindingPlan(finding, atoms, self._logic.add(compiler.proposition(question)))

    def _trial(self, trial: Trial) -> TrialPlan:
        gates = {
            cohort.id: self._atom(cohort.gate, f"{trial.id} cohort {cohort.id}", None)
            for cohort in trial.cohorts
            if cohort.gate is not None
        }
        criteria = tuple(self._criterion(trial.id, criterion) for criterion in trial.criteria)
        return TrialPlan(trial, criteria, gates)

    def _criterion(self, trial: str, criterion: Criterion) -> CriterionPlan:
        target = f"{trial}#{criterion.id}"
        atoms = tuple(self._atom(atom, target, f"{target}.{atom.id}") for atom in atoms_in_order(criterion.atoms))
        compiler = PropositionCompiler(target)
        readings = [(name, compiler.answers(logic)) for name, logic in criterion.readings]
        questions = [Question(f"reading {name}", answers.true, answers.false) for name, answers in readings]
        if criterion.logic is not None:
            answers = compiler.answers(criterion.logic)
            questions.insert(0, Question("", answers.true, answers.false))
        elif not readings:
            raise EngineError(f"{target} has neither logic nor readings")
        return CriterionPlan(trial, criterion, atoms, self._logic.add(compiler.proposition(*questions)), target)


def _two_sides(true: Answers, false: Answers) -> Question:
    """A finding with evidence against it: false where only the lack of data keeps its other side open."""
    return Question("", every(true.true, false.not_true), every(false.true, true.not_true, true.absent_at_worst))


def _atoms_of(trial: Trial) -> list[Atom]:
    gates = [cohort.gate for cohort in trial.cohorts if cohort.gate is not None]
    return gates + [atom for criterion in trial.criteria for atom in criterion.atoms]
