"""Conditions that count while they last: whether they are true of today is told by when they were last asserted."""

from __future__ import annotations

from typing import Any

from bundles import FAILS, HYPERTENSION, ICD_10_CM, PASSES, UNVOUCHED, Resource, ago, condition, review, row

from trialsieve.rules.vocabulary import AbsencePolicy, Kind


def acute(code: str, system: str = ICD_10_CM, **more: Any) -> Resource:
    """One that began five days ago, unless told otherwise."""
    return condition(code, system, **({"onset": ago(5)} | more))


def current(code: str, system: str = ICD_10_CM) -> list[Any]:
    """What holds for every condition that has to be current."""
    return [
        row("asserted 30 days ago", acute(code, system, onset=ago(30)), comes=FAILS),
        row("asserted again lately", acute(code, system, onset=ago(90), recorded=ago(5)), comes=FAILS),
        row("31 days ago", acute(code, system, onset=ago(31)), comes=review("stale")),
        row("in the month of the edge", acute(code, system, onset="2026-10"), comes=review("imprecise")),
        row("undated", acute(code, system, onset=None), comes=review("undated")),
        row("no clinical status", acute(code, system, status=None), comes=review("stale")),
        row("provisional", acute(code, system, verified="provisional"), comes=review("unconfirmed")),
        row("resolved", acute(code, system, status="resolved"), comes=PASSES),
        row("ended", acute(code, system, abatementDateTime=ago(2)), comes=PASSES),
        row("refuted", HYPERTENSION, acute(code, system, verified="refuted"), comes=PASSES),
        row("another diagnosis", HYPERTENSION, comes=PASSES),
        row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
        row("diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=PASSES),
        row("nothing is presumed absent", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
    ]
