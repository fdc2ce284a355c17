"""When a relapse or remission was whose Condition gives, perhaps, the onset of the disease in place of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.codings import DECIDING
from trialsieve.fhir_adapters.elements.dates import hull, is_visible
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Certainty, Kind


class StateOnsets:
    """Dates the states of diseases (`Concept.onset_may_be_of`) of one record, once all of it was read."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self._diseases = {name: one.onset_may_be_of for name, one in concepts.items() if one.onset_may_be_of}

    def dated(self, facts: Sequence[Fact], as_of: date | None) -> list[Fact]:
        """The facts. A state lies between its onset and its recording where the disease may have begun with it.

        Where nobody says when it was recorded, until it was over; it may lie at any time since, if it is not. What is
        of a later day than `as_of` shows nothing of that.
        """
        if not any(fact.concept in self._diseases for fact in facts):
            return list(facts)
        conditions = [
            fact for fact in facts if fact.kind is Kind.CONDITION and is_visible(fact.when, fact.recorded, as_of)
        ]
        return [self._between(fact) if self._may_be_of_disease(fact, conditions) else fact for fact in facts]

    def _may_be_of_disease(self, fact: Fact, conditions: Iterable[Fact]) -> bool:
        """Whether its onset may be from before it was recorded, and nothing shows that the disease was there before."""
        diseases, when, known = self._diseases.get(fact.concept), fact.when, _known_by(fact)
        if diseases is None or fact.kind is not Kind.CONDITION or when is None:
            return False
        if known is not None and not _is_surely_earlier(when, known):
            return False
        return not any(
            other.concept in diseases
            and other.reference != fact.reference
            and other.certainty is Certainty.FIRM
            and other.role in DECIDING
            and any(day is not None and day.surely_before(when) for day in (other.when, other.recorded))
            for other in conditions
        )

    def _between(self, fact: Fact) -> Fact:
        between = hull(fact.when, _known_by(fact))
        says = f"{fact.says} (perhaps that of the disease, so at some time until {between.last or 'now'})"
        return replace(fact, when=between, says=says)


def _is_surely_earlier(onset: DateInterval, known: DateInterval) -> bool:
    """Whether it began before it was recorded. By what was recorded by some day, on any until then, it may have."""
    day = known.last if known.first is None else known.first
    return onset.last is not None and day is not None and onset.last < day


def _known_by(fact: Fact) -> DateInterval | None:
    return fact.recorded or fact.ended_when
