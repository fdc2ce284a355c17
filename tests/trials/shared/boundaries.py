"""Rows for one atom at its edges: about a limit, about the first day that counts, in other units and code systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from bundles import ICD_10_CM, POSITIVE, Given, Resource, ago, answered, coded, condition, observation, quantity

Outcome = tuple[bool | None, tuple[str, ...]]
"""Whether the atom holds, and the reasons of an unknown."""

TRUE: Outcome = (True, ())
FALSE: Outcome = (False, ())


def open_for(*reasons: str) -> Outcome:
    """Unknown, for exactly these reasons."""
    return None, tuple(sorted(reasons))


def answer_to(code: str, answer: tuple[str, str]) -> Callable[[str], Resource]:
    """A coded answer, of the day that it is given."""
    return lambda on: answered(code, answer, on=on)


def begun(code: str, system: str = ICD_10_CM, **more: Any) -> Callable[[str], Resource]:
    """A condition, with the onset that it is given."""
    return lambda on: condition(code, system, onset=on, **more)


def ranged(code: str, content: Resource, high: float, unit: str, **more: Any) -> Resource:
    """A result with its upper limit of normal."""
    return observation(code, **content, referenceRange=[{"high": quantity(high, unit)}], **more)


def newer_percentages(atom: str, make: Callable[..., Resource]) -> list[Any]:
    """Of a marker called positive, and a newer percentage that nobody calls positive or negative, whatever it is.

    `make` makes a result of a value and its day.
    """
    edge = Edge(atom, "positive, and", (make({"valueCodeableConcept": coded(*POSITIVE)}, on=ago(9)),))
    newer = {
        "0 %": {"valueQuantity": quantity(0, "%")},
        "0.1 %": {"valueQuantity": quantity(0.1, "%")},
        "0.85 as a fraction": {"valueQuantity": quantity(0.85, "1")},
        "less than 5 %": {"valueQuantity": quantity(5, "%", "<")},
        "0 to 5 %": {"valueRange": {"low": quantity(0, "%"), "high": quantity(5, "%")}},
    }
    that_day = make({"valueQuantity": quantity(0, "%")}, on=ago(9))
    return [
        *edge.comes(open_for("unspecific"), {f"since {name}": make(value, on=ago(8)) for name, value in newer.items()}),
        *edge.comes(TRUE, {"that day 0 %": that_day}),
    ]


@dataclass(frozen=True)
class Edge:
    """An atom (`I05.a1`) and what is tested of it; the resources that stand beside each row's own, the circumstances,
    and what else is open where a row leaves it open.
    """

    atom: str
    what: str = ""
    beside: tuple[Resource, ...] = ()
    circumstances: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def comes(self, outcome: Outcome, charts: Mapping[str, Resource | tuple[Resource, ...]]) -> list[Any]:
        """Rows that all come to the same."""
        return [self._row(name, chart, outcome) for name, chart in charts.items()]

    def limit(
        self,
        make: Callable[[Resource], Resource],
        bound: float,
        unit: str,
        outcomes: tuple[Outcome, Outcome, Outcome],
        *,
        step: float = 0.1,
        across: Outcome | None = None,
    ) -> list[Any]:
        """A value just below the limit, at it and just above it, and a range across it. `make` gives it a code."""
        below, above = round(bound - step, 6), round(bound + step, 6)
        values = zip((below, bound, above), outcomes, strict=True)
        rows = [
            self._row(f"{value} {unit}", make({"valueQuantity": quantity(value, unit)}), outcome)
            for value, outcome in values
        ]
        spread = {"valueRange": {"low": quantity(below, unit), "high": quantity(above, unit)}}
        return [*rows, self._row(f"{below} to {above} {unit}", make(spread), across or self._open("imprecise"))]

    def day(
        self,
        make: Callable[[str], Resource],
        first: str,
        inside: Outcome,
        *,
        outside: Outcome | None = None,
        across: Outcome | None = None,
    ) -> list[Any]:
        """What is dated the first day that counts, the day before it, and its month. `make` dates it."""
        before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        dated = {
            first: inside,
            before: outside or self._open("stale"),
            first[:7]: across or self._open("imprecise"),
        }
        return [self._row(f"dated {on}", make(on), outcome) for on, outcome in dated.items()]

    def _row(self, name: str, chart: Resource | tuple[Resource, ...], outcome: Outcome) -> Any:
        own = chart if isinstance(chart, tuple) else (chart,)
        given = Given((*self.beside, *own), **self.circumstances)
        return pytest.param(self.atom, given, outcome, id=" ".join(filter(None, (self.atom, self.what, name))))

    def _open(self, reason: str) -> Outcome:
        return open_for(reason, *self.also)
