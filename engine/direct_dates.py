"""When a finding of the direct evaluator was: the first or the latest of what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import Atom, FindingHolds
from trialsieve.rules.finding import Finding
from trialsieve.rules.vocabulary import TRUE


def finding_date(
    finding: Finding, atoms: Mapping[str, Atom], outcome_of: Callable[[str], Outcome]
) -> DateInterval | None:
    """The date of a true finding; None if any of what dates it is undated."""
    dates: list[DateInterval] = []
    for name in finding.date_from:
        outcome = outcome_of(name)
        if outcome.truth is not TRUE:
            continue
        if isinstance(atoms[name].test, FindingHolds):
            if outcome.when is None:
                return None
            dates.append(outcome.when)
            continue
        if not outcome.decided_by:
            return None
        for fact in outcome.decided_by:
            if fact.when is not None:
                dates.append(fact.when)
            elif fact.recorded is not None:
                dates.append(DateInterval(None, fact.recorded.last, None, fact.recorded.end))
            else:
                return None
    if not dates:
        return None
    return _hull(dates, latest=finding.date_is == "latest")


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
