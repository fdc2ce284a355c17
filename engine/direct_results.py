"""Measured numbers and qualitative results in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.engine.direct_changes import with_change
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_proof import counted_back, each_once
from trialsieve.engine.direct_related import Related
from trialsieve.engine.direct_selected import Selected, Selector
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, NumberInterval, Place, leaves
from trialsieve.engine.outcome import NO_REASONS, Evidence, Outcome, union
from trialsieve.rules.model import Measurement, QualitativeResult
from trialsieve.rules.vocabulary import (
    ABSENT,
    FALSE,
    TRUE,
    UNKNOWN,
    AbsencePolicy,
    Basis,
    Certainty,
    Reason,
    Result,
    Role,
    Take,
    Truth,
)

FindingOutcome = Callable[[str], Outcome]
ResultTest = Measurement | QualitativeResult
_Value = tuple[NumberInterval | Result | None, Reason | None]
_RESULT: Callable[[Fact], _Value] = attrgetter("result", "result_problem")
_BY_BASIS: Mapping[Basis, Callable[[Fact], _Value]] = {
    Basis.VALUE: attrgetter("value", "value_problem"),
    Basis.TIMES_UPPER_LIMIT: attrgetter("times_upper_limit", "limit_problem"),
    Basis.TIMES_LOWER_LIMIT: attrgetter("times_lower_limit", "lower_limit_problem"),
}
_LIMIT_ASSUMED: Mapping[Basis, Callable[[Fact], str | None]] = {
    Basis.TIMES_UPPER_LIMIT: attrgetter("upper_limit_assumed"),
    Basis.TIMES_LOWER_LIMIT: attrgetter("lower_limit_assumed"),
}
_MUTE = frozenset({None, Reason.NO_DATA, Reason.UNSPECIFIC})
_FOR_EVER = float("inf")
_DEFINITIVE, _FIRM, _LATEST = Role.DEFINITIVE, Certainty.FIRM, Take.LATEST
_INDETERMINATE = Result.INDETERMINATE
_OUTSIDE, _PERHAPS = Place.OUTSIDE, Place.PERHAPS
_STALE, _IMPRECISE = frozenset({Reason.STALE}), frozenset({Reason.IMPRECISE})
_DOUBTS = {Place.INSIDE: NO_REASONS, Place.OUTSIDE: _STALE, Place.PERHAPS: _IMPRECISE}
_NOTHING = Outcome(UNKNOWN, frozenset({Reason.NO_DATA}))


class _Answer(Struct, frozen=True):
    """What one result says: the full answer, and the bare comparison without regard to windows."""

    fact: Fact
    truth: Truth
    reason: frozenset[Reason]
    bare: Truth


_NOTHING_MEASURED = Selected(undecided=_NOTHING)


def evaluate(
    test: ResultTest, selector: Selector | None, view: View, finding: FindingOutcome, sibling: AtomOutcome
) -> Outcome:
    """A measurement or qualitative result of the chart, tested. Tests of one selector select the same."""
    outcome = _evaluate(test, selector, view, finding, sibling)
    if not outcome.decided_by:
        return outcome
    if test.not_before and outcome.truth is UNKNOWN:
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
    since = sibling(test.not_older_than) if test.not_older_than is not None else None
    if since is not None and since.truth is UNKNOWN:
        return Outcome(UNKNOWN, since.reasons)
    if since is not None and not since.decided_by:
        return _NOTHING
    after = finding(test.after) if test.after is not None else None
    if after is not None and after.truth is UNKNOWN:
        return Outcome(UNKNOWN, after.reasons)
    if after is not None and after.truth is FALSE:
        return _NOTHING
    selected = None if selector is None else view.selected.get(selector)
    if selected is None:
        related = None
        if after is not None or since is not None:
            related = Related(after, test.within_after, None if since is None else since.decided_by)
        selected = _select(test, view, finding, related)
        if selector is not None:
            view.selected[selector] = selected
    return _answered(test, selected)


def _select(test: ResultTest, view: View, finding: FindingOutcome, related: Related | None) -> Selected:
    measured = _measured(test, view)
    if not measured:
        return _NOTHING_MEASURED
    candidates = measured
    if test.skip:
        candidates = [fact for fact in measured if not any(facet in test.skip for facet in fact.facets)]
    if related is not None:
        candidates = [fact for fact in candidates if related.keeps(fact)]
    speaking = _speaking(candidates, test)
    deciders: list[Fact] = []
    undated: list[Fact] = []
    raising: list[Fact] = []
    for fact in speaking:
        if fact.role is _DEFINITIVE and fact.certainty is _FIRM:
            (undated if fact.when is None else deciders).append(fact)
        elif fact.when is not None:
            raising.append(fact)
    if not deciders:
        undecided = _nothing_decides(test, candidates, speaking, undated, _skipped(test, measured))
        return Selected(undecided=undecided)
    if test.take is _LATEST:
        deciders = _newest(deciders)
    doubts = _time_doubts(test, deciders, view, finding, related)
    raising_doubts = _time_doubts(test, raising, view, finding, related) if raising else ()
    return Selected(tuple(deciders), doubts, tuple(raising), raising_doubts, None, _evidence(deciders))


def _answered(test: ResultTest, selected: Selected) -> Outcome:
    if selected.undecided is not None:
        return selected.undecided
    facts, evidence = selected.deciders, selected.evidence
    if test.take is _LATEST and len(facts) == 1 and not selected.raising:  # most often
        answer = _answer(test, facts[0], selected.doubts[0])
        assumed = () if answer.truth is UNKNOWN else _assumed(test, facts)
        return Outcome(answer.truth, answer.reason, evidence, assumed, (), facts)
    answers = list(map(_answer, repeat(test), facts, selected.doubts))
    doubts = list(map(_answer, repeat(test), selected.raising, selected.raising_doubts))
    if test.take is _LATEST:
        return _latest(test, answers, doubts)
    return _any(test, answers, doubts, TRUE if test.take is Take.ANY else FALSE)


def _skipped(test: ResultTest, measured: list[Fact]) -> list[Fact]:
    """What would count but for a facet that the test does not accept, such as another method."""
    if not test.skip:
        return []
    return _speaking([fact for fact in measured if any(facet in test.skip for facet in fact.facets)], test)


def _measured(test: ResultTest, view: View) -> list[Fact]:
    only = test.only if isinstance(test, QualitativeResult) else ()
    measured = view.observed(test.concepts)
    return [fact for fact in measured if all(facet in fact.facets for facet in only)] if only else measured


def _value_of(test: ResultTest) -> Callable[[Fact], _Value]:
    """What a fact says that the test asks for: a number or a result, or why there is none."""
    return _RESULT if isinstance(test, QualitativeResult) else _BY_BASIS[test.basis]


def _speaking(facts: Sequence[Fact], test: ResultTest) -> list[Fact]:
    """Those that are not mute."""
    value_of = _value_of(test)
    return [fact for fact in facts if (said := value_of(fact))[0] is not None or said[1] not in _MUTE]


def _compare(test: ResultTest, fact: Fact) -> tuple[Truth, Reason | None]:
    value, problem = _value_of(test)(fact)
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


def _time_doubts(
    test: ResultTest, facts: Sequence[Fact], view: View, finding: FindingOutcome, related: Related | None
) -> tuple[frozenset[Reason], ...]:
    """Why each dated result may not speak for the time that is asked about."""
    window = view.window(test.window, test.currency)
    if not test.not_before and related is None:  # most often
        return tuple(
            [NO_REASONS if window is None else _DOUBTS[fact.when.place(window)] for fact in facts if fact.when]
        )
    return tuple([_time_doubt(test, fact, window, view, finding, related) for fact in facts])


def _time_doubt(
    test: ResultTest,
    fact: Fact,
    window: DateInterval | None,
    view: View,
    finding: FindingOutcome,
    related: Related | None,
) -> frozenset[Reason]:
    when = fact.when
    assert when is not None
    places: list[Place] = []
    undated = related is not None and related.undated
    doubts = NO_REASONS
    if window is not None:
        places.append(when.place(window))
    for name in test.not_before:
        outcome = finding(name)
        if outcome.truth is UNKNOWN and not (
            view.circumstances.absence is AbsencePolicy.PRESUME and outcome.reasons <= ABSENT
        ):
            doubts |= outcome.reasons
        if outcome.truth is not TRUE:
            continue
        if outcome.when is None:
            undated = True
        elif when.surely_before(outcome.when):
            places.append(_OUTSIDE)
        elif not when.surely_not_before(outcome.when):
            places.append(_PERHAPS)
    if related is not None and not related.surely(fact, when):
        places.append(_PERHAPS)
    if _OUTSIDE in places:
        return _STALE
    if doubts:
        return doubts
    if undated:
        return frozenset({Reason.UNDATED})
    return _IMPRECISE if _PERHAPS in places else NO_REASONS


def _with_what_came_since(test: ResultTest, outcome: Outcome, view: View, finding: FindingOutcome) -> Outcome:
    """With the findings from before which a result is, or may be, and their evidence."""
    days = [fact.when for fact in outcome.decided_by if fact.when is not None]
    notes, upon = [], [outcome]
    for name in test.not_before:
        since = finding(name)
        if since.truth is TRUE and not all(since.when and day.surely_not_before(since.when) for day in days):
            notes.append(f"“{view.book.findings[name].title}” is {_dated(since.when)}")
            upon.append(since)
    if not notes:
        return outcome
    evidence = each_once([each.evidence for each in upon])
    return replace(outcome, evidence=evidence, notes=(*outcome.notes, *notes))


def _dated(when: DateInterval | None) -> str:
    if when is None:
        return "undated"
    days = [each.isoformat() for each in (when.first, when.last) if each is not None]
    return "of " + " to ".join(dict.fromkeys(days)) if when.first is not None else f"not of after {days[0]}"


def _nothing_decides(
    test: ResultTest,
    candidates: Sequence[Fact],
    speaking: Sequence[Fact],
    undated: Sequence[Fact],
    skipped: Sequence[Fact],
) -> Outcome:
    reasons = set()
    if undated:
        reasons.add(Reason.UNDATED)
    if any(fact.role is Role.DEFINITIVE and fact.certainty is Certainty.WEAK for fact in speaking):
        reasons.add(Reason.UNCONFIRMED)
    if (
        skipped
        or any(fact.role is Role.SUPPORTING for fact in speaking)
        or any(_value_of(test)(fact) == (None, Reason.UNSPECIFIC) for fact in candidates)
    ):
        reasons.add(Reason.UNSPECIFIC)
    return Outcome(
        UNKNOWN,
        frozenset(reasons or {Reason.NO_DATA}),
        evidence=_evidence([*candidates, *skipped]) if reasons else (),
    )


def _start(fact: Fact) -> float:
    assert fact.when is not None
    return -_FOR_EVER if fact.when.start is None else fact.when.start


def _end(fact: Fact) -> float:
    assert fact.when is not None
    return _FOR_EVER if fact.when.end is None else fact.when.end


def _newest(facts: list[Fact]) -> list[Fact]:
    """Those that may be the latest."""
    if len(facts) == 1:  # most often
        return facts
    newest = max(map(_start, facts))
    return [fact for fact in facts if _end(fact) >= newest]


def _latest(test: ResultTest, chosen: list[_Answer], raising: list[_Answer]) -> Outcome:
    facts = tuple([answer.fact for answer in chosen])
    truths = {answer.truth for answer in chosen}
    if TRUE in truths and FALSE in truths:
        return _unknown({Reason.CONFLICTING_DATA}, facts)
    if UNKNOWN in truths:
        return _unknown(union([answer.reason for answer in chosen]), facts)
    (truth,) = truths
    if raising:
        opposite = FALSE if truth is TRUE else TRUE
        since = max(map(_start, facts))
        contradicting = tuple(
            answer.fact for answer in raising if answer.bare is opposite and _end(answer.fact) >= since
        )
        if contradicting:
            return replace(_unknown(_why_doubtful(contradicting), facts + contradicting), decided_by=facts)
    return _known(test, truth, facts)


def _any(test: ResultTest, deciders: list[_Answer], raising: list[_Answer], wanted: Truth) -> Outcome:
    """`any`: one answer that is `wanted` (true) settles it; `all` is the same with true and false exchanged."""
    opposite = FALSE if wanted is TRUE else TRUE
    settling = tuple(answer.fact for answer in deciders if answer.truth is wanted)
    if settling:
        return _known(test, wanted, settling)
    doubts = union([answer.reason for answer in deciders]) - _STALE
    against = tuple(answer.fact for answer in deciders if answer.truth is opposite)
    facts = tuple(answer.fact for answer in deciders)
    if doubts:
        return _unknown(doubts, facts)
    if not against:
        return _unknown({Reason.STALE}, facts)
    contradicting = tuple(answer.fact for answer in raising if answer.truth is wanted)
    if contradicting:
        return _unknown(_why_doubtful(contradicting), against + contradicting)
    return _known(test, opposite, against)


def _why_doubtful(facts: Sequence[Fact]) -> set[Reason]:
    """Why results that only raise a doubt do not decide."""
    return {Reason.UNCONFIRMED if fact.role is _DEFINITIVE else Reason.UNSPECIFIC for fact in facts}


def _unknown(reasons: set[Reason] | frozenset[Reason], facts: tuple[Fact, ...]) -> Outcome:
    return Outcome(UNKNOWN, frozenset(reasons), evidence=_evidence(facts), decided_by=facts)


def _evidence(facts: Sequence[Fact]) -> tuple[Evidence, ...]:
    if len(facts) == 1:  # most often
        return (Evidence(facts[0].reference, facts[0].says),)
    return tuple(dict.fromkeys(Evidence(fact.reference, fact.says) for fact in facts))


def _known(test: ResultTest, truth: Truth, facts: tuple[Fact, ...]) -> Outcome:
    return Outcome(truth, evidence=_evidence(facts), assumptions=_assumed(test, facts), decided_by=facts)


def _assumed(test: ResultTest, facts: Sequence[Fact]) -> tuple[str, ...]:
    """What had to be assumed of these facts for them to count: of a limit only where its multiple is asked for."""
    assumed = [sentence for fact in facts for sentence in fact.assumptions]
    limit_assumed = _LIMIT_ASSUMED.get(test.basis) if isinstance(test, Measurement) else None
    if not assumed and limit_assumed is None:
        return ()
    if limit_assumed is not None:
        assumed += [sentence for fact in facts if (sentence := limit_assumed(fact)) is not None]
    return tuple(dict.fromkeys(assumed))
