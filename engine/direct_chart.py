"""The direct evaluator's view of one chart: visible facts, windows and unreadable resources, looked up by concept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta
from functools import lru_cache

from msgspec.structs import replace

from trialsieve.engine.direct_selected import Selected, Selector
from trialsieve.engine.direct_sought import WhatIsSought
from trialsieve.engine.facts import Attestation, Chart, Contradiction, Fact, Unreadable
from trialsieve.engine.interval import DateInterval, clip, days, window_before
from trialsieve.engine.outcome import NO_REASONS, Circumstances
from trialsieve.rules.atom import SCREENING, UNSTATED, Window
from trialsieve.rules.vocabulary import ABSENT, AbsencePolicy, Kind, Reason, Role, State

_AS_GOOD_AS_OPEN = 9000  # a year that stands for no end
_ATTESTATION_DAYS = 30  # without an end an attestation counts for 30 days
OVER = frozenset({State.REMISSION, State.RESOLVED})
_ENTERED = frozenset({Role.NEGATES, Role.DEFINITIVE, Role.HISTORY, Role.SUPPORTING})
_OBSERVED = frozenset({Role.DEFINITIVE, Role.SUPPORTING})
_OBSERVATION = Kind.OBSERVATION
_SILENT = frozenset({Role.EXCLUDE, Role.COMPONENT})
NO_DATA = frozenset({Reason.NO_DATA})


class View:
    """What may be looked at as of the given day (docs/semantics.md, section 1)."""

    def __init__(self, sought: WhatIsSought, chart: Chart, circumstances: Circumstances) -> None:
        self.sought = sought
        self.book = sought.book
        self.chart = chart
        self.circumstances = circumstances
        self.silence = _silence(chart, circumstances)
        """The reasons that say no more than that nothing is on record, where that is taken for none."""
        self.windows_on = circumstances.as_of  # the day on which windows end whose anchor moves on with time
        self._seen: list[Fact] = []
        self._on_record: dict[str, list[Fact]] = {}  # by concept, as the next
        self._results: dict[str, list[Fact]] = {}
        self._concepts: dict[str, set[str]] | None = None
        self._contradictions: dict[str, list[Contradiction]] | None = None
        self._said: dict[str, list[Attestation]] = {}  # by what it is said of
        self.selected: dict[Selector, Selected] = {}
        """The results that tests go by, as far as they were asked for."""
        self._see(chart.facts, circumstances.as_of)
        for item in chart.attestations:
            if item.when.starts_by(circumstances.as_of):
                self._said.setdefault(item.target, []).append(item)

        self._unreadable = [item for item in chart.unreadable if item.would_be is None or self.seen(item.would_be)]
        unread = [item.concepts for item in self._unreadable]
        known = [concepts for concepts in unread if concepts is not None]
        self.unread: frozenset[str] | None = frozenset().union(*known) if len(known) == len(unread) else None
        """Of what there is something unreadable; None: there may be of anything."""
        self.on_record: Set[str] = self._on_record.keys()
        """The concepts of which something beside Observations speaks, for or against."""
        self.measured: Set[str] = self._results.keys()
        """The concepts for which Observations speak."""

    def _see(self, facts: Sequence[Fact], as_of: date) -> None:
        """Sort what is visible by what tests look for."""
        see, on_record, results = self._seen.append, self._on_record, self._results
        for fact in facts:
            seen = fact if _is_past(fact, as_of) else self._as_of_then(fact)  # `seen`, in place: there are many
            if seen is None:
                continue
            see(seen)
            if seen.kind is _OBSERVATION:
                if seen.role in _OBSERVED:
                    results.setdefault(seen.concept, []).append(seen)
            elif seen.role in _ENTERED:
                on_record.setdefault(seen.concept, []).append(seen)

    def seen(self, fact: Fact) -> Fact | None:
        """The fact as of then; None where it is not visible."""
        return fact if _is_past(fact, self.circumstances.as_of) else self._as_of_then(fact)

    def _as_of_then(self, fact: Fact) -> Fact | None:
        """The fact with nothing of what came later: dates cut off, an end or remission still to come unsaid.

        None where all of it came later.
        """
        as_of, when, recorded, state = self.circumstances.as_of, fact.when, fact.recorded, fact.state
        if when is not None:
            if not when.starts_by(as_of):
                if recorded is None or not recorded.surely_before(when):
                    return None
                when = DateInterval(None, recorded.last, None, recorded.end)  # the day is wrong: no later than noted
            when = clip(when, as_of)
        if recorded is not None:
            if not recorded.starts_by(as_of):
                return None
            recorded = clip(recorded, as_of)
        if fact.ended and state in OVER and not self.has_ended(fact):
            state = State.UNSTATED
        if when is fact.when and recorded is fact.recorded and state is fact.state:
            return fact
        return replace(fact, when=when, recorded=recorded, state=state)

    def entered(self, concepts: tuple[str, ...]) -> Sequence[Fact]:
        """What is on record of the concepts beside Observations, for or against."""
        if len(concepts) == 1:  # most often
            return self._on_record.get(concepts[0], ())
        return _of_each(concepts, self._on_record)

    def observed(self, concepts: tuple[str, ...]) -> Sequence[Fact]:
        """The Observations of the concepts that say something for them."""
        if len(concepts) == 1:
            return self._results.get(concepts[0], ())
        return _of_each(concepts, self._results)

    def contradicting(self, reference: str) -> Sequence[Contradiction]:
        """What contradicts a condition or an allergy by its code, whichever is newer."""
        if not self.chart.contradictions:
            return ()
        if self._contradictions is None:
            self._contradictions = {}
            for item in self.chart.contradictions:
                if item.when is None or item.when.starts_by(self.circumstances.as_of):
                    for each in item.of:
                        self._contradictions.setdefault(each, []).append(item)
        return self._contradictions.get(reference, ())

    def concepts_of(self, reference: str) -> set[str]:
        """Every concept for which this resource has a visible fact."""
        if self._concepts is None:
            self._concepts = {}
            for fact in self._seen:
                if fact.role not in _SILENT:
                    self._concepts.setdefault(fact.reference, set()).add(fact.concept)
        return self._concepts.get(reference, set())

    def window(self, window: Window | None, currency: str | None) -> DateInterval | None:
        """A test's look-back window, else its currency; None where nothing is too old."""
        as_of = self.circumstances.as_of
        if window is not None:
            ends = self._ends(window)
            lies = _window_before(ends, window)
            since = self._counted_from(window, ends)
            return lies if since is None else days(_window_before(since, window).first, ends)
        return None if currency is None else _days_before(as_of, self.book.currency[currency])

    def _ends(self, window: Window) -> date:
        """The last day of a window."""
        given = None if window.anchor == SCREENING else self.circumstances.anchor(window.anchor)
        return given or self.windows_on

    def _counted_from(self, window: Window, ends: date) -> date | None:
        """The earlier day from which a window is counted back, where it is not its last one."""
        since = None if window.back_from is None else self.circumstances.anchor(window.back_from)
        return since if since is not None and since < ends else None

    def is_open(self, window: Window) -> bool:
        """Whether something may still leave a window before its anchor comes: its first day is not settled yet."""
        since = None if window.back_from is None else self.circumstances.anchor(window.back_from)
        settled = since is not None and since <= self.circumstances.as_of
        return not settled and self.circumstances.is_open(window.anchor)

    def later(self, day: date) -> View:
        """The same record, with such windows ending on a later day."""
        view = View.__new__(View)
        view.__dict__.update(self.__dict__)
        view.windows_on = day
        view.selected = {}
        return view

    def assumed(self, window: Window | None) -> tuple[str, ...]:
        """What is assumed of a window whose anchor is not given."""
        if window is None or self.circumstances.anchor(window.anchor) is not None:
            return ()
        as_of = self.circumstances.as_of.isoformat()
        if window.anchor == UNSTATED:
            return (f"the registry does not say from which day its window is counted back; taken as of {as_of}",)
        return (f"the date of {window.anchor} is not given; taken as of {as_of}",)

    def counted_back(self, window: Window) -> str:
        """From which earlier day a window is counted back, in words; empty where that is its last day."""
        since = self._counted_from(window, self._ends(window))
        if since is None:
            return ""
        return f"its window of {window.length} is counted back from {window.back_from}, {since.isoformat()}"

    def last_day(self, fact: Fact) -> date | None:
        """The last day of a dated fact, later than the as-of date too; None where it is open."""
        assert fact.when is not None
        if fact.when.last is not None and fact.when.last < self.circumstances.as_of:
            return fact.when.last
        whens = [each.when for each in self.chart.facts if each.reference == fact.reference and each.when is not None]
        recorded = [when.last for when in whens if when.starts_by(self.circumstances.as_of)]
        if not recorded:  # its day is wrong
            return fact.when.last
        if any(last is None or last.year >= _AS_GOOD_AS_OPEN for last in recorded):
            return None
        return max(last for last in recorded if last is not None)

    def has_ended(self, fact: Fact) -> bool:
        """Whether an abatement has happened by the as-of date."""
        return fact.ended and (fact.ended_when is None or fact.ended_when.starts_by(self.circumstances.as_of))

    def may_be_unread(self, concepts: tuple[str, ...]) -> bool:
        """Whether something unreadable may be of one of the concepts."""
        return self.unread is None or not self.unread.isdisjoint(concepts)

    def unreadable(self, concepts: tuple[str, ...], observations: bool, *, holds: bool = False) -> list[Unreadable]:
        """The unreadable resources and the gaps that bear on a test of these concepts.

        Of something on record that `holds`, those do not that could be read: they deny nothing.
        """
        found: list[Unreadable] = []
        if not self.may_be_unread(concepts):
            return found
        for item in self._unreadable:
            if (holds and item.was_read) or (item.concepts is not None and item.concepts.isdisjoint(concepts)):
                continue
            if item.kind is not None:
                if observations != (item.kind is Kind.OBSERVATION):
                    continue
                if not observations and not any(item.kind in self.book.concepts[c].kinds for c in concepts):
                    continue
            found.append(item)
        return found

    def attestations(self, target: str, day: date | None = None) -> tuple[Attestation, ...]:
        """The newest current attestation to a criterion or atom; several where each may be the newest.

        With a later `day`, those of them that still count on it.
        """
        current = [item for item in self._answers(target) if not has_lapsed(item, day or self.circumstances.as_of)]
        if not current:
            return ()
        newest = max(item.when.start or 0 for item in current)
        return tuple(item for item in current if item.when.end is None or item.when.end >= newest)

    def lapses(self, target: str) -> list[date]:
        """The days to come on which an attestation to an atom lapses."""
        as_of = self.circumstances.as_of
        days = map(_lapses_on, self._answers(target))
        return [day for day in days if day is not None and day > as_of]

    def _answers(self, target: str) -> Sequence[Attestation]:
        return self._said.get(target, ())


def has_lapsed(item: Attestation, as_of: date) -> bool:
    """Whether an answer no longer counts."""
    day = _lapses_on(item)
    return day is not None and day <= as_of


def _lapses_on(item: Attestation) -> date | None:
    """The first day on which an answer no longer counts; None where it has no end."""
    if item.until is None:
        first = item.when.first
        return date.min if first is None else first + timedelta(days=_ATTESTATION_DAYS + 1)
    last = item.until.last
    return None if last is None or last.year >= _AS_GOOD_AS_OPEN else last + timedelta(days=1)


_window_before = lru_cache(maxsize=256)(window_before)


@lru_cache(maxsize=256)
def _days_before(as_of: date, length: int) -> DateInterval:
    return days(as_of - timedelta(days=length), as_of)


def _is_past(fact: Fact, as_of: date) -> bool:
    """Whether a fact surely is what it was on that day, as most are."""
    when, recorded = fact.when, fact.recorded
    if when is not None and (when.last is None or when.last > as_of):
        return False
    if recorded is not None and (recorded.last is None or recorded.last > as_of):
        return False
    if not fact.ended:
        return True
    ended = fact.ended_when
    return ended is None or ended.first is None or ended.first <= as_of


def _of_each(concepts: tuple[str, ...], facts: Mapping[str, list[Fact]]) -> list[Fact]:
    return [fact for concept in concepts if concept in facts for fact in facts[concept]]


def _silence(chart: Chart, circumstances: Circumstances) -> frozenset[Reason]:
    if circumstances.absence is AbsencePolicy.UNKNOWN:
        return NO_REASONS
    return ABSENT if chart.in_full else NO_DATA
