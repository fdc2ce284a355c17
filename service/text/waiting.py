"""What an arm's open criteria wait for, as people are told it.

The public lists of a result name each criterion but once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialsieve.engine.result import ArmResult, CriterionResult
from trialsieve.rules.vocabulary import CriterionKind, Reason
from trialsieve.service.text.words import GATE, limiting_words

PRESUMED = "presumed"  # the reading of a text on hold that its author took to be meant
HELD = frozenset({Reason.REGISTRY_ERROR, Reason.TRUNCATED})
NOT_DATA = HELD | {Reason.JUDGEMENT}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Ids by what they wait for. What waits for the registry waits for data too where a new result may settle it.

    `would_fail`: those on hold that fail as presumed to be meant.
    """

    data: tuple[str, ...]
    judgement: tuple[str, ...]
    registry: tuple[str, ...]
    would_fail: tuple[str, ...]

    def words(self, among: Iterable[str] | None = None) -> list[str]:
        """`data (I03, I05)`, `judgement (X09)` and so on; of these ids alone, if any are given."""
        wanted = None if among is None else {*among, GATE}
        told = ((self.data, "data"), (self.judgement, "judgement"), (self.registry, "the registry"))
        kept = [([name for name in names if wanted is None or name in wanted], what) for names, what in told]
        return [f"{what} ({limiting_words(names)})" for names, what in kept if names]


def waiting_of(arm: ArmResult, criteria: Sequence[CriterionResult]) -> Waiting:
    """What the arm's open criteria wait for."""
    held = [each for each in criteria if each.id in arm.open.registry and not HELD.isdisjoint(each.reasons)]
    of_data = {criterion.id for criterion in held if not NOT_DATA.issuperset(criterion.reasons)} | {*arm.open.data}
    places = [GATE, *(criterion.id for criterion in criteria)]
    return Waiting(
        data=tuple(sorted(of_data, key=lambda name: places.index(name) if name in places else -1)),
        judgement=arm.open.judgement,
        registry=arm.open.registry,
        would_fail=tuple(criterion.id for criterion in held if _would_fail(criterion)),
    )


def open_count(arm: ArmResult) -> int:
    """How many criteria of an arm are open, its cohort's own condition among them."""
    return len(arm.open.data) + len(arm.open.judgement) + len(arm.open.registry)


def _would_fail(criterion: CriterionResult) -> bool:
    excludes = criterion.kind is CriterionKind.EXCLUSION
    return any(reading.name == PRESUMED and reading.holds is excludes for reading in criterion.readings)
