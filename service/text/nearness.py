"""How near a result is to eligible, and which of several cohorts is the nearest; the same wherever people are told."""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.engine.result import ArmResult, CriterionResult, ScreeningResult
from trialsieve.rules.atom import SCREENING
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.text.waiting import open_count, waiting_of

Nearness = tuple[int, ...]


def nearest_arm(result: ScreeningResult) -> ArmResult:
    """The cohort at screening that is nearest to eligible, whence the verdict; of equally near ones the first."""
    arms = [arm for arm in result.arms if arm.stage == SCREENING]
    return arms[0] if len(arms) == 1 else min(arms, key=lambda arm: _nearness(arm, result.criteria))


def nearness(result: ScreeningResult) -> Nearness:
    """How near to eligible the nearest cohort is, smallest first."""
    return _nearness(nearest_arm(result), result.criteria)


def _nearness(arm: ArmResult, criteria: Sequence[CriterionResult]) -> Nearness:
    """Eligible; needs-review; ineligible; the deceased.

    Needs-review by the fewest criteria that would fail as their texts on hold are presumed to be meant, then by the
    fewest that wait for data, then by the fewest open ones; ineligible by the fewest that fail, then by the fewest
    open ones.
    """
    if arm.verdict is Verdict.ELIGIBLE:
        return (0, 0, 0)
    if arm.verdict is Verdict.NEEDS_REVIEW:
        waiting = waiting_of(arm, criteria)
        return (1, len(waiting.would_fail), len(waiting.data), open_count(arm))
    return (3, 0, 0) if "deceased" in arm.limiting else (2, len(arm.limiting), open_count(arm))
