"""Entries of the record, together where they say the same of everything but their dates."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from trialsieve.engine import _durable_rules as durable
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_timing import Resource
from trialsieve.rules.concept import Facets
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Kind, Reason, Role, State

KEPT = 256  # shapes of the entries of a test, and what is told of entries of one shape


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the rule engine is told of an entry, and why the entry is unknown if it is marked neither true nor false."""

    fact: durable.Fact
    reasons: frozenset[Reason]


@dataclass(slots=True)
class Entries:
    """What a test sees on record: the resources, together where the same is told of them."""

    told: dict[Told, list[Resource]]
    denials: list[Resource]  # of which the rule engine is told nothing; in the record's order

    def deny(self, resources: list[Resource], record: Sequence[Fact]) -> None:
        """Adds denials, in the order of the record."""
        self.denials += resources
        if len(self.denials) > len(resources):
            order = {id(fact): place for place, fact in enumerate(record)}
            self.denials.sort(key=lambda resource: order[id(resource[0])])


@dataclass(frozen=True, slots=True)
class Shape:
    """What entries have in common that say the same of everything but their dates."""

    role: Role
    facets: Facets  # those that the test looks at
    kind: Kind
    state: State
    ended: bool
    over: bool  # by its role, its state or its end
    weak: bool
    lacking: bool  # a facet that the test requires
    denies: bool
    told: Kept[Hashable, Told]

    @staticmethod
    def of(
        role: Role,
        facets: Facets,
        kind: Kind,
        state: State,
        ended: bool,
        *,
        weak: bool = False,
        lacking: bool = False,
        denies: bool = False,
    ) -> Shape:
        over = role is Role.HISTORY or state in (State.REMISSION, State.RESOLVED) or ended
        return Shape(role, facets, kind, state, ended, over, weak, lacking, denies, Kept(KEPT))

    @property
    def doubts(self) -> frozenset[Reason]:
        """Why it is at best unknown."""
        doubts = {Reason.UNSPECIFIC} if self.lacking or self.role is Role.SUPPORTING else set()
        return frozenset(doubts | {Reason.UNCONFIRMED} if self.weak else doubts)
