"""Whom to look at first, and what is missing most often."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass

from trialsieve.service.report.screened import ScreenedPopulation, TrialHead

_ORDER = {"eligible": 0, "needs-review": 1}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something unknown about a patient. `says` is the sentence that tells what is missing; empty where left out."""

    criterion: str
    waits_for: str
    reasons: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who is not ineligible, and what stands between them and eligible."""

    patient: str
    source: str
    verdict: str
    open_data: int
    open_judgement: int
    open_registry: int
    items: tuple[OpenItem, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Data that is missing for `patients` who are not ineligible; for `nearly` of them little else is open.

    `words` are the registry's, of what it is wanted for.
    """

    criterion: str
    atom: str
    reasons: tuple[str, ...]
    patients: int
    nearly: int
    words: str


NEARLY = 3
"""Few enough criteria that wait for data: finding it brings the patient near a decision."""


def candidates(population: ScreenedPopulation, trial: TrialHead, most: int) -> list[Candidate]:
    """Those nearest to eligible, best first: eligible, then with the fewest criteria that wait for data, then others.

    Of those equally near the order is that of the input.
    """
    columns = ["record", "patient", "source", "trial", "verdict", "open_data", "open_judgement", "open_registry"]
    nearest: list[tuple[tuple[int, ...], dict[str, object]]] = []
    place = 0
    for rows in population.files("verdicts", trial.id, columns):
        for row in rows.to_pylist():
            place += 1
            if row["verdict"] in _ORDER:
                key = (_ORDER[row["verdict"]], row["open_data"], row["open_judgement"] + row["open_registry"], place)
                nearest.append((key, row))
        nearest = heapq.nsmallest(most, nearest, key=lambda each: each[0])
    items = _items(population, trial, {_count(row["record"]) for _, row in nearest})
    return [
        Candidate(
            patient=str(row["patient"]),
            source=str(row["source"]),
            verdict=str(row["verdict"]),
            open_data=_count(row["open_data"]),
            open_judgement=_count(row["open_judgement"]),
            open_registry=_count(row["open_registry"]),
            items=tuple(items.get(_count(row["record"]), ())),
        )
        for _, row in nearest
    ]


def missing_data(population: ScreenedPopulation, trial: TrialHead, most: int) -> list[Missing]:
    """What is missing most often among those who are not ineligible."""
    patients: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    nearly: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    verdicts = population.files("verdicts", trial.id, ["record", "trial", "verdict", "open_data"])
    items = population.files("open_items", trial.id, ["record", "trial", "criterion", "atom", "waits_for", "reasons"])
    for rows, waiting in zip(verdicts, items, strict=True):
        open_data = {row["record"]: row["open_data"] for row in rows.to_pylist() if row["verdict"] == "needs-review"}
        for row in waiting.to_pylist():
            if row["waits_for"] == "data" and row["record"] in open_data:
                key = (row["criterion"], row["atom"], tuple(row["reasons"]))
                patients[key] += 1
                nearly[key] += open_data[row["record"]] <= NEARLY
    best = sorted(patients, key=lambda key: (-nearly[key], -patients[key], key))[:most]
    return [Missing(*key, patients[key], nearly[key], population.words(trial, key[0], key[1])) for key in best]


def _items(population: ScreenedPopulation, trial: TrialHead, wanted: set[int]) -> dict[int, list[OpenItem]]:
    found: dict[int, list[OpenItem]] = {}
    columns = ["record", "trial", "criterion", "waits_for", "reasons", "explanation"]
    for rows in population.files("open_items", trial.id, columns):
        for row in rows.to_pylist():
            if row["record"] in wanted:
                item = OpenItem(row["criterion"], row["waits_for"], tuple(row["reasons"]), row["explanation"])
                if item not in found.setdefault(row["record"], []):
                    found[row["record"]].append(item)
    return found


def _count(value: object) -> int:
    assert isinstance(value, int)
    return value
