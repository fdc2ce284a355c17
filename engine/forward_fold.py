"""Closing a stratum: the marks that the rules left on candidates are folded to one value, absence decided once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from trialsieve.engine.compile_tests import When
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_record import Entry, RecordSelector, place_in_currency
from trialsieve.engine.forward_results import Candidate, Selection
from trialsieve.engine.forward_view import Findings, Seen, View, current_days
from trialsieve.engine.outcome import Outcome, union
from trialsieve.rules.model import Concept
from trialsieve.rules.vocabulary import ABSENT, COVERABLE, AbsenceRule, Kind, Reason, Take, Truth

TRUE = Outcome(Truth.TRUE)
FALSE = Outcome(Truth.FALSE)
_STALE_ALONE = frozenset({Reason.STALE})
_CONFLICTING = frozenset({Reason.CONFLICTING_DATA})


@cache
def unknown_for(reasons: frozenset[Reason]) -> Outcome:
    """Unknown, resting on no facts."""
    return Outcome(Truth.UNKNOWN, reasons)


def unknown(*reasons: Reason) -> Outcome:
    return unknown_for(frozenset(reasons))


def outcome(truth: Truth, reasons: frozenset[Reason], seen: Iterable[Seen]) -> Outcome:
    """An outcome with the facts that it rests on."""
    return Outcome(truth, reasons, decided_by=distinct(one.fact for one in seen))


def distinct(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each fact of the chart once; the same fact is the same object."""
    return tuple({id(fact): fact for fact in facts}.values())


def known(truth: Truth) -> Outcome:
    return TRUE if truth is Truth.TRUE else FALSE


def opposite(outcome: Outcome) -> Outcome:
    """True and false change places; what it rests on stays."""
    if outcome.truth is Truth.UNKNOWN:
        return outcome
    truth = Truth.FALSE if outcome.truth is Truth.TRUE else Truth.TRUE
    return Outcome(truth, decided_by=outcome.decided_by, when=outcome.when)


def facts_of(outcomes: Iterable[Outcome]) -> tuple[Fact, ...]:
    return distinct(fact for outcome in outcomes for fact in outcome.decided_by)


def both(condition: Outcome, outcome: Outcome) -> Outcome:
    """Kleene's `and` of an atom's condition and the atom."""
    if condition.truth is Truth.TRUE or outcome.truth is Truth.FALSE:
        return outcome
    if condition.truth is Truth.FALSE:
        return FALSE
    return changed(outcome, Truth.UNKNOWN, condition.reasons | outcome.reasons)


def changed(outcome: Outcome, truth: Truth, reasons: frozenset[Reason] = frozenset()) -> Outcome:
    """Another value, resting on the same facts."""
    return Outcome(truth, reasons, decided_by=outcome.decided_by)


def agreement(outcomes: Sequence[Outcome]) -> Outcome:
    """The value on which all readings agree, else unknown, registry-error."""
    truths = {outcome.truth for outcome in outcomes}
    facts = facts_of(outcomes)
    if truths in ({Truth.TRUE}, {Truth.FALSE}):
        return Outcome(next(iter(truths)), decided_by=facts)
    reasons = union(outcome.reasons for outcome in outcomes) | {Reason.REGISTRY_ERROR}
    return Outcome(Truth.UNKNOWN, reasons, decided_by=facts)


# --- measurements and results ---------------------------------------------------------------------------------------

Mark = Callable[[Candidate], Truth | None]
"""What the rules said of a candidate; None: neither. A doubt about the latest is asserted as if inside its windows."""


def fold_observations(selection: Selection, take: Take, mark: Mark, neither: Reason) -> Outcome:
    """Fold results; `neither` is why a result inside its windows is unknown when no rule marked it."""
    if not selection.chosen:
        return unknown_for(selection.undecided)
    marks = [(candidate, mark(candidate)) for candidate in selection.chosen]

    def reasons(candidate: Candidate) -> frozenset[Reason]:
        return candidate.reasons or frozenset({neither})

    if take is Take.LATEST:
        return _latest(selection, marks, mark, reasons)
    wanted, other = (Truth.TRUE, Truth.FALSE) if take is Take.ANY else (Truth.FALSE, Truth.TRUE)
    decisive = [candidate.seen for candidate, truth in marks if truth is wanted]
    if decisive:
        return outcome(wanted, frozenset(), decisive)
    against = [candidate.seen for candidate, truth in marks if truth is other]
    everything = [candidate.seen for candidate, _ in marks]
    doubts = union(reasons(candidate) for candidate, truth in marks if truth is None) - _STALE_ALONE
    if doubts:
        return outcome(Truth.UNKNOWN, doubts, everything)
    if not against:
        return outcome(Truth.UNKNOWN, _STALE_ALONE, everything)
    weak = [candidate.seen for candidate in selection.doubts if mark(candidate) is wanted]
    if weak:
        return outcome(Truth.UNKNOWN, frozenset({Reason.UNCONFIRMED}), (*against, *weak))
    return outcome(other, frozenset(), against)


def _latest(
    selection: Selection,
    marks: list[tuple[Candidate, Truth | None]],
    mark: Mark,
    reasons: Callable[[Candidate], frozenset[Reason]],
) -> Outcome:
    chosen = [candidate.seen for candidate, _ in marks]
    truths = {truth for _, truth in marks}
    if {Truth.TRUE, Truth.FALSE} <= truths:
        return outcome(Truth.UNKNOWN, _CONFLICTING, chosen)
    if None in truths:
        return outcome(Truth.UNKNOWN, union(reasons(candidate) for candidate, truth in marks if truth is None), chosen)
    (answer,) = truths
    assert answer is not None
    opposite = Truth.FALSE if answer is Truth.TRUE else Truth.TRUE
    if any(mark(candidate) is opposite for candidate in selection.doubts):
        return outcome(Truth.UNKNOWN, frozenset({Reason.UNCONFIRMED}), chosen)
    return outcome(answer, frozenset(), chosen)


# --- things on record -----------------------------------------------------------------------------------------------


def fold_record(selector: RecordSelector, entries: list[tuple[Entry, Truth | None]], as_of: date) -> Outcome | None:
    """Fold entries with their marks; None: nothing counts, so that absence decides."""
    true = [entry for entry, truth in entries if entry.fact is not None and truth is Truth.TRUE]
    open_ = [entry for entry, truth in entries if entry.fact is not None and truth is None]
    denials = [entry for entry, _ in entries if entry.fact is None]
    if true:
        if all(_before(denial, entry) for denial in denials for entry in true):
            return outcome(Truth.TRUE, frozenset(), _seen(true))
        decisive = [denial for denial in denials if all(_before(entry, denial) for entry in true)]
        if decisive:
            return outcome(Truth.FALSE, frozenset(), _seen(decisive))
        return outcome(Truth.UNKNOWN, _CONFLICTING, _seen(true + denials))
    if open_:
        decisive = [denial for denial in denials if all(_before(entry, denial) for entry in open_)]
        if decisive:
            return outcome(Truth.FALSE, frozenset(), _seen(decisive))
        return outcome(Truth.UNKNOWN, union(entry.reasons for entry in open_), _seen(open_))
    if not denials:
        return None
    if selector.when is When.CURRENT and selector.currency is not None:
        newest = max(denials, key=_last_day)
        _, reasons = place_in_currency(newest.asserted, current_days(selector.currency, as_of))
        return outcome(Truth.UNKNOWN if reasons else Truth.FALSE, reasons, _seen([newest]))
    return outcome(Truth.FALSE, frozenset(), _seen(denials))


def _before(one: Entry, other: Entry) -> bool:
    return one.asserted is not None and other.asserted is not None and one.asserted.surely_before(other.asserted)


def _last_day(entry: Entry) -> tuple[date, date]:
    """By the last day; of those that end on one day, the one that begins later."""
    asserted = entry.asserted
    if asserted is None:
        return date.min, date.min
    return asserted.last or date.min, asserted.first or date.min


def _seen(entries: Iterable[Entry]) -> list[Seen]:
    return [seen for entry in entries for seen in entry.seen]


@dataclass(frozen=True, slots=True)
class Absence:
    """What nothing on record means for one test of the record."""

    rule: AbsenceRule
    kinds: frozenset[Kind]  # that must be covered
    gap: bool
    presume_unless: str | None

    @staticmethod
    def of(rule: AbsenceRule, presume_unless: str | None, concepts: list[Concept]) -> Absence:
        kinds: frozenset[Kind] = frozenset().union(*(concept.kinds for concept in concepts))
        return Absence(
            rule=rule,
            kinds=kinds & COVERABLE,
            gap=any(concept.gap is not None for concept in concepts),
            presume_unless=presume_unless,
        )

    def decide(self, view: View, findings: Findings) -> Outcome:
        if self.rule is AbsenceRule.UNKNOWN or self.gap or not view.moment.presumes:
            return unknown(Reason.NO_DATA)
        if self.presume_unless is not None:
            finding = findings[self.presume_unless]
            if finding.truth is Truth.TRUE:
                return unknown(Reason.NO_DATA)
            if not finding.reasons <= ABSENT:
                return unknown_for(finding.reasons)
        chart = view.chart
        if self.rule is AbsenceRule.ASSESSED_ONLY:
            if Kind.ALLERGY in chart.present:
                return FALSE
            return unknown(Reason.NO_DATA if Kind.ALLERGY in chart.covered else Reason.NOT_RETRIEVED)
        return FALSE if self.kinds <= chart.covered else unknown(Reason.NOT_RETRIEVED)
