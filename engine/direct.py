"""The direct evaluator: the rules in plain Python, straight from docs/semantics.md.

It shares with the forward-chaining evaluator only the loaded rules, the fact types and the interval arithmetic; the two
must agree on every atom, criterion and arm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, TypeVarTuple

from trialsieve.engine import direct_logic, direct_recorded, direct_results
from trialsieve.engine.direct_blank import Blank, BlankRecord, Blanks, Reads
from trialsieve.engine.direct_changes import combined, negated
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_dates import finding_date
from trialsieve.engine.direct_proof import agreed, atoms_deciding, dated_since, on_facts_of, resting, same_resource
from trialsieve.engine.direct_verdict import arms, effect
from trialsieve.engine.facts import Chart, Fact, Unreadable
from trialsieve.engine.interval import NumberInterval, age_interval
from trialsieve.engine.outcome import Circumstances, CriterionOutcome, Evaluation, Evidence, Outcome
from trialsieve.rules.model import (
    Age,
    Atom,
    Criterion,
    DatedSince,
    Finding,
    FindingHolds,
    Judgement,
    Logic,
    Measurement,
    Not,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    RuleBook,
    SameResource,
    Test,
    Trial,
    Unresolved,
)
from trialsieve.rules.vocabulary import ABSENT, NOT_LIFTED, AbsencePolicy, CriterionKind, Effect, Reason, Sex, Truth

_Answer = TypeVar("_Answer", CriterionOutcome, Outcome)
_Asked = TypeVarTuple("_Asked")


class DirectEngine:
    """Evaluates charts for some trials; keeps what recurs from one to the next."""

    def __init__(self, book: RuleBook, trials: Sequence[str]) -> None:
        self._book = book
        self._trials = [book.trials[name] for name in trials]
        self._blanks = Blanks(book)

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> Evaluation:
        """Every criterion of the trials for one chart."""
        return _Evaluator(self._book, chart, circumstances, self._blanks).evaluate(self._trials)


def evaluate(book: RuleBook, trials: Sequence[str], chart: Chart, circumstances: Circumstances) -> Evaluation:
    """Every criterion of the trials for one chart."""
    return DirectEngine(book, trials).evaluate(chart, circumstances)


def evaluate_finding(book: RuleBook, name: str, chart: Chart, circumstances: Circumstances) -> Outcome:
    """One shared finding for one chart, for worked examples."""
    return _Evaluator(book, chart, circumstances, Blanks(book)).finding(name)


class _Evaluator:
    def __init__(self, book: RuleBook, chart: Chart, circumstances: Circumstances, blanks: Blanks) -> None:
        self.book = book
        self.chart = chart
        self.circumstances = circumstances
        self.view = View(book, chart, circumstances)
        self.findings: dict[str, Outcome] = {}
        self.finding_atoms: dict[str, Mapping[str, Outcome]] = {}
        self._blanks = blanks
        self._record = BlankRecord(self.view, blanks)
        self._shared: dict[int, Outcome] = {}
        self._aged: tuple[NumberInterval, tuple[Evidence, ...]] | None = None

    def evaluate(self, trials: Sequence[Trial]) -> Evaluation:
        criteria: dict[tuple[str, str], CriterionOutcome] = {}
        gates: dict[tuple[str, str], Outcome] = {}
        for trial in trials:
            for criterion in trial.criteria:
                reads = self._blanks.of_criterion(trial, criterion)
                criteria[trial.id, criterion.id] = self._blank_or_not(reads, self._criterion, trial, criterion, reads)
            for cohort in trial.cohorts:
                if cohort.gate is not None:
                    gate = {cohort.gate.id: cohort.gate}
                    gates[trial.id, cohort.id] = _Atoms(self, gate, None).outcome(cohort.gate.id)
        return Evaluation(
            findings=self.findings,
            criteria=criteria,
            gates=gates,
            arms={trial.id: arms(trial, self.chart, self.circumstances, criteria, gates) for trial in trials},
            finding_atoms=self.finding_atoms,
        )

    def _blank_or_not(self, reads: Reads, work_out: Callable[[*_Asked], _Answer], *asked: *_Asked) -> _Answer:
        """What was worked out before, where the record says nothing of it."""
        key = self._record.key(reads)
        if key is None:
            return work_out(*asked)
        blank: Blank[_Answer] | None = self._blanks.kept.get(key)
        if blank is None:
            outcome = work_out(*asked)
            self._blanks.kept.keep(
                key,
                Blank(
                    outcome,
                    {name: self.findings[name] for name in reads.findings if name in self.findings},
                    {name: self.finding_atoms[name] for name in reads.findings if name in self.finding_atoms},
                ),
            )
            return outcome
        if blank.findings:
            self.findings.update(blank.findings)
            self.finding_atoms.update(blank.atoms)
        return blank.outcome

    def finding(self, name: str) -> Outcome:
        if name not in self.findings:
            finding = self.book.findings[name]
            reads = self._blanks.of_finding(finding)
            self.findings[name] = self._blank_or_not(reads, self._whole_finding, finding, reads)
        return self.findings[name]

    def _whole_finding(self, finding: Finding, reads: Reads) -> Outcome:
        atoms = _Atoms(self, reads.atoms, None)
        self.finding_atoms[finding.id] = atoms.outcomes
        now = self._finding(finding, atoms.outcome)
        return combined(
            now,
            atoms.outcomes.values(),
            lambda then: self._finding(finding, lambda atom: then(atoms.outcome(atom))),
        )

    def _finding(self, finding: Finding, outcome: direct_logic.AtomOutcome) -> Outcome:
        true, open_true = direct_logic.value(finding.true_when, outcome)
        false, open_false = direct_logic.value(finding.false_when or Not(finding.true_when), outcome)
        suspicions = [(case, direct_logic.evaluate(case.condition, outcome)) for case in finding.suspicions]
        outcomes = [outcome(atom.id) for atom in finding.atoms if atom.operand]
        if true is Truth.TRUE and false is Truth.TRUE:
            return resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), outcomes)
        if true is Truth.TRUE or (false is Truth.TRUE and open_true <= ABSENT):
            settled = [each for each in outcomes if each.truth is not Truth.UNKNOWN]
            deciding = [each for each in map(outcome, atoms_deciding(finding)) if each.truth is not Truth.UNKNOWN]
            if true is not Truth.TRUE:
                return on_facts_of(settled, resting(Truth.FALSE, frozenset(), deciding))
            supporting = [each for each in deciding if each.truth is Truth.TRUE]
            when = finding_date(finding, {atom.id: atom for atom in finding.atoms}, outcome)
            return on_facts_of(settled, resting(Truth.TRUE, frozenset(), supporting or deciding, when=when))
        if false is Truth.TRUE:
            return resting(Truth.UNKNOWN, open_true, outcomes)
        reasons = open_true | open_false if open_true <= ABSENT else open_true
        notes = []
        for case, condition in suspicions:
            if condition.truth is Truth.TRUE:
                reasons |= {case.reason}
                notes.append(case.says)
            elif not condition.reasons <= ABSENT:
                reasons |= condition.reasons
        return resting(Truth.UNKNOWN, reasons or frozenset({Reason.NO_DATA}), outcomes, notes=tuple(notes))

    def _criterion(self, trial: Trial, criterion: Criterion, reads: Reads) -> CriterionOutcome:
        target = f"{trial.id}#{criterion.id}"
        atoms = _Atoms(self, reads.atoms, target)
        for atom in criterion.atoms:
            atoms.outcome(atom.id)
        of = atoms.outcomes.__getitem__
        readings = {name: direct_logic.evaluate(logic, of) for name, logic in criterion.readings}
        operands = [of(atom.id) for atom in criterion.atoms if atom.operand]
        if criterion.logic is not None:
            truth, reasons, names = direct_logic.decided(criterion.logic, of)
            relevant = [of(name) for name in (names if len(names) == 1 else dict.fromkeys(names))]
        else:
            on_hold = agreed(list(readings.values()))
            truth, reasons, relevant = on_hold.truth, on_hold.reasons, operands
        outcome = concluded = resting(truth, reasons, relevant)
        if self.chart.attestations:
            known = [each for each in atoms.outcomes.values() if each.truth is not Truth.UNKNOWN]
            unsettled = [operand for operand in operands if operand.truth is Truth.UNKNOWN]
            outcome = self._attested(
                concluded,
                target,
                tuple(fact for each in (unsettled if truth is Truth.UNKNOWN else known) for fact in each.decided_by),
                personal=any(
                    isinstance(atom.test, (Age, RecordedSex)) and of(atom.id).truth is not Truth.UNKNOWN
                    for atom in criterion.atoms
                ),
            )
        applies = True
        if criterion.applies_to is not None:
            outcome, applies = self._applies(criterion, criterion.applies_to, outcome)
        if (
            outcome is concluded
            and criterion.logic is not None
            and any(operand.changes_on is not None for operand in operands)
        ):
            outcome = _changing(criterion, criterion.logic, outcome, of, operands)
        return CriterionOutcome(outcome, applies, atoms.outcomes, readings)

    def _applies(self, criterion: Criterion, wanted: Sex, outcome: Outcome) -> tuple[Outcome, bool]:
        sex = self.chart.person.sex
        if sex is wanted:
            return outcome, True
        exclusion = criterion.kind is CriterionKind.EXCLUSION
        passes = Truth.FALSE if exclusion else Truth.TRUE
        if sex is Sex.UNKNOWN:
            if outcome.truth is passes:
                return outcome, True
            reasons = outcome.reasons | {self._sex_problem()}
            return resting(Truth.UNKNOWN, reasons, [outcome], notes=("sex not recorded",)), True
        if exclusion and outcome.truth is Truth.TRUE:
            note = f"recorded as {sex.value}"
            return resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [outcome], notes=(note,)), True
        if Reason.UNUSABLE_DATA in outcome.reasons:  # what could not be read may contradict the recorded sex
            return outcome, True
        return Outcome(passes, evidence=self.person_evidence(f"recorded as {sex.value}")), False

    def _sex_problem(self) -> Reason:
        return Reason.UNUSABLE_DATA if "gender" in self.chart.person.unusable else Reason.NO_DATA

    def person_evidence(self, says: str) -> tuple[Evidence, ...]:
        reference = self.chart.person.reference
        return (Evidence(reference, says),) if reference is not None else ()

    # --- one atom ---------------------------------------------------------------------------------------------------

    def atom(self, atom: Atom, siblings: _Atoms, target: str | None) -> Outcome:
        reads = self._blanks.of_atom(atom)
        if reads is None:
            outcome = self._read(atom, siblings)
        else:  # equal atoms of all criteria and findings share what the record says of them
            known = self._shared.get(reads.number)
            if known is None:
                known = self._blank_or_not(reads, self._read, atom, siblings)
                self._shared[reads.number] = known
            outcome = known
        if atom.review_when and outcome.truth is not Truth.UNKNOWN:
            outcome = self._reviewed(atom, outcome, siblings)
        if target is not None and self.chart.attestations:
            personal = isinstance(atom.test, (Age, RecordedSex))
            outcome = self._attested(outcome, f"{target}.{atom.id}", outcome.decided_by, personal=personal)
        if atom.applies_to is not None:
            outcome = self._sexed(atom.applies_to, outcome)
        if atom.when is not None:
            gate = direct_logic.evaluate(atom.when, siblings.outcome)
            both = direct_logic.at_least(2, [gate, outcome])
            gated = resting(both.truth, both.reasons, [outcome])
            if gate.truth is Truth.FALSE and outcome.truth is not Truth.FALSE:  # it is false for its `when`
                deciding = direct_logic.deciding(atom.when, siblings.outcome)
                shown = resting(both.truth, both.reasons, [siblings.outcome(name) for name in deciding])
                gated = replace(shown, decided_by=())
            own = outcome
            outcome = combined(gated, [own], lambda then: direct_logic.at_least(2, [gate, then(own)]))
        return outcome

    def _read(self, atom: Atom, siblings: _Atoms) -> Outcome:
        """What the record says of an atom."""
        outcome = self._test(atom, siblings)
        if atom.absent:
            outcome = negated(outcome)
        return self._readable(atom, outcome) if self.chart.unreadable else outcome

    def _test(self, atom: Atom, siblings: _Atoms) -> Outcome:
        test = atom.test
        if isinstance(test, (Measurement, QualitativeResult)):
            return direct_results.evaluate(test, self.view, self.finding, siblings.outcome)
        if isinstance(test, Recorded):
            return direct_recorded.evaluate(atom, test, self.view, self.finding, siblings.outcome)
        if isinstance(test, FindingHolds):
            return self.finding(test.finding)
        if isinstance(test, Age):
            return self._age(test)
        if isinstance(test, RecordedSex):
            return self._recorded_sex(test)
        if isinstance(test, SameResource):
            return same_resource(test, siblings.outcome(test.of))
        if isinstance(test, DatedSince):
            return dated_since(test, siblings.outcome(test.of), self.circumstances)
        if isinstance(test, Readings):
            return agreed(
                [
                    direct_results.evaluate(reading, self.view, self.finding, siblings.outcome)
                    for _, reading in test.tests
                ]
            )
        if isinstance(test, Judgement):
            return Outcome(Truth.UNKNOWN, frozenset({Reason.JUDGEMENT}))
        assert isinstance(test, Unresolved)
        return Outcome(Truth.UNKNOWN, frozenset({test.reason}))

    def _age(self, test: Age) -> Outcome:
        person = self.chart.person
        if "birthDate" in person.unusable:
            return Outcome(Truth.UNKNOWN, frozenset({Reason.UNUSABLE_DATA}))
        if person.birth is None:
            return Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}))
        if self._aged is None:
            age = age_interval(person.birth, self.circumstances.as_of)
            if age is None:
                return Outcome(Truth.UNKNOWN, frozenset({Reason.UNUSABLE_DATA}), notes=("born after the as-of date",))
            years = f"{age.low:.0f}" if age.low == age.high else f"{age.low:.0f} or {age.high:.0f}"
            self._aged = age, self.person_evidence(f"{years} years old on {self.circumstances.as_of.isoformat()}")
        age, evidence = self._aged
        truth = age.compare(test.limits)
        return Outcome(truth, frozenset({Reason.IMPRECISE}) if truth is Truth.UNKNOWN else frozenset(), evidence)

    def _recorded_sex(self, test: RecordedSex) -> Outcome:
        sex = self.chart.person.sex
        if test.among == frozenset(Sex):
            return Outcome(Truth.TRUE, evidence=self.person_evidence(f"recorded sex: {sex.value}"))
        if sex is Sex.UNKNOWN:
            return Outcome(Truth.UNKNOWN, frozenset({self._sex_problem()}))
        truth = Truth.TRUE if sex in test.among else Truth.FALSE
        return Outcome(truth, evidence=self.person_evidence(f"recorded as {sex.value}"))

    def _readable(self, atom: Atom, outcome: Outcome) -> Outcome:
        test = atom.test
        tests: tuple[Test, ...] = tuple(inner for _, inner in test.tests) if isinstance(test, Readings) else (test,)
        holds = outcome.truth is (Truth.FALSE if atom.absent else Truth.TRUE)
        problems: list[Unreadable] = []
        for inner in tests:
            if isinstance(inner, (Measurement, QualitativeResult)):
                problems += self.view.unreadable(inner.concepts, observations=True)
            elif isinstance(inner, Recorded):
                problems += self.view.unreadable(inner.concepts, observations=False, holds=holds)
        if not problems:
            return outcome
        reasons = outcome.reasons | {Reason.UNUSABLE_DATA}
        if any(item.is_gap for item in problems):  # nobody knows that there is no data
            reasons = reasons - {Reason.NO_DATA} | {Reason.NOT_RETRIEVED}
        notes = tuple(dict.fromkeys(item.sentence for item in problems))
        if not outcome.decided_by:  # nothing is presumed any more
            outcome = replace(outcome, assumptions=())
        return resting(Truth.UNKNOWN, reasons, [outcome], notes=notes)

    def _reviewed(self, atom: Atom, outcome: Outcome, siblings: _Atoms) -> Outcome:
        reasons: frozenset[Reason] = frozenset()
        notes = []
        for case in atom.review_when:
            condition = direct_logic.evaluate(case.condition, siblings.outcome)
            if condition.truth is Truth.TRUE:
                reasons |= {case.reason}
                notes.append(case.says)
            elif condition.truth is Truth.UNKNOWN and not (
                self.circumstances.absence is AbsencePolicy.PRESUME and condition.reasons <= ABSENT
            ):
                reasons |= condition.reasons
                notes.append(f"not known whether {case.says}")
        if not reasons:
            return outcome
        return resting(Truth.UNKNOWN, reasons, [outcome], notes=tuple(notes))

    def _attested(self, outcome: Outcome, target: str, facts: tuple[Fact, ...], *, personal: bool) -> Outcome:
        newest = self.view.attestations(target)
        if not newest:
            return outcome
        answers = {item.answer for item in newest}
        evidence = tuple(Evidence(item.reference, item.says) for item in newest)
        conflict = resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [outcome], evidence=evidence)
        dates = [fact.when or fact.recorded for fact in facts]
        newer = [when is not None and when.surely_after(newest[0].when) for when in dates]
        if outcome.truth is Truth.UNKNOWN:
            if any(newer) or not outcome.reasons.isdisjoint(NOT_LIFTED):  # what is newer the person had not seen
                return outcome
            if len(answers) > 1:
                return conflict
            return Outcome(Truth.TRUE if answers == {True} else Truth.FALSE, evidence=evidence)
        if answers == {outcome.truth is Truth.TRUE}:
            return outcome
        if not facts:
            if personal or len(answers) > 1:
                return conflict
            return Outcome(Truth.TRUE if answers == {True} else Truth.FALSE, evidence=evidence)
        if all(newer):
            return outcome
        return conflict

    def _sexed(self, wanted: Sex, outcome: Outcome) -> Outcome:
        sex = self.chart.person.sex
        if sex is wanted:
            return outcome
        if sex is Sex.UNKNOWN:
            if outcome.truth is Truth.FALSE:
                return outcome
            return resting(
                Truth.UNKNOWN, outcome.reasons | {self._sex_problem()}, [outcome], notes=("sex not recorded",)
            )
        if outcome.truth is Truth.TRUE:
            note = f"recorded as {sex.value}"
            return resting(Truth.UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [outcome], notes=(note,))
        if Reason.UNUSABLE_DATA in outcome.reasons:
            return outcome
        return Outcome(Truth.FALSE, evidence=self.person_evidence(f"recorded as {sex.value}"))


def _changing(
    criterion: Criterion, logic: Logic, now: Outcome, atom: direct_logic.AtomOutcome, operands: Sequence[Outcome]
) -> Outcome:
    """The outcome of a criterion that does not pass, with the first day on which it does."""
    if effect(criterion.kind, now.truth) is Effect.PASS:
        return now  # a result may be too old before any window has passed
    return combined(
        now,
        operands,
        lambda then: direct_logic.evaluate(logic, lambda name: then(atom(name))),
        lambda then: effect(criterion.kind, then.truth) is Effect.PASS,
    )


class _Atoms:
    """The atoms of one criterion or finding, each evaluated once, in whatever order they refer to each other."""

    __slots__ = ("atoms", "evaluator", "outcomes", "target")

    def __init__(self, evaluator: _Evaluator, atoms: Mapping[str, Atom], target: str | None) -> None:
        self.evaluator = evaluator
        self.atoms = atoms
        self.target = target
        self.outcomes: dict[str, Outcome] = {}

    def outcome(self, name: str) -> Outcome:
        outcome = self.outcomes.get(name)
        if outcome is None:
            outcome = self.outcomes[name] = self.evaluator.atom(self.atoms[name], self, self.target)
        return outcome
