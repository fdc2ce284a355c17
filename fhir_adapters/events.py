"""What procedures, medications, immunizations and allergies have in common when they become facts."""

from __future__ import annotations

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codings import Coded, Reading
from trialsieve.fhir_adapters.facets import Elements, facets_of
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import Standing
from trialsieve.rules.vocabulary import Kind, Reason, State


def event_facts(
    source: Source,
    kind: Kind,
    code: Coded,
    stands: Standing,
    elements: Elements,
    *,
    readings: tuple[Reading, ...] | None = None,
    when: DateInterval | None,
    dated: str,
    recorded: DateInterval | None = None,
    ended: bool = False,
    ended_when: DateInterval | None = None,
    state: State = State.UNSTATED,
    status: str | None = None,
) -> list[Fact]:
    """One fact for each concept that the code names; none of these resources holds a value."""
    terms = source.terms
    facts = []
    for reading in terms.reader.read(code, asserting=True) if readings is None else readings:
        facets, assumptions = facets_of(terms.concepts[reading.concept], reading.codes, elements, terms.reader)
        said = status or source.resource.get("status")
        doubt = f" ({said or 'status missing'})" if stands is Standing.WEAK else ""
        facts.append(
            Fact(
                kind=kind,
                reference=source.reference,
                concept=reading.concept,
                role=reading.role,
                says=f"{terms.label(reading, code)}{doubt} {dated}",
                certainty=stands.certainty,
                when=when,
                recorded=recorded,
                ended=ended,
                ended_when=ended_when,
                state=state,
                value_problem=Reason.NO_DATA,
                limit_problem=Reason.NO_DATA,
                result_problem=Reason.NO_DATA,
                facets=facets,
                assumptions=assumptions,
            )
        )
    return facts
