"""Cautions for answers of people that no longer count, where the question is open again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from trialsieve.engine.direct_chart import has_lapsed
from trialsieve.engine.facts import Attestation, Chart
from trialsieve.engine.outcome import CriterionOutcome
from trialsieve.rules.vocabulary import Truth


def lapsed_answers(
    trial: str, chart: Chart, as_of: date, criteria: Mapping[tuple[str, str], CriterionOutcome]
) -> list[str]:
    """A sentence for each question of a trial that is open, and whose last answer has lapsed."""
    last: dict[str, Attestation] = {}
    answered: set[str] = set()
    for item in chart.attestations:
        if not item.target.startswith(f"{trial}#") or not item.when.starts_by(as_of):
            continue
        if not has_lapsed(item, as_of):
            answered.add(item.target)
        elif item.target not in last or (item.when.start or 0) > (last[item.target].when.start or 0):
            last[item.target] = item
    told = []
    for target, item in last.items():
        asked = target.partition("#")[2]
        proof = criteria.get((trial, asked.partition(".")[0]))
        if target not in answered and proof is not None and proof.outcome.truth is Truth.UNKNOWN:
            on = f" of {item.when.first.isoformat()}" if item.when.first is not None else ""
            told.append(f"the answer to {asked}{on} ({item.reference}) has lapsed, and has to be given anew")
    return told
