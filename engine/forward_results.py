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
    Seen,
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


def select_observations(
    selector: ObservationSelector, view: View, findings: Findings, named: Named | None = None
) -> Selection:
    """What a selector looks at; `named` are the resources than which nothing may be older, if it has such."""
    days = _days(selector, view.moment)
    candidates = [
        candidate
        for seen in view.of(selector.concepts)
        if _is_candidate(selector, seen.fact)
        and (candidate := _candidate(selector, seen, view.moment, findings, named, days)) is not None
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
        return Selection(deciders, dated_weak, NOTHING)
    chosen = _not_surely_older(deciders, deciders)
    return Selection(chosen, _not_surely_older(dated_weak, chosen), NOTHING)


def _days(selector: ObservationSelector, moment: Moment) -> DateInterval | None:
    """Those of the window, or else of the currency."""
    if selector.window is not None:
        return moment.window(selector.window)
    return None if selector.currency is None else current_days(selector.currency, moment.as_of)


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
    if not _is_measured(selector, fact) or not any(facet in fact.facets for facet in selector.skip):
        return False
    value, problem = {
        None: (fact.result, fact.result_problem),
        Basis.VALUE: (fact.value, fact.value_problem),
        Basis.TIMES_UPPER_LIMIT: (fact.times_upper_limit, fact.limit_problem),
        Basis.TIMES_LOWER_LIMIT: (fact.times_lower_limit, fact.lower_limit_problem),
    }[selector.basis]
    return value is not None or problem not in _MUTE


def _candidate(
    selector: ObservationSelector,
    seen: Seen,
    moment: Moment,
    findings: Findings,
    named: Named | None,
    days: DateInterval | None,
) -> Candidate | None:
    """The candidate at its place, or None where it is surely from before or long after what it must come after."""
    place, reasons = _place(selector, seen.when, moment, findings, days)
    followed: list[tuple[Where, frozenset[Reason]]] = []
    if named is not None:
        followed.append(named.place(seen))
    if selector.after is not None:
        followed.append(_after(seen.when, findings[selector.after], selector.within_after))
    for where, why in followed:
        if where is Where.OUTSIDE:
            return None
        if where is Where.UNSURE and place is not Where.OUTSIDE:
            place, reasons = Where.UNSURE, _gravest(reasons, why)
    fact = seen.fact
    if selector.basis is None:
        return Candidate(seen, fact.result, fact.result_problem, place, reasons)
    if selector.basis is Basis.VALUE:
        return Candidate(seen, fact.value, fact.value_problem, place, reasons)
    if selector.basis is Basis.TIMES_LOWER_LIMIT:
        return Candidate(seen, fact.times_lower_limit, fact.lower_limit_problem, place, reasons)
    return Candidate(seen, fact.times_upper_limit, fact.limit_problem, place, reasons)


def _gravest(reasons: frozenset[Reason], others: frozenset[Reason]) -> frozenset[Reason]:
    """Of a date that is unsure with respect to two things: undated before imprecise, a finding's own reasons first."""
    for one in (reasons, others):
        if one and one not in (UNDATED, IMPRECISE):
            return one
    return UNDATED if UNDATED in (reasons, others) else reasons or others


def _place(
    selector: ObservationSelector,
    when: DateInterval | None,
    moment: Moment,
    findings: Findings,
    days: DateInterval | None,
) -> tuple[Where, frozenset[Reason]]:
    """Inside all windows, outside one, or unsure and why."""
    if when is None:
        return Where.UNSURE, UNDATED
    reasons = open_findings = NOTHING
    if days is not None:
        place = when.place(days)
        if place is Place.OUTSIDE:
            return Where.OUTSIDE, STALE
        if place is Place.PERHAPS:
            reasons = IMPRECISE
    for name in selector.not_before:
        finding = findings[name]
        if finding.truth is Truth.UNKNOWN:
            if not (moment.presumes and finding.reasons <= ABSENT):
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
