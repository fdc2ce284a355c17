"""Measured numbers and qualitative results in the direct evaluator (docs/semantics.md, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.engine.direct_changes import with_change
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_related import Related
from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import NumberInterval, Place, leaves
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.rules.model import Measurement, QualitativeResult
from trialsieve.rules.vocabulary import ABSENT, AbsencePolicy, Basis, Certainty, Reason, Result, Role, Take, Truth

FindingOutcome = Callable[[str], Outcome]
ResultTest = Measurement | QualitativeResult
_Value = tuple[NumberInterval | Result | None, Reason | None]
_RESULT: Callable[[Fact], _Value] = attrgetter("result", "result_problem")
_BY_BASIS: Mapping[Basis, Callable[[Fact], _Value]] = {
    Basis.VALUE: attrgetter("value", "value_problem"),
    Basis.TIMES_UPPER_LIMIT: attrgetter("times_upper_limit", "limit_problem"),
    Basis.TIMES_LOWER_LIMIT: attrgetter("times_lower_limit", "lower_limit_problem"),
}
_MUTE = frozenset({None, Reason.NO_DATA, Reason.UNSPECIFIC})
_FOR_EVER = float("inf")
_NOTHING = Outcome(Truth.UNKNOWN, frozenset({Reason.NO_DATA}))


class _Answer(Struct, frozen=True):
    """What one result says: the full answer, and the bare comparison without regard to windows."""

    fact: Fact
    truth: Truth
    reason: frozenset[Reason]
    bare: Truth


def evaluate(test: ResultTest, view: View, finding: FindingOutcome, sibling: AtomOutcome) -> Outcome:
    """A measurement or qualitative result of the chart, tested."""
    outcome = _evaluate(test, view, finding, sibling)
    if test.window is None or not outcome.decided_by:
        return outcome
    if assumed := view.assumed(test.window):
        outcome = replace(outcome, assumptions=(*outcome.assumptions, *assumed))
    if outcome.truth is Truth.UNKNOWN:
        return outcome
    firsts = [fact.when.first for fact in outcome.decided_by if fact.when is not None]
    days = [leaves(test.window, first) for first in firsts if first is not None]
    return with_change(outcome, days, view, lambda then: _evaluate(test, then, finding, sibling))


def _evaluate(test: ResultTest, view: View, finding: FindingOutcome, sibling: AtomOutcome) -> Outcome:
    since = sibling(test.not_older_than) if test.not_older_than is not None else None
    if since is not None and since.truth is Truth.UNKNOWN:
        return Outcome(Truth.UNKNOWN, since.reasons)
    if since is not None and not since.decided_by:
        return _NOTHING
    after = finding(test.after) if test.after is not None else None
    if after is not None and after.truth is Truth.UNKNOWN:
        return Outcome(Truth.UNKNOWN, after.reasons)
    if after is not None and after.truth is Truth.FALSE:
        return _NOTHING
    measured = _measured(test, view)
    if not measured:
        return _NOTHING
    related = None
    candidates = measured
    if test.skip:
        candidates = [fact for fact in measured if not any(facet in test.skip for facet in fact.facets)]
    if after is not None or since is not None:
        related = Related(after, test.within_after, None if since is None else since.decided_by)
        candidates = [fact for fact in candidates if related.keeps(fact)]
    value_of = _value_of(test)
    speaking = [fact for fact in candidates if not _is_mute(*value_of(fact))]
    definitive = [fact for fact in speaking if fact.role is Role.DEFINITIVE]
    firm = [fact for fact in definitive if fact.certainty is Certainty.FIRM]
    weak = [fact for fact in definitive if fact.certainty is Certainty.WEAK and fact.when is not None]
    deciders = [fact for fact in firm if fact.when is not None]
    if not deciders:
        return _nothing_decides(test, candidates, speaking, firm, _skipped(test, measured))
    if test.take is Take.LATEST:
        deciders = _newest(deciders)
    answers = [_answer(test, fact, view, finding, related) for fact in deciders]
    doubts = [_answer(test, fact, view, finding, related) for fact in weak]
    if test.take is Take.LATEST:
        return _latest(answers, doubts)
    return _any(answers, doubts, Truth.TRUE if test.take is Take.ANY else Truth.FALSE)


def _skipped(test: ResultTest, measured: list[Fact]) -> list[Fact]:
    """What would count but for a facet that the test does not accept, such as another method."""
    if not test.skip:
        return []
    facts = [fact for fact in measured if any(facet in test.skip for facet in fact.facets)]
    value_of = _value_of(test)
    return [fact for fact in facts if not _is_mute(*value_of(fact))]


def _measured(test: ResultTest, view: View) -> list[Fact]:
    only = test.only if isinstance(test, QualitativeResult) else ()
    measured = view.observed(test.concepts)
    return [fact for fact in measured if all(facet in fact.facets for facet in only)] if only else measured


def _value_of(test: ResultTest) -> Callable[[Fact], _Value]:
    """What a fact says that the test asks for: a number or a result, or why there is none."""
    return _RESULT if isinstance(test, QualitativeResult) else _BY_BASIS[test.basis]


def _is_mute(value: NumberInterval | Result | None, problem: Reason | None) -> bool:
    return value is None and problem in _MUTE


def _compare(test: ResultTest, fact: Fact) -> tuple[Truth, Reason | None]:
    value, problem = _value_of(test)(fact)
    if value is None:
        return Truth.UNKNOWN, problem or Reason.NO_DATA
    if isinstance(value, NumberInterval):
        assert isinstance(test, Measurement)
        truth = value.compare(test.limits)
        return truth, Reason.IMPRECISE if truth is Truth.UNKNOWN else None
    assert isinstance(test, QualitativeResult)
    if value is Result.INDETERMINATE:
        return Truth.UNKNOWN, Reason.UNSPECIFIC
    return (Truth.TRUE if value is test.expected else Truth.FALSE), None


def _answer(test: ResultTest, fact: Fact, view: View, finding: FindingOutcome, related: Related | None) -> _Answer:
    bare, bare_reason = _compare(test, fact)
    reason = _time_doubt(test, fact, view, finding, related)
    if reason:
        return _Answer(fact, Truth.UNKNOWN, reason, bare)
    return _Answer(fact, bare, frozenset() if bare_reason is None else frozenset({bare_reason}), bare)


def _time_doubt(
    test: ResultTest, fact: Fact, view: View, finding: FindingOutcome, related: Related | None
) -> frozenset[Reason]:
    """Why a dated result may not speak for the time that is asked about."""
    when = fact.when
    assert when is not None
    places: list[Place] = []
    undated = related is not None and related.undated
    doubts: frozenset[Reason] = frozenset()
    window = view.window(test.window, test.currency)
    if window is not None:
        places.append(when.place(window))
    for name in test.not_before:
        outcome = finding(name)
        if outcome.truth is Truth.UNKNOWN and not (
            view.circumstances.absence is AbsencePolicy.PRESUME and outcome.reasons <= ABSENT
        ):
            doubts |= outcome.reasons
        if outcome.truth is not Truth.TRUE:
            continue
        if outcome.when is None:
            undated = True
        elif when.surely_before(outcome.when):
            places.append(Place.OUTSIDE)
        elif not when.surely_not_before(outcome.when):
            places.append(Place.PERHAPS)
    if related is not None and not related.surely(fact, when):
        places.append(Place.PERHAPS)
    if Place.OUTSIDE in places:
        return frozenset({Reason.STALE})
    if doubts:
        return doubts
    if undated:
        return frozenset({Reason.UNDATED})
    return frozenset({Reason.IMPRECISE}) if Place.PERHAPS in places else frozenset()


def _nothing_decides(
    test: ResultTest,
    candidates: Sequence[Fact],
    speaking: Sequence[Fact],
    firm: Sequence[Fact],
    skipped: Sequence[Fact],
) -> Outcome:
    reasons = set()
    if firm:
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
        Truth.UNKNOWN,
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
    newest = max(map(_start, facts))
    return [fact for fact in facts if _end(fact) >= newest]


def _latest(chosen: list[_Answer], weak: list[_Answer]) -> Outcome:
    facts = tuple(answer.fact for answer in chosen)
    truths = {answer.truth for answer in chosen}
    if {Truth.TRUE, Truth.FALSE} <= truths:
        return _unknown({Reason.CONFLICTING_DATA}, facts)
    if Truth.UNKNOWN in truths:
        return _unknown(frozenset().union(*(answer.reason for answer in chosen)), facts)
    (truth,) = truths
    opposite = Truth.FALSE if truth is Truth.TRUE else Truth.TRUE
    since = max(map(_start, facts))
    contradicting = tuple(answer.fact for answer in weak if answer.bare is opposite and _end(answer.fact) >= since)
    if contradicting:
        return replace(_unknown({Reason.UNCONFIRMED}, facts + contradicting), decided_by=facts)
    return Outcome(truth, evidence=_evidence(facts), assumptions=_assumed(facts), decided_by=facts)


def _any(deciders: list[_Answer], weak: list[_Answer], wanted: Truth) -> Outcome:
    """`any`: one answer that is `wanted` (true) settles it; `all` is the same with true and false exchanged."""
    opposite = Truth.FALSE if wanted is Truth.TRUE else Truth.TRUE
    settling = tuple(answer.fact for answer in deciders if answer.truth is wanted)
    if settling:
        return Outcome(wanted, evidence=_evidence(settling), assumptions=_assumed(settling), decided_by=settling)
    doubts = frozenset().union(*(answer.reason for answer in deciders)) - {Reason.STALE}
    against = tuple(answer.fact for answer in deciders if answer.truth is opposite)
    facts = tuple(answer.fact for answer in deciders)
    if doubts:
        return _unknown(doubts, facts)
    if not against:
        return _unknown({Reason.STALE}, facts)
    contradicting = tuple(answer.fact for answer in weak if answer.truth is wanted)
    if contradicting:
        return _unknown({Reason.UNCONFIRMED}, against + contradicting)
    return Outcome(opposite, evidence=_evidence(against), assumptions=_assumed(against), decided_by=against)


def _unknown(reasons: set[Reason] | frozenset[Reason], facts: tuple[Fact, ...]) -> Outcome:
    return Outcome(Truth.UNKNOWN, frozenset(reasons), evidence=_evidence(facts), decided_by=facts)


def _evidence(facts: Sequence[Fact]) -> tuple[Evidence, ...]:
    if len(facts) == 1:  # most often
        return (Evidence(facts[0].reference, facts[0].says),)
    return tuple(dict.fromkeys(Evidence(fact.reference, fact.says) for fact in facts))


def _assumed(facts: Sequence[Fact]) -> tuple[str, ...]:
    """What had to be assumed of these facts for them to count."""
    return tuple(dict.fromkeys([sentence for fact in facts for sentence in fact.assumptions]))
