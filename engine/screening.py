"""Screening one chart: both evaluators, their agreement, and the explained result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from trialsieve.engine.comparison import Comparison
from trialsieve.engine.direct import DirectEngine
from trialsieve.engine.direct_verdict import arms, effect, is_deceased, verdict
from trialsieve.engine.explanation import explain_atom, explain_criterion, explain_finding
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward import ForwardEngine, compile_rules
from trialsieve.engine.outcome import Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.result import (
    ArmResult,
    AtomResult,
    CriterionResult,
    FindingResult,
    OpenItems,
    ReadingResult,
    ScreeningResult,
    holds_of,
)
from trialsieve.rules.errors import EngineError
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import (
    Atom,
    Criterion,
    Finding,
    FindingHolds,
    Measurement,
    QualitativeResult,
    Recorded,
    RuleBook,
    Trial,
)
from trialsieve.rules.vocabulary import Reason, Truth

_log = logging.getLogger("trialsieve.engine")
_DISAGREEMENT = frozenset({Reason.ENGINE_DISAGREEMENT})
_KEPT = 10_000  # explained criteria that rest on no resource
_Result = TypeVar("_Result")


class _Kept(Generic[_Result]):
    """What was made before of the very same proof, or of one that says the same; emptied when it grows too large."""

    def __init__(self) -> None:
        self._of_proof: dict[int, tuple[object, _Result]] = {}  # holds each proof, so that its identity stays its own
        self._made: dict[tuple[object, ...], _Result] = {}

    def get(self, proof: object, key: Callable[[], tuple[object, ...] | None], make: Callable[[], _Result]) -> _Result:
        """The result for a proof; `key` tells what is the same for all patients (None: nothing, so it is not kept)."""
        same = self._of_proof.get(id(proof))
        if same is not None and same[0] is proof:
            return same[1]
        name = key()
        if name is None:
            return make()
        if len(self._made) >= _KEPT or len(self._of_proof) >= _KEPT:
            self._made.clear()
            self._of_proof.clear()
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = make()
        self._of_proof[id(proof)] = (proof, known)
        return known


class Screener:
    """Screens charts for some trials of a rule book. Compiles once; make one per process.

    `disagreements` counts the criteria, gates and arms on which the evaluators differed, and the rule engine's faults.
    """

    def __init__(self, book: RuleBook, trials: Sequence[str]) -> None:
        self.book = book
        self.trials = tuple(trials)
        self.disagreements = 0
        self._criteria: _Kept[CriterionResult] = _Kept()
        self._atoms: Kept[Hashable, AtomResult] = Kept(_KEPT)
        self._finding_results: _Kept[FindingResult] = _Kept()
        self._comparison = Comparison()
        self._direct = DirectEngine(book, self.trials)
        self._forward: ForwardEngine = compile_rules(book, self.trials)

    def screen(self, chart: Chart, circumstances: Circumstances, *, findings: bool = True) -> list[ScreeningResult]:
        """One result per trial, in the order in which the trials were given.

        `findings`: with the shared findings that the criteria reached, which the public JSON does not show.
        """
        evaluation = self.evaluate(chart, circumstances)
        return [
            self._result(self.book.trials[name], chart, circumstances, evaluation, findings=findings)
            for name in self.trials
        ]

    def evaluate(self, chart: Chart, circumstances: Circumstances) -> Evaluation:
        """What both evaluators agree on; where they do not, unknown for `engine-disagreement`."""
        mine = self._direct.evaluate(chart, circumstances)
        try:
            theirs: Evaluation | None = self._forward.evaluate(chart, circumstances)
        except EngineError as error:
            _log.error("the rule engine failed: %s", error)
            theirs = None
        except Exception as error:  # a crash is a disagreement too; its message might quote the record
            _log.error("the rule engine failed: %s", type(error).__name__)
            theirs = None
        differing = self._comparison.differences(mine, theirs)
        if not differing:
            return mine
        self.disagreements += len(differing)
        _log.error("the evaluators disagree on %s", ", ".join(sorted("#".join(name) for name in differing)))
        return self._held(mine, differing, chart, circumstances)

    def _held(
        self, mine: Evaluation, differing: set[tuple[str, str]], chart: Chart, circumstances: Circumstances
    ) -> Evaluation:
        held = Outcome(Truth.UNKNOWN, _DISAGREEMENT)
        criteria: dict[tuple[str, str], CriterionOutcome] = {
            name: CriterionOutcome(held, True, one.atoms, one.readings) if name in differing else one
            for name, one in mine.criteria.items()
        }
        gates = {name: held if name in differing else gate for name, gate in mine.gates.items()}
        return Evaluation(
            mine.findings,
            criteria,
            gates,
            {name: arms(self.book.trials[name], chart, circumstances, criteria, gates) for name in self.trials},
            mine.finding_atoms,
        )

    # --- results ----------------------------------------------------------------------------------------------------

    def _result(
        self, trial: Trial, chart: Chart, circumstances: Circumstances, evaluation: Evaluation, *, findings: bool
    ) -> ScreeningResult:
        arm_outcomes = evaluation.arms[trial.id]
        cautions = list(chart.cautions)
        if chart.person.set_aside is not None:
            cautions.append(chart.person.set_aside)
        if is_deceased(chart, circumstances):
            died = chart.person.deceased_when
            on = f" on {died.first}" if died is not None and died.first is not None and died.first == died.last else ""
            cautions.append(f"recorded as deceased{on}")
        return ScreeningResult(
            patient=chart.patient,
            source=chart.source,
            trial=trial.id,
            as_of=circumstances.as_of.isoformat(),
            verdict=verdict([arm.verdict for arm in arm_outcomes if arm.stage == "screening"]),
            arms=tuple(
                ArmResult(
                    arm.cohort,
                    arm.stage,
                    arm.verdict,
                    arm.limiting,
                    OpenItems(arm.open_data, arm.open_judgement, arm.open_registry),
                )
                for arm in arm_outcomes
            ),
            cautions=tuple(dict.fromkeys(cautions)),
            criteria=tuple(
                self._criterion(trial, criterion, evaluation.criteria[trial.id, criterion.id])
                for criterion in trial.criteria
            ),
            findings=self._findings(trial, evaluation) if findings else (),
            rules_version=trial.version,
            rules_sha256=trial.rules_sha256,
        )

    def _criterion(self, trial: Trial, criterion: Criterion, proof: CriterionOutcome) -> CriterionResult:
        def key() -> tuple[object, ...] | None:
            outcomes = [proof.outcome, *proof.atoms.values(), *proof.readings.values()]
            return _same_for_all((trial.id, criterion.id, proof.applies), outcomes)

        return self._criteria.get(proof, key, lambda: self._explained(criterion, proof))

    def _explained(self, criterion: Criterion, proof: CriterionOutcome) -> CriterionResult:
        outcome = proof.outcome
        atoms = tuple(self._atom(atom, proof.atoms[atom.id]) for atom in criterion.atoms)
        said = {atom.id: atom.explanation for atom in atoms if proof.atoms[atom.id].changes_on is None}
        return CriterionResult(
            id=criterion.id,
            kind=criterion.kind,
            stage=criterion.stage,
            cohort=criterion.cohort,
            text=criterion.text,
            applies=proof.applies,
            holds=holds_of(outcome.truth),
            effect=effect(criterion.kind, outcome.truth),
            reasons=_sorted(outcome.reasons),
            explanation=explain_criterion(criterion, proof, self.book, said),
            evidence=outcome.evidence,
            assumptions=outcome.assumptions,
            readings=tuple(_reading(name, reading, proof) for name, reading in proof.readings.items()),
            atoms=atoms,
            cautions=criterion.cautions,
            changes_on=None if outcome.changes_on is None else outcome.changes_on.isoformat(),
        )

    def _atom(self, atom: Atom, outcome: Outcome) -> AtomResult:
        if outcome.evidence or outcome.decided_by or outcome.changes_on is not None:
            return self._explained_atom(atom, outcome)
        key = (id(atom), outcome.truth.value, outcome.reasons, outcome.assumptions, outcome.notes)
        result = self._atoms.get(key)
        if result is None:
            result = self._explained_atom(atom, outcome)
            self._atoms.keep(key, result)
        return result

    def _explained_atom(self, atom: Atom, outcome: Outcome) -> AtomResult:
        return AtomResult(
            id=atom.id,
            quote=atom.quote,
            holds=holds_of(outcome.truth),
            reasons=_sorted(outcome.reasons),
            evidence=outcome.evidence,
            assumptions=outcome.assumptions,
            explanation=explain_atom(atom, outcome, self.book),
            operand=atom.operand,
            finding=atom.test.finding if isinstance(atom.test, FindingHolds) else None,
        )

    def _findings(self, trial: Trial, evaluation: Evaluation) -> tuple[FindingResult, ...]:
        reached: dict[str, None] = {}
        atoms = [atom for criterion in trial.criteria for atom in criterion.atoms]
        atoms += [cohort.gate for cohort in trial.cohorts if cohort.gate is not None]
        self._reach(atoms, evaluation.finding_atoms, reached)
        return tuple(
            self._finding(finding, evaluation) for name, finding in self.book.findings.items() if name in reached
        )

    def _finding(self, finding: Finding, evaluation: Evaluation) -> FindingResult:
        outcome, atoms = evaluation.findings[finding.id], evaluation.finding_atoms[finding.id]

        def key() -> tuple[object, ...] | None:
            return _same_for_all((finding.id, *atoms), [outcome, *atoms.values()])

        return self._finding_results.get(atoms, key, lambda: self._explained_finding(finding, outcome, atoms))

    def _explained_finding(self, finding: Finding, outcome: Outcome, atoms: Mapping[str, Outcome]) -> FindingResult:
        return FindingResult(
            id=finding.id,
            title=finding.title,
            holds=holds_of(outcome.truth),
            reasons=_sorted(outcome.reasons),
            evidence=outcome.evidence,
            explanation=explain_finding(finding, outcome, self.book),
            rule=f"{finding.path}:{finding.line}",
            atoms=tuple(self._atom(atom, atoms[atom.id]) for atom in finding.atoms if atom.id in atoms),
        )

    def _reach(
        self,
        atoms: Sequence[Atom],
        evaluated: Mapping[str, Mapping[str, Outcome]],
        reached: dict[str, None],
    ) -> None:
        """Every finding that the atoms read, directly or through another, and that was needed."""
        for atom in atoms:
            for name in _read_by(atom):
                if name in evaluated and name not in reached:
                    reached[name] = None
                    self._reach(self.book.findings[name].atoms, evaluated, reached)


def _reading(name: str, reading: Outcome, proof: CriterionOutcome) -> ReadingResult:
    if not proof.applies:
        return ReadingResult(name, holds_of(proof.outcome.truth), "The sentence does not apply to this patient.")
    reasons = f" ({', '.join(reason.value for reason in _sorted(reading.reasons))})" if reading.reasons else ""
    said = f"Read so, the sentence is {reading.truth.value} of this patient{reasons}."
    return ReadingResult(name, holds_of(reading.truth), said)


def _read_by(atom: Atom) -> list[str]:
    test = atom.test
    names = [atom.presume_unless] if atom.presume_unless is not None else []
    if isinstance(test, FindingHolds):
        names.append(test.finding)
    elif isinstance(test, (Measurement, QualitativeResult)):
        names += [*test.not_before, *((test.after,) if test.after else ())]
    elif isinstance(test, Recorded) and test.after is not None:
        names.append(test.after)
    return names


def _same_for_all(name: tuple[object, ...], outcomes: Sequence[Outcome]) -> tuple[object, ...] | None:
    """A key for what reads the same for every patient, since it rests on no resource; else None."""
    if any(outcome.evidence for outcome in outcomes):
        return None
    return (*name, *((each.truth, each.reasons, each.assumptions, each.notes) for each in outcomes))


@lru_cache(maxsize=1024)
def _sorted(reasons: frozenset[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons))
