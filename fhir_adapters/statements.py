"""What all resources but Observations have in common when they become facts: they state something, without a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codings import Coded, Reading
from trialsieve.fhir_adapters.facets import Elements, facets_of
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import Standing
from trialsieve.rules.vocabulary import Kind, Reason, State


@dataclass(frozen=True, slots=True)
class Timing:
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
    readings: Iterable[Reading],
    stands: Standing,
    timing: Timing,
    *,
    elements: Elements,
    status: str,
    state: State = State.UNSTATED,
) -> list[Fact]:
    """One fact for each concept that the code names. `status` stands between the concept's name and its time."""
    terms = source.terms
    facts = []
    for reading in readings:
        facets, assumptions = facets_of(terms.concepts[reading.concept], reading.codes, elements, terms.reader)
        facts.append(
            Fact(
                kind=kind,
                reference=source.reference,
                concept=reading.concept,
                role=reading.role,
                says=f"{terms.label(reading, code)}{status} {timing.says}",
                certainty=stands.certainty,
                when=timing.when,
                recorded=timing.recorded,
                ended=timing.ended,
                ended_when=timing.ended_when,
                state=state,
                value_problem=Reason.NO_DATA,
                limit_problem=Reason.NO_DATA,
                result_problem=Reason.NO_DATA,
                facets=facets,
                assumptions=assumptions,
            )
        )
    return facts


def doubted(source: Source, stands: Standing) -> str:
    """The status in brackets where it only raises a doubt."""
    return f" ({source.resource.get('status') or 'status missing'})" if stands is Standing.WEAK else ""
