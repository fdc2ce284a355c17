"""What all resources but Observations have in common when they become facts: they state something, without a value."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codes.doubting_words import words_against_what_is_done
from trialsieve.fhir_adapters.codes.naming import Named
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, State

_NO_DATA: Final = Reason.NO_DATA


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
    end_unknown: bool = False


def statement_facts(
    source: Source, kind: Kind, stated: Stated, timing: Timing, state: State = State.UNSTATED
) -> list[Fact]:
    """One fact for each concept that the code names."""
    status, reference = stated.status, source.reference
    return [
        Fact(
            kind,
            reference,
            named.reading.concept,
            named.reading.role,
            f"{named.label}{status} {timing.says}",
            stated.certainty,
            timing.when,
            timing.recorded,
            timing.ended,
            timing.ended_when,
            state,
            value_problem=_NO_DATA,
            limit_problem=_NO_DATA,
            result_problem=_NO_DATA,
            facets=named.facets,
            assumptions=named.assumptions,
            end_unknown=timing.end_unknown,
        )
        for named in stated.named
    ]


def noted_earlier(timing: Timing, resource: Json, key: str, clock: Clock) -> Timing:
    """With the day on which it was noted, where that is before the day of which it is said to be."""
    noted = clock.noted_before(resource, key, timing.when)
    return timing if noted is None else replace(timing, recorded=noted)


def in_progress(resource: Json) -> bool:
    """Whether what began on its day goes on: a dose that is being given, a procedure that is being done."""
    return str(resource.get("status")).strip().lower() == "in-progress"


def doubted(resource: Json, stands: Standing) -> str:
    """The status in brackets where it only raises a doubt."""
    return f" ({resource.get('status') or 'status missing'})" if stands is Standing.WEAK else ""


def stated_as_done(resource: Json, code: Coded, named: tuple[Named, ...], stands: Standing, refused: bool) -> Stated:
    """What is done or given, in doubt where words or a reason (`refused`) say that it was not."""
    status = doubted(resource, stands)
    if refused:
        status += " (with a reason why it was not done)"
    if words := words_against_what_is_done(code, named):
        status += f" (in words '{words[:80]}')"
    return Stated(named, stands.certainty if not (refused or words) else Certainty.WEAK, status)
