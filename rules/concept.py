"""Clinical concepts as they are loaded: their codes, their units, and how their results are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec import Struct

from trialsieve.rules.vocabulary import Kind, Match, Result, Role

Facets = tuple[tuple[str, str], ...]
"""Pairs of facet name and value, sorted: `(("method", "echocardiography"),)`."""


class Code(Struct, frozen=True, gc=False):
    """One code of a value set. `value` is what a component (answer) code stands for.

    `factors` (UCUM unit to canonical unit) and `number_means` win over the concept's, where the code says more.
    """

    system: str
    code: str
    label: str
    role: Role
    source: str
    match: Match = Match.EXACT
    observation: bool = False
    value: int | str | None = None
    facets: Facets = ()
    factors: tuple[tuple[str, Decimal], ...] = ()
    number_means: str | None = None


class FacetValue(Struct, frozen=True, gc=False):
    """How a facet is recognised in a resource's own elements (Observation.method, specimen): by code, else by text.

    One of the `texts` that begins (ends) with a space stands only where a word begins (ends); one that begins with "="
    is all that is said.
    """

    facet: str
    value: str
    codes: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A clinical concept: its codes, its unit, and how its results are read.

    `unit` is the canonical UCUM unit of facts of this concept; `factors` maps a UCUM unit to the factor to it.
    `plausible` bounds values in the canonical unit. `currency` names a class of `rules/currency.yaml`. `number_means`
    says how a number without an interpretation is read as a result: `detection` (any amount is positive),
    `reference-range`, or nothing. `gap` says why absence of a code proves nothing. `open_list`: its value set can never
    be complete, so words that name it raise a doubt beside any code, unless `not_named_with` is among them too: whole
    words, or how one begins.
    `number_names`: what may stand before a number or an answer in words without its being another's (`EF 55 %`, `HIV
    nonreactive`), in small letters.
    `other_meanings`: phrases in which its terms mean something else (`PE tube`), or that name what is given likewise.
    `any_code`: an Immunization counts as the concept by any code of a system whose codes of role exclude say what is
    something else, and by words among the `product_names`, or that say vaccine; not by words of `other_meanings`; any
    other raises a doubt. `any_procedure`, `any_allergy`: every Procedure or AllergyIntolerance raises a doubt, as a
    supporting code does; an AllergyIntolerance not where it says that there is no allergy. `ordered_ahead`: it is given
    weeks after it was ordered, if at all, so that only an order that was carried out says that it was given.
    `onset_may_be_of`: a state of these diseases (relapse, remission); the onset of a Condition that says so is often
    that of the disease. `never_of`: what is another disease for sure by its code; a state of it says nothing of these,
    and one that names no disease is in doubt beside any of its group (the part of an id before the dot).
    """

    id: str
    label: str
    kinds: frozenset[Kind]
    codes: tuple[Code, ...]
    unit: str | None = None
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    plausible: tuple[Decimal, Decimal] | None = None
    molar_mass: Decimal | None = None
    currency: str | None = None
    number_means: str | None = None
    gap: str | None = None
    terms: tuple[str, ...] = ()
    facets: tuple[FacetValue, ...] = ()
    assume: tuple[str, str, str] | None = None
    """(facet, value, sentence): a facet taken for granted where nothing states it, as a recorded assumption."""
    any_code: bool = False
    any_procedure: bool = False
    any_allergy: bool = False
    open_list: bool = False
    ordered_ahead: bool = False
    onset_may_be_of: tuple[str, ...] = ()
    never_of: tuple[str, ...] = ()
    not_named_with: tuple[str, ...] = ()
    other_meanings: tuple[str, ...] = ()
    product_names: tuple[str, ...] = ()
    number_names: tuple[str, ...] = ()
    path: str = ""

    @property
    def systems(self) -> frozenset[str]:
        return frozenset(code.system for code in self.codes)


def with_diseases(names: Iterable[str], concepts: Mapping[str, Concept]) -> frozenset[str]:
    """The named concepts that there are, and those whose onset may stand in place of theirs."""
    named = frozenset(names).intersection(concepts)
    return named.union(*(concepts[name].onset_may_be_of for name in named)).intersection(concepts)


@dataclass(frozen=True, slots=True)
class Terminology:
    """What holds for all codes: system aliases (alias -> canonical) and the qualitative answers by (system, code).

    `not_done` and `not_done_texts`: those of a test that was not done.
    """

    aliases: Mapping[str, str]
    results: Mapping[tuple[str, str], Result]
    not_done: frozenset[tuple[str, str]]
    texts: Mapping[str, Result]
    not_done_texts: frozenset[str] = frozenset()
