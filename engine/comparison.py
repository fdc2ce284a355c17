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
        differing: set[tuple[str, str]] = set()
        criteria, agreed = mine.criteria, self._agreed.get
        for name, one, other in zip(criteria, criteria.values(), map(theirs.criteria.get, criteria), strict=True):
            before = agreed(id(one))
            if (before is None or before[1] is not other) and (other is None or not self._agree(one, other)):
                differing.add(name)
        differing |= {
            name for name, gate in mine.gates.items() if name not in theirs.gates or not gate.agrees(theirs.gates[name])
        }
        for trial, ours in mine.arms.items():
            if ours != theirs.arms.get(trial) and not any(name[0] == trial for name in differing):
                differing |= {name for name in mine.criteria if name[0] == trial}
        return differing

    def _agree(self, mine: CriterionOutcome, theirs: CriterionOutcome) -> bool:
        if not _agree(mine, theirs):
            return False
        if not mine.outcome.evidence:  # else it is one patient's
            self._agreed.keep(id(mine), (mine, theirs))
        return True


def _agree(one: CriterionOutcome, other: CriterionOutcome) -> bool:
    mine, theirs = one.outcome, other.outcome
    return (
        mine.truth is theirs.truth
        and mine.reasons == theirs.reasons
        and one.applies is other.applies
        and _all_agree(one.atoms, other.atoms)
        and (not (one.readings or other.readings) or _all_agree(one.readings, other.readings))
    )


def _all_agree(some: Mapping[str, Outcome], others: Mapping[str, Outcome]) -> bool:
    if len(some) != len(others):
        return False
    for name, outcome in some.items():
        other = others.get(name)  # `agrees`, without a call for each of a hundred atoms
        if other is None or outcome.truth is not other.truth or outcome.reasons != other.reasons:
            return False
    return True
