"""What it means that nothing is on record, in the direct evaluator (docs/semantics.md, 3.1, *Absence*)."""

from __future__ import annotations

from collections.abc import Callable

from trialsieve.engine.direct_chart import NO_DATA, View
from trialsieve.engine.direct_sought import Sought
from trialsieve.engine.outcome import NO_REASONS, Evidence, Outcome
from trialsieve.engine.phrases import in_words
from trialsieve.rules.atom import Atom, Recorded
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, AbsencePolicy, AbsenceRule, Kind, Reason

FindingOutcome = Callable[[str], Outcome]
_UNKNOWN_RULE, _ASSESSED_ONLY, _NOTHING_PRESUMED = (
    AbsenceRule.UNKNOWN,
    AbsenceRule.ASSESSED_ONLY,
    AbsencePolicy.UNKNOWN,
)
_NOT_RETRIEVED = frozenset({Reason.NOT_RETRIEVED})
_TOLD = frozenset({Reason.NO_DATA, Reason.UNUSABLE_DATA})  # of what is sought itself, too


def absent(atom: Atom, test: Recorded, view: View, finding: FindingOutcome, past: tuple[Evidence, ...]) -> Outcome:
    """Where nothing counts: presumed absent or unknown. `past` is what was at another time; it decides nothing."""
    sought = view.sought.of(test.concepts)
    if atom.absence is _UNKNOWN_RULE or sought.unprovable or view.circumstances.absence is _NOTHING_PRESUMED:
        return _nothing(NO_DATA, past)
    if atom.presume_unless is not None:
        barring = finding(atom.presume_unless)
        title = f"“{view.book.findings[atom.presume_unless].title}”"
        if barring.truth is TRUE:
            return _nothing(NO_DATA, past, f"{title} holds")
        if reasons := not_ruled_out(atom.presume_unless, barring, view):
            return _nothing(reasons, past, f"it is open whether {title}: {in_words(reasons)}")
    if atom.absence is _ASSESSED_ONLY:
        if not view.chart.allergies_assessed:
            return _nothing(NO_DATA if Kind.ALLERGY in view.chart.covered else _NOT_RETRIEVED, past)
    elif not sought.coverable <= view.chart.covered:
        return _nothing(_NOT_RETRIEVED, past)
    others = _others(sought, view) if view.chart.uncoded else ""
    which = " at the time asked about" if past else ""
    if not past and (test.skip or test.facets) and view.entered(test.concepts):  # a mild allergy is one, too
        which = " of the kind asked about"
    if view.observed(test.concepts):
        assumed = f"nothing on record of {sought.named} but test results{which}{others}"
    else:
        assumed = f"no {sought.named} on record{which}{others}"
    return Outcome(FALSE, evidence=past, assumptions=(assumed,))


def not_ruled_out(name: str, outcome: Outcome, view: View) -> frozenset[Reason]:
    """Why a finding may hold though it is not known to; empty where it is known, or presumed, not to."""
    if view.circumstances.absence is _NOTHING_PRESUMED or not outcome.reasons <= NO_DATA:
        return outcome.reasons
    if outcome.truth is not UNKNOWN or view.chart.in_full or view.sought.kinds_telling_of(name) <= view.chart.covered:
        return NO_REASONS
    return _NOT_RETRIEVED


def _others(sought: Sought, view: View) -> str:
    """How many records may be of what is sought by their codes, in words; empty where none may."""
    count = sum(
        [
            item.count
            for item in view.chart.uncoded
            if item.kind in sought.coverable and item.systems.isdisjoint(sought.systems)
        ]
    )
    if count == 1:
        return " (1 record has no code that the value set knows; its words name none of these)"
    return f" ({count} records have no code that the value set knows; their words name none of these)" if count else ""


def _nothing(reasons: frozenset[Reason], past: tuple[Evidence, ...], because: str = "") -> Outcome:
    """Unknown by absence: what is past is shown, but nothing was decided by it. `because` tells the reasons."""
    if not because:
        return Outcome(UNKNOWN, reasons, evidence=past)
    return Outcome(UNKNOWN, reasons, evidence=past, notes=(because,), noted=reasons - _TOLD)
