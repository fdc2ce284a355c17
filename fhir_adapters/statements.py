"""What all resources but Observations have in common when they become facts: they state something, without a value."""

from __future__ import annotations

from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codings import Coded
from trialsieve.fhir_adapters.facets import Elements
from trialsieve.fhir_adapters.naming import Readings
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import Standing
from trialsieve.rules.vocabulary import Kind, Reason, State


class Timing(Struct, frozen=True, gc=False):
    """When it was so, as a fact has it; `says` in the record's own words."""

    says: str = "undated"
    when: DateInterval | None = None
    recorded: DateInterval | None = None
    ended: bool = False
    ended_when: DateInterval | None = None


def statement_facts(
    source: Source,
    kind: Kind,
    code: Coded,
    readings: Readings,
    stands: Standing,
    timing: Timing,
    *,
    elements: Elements,
    status: str,
    state: State = State.UNSTATED,
) -> list[Fact]:
    """One fact for each concept that the code names. `status` stands between the concept's name and its time."""
    return [
        Fact(
            kind=kind,
            reference=source.reference,
            concept=named.reading.concept,
            role=named.reading.role,
            says=f"{named.label}{status} {timing.says}",
            certainty=stands.certainty,
            when=timing.when,
            recorded=timing.recorded,
            ended=timing.ended,
            ended_when=timing.ended_when,
            state=state,
            value_problem=Reason.NO_DATA,
            limit_problem=Reason.NO_DATA,
            result_problem=Reason.NO_DATA,
            facets=named.facets,
            assumptions=named.assumptions,
        )
        for named in source.names.of(readings, code, elements)
    ]


def doubted(source: Source, stands: Standing) -> str:
    """The status in brackets where it only raises a doubt."""
    return f" ({source.resource.get('status') or 'status missing'})" if stands is Standing.WEAK else ""
