"""Medication orders, statements, administrations and dispenses as facts: what was taken, from when until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codings import Coded, coded
from trialsieve.fhir_adapters.dates import Clock, age_of, hull, since, whole_days
from trialsieve.fhir_adapters.events import event_facts
from trialsieve.fhir_adapters.references import Resolver
from trialsieve.fhir_adapters.shapes import Json, a_flag, a_text, an_object, objects, only_one, refuse_modifiers
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import (
    MEDICATION_ADMINISTRATION,
    MEDICATION_DISPENSE,
    MEDICATION_REQUEST,
    MEDICATION_STATEMENT,
    ORDERS,
    Standing,
    standing,
    weakest,
)
from trialsieve.rules.vocabulary import Kind

_TABLES: Final = {
    "MedicationRequest": MEDICATION_REQUEST,
    "MedicationStatement": MEDICATION_STATEMENT,
    "MedicationAdministration": MEDICATION_ADMINISTRATION,
    "MedicationDispense": MEDICATION_DISPENSE,
}
_OVER: Final = frozenset({"completed", "stopped", "ended"})
_NOT_GIVEN: Final = ("wasNotTaken", "wasNotGiven", "notGiven", "notDone", "doNotPerform")
# STU3's MedicationStatement.taken
_TAKEN: Final = {"y": Standing.FIRM, "n": Standing.DROPPED}
_EFFECTIVE: Final = ("effectiveDateTime", "effectivePeriod", "occurenceDateTime", "occurencePeriod", "effectiveTiming")
_LONGEST_SUPPLY: Final = 3660  # days


def medication_code(resource: Json, resolver: Resolver) -> Coded:
    """The medication's codes, whichever way the resource names it, and those of its ingredients."""
    return resolver.medication(resource)


def medication_facts(source: Source) -> list[Fact]:
    """The facts of a medication resource. Raises Unusable if it cannot be read, or must not be."""
    resource, resolver = source.resource, source.resolver
    kind = str(resource.get("resourceType"))
    refuse_modifiers(resource, kind)
    stands = medication_standing(resource)
    if stands is Standing.DROPPED:
        return []
    code = medication_code(resource, resolver)
    over = kind in ("MedicationRequest", "MedicationStatement") and str(resource.get("status")).lower() in _OVER
    when, end, dated = _READERS[kind](resource, source.clock) if kind in _READERS else (None, None, "undated")
    return event_facts(
        source,
        Kind.MEDICATION,
        code,
        stands,
        {"route": _routes(resource, resolver)},
        when=when,
        dated=dated,
        ended=over or end is not None,
        ended_when=end,
    )


def medication_standing(resource: Json) -> Standing:
    """Whether it was ordered, given or taken: by its status, an order's intent, and flags that FHIR once had."""
    if any(a_flag(resource, name) for name in _NOT_GIVEN if name in resource):
        return Standing.DROPPED
    kind = str(resource.get("resourceType"))
    by_status = standing(resource.get("status"), _TABLES.get(kind, {}))
    return weakest(by_status, _intent(resource, kind), _taken(resource))


def _intent(resource: Json, kind: str) -> Standing:
    """Only an order orders: a plan or proposal, or an intent that nobody states, can only raise a doubt."""
    if kind != "MedicationRequest":
        return Standing.FIRM
    return Standing.FIRM if a_text(resource, "intent") in ORDERS else Standing.WEAK


def _taken(resource: Json) -> Standing:
    taken = a_text(resource, "taken")
    if taken is not None:
        return _TAKEN.get(taken, Standing.WEAK)
    adherence = an_object(resource, "adherence")  # R5
    if adherence is None:
        return Standing.FIRM
    codes = {coding.code for coding in coded(adherence, "code").codings}
    return Standing.WEAK if codes & {"not-taking", "unknown"} else Standing.FIRM


# --- when -------------------------------------------------------------------------------------------------------------

_Taken = tuple[DateInterval | None, DateInterval | None, str]
"""When it was taken, when that ended, and the record's words."""


def _request(resource: Json, clock: Clock) -> _Taken:
    """From the order on. Its end is that of the dosage or of the order's validity; without one nobody knows it."""
    ordered = clock.read(resource, "authoredOn") or clock.read(resource, "dateWritten")
    said = resource.get("authoredOn") or resource.get("dateWritten")
    end = _end_of_dosage(resource, clock)
    if end is None:
        supply = an_object(resource, "dispenseRequest")
        end = None if supply is None else clock.period_end(supply, "validityPeriod")
    if end is None and str(resource.get("status")).lower() in _OVER:
        end = clock.read(resource, "statusChanged")  # R5
    return _span(ordered, end), end, f"ordered {said}" if said else "ordered, undated"


def _end_of_dosage(resource: Json, clock: Clock) -> DateInterval | None:
    """The latest end of the dosages; none if one of them has no end."""
    ends = []
    for dosage in objects(resource, "dosageInstruction") or objects(resource, "dosage", single=True):
        timing = an_object(dosage, "timing")
        repeat = None if timing is None else an_object(timing, "repeat")
        end = None if repeat is None else clock.period_end(repeat, "boundsPeriod")
        if end is None or end.last is None:
            return None
        ends.append(end)
    return max(ends, key=lambda end: end.last) if ends else None  # type: ignore[arg-type, return-value]  # none is open


def _statement(resource: Json, clock: Clock) -> _Taken:
    """The period in which it was taken; a single date says only that it was taken then, not how long."""
    name = only_one(resource, _EFFECTIVE)
    over = str(resource.get("status")).lower() in _OVER
    if name == "effectivePeriod":
        end = clock.period_end(resource, name)
        return clock.period(resource, name), end, f"taken from {_start(resource[name])}"
    asserted = clock.read(resource, "dateAsserted")
    if name == "effectiveDateTime":
        return _span(clock.read(resource, name), asserted if over else None), None, f"taken {resource[name]}"
    return None, None, "taken, undated"


def _administration(resource: Json, clock: Clock) -> _Taken:
    """The dose's own time (R5 writes occurence with one r)."""
    names = (*_EFFECTIVE, "occurrenceDateTime", "occurrencePeriod", "effectiveTimeDateTime", "effectiveTimePeriod")
    name = only_one(resource, names)
    if name is None or name.endswith("Timing"):
        return None, None, "given, undated"
    if name.endswith("Period"):
        return clock.period(resource, name), None, f"given from {_start(resource[name])}"
    return clock.read(resource, name), None, f"given {resource[name]}"


def _dispense(resource: Json, clock: Clock) -> _Taken:
    """From the day on which it was handed over, for as many days as it lasts; unknown without that number."""
    name = "whenHandedOver" if resource.get("whenHandedOver") is not None else "whenPrepared"
    start = clock.read(resource, name)
    supply = age_of({"unit": "d", **(an_object(resource, "daysSupply") or {})})
    end = None
    if start is not None and start.last is not None and supply is not None and supply[1] == "day":
        end = _after(start, min(int(supply[0]), _LONGEST_SUPPLY), clock.zone)
    said = resource.get(name)
    return _span(start, end), None, f"dispensed {said}" if said else "dispensed, undated"


def _after(start: DateInterval, amount: int, zone: ZoneInfo) -> DateInterval | None:
    assert start.last is not None
    try:
        day = start.last + timedelta(days=amount)
    except OverflowError:
        return None
    return whole_days(day, day, zone)


def _span(start: DateInterval | None, end: DateInterval | None) -> DateInterval | None:
    if start is None:
        return None
    return since(start) if end is None else hull(start, end)


def _start(period: object) -> str:
    return str(period.get("start") or "?") if isinstance(period, dict) else "?"


_READERS: Final = {
    "MedicationRequest": _request,
    "MedicationStatement": _statement,
    "MedicationAdministration": _administration,
    "MedicationDispense": _dispense,
}


def _routes(resource: Json, resolver: Resolver) -> tuple[Coded, ...]:
    """Every route that a dosage names, and the medication's dose form, which may say it."""
    dosages = [*objects(resource, "dosageInstruction"), *objects(resource, "dosage", single=True)]
    routes = [coded(dosage, "route") for dosage in dosages]
    both = an_object(resource, "medication")
    found, _ = (
        resolver.follow(both, "reference") if both is not None else resolver.follow(resource, "medicationReference")
    )
    if found is not None:
        routes += [coded(found, "form"), coded(found, "doseForm")]
    return tuple(route for route in routes if route.codings or route.text)
