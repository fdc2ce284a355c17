"""From an evaluation to its explained result. What rests on no resource recurs, and is explained once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from trialsieve.engine.direct_verdict import effect, is_deceased, verdict
from trialsieve.engine.explanation import CriterionWords, Words
from trialsieve.engine.explanation_atoms import AtomWords, dated
from trialsieve.engine.facts import Chart
from trialsieve.engine.lapsed_answers import lapsed_answers
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Evaluation, Outcome
from trialsieve.engine.phrases import in_words
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
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import (
    Atom,
    Finding,
    FindingHolds,
    Measurement,
    QualitativeResult,
    Recorded,
    RuleBook,
    Trial,
)
from trialsieve.rules.vocabulary import Reason

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
        # By the identity of what an evaluator keeps too; it is held, so that its identity stays its own.
        self._of_outcome: Kept[int, tuple[CriterionOutcome, CriterionResult]] = Kept(_KEPT)
        self._criteria: Kept[tuple[object, ...], CriterionResult] = Kept(_KEPT)
        self._atoms: Kept[tuple[object, ...], _Told] = Kept(_KEPT)

    def result(
        self, trial: Trial, chart: Chart, circumstances: Circumstances, evaluation: Evaluation, *, findings: bool
    ) -> ScreeningResult:
        """The result of one trial; `findings`: with the shared findings that its criteria reached."""
        arms = evaluation.arms[trial.id]
        return ScreeningResult(
            patient=chart.patient,
            source=chart.source,
            trial=trial.id,
            as_of=circumstances.as_of.isoformat(),
            verdict=verdict([arm.verdict for arm in arms if arm.stage == "screening"]),
            arms=tuple(map(_arm, arms)),
            cautions=_cautions(trial.id, chart, circumstances, evaluation.criteria),
            criteria=self._explained(self._rules[trial.id], evaluation.criteria),
            findings=self._findings(trial, evaluation) if findings else (),
            rules_version=trial.version,
            rules_sha256=trial.rules_sha256,
        )

    def _explained(
        self, rules: Sequence[_Rule], outcomes: Mapping[tuple[str, str], CriterionOutcome]
    ) -> tuple[CriterionResult, ...]:
        known_of = self._of_outcome.get
        explained = []
        for name, words in rules:
            outcome = outcomes[name]
            known = known_of(id(outcome))
            explained.append(
                known[1] if known is not None and known[0] is outcome else self._of_any(name, words, outcome)
            )
        return tuple(explained)

    def _of_any(self, name: tuple[str, str], words: CriterionWords, proof: CriterionOutcome) -> CriterionResult:
        key = _same_for_all(name, proof)
        if key is None:
            return self._criterion(words, proof)
        result = self._criteria.get(key)
        if result is None:
            result = self._criterion(words, proof)
            self._criteria.keep(key, result)
        self._of_outcome.keep(id(proof), (proof, result))
        return result

    def _criterion(self, words: CriterionWords, proof: CriterionOutcome) -> CriterionResult:
        criterion, outcome, atoms = words.criterion, proof.outcome, proof.atoms
        told = [self._atom(each, atoms[each.atom.id]) for each in words.atoms]
        return CriterionResult(  # not by name, which takes ten times as long
            criterion.id,
            criterion.kind,
            criterion.stage,
            criterion.cohort,
            criterion.text,
            proof.applies,
            holds_of(outcome.truth),
            effect(criterion.kind, outcome.truth),
            _sorted(outcome.reasons),
            words.explanation(proof, [sentences for _, sentences in told]),
            outcome.evidence,
            outcome.assumptions,
            tuple([_reading(name, reading, proof) for name, reading in proof.readings.items()]),
            tuple([atom for atom, _ in told]),
            criterion.cautions,
            None if outcome.changes_on is None else outcome.changes_on.isoformat(),
        )

    def _atom(self, words: AtomWords, outcome: Outcome) -> _Told:
        if outcome.evidence or outcome.decided_by or outcome.changes_on is not None:
            return _told(words, outcome)
        key = (id(words), outcome.truth, outcome.reasons, outcome.assumptions, outcome.notes)
        told = self._atoms.get(key)
        if told is None:
            told = _told(words, outcome)
            self._atoms.keep(key, told)
        return told

    # --- findings ---------------------------------------------------------------------------------------------------

    def _findings(self, trial: Trial, evaluation: Evaluation) -> tuple[FindingResult, ...]:
        reached: dict[str, None] = {}
        atoms = [atom for criterion in trial.criteria for atom in criterion.atoms]
        atoms += [cohort.gate for cohort in trial.cohorts if cohort.gate is not None]
        self._reach(atoms, evaluation.finding_atoms, reached)
        return tuple(
            self._finding(finding, evaluation.findings[name], evaluation.finding_atoms[name])
            for name, finding in self._book.findings.items()
            if name in reached
        )

    def _reach(
        self, atoms: Sequence[Atom], evaluated: Mapping[str, Mapping[str, Outcome]], reached: dict[str, None]
    ) -> None:
        """Every finding that the atoms read, directly or through another, and that was needed."""
        for atom in atoms:
            for name in _read_by(atom):
                if name in evaluated and name not in reached:
                    reached[name] = None
                    self._reach(self._book.findings[name].atoms, evaluated, reached)

    def _finding(self, finding: Finding, outcome: Outcome, atoms: Mapping[str, Outcome]) -> FindingResult:
        return FindingResult(
            id=finding.id,
            title=finding.title,
            holds=holds_of(outcome.truth),
            reasons=_sorted(outcome.reasons),
            evidence=outcome.evidence,
            explanation=self._words.finding(finding.id).explanation(outcome),
            rule=f"{finding.path}:{finding.line}",
            atoms=tuple(
                self._atom(self._words.atom(atom), atoms[atom.id])[0] for atom in finding.atoms if atom.id in atoms
            ),
        )


def _told(words: AtomWords, outcome: Outcome) -> _Told:
    atom, sentences = words.atom, words.sentences(outcome)
    result = AtomResult(
        atom.id,
        atom.quote,
        holds_of(outcome.truth),
        _sorted(outcome.reasons),
        outcome.evidence,
        outcome.assumptions,
        dated(sentences, outcome),
        atom.operand,
        atom.test.finding if isinstance(atom.test, FindingHolds) else None,
    )
    return result, sentences


def _arm(arm: ArmOutcome) -> ArmResult:
    waits = OpenItems(arm.open_data, arm.open_judgement, arm.open_registry)
    return ArmResult(arm.cohort, arm.stage, arm.verdict, arm.limiting, waits)


def _cautions(
    trial: str, chart: Chart, circumstances: Circumstances, criteria: Mapping[tuple[str, str], CriterionOutcome]
) -> tuple[str, ...]:
    cautions = list(chart.cautions)
    if chart.person.set_aside is not None:
        cautions.append(chart.person.set_aside)
    if is_deceased(chart, circumstances):
        died = chart.person.deceased_when
        on = f" on {died.first}" if died is not None and died.first is not None and died.first == died.last else ""
        cautions.append(f"recorded as deceased{on}")
    if chart.attestations:
        cautions += lapsed_answers(trial, chart, circumstances.as_of, criteria)
    return tuple(dict.fromkeys(cautions))


def _reading(name: str, reading: Outcome, proof: CriterionOutcome) -> ReadingResult:
    if not proof.applies:
        return ReadingResult(name, holds_of(proof.outcome.truth), "The sentence does not apply to this patient.")
    why_not = f" ({in_words(reading.reasons)})" if reading.reasons else ""
    said = f"Read so, the sentence is {reading.truth.value} of this patient{why_not}."
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


def _same_for_all(name: tuple[str, str], proof: CriterionOutcome) -> tuple[object, ...] | None:
    """A key for what reads the same for every patient, since it rests on no resource; else None."""
    if proof.outcome.evidence:  # nearly always, where there is any
        return None
    outcomes = [proof.outcome, *proof.atoms.values(), *proof.readings.values()]
    if any(outcome.evidence for outcome in outcomes):
        return None
    return (name, proof.applies, *[(each.truth, each.reasons, each.assumptions, each.notes) for each in outcomes])


@lru_cache(maxsize=1024)
def _sorted(reasons: frozenset[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons))
