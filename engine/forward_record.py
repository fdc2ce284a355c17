"""Which entries of the record a test looks at, and how the rule engine is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from trialsieve.engine.compile_tests import ENTRY, ROLES, STATES, When, Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_named import at_time_of
from trialsieve.engine.forward_shapes import KEPT, Entries, Shape, Told
from trialsieve.engine.forward_timing import EntryTiming, Resource, Timed, asserted, place_after
from trialsieve.engine.forward_view import CONFLICTING, Findings, Moment, View
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import Recorded, ReviewCase
from trialsieve.rules.concept import Facets
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import FALSE, ROLE_PRECEDENCE, Certainty, Kind, Reason, Role, State

# By themselves: the members of an enumeration are found by a detour.
_OBSERVATION, _CONDITION = Kind.OBSERVATION, Kind.CONDITION
_NEGATES, _DEFINITIVE, _HISTORY, _SUPPORTING = Role.NEGATES, Role.DEFINITIVE, Role.HISTORY, Role.SUPPORTING
_WEAK, _CURRENT = Certainty.WEAK, When.CURRENT
_OF_NOW = frozenset({When.CURRENT, When.UNSTATED})
_OUTSIDE, _INSIDE, _UNSURE = Where.OUTSIDE, Where.INSIDE, Where.UNSURE

_COUNTING = frozenset({_NEGATES, _DEFINITIVE, _HISTORY, _SUPPORTING})


_Alike = tuple[Role, Facets, Kind, State, bool, Certainty]
_Bare = tuple[Kind, State, bool]
_ALIKE = attrgetter("role", "facets", "kind", "state", "ended", "certainty")
# What is the same in all facts of a resource, and may not be in those of another version of it.
_OWN = attrgetter("reference", "state", "certainty", "when", "recorded", "ended", "ended_when", "end_unknown")


def _together(resource: Resource) -> _Alike:
    """What the facts of a resource say of it together."""
    if len(resource) == 1:
        return _ALIKE(resource[0])
    role = min((fact.role for fact in resource), key=ROLE_PRECEDENCE.index)
    facets = tuple(pair for fact in resource for pair in fact.facets)
    return (role, facets, *_ALIKE(resource[0])[2:])


class RecordSelector:
    """How one `Recorded` test looks at the record."""

    def __init__(self, test: Recorded, currency: Mapping[str, int]) -> None:
        self.test = test
        self.timing = EntryTiming(test, currency)
        self._facets = tuple(dict.fromkeys(name for name, _ in test.facets))
        self._looked_at = frozenset(name for case in test.review for name, _ in case.facets).union(self._facets)
        # Entries differ in little but their dates, within a record and from one to the next; None: no entry at all.
        self._shapes: Kept[_Alike, tuple[Shape | None]] = Kept(KEPT)
        self._by_time_alone = test.after is None and test.at_time_of is None and not test.review
        # Whether it asks for a time by which a resource that was not understood may be of another one.
        self.asks_for_a_time = not test.first and (
            self.timing.when is When.WINDOW or (self.timing.when is _CURRENT and not test.review)
        )
        self._bare: Kept[_Bare, tuple[Shape, ...]] = Kept(KEPT)

    @property
    def findings(self) -> tuple[str, ...]:
        return () if self.test.after is None else (self.test.after,)

    def select(self, view: View, findings: Findings, named: Outcome | None = None) -> Entries:
        """The entries; `named` is the outcome of the atom that the test names, if it names one."""
        entries = Entries({}, [])
        facts = view.of(self.test.concepts)
        shaped = self._shaped(facts)
        if not shaped:
            return entries
        days = self.timing.days(view.moment)
        for shape, resources in _without_later(shaped) if self.test.first else shaped:
            if shape.denies:
                standing = [each for each in resources if not self._gainsaid(each[0], view, as_over=True)]
                if standing and not (shape.weak or shape.over):
                    entries.deny(standing, facts)
                continue
            history = shape.role is _HISTORY
            for timed, some in self.timing.places(resources, history, shape.over, view.moment, days).items():
                if self._by_time_alone and not view.chart.contradictions:
                    told = self._told(shape, timed, _INSIDE, False, timed[2], False)
                    entries.told.setdefault(told, []).extend(some)
                    continue
                for resource in some:
                    told_of_one = self._tell(resource[0], shape, timed, view, findings, named)
                    if told_of_one is not None:
                        entries.told.setdefault(told_of_one, []).append(resource)
        return entries

    def timed(self, sought: Iterable[Fact], moment: Moment) -> Iterator[Told]:
        """What the rule engine is told of entries of which nothing is asked but their time.

        What they are is not known: a condition is told of as a history, too.
        """
        alike: dict[_Bare, list[Resource]] = {}
        for fact in sought:
            alike.setdefault((fact.kind, fact.state, fact.ended), []).append((fact,))
        days = self.timing.days(moment)
        for key, resources in alike.items():
            for shape in self._bare_shapes(key):
                history = shape.role is _HISTORY
                for timed in self.timing.places(resources, history, shape.over, moment, days):
                    yield self._told(shape, timed, _INSIDE, False, timed[2], False)

    def _bare_shapes(self, key: _Bare) -> tuple[Shape, ...]:
        shapes = self._bare.get(key)
        if shapes is None:
            roles = (_DEFINITIVE, _HISTORY) if key[0] is _CONDITION else (_DEFINITIVE,)
            shapes = tuple(Shape.of(role, (), *key) for role in roles)
            self._bare.keep(key, shapes)
        return shapes

    def _shaped(self, facts: Sequence[Fact]) -> list[tuple[Shape, list[Resource]]]:
        """The resources that the test looks at, by their shapes."""
        if len(facts) == 1:  # most often
            shape = self._shape(_ALIKE(facts[0]))
            return [] if shape is None else [(shape, [(facts[0],)])]
        alike: dict[_Alike, list[Resource]] = {}
        if len({fact.reference for fact in facts}) == len(facts):
            for key, some in groupby(facts, _ALIKE):
                alike.setdefault(key, []).extend([(fact,) for fact in some])
        else:
            resources: dict[object, list[Fact]] = {}
            for fact in facts:
                if self._looks_at(fact.role, fact.facets, fact.kind, fact.state):
                    resources.setdefault(_OWN(fact), []).append(fact)
            for resource in resources.values():
                alike.setdefault(_together(resource), []).append(resource)
        return [(shape, some) for key, some in alike.items() if (shape := self._shape(key)) is not None]

    def _looks_at(self, role: Role, facets: Facets, kind: Kind, state: State) -> bool:
        test = self.test
        return (
            kind is not _OBSERVATION
            and role in _COUNTING
            and (role is _NEGATES or not test.negated)
            and not (test.states and state not in test.states)
            and not (test.skip and any(facet in facets for facet in test.skip))
        )

    def _shape(self, key: _Alike) -> Shape | None:
        known = self._shapes.get(key)
        if known is None:
            known = (self._new_shape(*key),)
            self._shapes.keep(key, known)
        return known[0]

    def _new_shape(
        self, role: Role, facets: Facets, kind: Kind, state: State, ended: bool, certainty: Certainty
    ) -> Shape | None:
        """None where it is no entry: not looked at, or a required facet has another value than the wanted one."""
        test, lacking = self.test, False
        if not self._looks_at(role, facets, kind, state):
            return None
        facets = tuple(pair for pair in facets if pair[0] in self._looked_at)
        for name in self._facets:
            wanted = {value for key, value in test.facets if key == name}
            stated = {value for key, value in facets if key == name}
            if not stated:
                lacking = True
            elif not wanted & stated:
                return None
        denies = role is _NEGATES and not test.negated
        if role is _NEGATES and test.negated:
            role = _DEFINITIVE
        if test.all_supporting:
            role = _SUPPORTING
        return Shape.of(role, facets, kind, state, ended, weak=certainty is _WEAK, lacking=lacking, denies=denies)

    def _tell(
        self, fact: Fact, shape: Shape, timed: Timed, view: View, findings: Findings, named: Outcome | None
    ) -> Told | None:
        """What the rule engine is told of an entry; None where what it must follow is not so."""
        test = self.test
        reasons = timed[2]
        followed = _INSIDE
        decided = shape.over and self.timing.when is _CURRENT
        if test.after is not None and not decided:
            finding = findings[test.after]
            if finding.truth is FALSE:
                return None
            followed, why = place_after(fact, finding, test.within_after)
            if followed is _UNSURE:
                reasons |= why
        if named is not None and not decided and followed is not _OUTSIDE:
            there, why = at_time_of(fact, named, view.moment.as_of)
            if there is not _INSIDE:
                followed, reasons = there, reasons | why
        review = False
        if test.review and not reasons:
            case = next((case for case in test.review if _matches(case, fact, shape, view)), None)
            if case is not None:
                review, reasons = True, frozenset({case.reason})
        as_over = not shape.over and self.timing.when in _OF_NOW
        gainsaid = self._gainsaid(fact, view, as_over=as_over)
        return self._told(shape, timed, followed, review, reasons | CONFLICTING if gainsaid else reasons, gainsaid)

    def _gainsaid(self, fact: Fact, view: View, *, as_over: bool) -> bool:
        return bool(view.chart.contradictions) and view.gainsaid(fact, asserted(fact), as_over=as_over)

    def _told(
        self,
        shape: Shape,
        timed: Timed,
        followed: Where,
        review: bool,
        reasons: frozenset[Reason],
        gainsaid: bool,
    ) -> Told:
        key = (timed, followed, review, reasons, gainsaid)
        told = shape.told.get(key)
        if told is None:
            told = self._new_told(shape, timed, followed, review, reasons, gainsaid)
            shape.told.keep(key, told)
        return told

    def _new_told(
        self,
        shape: Shape,
        timed: Timed,
        followed: Where,
        review: bool,
        reasons: frozenset[Reason],
        gainsaid: bool,
    ) -> Told:
        place, current, _ = timed
        values = (
            int(self.timing.when),
            int(place),
            ROLES[shape.role],
            STATES[shape.state],
            int(shape.ended),
            int(shape.kind is _CONDITION),
            int(current),
            int(self.test.still_active is not None),
            int(followed),
            int(shape.lacking),
            int(review),
            int(shape.weak or gainsaid),
        )
        return Told((ENTRY.template, values), reasons | shape.doubts)


def _without_later(shaped: list[tuple[Shape, list[Resource]]]) -> list[tuple[Shape, list[Resource]]]:
    """The resources but for those that came surely later than another; what denies has no such order."""
    counted = [facts[0].when for shape, resources in shaped if not shape.denies for facts in resources]
    ends = [when.last for when in counted if when is not None and when.last is not None]
    if not ends:
        return shaped
    earliest = min(ends)

    def is_later(facts: Resource) -> bool:
        when = facts[0].when
        return when is not None and when.first is not None and when.first > earliest

    return [
        (shape, left)
        for shape, resources in shaped
        if (left := [facts for facts in resources if shape.denies or not is_later(facts)])
    ]


def _matches(case: ReviewCase, fact: Fact, shape: Shape, view: View) -> bool:
    if case.concepts and not view.speaks_of(fact.reference, case.concepts):
        return False
    if not all(facet in shape.facets for facet in case.facets):
        return False
    if case.states or case.ended or case.history:
        alternatives = (
            fact.state in case.states,
            case.ended and fact.ended,
            case.history and shape.role is _HISTORY,
        )
        if not any(alternatives):
            return False
    return not (case.undated and (fact.when is not None or fact.recorded is not None))
