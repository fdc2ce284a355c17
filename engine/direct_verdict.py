"""Effects, arms and verdicts in the direct evaluator (docs/semantics.md, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Outcome
from trialsieve.rules.model import Trial
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
    return TrialArms(trial).decided(chart, circumstances, criteria, gates)


@dataclass(frozen=True, slots=True)
class _Arm:
    cohort: str
    stage: str
    criteria: frozenset[str]  # those of its cohort and of all, up to its stage


class TrialArms:
    """The arms of a trial, and which criteria decide each."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial.id
        self._passing = [(each.id, (trial.id, each.id), _passing(each.kind)) for each in trial.criteria]
        used = {"screening"}.union(criterion.stage for criterion in trial.criteria)
        self._arms = [
            _Arm(cohort.id, stage, _deciding(trial, cohort.id, trial.stages[: index + 1]))
            for cohort in trial.cohorts
            for index, stage in enumerate(trial.stages)
            if stage in used
        ]

    def decided(
        self,
        chart: Chart,
        circumstances: Circumstances,
        criteria: Mapping[tuple[str, str], CriterionOutcome],
        gates: Mapping[tuple[str, str], Outcome],
    ) -> tuple[ArmOutcome, ...]:
        """What the outcomes of the criteria and gates make of each."""
        if is_deceased(chart, circumstances):
            return tuple(ArmOutcome(arm.cohort, arm.stage, Verdict.INELIGIBLE, ("deceased",)) for arm in self._arms)
        met = [(name, criteria[key].outcome, passing) for name, key, passing in self._passing]
        unmet = [(name, outcome) for name, outcome, passing in met if outcome.truth is not passing]
        set_aside = chart.person.set_aside is not None
        return tuple([_arm(arm, unmet, gates.get((self._trial, arm.cohort)), set_aside) for arm in self._arms])


def _passing(kind: CriterionKind) -> Truth:
    return Truth.TRUE if effect(kind, Truth.TRUE) is Effect.PASS else Truth.FALSE


def _deciding(trial: Trial, cohort: str, reached: Sequence[str]) -> frozenset[str]:
    return frozenset(each.id for each in trial.criteria if each.cohort in ("all", cohort) and each.stage in reached)


def _arm(arm: _Arm, unmet: Sequence[tuple[str, Outcome]], gate: Outcome | None, set_aside: bool) -> ArmOutcome:
    asked = [(name, outcome) for name, outcome in unmet if name in arm.criteria]
    if gate is not None and gate.truth is not Truth.TRUE:
        asked.insert(0, ("cohort", gate))
    failing = tuple([name for name, outcome in asked if outcome.truth is not Truth.UNKNOWN])
    review = {name: outcome.reasons for name, outcome in asked if outcome.truth is Truth.UNKNOWN}
    registry = tuple([name for name, reasons in review.items() if not reasons.isdisjoint(_REGISTRY)])
    judgement = tuple([name for name, reasons in review.items() if reasons == _JUDGEMENT])
    data = tuple([name for name in review if name not in registry and name not in judgement])
    if failing:
        return ArmOutcome(arm.cohort, arm.stage, Verdict.INELIGIBLE, failing, data, judgement, registry)
    if review:
        return ArmOutcome(arm.cohort, arm.stage, Verdict.NEEDS_REVIEW, tuple(review), data, judgement, registry)
    if set_aside:
        return ArmOutcome(arm.cohort, arm.stage, Verdict.NEEDS_REVIEW, ("patient",))
    return ArmOutcome(arm.cohort, arm.stage, Verdict.ELIGIBLE, ())


def verdict(arms_at_screening: list[Verdict]) -> Verdict:
    """Eligible if any arm is; ineligible if all are; else needs-review."""
    if Verdict.ELIGIBLE in arms_at_screening:
        return Verdict.ELIGIBLE
    if all(arm is Verdict.INELIGIBLE for arm in arms_at_screening):
        return Verdict.INELIGIBLE
    return Verdict.NEEDS_REVIEW
