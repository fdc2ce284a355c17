"""Procedures as facts."""

from __future__ import annotations

from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.codes.undone_words import says_undone
from trialsieve.fhir_adapters.elements.codings import Coded, Reading, coded, coded_list, doubts_of
from trialsieve.fhir_adapters.elements.dates import Clock, since
from trialsieve.fhir_adapters.elements.shapes import Json, a_flag, choice, only_one, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import PROCEDURE, Standing, standing
from trialsieve.fhir_adapters.facts.focus import refuse_others, words_of_another
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.statements import (
    Stated,
    Timing,
    in_progress,
    noted_earlier,
    stated_as_done,
    statement_facts,
)
from trialsieve.rules.vocabulary import Certainty, Kind

# performed[x] until R4, occurrence[x] in R5
_PERFORMED: Final = choice(
    *(
        f"{stem}{kind}"
        for stem in ("performed", "occurrence")
        for kind in ("DateTime", "Period", "String", "Age", "Range")
    )
)

_PROCEDURE: Final = Kind.PROCEDURE
# Why it was not done: R4 and R5, STU3, DSTU2.
_REASONS: Final = ("statusReason", "notDoneReason", "reasonNotPerformed")
_STATING: Final = (
    *("status", "notDone", "notPerformed", "modifierExtension", "extension", "bodySite", "outcome"),
    *_REASONS,
)


def procedure_code(resource: Json) -> Coded:
    return coded(resource, "code")


def procedure_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """What the code names; and a doubt whether it is one of the concepts that any procedure may be."""
    readings = terms.reader.read(code, asserting=True)
    named = {reading.concept for reading in readings}
    return (*readings, *doubts_of(terms.procedures_meant(code) - named, code))


def procedure_standing(resource: Json) -> Standing:
    """Whether it was done, by its status; STU3 and DSTU2 have a flag for what was not."""
    if a_flag(resource, "notDone") or a_flag(resource, "notPerformed"):
        return Standing.DROPPED
    return standing(resource.get("status"), PROCEDURE)


def procedure_facts(source: Source) -> list[Fact] | None:
    """The facts of a Procedure; None if it was not done. Raises Unusable if it cannot be read, or must not be."""
    resource = source.resource
    stated = source.names.stated(_stated, _STATING, resource, source.code)
    if stated is None:
        return None
    if "focus" in resource:
        refuse_others(source)
        if (words := words_of_another(source)) is not None:
            stated = Stated(stated.named, Certainty.WEAK, f"{stated.status} (of another, by the words '{words[:80]}')")
    return statement_facts(source, _PROCEDURE, stated, procedure_timing(resource, source.clock))


def _stated(resource: Json, code: Coded, names: Names) -> Stated | None:
    stands = procedure_standing(resource)
    if stands is Standing.DROPPED:
        return None
    refuse_modifiers(resource, "Procedure")
    site = coded_list(resource, "bodySite")
    named = names.of(procedure_readings, code, {"site": site})
    stated = stated_as_done(resource, code, named, stands, any(resource.get(name) for name in _REASONS))
    undone = next(filter(says_undone, coded(resource, "outcome").texts), None)
    if undone is None:
        return stated
    return Stated(named, Certainty.WEAK, f"{stated.status} (with the outcome '{undone[:80]}')")


def procedure_timing(resource: Json, clock: Clock) -> Timing:
    """When it was done, and when that was noted."""
    return noted_earlier(_performed(resource, clock), resource, "recorded", clock)


def _performed(resource: Json, clock: Clock) -> Timing:
    """When it was done, and the end of what took time."""
    name = only_one(resource, _PERFORMED)
    if name is None:
        return Timing()
    value = resource[name]
    if name.endswith("DateTime"):
        when = clock.read(resource, name)
        return Timing(f"on {value}", since(when) if in_progress(resource) else when)
    if name.endswith("Period"):
        when, end = clock.period_and_end(resource, name)
        start = value.get("start") if isinstance(value, dict) else None
        return Timing(f"from {start or '?'}", when, ended=end is not None, ended_when=end)
    if name.endswith("Age"):
        return Timing("at an age", clock.age(resource, name))
    if name.endswith("Range"):
        return Timing("at an age given as a range", clock.age_range(resource, name))
    return Timing(f"dated '{str(value)[:60]}'")
