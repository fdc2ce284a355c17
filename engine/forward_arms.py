"""Arms: a trial's cohorts at their stages, what is counted of each, and what its verdict rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialsieve.engine.compile_logic import operand_value
from trialsieve.engine.facts import Person
from trialsieve.engine.forward_fold import TRUE
from trialsieve.engine.forward_logic import Concluded
from trialsieve.engine.outcome import ArmOutcome, CriterionOutcome, Outcome
from trialsieve.rules.errors import EngineError
from trialsieve.rules.model import Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind, Reason, Truth, Verdict

_REGISTRY = frozenset({Reason.REGISTRY_ERROR, Reason.TRUNCATED})
_JUDGEMENT = frozenset({Reason.JUDGEMENT})


@dataclass(frozen=True, slots=True)
class Arm:
    """A cohort at a stage: its gate, the criteria that fail, and those in review with their reasons."""

    trial: str
    cohort: str
    stage: str
    gate: Outcome
    failing: tuple[str, ...]
    review: tuple[tuple[str, frozenset[Reason]], ...]

    @property
    def name(self) -> str:
        return f"{self.trial} {self.cohort} {self.stage}"

    def tally(self, person: Person, as_of: date) -> tuple[int, ...]:
        """The values of the arm's fact (`compile_tests.ARM`)."""
        return (
            len(self.failing),
            len(self.review),
            operand_value(self.gate.truth, self.gate.reasons),
            int(is_deceased(person, as_of)),
            int(person.set_aside is not None),
        )


def is_deceased(person: Person, as_of: date) -> bool:
    return person.deceased and (person.deceased_when is None or person.deceased_when.starts_by(as_of))


def arms_of(
    trial: Trial,
    results: Mapping[tuple[str, str], CriterionOutcome],
    gates: Mapping[tuple[str, str], Outcome],
) -> Iterator[Arm]:
    """The arms of a trial; an arm's criteria are its cohort's and those of all, at its stage and every earlier one."""
    failing: list[Criterion] = []
    review: list[tuple[Criterion, frozenset[Reason]]] = []
    for criterion in trial.criteria:
        outcome = results[trial.id, criterion.id].outcome
        if outcome.truth is Truth.UNKNOWN:
            review.append((criterion, outcome.reasons))
        elif (outcome.truth is Truth.TRUE) is (criterion.kind is CriterionKind.EXCLUSION):
            failing.append(criterion)
    used = {"screening"}.union(criterion.stage for criterion in trial.criteria)
    for cohort in trial.cohorts:
        gate = gates.get((trial.id, cohort.id), TRUE)
        cohorts, stages = (cohort.id, "all"), []
        for stage in trial.stages:
            stages.append(stage)
            if stage in used:
                yield Arm(
                    trial.id,
                    cohort.id,
                    stage,
                    gate,
                    tuple(one.id for one in failing if one.cohort in cohorts and one.stage in stages),
                    tuple((one.id, why) for one, why in review if one.cohort in cohorts and one.stage in stages),
                )


def arm_outcome(arm: Arm, concluded: Concluded, person: Person, as_of: date) -> ArmOutcome:
    """The arm with the verdict that the rules gave it."""
    if len(concluded.truths) != 1:
        raise EngineError(f"{arm.name}: the rule engine gave {len(concluded.truths)} verdicts, not one")
    verdict = Verdict(next(iter(concluded.truths)))
    gate = arm.gate.truth
    failing = (("cohort",) if gate is Truth.FALSE else ()) + arm.failing
    review = ((("cohort", arm.gate.reasons),) if gate is Truth.UNKNOWN else ()) + arm.review
    limiting: tuple[str, ...] = ()
    if is_deceased(person, as_of):
        limiting, review = ("deceased",), ()
    elif verdict is Verdict.INELIGIBLE:
        limiting = failing
    elif verdict is Verdict.NEEDS_REVIEW:
        limiting = tuple(name for name, _ in review) or ("patient",)
    return ArmOutcome(
        cohort=arm.cohort,
        stage=arm.stage,
        verdict=verdict,
        limiting=limiting,
        open_data=tuple(name for name, why in review if why != _JUDGEMENT and not why & _REGISTRY),
        open_judgement=tuple(name for name, why in review if why == _JUDGEMENT),
        open_registry=tuple(name for name, why in review if why & _REGISTRY),
    )
