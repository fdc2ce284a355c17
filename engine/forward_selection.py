"""Which facts of a chart a test looks at, where they lie in its windows, and how the rule engine is told of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialsieve.engine import _durable
from trialsieve.engine.compile_tests import ENTRY, NUMBER, RESULT, ROLES, STATES, Bound, When, Where
from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.interval import DateInterval, NumberInterval, Place, clip, days, window_before
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.model import Facets, Measurement, QualitativeResult, Recorded, ReviewCase, Window
from trialsieve.rules.vocabulary import (
    ABSENT,
    ROLE_PRECEDENCE,
    Basis,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    State,
    Take,
    Timing,
    Truth,
)

Findings = Mapping[str, Outcome]

_PLACES = {Place.INSIDE: Where.INSIDE, Place.OUTSIDE: Where.OUTSIDE, Place.PERHAPS: Where.UNSURE}
_NONE: frozenset[Reason] = frozenset()
_STALE = frozenset({Reason.STALE})
_IMPRECISE = frozenset({Reason.IMPRECISE})
_UNDATED = frozenset({Reason.UNDATED})
_MUTE = frozenset({None, Reason.NO_DATA, Reason.UNSPECIFIC})


class Seen:
    """A visible fact, its dates cut off at the as-of date, its end only if it has happened."""

    __slots__ = ("ended", "fact", "recorded", "when")

    def __init__(self, fact: Fact, as_of: date) -> None:
        self.fact = fact
        self.when = fact.when and clip(fact.when, as_of)
        self.recorded = fact.recorded and clip(fact.recorded, as_of)
        self.ended = fact.ended and (fact.ended_when is None or fact.ended_when.starts_by(as_of))


@dataclass(frozen=True, slots=True)
class Moment:
    """The as-of date, and whether anything may be presumed absent."""

    as_of: date
    presumes: bool


class View:
    """What of a chart is visible on the as-of date, by concept."""

    def __init__(self, chart: Chart, moment: Moment) -> None:
        as_of = moment.as_of
        self.chart = chart
        self.moment = moment
        self.by_concept: dict[str, list[Seen]] = {}
        self._named: dict[str, set[str]] | None = None
        for fact in chart.facts:
            if (fact.when is None or fact.when.starts_by(as_of)) and (
                fact.recorded is None or fact.recorded.starts_by(as_of)
            ):
                self.by_concept.setdefault(fact.concept, []).append(Seen(fact, as_of))

    def of(self, concepts: Sequence[str]) -> list[Seen]:
        if len(concepts) == 1:
            return self.by_concept.get(concepts[0], [])
        return [seen for concept in dict.fromkeys(concepts) for seen in self.by_concept.get(concept, ())]

    def concepts_of(self, reference: str) -> set[str]:
        """Every concept that a resource says something of, roles exclude and component apart."""
        if self._named is None:
            self._named = {}
            for concept, all_seen in self.by_concept.items():
                for seen in all_seen:
                    if seen.fact.role not in (Role.EXCLUDE, Role.COMPONENT):
                        self._named.setdefault(seen.fact.reference, set()).add(concept)
        return self._named.get(reference, set())


# --- measurements and results ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObservationSelector:
    """What several measurements or results select alike: everything of the test but its limits or expectation.

    `currency` is in days. `basis` None selects qualitative results.
    """

    concepts: tuple[str, ...]
    basis: Basis | None
    take: Take
    window: Window | None
    currency: int | None
    not_before: tuple[str, ...]
    after: str | None
    skip: Facets
    only: Facets

    @staticmethod
    def of(test: Measurement | QualitativeResult, currency: Mapping[str, int]) -> ObservationSelector:
        measured = isinstance(test, Measurement)
        return ObservationSelector(
            concepts=test.concepts,
            basis=test.basis if measured else None,
            take=test.take,
            window=test.window,
            currency=None if test.window is not None or test.currency is None else currency[test.currency],
            not_before=test.not_before,
            after=test.after,
            skip=test.skip,
            only=() if measured else test.only,
        )

    @property
    def findings(self) -> tuple[str, ...]:
        return self.not_before if self.after is None else (*self.not_before, self.after)


class Candidate:
    """A result that a selector looks at. `reasons`: why it is unknown whatever its value; empty: its value decides."""

    __slots__ = ("facts", "place", "problem", "reasons", "seen", "value")

    def __init__(
        self,
        seen: Seen,
        value: NumberInterval | Result | None,
        problem: Reason | None,
        place: Where,
        why: frozenset[Reason],
    ) -> None:
        self.seen = seen
        self.value = value
        self.problem = problem
        self.place = place
        self.facts: tuple[_durable.Fact, ...] = ()  # what the rule engine was told, one fact a probe
        self.reasons = why if why or value is not None else frozenset({problem or Reason.NO_DATA})

    @property
    def mute(self) -> bool:
        return self.value is None and self.problem in _MUTE

    @property
    def definitive(self) -> bool:
        return self.seen.fact.role is Role.DEFINITIVE

    @property
    def firm(self) -> bool:
        return self.seen.fact.certainty is Certainty.FIRM


@dataclass(slots=True)
class Selection:
    """The candidates that decide, those that only raise a doubt, and why nothing decides where none does."""

    chosen: list[Candidate]
    doubts: list[Candidate]
    undecided: frozenset[Reason]


def select_observations(selector: ObservationSelector, view: View, findings: Findings) -> Selection:
    candidates = [
        candidate
        for seen in view.of(selector.concepts)
        if _is_candidate(selector, seen.fact)
        and (candidate := _candidate(selector, seen, view.moment, findings)) is not None
    ]
    heard = [candidate for candidate in candidates if not candidate.mute]
    deciders = [c for c in heard if c.definitive and c.firm and c.seen.when is not None]
    weak = [c for c in heard if c.definitive and not c.firm]
    if not deciders:
        reasons = _why_undecided(candidates, heard, weak)
        if any(_is_refused(selector, seen.fact) for seen in view.of(selector.concepts)):
            reasons = reasons - {Reason.NO_DATA} | {Reason.UNSPECIFIC}
        return Selection([], [], reasons)
    dated_weak = [c for c in weak if c.seen.when is not None]
    if selector.take is not Take.LATEST:
        return Selection(deciders, dated_weak, _NONE)
    chosen = _not_surely_older(deciders, deciders)
    return Selection(chosen, _not_surely_older(dated_weak, chosen), _NONE)


def _is_candidate(selector: ObservationSelector, fact: Fact) -> bool:
    return _is_measured(selector, fact) and not any(facet in fact.facets for facet in selector.skip)


def _is_measured(selector: ObservationSelector, fact: Fact) -> bool:
    return (
        fact.kind is Kind.OBSERVATION
        and fact.role in (Role.DEFINITIVE, Role.SUPPORTING)
        and all(facet in fact.facets for facet in selector.only)
    )


def _is_refused(selector: ObservationSelector, fact: Fact) -> bool:
    """Whether only a facet that the test does not accept keeps the fact from being heard."""
    if not _is_measured(selector, fact) or not any(facet in fact.facets for facet in selector.skip):
        return False
    value, problem = {
        None: (fact.result, fact.result_problem),
        Basis.VALUE: (fact.value, fact.value_problem),
        Basis.TIMES_UPPER_LIMIT: (fact.times_upper_limit, fact.limit_problem),
    }[selector.basis]
    return value is not None or problem not in _MUTE


def _candidate(selector: ObservationSelector, seen: Seen, moment: Moment, findings: Findings) -> Candidate | None:
    """The candidate at its place, or None where it is surely from before what it must come after."""
    place, reasons = _place(selector, seen.when, moment, findings)
    if selector.after is not None:
        followed, why = _after(seen.when, findings[selector.after])
        if followed is Where.OUTSIDE:
            return None
        if followed is Where.UNSURE and place is not Where.OUTSIDE:
            place, reasons = Where.UNSURE, _gravest(reasons, why)
    fact = seen.fact
    if selector.basis is None:
        return Candidate(seen, fact.result, fact.result_problem, place, reasons)
    if selector.basis is Basis.VALUE:
        return Candidate(seen, fact.value, fact.value_problem, place, reasons)
    return Candidate(seen, fact.times_upper_limit, fact.limit_problem, place, reasons)


def _gravest(reasons: frozenset[Reason], others: frozenset[Reason]) -> frozenset[Reason]:
    """Of a date that is unsure with respect to two things: undated before imprecise, a finding's own reasons first."""
    for one in (reasons, others):
        if one and one not in (_UNDATED, _IMPRECISE):
            return one
    return _UNDATED if _UNDATED in (reasons, others) else reasons or others


def _place(
    selector: ObservationSelector, when: DateInterval | None, moment: Moment, findings: Findings
) -> tuple[Where, frozenset[Reason]]:
    """Inside all windows, outside one, or unsure and why."""
    if when is None:
        return Where.UNSURE, _UNDATED
    reasons = open_findings = _NONE
    window = look_back(selector.window, selector.currency, moment.as_of)
    if window is not None:
        place = when.place(window)
        if place is Place.OUTSIDE:
            return Where.OUTSIDE, _STALE
        if place is Place.PERHAPS:
            reasons = _IMPRECISE
    for name in selector.not_before:
        finding = findings[name]
        if finding.truth is Truth.UNKNOWN:
            if not (moment.presumes and finding.reasons <= ABSENT):
                open_findings |= finding.reasons
        elif finding.truth is Truth.TRUE:
            if finding.when is None:
                reasons = _UNDATED
            elif when.surely_before(finding.when):
                return Where.OUTSIDE, _STALE
            elif not when.surely_not_before(finding.when):
                reasons = reasons or _IMPRECISE
    reasons = open_findings or reasons
    return (Where.UNSURE, reasons) if reasons else (Where.INSIDE, _NONE)


def look_back(window: Window | None, currency: int | None, as_of: date) -> DateInterval | None:
    """The days of a window, or of a currency: so many days before the as-of date, the edge included."""
    if window is not None:
        return window_before(as_of, window)
    return None if currency is None else days(as_of - timedelta(days=currency), as_of)


def _after(when: DateInterval | None, finding: Outcome) -> tuple[Where, frozenset[Reason]]:
    """Whether a result came after a finding; a finding that is not true is the atom's matter."""
    if finding.truth is not Truth.TRUE:
        return Where.INSIDE, _NONE
    if finding.when is None or when is None:
        return Where.UNSURE, _UNDATED
    if when.surely_after(finding.when) or _same_day(when, finding.when):
        return Where.INSIDE, _NONE
    return (Where.OUTSIDE, _NONE) if when.surely_before(finding.when) else (Where.UNSURE, _IMPRECISE)


def _same_day(one: DateInterval, other: DateInterval) -> bool:
    return one.first is not None and one.first == one.last == other.first == other.last


def _not_surely_older(candidates: list[Candidate], than: list[Candidate]) -> list[Candidate]:
    """Those that may be as new as the newest of the others: an open start is never the newest, an open end may be."""
    starts = [c.seen.when.start for c in than if c.seen.when is not None and c.seen.when.start is not None]
    if not starts:
        return candidates
    newest = max(starts)
    return [c for c in candidates if c.seen.when is not None and (c.seen.when.end is None or c.seen.when.end >= newest)]


def _why_undecided(candidates: list[Candidate], heard: list[Candidate], weak: list[Candidate]) -> frozenset[Reason]:
    reasons = set()
    if any(c.definitive and c.firm and c.seen.when is None for c in heard):
        reasons.add(Reason.UNDATED)
    if weak:
        reasons.add(Reason.UNCONFIRMED)
    if any(not c.definitive for c in heard) or any(c.mute and c.problem is Reason.UNSPECIFIC for c in candidates):
        reasons.add(Reason.UNSPECIFIC)
    return frozenset(reasons or {Reason.NO_DATA})


def number_fact(selector: int, place: Where, value: NumberInterval) -> _durable.Fact:
    """A measured number; what is not finite is said by a flag, or is beyond all limits."""
    low, low_bound = _bound(value.low, value.low_open, -math.inf)
    high, high_bound = _bound(value.high, value.high_open, math.inf)
    return NUMBER.template, (selector // 250, selector % 250, place.value, low_bound.value, high_bound.value, low, high)


def _bound(value: float, is_open: bool, unbounded: float) -> tuple[str, Bound]:
    if value == unbounded or math.isnan(value):
        return "0.0", Bound.NONE
    clamped = max(-_durable.LARGEST, min(_durable.LARGEST, float(value)))
    return _durable.number_text(clamped), Bound.OPEN if is_open else Bound.CLOSED


_RESULTS = {Result.POSITIVE: 1, Result.NEGATIVE: 0, Result.INDETERMINATE: 2}


def result_fact(place: Where, result: Result, expected: Result) -> _durable.Fact:
    return RESULT.template, (place.value, _RESULTS[result], _RESULTS[expected])


# --- things on record -----------------------------------------------------------------------------------------------


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
            return None if weak else Entry(facts, asserted, None, _NONE)
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
                return (Where.RECORDED_BEFORE, none, _NONE) if before else (Where.UNSURE, none, _UNDATED)
            place = seen.when.place(window)
            if place is Place.PERHAPS:
                return Where.UNSURE, none, _IMPRECISE
            still = self.test.still_active if place is Place.OUTSIDE else None
            if place is Place.OUTSIDE and fact.state is State.RELAPSE:
                still = still or Reason.UNDATED
            return _PLACES[place], none, _NONE if still is None else frozenset({still})
        if self.when is When.UNSTATED:
            return none, none, frozenset({Reason.JUDGEMENT}) if over else _NONE
        if self.when is When.EVER or over:
            return none, none, _NONE
        if fact.state is State.UNSTATED:
            return none, none, _STALE if fact.kind is Kind.CONDITION else _NONE
        return (none, *place_in_currency(asserted, self.currency, as_of))

    def _followed(self, seen: Seen, finding: Outcome) -> tuple[Where, frozenset[Reason]]:
        """Whether the entry came after the finding, which is true or unknown."""
        when, recorded = seen.when, seen.recorded
        if finding.truth is Truth.UNKNOWN:
            return Where.UNSURE, finding.reasons
        if finding.when is None or when is None:
            return Where.UNSURE, _UNDATED
        if when.surely_after(finding.when):
            return Where.INSIDE, _NONE
        if _not_later(when, finding.when) and (recorded is None or _not_later(recorded, finding.when)):
            return Where.OUTSIDE, _NONE
        return Where.UNSURE, _IMPRECISE


def _not_later(when: DateInterval, than: DateInterval) -> bool:
    return when.surely_before(than) or _same_day(when, than)


def place_in_currency(
    asserted: DateInterval | None, currency: int | None, as_of: date
) -> tuple[Where, frozenset[Reason]]:
    """Whether an assertion is recent enough to speak for today."""
    window = look_back(None, currency, as_of)
    if window is None:
        return Where.NO_WINDOW, _NONE
    if asserted is None:
        return Where.UNSURE, _UNDATED
    place = asserted.place(window)
    return _PLACES[place], {Place.INSIDE: _NONE, Place.OUTSIDE: _STALE, Place.PERHAPS: _IMPRECISE}[place]


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
