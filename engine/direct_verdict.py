"""Effects, arms and verdicts in the direct evaluator (docs/semantics.md, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Outcome
from trialsieve.rules.model import Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Truth, Verdict

_REGISTRY = frozenset({Reason.REGISTRY_ERROR, Reason.TRUNCATED})
_JUDGEMENT = frozenset({Reason.JUDGEMENT})


def effect(kind: CriterionKind, truth: Truth) -> Effect:
    """Inclusion and infusion: true passes. Exclusion: false passes. Unknown is always review."""
    if truth is Truth.UNKNOWN:
        return Effect.REVIEW
    return Effect.PASS if (truth is Truth.TRUE) != (kind is CriterionKind.EXCLUSION) else Effect.FAIL


def is_deceased(chart: Chart, circumstances: Circumstances) -> bool:
    """Whether the patient died on or before the as-of date (a death without a date counts)."""
    person = chart.person
    if not person.deceased:
        return False
    return person.deceased_when is None or person.deceased_when.starts_by(circumstances.as_of)


def arms(
    trial: Trial,
    chart: Chart,
    circumstances: Circumstances,
    criteria: Mapping[tuple[str, str], CriterionOutcome],
    gates: Mapping[tuple[str, str], Outcome],
) -> tuple[ArmOutcome, ...]:
    """One arm for each cohort at each stage that has a criterion (screening always)."""
    used = {"screening"}.union(criterion.stage for criterion in trial.criteria)
    stages = [stage for stage in trial.stages if stage in used]
    met = ((criterion, criteria[trial.id, criterion.id].outcome) for criterion in trial.criteria)
    unmet = [(each, outcome) for each, outcome in met if effect(each.kind, outcome.truth) is not Effect.PASS]
    return tuple(
        _arm(trial, cohort, stage, chart, circumstances, unmet, gates.get((trial.id, cohort.id)))
        for cohort in trial.cohorts
        for stage in stages
    )


def _arm(
    trial: Trial,
    cohort: Cohort,
    stage: str,
    chart: Chart,
    circumstances: Circumstances,
    unmet: Sequence[tuple[Criterion, Outcome]],
    gate: Outcome | None,
) -> ArmOutcome:
    if is_deceased(chart, circumstances):
        return ArmOutcome(cohort.id, stage, Verdict.INELIGIBLE, ("deceased",))
    reached = trial.stages[: trial.stages.index(stage) + 1]
    failing = ["cohort"] if gate is not None and gate.truth is Truth.FALSE else []
    review = {"cohort": gate.reasons} if gate is not None and gate.truth is Truth.UNKNOWN else {}
    for criterion, outcome in unmet:
        if criterion.cohort not in ("all", cohort.id) or criterion.stage not in reached:
            continue
        if outcome.truth is Truth.UNKNOWN:
            review[criterion.id] = outcome.reasons
        else:
            failing.append(criterion.id)
    registry = tuple(name for name, reasons in review.items() if reasons & _REGISTRY)
    judgement = tuple(name for name, reasons in review.items() if reasons == _JUDGEMENT)
    data = tuple(name for name in review if name not in registry and name not in judgement)
    if failing:
        return ArmOutcome(cohort.id, stage, Verdict.INELIGIBLE, tuple(failing), data, judgement, registry)
    if review:
        return ArmOutcome(cohort.id, stage, Verdict.NEEDS_REVIEW, tuple(review), data, judgement, registry)
    if chart.person.set_aside is not None:
        return ArmOutcome(cohort.id, stage, Verdict.NEEDS_REVIEW, ("patient",))
    return ArmOutcome(cohort.id, stage, Verdict.ELIGIBLE, ())


def verdict(arms_at_screening: list[Verdict]) -> Verdict:
    """Eligible if any arm is; ineligible if all are; else needs-review."""
    if Verdict.ELIGIBLE in arms_at_screening:
        return Verdict.ELIGIBLE
    if all(arm is Verdict.INELIGIBLE for arm in arms_at_screening):
        return Verdict.INELIGIBLE
    return Verdict.NEEDS_REVIEW
