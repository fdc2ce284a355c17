"""Closing a stratum: the marks that the rules left on candidates are folded to one value, absence decided once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from trialsieve.engine import _durable_rules as durable
from trialsieve.engine.compile_tests import When
from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_presumed import Presumed
from trialsieve.engine.forward_record import RecordSelector
from trialsieve.engine.forward_results import Candidate, Selection
from trialsieve.engine.forward_shapes import Entries
from trialsieve.engine.forward_timing import Resource, asserted, place_in_currency
from trialsieve.engine.forward_view import (
    CONFLICTING,
    NO_DATA,
    REGISTRY_ERROR,
    STALE,
    UNDATED,
    Findings,
    View,
    current_days,
)
from trialsieve.engine.outcome import NO_REASONS, Outcome, union
from trialsieve.rules.concept import Concept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import (
    COVERABLE,
    FALSE,
    TRUE,
    UNKNOWN,
    AbsenceRule,
    Kind,
    Reason,
    Role,
    Take,
    Truth,
)

HOLDS = Outcome(TRUE)
HOLDS_NOT = Outcome(FALSE)
# By themselves: the members of an enumeration are found by a detour.
_LATEST, _NEVER_PRESUMED, _ASSESSED_ONLY = Take.LATEST, AbsenceRule.UNKNOWN, AbsenceRule.ASSESSED_ONLY
_UNSPECIFIC = frozenset({Reason.UNSPECIFIC})


@cache
def unknown_for(reasons: frozenset[Reason]) -> Outcome:
    """Unknown, resting on no facts."""
    return Outcome(UNKNOWN, reasons)


def unknown(*reasons: Reason) -> Outcome:
    return unknown_for(frozenset(reasons))


def outcome(
    truth: Truth,
    reasons: frozenset[Reason],
    facts: Iterable[Fact],
    perhaps: Iterable[Fact] = (),
    doubts: Iterable[Fact] = (),
) -> Outcome:
    """An outcome with the facts that it rests on, all that are or may be so, and the doubts that keep it open."""
    return Outcome(truth, reasons, decided_by=tuple(facts), perhaps=tuple(perhaps), doubts=tuple(doubts))


def known(truth: Truth) -> Outcome:
    return HOLDS if truth is TRUE else HOLDS_NOT


def opposite(outcome: Outcome) -> Outcome:
    """True and false change places; what it rests on stays."""
    if outcome.truth is UNKNOWN:
        return outcome
    truth = FALSE if outcome.truth is TRUE else TRUE
    return Outcome(truth, decided_by=outcome.decided_by, when=outcome.when, perhaps=outcome.perhaps)


def facts_of(outcomes: Iterable[Outcome]) -> tuple[Fact, ...]:
    """What outcomes rest on, each fact of the chart once; the same fact is the same object."""
    return _each_once([outcome.decided_by for outcome in outcomes if outcome.decided_by])


def doubts_of(outcomes: Iterable[Outcome]) -> tuple[Fact, ...]:
    """What else keeps outcomes open, in the same way."""
    return _each_once([outcome.doubts for outcome in outcomes if outcome.doubts])


def _each_once(some: Sequence[tuple[Fact, ...]]) -> tuple[Fact, ...]:
    if len(some) < 2:
        return some[0] if some else ()
    return tuple({id(fact): fact for facts in some for fact in facts}.values())


def both(condition: Outcome, outcome: Outcome) -> Outcome:
    """Kleene's `and` of an atom's condition and the atom."""
    if condition.truth is TRUE or outcome.truth is FALSE:
        return outcome
    if condition.truth is FALSE:
        return HOLDS_NOT
    return changed(outcome, UNKNOWN, condition.reasons | outcome.reasons)


def changed(outcome: Outcome, truth: Truth, reasons: frozenset[Reason] = frozenset()) -> Outcome:
    """Another value, resting on the same facts."""
    return Outcome(truth, reasons, decided_by=outcome.decided_by, perhaps=outcome.perhaps, doubts=outcome.doubts)


def agreement_of_tests(outcomes: Sequence[Outcome]) -> Outcome:
    """As `agreement`, of the readings of an atom; while no two known ones differ, data may still settle it."""
    differ = {TRUE, FALSE} <= {outcome.truth for outcome in outcomes}
    return agreement(outcomes, REGISTRY_ERROR if differ else NO_REASONS)


def agreement(outcomes: Sequence[Outcome], otherwise: frozenset[Reason] = REGISTRY_ERROR) -> Outcome:
    """The value on which all readings of a criterion agree, else unknown, registry-error."""
    truths = {outcome.truth for outcome in outcomes}
    facts = facts_of(outcomes)
    perhaps = tuple({id(fact): fact for outcome in outcomes for fact in outcome.perhaps}.values())
    if truths in ({TRUE}, {FALSE}):
        return Outcome(next(iter(truths)), decided_by=facts, perhaps=perhaps)
    reasons = union(one.reasons for one in outcomes) | otherwise
    return outcome(UNKNOWN, reasons, facts, perhaps, doubts_of(outcomes))


# --- measurements and results ---------------------------------------------------------------------------------------

Mark = Callable[[Candidate], Truth | None]
"""What the rules said of a candidate; None: neither. A doubt about the latest is asserted as if inside its windows."""


def fold_observations(selection: Selection, take: Take, mark: Mark, neither: frozenset[Reason]) -> Outcome:
    """Fold results; `neither` is why a result inside its windows is unknown when no rule marked it."""
    if not selection.chosen:
        perhaps = _may_be_so(selection, take, mark)
        return outcome(UNKNOWN, selection.undecided, (), perhaps, selection.open_by)
    if take is _LATEST and len(selection.chosen) == 1 and not selection.doubts and not selection.numbers:  # most often
        (only,) = selection.chosen
        answer = mark(only)
        if answer is None:
            perhaps = _may_be_so(selection, take, mark)
            return Outcome(UNKNOWN, only.reasons or neither, decided_by=(only.fact,), perhaps=perhaps)
        return Outcome(answer, NO_REASONS, decided_by=(only.fact,), perhaps=(only.fact,) if answer is TRUE else ())
    folded = _fold_several(selection, take, mark, neither)
    if folded.truth is not FALSE and (perhaps := _may_be_so(selection, take, mark)):
        return outcome(folded.truth, folded.reasons, folded.decided_by, perhaps, folded.doubts)
    return folded


def _may_be_so(selection: Selection, take: Take, mark: Mark) -> tuple[Fact, ...]:
    """What no rule marked false, and what is not too old; of the latest, a doubt of any time."""
    timely = [candidate for candidate in selection.chosen if candidate.reasons != STALE]
    doubts = [candidate for candidate in selection.doubts if take is _LATEST or candidate.reasons != STALE]
    return tuple([candidate.fact for candidate in timely + doubts if mark(candidate) is not FALSE])


def _fold_several(selection: Selection, take: Take, mark: Mark, neither: frozenset[Reason]) -> Outcome:
    marks = [(candidate, mark(candidate)) for candidate in selection.chosen]
    if take is _LATEST:
        return _latest(selection, marks, mark, neither)
    wanted, other = (TRUE, FALSE) if take is Take.ANY else (FALSE, TRUE)
    decisive = [candidate.fact for candidate, truth in marks if truth is wanted]
    if decisive:
        return outcome(wanted, frozenset(), decisive)
    against = [candidate.fact for candidate, truth in marks if truth is other]
    everything = [candidate.fact for candidate, _ in marks]
    doubts = union(candidate.reasons or neither for candidate, truth in marks if truth is None) - STALE
    doubtful = [
        candidate.fact
        for candidate in selection.doubts
        if (truth := mark(candidate)) is wanted or (truth is None and candidate.reasons != STALE)
    ]
    if doubts or not against:
        return outcome(UNKNOWN, doubts or STALE, everything, doubts=doubtful)
    if doubtful:
        return outcome(UNKNOWN, _why(doubtful), (*against, *doubtful))
    return outcome(other, frozenset(), against)


def _why(doubtful: Iterable[Fact]) -> frozenset[Reason]:
    """What keeps results from deciding that only raise a doubt: their codes, or else their statuses."""
    return frozenset(Reason.UNSPECIFIC if fact.role is Role.SUPPORTING else Reason.UNCONFIRMED for fact in doubtful)


def _latest(
    selection: Selection, marks: list[tuple[Candidate, Truth | None]], mark: Mark, neither: frozenset[Reason]
) -> Outcome:
    chosen = [candidate.fact for candidate, _ in marks]
    truths = {truth for _, truth in marks}
    if None in truths or len(truths) > 1:
        open_ = union(candidate.reasons or neither for candidate, truth in marks if truth is None)
        newer = [*(candidate.fact for candidate in selection.doubts), *selection.numbers]
        return outcome(UNKNOWN, CONFLICTING if {TRUE, FALSE} <= truths else open_, chosen, doubts=newer)
    (answer,) = truths
    assert answer is not None
    doubtful = [candidate.fact for candidate in selection.doubts if mark(candidate) is not answer]
    if doubtful or selection.numbers:
        reasons = _why(doubtful) | (_UNSPECIFIC if selection.numbers else NO_REASONS)
        return outcome(UNKNOWN, reasons, (*chosen, *selection.numbers), doubts=doubtful)
    return outcome(answer, frozenset(), chosen)


# --- things on record -----------------------------------------------------------------------------------------------


def fold_record(
    selector: RecordSelector, entries: Entries, mark: Callable[[durable.Fact], Truth | None], as_of: date
) -> Outcome | None:
    """Fold entries with how the rules marked each (None: neither); None: nothing counts, so that absence decides."""
    true: list[Resource] = []
    open_: list[Resource] = []
    why: frozenset[Reason] = frozenset()
    for told, resources in entries.told.items():
        truth = mark(told.fact)
        if truth is TRUE:
            true += resources
        elif truth is None:
            open_ += resources
            why |= told.reasons
    denials = entries.denials
    if true and all(_before(denial, entry) for denial in denials for entry in true):
        return outcome(TRUE, frozenset(), _facts(true), _facts(true + open_))
    if (counting := true or open_) and not selector.timing.ever:  # what is denied later is undone
        decisive = [denial for denial in denials if all(_before(entry, denial) for entry in counting)]
        if decisive:
            return outcome(FALSE, frozenset(), _facts(decisive))
    if true:
        return outcome(UNKNOWN, CONFLICTING, _facts(true + denials), _facts(true + open_))
    if open_:
        return outcome(UNKNOWN, why, _facts(open_), _facts(open_))
    if not denials:
        return None
    newest = max(denials, key=_last_day)
    if selector.timing.when is When.CURRENT and selector.timing.currency is not None:
        _, reasons = place_in_currency(asserted(newest[0]), current_days(selector.timing.currency, as_of))
        return outcome(UNKNOWN if reasons else FALSE, reasons, newest)
    if selector.timing.ever and all(asserted(denial[0]) is None for denial in denials):
        return outcome(UNKNOWN, UNDATED, newest)
    return outcome(FALSE, frozenset(), _facts(denials))


def _before(one: Resource, other: Resource) -> bool:
    if one[0].recorded is None:
        return False  # it began then, and may have been asserted on any day since
    earlier, later = asserted(one[0]), asserted(other[0])
    return earlier is not None and later is not None and earlier.surely_before(later)


def _last_day(resource: Resource) -> tuple[date, date]:
    """By the last day; of those that end on one day, the one that begins later."""
    when = asserted(resource[0])
    if when is None:
        return date.min, date.min
    return when.last or date.min, when.first or date.min


def _facts(resources: Iterable[Resource]) -> Iterator[Fact]:
    return (fact for facts in resources for fact in facts)


@dataclass(frozen=True, slots=True)
class Absence:
    """What nothing on record means for one test of the record."""

    rule: AbsenceRule
    kinds: frozenset[Kind]  # that must be covered
    gap: bool
    presume_unless: Presumed | None

    @staticmethod
    def of(rule: AbsenceRule, presume_unless: str | None, concepts: list[Concept], book: RuleBook) -> Absence:
        kinds: frozenset[Kind] = frozenset().union(*(concept.kinds for concept in concepts))
        return Absence(
            rule=rule,
            kinds=kinds & COVERABLE,
            gap=any(concept.gap is not None for concept in concepts),
            presume_unless=None if presume_unless is None else Presumed.of(presume_unless, book),
        )

    def decide(self, view: View, findings: Findings) -> Outcome:
        """What it comes to that nothing is on record: presumed absent, or unknown and why."""
        if self.rule is _NEVER_PRESUMED or self.gap or not view.moment.presumes:
            return unknown_for(NO_DATA)
        if self.presume_unless is not None:
            if findings[self.presume_unless.finding].truth is TRUE:
                return unknown(Reason.NO_DATA)
            if doubts := self.presume_unless.doubts(view, findings):
                return unknown_for(doubts)
        chart = view.chart
        if self.rule is _ASSESSED_ONLY:
            if chart.allergies_assessed:
                return HOLDS_NOT
            return unknown(Reason.NO_DATA if Kind.ALLERGY in chart.covered else Reason.NOT_RETRIEVED)
        return HOLDS_NOT if self.kinds <= chart.covered else unknown(Reason.NOT_RETRIEVED)
