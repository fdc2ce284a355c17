"""Where patients are lost: criterion by criterion in the protocol's order, and whatever the order.

Unknown is a band of its own. It is never counted as lost, nor as kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.trial import EVERY_COHORT
from trialsieve.service.report.screened import (
    FAIL,
    REVIEW,
    CriterionHead,
    Effects,
    TrialHead,
    TrialRows,
    before_criteria,
)
from trialsieve.service.text.words import GATE


@dataclass(slots=True)
class Step:
    """One criterion of an arm's funnel; the first step, of none, is who is alive and of the cohort.

    In order: of those not lost before, `lost` here; afterwards `open` have something unknown, `kept` pass all so far.
    Whatever the order: it fails for `fails` and is unknown for `unknown`; `alone` are lost by it and by nothing else,
    and of these `gained` would be eligible without it; `last_open` are those for whom it alone is unknown.
    """

    criterion: CriterionHead | None
    lost: int = 0
    open: int = 0
    kept: int = 0
    fails: int = 0
    unknown: int = 0
    alone: int = 0
    gained: int = 0
    last_open: int = 0

    @property
    def name(self) -> str:
        return GATE if self.criterion is None else self.criterion.id


@dataclass(slots=True)
class Funnel:
    """A cohort of a trial at the screening stage. `steps` begins with who is of the cohort at all."""

    cohort: str
    patients: int = 0
    steps: list[Step] = field(default_factory=list)

    @property
    def eligible(self) -> int:
        return self.steps[-1].kept if self.steps else 0

    @property
    def open(self) -> int:
        return self.steps[-1].open if self.steps else 0

    @property
    def ineligible(self) -> int:
        return self.patients - self.eligible - self.open


class Attrition:
    """The funnel of each of a trial's cohorts, in the making."""

    def __init__(self, trial: TrialHead) -> None:
        self._criteria = trial.criteria
        self.funnels = [_empty(trial, cohort) for cohort in trial.cohorts]

    def add(self, rows: TrialRows) -> None:
        """The patients of one file."""
        for funnel in self.funnels:
            columns = [number for number, each in enumerate(self._criteria) if _is_of(each, funnel.cohort)]
            before = before_criteria(rows.arms, funnel.cohort)
            _add(funnel, np.column_stack([before, rows.effects[:, columns]]))


def _is_of(criterion: CriterionHead, cohort: str) -> bool:
    return criterion.stage == SCREENING and criterion.cohort in (cohort, EVERY_COHORT)


def _empty(trial: TrialHead, cohort: str) -> Funnel:
    return Funnel(cohort, steps=[Step(None), *(Step(each) for each in trial.criteria if _is_of(each, cohort))])


def _add(funnel: Funnel, effects: Effects) -> None:
    funnel.patients += len(effects)
    failed: npt.NDArray[np.bool_] = effects == FAIL
    unknown: npt.NDArray[np.bool_] = effects == REVIEW
    failing, waiting = failed.sum(axis=1), unknown.sum(axis=1)
    inside = np.ones(len(effects), dtype=bool)
    undecided = np.zeros(len(effects), dtype=bool)
    for number, step in enumerate(funnel.steps):
        step.lost += int((inside & failed[:, number]).sum())
        inside &= ~failed[:, number]
        undecided |= unknown[:, number]
        step.open += int((inside & undecided).sum())
        step.kept += int((inside & ~undecided).sum())
        step.fails += int(failed[:, number].sum())
        step.unknown += int(unknown[:, number].sum())
        alone = failed[:, number] & (failing == 1)
        step.alone += int(alone.sum())
        step.gained += int((alone & (waiting == 0)).sum())
        step.last_open += int((unknown[:, number] & (failing == 0) & (waiting == 1)).sum())
