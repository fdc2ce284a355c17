"""The result of a trial that could not be evaluated: everything in it is open, and it says so."""

from __future__ import annotations

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ArmResult, AtomResult, CriterionResult, OpenItems, ScreeningResult
from trialsieve.rules.atom import SCREENING, Atom
from trialsieve.rules.trial import EVERY_COHORT, Criterion, Trial
from trialsieve.rules.vocabulary import Effect, Reason, Verdict

FAILED = "The rules could not be evaluated on this record; report this."

_REASONS = (Reason.ENGINE_DISAGREEMENT,)


def unanswered(trial: Trial, chart: Chart, circumstances: Circumstances) -> ScreeningResult:
    """Needs-review in every arm: a failure is a disagreement of the evaluators, never a verdict."""
    stages = [stage for stage in trial.stages if any(criterion.stage == stage for criterion in trial.criteria)]
    arms = tuple(
        _arm(trial, cohort.id, tuple(trial.stages[: trial.stages.index(stage) + 1]))
        for cohort in trial.cohorts
        for stage in dict.fromkeys((SCREENING, *stages))
    )
    cautions = [*chart.cautions, *((chart.person.set_aside,) if chart.person.set_aside is not None else ())]
    return ScreeningResult(
        patient=chart.patient,
        source=chart.source,
        trial=trial.id,
        as_of=circumstances.as_of.isoformat(),
        verdict=Verdict.NEEDS_REVIEW,
        arms=arms,
        cautions=(*dict.fromkeys(cautions), FAILED),
        criteria=tuple(_criterion(criterion) for criterion in trial.criteria),
        findings=(),
        rules_version=trial.version,
        rules_sha256=trial.rules_sha256,
    )


def _arm(trial: Trial, cohort: str, stages: tuple[str, ...]) -> ArmResult:
    names = tuple(
        criterion.id
        for criterion in trial.criteria
        if criterion.cohort in {cohort, EVERY_COHORT} and criterion.stage in stages
    )
    return ArmResult(cohort, stages[-1], Verdict.NEEDS_REVIEW, names, OpenItems(data=names))


def _criterion(criterion: Criterion) -> CriterionResult:
    return CriterionResult(
        id=criterion.id,
        kind=criterion.kind,
        stage=criterion.stage,
        cohort=criterion.cohort,
        text=criterion.text,
        applies=True,
        holds=None,
        effect=Effect.REVIEW,
        reasons=_REASONS,
        explanation=FAILED,
        evidence=(),
        assumptions=(),
        readings=(),
        atoms=tuple(_atom(atom) for atom in criterion.atoms),
        cautions=criterion.cautions,
    )


def _atom(atom: Atom) -> AtomResult:
    return AtomResult(atom.id, atom.quote, None, _REASONS, (), (), FAILED, atom.operand)
