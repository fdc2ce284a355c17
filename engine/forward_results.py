"""Which results a measurement or a result test looks at, and how the rule engine is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialsieve.engine import _durable
from trialsieve.engine.compile_tests import Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_named import Named
from trialsieve.engine.forward_view import (
    IMPRECISE,
    NOTHING,
    STALE,
    UNDATED,
    Findings,
    Moment,
    View,
    current_days,
    place_in_span,
    same_day,
)
from trialsieve.engine.interval import DateInterval, NumberInterval, Place
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.model import Facets, Measurement, QualitativeResult, Span, Window
from trialsieve.rules.vocabulary import (
    ABSENT,
    Basis,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    Take,
    Truth,
)

_MUTE = frozenset({None, Reason.NO_DATA, Reason.UNSPECIFIC})


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
    within_after: Span | None
    named: tuple[str, str] | None  # the criterion or finding and its atom than which nothing may be older

    @staticmethod
    def of(test: Measurement | QualitativeResult, currency: Mapping[str, int], scope: str) -> ObservationSelector:
        return ObservationSelector(
            concepts=test.concepts,
            basis=test.basis if isinstance(test, Measurement) else None,
            take=test.take,
            window=test.window,
            currency=None if test.window is not None or test.currency is None else currency[test.currency],
            not_before=test.not_before,
            after=test.after,
            skip=test.skip,
            only=test.only if isinstance(test, QualitativeResult) else (),
            within_after=test.within_after,
            named=None if test.not_older_than is None else (scope, test.not_older_than),
        )

    @property
    def findings(self) -> tuple[str, ...]:
        return self.not_before if self.after is None else (*self.not_before, self.after)


class Candidate:
    """A result that a selector looks at, with its place once that is told.

    `reasons`: why it is unknown whatever its value; empty: its value decides.
    """

    __slots__ = ("fact", "mute", "place", "problem", "reasons", "told", "value")

    def __init__(self, fact: Fact, value: NumberInterval | Result | None, problem: Reason | None) -> None:
        self.fact = fact
        self.value = value
        self.problem = problem
        self.mute = value is None and problem in _MUTE
        self.place = Where.UNSURE
        self.reasons = NOTHING
        self.told: tuple[_durable.Fact, ...] = ()  # to the rule engine, one fact a probe

    def put(self, place: Where, why: frozenset[Reason]) -> None:
        self.place = place
        self.reasons = why if why or self.value is not None else frozenset({self.problem or Reason.NO_DATA})


@dataclass(slots=True)
class Selection:
    """The candidates that decide, those that only raise a doubt, and why nothing decides where none does."""

    chosen: list[Candidate]
    doubts: list[Candidate]
    undecided: frozenset[Reason]


def select_observations(
    selector: ObservationSelector, view: View, findings: Findings, named: Named | None = None
) -> Selection:
    """What a selector looks at; `named` are the resources than which nothing may be older, if it has such."""
    placing = _Placing(selector, view.moment, findings, named)
    facts = view.of(selector.concepts)
    deciders: list[Candidate] = []
    weak: list[Candidate] = []
    others: list[Candidate] = []
    for fact in facts:
        if not _is_candidate(selector, fact) or (placing.follows and placing.drops(fact)):
            continue
        candidate = Candidate(fact, *_read(selector.basis, fact))
        if candidate.mute or fact.role is not Role.DEFINITIVE:
            others.append(candidate)
        elif fact.certainty is not Certainty.FIRM:
            weak.append(candidate)
        else:
            (others if fact.when is None else deciders).append(candidate)
    if not deciders:
        reasons = _why_undecided(others, weak)
        if any(_is_refused(selector, fact) for fact in facts):
            reasons = reasons - {Reason.NO_DATA} | {Reason.UNSPECIFIC}
        return Selection([], [], reasons)
    doubts = [candidate for candidate in weak if candidate.fact.when is not None]
    if selector.take is Take.LATEST:
        deciders = _not_surely_older(deciders, deciders)
        doubts = _not_surely_older(doubts, deciders)
    for candidate in (*deciders, *doubts):
        candidate.put(*placing.place(candidate.fact))
    return Selection(deciders, doubts, NOTHING)


def _is_candidate(selector: ObservationSelector, fact: Fact) -> bool:
    return _is_measured(selector, fact) and not (selector.skip and any(facet in fact.facets for facet in selector.skip))


def _is_measured(selector: ObservationSelector, fact: Fact) -> bool:
    return (
        fact.kind is Kind.OBSERVATION
        and (fact.role is Role.DEFINITIVE or fact.role is Role.SUPPORTING)
        and not (selector.only and any(facet not in fact.facets for facet in selector.only))
    )


def _is_refused(selector: ObservationSelector, fact: Fact) -> bool:
    """Whether only a facet that the test does not accept keeps the fact from being heard."""
    if not selector.skip or not _is_measured(selector, fact):
        return False
    value, problem = _read(selector.basis, fact)
    return any(facet in fact.facets for facet in selector.skip) and (value is not None or problem not in _MUTE)


def _read(basis: Basis | None, fact: Fact) -> tuple[NumberInterval | Result | None, Reason | None]:
    """A fact's value as a selector reads it, or its problem."""
    if basis is None:
        return fact.result, fact.result_problem
    if basis is Basis.VALUE:
        return fact.value, fact.value_problem
    if basis is Basis.TIMES_UPPER_LIMIT:
        return fact.times_upper_limit, fact.limit_problem
    return fact.times_lower_limit, fact.lower_limit_problem


class _Placing:
    """Tells where a result lies, for one selector and record."""

    __slots__ = ("_days", "_findings", "_moment", "_named", "_selector", "follows")

    def __init__(self, selector: ObservationSelector, moment: Moment, findings: Findings, named: Named | None) -> None:
        self._selector = selector
        self._moment = moment
        self._findings = findings
        self._named = named
        self.follows = named is not None or selector.after is not None
        self._days: DateInterval | None = None  # those of the window, or else of the currency
        if selector.window is not None:
            self._days = moment.window(selector.window)
        elif selector.currency is not None:
            self._days = current_days(selector.currency, moment.as_of)

    def drops(self, fact: Fact) -> bool:
        """Whether it is surely from before or long after what it must come after."""
        return any(where is Where.OUTSIDE for where, _ in self._followed(fact))

    def place(self, fact: Fact) -> tuple[Where, frozenset[Reason]]:
        place, reasons = self._in_windows(fact.when)
        if self.follows and place is not Where.OUTSIDE:
            for where, why in self._followed(fact):
                if where is Where.UNSURE:
                    place, reasons = Where.UNSURE, _gravest(reasons, why)
        return place, reasons

    def _followed(self, fact: Fact) -> list[tuple[Where, frozenset[Reason]]]:
        """Where it lies after each thing that it must come after."""
        followed: list[tuple[Where, frozenset[Reason]]] = []
        if self._named is not None:
            followed.append(self._named.place(fact))
        if self._selector.after is not None:
            followed.append(_after(fact.when, self._findings[self._selector.after], self._selector.within_after))
        return followed

    def _in_windows(self, when: DateInterval | None) -> tuple[Where, frozenset[Reason]]:
        """Inside all windows, outside one, or unsure and why."""
        if when is None:
            return Where.UNSURE, UNDATED
        reasons = open_findings = NOTHING
        if self._days is not None:
            place = when.place(self._days)
            if place is Place.OUTSIDE:
                return Where.OUTSIDE, STALE
            if place is Place.PERHAPS:
                reasons = IMPRECISE
        for name in self._selector.not_before:
            finding = self._findings[name]
            if finding.truth is Truth.UNKNOWN:
                if not (self._moment.presumes and finding.reasons <= ABSENT):
                    open_findings |= finding.reasons
            elif finding.truth is Truth.TRUE:
                if finding.when is None:
                    reasons = UNDATED
                elif when.surely_before(finding.when):
                    return Where.OUTSIDE, STALE
                elif not when.surely_not_before(finding.when):
                    reasons = reasons or IMPRECISE
        reasons = open_findings or reasons
        return (Where.UNSURE, reasons) if reasons else (Where.INSIDE, NOTHING)


def _gravest(reasons: frozenset[Reason], others: frozenset[Reason]) -> frozenset[Reason]:
    """Of a date that is unsure with respect to two things: undated before imprecise, a finding's own reasons first."""
    for one in (reasons, others):
        if one and one not in (UNDATED, IMPRECISE):
            return one
    return UNDATED if UNDATED in (reasons, others) else reasons or others


def _after(when: DateInterval | None, finding: Outcome, within: Span | None) -> tuple[Where, frozenset[Reason]]:
    """Whether a result came after a finding, and soon enough; a finding that is not true is the atom's matter."""
    if finding.truth is not Truth.TRUE:
        return Where.INSIDE, NOTHING
    if finding.when is None or when is None:
        return Where.UNSURE, UNDATED
    soon = Place.INSIDE if within is None else place_in_span(when, finding.when, within)
    if when.surely_before(finding.when) or soon is Place.OUTSIDE:
        return Where.OUTSIDE, NOTHING
    followed = when.surely_after(finding.when) or same_day(when, finding.when)
    return (Where.INSIDE, NOTHING) if followed and soon is Place.INSIDE else (Where.UNSURE, IMPRECISE)


def _not_surely_older(candidates: list[Candidate], than: list[Candidate]) -> list[Candidate]:
    """Those that may be as new as the newest of the others: an open start is never the newest, an open end may be."""
    starts = [c.fact.when.start for c in than if c.fact.when is not None and c.fact.when.start is not None]
    if not starts:
        return candidates
    newest = max(starts)
    return [c for c in candidates if c.fact.when is not None and (c.fact.when.end is None or c.fact.when.end >= newest)]


def _why_undecided(others: list[Candidate], weak: list[Candidate]) -> frozenset[Reason]:
    """Why nothing decides: all are `weak`, or mute, not definitive or undated."""
    reasons = {Reason.UNCONFIRMED} if weak else set()
    for candidate in others:
        if candidate.mute:
            if candidate.problem is Reason.UNSPECIFIC:
                reasons.add(Reason.UNSPECIFIC)
        else:
            reasons.add(Reason.UNDATED if candidate.fact.role is Role.DEFINITIVE else Reason.UNSPECIFIC)
    return frozenset(reasons or {Reason.NO_DATA})
