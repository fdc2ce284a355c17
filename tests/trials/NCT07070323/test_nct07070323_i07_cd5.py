"""1. CD5+. 7. CD5 on the blasts: more than 80 % by flow cytometry of marrow or fluid, or 30 % of stained tissue.

No public code is CD5 on the blasts of a marrow, so these are of a site that has one. Stained tissue is known by its
code alone.
"""

from __future__ import annotations

from typing import Any

import pytest
from boundaries import FALSE, TRUE, Edge, Outcome, newer_percentages, open_for
from bundles import (
    FAILS,
    ICD_10_PCS,
    INTERPRETATION,
    LOINC,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    coded,
    condition,
    described,
    observation,
    procedure,
    quantity,
    review,
    row,
)
from local_codes import CD5, LOCAL

FLOW, STAIN = "Flow cytometry", "Immunohistochemistry"
MARROW, BLOOD, FLUID = "Bone marrow", "Peripheral blood", "Pleural fluid"


def cd5(content: Resource, method: Any, specimen: str | None, on: str | None = ago(20), **more: Any) -> Resource:
    """CD5 on the blasts by the site's code, which says neither the method nor the specimen."""
    by: Resource = {"method": {"text": method} if isinstance(method, str) else method} if method else {}
    taken: Resource = {"specimen": {"display": specimen}} if specimen else {}
    return observation(CD5, system=LOCAL, on=on, **content, **by, **taken, **more)


def percent(value: float, comparator: str | None = None, unit: str | None = "%") -> Resource:
    return {"valueQuantity": quantity(value, unit, comparator)}


def between(low: float, high: float) -> Resource:
    return {"valueRange": {"low": quantity(low, "%"), "high": quantity(high, "%")}}


def called(answer: tuple[str, str]) -> Resource:
    return {"valueCodeableConcept": coded(*answer)}


def flow(content: Resource, on: str | None = ago(20), specimen: str | None = MARROW, **more: Any) -> Resource:
    return cd5(content, FLOW, specimen, on, **more)


def stain(content: Resource, on: str | None = ago(20), specimen: str | None = None, **more: Any) -> Resource:
    """Of tissue, unless it is of another specimen."""
    if specimen is None:
        return observation("29603-8", on=on, **content, **more)
    return cd5(content, STAIN, specimen, on, **more)


def interpreted(code: str) -> Resource:
    return {"interpretation": [coded(INTERPRETATION, code)]}


SPLIT = open_for("conflicting-data")
UNKNOWN_KIND = open_for("unspecific")


def edges(atom: str, make: Any, limit: float, other: Any) -> list[Any]:
    """The rows that both numbers have; `other` is the other method, with its own specimen."""
    edge = Edge(f"I07.{atom}")
    above, at = percent(limit + 0.1), percent(limit)
    return [
        *edge.limit(make, limit, "%", (FALSE, FALSE, TRUE)),
        *edge.limit(make, limit / 100, "1", (FALSE, FALSE, TRUE), step=0.001),
        *edge.limit(make, limit / 100, "{fraction}", (FALSE, FALSE, TRUE), step=0.001),
        *edge.comes(
            TRUE,
            {
                "more than the limit": make(percent(limit, ">")),
                "at least a little more": make(percent(limit + 0.1, ">=")),
                "a range above": make(between(limit + 0.1, limit + 10)),
                "called positive before and since": (
                    make(called(POSITIVE), ago(40)),
                    make(above),
                    make(called(POSITIVE), ago(5)),
                ),
                "interpreted as positive": make(above, **interpreted("POS")),
                "called negative before": (make(called(NEGATIVE), ago(21)), make(above)),
                "called negative by the other method": (make(above), other(called(NEGATIVE), ago(5))),
                "blood called negative since": (make(above), make(called(NEGATIVE), ago(5), BLOOD)),
                "blood low since": (make(above), make(percent(0), ago(5), BLOOD)),
                "a pleural fluid called negative since": (
                    make(above),
                    make(called(NEGATIVE), ago(5), FLUID),
                ),
                "low before": (make(at, ago(60)), make(above)),
                "by the other method low since": (make(above), other(percent(0), ago(5))),
                "years ago": make(above, ago(900)),
                "on the day of the relapse": (condition("C91.02", onset=ago(20), recorded=ago(20)), make(above)),
                "on the day of a relapse that nobody confirmed": (
                    condition("C91.02", onset=ago(60), recorded=ago(60)),
                    condition("C91.02", verified="provisional", onset=ago(20), recorded=ago(20)),
                    make(above),
                ),
                "on the day of a relapse in words": (
                    condition("C91.02", onset=ago(60), recorded=ago(60)),
                    described("Second relapse", onset=ago(20), recorded=ago(20)),
                    make(above),
                ),
                "on the day of CAR-T cells": (procedure("XW033C7", ICD_10_PCS, on=ago(20)), make(above)),
            },
        ),
        *edge.comes(
            FALSE,
            {
                "less than the limit": make(percent(limit, "<")),
                "at most the limit": make(percent(limit, "<=")),
                "a range below": make(between(0, limit)),
                "nothing": make(percent(0)),
                "called negative": make(at, **interpreted("NEG")),
                "at the limit, called positive before": (make(called(POSITIVE), ago(21)), make(at)),
                "at the limit, called positive by the other method": (make(at), other(called(POSITIVE), ago(5))),
                "at the limit, blood called positive since": (make(at), make(called(POSITIVE), ago(5), BLOOD)),
                "high before": (make(above, ago(60)), make(at)),
            },
        ),
        *edge.comes(
            open_for("imprecise"),
            {
                "at least the limit": make(percent(limit, ">=")),
                "less than a little more": make(percent(limit + 0.1, "<")),
                "a range from the limit": make(between(limit, limit + 10)),
                "in the month of the relapse": (
                    condition("C91.02", onset="2026-10-15", recorded="2026-10-15"),
                    make(above, "2026-10"),
                ),
                "a day before a relapse that nobody confirmed": (
                    condition("C91.02", onset=ago(60), recorded=ago(60)),
                    condition("C91.02", verified="provisional", onset=ago(19), recorded=ago(19)),
                    make(above),
                ),
                "a day before a relapse in words": (
                    condition("C91.02", onset=ago(60), recorded=ago(60)),
                    described("Second relapse", onset=ago(19), recorded=ago(19)),
                    make(above),
                ),
            },
        ),
        *edge.comes(
            SPLIT,
            {
                "above and interpreted as negative": make(above, **interpreted("NEG")),
                "above and called negative that day": (make(above), make(called(NEGATIVE))),
                "above and called negative since": (make(above), make(called(NEGATIVE), ago(19))),
                "above, called negative and then positive": (
                    make(above),
                    make(called(NEGATIVE), ago(19)),
                    make(called(POSITIVE), ago(18)),
                ),
                "above and called negative, by no method": (make(above), cd5(called(NEGATIVE), None, None, ago(5))),
                "at the limit and interpreted as positive": make(at, **interpreted("POS")),
                "at the limit and called positive that day": (make(at), make(called(POSITIVE))),
                "at the limit and called positive since": (make(at), make(called(POSITIVE), ago(19))),
                "at the limit, called positive and then negative": (
                    make(at),
                    make(called(POSITIVE), ago(19)),
                    make(called(NEGATIVE), ago(18)),
                ),
                "at the limit and called positive, by no method": (make(at), cd5(called(POSITIVE), None, None, ago(5))),
                "two of one day": (make(above), make(at)),
            },
        ),
        *edge.comes(open_for("no-data"), {"nothing on record": ()}),
        *edge.comes(UNKNOWN_KIND, {"called positive, no number": make(called(POSITIVE))}),
        *edge.comes(
            open_for("unit"),
            {
                "no unit": make(percent(limit + 10, None, None)),
                "cells per volume": make(percent(limit + 10, None, "10*9/L")),
                "a fraction above one": make(percent(limit + 10, None, "1")),
            },
        ),
        *edge.comes(
            open_for("stale"),
            {
                "a day before the relapse": (condition("C91.02", onset=ago(19), recorded=ago(19)), make(above)),
                "a day before CAR-T cells": (procedure("XW033C7", ICD_10_PCS, on=ago(19)), make(above)),
                "at the limit, a day before the relapse": (
                    condition("C91.02", onset=ago(19), recorded=ago(19)),
                    make(at),
                ),
            },
        ),
        *edge.comes(open_for("undated"), {"without a date": make(above, None)}),
        *edge.comes(open_for("unconfirmed"), {"preliminary": make(above, status="preliminary")}),
    ]


def kinds(atom: str, above: Resource, outcomes: dict[Outcome, dict[str, tuple[Any, str | None]]]) -> list[Any]:
    """By their method and specimen."""
    return [
        row
        for outcome, charts in outcomes.items()
        for row in Edge(f"I07.{atom}").comes(
            outcome,
            {name: cd5(above, method, specimen) for name, (method, specimen) in charts.items()},
        )
    ]


KINDS = [
    *kinds(
        "a1",
        percent(81),
        {
            TRUE: {
                "by its SNOMED code": (coded(SNOMED, "708058007"), MARROW),
                "by its LOINC code": (coded(LOINC, "33719-6"), MARROW),
                "in Chinese": ("流式细胞术", "骨髓"),
                "cerebrospinal fluid": (FLOW, "Cerebrospinal fluid"),
            },
            UNKNOWN_KIND: {
                "of a lymph node": (FLOW, "Lymph node"),
                "of nothing stated": (FLOW, None),
                "by no stated method": (None, MARROW),
                "by another method": ("PCR", MARROW),
                "of blood": (FLOW, BLOOD),
                "of pleural fluid": (FLOW, FLUID),
                "by stain": (STAIN, MARROW),
            },
        },
    ),
    *kinds(
        "a3",
        percent(31),
        {
            UNKNOWN_KIND: {
                "of marrow": (STAIN, MARROW),
                "of nothing stated": (STAIN, None),
                "by its SNOMED code, of nothing stated": (coded(SNOMED, "708097004"), None),
                "in Chinese, of nothing stated": ("免疫组化", None),
                "by no stated method": (None, None),
                "of blood": (STAIN, BLOOD),
                "by flow cytometry": (FLOW, MARROW),
            },
        },
    ),
]

ROWS = [
    *edges("a1", flow, 80, stain),
    *edges("a3", stain, 30, flow),
    *KINDS,
    *newer_percentages("I01.a3", flow),
    *newer_percentages("I01.a3", stain),
]


@pytest.mark.parametrize(("atom", "given", "outcome"), ROWS)
def test_an_edge(screen: Screen, atom: str, given: Given, outcome: Outcome) -> None:
    criterion, name = atom.split(".")
    assert screen(given).atom(criterion, name) == outcome


SIMILAR = attestation("NCT07070323#I07.a2", True)
DIFFERENT = attestation("NCT07070323#I07.a2", False)
HIGH_FLOW, LOW_FLOW = flow(percent(80.1)), flow(percent(80))
HIGH_STAIN, LOW_STAIN = stain(percent(30.1)), stain(percent(30))

WHOLE = [
    row("flow above, similar", HIGH_FLOW, SIMILAR, comes=PASSES),
    row("flow above, stain low, similar", HIGH_FLOW, LOW_STAIN, SIMILAR, comes=PASSES),
    row("flow above, stain low, different", HIGH_FLOW, LOW_STAIN, DIFFERENT, comes=FAILS),
    row("stain above", HIGH_STAIN, comes=PASSES),
    row("stain above, flow low", HIGH_STAIN, LOW_FLOW, comes=PASSES),
    row("both at their limits", LOW_FLOW, LOW_STAIN, comes=FAILS),
    row("flow above and called negative, stain low", HIGH_FLOW | interpreted("NEG"), LOW_STAIN, SIMILAR,
        comes=review("conflicting-data")),
    row("stain above and called negative, flow low", HIGH_STAIN | interpreted("NEG"), LOW_FLOW,
        comes=review("conflicting-data")),
    row("flow low and called positive, stain low", LOW_FLOW | interpreted("POS"), LOW_STAIN, SIMILAR,
        comes=review("conflicting-data")),
    row("stain low and called positive, flow low", LOW_STAIN | interpreted("POS"), LOW_FLOW,
        comes=review("conflicting-data")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), WHOLE)
def test_cd5_on_blasts_by_either_method(check: Check, given: Given, expected: Expected) -> None:
    check("I07", given, expected)
