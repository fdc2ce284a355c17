"""When a finding of the direct evaluator was: the first or the latest of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_logic import AtomOutcome
from trialsieve.engine.direct_plans import FindingPlan
from trialsieve.engine.facts import Fact, Unreadable
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Atom, FindingHolds, Recorded
from trialsieve.rules.finding import Finding
from trialsieve.rules.vocabulary import ABSENT, FALSE, TRUE


def finding_date(
    finding: Finding, atoms: Mapping[str, Atom], outcome_of: AtomOutcome, unread: Sequence[Fact]
) -> DateInterval | None:
    """The date of a true finding; None if any of what dates it, or may date it, is undated. `unread`: may date it."""
    dates: list[DateInterval | None] = []
    perhaps = list(map(date_of, unread))
    for name in finding.date_from:
        outcome = outcome_of(name)
        if isinstance(atoms[name].test, FindingHolds):
            if outcome.truth is TRUE or not outcome.reasons <= ABSENT:
                dates.append(outcome.when)  # of what may be so nobody says when
        elif outcome.truth is not FALSE:
            if outcome.truth is TRUE:
                dates += map(date_of, outcome.decided_by) if outcome.decided_by else [None]
            perhaps += map(date_of, outcome.perhaps)
    sure = [when for when in dates if when is not None]
    all_of_them = sure + [when for when in perhaps if when is not None]
    if not sure or len(all_of_them) < len(dates) + len(perhaps):
        return None
    latest = finding.date_is == "latest"
    surely, at_most = _hull(sure, latest=latest), _hull(all_of_them, latest=latest)
    if latest:
        return DateInterval(surely.first, at_most.last, surely.start, at_most.end)
    return DateInterval(at_most.first, surely.last, at_most.start, surely.end)


def undecided(finding: Finding, outcome_of: AtomOutcome, deciding: Sequence[Fact]) -> tuple[Fact, ...]:
    """What may date a true finding beside the facts on which it rests."""
    known = {id(fact) for fact in deciding}
    each = [outcome_of(name) for name in finding.date_from]
    return tuple([fact for one in each if one.truth is not FALSE for fact in one.perhaps if id(fact) not in known])


def unread(plan: FindingPlan, outcome_of: AtomOutcome, view: View) -> list[Fact]:
    """What may date a finding of what could not be read, or not understood."""
    dating = [atom for atom in plan.atoms if atom.id in plan.finding.date_from]
    bearing: dict[int, Unreadable] = {}
    for test in [test for atom in dating if outcome_of(atom.id).truth is not FALSE for test in atom.tests]:
        some = view.unreadable(test.concepts, observations=not isinstance(test, Recorded))
        bearing.update({id(item): item for item in some})
    seen = [(item.reference, view.seen(item.may_be)) for item in bearing.values()]
    return [replace(fact, says=f"{reference} (could not be read)") for reference, fact in seen if fact is not None]


def date_of(fact: Fact) -> DateInterval | None:
    """When a fact was: where that is not said, no later than it was recorded."""
    if fact.when is not None or fact.recorded is None:
        return fact.when
    return DateInterval(None, fact.recorded.last, None, fact.recorded.end)


def _hull(dates: Sequence[DateInterval], *, latest: bool) -> DateInterval:
    """The interval in which the latest (or the first) of several events lies."""
    firsts = [when.first for when in dates]
    lasts = [when.last for when in dates if when.last is not None]
    starts = [when.start for when in dates]
    ends = [when.end for when in dates if when.end is not None]
    known_firsts = [first for first in firsts if first is not None]
    known_starts = [start for start in starts if start is not None]
    if latest:
        return DateInterval(
            max(known_firsts, default=None),
            max(lasts) if len(lasts) == len(dates) else None,
            max(known_starts, default=None),
            max(ends) if len(ends) == len(dates) else None,
        )
    return DateInterval(
        min(known_firsts) if len(known_firsts) == len(dates) else None,
        min(lasts, default=None),
        min(known_starts) if len(known_starts) == len(dates) else None,
        min(ends, default=None),
    )
