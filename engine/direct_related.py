"""How a result is dated by findings and other facts, in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, add
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import Span


@dataclass(frozen=True, slots=True)
class Related:
    """What a result is dated by besides windows: it comes after a finding, and is not older than other facts."""

    after: Outcome | None
    within: Span | None
    since: tuple[Fact, ...] | None

    @property
    def undated(self) -> bool:
        """Whether there is no date to go by."""
        return (self.after is not None and self.after.when is None) or any(
            fact.when is None for fact in self.since or ()
        )

    def keeps(self, fact: Fact) -> bool:
        """Whether a result is one to look at: it is not surely at another time."""
        when = fact.when
        if when is None:
            return True
        others = [other.when for other in self.since or () if other.when is not None]
        if others and all(when.surely_before(other) for other in others):
            return False
        if self.after is None or self.after.when is None:
            return True
        latest = self._until(self.after.when.last)
        too_late = latest is not None and when.first is not None and when.first > latest
        return not when.surely_before(self.after.when) and not too_late

    def surely(self, fact: Fact, when: DateInterval) -> bool:
        """Whether a dated result surely is of that time, as far as there are dates to go by."""
        if not self._is_since(fact, when):
            return False
        if self.after is None or self.after.when is None:
            return True
        earliest = self._until(self.after.when.first)
        if self.within is not None and (earliest is None or when.last is None or when.last > earliest):
            return False
        return when.surely_after(self.after.when) or same_day(when, self.after.when)

    def _is_since(self, fact: Fact, when: DateInterval) -> bool:
        """Whether a result surely is not older than the newest of the others; it is not older than itself."""
        if any(other.reference == fact.reference for other in self.since or ()):
            return True
        others = [other.when for other in self.since or () if other.when is not None]
        return not others or when.surely_not_before(max(others, key=lambda other: other.last or date.max))

    def _until(self, day: date | None) -> date | None:
        """The last day that lies the span after a day; None where there is no such limit."""
        return None if day is None or self.within is None else add(day, self.within.amount, self.within.unit)


def same_day(one: DateInterval, other: DateInterval) -> bool:
    return one.first is not None and one.first == one.last == other.first == other.last
