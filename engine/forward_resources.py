"""What the resources that decided another atom say of themselves: a facet, or since when they are dated."""

from __future__ import annotations

from collections.abc import Mapping

from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_logic import Conclusions
from trialsieve.engine.forward_view import CONFLICTING, IMPRECISE, NO_DATA, STALE, UNDATED, Moment
from trialsieve.engine.interval import clip
from trialsieve.engine.outcome import NO_REASONS, Outcome, union
from trialsieve.engine.program import Folded
from trialsieve.rules.atom import DatedSince, SameResource
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, Reason

_HAS_IT, _HAS_ANOTHER, _NOT_SAID = 1, 0, 2  # as `compile_tests.FACET` has them
_UNSPECIFIC = frozenset({Reason.UNSPECIFIC})


def resources_say(
    test: SameResource | DatedSince,
    others: Mapping[str, Outcome],
    moment: Moment,
    conclusions: Conclusions,
    facet: Folded,
) -> Outcome:
    """The rules on each resource, folded: they all say so, or all say otherwise, or it is unknown why not."""
    of = others[test.of]
    facts = of.decided_by
    if not facts:
        return Outcome(UNKNOWN, of.reasons or NO_DATA, perhaps=of.perhaps, doubts=of.doubts)
    said = [_facet(test, fact) if isinstance(test, SameResource) else _since(test, fact, moment) for fact in facts]
    concluded = conclusions.conclude_all([(facet, (code,)) for code, _ in said])
    truths = {one.truth() for one in concluded}
    if {TRUE, FALSE} <= truths:
        truth, reasons = UNKNOWN, CONFLICTING
    elif UNKNOWN in truths:
        truth, reasons = UNKNOWN, union(why for _, why in said)
    else:
        ((truth,), reasons) = truths, NO_REASONS
    return Outcome(truth, reasons, decided_by=facts, perhaps=of.perhaps)


def _facet(test: SameResource, fact: Fact) -> tuple[int, frozenset[Reason]]:
    """Whether a resource has the wanted facet; if that is not said, why."""
    stated = fact.facet(test.facet)
    if not stated:
        return _NOT_SAID, _UNSPECIFIC
    has = any((value in test.values) is not test.other for value in stated)
    return (_HAS_IT if has else _HAS_ANOTHER), NO_REASONS


def _since(test: DatedSince, fact: Fact, moment: Moment) -> tuple[int, frozenset[Reason]]:
    """Whether a resource is dated on or after an anchor; if that is not shown, why."""
    anchor = moment.circumstances.anchor(test.anchor)
    if anchor is None:
        return _NOT_SAID, NO_DATA
    if fact.when is None:
        return _NOT_SAID, UNDATED
    when = clip(fact.when, moment.as_of)
    if when.first is not None and when.first >= anchor:
        return _HAS_IT, NO_REASONS
    return _NOT_SAID, STALE if when.last is not None and when.last < anchor else IMPRECISE
