"""Medication orders, statements, administrations and dispenses as facts: what was taken, from when until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codings import Coded, Reading, coded
from trialsieve.fhir_adapters.dates import Clock, age_of, hull, since, whole_days
from trialsieve.fhir_adapters.references import Resolver, refuse_withdrawn
from trialsieve.fhir_adapters.shapes import Json, a_flag, a_text, an_object, choice, objects, only_one, refuse_modifiers
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statements import Stated, Timing, doubted, noted_earlier, statement_facts
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
from trialsieve.fhir_adapters.terms import Terms
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
_DOUBTED: Final = ("not-taking", "unknown", "on-hold")
_EFFECTIVE: Final = choice(
    "effectiveDateTime", "effectivePeriod", "occurenceDateTime", "occurencePeriod", "effectiveTiming"
)
# The dose's own time (R5 writes occurence with one r).
_ADMINISTERED: Final = choice(
    *_EFFECTIVE, "occurrenceDateTime", "occurrencePeriod", "effectiveTimeDateTime", "effectiveTimePeriod"
)
_LONGEST_SUPPLY: Final = 3660  # days
# When it was noted what was given or taken.
_NOTED: Final = {"MedicationAdministration": "recorded", "MedicationStatement": "dateAsserted"}


def medication_code(resource: Json, resolver: Resolver) -> Coded:
    """The medication's codes, whichever way the resource names it, and those of its ingredients."""
    return resolver.medication(resource)


def medication_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    return terms.reader.read(code, asserting=True)


def medication_facts(source: Source) -> list[Fact] | None:
    """The facts of a medication resource; None if it was not ordered, given or taken.

    Raises Unusable if it cannot be read, or must not be.
    """
    resource, resolver = source.resource, source.resolver
    stands = medication_standing(resource)
    if stands is Standing.DROPPED:
        return None
    kind = str(resource.get("resourceType"))
    refuse_modifiers(resource, kind)
    for dosage in _dosages(resource):
        refuse_modifiers(dosage, f"a dosage of the {kind}")
    product, _ = resolver.named_medication(resource)
    if product is not None:
        refuse_withdrawn(product, "medication")
        for ingredient in objects(product, "ingredient"):
            refuse_modifiers(ingredient, "an ingredient of the medication")
    named = source.names.of(medication_readings, source.code, {"route": _routes(resource, resolver)})
    if kind == "MedicationRequest" and not _is_completed(resource) and any(one.concept.ordered_ahead for one in named):
        stands = weakest(stands, Standing.WEAK)  # it may never have been given
    stated = Stated(named, stands.certainty, doubted(resource, stands))
    timing = _READERS[kind](resource, source.clock) if kind in _READERS else Timing()
    if (noted := _NOTED.get(kind)) is not None and (kind != "MedicationStatement" or _is_over(resource)):
        timing = noted_earlier(timing, resource, noted, source.clock)  # what is still to be taken is planned
        if timing.recorded is not None and not timing.ended:  # one of the two days is wrong
            timing = replace(timing, end_unknown=True)
    return statement_facts(source, Kind.MEDICATION, stated, timing)


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
    return Standing.WEAK if any(word.startswith(_DOUBTED) for word in _adherence(resource)) else Standing.FIRM


def _adherence(resource: Json) -> list[str]:
    """R5: how it is taken (hl7.org/fhir/R5/valueset-medication-statement-adherence.html)."""
    adherence = an_object(resource, "adherence")
    codings = () if adherence is None else coded(adherence, "code").codings
    return [coding.code for coding in codings if coding.code]


def _is_completed(resource: Json) -> bool:
    return str(resource.get("status")).strip().lower() == "completed"


def _is_active(resource: Json) -> bool:
    return str(resource.get("status")).strip().lower() == "active"


def _has_passed_although_active(resource: Json, end: DateInterval | None, clock: Clock) -> bool:
    """Whether it is said to be taken still, after the last day that is given for it: one of the two is out of date."""
    return end is not None and _is_active(resource) and clock.has_passed(end)


def _validity_end(resource: Json, clock: Clock) -> DateInterval | None:
    """The last day on which an order may be filled. What was handed over by then may last longer."""
    supply = an_object(resource, "dispenseRequest")
    return None if supply is None else clock.period_end(supply, "validityPeriod")


def _is_perhaps_over(resource: Json, end: DateInterval | None, clock: Clock) -> bool:
    """Whether what is said to be taken still has a last day that may be past: of a month or year that is not over."""
    as_of = clock.as_of
    if end is None or end.last is None or as_of is None or not _is_active(resource):
        return False
    return not _is_one_day(end) and end.starts_by(as_of) and as_of < end.last


def _goes_on(resource: Json) -> bool:
    """Whether a statement says that the drug is still taken: by its status, in R5 by its adherence."""
    return _is_active(resource) or any(word.startswith("taking") for word in _adherence(resource))


def _is_over(resource: Json) -> bool:
    """An order or statement of what is no longer taken: by its status, in R5 by its adherence."""
    if str(resource.get("status")).lower() in _OVER:
        return True
    return any(word.startswith("stopped") for word in _adherence(resource))


# --- when -------------------------------------------------------------------------------------------------------------


def _request(resource: Json, clock: Clock) -> Timing:
    """From the order on. Its end is that of the dosage; without one nobody knows it."""
    ordered = clock.read(resource, "authoredOn") or clock.read(resource, "dateWritten")
    said = resource.get("authoredOn") or resource.get("dateWritten")
    says = f"ordered {said}" if said else "ordered, undated"
    end = ended = _planned_end(resource, clock)
    valid = _validity_end(resource, clock) if end is None else None
    if _has_passed_although_active(resource, valid, clock):
        says += f", to be handed over until {resource['dispenseRequest']['validityPeriod']['end']}, and active still"
        return Timing(says, _span(ordered, None), end_unknown=True)
    if end is not None and _has_passed_although_active(resource, end, clock):
        says += f", to be taken until {end.last}, and active still"
        return Timing(says, _span(ordered, None), ended_when=end, end_unknown=True)
    open_ended = _is_perhaps_over(resource, end, clock)
    as_planned = end is not None and _is_completed(resource)
    over = _is_over(resource)
    if end is None and over:
        end = ended = clock.read(resource, "statusChanged")  # R5
    elif end is not None and over and not as_planned:
        ended = hull(ordered, end)  # before it should have
    is_over = over or (end is not None and not open_ended)
    return Timing(says, _span(ordered, end), ended=is_over, ended_when=ended, end_unknown=open_ended)


def _planned_end(resource: Json, clock: Clock) -> DateInterval | None:
    return _end_of_dosage(resource, clock) or clock.period_end(resource, "effectiveDosePeriod")  # R5


def _end_of_dosage(resource: Json, clock: Clock) -> DateInterval | None:
    """The latest end of the dosages; none if one of them has no end."""
    ends = []
    for dosage in _dosages(resource):
        timing = an_object(dosage, "timing")
        repeat = None if timing is None else an_object(timing, "repeat")
        end = None if repeat is None else clock.period_end(repeat, "boundsPeriod")
        if end is None or end.last is None:
            return None
        ends.append(end)
    return max(ends, key=lambda end: end.last) if ends else None  # type: ignore[arg-type, return-value]  # none is open


def _statement(resource: Json, clock: Clock) -> Timing:
    """The period in which it was taken; a single date says only that it was taken then, not how long."""
    name = only_one(resource, _EFFECTIVE)
    over = _is_over(resource)
    unsaid = not over and not _goes_on(resource)
    if name == "effectivePeriod":
        end, says = clock.period_end(resource, name), f"taken {_period(resource[name])}"
        if _has_passed_although_active(resource, end, clock):
            says += ", and active still"
            return Timing(says, _span(_start(resource[name], clock), None), ended_when=end, end_unknown=True)
        when = clock.period(resource, name)
        if _is_perhaps_over(resource, end, clock):
            return Timing(says, when, ended_when=end, end_unknown=True)
        is_over = over or end is not None
        return Timing(says, when, ended=is_over, ended_when=end, end_unknown=unsaid and not is_over)
    asserted = clock.read(resource, "dateAsserted")
    if name == "effectiveDateTime":
        taken = _span(clock.read(resource, name), asserted if over else None)
        return Timing(f"taken {resource[name]}", taken, ended=over, end_unknown=not over)
    return Timing("taken, undated", ended=over, end_unknown=unsaid)


def _start(period: object, clock: Clock) -> DateInterval | None:
    return clock.read(period, "start") if isinstance(period, dict) else None


def _administration(resource: Json, clock: Clock) -> Timing:
    """The dose's own time. The last dose, where its day is not known, may be too long ago to speak for today."""
    name = only_one(resource, _ADMINISTERED)
    if name is None or name.endswith("Timing"):
        return Timing("given, undated", end_unknown=True)
    if name.endswith("Period"):
        end, when = clock.period_end(resource, name), clock.period(resource, name)
        is_vague = when is None or not _is_one_day(end)
        return Timing(f"given {_period(resource[name])}", when, ended_when=end, end_unknown=is_vague)
    when = clock.read(resource, name)
    return Timing(f"given {resource[name]}", when, end_unknown=not _is_one_day(when))


def _is_one_day(when: DateInterval | None) -> bool:
    return when is not None and when.first is not None and when.first == when.last


def _dispense(resource: Json, clock: Clock) -> Timing:
    """From the day on which it was handed over, for as many days as it lasts; unknown without that number."""
    name = "whenHandedOver" if resource.get("whenHandedOver") is not None else "whenPrepared"
    start = clock.read(resource, name)
    supply = age_of({"unit": "d", **(an_object(resource, "daysSupply") or {})})
    end = None
    if start is not None and start.last is not None and supply is not None and supply[1] == "day":
        end = _after(start, min(int(supply[0]), _LONGEST_SUPPLY), clock.zone)
    said = resource.get(name)
    says = f"dispensed {said}" if said else "dispensed, undated"
    return Timing(says, _span(start, end), end_unknown=end is None or not _is_one_day(start))


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


def _period(period: object) -> str:
    start, end = (period.get("start"), period.get("end")) if isinstance(period, dict) else (None, None)
    return f"from {start or '?'}" + (f" to {end}" if end else "")


_READERS: Final = {
    "MedicationRequest": _request,
    "MedicationStatement": _statement,
    "MedicationAdministration": _administration,
    "MedicationDispense": _dispense,
}


def _dosages(resource: Json) -> list[Json]:
    return [*objects(resource, "dosageInstruction"), *objects(resource, "dosage", single=True)]


def _routes(resource: Json, resolver: Resolver) -> tuple[Coded, ...]:
    """Every route that a dosage names, and the medication's dose form, which may say it."""
    routes = [coded(dosage, "route") for dosage in _dosages(resource)]
    found, _ = resolver.named_medication(resource)
    if found is not None:
        routes += [coded(found, "form"), coded(found, "doseForm")]
    return tuple(route for route in routes if route.codings or route.text)
