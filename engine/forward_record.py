"""Which entries of the record a test looks at, and how the rule engine is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from trialsieve.engine import _durable
from trialsieve.engine.compile_tests import ENTRY, ROLES, STATES, When, Where
from trialsieve.engine.forward_view import (
    IMPRECISE,
    NOTHING,
    STALE,
    UNDATED,
    Findings,
    Seen,
    View,
    look_back,
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

    def select(self, view: View, findings: Findings) -> list[Entry]:
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
        entries = (self._entry(facts, view, findings) for facts in resources.values())
        return [entry for entry in entries if entry is not None]

    def window(self, as_of: date) -> DateInterval | None:
        return look_back(self.test.window, None, as_of)

    def _entry(self, facts: list[Seen], view: View, findings: Findings) -> Entry | None:
        test, seen, fact = self.test, facts[0], facts[0].fact
        facets = fact.facets if len(facts) == 1 else tuple(pair for one in facts for pair in one.fact.facets)
        lacking = 0
        for name in self._facets:
            wanted = {value for key, value in test.facets if key == name}
            stated = {value for key, value in facets if key == name}
            if not stated:
                lacking = 1
            elif not wanted & stated:
                return None
        role = min((one.fact.role for one in facts), key=ROLE_PRECEDENCE.index)
        if role is Role.NEGATES and test.negated:
            role = Role.DEFINITIVE
        weak = fact.certainty is Certainty.WEAK
        asserted = later(seen.recorded, seen.when)
        if role is Role.NEGATES:
            return None if weak else Entry(facts, asserted, None, NOTHING)
        if test.all_supporting:
            role = Role.SUPPORTING
        over = role is Role.HISTORY or fact.state in (State.REMISSION, State.RESOLVED) or seen.ended
        place, current, reasons = self._timing(seen, role, over, asserted, view.moment.as_of)
        followed = Where.INSIDE
        if test.after is not None and not (self.when is When.CURRENT and over):
            finding = findings[test.after]
            if finding.truth is Truth.FALSE:
                return None
            followed, why = self._followed(seen, finding)
            if followed is Where.UNSURE:
                reasons |= why
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
            self.when.value,
            place.value,
            ROLES[role],
            STATES[fact.state],
            int(seen.ended),
            int(fact.kind is Kind.CONDITION),
            current.value,
            int(test.still_active is not None or fact.state is State.RELAPSE),
            followed.value,
            lacking,
            review,
            int(weak),
        )
        return Entry(facts, asserted, (ENTRY.template, values), reasons)

    def _timing(
        self, seen: Seen, role: Role, over: bool, asserted: DateInterval | None, as_of: date
    ) -> tuple[Where, Where, frozenset[Reason]]:
        """The place in the window and in the currency, and why the entry is unknown if its timing leaves it so."""
        none, fact = Where.NO_WINDOW, seen.fact
        if self.when is When.WINDOW:
            window = self.window(as_of)
            assert window is not None
            if role is Role.HISTORY or seen.when is None:
                before = seen.recorded is not None and seen.recorded.surely_before(window)
                return (Where.RECORDED_BEFORE, none, NOTHING) if before else (Where.UNSURE, none, UNDATED)
            place = seen.when.place(window)
            if place is Place.PERHAPS:
                return Where.UNSURE, none, IMPRECISE
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
        return (none, *place_in_currency(asserted, self.currency, as_of))

    def _followed(self, seen: Seen, finding: Outcome) -> tuple[Where, frozenset[Reason]]:
        """Whether the entry came after the finding, which is true or unknown."""
        when, recorded = seen.when, seen.recorded
        if finding.truth is Truth.UNKNOWN:
            return Where.UNSURE, finding.reasons
        if finding.when is None or when is None:
            return Where.UNSURE, UNDATED
        if when.surely_after(finding.when):
            return Where.INSIDE, NOTHING
        if _not_later(when, finding.when) and (recorded is None or _not_later(recorded, finding.when)):
            return Where.OUTSIDE, NOTHING
        return Where.UNSURE, IMPRECISE


def _not_later(when: DateInterval, than: DateInterval) -> bool:
    return when.surely_before(than) or same_day(when, than)


def place_in_currency(
    asserted: DateInterval | None, currency: int | None, as_of: date
) -> tuple[Where, frozenset[Reason]]:
    """Whether an assertion is recent enough to speak for today."""
    window = look_back(None, currency, as_of)
    if window is None:
        return Where.NO_WINDOW, NOTHING
    if asserted is None:
        return Where.UNSURE, UNDATED
    place = asserted.place(window)
    return _PLACES[place], {Place.INSIDE: NOTHING, Place.OUTSIDE: STALE, Place.PERHAPS: IMPRECISE}[place]


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
