"""What is on record (conditions, procedures, medications, ...) in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from trialsieve.engine.direct_chart import View
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, Place
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.rules.model import Atom, Concept, Recorded, ReviewCase
from trialsieve.rules.vocabulary import (
    ABSENT,
    COVERABLE,
    ROLE_PRECEDENCE,
    AbsencePolicy,
    AbsenceRule,
    Certainty,
    Kind,
    Reason,
    Role,
    State,
    Timing,
    Truth,
)

FindingOutcome = Callable[[str], Outcome]
_NO_DATA = frozenset({Reason.NO_DATA})
_NOT_RETRIEVED = frozenset({Reason.NOT_RETRIEVED})
_READ = frozenset({Role.NEGATES, Role.DEFINITIVE, Role.HISTORY, Role.SUPPORTING})
_DENYING = frozenset({Role.NEGATES})
_OVER = frozenset({State.REMISSION, State.RESOLVED})
_RUNNING = frozenset({State.ACTIVE, State.RELAPSE})


@dataclass(slots=True)
class _Entry:
    """One resource, with what it says about the test's concepts."""

    fact: Fact
    role: Role
    ended: bool
    facets: set[tuple[str, str]]
    concepts: set[str]
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


def evaluate(atom: Atom, test: Recorded, view: View, finding: FindingOutcome) -> Outcome:
    """Whether something is on record, as the atom's timing asks."""
    if not any(view.has(concept) for concept in test.concepts):
        return _absent(atom, test, view, finding, [])
    entries = _entries(test, view)
    denying = [entry for entry in entries if entry.role is Role.NEGATES and entry.fact.certainty is Certainty.FIRM]
    asserting = [entry for entry in entries if entry.role is not Role.NEGATES]
    after = finding(test.after) if test.after is not None else None
    for entry in asserting:
        _time(entry, test, view)
        if after is not None and entry.truth is not Truth.FALSE:
            _relate(entry, after)
        _review(entry, test.review)
        _weigh(entry, test)
    true = [entry for entry in asserting if entry.truth is Truth.TRUE]
    unknown = [entry for entry in asserting if entry.truth is Truth.UNKNOWN]
    if true:
        return _with_denials(true, denying)
    if unknown:
        if any(all(_surely_before(entry, denial) for entry in unknown) for denial in denying):
            return _decided(Truth.FALSE, denying)
        return _open(frozenset().union(*(entry.reasons for entry in unknown)), unknown)
    if denying:
        return _denied(denying, test, view)
    return _absent(atom, test, view, finding, [entry for entry in asserting if entry.truth is Truth.FALSE])


def _entries(test: Recorded, view: View) -> list[_Entry]:
    by_reference: dict[str, list[Fact]] = {}
    for fact in view.facts(test.concepts):
        if fact.kind is Kind.OBSERVATION or fact.role not in (_DENYING if test.negated else _READ):
            continue
        if test.states and fact.state not in test.states:
            continue
        if any(facet in test.skip for facet in fact.facets):
            continue
        by_reference.setdefault(fact.reference, []).append(fact)
    entries = []
    for reference, facts in by_reference.items():
        roles = {Role.DEFINITIVE if test.negated and fact.role is Role.NEGATES else fact.role for fact in facts}
        role = next(role for role in ROLE_PRECEDENCE if role in roles)
        if test.all_supporting and role is not Role.NEGATES:
            role = Role.SUPPORTING
        facets = {facet for fact in facts for facet in fact.facets}
        if any(wanted not in facets and any(name == wanted[0] for name, _ in facets) for wanted in test.facets):
            continue
        entries.append(_Entry(facts[0], role, view.has_ended(facts[0]), facets, view.concepts_of(reference)))
    return entries


def _time(entry: _Entry, test: Recorded, view: View) -> None:
    if test.window is not None:
        _time_in_window(entry, test, view)
    elif test.timing in (Timing.EVER, Timing.INDEX_DISEASE):
        entry.truth = Truth.TRUE
    elif test.timing is Timing.UNSTATED:
        if entry.over:
            entry.doubt(Reason.JUDGEMENT)
        else:
            entry.truth = Truth.TRUE
    else:
        _time_current(entry, test, view)


def _time_in_window(entry: _Entry, test: Recorded, view: View) -> None:
    window = view.window(test.window, None)
    assert window is not None
    assert window.first is not None
    when = entry.fact.when
    if entry.role is Role.HISTORY or when is None:
        recorded = entry.fact.recorded
        if recorded is not None and recorded.last is not None and recorded.last < window.first:
            entry.truth = Truth.FALSE
        else:
            entry.doubt(Reason.UNDATED)
        return
    place = when.place(window)
    if place is Place.INSIDE:
        entry.truth = Truth.TRUE
    elif place is Place.PERHAPS:
        entry.doubt(Reason.IMPRECISE)
    elif entry.fact.state is State.RELAPSE and not entry.ended:
        entry.doubt(test.still_active or Reason.UNDATED)
    elif test.still_active is not None and not entry.ended and entry.fact.state not in _OVER:
        entry.doubt(test.still_active)
    else:
        entry.truth = Truth.FALSE


def _time_current(entry: _Entry, test: Recorded, view: View) -> None:
    if entry.over:
        entry.truth = Truth.FALSE
        entry.only_over = True
    elif entry.fact.state not in _RUNNING:
        if entry.fact.kind is Kind.CONDITION:
            entry.doubt(Reason.STALE)
        else:
            entry.truth = Truth.TRUE
    else:
        window = view.window(None, test.currency)
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


def _relate(entry: _Entry, after: Outcome) -> None:
    """Only what is dated after a finding counts."""
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
    if when.surely_after(after.when):
        return
    if all(date is None or _no_later(date, after.when) for date in (when, entry.fact.recorded)):
        entry.truth = Truth.FALSE
    else:
        entry.doubt(Reason.IMPRECISE)


def _no_later(when: DateInterval, than: DateInterval) -> bool:
    same_day = when.first is not None and when.first == when.last == than.first == than.last
    return same_day or when.surely_before(than)


def _review(entry: _Entry, cases: Sequence[ReviewCase]) -> None:
    if entry.truth is Truth.UNKNOWN or (entry.truth is Truth.FALSE and not entry.only_over):
        return
    for case in cases:
        if _matches(entry, case):
            entry.doubt(case.reason)
            entry.said = case.says
            return


def _matches(entry: _Entry, case: ReviewCase) -> bool:
    if case.concepts and entry.concepts.isdisjoint(case.concepts):
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
    if entry.truth is Truth.FALSE:
        return
    if entry.role is Role.SUPPORTING or any(facet not in entry.facets for facet in test.facets):
        entry.doubt(Reason.UNSPECIFIC)
    if entry.fact.certainty is Certainty.WEAK:
        entry.doubt(Reason.UNCONFIRMED)


def _surely_before(entry: _Entry, other: _Entry) -> bool:
    return entry.asserted is not None and other.asserted is not None and entry.asserted.surely_before(other.asserted)


def _with_denials(true: list[_Entry], denying: list[_Entry]) -> Outcome:
    if all(_surely_before(denial, entry) for denial in denying for entry in true):
        return _decided(Truth.TRUE, true)
    if any(all(_surely_before(entry, denial) for entry in true) for denial in denying):
        return _decided(Truth.FALSE, denying)
    return _open(frozenset({Reason.CONFLICTING_DATA}), true + denying)


def _denied(denying: list[_Entry], test: Recorded, view: View) -> Outcome:
    window = view.window(None, test.currency) if test.timing is Timing.CURRENT else None
    if window is not None:
        reason = _age_doubt(max(denying, key=_last_asserted), window)
        if reason is not None:
            return _open(frozenset({reason}), denying)
    return _decided(Truth.FALSE, denying)


def _last_asserted(entry: _Entry) -> tuple[date, date]:
    """By the last possible day; of two that share it, the more precise is the later."""
    asserted = entry.asserted
    return (date.min, date.min) if asserted is None else (asserted.last or date.min, asserted.first or date.min)


def _absent(atom: Atom, test: Recorded, view: View, finding: FindingOutcome, past: list[_Entry]) -> Outcome:
    sought = _sought(tuple(view.book.concepts[name] for name in test.concepts))
    if atom.absence is AbsenceRule.UNKNOWN or sought.unprovable or view.circumstances.absence is AbsencePolicy.UNKNOWN:
        return _nothing(_NO_DATA, past)
    if atom.presume_unless is not None:
        barring = finding(atom.presume_unless)
        if barring.truth is Truth.TRUE:
            return _nothing(_NO_DATA, past)
        if not barring.reasons <= ABSENT:
            return _nothing(barring.reasons, past)
    if atom.absence is AbsenceRule.ASSESSED_ONLY:
        if Kind.ALLERGY not in view.chart.present:
            return _nothing(_NO_DATA if Kind.ALLERGY in view.chart.covered else _NOT_RETRIEVED, past)
    elif not sought.coverable <= view.chart.covered:
        return _nothing(_NOT_RETRIEVED, past)
    count = sum(
        item.count
        for item in view.chart.uncoded
        if item.kind in sought.coverable and item.systems.isdisjoint(sought.systems)
    )
    others = (
        f" ({count} records have no code that the value set knows; their words name none of these)" if count else ""
    )
    when = " at the time asked about" if past else ""
    assumed = f"no {sought.named} on record{when}{others}"
    return Outcome(Truth.FALSE, evidence=_evidence(past), assumptions=(assumed,))


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a test looks for, as far as absence goes: the kinds that must be covered, and how it is named."""

    unprovable: bool
    coverable: frozenset[Kind]
    systems: frozenset[str]
    named: str


_known: dict[tuple[str, ...], tuple[tuple[Concept, ...], _Sought]] = {}


def _sought(concepts: tuple[Concept, ...]) -> _Sought:
    name = tuple(concept.id for concept in concepts)
    known = _known.get(name)
    if known is not None and all(one is other for one, other in zip(known[0], concepts, strict=True)):
        return known[1]
    labels = list(dict.fromkeys(concept.label for concept in concepts))
    sought = _Sought(
        unprovable=any(concept.gap for concept in concepts),
        coverable=frozenset().union(*(concept.kinds for concept in concepts)) & COVERABLE,
        systems=frozenset().union(*(concept.systems for concept in concepts)),
        named=labels[0] if len(labels) == 1 else ", ".join(labels[:-1]) + " or " + labels[-1],
    )
    _known[name] = (concepts, sought)
    return sought


def _decided(truth: Truth, entries: list[_Entry]) -> Outcome:
    return Outcome(truth, evidence=_evidence(entries), decided_by=tuple(entry.fact for entry in entries))


def _nothing(reasons: frozenset[Reason], past: list[_Entry]) -> Outcome:
    """Unknown by absence: what is past is shown, but nothing was decided by it."""
    return Outcome(Truth.UNKNOWN, reasons, evidence=_evidence(past))


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
