"""What a resource would be as a fact if its code, which was not understood, meant what is sought: when, until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.fhir_adapters.codes.facets import Elements
from trialsieve.fhir_adapters.codes.naming import Named, Names, Readings
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded, Reading
from trialsieve.fhir_adapters.elements.shapes import Unusable
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.rules.vocabulary import Certainty, Kind, Role

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


def would_be(
    kind: Kind, source: Source, read: Callable[[Source], list[Fact] | None], facts: Sequence[Fact] = ()
) -> Fact | None:
    """The fact, of no concept; None where it cannot be told. `facts` are those of what else its code names, if any.

    The `source` names what is sought. Results are not told by their dates.
    """
    if kind is Kind.OBSERVATION:
        return None
    try:
        found = facts or read(source) or ()
    except Unusable:  # it stays a doubt, of any time
        return None
    fact = next((fact for fact in found if fact.kind is kind), None)
    if fact is None:
        return None
    sought: Final = {"concept": _NOTHING_SOUGHT, "role": Role.DEFINITIVE, "certainty": Certainty.FIRM}
    return replace(fact, **sought, says="", facets=(), assumptions=())
