"""Procedures as facts."""

from __future__ import annotations

from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codings import Coded, coded, coded_list
from trialsieve.fhir_adapters.dates import Clock
from trialsieve.fhir_adapters.events import event_facts
from trialsieve.fhir_adapters.shapes import Json, a_flag, only_one, refuse_modifiers
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import PROCEDURE, Standing, standing
from trialsieve.rules.vocabulary import Kind

# performed[x] until R4, occurrence[x] in R5
_PERFORMED: Final = tuple(
    f"{stem}{kind}" for stem in ("performed", "occurrence") for kind in ("DateTime", "Period", "String", "Age", "Range")
)


def procedure_code(resource: Json) -> Coded:
    return coded(resource, "code")


def procedure_standing(resource: Json) -> Standing:
    """Whether it was done, by its status; STU3 and DSTU2 have a flag for what was not."""
    if a_flag(resource, "notDone") or a_flag(resource, "notPerformed"):
        return Standing.DROPPED
    return standing(resource.get("status"), PROCEDURE)


def procedure_facts(source: Source) -> list[Fact]:
    """The facts of a Procedure that was done. Raises Unusable if it cannot be read, or must not be."""
    resource = source.resource
    refuse_modifiers(resource, "Procedure")
    stands = procedure_standing(resource)
    if stands is Standing.DROPPED:
        return []
    when, ended_when, dated = _performed(resource, source.clock)
    return event_facts(
        source,
        Kind.PROCEDURE,
        procedure_code(resource),
        stands,
        {"site": coded_list(resource, "bodySite", single=True)},
        when=when,
        dated=dated,
        ended=ended_when is not None,
        ended_when=ended_when,
    )


def _performed(resource: Json, clock: Clock) -> tuple[DateInterval | None, DateInterval | None, str]:
    """When it was done, the end of what took time, and the record's words."""
    name = only_one(resource, _PERFORMED)
    if name is None:
        return None, None, "undated"
    value = resource[name]
    if name.endswith("DateTime"):
        return clock.read(resource, name), None, f"on {value}"
    if name.endswith("Period"):
        end = clock.period_end(resource, name)
        start = value.get("start") if isinstance(value, dict) else None
        return clock.period(resource, name), end, f"from {start or '?'}"
    if name.endswith("Age"):
        return clock.age(resource, name), None, "at an age"
    if name.endswith("Range"):
        return clock.age_range(resource, name), None, "at an age given as a range"
    return None, None, f"dated '{str(value)[:60]}'"
