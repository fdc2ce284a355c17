"""Effects, arms and verdicts in the direct evaluator (docs/semantics.md, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import ArmOutcome, Circumstances, CriterionOutcome, Outcome
from trialsieve.rules.atom import SCREENING
from trialsieve.rules.trial import EVERY_COHORT, Trial
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, CriterionKind, Effect, Reason, Truth, Verdict

_REGISTRY = frozenset({Reason.REGISTRY_ERROR, Reason.TRUNCATED})
_JUDGEMENT = frozenset({Reason.JUDGEMENT})
_FAILING, _OPEN_DATA, _OPEN_JUDGEMENT, _OPEN_REGISTRY = range(4)  # the lists of an arm, in their order
_PASS, _FAIL, _REVIEW, _EXCLUSION = Effect.PASS, Effect.FAIL, Effect.REVIEW, CriterionKind.EXCLUSION
_ELIGIBLE, _INELIGIBLE, _NEEDS_REVIEW = Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.NEEDS_REVIEW


def effect(kind: CriterionKind, truth: Truth) -> Effect:
    """Inclusion and infusion: true passes. Exclusion: false passes. Unknown is always review."""
    if truth is UNKNOWN:
        return _REVIEW
    return _PASS if (truth is TRUE) != (kind is _EXCLUSION) else _FAIL


def is_deceased(chart: Chart, circumstances: Circumstances) -> bool:
    """Whether the patient died on or before the as-of date (a death without a date counts)."""
    person = chart.person
    if not person.deceased:
        return False
    return person.deceased_when is None or person.deceased_when.starts_by(circumstances.as_of)


@dataclass(frozen=True, slots=True)
class _Arm:
    cohort: str
    stage: str
    criteria: frozenset[str]  # those of its cohort and of all, up to its stage


class TrialArms:
    """The arms of a trial, one for each cohort at each stage that has a criterion (screening always)."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial.id
        self._passing = [(each.id, (trial.id, each.id), _passing(each.kind)) for each in trial.criteria]
        used = {SCREENING}.union(criterion.stage for criterion in trial.criteria)
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
        unmet = [
            (name, _limit(outcome.reasons))
            for name, key, passing in self._passing
            if (outcome := criteria[key].outcome).truth is not passing
        ]
        set_aside = chart.person.set_aside is not None
        return tuple([_arm(arm, unmet, gates.get((self._trial, arm.cohort)), set_aside) for arm in self._arms])


def _passing(kind: CriterionKind) -> Truth:
    return TRUE if effect(kind, TRUE) is Effect.PASS else FALSE


def _deciding(trial: Trial, cohort: str, reached: Sequence[str]) -> frozenset[str]:
    return frozenset(
        each.id for each in trial.criteria if each.cohort in (EVERY_COHORT, cohort) and each.stage in reached
    )


@lru_cache(maxsize=1024)
def _limit(reasons: frozenset[Reason]) -> int:
    """Which of the lists of an arm something is in that does not pass, for these reasons or because it fails."""
    if not reasons:
        return _FAILING
    if not reasons.isdisjoint(_REGISTRY):
        return _OPEN_REGISTRY
    return _OPEN_JUDGEMENT if reasons == _JUDGEMENT else _OPEN_DATA


def _arm(arm: _Arm, unmet: Sequence[tuple[str, int]], gate: Outcome | None, set_aside: bool) -> ArmOutcome:
    asked = [each for each in unmet if each[0] in arm.criteria]
    if gate is not None and gate.truth is not TRUE:
        asked.insert(0, ("cohort", _limit(gate.reasons)))
    if not asked:
        if set_aside:
            return ArmOutcome(arm.cohort, arm.stage, _NEEDS_REVIEW, ("patient",))
        return ArmOutcome(arm.cohort, arm.stage, _ELIGIBLE, ())
    limits: tuple[list[str], ...] = [], [], [], []
    for name, limit in asked:
        limits[limit].append(name)
    failing, *review = map(tuple, limits)
    if failing:
        return ArmOutcome(arm.cohort, arm.stage, _INELIGIBLE, failing, *review)
    return ArmOutcome(arm.cohort, arm.stage, _NEEDS_REVIEW, tuple([name for name, _ in asked]), *review)


def verdict(arms_at_screening: list[Verdict]) -> Verdict:
    """Eligible if any arm is; ineligible if all are; else needs-review."""
    if Verdict.ELIGIBLE in arms_at_screening:
        return Verdict.ELIGIBLE
    if all(arm is Verdict.INELIGIBLE for arm in arms_at_screening):
        return Verdict.INELIGIBLE
    return Verdict.NEEDS_REVIEW
