"""Which results a measurement or a result test looks at, and how the rule engine is told of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from trialsieve.engine import _durable_rules as durable
from trialsieve.engine.compile_tests import Where
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_named import Named
from trialsieve.engine.forward_presumed import Presumed
from trialsieve.engine.forward_view import (
    IMPRECISE,
    NO_DATA,
    STALE,
    UNDATED,
    Findings,
    View,
    current_days,
    place_in_span,
    same_day,
)
from trialsieve.engine.interval import DateInterval, NumberInterval, Place
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.rules.atom import Measurement, QualitativeResult, Span, Window
from trialsieve.rules.concept import Facets
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import TRUE, Basis, Certainty, Kind, Reason, Result, Role, Take

# By themselves: the members of an enumeration are found by a detour.
_OBSERVATION, _DEFINITIVE, _SUPPORTING = Kind.OBSERVATION, Role.DEFINITIVE, Role.SUPPORTING
_FIRM, _LATEST = Certainty.FIRM, Take.LATEST
_DOUBTS = {Place.INSIDE: NO_REASONS, Place.PERHAPS: IMPRECISE, Place.OUTSIDE: STALE}
_OUTSIDE, _INSIDE, _UNSURE = Where.OUTSIDE, Where.INSIDE, Where.UNSURE

_Value = NumberInterval | Result | None
_MUTE = frozenset({None, Reason.NO_DATA, Reason.UNSPECIFIC})
_NO_NUMBER = frozenset({None, Reason.NO_DATA})


@dataclass(frozen=True, slots=True)
class ObservationSelector:
    """What several measurements or results select alike: everything of the test but its limits or expectation.

    `currency` is in days. `basis` None selects qualitative results. `heeds_numbers`: the latest of these leaves it
    unknown where a number may be newer that nobody calls positive or negative.
    """

    concepts: tuple[str, ...]
    basis: Basis | None
    take: Take
    window: Window | None
    currency: int | None
    not_before: tuple[Presumed, ...]
    after: str | None
    skip: Facets
    only: Facets
    within_after: Span | None
    named: tuple[str, str] | None  # the criterion or finding and its atom than which nothing may be older
    heeds_numbers: bool

    @staticmethod
    def of(test: Measurement | QualitativeResult, book: RuleBook, scope: str) -> ObservationSelector:
        return ObservationSelector(
            concepts=test.concepts,
            basis=test.basis if isinstance(test, Measurement) else None,
            take=test.take,
            window=test.window,
            currency=None if test.window is not None or test.currency is None else book.currency[test.currency],
            not_before=tuple(Presumed.of(name, book) for name in test.not_before),
            after=test.after,
            skip=test.skip,
            only=test.only if isinstance(test, QualitativeResult) else (),
            within_after=test.within_after,
            named=None if test.not_older_than is None else (scope, test.not_older_than),
            heeds_numbers=isinstance(test, QualitativeResult) and test.heed_numbers,
        )

    @property
    def findings(self) -> tuple[str, ...]:
        names = tuple(presumed.finding for presumed in self.not_before)
        return names if self.after is None else (*names, self.after)


class Candidate:
    """A result that a selector looks at, and where it lies.

    `reasons`: why it is unknown whatever its value; empty: its value decides.
    """

    __slots__ = ("fact", "place", "reasons", "told", "value")

    def __init__(self, fact: Fact, value: _Value, problem: Reason | None, place: Where, why: frozenset[Reason]) -> None:
        self.fact = fact
        self.value = value
        self.place = place
        self.reasons = why if why or value is not None else frozenset({problem or Reason.NO_DATA})
        self.told: tuple[durable.Fact, ...] = ()  # to the rule engine, one fact a probe


@dataclass(slots=True)
class Selection:
    """The candidates that decide, those that only raise a doubt, and why nothing decides where none does.

    A doubt is of a code that only suggests, or of a status that leaves it open. `numbers` are heeded: none of what
    decides is surely as new, and nobody calls them positive or negative. `open_by` is by what it is open where
    nothing decides.
    """

    chosen: list[Candidate]
    doubts: list[Candidate]
    undecided: frozenset[Reason]
    numbers: Sequence[Fact] = ()
    open_by: Sequence[Fact] = ()


def select_observations(
    selector: ObservationSelector, view: View, findings: Findings, named: Named | None
) -> Selection:
    """What a selector looks at; `named` are the resources than which nothing may be older, if it has such."""
    placing = _Placing(selector, view, findings, named)
    read = _READ[selector.basis]
    deciders: list[Fact] = []
    doubtful: list[Fact] = []
    numbers: list[Fact] = []
    why: list[tuple[Reason, Fact]] = []  # nothing decides, if that is so
    for fact in view.of(selector.concepts):
        role = fact.role
        if (
            fact.kind is not _OBSERVATION
            or (role is not _DEFINITIVE and role is not _SUPPORTING)
            or (selector.only and any(facet not in fact.facets for facet in selector.only))
        ):
            continue
        value, problem = read(fact)
        mute = value is None and problem in _MUTE
        if selector.skip and any(facet in fact.facets for facet in selector.skip):
            if selector.take is _LATEST and not mute:
                why.append((Reason.UNSPECIFIC, fact))
            continue
        if placing.follows and placing.drops(fact):
            continue
        if selector.heeds_numbers and value is None and _is_of_a_number(fact):
            numbers.append(fact)
        if mute:
            if problem is Reason.UNSPECIFIC:
                why.append((Reason.UNSPECIFIC, fact))
        elif role is not _DEFINITIVE:
            why.append((Reason.UNSPECIFIC, fact))
            if value is not None:  # else it may be in another unit, as a broad code allows
                doubtful.append(fact)
        elif fact.certainty is not _FIRM:
            why.append((Reason.UNCONFIRMED, fact))
            doubtful.append(fact)
        elif fact.when is None:
            why.append((Reason.UNDATED, fact))
        else:
            deciders.append(fact)
    if numbers:
        numbers = _perhaps_newer(numbers, deciders) if deciders else []
    doubts = [fact for fact in doubtful if fact.when is not None]
    if selector.take is _LATEST and len(deciders) + len(doubts) > 1:
        deciders = _not_surely_older(deciders, deciders)
        doubts = _not_surely_older(doubts, deciders)

    def placed(fact: Fact) -> Candidate:
        return Candidate(fact, *read(fact), *placing.place(fact))

    chosen, doubting = [placed(fact) for fact in deciders], [placed(fact) for fact in doubts]
    if deciders:
        return Selection(chosen, doubting, NO_REASONS, numbers)
    undecided = frozenset([reason for reason, _ in why]) or NO_DATA
    return Selection(chosen, doubting, undecided, numbers, [fact for _, fact in why])


# How a selector reads a fact's value, or its problem.
_READ: dict[Basis | None, Callable[[Fact], tuple[_Value, Reason | None]]] = {
    None: attrgetter("result", "result_problem"),
    Basis.VALUE: attrgetter("value", "value_problem"),
    Basis.TIMES_UPPER_LIMIT: attrgetter("times_upper_limit", "limit_problem"),
    Basis.TIMES_LOWER_LIMIT: attrgetter("times_lower_limit", "lower_limit_problem"),
}


class _Placing:
    """Tells where a result lies, for one selector and record."""

    __slots__ = ("_days", "_findings", "_named", "_selector", "_view", "follows")

    def __init__(self, selector: ObservationSelector, view: View, findings: Findings, named: Named | None) -> None:
        self._selector = selector
        self._view = view
        self._findings = findings
        self._named = named
        self.follows = named is not None or selector.after is not None
        self._days: DateInterval | None = None  # those of the window, or else of the currency
        if selector.window is not None:
            self._days = view.moment.window(selector.window)
        elif selector.currency is not None:
            self._days = current_days(selector.currency, view.moment.as_of)

    def drops(self, fact: Fact) -> bool:
        """Whether it is surely from before or long after what it must come after."""
        return any(where is _OUTSIDE for where, _ in self._followed(fact))

    def place(self, fact: Fact) -> tuple[Where, frozenset[Reason]]:
        place, reasons = self._in_windows(fact.when)
        if self.follows and place is not _OUTSIDE:
            for where, why in self._followed(fact):
                if where is _UNSURE:
                    place, reasons = _UNSURE, _gravest(reasons, why)
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
            return _UNSURE, UNDATED
        reasons = open_findings = NO_REASONS
        if self._days is not None:
            reasons = _DOUBTS[when.place(self._days)]
            if reasons is STALE:
                return _OUTSIDE, STALE
        for presumed in self._selector.not_before:
            finding = self._findings[presumed.finding]
            open_findings |= presumed.doubts(self._view, self._findings)
            if finding.truth is TRUE:
                if finding.when is None:
                    reasons = UNDATED
                elif when.surely_before(finding.when):
                    return _OUTSIDE, STALE
                elif not when.surely_not_before(finding.when):
                    reasons = reasons or IMPRECISE
        reasons = open_findings or reasons
        return (_UNSURE, reasons) if reasons else (_INSIDE, NO_REASONS)


def _gravest(reasons: frozenset[Reason], others: frozenset[Reason]) -> frozenset[Reason]:
    """Of a date that is unsure with respect to two things: undated before imprecise, a finding's own reasons first."""
    for one in (reasons, others):
        if one and one not in (UNDATED, IMPRECISE):
            return one
    return UNDATED if UNDATED in (reasons, others) else reasons or others


def _after(when: DateInterval | None, finding: Outcome, within: Span | None) -> tuple[Where, frozenset[Reason]]:
    """Whether a result came after a finding, and soon enough; a finding that is not true is the atom's matter."""
    if finding.truth is not TRUE:
        return _INSIDE, NO_REASONS
    if finding.when is None or when is None:
        return _UNSURE, UNDATED
    soon = Place.INSIDE if within is None else place_in_span(when, finding.when, within)
    if when.surely_before(finding.when) or soon is Place.OUTSIDE:
        return _OUTSIDE, NO_REASONS
    followed = when.surely_after(finding.when) or same_day(when, finding.when)
    return (_INSIDE, NO_REASONS) if followed and soon is Place.INSIDE else (_UNSURE, IMPRECISE)


def _is_of_a_number(fact: Fact) -> bool:
    """Whether it has a number, read or not."""
    return fact.value is not None or fact.value_problem not in _NO_NUMBER


def _perhaps_newer(numbers: list[Fact], deciders: list[Fact]) -> list[Fact]:
    """Those on or after whose last day nothing was surely decided, and that are of no resource that decides."""
    resources = {fact.reference for fact in deciders}
    newest = max([when.first for fact in deciders if (when := fact.when) is not None and when.first], default=date.min)
    return [
        fact
        for fact in numbers
        if (when := fact.when) is not None
        and fact.reference not in resources
        and (when.last is None or when.last > newest)
    ]


def _not_surely_older(facts: list[Fact], than: list[Fact]) -> list[Fact]:
    """Those that may be as new as the newest of the others: an open start is never the newest, an open end may be."""
    starts = [when.start for fact in than if (when := fact.when) is not None and when.start is not None]
    if not starts:
        return facts
    newest = max(starts)
    return [fact for fact in facts if (when := fact.when) is not None and (when.end is None or when.end >= newest)]
