"""What one resource says about the concepts of a test, in the direct evaluator (docs/semantics.md, 3.1, *Recorded*)."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from trialsieve.engine.direct_chart import View
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import NO_REASONS
from trialsieve.rules.model import Facets, Recorded
from trialsieve.rules.vocabulary import ROLE_PRECEDENCE, Reason, Role, State, Truth

OVER = frozenset({State.REMISSION, State.RESOLVED})


class Entry(Struct):
    """One resource, with what it says about the test's concepts."""

    fact: Fact
    role: Role
    ended: bool
    facets: Facets
    truth: Truth = Truth.UNKNOWN
    only_over: bool = False  # false for no other cause than that it is over
    reasons: frozenset[Reason] = NO_REASONS
    said: str = ""

    @property
    def over(self) -> bool:
        return self.role is Role.HISTORY or self.fact.state in OVER or self.ended

    @property
    def asserted(self) -> DateInterval | None:
        """The later of the last assertion and the onset."""
        dates = [when for when in (self.fact.recorded, self.fact.when) if when is not None]
        return max(dates, key=lambda when: when.last or date.min) if dates else None

    def doubt(self, *reasons: Reason) -> None:
        self.truth = Truth.UNKNOWN
        self.reasons = self.reasons.union(reasons)


def entries(test: Recorded, view: View) -> list[Entry]:
    """The resources on record of a test's concepts, as far as it looks at them."""
    by_reference: dict[str, list[Fact]] = {}
    for fact in _looked_at(test, view.entered(test.concepts)):
        if fact.reference in by_reference:
            by_reference[fact.reference].append(fact)
        else:
            by_reference[fact.reference] = [fact]
    found = []
    for facts in by_reference.values():
        fact = facts[0]
        role, facets = fact.role, fact.facets
        if len(facts) > 1:
            roles = {each.role for each in facts}
            role = next(role for role in ROLE_PRECEDENCE if role in roles)
            facets = tuple(facet for each in facts for facet in each.facets)
        if test.negated:
            role = Role.DEFINITIVE
        if test.all_supporting and role is not Role.NEGATES:
            role = Role.SUPPORTING
        if test.facets and any(_is_other(wanted, facets) for wanted in test.facets):
            continue
        found.append(Entry(fact, role, fact.ended and view.has_ended(fact), facets))
    return _first(found) if test.first else found


def _looked_at(test: Recorded, facts: list[Fact]) -> list[Fact]:
    if test.negated:
        facts = [fact for fact in facts if fact.role is Role.NEGATES]
    if test.states:
        facts = [fact for fact in facts if fact.state in test.states]
    if test.skip:
        facts = [fact for fact in facts if not any(facet in test.skip for facet in fact.facets)]
    return facts


def _is_other(wanted: tuple[str, str], facets: Facets) -> bool:
    """Whether a facet is known to have another value than the wanted one."""
    return wanted not in facets and any(name == wanted[0] for name, _ in facets)


def _first(entries: list[Entry]) -> list[Entry]:
    """What may be the first on record; denials stay."""
    asserted = [each.fact.when for each in entries if each.role is not Role.NEGATES and each.fact.when is not None]
    return [
        entry
        for entry in entries
        if entry.role is Role.NEGATES
        or entry.fact.when is None
        or not any(entry.fact.when.surely_after(other) for other in asserted)
    ]
