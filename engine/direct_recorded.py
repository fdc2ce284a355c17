"""What is on record (conditions, procedures, medications, ...) in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from trialsieve.engine.direct_absence import FindingOutcome, absent
from trialsieve.engine.direct_changes import with_change
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_entries import Entry, entries, facts_of, gainsaying
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_proof import counted_back
from trialsieve.engine.direct_timing import age_doubt, coincide, relate, time
from trialsieve.engine.interval import leaves
from trialsieve.engine.outcome import NO_REASONS, Evidence, Outcome, union
from trialsieve.rules.atom import Atom, Recorded, ReviewCase
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Certainty, Reason, Role, Timing, Truth

_NEGATES, _SUPPORTING, _HISTORY = Role.NEGATES, Role.SUPPORTING, Role.HISTORY
_FIRM, _WEAK = Certainty.FIRM, Certainty.WEAK
_OF_NOW = frozenset({Timing.CURRENT, Timing.UNSTATED})


def evaluate(atom: Atom, test: Recorded, view: View, finding: FindingOutcome, sibling: AtomOutcome) -> Outcome:
    """Whether something is on record, as the atom's timing asks."""
    found = entries(test, view)
    if not found:
        return absent(atom, test, view, finding, ())
    outcome = _folded(atom, test, view, finding, sibling, found)
    window = test.window
    if window is None:
        return outcome
    dated = [entry for entry in found if entry.role is not _NEGATES and entry.fact.when is not None]
    if not dated:
        return outcome
    if assumed := view.assumed(window):
        outcome = replace(outcome, assumptions=(*outcome.assumptions, *assumed))
    outcome = counted_back(outcome, window, view)
    counting = [entry for entry in dated if entry.truth is not FALSE]
    if not counting:
        return outcome
    lasts = [view.last_day(entry.fact) for entry in counting]
    known = [last for last in lasts if last is not None]
    if len(known) < len(lasts):
        return outcome
    as_of = view.circumstances.as_of
    over = [entry.fact.ended_when for entry in counting if entry.ended]
    noted = [entry.fact.recorded for entry in counting if entry.role is _HISTORY]  # it was over when it was noted
    past = {min(day.last, as_of) for day in (*over, *noted) if day is not None and day.last is not None}
    return with_change(
        outcome,
        [leaves(window, last) for last in {max(known), *past}],
        view,
        lambda then: _folded(atom, test, then, finding, sibling, entries(test, then)),
    )


def _folded(
    atom: Atom, test: Recorded, view: View, finding: FindingOutcome, sibling: AtomOutcome, found: list[Entry]
) -> Outcome:
    denying: list[Entry] = []
    asserting = found
    if _NEGATES in [entry.role for entry in found]:
        denying = [entry for entry in found if entry.role is _NEGATES and _still_denies(entry, view)]
        asserting = [entry for entry in found if entry.role is not _NEGATES]
    after = finding(test.after) if test.after is not None else None
    time(asserting, test, view)
    true: list[Entry] = []
    unknown: list[Entry] = []
    past: list[Entry] = []
    for entry in asserting:
        if entry.truth is not FALSE or entry.only_over:
            _examine(entry, test, view, after, sibling)
        (past if entry.truth is FALSE else true if entry.truth is TRUE else unknown).append(entry)
    if true:
        outcome = _with_denials(true, denying, test) if denying else _decided(TRUE, true)
        return _perhaps(outcome, true + unknown)
    if unknown:
        if denying and (later := _denials_after(unknown, denying, test)):
            return _decided(FALSE, later)
        return _perhaps(_open(union([entry.reasons for entry in unknown]), unknown), unknown)
    if denying:
        return _denied(denying, test, view)
    return absent(atom, test, view, finding, _evidence(past))


def _examine(entry: Entry, test: Recorded, view: View, after: Outcome | None, sibling: AtomOutcome) -> None:
    """What else the test asks of something that is of its time, or was."""
    if after is not None and entry.truth is not FALSE:
        relate(entry, after, test.within_after)
    if test.at_time_of is not None and entry.truth is not FALSE:
        coincide(entry, sibling(test.at_time_of), view.circumstances.as_of)
    if test.review:
        _review(entry, test.review, view)
    if entry.truth is not FALSE:
        _weigh(entry, test, view)


def _review(entry: Entry, cases: Sequence[ReviewCase], view: View) -> None:
    if entry.truth is UNKNOWN or (entry.truth is FALSE and not entry.only_over):
        return
    for case in cases:
        if _matches(entry, case, view):
            entry.doubt(case.reason)
            entry.said = case.says
            return


def _matches(entry: Entry, case: ReviewCase, view: View) -> bool:
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


def _still_denies(entry: Entry, view: View) -> bool:
    return entry.fact.certainty is _FIRM and not entry.over and not gainsaying(entry, view)


def _weigh(entry: Entry, test: Recorded, view: View) -> None:
    """A broad code, a missing facet or a weak status never decides; nor does what others of its code contradict."""
    if entry.role is _SUPPORTING or (test.facets and any(facet not in entry.facets for facet in test.facets)):
        entry.doubt(Reason.UNSPECIFIC)
    if entry.fact.certainty is _WEAK:
        entry.doubt(Reason.UNCONFIRMED)
    if view.chart.contradictions:
        of_now = test.window is None and test.timing in _OF_NOW and not entry.over
        entry.against = tuple([other for other in gainsaying(entry, view) if other.refuted or of_now])
        if entry.against:
            entry.doubt(Reason.CONFLICTING_DATA)


def _surely_before(entry: Entry, other: Entry) -> bool:
    """Whether it was last asserted before the other; what has only an onset may have been on any day since."""
    if entry.fact.recorded is None or entry.asserted is None or other.asserted is None:
        return False
    return entry.asserted.surely_before(other.asserted)


def _with_denials(true: list[Entry], denying: list[Entry], test: Recorded) -> Outcome:
    if all(_surely_before(denial, entry) for denial in denying for entry in true):
        return _decided(TRUE, true)
    if later := _denials_after(true, denying, test):
        return _decided(FALSE, later)
    return _open(frozenset({Reason.CONFLICTING_DATA}), true + denying)


def _denials_after(some: list[Entry], denying: list[Entry], test: Recorded) -> list[Entry]:
    """The denials that are surely later than everything that they deny; none undoes a history."""
    if _of_a_history(test):
        return []
    return [denial for denial in denying if all(_surely_before(entry, denial) for entry in some)]


def _of_a_history(test: Recorded) -> bool:
    return test.timing is Timing.EVER and test.window is None


def _denied(denying: list[Entry], test: Recorded, view: View) -> Outcome:
    window = view.window(None, test.currency) if test.timing is Timing.CURRENT else None
    if window is not None:
        denying = [max(denying, key=_last_asserted)]
        reason = age_doubt(denying[0], window)
        if reason is not None:
            return _open(frozenset({reason}), denying)
    elif _of_a_history(test) and all(entry.asserted is None for entry in denying):
        return _open(frozenset({Reason.UNDATED}), [max(denying, key=_last_asserted)])
    return _decided(FALSE, denying)


def _last_asserted(entry: Entry) -> tuple[date, date]:
    """By the last possible day; of two that share it, the more precise is the later."""
    asserted = entry.asserted
    return (date.min, date.min) if asserted is None else (asserted.last or date.min, asserted.first or date.min)


def _decided(truth: Truth, some: list[Entry]) -> Outcome:
    return Outcome(truth, NO_REASONS, _evidence(some), (), (), facts_of(some))


def _open(reasons: frozenset[Reason], some: list[Entry]) -> Outcome:
    said = dict.fromkeys([entry.said for entry in some if entry.said])
    return Outcome(UNKNOWN, reasons, _evidence(some), (), tuple(said), facts_of(some))


def _perhaps(outcome: Outcome, some: list[Entry]) -> Outcome:
    """With all that is or may be so, unless it is denied."""
    return outcome if outcome.truth is FALSE else replace(outcome, perhaps=facts_of(some))


def _evidence(some: Sequence[Entry]) -> tuple[Evidence, ...]:
    found = tuple([Evidence(entry.fact.reference, entry.fact.says) for entry in some])  # each of its own resource
    against = [other for entry in some if entry.against for other in entry.against]
    if not against:  # most often
        return found
    said = dict.fromkeys(Evidence(other.reference, other.says) for other in against)
    return (*found, *[one for one in said if one not in found])
