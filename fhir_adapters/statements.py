"""What all resources but Observations have in common when they become facts: they state something, without a value."""

from __future__ import annotations

from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.naming import Named
from trialsieve.fhir_adapters.shapes import Json
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import Standing
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, State


class Stated(Struct, frozen=True, gc=False):
    """What it says apart from its time. `status` stands between a concept's name and the time."""

    named: tuple[Named, ...]
    certainty: Certainty
    status: str = ""


class Timing(Struct, frozen=True, gc=False):
    """When it was so, as a fact has it; `says` in the record's own words."""

    says: str = "undated"
    when: DateInterval | None = None
    recorded: DateInterval | None = None
    ended: bool = False
    ended_when: DateInterval | None = None


def statement_facts(
    source: Source, kind: Kind, stated: Stated, timing: Timing, state: State = State.UNSTATED
) -> list[Fact]:
    """One fact for each concept that the code names."""
    certainty, status, reference = stated.certainty, stated.status, source.reference
    return [
        Fact(
            kind=kind,
            reference=reference,
            concept=named.reading.concept,
            role=named.reading.role,
            says=f"{named.label}{status} {timing.says}",
            certainty=certainty,
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
        for named in stated.named
    ]


def doubted(resource: Json, stands: Standing) -> str:
    """The status in brackets where it only raises a doubt."""
    return f" ({resource.get('status') or 'status missing'})" if stands is Standing.WEAK else ""
