"""Arms: what is counted of a trial's cohorts at their stages, and what their verdicts rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from trialsieve.engine.compile_logic import FALSE, TRUE, UNKNOWN_OTHERWISE
from trialsieve.engine.facts import Person
from trialsieve.engine.forward_logic import Concluded
from trialsieve.engine.outcome import ArmOutcome
from trialsieve.engine.program import ArmPlan, TrialPlan
from trialsieve.rules.errors import EngineError
from trialsieve.rules.vocabulary import Reason, Truth, Verdict

_REGISTRY = frozenset({Reason.REGISTRY_ERROR, Reason.TRUNCATED})
_JUDGEMENT = frozenset({Reason.JUDGEMENT})


class Counts(Enum):
    """What a criterion or gate is to its arms: it passes or fails, or what it waits for in review."""

    __hash__ = object.__hash__  # that of Enum is a Python function

    PASSES = "passes"
    FAILS = "fails"
    DATA = "data"
    JUDGEMENT = "judgement"
    REGISTRY = "registry"


@lru_cache(maxsize=4096)
def counts(truth: Truth, reasons: frozenset[Reason], failing: Truth) -> Counts:
    """What an outcome is to the arms where this truth fails."""
    if truth is not Truth.UNKNOWN:
        return Counts.FAILS if truth is failing else Counts.PASSES
    if reasons & _REGISTRY:
        return Counts.REGISTRY
    return Counts.JUDGEMENT if reasons == _JUDGEMENT else Counts.DATA


@dataclass(frozen=True, slots=True)
class Arm:
    """A cohort at a stage: its gate, the criteria that fail, and those in review."""

    plan: ArmPlan
    gate: Counts
    failing: tuple[str, ...]
    review: tuple[tuple[str, Counts], ...]
    deceased: bool
    set_aside: bool

    @property
    def tally(self) -> tuple[int, ...]:
        """The values of the arm's fact (`compile_tests.ARM`)."""
        return (
            len(self.failing),
            len(self.review),
            _GATES.get(self.gate, UNKNOWN_OTHERWISE),
            int(self.deceased),
            int(self.set_aside),
        )


_GATES = {Counts.PASSES: TRUE, Counts.FAILS: FALSE}


def is_deceased(person: Person, as_of: date) -> bool:
    """Whether somebody has died by that day; a death without a day counts."""
    return person.deceased and (person.deceased_when is None or person.deceased_when.starts_by(as_of))


def arms_of(
    trial: TrialPlan, criteria: Sequence[Counts], gates: Mapping[str, Counts], *, deceased: bool, set_aside: bool
) -> list[Arm]:
    """The arms of a trial, from its criteria in their order and its gates by cohort."""
    named = [(plan.criterion.id, one) for plan, one in zip(trial.criteria, criteria, strict=True)]
    failing = [name for name, one in named if one is Counts.FAILS]
    review = [(name, one) for name, one in named if one is not Counts.FAILS and one is not Counts.PASSES]
    return [
        Arm(
            arm,
            gates.get(arm.cohort, Counts.PASSES),
            tuple(name for name in failing if name in arm.criteria),
            tuple((name, one) for name, one in review if name in arm.criteria),
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
    failing = (("cohort",) if arm.gate is Counts.FAILS else ()) + arm.failing
    review = (() if arm.gate in _GATES else (("cohort", arm.gate),)) + arm.review
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
        open_data=tuple(name for name, one in review if one is Counts.DATA),
        open_judgement=tuple(name for name, one in review if one is Counts.JUDGEMENT),
        open_registry=tuple(name for name, one in review if one is Counts.REGISTRY),
    )
