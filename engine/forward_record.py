"""Which entries of the record a test looks at, and how the rule engine is told of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from trialsieve.engine import _durable
from trialsieve.engine.compile_tests import ENTRY, ROLES, STATES, When, Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_named import at_time_of
from trialsieve.engine.forward_timing import EntryTiming, place_after
from trialsieve.engine.forward_view import Findings, View
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import Facets, Recorded, ReviewCase
from trialsieve.rules.vocabulary import ROLE_PRECEDENCE, Certainty, Kind, Reason, Role, State, Truth

_KEPT = 256  # shapes of the entries of a test, and what is told of entries of one shape
_COUNTING = frozenset({Role.NEGATES, Role.DEFINITIVE, Role.HISTORY, Role.SUPPORTING})

Resource = Sequence[Fact]
"""The facts of one resource that a test looks at; dates, state and certainty are the same in each."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the rule engine is told of an entry, and why the entry is unknown if it is marked neither true nor false."""

    fact: _durable.Fact
    reasons: frozenset[Reason]


@dataclass(slots=True)
class Entries:
    """What a test sees on record: the resources, together where the same is told of them."""

    told: dict[Told, list[Resource]]
    denials: list[Resource]  # of which the rule engine is told nothing


@dataclass(frozen=True, slots=True)
class _Shape:
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

    @property
    def doubts(self) -> frozenset[Reason]:
        """Why it is at best unknown."""
        doubts = {Reason.UNSPECIFIC} if self.lacking or self.role is Role.SUPPORTING else set()
        return frozenset(doubts | {Reason.UNCONFIRMED} if self.weak else doubts)


class RecordSelector:
    """How one `Recorded` test looks at the record."""

    def __init__(self, test: Recorded, currency: Mapping[str, int]) -> None:
        self.test = test
        self.timing = EntryTiming(test, currency)
        self._facets = tuple(dict.fromkeys(name for name, _ in test.facets))
        self._looked_at = frozenset(name for case in test.review for name, _ in case.facets).union(self._facets)
        # Entries differ in little but their dates, within a record and from one to the next; None: no entry at all.
        self._shapes: Kept[Hashable, tuple[_Shape | None]] = Kept(_KEPT)

    @property
    def findings(self) -> tuple[str, ...]:
        return () if self.test.after is None else (self.test.after,)

    def select(self, view: View, findings: Findings, named: Outcome | None = None) -> Entries:
        """The entries; `named` is the outcome of the atom that the test names, if it names one."""
        entries = Entries({}, [])
        resources = self._resources(view)
        if not resources:
            return entries
        days = self.timing.days(view.moment)
        shaped = [(facts, shape) for facts in resources if (shape := self._shape(facts)) is not None]
        for facts, shape in _without_later(shaped) if self.test.first else shaped:
            if shape.denies:
                if not shape.weak:
                    entries.denials.append(facts)
                continue
            told = self._tell(facts[0], shape, view, findings, named, days)
            if told is not None:
                entries.told.setdefault(told, []).append(facts)
        return entries

    def _resources(self, view: View) -> list[Resource]:
        test = self.test
        resources: dict[str, list[Fact]] = {}
        for fact in view.of(test.concepts):
            if (
                fact.kind is not Kind.OBSERVATION
                and fact.role in _COUNTING
                and (fact.role is Role.NEGATES or not test.negated)
                and not (test.states and fact.state not in test.states)
                and not (test.skip and any(facet in fact.facets for facet in test.skip))
            ):
                resources.setdefault(fact.reference, []).append(fact)
        return list(resources.values())

    def _shape(self, facts: Resource) -> _Shape | None:
        fact = facts[0]
        role, facets = fact.role, fact.facets
        if len(facts) > 1:
            role = min((one.role for one in facts), key=ROLE_PRECEDENCE.index)
            facets = tuple(pair for one in facts for pair in one.facets)
        if facets:
            facets = tuple(pair for pair in facets if pair[0] in self._looked_at)
        key = (role, facets, fact.kind, fact.state, fact.ended, fact.certainty)
        known = self._shapes.get(key)
        if known is None:
            known = (self._new_shape(fact, role, facets),)
            self._shapes.keep(key, known)
        return known[0]

    def _new_shape(self, fact: Fact, role: Role, facets: Facets) -> _Shape | None:
        """None where a required facet has another value than the wanted one, so that the resource is no entry."""
        test, lacking = self.test, False
        for name in self._facets:
            wanted = {value for key, value in test.facets if key == name}
            stated = {value for key, value in facets if key == name}
            if not stated:
                lacking = True
            elif not wanted & stated:
                return None
        denies = role is Role.NEGATES and not test.negated
        if role is Role.NEGATES and test.negated:
            role = Role.DEFINITIVE
        if test.all_supporting:
            role = Role.SUPPORTING
        over = role is Role.HISTORY or fact.state in (State.REMISSION, State.RESOLVED) or fact.ended
        weak = fact.certainty is Certainty.WEAK
        return _Shape(role, facets, fact.kind, fact.state, fact.ended, over, weak, lacking, denies, Kept(_KEPT))

    def _tell(
        self,
        fact: Fact,
        shape: _Shape,
        view: View,
        findings: Findings,
        named: Outcome | None,
        days: DateInterval | None,
    ) -> Told | None:
        """What the rule engine is told of an entry; None where what it must follow is not so."""
        test = self.test
        place, current, reasons = self.timing.place(fact, shape.role is Role.HISTORY, shape.over, view.moment, days)
        followed = Where.INSIDE
        decided = shape.over and self.timing.when is When.CURRENT
        if test.after is not None and not decided:
            finding = findings[test.after]
            if finding.truth is Truth.FALSE:
                return None
            followed, why = place_after(fact, finding, test.within_after)
            if followed is Where.UNSURE:
                reasons |= why
        if named is not None and not decided and followed is not Where.OUTSIDE:
            there, why = at_time_of(fact, named, view.moment.as_of)
            if there is not Where.INSIDE:
                followed, reasons = there, reasons | why
        review = False
        if test.review and not reasons:
            case = next((case for case in test.review if _matches(case, fact, shape, view)), None)
            if case is not None:
                review, reasons = True, frozenset({case.reason})
        key = (place, current, followed, review, reasons)
        told = shape.told.get(key)
        if told is None:
            told = self._new_told(shape, place, current, followed, review, reasons)
            shape.told.keep(key, told)
        return told

    def _new_told(
        self, shape: _Shape, place: Where, current: Where, followed: Where, review: bool, reasons: frozenset[Reason]
    ) -> Told:
        values = (
            int(self.timing.when),
            int(place),
            ROLES[shape.role],
            STATES[shape.state],
            int(shape.ended),
            int(shape.kind is Kind.CONDITION),
            int(current),
            int(self.test.still_active is not None or shape.state is State.RELAPSE),
            int(followed),
            int(shape.lacking),
            int(review),
            int(shape.weak),
        )
        return Told((ENTRY.template, values), reasons | shape.doubts)


def _without_later(shaped: list[tuple[Resource, _Shape]]) -> list[tuple[Resource, _Shape]]:
    """The resources but for those that came surely later than another; what denies has no such order."""
    counted = [facts[0].when for facts, shape in shaped if not shape.denies]
    ends = [when.last for when in counted if when is not None and when.last is not None]
    if not ends:
        return shaped
    earliest = min(ends)

    def is_later(facts: Resource) -> bool:
        when = facts[0].when
        return when is not None and when.first is not None and when.first > earliest

    return [(facts, shape) for facts, shape in shaped if shape.denies or not is_later(facts)]


def _matches(case: ReviewCase, fact: Fact, shape: _Shape, view: View) -> bool:
    if case.concepts and not view.concepts_of(fact.reference).intersection(case.concepts):
        return False
    if not all(facet in shape.facets for facet in case.facets):
        return False
    if case.states or case.ended or case.history:
        alternatives = (
            fact.state in case.states,
            case.ended and fact.ended,
            case.history and shape.role is Role.HISTORY,
        )
        if not any(alternatives):
            return False
    return not (case.undated and (fact.when is not None or fact.recorded is not None))
