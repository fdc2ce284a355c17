"""What was read of one record so far, and what of it could not be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final

from trialsieve.engine.facts import Attestation, Fact, Uncoded, Unreadable
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.facts.onsets import StateOnsets
from trialsieve.fhir_adapters.records.record import InputProblem, Resource
from trialsieve.rules.vocabulary import Kind

_NAMED: Final = 5


class Collected:
    """Collects what the resources of one record say; `problems` is added to, for whoever gave the record."""

    def __init__(self, source: str, problems: list[InputProblem]) -> None:
        self._source = source
        self._problems = problems
        self._unreadable: list[Unreadable] = []
        self._uncoded: Counter[tuple[Kind, frozenset[str]]] = Counter()
        self._in_other_letters = 0
        self._untold: set[tuple[str, str]] = set()
        self.facts: list[Fact] = []
        self.attestations: list[Attestation] = []
        self._proving_nothing: set[int] = set()
        self.without_information: set[Kind] = set()
        """The kinds of which a resource says that nothing is known."""

    def complain(self, reference: str, *reasons: str) -> None:
        """What is told of a resource; nothing without a reason."""
        if reasons:
            self._problems.append(InputProblem(self._source, reference, "; ".join(reasons)))

    def note(self, reference: str, reason: str) -> None:
        """What a person should know of a resource with which nothing is wrong."""
        self._problems.append(InputProblem(self._source, reference, reason, notice=True))

    def prove_nothing(self, resource: Resource) -> None:
        """One that proves not even that such resources were retrieved. It has to outlive this object."""
        self._proving_nothing.add(id(resource))

    def may_prove_something(self, resource: Resource) -> bool:
        return id(resource) not in self._proving_nothing

    def nothing_known(self, kind: Kind, resource: Resource) -> None:
        """A resource that says that nothing is known of its kind."""
        self.prove_nothing(resource)
        self.without_information.add(kind)

    def uncoded(self, kind: Kind, systems: frozenset[str]) -> None:
        """A resource coded in these systems alone, which leave open what it may mean."""
        self._uncoded[kind, systems] += 1

    def in_other_letters(self) -> None:
        """A resource that decides something, described in letters that no words are known in."""
        self._in_other_letters += 1

    def untold(self, reference: str, code: str) -> None:
        """A resource without words, whose code no value set lists."""
        self._untold.add((reference, code))

    def give_up(
        self, reference: str, kind: Kind, resource: Resource, concepts: frozenset[str] | None, reason: str
    ) -> None:
        """A resource that could not be read."""
        self.prove_nothing(resource)
        self.set_aside(Unreadable(reference, kind, concepts, reason))
        self.complain(reference, reason)

    def doubt(self, doubted: Unreadable, clock: Clock | None = None) -> None:
        """A resource that was read and may mean something."""
        self.set_aside(doubted)
        self.complain(doubted.reference, doubted.problem, *(clock.problems if clock else ()))

    def set_aside(self, unreadable: Unreadable) -> None:
        """What was told of already."""
        self._unreadable.append(unreadable)

    def facts_in_order(self, onsets: StateOnsets, as_of: date | None) -> tuple[Fact, ...]:
        """By what they say, so that the order of entries changes nothing."""
        return tuple(sorted(onsets.dated(self.facts, as_of), key=_order))

    def attestations_in_order(self) -> tuple[Attestation, ...]:
        def order(item: Attestation) -> tuple[object, ...]:
            return item.when.start or 0, item.reference, item.by, item.target, item.says

        return tuple(sorted(self.attestations, key=order))

    def unreadable_in_order(self) -> tuple[Unreadable, ...]:
        return tuple(sorted(self._unreadable, key=lambda item: (item.problem, item.reference)))

    def all_uncoded(self) -> tuple[Uncoded, ...]:
        return tuple(Uncoded(kind, systems, count) for (kind, systems), count in self._uncoded.items())

    def unread_words(self) -> Iterable[str]:
        """The caution that words were not read, if that may hide something."""
        if self._in_other_letters:
            entries = "1 entry is" if self._in_other_letters == 1 else f"{self._in_other_letters} entries are"
            yield (
                f"{entries} described in other than Latin letters: their codes were read, and hardly any words that "
                "might deny or doubt what these say"
            )

    def untold_codes(self) -> Iterable[str]:
        """The caution that nobody here could tell what some resources are, if there are any."""
        if self._untold:
            told = [f"{reference} ({code})" for reference, code in sorted(self._untold)]
            more = f", and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
            yield (
                "recorded without words, by SNOMED CT codes that are in no value set, and so taken for nothing that is "
                f"asked for: {', '.join(told[:_NAMED])}{more}; look up what they are"
            )


def _order(fact: Fact) -> tuple[object, ...]:
    start = fact.when.start if fact.when is not None else None
    return fact.concept, start is not None, start or 0, fact.says, fact.reference, fact.role
