"""What the rules leave to say of a finding: why it is unknown, and when it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from trialsieve.engine.facts import Fact
from trialsieve.engine.forward_logic import explained
from trialsieve.engine.forward_view import CONFLICTING, NO_DATA
from trialsieve.engine.interval import DateInterval, clip
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.errors import EngineError
from trialsieve.rules.finding import Finding
from trialsieve.rules.vocabulary import ABSENT, FALSE, TRUE, UNKNOWN, Reason


def finding_reasons(finding: Finding, atoms: Mapping[str, Outcome]) -> frozenset[Reason]:
    """Why a finding that the rules left unknown is unknown. Raises EngineError where its atoms decide it."""
    for_, why = explained(finding.true_when, atoms)
    if finding.false_when is None:
        against, why_against = UNKNOWN, why
    else:
        against, why_against = explained(finding.false_when, atoms)
    if for_ is TRUE and against is TRUE:
        return CONFLICTING
    if for_ is TRUE or (against is TRUE and (for_ is FALSE or why <= ABSENT)):
        raise EngineError(f"finding {finding.id}: the rule engine left unknown what its atoms decide")
    if against is TRUE:
        return why
    reasons = why if why - ABSENT else why | why_against  # else what speaks against it can no longer change the answer
    for suspicion in finding.suspicions:
        suspected, why_suspected = explained(suspicion.condition, atoms)
        if suspected is TRUE:
            reasons |= {suspicion.reason}
        elif not why_suspected <= ABSENT:
            reasons |= why_suspected
    return reasons or NO_DATA


def finding_date(
    finding: Finding,
    atoms: Mapping[str, Outcome],
    findings: Mapping[str, Outcome],
    as_of: date,
    unread: Iterable[Fact],
) -> DateInterval | None:
    """When a true finding was: the latest or first of its true atoms' facts, as far as their dates tell.

    What is not decided of these atoms, or of unknown ones, may have come later (or before), and moves that end alone.
    So may what was `unread`. `atoms`: those that date it.
    """
    dates: list[DateInterval] = []
    open_dates: list[DateInterval] = []
    if not _add_dates(open_dates, unread, as_of):
        return None
    for atom in finding.atoms:
        outcome = atoms.get(atom.id)
        if outcome is None or outcome.truth is FALSE:
            continue
        if isinstance(atom.test, FindingHolds):
            if outcome.truth is TRUE or outcome.reasons - ABSENT:  # an unknown one has no date
                of_finding = findings[atom.test.finding].when if outcome.truth is TRUE else None
                if of_finding is None:
                    return None
                dates.append(of_finding)
            continue
        if outcome.truth is TRUE and not (outcome.decided_by and _add_dates(dates, outcome.decided_by, as_of)):
            return None
        if not _add_dates(open_dates, outcome.perhaps, as_of):
            return None
    return _spanned(dates, open_dates, latest=finding.date_is == "latest") if dates else None


def _spanned(dates: list[DateInterval], open_dates: list[DateInterval], *, latest: bool) -> DateInterval:
    """The latest of some dates, or the first; the open ones move but the end, or the beginning."""
    beginning, ending = (dates, dates + open_dates) if latest else (dates + open_dates, dates)
    firsts = [one.first for one in beginning if one.first is not None]
    starts = [one.start for one in beginning if one.start is not None]
    lasts = [one.last for one in ending if one.last is not None]
    ends = [one.end for one in ending if one.end is not None]
    if latest:
        return DateInterval(
            max(firsts, default=None),
            max(lasts, default=None),
            max(starts, default=None),
            max(ends) if len(ends) == len(ending) else None,
        )
    return DateInterval(
        min(firsts) if len(firsts) == len(beginning) else None,
        min(lasts, default=None),
        min(starts) if len(starts) == len(beginning) else None,
        min(ends, default=None),
    )


def _add_dates(dates: list[DateInterval], facts: Iterable[Fact], as_of: date) -> bool:
    """Adds the dates of facts, cut off at the as-of date; false where one has none."""
    for fact in facts:
        if fact.when is not None:
            dates.append(clip(fact.when, as_of))
        elif fact.recorded is not None:
            recorded = clip(fact.recorded, as_of)
            dates.append(DateInterval(None, recorded.last, None, recorded.end))
        else:
            return False
    return True
