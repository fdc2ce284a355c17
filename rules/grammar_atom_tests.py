"""How the test of an atom is written: a measurement, a result, or something on record, and what narrows each."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from trialsieve.rules.grammar import (
    Bounds,
    FacetMap,
    FacetSets,
    Name,
    Names,
    Part,
    SpanText,
    Text,
    UnitBounds,
    mistake,
    one_or_many,
)
from trialsieve.rules.vocabulary import AbsenceRule, Reason, Result, State, Timing


class TakeSyntax(StrEnum):
    """Which results decide; `highest` and `lowest` are short for any or all, by the bound that is given."""

    LATEST = "latest"
    ANY = "any"
    ALL = "all"
    HIGHEST = "highest"
    LOWEST = "lowest"


Concepts = Annotated[list[Text], one_or_many(str), Field(min_length=1)]
"""Concepts by their ids; whether there are such is told later, when the concepts are known."""

States = Annotated[list[State], one_or_many(State), Field(min_length=1)]


class Windowed(Part):
    """What may have a look-back window: `within` includes its far edge, `less_than` does not.

    `back_from` is a second anchor; its length is counted back from the earlier of the two days that are given.
    `after` names a finding; `within_after` is how long after it, its last day included.
    """

    within: SpanText | None = None
    less_than: SpanText | None = None
    anchor: Name | None = None
    back_from: Name | None = None
    currency: Name | None = None
    after: Name | None = None
    within_after: SpanText | None = None

    def model_post_init(self, context: Any, /) -> None:
        if self.within is not None and self.less_than is not None:
            raise mistake("'within' and 'less_than' cannot both be the window")
        if self.anchor is not None and not self.has_window:
            raise mistake("'anchor' needs a window: within or less_than")
        if self.back_from is not None and not self.has_window:
            raise mistake("'back_from' needs a window: within or less_than")
        if self.within_after is not None and self.after is None:
            raise mistake("'within_after' needs 'after': the finding from which it counts")
        if self.currency not in {None, "none"} and self.has_window:
            raise mistake("a window takes the place of 'currency'; give one of them")

    @property
    def has_window(self) -> bool:
        return self.within is not None or self.less_than is not None


class ObservationTest(Windowed):
    """What measurements and results have in common."""

    take: TakeSyntax = TakeSyntax.LATEST
    not_before: Names | None = None
    not_older_than: Name | None = None
    skip: FacetSets | None = None


class MeasurementTest(ObservationTest):
    """A measured number: `value` in a unit, or a multiple of its own reference range's limit.

    "Normal" where only low values count is `times_lower_limit: {at_least: 1}`.
    """

    measurement: Concepts
    value: UnitBounds | None = None
    times_upper_limit: Bounds | None = None
    times_lower_limit: Bounds | None = None

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if sum(each is not None for each in (self.value, self.times_upper_limit, self.times_lower_limit)) != 1:
            raise mistake("a measurement needs either 'value' or 'times_upper_limit' (or 'times_lower_limit')")
        bounds = self.bounds
        two = bounds.low is not None and bounds.high is not None
        if two and self.take in {TakeSyntax.HIGHEST, TakeSyntax.LOWEST}:
            hint = "write two atoms, one for each bound"
            raise mistake(f"'take: {self.take.value}' is not defined for two bounds", hint)

    @property
    def bounds(self) -> Bounds:
        """The bounds, whatever they are compared with."""
        bounds = self.value or self.times_upper_limit or self.times_lower_limit
        assert bounds is not None
        return bounds


class ResultTest(ObservationTest):
    """A positive or negative result."""

    result: Concepts
    is_: Literal[Result.POSITIVE, Result.NEGATIVE] = Field(alias="is")
    only: FacetMap | None = None
    heed_numbers: bool = False

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if self.take in {TakeSyntax.HIGHEST, TakeSyntax.LOWEST}:
            raise mistake(f"'take: {self.take.value}' is for measurements", "take latest, any or all")
        if self.heed_numbers and self.take is not TakeSyntax.LATEST:
            hint = f"drop it, or 'take: {self.take.value}'"
            raise mistake("'heed_numbers' is for the latest result: a newer number stands beside it", hint)


class ReviewCaseSyntax(Part):
    """Per resource: one that matches goes to a person."""

    says: Text
    reason: Reason
    concepts: Names | None = None
    facets: FacetMap | None = None
    states: States | None = None
    ended: bool = False
    history: bool = False
    undated: bool = False

    def model_post_init(self, context: Any, /) -> None:
        if not (self.concepts or self.facets or self.states or self.ended or self.history or self.undated):
            raise mistake("matches every resource; needs concepts, facets, states, ended, history or undated")


class OnRecordTest(Windowed):
    """Something on record, by a `timing` or in a window."""

    timing: Timing | None = None
    at_time_of: Name | None = None
    first: bool = False
    states: States | None = None
    skip: FacetSets | None = None
    facets: FacetMap | None = None
    all_supporting: bool = False
    still_active: Reason | None = None
    review: list[ReviewCaseSyntax] = Field(default=[])
    absence: AbsenceRule = AbsenceRule.UNKNOWN
    presume_unless: Name | None = None

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if (self.timing is None) == (not self.has_window):
            timings = ", ".join(timing.value for timing in Timing)
            given = "both are given" if self.has_window else "neither is given"
            hint = f"timing is one of: {timings}"
            raise mistake(f"needs either a window (within, less_than) or 'timing'; {given}", hint)
        if self.still_active is not None and not self.has_window:
            raise mistake("'still_active' needs a window: within or less_than")
        if self.currency is not None and self.timing is not Timing.CURRENT:
            raise mistake("'currency' of something on record needs 'timing: current'")
        if self.presume_unless is not None and self.absence is not AbsenceRule.PRESUME:
            raise mistake("'presume_unless' needs 'absence: presume'")
