"""Exclusions 3, 6, 7, 12: a drug of which nobody knows whether it is still taken neither excludes nor clears."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    ATC,
    FAILS,
    HYPERTENSION,
    PASSES,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    coded,
    condition,
    review,
)
from bundles import Screen as Screens

CICLOSPORIN, AMIODARONE = "L04AD01", "C01BD01"
GVHD = condition("D89.811", onset=ago(60))
NEEDED = attestation("NCT07120607#X07.a2", True)


def drug(kind: str, code: str = CICLOSPORIN, status: str = "completed", **more: Any) -> Resource:
    intent = {"intent": "order"} if kind == "MedicationRequest" else {}
    medicine = {"medicationCodeableConcept": coded(ATC, code)}
    return {"resourceType": kind, "status": status, **medicine, **intent, **more}


def dispense(on: str | None = None, days: int | None = None, code: str = CICLOSPORIN) -> Resource:
    handed: Resource = {} if on is None else {"whenHandedOver": on}
    supply: Resource = {} if days is None else {"daysSupply": {"value": days, "unit": "d"}}
    return drug("MedicationDispense", code, **handed, **supply)


def dose(on: str | None = None, code: str = CICLOSPORIN, **more: Any) -> Resource:
    given: Resource = {} if on is None else {"effectiveDateTime": on}
    return drug("MedicationAdministration", code, **given, **more)


def doses(start: str, end: str | None = None) -> Resource:
    period = {"start": start} | ({"end": end} if end else {})
    return drug("MedicationAdministration", effectivePeriod=period)


def statement(status: str = "active", code: str = CICLOSPORIN, **more: Any) -> Resource:
    return drug("MedicationStatement", code, status, **more)


def until(end: str, status: str = "active") -> Resource:
    return statement(status, effectivePeriod={"start": "2026-01-05", "end": end})


IMPRECISE, UNDATED, OPEN = review("imprecise"), review("undated"), review("registry-error")
NOW: dict[str, tuple[Resource, Expected, Expected]] = {
    # the drug; whether it is taken now (exclusion 6 and 7), whether it was discontinued lately (exclusion 12)
    "handed over three weeks ago for a month": (dispense(ago(21), 30), FAILS, OPEN),
    "handed over two years ago for a month": (dispense("2024-11-01", 30), review("stale"), PASSES),
    "handed over three weeks ago": (dispense(ago(21)), IMPRECISE, OPEN),
    "handed over today": (dispense(ago(0)), IMPRECISE, OPEN),
    "handed over two years ago": (dispense("2024-11-01"), IMPRECISE, OPEN),
    "handed over in October for a month": (dispense("2026-10", 30), IMPRECISE, OPEN),
    "handed over for a month, undated": (dispense(None, 30), UNDATED, UNDATED),
    "a dose 30 days ago": (dose(ago(30)), FAILS, PASSES),
    "a dose 31 days ago": (dose(ago(31)), review("stale"), PASSES),
    "a dose in November": (dose("2026-11"), IMPRECISE, OPEN),
    "a dose in October": (dose("2026-10"), IMPRECISE, PASSES),
    "a dose in September": (dose("2026-09"), review("stale"), PASSES),
    "a dose this year": (dose("2026"), IMPRECISE, OPEN),
    "a dose last year": (dose("2025"), review("stale"), PASSES),
    "a dose, undated": (dose(), UNDATED, UNDATED),
    "a dose next year, noted three weeks ago": (dose("2027-01-05", recorded=ago(21)), IMPRECISE, PASSES),
    "doses since January": (doses("2026-01-05"), IMPRECISE, OPEN),
    "doses until five days ago": (doses("2026-01-05", ago(5)), FAILS, OPEN),
    "doses until November": (doses("2026-01-05", "2026-11"), IMPRECISE, OPEN),
    "taken three weeks ago": (statement(effectiveDateTime=ago(21)), IMPRECISE, OPEN),
    "taken two years ago": (statement(effectiveDateTime="2024-11-01"), IMPRECISE, OPEN),
    "taken since two years ago": (statement(effectivePeriod={"start": "2024-11-01"}), FAILS, OPEN),
    "taken since two years ago, in R5": (
        statement("recorded", effectivePeriod={"start": "2024-11-01"}),
        IMPRECISE,
        OPEN,
    ),
    "taken until some day of this month": (until("2026-11"), IMPRECISE, OPEN),
    "an order of two years ago": (
        drug("MedicationRequest", status="active", authoredOn="2024-11-01"),
        FAILS,
        OPEN,
    ),
}


@pytest.mark.parametrize(("name", "resource", "now"), [(name, row[0], row[1]) for name, row in NOW.items()])
def test_graft_versus_host_disease_under_treatment(check: Check, name: str, resource: Resource, now: Expected) -> None:
    check("X06", Given((GVHD, resource)), now)


@pytest.mark.parametrize(("name", "resource", "now"), [(name, row[0], row[1]) for name, row in NOW.items()])
def test_immunosuppressants_now(check: Check, name: str, resource: Resource, now: Expected) -> None:
    check("X07", Given((resource, NEEDED)), now)


@pytest.mark.parametrize(("name", "resource", "lately"), [(name, row[0], row[2]) for name, row in NOW.items()])
def test_immunosuppressants_discontinued(check: Check, name: str, resource: Resource, lately: Expected) -> None:
    check("X12", Given((resource,)), lately)


@pytest.mark.parametrize(
    ("name", "resource", "known"),
    [
        ("handed over three weeks ago", dispense(ago(21), code=AMIODARONE), (True, ())),
        ("handed over two years ago", dispense("2024-11-01", code=AMIODARONE), (None, ("imprecise",))),
        ("a dose in November", dose("2026-11", AMIODARONE), (True, ())),
        ("a dose in May", dose("2026-05", AMIODARONE), (None, ("imprecise", "stale"))),
        ("a dose in April", dose("2026-04", AMIODARONE), (None, ("no-data", "stale"))),
        ("a dose, undated", dose(code=AMIODARONE), (None, ("undated",))),
        ("taken three weeks ago", statement(code=AMIODARONE, effectiveDateTime=ago(21)), (True, ())),
        ("taken two years ago", statement(code=AMIODARONE, effectiveDateTime="2024"), (None, ("imprecise",))),
    ],
)
def test_medication_against_an_arrhythmia(
    screen: Screens, name: str, resource: Resource, known: tuple[bool | None, tuple[str, ...]]
) -> None:
    """What was handed over or taken within the six months was so, whether or not it still is."""
    assert screen(Given((HYPERTENSION, resource))).atom("X03", "a15") == known, name


def test_it_is_said_why(check: Check) -> None:
    answer = check("X07", Given((dispense(ago(21)), NEEDED)), IMPRECISE)
    assert "too imprecise, it could go either way" in answer.criterion("X07").explanation
