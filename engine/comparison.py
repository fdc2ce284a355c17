"""Whether the two evaluators agree: on every criterion with its atoms and readings, every gate and every arm."""

from __future__ import annotations

from collections.abc import Mapping

from trialsieve.engine.outcome import CriterionOutcome, Evaluation, Outcome
from trialsieve.rules.kept import Kept

_KEPT = 2_000  # pairs of outcomes that agree; more hold what is one patient's and finds nothing again


class Comparison:
    """Compares evaluations. What both evaluators keep, and so give again and again, is compared once."""

    def __init__(self) -> None:
        # By the identity of the first of a pair; the pair is held, so that its identities stay its own.
        self._agreed: Kept[int, tuple[CriterionOutcome, CriterionOutcome]] = Kept(_KEPT)

    def differences(self, mine: Evaluation, theirs: Evaluation | None) -> set[tuple[str, str]]:
        """The criteria and gates on which they differ; all of them where there is nothing to compare with."""
        if theirs is None:
            return set(mine.criteria) | set(mine.gates)
        differing = {name for name, one in mine.criteria.items() if not self._agree(one, theirs.criteria.get(name))}
        differing |= {
            name for name, gate in mine.gates.items() if name not in theirs.gates or not gate.agrees(theirs.gates[name])
        }
        for trial, ours in mine.arms.items():
            if ours != theirs.arms.get(trial) and not any(name[0] == trial for name in differing):
                differing |= {name for name in mine.criteria if name[0] == trial}
        return differing

    def _agree(self, mine: CriterionOutcome, theirs: CriterionOutcome | None) -> bool:
        before = self._agreed.get(id(mine))
        if before is not None and before[0] is mine and before[1] is theirs:
            return True
        if theirs is None or not _agree(mine, theirs):
            return False
        if not mine.outcome.evidence:  # else it is one patient's
            self._agreed.keep(id(mine), (mine, theirs))
        return True


def _agree(one: CriterionOutcome, other: CriterionOutcome) -> bool:
    return (
        one.applies == other.applies
        and one.outcome.agrees(other.outcome)
        and _all_agree(one.atoms, other.atoms)
        and _all_agree(one.readings, other.readings)
    )


def _all_agree(some: Mapping[str, Outcome], others: Mapping[str, Outcome]) -> bool:
    if len(some) != len(others):
        return False
    for name, outcome in some.items():
        other = others.get(name)
        if other is None or not outcome.agrees(other):
            return False
    return True
