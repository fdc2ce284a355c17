"""From an evaluation to its explained result. What rests on no resource recurs, and is explained once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from trialsieve.engine.direct_verdict import effect, is_deceased, verdict
from trialsieve.engine.dismissed import telling_dismissed
from trialsieve.engine.explanation import CriterionWords, Words, reading_effect
from trialsieve.engine.explanation_atoms import AtomWords, dated
from trialsieve.engine.explanation_causes import Background
from trialsieve.engine.facts import Chart
from trialsieve.engine.lapsed_answers import lapsed_answers
from trialsieve.engine.misdated import misdated
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.phrases import sentence
from trialsieve.engine.result import (
    HOLDS,
    ArmResult,
    AtomResult,
    CriterionResult,
    FindingResult,
    OpenItems,
    ReadingResult,
    ScreeningResult,
)
from trialsieve.engine.undated_results import concepts_read, measured_concepts, undated_results
from trialsieve.rules.atom import Recorded
from trialsieve.rules.finding import Finding
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic_order import findings_reached, findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Trial
from trialsieve.rules.vocabulary import CriterionKind, Reason

_KEPT = 2_000  # explained criteria, and atoms, that rest on no resource

_Rule = tuple[tuple[str, str], CriterionWords]
"""A criterion's name in evaluations, and what is said of it."""

_Told = tuple[AtomResult, Sequence[str]]
"""An explained atom, and its sentences."""


class Explainer:
    """Explains evaluations of some trials."""

    def __init__(self, book: RuleBook, trials: Sequence[str]) -> None:
        self._book = book
        self._words = Words(book)
        self._rules: dict[str, list[_Rule]] = {
            name: [((name, each.id), self._words.criterion(each)) for each in book.trials[name].criteria]
            for name in trials
        }
        self._background: Background | None = None
        self._gates = {
            name: {each.id: self._words.atom(each.gate) for each in book.trials[name].cohorts if each.gate is not None}
            for name in trials
        }
        self._measured = {name: measured_concepts(book, name) for name in trials}
        self._recorded = {name: concepts_read(book, name, (Recorded,)) for name in trials}
        self._read = {name: self._measured[name] | self._recorded[name] for name in trials}
        # By the identity of what an evaluator keeps too; it is held, so that its identity stays its own.
        self._of_outcome: Kept[int, tuple[CriterionOutcome, CriterionResult]] = Kept(_KEPT)
        self._criteria: Kept[tuple[object, ...], CriterionResult] = Kept(_KEPT)
        self._atoms: Kept[tuple[object, ...], _Told] = Kept(_KEPT)

    def result(
        self, trial: Trial, chart: Chart, circumstances: Circumstances, evaluation: Evaluation, *, findings: bool
    ) -> ScreeningResult:
        """The result of one trial; `findings`: with the shared findings that its criteria reached."""
        arms = evaluation.arms[trial.id]
        background = self._background
        if background is None or background.evaluation is not evaluation or background.chart is not chart:
            background = self._background = Background(chart, evaluation)  # for all trials
        return ScreeningResult(
            patient=chart.patient,
            source=chart.source,
            trial=trial.id,
            as_of=circumstances.as_of.isoformat(),
            verdict=verdict([arm.verdict for arm in arms if arm.stage == "screening"]),
            arms=tuple([self._arm(trial, arm, evaluation, background) for arm in arms]),
            cautions=_cautions(
                trial, chart, circumstances, evaluation.criteria, self._measured[trial.id], self._read[trial.id]
            ),
            criteria=self._with_dismissed(
                trial, chart, self._explained(self._rules[trial.id], evaluation.criteria, background)
            ),
            findings=self._findings(trial, evaluation, background) if findings else (),
            rules_version=trial.version,
            rules_sha256=trial.rules_sha256,
        )

    def _explained(
        self, rules: Sequence[_Rule], outcomes: Mapping[tuple[str, str], CriterionOutcome], background: Background
    ) -> tuple[CriterionResult, ...]:
        proofs = [outcomes[name] for name, _ in rules]
        kept = map(self._of_outcome.get, map(id, proofs))
        return tuple(
            [
                self._of_any(name, words, proof, background) if known is None else known[1]
                for (name, words), proof, known in zip(rules, proofs, kept, strict=True)
            ]
        )

    def _with_dismissed(
        self, trial: Trial, chart: Chart, results: tuple[CriterionResult, ...]
    ) -> tuple[CriterionResult, ...]:
        dismissed = [each for each in chart.dismissed if each.concepts & self._recorded[trial.id]]
        if not dismissed:  # nearly always
            return results
        pairs = zip(self._rules[trial.id], results, strict=True)
        return tuple([telling_dismissed(words.criterion, each, dismissed, self._book) for (_, words), each in pairs])

    def _of_any(
        self, name: tuple[str, str], words: CriterionWords, proof: CriterionOutcome, background: Background
    ) -> CriterionResult:
        if proof.outcome.evidence:  # nearly always, where there is any
            return self._criterion(words, proof, background)
        outcomes = [proof.outcome, *proof.atoms.values(), *proof.readings.values()]
        if not all(map(_rests_on_nothing, outcomes)):
            return self._criterion(words, proof, background)
        key = (name, proof.applies, *map(_content, outcomes))
        result = self._criteria.get(key)
        if result is None:
            result = self._criterion(words, proof, background)
            self._criteria.keep(key, result)
        self._of_outcome.keep(id(proof), (proof, result))
        return result

    def _criterion(self, words: CriterionWords, proof: CriterionOutcome, background: Background) -> CriterionResult:
        criterion, outcome, atoms = words.criterion, proof.outcome, proof.atoms
        told = [self._atom(each, atoms[each.atom.id], background) for each in words.atoms]
        explanation, evidence = words.explained(proof, [sentences for _, sentences in told])
        readings = proof.readings
        return CriterionResult(  # not by name, which takes ten times as long
            criterion.id,
            criterion.kind,
            criterion.stage,
            criterion.cohort,
            criterion.text,
            proof.applies,
            HOLDS[outcome.truth],
            effect(criterion.kind, outcome.truth),
            _sorted(outcome.reasons),
            explanation,
            evidence,
            outcome.assumptions,
            tuple([_reading(name, reading, proof, criterion.kind) for name, reading in readings.items()])
            if readings
            else (),
            tuple([atom for atom, _ in told]),
            criterion.cautions,
            None if outcome.changes_on is None else outcome.changes_on.isoformat(),
        )

    def _atom(self, words: AtomWords, outcome: Outcome, background: Background) -> _Told:
        if not _rests_on_nothing(outcome):
            return _told(words, outcome, background)
        key = (id(words), *_content(outcome))
        told = self._atoms.get(key)
        if told is None:
            told = _told(words, outcome, None)
            self._atoms.keep(key, told)
        return told

    def _arm(self, trial: Trial, arm: ArmOutcome, evaluation: Evaluation, background: Background) -> ArmResult:
        waits = OpenItems(arm.open_data, arm.open_judgement, arm.open_registry)
        gate = self._gates[trial.id].get(arm.cohort)
        if gate is None:
            return ArmResult(arm.cohort, arm.stage, arm.verdict, arm.limiting, waits)
        told, _ = self._atom(gate, evaluation.gates[trial.id, arm.cohort], background)
        return ArmResult(arm.cohort, arm.stage, arm.verdict, arm.limiting, waits, told)

    # --- findings ---------------------------------------------------------------------------------------------------

    def _findings(self, trial: Trial, evaluation: Evaluation, background: Background) -> tuple[FindingResult, ...]:
        """Every finding that the trial reads, directly or through another, and that was needed."""
        atoms = [atom for criterion in trial.criteria for atom in criterion.atoms]
        atoms += [cohort.gate for cohort in trial.cohorts if cohort.gate is not None]
        needed = {name: each for name, each in self._book.findings.items() if name in evaluation.finding_atoms}
        reached = findings_reached([name for atom in atoms for name in findings_read(atom)], needed)
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
            reasons=_sorted(outcome.reasons),
            evidence=outcome.evidence,
            explanation=self._words.finding(finding.id).explanation(outcome, background=background),
            rule=f"{finding.path}:{finding.line}",
            atoms=tuple(
                self._atom(self._words.atom(atom), atoms[atom.id], background)[0]
                for atom in finding.atoms
                if atom.id in atoms
            ),
        )


def _told(words: AtomWords, outcome: Outcome, background: Background | None) -> _Told:
    atom, sentences = words.atom, words.sentences(outcome, background)
    result = AtomResult(
        atom.id,
        atom.quote,
        HOLDS[outcome.truth],
        _sorted(outcome.reasons),
        outcome.evidence,
        outcome.assumptions,
        dated(sentences, outcome),
        atom.operand,
        words.finding,
    )
    return result, sentences


def _cautions(
    trial: Trial,
    chart: Chart,
    circumstances: Circumstances,
    criteria: Mapping[tuple[str, str], CriterionOutcome],
    measured: frozenset[str],
    read: frozenset[str],
) -> tuple[str, ...]:
    cautions = [*trial.cautions, *chart.cautions]
    if chart.person.set_aside is not None:
        cautions.append(chart.person.set_aside)
    if is_deceased(chart, circumstances):
        died = chart.person.deceased_when
        on = f" on {died.first}" if died is not None and died.first is not None and died.first == died.last else ""
        cautions.append(f"recorded as deceased{on}")
    if chart.attestations:
        cautions += lapsed_answers(trial.id, chart, circumstances.as_of, criteria)
    cautions += undated_results(measured, chart, circumstances.as_of)
    cautions += misdated(read, chart, circumstances.as_of)
    return tuple(dict.fromkeys(cautions))


def _reading(name: str, reading: Outcome, proof: CriterionOutcome, kind: CriterionKind) -> ReadingResult:
    if not proof.applies:
        return ReadingResult(name, HOLDS[proof.outcome.truth], "The sentence does not apply to this patient.")
    return ReadingResult(name, HOLDS[reading.truth], sentence(reading_effect(kind, reading)))


def _rests_on_nothing(outcome: Outcome) -> bool:
    """Whether an outcome rests on no resource, nor on a day: then it reads the same for every patient."""
    return not (outcome.evidence or outcome.decided_by or outcome.changes_on)


def _content(outcome: Outcome) -> tuple[object, ...]:
    """All that is told of an outcome that rests on nothing."""
    return (outcome.truth, outcome.reasons, outcome.assumptions, outcome.notes, outcome.noted)


@lru_cache(maxsize=1024)
def _sorted(reasons: frozenset[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons))
