"""Cautions for results that no date lets decide, where dated ones do: they may be the newest all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trialsieve.engine.facts import Chart, Fact
from trialsieve.rules.vocabulary import Kind, Role


def without_date(chart: Chart) -> list[Fact]:
    """The results that would count if they had a date."""
    return [fact for fact in chart.facts if fact.when is None and _is_result(fact)]


def undated_results(measured: frozenset[str], without_date: Sequence[Fact], chart: Chart, as_of: date) -> list[str]:
    """A sentence for each undated result that stands beside dated ones; where there are none, the atom says so.

    `measured` are the concepts of whose results a trial asks, `without_date` the results that have no date.
    """
    undated = [fact for fact in without_date if fact.concept in measured]
    if not undated:
        return []
    dated = {fact.concept for fact in chart.facts if fact.when is not None and fact.when.starts_by(as_of)}
    return [
        f"{fact.says} ({fact.reference}) has no date, so it does not count beside dated results; look when it is of"
        for fact in undated
        if fact.concept in dated
    ]


def _is_result(fact: Fact) -> bool:
    """Whether it is a result that counts."""
    says_something = fact.value is not None or fact.result is not None or fact.times_upper_limit is not None
    return fact.kind is Kind.OBSERVATION and fact.role is Role.DEFINITIVE and says_something
