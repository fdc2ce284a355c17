"""When a drug was ordered, taken, given or handed over, and until when, as the resource tells it."""

from __future__ import annotations

from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from trialsieve.engine.interval import DateInterval, add
from trialsieve.fhir_adapters.elements.codings import coded
from trialsieve.fhir_adapters.elements.dates import Clock, age_of, hull, since, until, whole_days
from trialsieve.fhir_adapters.elements.shapes import Json, a_flag, an_object, choice, objects, only_one
from trialsieve.fhir_adapters.facts.statements import Timing, in_progress, noted_earlier

_OVER: Final = frozenset({"completed", "stopped", "ended"})
_EFFECTIVE: Final = choice(
    "effectiveDateTime", "effectivePeriod", "occurenceDateTime", "occurencePeriod", "effectiveTiming"
)
# The dose's own time (R5 writes occurence with one r).
_ADMINISTERED: Final = choice(
    *_EFFECTIVE, "occurrenceDateTime", "occurrencePeriod", "effectiveTimeDateTime", "effectiveTimePeriod"
)
_LONGEST_SUPPLY: Final = 3660  # days
_MOST_REPEATS: Final = 99
# When it was noted what was given or taken.
_NOTED: Final = {"MedicationAdministration": "recorded", "MedicationStatement": "dateAsserted"}


def medication_timing(resource: Json, clock: Clock) -> Timing:
    """When it was ordered, taken, given or handed over, by its type."""
    kind = str(resource.get("resourceType"))
    timing = _READERS[kind](resource, clock) if kind in _READERS else Timing()
    if (noted := _NOTED.get(kind)) is not None and (kind != "MedicationStatement" or is_taken_no_longer(resource)):
        timing = noted_earlier(timing, resource, noted, clock)  # what is still to be taken is planned
        if timing.recorded is not None and not timing.ended:  # one of the two days is wrong
            timing = replace(timing, end_unknown=True)
    return timing


def adherence(resource: Json) -> list[str]:
    """R5: how it is taken (hl7.org/fhir/R5/valueset-medication-statement-adherence.html)."""
    said = an_object(resource, "adherence")
    codings = () if said is None else coded(said, "code").codings
    return [coding.code for coding in codings if coding.code]


def is_completed(resource: Json) -> bool:
    return str(resource.get("status")).strip().lower() == "completed"


def _is_active(resource: Json) -> bool:
    return str(resource.get("status")).strip().lower() == "active"


def _has_passed_although_active(resource: Json, end: DateInterval | None, clock: Clock) -> bool:
    """Whether it is said to be taken still, after the last day that is given for it: one of the two is out of date."""
    return end is not None and _is_active(resource) and clock.has_passed(end)


def _validity_end(resource: Json, clock: Clock) -> DateInterval | None:
    """The last day on which an order may be filled, whatever its first. What was handed over may last longer."""
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
    return _is_active(resource) or any(word.startswith("taking") for word in adherence(resource))


def is_taken_no_longer(resource: Json) -> bool:
    """An order or statement of what is no longer taken: by its status, in R5 by its adherence."""
    if str(resource.get("status")).lower() in _OVER:
        return True
    return any(word.startswith("stopped") for word in adherence(resource))


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
    if end is not None and ordered is not None and end.surely_before(ordered):
        return _ended_before_ordered(resource, says, ordered, end, clock)
    open_ended = _is_perhaps_over(resource, end, clock)
    as_planned = end is not None and is_completed(resource)
    over = is_taken_no_longer(resource)
    if over and not as_planned and _has_ended_since(resource, end, clock):
        return Timing(says, _span(ordered, None), end_unknown=True)
    if end is None and over:
        end, ended = _ended_by_status(resource, ordered, clock)
    elif end is not None and over and not as_planned:
        ended = hull(ordered, end)  # before it should have
    if over and not as_planned and (by := _over_by(resource, ordered, ended, clock)) is not None:
        return Timing(f"{says}, over by {by.last}", by, ended=True, ended_when=by)
    is_over = over or (end is not None and not open_ended)
    return Timing(says, _span(ordered, end), ended=is_over, ended_when=ended, end_unknown=open_ended)


def _ended_before_ordered(resource: Json, says: str, ordered: DateInterval, end: DateInterval, clock: Clock) -> Timing:
    """One that was entered late, if it is reported, or ended on the day before; else one of its two days is wrong."""
    says = f"{says}, to be taken until {end.last}"
    next_day = _after(end, 1, clock.zone)
    if _is_reported(resource) or next_day is None or not next_day.surely_before(ordered):
        return Timing(says, until(end), ordered, ended=True, ended_when=end)
    if not is_taken_no_longer(resource) or _has_ended_since(resource, None, clock):
        return Timing(says, hull(None, None), ordered, end_unknown=True)
    by = until(_ended_by_status(resource, ordered, clock)[1] or _over_by(resource, ordered, None, clock))
    return Timing(says, by or hull(None, None), ordered, ended=True, ended_when=by)


def _is_reported(order: Json) -> bool:
    """Whether somebody told of an order that stands elsewhere: R4's `reported[x]`, R5's `reported`."""
    return order.get("reportedReference") is not None or any(
        a_flag(order, name) for name in ("reportedBoolean", "reported") if name in order
    )


def _has_ended_since(resource: Json, planned: DateInterval | None, clock: Clock) -> bool:
    """Whether what is over may have gone on as of the day for which it is read: the record changed it since, and it was
    not to end before. A period's end, and R5's day of the change, say more.
    """
    if resource.get("statusChanged") is not None or (planned is not None and clock.has_passed(planned)):
        return False
    return (changed := clock.changed(resource)) is not None and clock.is_to_come(changed)


def _ended_by_status(
    order: Json, ordered: DateInterval | None, clock: Clock
) -> tuple[DateInterval | None, DateInterval | None]:
    """Until when an order that is over may have been taken, and when it ended, by the day of its status (R5).

    Not by one before the order: one of the two days is wrong.
    """
    changed = clock.read(order, "statusChanged")
    if changed is None or (ordered is not None and changed.surely_before(ordered)):
        return None, None
    if not is_completed(order):
        return changed, changed
    last = _lasting(order, changed, clock.zone)
    return last, None if last is None else hull(changed, last)


def _over_by(resource: Json, start: DateInterval | None, end: DateInterval | None, clock: Clock) -> DateInterval | None:
    """The days of what is over, when the record last changed what says so, where that is all, or the sooner end."""
    changed = None if clock.unread else clock.last_changed(resource)
    if changed is None or (start is not None and changed.surely_before(start)):
        return None
    if end is not None and (end.last is None or changed.last is None or end.last <= changed.last):
        return None
    last = _lasting(resource, changed, clock.zone) if is_completed(resource) else changed
    return None if last is None else hull(start, last)


def _lasting(order: Json, since: DateInterval, zone: ZoneInfo) -> DateInterval | None:
    """Until when what was handed over by a day may last, by an order that says for how long; None where unclear."""
    supply = an_object(order, "dispenseRequest")
    if supply is None:
        return since
    if supply.get("expectedSupplyDuration") is None:
        return None  # all was handed over; not all was taken
    duration, times = age_of(supply["expectedSupplyDuration"]), _times_handed_over(supply)
    if duration is None or duration[0] == 0 or times is None:
        return None
    return _after(since, ceil(duration[0]) * times, zone, duration[1])


def _times_handed_over(supply: Json) -> int | None:
    """How many times at most, each of which lasts as long."""
    repeats = supply.get("numberOfRepeatsAllowed", 0)
    return repeats + 1 if type(repeats) is int and 0 <= repeats <= _MOST_REPEATS else None


def _planned_end(resource: Json, clock: Clock) -> DateInterval | None:
    return _end_of_dosage(resource, clock) or clock.end_after_start(resource, "effectiveDosePeriod")  # R5


def _end_of_dosage(resource: Json, clock: Clock) -> DateInterval | None:
    """The latest end of the dosages; none if one of them has no end."""
    ends = []
    for dosage in dosages(resource):
        timing = an_object(dosage, "timing")
        repeat = None if timing is None else an_object(timing, "repeat")
        end = None if repeat is None else clock.end_after_start(repeat, "boundsPeriod")
        if end is None or end.last is None:
            return None
        ends.append(end)
    return max(ends, key=lambda end: end.last) if ends else None  # type: ignore[arg-type, return-value]  # none is open


def _statement(resource: Json, clock: Clock) -> Timing:
    """The period in which it was taken; a single date says only that it was taken then, not how long."""
    name = only_one(resource, _EFFECTIVE)
    over = is_taken_no_longer(resource) and not _has_ended_since(resource, None, clock)
    unsaid = not over and not _goes_on(resource)
    if name == "effectivePeriod":
        end, says = clock.end_after_start(resource, name), f"taken {_period(resource[name])}"
        if _has_passed_although_active(resource, end, clock):
            says += ", and active still"
            return Timing(says, _span(_start(resource[name], clock), None), ended_when=end, end_unknown=True)
        when = clock.period(resource, name)
        if _is_perhaps_over(resource, end, clock):
            return Timing(says, when, ended_when=end, end_unknown=True)
        is_over = over or end is not None
        if over and end is None and (by := _over_by(resource, when, None, clock)) is not None:
            return Timing(f"{says}, over by {by.last}", by, ended=True, ended_when=by)
        return Timing(says, when, ended=is_over, ended_when=end, end_unknown=unsaid and not is_over)
    asserted = clock.read(resource, "dateAsserted")
    if name == "effectiveDateTime":
        over = over or (is_taken_no_longer(resource) and asserted is not None and not clock.is_to_come(asserted))
        day, says = clock.read(resource, name), f"taken {resource[name]}"
        if over and asserted is None and (by := _over_by(resource, day, None, clock)) is not None:
            return Timing(f"{says}, over by {by.last}", by, ended=True, ended_when=by)
        until_then = over and asserted is not None and day is not None and not asserted.surely_before(day)
        return Timing(says, _span(day, asserted if until_then else None), ended=over, end_unknown=not over)
    if over and name is None and (by := _over_by(resource, None, None, clock)) is not None:
        return Timing(f"taken, undated, over by {by.last}", by, ended=True, ended_when=by)
    return Timing("taken, undated", ended=over, end_unknown=unsaid)


def _start(period: object, clock: Clock) -> DateInterval | None:
    return clock.read(period, "start") if isinstance(period, dict) else None


def _administration(resource: Json, clock: Clock) -> Timing:
    """The dose's own time. The last dose, where its day is not known, may be too long ago to speak for today."""
    name = only_one(resource, _ADMINISTERED)
    if name is None or name.endswith("Timing"):
        return Timing("given, undated", end_unknown=True)
    if name.endswith("Period"):
        end, when = clock.end_after_start(resource, name), clock.period(resource, name)
        is_vague = when is None or not _is_one_day(end)
        return Timing(f"given {_period(resource[name])}", when, ended_when=end, end_unknown=is_vague)
    when = clock.read(resource, name)
    end_unknown = not _is_one_day(when)
    if in_progress(resource):
        when, end_unknown = since(when), True
    return Timing(f"given {resource[name]}", when, end_unknown=end_unknown)


def _is_one_day(when: DateInterval | None) -> bool:
    return when is not None and when.first is not None and when.first == when.last


def _dispense(resource: Json, clock: Clock) -> Timing:
    """From the day on which it was handed over, for as many days as it lasts; unknown without that number, or by 0."""
    name = "whenHandedOver" if resource.get("whenHandedOver") is not None else "whenPrepared"
    start = clock.read(resource, name)
    supply = age_of({"unit": "d", **(an_object(resource, "daysSupply") or {})})
    end = None
    if start is not None and start.last is not None and supply is not None and supply[1] == "day" and supply[0] > 0:
        end = _after(start, min(ceil(supply[0]), _LONGEST_SUPPLY), clock.zone)
    said = resource.get(name)
    says = f"dispensed {said}" if said else "dispensed, undated"
    return Timing(says, _span(start, end), end_unknown=end is None or not _is_one_day(start))


def _after(start: DateInterval, amount: int, zone: ZoneInfo, unit: str = "day") -> DateInterval | None:
    assert start.last is not None
    try:
        day = add(start.last, amount, unit)
    except (ValueError, OverflowError):
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


def dosages(resource: Json) -> list[Json]:
    return [*objects(resource, "dosageInstruction"), *objects(resource, "dosage", single=True)]
