"""From rules to a program: what is selected in which stratum, which durable rules test it, and what is concluded then.

Compiling refuses what would exceed a measured limit of durable_rules (EngineLimitError), and spreads what is many over
several rule sets. Propositions of one shape share their rules: most criteria are of few shapes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from trialsieve.engine._durable import Network
from trialsieve.engine._durable_limits import RULES_OF_A_SET
from trialsieve.engine._durable_rules import FactType, Rule
from trialsieve.engine.compile_alternatives import TooManyAlternativesError, every
from trialsieve.engine.compile_arms import ARM_RULES
from trialsieve.engine.compile_logic import (
    BLOCK,
    PART,
    Answers,
    Conclusion,
    Proposition,
    PropositionCompiler,
    Question,
    folded_type,
    proposition_rules,
)
from trialsieve.engine.compile_plans import TestCompiler
from trialsieve.engine.compile_tests import ARM, FACET, facet_rules
from trialsieve.engine.forward_fold import unknown
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.program import (
    ArmPlan,
    AtomPlan,
    CriterionPlan,
    FindingPlan,
    Folded,
    LogicRules,
    Program,
    Stratum,
    TrialPlan,
)
from trialsieve.engine.strata import finding_strata, reached_findings
from trialsieve.rules.atom import SCREENING, Age, Atom, FindingHolds, Judgement, RecordedSex, Test, Unresolved
from trialsieve.rules.errors import EngineError
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic_order import atoms_in_reading_order, atoms_named, findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import EVERY_COHORT, Criterion, Trial
from trialsieve.rules.vocabulary import Reason, Truth


class LogicCompiler:
    """Numbers propositions and their shapes, and spreads the rules of these over rule sets."""

    def __init__(self) -> None:
        self._rules: list[list[tuple[Rule, Conclusion]]] = [[]]
        self._shapes: dict[Hashable, tuple[int, int]] = {}  # the rule set of each, and its number
        self._count = 0

    def add_rules(self, rules: Iterable[tuple[Rule, Conclusion]], kind: FactType) -> Folded:
        """Rules on a fact type of their own."""
        self._rules[-1].extend(rules)
        return Folded(self._next(), len(self._rules) - 1, kind, ())

    def add(self, proposition: Proposition) -> Folded:
        parts = tuple(self.add(part) for part in proposition.parts)
        atoms = [name for name in proposition.operands if not name.startswith(PART)]
        rule_set, number = self._rules_of(proposition)
        return Folded(
            number=self._next(),
            rule_set=rule_set,
            type=folded_type(len(proposition.operands)),
            prefix=(number // BLOCK, number % BLOCK),
            operands=proposition.operands,
            parts=parts,
            atoms=tuple(dict.fromkeys([*atoms, *(name for part in parts for name in part.atoms)])),
        )

    def _rules_of(self, proposition: Proposition) -> tuple[int, int]:
        """The rule set that knows propositions of its shape, and by which number; their rules are written once."""
        known = self._shapes.get(proposition.shape)
        if known is None:
            if len(self._rules[-1]) >= RULES_OF_A_SET:
                self._rules.append([])
            known = self._shapes[proposition.shape] = len(self._rules) - 1, len(self._shapes)
            self._rules[-1].extend(proposition_rules(proposition, known[1]))
        return known

    def _next(self) -> int:
        self._count += 1
        return self._count

    def rule_sets(self) -> tuple[LogicRules, ...]:
        return tuple(
            LogicRules(Network(f"logic-{number}", [rule for rule, _ in rules]), [conclusion for _, conclusion in rules])
            for number, rules in enumerate(self._rules)
        )


def compile_program(book: RuleBook, trials: Sequence[str]) -> Program:
    """Compile these trials and every finding that they reach."""
    chosen = [book.trials[name] for name in trials]
    tests, logic = TestCompiler(book), LogicCompiler()
    arm = logic.add_rules(((rule, Conclusion(rule.name, Truth.TRUE)) for rule in ARM_RULES), ARM)
    facet = logic.add_rules(((rule, Conclusion("", truth)) for rule, truth in facet_rules()), FACET)
    return _Program(book, tests, logic).program(chosen, facet, arm)


class _Program:
    def __init__(self, book: RuleBook, tests: TestCompiler, logic: LogicCompiler) -> None:
        self._book = book
        self._tests = tests
        self._logic = logic

    def program(self, trials: list[Trial], facet: Folded, arm: Folded) -> Program:
        findings = reached_findings((atom for trial in trials for atom in trial.atoms), self._book.findings)
        strata = finding_strata(findings)
        finding_plans = [self._finding(finding) for finding in findings]
        trial_plans = [self._trial(trial) for trial in trials]
        return Program(
            tests=tuple(self._tests.plans),
            test_rules=self._tests.rule_sets(),
            observations=tuple(self._tests.observations.values()),
            records=tuple(self._tests.record_selectors),
            limits={number: tuple(sorted(limits)) for number, limits in self._tests.compared.items()},
            ages=tuple(self._tests.ages),
            sexes=tuple(self._tests.sexes.values()),
            strata=self._strata(finding_plans, strata),
            trials=tuple(trial_plans),
            criteria=tuple(criterion for trial in trial_plans for criterion in trial.criteria),
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
            if selector.named is None:
                put(observations, selector.concepts, selector.findings, number)
        for number, record in enumerate(self._tests.record_selectors):
            if record.test.at_time_of is None:
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
            cases = enumerate(atom.review_when)
            questions = [compiler.question(case.condition, str(number)) for number, case in cases]
            review = self._logic.add(compiler.proposition(*questions))
        if atom.when is not None:
            compiler = PropositionCompiler(f"{scope}.{atom.id} when")
            when = self._logic.add(compiler.proposition(compiler.question(atom.when)))
        return AtomPlan(
            id=atom.id,
            atom=atom,
            test=self._tests.plan(atom, scope),
            finding=atom.test.finding if isinstance(atom.test, FindingHolds) else None,
            always=_always(atom.test),
            target=target,
            review=review,
            when=when,
            plain=not (atom.absent or atom.applies_to is not None or atom.review_when or atom.when is not None),
            personal=isinstance(atom.test, Age | RecordedSex),
            names_another=any(atoms_named(atom.test)),
            findings=tuple(findings_read(atom)),
        )

    def _finding(self, finding: Finding) -> FindingPlan:
        atoms = tuple(self._atom(atom, finding.id, None) for atom in atoms_in_reading_order(finding.atoms))
        compiler = PropositionCompiler(f"finding {finding.id}")
        if finding.false_when is None:
            question = compiler.question(finding.true_when)
        else:
            try:
                question = _two_sides(compiler.answers(finding.true_when), compiler.answers(finding.false_when))
            except TooManyAlternativesError:
                question = _two_sides(compiler.concluded(finding.true_when), compiler.concluded(finding.false_when))
        return FindingPlan(finding, atoms, self._logic.add(compiler.proposition(question)))

    def _trial(self, trial: Trial) -> TrialPlan:
        gates = {
            cohort.id: self._atom(cohort.gate, f"{trial.id} cohort {cohort.id}", None)
            for cohort in trial.cohorts
            if cohort.gate is not None
        }
        criteria = tuple(self._criterion(trial.id, criterion) for criterion in trial.criteria)
        return TrialPlan(trial, criteria, gates, _arms(trial))

    def _criterion(self, trial: str, criterion: Criterion) -> CriterionPlan:
        target = f"{trial}#{criterion.id}"
        atoms = tuple(
            self._atom(atom, target, f"{target}.{atom.id}") for atom in atoms_in_reading_order(criterion.atoms)
        )
        compiler = PropositionCompiler(target)
        questions = [compiler.question(logic, f"reading {name}") for name, logic in criterion.readings]
        if criterion.logic is not None:
            questions.insert(0, compiler.question(criterion.logic))
        elif not questions:
            raise EngineError(f"{target} has neither logic nor readings")
        return CriterionPlan(
            (trial, criterion.id), criterion, atoms, self._logic.add(compiler.proposition(*questions)), target
        )


def _two_sides(true: Answers, false: Answers) -> Question:
    """A finding with evidence against it: false where only the lack of data keeps its other side open."""
    return Question("", every(true.true, false.not_true), every(false.true, true.not_true, true.absent_at_worst))


def _always(test: Test) -> Outcome | None:
    """What an atom is of every patient, where its test reads nothing of them."""
    match test:
        case Judgement():
            return unknown(Reason.JUDGEMENT)
        case Unresolved(reason):
            return unknown(reason)
    return None


def _arms(trial: Trial) -> tuple[ArmPlan, ...]:
    """A trial's arms; their criteria are those of their cohort and of all, at their stage and every earlier one."""
    used = {SCREENING}.union(criterion.stage for criterion in trial.criteria)
    arms = []
    for cohort in trial.cohorts:
        for last, stage in enumerate(trial.stages):
            stages = trial.stages[: last + 1]
            counting = (
                one.id for one in trial.criteria if one.cohort in (cohort.id, EVERY_COHORT) and one.stage in stages
            )
            if stage in used:
                arms.append(ArmPlan(trial.id, cohort.id, stage, frozenset(counting)))
    return tuple(arms)
