"""Which entries of the record a test looks at, and how the rule engine is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trialsieve.engine import _durable
from trialsieve.engine.compile_tests import ENTRY, ROLES, STATES, When, Where
from trialsieve.engine.forward_named import at_time_of
from trialsieve.engine.forward_view import (
    IMPRECISE,
    NOTHING,
    STALE,
    UNDATED,
    Findings,
    Moment,
    Seen,
    View,
    current_days,
    place_in_span,
    same_day,
)
from trialsieve.engine.interval import DateInterval, Place
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.model import Facets, Recorded, ReviewCase
from trialsieve.rules.vocabulary import (
    ROLE_PRECEDENCE,
    Certainty,
    Kind,
    Reason,
    Role,
    State,
    Timing,
    Truth,
)

_PLACES = {Place.INSIDE: Where.INSIDE, Place.OUTSIDE: Where.OUTSIDE, Place.PERHAPS: Where.UNSURE}


class Entry:
    """One resource on record, as a test sees it; `fact` is what the rule engine is told, None of what denies.

    `reasons` is why it is unknown if the rules mark it neither true nor false.
    """

    __slots__ = ("asserted", "fact", "reasons", "seen")

    def __init__(
        self, seen: list[Seen], asserted: DateInterval | None, fact: _durable.Fact | None, reasons: frozenset[Reason]
    ) -> None:
        self.seen = seen
        self.asserted = asserted
        self.fact = fact
        self.reasons = reasons


class RecordSelector:
    """How one `Recorded` test looks at the record."""

    def __init__(self, test: Recorded, currency: Mapping[str, int]) -> None:
        self.test = test
        self.currency = None if test.currency is None else currency[test.currency]
        roles = (Role.NEGATES, Role.DEFINITIVE, Role.HISTORY, Role.SUPPORTING)
        self._roles = frozenset(roles)
        if test.window is not None:
            self.when = When.WINDOW
        else:
            self.when = {
                Timing.EVER: When.EVER,
                Timing.INDEX_DISEASE: When.EVER,
                Timing.UNSTATED: When.UNSTATED,
                Timing.CURRENT: When.CURRENT,
            }[test.timing]
        self._facets = tuple(dict.fromkeys(name for name, _ in test.facets))

    @property
    def findings(self) -> tuple[str, ...]:
        return () if self.test.after is None else (self.test.after,)

    def select(self, view: View, findings: Findings, named: Outcome | None = None) -> list[Entry]:
        """The entries; `named` is the outcome of the atom that the test names, if it names one."""
        test = self.test
        resources: dict[str, list[Seen]] = {}
        for seen in view.of(test.concepts):
            fact = seen.fact
            if (
                fact.kind is not Kind.OBSERVATION
                and fact.role in self._roles
                and (fact.role is Role.NEGATES or not test.negated)
                and not (test.states and fact.state not in test.states)
                and not any(facet in fact.facets for facet in test.skip)
            ):
                resources.setdefault(fact.reference, []).append(seen)
        if not resources:
            return []
        of_each = self._without_later(list(resources.values())) if test.first else resources.values()
        days = self._days(view.moment)
        entries = (self._entry(facts, view, findings, named, days) for facts in of_each)
        return [entry for entry in entries if entry is not None]

    def _days(self, moment: Moment) -> DateInterval | None:
        """Those of the window, or else of the currency."""
        if self.test.window is not None:
            return moment.window(self.test.window)
        return None if self.currency is None else current_days(self.currency, moment.as_of)

    def _without_later(self, resources: list[list[Seen]]) -> list[list[Seen]]:
        """The resources but for those that came surely later than another; what denies has no such order."""
        counted = [facts for facts in resources if not self._denies(facts) and not self._is_otherwise(facts)]
        ends = [facts[0].when.last for facts in counted if facts[0].when is not None and facts[0].when.last is not None]
        if not ends:
            return resources
        earliest = min(ends)

        def is_later(facts: list[Seen]) -> bool:
            when = facts[0].when
            return when is not None and when.first is not None and when.first > earliest

        return [facts for facts in resources if self._denies(facts) or not is_later(facts)]

    def _denies(self, facts: list[Seen]) -> bool:
        return not self.test.negated and any(one.fact.role is Role.NEGATES for one in facts)

    def _is_otherwise(self, facts: list[Seen]) -> bool:
        """Whether a required facet has another value than the wanted one, so that the resource is no entry at all."""
        stated = {pair for one in facts for pair in one.fact.facets}
        names = {name for name, _ in stated}
        return any(wanted[0] in names and wanted not in stated for wanted in self.test.facets)

    def _entry(
        self, facts: list[Seen], view: View, findings: Findings, named: Outcome | None, days: DateInterval | None
    ) -> Entry | None:
        test, seen, fact = self.test, facts[0], facts[0].fact
        role, facets = fact.role, fact.facets
        if len(facts) > 1:
            role = min((one.fact.role for one in facts), key=ROLE_PRECEDENCE.index)
            facets = tuple(pair for one in facts for pair in one.fact.facets)
        lacking = 0
        for name in self._facets:
            wanted = {value for key, value in test.facets if key == name}
            stated = {value for key, value in facets if key == name}
            if not stated:
                lacking = 1
            elif not wanted & stated:
                return None
        if role is Role.NEGATES and test.negated:
            role = Role.DEFINITIVE
        weak = fact.certainty is Certainty.WEAK
        asserted = later(seen.recorded, seen.when)
        if role is Role.NEGATES:
            return None if weak else Entry(facts, asserted, None, NOTHING)
        if test.all_supporting:
            role = Role.SUPPORTING
        over = role is Role.HISTORY or fact.state in (State.REMISSION, State.RESOLVED) or seen.ended
        place, current, reasons = self._timing(seen, role, over, asserted, view.moment, days)
        followed = Where.INSIDE
        decided = self.when is When.CURRENT and over
        if test.after is not None and not decided:
            finding = findings[test.after]
            if finding.truth is Truth.FALSE:
                return None
            followed, why = self._followed(seen, finding)
            if followed is Where.UNSURE:
                reasons |= why
        if named is not None and not decided and followed is not Where.OUTSIDE:
            there, why = at_time_of(seen, named, view.moment.as_of)
            if there is not Where.INSIDE:
                followed, reasons = there, reasons | why
        review = 0
        if test.review and not reasons:
            case = next((case for case in test.review if _matches(case, seen, role, facets, view)), None)
            if case is not None:
                review, reasons = 1, frozenset({case.reason})
        if lacking or role is Role.SUPPORTING:
            reasons |= {Reason.UNSPECIFIC}
        if weak:
            reasons |= {Reason.UNCONFIRMED}
        values = (
            int(self.when),
            int(place),
            ROLES[role],
            STATES[fact.state],
            int(seen.ended),
            int(fact.kind is Kind.CONDITION),
            int(current),
            int(test.still_active is not None or fact.state is State.RELAPSE),
            int(followed),
            lacking,
            review,
            int(weak),
        )
        return Entry(facts, asserted, (ENTRY.template, values), reasons)

    def _timing(
        self,
        seen: Seen,
        role: Role,
        over: bool,
        asserted: DateInterval | None,
        moment: Moment,
        days: DateInterval | None,
    ) -> tuple[Where, Where, frozenset[Reason]]:
        """The place in the window and in the currency, and why the entry is unknown if its timing leaves it so."""
        none, fact = Where.NO_WINDOW, seen.fact
        if self.when is When.WINDOW:
            assert self.test.window is not None
            assert days is not None
            if role is Role.HISTORY or seen.when is None:
                before = seen.recorded is not None and seen.recorded.surely_before(days)
                return (Where.FAR_OUTSIDE, none, NOTHING) if before else (Where.UNSURE, none, UNDATED)
            place = seen.when.place(days)
            if place is not Place.OUTSIDE and (still_open := moment.still_open(self.test.window)):
                return Where.UNSURE, none, still_open
            if place is Place.PERHAPS:
                return Where.UNSURE, none, IMPRECISE
            if seen.when.surely_after(days):
                return Where.FAR_OUTSIDE, none, NOTHING
            still = self.test.still_active if place is Place.OUTSIDE else None
            if place is Place.OUTSIDE and fact.state is State.RELAPSE:
                still = still or Reason.UNDATED
            return _PLACES[place], none, NOTHING if still is None else frozenset({still})
        if self.when is When.UNSTATED:
            return none, none, frozenset({Reason.JUDGEMENT}) if over else NOTHING
        if self.when is When.EVER or over:
            return none, none, NOTHING
        if fact.state is State.UNSTATED:
            return none, none, STALE if fact.kind is Kind.CONDITION else NOTHING
        return (none, *place_in_currency(asserted, days))

    def _followed(self, seen: Seen, finding: Outcome) -> tuple[Where, frozenset[Reason]]:
        """Whether the entry came after the finding, which is true or unknown."""
        when, recorded = seen.when, seen.recorded
        if finding.truth is Truth.UNKNOWN:
            return Where.UNSURE, finding.reasons
        if finding.when is None or when is None:
            return Where.UNSURE, UNDATED
        if when.surely_after(finding.when):
            return self._soon_after(when, finding.when)
        if _not_later(when, finding.when) and (recorded is None or _not_later(recorded, finding.when)):
            return Where.OUTSIDE, NOTHING
        return Where.UNSURE, IMPRECISE

    def _soon_after(self, when: DateInterval, than: DateInterval) -> tuple[Where, frozenset[Reason]]:
        """Whether what came after a finding came in time."""
        place = Place.INSIDE if self.test.within_after is None else place_in_span(when, than, self.test.within_after)
        return _PLACES[place], IMPRECISE if place is Place.PERHAPS else NOTHING


def _not_later(when: DateInterval, than: DateInterval) -> bool:
    return when.surely_before(than) or same_day(when, than)


_CURRENT = {
    Place.INSIDE: (Where.INSIDE, NOTHING),
    Place.OUTSIDE: (Where.OUTSIDE, STALE),
    Place.PERHAPS: (Where.UNSURE, IMPRECISE),
}


def place_in_currency(asserted: DateInterval | None, days: DateInterval | None) -> tuple[Where, frozenset[Reason]]:
    """Whether an assertion is recent enough to speak for today."""
    if days is None:
        return Where.NO_WINDOW, NOTHING
    return (Where.UNSURE, UNDATED) if asserted is None else _CURRENT[asserted.place(days)]


def later(recorded: DateInterval | None, when: DateInterval | None) -> DateInterval | None:
    """The later of two dates by their last day; of two that end on one day, the date of recording."""
    if recorded is None or when is None:
        return recorded or when
    if recorded.last is None or when.last is None:
        return when if recorded.last is None else recorded
    return when if when.last > recorded.last else recorded


def _matches(case: ReviewCase, seen: Seen, role: Role, facets: Facets, view: View) -> bool:
    if case.concepts and not view.concepts_of(seen.fact.reference).intersection(case.concepts):
        return False
    if not all(facet in facets for facet in case.facets):
        return False
    over: list[Callable[[], bool]] = []
    if case.states:
        over.append(lambda: seen.fact.state in case.states)
    if case.ended:
        over.append(lambda: seen.ended)
    if case.history:
        over.append(lambda: role is Role.HISTORY)
    if over and not any(test() for test in over):
        return False
    return not (case.undated and (seen.when is not None or seen.recorded is not None))
