"""Measured numbers and qualitative results in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.engine.direct_absence import FindingOutcome, not_ruled_out
from trialsieve.engine.direct_changes import with_change
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_dates import date_of
from trialsieve.engine.direct_deciders import select
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_proof import counted_back, each_once
from trialsieve.engine.direct_related import Related
from trialsieve.engine.direct_selected import Selected, Selector
from trialsieve.engine.direct_values import ResultTest, end, evidence_of, start, value_of
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, NumberInterval, leaves
from trialsieve.engine.outcome import NO_REASONS, Outcome, union
from trialsieve.engine.phrases import few, in_words, nobody_calls
from trialsieve.rules.atom import Measurement, QualitativeResult
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Basis, Reason, Result, Role, Take, Truth

_LIMIT_ASSUMED: Mapping[Basis, Callable[[Fact], str | None]] = {
    Basis.TIMES_UPPER_LIMIT: attrgetter("upper_limit_assumed"),
    Basis.TIMES_LOWER_LIMIT: attrgetter("lower_limit_assumed"),
}
_DEFINITIVE, _LATEST, _INDETERMINATE = Role.DEFINITIVE, Take.LATEST, Result.INDETERMINATE
_STALE, _UNSPECIFIC = frozenset({Reason.STALE}), frozenset({Reason.UNSPECIFIC})
_NOTHING = Outcome(UNKNOWN, frozenset({Reason.NO_DATA}))


class _Answer(Struct, frozen=True):
    """What one result says: the full answer, and the bare comparison without regard to windows."""

    fact: Fact
    truth: Truth
    reason: frozenset[Reason]
    bare: Truth


def evaluate(
    test: ResultTest, selector: Selector | None, view: View, finding: FindingOutcome, sibling: AtomOutcome
) -> Outcome:
    """A measurement or qualitative result of the chart, tested. Tests of one selector select the same."""
    outcome = _evaluate(test, selector, view, finding, sibling)
    if not outcome.decided_by:
        return outcome
    held_against_others = test.not_before or test.after
    if held_against_others and outcome.truth is UNKNOWN and not outcome.notes:  # no newer number keeps it open
        outcome = _with_what_came_since(test, outcome, view, finding)
    if test.window is None:
        return outcome
    if assumed := view.assumed(test.window):
        outcome = replace(outcome, assumptions=(*outcome.assumptions, *assumed))
    outcome = counted_back(outcome, test.window, view)
    if outcome.truth is UNKNOWN:
        return outcome
    firsts = [fact.when.first for fact in outcome.decided_by if fact.when is not None]
    days = [leaves(test.window, first) for first in firsts if first is not None]
    return with_change(outcome, days, view, lambda then: _evaluate(test, selector, then, finding, sibling))


def _evaluate(
    test: ResultTest, selector: Selector | None, view: View, finding: FindingOutcome, sibling: AtomOutcome
) -> Outcome:
    related: Related | None = None
    if test.after is not None or test.not_older_than is not None:
        since = sibling(test.not_older_than) if test.not_older_than is not None else None
        if since is not None and since.truth is UNKNOWN:
            return Outcome(UNKNOWN, since.reasons)
        if since is not None and not since.decided_by:
            return _NOTHING
        after = finding(test.after) if test.after is not None else None
        if after is not None and after.truth is UNKNOWN:
            return Outcome(UNKNOWN, after.reasons, after.evidence)
        if after is not None and after.truth is FALSE:
            return _NOTHING
        related = Related(after, test.within_after, None if since is None else since.decided_by)
    if selector is None:
        return _answered(test, select(test, view, finding, related))
    selected = view.selected.get(selector)
    if selected is None:
        selected = view.selected[selector] = select(test, view, finding, related)
    return _answered(test, selected)


def _answered(test: ResultTest, selected: Selected) -> Outcome:
    if selected.undecided is not None:
        if not selected.raising:
            return selected.undecided
        raising = list(map(_answer, repeat(test), selected.raising, selected.raising_doubts))
        return replace(selected.undecided, perhaps=_are_or_may_be_so(test, [], raising))
    facts = selected.deciders
    if test.take is _LATEST and len(facts) == 1 and not (selected.raising or selected.uncalled):  # most often
        reasons = selected.doubts[0]
        if not reasons:
            truth, problem = _compare(test, facts[0])
            if problem is None:
                perhaps = () if truth is FALSE else facts
                return Outcome(truth, NO_REASONS, selected.evidence, _assumed(test, facts), (), facts, perhaps=perhaps)
            reasons = frozenset({problem})
        perhaps = () if reasons == _STALE else facts
        return Outcome(UNKNOWN, reasons, selected.evidence, (), (), facts, perhaps=perhaps)
    answers = list(map(_answer, repeat(test), facts, selected.doubts))
    doubts = list(map(_answer, repeat(test), selected.raising, selected.raising_doubts))
    if test.take is _LATEST:
        outcome = _latest(test, answers, doubts, selected.uncalled)
    else:
        outcome = _any(test, answers, doubts, TRUE if test.take is Take.ANY else FALSE)
    return outcome if outcome.truth is FALSE else replace(outcome, perhaps=_are_or_may_be_so(test, answers, doubts))


def _are_or_may_be_so(test: ResultTest, answers: list[_Answer], raising: list[_Answer]) -> tuple[Fact, ...]:
    """The results that are not surely otherwise, nor too old; of the latest, no doubt that surely is older."""
    if test.take is _LATEST:
        since = max([start(answer.fact) for answer in answers], default=None)
        doubted = [each for each in raising if each.bare is not FALSE and (since is None or end(each.fact) >= since)]
    else:
        doubted = [each for each in raising if each.truth is not FALSE and each.reason != _STALE]
    found = [each for each in answers if each.truth is not FALSE and each.reason != _STALE]
    return tuple([each.fact for each in found + doubted])


def _compare(test: ResultTest, fact: Fact) -> tuple[Truth, Reason | None]:
    value, problem = value_of(test)(fact)
    if value is None:
        return UNKNOWN, problem or Reason.NO_DATA
    if isinstance(value, NumberInterval):
        assert isinstance(test, Measurement)
        truth = value.compare(test.limits)
        return truth, None if truth is not UNKNOWN else Reason.IMPRECISE
    assert isinstance(test, QualitativeResult)
    if value is _INDETERMINATE:
        return UNKNOWN, Reason.UNSPECIFIC
    return (TRUE if value is test.expected else FALSE), None


def _answer(test: ResultTest, fact: Fact, doubt: frozenset[Reason]) -> _Answer:
    bare, bare_reason = _compare(test, fact)
    if doubt:
        return _Answer(fact, UNKNOWN, doubt, bare)
    return _Answer(fact, bare, NO_REASONS if bare_reason is None else frozenset({bare_reason}), bare)


def _with_what_came_since(test: ResultTest, outcome: Outcome, view: View, finding: FindingOutcome) -> Outcome:
    """With the findings that a result should follow and may be from before, or that may hold; and their evidence."""
    days = [fact.when for fact in outcome.decided_by if fact.when is not None]
    notes, upon = [], [outcome.evidence]
    for name in (*test.not_before, *((test.after,) if test.after else ())):
        since = finding(name)
        if reasons := not_ruled_out(name, since, view):
            notes.append(f"whether “{view.book.findings[name].title}” is not known: {in_words(reasons)}")
            upon.append(since.evidence)
        elif since.truth is TRUE and not _are_since(days, since.when):
            newer = [fact for fact in since.perhaps if _leaves_open(date_of(fact), since.when, days)]
            note = f"“{view.book.findings[name].title}” is {_dated(since.when)}"
            notes.append(f"{note}, for this may be so: {few([fact.says for fact in newer])}" if newer else note)
            upon += [since.evidence, evidence_of([fact for fact in newer if fact.concept])]
    if not notes:
        return outcome
    evidence = each_once(upon)
    return replace(outcome, evidence=evidence, notes=(*outcome.notes, *notes))


def _leaves_open(when: DateInterval | None, since: DateInterval | None, days: Sequence[DateInterval]) -> bool:
    """Whether what may have been then can have moved a finding's date past these days."""
    return not _are_since(days, when) and (when is None or since is None or not when.surely_after(since))


def _are_since(days: Sequence[DateInterval], when: DateInterval | None) -> bool:
    return when is not None and all(day.surely_not_before(when) for day in days)


def _dated(when: DateInterval | None) -> str:
    if when is None:
        return "undated"
    days = [each.isoformat() for each in (when.first, when.last) if each is not None]
    return "of " + " to ".join(dict.fromkeys(days)) if when.first is not None else f"not of after {days[0]}"


def _latest(test: ResultTest, chosen: list[_Answer], raising: list[_Answer], uncalled: tuple[Fact, ...]) -> Outcome:
    facts = tuple([answer.fact for answer in chosen])
    truths = {answer.truth for answer in chosen}
    since = max(map(start, facts))
    newer = [answer for answer in raising if end(answer.fact) >= since]
    if UNKNOWN in truths or len(truths) > 1:
        conflicting = frozenset({Reason.CONFLICTING_DATA})
        reasons = conflicting if {TRUE, FALSE} <= truths else union([answer.reason for answer in chosen])
        return replace(_unknown(reasons, facts), doubts=(*[answer.fact for answer in newer], *uncalled))
    (truth,) = truths
    contradicting = tuple([answer.fact for answer in newer if answer.bare is not truth])
    if uncalled:
        return _with_uncalled(facts, contradicting, uncalled)
    if contradicting:
        doubtful = _unknown(_why_doubtful(contradicting), facts + contradicting)
        return replace(doubtful, decided_by=facts, doubts=contradicting)
    return _known(test, truth, facts)


def _with_uncalled(facts: tuple[Fact, ...], contradicting: tuple[Fact, ...], uncalled: tuple[Fact, ...]) -> Outcome:
    """What keeps results open that are newer: numbers that nobody calls positive or negative, and doubts."""
    doubts = _why_doubtful(contradicting)
    newer = all(
        number.when and all(number.when.surely_after(fact.when) for fact in facts if fact.when) for number in uncalled
    )
    outcome = _unknown(doubts | _UNSPECIFIC, facts + contradicting + uncalled)
    note = nobody_calls([number.says for number in uncalled], surely_newer=newer)
    decided_by = facts + uncalled
    return replace(outcome, decided_by=decided_by, notes=(note,), noted=_UNSPECIFIC - doubts, doubts=contradicting)


def _any(test: ResultTest, deciders: list[_Answer], raising: list[_Answer], wanted: Truth) -> Outcome:
    """`any`: one answer that is `wanted` (true) settles it; `all` is the same with true and false exchanged."""
    opposite = FALSE if wanted is TRUE else TRUE
    settling = tuple(answer.fact for answer in deciders if answer.truth is wanted)
    if settling:
        return _known(test, wanted, settling)
    doubts = union([answer.reason for answer in deciders]) - _STALE
    against = tuple(answer.fact for answer in deciders if answer.truth is opposite)
    facts = tuple(answer.fact for answer in deciders)
    contradicting = tuple(
        answer.fact
        for answer in raising
        if answer.truth is wanted or (answer.truth is UNKNOWN and answer.reason != _STALE)
    )
    if doubts or not against:
        return replace(_unknown(doubts or _STALE, facts), doubts=contradicting)
    if contradicting:
        return _unknown(_why_doubtful(contradicting), against + contradicting)
    return _known(test, opposite, against)


def _why_doubtful(facts: Sequence[Fact]) -> set[Reason]:
    """Why results that only raise a doubt do not decide."""
    return {Reason.UNCONFIRMED if fact.role is _DEFINITIVE else Reason.UNSPECIFIC for fact in facts}


def _unknown(reasons: set[Reason] | frozenset[Reason], facts: tuple[Fact, ...]) -> Outcome:
    return Outcome(UNKNOWN, frozenset(reasons), evidence=evidence_of(facts), decided_by=facts)


def _known(test: ResultTest, truth: Truth, facts: tuple[Fact, ...]) -> Outcome:
    return Outcome(truth, evidence=evidence_of(facts), assumptions=_assumed(test, facts), decided_by=facts)


def _assumed(test: ResultTest, facts: Sequence[Fact]) -> tuple[str, ...]:
    """What had to be assumed of these facts for them to count: of a limit only where its multiple is asked for."""
    assumed = [sentence for fact in facts for sentence in fact.assumptions]
    limit_assumed = _LIMIT_ASSUMED.get(test.basis) if isinstance(test, Measurement) else None
    if not assumed and limit_assumed is None:
        return ()
    if limit_assumed is not None:
        assumed += [sentence for fact in facts if (sentence := limit_assumed(fact)) is not None]
    return tuple(dict.fromkeys(assumed))
