"""Arms: what is counted of a trial's cohorts at their stages, and what their verdicts rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trialsieve.engine.compile_logic import operand_value
from trialsieve.engine.facts import Person
from trialsieve.engine.forward_fold import TRUE
from trialsieve.engine.forward_logic import Concluded
from trialsieve.engine.outcome import ArmOutcome, Outcome
from trialsieve.engine.program import ArmPlan, TrialPlan
from trialsieve.rules.errors import EngineError
from trialsieve.rules.vocabulary import CriterionKind, Reason, Truth, Verdict

_REGISTRY = frozenset({Reason.REGISTRY_ERROR, Reason.TRUNCATED})
_JUDGEMENT = frozenset({Reason.JUDGEMENT})


@dataclass(frozen=True, slots=True)
class Arm:
    """A cohort at a stage: its gate, the criteria that fail, and those in review with their reasons."""

    plan: ArmPlan
    gate: Outcome
    failing: tuple[str, ...]
    review: tuple[tuple[str, frozenset[Reason]], ...]
    deceased: bool
    set_aside: bool

    @property
    def tally(self) -> tuple[int, ...]:
        """The values of the arm's fact (`compile_tests.ARM`)."""
        return (
            len(self.failing),
            len(self.review),
            operand_value(self.gate.truth, self.gate.reasons),
            int(self.deceased),
            int(self.set_aside),
        )


def is_deceased(person: Person, as_of: date) -> bool:
    return person.deceased and (person.deceased_when is None or person.deceased_when.starts_by(as_of))


def arms_of(
    trial: TrialPlan, outcomes: Sequence[Outcome], gates: Mapping[str, Outcome], *, deceased: bool, set_aside: bool
) -> list[Arm]:
    """The arms of a trial, from its criteria's outcomes in their order and its gates by cohort."""
    failing: list[str] = []
    review: list[tuple[str, frozenset[Reason]]] = []
    for plan, outcome in zip(trial.criteria, outcomes, strict=True):
        if outcome.truth is Truth.UNKNOWN:
            review.append((plan.criterion.id, outcome.reasons))
        elif (outcome.truth is Truth.TRUE) is (plan.criterion.kind is CriterionKind.EXCLUSION):
            failing.append(plan.criterion.id)
    return [
        Arm(
            arm,
            gates.get(arm.cohort, TRUE),
            tuple(name for name in failing if name in arm.criteria),
            tuple((name, why) for name, why in review if name in arm.criteria),
            deceased,
            set_aside,
        )
        for arm in trial.arms
    ]


def arm_outcome(arm: Arm, concluded: Concluded) -> ArmOutcome:
    """The arm with the verdict that the rules gave it."""
    if len(concluded.truths) != 1:
        raise EngineError(f"{arm.plan.name}: the rule engine gave {len(concluded.truths)} verdicts, not one")
    verdict = Verdict(next(iter(concluded.truths)))
    gate = arm.gate.truth
    failing = (("cohort",) if gate is Truth.FALSE else ()) + arm.failing
    review = ((("cohort", arm.gate.reasons),) if gate is Truth.UNKNOWN else ()) + arm.review
    limiting: tuple[str, ...] = ()
    if arm.deceased:
        limiting, review = ("deceased",), ()
    elif verdict is Verdict.INELIGIBLE:
        limiting = failing
    elif verdict is Verdict.NEEDS_REVIEW:
        limiting = tuple(name for name, _ in review) or ("patient",)
    return ArmOutcome(
        cohort=arm.plan.cohort,
        stage=arm.plan.stage,
        verdict=verdict,
        limiting=limiting,
        open_data=tuple(name for name, why in review if why != _JUDGEMENT and not why & _REGISTRY),
        open_judgement=tuple(name for name, why in review if why == _JUDGEMENT),
        open_registry=tuple(name for name, why in review if why & _REGISTRY),
    )
