"""From an evaluation to its explained result, for each trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialsieve.engine.cautions import Cautions
from trialsieve.engine.direct_verdict import verdict
from trialsieve.engine.dismissed import telling_dismissed
from trialsieve.engine.explained_parts import CriterionExplainer, Parts, in_order
from trialsieve.engine.explanation_causes import Background
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.result import (
    HOLDS,
    ArmResult,
    CriterionResult,
    FindingResult,
    OpenItems,
    ScreeningResult,
    UnreadResult,
)
from trialsieve.rules.atom import SCREENING, Measurement, QualitativeResult, Recorded
from trialsieve.rules.finding import Finding
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic_order import concepts_tested, findings_beneath
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Trial
from trialsieve.rules.vocabulary import Reason

_KEPT = 2_000  # explained criteria that rest on no resource


class _Patient:
    """What the results of all trials share of one patient."""

    def __init__(self, chart: Chart, circumstances: Circumstances, evaluation: Evaluation) -> None:
        self.chart = chart
        self.evaluation = evaluation
        self.background = Background(chart, evaluation)
        self.cautions = Cautions(chart, circumstances)
        self.as_of = circumstances.as_of.isoformat()


class Explainer:
    """Explains evaluations of some trials."""

    def __init__(self, book: RuleBook, trials: Sequence[str]) -> None:
        self._book = book
        self._trials = [book.trials[name] for name in trials]
        self._parts = Parts(book)
        self._rules: dict[str, list[CriterionExplainer]] = {
            name: [self._parts.criterion(name, each) for each in book.trials[name].criteria] for name in trials
        }
        self._gates = {
            name: {each.id: self._parts.atom(each.gate) for each in book.trials[name].cohorts if each.gate is not None}
            for name in trials
        }
        self._measured = {name: concepts_tested(book, name, (Measurement, QualitativeResult)) for name in trials}
        self._recorded = {name: concepts_tested(book, name, (Recorded,)) for name in trials}
        self._read = {name: self._measured[name] | self._recorded[name] for name in trials}
        # By the identity of what an evaluator keeps too; it is held, so that its identity stays its own.
        self._of_outcome: Kept[int, tuple[CriterionOutcome, CriterionResult]] = Kept(_KEPT)
        self._criteria: Kept[tuple[object, ...], CriterionResult] = Kept(_KEPT)

    def results(
        self, chart: Chart, circumstances: Circumstances, evaluation: Evaluation, *, findings: bool
    ) -> list[ScreeningResult]:
        """The result of each trial, in their order; `findings`: with the shared findings that its criteria reached."""
        patient = _Patient(chart, circumstances, evaluation)
        return [self._result(trial, patient, findings=findings) for trial in self._trials]

    def _result(self, trial: Trial, patient: _Patient, *, findings: bool) -> ScreeningResult:
        chart, evaluation, background = patient.chart, patient.evaluation, patient.background
        arms = evaluation.arms[trial.id]
        criteria = self._explained(self._rules[trial.id], evaluation.criteria, background)
        return ScreeningResult(  # not by name, which takes longer
            chart.patient,
            chart.source,
            trial.id,
            patient.as_of,
            verdict([arm.verdict for arm in arms if arm.stage == SCREENING]),
            tuple([self._arm(trial, arm, evaluation, background) for arm in arms]),
            patient.cautions.of(trial, evaluation.criteria, self._measured[trial.id], self._read[trial.id]),
            self._with_dismissed(trial, chart, criteria) if chart.dismissed else criteria,
            self._findings(trial, evaluation, background) if findings else (),
            trial.version,
            trial.rules_sha256,
            self._unread(trial, evaluation) if chart.unreadable else (),
        )

    def _explained(
        self,
        rules: Sequence[CriterionExplainer],
        outcomes: Mapping[tuple[str, str], CriterionOutcome],
        background: Background,
    ) -> tuple[CriterionResult, ...]:
        proofs = [outcomes[rule.name] for rule in rules]
        kept = map(self._of_outcome.get, map(id, proofs))
        return tuple(
            [
                known[1]
                if known is not None
                else rule.explained(proof, background)
                if proof.outcome.evidence  # nearly always, where there is any
                else self._of_any(rule, proof, background)
                for rule, proof, known in zip(rules, proofs, kept, strict=True)
            ]
        )

    def _with_dismissed(
        self, trial: Trial, chart: Chart, results: tuple[CriterionResult, ...]
    ) -> tuple[CriterionResult, ...]:
        dismissed = [each for each in chart.dismissed if each.concepts & self._recorded[trial.id]]
        if not dismissed:
            return results
        pairs = zip(self._rules[trial.id], results, strict=True)
        return tuple([telling_dismissed(rule.criterion, each, dismissed, self._book) for rule, each in pairs])

    def _of_any(self, rule: CriterionExplainer, proof: CriterionOutcome, background: Background) -> CriterionResult:
        content = rule.content(proof)
        if content is None:
            return rule.explained(proof, background)
        result = self._criteria.get(content)
        if result is None:
            result = rule.explained(proof, background)
            self._criteria.keep(content, result)
        self._of_outcome.keep(id(proof), (proof, result))
        return result

    def _unread(self, trial: Trial, evaluation: Evaluation) -> tuple[UnreadResult, ...]:
        """What could not be read, of each atom that it keeps open."""
        criteria = evaluation.criteria
        return tuple(
            [
                UnreadResult(rule.criterion.id, name, tuple(dict.fromkeys([item.reference for item in atom.unread])))
                for rule in self._rules[trial.id]
                for name, atom in criteria[rule.name].atoms.items()
                if atom.unread and Reason.UNUSABLE_DATA in atom.reasons
            ]
        )

    def _arm(self, trial: Trial, arm: ArmOutcome, evaluation: Evaluation, background: Background) -> ArmResult:
        waits = OpenItems(arm.open_data, arm.open_judgement, arm.open_registry)
        gate = self._gates[trial.id].get(arm.cohort)
        if gate is None:
            return ArmResult(arm.cohort, arm.stage, arm.verdict, arm.limiting, waits)
        told, _ = gate.told(evaluation.gates[trial.id, arm.cohort], background)
        return ArmResult(arm.cohort, arm.stage, arm.verdict, arm.limiting, waits, told)

    # --- findings ---------------------------------------------------------------------------------------------------

    def _findings(self, trial: Trial, evaluation: Evaluation, background: Background) -> tuple[FindingResult, ...]:
        """Every finding that the trial reads, directly or through another, and that was needed."""
        needed = {name: each for name, each in self._book.findings.items() if name in evaluation.finding_atoms}
        reached = findings_beneath(trial.atoms, needed)
        return tuple(
            self._finding(finding, evaluation.findings[name], evaluation.finding_atoms[name], background)
            for name, finding in needed.items()
            if name in reached
        )

    def _finding(
        self, finding: Finding, outcome: Outcome, atoms: Mapping[str, Outcome], background: Background
    ) -> FindingResult:
        return FindingResult(
            id=finding.id,
            title=finding.title,
            holds=HOLDS[outcome.truth],
            reasons=in_order(outcome.reasons),
            evidence=outcome.evidence,
            explanation=self._parts.words.finding(finding.id).explanation(outcome, background=background),
            rule=f"{finding.path}:{finding.line}",
            atoms=tuple(
                self._parts.atom(atom).told(atoms[atom.id], background)[0] for atom in finding.atoms if atom.id in atoms
            ),
        )
