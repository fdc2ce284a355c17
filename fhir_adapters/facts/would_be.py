"""What a resource would be as a fact if its code, which was not understood, meant what is sought: when, until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codes.facets import Elements
from trialsieve.fhir_adapters.codes.naming import Named, Names, Readings
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded, Reading
from trialsieve.fhir_adapters.elements.shapes import Unusable, refuse_modifiers
from trialsieve.fhir_adapters.facts.facts_by_kind import FACTS
from trialsieve.fhir_adapters.facts.observations import effective, observation_standing
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.rules.vocabulary import Kind, Role

_NOTHING_SOUGHT: Final = ""


class NamesWhatIsSought(Names):
    """Names something by any code, whatever it is, so that a resource is read as those are that are understood."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        reading = Reading(_NOTHING_SOUGHT, Role.DEFINITIVE, (), ())
        some = list(terms.concepts.values())[:1]  # which one it is, dates do not depend on
        self._what = tuple(Named(reading, concept, "", (), ()) for concept in some)

    def of(self, readings: Readings, code: Coded, elements: Elements) -> tuple[Named, ...]:
        return self._what


def would_be(kind: Kind, source: Source, facts: Sequence[Fact] = ()) -> Fact | None:
    """The fact, of no concept; None where it cannot be told. `facts` are those of what else its code names, if any.

    The `source` names what is sought.
    """
    try:
        return as_sought(kind, source, facts)
    except Unusable:  # it stays a doubt, of any time
        return None


def as_sought(kind: Kind, source: Source, facts: Sequence[Fact] = ()) -> Fact | None:
    """As `would_be`, but raises Unusable for a resource that cannot be read; None: it does not count."""
    found = facts or ([_result(source)] if kind is Kind.OBSERVATION else FACTS[kind](source)) or ()
    fact = next((fact for fact in found if fact.kind is kind), None)
    if fact is None:
        return None
    return replace(fact, concept=_NOTHING_SOUGHT, role=Role.DEFINITIVE, says="", facets=(), assumptions=())


def _result(source: Source) -> Fact:
    """Of a result only its dates: what a value means hangs on what is sought."""
    resource, clock = source.resource, source.clock
    refuse_modifiers(resource, "Observation")
    when, _ = effective(resource, clock)
    noted, how_surely = clock.noted_before(resource, "issued", when), observation_standing(resource).certainty
    return Fact(Kind.OBSERVATION, source.reference, _NOTHING_SOUGHT, Role.DEFINITIVE, "", how_surely, when, noted)
