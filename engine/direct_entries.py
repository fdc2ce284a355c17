"""What one resource says about the concepts of a test, in the direct evaluator (docs/semantics.md, 3.1, *Recorded*)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from trialsieve.engine.direct_chart import OVER, View
from trialsieve.engine.facts import Contradiction, Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import NO_REASONS
from trialsieve.rules.atom import Recorded
from trialsieve.rules.concept import Facets
from trialsieve.rules.vocabulary import ROLE_PRECEDENCE, UNKNOWN, Reason, Role, Truth

_NEGATES, _HISTORY, _SUPPORTING = Role.NEGATES, Role.HISTORY, Role.SUPPORTING


class Entry(Struct, gc=False):
    """One resource, with what it says about the test's concepts."""

    fact: Fact
    role: Role
    ended: bool
    facets: Facets
    truth: Truth = UNKNOWN
    only_over: bool = False  # false for no other cause than that it is over
    reasons: frozenset[Reason] = NO_REASONS
    said: str = ""
    against: tuple[Contradiction, ...] = ()
    others: tuple[Fact, ...] = ()  # that the resource also says, of other concepts

    @property
    def over(self) -> bool:
        return self.ended or self.role is _HISTORY or self.fact.state in OVER

    @property
    def asserted(self) -> DateInterval | None:
        """The later of the last assertion and the onset."""
        recorded, when = self.fact.recorded, self.fact.when
        if recorded is None or when is None:
            return recorded or when
        return when if (when.last or date.min) > (recorded.last or date.min) else recorded

    def doubt(self, *reasons: Reason) -> None:
        self.truth = UNKNOWN
        self.reasons = self.reasons.union(reasons)


def entries(test: Recorded, view: View) -> list[Entry]:
    """The resources on record of a test's concepts, as far as it looks at them."""
    facts = view.entered(test.concepts)
    if not facts:
        return []
    if test.negated or test.states or test.skip:
        facts = _looked_at(test, facts)
    found = [Entry(fact, fact.role, fact.ended and view.has_ended(fact), fact.facets) for fact in facts]
    if len(found) > 1:
        found = _by_resource(found)
    if test.negated:
        for entry in found:
            entry.role = Role.DEFINITIVE
    if test.all_supporting:
        for entry in found:
            if entry.role is not _NEGATES:
                entry.role = _SUPPORTING
    if test.facets:
        found = [entry for entry in found if not any(_is_other(wanted, entry.facets) for wanted in test.facets)]
    return _first(found) if test.first else found


def facts_of(some: Sequence[Entry]) -> tuple[Fact, ...]:
    """All that these say."""
    return tuple([fact for entry in some for fact in (entry.fact, *entry.others)])


def gainsaying(entry: Entry, view: View) -> tuple[Contradiction, ...]:
    """What is said against an entry by others of its code, and is not surely older than it."""
    asserted, when = entry.asserted, entry.fact.when
    return tuple(
        [
            other
            for other in view.contradicting(entry.fact.reference)
            if not (asserted is not None and other.when is not None and asserted.surely_after(other.when))
            and not (when is not None and other.ended_when is not None and when.surely_after(other.ended_when))
        ]
    )


def _by_resource(found: list[Entry]) -> list[Entry]:
    """What one resource says of several concepts is one entry; what its versions say that count is not."""
    if len({one.fact.reference for one in found}) == len(found):  # most often
        return found
    entries: dict[object, Entry] = {}
    for one in found:
        entry = entries.setdefault(_resource_of(one.fact), one)
        if entry is not one:
            entry.role = min(entry.role, one.role, key=ROLE_PRECEDENCE.index)
            entry.facets = (*entry.facets, *one.facets)
            entry.others = (*entry.others, one.fact)
    return list(entries.values())


def _resource_of(fact: Fact) -> tuple[object, ...]:
    """What the facts of one version of a resource have in common."""
    dates = fact.when, fact.recorded, fact.ended_when
    return fact.reference, *dates, fact.ended, fact.end_unknown, fact.state, fact.certainty


def _looked_at(test: Recorded, facts: Sequence[Fact]) -> Sequence[Fact]:
    if test.negated:
        facts = [fact for fact in facts if fact.role is _NEGATES]
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
    asserted = [each.fact.when for each in entries if each.role is not _NEGATES and each.fact.when is not None]
    return [
        entry
        for entry in entries
        if entry.role is _NEGATES
        or entry.fact.when is None
        or not any(entry.fact.when.surely_after(other) for other in asserted)
    ]
