"""What is on record (conditions, procedures, medications, ...) in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from trialsieve.engine.direct_absence import FindingOutcome, absent
from trialsieve.engine.direct_changes import with_change
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, Place, add, leaves
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.rules.model import UNSTATED, Atom, Recorded, ReviewCase, Span, Window
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

_OVER = frozenset({State.REMISSION, State.RESOLVED})
_RUNNING = frozenset({State.ACTIVE, State.RELAPSE})


@dataclass(slots=True)
class _Entry:
    """One resource, with what it says about the test's concepts."""

    fact: Fact
    role: Role
    ended: bool
    facets: Container[tuple[str, str]]
    truth: Truth = Truth.UNKNOWN
    only_over: bool = False  # false for no other cause than that it is over
    reasons: set[Reason] = field(default_factory=set)
    said: str = ""

    @property
    def over(self) -> bool:
        return self.role is Role.HISTORY or self.fact.state in _OVER or self.ended

    @property
    def asserted(self) -> DateInterval | None:
        """The later of the last assertion and the onset."""
        dates = [when for when in (self.fact.recorded, self.fact.when) if when is not None]
        return max(dates, key=lambda when: when.last or date.min) if dates else None

    def doubt(self, *reasons: Reason) -> None:
        self.truth = Truth.UNKNOWN
        self.reasons.update(reasons)


def evaluate(atom: Atom, test: Recorded, view: View, finding: FindingOutcome, sibling: AtomOutcome) -> Outcome:
    """Whether something is on record, as the atom's timing asks."""
    entries = _entries(test, view)
    if not entries:
        return absent(atom, test, view, finding, ())
    outcome = _folded(atom, test, view, finding, sibling, entries)
    window = test.window
    if window is None:
        return outcome
    dated = [entry for entry in entries if entry.role is not Role.NEGATES and entry.fact.when is not None]
    if not dated:
        return outcome
    if assumed := view.assumed(window):
        outcome = replace(outcome, assumptions=(*outcome.assumptions, *assumed))
    lasts = [view.last_day(entry.fact) for entry in dated if entry.truth is not Truth.FALSE]
    known = [last for last in lasts if last is not None]
    if not known or len(known) < len(lasts):
        return outcome
    return with_change(
        outcome,
        [leaves(window, max(known))],
        view,
        lambda then: _folded(atom, test, then, finding, sibling, _entries(test, then)),
    )


def _folded(
    atom: Atom, test: Recorded, view: View, finding: FindingOutcome, sibling: AtomOutcome, entries: list[_Entry]
) -> Outcome:
    denying = [entry for entry in entries if entry.role is Role.NEGATES and entry.fact.certainty is Certainty.FIRM]
    asserting = [entry for entry in entries if entry.role is not Role.NEGATES]
    after = finding(test.after) if test.after is not None else None
    days = view.window(test.window, test.currency)
    for entry in asserting:
        _time(entry, test, view, days)
        if after is not None and entry.truth is not Truth.FALSE:
            _relate(entry, after, test.within_after)
        if test.at_time_of is not None and entry.truth is not Truth.FALSE:
            _coincide(entry, sibling(test.at_time_of))
        if test.review:
            _review(entry, test.review, view)
        if entry.truth is not Truth.FALSE:
            _weigh(entry, test)
    true = [entry for entry in asserting if entry.truth is Truth.TRUE]
    unknown = [entry for entry in asserting if entry.truth is Truth.UNKNOWN]
    if true:
        return _with_denials(true, denying)
    if unknown:
        if later := _denials_after(unknown, denying):
            return _decided(Truth.FALSE, later)
        return _open(frozenset().union(*(entry.reasons for entry in unknown)), unknown)
    if denying:
        return _denied(denying, test, view)
    past = [entry for entry in asserting if entry.truth is Truth.FALSE]
    return absent(atom, test, view, finding, _evidence(past))


def _entries(test: Recorded, view: View) -> list[_Entry]:
    by_reference: dict[str, list[Fact]] = {}
    for fact in view.entered(test.concepts):
        if test.negated and fact.role is not Role.NEGATES:
            continue
        if test.states and fact.state not in test.states:
            continue
        if test.skip and any(facet in test.skip for facet in fact.facets):
            continue
        by_reference.setdefault(fact.reference, []).append(fact)
    entries = []
    for facts in by_reference.values():
        role, facets = facts[0].role, facts[0].facets
        if len(facts) > 1:
            roles = {fact.role for fact in facts}
            role = next(role for role in ROLE_PRECEDENCE if role in roles)
            facets = tuple(facet for fact in facts for facet in fact.facets)
        if test.negated:
            role = Role.DEFINITIVE
        if test.all_supporting and role is not Role.NEGATES:
            role = Role.SUPPORTING
        if any(wanted not in facets and any(name == wanted[0] for name, _ in facets) for wanted in test.facets):
            continue
        entries.append(_Entry(facts[0], role, view.has_ended(facts[0]), facets))
    return _first(entries) if test.first else entries


def _first(entries: list[_Entry]) -> list[_Entry]:
    """What may be the first on record; denials stay."""
    asserted = [each.fact.when for each in entries if each.role is not Role.NEGATES and each.fact.when is not None]
    return [
        entry
        for entry in entries
        if entry.role is Role.NEGATES
        or entry.fact.when is None
        or not any(entry.fact.when.surely_after(other) for other in asserted)
    ]


def _time(entry: _Entry, test: Recorded, view: View, days: DateInterval | None) -> None:
    """By the days of the test's window, or else of its currency."""
    if test.window is not None:
        assert days is not None
        _time_in_window(entry, test, test.window, days, view)
    elif test.timing in (Timing.EVER, Timing.INDEX_DISEASE):
        entry.truth = Truth.TRUE
    elif test.timing is Timing.UNSTATED:
        if entry.over:
            entry.doubt(Reason.JUDGEMENT)
        else:
            entry.truth = Truth.TRUE
    else:
        _time_current(entry, days)


def _time_in_window(entry: _Entry, test: Recorded, asked: Window, window: DateInterval, view: View) -> None:
    assert window.first is not None
    assert window.last is not None
    when = entry.fact.when
    if entry.role is Role.HISTORY or when is None:
        recorded = entry.fact.recorded
        if recorded is not None and recorded.last is not None and recorded.last < window.first:
            entry.truth = Truth.FALSE
        else:
            entry.doubt(Reason.UNDATED)
        return
    place = when.place(window)
    if place is not Place.OUTSIDE and view.circumstances.is_open(asked.anchor):
        entry.doubt(Reason.REGISTRY_ERROR if asked.anchor == UNSTATED else Reason.IMPRECISE)
        entry.said = _still_open(entry, asked, view)
    elif place is Place.INSIDE:
        entry.truth = Truth.TRUE
    elif place is Place.PERHAPS:
        entry.doubt(Reason.IMPRECISE)
    elif when.first is not None and when.first > window.last:
        entry.truth = Truth.FALSE
    elif entry.fact.state is State.RELAPSE and not entry.ended:
        entry.doubt(test.still_active or Reason.UNDATED)
    elif test.still_active is not None and not entry.ended and entry.fact.state not in _OVER:
        entry.doubt(test.still_active)
    else:
        entry.truth = Truth.FALSE


def _still_open(entry: _Entry, window: Window, view: View) -> str:
    """Why what lies in a window does not count yet: its anchor may still come so late that it no longer does."""
    length = f"{window.amount} {window.unit}{'' if window.amount == 1 else 's'}"
    if window.anchor == UNSTATED:
        return f"the registry does not say from which day the {length} are counted back"
    day = view.circumstances.anchor(window.anchor)
    if day is None:
        return f"the date of {window.anchor} is not given, and the {length} before it may yet pass"
    still = f"{window.anchor} on {day.isoformat()} is still to come"
    last = view.last_day(entry.fact)
    if last is None:
        return still
    return f"{still}; from {leaves(window, last).isoformat()} on this would lie more than its {length} back"


def _time_current(entry: _Entry, window: DateInterval | None) -> None:
    if entry.over:
        entry.truth = Truth.FALSE
        entry.only_over = True
    elif entry.fact.state not in _RUNNING:
        if entry.fact.kind is Kind.CONDITION:
            entry.doubt(Reason.STALE)
        else:
            entry.truth = Truth.TRUE
    else:
        reason = None if window is None else _age_doubt(entry, window)
        if reason is None:
            entry.truth = Truth.TRUE
        else:
            entry.doubt(reason)


def _age_doubt(entry: _Entry, window: DateInterval) -> Reason | None:
    asserted = entry.asserted
    if asserted is None:
        return Reason.UNDATED
    place = asserted.place(window)
    if place is Place.OUTSIDE:
        return Reason.STALE
    return Reason.IMPRECISE if place is Place.PERHAPS else None


def _relate(entry: _Entry, after: Outcome, within: Span | None) -> None:
    """Only what is dated after a finding counts, and no longer after it than `within`."""
    if after.truth is Truth.UNKNOWN:
        entry.doubt(*after.reasons)
        return
    if after.truth is Truth.FALSE:
        entry.truth = Truth.FALSE
        return
    when = entry.fact.when
    if after.when is None or when is None:
        entry.doubt(Reason.UNDATED)
        return
    if within is not None:
        first, last = (None if day is None else _after(day, within) for day in (after.when.first, after.when.last))
        if last is not None and when.first is not None and when.first > last:
            entry.truth = Truth.FALSE
            return
        if first is None or when.last is None or when.last > first:
            entry.doubt(Reason.IMPRECISE)
            return
    if when.surely_after(after.when):
        return
    if all(date is None or _no_later(date, after.when) for date in (when, entry.fact.recorded)):
        entry.truth = Truth.FALSE
    else:
        entry.doubt(Reason.IMPRECISE)


def _after(day: date, span: Span) -> date:
    return add(day, span.amount, span.unit)


def _coincide(entry: _Entry, other: Outcome) -> None:
    """Only what was at the time of the resources that decided another atom counts."""
    if other.truth is Truth.UNKNOWN:
        entry.doubt(*other.reasons)
        return
    if not other.decided_by:
        entry.doubt(Reason.NO_DATA)
        return
    when, ended = entry.fact.when, entry.fact.ended_when
    times = [fact.when for fact in other.decided_by if fact.when is not None]
    if when is None or len(times) < len(other.decided_by):
        entry.doubt(Reason.UNDATED)
        return
    until = ended.last if ended is not None else None if entry.fact.kind is Kind.CONDITION else when.last
    stretch = DateInterval(when.first, until, None, None)
    if all(stretch.surely_before(time) or stretch.surely_after(time) for time in times):
        entry.truth = Truth.FALSE
    elif ended is None or not when.surely_before(ended) or not any(_spans(when, ended, time) for time in times):
        entry.doubt(Reason.IMPRECISE)


def _spans(when: DateInterval, ended: DateInterval, time: DateInterval) -> bool:
    return time.surely_not_before(when) and ended.surely_not_before(time)


def _no_later(when: DateInterval, than: DateInterval) -> bool:
    same_day = when.first is not None and when.first == when.last == than.first == than.last
    return same_day or when.surely_before(than)


def _review(entry: _Entry, cases: Sequence[ReviewCase], view: View) -> None:
    if entry.truth is Truth.UNKNOWN or (entry.truth is Truth.FALSE and not entry.only_over):
        return
    for case in cases:
        if _matches(entry, case, view):
            entry.doubt(case.reason)
            entry.said = case.says
            return


def _matches(entry: _Entry, case: ReviewCase, view: View) -> bool:
    if case.concepts and view.concepts_of(entry.fact.reference).isdisjoint(case.concepts):
        return False
    if any(facet not in entry.facets for facet in case.facets):
        return False
    if case.undated and (entry.fact.when is not None or entry.fact.recorded is not None):
        return False
    if case.states or case.ended or case.history:
        return (
            entry.fact.state in case.states
            or (case.ended and entry.ended)
            or (case.history and entry.role is Role.HISTORY)
        )
    return True


def _weigh(entry: _Entry, test: Recorded) -> None:
    """A broad code, a missing facet or a weak status never decides."""
    if entry.role is Role.SUPPORTING or any(facet not in entry.facets for facet in test.facets):
        entry.doubt(Reason.UNSPECIFIC)
    if entry.fact.certainty is Certainty.WEAK:
        entry.doubt(Reason.UNCONFIRMED)


def _surely_before(entry: _Entry, other: _Entry) -> bool:
    return entry.asserted is not None and other.asserted is not None and entry.asserted.surely_before(other.asserted)


def _with_denials(true: list[_Entry], denying: list[_Entry]) -> Outcome:
    if all(_surely_before(denial, entry) for denial in denying for entry in true):
        return _decided(Truth.TRUE, true)
    if later := _denials_after(true, denying):
        return _decided(Truth.FALSE, later)
    return _open(frozenset({Reason.CONFLICTING_DATA}), true + denying)


def _denials_after(entries: list[_Entry], denying: list[_Entry]) -> list[_Entry]:
    """The denials that are surely later than everything that they deny."""
    return [denial for denial in denying if all(_surely_before(entry, denial) for entry in entries)]


def _denied(denying: list[_Entry], test: Recorded, view: View) -> Outcome:
    window = view.window(None, test.currency) if test.timing is Timing.CURRENT else None
    if window is not None:
        denying = [max(denying, key=_last_asserted)]
        reason = _age_doubt(denying[0], window)
        if reason is not None:
            return _open(frozenset({reason}), denying)
    return _decided(Truth.FALSE, denying)


def _last_asserted(entry: _Entry) -> tuple[date, date]:
    """By the last possible day; of two that share it, the more precise is the later."""
    asserted = entry.asserted
    return (date.min, date.min) if asserted is None else (asserted.last or date.min, asserted.first or date.min)


def _decided(truth: Truth, entries: list[_Entry]) -> Outcome:
    return Outcome(truth, evidence=_evidence(entries), decided_by=tuple(entry.fact for entry in entries))


def _open(reasons: frozenset[Reason], entries: list[_Entry]) -> Outcome:
    return Outcome(
        Truth.UNKNOWN,
        reasons,
        evidence=_evidence(entries),
        notes=tuple(dict.fromkeys(entry.said for entry in entries if entry.said)),
        decided_by=tuple(entry.fact for entry in entries),
    )


def _evidence(entries: Sequence[_Entry]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(Evidence(entry.fact.reference, entry.fact.says) for entry in entries))
